"""Several observations, chosen from a store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
from astropy import units as u
from astropy.table import Table

from gpnb.core.binding import told
from gpnb.core.display import Displayed
from gpnb.core.errors import SelectionError
from gpnb.core.recipe import Recipe
from gpnb.data.choice import chosen_rows, seconds_of_runs
from gpnb.data.observation import Observation
from gpnb.data.slices import cut_runs, with_times
from gpnb.maps.axis import Axis


class Observations(Displayed, Sequence[Observation]):
    """A list of runs with the rows of the table they came from.

    Parameters
    ----------
    items : sequence of Observation
        The runs.
    table : Table
        One row a run, in the same order.
    recipe : Recipe, optional
        How they were chosen.
    """

    panel = "observations"

    @told
    def __init__(self, items: Sequence[Observation], table: Table | None = None, recipe: Recipe | None = None):
        self._items = tuple(items)
        self.table = Table({"OBS_ID": [item.obs_id for item in self._items]}) if table is None else table
        self.recipe = recipe or Recipe.memory("runs", self)

    def select(
        self,
        obs_id: int | Sequence[int] | None = None,
        target: str | None = None,
        cone: Any = None,
        time: Any = None,
        where: str | None = None,
    ) -> Observations:
        """The runs that meet every condition given; see `DataStore.select`."""
        rows = chosen_rows(self.table, obs_id, target, cone, time, where)
        recipe = Recipe.of_call(self.select, locals(), name="runs")
        return Observations([self._items[row] for row in rows], self.table[rows], recipe)

    def split(self, time: Any) -> Observations:
        """The runs cut in time: their parts in the bins, run by run; what lies in none is left out.

        Parameters
        ----------
        time : Axis, Time or sequence of Time or str
            Bins: edges, shape (n + 1,), or starts and stops, shape (n, 2).

        Returns
        -------
        Observations
            A run that reaches over several bins is there several times, each with its own events and good times.

        Raises
        ------
        SelectionError
            If no good time lies in the bins.
        """
        axis = time if isinstance(time, Axis) else Axis.time(time)
        recipe = Recipe.of(".split()", on=self, name="runs", time=axis)
        parts, rows = cut_runs(self, axis, recipe)
        return Observations(parts, with_times(self.table[rows], parts), recipe)

    @property
    def obs_ids(self) -> list[int]:
        """Their numbers."""
        return [item.obs_id for item in self._items]

    @property
    def livetime(self) -> u.Quantity:
        """Live time in all, in hours; from the table where it has it."""
        if "LIVETIME" in self.table.colnames:
            told = float(np.sum(seconds_of_runs(self.table, "LIVETIME")))
            if np.isfinite(told):
                return (told * u.s).to("h")
        return sum((item.livetime for item in self._items), 0 * u.s).to("h")

    @overload
    def __getitem__(self, key: int) -> Observation: ...
    @overload
    def __getitem__(self, key: slice) -> Observations: ...
    def __getitem__(self, key: int | slice) -> Observation | Observations:
        if isinstance(key, slice):
            bounds = ":".join("" if item is None else str(item) for item in (key.start, key.stop))
            return Observations(self._items[key], self.table[key], Recipe.of(f"[{bounds}]", on=self, name="runs"))
        if not -len(self) <= key < len(self):
            raise SelectionError(f"There is no run at place {key}: there are {len(self)}, counted from 0.")
        other = self._items[key].passing()
        other.recipe = Recipe.of(f"[{key}]", on=self, name="obs")
        return other

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Observation]:
        return iter(self._items)

    def __repr__(self) -> str:
        return f"Observations({len(self)} run{'s' * (len(self) != 1)}, {self.livetime.value:.2f} h live)"
