"""The proposal panel, live: is a source seen, after how long, and when."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.near import meant
from gpnb.panels.proposal.plan import (
    detection_of,
    expected_rows,
    night_of,
    proposal_notes,
    response_rows,
    sensitivity_of,
    verdict_words,
    year_of,
)
from gpnb.panels.proposal.view import ProposalView
from gpnb.panels.proposal.words import proposal_chips, proposal_facts
from gpnb.panels.proposal.work import work_of
from gpnb.panels.verdict import FINE, Verdict
from gpnb.panels.work import Job
from gpnb.state.chips import Chip
from gpnb.state.graph import View
from gpnb.widgets.live import LivePanel, bind
from gpnb.widgets.parts.controls import Control, check, number, select
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.plot import PlotHead, PlotView
from gpnb.widgets.parts.table import TableView

_HEIGHT = 250
_MOST = 200.0
"""Hours at the end of the slider, if no more are asked for."""

_PLOTS = {"sensitivity": sensitivity_of, "detection": detection_of, "year": year_of, "night": night_of}


def open_panel(obj: Any, workspace: Any, changes: dict[str, Any], name: str | None = None) -> ProposalPanel:
    """The live panel of a proposal."""
    return ProposalPanel(obj, workspace, changes, name)


class ProposalPanel(LivePanel[ProposalView]):
    """A proposed observation, live; see `gpnb.panels.proposal.view.ProposalView`.

    Attributes
    ----------
    controls : Controls
        Hours, zenith, error of the background, Moon, responses.
    answer : PlotHead
        The verdict.
    plots : dict of PlotView
        ``sensitivity``, ``detection``, ``year``, ``night``.
    expected, responses : TableView
        Errors to be expected, and hours with each of the responses.
    """

    kind = "proposal"

    def title(self) -> str:
        """What this is."""
        return "Proposal"

    def facts(self) -> str:
        """Source, site, responses."""
        return proposal_facts(self._work, self.view)

    def notes(self) -> list[str]:
        """What cannot be seen, and why."""
        return proposal_notes(self._work, self.view)

    def chips(self) -> list[Chip]:
        """Source, site, responses and night."""
        return proposal_chips(self._work, self.view)

    def typed(self, name: str, text: str) -> None:
        """Take what was typed into a chip; empty text is what it was at first."""
        if name == "irfs" and text and text not in self._obj.names:
            raise ArgumentError(f"{text!r} are no responses that were given: {meant(text, self._obj.names)}")
        self.set(**{name: text.strip() or None})

    def build(self) -> list[Any]:
        """The verdict over plots and tables."""
        self._work = work_of(self._obj)
        self._work.reduce(self._obj.names[0])
        self.controls, self.answer = Controls(), PlotHead()
        self.answer.add_class("gpnb-common")
        self.plots = {name: PlotView(_HEIGHT) for name in _PLOTS}
        self.expected, self.responses = (
            TableView(label="Errors to be expected"),
            TableView(label="Hours to a detection"),
        )
        bind(
            self.controls,
            self,
            hours=lambda value, gesture: self.set(gesture=gesture, hours=f"{value} h"),
            zenith_max=lambda value, gesture: self.set(gesture=gesture, zenith_max=f"{value} deg"),
            percent=lambda value, gesture: self.set(
                gesture=gesture, systematics=None if value is None else value / 100
            ),
            dark=lambda value, gesture: self.set(gesture=gesture, moonlight=not value),
        )
        self.responses.on("choose", lambda key, add: self.act(lambda: self._choose(int(key))))  # noqa: ARG005
        plots = [plot.widget for plot in self.plots.values()]
        rows = plots[:2], plots[2:], [self.expected, self.responses]
        boxes = [ipywidgets.VBox(row).add_class("gpnb-plots").add_class("gpnb-plots-wide") for row in rows]
        return [self.controls, self.answer, *boxes]

    def missing(self, view: ProposalView) -> Job | None:
        """Responses that nobody has asked for yet."""
        return self._work.missing(view)

    def verdict(self) -> Verdict:
        """That the source is never detected."""
        found = self._work.detection(self.view)
        return FINE if np.isfinite(found.meta["hours"]) else Verdict(found.words)

    def views(self) -> list[View[Any]]:
        """What shows what."""
        work = self._work
        plots = [
            View(self.of_view(lambda view, make=make: make(work, view)), self.plots[name].show)
            for name, make in _PLOTS.items()
        ]
        return [
            View(self.of_view(self._items), self.controls.set_items),
            View(self.of_view(lambda view: verdict_words(work, view)), self._answer),
            *plots,
            View(self.of_view(lambda view: expected_rows(work, view)), lambda found: self.expected.show(*found)),
            View(self.of_view(lambda view: response_rows(work, view)), lambda found: self.responses.show(*found)),
        ]

    def _answer(self, words: tuple[str, str]) -> None:
        self.answer.title, self.answer.facts = words

    def _items(self, view: ProposalView) -> list[Control]:
        hours = {"label": "Hours", "value": view.hours, "text": f"{view.hours:g} h"}
        zenith = {"label": "Zenith up to", "value": view.zenith_max, "text": f"{view.zenith_max:g}°"}
        items = [
            _range("hours", 1.0, max(_MOST, view.hours), **hours),
            _range("zenith_max", 5.0, 80.0, **zenith),
            number("percent", "Background error (%)", 100 * view.systematics, size=5, step=0.5),
            check("dark", "Dark time only", not view.moonlight),
        ]
        names = self._obj.names
        if len(names) > 1:
            items.append(select("irfs", "Responses", self._work.irfs(view), [(name, name) for name in names]))
        return items

    def _choose(self, place: int) -> None:
        self.set(irfs=self._work.known(self.view)[place])


def _range(name: str, low: float, high: float, **given: Any) -> Control:
    """A slider that does not begin at 0."""
    return Control(name=name, kind="range", min=low, max=high, step=1.0, **given)
