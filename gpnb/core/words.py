"""Numbers and units as people read them: 10⁻¹¹, cm⁻² s⁻¹ TeV⁻¹, few plain ticks."""

from __future__ import annotations

import inspect
import math
import re
from typing import Any

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def energy_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Values 1 and 3 of each decade between two energies; fewer over many decades."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    inside = [base * 10.0**power for power in decades for base in (1, 3) if low <= base * 10.0**power <= high]
    if len(inside) < 3:
        fine = [base * 10.0**power for power in decades for base in (1, 2, 5) if low <= base * 10.0**power <= high]
        return fine or [low, high]
    if len(inside) <= most:
        return inside
    powers = [value for value in inside if math.isclose(value, 10 ** round(math.log10(value)))]
    return powers[:: math.ceil(len(powers) / most)]


def log_ticks(low: float, high: float, most: int = 5) -> dict[float, str]:
    """Few values on a log axis with their labels: powers of ten, finer within two decades."""
    powers = range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)
    step = max(1, math.ceil(len(powers) / most))
    ticks = energy_ticks(low, high) if len(powers) < 2 else [10.0**power for power in powers[::step]]
    written = number if all(0.01 <= tick <= 1000 for tick in ticks) else power
    return {tick: written(tick) for tick in ticks}


def number(value: float) -> str:
    """A tick label: plain where it is short, else as 10⁻¹¹ or 3 × 10⁵."""
    if value == 0 or 1e-3 < abs(value) < 1e5:
        return f"{value:.6g}".replace("-", "−")
    return power(value)


def power(value: float) -> str:
    """A tick label as 10⁻¹¹ or 3 × 10⁵; 1 and 10 stay plain."""
    exponent = math.floor(math.log10(abs(value)) + 1e-9)
    factor = value / 10.0**exponent
    if exponent in (0, 1):
        return f"{value:.3g}".replace("-", "−")
    lead = "" if math.isclose(factor, 1, rel_tol=1e-6) else f"{factor:.3g} × ".replace("-", "−")
    return f"{lead}10{str(exponent).translate(_SUPERSCRIPT)}"


def unit_text(unit: Any) -> str:
    """A unit as in print: cm⁻² s⁻¹ TeV⁻¹; empty for none."""
    text = unit.to_string(fraction=False) if hasattr(unit, "to_string") else str(unit)
    return " ".join(_unit_word(word) for word in text.split())


def _unit_word(word: str) -> str:
    base = word.rstrip("-0123456789")
    return base + word[len(base) :].translate(_SUPERSCRIPT)


def labelled(name: str, unit: Any = "") -> str:
    """An axis title with its unit."""
    text = unit_text(unit)
    return f"{name} ({text})" if text else name


def parameter_meanings(text: str) -> dict[str, str]:
    """What a numpydoc text says of each parameter, on one line."""
    _, _, rest = inspect.cleandoc(text).partition("Parameters\n----------\n")
    part = re.split(r"\n\n[A-Z][a-z ]+\n-+\n", f"{rest}\n")[0]
    found: dict[str, str] = {}
    for names, _, words in re.findall(r"^(\w[\w, ]*?)( : [^\n]*)?\n((?:[ ]+[^\n]*\n|\n)+)", part + "\n", re.MULTILINE):
        found |= dict.fromkeys((name.strip() for name in names.split(",")), " ".join(words.split()))
    return found
