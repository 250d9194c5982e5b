"""Several datasets, by position or by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

from astropy.table import Table

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.recipe import Recipe
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.datasets.spectrum_stack import stack_spectra
from gpnb.datasets.spectrum_tables import run_table


class Datasets(Sequence[Any]):
    """A list of datasets with different names.

    Parameters
    ----------
    items : sequence of datasets
        The datasets.
    recipe : Recipe, optional
        How they were made.
    """

    def __init__(self, items: Sequence[Any] = (), recipe: Recipe | None = None):
        self._items = tuple(items)
        self.recipe = recipe or Recipe.memory("datasets")
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

    def stack(self, name: str = "stacked") -> SpectrumDataset:
        """The sum of all spectra; see `stack_spectra`.

        Parameters
        ----------
        name : str
            Of the sum.
        """
        return stack_spectra(self._spectra(".stack()"), name, Recipe.of(".stack()", on=self, name="stacked"))

    def _spectra(self, what: str) -> list[SpectrumDataset]:
        others = [item.name for item in self._items if not isinstance(item, SpectrumDataset)]
        if others:
            raise ArgumentError(f"{what} is for spectra; {others[0]} is none (reduce_map stacks maps itself).")
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
                raise SelectionError(f"No dataset is called {key!r}; there are: {', '.join(self.names)}.")
            return self._items[self.names.index(key)]
        return self._items[key]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __repr__(self) -> str:
        return f"Datasets({', '.join(self.names)})"
