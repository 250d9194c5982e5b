"""How many events were seen at which phase of a turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.recipe import Recipe
from gpnb.data.events import EventList
from gpnb.data.observation import Observation
from gpnb.data.observations import Observations
from gpnb.data.phase import Ephemeris, in_phase, phase_intervals, phase_width, phases
from gpnb.products.phasogram import Phasogram
from gpnb.reduce.off_methods import PhaseOff
from gpnb.stats.periodicity import h_test
from gpnb.stats.phase import phase_histogram
from gpnb.stats.significance import lima

Runs = Observations | Sequence[Observation] | Observation | EventList


@told
def phasogram(
    runs: Runs,
    bins: int = 50,
    ephemeris: Ephemeris | None = None,
    region: Any = None,
    energy: Any = None,
    on: Any = None,
    off: Any = None,
) -> Phasogram:
    """Counts in bins of the phase, with the H test, and the excess of ON over OFF phases.

    Parameters
    ----------
    runs : Observations, Observation, sequence of them, or EventList
        Where the events are.
    bins : int
        Number of bins of one width.
    ephemeris : Ephemeris, optional
        What phases follow from; by default the events' column PHASE.
    region : SkyRegion or DS9 text, optional
        Events inside.
    energy : pair of Quantity or str, optional
        Range of reconstructed energy.
    on, off : pair of float, or sequence of pairs, optional
        Phases of the peaks, and phases without pulsation: see `PhaseOff`. They must not overlap.

    Returns
    -------
    Phasogram
        A Table that shows itself: ``phase_min, phase_max, counts, counts_err`` (√n). In ``meta`` ``events``, ``h``
        and its ``p_value``; with OFF phases the ``level`` of counts a bin there; with ON and OFF phases also ``n_on``,
        ``n_off``, ``alpha``, ``excess``, ``significance`` (Li & Ma).

    Raises
    ------
    SelectionError
        If there are neither phases nor an ephemeris, or no events are left.
    ArgumentError
        If an argument does not fit.

    Examples
    --------
    >>> import gpnb
    >>> runs = gpnb.demo_store(part="pulsar", progress=False).select(target="Demo pulsar")
    >>> pulse = gpnb.phasogram(runs, 25, region="icrs; circle(128.84, -5.18, 0.15)", on=(0.06, 0.14), off=(0.6, 1.0))
    >>> pulse.phase[np.argmax(pulse["counts"])].round(2).item()
    0.1
    """
    if bins < 1:
        raise ArgumentError(f"bins={bins} must be at least 1.")
    phase = phases(chosen_events(runs, region, energy), ephemeris)
    counts, error = phase_histogram(phase, bins)
    edges = np.linspace(0.0, 1.0, bins + 1).round(12)
    stat, p_value = h_test(phase)
    meta = {"events": len(phase), "h": stat, "p_value": p_value, **_sides(phase, on, off, bins)}
    recipe = Recipe.of_call(phasogram, locals(), name="pulse")
    columns = {"phase_min": edges[:-1], "phase_max": edges[1:], "counts": counts, "counts_err": error}
    return Phasogram.of(columns, meta, recipe)


def chosen_events(runs: Runs, region: Any = None, energy: Any = None) -> EventList:
    """The events of all runs in a region and a range of energy.

    Raises
    ------
    SelectionError
        If there are none.
    """
    items = [runs] if isinstance(runs, Observation | EventList) else list(runs)
    lists = [item if isinstance(item, EventList) else item.events for item in items]
    found = [events.select(region=region, energy=energy) for events in lists]
    if not sum(len(events) for events in found):
        raise SelectionError("No events are left: look at region= and energy=.")
    return found[0] if len(found) == 1 else EventList.stack(found)


def _sides(phase: np.ndarray, on: Any, off: Any, bins: int) -> dict[str, Any]:
    """ON and OFF phases, and what was counted in them."""
    found: dict[str, Any] = {
        name: [list(pair) for pair in phase_intervals(value, name)]
        for name, value in (("on", on), ("off", off))
        if value is not None
    }
    if off is not None:
        side = phase_intervals(off)
        n_off = int(in_phase(phase, side).sum())
        found |= {"n_off": n_off, "level": n_off / (bins * phase_width(side))}
    if on is not None and off is not None:
        method = PhaseOff(on, off)
        n_on, alpha = int(in_phase(phase, method.on).sum()), method.alpha
        found |= {"n_on": n_on, "alpha": alpha, "excess": n_on - alpha * found["n_off"]}
        found["significance"] = float(lima(n_on, found["n_off"], alpha))
    return found
