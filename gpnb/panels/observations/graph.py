"""The graph behind the observation browser: what follows from a table of runs and the state, made once and kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from astropy.table import Table

from gpnb.data.check import CheckReport
from gpnb.panels.observations import faults
from gpnb.panels.observations.filter import kept
from gpnb.panels.observations.pointings import Pointings, pivot_of, plane_of_pointings
from gpnb.panels.observations.rows import cells, columns_of, sorted_rows
from gpnb.panels.observations.view import ObservationsView
from gpnb.state.graph import Node, Source


class RunGraph:
    """Nodes of the observation browser.

    Parameters
    ----------
    runs : Table
        A row a run.
    state, shown : callable
        Give the record as it is, and with what the selection adds.
    report : callable
        Gives what the last check found.

    Attributes
    ----------
    pointings : Pointings
        Where the runs point.
    labels : list of str
        Run and target of each.
    names, rows : Node
        Columns of the table; ``id cells flag`` of each run.
    kept, order, chosen : Node
        Whether each run is shown; the row numbers of those, in order; whether each is chosen.
    plane : Node
        The grid of the sky.

    Examples
    --------
    >>> table = Table({"OBS_ID": [1, 2], "OBJECT": ["Crab", "Vela"]})
    >>> view = ObservationsView(find="vela", highlight=(1,))
    >>> graph = RunGraph(table, lambda: view, lambda: view, lambda: None)
    >>> graph.order.pull(), graph.chosen.pull()
    (array([1]), array([ True, False]))
    """

    def __init__(
        self,
        runs: Table,
        state: Callable[[], ObservationsView],
        shown: Callable[[], ObservationsView],
        report: Callable[[], CheckReport | None],
    ):
        self.runs, self.ids = runs, np.asarray(runs["OBS_ID"])
        self.pointings = Pointings.of(runs)
        every = np.arange(len(runs))
        self.labels = [" · ".join(row) for row in cells(runs, columns_of(runs, ObservationsView())[:2], every)]
        self.highlight = Source(lambda: shown().highlight)
        self.sorting = Source(lambda: (state().sort_by, state().sort_ascending))
        columns = Source(lambda: state().columns)
        self.names = Node(lambda columns: columns_of(runs, ObservationsView(columns=columns)), columns)
        texts = Node(lambda names: cells(runs, names, every), self.names)
        self.rows = Node(self._rows, texts, Source(report))
        self.kept = Node(lambda view: kept(runs, view), Source(lambda: _of_filter(state())))
        sort = Node(lambda by: sorted_rows(runs, ObservationsView(sort_by=by[0], sort_ascending=by[1])), self.sorting)
        self.order = Node(lambda rows, keep: rows[keep[rows]], sort, self.kept)
        self.chosen = Node(lambda ids: np.isin(self.ids, ids), self.highlight)
        self.plane = Node(lambda key: plane_of_pointings(self.pointings, *key), Source(lambda: self._of_plane(state())))

    @property
    def chosen_runs(self) -> list[int]:
        """Numbers of the chosen runs that are here, in the order they were chosen."""
        here = set(self.ids.tolist())
        return [run for run in dict.fromkeys(self.highlight.pull()) if run in here]

    @property
    def shown_runs(self) -> list[int]:
        """Numbers of the runs that are shown, in their order."""
        return list(dict.fromkeys(self.ids[self.order.pull()].tolist()))

    def at(self, x: float, y: float, reach: float) -> list[int]:
        """Numbers of the runs that are shown and point to a place on the sky, in pixels."""
        rows = self.pointings.at(self.plane.pull(), x, y, reach)
        return list(self.ids[rows[self.kept.pull()[rows]]].tolist())

    def near(self, ra: float, dec: float, reach: float) -> list[int]:
        """Numbers of the runs that are shown and point nearest to a direction, if as near as `reach` (deg)."""
        rows = self.pointings.near(ra, dec, reach)
        return list(self.ids[rows[self.kept.pull()[rows]]].tolist())

    def _rows(self, texts: Sequence[list[str]], report: CheckReport | None) -> list[dict[str, Any]]:
        flags = faults.flags(report)
        pairs = zip(self.ids.tolist(), texts, strict=True)
        return [{"key": run, "cells": row, "flag": flags.get(run, "")} for run, row in pairs]

    def _of_plane(self, view: ObservationsView) -> tuple[float, str]:
        """What decides the grid of the sky."""
        return view.field_of_view, pivot_of(self.pointings, view.field_of_view, view.center, view.width)


def _of_filter(view: ObservationsView) -> ObservationsView:
    """The record with nothing but what decides which runs are shown."""
    return ObservationsView(columns=view.columns, where=view.where, find=view.find, cone=view.cone)
