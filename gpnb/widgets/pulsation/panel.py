"""Phasograms and frequency scans, live."""

from __future__ import annotations

from typing import Any

from gpnb.panels.plot import Plot
from gpnb.panels.pulsation.frequency_scan import scan_facts, scan_plot, scan_table
from gpnb.panels.pulsation.phasogram import (
    chosen_bins,
    phase_range,
    phasogram_facts,
    phasogram_plot,
    phasogram_table,
)
from gpnb.panels.pulsation.view import TURNS, FrequencyScanView, PhasogramView
from gpnb.products.frequency_scan import FrequencyScan
from gpnb.widgets.one_plot import OnePlotPanel, Rows


def open_panel(obj: Any, workspace: Any, changes: dict[str, Any], name: str | None = None) -> OnePlotPanel:
    """The live panel of a phasogram, or of a frequency scan."""
    kind = FrequencyScanPanel if isinstance(obj, FrequencyScan) else PhasogramPanel
    return kind(obj, workspace, changes, name)


class PhasogramPanel(OnePlotPanel):
    """Counts or flux against phase, live; see `gpnb.panels.pulsation.view.PhasogramView`.

    A brush over the plot chooses phases for all panels of the workspace.
    """

    kind = "phasogram"
    chip_names = ("phase",)
    label = "Bins of phase"

    def title(self) -> str:
        """What this is."""
        return "Phasogram"

    def facts(self) -> str:
        """Events, the test for pulsation, the excess."""
        return phasogram_facts(self._obj)

    def count(self) -> str:
        """How many bins are chosen."""
        inside = chosen_bins(self._obj, self.shown)
        return f"{len(inside)} of {len(self._obj)} bins" if inside else ""

    def items(self, view: PhasogramView) -> list[dict[str, Any]]:
        """How often the turn is drawn."""
        turns = {"name": "turns", "kind": "select", "label": "Turns", "value": view.turns}
        return [{**turns, "options": [[number, str(number)] for number in TURNS]}]

    def make_plot(self, view: PhasogramView) -> Plot:
        """Counts or fluxes."""
        return phasogram_plot(self._obj, view)

    def make_rows(self, view: PhasogramView) -> Rows:
        """One row a bin; those in the chosen phases stand out."""
        return *phasogram_table(self._obj), chosen_bins(self._obj, view)

    def listen(self) -> None:
        """A brush, or a click on a row, chooses phases."""
        super().listen()
        self.plot.on_brush(self._brushed)
        self.table.on("choose", lambda key, add: self.act(lambda: self._choose(int(key))))  # noqa: ARG005

    def _brushed(self, low: float | None, high: float | None, gesture: Any) -> None:
        phase = None if low is None or high is None else phase_range(low, high)
        self.act(lambda: self.select(gesture=gesture, phase=phase))

    def _choose(self, place: int) -> None:
        """The phases of a bin; those that are chosen already are let go."""
        row = self._obj[place]
        again = chosen_bins(self._obj, self.shown) == [place]
        self.select(phase=None if again else (float(row["phase_min"]), float(row["phase_max"])))


class FrequencyScanPanel(OnePlotPanel):
    """Pulsation at trial frequencies, live."""

    kind = "frequencyscan"
    label = "The best frequencies"
    height = 260

    def title(self) -> str:
        """What this is."""
        return "Trial frequencies"

    def facts(self) -> str:
        """Events, the peak, the independent step of frequency."""
        return scan_facts(self._obj)

    def make_plot(self, view: FrequencyScanView) -> Plot:
        """The statistic against frequency."""
        return scan_plot(self._obj)

    def make_rows(self, view: FrequencyScanView) -> Rows:
        """The best frequencies."""
        return *scan_table(self._obj), None
