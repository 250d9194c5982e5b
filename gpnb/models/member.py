"""What sources and backgrounds share: parts with parameters, their full names, changed copies."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from functools import cached_property
from typing import Any, ClassVar, Self

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.recipe import Recipe
from gpnb.models.base import Model
from gpnb.models.parameter import Parameter
from gpnb.models.priors import Prior
from gpnb.models.sky_shape import SkyShape
from gpnb.models.spectrum import SpectralModel
from gpnb.models.temporal import TemporalModel


class Member:
    """Base of what `Models` hold: a frozen record whose fields are models, and a name.

    A parameter's full name is ``"name.parameter"``; of two parts that call one alike, that of the later is
    ``"name.part.parameter"``.
    """

    _parts_order: ClassVar[tuple[str, ...]] = ("spectral", "spatial", "temporal")

    name: str
    spectral: SpectralModel
    spatial: SkyShape | None
    temporal: TemporalModel | None

    @property
    def recipe(self) -> Recipe:
        """The constructor call that gives this model."""
        variable = re.sub(r"\W+", "_", self.name).strip("_")
        name = variable if variable.isidentifier() else "source"
        recipe = Recipe.of(f"gpnb.{type(self).__name__}()", name=name, **self.parts, **self._settings())
        return replace(recipe, kwargs={**recipe.kwargs, "name": self.name})

    @property
    def parts(self) -> dict[str, Model]:
        """The models it is made of, by role."""
        return dict(self._parts)

    @cached_property
    def _parts(self) -> dict[str, Model]:
        arguments: dict[str, Model | None] = {part: getattr(self, part) for part in self._parts_order}
        return {part: model for part, model in arguments.items() if model is not None}

    @property
    def parameters(self) -> dict[str, Parameter]:
        """All parameters by full name; of two of one name the later is called ``"name.spatial.parameter"``."""
        return dict(self._parameters)

    @cached_property
    def _parameters(self) -> dict[str, Parameter]:
        return {
            name: item
            for part, model in self._parts.items()
            for name, item in zip(self.full_names(part), model.parameters, strict=True)
        }

    def full_names(self, part: str) -> tuple[str, ...]:
        """Full names of the parameters of a part, in its order; none if there is no such part."""
        taken: set[str] = set()
        for role, model in self._parts.items():
            if role == part:
                return tuple(
                    f"{self.name}.{part}.{name}" if name in taken else f"{self.name}.{name}" for name in model.names
                )
            taken |= set(model.names)
        return ()

    def parameter(self, name: str) -> Parameter:
        """One parameter, by its full or its short name."""
        part, short = self._part_of(name)
        return self._parts[part]._known(short)

    def replace(self, **given: Any) -> Self:
        """A copy with other parameter values, by short name, another ``spectral`` … model, or another ``name``."""
        known = [item.name for item in fields(self)]  # type: ignore[arg-type]
        model = replace(self, **{name: given.pop(name) for name in known if name in given})  # type: ignore[type-var]
        values: dict[str, dict[str, Any]] = {}
        for name, value in given.items():
            part, short = model._part_of(name)
            values.setdefault(part, {})[short] = value
        changed: dict[str, Any] = {part: model._parts[part].replace(**found) for part, found in values.items()}
        return replace(model, **changed) if changed else model  # type: ignore[type-var]

    def freeze(self, *names: str) -> Self:
        """A copy with these parameters frozen."""
        return self._each(names, lambda owner, short: owner.freeze(short))

    def thaw(self, *names: str) -> Self:
        """A copy with these parameters free."""
        return self._each(names, lambda owner, short: owner.thaw(short))

    def bound(self, name: str, low: Any, high: Any) -> Self:
        """A copy with limits on a parameter, in its own unit."""
        return self._changed(name, lambda owner, short: owner.bound(short, low, high))

    def link(self, name: str, to: str) -> Self:
        """A copy whose parameter takes the value of another, by its full name; ``""`` for none."""
        return self._changed(name, lambda owner, short: owner.link(short, to))

    def with_prior(self, name: str, prior: Prior | None) -> Self:
        """A copy with what is known of a parameter beforehand, in its own unit."""
        return self._changed(name, lambda owner, short: owner.with_prior(short, prior))

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML."""
        return {"name": self.name, **{part: model.to_dict() for part, model in self._parts.items()}}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Read what `to_dict` wrote."""
        if not {"name", "spectral"} <= set(data):
            raise DataFormatError(f"The model {data.get('name', '')!r} needs the entries 'name' and 'spectral'.")
        parts: dict[str, Any] = {part: Model.from_dict(data[part]) for part in cls._parts_order if data.get(part)}
        given: dict[str, Any] = {**parts, **cls._settings_of(data), "name": str(data["name"])}
        return cls(**given)

    def _settings(self) -> dict[str, Any]:
        """Fields that are no models."""
        return {}

    @classmethod
    def _settings_of(cls, data: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG003
        """The same from what `to_dict` wrote."""
        return {}

    def _check_parts(self, **kinds: type[Model]) -> None:
        """Refuse parts of another kind, and no name."""
        for part, kind in kinds.items():
            value = getattr(self, part)
            if not isinstance(value, kind) and (value is not None or part == "spectral"):
                raise ArgumentError(f"{part}={value!r} is not a {part} model.")
        if not self.name:
            raise ArgumentError("name='' must be some text: full names of parameters start with it.")

    def _each(self, names: Sequence[str], change: Callable[[Model, str], Model]) -> Self:
        model = self
        for name in names:
            model = model._changed(name, change)
        return model

    def _changed(self, name: str, change: Callable[[Model, str], Model]) -> Self:
        part, short = self._part_of(name)
        return replace(self, **{part: change(self._parts[part], short)})  # type: ignore[type-var]

    def _part_of(self, name: str) -> tuple[str, str]:
        """The part that has a parameter, and its name there."""
        rest = name.removeprefix(f"{self.name}.")
        part, _, short = rest.rpartition(".")
        for role in (part,) if part else self._parts:
            if role in self._parts and short in self._parts[role].names:
                return role, short
        raise ArgumentError(f"{self.name} has no parameter {name!r}; it has: {', '.join(self.parameters)}.")
