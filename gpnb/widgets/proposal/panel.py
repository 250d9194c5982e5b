"""Sensitivities, times to detection, nights and years, live."""

from __future__ import annotations

from typing import Any

from gpnb.panels.plot import Plot
from gpnb.panels.proposal.detection import detection_facts, detection_plot, detection_rows
from gpnb.panels.proposal.sensitivity import sensitivity_facts, sensitivity_plot, sensitivity_rows
from gpnb.panels.proposal.visibility import (
    night_facts,
    night_notes,
    night_plot,
    night_rows,
    year_facts,
    year_plot,
    year_rows,
)
from gpnb.widgets.one_plot import OnePlotPanel, Rows


def open_panel(obj: Any, workspace: Any, changes: dict[str, Any], name: str | None = None) -> OnePlotPanel:
    """The live panel of a sensitivity, a time to detection, a night or a year."""
    kinds = (SensitivityPanel, DetectionTimePanel, VisibilityPanel, VisibleHoursPanel)
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


class VisibilityPanel(OnePlotPanel):
    """A night, live."""

    kind = "visibility"
    label = "Usable time"

    def title(self) -> str:
        """What this is."""
        return "Night"

    def facts(self) -> str:
        """Target, site, hours."""
        return night_facts(self._obj)

    def notes(self) -> list[str]:
        """That no hour is usable."""
        return night_notes(self._obj)

    def make_plot(self, view: Any) -> Plot:
        """Altitude against time."""
        return night_plot(self._obj)

    def make_rows(self, view: Any) -> Rows:
        """One row a stretch of usable time."""
        return *night_rows(self._obj), None


class VisibleHoursPanel(OnePlotPanel):
    """A year, live."""

    kind = "visiblehours"
    label = "Months"

    def title(self) -> str:
        """What this is."""
        return "Year"

    def facts(self) -> str:
        """Target, site, hours."""
        return year_facts(self._obj)

    def make_plot(self, view: Any) -> Plot:
        """Hours by month and zenith angle."""
        return year_plot(self._obj)

    def make_rows(self, view: Any) -> Rows:
        """One row a month."""
        return *year_rows(self._obj), None
