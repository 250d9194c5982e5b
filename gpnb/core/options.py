"""The few choices that hold for a whole session."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from typing import Any

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging

_CHOICES = {"display": ("auto", "live", "static"), "tables": ("gpnb", "astropy"), "pictures": ("one", "both")}


@unchanging
@dataclass(frozen=True)
class Options:
    """Session options.

    Parameters
    ----------
    display : {"auto", "live", "static"}
        How objects show themselves: live where a front end listens, or as a picture.
    tables : {"gpnb", "astropy"}
        Whose view astropy tables have that are the last line of a cell in a notebook.
    pictures : {"one", "both"}
        Whether pictures within pages are for light pages, or for light and dark ones, as in reports.
    """

    display: str = "auto"
    tables: str = "gpnb"
    pictures: str = "one"


_STATIC = os.environ.get("GPNB_STATIC") == "1"  # as in the kernels of reports
_current = Options(display="static", pictures="both") if _STATIC else Options()


def get_options() -> Options:
    """The options in force."""
    return _current


class set_options:  # noqa: N801  (used like a function, and as a context manager)
    """Set session options, for good or within a ``with`` block.

    Parameters
    ----------
    **options
        ``display="auto" | "live" | "static"``, ``tables="gpnb" | "astropy"``, ``pictures="one" | "both"``.

    Raises
    ------
    ArgumentError
        For an unknown option or value.

    Examples
    --------
    >>> import gpnb
    >>> with gpnb.set_options(display="static"):
    ...     pass
    """

    def __init__(self, **options: Any):
        global _current
        known = {field.name for field in fields(Options)}
        for name, value in options.items():
            if name not in known:
                raise ArgumentError(f"Unknown option {name!r}; the options are: {', '.join(sorted(known))}.")
            if value not in _CHOICES[name]:
                raise ArgumentError(f"{name}={value!r} must be one of {', '.join(_CHOICES[name])}.")
        self._before = _current
        _current = replace(_current, **options)

    def __enter__(self) -> Options:
        return _current

    def __exit__(self, *exc: object) -> None:
        global _current
        _current = self._before
