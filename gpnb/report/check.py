"""Given parameters against the notebook's own, before anything runs.

The default of a parameter says what it takes: a number, text, a value with a unit,
a position, a region, a time, or a list of one of these.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.core.near import meant
from gpnb.core.sky_regions import to_regions
from gpnb.core.units import to_quantity, to_range, to_skycoord, to_time
from gpnb.report.defaults import NotebookParameter

Check = Callable[[Any, str], Any]
"""Takes a value and the parameter's name; gives the value for the notebook or raises `ArgumentError`."""

_RANGES = {"energy", "energy_true", "time", "phase"}
"""Names of the common vocabulary whose pairs run from low to high."""

_SHAPE = re.compile(r"[a-z]\s*\(", re.IGNORECASE)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|mjd\s*\d", re.IGNORECASE)


def check_parameters(known: Mapping[str, NotebookParameter], given: Mapping[str, Any], source: str) -> dict[str, Any]:
    """Check names, types and units of given parameters.

    Parameters
    ----------
    known : mapping
        The notebook's parameters, from `read_defaults`.
    given : mapping
        What the user wants instead of the defaults.
    source : str
        The notebook's name, for errors.

    Returns
    -------
    dict
        The given values, as the notebook takes them.

    Raises
    ------
    ArgumentError
        One sentence for the first wrong one.
    """
    return {name: check_value(_find(known, name, source), value) for name, value in given.items()}


def check_value(parameter: NotebookParameter, value: Any) -> Any:
    """Check one value against the kind of the parameter's default.

    Examples
    --------
    >>> check_value(NotebookParameter("radius", "0.1 deg"), "6 arcmin")
    '6 arcmin'
    >>> check_value(NotebookParameter("radius", "0.1 deg"), "6 TeV")
    Traceback (most recent call last):
    ...
    gpnb.core.errors.ArgumentError: radius='6 TeV' is in TeV, which is not convertible to deg.
    """
    if value == parameter.default and type(value) is type(parameter.default):
        return value
    return _checker(parameter.default)(value, parameter.name)


def _find(known: Mapping[str, NotebookParameter], name: str, source: str) -> NotebookParameter:
    if name in known:
        return known[name]
    if not known:
        raise ArgumentError(
            f"{source} takes no parameters (no cell is tagged 'parameters'), so {name!r} has no place in it."
        )
    raise ArgumentError(f"{source} has no parameter {name!r}: {meant(name, known, 'it takes')}")


def _checker(default: Any) -> Check:
    match default:
        case None:
            return lambda value, _: value
        case bool():
            return _bool
        case int() | float():
            return lambda value, name: _number(value, name, default)
        case str():
            return _text_checker(default)
        case list() | tuple():
            return lambda value, name: _list(value, name, list(default))
        case _:
            return lambda value, name: _same_type(value, name, default)


def _bool(value: Any, name: str) -> bool:
    if isinstance(value, str):  # YAML takes no other words for them than true and false; people do
        value = {"yes": True, "on": True, "no": False, "off": False}.get(value.strip().lower(), value)
    if not isinstance(value, bool):
        raise ArgumentError(f"{name}={value!r} must be true or false.")
    return value


def _number(value: Any, name: str, default: float) -> float:
    """A finite number; whole where the default is whole. YAML leaves 1e-3 as text."""
    kind: type[int | float] = int if isinstance(default, int) else float
    wanted = f"a whole number, such as {default}" if kind is int else f"a number, such as {default}"
    try:
        number = kind(value) if isinstance(value, str) else value
    except ValueError as error:
        raise ArgumentError(f"{name}={value!r} must be {wanted}.") from error
    if isinstance(number, bool) or not isinstance(number, kind | int) or not math.isfinite(number):
        raise ArgumentError(f"{name}={value!r} must be {wanted}.")
    return number


def _same_type(value: Any, name: str, default: Any) -> Any:
    if not isinstance(value, type(default)):
        raise ArgumentError(f"{name}={value!r} must be a {type(default).__name__}, such as {default!r}.")
    return value


def _list(value: Any, name: str, default: list[Any]) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ArgumentError(f"{name}={value!r} must be a list, such as {default!r}.")
    if not default:
        return list(value)
    pair = len(default) == 2 and _is_quantity(default[0])
    if pair and len(value) != 2:
        raise ArgumentError(f"{name}={value!r} must be a pair, such as {default!r}.")
    check = _checker(default[0])
    checked = [check(item, f"{name}[{i}]") for i, item in enumerate(value)]
    if pair and name in _RANGES:
        to_range(checked, _unit(default[0]), name)
    return checked


def _text_checker(default: str) -> Check:
    """The check for text: the first kind, strictest first, that the default itself is of."""
    if _is_quantity(default):
        return lambda value, name: _scalar_text(value, name, lambda text, _: to_quantity(text, _unit(default), name))
    for read in (_position, _region, _time):
        if _reads(read, default):
            return lambda value, name, read=read: _scalar_text(value, name, read)  # type: ignore[misc]
    return lambda value, name: _scalar_text(value, name, lambda text, _: text)


def _scalar_text(value: Any, name: str, read: Callable[[str, str], Any]) -> str:
    if not isinstance(value, str):
        raise ArgumentError(f"{name}={value!r} must be text: put it in quotes.")
    read(value, name)
    return value


def _position(value: str, name: str) -> Any:
    coord = to_skycoord(value, name)
    if not coord.isscalar:
        raise ArgumentError(f"{name}={value!r} must be one position.")
    return coord


def _region(value: str, name: str) -> Any:
    if not _SHAPE.search(value):  # the parser would say so in the log as well
        raise ArgumentError(f"{name}={value!r} is not DS9 region text: write 'icrs; circle(83.63, 22.01, 0.2)'.")
    return to_regions(value, name)


def _time(value: str, name: str) -> Any:
    if not _DATE.match(value.strip()):
        raise ArgumentError(f"{name}={value!r} is not a time: write '2006-07-30T00:10:00' or 'MJD 53946.01 tt'.")
    return to_time(value, name)


def _reads(read: Callable[[str, str], Any], text: str) -> bool:
    try:
        read(text, "default")
    except ArgumentError:
        return False
    return bool(text.strip())


def _unit(default: str) -> u.UnitBase:
    return u.Quantity(default).unit


def _is_quantity(default: Any) -> bool:
    if not isinstance(default, str):
        return False
    try:
        return bool(_unit(default) != u.dimensionless_unscaled)
    except (TypeError, ValueError):
        return False
