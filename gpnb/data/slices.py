"""Runs cut into slices of time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from astropy import units as u
from astropy.table import Table

from gpnb.core.errors import SelectionError
from gpnb.data.observation import Observation
from gpnb.data.timeref import seconds_from, time_reference
from gpnb.maps.axis import Axis


def cut_runs(runs: Sequence[Observation], axis: Axis) -> tuple[list[Observation], list[int]]:
    """The parts of runs in bins of time, run by run, and for each the place of its run.

    Raises
    ------
    SelectionError
        If no good time lies in the bins.
    """
    parts, rows = [], []
    starts, stops = (axis.reference + values * u.s for values in (axis.low_values, axis.high_values))
    for row, obs in enumerate(runs):
        shift = float(seconds_from(axis.reference, obs.gti.reference))
        ends = axis.low_values + shift, axis.high_values + shift
        for number in np.flatnonzero([obs.gti.meets(*pair) for pair in zip(*ends, strict=True)]).tolist():
            part = obs.between(starts[number], stops[number])
            part.part = f"{obs.part}-{number}"
            parts.append(part)
            rows.append(row)
    if not parts:
        raise SelectionError(f"No good time of {len(runs)} runs lies in the {axis.n} bins of time.")
    return parts, rows


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
            table[name] = values
    return table
