"""Whether two sides found the same numbers."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from catalogue import EXACT, Tolerance


def differences(ours: dict[str, Any], theirs: dict[str, Any], tolerance: dict[str, Tolerance]) -> list[str]:
    """One sentence for each number that is not the same within its tolerance."""
    if ours.keys() != theirs.keys():
        return [f"different numbers: {sorted(ours)} and {sorted(theirs)}"]
    return [
        sentence
        for name in ours
        for sentence in _one(name, _list(ours[name]), _list(theirs[name]), _tolerance(name, tolerance))
    ]


def _one(name: str, ours: list[float], theirs: list[float], tolerance: Tolerance) -> list[str]:
    if len(ours) != len(theirs):
        return [f"{name}: {len(ours)} values beside {len(theirs)}"]
    relative, absolute = tolerance
    far = [
        (number, a, b)
        for number, (a, b) in enumerate(zip(ours, theirs, strict=True))
        if not abs(a - b) <= max(relative * abs(b), absolute)
    ]
    return [f"{name}[{number}]: {a:.6g} beside {b:.6g}" for number, a, b in far]


def _tolerance(name: str, tolerance: dict[str, Tolerance]) -> Tolerance:
    return next((value for pattern, value in tolerance.items() if fnmatchcase(name, pattern)), EXACT)


def _list(value: Any) -> list[float]:
    return list(value) if isinstance(value, list) else [value]
