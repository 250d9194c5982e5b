"""Objects that never change say so, and how to get a changed copy."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

from gpnb.core.binding import told
from gpnb.core.errors import FrozenError

C = TypeVar("C")


def unchanging(cls: type[C]) -> type[C]:
    """Let a frozen dataclass tell whoever assigns to it what to do instead; put above ``@dataclass(frozen=True)``.

    A class says it its own way with a method ``_instead(name, value)`` that gives a clause.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @unchanging
    ... @dataclass(frozen=True)
    ... class Place:
    ...     x: float
    >>> Place(1.0).x = 2.0
    Traceback (most recent call last):
        ...
    gpnb.core.errors.FrozenError: A Place never changes: dataclasses.replace(…, x=2.0) gives a changed copy.
    """
    names = {item.name for item in fields(cls)}  # type: ignore[arg-type]

    def refuse(self: Any, name: str, value: Any) -> None:
        if type(self) is cls or name in names:
            raise FrozenError(frozen_words(self, name, value))
        super(cls, self).__setattr__(name, value)

    def keep(self: Any, name: str) -> None:
        refuse(self, name, None)

    cls.__init__ = told(cls.__init__)  # type: ignore[method-assign]
    cls.__setattr__, cls.__delattr__ = refuse, keep  # type: ignore[method-assign]
    return cls


def frozen_words(owner: Any, name: str, value: Any) -> str:
    """Why an assignment is refused, and what to do."""
    kind = type(owner).__name__
    given = f"{value!r}" if isinstance(value, bool | int | float | str) and len(repr(value)) < 40 else "…"
    own = getattr(owner, "_instead", None)
    if own is not None:
        how = own(name, given)
    elif callable(getattr(owner, "replace", None)):
        how = f".replace({name}={given}) gives a changed copy"
    elif name not in getattr(owner, "__dataclass_fields__", {}):
        how = "make another one"
    else:
        how = f"dataclasses.replace(…, {name}={given}) gives a changed copy"
    return f"A{'n' * (kind[0] in 'AEIO')} {kind} never changes: {how}."
