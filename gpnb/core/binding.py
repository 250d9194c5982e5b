"""Calls with arguments that are not known or missing: what the call takes instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter, signature
from typing import Any, TypeVar

from gpnb.core.errors import ArgumentError
from gpnb.core.near import meant

F = TypeVar("F", bound=Callable[..., Any])


def told(function: F) -> F:
    """Let a public function or constructor say what it takes, where it is called with something else.

    Raises
    ------
    ArgumentError
        For an argument that is unknown or missing, or too many of them; what goes wrong inside stays as it is.

    Examples
    --------
    >>> @told
    ... def scale(sky_map, width="0.1 deg"):
    ...     return width
    >>> scale("a map", widht="1 deg")
    Traceback (most recent call last):
        ...
    gpnb.core.errors.ArgumentError: scale() has no argument 'widht': did you mean 'width'?
    """

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except TypeError:
            if words := wrong_call(function, args, kwargs):
                raise ArgumentError(words) from None
            raise

    return call  # type: ignore[return-value]


def wrong_call(function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """What is wrong with the arguments of a call, in one sentence; empty if nothing is."""
    made = signature(function)
    try:
        made.bind(*args, **kwargs)
    except TypeError:
        is_init = function.__name__ == "__init__"
        kind = type(args[0]) if is_init else None
        known = made.parameters
        if kind is not None:  # without self; what a class says of itself counts
            args, known = args[1:], signature(kind).parameters
        return _words(kind.__name__ if kind else function.__name__, args, kwargs, known) + _way_in(kind)
    return ""


def _words(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], known: Mapping[str, Parameter]) -> str:
    names = [key for key, item in known.items() if item.kind not in (Parameter.VAR_KEYWORD, Parameter.VAR_POSITIONAL)]
    for key in kwargs:
        if key not in names:
            return f"{name}() has no argument {key!r}: {meant(key, names, 'it takes')}"
    places = [key for key in names if known[key].kind is not Parameter.KEYWORD_ONLY]
    if len(args) > len(places):
        by_name = ", ".join(key for key in names if key not in places)
        rest = f"; give by name: {by_name}" if by_name else ""
        return f"{name}() takes {len(places) or 'no'} arguments without a name, not {len(args)}{rest}."
    for key in places[: len(args)]:
        if key in kwargs:
            return f"{name}() is given {key!r} twice: by its place and by its name; it takes: {', '.join(names)}."
    needed = [key for key in names if known[key].default is Parameter.empty]
    missing = [key for key in needed if key not in kwargs and key not in places[: len(args)]]
    written = ", ".join([*needed, "…"] if len(needed) < len(names) else needed)
    return f"{name}() needs {' and '.join(missing)}: {name}({written})."


def _way_in(kind: Any) -> str:
    """How else an object is made: from a file, as most are."""
    made = getattr(kind, "read", None)
    return f" {kind.__name__}.read{_short(made)} makes one." if callable(made) else ""


def _short(function: Callable[..., Any]) -> str:
    return "(" + ", ".join(signature(function).parameters) + ")"
