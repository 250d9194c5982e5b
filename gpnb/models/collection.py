"""Several sources: names, links, files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, overload

from astropy.table import Table

from gpnb.core.atomic import atomic_file
from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, DataFormatError, GpnbError
from gpnb.core.faults import faults_told, one_line
from gpnb.core.near import meant
from gpnb.core.recipe import Recipe
from gpnb.core.text_file import read_text
from gpnb.core.yaml_text import dump_yaml, load_yaml
from gpnb.models import (  # noqa: F401  (their classes are known to YAML)
    broken,
    compound,
    constant,
    disk,
    ebl,
    gaussian,
    general_gaussian,
    isotropic,
    line,
    particles,
    piecewise,
    point,
    reference_spectra,
    scaled,
    shell,
    sky_norm,
    sky_template,
    spectral,
    spectral_catalog,
    template,
    temporal_template,
)
from gpnb.models.background import Background, BackgroundModel
from gpnb.models.gammapy import translate, warn_of
from gpnb.models.links import linked_values
from gpnb.models.member import Member
from gpnb.models.parameter import Parameter
from gpnb.models.priors import Prior
from gpnb.models.sky import SkyModel
from gpnb.models.template_counts import TemplateCounts


class Models(Sequence[Member]):
    """Several sources and backgrounds, by position or by name, with YAML files.

    Parameters
    ----------
    models : sequence of SkyModel, BackgroundModel and TemplateCounts
        With different names.

    Examples
    --------
    >>> import gpnb
    >>> models = gpnb.Models([gpnb.SkyModel(gpnb.PowerLaw(), name=name) for name in ("a", "b")])
    >>> models = models.link("b.index", "a.index").replace({"a.index": 2.6})
    >>> models.resolved()["b"].parameter("index").value
    2.6
    """

    @told
    def __init__(self, models: Sequence[Member] = ()):
        self._models = tuple(models)
        names = [model.name for model in self._models]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ArgumentError(f"Two models are called {min(twice)!r}: names must differ.")

    @property
    def recipe(self) -> Recipe:
        """The constructor call that gives these models."""
        return Recipe.of("gpnb.Models()", name="models", models=list(self._models))

    @property
    def names(self) -> list[str]:
        """Their names."""
        return [model.name for model in self._models]

    @cached_property
    def sources(self) -> tuple[SkyModel, ...]:
        """Those that are sources on the sky."""
        return tuple(model for model in self._models if isinstance(model, SkyModel))

    @cached_property
    def backgrounds(self) -> tuple[Background, ...]:
        """Those that belong to a dataset: its background, and predicted counts beside it."""
        return tuple(model for model in self._models if isinstance(model, Background))

    def source(self, name: str | None = None, argument: str = "source") -> SkyModel:
        """The source of a name, or the only one.

        Parameters
        ----------
        name : str, optional
            Its name.
        argument : str
            What the caller calls it, for the sentence.

        Raises
        ------
        ArgumentError
            If there are none or several and `name` does not say which, or it names none.
        """
        found = self.sources
        names = ", ".join(item.name for item in found)
        if name is None:
            if len(found) == 1:
                return found[0]
            words = f"several models: say which, {argument}= one of {names}" if found else "no source: give a SkyModel"
            raise ArgumentError(f"There are {words}." if found else f"There is {words}.")
        model = self[name]
        if not isinstance(model, SkyModel):
            raise ArgumentError(f"{name!r} is a background; {argument} must be one of {names or 'the sources: none'}.")
        return model

    @property
    def parameters(self) -> dict[str, Parameter]:
        """All parameters by full name."""
        return {name: item for model in self._models for name, item in model.parameters.items()}

    @property
    def free(self) -> tuple[str, ...]:
        """Full names of the parameters that a fit changes: neither frozen nor linked."""
        return tuple(name for name, item in self.parameters.items() if item.free)

    def parameter(self, name: str) -> Parameter:
        """One parameter, by its full name, or its short one where only one model has it."""
        return self._owner(name).parameter(name)

    def replace(self, values: Mapping[str, Any] | None = None, **given: Any) -> Models:
        """A copy with other parameter values, by full name (``{"crab.index": 2.5}``) or unique short name."""
        wanted: dict[str, dict[str, Any]] = {}
        for name, value in {**(values or {}), **given}.items():
            wanted.setdefault(self._owner(name).name, {})[name] = value
        return Models([model.replace(**wanted.get(model.name, {})) for model in self._models])

    def freeze(self, *names: str) -> Models:
        """A copy with these parameters frozen."""
        return self._each("freeze", names)

    def thaw(self, *names: str) -> Models:
        """A copy with these parameters free."""
        return self._each("thaw", names)

    def bound(self, name: str, low: Any, high: Any) -> Models:
        """A copy with limits on a parameter, in its own unit."""
        return self._changed(name, "bound", name, low, high)

    def link(self, name: str, to: str) -> Models:
        """A copy whose parameter takes the value of another, by full names; ``""`` for none."""
        return self._changed(name, "link", name, to)

    def with_prior(self, name: str, prior: Prior | None) -> Models:
        """A copy with what is known of a parameter beforehand, in its own unit."""
        return self._changed(name, "with_prior", name, prior)

    def resolved(self) -> Models:
        """A copy whose linked parameters have the values of those they are linked to.

        Raises
        ------
        ArgumentError
            If a link leads nowhere or in a circle.
        """
        return self.replace(linked_values(self.parameters))

    @property
    def table(self) -> Table:
        """One row a parameter: model name value unit error min max frozen link."""
        columns = ("name", "value", "unit", "error", "min", "max", "frozen", "link")
        rows = [
            (model.name, name.removeprefix(f"{model.name}."), *(getattr(item, column) for column in columns[1:]))
            for model in self._models
            for name, item in model.parameters.items()
        ]
        meta = {"title": "Parameters"}
        return Table(rows=rows or None, names=("model", *columns), meta=meta)

    def to_yaml(self, format: str = "gpnb") -> str:  # noqa: A002
        """The models as YAML.

        Parameters
        ----------
        format : {"gpnb", "gammapy"}
            The latter is what Gammapy 2.1 reads, under its names; `from_yaml` knows both.

        Raises
        ------
        ArgumentError
            If a model has no counterpart in Gammapy.
        """
        if format not in ("gpnb", "gammapy"):
            raise ArgumentError(f"format={format!r} must be 'gpnb' or 'gammapy'.")
        if format == "gammapy":
            from gpnb.models.gammapy_write import gammapy_components

            return dump_yaml({"components": gammapy_components(self)})
        components = [{"name": model.name, "type": type(model).__name__, **model.to_dict()} for model in self._models]
        return dump_yaml({"components": components})

    @classmethod
    def from_yaml(cls, text: str, source: str = "YAML text") -> Models:
        """Read what `to_yaml` wrote, or a file of models of Gammapy 2.1.

        Of the latter, what has no place here is left out with a `DataWarning`: the file of the covariance, the names
        of datasets of sources.

        Raises
        ------
        DataFormatError
            If the text is not YAML with a list called ``components``, or a model in it cannot be read.
        """
        data = load_yaml(text, source)
        # "models" is what the truth of the demo store calls it
        items = data.get("components", data.get("models")) if isinstance(data, dict) else None
        if not isinstance(items, list):
            raise DataFormatError(f"{source}: expected a list called 'components'.")
        if data.get("covariance"):
            warn_of(source, f"the covariance in {data['covariance']!r} is not read")
        with faults_told(f"{source} holds no models that can be read"):
            return name_links(cls([_component(item, source) for item in translate(items, source)]))

    def write(self, path: str | os.PathLike[str], overwrite: bool = False, format: str = "gpnb") -> None:  # noqa: A002
        """Write them to a YAML file, in the format that `to_yaml` explains."""
        text = self.to_yaml(format)
        with atomic_file(path, overwrite) as temporary:
            temporary.write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Models:
        """Read a YAML file."""
        return cls.from_yaml(read_text(path, "a file of models (YAML)"), str(path))

    def _owner(self, name: str) -> Member:
        owners = [model for model in self._models if name in model.parameters]
        if not owners:
            owners = [model for model in self._models if name.startswith(f"{model.name}.")]
        if not owners:
            owners = [model for model in self._models if f"{model.name}.{name}" in model.parameters]
        if len(owners) != 1:
            reason = "is a parameter of several models" if owners else "is not a parameter of these models"
            raise ArgumentError(f"{name!r} {reason}; full names are: {', '.join(self.parameters)}.")
        return owners[0]

    def _changed(self, name: str, method: str, *args: Any, **kwargs: Any) -> Models:
        owner = self._owner(name)
        changed = getattr(owner, method)(*args, **kwargs)
        return Models([changed if model is owner else model for model in self._models])

    def _each(self, method: str, names: Sequence[str]) -> Models:
        models = self
        for name in names:
            models = models._changed(name, method, name)
        return models

    @overload
    def __getitem__(self, key: int | str) -> Member: ...
    @overload
    def __getitem__(self, key: slice) -> Models: ...
    def __getitem__(self, key: int | str | slice) -> Member | Models:
        if isinstance(key, slice):
            return Models(self._models[key])
        if isinstance(key, str):
            if key not in self.names:
                raise ArgumentError(f"No model is called {key!r}: {meant(key, self.names)}")
            return self._models[self.names.index(key)]
        return self._models[key]

    def __len__(self) -> int:
        return len(self._models)

    def __iter__(self) -> Iterator[Member]:
        return iter(self._models)

    def __repr__(self) -> str:
        return f"Models({', '.join(self.names)})"


_MEMBERS: dict[str, type[SkyModel | BackgroundModel | TemplateCounts]] = {
    kind.__name__: kind for kind in (SkyModel, BackgroundModel, TemplateCounts)
}


def name_links(models: Models) -> Models:
    """Gammapy gives linked parameters one label: here the later ones take the full name of the first."""
    first: dict[str, str] = {}
    for name, item in models.parameters.items():
        if "@" in item.link and item.link not in models.parameters:
            models = models.link(name, first.get(item.link, ""))
            first.setdefault(item.link, name)
    return models


def _component(data: dict[str, Any], source: str) -> Member:
    where = f"{source}, model {one_line(data.get('name', ''))!r}"
    try:
        with faults_told(f"{where}: its entries are not those of a model"):
            return _MEMBERS[data.get("type", "SkyModel")].from_dict(data)
    except GpnbError as error:
        raise DataFormatError(str(error) if str(error).startswith(where) else f"{where}: {error}") from error
