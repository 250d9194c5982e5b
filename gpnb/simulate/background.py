"""Background events, drawn from the background rate of the instrument."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

from gpnb.core.frames import from_fov
from gpnb.data.pointing import zenith_angle_of_up
from gpnb.irf.energy_bins import EnergyBins
from gpnb.maps.axis import Axis
from gpnb.simulate.run import Run
from gpnb.simulate.sampling import Distributions
from gpnb.simulate.times import Arrivals

_PER_DECADE = 25
_CELL = 0.125
"""deg: within a cell of this size the rate is taken as constant."""

_FLAT = 1e-6
"""A density that changes by less over a bin is constant."""

_TURN_STEP = 60.0
"""s between the times at which the turning of an ALTAZ field of view is computed."""


def background_events(
    run: Run,
    bkg: Any,
    radius: float,
    rng: np.random.Generator,
    location: Any = None,
    energy: tuple[float, float] = (0.0, np.inf),
) -> dict[str, np.ndarray]:
    """Draw the background of a run; float function.

    Parameters
    ----------
    run : Run
        Pointing and times.
    bkg : Background
        The rate; times ontime, not livetime.
    radius : float
        Largest offset, deg.
    rng : Generator
        Source of randomness.
    location : EarthLocation, optional
        Needed for a rate aligned with ALTAZ.
    energy : (float, float)
        Only energies in this range are drawn, TeV.

    Returns
    -------
    dict of ndarray
        ``energy ra dec time``, in house units.
    """
    axis = bkg.energy_axis
    low, high = max(energy[0], float(axis.low_values[0])), min(energy[1], float(axis.high_values[-1]))
    if not low < high:
        return {name: np.empty(0) for name in ("energy", "ra", "dec", "time")}
    cells = _cells(bkg, radius, low, high)
    size = rng.poisson(cells.rate * run.ontime)
    drawn, lon, lat = cells.draw(size, rng)
    time = Arrivals(run.gti).draw(size, rng)
    if bkg.alignment == "ALTAZ":
        lon, lat = _to_radec(run, lon, lat, time, location)
    ra, dec = from_fov(lon, lat, run.ra, run.dec)
    return {"energy": drawn, "ra": ra, "dec": dec, "time": time}


@lru_cache(maxsize=8)
def _cells(bkg: Any, radius: float, low: float, high: float) -> _Cells:
    return _Cells(bkg, radius, low, high)


class _Cells:
    """The rate in cells of energy and field-of-view position."""

    def __init__(self, bkg: Any, radius: float, low: float, high: float):
        self._energy = np.geomspace(low, high, int(np.ceil(np.log10(high / low) * _PER_DECADE)) + 1)
        count = int(np.ceil(radius / _CELL))
        centers = (np.arange(-count, count) + 0.5) * _CELL
        self._lon, self._lat = (grid.ravel() for grid in np.meshgrid(centers, centers))
        solid_angle = np.radians(_CELL) ** 2 * np.cos(np.radians(self._lat))
        content = bkg.integrate(self._energy, self._lon, self._lat) * solid_angle
        self._growth = _growth(self._energy, content.sum(axis=1))
        self._cells = Distributions(content.ravel(), np.arange(content.size + 1))
        self.rate = float(content.sum())

    def draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Energies (TeV) and positions (deg)."""
        place = self._cells.draw(np.zeros(size, dtype=np.intp), rng).astype(np.intp)
        bins, cell = np.divmod(np.minimum(place, len(self._cells.edges) - 2), len(self._lon))
        low, high = self._energy[bins], self._energy[bins + 1]
        energy = low * (high / low) ** _part(rng.random(size), self._growth[bins])
        lon, lat = (centers[cell] + _CELL * (rng.random(size) - 0.5) for centers in (self._lon, self._lat))
        return energy, lon, lat


def _growth(edges: np.ndarray, content: np.ndarray) -> np.ndarray:
    """The change of ln(E x rate) over each bin of energy, from the contents of its neighbours."""
    axis = Axis.from_edges(edges, "energy", "TeV", "log")
    return EnergyBins.of(axis, content / axis.width_values).growth


def _part(random: np.ndarray, growth: np.ndarray) -> np.ndarray:
    """Where in its bin, from 0 to 1, an energy lies whose density along ln E changes by exp(growth) over the bin."""
    flat = np.abs(growth) < _FLAT
    steep = np.where(flat, 1.0, growth)
    return np.where(flat, random, np.log1p(random * np.expm1(steep)) / steep)


def _to_radec(
    run: Run, lon: np.ndarray, lat: np.ndarray, time: np.ndarray, location: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Turn positions aligned with the horizon into ones aligned with the equator.

    In the format a field-of-view longitude grows as the one of the sky decreases; azimuth and right
    ascension grow to opposite sides, so the two frames are mirror images.
    """
    start, stop = run.gti.start_values[0], run.gti.stop_values[-1]
    knots = np.linspace(start, stop, max(2, int((stop - start) / _TURN_STEP)))
    pointing = SkyCoord(run.ra, run.dec, unit="deg", frame="icrs")
    up = np.radians([zenith_angle_of_up(pointing, run.gti.reference + t * u.s, location) for t in knots])
    angle = np.interp(time, knots, np.unwrap(up))
    east = lat * np.sin(angle) + lon * np.cos(angle)
    north = lat * np.cos(angle) - lon * np.sin(angle)
    return -east, north
