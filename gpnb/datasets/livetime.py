"""Live time of a dataset, and the same observation over another one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gpnb.core.errors import ArgumentError
from gpnb.core.units import to_float
from gpnb.datasets.map import MapDataset
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.maps.sky_map import SkyMap

_GROWING = ("counts", "background", "exposure", "counts_off")
"""What grows with time; acceptances are ratios, of which only those of one dataset matter."""


def live_seconds(dataset: SpectrumDataset | MapDataset) -> float:
    """Live time, s: of a cube that of all runs; where they are not known, their good time."""
    if isinstance(dataset, SpectrumDataset):
        return float(dataset.livetime.value)
    if "LIVETIME" in dataset.runs.colnames:
        return float(dataset.runs["LIVETIME"].sum())
    return float(dataset.gti.seconds) if dataset.gti is not None else 0.0


def total_seconds(datasets: Any) -> float:
    """The sum of live times, s.

    Raises
    ------
    ArgumentError
        If there is none: hours mean nothing then.
    """
    found = sum(live_seconds(item) for item in datasets)
    if not found > 0:
        names = ", ".join(item.name for item in datasets)
        raise ArgumentError(f"The live time of {names} is not known: make them with gpnb.Observation.create.")
    return float(found)


def stretched(datasets: Any, livetime: Any) -> tuple[Any, ...]:
    """The same observations over another live time in all, counts and exposures scaled; as they are for None.

    Raises
    ------
    ArgumentError
        If there is no live time before or after.
    """
    items = tuple(datasets)
    if livetime is None:
        return items
    seconds = to_float(livetime, "s", "livetime")
    if not 0 < seconds < float("inf"):
        raise ArgumentError(f"livetime={livetime!r} must be longer than no time.")
    factor = seconds / total_seconds(items)
    return tuple(_scaled(item, factor) for item in items)


def _scaled(dataset: Any, factor: float) -> Any:
    parts = {name: value for name in _GROWING if (value := getattr(dataset, name)) is not None}
    if isinstance(dataset, SpectrumDataset):
        scaled = {name: value * factor for name, value in parts.items()}
        return replace(dataset, **scaled, livetime=dataset.livetime * factor)
    maps = {name: SkyMap(value.geom, value.data * factor, value.unit) for name, value in parts.items()}
    runs = dataset.runs.copy()
    if "LIVETIME" in runs.colnames:
        runs["LIVETIME"] = runs["LIVETIME"] * factor
    return replace(dataset, **maps, runs=runs)
