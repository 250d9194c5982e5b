"""What runs add to the point spread function and energy dispersion of a stack."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

from gpnb.core.errors import SelectionError
from gpnb.core.frames import separation
from gpnb.core.recipe import Recipe
from gpnb.data.observation import Observation
from gpnb.irf.edisp import perfect_dispersion
from gpnb.irf.radial_psf import CONTAINED, FARTHER
from gpnb.irf.reduced_dispersion import ReducedDispersion
from gpnb.irf.reduced_psf import ReducedPsf
from gpnb.irf.response import Response
from gpnb.maps.axis import Axis
from gpnb.maps.geometry import WcsGeometry

_STEP = 0.25
"""Largest spacing (deg) of the offsets among which what a run sees is looked for."""

_INNER, _ALL = 0.68, 1 - 1e-6
"""Parts of the point spread function that say how fine angles are, and where nothing is left."""

_CUBIC = 4
"""Nodes of a cubic."""

_ANGLES = np.geomspace(1e-3, 10.0, 1 + round(np.log(1e4) / np.log(FARTHER)))
"""Among which these are looked for, deg: farther out a plane does not stand for the sky."""

_DIGITS = 9
"""Decimals to which offsets in deg are told apart."""


@dataclass(frozen=True, eq=False)
class RunResponses:
    """What one run adds to the reduced responses of a stack: a handle, which reads when it is asked.

    Parameters
    ----------
    obs : Observation
        With responses only, no events.
    pointing : SkyCoord
        Where the telescopes looked.
    livetime : float
        s.
    offset_max : float
        Largest offset used, deg.
    """

    obs: Observation
    pointing: SkyCoord
    livetime: float
    offset_max: float

    @classmethod
    def of(cls, obs: Observation, pointing: SkyCoord, offset_max: float) -> RunResponses:
        """The handle of a run."""
        parts = {name: part for name, part in obs.parts.items() if name in ("aeff", "edisp", "psf")}
        handle = Observation(obs.obs_id, parts, event_type=obs.event_type, recipe=obs.recipe)
        return cls(handle, pointing, float(obs.livetime.to_value("s")), offset_max)

    @cached_property
    def place(self) -> tuple[float, float]:
        """Right ascension and declination of the pointing, deg."""
        return float(self.pointing.icrs.ra.deg), float(self.pointing.icrs.dec.deg)


@dataclass(frozen=True, eq=False)
class _OfRun:
    """What one run adds to a reduced response: its own, at the offset of the place."""

    run: RunResponses

    def apart(self, lon: float, lat: float) -> float:
        """See `Share`."""
        return max(self._offset(lon, lat) - self.run.offset_max, 0.0)

    def nearest(self, lon: float, lat: float) -> tuple[float, float]:
        """See `Share`."""
        pointing = self.run.pointing.icrs
        angle = pointing.position_angle(SkyCoord(lon, lat, unit="deg"))
        place = pointing.directional_offset_by(angle, self.run.offset_max * u.deg)
        return float(place.ra.deg), float(place.dec.deg)

    def at(self, lon: float, lat: float, true: Axis, second: Any, keep: bool) -> tuple[np.ndarray, np.ndarray]:
        """See `Share`."""
        obs = self._obs(keep)
        offset = np.array([min(self._offset(lon, lat), self.run.offset_max)])
        values = self._table(obs, true, offset, second)[:, 0]
        exposure = obs.aeff.evaluate_grid(true.center_values, offset)[:, 0] * self.run.livetime
        exposure = exposure * values.any(axis=1)
        dark = exposure == 0
        if dark.any():
            values[dark] = self._nearest_rows(obs, true, float(offset[0]), second, dark)[dark]
        return values, exposure

    def _nearest_rows(self, obs: Observation, true: Axis, offset: float, second: Any, dark: np.ndarray) -> np.ndarray:
        """Of each energy that has no exposure at an offset, the values at the nearest one with some; else zero."""
        offsets = _offsets(self._response(obs), self.run.offset_max)
        seen = (obs.aeff.evaluate_grid(true.center_values, offsets) > 0) & dark[:, None]
        if not seen.any():
            return np.zeros((true.n, 1))
        table = self._table(obs, true, offsets, second)
        away = np.where(seen & table.any(axis=2), np.abs(offsets - offset), np.inf)
        found = table[np.arange(true.n), away.argmin(axis=1)]
        return np.asarray(found * np.isfinite(away.min(axis=1))[:, None])

    @property
    def nbytes(self) -> int:
        """See `Share`."""
        obs = self._obs(keep=True)
        response = self._response(obs)
        return int(obs.aeff.nbytes + (response.nbytes if response is not None else 0))

    def _offset(self, lon: float, lat: float) -> float:
        return float(separation(*self.run.place, lon, lat))

    def _obs(self, keep: bool) -> Observation:
        """The run, which keeps what is read of it, or one that takes it away."""
        return self.run.obs if keep else self.run.obs.passing()

    def _response(self, obs: Observation) -> Response | None:
        raise NotImplementedError

    def _table(self, obs: Observation, true: Axis, offsets: np.ndarray, second: Any) -> np.ndarray:
        """Values at offsets (deg), shape (n_true, n_offset, n)."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class PsfOfRun(_OfRun):
    """The point spread function of one run: densities (deg-2) at angles (deg)."""

    def span(self, energy_true: Axis, keep: bool) -> tuple[float, float] | None:
        """Smallest 68 % radius and largest angle (deg), roughly, at energies with exposure; None if none has any."""
        obs = self._obs(keep)
        offsets = _offsets(obs.psf, self.run.offset_max)
        contained = obs.psf.containment_table(energy_true.center_values, offsets, _ANGLES)
        seen = (obs.aeff.evaluate_grid(energy_true.center_values, offsets) > 0) & contained.any(axis=2)
        if not seen.any():
            return None
        inner = (contained[seen] < _INNER).sum(axis=1).min()
        outer, all_of_it = ((contained[seen] < part).sum(axis=1).max() for part in (CONTAINED, _ALL))
        end = max(outer, min(outer + 1, all_of_it))
        return float(_ANGLES[max(inner - 1, 0)]), float(_ANGLES[min(end, len(_ANGLES) - 1)])

    def _obs(self, keep: bool) -> Observation:
        """The run, if it can be used.

        Raises
        ------
        SelectionError
            If there is no point spread function that counts all photons.
        """
        obs = super()._obs(keep)
        if not obs.has("psf"):
            raise SelectionError(
                f"Run {obs.obs_id} has no point spread function, which a model of the sky needs: "
                "choose runs that have one."
            )
        if obs.aeff.is_pointlike:
            raise SelectionError(
                f"Run {obs.obs_id} has point-like responses, which hold a cut on direction instead of a point spread "
                "function: fit spectra of them, not maps."
            )
        return obs

    def _response(self, obs: Observation) -> Response | None:
        return obs.psf if obs.has("psf") else None

    def _table(self, obs: Observation, true: Axis, offsets: np.ndarray, second: Any) -> np.ndarray:
        return _densities(obs, true, offsets, second)


