"""Gamma rays of a source that trigger the instrument, before it blurs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.models.integrate import integrate_powerlaws
from gpnb.models.sky import SkyModel
from gpnb.models.spatial import SpatialModel
from gpnb.simulate.run import Run
from gpnb.simulate.sampling import Distributions
from gpnb.simulate.times import Arrivals

_PER_DECADE = 100


@dataclass(frozen=True)
class Photons:
    """Detected gamma rays; arrays of one length, plain floats.

    Attributes
    ----------
    energy : ndarray
        True energy, TeV.
    ra, dec : ndarray
        True direction, deg.
    offset : ndarray
        Angle of the true direction from the pointing, deg.
    time : ndarray
        s from the reference of the run's intervals.
    """

    energy: np.ndarray
    ra: np.ndarray
    dec: np.ndarray
    offset: np.ndarray
    time: np.ndarray


def detected_photons(run: Run, aeff: Any, model: SkyModel, rng: np.random.Generator) -> Photons:
    """Draw the photons of a source that are detected in a run.

    Raises
    ------
    ArgumentError
        If the model has no position.
    """
    seconds = Arrivals(run.gti, model.temporal).seconds * run.live_fraction
    return thinned_photons(run, aeff, model, int(rng.poisson(best_rates(aeff, model)[1].sum() * seconds)), rng)


def thinned_photons(run: Run, aeff: Any, model: SkyModel, size: int, rng: np.random.Generator) -> Photons:
    """Draw `size` photons for the largest effective area of the field of view, and keep those detected.

    Each is kept with the probability that the area at its own place has of the largest: exact for any shape.
    """
    edges, rates = best_rates(aeff, model)
    energy = np.exp(Distributions(rates, np.log(edges)).draw(np.zeros(size, dtype=np.intp), rng))
    ra, dec = place_of(model).sample(size, rng)
    time = Arrivals(run.gti, model.temporal).draw(size, rng)
    offset = run.offset(ra, dec)
    keep = rng.random(size) * best_area(aeff, energy) < aeff.evaluate(energy, offset)
    return Photons(energy[keep], ra[keep], dec[keep], offset[keep], time[keep])


def place_of(model: SkyModel) -> SpatialModel:
    """Its spatial model; `ArgumentError` if there is none."""
    if not isinstance(model.spatial, SpatialModel):
        raise ArgumentError(f"The model {model.name!r} has no position: give it a spatial model about a centre.")
    if not model.responses.exposure:
        raise ArgumentError(f"The model {model.name!r} gives counts without exposure: no photons can be drawn of it.")
    return model.spatial


def best_rates(aeff: Any, model: SkyModel) -> tuple[np.ndarray, np.ndarray]:
    """Fine energy edges (TeV) and the rates (s-1) between them, for the largest effective area anywhere."""
    edges = fine_edges(aeff)
    rate = model.spectral.evaluate_at(edges) * best_area(aeff, edges)
    return edges, np.maximum(integrate_powerlaws(edges, rate), 0.0)


def best_area(aeff: Any, energy: np.ndarray) -> np.ndarray:
    """The largest effective area (cm2) of the field of view at each energy (TeV).

    Between the nodes in offset the area is linear, so the largest is at a node or an edge.
    """
    axis = aeff.offset_axis
    offsets = np.concatenate([axis.low_values[:1], axis.center_values, axis.high_values[-1:]])
    return np.asarray(aeff.evaluate_grid(energy, offsets).max(axis=1))


def fine_edges(aeff: Any) -> np.ndarray:
    """Energies (TeV) that cover an effective area finely."""
    axis = aeff.energy_axis
    low, high = float(axis.low_values[0]), float(axis.high_values[-1])
    return np.geomspace(low, high, int(np.ceil(np.log10(high / low) * _PER_DECADE)) + 1)
