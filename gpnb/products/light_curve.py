"""Light curves: the flux of a source in bins of time."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from astropy import units as u
from astropy.table import QTable, Table
from astropy.time import Time

from gpnb.core.display import Displayed
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.frozen import unchanging
from gpnb.core.progress import CancelToken, Report
from gpnb.core.recipe import Recipe
from gpnb.core.units import time_words, to_time
from gpnb.products.estimates import NORMS, SCANS, STATS, Estimates
from gpnb.products.sed import PARAMETER, REFERENCES, Spectrum

if TYPE_CHECKING:
    from astropy.timeseries import BinnedTimeSeries

    from gpnb.products.series import Series


@unchanging
@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class LightCurve(Displayed, Estimates):
    """Flux in bins of time and of energy; see `Estimates` for the other fields.

    Parameters
    ----------
    time_min, time_max : Time, shape (n_times,)
        Ends of the bins of time.
    obs_ids : tuple of tuple of int
        The runs in each bin, if they are known.
    parameters : QTable, optional
        One row a bin of time: values of the spectrum fitted in it, and their errors (``index``, ``index_err`` and so
        on); NaN where it is not known.
    maker : object, optional
        What can make it again in other bins, for `rebin`; it is not written into files.

    Any column of the SED format is had by name, with its unit, one row a bin of time: ``curve["flux_err"]``.

    Raises
    ------
    ArgumentError
        If the shapes do not fit.
    """

    panel: ClassVar[str] = "lightcurve"

    time_min: Time
    time_max: Time
    obs_ids: tuple[tuple[int, ...], ...] = ()
    parameters: QTable | None = None
    maker: Any = None

    def __post_init__(self) -> None:
        count = len(self.time_min)
        if np.ndim(self.norm) != 2 or len(self.norm) != count or len(self.time_max) != count:
            raise ArgumentError(
                f"norm must have the shape (times, energies) with {count} times, not {np.shape(self.norm)}."
            )
        if self.obs_ids and len(self.obs_ids) != count:
            raise ArgumentError(f"obs_ids must have one entry for each of {count} bins of time.")
        if self.parameters is not None and len(self.parameters) != count:
            raise ArgumentError(f"parameters must have one row for each of {count} bins of time.")
        super().__post_init__()

    @classmethod
    def from_table(
        cls,
        table: Table,
        sed_type: str | None = None,
        reference: Spectrum | None = None,
        recipe: Recipe | None = None,
        **settings: Any,
    ) -> Self:
        """A light curve from a table with columns ``time_min`` and ``time_max``, or a `BinnedTimeSeries`.

        Parameters
        ----------
        table : Table
            One row a bin of time; fluxes are arrays over energy, or numbers. Energies are columns too.
        sed_type, reference, recipe, **settings
            See `FluxPoints.from_table`.

        Raises
        ------
        DataFormatError
            If the table holds no times or no fluxes, or a unit is of another kind.
        """
        from gpnb.products.light_curve_file import fields_of_curve

        made = fields_of_curve(table, sed_type, reference)
        return cls(**{**made, **settings}, recipe=recipe or Recipe.memory("curve"))

    @classmethod
    def read(cls, path: str | os.PathLike[str], sed_type: str | None = None, reference: Spectrum | None = None) -> Self:
        """Read a light curve from an ECSV or FITS file in the layout of GADF or Gammapy; see `FluxPoints.read`."""
        from gpnb.products.files import read_table

        recipe = Recipe.of_call(cls.read, locals(), name="curve")
        return cls.from_table(read_table(path), sed_type, reference, recipe)

    @property
    def can_rebin(self) -> bool:
        """Whether data and spectrum are known, so that it can be made in other bins."""
        return self.maker is not None

    def rebin(
        self,
        bins: Any = "run",
        energy_edges: Any = None,
        progress: bool | Report | None = None,
        cancel: CancelToken | None = None,
    ) -> LightCurve:
        """The light curve of the same data and spectrum in other bins; see `gpnb.light_curve`.

        Runs are prepared for cutting once: further bins come fast.

        Raises
        ------
        SelectionError
            If it was not made by `gpnb.light_curve` in this session, or a run cannot be cut.
        """
        if self.maker is None:
            raise SelectionError(
                "This light curve does not know the data it is of: make it with gpnb.light_curve() to bin it anew."
            )
        made: LightCurve = self.maker.curve(bins, energy_edges, progress, cancel)
        return made

    def select(self, time: Any) -> LightCurve:
        """The bins whose middles lie in a range of time.

        Parameters
        ----------
        time : pair of Time or str
            Start and stop; None for an open end.

        Raises
        ------
        SelectionError
            If no bin is left.
        """
        start, stop = (None if item is None else to_time(item, "time") for item in time)
        kept = np.ones(len(self), dtype=bool)
        kept &= True if start is None else self.time >= start
        kept &= True if stop is None else self.time < stop
        if not kept.any():
            raise SelectionError(f"No bin of the light curve lies between {time[0]} and {time[1]}.")
        names = [name for name in (*NORMS, *STATS, *SCANS, "is_ul", "parameters") if getattr(self, name) is not None]
        names += [name for name in REFERENCES if getattr(self, name).ndim > 1]
        changed = {name: getattr(self, name)[kept] for name in names}
        return replace(
            self,
            **changed,
            time_min=self.time_min[kept],
            time_max=self.time_max[kept],
            obs_ids=tuple(ids for ids, inside in zip(self.obs_ids, kept, strict=True) if inside)
            if self.obs_ids
            else (),
            extra={name: values[kept] for name, values in self.extra.items()},
            recipe=Recipe.of_call(self.select, locals(), name="curve"),
        )

    def series(self, band: int = 0) -> Series:
        """The flux of one band as a `Series`: integral flux if the bands are known, else differential."""
        from gpnb.products.series import of_curve

        return of_curve(self, band)

    def hardness(self, soft: int = 0, hard: int = -1) -> QTable:
        """Hardness (H − S)/(H + S) of two bands of energy in each bin, with the flux of both.

        Parameters
        ----------
        soft, hard : int
            Which bands; the lowest and the highest by default.

        Returns
        -------
        QTable
            Columns ``time_min``, ``time_max``, the flux of both bands, its error, ``hardness``, ``hardness_err``, and
            ``is_ul`` where it is an upper limit, since the hard band is; NaN where it is not known.

        Raises
        ------
        SelectionError
            If there are no such two bands.
        """
        from gpnb.products.hardness import hardness_table

        return hardness_table(self, soft, hard)

    def join(self, other: Any, how: str = "nearest", within: Any = "0 s", band: int = 0, **columns: Any) -> QTable:
        """Pairs of simultaneous measurements of this light curve (a) and a series of another wavelength (b).

        Nothing is interpolated: a measurement without a partner is left out, and without any pair the table is empty.

        Parameters
        ----------
        other : Series, LightCurve, Table, TimeSeries, BinnedTimeSeries or path
            See `Series.of`.
        how : {"nearest", "mutual", "mean", "all"}
            ``"nearest"``: for each bin the measurement of b with the shortest pause to it, then with the nearest
            middle, which may be that of several bins; ``"mutual"``: only if that is nearest to no other bin, so that
            each is used once; ``"mean"``: the plain mean of all whose middles lie in the bin; ``"all"``: all pairs.
        within : Quantity or str
            The greatest pause between both, 0 for those that share time; for ``"mean"`` bins are longer by it at both
            ends.
        band : int
            Which band of energy.
        **columns
            Which columns of a table or file: see `Series.from_table`.

        Returns
        -------
        QTable
            One row a pair: ``lag`` (middle of b less that of a, s), and of each ``time`` (middle, TT), ``value``,
            ``error`` (mean of ``errn`` and ``errp``), ``ul``, ``is_ul`` and ``index``, with ``_a`` or ``_b``. For
            means ``n_b`` values are in it, their error is √(Σe²)/n, and ``limits_b`` limits are not.

        Raises
        ------
        ArgumentError
            If an argument is not one of these.

        Notes
        -----
        Times are compared on TT, whatever their scales. Those corrected to the barycentre of the solar system differ
        by up to 8.3 minutes: give both so, or a tolerance.

        Examples
        --------
        >>> import gpnb
        >>> from astropy.table import Table
        >>> days = Time([60000.0, 60001.0], format="mjd", scale="tt")
        >>> table = Table({"time_min": days, "time_max": days + 0.1 * u.day, "e_ref": [1.0, 1.0] * u.TeV})
        >>> table["dnde"], table["dnde_err"] = ([4e-12, 8e-12], [1e-12, 1e-12]) * u.Unit("cm-2 s-1 TeV-1")
        >>> curve = gpnb.LightCurve.from_table(table, "dnde")
        >>> radio = Table({"mjd_tt": [60000.05, 60000.9], "flux": [1.0, 2.0] * u.mJy})
        >>> curve.join(radio)["value_a", "value_b", "index_b"].pprint(show_unit=False)
        value_a value_b index_b
        ------- ------- -------
          4e-12     1.0       0
        """
        return self.series(band).join(other, how, within, **columns)

    @property
    def table(self) -> QTable:
        """One row a bin of time, with integral fluxes; `to_table` gives other kinds."""
        return self.to_table()

    def to_table(self, sed_type: str = "flux") -> QTable:
        """One row a bin of time.

        Parameters
        ----------
        sed_type : {"dnde", "e2dnde", "flux", "eflux", "norm", "likelihood"}
            Kind of flux; see `FluxPoints.to_table`.
        """
        table = QTable({"time_min": self.time_min, "time_max": self.time_max}, meta=self._meta(sed_type))
        for name, values in self._all_columns(sed_type).items():
            table[name] = values
        return table

    def to_timeseries(self, sed_type: str = "flux") -> BinnedTimeSeries:
        """The light curve as astropy's time series, one row a bin of time; `from_table` reads it back."""
        from astropy.timeseries import BinnedTimeSeries  # here, because it takes long to import

        series = BinnedTimeSeries(time_bin_start=self.time_min, time_bin_end=self.time_max)
        for name, values in self._all_columns(sed_type).items():
            series[name] = values
        series.meta.update(self._meta(sed_type))
        return series

    def write(self, path: str | os.PathLike[str], sed_type: str = "likelihood", overwrite: bool = False) -> None:
        """Write it as an ECSV or FITS table in the layout of Gammapy, with its provenance; see `FluxPoints.write`."""
        from gpnb.products.files import write_table
        from gpnb.products.light_curve_file import with_plain_times

        write_table(with_plain_times(self.to_table(sed_type)), path, self.recipe, overwrite)

    def _all_columns(self, sed_type: str) -> dict[str, Any]:
        names = ["e_ref", "e_min", "e_max"]
        if sed_type in ("norm", "likelihood"):
            names += ["ref_dnde", "ref_flux", "ref_eflux"]
        shape = self.norm.shape
        columns = {name: np.broadcast_to(self.quantity(name), shape, subok=True).copy() for name in names}
        columns |= self._columns(sed_type)
        if self.parameters is not None:
            columns |= {f"{PARAMETER}{name}": self.parameters[name] for name in self.parameters.colnames}
        if self.obs_ids:
            columns["obs_ids"] = np.array([" ".join(map(str, ids)) for ids in self.obs_ids])
        return columns

    @property
    def time(self) -> Time:
        """Middles of the bins."""
        return self.time_min + 0.5 * (self.time_max - self.time_min)

    @property
    def width(self) -> u.Quantity:
        """Widths of the bins, s."""
        return (self.time_max - self.time_min).to(u.s)

    def __getitem__(self, name: str) -> Any:
        return self.quantity(name)

    def __len__(self) -> int:
        return len(self.time_min)

    def __repr__(self) -> str:
        name = f"{self.name}, " if self.name else ""
        bands = len(self.e_ref)
        first = time_words(self.time_min.min()) if len(self) else "no time"
        return f"LightCurve({name}{len(self)} bins from {first}, {bands} energy band{'s' * (bands != 1)})"
