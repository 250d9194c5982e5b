"""Names of a package that are imported when first used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any


def lazy_names(
    package: str, homes: dict[str, str], modules: Iterable[str] = (), shown: Iterable[str] = ()
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """``__getattr__`` and ``__dir__`` of a package whose names are imported when first used.

    Parameters
    ----------
    package : str
        Its ``__name__``.
    homes : dict
        Name → the module it lives in, from the package on.
    modules : iterable of str
        Modules of the package that are names too.
    shown : iterable of str
        What completion shows beside the names.
    """
    known = frozenset(modules)

    def getter(name: str) -> Any:
        if name in known:
            return import_module(f"{package}.{name}")
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, value)
        return value

    def lister() -> list[str]:
        return sorted([*homes, *shown])

    return getter, lister
