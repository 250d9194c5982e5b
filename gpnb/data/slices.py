"""Runs cut into slices of time."""

from __future__ import annotations

from collections.abc import Sequence

from astropy.table import Column, Table

from gpnb.core.errors import SelectionError
from gpnb.core.recipe import Recipe
from gpnb.data.events import EventList
from gpnb.data.observation import Observation
from gpnb.data.timeref import seconds_from, time_reference
from gpnb.maps.axis import Axis


def cut_runs(runs: Sequence[Observation], axis: Axis, recipe: Recipe) -> tuple[list[Observation], list[int]]:
    """The parts of runs in bins of time, run by run, and for each the place of its run.

    Raises
    ------
    SelectionError
        If no good time lies in the bins.
    """
    parts: list[Observation] = []
    rows: list[int] = []
    for row, obs in enumerate(runs):
        shift = float(seconds_from(axis.reference, obs.gti.reference))
        bins = zip((axis.low_values + shift).tolist(), (axis.high_values + shift).tolist(), strict=True)
        for number, (low, high) in enumerate(bins):
            gti = obs.gti.within(low, high)
            if len(gti):
                made = Recipe.of(f"[{len(parts)}]", on=recipe, name="obs")
                parts.append(obs.cut(gti, _events(obs, low, high), f"{obs.part}-{number}", made))
                rows.append(row)
    if not parts:
        raise SelectionError(f"No good time of {len(runs)} runs lies in the {axis.n} bins of time.")
    return parts, rows


def _events(obs: Observation, low: float, high: float) -> EventList:
    """The events between two times, s from the reference of the good times."""
    events = obs.events
    seconds = events.time_values + float(seconds_from(events.time_reference, obs.gti.reference))
    return events.take((seconds >= low) & (seconds < high))


def with_times(table: Table, parts: Sequence[Observation]) -> Table:
    """The rows of the observation table with the times of the parts, where it has such columns."""
    table = table.copy()
    zero = time_reference(table.meta, "observation table") if "TSTART" in table.colnames else parts[0].gti.reference
    shift = [float(seconds_from(part.gti.reference, zero)) for part in parts]
    for name, values in (
        ("TSTART", [part.gti.start_values[0] + add for part, add in zip(parts, shift, strict=True)]),
        ("TSTOP", [part.gti.stop_values[-1] + add for part, add in zip(parts, shift, strict=True)]),
        ("ONTIME", [part.gti.seconds for part in parts]),
        ("LIVETIME", [part.gti.seconds * part.live_fraction for part in parts]),
    ):
        if name in table.colnames:
            table[name] = Column(values, unit="s")
    return table
