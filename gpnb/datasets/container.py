"""Several datasets, by position or by name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, overload

from astropy.table import Table

from gpnb.core.atomic import atomic_set, is_passing, settle
from gpnb.core.binding import told
from gpnb.core.cache_folder import find_data
from gpnb.core.display import Displayed
from gpnb.core.errors import ArgumentError, DataFormatError, SelectionError
from gpnb.core.near import meant
from gpnb.core.recipe import Recipe
from gpnb.datasets.flux_points import FluxPointsDataset
from gpnb.datasets.map import MapDataset
from gpnb.datasets.map_stack import stack_cubes
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.datasets.spectrum_stack import stack_spectra
from gpnb.datasets.spectrum_tables import run_table


class Datasets(Displayed, Sequence[Any]):
    """A list of datasets with different names.

    Parameters
    ----------
    items : sequence of datasets
        The datasets.
    recipe : Recipe, optional
        How they were made.
    """

    panel = "spectrum"

    @told
    def __init__(self, items: Sequence[Any] = (), recipe: Recipe | None = None):
        self._items = tuple(items)
        self.recipe = recipe or Recipe.of("gpnb.Datasets()", name="datasets", items=list(self._items))
        if len(set(self.names)) < len(self._items):
            raise SelectionError(f"Two datasets have one name: {', '.join(self.names)}.")

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [item.name for item in self._items]

    @property
    def table(self) -> Table:
        """One row a spectrum: run, ON and OFF counts, alpha, excess, significance, live time and so on."""
        return run_table(self._spectra(".table"))

    def stack(self, name: str = "stacked") -> SpectrumDataset | MapDataset:
        """The sum of all spectra, or of all cubes; see `stack_spectra` and `stack_cubes`.

        Parameters
        ----------
        name : str
            Of the sum.

        Raises
        ------
        ArgumentError
            If the datasets are of different kinds, or not in the same bins.
        """
        recipe = Recipe.of(".stack()", on=self, name="stacked")
        if self._items and all(isinstance(item, MapDataset) for item in self._items):
            return stack_cubes(self._items, name, recipe)
        return stack_spectra(self._spectra(".stack()"), name, recipe)

    @classmethod
    def read(cls, folder: str | os.PathLike[str]) -> Datasets:
        """Read all spectra of a folder, in the order of their file names.

        Parameters
        ----------
        folder : path
            With files of `write`, or OGIP files named ``pha_….fits`` with those they name; or a folder of such folders,
            as one has of several instruments: their spectra are then called ``FOLDER-NAME``. A name below
            ``$GPNB_DATA`` will do.

        Raises
        ------
        DataFormatError
            If there is none, or one cannot be read.
        """
        found = find_data(Path(folder)) or Path(folder)
        folders = sorted(path for path in found.glob("*") if path.is_dir() and not is_passing(path, found))
        spectra = _read(found) or [item for inner in folders for item in _read(inner, f"{inner.name}-")]
        if not spectra:
            raise DataFormatError(
                f"{folder}: there is no spectrum_….fits and no pha_….fits in this folder or the folders in it."
            )
        return cls(spectra, Recipe.of("gpnb.Datasets.read()", folder=str(folder), name="specs"))

    def write(self, folder: str | os.PathLike[str], overwrite: bool = False, ogip: bool = False) -> None:
        """Write each spectrum into a folder, as ``spectrum_NAME.fits``: all of them or nothing.

        Parameters
        ----------
        folder : path
            Made if it does not exist.
        overwrite : bool
            Replace existing files.
        ogip : bool
            Write ``pha_NAME.fits`` and so on, for XSPEC and Sherpa, instead.
        """
        spectra = self._spectra(".write()")
        with atomic_set(folder, overwrite) as made:
            for item in spectra:
                label = re.sub(r"[^\w.+-]+", "_", item.name)
                if ogip:
                    item.write_ogip(made / f"pha_{label}.fits")
                else:
                    item.write(made / f"spectrum_{label}.fits")

    def _spectra(self, what: str) -> list[SpectrumDataset]:
        others = [item.name for item in self._items if not isinstance(item, SpectrumDataset)]
        if others:
            raise ArgumentError(f"{what} is for spectra; {others[0]} is none.")
        return list(self._items)

    @overload
    def __getitem__(self, key: int | str) -> Any: ...
    @overload
    def __getitem__(self, key: slice) -> Datasets: ...
    def __getitem__(self, key: int | str | slice) -> Any:
        if isinstance(key, slice):
            return Datasets(self._items[key])
        if isinstance(key, str):
            if key not in self.names:
                raise SelectionError(f"No dataset is called {key!r}: {meant(key, self.names)}")
            return self._items[self.names.index(key)]
        return self._items[key]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    @property
    def _has_panel(self) -> bool:
        spectra = any(isinstance(item, SpectrumDataset) for item in self._items)
        return spectra and all(isinstance(item, SpectrumDataset | FluxPointsDataset) for item in self._items)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Spectra show themselves as a panel; anything else as text."""
        return super()._repr_mimebundle_(include, exclude) if self._has_panel else {"text/plain": repr(self)}

    def __repr__(self) -> str:
        return f"Datasets({', '.join(self.names)})"


def _read(folder: Path, prefix: str = "") -> list[SpectrumDataset]:
    """The spectra whose files lie in a folder; each name begins with `prefix`, once."""
    settle(folder)
    pha, own = (sorted(folder.glob(pattern)) for pattern in ("pha_*.fits*", "spectrum_*.fits*"))
    spectra = [SpectrumDataset.read(path) for path in own] or [SpectrumDataset.read_ogip(path) for path in pha]
    return [replace(item, name=prefix + item.name.removeprefix(prefix)) for item in spectra]
