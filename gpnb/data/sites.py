"""Where observatories are."""

from __future__ import annotations

from typing import Any

from astropy import units as u
from astropy.coordinates import EarthLocation

from gpnb.core.errors import ArgumentError
from gpnb.core.near import meant
from gpnb.core.units import to_quantity

SITES = {
    "CTAO North": (-17.8920, 28.7622, 2200.0),
    "CTAO South": (-70.3163, -24.6834, 2150.0),
    "H.E.S.S.": (16.5003, -23.2718, 1835.0),
    "MAGIC": (-17.8900, 28.7619, 2200.0),
    "VERITAS": (-110.9510, 31.6750, 1268.0),
    "FACT": (-17.8914, 28.7619, 2200.0),
}
"""Name → longitude and latitude (deg) and height (m); to some hundred metres, which is 0.005 deg on the sky."""


def to_location(value: Any, name: str = "location") -> EarthLocation | None:
    """An observatory, from its name, from astropy's or from longitude, latitude and height.

    Raises
    ------
    ArgumentError
        If it is none of these.

    Examples
    --------
    >>> to_location("H.E.S.S.").lat.round(2)
    <Latitude -23.27 deg>
    """
    if value is None or isinstance(value, EarthLocation):
        return value
    if isinstance(value, str):
        value = _known(value, name)
    if not isinstance(value, tuple | list) or len(value) not in (2, 3):
        raise ArgumentError(
            f"{name}={value!r} must be one of {', '.join(SITES)}, an EarthLocation, or (longitude, latitude, height)."
        )
    lon, lat = (to_quantity(item, "deg", name) for item in value[:2])
    if not abs(lat.value) <= 90:
        raise ArgumentError(f"{name}={value!r}: the second angle is the latitude, from -90 to 90 deg.")
    return EarthLocation.from_geodetic(lon, lat, to_quantity(value[2], "m", name) if len(value) == 3 else 0 * u.m)


def site_name(value: Any) -> str:
    """What people call it: a name as it is, or longitude and latitude."""
    if isinstance(value, str):
        return value
    place = to_location(value)
    return "" if place is None else f"{place.lon.deg:.2f}° {place.lat.deg:.2f}°".replace("-", "−")


def _known(value: str, name: str) -> tuple[u.Quantity, ...]:
    keys = {key.lower(): key for key in SITES}
    if value.strip().lower() not in keys:
        raise ArgumentError(f"{name}={value!r}: {meant(value, list(SITES), 'known are')}")
    lon, lat, height = SITES[keys[value.strip().lower()]]
    return lon * u.deg, lat * u.deg, height * u.m
