"""Several datasets, by position or by name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, overload

from astropy.table import Table

from gpnb.core.binding import told
from gpnb.core.display import Displayed
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.near import meant
from gpnb.core.recipe import Recipe
from gpnb.datasets.flux_points import FluxPointsDataset
from gpnb.datasets.map import MapDataset
from gpnb.datasets.map_stack import stack_cubes
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.datasets.spectrum_stack import stack_spectra
from gpnb.datasets.spectrum_tables import run_table


def told_apart(items: Sequence[Any]) -> list[Any]:
    """The datasets, those whose name came before numbered: runs of two stores may have one number.

    Examples
    --------
    >>> import gpnb
    >>> axis = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=1)
    >>> true = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=1, name="energy_true")
    >>> run = gpnb.SpectrumDataset(axis, true, [1], [1e13], [[1]], "1 h", name="run-5")
    >>> [item.name for item in told_apart([run, run])]
    ['run-5', 'run-5 (2)']
    """
    found: list[Any] = []
    seen: dict[str, int] = {}
    for item in items:
        seen[item.name] = seen.get(item.name, 0) + 1
        number = seen[item.name]
        found.append(item if number == 1 else replace(item, name=f"{item.name} ({number})"))
    return found


def twin_of(name: str) -> str:
    """What `told_apart` has added to a name; empty for the first of that name."""
    ending = re.search(r" \(\d+\)$", name)
    return ending[0] if ending else ""


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
        """Read all datasets of a folder, in the order of their file names, or of a list that Gammapy wrote.

        Parameters
        ----------
        folder : path
            With files of `write`, or OGIP files named ``pha_….fits`` with those they name; or a folder of such folders,
            as one has of several instruments: their datasets are then called ``FOLDER-NAME``. Or a YAML file such as
            ``datasets.yaml`` with cubes, spectra with OFF counts and flux points. A name below ``$GPNB_DATA`` will do.

        Raises
        ------
        DataFormatError
            If there is none, or one cannot be read.
        """
        from gpnb.datasets.container_file import read_datasets

        return cls(read_datasets(folder), Recipe.of("gpnb.Datasets.read()", folder=str(folder), name="specs"))

    def write(self, folder: str | os.PathLike[str], overwrite: bool = False, ogip: bool = False) -> None:
        """Write each dataset into a folder: all of them or nothing.

        Parameters
        ----------
        folder : path
            Made if it does not exist. Spectra are called ``spectrum_NAME.fits``, cubes ``cube_NAME.fits.gz``; a list of
            what Gammapy can read among them is ``datasets.yaml``. Models are written apart: ``models.write(…,
            format="gammapy")``.
        overwrite : bool
            Replace existing files.
        ogip : bool
            Write spectra as ``pha_NAME.fits`` and so on, for XSPEC, Sherpa and Gammapy, instead.

        Raises
        ------
        ArgumentError
            If something exists already or cannot be written, or a dataset is neither spectrum nor cube.
        """
        from gpnb.datasets.container_file import write_datasets

        write_datasets(self._items, folder, overwrite, ogip)

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
