"""How long each part of the sky was watched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.core.binding import told
from gpnb.core.errors import SelectionError
from gpnb.core.recipe import Recipe
from gpnb.core.units import ENERGY, to_float
from gpnb.data.observation import Observation
from gpnb.data.observations import Observations
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap
from gpnb.reduce.exposure import largest_offset
from gpnb.reduce.methods import SafeRange


@told
def livetime_map(
    runs: Observations | Sequence[Observation], geom: WcsGeometry, energy: Any = None, safe: SafeRange | None = None
) -> SkyMap:
    """Live time over a map, in hours.

    Parameters
    ----------
    runs : Observations
        The runs.
    geom : WcsGeometry
        The map; its axes are not used.
    energy : Quantity or str, optional
        True energy at which time is weighted by the effective area, relative to that on axis:
        what comes out is the time on axis that would have given the same exposure.
    safe : SafeRange, optional
        Its largest offset bounds the field of view; by default the responses do.

    Returns
    -------
    SkyMap
        2-D, in hours.

    Raises
    ------
    SelectionError
        If no run overlaps the map.
    """
    image = geom.image()
    total = np.zeros(image.shape)
    for obs in runs:
        offset = image.separation(obs.pointing)
        limit = SafeRange.of(safe).offset_max_deg or largest_offset(obs)
        weight = 1.0 if energy is None else _relative_area(obs, to_float(energy, ENERGY, "energy"), offset)
        total += np.where(offset < limit, weight * obs.livetime.to_value("h"), 0.0)
    if not total.any():
        raise SelectionError("No run overlaps the map: there is no live time on it.")
    recipe = Recipe.of_call(livetime_map, locals(), name="livetime")
    return SkyMap(image, total, "h", recipe)


def _relative_area(obs: Observation, energy: float, offset: np.ndarray) -> np.ndarray:
    nodes = np.linspace(0.0, float(np.nanmax(offset)), 200)
    area = obs.aeff.evaluate_grid(np.array([energy]), nodes)[0]
    if not area[0] > 0:
        raise SelectionError(f"Run {obs.obs_id}: the effective area is zero on axis at {energy:g} TeV.")
    return np.asarray(np.interp(offset, nodes, area / area[0]))
