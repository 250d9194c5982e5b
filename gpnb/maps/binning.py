"""Counting events into the bins of a geometry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.maps.axis import Axis

if TYPE_CHECKING:
    from gpnb.maps.geometry import WcsGeometry


def bin_events(events: Any, geom: WcsGeometry) -> np.ndarray:
    """The number of events in each bin, as float32 of the shape of `geom`: exact up to 2**24 a bin.

    Parameters
    ----------
    events : EventList
        Or anything with the float arrays ``ra_values``, ``dec_values`` (ICRS deg) and what the
        axes need: ``energy_values`` (TeV), ``time_values`` (s) with ``time_reference``,
        else ``<axis name>_values``.
    geom : WcsGeometry
        The bins.

    Raises
    ------
    ArgumentError
        If the events lack the column of an axis.
    """
    x, y = geom.pixel_icrs(*_stored(events, geom.frame))
    # compared as floats: what lies outside the sky is NaN, and far pixels overflow integers
    used = (x >= -0.5) & (x < geom.nx - 0.5) & (y >= -0.5) & (y < geom.ny - 0.5)
    numbers = [axis.index(axis_values(events, axis)) for axis in geom.axes]
    for number in numbers:
        used &= number >= 0
    columns, rows = (np.floor(values[used] + 0.5).astype(np.intp) for values in (x, y))
    flat = np.zeros(len(columns), dtype=np.intp)
    for axis, number in zip(reversed(geom.axes), reversed(numbers), strict=True):
        flat = flat * axis.n + number[used]
    flat = (flat * geom.ny + rows) * geom.nx + columns
    return _count(flat, int(np.prod(geom.shape))).reshape(geom.shape)


def _stored(events: Any, frame: str) -> tuple[np.ndarray, np.ndarray]:
    """ICRS directions (deg), rounded to the single precision of files where they are turned into another frame.

    Files give directions to 3e-5 deg, so an event that close to a pixel's edge could fall on either side.
    Astropy turns such columns with this rounding, and so every tool counts it in the same pixel.
    """
    if frame == "icrs":
        return events.ra_values, events.dec_values
    ra, dec = (
        np.radians(np.asarray(values, dtype=np.float32)) for values in (events.ra_values % 360, events.dec_values)
    )
    return np.degrees(ra.astype(float)), np.degrees(dec.astype(float))


def _count(flat: np.ndarray, size: int) -> np.ndarray:
    # few events in many bins: touching only their bins beats counting over all of them
    counts = np.zeros(size, dtype=np.float32)
    np.add.at(counts, flat, np.float32(1))
    return counts


def axis_values(events: Any, axis: Axis) -> np.ndarray:
    """The values of events on an axis, in its unit."""
    column = f"{axis.kind}_values" if axis.kind in {"energy", "time"} else f"{axis.name}_values"
    if not hasattr(events, column):
        raise ArgumentError(f"The events cannot be counted on the axis {axis.name!r}: they have no {column}.")
    values = np.asarray(getattr(events, column))
    if axis.reference is None:
        return values
    return np.asarray(values + (events.time_reference - axis.reference).to_value(u.s))
