"""Several datasets in files: a folder of their own, or the list that Gammapy writes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gpnb.core.atomic import atomic_set, is_passing, settle
from gpnb.core.cache_folder import find_data
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.text_file import read_text
from gpnb.core.yaml_text import dump_yaml, load_yaml
from gpnb.datasets.flux_points import FluxPointsDataset
from gpnb.datasets.map import MapDataset
from gpnb.datasets.map_file_write import write_map_dataset
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.products.flux_points import FluxPoints

INDEX = "datasets.yaml"
"""The list of what lies in a folder, as Gammapy reads it."""


def _flux_points(path: Path, name: str | None) -> FluxPointsDataset:
    points = FluxPoints.read(path)
    return FluxPointsDataset(points, name=name or points.name)


_READERS: dict[str, Callable[[Path, str | None], Any]] = {
    "MapDataset": MapDataset.read,
    "MapDatasetOnOff": MapDataset.read,
    "SpectrumDatasetOnOff": SpectrumDataset.read_ogip,
    "FluxPointsDataset": _flux_points,
}
"""Gammapy's name of a kind → what reads it."""


def read_datasets(path: str | os.PathLike[str]) -> list[Any]:
    """See `Datasets.read`."""
    found = find_data(Path(path)) or Path(path)
    if found.suffix.lower() in (".yaml", ".yml"):
        return _listed(found)
    folders = sorted(item for item in found.glob("*") if item.is_dir() and not is_passing(item, found))
    datasets = _in_folder(found) or [item for inner in folders for item in _in_folder(inner, f"{inner.name}-")]
    if not datasets:
        raise DataFormatError(
            f"{path}: there is no spectrum_….fits, pha_….fits or cube_….fits in this folder or the folders in it; of "
            "Gammapy's datasets give the YAML file."
        )
    return datasets


def write_datasets(items: Sequence[Any], folder: str | os.PathLike[str], overwrite: bool, ogip: bool) -> None:
    """See `Datasets.write`."""
    others = [item.name for item in items if not isinstance(item, SpectrumDataset | MapDataset)]
    if others:
        raise ArgumentError(f".write() is for spectra and cubes; {others[0]} is none: write its points.")
    rows = []
    with atomic_set(folder, overwrite) as made:
        for item in items:
            label = re.sub(r"[^\w.+-]+", "_", item.name)
            if isinstance(item, MapDataset):
                name, kind = f"cube_{label}.fits.gz", "MapDataset" if item.counts_off is None else "MapDatasetOnOff"
                write_map_dataset(item, made / name)
                rows.append({"name": item.name, "type": kind, "filename": name})
            elif ogip:
                item.write_ogip(made / f"pha_{label}.fits")
                rows.append({"name": item.name, "type": "SpectrumDatasetOnOff", "filename": f"pha_{label}.fits"})
            else:
                item.write(made / f"spectrum_{label}.fits")
        if rows:
            (made / INDEX).write_text(dump_yaml({"datasets": rows}), encoding="utf-8")


def _in_folder(folder: Path, prefix: str = "") -> list[Any]:
    """The datasets whose files lie in a folder; each name begins with `prefix`, once."""
    settle(folder)
    pha, own, cubes = (sorted(folder.glob(f"{kind}_*.fits*")) for kind in ("pha", "spectrum", "cube"))
    datasets: list[Any] = [SpectrumDataset.read(path) for path in own]
    datasets = datasets or [SpectrumDataset.read_ogip(path) for path in pha]
    datasets += [MapDataset.read(path) for path in cubes]
    return [replace(item, name=prefix + item.name.removeprefix(prefix)) for item in datasets]


def _listed(path: Path) -> list[Any]:
    """The datasets of a list."""
    settle(path.parent)
    rows = load_yaml(read_text(path, "a list of datasets"), str(path))
    rows = rows.get("datasets") if isinstance(rows, dict) else None
    if not isinstance(rows, list) or not rows:
        raise DataFormatError(f"{path}: expected a list under 'datasets', as Gammapy's Datasets.write makes it.")
    return [_entry(row, path) for row in rows]


def _entry(row: Any, path: Path) -> Any:
    if not isinstance(row, dict) or not {"type", "filename"} <= row.keys():
        raise DataFormatError(f"{path}: each dataset needs the entries type and filename, not {row!r:.100}.")
    reader = _READERS.get(str(row["type"]))
    if reader is None:
        raise DataFormatError(
            f"{path}: a dataset of the type {row['type']!r} is not known; it is one of {', '.join(_READERS)}."
        )
    name = row.get("name")
    return reader(path.parent / os.path.expandvars(str(row["filename"])), None if name is None else str(name))
