"""Settings of back ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gpnb.core.errors import ArgumentError


def options_of(backend: str, usual: Mapping[str, float], given: Mapping[str, float]) -> dict[str, Any]:
    """The usual settings of a back end with those that were given.

    Raises
    ------
    ArgumentError
        If there is another one.
    """
    unknown = sorted(set(given) - set(usual))
    if unknown:
        raise ArgumentError(f"{unknown[0]!r} is no option of the back end {backend}; it has: {', '.join(usual)}.")
    return {**usual, **given}
