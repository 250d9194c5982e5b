"""The rows of a light curve, some bins of time after the other: what is held does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import QTable

from gpnb.core.errors import FitError, SelectionError
from gpnb.core.progress import CancelToken
from gpnb.core.warn import warn
from gpnb.datasets.off_groups import Rates
from gpnb.estimate.counted import masked_energies, used_energies
from gpnb.estimate.free_shape import FreeShape
from gpnb.estimate.norms import energy_cells, fitted_norms
from gpnb.estimate.refit import refitted_norms
from gpnb.estimate.time_bins import TimeBin
from gpnb.fitting.limits import Limits
from gpnb.models.collection import Models
from gpnb.models.sky import SkyModel
from gpnb.products.sed import REFERENCES, reference_columns

_AT_ONCE = 128
"""Bins of time that are cut and fitted together: numpy is quick by then, and their data are forgotten after."""

Fields = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Rows:
    """What was found in bins of time.

    Parameters
    ----------
    fields : dict
        Of `LightCurve`, first axis over time.
    start, stop : array
        Ends of the bins, s from the reference of the schedule.
    obs_ids : tuple of tuple of int
        The runs in each.
    """

    fields: Fields
    start: np.ndarray
    stop: np.ndarray
    obs_ids: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, eq=False)
class CurveRows:
    """Fits a source in bins of time and of energy.

    Parameters
    ----------
    models : Models
        All sources.
    source : SkyModel
        The one whose flux is wanted.
    edges : array
        Of the bands, TeV.
    axes : mapping
        ``e_ref``, ``e_min`` and ``e_max`` of the bands, TeV.
    free : bool
        Fit the free parameters of its spectrum in each bin of time, or a norm in each band.
    refit : bool
        Fit the other sources too.
    limits, n_scan, statistic, rates
        See `fitted_norms`; the OFF counts to expect are those of all data, however many bins are fitted together.
    backgrounds : bool
        Fit the norm of predicted backgrounds of cubes too.
    """

    models: Models
    source: SkyModel
    edges: np.ndarray
    axes: dict[str, np.ndarray]
    free: bool
    refit: bool
    limits: Limits
    n_scan: int
    statistic: str | None
    rates: Rates
    backgrounds: bool = False
    reference: dict[str, np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reference", reference_columns(self.source.spectral, **self.axes))

    def rows(self, bins: Iterable[TimeBin], cancel: CancelToken | None = None) -> Rows:
        """Fit them.

        Raises
        ------
        SelectionError
            If there are none.
        """
        fields: list[Fields] = []
        places: list[tuple[float, float, tuple[int, ...]]] = []
        fitted = self._with_shapes(bins, cancel) if self.free else self._with_norms(bins)
        for found, row in fitted:
            places += [(one.start, one.stop, one.obs_ids) for one in found]
            fields.append(row)
        if not fields:
            raise SelectionError("No data were taken in the bins of time.")
        start, stop, obs_ids = zip(*places, strict=True)
        return Rows({**self.reference, **_joined(fields)}, np.array(start), np.array(stop), obs_ids)

    def _with_norms(self, bins: Iterable[TimeBin]) -> Iterator[tuple[Sequence[TimeBin], Fields]]:
        some = iter(bins)
        while found := list(islice(some, 1 if self.refit else _AT_ONCE)):
            yield found, self._norms(found)

    def _norms(self, found: Sequence[TimeBin]) -> Fields:
        """Norms of the spectrum as it was given."""
        data = [item for one in found for item in one.datasets]
        owner = [number for number, one in enumerate(found) for _ in one.datasets]
        shape = len(found), len(self.edges) - 1
        pairs = zip(owner, energy_cells(data, self.edges), strict=True)
        cells = [np.where(band >= 0, number * shape[1] + band, -1) for number, band in pairs]
        settings = shape, self.models, self.source, self.limits, self.n_scan, self.statistic
        if self.refit:
            return refitted_norms(data, cells, range(shape[1]), *settings, self.backgrounds)
        return fitted_norms(data, cells, *settings, self.rates)

    def _with_shapes(
        self, bins: Iterable[TimeBin], cancel: CancelToken | None
    ) -> Iterator[tuple[Sequence[TimeBin], Fields]]:
        maker = FreeShape(
            self.models,
            self.source,
            self.refit,
            self.axes,
            self.reference,
            self.limits,
            self.n_scan,
            self.statistic,
            self.backgrounds,
        )
        faults: list[str] = []
        for one in bins:
            yield [one], self._shape(maker, one, cancel, faults)
        if faults:
            warn(
                f"The spectrum of {self.source.name} is not told by {len(faults)} bins of time ({faults[0]}): "
                "its parameters are NaN there, and the flux is that of the shape given."
            )

    def _shape(self, maker: FreeShape, one: TimeBin, cancel: CancelToken | None, faults: list[str]) -> Fields:
        """The fitted spectrum of one bin of time; norms of the given one where there is none."""
        cells = energy_cells(one.datasets, self.edges)
        data = [masked_energies(item, cell < 0) for item, cell in zip(one.datasets, cells, strict=True)]
        try:
            result = maker.fit(data, cancel)
            return {**maker.row(result, one.datasets, cells), "parameters": maker.parameters(result)}
        except FitError as error:
            if any(used_energies(item).any() for item in data):
                faults.append(str(error).rstrip("."))
        given = {name: self.reference[name][None] for name in REFERENCES if name != "ref_flux"}
        return {**self._norms([one]), **given, "parameters": maker.unknown}


def _joined(rows: Sequence[Fields]) -> Fields:
    """Fields of all rows, one after the other."""
    found: Fields = {}
    for name in rows[0]:
        values = [row[name] for row in rows]
        if name == "extra":
            found[name] = _joined(values)
        elif name == "parameters":
            found[name] = QTable({key: u.Quantity([value[key] for value in values]) for key in values[0]})
        else:
            found[name] = np.concatenate(values)
    return found
