"""Light curves in the tables of Gammapy and astropy."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import QTable, Table
from astropy.time import Time, TimeDelta

from gpnb.core.errors import DataFormatError
from gpnb.core.fits_units import unit_factor
from gpnb.core.header_keys import reference_day, time_scale, whole_number
from gpnb.core.known_times import known_time, later
from gpnb.products.flux_points_file import fields_of
from gpnb.products.sed import PARAMETER, Spectrum, plain_column

_WHERE = "The light curve"


def fields_of_curve(table: Table, sed_type: str | None = None, reference: Spectrum | None = None) -> dict[str, Any]:
    """The fields of `LightCurve` in a table: see `LightCurve.from_table`."""
    start, stop = _times(table)
    names = [name for name in table.colnames if name not in ("time_min", "time_max", "time_bin_start", "time_bin_size")]
    own = [name for name in names if name.startswith(PARAMETER)]
    bands = [name for name in names if name not in ("obs_ids", *own)]
    energies = Table({name: _two_dimensional(table[name]) for name in bands}, meta=table.meta)
    fields = fields_of(energies, sed_type, reference)
    if "obs_ids" in names:
        fields["obs_ids"] = tuple(_runs(text) for text in table["obs_ids"])
    if own:
        fields["parameters"] = QTable({name.removeprefix(PARAMETER): _quantity(table[name]) for name in own})
    return {**fields, "time_min": start, "time_max": stop}


def _runs(text: Any) -> tuple[int, ...]:
    """Numbers of runs in a text; what else is there is no number of one."""
    found = [whole_number(word) for word in re.split(r"[\s,;]+", str(text))]
    return tuple(number for number in found if number is not None)


def with_plain_times(table: QTable) -> QTable:
    """Times as Gammapy writes them: days of MJD on TT, without a unit."""
    for name in ("time_min", "time_max"):
        table[name] = table[name].tt.mjd
    table.meta.update({"MJDREFI": 0, "MJDREFF": 0.0, "TIMESYS": "tt", "TIMEUNIT": "d", "TIMEREF": "LOCAL"})
    return table


def _quantity(column: Any) -> u.Quantity:
    return u.Quantity(np.ma.filled(np.ma.asarray(column, dtype=float), np.nan), getattr(column, "unit", None))


def _two_dimensional(column: Any) -> Any:
    return column[:, None] if column.ndim == 1 else column


def _times(table: Table) -> tuple[Time, Time]:
    if "time_bin_start" in table.colnames:
        start = Time(table["time_bin_start"])
        return start, start + TimeDelta(u.Quantity(table["time_bin_size"]).to(u.s))
    if not {"time_min", "time_max"} <= set(table.colnames):
        raise DataFormatError(f"{_WHERE} has no times: expected time_min and time_max; there are {table.colnames}.")
    start, stop = (_time(table, name) for name in ("time_min", "time_max"))
    return start, stop


def _time(table: Table, name: str) -> Time:
    """A column as times: they may be there, or as days or seconds from a reference in the header."""
    column = table[name]
    if isinstance(column, Time):
        return column
    header = {str(key).upper(): value for key, value in table.meta.items()}
    scale = time_scale(header, _WHERE)
    whole, part = reference_day(header, _WHERE) or (0.0, 0.0)
    unit = str(getattr(column, "unit", None) or header.get("TIMEUNIT", "d"))
    values = plain_column(Table({name: np.ma.asarray(column)}), name, _WHERE) * unit_factor(
        unit, "d", f"{_WHERE}, column {name}"
    )
    if not np.isfinite(values).all():
        raise DataFormatError(f"{_WHERE}: the column {name} has times that are not known.")
    if scale == "utc" and whole == 0:
        return known_time(Time(values, format="mjd", scale=scale), _WHERE)  # days of UTC, that may hold a leap second
    return later(Time(whole, part, format="mjd", scale=scale), values * 86400.0, _WHERE)
