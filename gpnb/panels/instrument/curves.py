"""Curves of instrument responses against energy, and profiles, as plain arrays with what stands beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.words import number
from gpnb.panels.instrument.view import InstrumentView
from gpnb.state.doors import range_ends

CM2_TO_M2 = 1e-4

_POINTS = 160
_NICE = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)

Values = Callable[[np.ndarray, np.ndarray], Any]
"""Gives the floats of a quantity at energies (TeV) and an offset (deg)."""


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve.

    Attributes
    ----------
    label : str
        What it is of, as in a legend; empty for one that needs no entry.
    x, y : ndarray
        NaN where there is nothing.
    style : int
        Which of the house's colours and dashes it has.
    thin : bool
        Whether it stands behind another one of the same style.
    """

    label: str
    x: np.ndarray
    y: np.ndarray
    style: int
    thin: bool = False


@dataclass(frozen=True, eq=False)
class CurvePlot:
    """Curves that are drawn together.

    Attributes
    ----------
    name, title, facts : str
        Which ones.
    x_label, y_label : str
        Titles of the axes, with units.
    x, y : tuple of float
        Ranges of the axes.
    curves : tuple of Curve
        All of them.
    energy_x, log_y : bool
        Whether x is an energy, whether y is logarithmic.
    marks : tuple of float
        Places on x where a line stands.
    zero : bool
        Whether a line lies at y = 0.
    """

    name: str
    title: str
    facts: str
    x_label: str
    y_label: str
    x: tuple[float, float]
    y: tuple[float, float]
    curves: tuple[Curve, ...]
    energy_x: bool = True
    log_y: bool = False
    marks: tuple[float, ...] = ()
    zero: bool = False


def kind_of(response: Any) -> str:
    """``"aeff"``, ``"edisp"``, ``"psf"``, ``"bkg"`` or ``"rad"``."""
    return str(response.layout.hdu_class).partition("_")[0]


def last_offset(response: Any) -> float:
    """The largest offset from the pointing that a response covers, deg."""
    axis = response.offset_axis
    if axis is None:
        return float(min(abs(response.axes[1].edge_values[-1]), abs(response.axes[2].edge_values[-1])))
    return float(axis.center_values[-1])


def has_offsets(response: Any) -> bool:
    """Whether a response depends on the offset at all."""
    axis = response.offset_axis
    return axis is None or axis.n > 1


def offsets_of(response: Any, view: InstrumentView) -> list[float]:
    """Offsets of the curves: the chosen one, those of the record, else three round ones within the response."""
    if not has_offsets(response):
        return [float(response.offset_axis.center_values[0])]
    fixed = list(view.offsets) or usual_offsets(last_offset(response))
    return fixed if view.offset is None else [view.offset, *(offset for offset in fixed if offset != view.offset)]


