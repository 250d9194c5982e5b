"""What the user is looking at, as data: frozen records of JSON scalars and tuples.

A record is replaced and never mutated; undo is a list of them. Each field says by its type what it
holds (floats in house units), and by the `Door` in its metadata how it is given by people and written as code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from itertools import repeat
from operator import is_
from types import UnionType
from typing import Any, Literal, Self, Union, get_args, get_origin, get_type_hints

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.hooks import module_for
from gpnb.core.near import meant
from gpnb.core.words import parameter_meanings

_WRONG = object()
_LONGEST = 60
"""Letters of a wrong value that its error repeats."""
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Door:
    """How the value of a field comes in and goes out.

    Parameters
    ----------
    read : callable
        ``read(value, name)``: what people give (Quantity, text, SkyCoord …) → the field's value.
    write : callable
        ``write(value)``: the field's value → a literal that `read` takes.
    """

    read: Callable[[Any, str], Any]
    write: Callable[[Any], Any] = lambda value: value


_PLAIN = Door(lambda value, _: value)


@unchanging
@dataclass(frozen=True, kw_only=True)
class Record:
    """Base of the records; see the module.

    The constructor takes plain values in house units, `build` and `replace` what people write.

    Attributes
    ----------
    schema : int
        Version of the fields, for records that were saved.
    """

    schema: int = 1

    def __post_init__(self) -> None:
        known = self.__dict__.pop("_checked", {})
        kind: Any = type(self)
        for name, hint in _hints(kind).items():
            given = self.__dict__[name]
            if name in known and known[name] is given:
                continue
            value = _checked(given, hint)
            if value is _WRONG:
                raise ArgumentError(self._complaint(name, hint))
            self.__dict__[name] = value
        newest = type(self).schema
        if not 1 <= self.schema <= newest:
            raise ArgumentError(
                f"{type(self).__name__} of schema {self.schema}: this gpnb reads up to {newest}; update gpnb."
            )

    @classmethod
    def build(cls, **changes: Any) -> Self:
        """The record with the defaults and these changes, given as people write them.

        Raises
        ------
        ArgumentError
            For an unknown field or a value that does not fit it.

        Examples
        --------
        >>> from gpnb.panels.sky.view import SkyView
        >>> SkyView.build(energy=("500 GeV", "10 TeV")).energy
        (0.5, 10.0)
        """
        return cls._make(cls._read(changes))

    @classmethod
    def opened(cls, obj: Any, **changes: Any) -> Record:  # noqa: ARG003  (some look at the object)
        """The record with which the panel of an object opens."""
        return cls.build(**changes)

    def replace(self, **changes: Any) -> Self:
        """A copy with these changes, given as people write them; None stands for the default."""
        return self._with(self._read(changes))

    def changed(self) -> dict[str, Any]:
        """What differs from the defaults, as literals that `build` reads back."""
        known = self.__dataclass_fields__
        return {
            name: _door(known[name]).write(value) if value is not None else None
            for name, value in self.__dict__.items()
            if value != known[name].default
        }

    def to_dict(self) -> dict[str, Any]:
        """The record as plain JSON data."""
        return {name: _plain(value) for name, value in self.__dict__.items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; fields that are missing get their defaults.

        Raises
        ------
        ArgumentError
            For an unknown field, a value of another type, or a newer schema.
        """
        for name in data:
            cls._know(name)
        return cls._make(data)

    def linked(self, selection: Any) -> Self:
        """The record as shown: what it leaves open is taken from the selection of the workspace."""
        return self

    def _with(self, changes: Mapping[str, Any]) -> Self:
        """A copy with other values in house units; those that stay were looked at before."""
        return self._make({**self.__dict__, **changes}, self.__dict__)

    @classmethod
    def _make(cls, values: Mapping[str, Any], checked: Mapping[str, Any] = _NOTHING) -> Self:
        made = object.__new__(cls)
        kind: Any = cls
        made.__dict__.update(_defaults(kind))
        made.__dict__.update(values)
        made.__dict__["_checked"] = checked
        made.__post_init__()
        return made

    @classmethod
    def _read(cls, changes: Mapping[str, Any]) -> dict[str, Any]:
        for name in changes:
            cls._know(name)
        known = cls.__dataclass_fields__
        return {
            name: known[name].default if value is None else _door(known[name]).read(value, name)
            for name, value in changes.items()
        }

    @classmethod
    def settings(cls) -> list[tuple[str, str, str]]:
        """Name, default and meaning of each setting, from the docstring of the record."""
        known: dict[str, Any] = dict(cls.__dataclass_fields__)
        meanings = parameter_meanings(cls.__doc__ or "")
        return [(name, repr(known[name].default), meanings.get(name, "")) for name in known if name in meanings]

    @classmethod
    def _know(cls, name: str) -> None:
        kind: Any = cls
        known = _defaults(kind)
        if name not in known:
            raise ArgumentError(f"{cls.__name__} has no setting {name!r}: {meant(name, known)}")

    def _complaint(self, name: str, hint: Any) -> str:
        value = getattr(self, name)
        if get_origin(hint) is Literal:
            return f"{name}={value!r} must be one of {', '.join(map(repr, get_args(hint)))}."
        text = repr(value) if len(repr(value)) <= _LONGEST else f"{repr(value)[: _LONGEST - 1]}…"
        return f"{name}={text} is not {' or '.join(_words(hint))}."


