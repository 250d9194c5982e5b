"""All that a light-curve explorer computes, from a light curve and a view record; what was made is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from astropy import units as u
from astropy.time import Time

from gpnb.core.errors import SelectionError
from gpnb.core.units import to_time
from gpnb.data.phase import Ephemeris
from gpnb.estimate.blocks import blocks_of
from gpnb.panels.lightcurve.axis import TimeAxis
from gpnb.panels.lightcurve.series import series_of
from gpnb.panels.lightcurve.view import LightCurveView
from gpnb.products.flux_points import FluxPoints
from gpnb.products.join import simultaneous
from gpnb.products.light_curve import LightCurve
from gpnb.products.series import Series
from gpnb.state.doors import range_ends

T = TypeVar("T")

_MOST = 100
"""Things that are kept; older ones are forgotten."""

_PER_DECADE = 4
"""Points of a spectrum a decade."""


class CurveWork:
    """Answers for a record: the light curve in its bins and bands, blocks, spectra.

    One instance serves one panel; each answer is made once.

    Parameters
    ----------
    obj : LightCurve
        What the panel shows.
    """

    def __init__(self, obj: LightCurve):
        self.obj = obj
        self._kept: dict[Any, Any] = {}
        self._last: dict[str, tuple[Any, Any]] = {}

    # Bins and bands.

    @property
    def can_rebin(self) -> bool:
        """Whether other bands can be had, and runs can be joined."""
        return self.obj.can_rebin

    @property
    def can_cut(self) -> bool:
        """Whether runs can be cut in time."""
        return self.can_rebin and bool(self.obj.maker.can_cut)

    def edges(self, view: LightCurveView) -> tuple[float, ...]:
        """Edges of the bands if they are others than those it was made with, TeV."""
        if not self.can_rebin:
            return ()
        if view.energy is None:
            return view.edges
        whole, chosen = self.obj.maker.energy_range, range_ends(view.energy)
        low, high = max(whole[0], chosen[0]), min(whole[1], chosen[1])
        if not low < high:
            raise SelectionError(f"No data lie in the chosen energies: there are {whole[0]:.3g} to {whole[1]:.3g} TeV.")
        return low, high

    def bins(self, view: LightCurveView) -> str:
        """Bins of time if they are others than those it was made with."""
        return view.bins if self.can_rebin else ""

    def curve(self, view: LightCurveView, **work: Any) -> LightCurve:
        """The light curve of a record; `work` is ``progress`` and ``cancel``."""
        bins, edges = key = self.bins(view), self.edges(view)
        if not any(key):
            return self.obj
        return self._once(("curve", key), lambda: self._rebin(bins, edges, **work))

    def knows_curve(self, view: LightCurveView) -> bool:
        """Whether the light curve of a record is there already."""
        key = self.bins(view), self.edges(view)
        return not any(key) or ("curve", key) in self._kept

    def knows_spectra(self, view: LightCurveView) -> bool:
        """Whether the spectra of a record are there already, or none are to be shown."""
        return not self.has_spectra(view) or self._spectra_key(view) in self._kept

    def _rebin(self, bins: str, edges: tuple[float, ...], **work: Any) -> LightCurve:
        made = bins or [Time(pair) for pair in zip(self.obj.time_min, self.obj.time_max, strict=True)]
        energies = np.array(edges) * u.TeV if edges else self._made_edges()
        return self.obj.rebin(made, energies, **work)

    def _made_edges(self) -> u.Quantity:
        return self.obj.energy_edges

    # What follows from the points.

    def axis(self, view: LightCurveView) -> TimeAxis:
        """Where times are drawn."""
        curve = self.curve(view)
        more = view.series if view.all_times else ()
        return self._once(("axis", curve, view.pauses, more), lambda: _axis(curve, more, view.pauses))

    def inside(self, view: LightCurveView) -> np.ndarray:
        """Which bins lie, with their middles, in the chosen time and phases."""
        folding = view.phase, view.frequency, view.f1, view.f2, view.epoch
        return self.last("inside", (self.curve(view), view.time, folding), lambda: self._inside(view))

    def _inside(self, view: LightCurveView) -> np.ndarray:
        curve = self.curve(view)
        kept = np.ones(len(curve), dtype=bool)
        if view.time is not None:
            start, stop = (to_time(text) for text in view.time)
            kept &= (curve.time >= start) & (curve.time < stop)
        if view.phase is not None and view.frequency is not None:
            low, high = view.phase
            phase = self.phases(view)
            kept &= (phase >= low) & (phase < high) if low <= high else (phase >= low) | (phase < high)
        return kept

    def ephemeris(self, view: LightCurveView) -> Ephemeris:
        """What the record folds with; without an epoch phase 0 is at the start of the first bin."""
        assert view.frequency is not None
        return Ephemeris(view.epoch or self.curve(view).time_min.min(), view.frequency, view.f1, view.f2)

    def phases(self, view: LightCurveView) -> np.ndarray:
        """Phase of the middle of each bin, from 0 to 1."""
        return self.ephemeris(view).phase(self.curve(view).time)

    def blocks(self, view: LightCurveView, band: int) -> np.ndarray:
        """Bayesian blocks of a band: rows of first bin, last bin and mean flux; empty for fewer than two points."""
        curve = self.curve(view)
        return self._once(("blocks", curve, band), lambda: blocks_of(curve, band))

    # Other wavelengths.

    def series(self, view: LightCurveView) -> tuple[Series, ...]:
        """The series of the record."""
        return tuple(series_of(text) for text in view.series)

    def pairs(self, view: LightCurveView, band: int, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of the simultaneous measurements of a band and a series; each is used once."""
        curve = self.curve(view)
        key = ("pairs", curve, band, text, view.within)
        return self._once(key, lambda: simultaneous(curve.series(band), series_of(text), "mutual", view.within, False))

    # Spectra.

    def has_spectra(self, view: LightCurveView) -> bool:
        """Whether spectra of the chosen time and of the rest are to be shown."""
        return view.spectrum and self.can_rebin and (view.time is None or self.can_cut)

    def spectra(self, view: LightCurveView) -> tuple[FluxPoints | None, FluxPoints | None]:
        """Flux points of the chosen time, and of the rest; None where there are no data."""
        return self._once(self._spectra_key(view), lambda: self._spectra(view))

    def _spectra_key(self, view: LightCurveView) -> Any:
        return "spectra", view.time

    def _spectra(self, view: LightCurveView) -> tuple[FluxPoints | None, FluxPoints | None]:
        low, high = self.obj.maker.energy_range
        edges = np.geomspace(low, high, max(2, round(_PER_DECADE * np.log10(high / low)) + 1)) * u.TeV
        time: tuple[Time, Time] | None = None
        if view.time is not None:
            time = to_time(view.time[0]), to_time(view.time[1])
        found: tuple[FluxPoints | None, FluxPoints | None] = self.obj.maker.spectra(time, edges)
        return found

    def last(self, name: str, key: Any, make: Callable[[], T]) -> T:
        """What is made anew only if its key is another one than last time: it changes with every step of a drag."""
        kept = self._last.get(name)
        if kept is None or kept[0] != key:
            kept = self._last[name] = key, make()
        found: T = kept[1]
        return found

    def _once(self, key: Any, make: Callable[[], T]) -> T:
        if key not in self._kept:
            made = make()
            self._kept[key] = made
            while len(self._kept) > _MOST:
                del self._kept[next(iter(self._kept))]
        found: T = self._kept[key]
        return found


def _axis(curve: LightCurve, series: tuple[str, ...], pauses: bool) -> TimeAxis:
    """The axis of a light curve, and of series."""
    items = [curve, *(item for item in map(series_of, series) if len(item))]
    start, stop = (Time([end for item in items for end in getattr(item, name).tt]) for name in ("time_min", "time_max"))
    return TimeAxis.of(start, stop, pauses)


def work_of(obj: Any) -> CurveWork:
    """The work of a light curve; what is one already stays."""
    return obj if isinstance(obj, CurveWork) else CurveWork(obj)
