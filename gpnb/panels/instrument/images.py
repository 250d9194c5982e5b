"""Images of instrument responses: against energy and offset, across the field of view, the migration matrix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from gpnb.core.words import labelled, number
from gpnb.panels.instrument.curves import (
    CM2_TO_M2,
    OFF_AXIS,
    RESPONSES,
    energies_of,
    has_offsets,
    kind_of,
    last_offset,
    offsets_of,
    positive,
)
from gpnb.panels.instrument.view import InstrumentView
from gpnb.panels.plot import Image, Plot

_ENERGIES, _OFFSETS, _FIELD = 80, 60, 120


def image_of(response: Any, view: InstrumentView) -> Plot | None:
    """The image of a response; None where it depends on energy alone, or is a cut on direction."""
    kind = kind_of(response)
    if kind not in _IMAGES or (kind in ("aeff", "psf") and not has_offsets(response)):
        return None
    return _IMAGES[kind](response, view)


def run_images(responses: Mapping[str, Any], view: InstrumentView) -> list[Plot]:
    """The images of all responses of a run, named and titled after the response."""
    found = {kind: image_of(part, view) for kind, part in responses.items()}
    return [
        replace(image, name=f"{kind} image", title=f"{RESPONSES[kind]}: {image.title.lower()}")
        for kind, image in found.items()
        if image is not None
    ]


def area_image(aeff: Any, view: InstrumentView) -> Plot:
    """Effective area against energy and offset."""
    energy, offset = _edges(aeff, view)
    values = positive(aeff.evaluate(_log_middles(energy)[None, :], _middles(offset)[:, None])) * CM2_TO_M2
    top = _largest(values)
    pixels = {"x": energy, "y": offset, "values": values}
    return _by_offset(Image(label="Effective area (m²)", low=top * 1e-3, high=top, log=True, **pixels))


def migration_image(edisp: Any, view: InstrumentView) -> Plot:
    """The migration matrix at the first offset."""
    energy, at = energies_of(edisp, view, _ENERGIES + 1), offsets_of(edisp, view)[0]
    migra = np.linspace(0, min(2.0, float(edisp.axes[1].edge_values[-1])), 2 * _OFFSETS + 1)
    values = positive(edisp.evaluate(_log_middles(energy)[None, :], _middles(migra)[:, None], np.asarray(at)))
    good = values[np.isfinite(values)]
    top = float(np.percentile(good, 99)) if good.size else 1.0
    image = Image(label="Density dP / d(E / E true)", x=energy, y=migra, values=values, low=0.0, high=top)
    return _by_energy(image, "Migration", "E / E true", f"{number(at)}{OFF_AXIS}")


def containment_image(psf: Any, view: InstrumentView) -> Plot:
    """Containment radius of the first fraction against energy and offset."""
    (energy, offset), fraction = _edges(psf, view), view.containment[0]
    at = _log_middles(energy)[None, :], _middles(offset)[:, None]
    values = positive(psf.containment_radius(*at, fraction=fraction))
    label = labelled(f"{100 * fraction:.4g} % containment radius", "deg")
    good = values[np.isfinite(values)]
    low = float(good.min()) if good.size else 0.0
    return _by_offset(Image(label=label, x=energy, y=offset, values=values, low=low, high=_largest(values)))


def field_image(bkg: Any, view: InstrumentView) -> Plot:
    """Background rate across the field of view, over all energies drawn."""
    energy, axis = energies_of(bkg, view), bkg.offset_axis
    size = float(axis.edge_values[-1]) if axis is not None else last_offset(bkg)
    grid = np.linspace(-size, size, _FIELD + 1)
    values = positive(bkg.integrate(energy[[0, -1]], *np.meshgrid(_middles(grid), _middles(grid)))[0])
    low, high = (number(float(f"{end:.3g}")) for end in energy[[0, -1]])
    return Plot(
        name="image",
        title="Field of view",
        facts=f"{low} – {high} TeV",
        x=(-size, size),
        y=(-size, size),
        x_label="FoV longitude (deg)",
        y_label="FoV latitude (deg)",
        square=True,
        image=Image(label="Background rate (s⁻¹ sr⁻¹)", x=grid, y=grid, values=values, low=0.0, high=_largest(values)),
    )


_IMAGES: dict[str, Callable[[Any, InstrumentView], Plot]] = {
    "aeff": area_image,
    "edisp": migration_image,
    "psf": containment_image,
    "bkg": field_image,
}


def _by_offset(image: Image) -> Plot:
    return _by_energy(image, "Energy and offset", "Offset (deg)")


def _by_energy(image: Image, title: str, y_label: str, facts: str = "") -> Plot:
    """An image against energy and something else."""
    (low, high), (bottom, top) = image.x[[0, -1]], image.y[[0, -1]]
    words: dict[str, Any] = {"title": title, "facts": facts, "x_label": "True energy (TeV)", "y_label": y_label}
    x, y = (float(low), float(high)), (float(bottom), float(top))
    return Plot(name="image", x=x, y=y, log_x=True, image=image, **words)


def _edges(response: Any, view: InstrumentView) -> tuple[np.ndarray, np.ndarray]:
    return energies_of(response, view, _ENERGIES + 1), np.linspace(0, last_offset(response), _OFFSETS + 1)


def _middles(edges: np.ndarray) -> np.ndarray:
    return np.asarray((edges[:-1] + edges[1:]) / 2)


def _log_middles(edges: np.ndarray) -> np.ndarray:
    return np.asarray(np.sqrt(edges[:-1] * edges[1:]))


def _largest(values: np.ndarray) -> float:
    good = values[np.isfinite(values)]
    return float(good.max()) if good.size else 1.0
