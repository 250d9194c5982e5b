"""Background of a run from its background response: counts over the map, and their normalisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.data.observation import Observation
from gpnb.data.pointing import zenith_angle_of_up
from gpnb.maps.axis import Axis

_TURN = 1.0
"""Largest turn of the field in one step, deg, for responses aligned with the horizon."""

_FAR = 1.5
_JUMP = 1.5
_SIGMAS = 5.0
"""A norm is far from 1, or jumps, beyond these factors at this significance."""


def background_counts(
    obs: Observation, energy: Axis, fov: tuple[np.ndarray, np.ndarray], solid_angle: np.ndarray
) -> np.ndarray:
    """Predicted background counts.

    Parameters
    ----------
    obs : Observation
        The run; its response is a rate, multiplied by on time (GADF 0.3).
    energy : Axis
        Reconstructed energy.
    fov : pair of arrays
        Field-of-view longitude and latitude (deg) of the pixels, aligned with RA and Dec.
    solid_angle : array
        Of the pixels, sr.

    Returns
    -------
    array, shape (n_energy, *pixels)
    """
    fields = [fov] if obs.bkg.alignment == "RADEC" else _horizon_fields(obs, *fov)
    rate = sum(obs.bkg.integrate(energy.edge_values, *field) for field in fields)
    return np.asarray(rate * (solid_angle * obs.gti.seconds / len(fields)))


def _horizon_fields(obs: Observation, lon: np.ndarray, lat: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """The same positions in a field of view aligned with the horizon, once for each small turn of the field.

    Azimuth runs against right ascension, and in the format both longitudes run against those of the sky: one field is
    the other's mirror image, turned.
    """
    fields = []
    for angle in _field_turns(obs):
        cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        fields.append((-lon * cos - lat * sin, lat * cos - lon * sin))
    return fields


def _field_turns(obs: Observation) -> list[float]:
    """Angles (deg) from the horizon's field of view to the sky's, one for each small turn of the field."""
    gti = obs.gti
    ends = gti.reference + np.array([gti.start_values[0], gti.stop_values[-1]]) * u.s
    first, last = (float(item) for item in zenith_angle_of_up(obs.pointing, ends, obs.location))
    turn = abs((last - first + 180) % 360 - 180)
    count = max(1, int(np.ceil(turn / _TURN)))
    edges = np.linspace(gti.start_values[0], gti.stop_values[-1], count + 1)
    middle = gti.reference + 0.5 * (edges[1:] + edges[:-1]) * u.s
    return [float(angle) for angle in np.atleast_1d(zenith_angle_of_up(obs.pointing, middle, obs.location))]


@dataclass(frozen=True)
class Norm:
    """Scale of the background model, k (E / 1 TeV)^-tilt.

    Parameters
    ----------
    norm, norm_error, tilt, tilt_error : float
        The scale and its tilt.
    note : str
        What deserves attention; empty if nothing does.
    """

    norm: float
    norm_error: float
    tilt: float = 0.0
    tilt_error: float = 0.0
    note: str = ""

    def factors(self, energy: Axis) -> np.ndarray:
        """The factor of each energy bin."""
        return np.asarray(self.norm * energy.center_values**-self.tilt)


def fit_norm(counts: np.ndarray, background: np.ndarray, energy: Axis, tilt: bool, min_counts: float) -> Norm:
    """Scale a background model to counts by maximum likelihood.

    Parameters
    ----------
    counts, background : array, shape (n_energy,)
        Sums outside the exclusion regions: the likelihood depends on these alone, since the
        shape within an energy bin is fixed.
    energy : Axis
        Reconstructed energy.
    tilt : bool
        Fit the tilt too.
    min_counts : float
        Fewer counts, or no background, give a norm of NaN.

    Returns
    -------
    Norm
    """
    total_n, total_b = float(counts.sum()), float(background.sum())
    if total_n < max(min_counts, 1) or total_b <= 0:
        note = f"{total_n:.0f} counts and {total_b:.1f} predicted outside the exclusion regions: too few for a norm"
        return Norm(np.nan, np.nan, note=note)
    norm = Norm(total_n / total_b, np.sqrt(total_n) / total_b)
    if tilt:
        norm = _fit_tilt(counts, background, np.log(energy.center_values), norm.norm)
    return Norm(norm.norm, norm.norm_error, norm.tilt, norm.tilt_error, _norm_note(counts, background, energy, norm))


def _fit_tilt(counts: np.ndarray, background: np.ndarray, x: np.ndarray, start: float) -> Norm:
    """Newton steps on ln k and tilt; the likelihood is convex in both."""
    theta = np.array([np.log(start), 0.0])
    design = np.stack([np.ones_like(x), -x])
    for _ in range(100):
        mu = background * np.exp(theta @ design)
        gradient = design @ (mu - counts)
        fisher = (design * mu) @ design.T
        step = np.linalg.solve(fisher, gradient)
        theta -= np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-12:
            break
    else:
        raise ArgumentError("The tilt of the background cannot be found: use FieldOfView(tilt=False).")
    errors = np.sqrt(np.diag(np.linalg.inv(fisher)))
    norm = float(np.exp(theta[0]))
    return Norm(norm, norm * float(errors[0]), float(theta[1]), float(errors[1]))


def _norm_note(counts: np.ndarray, background: np.ndarray, energy: Axis, norm: Norm) -> str:
    """A sentence if the norm is far from 1, or the data jump away from it in some energy bin."""
    distance = abs(np.log(norm.norm))
    if distance > np.log(_FAR) and distance * norm.norm / norm.norm_error > _SIGMAS:
        return f"background norm {norm.norm:.2f} ± {norm.norm_error:.2f} is far from 1"
    predicted = background * norm.factors(energy)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = counts / predicted
        sigmas = np.abs(counts - predicted) / np.sqrt(predicted)
    jump = (predicted > 1) & (sigmas > _SIGMAS) & ((ratio > _JUMP) | (ratio < 1 / _JUMP))
    if not jump.any():
        return ""
    worst = int(np.argmax(np.where(jump, sigmas, 0)))
    low, high = energy.low_values[worst], energy.high_values[worst]
    return (
        f"background norm {norm.norm:.2f} jumps with energy: {norm.norm * ratio[worst]:.2f} "
        f"at {low:.2g}–{high:.2g} TeV; a higher energy threshold, or a tilt, may be needed"
    )
