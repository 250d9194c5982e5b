"""The observation browser: the runs of a store or a choice of them, live."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import ipywidgets
import numpy as np

from gpnb.core.errors import SelectionError
from gpnb.data.check import CheckReport
from gpnb.data.observations import Observations
from gpnb.draw.run import is_run
from gpnb.state import runfaults
from gpnb.state.chips import Chip
from gpnb.state.graph import Node, Source, View
from gpnb.state.pointings import Pointings, pivot_of, plane_of_pointings
from gpnb.state.runfilter import kept, shown_rows
from gpnb.state.runs import cells, columns_of, heads, sorted_rows, totals
from gpnb.state.shapes import region_of
from gpnb.state.views import ObservationsView
from gpnb.widgets.live import LivePanel, bind
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.table import TableView
from gpnb.widgets.runcontrols import browse_items, read_cone, run_chips, sky_items
from gpnb.widgets.skystage import SkyStage


def open_panel(obj: Any, drawing: Any, workspace: Any, changes: dict[str, Any]) -> LivePanel:
    """The live panel of several runs, or of one."""
    if is_run(obj):
        from gpnb.core.hooks import module_for

        panel: LivePanel = module_for("live.instrument").open_panel(obj, drawing, workspace, changes)
        return panel
    return ObservationsPanel(obj, drawing, workspace, changes)


class ObservationsPanel(LivePanel):
    """Runs, live; see `gpnb.state.views.ObservationsView` for what decides how they are shown.

    Attributes
    ----------
    selected : Observations
        The runs that are chosen; all that are shown if none is.
    report : CheckReport or None
        What the last check found.
    """

    kind = "observations"
    report: CheckReport | None = None

    @property
    def selected(self) -> Observations:
        """The chosen runs; those that are shown if none is chosen."""
        runs = self._chosen_runs() or self.shown_runs
        if not runs:
            raise SelectionError("No run is shown or chosen: take away the filter, or choose runs.")
        if isinstance(self._obj, Observations) and runs == list(dict.fromkeys(self._obj.obs_ids)):
            return self._obj
        found: Observations = self._obj.select(obs_id=runs)
        return found

    @property
    def shown_runs(self) -> list[int]:
        """Numbers of the runs that are shown, in their order."""
        return list(dict.fromkeys(self._ids[shown_rows(self._runs, self.state)].tolist()))

    def choose(self, runs: Iterable[int], gesture: Any = None) -> None:
        """Choose runs by number; panels of the same workspace follow."""
        gesture = object() if gesture is None else gesture
        if self.state.highlight:
            self.set(gesture=gesture, highlight=None)
        self.workspace.select(gesture=gesture, runs=tuple(dict.fromkeys(runs)))

    def check(self) -> None:
        """Look for faults in all files, in a thread of its own."""

        def done(report: CheckReport) -> None:
            self.report = report
            self.refresh()
            self._say("attention" if report.of("error") else "fine", runfaults.fault_words(report))

        self.run("Checking", self._obj.check, done)

    # What the frame shows.

    def title(self) -> str:
        """What this is."""
        return "Observations"

    def facts(self) -> str:
        """Name of the store, and what is shown of it in all."""
        words = totals(self._runs[self._kept.pull()], len(self._runs))
        return " · ".join(word for word in (getattr(self._obj, "name", ""), words) if word)

    def notes(self) -> list[str]:
        """How many runs have faults."""
        return runfaults.fault_notes(self.report)

    def chips(self) -> list[Chip]:
        """Region, condition and chosen runs."""
        return run_chips(self.state, self.selection)

    def typed(self, name: str, text: str) -> None:
        """Take what was typed into a chip."""
        if name == "cone":
            self._aim(read_cone(text))
        elif name == "where":
            kept(self._runs, replace(self.state, where=text.strip()))  # complains of what cannot be read
            self.set(where=text.strip())
        else:
            super().typed(name, text)

    def count(self) -> str:
        """How many are chosen."""
        chosen = len(self._chosen_runs())
        return f"{chosen} of {len(self._runs)} chosen" if chosen else ""

    def totals(self) -> str:
        """What the chosen runs come to."""
        chosen = self._chosen.pull()
        return f"Chosen: {totals(self._runs[chosen])}" if chosen.any() else ""

    # How it is put together.

    def build(self) -> list[Any]:
        """The sky beside the table; faults below."""
        self._runs = self._obj.table
        self._ids = np.asarray(self._runs["OBS_ID"])
        self._pointings = Pointings.of(self._runs)
        columns_of(self._runs, self.state)
        self._look, self._browse = Controls(), Controls()
        self._table = TableView(label="Runs", many=True, empty="No run meets the filter.")
        self._faults = TableView(label="What the check found").add_class("gpnb-text")
        self._make_nodes()
        self._stage = SkyStage(self._plane.pull(), tools=("move", "circle"))
        self._listen()
        parts = ([self._stage.widget, self._look], [self._browse, self._table])
        columns = [ipywidgets.VBox(part).add_class("gpnb-stack") for part in parts]
        return [ipywidgets.Box(columns).add_class("gpnb-columns"), self._faults]

    def views(self) -> list[View[Any]]:
        """What shows what."""
        stage, state, can_check = self._stage, Source(lambda: self.state), hasattr(self._obj, "check")
        size, cone = Source(lambda: self.state.field_of_view), Source(lambda: self.state.cone)
        browse = Node(
            lambda view, order, chosen: browse_items(view, len(order), int(chosen.sum()), can_check),
            state,
            self._order,
            self._chosen,
        )
        faults = Node(runfaults.fault_table, Source(lambda: self.report), Source(lambda: tuple(self._chosen_runs())))
        look = Source(lambda: (self.state.center, self.state.width))
        return [
            View(Node(sky_items, state), self._look.set_items),
            View(browse, self._browse.set_items),
            View(self._plane, lambda geom: stage.show_empty(geom, f"Pointings of {len(self._runs)} runs")),
            View(_both(self._plane, size, self._kept), lambda new: stage.show_fields(self._pointings, *new[1:])),
            View(_both(self._plane, self._kept, self._chosen), self._show_points),
            View(_both(self._plane, size, cone, self._chosen), self._show_shapes),
            View(_both(self._plane, look), lambda new: stage.show_part(*new[1])),
            View(_both(self._names, self._rows), self._show_rows),
            View(_both(self._order, self._sorting), self._show_order),
            View(Source(lambda: self.shown.highlight), lambda runs: setattr(self._table, "chosen", list(runs))),
            View(faults, lambda table: self._faults.show(*table)),
        ]

    def _make_nodes(self) -> None:
        runs, pointings = self._runs, self._pointings

        def plane(view: ObservationsView) -> Any:
            pivot = pivot_of(pointings, view.field_of_view, view.center, view.width)
            return plane_of_pointings(pointings, view.field_of_view, pivot)

        self._names = Node(lambda columns: columns_of(runs, ObservationsView(columns=columns)), _part(self, "columns"))
        self._texts = Node(lambda names: cells(runs, names, np.arange(len(runs))), self._names)
        self._rows = Node(self._rows_of, self._texts, Source(lambda: self.report))
        self._kept = Node(lambda view: kept(runs, view), Source(lambda: _of_filter(self.state)))
        self._sorting = Source(lambda: (self.state.sort_by, self.state.sort_ascending))
        sort = Node(lambda by: sorted_rows(runs, ObservationsView(sort_by=by[0], sort_ascending=by[1])), self._sorting)
        self._order = Node(lambda rows, keep: rows[keep[rows]], sort, self._kept)
        self._chosen = Node(lambda ids: np.isin(self._ids, ids), Source(lambda: self.shown.highlight))
        self._plane = Node(plane, Source(lambda: _of_plane(self.state, pointings)))

    def _rows_of(self, texts: Sequence[list[str]], report: CheckReport | None) -> list[dict[str, Any]]:
        flags = runfaults.flags(report)
        pairs = zip(self._ids.tolist(), texts, strict=True)
        return [{"id": run, "cells": row, "flag": flags.get(run, "")} for run, row in pairs]

    def _listen(self) -> None:
        bind(
            self._look,
            self,
            field_of_view=lambda value, gesture: self.set(gesture=gesture, field_of_view=value and f"{value} deg"),
        )
        bind(
            self._browse,
            self,
            every=lambda *_: self.choose(self.shown_runs),
            none=lambda *_: self.choose(()),
            check=lambda *_: self.check(),
        )
        self._table.on("sort", lambda name: self.act(lambda: self._sort(name)))
        self._table.on("choose", lambda id, add: self.act(lambda: self._choose([id], add, toggle=True)))  # noqa: A006
        self._table.on("span", lambda ids, add: self.act(lambda: self._choose(ids, add)))
        stage = self._stage
        stage.on_pixels(lambda _, shape: self.act(lambda: self._aim(region_of(shape, self._plane.pull()))))
        stage.on_shape(lambda _, text: self.act(lambda: self._aim(text)))
        stage.on_remove(lambda _: self.act(lambda: self._aim("")))
        stage.on_click(lambda x, y, reach: self.act(lambda: self._click(x, y, reach)))
        stage.on_look(lambda center, width: self.act(lambda: self.set(center=center, width=width)))

    # What the user does.

    def _sort(self, name: str) -> None:
        again = name == self.state.sort_by
        self.set(sort_by=name, sort_ascending=not self.state.sort_ascending if again else True)

    def _choose(self, runs: Sequence[int], add: bool, toggle: bool = False) -> None:
        before = list(self.shown.highlight) if add else []
        if toggle and add and set(runs) <= set(before):
            self.choose(run for run in before if run not in runs)
        else:
            self.choose([*before, *runs])

    def _aim(self, cone: str) -> None:
        """Show only the runs that point into a region, and choose them: one step of the history."""
        gesture = object()
        self.set(gesture=gesture, cone=cone)
        if cone:
            self.choose(self.shown_runs, gesture)

    def _click(self, x: float, y: float, reach: float) -> None:
        rows = self._pointings.at(self._plane.pull(), x, y, reach)
        found = self._ids[rows[self._kept.pull()[rows]]].tolist()
        if found:
            self.choose(found)

    def _chosen_runs(self) -> list[int]:
        """Numbers of the chosen runs that are here."""
        here = set(self._ids.tolist())
        return [run for run in dict.fromkeys(self.shown.highlight) if run in here]

    # What is shown.

    def _show_points(self, new: tuple[Any, ...]) -> None:
        _, keep, chosen = new
        targets = cells(self._runs, columns_of(self._runs, ObservationsView())[:2], np.arange(len(self._runs)))
        self._stage.show_points(self._pointings, [" · ".join(row) for row in targets], keep, chosen)

    def _show_shapes(self, new: tuple[Any, ...]) -> None:
        _, size, cone, chosen = new
        self._stage.show_shapes({"cone": cone}, self._pointings.only(chosen), size)

    def _show_rows(self, new: tuple[Any, ...]) -> None:
        names, rows = new
        columns = [{"name": name, **vars(column)} for name, column in zip(names, heads(self._runs, names), strict=True)]
        with self._table.hold_sync():
            self._table.columns, self._table.rows = columns, rows

    def _show_order(self, new: tuple[Any, ...]) -> None:
        order, (by, ascending) = new
        with self._table.hold_sync():
            self._table.order, self._table.sort = order.tolist(), {"by": by, "ascending": ascending}


def _both(*inputs: Any) -> Node[tuple[Any, ...]]:
    """Several values at once."""
    return Node(lambda *values: values, *inputs)


def _part(panel: ObservationsPanel, name: str) -> Source[Any]:
    return Source(lambda: getattr(panel.state, name))


def _of_filter(view: ObservationsView) -> ObservationsView:
    """The record with nothing but what decides which runs are shown."""
    return ObservationsView(columns=view.columns, where=view.where, find=view.find, cone=view.cone)


def _of_plane(view: ObservationsView, pointings: Pointings) -> ObservationsView:
    """The record with nothing but what decides the grid of the sky."""
    pivot = pivot_of(pointings, view.field_of_view, view.center, view.width)
    return ObservationsView(field_of_view=view.field_of_view, center=pivot, width=view.width if pivot else None)
