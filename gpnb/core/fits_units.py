"""Units as files write them."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

from astropy import units as u

from gpnb.core.errors import DataFormatError
from gpnb.core.faults import one_line

_WORDS = {
    **dict.fromkeys(("count", "counts", "cts", "cnt", "cnts", "events"), "ct"),
    **dict.fromkeys(("photon", "photons"), "ph"),
    **dict.fromkeys(("none", "unitless", "dimensionless"), ""),
}
"""Words that stand where a unit belongs, whatever their case."""

_COUNTED = (u.ct, u.ph)


@lru_cache(maxsize=256)
def parse_unit(text: str) -> u.UnitBase:
    """A unit in any of the forms that files have: ``m**2``, ``s^-1 MeV^-1``, ``1/s/MeV/sr``, ``sr^(-1)``, ``Counts``.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> parse_unit("1/s/MeV/sr") == parse_unit("s^-1 MeV^-1 sr^(-1)")
    True
    >>> parse_unit("COUNTS / s")
    Unit("ct / s")
    """
    plain = re.sub(r"[A-Za-z]+", lambda word: _WORDS.get(word[0].lower(), word[0]), text.strip())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", u.UnitsWarning)
        for form in ("fits", "ogip"):
            try:
                return u.Unit(plain, format=form)
            except (ValueError, TypeError, ArithmeticError):
                continue
        try:
            return u.Unit(plain.replace("^", "**"))
        except (TypeError, ArithmeticError) as error:
            raise ValueError(f"{text!r} is no unit") from error


def without_counts(unit: u.UnitBase) -> u.UnitBase:
    """The unit without photons and counts, which are numbers here and no dimension.

    Examples
    --------
    >>> without_counts(u.Unit("ph cm-2 s-1"))
    Unit("1 / (s cm2)")
    """
    for base, power in zip(getattr(unit, "bases", ()), getattr(unit, "powers", ()), strict=True):
        if base in _COUNTED:
            unit = unit / base**power
    return unit


def unit_factor(found: str | None, wanted: u.UnitBase | str, where: str) -> float:
    """What to multiply by to come from the unit of a column to `wanted` (1 if the column has none).

    Raises
    ------
    DataFormatError
        If they are of different kinds; names `where`.
    """
    if not found or not found.strip():
        return 1.0
    target = u.Unit(wanted)
    try:
        unit = parse_unit(found)
        unit = unit if unit.is_equivalent(target) else without_counts(unit)
        factor = float(unit.to(target))
    except (ValueError, TypeError, ArithmeticError, u.UnitConversionError) as error:
        raise DataFormatError(f"{where}: unit {one_line(found)!r} is not convertible to {wanted}.") from error
    if not 0 < factor < float("inf"):
        raise DataFormatError(f"{where}: unit {one_line(found)!r} is {factor:g} {wanted}, which no unit is.")
    return factor
