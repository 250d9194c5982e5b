"""Altitudes of stars, Sun and Moon above the horizon of a site, without refraction and without tables of the Earth.

Time of the Earth's rotation is taken as UTC, less than a second from it (0.004 deg); precession and nutation are those
in the middle of the times. Aberration (0.006 deg) is left out. Within a year altitudes are right to 0.02 deg, and
need nothing from the network, for years to come as well.
"""

from __future__ import annotations

import warnings

import erfa
import numpy as np
from astropy.coordinates import EarthLocation
from astropy.time import Time

_DAY = 86400.0
_SUN, _MOON = 1.0, 1 / 24
"""Days between nodes: the arc that is left out is below 0.003 deg."""

_AU = 149_597_870_700.0
"""m."""


class Horizon:
    """The horizon of a site at some times.

    Parameters
    ----------
    site : EarthLocation
        Where.
    times : Time
        When, rising.
    """

    def __init__(self, site: EarthLocation, times: Time):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", erfa.ErfaWarning)  # leap seconds of the years to come are not known
            utc, tt = times.utc, times.tt
        self._tt = tt.jd1 + tt.jd2
        middle = float(np.median(self._tt))
        self._matrix = erfa.pnm06a(middle, 0.0)
        turn = erfa.gmst06(utc.jd1, utc.jd2, tt.jd1, tt.jd2) + erfa.ee00b(middle, 0.0)
        east, north = turn + site.lon.rad, site.lat.rad
        self._up = np.stack(
            [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.full_like(east, np.sin(north))]
        )
        self._place = self._up * float(np.linalg.norm([site.x.value, site.y.value, site.z.value])) / _AU

    def altitude(self, lon: float, lat: float) -> np.ndarray:
        """Of an ICRS direction (deg), in deg."""
        lon, lat = np.deg2rad(lon), np.deg2rad(lat)
        direction = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
        return self._above((self._matrix @ direction)[:, None])

    def highest(self, lon: float, lat: float, site: EarthLocation) -> float:
        """The altitude (deg) at which an ICRS direction culminates."""
        lon, lat = np.deg2rad(lon), np.deg2rad(lat)
        z = float(self._matrix[2] @ [np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
        return 90.0 - abs(float(np.rad2deg(np.arcsin(z))) - float(site.lat.deg))

    def sun(self) -> np.ndarray:
        """Altitude of the middle of the Sun, deg."""
        return self._above(self._matrix @ self._between(_SUN, lambda days: -erfa.epv00(days, 0.0)[0]["p"]))

    def moon(self) -> np.ndarray:
        """Altitude of the middle of the Moon, deg, seen from the site."""
        return self._above(self._matrix @ self._between(_MOON, lambda days: erfa.moon98(days, 0.0)["p"]) - self._place)

    def _above(self, vectors: np.ndarray) -> np.ndarray:
        sine = (vectors * self._up).sum(axis=0) / np.linalg.norm(vectors, axis=0)
        return np.asarray(np.rad2deg(np.arcsin(np.clip(sine, -1, 1))))

    def _between(self, step: float, position: object) -> np.ndarray:
        """Positions (au) at all times from those at nodes, shape (3, n)."""
        nodes = np.arange(self._tt.min(), self._tt.max() + 2 * step, step)
        found = position(nodes)  # type: ignore[operator]
        return np.stack([np.interp(self._tt, nodes, part) for part in found.T])
