"""Flux points and spectra side by side, as an object that shows itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
from astropy import units as u
from astropy.table import QTable

from gpnb.core.display import Displayed
from gpnb.core.errors import ArgumentError, FitError
from gpnb.core.recipe import Recipe
from gpnb.core.units import DNDE, ENERGY, to_range
from gpnb.products.flux_points import FluxPoints

_POINTS = 100


class Sed(Displayed):
    """Flux points and spectra in one picture: E² dN/dE against energy.

    Parameters
    ----------
    points : FluxPoints, or mapping of str to FluxPoints, optional
        By what the legend calls them.
    models : mapping of str to spectrum, or one spectrum, optional
        A `FitResult` (drawn with its band of one standard deviation), a spectral model or `SkyModel`, or a table with
        columns ``energy``, ``dnde`` and, for a band, ``dnde_low`` and ``dnde_high``: what ``result.butterfly()`` gives.
    published : mapping of str to FluxPoints, or source of a catalogue, optional
        What others found; a source of a catalogue has points and a spectrum.
    energy : pair of Quantity or str, optional
        Range of spectra that are not tables; by default that of the points.
    title : str
        Over the picture.

    Attributes
    ----------
    points : dict of str to FluxPoints
        All sets of points.
    curves : dict of str to QTable
        All spectra.

    Raises
    ------
    ArgumentError
        If there is nothing to draw, something is of another kind, or the range of a spectrum is not known.

    Examples
    --------
    >>> import gpnb
    >>> sed = Sed(models={"power law": gpnb.PowerLaw()}, energy=("1 TeV", "10 TeV"))
    >>> sed
    <Sed of 0 sets of flux points and 1 spectrum>
    >>> sed.plot().axes[0].get_xlabel()
    'Energy (TeV)'
    """

    panel: ClassVar[str] = "points"

    def __init__(
        self, points: Any = None, models: Any = None, published: Any = None, energy: Any = None, title: str = ""
    ):
        self.title = title
        given = {"points": points, "models": models, "published": published, "energy": energy}
        self.recipe = Recipe.of("gpnb.Sed()", name="sed", **given, title=title or None)
        others = _named(published, "published")
        self.points: dict[str, FluxPoints] = {}
        for label, item in [*_named(points, "flux points").items(), *others.items()]:
            self.points[label] = _points(item, label)
        span = self._span(energy)
        self.curves: dict[str, QTable] = {}
        for label, item in _named(models, "model").items():
            self.curves.update(_curves(item, label, span))
        for label, item in others.items():
            spectrum = None if isinstance(item, FluxPoints) else _spectrum_of(item)
            if spectrum is not None:
                self.curves[label] = _table(spectrum, _energies({label: self.points[label]}))
        if not self.points and not self.curves:
            raise ArgumentError("points, models and published are all empty: give at least one of them.")

    def __repr__(self) -> str:
        sets, spectra = len(self.points), len(self.curves)
        words = "spectrum" if spectra == 1 else "spectra"
        return f"<Sed of {sets} set{'s' * (sets != 1)} of flux points and {spectra} {words}>"

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever looks at the points should know."""
        several = len(self.points) > 1
        return tuple(
            f"{label}: {note}" if several else note for label, item in self.points.items() for note in item.notes
        )

    def _span(self, energy: Any) -> tuple[float, float] | None:
        if energy is not None:
            return to_range(energy, ENERGY, "energy")
        return _energies(self.points)


def _named(given: Any, default: str) -> dict[str, Any]:
    """What was given, by name."""
    if given is None:
        return {}
    if isinstance(given, Mapping):
        return {str(label): item for label, item in given.items()}
    return {str(getattr(given, "name", "") or default): given}


def _points(item: Any, label: str) -> FluxPoints:
    found = item if isinstance(item, FluxPoints) else getattr(item, "flux_points", lambda: None)()
    if not isinstance(found, FluxPoints):
        raise ArgumentError(f"{label!r} is {type(item).__name__}; expected FluxPoints, or a source of a catalogue.")
    return found


def _spectrum_of(source: Any) -> Any:
    """The fitted spectrum of a source of a catalogue; None if it has none."""
    try:
        return source.spectral_model
    except ValueError:  # the catalogue has points alone
        return None


def _energies(points: Mapping[str, FluxPoints]) -> tuple[float, float] | None:
    """From the first to the last energy of points."""
    ends = [np.concatenate([item.e_ref, item.e_min, item.e_max]) for item in points.values()]
    good = np.concatenate(ends) if ends else np.zeros(0)
    good = good[np.isfinite(good) & (good > 0)]
    return (float(good.min()), float(good.max())) if good.size else None


def _curves(item: Any, label: str, span: tuple[float, float] | None) -> Iterator[tuple[str, QTable]]:
    """Name and table of a spectrum; of each source of a fit."""
    if isinstance(item, QTable):
        missing = {"energy", "dnde"} - set(item.colnames)
        if missing:
            raise ArgumentError(f"{label!r}: the table has no column {min(missing)!r}; result.butterfly() gives one.")
        yield label, item
        return
    models = getattr(item, "models", None)
    for model in [item] if models is None else models.sources:
        spectrum = getattr(model, "spectral", model)
        if not hasattr(spectrum, "evaluate_at"):
            raise ArgumentError(f"{label!r} is {type(item).__name__}; expected a FitResult, a spectrum or a table.")
        name = label if models is None or len(models.sources) == 1 else f"{label}, {model.name}"
        yield name, _table(spectrum, span) if models is None else _fitted(item, model, span)


def _fitted(result: Any, model: Any, span: tuple[float, float] | None) -> QTable:
    """A fitted spectrum with its band; without one where the fit has no errors."""
    try:
        return result.butterfly(u.Quantity(_known(span), u.TeV), model.name, _POINTS)
    except FitError:
        return _table(model.spectral, span)


def _table(spectrum: Any, span: tuple[float, float] | None) -> QTable:
    energy = np.geomspace(*_known(span), _POINTS)
    return QTable({"energy": energy * u.TeV, "dnde": spectrum.evaluate_at(energy) * DNDE})


def _known(span: tuple[float, float] | None) -> tuple[float, float]:
    if span is None or not (np.isfinite(span).all() and 0 < span[0] < span[1]):
        raise ArgumentError(f"energy={span!r}: the range of the spectra is not known; give energy=(low, high).")
    return span
