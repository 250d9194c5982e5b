"""All that a light-curve explorer computes, from a light curve and a view record; what was made is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numpy as np
from astropy import units as u
from astropy.time import Time

from gpnb.core.errors import SelectionError
from gpnb.core.units import to_time
from gpnb.core.words import counted
from gpnb.data.phase import Ephemeris
from gpnb.estimate.blocks import blocks_of
from gpnb.panels.lightcurve.axis import TimeAxis
from gpnb.panels.lightcurve.series import series_of
from gpnb.panels.lightcurve.view import LightCurveView
from gpnb.panels.work import Job, Kept
from gpnb.products.flux_points import FluxPoints
from gpnb.products.join import simultaneous
from gpnb.products.light_curve import LightCurve
from gpnb.products.series import Series
from gpnb.state.doors import range_ends

T = TypeVar("T")

_PER_DECADE = 4
"""Points of a spectrum a decade."""

_STEPS = 60
"""Things that every step of a drag makes anew."""


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
        self._kept, self._steps = Kept(100), Kept(_STEPS)

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
        return self._kept.once(("curve", key), lambda: self._rebin(bins, edges, **work))

    def knows_curve(self, view: LightCurveView) -> bool:
        """Whether the light curve of a record is there already."""
        key = self.bins(view), self.edges(view)
        return not any(key) or self._kept.knows(("curve", key))

    def knows_spectra(self, view: LightCurveView) -> bool:
        """Whether the spectra of a record are there already, or none are to be shown."""
        return not self.has_spectra(view) or self._kept.knows(self._spectra_key(view))

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
        return self._kept.once(("axis", curve, view.pauses, more), lambda: _axis(curve, more, view.pauses))

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
        return self._kept.once(("blocks", curve, band), lambda: blocks_of(curve, band))

    # Other wavelengths.

    def series(self, view: LightCurveView) -> tuple[Series, ...]:
        """The series of the record."""
        return tuple(series_of(text) for text in view.series)

    def pairs(self, view: LightCurveView, band: int, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Numbers of the simultaneous measurements of a band and a series; each is used once."""
        curve = self.curve(view)
        key = ("pairs", curve, band, text, view.within)
        return self._kept.once(
            key, lambda: simultaneous(curve.series(band), series_of(text), "mutual", view.within, False)
        )

    # Spectra.

    def has_spectra(self, view: LightCurveView) -> bool:
        """Whether spectra of the chosen time and of the rest are to be shown."""
        return view.spectrum and self.can_rebin and (view.time is None or self.can_cut)

    def spectra(self, view: LightCurveView) -> tuple[FluxPoints | None, FluxPoints | None]:
        """Flux points of the chosen time, and of the rest; None where there are no data."""
        return self._kept.once(self._spectra_key(view), lambda: self._spectra(view))

    def _spectra_key(self, view: LightCurveView) -> Any:
        return "spectra", view.time

    def _spectra(self, view: LightCurveView) -> tuple[FluxPoints | None, FluxPoints | None]:
        low, high = self.obj.maker.energy_range
        edges = np.geomspace(low, high, max(2, round(_PER_DECADE * np.log10(high / low)) + 1)) * u.TeV
        chosen: tuple[Time, Time] | None = None
        if view.time is not None:
            chosen = to_time(view.time[0]), to_time(view.time[1])
        found: tuple[FluxPoints | None, FluxPoints | None] = self.obj.maker.spectra(chosen, edges)
        return found

    def last(self, name: str, key: Any, make: Callable[[], T]) -> T:
        """What changes with every step of a drag: it must not drive out what took longer to make."""
        return self._steps.once((name, key), make)

    # What is not there yet.

    def missing(self, view: LightCurveView) -> Job | None:
        """What has to be made before a record can be shown; None if nothing has."""
        if not self.knows_curve(view):
            key = "curve", self.bins(view), self.edges(view)
            return Job("Binning", partial(self._make, view), key, ("bins", "edges", "energy"))
        if not self.knows_spectra(view):
            return Job("Spectra", partial(self._make, view), self._spectra_key(view))
        return None

    def _make(self, view: LightCurveView, **work: Any) -> str:
        start, rebins = time.perf_counter(), not self.knows_curve(view)
        curve = self.curve(view, **work)
        seconds = time.perf_counter() - start
        if self.has_spectra(view):
            work["cancel"].check()
            self.spectra(view)
        return f"{counted(len(curve), 'bin')} in {1000 * seconds:.0f} ms" if rebins else ""


def _axis(curve: LightCurve, series: tuple[str, ...], pauses: bool) -> TimeAxis:
    """The axis of a light curve, and of series."""
    items = [curve, *(item for item in map(series_of, series) if len(item))]
    start, stop = (Time([end for item in items for end in getattr(item, name).tt]) for name in ("time_min", "time_max"))
    return TimeAxis.of(start, stop, pauses)


def work_of(obj: Any) -> CurveWork:
    """The work of a light curve; what is one already stays."""
    return obj if isinstance(obj, CurveWork) else CurveWork(obj)
