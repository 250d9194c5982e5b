"""What the instrument does to photons: where and at what energy they are reconstructed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from gpnb.irf.interpolate import nearest_usable
from gpnb.simulate.sampling import Distributions, offset_by, random_node

_PER_DECADE = 24
_OFFSET_STEP = 0.5
_RADII = np.concatenate([[0.0], np.geomspace(1e-3, 10.0, 220)])
"""deg; bins of 4 % in radius."""

Edges = tuple[np.ndarray, np.ndarray]
"""Energies (TeV) and offsets (deg) at which a response is tabulated."""


def smear_direction(
    psf: Any, energy: np.ndarray, offset: np.ndarray, ra: np.ndarray, dec: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Reconstructed directions (deg) of photons; float function.

    Parameters
    ----------
    psf : Psf
        Any point spread function.
    energy, offset : ndarray
        True energy (TeV) and angle (deg) from the pointing.
    ra, dec : ndarray
        True directions, deg.
    rng : Generator
        Source of randomness.
    """
    (energies, offsets), radii = _directions(psf)
    radius = np.sqrt(radii.draw(_rows(energy, offset, energies, offsets, rng), rng))
    return offset_by(ra, dec, radius, 2 * np.pi * rng.random(len(radius)))


def smear_energy(edisp: Any, energy: np.ndarray, offset: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Reconstructed energies (TeV) of photons of true energy (TeV) at an offset (deg); float function."""
    (energies, offsets), migrations = _migrations(edisp)
    migra: np.ndarray = migrations.draw(_rows(energy, offset, energies, offsets, rng), rng)
    return np.asarray(migra * energy)


def _rows(
    energy: np.ndarray, offset: np.ndarray, energies: np.ndarray, offsets: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The row of a table for each photon, among the nodes around it."""
    first = random_node(np.log(energy), np.log(energies), rng)
    return np.asarray(first * len(offsets) + random_node(offset, offsets, rng))


def _nodes(response: Any) -> Edges:
    """Energies and offsets between the outermost nodes of a response."""
    energy, offset = response.energy_axis.center_values, response.offset_axis.center_values
    count = max(2, int(np.ceil(np.log10(energy[-1] / energy[0]) * _PER_DECADE)) + 1)
    steps = int(np.ceil((offset[-1] - offset[0]) / _OFFSET_STEP)) + 1
    return np.geomspace(energy[0], energy[-1], count), np.linspace(offset[0], offset[-1], steps)


@lru_cache(maxsize=8)
def _directions(psf: Any) -> tuple[Edges, Distributions]:
    """Distributions of the squared angle, in which a density is flat near the centre."""
    energies, offsets = _nodes(psf)
    contained = psf.containment_table(energies, offsets, _RADII)
    weights = np.maximum(np.diff(contained, axis=-1), 0.0).reshape(-1, len(_RADII) - 1)
    return (energies, offsets), Distributions(weights, _RADII**2)


@lru_cache(maxsize=8)
def _migrations(edisp: Any) -> tuple[Edges, Distributions]:
    """Distributions of the migration; where the response holds nothing, that of the nearest energy."""
    energies, offsets = _nodes(edisp)
    migra = edisp.axes[1]
    density = edisp.evaluate(energies[:, None, None], migra.center_values, offsets[:, None])
    weights = nearest_usable(density, density.sum(axis=-1) > 0) * migra.width_values
    return (energies, offsets), Distributions(weights.reshape(-1, migra.n), migra.edge_values)
