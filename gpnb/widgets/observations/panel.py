"""The observation browser: the runs of a store or a choice of them, live."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ipywidgets
from astropy.coordinates import SkyCoord
from traitlets import link

from gpnb.core.errors import SelectionError
from gpnb.core.hooks import module_for
from gpnb.data.check import CheckReport
from gpnb.data.observations import Observations
from gpnb.panels.instrument.run import is_run
from gpnb.panels.observations import faults
from gpnb.panels.observations.filter import kept
from gpnb.panels.observations.graph import RunGraph
from gpnb.panels.observations.rows import heads, totals
from gpnb.panels.sky.shapes import region_of
from gpnb.state.chips import Chip
from gpnb.state.graph import Node, Source, View
from gpnb.widgets.live import LivePanel, bind
from gpnb.widgets.observations.controls import browse_items, read_cone, run_chips, sky_items
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.table import TableView
from gpnb.widgets.sky.stage import SkyStage

if TYPE_CHECKING:
    from gpnb.widgets.observations.aladin import AladinFields


def open_panel(obj: Any, workspace: Any, changes: dict[str, Any], name: str | None = None) -> LivePanel:
    """The live panel of several runs, or of one."""
    if is_run(obj):
        panel: LivePanel = module_for("live.instrument").open_panel(obj, workspace, changes, name)
        return panel
    return ObservationsPanel(obj, workspace, changes, name)


class ObservationsPanel(LivePanel):
    """Runs, live; see `gpnb.panels.observations.view.ObservationsView` for what decides how they are shown.

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
        view, runs = self.state, self.graph.chosen_runs or self.shown_runs
        if not runs:
            raise SelectionError("No run is shown or chosen: take away the filter, or choose runs.")
        wanted: dict[str, Any] = {"obs_id": runs}
        if not (self.graph.chosen_runs or view.cone or view.find):
            wanted = {"where": view.where} if view.where else {}
        if not wanted and isinstance(self._obj, Observations):
            return self._obj
        found: Observations = self._obj.select(**wanted)
        return found

    @property
    def shown_runs(self) -> list[int]:
        """Numbers of the runs that are shown, in their order."""
        return self.graph.shown_runs

    def choose(self, runs: Iterable[int], gesture: Any = None) -> None:
        """Choose runs by number; panels of the same workspace follow.

        Parameters
        ----------
        runs : iterable of int
            Their numbers; none for no choice.
        gesture : hashable, optional
            As of `set`.
        """
        gesture = object() if gesture is None else gesture
        if self.state.highlight:
            self.set(gesture=gesture, highlight=None)
        self.workspace.select(gesture=gesture, runs=tuple(dict.fromkeys(runs)))

    def check(self) -> None:
        """Look for faults in all files, in a thread of its own."""

        def done(report: CheckReport) -> None:
            self.report = report
            self.say(faults.fault_words(report), "attention" if report.of("error") else "fine")

        self.run("Checking", self._obj.check, done)

    # What the frame shows.

    def title(self) -> str:
        """What this is."""
        return "Observations"

    def facts(self) -> str:
        """Name of the store, and what is shown of it in all."""
        words = totals(self._runs[self.graph.kept.pull()], len(self._runs))
        return " · ".join(word for word in (getattr(self._obj, "name", ""), words) if word)

    def notes(self) -> list[str]:
        """How many runs have faults, and whether the sky is as asked for."""
        trouble = self._aladin.trouble if self._aladin is not None and self._now is self._aladin else ""
        return [*faults.fault_notes(self.report), *([trouble] if trouble else [])]

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
        chosen = len(self.graph.chosen_runs)
        return f"{chosen} of {len(self._runs)} chosen" if chosen else ""

    def totals(self) -> str:
        """What the chosen runs come to."""
        chosen = self.graph.chosen.pull()
        return f"Chosen: {totals(self._runs[chosen])}" if chosen.any() else ""

    # How it is put together.

    def build(self) -> list[Any]:
        """The sky beside the table; faults below."""
        self._runs = self._obj.table
        self.graph = RunGraph(self._runs, lambda: self.state, lambda: self.shown, lambda: self.report)
        self._look, self._browse = Controls(), Controls()
        self._table = TableView(label="Runs", many=True, empty="No run meets the filter.")
        self._faults = TableView(label="What the check found").add_class("gpnb-text")
        self._stage = SkyStage(self.graph.plane.pull(), tools=("move", "circle"))
        link((self._stage.flat, "pointed"), (self._table, "pointed"))
        self._aladin: AladinFields | None = None
        self._place = ipywidgets.VBox([self._stage.widget])
        self._listen()
        parts = ([self._place, self._look], [self._browse, self._table])
        columns = [ipywidgets.VBox(part).add_class("gpnb-stack") for part in parts]
        return [ipywidgets.Box(columns).add_class("gpnb-columns"), self._faults]

    def views(self) -> list[View[Any]]:
        """What shows what."""
        state, graph, can_check = Source(lambda: self.state), self.graph, hasattr(self._obj, "check")
        browse = Node(
            lambda view, order, chosen: browse_items(view, len(self._runs), len(order), int(chosen.sum()), can_check),
            state,
            graph.order,
            graph.chosen,
        )
        found = Node(faults.fault_table, Source(lambda: self.report), Source(lambda: tuple(graph.chosen_runs)))
        return [
            View(Node(sky_items, state), self._look.set_items),
            View(browse, self._browse.set_items),
            *self._views_of_sky(),
            View(_both(graph.names, graph.rows), lambda new: self._show_rows(*new)),
            View(_both(graph.order, graph.sorting), lambda new: self._show_order(*new)),
            View(graph.highlight, lambda runs: setattr(self._table, "chosen", list(runs))),
            View(found, lambda table: self._faults.show(*table)),
        ]

    def _views_of_sky(self) -> list[View[Any]]:
        graph, stage = self.graph, self._stage
        size, cone = Source(lambda: self.state.field_of_view), Source(lambda: self.state.cone)
        look, where, title = Source(lambda: (self.state.center, self.state.width)), graph.pointings, "Pointings of runs"
        on, survey = Source(lambda: self.state.backdrop), Source(lambda: self.state.survey)
        fields, dots = _both(size, graph.kept, graph.plane, on), _both(graph.kept, graph.chosen, size, graph.plane, on)
        shapes = _both(cone, graph.chosen, size, graph.plane, on)
        return [
            View(on, self._choose_stage),
            View(graph.plane, lambda geom: stage.show_empty(geom, title)),
            View(fields, lambda new: self._now.show_fields(where, *new[:2])),
            View(dots, lambda new: self._now.show_points(where, graph.labels, *new[:3])),
            View(shapes, lambda new: self._now.show_shapes({"cone": new[0]}, where.only(new[1]), new[2])),
            View(_both(look, graph.plane), lambda new: stage.show_part(*new[0])),
            View(_both(look, survey, on), lambda new: self._look_at(new[0], new[1])),
        ]

    @property
    def _now(self) -> SkyStage | AladinFields:
        """Where the pointings are shown."""
        return self._stage if self.state.backdrop == "pixels" or self._aladin is None else self._aladin

    def _choose_stage(self, backdrop: str) -> None:
        if backdrop == "sky" and self._aladin is None:
            from gpnb.widgets.observations.aladin import AladinFields  # here: it needs ipyaladin

            self._aladin = AladinFields(self.graph.pointings, self.state.field_of_view, self.state.survey)
            self._aladin.on_shape(lambda _, text: self.act(lambda: self._aim(text)))
            self._aladin.on_click(lambda coord, reach: self.act(lambda: self._click_at(coord, reach)))
            self._aladin.on_trouble(self.refresh)
        self._place.children = [self._now.widget]

    def _look_at(self, look: tuple[str, float | None], survey: str) -> None:
        if self._aladin is not None and self._now is self._aladin:
            self._aladin.look(*look, grid=True, survey=survey)

    def _listen(self) -> None:
        def size(value: Any, gesture: Any) -> None:
            self.set(gesture=gesture, field_of_view=None if value is None else f"{value} deg")

        bind(self._look, self, field_of_view=size)
        bind(
            self._browse,
            self,
            every=lambda *_: self.choose(self.shown_runs),
            none=lambda *_: self.choose(()),
            check=lambda *_: self.check(),
        )
        self._table.on("sort", lambda name: self.act(lambda: self._sort(name)))
        self._table.on("choose", lambda key, add: self.act(lambda: self._choose([key], add, toggle=True)))
        self._table.on("span", lambda keys, add: self.act(lambda: self._choose(keys, add)))
        stage, plane = self._stage, self.graph.plane
        stage.on_pixels(lambda _, shape: self.act(lambda: self._aim(region_of(shape, plane.pull()))))
        stage.on_remove(lambda _: self.act(lambda: self._aim("")))
        stage.on_click(lambda x, y, reach: self.act(lambda: self._click(x, y, reach)))
        stage.on_look(lambda center, width: self.act(lambda: self.set(center=center, width=width)))

    # What the user does.

    def _sort(self, name: str) -> None:
        again = name == self.state.sort_by
        self.set(sort_by=name, sort_ascending=not self.state.sort_ascending if again else True)

    def _choose(self, runs: Sequence[int], add: bool, toggle: bool = False) -> None:
        before = list(self.shown.highlight) if add else []
        if toggle and set(runs) <= set(before):
            self.choose(run for run in before if run not in runs)
        else:
            self.choose([*before, *runs])

    def _aim(self, cone: str) -> None:
        """Show only the runs that point into a region, and choose them: one step of the history."""
        gesture = object()
        self.set(gesture=gesture, cone=cone)
        if cone:
            self.choose(self.shown_runs, gesture)

    def _click_at(self, coord: SkyCoord, reach: float) -> None:
        found = self.graph.near(coord.ra.deg, coord.dec.deg, reach)
        if found:
            self.choose(found)

    def _click(self, x: float, y: float, reach: float) -> None:
        found = self.graph.at(x, y, reach)
        if found:
            self.choose(found)

    # What is shown.

    def _show_rows(self, names: Sequence[str], rows: list[dict[str, Any]]) -> None:
        columns = heads(self._runs, names)
        named = [{"name": name, **vars(head)} for name, head in zip(names, columns, strict=True)]
        flags = {row["key"]: row["flag"] for row in rows}
        self._table.fill(named, ((row["key"], row["cells"]) for row in rows), flags=flags)

    def _show_order(self, order: Any, sorting: tuple[str, bool]) -> None:
        by, ascending = sorting
        with self._table.hold_sync():
            self._table.order, self._table.sort = order.tolist(), {"by": by, "ascending": ascending}


def _both(*inputs: Any) -> Node[tuple[Any, ...]]:
    """Several values at once."""
    return Node(lambda *values: values, *inputs)
