"""Counts that models predict in a cube."""

from __future__ import annotations

from typing import Any

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.datasets.map import MapDataset
from gpnb.fitting.predictions import Predictions, noted
from gpnb.maps.sky_map import SkyMap


@told
def predict(cube: MapDataset, models: Any, source: str | None = None) -> SkyMap:
    """Counts that are expected in each bin of a cube, usable or not.

    Parameters
    ----------
    cube : MapDataset
        Its responses and background are used, not its counts.
    models : FitResult, SkyModel, Models, or sequence of SkyModel and BackgroundModel
        With the values that they have; nothing needs to be free. Backgrounds of other datasets are left out. Without a
        model of its own the background of the cube counts as it was reduced; an empty list is the background alone.
    source : str, optional
        Name of one of the models, whose counts are wanted alone; by default all and the background.

    Returns
    -------
    SkyMap
        On the bins of the counts. A source of which nothing reaches a usable bin is zero everywhere.

    Raises
    ------
    ArgumentError
        If there is no model of that name, or no finite counts are predicted.
    SelectionError
        If the cube lacks a response.

    Examples
    --------
    >>> import gpnb
    >>> result = gpnb.fit(cube, [crab, *gpnb.background_models(cube)])  # doctest: +SKIP
    >>> gpnb.predict(cube, result.models, source="crab").sum_over("energy")  # doctest: +SKIP
    """
    check_cube(cube)
    found = Predictions(cube, models)
    values = found.total() if source is None else found.of(source)
    return SkyMap(
        cube.geom, values, "", recipe=Recipe.of_call(predict, locals(), name="predicted", models=noted(models))
    )


def check_cube(cube: Any) -> None:
    """Refuse what is no cube.

    Raises
    ------
    ArgumentError
        If it is something else.
    """
    if not isinstance(cube, MapDataset):
        raise ArgumentError(f"cube must be a MapDataset, as gpnb.reduce_map gives it, not a {type(cube).__name__}.")
