"""The sum of several cubes on one grid of pixels, whatever part of the sky each covers."""

from __future__ import annotations

from collections.abc import Sequence

from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.datasets.map import MapDataset
from gpnb.datasets.stack import Stacker
from gpnb.maps.extent import is_whole
from gpnb.maps.geometry import WcsGeometry


def stack_cubes(cubes: Sequence[MapDataset], name: str = "stacked", recipe: Recipe | None = None) -> MapDataset:
    """Add cubes up; unusable bins add nothing.

    Parameters
    ----------
    cubes : sequence of MapDataset
        In the same energies and on one grid of pixels, such as runs of one `reduce_map`.
    name : str
        Of the sum.
    recipe : Recipe, optional
        How it was made.

    Returns
    -------
    MapDataset
        On the smallest map that holds all of them.

    Raises
    ------
    ArgumentError
        If the energies or the grids differ.
    """
    first = cubes[0]
    for item in cubes[1:]:
        axes = [(one.geom.axes, one.exposure.geom.axes) for one in (first, item)]
        if axes[0] != axes[1]:
            raise ArgumentError(f"{first.name} and {item.name} cannot be stacked: their energy bins differ.")
    made = recipe or Recipe.memory("stacked")
    geom = _around([item.geom for item in cubes], made)
    total = Stacker(geom, geom.cube(first.exposure.geom.axes))
    for item in cubes:
        total.add(item)
    return total.result(name, made)


def _around(geoms: Sequence[WcsGeometry], recipe: Recipe) -> WcsGeometry:
    """The smallest map with all of these."""
    first = geoms[0]
    corners = []
    for geom in geoms:
        x, y = first.plane.offset_of(geom.plane)
        if not (is_whole(x) and is_whole(y)):
            raise ArgumentError(f"The maps are not on one grid: {first!r} and {geom!r}.")
        corners.append((round(x), round(y), round(x) + geom.nx, round(y) + geom.ny))
    left, low, right, high = zip(*corners, strict=True)
    if (min(left), min(low), max(right), max(high)) == corners[0]:
        return first
    return first.part(slice(min(low), max(high)), slice(min(left), max(right)), Recipe.of(".geom", on=recipe))
