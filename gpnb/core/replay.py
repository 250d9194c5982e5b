"""Doing again what a recipe says."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from functools import reduce
from inspect import getattr_static, isroutine
from typing import Any

from gpnb.core.errors import SelectionError
from gpnb.core.faults import faults_told, one_line
from gpnb.core.recipe import Recipe

FUNCTIONS = frozenset(
    """
    gpnb.asimov gpnb.datasets.spectrum_stack.stack_spectra gpnb.demo_store gpnb.excess_map gpnb.expected_fit
    gpnb.extension gpnb.fake gpnb.find_peaks gpnb.find_sources gpnb.fit gpnb.flux_map gpnb.flux_points
    gpnb.flux_profile gpnb.frequency_scan gpnb.irf.RadMax.from_response gpnb.light_curve gpnb.livetime_map
    gpnb.localize gpnb.maps.masks.dilate gpnb.periodogram gpnb.phase_flux gpnb.phasogram gpnb.predict
    gpnb.read_catalog gpnb.read_irf gpnb.reduce_map gpnb.reduce_spectrum gpnb.residual_map gpnb.sensitivity
    gpnb.sensitivity_map gpnb.show gpnb.simulate.instrument.cta_like gpnb.simulate_events gpnb.simulate_spectrum
    gpnb.theta2_table gpnb.time_to_detection gpnb.to_image gpnb.to_spectrum gpnb.ts_map gpnb.variability
    gpnb.visibility gpnb.visible_hours
    """.split()  # noqa: SIM905
)
"""Functions that recipes name; public classes and their class methods need not be listed."""

METHODS = frozenset(
    """
    __add__ __and__ __ge__ __gt__ __invert__ __le__ __lt__ __mul__ __or__ __radd__ __rmul__ __rsub__ __rtruediv__
    __sub__ __truediv__ around at at_nodes between check cone convolve cube cutout downsample fill_events flux_points
    group image in_phase kernel masked nearest oriented paste refine region_mask reproject resample restrict select
    series slice smooth split squash stack sum_over to view with_events with_limits
    """.split()  # noqa: SIM905
)
"""Methods that recipes name: none of them writes."""

_ITEM = re.compile(r"\[(-?\d*)(:?)(-?\d*)(?::(-?\d*))?\]")


def replay(recipe: Recipe) -> Any:
    """Make the object of a recipe again, in this process.

    Parameters
    ----------
    recipe : Recipe
        Of something that was not made in memory, nor from such things, unless they are still there.

    Raises
    ------
    SelectionError
        If part of it was made in memory, and is not there any more; or it cannot be followed.

    Examples
    --------
    >>> import gpnb
    >>> replay(gpnb.Axis.energy("1 TeV", "10 TeV", nbin=2).recipe)
    <Axis energy: 2 bins, 1 to 10 TeV, log>
    """
    with faults_told(f"The step {one_line(recipe.call)} of a recipe cannot be followed", SelectionError):
        inputs = [replay(item) for item in recipe.inputs]
        return step(recipe, inputs)


def step(recipe: Recipe, inputs: Sequence[Any], **changed: Any) -> Any:
    """The last step of a recipe alone, on inputs that are there; `changed` arguments replace its own.

    Raises
    ------
    SelectionError
        If it is not a call that gpnb records: a recipe may come from somebody else's file, and must run nothing else.
    """
    call = recipe.call.removesuffix("()")
    if call.startswith("$"):
        if recipe.made is not None:
            return recipe.made
        raise SelectionError(f"{recipe.name or 'Something'} was made in memory and is gone: keep it in a variable.")
    if call.startswith("["):
        return _first(recipe, inputs)[_index(call)]
    if not recipe.call.endswith("()"):
        return _attribute(recipe, inputs)
    verb = _method(recipe, inputs) if call.startswith(".") else _maker(call)
    return verb(**{**arguments(recipe, inputs), **changed})


def _maker(call: str) -> Any:
    """A class or function: of gpnb, or a class that somebody wrote."""
    if not call.startswith("gpnb."):
        return _own_class(call)
    names = call.split(".")[1:]
    gpnb = sys.modules["gpnb"]
    kind = getattr(gpnb, names[0]) if names[0] in gpnb.__all__ else None
    if isinstance(kind, type) and len(names) == 1:
        return kind
    if isinstance(kind, type) and len(names) == 2 and isinstance(getattr_static(kind, names[1], None), classmethod):
        return getattr(kind, names[1])
    if call not in FUNCTIONS:
        raise _not_recorded(call)
    return reduce(getattr, names, gpnb)


def _method(recipe: Recipe, inputs: Sequence[Any]) -> Any:
    name = recipe.call.removesuffix("()")[1:]
    if name not in METHODS:
        raise _not_recorded(f".{name}()")
    return getattr(_first(recipe, inputs), name)


def _attribute(recipe: Recipe, inputs: Sequence[Any]) -> Any:
    name = recipe.call[1:]
    public = recipe.call.startswith(".") and name[:1].isalpha()
    found = getattr(_first(recipe, inputs), name, _first) if public else _first
    if isroutine(found):
        raise _not_recorded(recipe.call)
    return found


def _first(recipe: Recipe, inputs: Sequence[Any]) -> Any:
    if not inputs:
        raise SelectionError(f"The recipe says {recipe.call}, but not of what: give one that gpnb wrote.")
    return inputs[0]


def _not_recorded(call: str) -> SelectionError:
    return SelectionError(f"{call} is not a step that gpnb records: a recipe is followed only through what makes data.")


def _own_class(call: str) -> type:
    """A class that somebody wrote, if its module is imported; only what has a recipe can be made so."""
    module, _, name = call.rpartition(".")
    found = getattr(sys.modules.get(module), name, None)
    if not isinstance(found, type) or not hasattr(found, "recipe"):
        raise SelectionError(f"{call} is not known here: import or define it first.")
    return found


def arguments(recipe: Recipe, inputs: Sequence[Any]) -> dict[str, Any]:
    """The arguments of the last step."""
    return {name: _value(item, inputs) for name, item in recipe.kwargs.items()}


def _value(item: Any, inputs: Sequence[Any]) -> Any:
    if isinstance(item, Mapping):
        if "$input" in item:
            place = item["$input"]
            if not isinstance(place, int) or not 0 <= place < len(inputs):
                raise SelectionError(f"The recipe asks for input {place!r} of {len(inputs)}: give one that gpnb wrote.")
            return inputs[place]
        if "$memory" in item:
            raise SelectionError(f"{item['$memory']} was made in memory: the recipe cannot be followed.")
        return {key: _value(part, inputs) for key, part in item.items()}
    return [_value(part, inputs) for part in item] if isinstance(item, list) else item


def _index(call: str) -> Any:
    found = _ITEM.fullmatch(call)
    if found is None:
        return call[1:-1].strip("'\"")
    numbers = [int(item) if item else None for item in found.group(1, 3, 4)]
    return slice(*numbers) if found.group(2) else numbers[0]
