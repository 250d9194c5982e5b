"""A background model for each cube."""

from __future__ import annotations

from typing import Any

from gpnb.core.errors import ArgumentError
from gpnb.datasets.map import MapDataset
from gpnb.models.background import BackgroundModel


def background_models(cubes: Any) -> list[BackgroundModel]:
    """Background models of all cubes that have a predicted background, to fit beside the sources.

    Each begins at a norm of one: what the reduction found is in the background already.

    Parameters
    ----------
    cubes : MapDataset, Datasets or sequence of datasets
        Datasets without a predicted background, such as spectra and ring maps, have none.

    Returns
    -------
    list of BackgroundModel

    Raises
    ------
    ArgumentError
        If no dataset has a predicted background.

    Examples
    --------
    >>> import gpnb
    >>> gpnb.fit(cube, [crab, *gpnb.background_models(cube)])  # doctest: +SKIP
    """
    items = [cubes] if isinstance(cubes, MapDataset) else list(cubes)
    found = [
        BackgroundModel(item.name)
        for item in items
        if isinstance(item, MapDataset) and item.background is not None and item.counts_off is None
    ]
    if not found:
        raise ArgumentError("There is no cube with a predicted background among the datasets.")
    return found