@dataclass(frozen=True, eq=False)
class DispersionOfRun(_OfRun):
    """The energy dispersion of one run: chances of energies; without one, energies are taken as they are."""

    def _response(self, obs: Observation) -> Response | None:
        return obs.edisp if obs.has("edisp") else None

    def _table(self, obs: Observation, true: Axis, offsets: np.ndarray, second: Any) -> np.ndarray:
        if obs.has("edisp"):
            return np.asarray(obs.edisp.kernel_table(true, second, offsets))
        return np.repeat(perfect_dispersion(true, second)[:, None], len(offsets), axis=1)


def reduced_responses(
    obs: Observation, geom: WcsGeometry, energy_true: Axis, pointing: SkyCoord, offset_max: float, recipe: Recipe
) -> tuple[ReducedPsf, ReducedDispersion]:
    """Point spread function and energy dispersion of one run on its part of the map; nothing is read yet.

    Parameters
    ----------
    obs : Observation
        The run.
    geom : WcsGeometry
        Its part of the map.
    energy_true : Axis
        Bins of the exposure.
    pointing : SkyCoord
        Where the telescopes looked.
    offset_max : float
        Largest offset used, deg.
    recipe : Recipe
        Of the dataset.
    """
    run = RunResponses.of(obs, pointing, offset_max)
    psf = ReducedPsf(energy_true, [PsfOfRun(run)], Recipe.of(".psf", on=recipe))
    energy, made_by = geom.axis("energy"), Recipe.of(".edisp", on=recipe)
    return psf, ReducedDispersion(energy_true, energy, [DispersionOfRun(run)], made_by)


def _densities(obs: Observation, energy_true: Axis, offsets: np.ndarray, rad: np.ndarray) -> np.ndarray:
    """Densities (deg-2) at angles (deg), shape (n_true, n_offset, n_rad).

    Slopes of what is contained against the solid angle, by cubics through the edges of rings: what the rings hold is
    kept, which values of a table with noise would not do.
    """
    edges = np.concatenate([[0.0], (rad[1:] + rad[:-1]) / 2, rad[-1:]])
    contained = obs.psf.containment_table(energy_true.center_values, offsets, edges)
    first = np.clip(np.arange(len(rad)) - 1, 0, len(edges) - _CUBIC)
    found = np.zeros((*contained.shape[:2], len(rad)))
    for place, weight in enumerate(_slope_weights(np.pi * edges**2, np.pi * rad**2, first)):
        found += contained[..., first + place] * weight
    return np.maximum(found, 0.0)


def _slope_weights(nodes: np.ndarray, at: np.ndarray, first: np.ndarray) -> np.ndarray:
    """Of the values at four nodes from `first` on, in the slope of the cubic through them; shape (4, n)."""
    own = nodes[first + np.arange(_CUBIC)[:, None]]
    weights = np.zeros(own.shape)
    for one in range(_CUBIC):
        others = [number for number in range(_CUBIC) if number != one]
        for left in others:
            rest = [number for number in others if number != left]
            weights[one] += np.prod(at - own[rest], axis=0)
        weights[one] /= np.prod(own[one] - own[others], axis=0)
    return weights


def _offsets(response: Response | None, largest: float) -> np.ndarray:
    """Offsets (deg) up to the largest: those of the response, and at most a step apart."""
    axis = None if response is None else response.offset_axis
    own = np.zeros(0) if axis is None else axis.center_values
    places = np.concatenate([[0.0, largest], own[own < largest], np.arange(_STEP, largest, _STEP)])
    return np.unique(np.round(places, _DIGITS))
