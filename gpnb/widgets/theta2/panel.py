"""The θ² plot, live: counts at a source beside those at positions without one, and the cut."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.words import number
from gpnb.panels.plot import Plot
from gpnb.panels.theta2.cut import facts_of, inside, notes_of
from gpnb.panels.theta2.plot import COLUMNS, theta2_plot, theta2_rows
from gpnb.panels.theta2.view import Theta2View
from gpnb.widgets.live import bind
from gpnb.widgets.one_plot import OnePlotPanel, Rows


def open_panel(obj: Any, workspace: Any, changes: dict[str, Any], name: str | None = None) -> Theta2Panel:
    """The live panel of a θ² table."""
    return Theta2Panel(obj, workspace, changes, name)


class Theta2Panel(OnePlotPanel):
    """Counts against the squared angle from a source, live; see `gpnb.panels.theta2.view.Theta2View`."""

    kind = "theta2"
    label = "Bins of θ²"

    def title(self) -> str:
        """What this is."""
        return "θ²"

    def facts(self) -> str:
        """Of which position, and what lies within the cut."""
        position = str(self._obj.meta.get("position", ""))
        return " · ".join(word for word in (position, facts_of(self._obj, self.shown)) if word)

    def notes(self) -> list[str]:
        """A cut within a bin, no OFF counts, runs that were left out."""
        return notes_of(self._obj, self.shown)

    def count(self) -> str:
        """How many bins lie within the cut."""
        return f"{inside(self._obj, self.shown).bins} of {len(self._obj)} bins"

    def items(self, view: Theta2View) -> list[dict[str, Any]]:
        """The cut, from edge to edge of the bins."""
        edges = self._edges
        if len(edges) < 2:
            return []
        found = inside(self._obj, view)
        text = "all bins" if view.cut is None else f"{number(float(f'{view.cut:.6g}'))} deg²"
        places = {"min": 1, "max": len(edges), "step": 1, "value": max(found.bins, 1)}
        slider = {"name": "cut", "kind": "range", "label": "Cut", "text": text, **places}
        every = {"name": "all", "kind": "button", "label": "All bins", "hint": "Sum over all bins", "value": 0}
        return [slider, {**every, "disabled": view.cut is None}]

    def make_plot(self, view: Theta2View) -> Plot:
        """Counts over the background."""
        return theta2_plot(self._obj, view)

    def make_rows(self, view: Theta2View) -> Rows:
        """One row a bin; those within the cut stand out."""
        within = range(inside(self._obj, view).bins) if view.cut is not None else ()
        return list(COLUMNS), theta2_rows(self._obj), list(within)

    def listen(self) -> None:
        """The slider and a click on a row set the cut to the end of a bin."""
        bind(
            self.controls,
            self,
            cut=lambda value, gesture: self._cut_after(int(value), gesture),
            all=lambda _, gesture: self.set(gesture=gesture, cut=None),
        )
        self.table.on("choose", lambda key, add: self.act(lambda: self._cut_after(int(key) + 1)))  # noqa: ARG005

    @property
    def _edges(self) -> np.ndarray:
        """The ends of the bins."""
        return np.asarray(self._obj["theta2_max"], dtype=float)

    def _cut_after(self, bins: int, gesture: Any = None) -> None:
        """Let the cut be where so many bins end."""
        self.set(gesture=gesture, cut=f"{float(f'{self._edges[bins - 1]:.9g}')!r} deg2")
