"""A source on the sky: a spectrum, a shape, a light curve, a name."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, overload

import yaml
from astropy.table import Table

from gpnb.core.atomic import atomic_file
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.recipe import Recipe
from gpnb.core.units import DNDE
from gpnb.models import (  # noqa: F401  (their classes are known to YAML)
    broken,
    compound,
    constant,
    ebl,
    line,
    piecewise,
    scaled,
    shell,
    spectral_catalog,
    template,
)
from gpnb.models.base import Model
from gpnb.models.parameter import Parameter
from gpnb.models.spatial import SpatialModel
from gpnb.models.spectral import SpectralModel
from gpnb.models.temporal import TemporalModel

_PARTS = ("spectral", "spatial", "temporal")


@dataclass(frozen=True)
class SkyModel:
    """A source.

    Parameters
    ----------
    spectral : SpectralModel
        Its spectrum.
    spatial : SpatialModel, optional
        Its shape; none for a spectral fit.
    temporal : TemporalModel, optional
        Its light curve; none for a steady source.
    name : str
        Its name; a parameter's full name is ``"name.parameter"``.

    Examples
    --------
    >>> import gpnb
    >>> crab = gpnb.SkyModel(spectral=gpnb.PowerLaw(index=2.6), spatial=gpnb.PointSource("83.63d 22.01d"), name="crab")
    >>> crab.parameter("crab.index").value
    2.6
    """

    spectral: SpectralModel
    spatial: SpatialModel | None = None
    temporal: TemporalModel | None = None
    name: str = "source"

    def __post_init__(self) -> None:
        for part, kind in zip(_PARTS, (SpectralModel, SpatialModel, TemporalModel), strict=True):
            value = getattr(self, part)
            if not isinstance(value, kind) and (value is not None or part == "spectral"):
                raise ArgumentError(f"{part}={value!r} is not a {part} model.")
        if self.spectral.unit != DNDE:
            raise ArgumentError(f"spectral={self.spectral!r} is a factor without unit: multiply a spectrum with it.")
        if not self.name:
            raise ArgumentError("name='' must be some text: full names of parameters start with it.")

    @property
    def recipe(self) -> Recipe:
        """The constructor call that gives this model."""
        variable = re.sub(r"\W+", "_", self.name).strip("_")
        recipe = Recipe.of("gpnb.SkyModel()", name=variable if variable.isidentifier() else "source", **self.parts)
        return replace(recipe, kwargs={**recipe.kwargs, "name": self.name})

    def _arguments(self) -> dict[str, Any]:
        return {part: getattr(self, part) for part in _PARTS}

    @property
    def parts(self) -> dict[str, Model]:
        """The models it is made of, by role."""
        return {part: model for part, model in self._arguments().items() if model is not None}

    @property
    def parameters(self) -> dict[str, Parameter]:
        """All parameters by full name."""
        return {f"{self.name}.{item.name}": item for model in self.parts.values() for item in model.parameters}

    def parameter(self, name: str) -> Parameter:
        """One parameter, by its full or its short name."""
        return self._part_of(name)[1]._known(name.rpartition(".")[2])

    def replace(self, **given: Any) -> SkyModel:
        """A copy with other parameter values, by short name, or another ``name``."""
        model = replace(self, name=given.pop("name", self.name))
        for name, value in given.items():
            part, owner = model._part_of(name)
            model = replace(model, **{part: owner.replace(**{name.rpartition(".")[2]: value})})  # type: ignore[arg-type]
        return model

    def freeze(self, *names: str) -> SkyModel:
        """A copy with these parameters frozen."""
        model = self
        for name in names:
            part, owner = model._part_of(name)
            model = replace(model, **{part: owner.freeze(name.rpartition(".")[2])})  # type: ignore[arg-type]
        return model

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML."""
        return {"name": self.name, **{part: model.to_dict() for part, model in self.parts.items()}}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> SkyModel:
        """Read what `to_dict` wrote."""
        parts: dict[str, Any] = {part: Model.from_dict(data[part]) for part in _PARTS if part in data}
        return cls(**parts, name=data["name"])

    def _part_of(self, name: str) -> tuple[str, Model]:
        owner, _, short = name.rpartition(".")
        if owner in ("", self.name):
            for part, model in self.parts.items():
                if short in model.names:
                    return part, model
        raise ArgumentError(f"{self.name} has no parameter {name!r}; it has: {', '.join(self.parameters)}.")

    def __repr__(self) -> str:
        parts = ", ".join(f"{part}={model!r}" for part, model in self.parts.items())
        return f"SkyModel({parts}, name={self.name!r})"


class Models(Sequence[SkyModel]):
    """Several sources, by position or by name, with YAML files.

    Parameters
    ----------
    models : sequence of SkyModel
        With different names.
    """

    def __init__(self, models: Sequence[SkyModel] = ()):
        self._models = tuple(models)
        names = [model.name for model in self._models]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ArgumentError(f"Two models are called {min(twice)!r}: names must differ.")

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [model.name for model in self._models]

    @property
    def table(self) -> Table:
        """One row a parameter: model name value unit error min max frozen link."""
        columns = ("name", "value", "unit", "error", "min", "max", "frozen", "link")
        rows = [
            (model.name, *(getattr(item, column) for column in columns))
            for model in self._models
            for item in model.parameters.values()
        ]
        return Table(rows=rows, names=("model", *columns)) if rows else Table(names=("model", *columns))

    def to_yaml(self) -> str:
        """The models as YAML."""
        text: str = yaml.safe_dump({"models": [model.to_dict() for model in self._models]}, sort_keys=False)
        return text

    @classmethod
    def from_yaml(cls, text: str, source: str = "YAML text") -> Models:
        """Read what `to_yaml` wrote.

        Raises
        ------
        DataFormatError
            If the text is not YAML with a list called ``models``.
        """
        try:
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise DataFormatError(f"{source} is not YAML: {str(error).splitlines()[0]}.") from error
        if not isinstance(data, dict) or not isinstance(data.get("models"), list):
            raise DataFormatError(f"{source}: expected a list called 'models'.")
        return cls([SkyModel.from_dict(item) for item in data["models"]])

    def write(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write them to a YAML file."""
        with atomic_file(path, overwrite) as temporary:
            temporary.write_text(self.to_yaml())

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Models:
        """Read a YAML file."""
        return cls.from_yaml(Path(path).read_text(), str(path))

    @overload
    def __getitem__(self, key: int | str) -> SkyModel: ...
    @overload
    def __getitem__(self, key: slice) -> Models: ...
    def __getitem__(self, key: int | str | slice) -> SkyModel | Models:
        if isinstance(key, slice):
            return Models(self._models[key])
        if isinstance(key, str):
            if key not in self.names:
                raise ArgumentError(f"No model is called {key!r}; there are: {', '.join(self.names)}.")
            return self._models[self.names.index(key)]
        return self._models[key]

    def __len__(self) -> int:
        return len(self._models)

    def __iter__(self) -> Iterator[SkyModel]:
        return iter(self._models)

    def __repr__(self) -> str:
        return f"Models({', '.join(self.names)})"
