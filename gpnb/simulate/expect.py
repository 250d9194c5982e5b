"""What to expect of a source: counts, and its significance in a small circle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from gpnb.core.frames import fov_coordinates, separation
from gpnb.core.units import ANGLE, to_float
from gpnb.maps.axis import Axis
from gpnb.models.integrate import integrate_powerlaws
from gpnb.models.sky import SkyModel
from gpnb.simulate.photons import fine_edges, place_of, thinned_photons
from gpnb.simulate.run import Run
from gpnb.simulate.smearing import smear_direction, smear_energy
from gpnb.simulate.times import Arrivals
from gpnb.stats.significance import cash_significance

_POSITIONS = 1000
_PHOTONS = 20_000


def expected_counts(obs_like: Any, model: SkyModel) -> float:
    """Counts of a source in a run, in the energy range of the background rate (else of the effective area).

    Parameters
    ----------
    obs_like : Observation
        Pointing, intervals and responses.
    model : SkyModel
        With a position.
    """
    run, edges = Run.of(obs_like), fine_edges(obs_like.aeff)
    offset = run.offset(*_positions(model))
    area = obs_like.aeff.evaluate_grid(edges, offset).mean(axis=1)
    rates = integrate_powerlaws(edges, model.spectral.evaluate_at(edges) * area)
    reco = (obs_like.bkg if obs_like.has("bkg") else obs_like.aeff).energy_axis.squash()
    kernel = obs_like.edisp.kernel(Axis.energy_edges(edges * reco.unit, "energy_true"), reco, float(np.median(offset)))
    return float((rates * kernel[:, 0]).sum() * Arrivals(run.gti, model.temporal).seconds * run.live_fraction)


def expected_background(obs_like: Any, model: SkyModel, radius: Any = "0.1 deg") -> float:
    """Background counts in a circle about the centre of a source."""
    run, center = Run.of(obs_like), place_of(model).center.icrs
    lon, lat = fov_coordinates(center.ra.deg, center.dec.deg, run.ra, run.dec)
    axis = obs_like.bkg.energy_axis.squash()
    solid_angle = 2 * np.pi * (1 - np.cos(np.radians(to_float(radius, ANGLE, "radius"))))
    return float(obs_like.bkg.integrate(axis.edge_values, lon, lat).sum() * solid_angle * run.ontime)


def expectation(runs: Iterable[Any], model: SkyModel, radius: Any = "0.1 deg") -> dict[str, float]:
    """Sums over runs for a source: all counts, and those in a circle about its centre.

    Parameters
    ----------
    runs : iterable of Observation
        The runs in which it may be seen.
    model : SkyModel
        With a position.
    radius : Quantity or str
        Of the circle.

    Returns
    -------
    dict
        ``counts``, ``counts_in_circle``, ``background_in_circle``, ``significance`` (sigma, over a background that
        is known, as that of a wide ring nearly is) and ``radius`` in deg. Other sources are not counted in.
    """
    edge, runs = to_float(radius, ANGLE, "radius"), list(runs)
    counts = np.array([expected_counts(obs, model) for obs in runs])
    signal = float(sum(counts * [_contained(obs, model, edge) for obs in runs]))
    background = sum(expected_background(obs, model, radius) for obs in runs)
    found = {
        "counts": float(counts.sum()),
        "counts_in_circle": signal,
        "background_in_circle": background,
        "significance": float(cash_significance(signal + background, background)),
        "radius": edge,
    }
    return {name: float(f"{value:.4g}") for name, value in found.items()}


def _positions(model: SkyModel) -> tuple[np.ndarray, np.ndarray]:
    """Directions (deg) that stand for the shape of a source."""
    return place_of(model).sample(_POSITIONS, np.random.default_rng(0))


def _contained(obs_like: Any, model: SkyModel, radius: float) -> float:
    """The part of the detected photons that is reconstructed in the circle, by drawing many."""
    run, rng, center = Run.of(obs_like), np.random.default_rng(0), place_of(model).center.icrs
    photons = thinned_photons(run, obs_like.aeff, model, _PHOTONS, rng)
    ra, dec = smear_direction(obs_like.psf, photons.energy, photons.offset, photons.ra, photons.dec, rng)
    energy = smear_energy(obs_like.edisp, photons.energy, photons.offset, rng)
    inside = separation(ra, dec, center.ra.deg, center.dec.deg) < radius
    known = obs_like.bkg.energy_axis.squash().index(energy) >= 0
    return float(np.mean(inside[known])) if known.any() else 0.0
