"""The one door outward: things of outer rooms that inner rooms reach by name, when first used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from gpnb.core.errors import ArgumentError

_MODULES: dict[str, str] = {
    "record.ObservationsView": "gpnb.panels.observations.view",
    "record.InstrumentView": "gpnb.panels.instrument.view",
    "record.EventsView": "gpnb.panels.events.view",
    "record.SkyView": "gpnb.panels.sky.view",
    "record.SpectrumView": "gpnb.panels.spectrum.view",
    "record.LightCurveView": "gpnb.panels.lightcurve.view",
    "record.PointsView": "gpnb.panels.points.view",
    "record.Theta2View": "gpnb.panels.theta2.view",
    "record.PhasogramView": "gpnb.panels.pulsation.view",
    "record.FrequencyScanView": "gpnb.panels.pulsation.view",
    "record.SensitivityView": "gpnb.panels.proposal.view",
    "record.DetectionTimeView": "gpnb.panels.proposal.view",
    "record.VisibilityView": "gpnb.panels.proposal.view",
    "record.VisibleHoursView": "gpnb.panels.proposal.view",
    "record.ProposalView": "gpnb.panels.proposal.view",
    "record.RowsView": "gpnb.panels.table.view",
    "record": "gpnb.panels.opened",
    "panel.frame": "gpnb.draw.static",
    "panel.handle": "gpnb.widgets.handle",
    "panel.observations": "gpnb.draw.observations",
    "panel.instrument": "gpnb.draw.instrument",
    "panel.events": "gpnb.draw.events",
    "panel.sky": "gpnb.draw.sky",
    "panel.spectrum": "gpnb.draw.spectrum",
    "panel.fit": "gpnb.draw.spectrum",
    "panel.points": "gpnb.draw.points",
    "panel.theta2": "gpnb.draw.theta2",
    "panel.phasogram": "gpnb.draw.phasogram",
    "panel.frequencyscan": "gpnb.draw.frequency_scan",
    "panel.sensitivity": "gpnb.draw.sensitivity",
    "panel.detectiontime": "gpnb.draw.detection_time",
    "panel.visibility": "gpnb.draw.visibility",
    "panel.visiblehours": "gpnb.draw.visible_hours",
    "panel.proposal": "gpnb.draw.proposal",
    "panel.lightcurve": "gpnb.draw.lightcurve",
    "panel.table": "gpnb.draw.table",
    "live.observations": "gpnb.widgets.observations.panel",
    "live.sky": "gpnb.widgets.sky.panel",
    "live.events": "gpnb.widgets.events.panel",
    "live.instrument": "gpnb.widgets.instrument.panel",
    "live.spectrum": "gpnb.widgets.spectrum.panel",
    "live.fit": "gpnb.widgets.spectrum.panel",
    "live.points": "gpnb.widgets.points.panel",
    "live.theta2": "gpnb.widgets.theta2.panel",
    "live.phasogram": "gpnb.widgets.pulsation.panel",
    "live.frequencyscan": "gpnb.widgets.pulsation.panel",
    "live.sensitivity": "gpnb.widgets.proposal.panel",
    "live.detectiontime": "gpnb.widgets.proposal.panel",
    "live.visibility": "gpnb.widgets.proposal.panel",
    "live.visiblehours": "gpnb.widgets.proposal.panel",
    "live.proposal": "gpnb.widgets.proposal.plan",
    "live.lightcurve": "gpnb.widgets.lightcurve.panel",
    "live.table": "gpnb.widgets.table.panel",
    "product.sed": "gpnb.products.energy_distribution",
    "estimate.cube": "gpnb.estimate.fitted_cube",
    "store.demo": "gpnb.simulate.demo",
}


def register(name: str, module: str) -> None:
    """Let `module` stand behind `name`; replaces what was there."""
    _MODULES[name] = module


def knows(name: str) -> bool:
    """Whether something stands behind `name`."""
    return name in _MODULES


def module_for(name: str) -> Any:
    """The module behind `name`, imported now."""
    if name not in _MODULES:
        raise ArgumentError(f"Nothing is registered as {name!r}; there are: {', '.join(sorted(_MODULES))}.")
    return import_module(_MODULES[name])
