"""Which dataset joins which block of a likelihood: the one place that knows kinds of datasets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gpnb.core.errors import ArgumentError
from gpnb.datasets.flux_points import FluxPointsDataset
from gpnb.datasets.light_curve import LightCurveDataset
from gpnb.datasets.map import MapDataset
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.fitting.block import Block
from gpnb.fitting.blocks.cubes import Cubes
from gpnb.fitting.blocks.points import LightCurves, Points
from gpnb.fitting.blocks.spectra import Spectra
from gpnb.products.light_curve import LightCurve

_BLOCKS: dict[type, type[Block]] = {
    SpectrumDataset: Spectra,
    FluxPointsDataset: Points,
    LightCurveDataset: LightCurves,
    MapDataset: Cubes,
}

_MADE: dict[type, Callable[[Any], Any]] = {LightCurve: LightCurveDataset.from_curve}
"""What is no dataset, and what makes one of it."""


def register(kind: type, block: type[Block]) -> None:
    """Let datasets of a class join a block; replaces what was there."""
    _BLOCKS[kind] = block


def block_of(dataset: Any) -> type[Block]:
    """The block that a dataset joins.

    Raises
    ------
    ArgumentError
        If it is nothing that can be fitted.
    """
    kind = next((kind for kind in type(dataset).__mro__ if kind in _BLOCKS), None)
    if kind is None:
        raise ArgumentError(f"A {type(dataset).__name__} cannot be fitted: give a {kinds_in_words()}.")
    return _BLOCKS[kind]


def dataset_of(given: Any) -> Any:
    """A dataset as it is, or made of what was given."""
    return _MADE[type(given)](given) if type(given) in _MADE else given


def can_join(given: Any) -> bool:
    """Whether something can be fitted."""
    return type(given) in _MADE or not _BLOCKS.keys().isdisjoint(type(given).__mro__)


def kinds_in_words() -> str:
    """The classes of datasets, for a sentence; those that are a case of another are not told."""
    return " or ".join(kind.__name__ for kind in _BLOCKS if _BLOCKS.keys().isdisjoint(kind.__mro__[1:]))
