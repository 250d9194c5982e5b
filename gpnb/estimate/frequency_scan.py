"""Is there pulsation, and at which frequency: a test at trial frequencies."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.recipe import Recipe
from gpnb.data.phase import Ephemeris, phases
from gpnb.estimate.phasogram import Runs, chosen_events
from gpnb.products.frequency_scan import FrequencyScan
from gpnb.stats.periodicity import h_test, z2n


@told
def frequency_scan(
    runs: Runs,
    ephemeris: Ephemeris | None = None,
    region: Any = None,
    energy: Any = None,
    steps: float = 10.0,
    oversample: int = 10,
    harmonics: int | None = None,
) -> FrequencyScan:
    """A test for pulsation at frequencies about that of an ephemeris.

    Frequencies 1/T apart are independent, T the time from the first to the last event. Phases at another frequency
    are those of the ephemeris plus the difference of frequency times time, so that its derivatives are kept.

    Parameters
    ----------
    runs : Observations, Observation, sequence of them, or EventList
        Where the events are.
    ephemeris : Ephemeris, optional
        What phases follow from; by default the events' column PHASE.
    region : SkyRegion or DS9 text, optional
        Events inside.
    energy : pair of Quantity or str, optional
        Range of reconstructed energy.
    steps : float
        How far to either side, in units of 1/T.
    oversample : int
        Trial frequencies in each 1/T.
    harmonics : int, optional
        n of the Z²_n test; by default the H test.

    Returns
    -------
    FrequencyScan
        A Table that shows itself: ``offset`` (Hz), ``stat``, ``p_value`` (of one trial). ``.peak`` is its best row.

    Raises
    ------
    SelectionError
        If there are neither phases nor an ephemeris, no events, or all at one time.
    ArgumentError
        If an argument does not fit.

    Examples
    --------
    >>> import gpnb
    >>> runs = gpnb.demo_store(part="pulsar", progress=False).select(target="Demo pulsar")
    >>> scan = gpnb.frequency_scan(runs, region="icrs; circle(128.84, -5.18, 0.15)", steps=2, oversample=4)
    >>> len(scan), scan.peak["offset"].item()
    (17, 0.0)
    """
    if not (steps > 0 and oversample >= 1):
        raise ArgumentError(f"steps={steps} and oversample={oversample} must be positive.")
    events = chosen_events(runs, region, energy)
    seconds, phase = events.time_values - np.median(events.time_values), phases(events, ephemeris)
    span = float(np.ptp(seconds))
    if not span > 0:
        raise SelectionError(f"{len(events)} events at one time tell no frequency.")
    number = round(steps * oversample)
    offset = np.arange(-number, number + 1) / (oversample * span)
    test = h_test if harmonics is None else lambda turns: z2n(turns, harmonics)
    stat, p_value = np.array([test(phase + one * seconds) for one in offset]).T
    recipe = Recipe.of_call(frequency_scan, locals(), name="scan")
    meta = {"test": "H" if harmonics is None else f"Z²_{harmonics}", "events": len(events), "step": 1 / span}
    meta |= {"frequency": None if ephemeris is None else _frequency(ephemeris, events), "recipe": recipe.to_json()}
    return FrequencyScan({"offset": offset * u.Hz, "stat": stat, "p_value": p_value}, meta=meta)


def _frequency(ephemeris: Ephemeris, events: Any) -> float:
    """The frequency in the middle of the events, Hz."""
    middle = events.time_reference + float(np.median(events.time_values)) * u.s
    t = float(ephemeris.seconds(middle))
    return float(ephemeris.f0 + t * (ephemeris.f1 + t * ephemeris.f2 / 2))
