"""The view record of a fit, and the models it stands for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.fitting.given import as_sources
from gpnb.models.base import model_class
from gpnb.models.collection import Models
from gpnb.models.parameter import Parameter
from gpnb.models.sky import SkyModel
from gpnb.state import doors
from gpnb.state.record import Record

Row = tuple[str, float, float | None, float | None, bool]
"""Name, value, least, largest (None: no limit), frozen."""

_SOURCE = "source"
"""The name of a source that has none."""

KINDS = {
    "PowerLaw": "power law",
    "ExpCutoffPowerLaw": "exp. cut-off power law",
    "LogParabola": "log-parabola",
    "BrokenPowerLaw": "broken power law",
    "SmoothBrokenPowerLaw": "smooth broken power law",
}
"""The spectra that can be chosen, in words."""


def _read_rows(value: Any, name: str) -> tuple[Row, ...]:
    """Rows of parameters; an infinite limit is none."""
    rows = []
    for row in value:
        if isinstance(row, str) or len(row) != 5:
            raise ArgumentError(f"{name}: a parameter is (name, value, min, max, frozen), got {row!r}.")
        title, number, low, high, frozen = row
        ends = [None if end is None or not np.isfinite(end) else float(end) for end in (low, high)]
        rows.append((str(title), float(number), *ends, bool(frozen)))
    return tuple(rows)  # type: ignore[arg-type]


@unchanging
@dataclass(frozen=True, kw_only=True)
class FitView(Record):
    """What is fitted, and how its errors are shown.

    Parameters
    ----------
    model : str
        Class of the spectrum, such as ``"PowerLaw"``, or YAML of `Models`; empty for the models of a fit, else none.
        `build` takes models as well.
    source : str
        Name of the source, where `model` is a class.
    parameters : tuple of (str, float, float, float, bool)
        Name, value, least and largest value (None: no limit), and whether it is frozen; in the parameters' units.
    fitted : bool
        What is shown is the fit that starts at these values.
    errors : {"covariance", "profile"}
        Errors of the parameters from the curvature at the minimum, or from the profile likelihood.
    contour : tuple of str
        The two parameters of the contours; empty for the first two that are free.
    """

    model: str = ""
    source: str = _SOURCE
    parameters: tuple[Row, ...] = field(default=(), metadata={"door": doors.Door(_read_rows, list)})
    fitted: bool = False
    errors: Literal["covariance", "profile"] = "covariance"
    contour: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.contour) not in (0, 2):
            raise ArgumentError("contour must be two parameters, or none.")
        if self.model and self.model not in KINDS:
            _base(self.model, self.source)

    def changed(self) -> dict[str, Any]:
        """What differs from the defaults; a model that a call can make stands as the call."""
        found = super().changed()
        made = _call_of(self)
        if made is None:
            return found
        others = {name: value for name, value in found.items() if name not in ("model", "source", "parameters")}
        return {"model": made, **others}

    @classmethod
    def _read(cls, changes: Mapping[str, Any]) -> dict[str, Any]:
        given = changes.get("model")
        if given is not None and not isinstance(given, str):
            changes = {**changes, **spec_of(as_sources(given, "the panel shows sources"))}
        return super()._read(changes)


def _call_of(view: FitView) -> Any:
    """The model of a record as the call that makes it; None where that would make another record."""
    models = models_of(view) if view.model in KINDS and view.parameters else None
    if models is None:
        return None
    source = models.sources[0]
    made = source.spectral if view.source == _SOURCE else source
    fields = {"model": view.model, "source": view.source, "parameters": view.parameters}
    return made if spec_of(as_sources(made, "the panel shows sources")) == fields else None


def models_of(view: FitView) -> Models | None:
    """The models of a record; None if it names none.

    Raises
    ------
    ArgumentError
        If the model is not known, or has no such parameter.
    """
    return None if not view.model else with_rows(_base(view.model, view.source), view.parameters)


def with_rows(models: Models, rows: tuple[Row, ...]) -> Models:
    """Models with other values, limits and frozen parameters."""
    known = models.parameters
    short = {name.partition(".")[2]: name for name in known} if len(models) == 1 else {}
    found: dict[str, Parameter] = {}
    for name, value, low, high, frozen in rows:
        full = short.get(name, name)
        if full not in known:
            raise ArgumentError(f"There is no parameter {name!r}; there are: {', '.join(known)}.")
        least, most = -np.inf if low is None else low, np.inf if high is None else high
        found[full] = replace(known[full], value=value, min=least, max=most, frozen=frozen, error=np.nan)
    return models.replace(found) if found else models


def rows_of(models: Models) -> tuple[Row, ...]:
    """Rows of all parameters of spectra, by short name where there is one source; no digits far below the errors."""
    single = len(models) == 1
    return tuple(
        (
            item.name if single else f"{model.name}.{item.name}",
            _told(float(item.value), item.error),
            float(item.min) if np.isfinite(item.min) else None,
            float(item.max) if np.isfinite(item.max) else None,
            bool(item.frozen),
        )
        for model in models
        for item in model.spectral.parameters
    )


def _told(value: float, error: float) -> float:
    """A value to a thousandth of its error, where it has one."""
    known = np.isfinite(error) and error > 0 and np.isfinite(value)
    return round(value, 3 - math.floor(math.log10(error))) if known else value


def spec_of(models: Models) -> dict[str, Any]:
    """The fields of a record that stand for models."""
    first, kind = models.sources[0], type(models.sources[0].spectral).__name__
    known = (*(item.prior for item in models.parameters.values()), *(item.link for item in models.parameters.values()))
    plain = len(models) == 1 and kind in KINDS and first.spatial is None and not any(known)
    found = {"model": kind, "source": first.name} if plain else {"model": _yaml(models), "source": None}
    return {**found, "parameters": rows_of(models)}


def kind_words(models: Models) -> str:
    """What the spectrum of the first source is, in words."""
    sources = models.sources
    kind = type(sources[0].spectral).__name__
    return KINDS.get(kind, kind) + (f" and {len(sources) - 1} more" if len(sources) > 1 else "")


@cache
def _base(model: str, source: str) -> Models:
    """The models before their parameters are set."""
    kind: Any = model_class(model) if model in KINDS else None
    if kind is not None:
        return Models([SkyModel(kind(), name=source)])
    if "\n" not in model:
        raise ArgumentError(
            f"model={model!r} is not known: give a model, YAML of models, or one of {', '.join(KINDS)}."
        )
    return Models.from_yaml(model, "model")


def _yaml(models: Models) -> str:
    """Models as text, without errors."""
    plain = {name: replace(item, error=np.nan) for name, item in models.parameters.items()}
    return models.replace(plain).to_yaml()
