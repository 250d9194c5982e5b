"""From what is looked at to the parameters of a notebook that shows the same."""

from __future__ import annotations

from typing import Any

from gpnb.core.recipe import Recipe
from gpnb.core.units import skycoord_text
from gpnb.state.record import Record
from gpnb.state.selection import Selection

_CALLS = {
    "gpnb.DataStore.read()": {"path": "store"},
    ".select()": {"target": "target", "obs_id": "obs_id", "where": "where", "time": "time"},
    "gpnb.WcsGeometry.create()": {"center": "center", "width": "width", "binsz": "binsz"},
    "gpnb.find_peaks()": {"threshold": "threshold"},
    "gpnb.excess_map()": {"radius": "radius"},
}
"""Arguments of calls that are parameters of notebooks, by the calls they belong to."""


def parameters_of(recipe: Recipe | None, selection: Selection, view: Record) -> dict[str, Any]:
    """Parameters of how an object was made, and what is chosen and shown of it.

    Parameters
    ----------
    recipe : Recipe, optional
        Of the object.
    selection : Selection
        Wins over the recipe.
    view : Record
        Where it has a region or range of its own, that wins over both.

    Returns
    -------
    dict
        Literals, by the names that the notebooks use.
    """
    found = _of_recipe(recipe) if recipe is not None else {}
    return found | _of_selection(selection) | _of_view(view)


def _of_recipe(recipe: Recipe) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for step in recipe.walk():
        for argument, name in _CALLS.get(step.call, {}).items():
            value = step.kwargs.get(argument)
            if value is not None and not isinstance(value, dict):
                found[name] = value
        if step.call == "gpnb.Axis.energy()":
            name = "energy_true" if step.kwargs.get("name") == "energy_true" else "energy"
            found[name] = [step.kwargs["low"], step.kwargs["high"]]
    return found


def _of_selection(selection: Selection) -> dict[str, Any]:
    found = {name: value for name, value in selection.changed().items() if name in ("energy", "phase")}
    if selection.time_isot is not None:
        found["time"] = list(selection.time_isot)
    if selection.runs:
        found["obs_id"] = list(selection.runs)
    region: Any = selection.region
    if region is not None and hasattr(region, "center"):
        found["center"] = skycoord_text(region.center)
        if hasattr(region, "radius"):
            found["radius"] = f"{region.radius.to_value('deg'):.10g} deg"
    return found


def _of_view(view: Record) -> dict[str, Any]:
    changed = view.changed()
    return {name: value for name, value in changed.items() if name in ("energy", "time", "center", "width")}
