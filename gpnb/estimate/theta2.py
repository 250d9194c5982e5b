"""How counts fall off with the square of the angle from a source, beside positions without one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.recipe import Recipe
from gpnb.core.units import ENERGY, skycoord_text, to_float, to_range, to_skycoord
from gpnb.data.events import EventList
from gpnb.data.observation import Observation
from gpnb.data.observations import Observations
from gpnb.products.theta2 import Theta2Table
from gpnb.reduce.exclusion import Excluded, Exclusion
from gpnb.reduce.off_methods import Wobble
from gpnb.reduce.reflected import smallest_distance, wobble_turns
from gpnb.reduce.shape import Circle, View, distance, turned
from gpnb.stats.significance import lima

_CONTAINED = 0.68
"""Part of a point source that is to be seen: near the best cut on a background."""


@told
def theta2_table(
    runs: Observations | Sequence[Observation] | Observation | EventList,
    position: Any,
    theta2_max: Any = "0.2 deg2",
    bins: int = 20,
    n_off: int = 1,
    energy: Any = None,
    exclusion: Any = None,
) -> Theta2Table:
    """Counts in bins of the squared angle from a position, and from mirrored OFF positions of each run.

    Parameters
    ----------
    runs : Observations, Observation, sequence of them, or EventList
        The runs; those without room for OFF positions are left out, and named in ``meta["left_out"]``.
    position : SkyCoord or str
        The source.
    theta2_max : Quantity or str
        Upper end of the last bin.
    bins : int
        Number of bins, equal in solid angle.
    n_off : int
        OFF positions at equal angles about the pointing; with 1, opposite to the source.
    energy : pair of Quantity or str, optional
        Range of reconstructed energy.
    exclusion : SkyRegion, DS9 text, list of them, or SkyMap of bool
        OFF positions whose largest circle touches it are not used.

    Returns
    -------
    Theta2Table
        A Table that shows itself: ``theta2_min, theta2_max`` (deg2), ``counts, counts_off, alpha, background, excess,
        excess_error, significance`` (Li & Ma); in ``meta`` position, sums, the recipe, and the ``cut`` (deg2) that its
        panel begins with: the end of the bin nearest to the direction cut of the responses, else to the square of the
        angle that holds 68 % of the point spread function.

    Raises
    ------
    ArgumentError
        If an argument does not fit.
    SelectionError
        If in no run the circles of ON and OFF positions are apart.

    Examples
    --------
    >>> import gpnb
    >>> runs = gpnb.DataStore.read("demo").select(target="Crab")  # doctest: +SKIP
    >>> table = gpnb.theta2_table(runs, "83.63d 22.01d", theta2_max="0.1 deg2", bins=20)  # doctest: +SKIP
    """
    if bins < 1:
        raise ArgumentError(f"bins={bins} must be at least 1.")
    edges = np.linspace(0.0, to_float(theta2_max, "deg2", "theta2_max"), bins + 1)
    center = to_skycoord(position, "position")
    items = [runs] if isinstance(runs, Observation | EventList) else list(runs)
    limits = (-np.inf, np.inf) if energy is None else to_range(energy, ENERGY, "energy")
    excluded = Excluded.of(exclusion)
    sums, left_out, why = [], [], ""
    for item in items:
        try:
            sums.append(_one(item, center.icrs, edges, Wobble(n_off), limits, excluded))
        except SelectionError as error:
            left_out.append(str(getattr(item, "obs_id", "events")))
            why = str(error)
    if not sums:
        raise SelectionError(f"No run can be used up to theta2_max={theta2_max!r}: {why}")
    recipe = Recipe.of_call(theta2_table, locals(), name="theta2", position=center)
    table = _table(edges, *np.sum(sums, axis=0))
    used = [item for item in items if str(getattr(item, "obs_id", "events")) not in left_out]
    cut = _cut([radius for item in used if (radius := _resolved(item, center.icrs, limits)) is not None], edges)
    return _described(table, recipe, skycoord_text(center), left_out, cut)


def _one(
    item: Any,
    center: Any,
    edges: np.ndarray,
    method: Wobble,
    limits: tuple[float, float],
    excluded: Excluded,
) -> np.ndarray:
    """ON counts, OFF counts and background (alpha times OFF) of one run, shape (3, n)."""
    events = item if isinstance(item, EventList) else item.events
    view = View.of(item.pointing)
    radius = float(np.sqrt(edges[-1]))
    on = Circle(view.vectors(float(center.ra.deg), float(center.dec.deg)), radius, view)
    turns = wobble_turns(on, Exclusion(excluded, view), method)
    if smallest_distance(on, turns) < 2 * radius * (1 - 1e-9):
        raise SelectionError(f"at {on.offset:.2f} deg from the pointing, circles of {radius:.2f} deg overlap.")
    keep = (events.energy_values >= limits[0]) & (events.energy_values < limits[1])
    vectors = view.vectors(events.ra_values[keep], events.dec_values[keep])
    counts, *off = (_histogram(distance(vectors, turned(on.center, angle)) ** 2, edges) for angle in [0.0, *turns])
    total = np.sum(off, axis=0)
    return np.stack([counts, total, total / len(turns)])


def _histogram(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    found = np.searchsorted(edges, values, side="right") - 1
    return np.bincount(found[found < len(edges) - 1], minlength=len(edges) - 1).astype(float)


def _table(edges: np.ndarray, counts: np.ndarray, off: np.ndarray, background: np.ndarray) -> Theta2Table:
    total = off.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = background.sum() / total if total > 0 else np.nan
        alpha = np.where(off > 0, background / off, mean)
    table = Theta2Table({"theta2_min": edges[:-1], "theta2_max": edges[1:]})
    table["theta2_min"].unit = table["theta2_max"].unit = "deg2"
    table["counts"], table["counts_off"], table["alpha"] = counts, off, alpha
    table["background"], table["excess"] = background, counts - background
    table["excess_error"] = np.sqrt(counts + alpha**2 * off)
    table["significance"] = lima(counts, off, alpha)
    return table


def _resolved(item: Any, center: Any, limits: tuple[float, float]) -> float | None:
    """The radius (deg) within which a run's responses see most of a point source; None without such a response.

    It is that of the cut on direction that they were made with, else what holds 68 % of the point spread function; for
    the median energy of the events.
    """
    if isinstance(item, EventList) or not (item.has("rad_max") or item.has("psf")):
        return None
    energy = item.events.energy_values
    energy = energy[(energy >= limits[0]) & (energy < limits[1])]
    if not energy.size:
        return None
    at, offset = np.median(energy), np.array(item.pointing.separation(center).deg)
    if item.has("rad_max"):
        return float(item.rad_max.applied(at[None], offset)[0])
    return float(item.psf.containment_radius(np.array(at), offset, fraction=_CONTAINED))


def _cut(radii: list[float], edges: np.ndarray) -> float | None:
    """The edge of a bin that is nearest to the mean of the squared radii."""
    good = [radius**2 for radius in radii if np.isfinite(radius) and radius > 0]
    if not good:
        return None
    return float(edges[1:][np.argmin(np.abs(edges[1:] - np.mean(good)))])


def _described(
    table: Theta2Table, recipe: Recipe, position: str, left_out: list[str], cut: float | None
) -> Theta2Table:
    table.meta["position"] = position
    if cut is not None:
        table.meta["cut"] = cut
    table.meta["counts"], table.meta["counts_off"] = float(table["counts"].sum()), float(table["counts_off"].sum())
    table.meta["excess"] = float(table["excess"].sum())
    table.meta["left_out"] = left_out
    table.meta["recipe"] = recipe.to_json()
    return table
