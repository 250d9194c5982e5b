"""Doing again what a recipe says."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from gpnb.core.errors import SelectionError
from gpnb.core.recipe import Recipe

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
        If part of it was made in memory, and is not there any more.

    Examples
    --------
    >>> import gpnb
    >>> replay(gpnb.Axis.energy("1 TeV", "10 TeV", nbin=2).recipe)
    <Axis energy: 2 bins, 1 to 10 TeV, log>
    """
    inputs = [replay(item) for item in recipe.inputs]
    return step(recipe, inputs)


def step(recipe: Recipe, inputs: Sequence[Any], **changed: Any) -> Any:
    """The last step of a recipe alone, on inputs that are there; `changed` arguments replace its own."""
    call = recipe.call.removesuffix("()")
    if call.startswith("$"):
        if recipe.made is not None:
            return recipe.made
        raise SelectionError(f"{recipe.name or 'Something'} was made in memory and is gone: keep it in a variable.")
    if call.startswith("["):
        return inputs[0][_index(call)]
    owner: Any = inputs[0] if call.startswith(".") else sys.modules["gpnb"]
    if call[0] != "." and not call.startswith("gpnb."):
        owner = _own_class(call)
    else:
        for name in call.removeprefix("gpnb.").strip(".").split("."):
            owner = getattr(owner, name)
    if not recipe.call.endswith("()"):
        return owner
    return owner(**{**arguments(recipe, inputs), **changed})


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
            return inputs[item["$input"]]
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
