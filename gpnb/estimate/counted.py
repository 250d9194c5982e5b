"""What spectra and cubes have in common where counts are compared energy by energy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.datasets.map import MapDataset
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.fitting.predictions import Predictions
from gpnb.maps.axis import Axis
from gpnb.maps.sky_map import SkyMap
from gpnb.models.collection import Models

Counted = SpectrumDataset | MapDataset


def as_counted(datasets: Any) -> tuple[Counted, ...]:
    """One spectrum or cube, or several.

    Raises
    ------
    ArgumentError
        If there is none, or something else.
    """
    items = (datasets,) if isinstance(datasets, Counted) or not isinstance(datasets, Iterable) else tuple(datasets)
    others = [item for item in items if not isinstance(item, Counted)]
    if others or not items:
        given = f"a {type(others[0]).__name__} among them" if others else "none"
        raise ArgumentError(f"datasets must be one SpectrumDataset or MapDataset or several, but there is {given}.")
    return items


def has_spectra(datasets: Sequence[Counted]) -> bool:
    """Whether one of them is a spectrum."""
    return any(isinstance(item, SpectrumDataset) for item in datasets)


def has_cubes(datasets: Sequence[Counted]) -> bool:
    """Whether one of them is a cube."""
    return any(isinstance(item, MapDataset) for item in datasets)


def energy_of(item: Counted) -> Axis:
    """Bins of reconstructed energy."""
    return item.energy if isinstance(item, SpectrumDataset) else item.geom.axis("energy")


def used_energies(item: Counted) -> np.ndarray:
    """True for energies in which any bin may be used, shape (n,)."""
    return item.usable if isinstance(item, SpectrumDataset) else np.asarray(item.usable.any(axis=(1, 2)))


def masked_energies(item: Counted, energies: np.ndarray) -> Counted:
    """A copy with energies masked (True); the same where none of them is used anyway."""
    if not (used_energies(item) & energies).any():
        return item
    return item.masked(energies if isinstance(item, SpectrumDataset) else energies[:, None, None])


def run_numbers(item: Counted) -> tuple[int, ...]:
    """The runs."""
    if isinstance(item, SpectrumDataset):
        return item.obs_ids
    return tuple(item.runs["OBS_ID"].tolist()) if "OBS_ID" in item.runs.colnames else ()


def with_backgrounds(datasets: Sequence[Counted], models: Models) -> tuple[Counted, ...]:
    """The data, the predicted backgrounds of cubes as models have scaled them, and with what these add."""
    if not models.backgrounds:
        return tuple(datasets)
    return tuple(_scaled(item, models) if isinstance(item, MapDataset) else item for item in datasets)


def scales_backgrounds(models: Models) -> bool:
    """Whether a background has a free parameter."""
    names = {item.name for item in models.backgrounds}
    return any(name.partition(".")[0] in names for name in models.free)


def _scaled(cube: MapDataset, models: Models) -> MapDataset:
    if cube.counts_off is not None:
        return cube
    return replace(cube, background=SkyMap(cube.geom, Predictions(cube, models.backgrounds).background()))
