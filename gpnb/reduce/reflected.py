"""Where regions like the ON region fit around the pointing."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from gpnb.core.errors import SelectionError
from gpnb.reduce.exclusion import Exclusion
from gpnb.reduce.off_methods import Reflected, Wobble
from gpnb.reduce.shape import Circle, Shape, turned


def reflected_turns(on: Shape, exclusion: Exclusion, method: Reflected) -> list[float]:
    """Angles (rad) by which the ON region is turned about the pointing to give the OFF regions.

    From the ON region on, the next region is put where the last one ends; where it would touch an exclusion
    region, the next try is a step further (Berge et al. 2007, A&A 466, 1219, section 4.2).

    Parameters
    ----------
    on : Circle or Drawn
        The ON region.
    exclusion : Exclusion
        Where no region may lie.
    method : Reflected
        Settings.

    Raises
    ------
    SelectionError
        If the pointing lies in the ON region, or there is no room for any.
    """
    width: float = on.width
    touches: Callable[[Any, float], bool] = exclusion.touches
    if method.pixel_deg is not None and isinstance(on, Circle) and math.isfinite(width):
        width, touches = _by_pixels(on, exclusion, method.pixel_deg)
    if not math.isfinite(width):
        raise SelectionError(
            f"the pointing lies in (or is surrounded by) the ON region, at {on.offset:.3f} deg from its centre, so no "
            "region can be reflected: use background='ring', or OFF regions of your own."
        )
    step, start = width + method.radians("min_distance"), method.radians("min_distance_input")
    angle, end = step + start, 2 * math.pi - step - start
    found: list[float] = []
    while angle < end and len(found) < (method.max_regions or math.inf):
        free = not touches(on, angle)
        if free:
            found.append(angle)
        angle += step if free else method.radians("angle_increment")
    if not found:
        raise SelectionError(
            f"there is no room for a reflected region at {on.offset:.3f} deg from the pointing: choose a smaller ON "
            "region, fewer exclusion regions, or background='ring'."
        )
    return found


def wobble_turns(on: Shape, exclusion: Exclusion, method: Wobble) -> list[float]:
    """Angles (rad) of the OFF positions of a wobble observation, without those in exclusion regions.

    Raises
    ------
    SelectionError
        If positions would overlap, or none is left.
    """
    step = 2 * math.pi / (method.n_off + 1)
    if on.width > step * (1 + 1e-9):
        raise SelectionError(
            f"{method.n_off + 1} regions at {on.offset:.3f} deg from the pointing overlap: "
            "choose a smaller ON region or a smaller n_off."
        )
    turns = [step * number for number in range(1, method.n_off + 1)]
    free = [angle for angle in turns if not exclusion.touches(on, angle)]
    if not free:
        raise SelectionError("all OFF positions lie in exclusion regions: use fewer of them, or another n_off.")
    return free


def _by_pixels(on: Circle, exclusion: Exclusion, pixel: float) -> tuple[float, Callable[[Any, float], bool]]:
    """Extent of a circle in position angle, and whether it touches what is excluded, by pixel centres."""
    count = round((4 * on.offset + 0.3) / pixel)
    steps = np.radians((np.arange(count) - (count - 1) / 2) * pixel)
    right, up = (item.ravel() for item in np.meshgrid(steps, steps))
    nearest, farthest = on.reach
    low, high = (math.tan(math.radians(edge)) for edge in (nearest - 2 * pixel, farthest + 2 * pixel))
    near = (np.hypot(right, up) > low) & (np.hypot(right, up) < high)
    right, up = right[near], up[near]
    cells = np.stack([np.ones_like(right), right, up]) / np.sqrt(1 + right**2 + up**2)
    inside = on.contains(cells)
    around = np.arctan2(right[inside], up[inside])
    extent = float(np.ptp(around))
    if extent > math.pi:
        extent = float(np.ptp(around % (2 * math.pi)))
    lost = cells[:, exclusion.contains(cells)]
    return extent, lambda shape, angle: bool(shape.contains(lost, angle).any())


def smallest_distance(on: Shape, turns: list[float]) -> float:
    """Smallest angle (deg) between the centres of the ON region and the OFF regions."""
    centers = np.stack([turned(on.center, angle) for angle in [0.0, *turns]], axis=1)
    chords = np.linalg.norm(centers[:, :, None] - centers[:, None, :], axis=0)
    return math.degrees(2 * math.asin(float(chords[np.triu_indices(len(chords), 1)].min()) / 2))
