"""How one model is nested in another: what is free in the larger one alone, and starts at a limit there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.fitting.vector import PARTS

if TYPE_CHECKING:
    from gpnb.fitting.result import FitResult
    from gpnb.models.collection import Models
    from gpnb.models.parameter import Parameter

_SAME = 1e-9
"""Part of a value: less is rounding."""


@dataclass(frozen=True)
class Nesting:
    """What the larger model has beyond the simpler one.

    Parameters
    ----------
    bounded : int
        How many of its further parameters have a limit of theirs as value in the simpler model.
    notes : tuple of str
        What stands against chi square.
    """

    bounded: int
    notes: tuple[str, ...]


def nesting_of(simple: FitResult, rich: FitResult) -> Nesting:
    """Compare the models of two fits.

    Raises
    ------
    ArgumentError
        If a parameter is free in the simpler model, and frozen in the larger.
    """
    old, new = simple.models.resolved(), rich.models.resolved()
    frozen = [name for name in simple.names if name in new.parameters and new.parameters[name].frozen]
    if frozen:
        raise ArgumentError(
            f"{frozen[0]} is free in the simpler model and frozen in the larger, so that neither is nested: thaw it "
            "there, or compare their .aic."
        )
    gone = [name for name in old.names if name not in new.names]
    if gone:
        return Nesting(0, (f"only the simpler model has {', '.join(gone)}: limits were not looked for",))
    null = _null_values(simple, rich)
    bounded = sum(_at_limit(new.parameters[name], value) for name, value in null.items())
    return Nesting(bounded, tuple(_unknown_words(old, rich)))


def _null_values(simple: FitResult, rich: FitResult) -> dict[str, float]:
    """Values in the simpler model of what is free in the larger alone, where they are known."""
    known, found = simple.models.resolved().parameters, {}
    for name in rich.names:
        if name in known and name not in simple.names:
            found[name] = known[name].value
    for source in rich.models.names:
        if source not in simple.models.names:
            norms = norm_names(rich, source)
            found |= dict.fromkeys(norms, 0.0)
        else:
            found |= dict.fromkeys(_new_names(simple, rich, source), 0.0)
    return found


def norm_names(result: FitResult, source: str) -> list[str]:
    """Full names of the free parameters of a source that its flux is proportional to."""
    likelihood = result.likelihood()
    own = likelihood.parameters.slots[likelihood.models.names.index(source)].numbers
    norms = likelihood.is_norm(likelihood.start)
    return [result.names[number] for number in sorted(set(own.tolist())) if norms[number]]


def _new_names(simple: FitResult, rich: FitResult, source: str) -> list[str]:
    """Parameters that a part of a source has beyond all those that it had: at 0 it is what it was."""
    old, new, found = simple.models[source], rich.models[source], []
    for part in PARTS:
        before, after = old.full_names(part), new.full_names(part)
        if set(before) < set(after):
            found += [name for name in after if name not in before and name in rich.names]
    return found


def _at_limit(parameter: Parameter, value: float) -> bool:
    near = _SAME * max(abs(value), abs(parameter.error) if np.isfinite(parameter.error) else 0.0)
    return bool(value <= parameter.min + near or value >= parameter.max - near)


def _unknown_words(old: Models, rich: FitResult) -> list[str]:
    """What has no meaning where the simpler model is true."""
    found = []
    for source in rich.models.names:
        if source not in old.names:
            norms = norm_names(rich, source)
            others = [name for name in rich.names if name.startswith(f"{source}.") and name not in norms]
            if others:
                found.append(without_meaning(source, others))
    return found


def without_meaning(source: str, names: list[str]) -> str:
    """What is said of the shape of a source that is not there (Protassov et al. 2002, ApJ 571, 545)."""
    shorts = ", ".join(name.partition(".")[2] for name in names)
    return f"there is no {shorts} where {source} is absent, so that p is rough"
