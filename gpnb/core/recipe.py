"""The recipe of an object: the call that made it, its arguments, and the recipes it was made from.

It is the provenance of what gpnb writes, and the code that `to_code` prints.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from inspect import Parameter, signature
from typing import Any
from weakref import ref

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.time import Time

from gpnb.core.code_layout import Group, Piece, laid_out, prefixed, text_piece
from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.sky_regions import is_region, region_text
from gpnb.core.units import quantity_texts, skycoord_text, time_text

_NOT_NOTED = ("self", "progress", "cancel", "executor")
_INPUT = "$input"
_MEMORY = "$memory"


@unchanging
@dataclass(frozen=True, eq=False)
class Recipe:
    """How an object was made.

    Parameters
    ----------
    call : str
        ``"gpnb.reduce_map()"`` for a function, ``".select()"`` for a method of the first input,
        ``".significance"`` for an attribute of it, ``"[0]"`` for an item of it.
    kwargs : mapping
        The arguments in JSON form: quantities, positions, times and regions as the text
        that the call reads back; ``{"$input": i}`` for an input; ``{"$memory": name}`` for an array.
    inputs : tuple of Recipe
        What it was made from.
    name : str
        The variable name used by `to_code`; not part of the recipe's identity.

    Examples
    --------
    >>> store = Recipe.of("gpnb.DataStore.read()", path="demo", name="store")
    >>> print(Recipe.of(".select()", on=store, target="Crab", name="runs").to_code())
    import gpnb
    <BLANKLINE>
    store = gpnb.DataStore.read(path='demo')
    runs = store.select(target='Crab')
    """

    call: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[Recipe, ...] = ()
    name: str = ""
    _made: Callable[[], Any] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, call: str, *, on: Any = None, name: str = "", **kwargs: Any) -> Recipe:
        """Build a recipe from live arguments; arguments that are None are left out.

        Parameters
        ----------
        call : str
            See the class.
        on : object with a recipe, or Recipe, optional
            What a method, attribute or item belongs to: the first input.
        name : str
            Variable name for `to_code`.
        **kwargs
            The arguments as given; anything with a ``recipe`` becomes an input.
        """
        return cls._of(call, on, name, {key: value for key, value in kwargs.items() if value is not None})

    @classmethod
    def _of(cls, call: str, on: Any, name: str, arguments: Mapping[str, Any]) -> Recipe:
        inputs: list[Recipe] = [] if on is None else [_recipe_of(on)]
        encoded = {key: _encode(value, key, inputs) for key, value in arguments.items()}
        return cls(call, encoded, tuple(inputs), name)

    @classmethod
    def of_call(cls, verb: Callable[..., Any], given: Mapping[str, Any], *, name: str = "", **noted: Any) -> Recipe:
        """The recipe of a call of a public function or method, from the arguments it was given.

        Parameters
        ----------
        verb : callable
            The function or method itself.
        given : mapping
            Its ``locals()``. How the work is done and watched (executor, progress, cancel) changes no result, and is
            left out.
        name : str
            Variable name for `to_code`.
        **noted
            Arguments to be written as something else; None for not at all. A None that was given is written where
            the default is another.

        Examples
        --------
        >>> def smooth(sky_map, width, kernel=None, progress=False):
        ...     return Recipe.of_call(smooth, locals(), name="smoothed")
        >>> smooth(3, "0.1 deg", progress=True).kwargs
        {'sky_map': 3, 'width': '0.1 deg'}
        """
        owner = given.get("self")
        arguments: dict[str, Any] = {}
        for key, parameter in signature(verb).parameters.items():
            if parameter.kind is Parameter.VAR_KEYWORD:
                arguments |= {name: value for name, value in given[key].items() if value is not None}
            elif key not in _NOT_NOTED:
                value = noted[key] if key in noted else given[key]
                if value is not None or (given[key] is None and parameter.default not in (None, Parameter.empty)):
                    arguments[key] = value
        call = f"gpnb.{verb.__qualname__}()" if owner is None else f".{verb.__name__}()"
        return cls._of(call, owner, name, arguments)

    @classmethod
    def memory(cls, name: str, made: Any = None) -> Recipe:
        """The recipe of something made in memory, outside gpnb: only its name is known.

        Parameters
        ----------
        name : str
            The name.
        made : object, optional
            The thing itself: as long as it lives, the recipe can be followed in this process.
        """
        return cls(_MEMORY, {"name": name}, (), name, None if made is None else ref(made))

    @property
    def made(self) -> Any:
        """What was made in memory, if it is known and still there."""
        return None if self._made is None else self._made()

    def __reduce__(self) -> tuple[Any, ...]:
        return Recipe, (self.call, self.kwargs, self.inputs, self.name)

    def to_dict(self) -> dict[str, Any]:
        """The recipe as plain JSON data."""
        inputs = [recipe.to_dict() for recipe in self.inputs]
        return {"call": self.call, "kwargs": dict(self.kwargs), "inputs": inputs, "name": self.name}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Recipe:
        """Read what `to_dict` wrote.

        Raises
        ------
        ArgumentError
            If it is something else.
        """
        expected = {"call": str, "kwargs": Mapping, "inputs": list | tuple, "name": str}
        found = {"kwargs": {}, "inputs": [], "name": "", **data} if isinstance(data, Mapping) else {}
        if not all(isinstance(found.get(key), kind) for key, kind in expected.items()):
            raise ArgumentError(f"{str(data)[:80]!r} is no recipe: give what to_dict() of one wrote.")
        inputs = tuple(cls.from_dict(item) for item in found["inputs"])
        return cls(found["call"], dict(found["kwargs"]), inputs, found["name"])

    def to_json(self) -> str:
        """The recipe as one line of JSON."""
        return json.dumps(self.to_dict(), sort_keys=True)

    def to_code(self) -> str:
        """Python that, run in a fresh interpreter, makes the object again."""
        return _Printer().script(self)

    def walk(self) -> Iterator[Recipe]:
        """Give this recipe and all it was made from, inputs first."""
        for recipe in self.inputs:
            yield from recipe.walk()
        yield self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recipe) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> str:
        def strip(recipe: Recipe) -> list[Any]:
            return [recipe.call, dict(recipe.kwargs), [strip(item) for item in recipe.inputs]]

        return json.dumps(strip(self), sort_keys=True)


def call_of(kind: type) -> str:
    """The call of a class, as a recipe has it: below ``gpnb`` if it is ours, else by its module."""
    module, _, _ = kind.__module__.partition(".")
    return f"gpnb.{kind.__name__}()" if module == "gpnb" else f"{kind.__module__}.{kind.__qualname__}()"


class _Printer:
    """Turns a tree of recipes into statements, one for each different recipe."""

    def __init__(self) -> None:
        self._names: dict[Recipe, str] = {}
        self._lines: list[str] = []
        self._modules = {"gpnb"}

    def script(self, recipe: Recipe) -> str:
        self._name(recipe)
        imports = [f"import {name}" for name in sorted(self._modules, key=lambda name: (name == "gpnb", name))]
        return "\n".join([*imports, "", *self._lines])

    def _name(self, recipe: Recipe) -> str:
        if recipe not in self._names:
            expression = self._expression(recipe)
            name = self._free_name(recipe.name or _variable(recipe.call))
            self._names[recipe] = name
            comment = "  # made in memory: put it here" if recipe.call == _MEMORY else ""
            comment = comment or self._of_session(recipe.call)
            self._lines.append(laid_out(expression, f"{name} = ") + comment)
        return self._names[recipe]

    def _expression(self, recipe: Recipe) -> Piece:
        if recipe.call == _MEMORY:
            return "..."
        names = [self._name(item) for item in recipe.inputs]
        owner = names[0] if recipe.call[0] in ".[" else ""
        if not recipe.call.endswith("()"):
            return owner + recipe.call
        arguments = tuple(prefixed(f"{key}=", _literal(value, names)) for key, value in recipe.kwargs.items())
        call = recipe.call[:-2].rpartition(".")[2] if self._of_session(recipe.call) else recipe.call[:-2]
        if call[0] not in ".[" and "." in call and not call.startswith("gpnb."):
            self._modules.add(call.rpartition(".")[0])
        return Group(f"{owner}{call}(", arguments, ")")

    def _of_session(self, call: str) -> str:
        """A comment where a class was defined in a notebook, which cannot be imported from."""
        return "  # a class of your own: define it above" if call.startswith("__main__.") or "<locals>" in call else ""

    def _free_name(self, wanted: str) -> str:
        wanted = re.sub(r"\W+", "_", wanted)  # the name of a file's table may hold blanks
        wanted = wanted if wanted.isidentifier() else f"_{wanted}"
        name, number = wanted, 2
        while name in self._names.values():
            name, number = f"{wanted}_{number}", number + 1
        return name


def _literal(value: Any, names: list[str]) -> Piece:
    if isinstance(value, Mapping):
        if _INPUT in value:
            return names[value[_INPUT]]
        if _MEMORY in value:
            return str(value[_MEMORY])
        return Group("{", tuple(prefixed(f"{key!r}: ", _literal(item, names)) for key, item in value.items()), "}")
    if isinstance(value, list):
        return Group("[", tuple(_literal(item, names) for item in value), "]")
    return text_piece(value) if isinstance(value, str) else repr(value)


def _variable(call: str) -> str:
    words = [
        word for word in call.removesuffix("()").replace("[", ".").replace("]", "").split(".") if word.isidentifier()
    ]
    owner = next((word for word in reversed(words) if word[0].isupper()), words[-1] if words else "item")
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in owner).lstrip("_")


def _recipe_of(value: Any) -> Recipe:
    recipe = value if isinstance(value, Recipe) else getattr(value, "recipe", None)
    return recipe if isinstance(recipe, Recipe) else Recipe.memory(type(value).__name__.lower())


def _encode(value: Any, name: str, inputs: list[Recipe]) -> Any:
    """The JSON form of one argument; what has a recipe is appended to `inputs`."""
    if isinstance(value, Recipe) or isinstance(getattr(value, "recipe", None), Recipe):
        inputs.append(_recipe_of(value))
        return {_INPUT: len(inputs) - 1}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping):
        return {str(key): _encode(item, name, inputs) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encode(item, name, inputs) for item in value]
    return _encode_text(value, name)


def _region(region: Any, name: str) -> Any:
    try:
        return region_text(region)
    except ValueError:  # DS9 text knows no compounds
        return {_MEMORY: name}


def _encode_text(value: Any, name: str) -> Any:
    """The text that the door of `core.units` or `core.skyregions` reads back."""
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, SkyCoord) and value.isscalar:
        return skycoord_text(value)
    if isinstance(value, Time) and value.isscalar:
        return time_text(value)
    if is_region(value):
        return _region(value, name)
    if isinstance(value, u.Quantity) and value.size <= 1000:
        return quantity_texts(value)
    if isinstance(value, np.ndarray) or hasattr(value, "__len__"):
        return {_MEMORY: name}
    raise ArgumentError(f"{name}={value!r} cannot be written into a recipe.")
