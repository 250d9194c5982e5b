"""Units at the door: public values come in as Quantity, SkyCoord, Time or text, floats go inside.

Inside gpnb every quantity is a plain float (array) in one fixed unit:
energy TeV, angle deg, area cm2, flux cm-2 s-1 TeV-1, time s from a reference.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.time import Time
from erfa import ErfaWarning

from gpnb.core.errors import ArgumentError
from gpnb.core.known_times import known_time

ENERGY = u.TeV
ANGLE = u.deg
AREA = u.cm**2
TIME = u.s
DNDE = u.Unit("TeV-1 s-1 cm-2")

_FRAMES = {"icrs": "icrs", "galactic": "galactic", "fk5": "fk5"}
_SCALES = {"tt", "utc", "tai", "tdb", "tcb", "tcg", "ut1"}


def to_quantity(value: Any, unit: u.UnitBase | str, name: str) -> u.Quantity:
    """Turn a Quantity or text such as ``"0.5 TeV"`` (or a list of them) into a Quantity.

    Parameters
    ----------
    value : Quantity, str, number or sequence
        A bare number is accepted only where `unit` is dimensionless.
    unit : astropy unit or str
        What the value must be convertible to.
    name : str
        The argument's name, for the error.

    Returns
    -------
    Quantity
        In `unit`.

    Raises
    ------
    ArgumentError
        If the value cannot be read, has no unit, or one of another kind.

    Examples
    --------
    >>> to_quantity("500 GeV", "TeV", "energy")
    <Quantity 0.5 TeV>
    """
    unit = u.Unit(unit)
    try:
        quantity = _parse(value)
    except (TypeError, ValueError) as error:
        with_unit = unit != u.dimensionless_unscaled
        wanted = f"a value with a unit, such as '1 {unit}'" if with_unit else "a number, such as 2.5"
        raise ArgumentError(f"{name}={value!r} is not {wanted}.") from error
    if quantity.unit is unit:
        return quantity
    if quantity.unit == u.dimensionless_unscaled and unit != u.dimensionless_unscaled and not _all_zero(quantity):
        raise ArgumentError(f"{name}={value!r} has no unit; expected something like '{value} {unit}'.")
    try:
        return quantity.to(unit) if not _all_zero(quantity) else quantity.value * unit
    except u.UnitConversionError as error:
        if unit == u.dimensionless_unscaled:
            raise ArgumentError(f"{name}={value!r} has a unit; expected a number, such as 2.5.") from error
        raise ArgumentError(f"{name}={value!r} is in {quantity.unit}, which is not convertible to {unit}.") from error


def to_float(value: Any, unit: u.UnitBase | str, name: str) -> float:
    """As `to_quantity`, but one plain float in `unit`."""
    quantity = to_quantity(value, unit, name)
    if quantity.size != 1:
        raise ArgumentError(f"{name} must be one value, not {quantity.size}.")
    return float(quantity.value.reshape(()))


def to_array(value: Any, unit: u.UnitBase | str, name: str) -> np.ndarray:
    """As `to_quantity`, but a plain float array in `unit` (0-d for one value)."""
    return np.asarray(to_quantity(value, unit, name).value, dtype=float)


def to_range(value: Any, unit: u.UnitBase | str, name: str) -> tuple[float, float]:
    """A pair ``(low, high)`` of floats in `unit`; ``None`` stands for an open end."""
    if not isinstance(value, tuple | list | u.Quantity | np.ndarray) or len(value) != 2:
        raise ArgumentError(f"{name}={value!r} must be a pair (low, high).")
    low = -math.inf if value[0] is None else to_float(value[0], unit, f"{name}[0]")
    high = math.inf if value[1] is None else to_float(value[1], unit, f"{name}[1]")
    if not low < high:
        raise ArgumentError(f"{name}: the lower end must be below the upper end, got {value[0]!r} and {value[1]!r}.")
    return low, high


def to_skycoord(value: Any, name: str = "center") -> SkyCoord:
    """Turn a SkyCoord or text such as ``"83.63d 22.01d"`` or ``"galactic 0d 0d"`` into a SkyCoord.

    Text starts with a frame (icrs, galactic, fk5); without one it is ICRS.

    Examples
    --------
    >>> to_skycoord("galactic 359.95d -0.05d").frame.name
    'galactic'
    """
    if isinstance(value, SkyCoord):
        return value
    if not isinstance(value, str):
        raise ArgumentError(f"{name}={value!r} is not a sky position: give a SkyCoord or text like '83.63d 22.01d'.")
    head, _, tail = value.strip().partition(" ")
    frame = _FRAMES.get(head.lower())
    text = tail if frame else value
    try:
        return SkyCoord(text, frame=frame or "icrs")
    except (ValueError, u.UnitsError) as error:
        raise ArgumentError(
            f"{name}={value!r} is not a sky position: "
            "write '83.63d 22.01d', '05h34m32s +22d00m52s' or 'galactic 0d 0d'."
        ) from error


def skycoord_text(coord: SkyCoord) -> str:
    """Write a SkyCoord so that `to_skycoord` reads it back, to a micro-arcsecond."""
    frame = coord.frame.name if coord.frame.name in _FRAMES else "icrs"
    spherical = coord.transform_to(frame).spherical
    lon, lat = (f"{angle.deg:.10f}".rstrip("0").rstrip(".") for angle in (spherical.lon, spherical.lat))
    return f"{frame} {lon}d {lat}d"


def to_time(value: Any, name: str = "time") -> Time:
    """Turn a Time or text such as ``"2006-07-30T00:10:00"`` (UTC) or ``"… tt"`` into a Time.

    Examples
    --------
    >>> to_time("2006-07-30T00:10:00 tt").scale
    'tt'
    """
    if isinstance(value, Time):
        return known_time(value, name)
    if not isinstance(value, str):
        raise ArgumentError(f"{name}={value!r} is not a time: give a Time or text like '2006-07-30T00:10:00'.")
    text, scale = value.strip(), "utc"
    head, _, tail = text.rpartition(" ")
    if tail.lower() in _SCALES:
        text, scale = head, tail.lower()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ErfaWarning)  # what is beyond the known leap seconds is put on TT
            is_day = text.lower().startswith("mjd")
            found = Time(float(text[3:]), format="mjd", scale=scale) if is_day else Time(text, scale=scale)
        return known_time(found, name)
    except ValueError as error:
        raise ArgumentError(
            f"{name}={value!r} is not a time: write '2006-07-30T00:10:00' or 'MJD 53946.01 tt'."
        ) from error


def time_text(time: Time) -> str:
    """Write a Time so that `to_time` reads it back, to a nanosecond."""
    return f"{Time(time, format='isot', precision=9).value} {time.scale}"


def time_words(time: Time) -> str:
    """Write a time for people, to the second: UTC, or TT where leap seconds are not known.

    Examples
    --------
    >>> time_words(Time("2024-08-20T03:41:34")), time_words(Time("2150-01-01", scale="tt"))
    ('2024-08-20 03:41:34 UTC', '2150-01-01 00:00:00 TT')
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", ErfaWarning)
        try:
            return f"{time.utc.iso[:19]} UTC"
        except ErfaWarning:
            warnings.simplefilter("ignore", ErfaWarning)
            return f"{time.tt.iso[:19]} TT"


def quantity_text(quantity: u.Quantity) -> str:
    """Write one Quantity so that `to_quantity` reads it back exactly."""
    return f"{float(quantity.value)!r} {quantity.unit.to_string()}".strip()


def quantity_texts(quantity: u.Quantity) -> Any:
    """The same for each number of an array, in lists as the array has them."""
    unit = quantity.unit.to_string()

    def texts(values: Any) -> Any:
        return [texts(item) for item in values] if isinstance(values, list) else f"{float(values)!r} {unit}".strip()

    return texts(quantity.value.tolist())


def _parse(value: Any) -> u.Quantity:
    if isinstance(value, list | tuple):
        return u.Quantity([_parse(item) for item in value])
    return u.Quantity(value)


def _all_zero(quantity: u.Quantity) -> bool:
    return quantity.unit == u.dimensionless_unscaled and quantity.size > 0 and not np.any(quantity.value)