def record_named(name: str) -> type[Record]:
    """The class of a record by its name, wherever its panel lives; for states that were saved.

    Raises
    ------
    ArgumentError
        If no panel has such a record.
    """
    kind: type[Record] = getattr(module_for(f"record.{name}"), name)
    return kind


def _door(item: Any) -> Door:
    found: Door = item.metadata.get("door") or _PLAIN
    return found


@cache
def _hints(cls: Any) -> dict[str, Any]:
    hints = get_type_hints(cls)
    return {name: hints[name] for name in _defaults(cls)}


@cache
def _defaults(cls: Any) -> dict[str, Any]:
    return {item.name: None if item.default is MISSING else item.default for item in fields(cls)}


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


_WORDS = {
    float: "a number, such as 2.5",
    int: "a whole number, such as 3",
    str: "text",
    bool: "True or False",
    type(None): "None",
}


_SEVERAL = {float: "numbers, such as 2.5", int: "whole numbers, such as 3", str: "texts"}


def _words(hint: Any) -> list[str]:
    """What a field takes, in words; a list of several kinds."""
    origin, arms = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return [word for arm in arms for word in _words(arm)]
    if origin is Literal:
        return [f"one of {', '.join(map(repr, arms))}"]
    if origin is tuple and arms[-1] is Ellipsis:
        return [_SEVERAL.get(arms[0], "rows that fit")]
    return [f"{len(arms)} values that fit" if origin is tuple else _WORDS.get(hint, str(hint))]


def _checked(value: Any, hint: Any) -> Any:
    """The value as its type wants it (lists become tuples, integers floats), or _WRONG."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        for arm in get_args(hint):
            found = _checked(value, arm)
            if found is not _WRONG:
                return found
        return _WRONG
    if origin is tuple:
        return _checked_tuple(value, get_args(hint))
    if origin is Literal:
        return value if isinstance(value, str) and value in get_args(hint) else _WRONG
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if math.isfinite(value) else _WRONG
    return value if type(value) is hint else _WRONG


def _checked_tuple(value: Any, arms: tuple[Any, ...]) -> Any:
    if not isinstance(value, tuple | list):
        return _WRONG
    if arms[-1] is Ellipsis:
        arms = arms[:1] * len(value)
    if len(arms) != len(value):
        return _WRONG
    items = tuple(map(_checked, value, arms))
    return _WRONG if any(map(is_, items, repeat(_WRONG))) else items
