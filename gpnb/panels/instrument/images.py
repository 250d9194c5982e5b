"""Images of instrument responses: against energy and offset, across the field of view, the migration matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpnb.core.words import labelled, number
from gpnb.panels.instrument.curves import (
    CM2_TO_M2,
    energies_of,
    has_offsets,
    kind_of,
    last_offset,
    offsets_of,
    positive,
)
from gpnb.panels.instrument.view import InstrumentView

_ENERGIES, _OFFSETS, _FIELD = 80, 60, 120


@dataclass(frozen=True, eq=False)
class CurveImage:
    """One image.

    Attributes
    ----------
    title, facts : str
        What it shows.
    x_label, y_label, label : str
        Titles of the axes and of the colours, with units.
    x, y : ndarray
        Edges of the pixels.
    values : ndarray, shape (len(y) - 1, len(x) - 1)
        NaN where there is nothing.
    low, high : float
        Values of the first and the last colour.
    energy_x, log, square : bool
        Whether x is an energy, whether the colours are logarithmic, whether x and y have the same scale.
    """

    title: str
    facts: str
    x_label: str
    y_label: str
    label: str
    x: np.ndarray
    y: np.ndarray
    values: np.ndarray
    low: float
    high: float
    energy_x: bool = True
    log: bool = False
    square: bool = False


def image_of(response: Any, view: InstrumentView) -> CurveImage | None:
    """The image of a response; None where it depends on energy alone, or is a cut on direction."""
    kind = kind_of(response)
    if kind not in _IMAGES or (kind in ("aeff", "psf") and not has_offsets(response)):
        return None
    return _IMAGES[kind](response, view)


def area_image(aeff: Any, view: InstrumentView) -> CurveImage:
    """Effective area against energy and offset."""
    energy, offset = _edges(aeff, view)
    values = positive(aeff.evaluate(_log_middles(energy)[None, :], _middles(offset)[:, None])) * CM2_TO_M2
    top = _largest(values)
    words = ("Energy and offset", "", "True energy (TeV)", "Offset (deg)", "Effective area (m²)")
    return CurveImage(*words, energy, offset, values, top * 1e-3, top, log=True)


def migration_image(edisp: Any, view: InstrumentView) -> CurveImage:
    """The migration matrix at the first offset."""
    energy, at = energies_of(edisp, view, _ENERGIES + 1), offsets_of(edisp, view)[0]
    migra = np.linspace(0, min(2.0, float(edisp.axes[1].edge_values[-1])), 2 * _OFFSETS + 1)
    values = positive(edisp.evaluate(_log_middles(energy)[None, :], _middles(migra)[:, None], np.asarray(at)))
    good = values[np.isfinite(values)]
    top = float(np.percentile(good, 99)) if good.size else 1.0
    words = ("Migration", f"{number(at)}° off axis", "True energy (TeV)", "E / E true", "Density dP / d(E / E true)")
    return CurveImage(*words, energy, migra, values, 0.0, top)


def containment_image(psf: Any, view: InstrumentView) -> CurveImage:
    """Containment radius of the first fraction against energy and offset."""
    (energy, offset), fraction = _edges(psf, view), view.containment[0]
    values = positive(psf.containment_radius(fraction, _log_middles(energy)[None, :], _middles(offset)[:, None]))
    label = labelled(f"{100 * fraction:.4g} % containment radius", "deg")
    words = ("Energy and offset", "", "True energy (TeV)", "Offset (deg)", label)
    good = values[np.isfinite(values)]
    return CurveImage(*words, energy, offset, values, float(good.min()) if good.size else 0.0, _largest(values))


def field_image(bkg: Any, view: InstrumentView) -> CurveImage:
    """Background rate across the field of view, over all energies drawn."""
    energy, axis = energies_of(bkg, view), bkg.offset_axis
    size = float(axis.edge_values[-1]) if axis is not None else last_offset(bkg)
    grid = np.linspace(-size, size, _FIELD + 1)
    values = positive(bkg.integrate(energy[[0, -1]], *np.meshgrid(_middles(grid), _middles(grid)))[0])
    low, high = (number(float(f"{end:.3g}")) for end in energy[[0, -1]])
    words = (
        "Field of view",
        f"{low} – {high} TeV",
        "FoV longitude (deg)",
        "FoV latitude (deg)",
        "Background rate (s⁻¹ sr⁻¹)",
    )
    return CurveImage(*words, grid, grid, values, 0.0, _largest(values), energy_x=False, square=True)


_IMAGES: dict[str, Callable[[Any, InstrumentView], CurveImage]] = {
    "aeff": area_image,
    "edisp": migration_image,
    "psf": containment_image,
    "bkg": field_image,
}


def _edges(response: Any, view: InstrumentView) -> tuple[np.ndarray, np.ndarray]:
    return energies_of(response, view, _ENERGIES + 1), np.linspace(0, last_offset(response), _OFFSETS + 1)


def _middles(edges: np.ndarray) -> np.ndarray:
    return np.asarray((edges[:-1] + edges[1:]) / 2)


def _log_middles(edges: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(edges[:-1] * edges[1:]))


def _largest(values: np.ndarray) -> float:
    good = values[np.isfinite(values)]
    return float(good.max()) if good.size else 1.0
