"""Choosing runs from an observation table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy.table import Table

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.faults import faults_told
from gpnb.core.fits_units import unit_factor
from gpnb.core.frames import separation
from gpnb.core.header_keys import whole_number
from gpnb.core.near import meant
from gpnb.core.units import ANGLE, to_float, to_skycoord, to_time
from gpnb.data.expression import where_mask
from gpnb.data.timeref import seconds_from, time_factor, time_reference


def chosen_rows(
    table: Table,
    obs_id: int | Sequence[int] | None = None,
    target: str | None = None,
    cone: Any = None,
    time: Any = None,
    where: str | None = None,
) -> np.ndarray:
    """Row numbers of the runs that meet every condition given; by `obs_id`, in the order asked for.

    Raises
    ------
    SelectionError
        If a run number is unknown or nothing is left; the sentence says what there is.
    """
    keep = np.ones(len(table), dtype=bool)
    if target is not None:
        keep &= _target_mask(table, target)
    if cone is not None:
        keep &= _cone_mask(table, cone)
    if time is not None:
        keep &= _time_mask(table, time)
    if where is not None:
        keep &= where_mask(where, {name: np.asarray(table[name]) for name in table.colnames}, len(table))
    rows = _rows_of(table, obs_id, keep) if obs_id is not None else np.flatnonzero(keep)
    if not len(rows):
        asked = {"obs_id": obs_id, "target": target, "cone": cone, "time": time, "where": where}
        words = ", ".join(f"{name}={value!r}" for name, value in asked.items() if value is not None)
        raise SelectionError(f"No run of {len(table)} meets {words}: loosen it, or look at the .table.")
    return rows


def _rows_of(table: Table, obs_id: int | Sequence[int], keep: np.ndarray) -> np.ndarray:
    wanted = [_number(item) for item in np.atleast_1d(obs_id).tolist()]
    ids = np.asarray(table["OBS_ID"])
    missing = [item for item in wanted if item not in ids]
    if missing:
        raise SelectionError(
            f"Run {missing[0]} is not there; the runs are {some(sorted({int(item) for item in ids}))}."
        )
    return np.array([row for item in wanted for row in np.flatnonzero(ids == item) if keep[row]], dtype=int)


def _number(value: Any) -> int:
    number = whole_number(value)
    if number is None:
        raise ArgumentError(f"obs_id={value!r} is no run number: give a whole number, or a list of them.")
    return number


def _target_mask(table: Table, target: str) -> np.ndarray:
    if "OBJECT" not in table.colnames:
        raise SelectionError("The observation table has no OBJECT column: choose by obs_id, cone, time or where.")
    names = np.array([_plain(name) for name in table["OBJECT"]])
    mask: np.ndarray = names == _plain(target)
    if not mask.any():
        known = sorted({str(name).strip() for name in table["OBJECT"]})
        raise SelectionError(f"No run has the target {target!r}: {meant(str(target), known, 'the targets are')}")
    return mask


def _plain(name: Any) -> str:
    """Names that differ by case, blanks or underscores are one target."""
    return " ".join(str(name).replace("_", " ").split()).casefold()


def _cone_mask(table: Table, cone: Any) -> np.ndarray:
    if not isinstance(cone, tuple | list) or len(cone) != 2:
        raise ArgumentError(f"cone={cone!r} must be (position, radius), such as ('83.63d 22.01d', '2 deg').")
    center, radius = to_skycoord(cone[0], "cone[0]").icrs, to_float(cone[1], ANGLE, "cone[1]")
    ra, dec = (_degrees(table, name) for name in ("RA_PNT", "DEC_PNT"))
    with np.errstate(invalid="ignore"):
        return separation(ra, dec, center.ra.deg, center.dec.deg) <= radius


def _degrees(table: Table, name: str) -> np.ndarray:
    """A column of angles, NaN where unknown."""
    if name not in table.colnames:
        raise SelectionError(f"The observation table has no column {name}: choose by obs_id, or write its index anew.")
    return _numbers(table, name) * unit_factor(str(table[name].unit or ""), ANGLE, f"observation table, column {name}")


def seconds_of_runs(table: Table, name: str) -> np.ndarray:
    """A column of times, s, NaN where unknown."""
    return _numbers(table, name) * time_factor(table.meta, str(table[name].unit or ""), "observation table")


def _numbers(table: Table, name: str) -> np.ndarray:
    with faults_told(f"The column {name} of the observation table holds no numbers", SelectionError):
        return np.asarray(np.ma.filled(np.ma.asarray(table[name], dtype=float), np.nan))


def _time_mask(table: Table, time: Any) -> np.ndarray:
    if not isinstance(time, tuple | list) or len(time) != 2:
        raise ArgumentError(f"time={time!r} must be (start, stop); None stands for an open end.")
    missing = [name for name in ("TSTART", "TSTOP") if name not in table.colnames]
    if missing:
        raise SelectionError(f"The observation table has no column {missing[0]}: choose by obs_id, or write it anew.")
    reference = time_reference(table.meta, "observation table")
    keep = np.ones(len(table), dtype=bool)
    if time[0] is not None:
        keep &= seconds_of_runs(table, "TSTOP") > seconds_from(to_time(time[0]), reference)
    if time[1] is not None:
        keep &= seconds_of_runs(table, "TSTART") < seconds_from(to_time(time[1]), reference)
    return keep


def some(items: Sequence[Any], most: int = 12) -> str:
    """The first of many, for a sentence."""
    text = ", ".join(str(item) for item in items[:most])
    return f"{text} … ({len(items)} in all)" if len(items) > most else text
