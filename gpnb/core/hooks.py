"""The one door outward: things of outer rooms that inner rooms reach by name, when first used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from gpnb.core.errors import ArgumentError

_MODULES: dict[str, str] = {
    "panel.frame": "gpnb.draw.static",
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
    "panel.lightcurve": "gpnb.draw.lightcurve",
    "live.observations": "gpnb.widgets.observations",
    "live.sky": "gpnb.widgets.sky",
    "live.events": "gpnb.widgets.events",
    "live.instrument": "gpnb.widgets.instrument",
    "live.spectrum": "gpnb.widgets.spectrum",
    "live.fit": "gpnb.widgets.spectrum",
    "live.points": "gpnb.widgets.points",
    "live.lightcurve": "gpnb.widgets.lightcurve",
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
