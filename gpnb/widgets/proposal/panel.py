"""Sensitivities and times to detection, live."""

from __future__ import annotations

from typing import Any

from gpnb.panels.plot import Plot
from gpnb.panels.proposal.detection import detection_facts, detection_plot, detection_rows
from gpnb.panels.proposal.sensitivity import sensitivity_facts, sensitivity_plot, sensitivity_rows
from gpnb.widgets.one_plot import OnePlotPanel, Rows


def open_panel(obj: Any, workspace: Any, changes: dict[str, Any], name: str | None = None) -> OnePlotPanel:
    """The live panel of a sensitivity, or of a time to detection."""
    kinds = (SensitivityPanel, DetectionTimePanel)
    (kind,) = (kind for kind in kinds if kind.kind == obj.panel)
    return kind(obj, workspace, changes, name)


class SensitivityPanel(OnePlotPanel):
    """The least fluxes that are detected, live."""

    kind = "sensitivity"
    label = "Least fluxes"

    def title(self) -> str:
        """What this is."""
        return "Sensitivity"

    def facts(self) -> str:
        """Hours, and what is demanded."""
        return sensitivity_facts(self._obj)

    def make_plot(self, view: Any) -> Plot:
        """Flux against energy."""
        return sensitivity_plot(self._obj)

    def make_rows(self, view: Any) -> Rows:
        """One row an energy."""
        return *sensitivity_rows(self._obj), None


class DetectionTimePanel(OnePlotPanel):
    """Significance against live time, live."""

    kind = "detectiontime"
    label = "Live times"

    def title(self) -> str:
        """What this is."""
        return "Time to detection"

    def facts(self) -> str:
        """The answer."""
        return detection_facts(self._obj)

    def make_plot(self, view: Any) -> Plot:
        """√TS against hours."""
        return detection_plot(self._obj)

    def make_rows(self, view: Any) -> Rows:
        """A few live times."""
        return *detection_rows(self._obj), None
