"""Probabilities in words."""

from __future__ import annotations

import math

from gpnb.core.words import number

_LEAST = 1e-300


def chance_words(p_value: float, equal: str = "= ") -> str:
    """A probability with few digits after `equal`; what is too small for numbers as a limit."""
    if not math.isfinite(p_value):
        return f"{equal}–"
    if p_value < _LEAST:
        return "< 10⁻³⁰⁰"
    return f"{equal}{number(float(f'{p_value:.2g}'))}"
