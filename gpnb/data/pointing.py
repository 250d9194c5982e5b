"""Where the telescopes pointed, as a function of time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import AltAz, EarthLocation, SkyCoord
from astropy.time import Time
from astropy.utils import iers

from gpnb.core.errors import DataFormatError
from gpnb.core.header_keys import keyword_number


def location_of(header: Mapping[str, Any], where: str) -> EarthLocation:
    """The observatory, from GEOLON, GEOLAT and ALTITUDE.

    Raises
    ------
    DataFormatError
        If a keyword is missing.
    """
    lon, lat = (keyword_number(header, key, where) for key in ("GEOLON", "GEOLAT"))
    altitude = keyword_number({"ALTITUDE": 0.0, **header}, "ALTITUDE", where)
    if not abs(lat) <= 90:
        raise DataFormatError(f"{where}: GEOLAT={lat:g} is no latitude; the observatory is not known.")
    return EarthLocation.from_geodetic(lon * u.deg, lat * u.deg, altitude * u.m)


def from_horizon(alt: float, az: float, time: Time, location: EarthLocation) -> SkyCoord:
    """ICRS direction of a fixed altitude and azimuth (deg) at a time: a drift scan."""
    with iers.conf.set_temp("auto_download", False):
        return SkyCoord(AltAz(alt=alt * u.deg, az=az * u.deg, obstime=time, location=location)).icrs


def zenith_angle_of_up(pointing: SkyCoord, time: Time, location: EarthLocation) -> np.ndarray:
    """Position angle (deg, north to east) of the zenith seen from the pointing.

    By this angle a field of view aligned with the horizon is turned against one aligned with the sky.
    """
    with iers.conf.set_temp("auto_download", False):
        zenith = SkyCoord(AltAz(alt=90 * u.deg, az=0 * u.deg, obstime=time, location=location)).icrs
    return np.asarray(pointing.position_angle(zenith).deg)
