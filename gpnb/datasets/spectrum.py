"""Counts in bins of energy, with what is needed to predict them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from astropy import units as u
from astropy.table import Table

from gpnb.core.display import Displayed
from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.core.units import ENERGY, to_array, to_float, to_range
from gpnb.data.gti import GTI
from gpnb.datasets.flags import UNUSABLE, Flag, reasons
from gpnb.datasets.spectrum_tables import Summary, bin_table, summary_of
from gpnb.datasets.statistic import bin_statistic, predicted_counts
from gpnb.maps.axis import Axis

_TOLERANCE = 1e-6
"""Relative; an edge on the limit is inside."""

_ARRAYS = ("counts", "counts_off", "acceptance", "acceptance_off", "background")


@unchanging
@dataclass(frozen=True, eq=False)
class SpectrumDataset(Displayed):
    """Counts, exposure, energy dispersion and background of an ON region: plain data, no model.

    The background is measured (``counts_off`` with both acceptances), or known (``background``), or not there.

    Parameters
    ----------
    energy, energy_true : Axis
        Bins of reconstructed and of true energy.
    counts : array, shape (n,)
        Counts in the ON region.
    exposure : array, shape (n_true,)
        Effective area times live time, cm2 s; with the containment correction, if there is one.
    edisp : array, shape (n_true, n)
        Probability to reconstruct each true-energy bin in each bin.
    livetime : Quantity or str
        Live time.
    flags : array of int, shape (n,), optional
        One `Flag` value a bin; 0 is good.
    counts_off : array, shape (n,), optional
        Counts in the OFF regions.
    acceptance, acceptance_off : array, shape (n,) or float, optional
        Exposure to background of the ON and of the OFF regions; alpha is their ratio. ON is 1 by default.
    background : array, shape (n,), optional
        Background counts in the ON region, if they are known.
    gti : GTI, optional
        Good times.
    on_region : str
        DS9 text.
    off_regions : tuple of str
        DS9 text, one each.
    obs_ids : tuple of int
        The runs.
    name : str
        For people.
    notes : tuple of str
        What deserves attention.
    recipe : Recipe
        How it was made.

    Raises
    ------
    ArgumentError
        If shapes do not fit, or OFF counts come without their acceptance.

    Examples
    --------
    >>> energy = Axis.energy("1 TeV", "100 TeV", nbin=2)
    >>> true = Axis.energy("1 TeV", "100 TeV", nbin=2, name="energy_true")
    >>> dataset = SpectrumDataset(energy, true, [12, 3], [1e13, 2e13], np.eye(2), "1 h",
    ...                           counts_off=[20, 4], acceptance_off=10)
    >>> dataset.predict([1e-12, 1e-13])
    array([10.,  2.])
    >>> dataset.alpha
    array([0.1, 0.1])
    """

    panel: ClassVar[str] = "spectrum"

    energy: Axis
    energy_true: Axis
    counts: np.ndarray
    exposure: np.ndarray
    edisp: np.ndarray
    livetime: u.Quantity
    flags: np.ndarray = None  # type: ignore[assignment]
    counts_off: np.ndarray | None = None
    acceptance: np.ndarray = 1.0  # type: ignore[assignment]
    acceptance_off: np.ndarray | None = None
    background: np.ndarray | None = None
    gti: GTI | None = None
    on_region: str = ""
    off_regions: tuple[str, ...] = ()
    obs_ids: tuple[int, ...] = ()
    name: str = "spectrum"
    notes: tuple[str, ...] = ()
    recipe: Recipe = field(default_factory=lambda: Recipe.memory("spectrum"))

    def __post_init__(self) -> None:
        n, n_true = self.energy.n, self.energy_true.n
        flags = np.zeros(n) if self.flags is None else self.flags
        self._set("flags", np.broadcast_to(np.asarray(flags, dtype=np.uint8), (n,)).copy())
        self._set("livetime", to_float(self.livetime, "s", "livetime") * u.s)
        for name in _ARRAYS:
            value = getattr(self, name)
            if value is not None:
                self._set(name, _shaped(value, (n,), name))
        exposure = to_array(self.exposure, "cm2 s", "exposure") if hasattr(self.exposure, "unit") else self.exposure
        self._set("exposure", _shaped(exposure, (n_true,), "exposure"))
        self._set("edisp", _shaped(self.edisp, (n_true, n), "edisp"))
        if (self.counts_off is None) != (self.acceptance_off is None):
            raise ArgumentError(f"{self.name}: counts_off and acceptance_off must be given together, or neither.")
        self._set("flags", self._flagged())
        self.flags.flags.writeable = False

    def _flagged(self) -> np.ndarray:
        """The flags, with the reasons that the numbers themselves give where there is no other."""
        flags, good = self.flags, (self.flags & np.uint8(UNUSABLE)) == 0
        if self.acceptance_off is not None:
            dead = ~(self.acceptance_off > 0) | ~(self.acceptance > 0)
            flags = flags | np.where(good & dead, np.uint8(Flag.NO_BACKGROUND), np.uint8(0))
        blind = good & (self.exposure @ self.edisp <= 0)
        return np.asarray(flags | np.where(blind, np.uint8(Flag.NO_EXPOSURE), np.uint8(0)))

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> SpectrumDataset:
        """Read what `write` wrote."""
        from gpnb.datasets.spectrum_file import read_spectrum

        return read_spectrum(path)

    @classmethod
    def read_ogip(cls, path: str | os.PathLike[str], name: str | None = None) -> SpectrumDataset:
        """Read an OGIP spectrum with the ARF, RMF and BKG files that it names.

        Parameters
        ----------
        path : path
            The PHA file (type I).
        name : str, optional
            By default the file's, without ``pha_`` and suffix.

        Raises
        ------
        DataFormatError
            If a file is missing or not what OGIP asks for.
        """
        from gpnb.datasets.ogip_read import read_ogip

        return read_ogip(path, name)

    def write(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write everything into one FITS file."""
        from gpnb.datasets.spectrum_file import write_spectrum

        write_spectrum(self, path, overwrite)

    def write_ogip(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write ``pha_NAME.fits`` with its ``arf_``, ``rmf_`` and ``bkg_`` files, as XSPEC and Sherpa read them.

        Parameters
        ----------
        path : path
            The PHA file; the others lie beside it.
        overwrite : bool
            Replace existing files.
        """
        from gpnb.datasets.ogip_write import write_ogip

        write_ogip(self, path, overwrite)

    @cached_property
    def usable(self) -> np.ndarray:
        """True where a bin may be used."""
        return np.asarray((self.flags & np.uint8(UNUSABLE)) == 0)

    @cached_property
    def alpha(self) -> np.ndarray | None:
        """Ratio of ON to OFF acceptance, NaN where there is no OFF; None without OFF counts."""
        if self.acceptance_off is None:
            return None
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where(self.acceptance_off > 0, self.acceptance / self.acceptance_off, np.nan))

    @cached_property
    def expected_background(self) -> np.ndarray:
        """Background counts in the ON region: known, or alpha times the OFF counts, or zero."""
        if self.background is not None:
            return self.background
        if self.counts_off is None or self.alpha is None:
            return np.zeros(self.energy.n)
        return np.asarray(np.nan_to_num(self.alpha * self.counts_off))

    @property
    def excess(self) -> np.ndarray:
        """Counts less background, a bin."""
        return np.asarray(self.counts - self.expected_background)

    def predict(self, flux: Any) -> np.ndarray:
        """Counts of a source.

        Parameters
        ----------
        flux : array or Quantity, shape (…, n_true)
            Flux integrated over each true-energy bin, cm-2 s-1.

        Returns
        -------
        array, shape (…, n)
        """
        values = to_array(flux, "cm-2 s-1", "flux") if hasattr(flux, "unit") else np.asarray(flux, dtype=float)
        if values.shape[-1:] != (self.energy_true.n,):
            raise ArgumentError(
                f"flux must have one value for each of {self.energy_true.n} true-energy bins, not shape {values.shape}."
            )
        return predicted_counts(values, self.exposure, self.edisp)

    def statistic(self, signal: Any, kind: str | None = None) -> np.ndarray:
        """Fit statistic of each bin for predicted source counts; zero in bins that are not usable.

        Parameters
        ----------
        signal : array, shape (n,)
            Source counts, as `predict` gives them.
        kind : {"wstat", "cstat", "cash", "chi2"}, optional
            ``wstat`` by default if the background was measured, else ``cash``.

        Raises
        ------
        SelectionError
            If the statistic needs what is not there.
        """
        return bin_statistic(self, np.asarray(signal, dtype=float), kind)

    @property
    def table(self) -> Table:
        """One row a bin."""
        return bin_table(self)

    @cached_property
    def summary(self) -> Summary:
        """Sums over the usable bins."""
        return summary_of(self)

    def why(self, energy: Any) -> list[str]:
        """Why the bin at an energy is masked; empty if it is good."""
        number = int(self.energy.index(to_float(energy, ENERGY, "energy")))
        return ["outside the axis"] if number < 0 else reasons(int(self.flags[number]))

    def masked(self, bins: Any) -> Self:
        """A copy with bins masked by hand.

        Parameters
        ----------
        bins : array of bool, shape (n,)
            True where to mask.
        """
        chosen = np.asarray(bins, dtype=bool)
        if chosen.shape != self.flags.shape:
            raise ArgumentError(f"bins must be {self.energy.n} times True or False, not of shape {chosen.shape}.")
        recipe = Recipe.of(".masked()", on=self, bins=chosen.tolist())
        return replace(self, flags=np.where(chosen, self.flags | np.uint8(Flag.USER), self.flags), recipe=recipe)

    def restrict(self, energy: Any) -> Self:
        """A copy in which only bins wholly inside an energy range are used.

        Parameters
        ----------
        energy : pair of Quantity or str
            Lower and upper end; None for an open end.
        """
        low, high = to_range(energy, ENERGY, "energy")
        inside = self.energy.low_values >= low * (1 - _TOLERANCE)
        inside &= self.energy.high_values <= high * (1 + _TOLERANCE)
        return replace(self.masked(~inside), recipe=Recipe.of_call(self.restrict, locals()))

    def group(
        self, min_counts: float | None = None, significance: float | None = None, min_off: float | None = None
    ) -> SpectrumDataset:
        """Join neighbouring bins until each has enough; see `group_bins`."""
        from gpnb.datasets.grouping import group_bins

        return group_bins(self, min_counts, significance, min_off)

    def __repr__(self) -> str:
        n = float(self.counts[self.usable].sum())
        off = "" if self.counts_off is None else f", {float(self.counts_off[self.usable].sum()):.0f} off"
        return f"SpectrumDataset({self.name}, {self.usable.sum()} of {self.energy.n} bins, {n:.0f} counts{off})"


def _shaped(value: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    """Floats of that shape, from an array or one number; read-only, for the dataset is frozen.

    They are a copy, unless they are read-only already: copies of a dataset share what has not changed.
    """
    array: np.ndarray = np.asarray(value, dtype=float)
    if array.shape == shape and array is value and not array.flags.writeable and array.flags.owndata:
        shared: np.ndarray = array
        return shared
    if array.ndim and array.shape != shape:
        raise ArgumentError(f"{name} must have the shape {shape} of the energy bins, not {array.shape}.")
    result = np.broadcast_to(array, shape).copy()
    result.flags.writeable = False
    return result


def names_of(datasets: Sequence[Any]) -> str:
    """Names for a sentence, not too many."""
    names = [dataset.name for dataset in datasets]
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
