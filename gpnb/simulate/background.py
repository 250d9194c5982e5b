"""Background events, drawn from the background rate of the instrument."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

from gpnb.core.frames import from_fov_vectors, to_vectors
from gpnb.data.pointing import zenith_angle_of_up
from gpnb.irf.energy_bins import EnergyBins
from gpnb.maps.axis import Axis
from gpnb.simulate.columns import Columns, columns, joined
from gpnb.simulate.run import Run
from gpnb.simulate.sampling import Distributions
from gpnb.simulate.times import Arrivals

_PER_DECADE = 25
_CELL = 0.125
"""deg: within a cell of this size the rate is taken as constant."""

_BEYOND = 1.01
"""Cells are taken to this multiple of the radius: turning a field of view moves its rim a little."""

_BATCH = 2**15
"""So many events at once stay in the processor's cache."""

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
) -> Columns:
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
        As `columns` gives them, growing in time.
    """
    axis = bkg.energy_axis
    low, high = max(energy[0], float(axis.low_values[0])), min(energy[1], float(axis.high_values[-1]))
    if not low < high:
        return joined([])
    cells = _cells(bkg, radius, low, high)
    size = rng.poisson(cells.rate * run.ontime)
    times = Arrivals(run.gti).draw(size, rng)
    site = location if bkg.alignment == "ALTAZ" else None
    batches = (times[start : start + _BATCH] for start in range(0, size, _BATCH))
    return joined([_batch(run, cells, time, radius, site, rng) for time in batches])


def _batch(run: Run, cells: _Cells, time: np.ndarray, radius: float, site: Any, rng: np.random.Generator) -> Columns:
    """Events at these times, those of them that lie in the circle; turned with the sky where there is a site."""
    energy, lon, lat = cells.draw(len(time), rng)
    if site is not None:
        lon, lat = _to_radec(run, lon, lat, time, site)
    vectors = to_vectors(-lon, lat)
    keep = np.flatnonzero(vectors[0] > np.cos(np.radians(radius)))
    time, energy, lon, lat = (values.take(keep) for values in (time, energy, lon, lat))
    return columns(time, *from_fov_vectors(vectors.take(keep, axis=1), run.ra, run.dec), energy, lon, lat)


@lru_cache(maxsize=8)
def _cells(bkg: Any, radius: float, low: float, high: float) -> _Cells:
    return _Cells(bkg, radius, low, high)


class _Cells:
    """The rate in cells of energy and field-of-view position."""

    def __init__(self, bkg: Any, radius: float, low: float, high: float):
        energy = np.geomspace(low, high, int(np.ceil(np.log10(high / low) * _PER_DECADE)) + 1)
        self._log_energy, self._log_step = np.log(energy), np.log(energy[1] / energy[0])
        count = int(np.ceil(radius / _CELL))
        centers = (np.arange(-count, count) + 0.5) * _CELL
        lon, lat = (grid.ravel() for grid in np.meshgrid(centers, centers))
        nearest = np.hypot(*(np.maximum(np.abs(values) - _CELL / 2, 0.0) for values in (lon, lat)))
        self._lon, self._lat = lon[nearest < _BEYOND * radius], lat[nearest < _BEYOND * radius]
        solid_angle = np.radians(_CELL) ** 2 * np.cos(np.radians(self._lat))
        content = bkg.integrate(energy, self._lon, self._lat) * solid_angle
        self._growth = _growth(energy, content.sum(axis=1))
        self._cells = Distributions(content.ravel(), np.arange(content.size + 1))
        self.rate = float(content.sum())

    def draw(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Energies (TeV) and positions (deg)."""
        bins, cell = np.divmod(self._cells.draw_bins(np.zeros(size, dtype=np.intp), rng), len(self._lon))
        log_energy = self._log_energy[bins] + self._log_step * _part(rng.random(size), self._growth[bins])
        lon, lat = (centers[cell] + _CELL * (rng.random(size) - 0.5) for centers in (self._lon, self._lat))
        return np.exp(log_energy), lon, lat


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
