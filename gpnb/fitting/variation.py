"""Sources that vary in time: the mean of a light curve over the good time of each dataset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.models.sky import SkyModel


def mean_factor(model: SkyModel, dataset: Any) -> float:
    """The mean flux of a source during a dataset, in parts of its spectral model; 1 if it is steady.

    Raises
    ------
    ArgumentError
        If it varies, and the dataset has no good times, or the mean is not a finite number.
    """
    if model.temporal is None:
        return 1.0
    gti = getattr(dataset, "gti", None)
    if gti is None:
        raise ArgumentError(f"{model.name} varies in time, but {dataset.name} has no good times.")
    mean = model.temporal.mean(gti)
    if not 0 <= mean < np.inf:
        raise ArgumentError(f"The mean of {model.temporal!r} over the good time of {dataset.name} is {mean:g}.")
    return float(mean)


def bin_factors(model: SkyModel, datasets: Sequence[Any], places: Sequence[slice]) -> np.ndarray | None:
    """The same for each usable bin of all datasets, that lie at `places`; None if the source is steady."""
    if model.temporal is None:
        return None
    factors = np.ones(max(place.stop for place in places))
    for dataset, place in zip(datasets, places, strict=True):
        factors[place] = mean_factor(model, dataset)
    return factors
