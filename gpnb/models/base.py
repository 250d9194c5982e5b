"""What every model is: declared parameters, frozen values, a plain-float function of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from inspect import Parameter as SignatureItem
from inspect import Signature, signature
from typing import TYPE_CHECKING, Any, ClassVar, Self

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, DataFormatError, FrozenError
from gpnb.core.frozen import frozen_words
from gpnb.core.near import meant
from gpnb.core.recipe import Recipe, call_of
from gpnb.models.parameter import Parameter, digits
from gpnb.models.priors import Prior
from gpnb.models.records import as_argument, parameter_from_dict, parameter_to_dict

_REGISTRY: dict[str, type[Model]] = {}


class Declared:
    """Declares a parameter in a model's class body; read on an instance it gives the `Parameter`."""

    def __init__(self, value: float, unit: str = "", **settings: Any):
        self._settings = {"value": float(value), "unit": unit, **settings}

    def __set_name__(self, owner: type[Model], name: str) -> None:
        self.default = Parameter(name, **self._settings)

    def __get__(self, model: Model | None, owner: type[Model]) -> Parameter:
        return self.default if model is None else model._values[self.default.name]

    def __set__(self, model: Model, value: Any) -> None:
        raise FrozenError(frozen_words(model, self.default.name, value))


class Model:
    """Base of spectral, spatial and temporal models.

    A subclass declares its parameters in its body, each as a `Parameter` of the attribute's name, and has an
    ``evaluate`` on plain floats, which takes their values in that order: see `SpectralModel` and `SpatialModel`.
    Instances never change: `replace`, `freeze`, `bound` and `link` return copies.
    """

    declared: ClassVar[dict[str, Parameter]] = {}

    periods: ClassVar[dict[str, float]] = {}
    """Of parameters whose values come back: after how much, in their unit."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, item in list(vars(cls).items()):
            if isinstance(item, Parameter):
                _declare(cls, name, item)
        own = {name: item.default for name, item in vars(cls).items() if isinstance(item, Declared)}
        cls.declared = {**cls.declared, **own}
        if "__init__" in vars(cls):
            cls.__init__ = told(cls.__init__)  # type: ignore[method-assign]
        cls.__signature__ = _signature_of(cls)  # type: ignore[attr-defined]
        _REGISTRY[cls.__name__] = cls

    @told
    def __init__(self, **given: Any):
        for name in given:
            if name not in self.declared:
                hint = meant(name, self.declared, "it has")
                raise ArgumentError(f"{type(self).__name__} has no parameter {name!r}: {hint}")
        self._values = {
            name: default.to(given[name]) if name in given else default for name, default in self.declared.items()
        }
        self._check_values(given)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """All parameters, in the order they are declared."""
        return tuple(self._values.values())

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self._values)

    @property
    def free(self) -> tuple[str, ...]:
        """Names of those that a fit changes: neither frozen nor linked."""
        return tuple(item.name for item in self.parameters if item.free)

    @property
    def values(self) -> tuple[float, ...]:
        """Their values, as plain floats in house units."""
        return tuple([parameter.value for parameter in self._values.values()])

    @property
    def recipe(self) -> Recipe:
        """The constructor call that gives this model's values."""
        return Recipe.of(call_of(type(self)), **self.arguments())

    def arguments(self) -> dict[str, Any]:
        """Constructor arguments: text with units, bare numbers, or a `Parameter` where limits and so on are set."""
        return {item.name: as_argument(item, self.declared.get(item.name)) for item in self.parameters}

    def replace(self, **given: Any) -> Self:
        """A copy with other values: numbers, text with units, Quantities or Parameters."""
        copy = self._with({name: self._known(name).to(value) for name, value in given.items()})
        copy._check_values(given)
        return copy

    def freeze(self, *names: str) -> Self:
        """A copy with these parameters frozen."""
        return self._with({name: replace(self._known(name), frozen=True) for name in names})

    def thaw(self, *names: str) -> Self:
        """A copy with these parameters free."""
        return self._with({name: replace(self._known(name), frozen=False) for name in names})

    def bound(self, name: str, low: Any, high: Any) -> Self:
        """A copy with limits on a parameter: numbers in its own unit, text with units, or Quantities."""
        return self._with({name: self._known(name).within(low, high)})

    def link(self, name: str, to: str) -> Self:
        """A copy whose parameter takes the value of another, by its full name (``"crab.index"``)."""
        return self._with({name: replace(self._known(name), link=to)})

    def with_prior(self, name: str, prior: Prior | None) -> Self:
        """A copy with what is known of a parameter beforehand, in its own unit; None takes it away."""
        return self._with({name: replace(self._known(name), prior=prior)})

    def with_values(self, values: Sequence[float]) -> Self:
        """A copy with other values for all parameters, plain floats in the order and units of `parameters`."""
        pairs = zip(self._values.values(), values, strict=True)
        return self._with({item.name: replace(item, value=float(value)) for item, value in pairs})

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML."""
        return {"type": type(self).__name__, "parameters": [parameter_to_dict(item) for item in self.parameters]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read what `to_dict` wrote; on the base class, a model of any registered type."""
        kind = _REGISTRY.get(data.get("type", ""))
        if kind is None or not issubclass(kind, cls):
            raise ArgumentError(
                f"Model type {data.get('type')!r} is not known; known are: {', '.join(sorted(_REGISTRY))}."
            )
        model: Self = kind._from_dict(data)
        return model

    @classmethod
    def _from_dict(cls, data: dict[str, Any]) -> Self:
        try:
            return cls(**cls._parameters_of(data), **cls._extra(data))
        except KeyError as error:
            raise DataFormatError(f"The model {cls.__name__} needs the entry {error}.") from None

    @classmethod
    def _parameters_of(cls, data: dict[str, Any]) -> dict[str, Parameter]:
        parameters = [parameter_from_dict(item) for item in data.get("parameters", [])]
        return {item.name: item for item in parameters}

    @classmethod
    def _extra(cls, data: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG003
        """Constructor arguments beside the parameters (a frame, a table …)."""
        return {}

    def _check_values(self, names: Iterable[str]) -> None:
        """Refuse what no such parameter can be: a size below zero, NaN."""
        for name in names:
            value, default = self._values[name].value, self.declared.get(name)
            low, high = (default.min, default.max) if default else (-math.inf, math.inf)
            if not (low <= value <= high and math.isfinite(value)):
                raise ArgumentError(
                    f"{type(self).__name__}: {name}={value:g} cannot be; expected a number from {low:g} to {high:g}."
                )

    def _with(self, changed: dict[str, Parameter]) -> Self:
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy._values = {**self._values, **changed}
        return copy

    def _known(self, name: str) -> Parameter:
        if name not in self._values:
            raise ArgumentError(f"{type(self).__name__} has no parameter {name!r}; it has: {', '.join(self._values)}.")
        return self._values[name]

    if not TYPE_CHECKING:  # a checker shall still find misspelt names

        def __getattr__(self, name: str) -> Parameter:
            """Parameters that an instance has beside those its class declares."""
            values = self.__dict__.get("_values", {})
            if name not in values:
                raise AttributeError(f"{type(self).__name__} has no parameter or attribute {name!r}.")
            return values[name]

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__.get("_values", {}):
            raise FrozenError(frozen_words(self, name, value))
        object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        values = ", ".join(
            f"{item.name}={item.value:.{digits(item.value, item.error, 6)}g}{' ' + item.unit if item.unit else ''}"
            for item in self.parameters
        )
        return f"{type(self).__name__}({values})"


def _declare(cls: type[Model], name: str, item: Parameter) -> None:
    """Make a `Parameter` in the body of a class a declared one."""
    if item.name != name:
        raise ArgumentError(f"{cls.__name__}.{name} is a parameter called {item.name!r}: give both the same name.")
    declared = Declared(item.value)
    declared.default = item
    setattr(cls, name, declared)


def _signature_of(cls: type[Model]) -> Signature:
    """What its constructor takes: what it names, and all parameters by name, with defaults as people write them."""
    _, *named = signature(cls.__init__).parameters.values()
    if not any(item.kind is SignatureItem.VAR_KEYWORD for item in named):
        return Signature(named)
    named = [item for item in named if item.kind is not SignatureItem.VAR_KEYWORD]
    taken = {item.name for item in named}
    declared = [
        SignatureItem(
            name, SignatureItem.KEYWORD_ONLY, default=f"{item.value:g} {item.unit}" if item.unit else item.value
        )
        for name, item in cls.declared.items()
        if name not in taken
    ]
    return Signature([*named, *declared])


def check_order(cls: type[Model], first: int, declared: Sequence[str]) -> None:
    """Refuse an ``evaluate`` of other parameters than those declared, or of the same in another order.

    Parameters
    ----------
    cls : type
        The class.
    first : int
        How many arguments stand before the parameters.
    declared : sequence of str
        Names of the parameters whose values it is given.
    """
    found = vars(cls).get("evaluate")
    if found is None:
        return
    names = list(signature(getattr(found, "__func__", found)).parameters.values())
    if any(item.kind is SignatureItem.VAR_POSITIONAL for item in names):
        return
    taken = [item.name for item in names[first + (not isinstance(found, staticmethod)) :]]
    if len(taken) != len(declared) or (set(taken) == set(declared) and taken != list(declared)):
        raise ArgumentError(
            f"{cls.__name__}.evaluate takes the parameters {', '.join(taken) or 'none'}, but those declared are "
            f"{', '.join(declared) or 'none'}: give it all of them, in that order."
        )


def model_class(name: str) -> type[Model] | None:
    """The class that is written as this type."""
    return _REGISTRY.get(name)
