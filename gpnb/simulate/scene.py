"""What the demo store shows: targets, their sources, and the runs on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from astropy.time import Time

from gpnb.core.frames import to_frame
from gpnb.models.collection import Models
from gpnb.models.disk import DiskSource
from gpnb.models.gaussian import GaussianSource
from gpnb.models.point import PointSource
from gpnb.models.sky import SkyModel
from gpnb.models.spatial import SpatialModel
from gpnb.models.spectral import ExpCutoffPowerLaw, LogParabola, PowerLaw
from gpnb.models.temporal import GaussianFlare
from gpnb.simulate.sampling import offset_by

SITE = {"GEOLON": -70.0, "GEOLAT": -3.0, "ALTITUDE": 2600.0}
"""deg, deg, m: a place that does not exist, from which all targets are seen high in the sky."""

_BREAK = 120.0
"""s between runs."""

_CRAB = (83.6333, 22.0145)
_AGN = (329.7, -30.2)


@dataclass(frozen=True)
class Target:
    """A target and its runs.

    Attributes
    ----------
    name : str
        Goes to ``OBJECT``.
    position : tuple of float
        ICRS, deg; of the first run if empty field.
    pointings : tuple of tuple of float
        One a run: ICRS, deg.
    nights : tuple of str
        Dates; the runs are shared out evenly among the nights, about the target's transit.
    first_id : int
        Run number of the first one.
    minutes : float
        Length of a run.
    models : Models
        The sources.
    """

    name: str
    position: tuple[float, float]
    pointings: tuple[tuple[float, float], ...]
    nights: tuple[str, ...]
    first_id: int
    minutes: float
    models: Models

    @property
    def starts(self) -> list[Time]:
        """Start of each run (TT)."""
        return _starts(self.position[0], self.nights, len(self.pointings), self.minutes)


@cache
def targets() -> tuple[Target, ...]:
    """All targets of the demo store."""
    return _galactic_centre(), _crab(), _agn(), _off()


def horizontal(ra: float, dec: float, time: Time) -> tuple[float, float]:
    """Altitude and azimuth (deg) from `SITE`, to half a degree: sidereal time alone, no precession."""
    hour_angle = np.radians(_sidereal(float(time.mjd)) - ra)
    lat, theta = np.radians(SITE["GEOLAT"]), np.radians(dec)
    sine = np.sin(lat) * np.sin(theta) + np.cos(lat) * np.cos(theta) * np.cos(hour_angle)
    north = np.cos(lat) * np.sin(theta) - np.sin(lat) * np.cos(theta) * np.cos(hour_angle)
    az = np.degrees(np.arctan2(-np.cos(theta) * np.sin(hour_angle), north)) % 360.0
    return float(np.degrees(np.arcsin(sine))), float(az)


def _sidereal(mjd: float) -> float:
    """Local mean sidereal time, deg (Astronomical Almanac, linear part)."""
    return 280.46061837 + 360.98564736629 * (mjd - 51544.5) + SITE["GEOLON"]


def _starts(ra: float, nights: Sequence[str], count: int, minutes: float) -> list[Time]:
    """Starts of runs one after the other, about the transit of each night."""
    starts, each = [], count // len(nights)
    step = (minutes * 60 + _BREAK) / 86400
    for night in nights:
        midnight = Time(night, scale="tt").mjd - SITE["GEOLON"] / 360  # about the site's own
        hours = (_sidereal(midnight) - ra + 180) % 360 - 180
        transit = midnight - hours / 360.98564736629
        starts += [transit + (number - each / 2) * step for number in range(each)]
    return [Time(round(mjd * 86400) / 86400, format="mjd", scale="tt") for mjd in starts]


def _wobble(center: tuple[float, float], offsets: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Pointings beside a position: distances (deg) and directions (deg, north to east)."""
    pairs = [offset_by(*center, radius, np.radians(angle)) for radius, angle in offsets]  # type: ignore[arg-type]
    return tuple((round(float(ra), 4), round(float(dec), 4)) for ra, dec in pairs)


