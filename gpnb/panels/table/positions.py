"""Where on the sky the rows of a table lie."""

from __future__ import annotations

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table

from gpnb.core.units import skycoord_text
from gpnb.panels.table.plain import Plain, plain_columns

_NAMES = (
    *(("ra", "dec", "icrs"), ("raj2000", "dej2000", "icrs"), ("ra_obj", "dec_obj", "icrs")),
    *(("ra_pnt", "dec_pnt", "icrs"), ("glon", "glat", "galactic"), ("l", "b", "galactic"), ("lon", "lat", "")),
)
"""Names of longitude and latitude, and their frame; that of the table where there is none."""


def positions_of(table: Table) -> SkyCoord | None:
    """The position of each row; None where the table does not tell.

    Examples
    --------
    >>> positions_of(Table({"RA": [83.63], "DEC": [22.01]})).to_string()
    ['83.63 22.01']
    >>> positions_of(Table({"a": [1]})) is None
    True
    """
    for column in table.columns.values():
        if isinstance(column, SkyCoord) and column.shape == (len(table),):
            return column
    columns = {plain.name.lower(): plain for plain in reversed(list(plain_columns(table)))}
    for lon, lat, frame in _NAMES:
        found = [_degrees(columns[name]) for name in (lon, lat) if name in columns]
        if len(found) == 2 and found[0] is not None and found[1] is not None:
            return SkyCoord(*found, unit="deg", frame=frame or _frame_of(table))
    return None


def position_text(positions: SkyCoord | None, row: int) -> str:
    """The position of a row, as view records keep it; empty where there is none."""
    if positions is None or not 0 <= row < len(positions):
        return ""
    place = positions[row]
    if not (np.isfinite(place.spherical.lon.deg) and np.isfinite(place.spherical.lat.deg)):
        return ""
    return skycoord_text(place)


def _frame_of(table: Table) -> str:
    """The frame that a table says; ICRS where it says none that is known."""
    frame = str(table.meta.get("frame", "icrs")).lower()
    return frame if frame in ("icrs", "galactic", "fk5") else "icrs"


def _degrees(plain: Plain) -> np.ndarray | None:
    """A column of angles in degrees (those without a unit are); None where it holds something else."""
    if not plain.is_number or plain.values.dtype.kind != "f":
        return None
    try:
        degrees = np.asarray(plain.values, dtype=float) * u.Unit(plain.unit or "deg").to("deg")
    except (u.UnitConversionError, ValueError):
        return None
    return np.where(plain.missing | ~(np.abs(degrees) <= 360), np.nan, degrees)
