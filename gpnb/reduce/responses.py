"""Point spread function and energy dispersion of runs at the nodes of a coarse sky grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.errors import SelectionError
from gpnb.core.recipe import Recipe
from gpnb.data.observation import Observation
from gpnb.irf.edisp import perfect_dispersion
from gpnb.irf.node_sums import NodeSums
from gpnb.irf.reduced_dispersion import ReducedDispersion
from gpnb.irf.reduced_psf import ReducedPsf
from gpnb.irf.response import Response
from gpnb.maps.axis import Axis
from gpnb.maps.geometry import WcsGeometry

_STEP = 0.25
"""Spacing in offset (deg) of the tables that are made of each run."""

_INNER, _CONTAINED = 0.68, 0.999
"""Parts of the point spread function that say how fine angles are, and how far they go."""

_ANGLES = np.geomspace(1e-3, 10.0, 81)
"""Among which the two are looked for, deg: farther out a plane does not stand for the sky."""

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


@dataclass(frozen=True, eq=False)
class PsfOfRun:
    """The point spread function of one run."""

    run: RunResponses

    def span(self, energy_true: Axis) -> tuple[float, float] | None:
        """Smallest 68 % radius and largest angle (deg), roughly, at energies with exposure; None if none has any."""
        obs = self._checked(self.run.obs.passing())
        offsets = _offsets(obs.psf, self.run.offset_max)
        contained = obs.psf.containment_table(energy_true.center_values, offsets, _ANGLES)
        seen = (obs.aeff.evaluate_grid(energy_true.center_values, offsets) > 0) & contained.any(axis=2)
        if not seen.any():
            return None
        inner = (contained[seen] < _INNER).sum(axis=1).min()
        outer = (contained[seen] < _CONTAINED).sum(axis=1).max()
        return float(_ANGLES[max(inner - 1, 0)]), float(_ANGLES[min(outer, len(_ANGLES) - 1)])

    def add_to(self, sums: NodeSums, energy_true: Axis, rad: np.ndarray) -> None:
        """Add exposure times density (deg-2) at angles (deg), and exposure, at the nodes."""
        obs = self._checked(self.run.obs.passing())
        offsets = _offsets(obs.psf, self.run.offset_max)
        _add(sums, self.run, obs, energy_true, offsets, _densities(obs, energy_true, offsets, rad))

    def at(self, position: SkyCoord, energy_true: Axis, rad: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Exposure times density (deg-2) at angles (deg), and exposure, at a position; what is read is kept."""
        offset = np.array([float(self.run.pointing.separation(position).deg)])
        nothing = np.zeros((energy_true.n, len(rad)))
        if offset[0] > self.run.offset_max:
            return nothing, nothing[:, 0]
        obs = self._checked(self.run.obs)
        density = _densities(obs, energy_true, offset, rad)[:, 0]
        exposure = obs.aeff.evaluate_grid(energy_true.center_values, offset)[:, 0] * self.run.livetime
        exposure = exposure * density.any(axis=1)
        return exposure[:, None] * density, exposure

    @property
    def nbytes(self) -> int:
        """Bytes of the responses that it keeps."""
        return int(self.run.obs.psf.values.nbytes + self.run.obs.aeff.values.nbytes)

    def _checked(self, obs: Observation) -> Observation:
        """The run, if it can be used.

        Raises
        ------
        SelectionError
            If there is no point spread function that counts all photons.
        """
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


@dataclass(frozen=True, eq=False)
class DispersionOfRun:
    """The energy dispersion of one run; without one, energies are taken as they are."""

    run: RunResponses

    def add_to(self, sums: NodeSums, energy_true: Axis, energy: Axis) -> None:
        """Add exposure times probability, and exposure, at the nodes."""
        obs = self.run.obs.passing()
        if obs.has("edisp"):
            offsets = _offsets(obs.edisp, self.run.offset_max)
            table = obs.edisp.kernel_table(energy_true, energy, offsets)
        else:
            offsets, table = np.zeros(1), perfect_dispersion(energy_true, energy)[:, None]
        _add(sums, self.run, obs, energy_true, offsets, table)


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
    psf = ReducedPsf(geom, energy_true, [PsfOfRun(run)], Recipe.of(".psf", on=recipe))
    energy, made_by = geom.axis("energy"), Recipe.of(".edisp", on=recipe)
    return psf, ReducedDispersion(geom, energy_true, energy, [DispersionOfRun(run)], made_by)


def _densities(obs: Observation, energy_true: Axis, offsets: np.ndarray, rad: np.ndarray) -> np.ndarray:
    """Densities (deg-2) at angles (deg), shape (n_true, n_offset, n_rad).

    Means over rings: of tables with noise, values at angles would not hold what the rings do.
    """
    edges = np.concatenate([[0.0], (rad[1:] + rad[:-1]) / 2, rad[-1:]])
    contained = obs.psf.containment_table(energy_true.center_values, offsets, edges)
    return np.asarray(np.diff(contained, axis=2) / (np.pi * np.diff(edges**2)))


def _offsets(response: Response, largest: float) -> np.ndarray:
    """Offsets (deg) at which tables are made: those of the response, and at most a step apart."""
    axis = response.offset_axis
    own = np.zeros(0) if axis is None else axis.center_values
    places = np.concatenate([[0.0, largest], own[own < largest], np.arange(_STEP, largest, _STEP)])
    return np.unique(np.round(places, _DIGITS))


def _add(
    sums: NodeSums, run: RunResponses, obs: Observation, energy_true: Axis, offsets: np.ndarray, table: np.ndarray
) -> None:
    """Add a table (n_true, n_offset, n), linear between offsets, at the nodes in the field of view of a run."""
    apart = np.nan_to_num(sums.geom.separation(run.pointing), nan=np.inf)
    seen = (apart < run.offset_max) | (apart == apart.min())
    place = np.where(seen, np.minimum(apart, run.offset_max), 0.0)
    exposure = obs.aeff.evaluate_grid(energy_true.center_values, place.ravel()).reshape(-1, *place.shape) * run.livetime
    share = np.stack([np.interp(place, offsets, unit) for unit in np.eye(len(offsets))])
    known = np.einsum("jo,oyx->jyx", table.any(axis=2), share) > 0
    sums.add(exposure * seen * known, table, share)