def _galactic(lon: float, lat: float) -> tuple[float, float]:
    ra, dec = to_frame(lon, lat, "galactic", "icrs")
    return round(float(ra), 4), round(float(dec), 4)


def _source(name: str, spatial: SpatialModel, index: float, amplitude: str) -> SkyModel:
    spectral = PowerLaw(index=index, amplitude=f"{amplitude} TeV-1 s-1 cm-2", reference="1 TeV")
    return SkyModel(spectral=spectral, spatial=spatial, name=name)


def _galactic_centre() -> Target:
    """Spectrum of the centre as of H.E.S.S. (Aharonian et al. 2009, arXiv:0906.1247); the others are made up."""
    center = ExpCutoffPowerLaw(index=2.1, amplitude="2.6e-12 TeV-1 s-1 cm-2", reference="1 TeV", lambda_="0.065 TeV-1")
    plane = GaussianSource("galactic 0d 0d", sigma="1 deg", e=0.99, phi="90 deg")
    models = [
        SkyModel(spectral=center, spatial=PointSource("galactic 359.944d -0.046d"), name="center"),
        _source("composite", PointSource("galactic 0.87d 0.08d"), 2.4, "1.6e-12"),
        _source("nebula", GaussianSource("galactic 358.7d -0.6d", sigma="0.08 deg"), 2.3, "2.6e-12"),
        _source("shell", DiskSource("galactic 1.5d 0.9d", radius="0.1 deg", edge_width=0), 2.2, "2.2e-12"),
        _source("binary", PointSource("galactic 359.2d -1.2d"), 2.6, "1.2e-12"),
        _source("pulsar-nebula", PointSource("galactic 0.6d 1.1d"), 2.2, "1.1e-12"),
        _source("faint-east", PointSource("galactic 0.6d -0.8d"), 2.4, "2.5e-13"),
        _source("faint-west", PointSource("galactic 359.2d 0.7d"), 2.4, "3.5e-13"),
        _source("plane", plane, 2.4, "8e-12"),
    ]
    pointings = tuple(_galactic(lon, lat) for lon, lat in ((0.0, 0.0), (1.2, 1.1), (358.8, -1.1)))
    return Target("Galactic Centre", _galactic(0.0, 0.0), pointings, ("2024-06-20",), 1001, 30.0, Models(models))


def _crab() -> Target:
    """Spectrum of MAGIC (Aleksić et al. 2015, arXiv:1406.6892), its decadic curvature turned into the natural one."""
    spectral = LogParabola(
        amplitude="3.23e-11 TeV-1 s-1 cm-2", reference="1 TeV", alpha=2.47, beta=round(0.24 / np.log(10), 4)
    )
    crab = SkyModel(spectral=spectral, spatial=PointSource(f"{_CRAB[0]}d {_CRAB[1]}d"), name="crab")
    pointings = _wobble(_CRAB, [(0.5, 0.0), (0.5, 180.0), (0.7, 90.0), (0.7, 270.0)])
    return Target("Crab", _CRAB, pointings, ("2024-12-10",), 2001, 28.0, Models([crab]))


def _agn() -> Target:
    """A soft source with one flare in the first of two nights."""
    nights = ("2024-08-20", "2024-08-21")
    peak = _starts(_AGN[0], nights, 8, 28.0)[2]
    flare = GaussianFlare(base=1.0, height=6.0, peak=f"{float(peak.mjd):.6f} d", width="1500 s")
    spectral = PowerLaw(index=3.0, amplitude="2e-12 TeV-1 s-1 cm-2", reference="1 TeV")
    agn = SkyModel(spectral=spectral, spatial=PointSource(f"{_AGN[0]}d {_AGN[1]}d"), temporal=flare, name="agn")
    pointings = _wobble(_AGN, [(0.5, angle) for angle in (0.0, 180.0, 90.0, 270.0)] * 2)
    return Target("Demo AGN", _AGN, pointings, nights, 3001, 28.0, Models([agn]))


def _off() -> Target:
    pointings = ((45.0, -25.0), (52.0, -30.0), (38.0, -20.0))
    return Target("Off field", pointings[0], pointings, ("2024-11-05",), 4001, 28.0, Models())
