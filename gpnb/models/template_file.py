"""Maps that models are made of: given as they are or as a file, and named by their file where models are written."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.maps.sky_map import SkyMap


def map_of(given: Any) -> SkyMap:
    """A map, or what its file holds.

    Raises
    ------
    ArgumentError
        If it is neither.
    """
    if isinstance(given, str | os.PathLike):
        return SkyMap.read(given)
    if not isinstance(given, SkyMap):
        raise ArgumentError(f"map={given!r} must be a SkyMap or its file.")
    return given


def file_of(found: SkyMap) -> str:
    """The file that a map was read from as it is; empty if there is none."""
    recipe = found.recipe
    alone = recipe.call == "gpnb.SkyMap.read()" and recipe.kwargs.get("hdu") is None
    return str(recipe.kwargs["path"]) if alone else ""


def written_file(found: SkyMap, what: str) -> str:
    """The same, for plain data.

    Raises
    ------
    ArgumentError
        If the map was not read from a file.
    """
    name = file_of(found)
    if not name:
        raise ArgumentError(
            f"{what}: its map is in memory: write it with .map.write(path), and make the model of path."
        )
    return name


def same_map(one: SkyMap, other: SkyMap) -> bool:
    """Whether two maps say the same."""
    if one is other:
        return True
    return bool(
        (one.geom, one.unit) == (other.geom, other.unit) and np.array_equal(one.data, other.data, equal_nan=True)
    )
