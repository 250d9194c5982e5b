"""Links between parameters: one takes the value of another."""

from __future__ import annotations

from collections.abc import Mapping

from gpnb.core.errors import ArgumentError
from gpnb.models.parameter import Parameter


def link_targets(parameters: Mapping[str, Parameter]) -> dict[str, str]:
    """For every linked parameter the one at the end of its links, by full names.

    Raises
    ------
    ArgumentError
        If a target does not exist, or the links run in a circle.

    Examples
    --------
    >>> link_targets({"a.index": Parameter("index", 2), "b.index": Parameter("index", 3, link="a.index")})
    {'b.index': 'a.index'}
    """
    return {name: _end(name, parameters) for name, item in parameters.items() if item.link}


def linked_values(parameters: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """Every linked parameter with the value of its target, in its own unit."""
    changed = {}
    for name, target in link_targets(parameters).items():
        source, item = parameters[target], parameters[name]
        moved = item.to(source.value if source.unit == item.unit else source.quantity)
        changed[name] = moved
    return changed


def _end(name: str, parameters: Mapping[str, Parameter]) -> str:
    seen = [name]
    while parameters[seen[-1]].link:
        target = parameters[seen[-1]].link
        if target not in parameters:
            raise ArgumentError(f"{seen[-1]} is linked to {target!r}, which is not a parameter of these models.")
        if target in seen:
            raise ArgumentError(f"The links of {', '.join(seen)} run in a circle.")
        seen.append(target)
    return seen[-1]
