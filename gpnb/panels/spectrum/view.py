"""The view record of the spectral-fit panel, and the models it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.fitting.given import as_models
from gpnb.models.base import model_class
from gpnb.models.collection import Models
from gpnb.models.parameter import Parameter
from gpnb.models.sky import SkyModel
from gpnb.state import doors
from gpnb.state.doors import Span
from gpnb.state.record import Record

if TYPE_CHECKING:
    from gpnb.state.selection import Selection

Tab = Literal["auto", "sed", "counts", "excess", "profiles", "contours", "regions"]
Row = tuple[str, float, float | None, float | None, bool]
"""Name, value, least, largest (None: no limit), frozen."""

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
class SpectrumView(Record):
    """The fit of spectra.

    Parameters
    ----------
    tab : {"auto", "sed", "counts", "excess", "profiles", "contours", "regions"}
        What is looked at; by default the energy distribution if there is a model, else the counts.
    model : str
        Class of the spectrum, such as ``"PowerLaw"``, or YAML of `Models`; empty for the models of a fit, else none.
        `build` takes models as well.
    source : str
        Name of the source, where `model` is a class.
    parameters : tuple of (str, float, float, float, bool)
        Name, value, least and largest value (None: no limit), and whether it is frozen; in the parameters' units.
    fitted : bool
        What is shown is the fit that starts at these values.
    energy : tuple of float, optional
        Only bins wholly inside are fitted, TeV.
    region : str
        Where the spectra are extracted anew, as DS9 text.
    edges : tuple of float
        Edges of the flux points, TeV; empty for none.
    errors : {"covariance", "profile"}
        Errors of the parameters from the curvature at the minimum, or from the profile likelihood.
    residuals : {"sigma", "relative"}
        What stands under the plot: signed square roots of the fit statistic, or excess over model less 1.
    min_counts : float
        Neighbouring bins are drawn as one until they hold so many counts; the fit knows nothing of it.
    published : tuple of str
        Catalogues whose spectrum of the source at this place is drawn as well.
    contour : tuple of str
        The two parameters of the contours; empty for the first two that are free.

    Examples
    --------
    >>> import gpnb
    >>> SpectrumView.build(model=gpnb.PowerLaw(index=2.6), energy=("1 TeV", "10 TeV")).parameters[0]
    ('index', 2.6, None, None, False)
    """

    tab: Tab = "auto"
    model: str = ""
    source: str = "source"
    parameters: tuple[Row, ...] = field(default=(), metadata={"door": doors.Door(_read_rows, list)})
    fitted: bool = False
    energy: Span | None = field(default=None, metadata={"door": doors.energies})
    region: str = field(default="", metadata={"door": doors.regions})
    edges: tuple[float, ...] = field(default=(), metadata={"door": doors.quantities("TeV")})
    errors: Literal["covariance", "profile"] = "covariance"
    residuals: Literal["sigma", "relative"] = "sigma"
    min_counts: float = 5.0
    published: tuple[str, ...] = ()
    contour: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if any(not low < high for low, high in zip(self.edges[:-1], self.edges[1:], strict=True)):
            raise ArgumentError(f"edges={self.edges} must rise.")
        if len(self.edges) == 1 or len(self.contour) not in (0, 2):
            raise ArgumentError("edges must be at least two energies, and contour two parameters, or none.")
        if self.model and self.model not in KINDS:
            _base(self.model, self.source)

    @classmethod
    def _read(cls, changes: Mapping[str, Any]) -> dict[str, Any]:
        given = changes.get("model")
        if given is not None and not isinstance(given, str):
            changes = {**changes, **spec_of(as_models(given))}
        return super()._read(changes)

    def linked(self, selection: Selection) -> Self:
        """Spectra of the chosen region, in the chosen energies."""
        chosen = {"region": selection.region_ds9, "energy": selection.energy_tev}
        return self._make(self._values() | {name: value for name, value in chosen.items() if not getattr(self, name)})


def models_of(view: SpectrumView) -> Models | None:
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
    """The rows of all parameters of spectra: by short name where there is one source."""
    return tuple(
        (
            item.name if len(models) == 1 else f"{model.name}.{item.name}",
            float(item.value),
            float(item.min) if np.isfinite(item.min) else None,
            float(item.max) if np.isfinite(item.max) else None,
            bool(item.frozen),
        )
        for model in models
        for item in model.spectral.parameters
    )


def spec_of(models: Models) -> dict[str, Any]:
    """The fields of a record that stand for models."""
    first, kind = models[0], type(models[0].spectral).__name__
    known = (*(item.prior for item in models.parameters.values()), *(item.link for item in models.parameters.values()))
    plain = len(models) == 1 and kind in KINDS and first.spatial is None and not any(known)
    found = {"model": kind, "source": first.name} if plain else {"model": _yaml(models), "source": None}
    return {**found, "parameters": rows_of(models)}


def kind_words(models: Models) -> str:
    """What the spectrum of the first source is, in words."""
    kind = type(models[0].spectral).__name__
    return KINDS.get(kind, kind) + (f" and {len(models) - 1} more" if len(models) > 1 else "")


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
