"""Numbers and units as people read them: 10⁻¹¹, cm⁻² s⁻¹ TeV⁻¹, few plain ticks."""

from __future__ import annotations

import inspect
import math
import re
from functools import cache
from typing import Any

_HYPHEN = re.compile(r"(?<![\w.)\]-])-(?=[\d.∞])")
"""A hyphen that stands for a minus."""

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


def real_minus(text: str) -> str:
    """The text with a minus for each hyphen that stands for one.

    Examples
    --------
    >>> real_minus("-43 ± 56, J1745-303, 2024-06-20, (-0.8 σ)")
    '−43 ± 56, J1745-303, 2024-06-20, (−0.8 σ)'
    """
    return _HYPHEN.sub("−", text)


def counted(number: int, word: str) -> str:
    """So many of something.

    Examples
    --------
    >>> counted(1, "evaluation"), counted(0, "bin")
    ('1 evaluation', '0 bins')
    """
    return f"{number} {word}{'s' * (number != 1)}"


def class_words(kind: type) -> str:
    """The name of a class as words.

    Examples
    --------
    >>> class_words(type("ExcessMaps", (), {})), class_words(type("GTI", (), {}))
    ('Excess maps', 'GTI')
    """
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", kind.__name__)
    return " ".join([parts[0], *(part if part.isupper() else part.lower() for part in parts[1:])])


def labelled(name: str, unit: Any = "") -> str:
    """An axis title with its unit."""
    text = unit_text(unit)
    return f"{name} ({text})" if text else name


def rounded(value: float, error: float | tuple[float, float] = math.nan) -> str:
    """A value with its error, down and up, both with two digits of the smaller; three digits of a value without one.

    Examples
    --------
    >>> rounded(2.2714, 0.151), rounded(-2.2714, (0.15, 0.17)), rounded(0.12345)
    ('2.27 ± 0.15', '−2.27 +0.17 −0.15', '0.123')
    """
    down, up = error if isinstance(error, tuple) else (error, error)
    known = [side for side in (down, up) if math.isfinite(side) and side > 0]
    digits = max(0, 1 - math.floor(math.log10(min(known)))) if known else significant(value)
    text = f"{value:.{digits}f}"
    if known:
        low, high = (f"{side:.{digits}f}" for side in (down, up))
        text += f" ± {high}" if low == high else f" +{high} −{low}"
    return text.replace("-", "−")


def significant(value: float, digits: int = 3) -> int:
    """How many digits after the point show so many significant ones."""
    return max(0, digits - 1 - math.floor(math.log10(abs(value)))) if value and math.isfinite(value) else digits - 1


def own_power(value: float) -> int:
    """The power of ten that a value is written with; 0 where it is short without one."""
    exponent = math.floor(math.log10(abs(value))) if value and math.isfinite(value) else 0
    return exponent if exponent < -3 or exponent > 4 else 0


def value_words(value: float, error: float | tuple[float, float] = math.nan, unit: str = "") -> tuple[str, str]:
    """A value with its error, and its unit with the power of ten of both.

    Examples
    --------
    >>> value_words(4.789e-11, 3.6e-12, "TeV-1 s-1 cm-2")
    ('4.79 ± 0.36', '10⁻¹¹ TeV⁻¹ s⁻¹ cm⁻²')
    >>> value_words(2.27, (0.15, 0.17))
    ('2.27 +0.17 −0.15', '')
    """
    low, high = error if isinstance(error, tuple) else (error, error)
    exponent = own_power(value)
    scale = 10.0**exponent
    words = [power(scale) if exponent else "", plain_unit(unit)]
    return rounded(value / scale, (low / scale, high / scale)), " ".join(word for word in words if word)


@cache
def plain_unit(unit: str) -> str:
    """A unit, given as text, as in print."""
    from astropy import units as u

    return unit_text(u.Unit(unit)) if unit else ""


def parameter_meanings(text: str) -> dict[str, str]:
    """What a numpydoc text says of each parameter, on one line."""
    _, _, rest = inspect.cleandoc(text).partition("Parameters\n----------\n")
    part = re.split(r"\n\n[A-Z][a-z ]+\n-+\n", f"{rest}\n")[0]
    found: dict[str, str] = {}
    for names, _, words in re.findall(r"^(\w[\w, ]*?)( : [^\n]*)?\n((?:[ ]+[^\n]*\n|\n)+)", part + "\n", re.MULTILINE):
        found |= dict.fromkeys((name.strip() for name in names.split(",")), " ".join(words.split()))
    return found
