"""A store of observations: its table, and the runs chosen from it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from astropy.table import Table

from gpnb.core.binding import told
from gpnb.core.cache_folder import find_data
from gpnb.core.display import Displayed
from gpnb.core.errors import ArgumentError, DataFormatError, SelectionError
from gpnb.core.hooks import module_for
from gpnb.core.progress import CancelToken, Report
from gpnb.core.recipe import Recipe
from gpnb.core.warn import warn
from gpnb.data.choice import chosen_rows, some
from gpnb.data.formats import Contents, DataFormat
from gpnb.data.gadf import GadfFormat
from gpnb.data.observation import Observation
from gpnb.data.observations import Observations

if TYPE_CHECKING:
    from gpnb.data.check import CheckReport

_FORMATS: tuple[DataFormat, ...] = (GadfFormat(),)


class DataStore(Displayed):
    """Observations in files, read when first used.

    Parameters
    ----------
    contents : Contents
        What the format found.
    name : str
        For people.
    recipe : Recipe, optional
        How it was opened.

    Examples
    --------
    >>> import gpnb
    >>> store = gpnb.DataStore.read("demo")  # doctest: +SKIP
    >>> store.select(target="Crab").obs_ids  # doctest: +SKIP
    """

    panel = "observations"

    @told
    def __init__(self, contents: Contents, name: str, recipe: Recipe | None = None, path: Path | None = None):
        self._contents = contents
        self.name = name
        self.path = path
        self.recipe = recipe or Recipe.memory("store")

    @classmethod
    def read(
        cls,
        path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
        base_dir: str | os.PathLike[str] | None = None,
        det_axes: tuple[str, str] | None = None,
        bkg_energy: Literal["bins", "nodes"] = "bins",
    ) -> DataStore:
        """Open a store; only its index is read.

        Parameters
        ----------
        path : path or list of paths
            A folder with index files (or up to three levels above them); a name below ``$GPNB_DATA``
            or of a downloaded set; ``"demo"`` for the simulated store; or a list of event files.
        base_dir : path, optional
            Where files may lie, if the index leads out of the store.
        det_axes : pair of {"lon", "-lon", "lat", "-lat"}, optional
            What DETX and DETY of 3-D backgrounds are in the field of view; GADF says ``("lon", "lat")``,
            the events of the H.E.S.S. release DR1 say ``("lat", "-lon")``. See `Background3D.oriented`.
        bkg_energy : {"bins", "nodes"}
            Whether the values of backgrounds are means in their bins of energy, or rates at the centres. The OFF events
            of H.E.S.S. say bins; the simulated events of CTA 1DC say nodes. See `Background.at_nodes`.

        Returns
        -------
        DataStore

        Raises
        ------
        DataFormatError
            If there is no such store, or its index is broken or leads out of it.
        """
        if not isinstance(path, str | os.PathLike):
            recipe = Recipe.of("gpnb.DataStore.read()", name="store", path=[str(item) for item in path])
            return cls(GadfFormat().open_files([Path(item) for item in path]), f"{len(path)} files", recipe)
        if str(path) == "demo":
            store: DataStore = module_for("store.demo").demo_store()
            return store
        folder = locate(Path(path))
        known = next((item for item in _FORMATS if item.recognises(folder)), None)
        if known is None:
            names = ", ".join(item.name for item in _FORMATS)
            raise DataFormatError(f"{folder} holds no store: expected the index files of one of: {names}.")
        contents = known.open(folder, Path(base_dir) if base_dir is not None else None)
        contents = contents.with_backgrounds(det_axes, at_nodes=_is_nodes(bkg_energy))
        recipe = Recipe.of_call(cls.read, locals(), name="store")
        return cls(contents, folder.name, recipe, folder)

    @property
    def table(self) -> Table:
        """One row an observation; a copy."""
        return self._contents.table.copy()

    @property
    def obs_ids(self) -> list[int]:
        """Run numbers, in the order of the table."""
        return [int(item) for item in self._contents.table["OBS_ID"]]

    def select(
        self,
        obs_id: int | Sequence[int] | None = None,
        target: str | None = None,
        cone: Any = None,
        time: Any = None,
        where: str | None = None,
    ) -> Observations:
        """The runs that meet every condition given; all of them if none is.

        Runs of the observation index that have no files here are left out with a `DataWarning`, unless they are asked
        for by number.

        Parameters
        ----------
        obs_id : int or list of int, optional
            Run numbers; the order is kept.
        target : str, optional
            Name of the target; case, blanks and underscores do not matter.
        cone : (SkyCoord or str, Quantity or str), optional
            Centre and radius the pointing must lie in.
        time : (Time or str or None, Time or str or None), optional
            Runs that overlap this interval.
        where : str, optional
            A boolean expression over the columns, such as ``"ZEN_PNT < 40 and N_TELS >= 3"``.

        Returns
        -------
        Observations

        Raises
        ------
        SelectionError
            If nothing is left, a run is unknown, or one of `obs_id` has no files here.
        """
        rows = self._with_files(chosen_rows(self._contents.table, obs_id, target, cone, time, where), obs_id is None)
        recipe = Recipe.of_call(self.select, locals(), name="runs")
        table = self._contents.table[rows]
        items = [item for row in table for item in self._observations(row)]
        if len(items) != len(table):  # event types: several observations a run
            ids = [item.obs_id for item in items]
            table = table[[list(table["OBS_ID"]).index(obs) for obs in ids]]
        return Observations(items, table, recipe)

    def check(self, progress: bool | Report = False, cancel: CancelToken | None = None) -> CheckReport:
        """Look for faults in all files, without stopping at the first.

        Parameters
        ----------
        progress : bool or callable
            Told after each run.
        cancel : CancelToken, optional
            Asked before each run.

        Returns
        -------
        CheckReport
            Shows itself as a table; ``.ok``, ``.table``, ``.to_json()``.
        """
        from gpnb.data.check import check_contents, check_store

        recipe = Recipe.of(".check()", on=self, name="report")
        if self.path is None:
            return check_contents(self._contents, self.name, recipe, progress, cancel)
        return check_store(self.path, self.recipe.kwargs.get("base_dir"), progress, cancel, recipe)

    def _observations(self, row: Any) -> list[Observation]:
        """One observation, or one for each event type of the run."""
        obs_id = int(row["OBS_ID"])
        facts = {name: row[name] for name in row.colnames}
        run = Recipe.of(".select()", on=self, obs_id=obs_id, name="runs")
        return [
            Observation(obs_id, self._contents.parts[key], facts, key[1], Recipe.of(f"[{number}]", on=run, name="obs"))
            for number, key in enumerate(self._contents.keys_of_run[obs_id])
        ]

    def _with_files(self, rows: np.ndarray, may_leave_out: bool) -> np.ndarray:
        """The rows of runs that have files here.

        Raises
        ------
        SelectionError
            If some do not and may not be left out, or none has.
        """
        ids = np.asarray(self._contents.table["OBS_ID"])[rows]
        absent = self._contents.without_files(ids.tolist())
        if not absent:
            return rows
        plural = f"Runs {some(absent)} are" if len(absent) > 1 else f"Run {absent[0]} is"
        what = f"{plural} in the observation index, but without files here"
        if not may_leave_out or len(absent) == len(rows):
            raise SelectionError(f"{what}: get them, or choose among the {len(ids) - len(absent)} others.")
        warn(f"{what}: left out.")
        return rows[~np.isin(ids, absent)]

    def __len__(self) -> int:
        return len(self._contents.table)

    def __repr__(self) -> str:
        return f"DataStore({self.name}, {len(self)} run{'s' * (len(self) != 1)})"


def _is_nodes(bkg_energy: str) -> bool:
    if bkg_energy not in ("bins", "nodes"):
        raise ArgumentError(f"bkg_energy={bkg_energy!r} must be 'bins' or 'nodes'.")
    return bkg_energy == "nodes"


def locate(path: Path) -> Path:
    """A folder as given, else below $GPNB_DATA, else one that was downloaded."""
    found = find_data(path)
    if found is not None and found.is_dir():
        return found
    root = os.environ.get("GPNB_DATA")
    below = f" nor below GPNB_DATA ({root})" if root else " (GPNB_DATA is not set)"
    raise DataFormatError(
        f"{path}: there is no such folder{below} nor among the downloads. "
        'Give a folder, "demo" for simulated data, or fetch a public data set with gpnb download.'
    )