def usual_offsets(last: float) -> list[float]:
    """Three round offsets up to the last one, deg."""
    inside = [offset for offset in _NICE if offset <= 0.85 * last] or [last / 2]
    return [inside[index] for index in sorted({0, len(inside) // 2, len(inside) - 1})]


def energies_of(response: Any, view: InstrumentView, points: int = _POINTS) -> np.ndarray:
    """Energies at which curves are drawn, TeV: where the response holds something.

    Raises
    ------
    ArgumentError
        If the range of the record lies outside.
    """
    axis = response.energy_axis
    filled = np.asarray(response.values).reshape(axis.n, -1).max(axis=1) > 0
    used = np.flatnonzero(filled) if filled.any() else np.arange(axis.n)
    low, high = float(axis.low_values[used[0]]), float(axis.high_values[used[-1]])
    wanted_low, wanted_high = range_ends(view.energy)
    first, last = max(low, wanted_low), min(high, wanted_high)
    if not first < last:
        wanted = f"{wanted_low:.4g} to {wanted_high:.4g} TeV"
        raise ArgumentError(f"energy: {wanted} was asked for, but the response covers {low:.4g} to {high:.4g} TeV.")
    return np.geomspace(first, last, points)


def curve_plots(response: Any, view: InstrumentView) -> list[CurvePlot]:
    """The plots of a response.

    Examples
    --------
    >>> import gpnb
    >>> obs = gpnb.demo_store().select()[0]  # doctest: +SKIP
    >>> [plot.title for plot in curve_plots(obs.edisp, InstrumentView())]  # doctest: +SKIP
    ['Energy resolution', 'Energy bias']
    """
    return [make(response, view) for make in _PLOTS[kind_of(response)]]


def overview_plots(responses: Mapping[str, Any], view: InstrumentView) -> list[CurvePlot]:
    """The plots of all responses of an observation, at offsets that all of them cover."""
    covered = [last_offset(part) for part in responses.values() if has_offsets(part)]
    if covered and not view.offsets:
        view = view.replace(offsets=[f"{offset!r} deg" for offset in usual_offsets(min(covered))])
    return [plot for part in responses.values() for plot in curve_plots(part, view)]


def area(aeff: Any, view: InstrumentView) -> CurvePlot:
    """Effective area against energy, with the safe range of the file."""
    energy = energies_of(aeff, view)
    curves = _curves(aeff, view, energy, lambda at, off: positive(aeff.evaluate(at, off)) * CM2_TO_M2)
    top = float(np.max(aeff.values)) * CM2_TO_M2 or 1.0
    marks = tuple(edge for edge in aeff.threshold if edge is not None and energy[0] < edge < energy[-1])
    words = ("area", "Effective area", "", "True energy (TeV)", "Effective area (m²)")
    return CurvePlot(*words, _ends(energy), (top * 1e-5, top * 2), curves, log_y=True, marks=marks)


def resolution(edisp: Any, view: InstrumentView) -> CurvePlot:
    """Energy resolution against energy."""
    energy = energies_of(edisp, view)
    curves = _curves(edisp, view, energy, edisp.resolution)
    words = ("resolution", "Energy resolution", "", "True energy (TeV)", "Energy resolution (σ of E / E true)")
    return CurvePlot(*words, _ends(energy), (0.0, _top(curves, 1.0)), curves)


def bias(edisp: Any, view: InstrumentView) -> CurvePlot:
    """Energy bias against energy."""
    energy = energies_of(edisp, view)
    curves = _curves(edisp, view, energy, edisp.bias)
    size = _top(curves, 0.5)
    words = ("bias", "Energy bias", "", "True energy (TeV)", "Energy bias (E / E true − 1)")
    return CurvePlot(*words, _ends(energy), (-size, size), curves, zero=True)


def containment(psf: Any, view: InstrumentView) -> CurvePlot:
    """Containment radii against energy; fractions after the first in thin lines."""
    energy = energies_of(psf, view)
    curves: list[Curve] = []
    for place, fraction in enumerate(view.containment):

        def radius(at: np.ndarray, off: np.ndarray, part: float = fraction) -> Any:
            return psf.containment_radius(part, at, off)

        curves += _curves(psf, view, energy, radius, thin=place > 0)
    parts = [f"{fraction:.4g}" for fraction in (100 * part for part in view.containment)]
    facts = ", thin ".join(f"{part} %" for part in parts)
    words = ("containment", "Containment", facts, "True energy (TeV)", "Containment radius (deg)")
    return CurvePlot(*words, _ends(energy), (0.0, _top(curves, 3.0)), tuple(curves))


def profile(psf: Any, view: InstrumentView) -> CurvePlot:
    """Density against the distance from the source, for some energies at the first offset."""
    offset, energy = offsets_of(psf, view)[0], energies_of(psf, view)
    places = energy[[_POINTS // 4, _POINTS // 2, -_POINTS // 4]]
    wanted = view.energies or tuple(float(f"{value:.1g}") for value in places)
    widest = float(np.nanmax(np.append(psf.containment_radius(0.95, np.array(wanted), offset), 0.0)))
    rad = np.linspace(0, widest if np.isfinite(widest) and widest > 0 else 1.0, _POINTS)
    curves = tuple(
        Curve(f"{number(at)} TeV", rad, positive(psf.evaluate(np.asarray(at), np.asarray(offset), rad)), style)
        for style, at in enumerate(wanted)
    )
    words = ("profile", "Profile", f"{number(offset)}° off axis", "Distance from the source (deg)", "Density (sr⁻¹)")
    return CurvePlot(*words, _ends(rad), _log_range(curves, 1e-4), curves, energy_x=False, log_y=True)


def rate(bkg: Any, view: InstrumentView) -> CurvePlot:
    """Background rate against energy."""
    energy = energies_of(bkg, view)
    curves = _curves(bkg, view, energy, lambda at, off: positive(bkg.evaluate(at, off, np.zeros(()))))
    words = ("rate", "Background rate", "", "Energy (TeV)", "Background rate (s⁻¹ TeV⁻¹ sr⁻¹)")
    return CurvePlot(*words, _ends(energy), _log_range(curves, 1e-9), curves, log_y=True)


def cut(rad_max: Any, view: InstrumentView) -> CurvePlot:
    """Directional cut against energy."""
    energy = energies_of(rad_max, view)
    curves = _curves(rad_max, view, energy, rad_max.evaluate)
    words = ("cut", "Directional cut", "", "Energy (TeV)", "Directional cut (deg)")
    return CurvePlot(*words, _ends(energy), (0.0, _top(curves, 5.0)), curves)


_PLOTS: dict[str, tuple[Callable[[Any, InstrumentView], CurvePlot], ...]] = {
    "aeff": (area,),
    "edisp": (resolution, bias),
    "psf": (containment, profile),
    "bkg": (rate,),
    "rad": (cut,),
}


def positive(values: Any) -> np.ndarray:
    """The values, NaN where they are not above zero."""
    values = np.asarray(values, dtype=float)
    return np.where(values > 0, values, np.nan)


def _curves(
    response: Any, view: InstrumentView, energy: np.ndarray, values: Values, thin: bool = False
) -> tuple[Curve, ...]:
    """One curve an offset."""
    return tuple(
        Curve(f"{number(offset)}° off axis", energy, np.asarray(values(energy, np.asarray(offset)), float), style, thin)
        for style, offset in enumerate(offsets_of(response, view))
    )


def _top(curves: Iterable[Curve], most: float) -> float:
    """A round upper limit for curves, at most `most`."""
    values = np.abs(np.concatenate([curve.y for curve in curves]))
    good = values[np.isfinite(values)]
    return float(min(np.percentile(good, 99) * 1.35, most)) if good.size and good.max() > 0 else most


def _log_range(curves: Iterable[Curve], share: float) -> tuple[float, float]:
    """From the least value, or a share of the largest, to the largest."""
    values = np.concatenate([curve.y for curve in curves])
    good = values[np.isfinite(values)]
    if not good.size:
        return 0.1, 10.0
    top = float(good.max())
    return max(float(good.min()), share * top) / 2, top * 2


def _ends(values: np.ndarray) -> tuple[float, float]:
    return float(values[0]), float(values[-1])
