"""Curves of instrument responses against energy, and profiles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.words import number
from gpnb.panels.instrument.view import InstrumentView
from gpnb.panels.plot import Line, Plot, Rule, look
from gpnb.state.doors import range_ends

CM2_TO_M2 = 1e-4

OFF_AXIS = "° off axis"
"""How labels of curves at an offset end."""

RESPONSES = {
    "aeff": "Effective area",
    "edisp": "Energy dispersion",
    "psf": "Point spread function",
    "bkg": "Background",
    "rad": "Directional cut",
}
"""The kinds of responses in words."""

_POINTS = 160
_NICE = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)

Values = Callable[[np.ndarray, np.ndarray], Any]
"""Gives the floats of a quantity at energies (TeV) and an offset (deg)."""


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


def curve_plots(response: Any, view: InstrumentView) -> list[Plot]:
    """The plots of a response.

    Examples
    --------
    >>> import gpnb
    >>> obs = gpnb.demo_store().select()[0]  # doctest: +SKIP
    >>> [plot.title for plot in curve_plots(obs.edisp, InstrumentView())]  # doctest: +SKIP
    ['Energy resolution', 'Energy bias']
    """
    return [make(response, view) for make in _PLOTS[kind_of(response)]]


def overview_plots(responses: Mapping[str, Any], view: InstrumentView) -> list[Plot]:
    """The plots of all responses of an observation, at offsets that all of them cover."""
    covered = [last_offset(part) for part in responses.values() if has_offsets(part)]
    if covered and not view.offsets:
        view = view.replace(offsets=[f"{offset!r} deg" for offset in usual_offsets(min(covered))])
    return [plot for part in responses.values() for plot in curve_plots(part, view)]


def area(aeff: Any, view: InstrumentView) -> Plot:
    """Effective area against energy, with the safe range of the file."""
    energy = energies_of(aeff, view)
    lines = _lines(aeff, view, energy, lambda at, off: positive(aeff.evaluate(at, off)) * CM2_TO_M2)
    top = float(np.max(aeff.values)) * CM2_TO_M2 or 1.0
    marks = tuple(Rule(value=edge) for edge in aeff.threshold if edge is not None and energy[0] < edge < energy[-1])
    words = {"title": "Effective area", "y_label": "Effective area (m²)"}
    return _by_energy("area", energy, lines, (top * 1e-5, top * 2), log_y=True, marks=marks, **words)


def resolution(edisp: Any, view: InstrumentView) -> Plot:
    """Energy resolution against energy: half of the interval that holds 68 % of the events."""
    energy = energies_of(edisp, view)
    lines = _lines(edisp, view, energy, edisp.half_width)
    words = {"title": "Energy resolution", "facts": "68 % half width", "y_label": "Energy resolution (of E / E true)"}
    return _by_energy("resolution", energy, lines, (0.0, _top(lines, 1.0)), **words)


def bias(edisp: Any, view: InstrumentView) -> Plot:
    """Energy bias against energy."""
    energy = energies_of(edisp, view)
    lines = _lines(edisp, view, energy, edisp.bias)
    words = {"title": "Energy bias", "y_label": "Energy bias (E / E true − 1)"}
    return _by_energy("bias", energy, lines, _about_zero(lines, 0.5), rules=(Rule(value=0.0),), **words)


def containment(psf: Any, view: InstrumentView) -> Plot:
    """Containment radii against energy; fractions after the first in thin lines."""
    energy = energies_of(psf, view)
    lines: list[Line] = []
    for place, fraction in enumerate(view.containment):

        def radius(at: np.ndarray, off: np.ndarray, part: float = fraction) -> Any:
            return psf.containment_radius(at, off, fraction=part)

        lines += _lines(psf, view, energy, radius, thin=place > 0)
    parts = [f"{fraction:.4g}" for fraction in (100 * part for part in view.containment)]
    facts = ", thin ".join(f"{part} %" for part in parts)
    words = {"title": "Containment", "facts": facts, "y_label": "Containment radius (deg)"}
    return _by_energy("containment", energy, tuple(lines), (0.0, _top(lines, 3.0)), **words)


def profile(psf: Any, view: InstrumentView) -> Plot:
    """Density against the distance from the source, for some energies at the first offset."""
    offset, energy = offsets_of(psf, view)[0], energies_of(psf, view)
    places = energy[[_POINTS // 4, _POINTS // 2, -_POINTS // 4]]
    wanted = view.energies or tuple(float(f"{value:.1g}") for value in places)
    widest = float(np.nanmax(np.append(psf.containment_radius(np.array(wanted), offset, fraction=0.95), 0.0)))
    rad = np.linspace(0, widest if np.isfinite(widest) and widest > 0 else 1.0, _POINTS)
    lines = tuple(
        _line(f"{number(at)} TeV", rad, positive(psf.evaluate(np.asarray(at), np.asarray(offset), rad)), place)
        for place, at in enumerate(wanted)
    )
    return Plot(
        name="profile",
        title="Profile",
        facts=f"{number(offset)}° off axis",
        x=_ends(rad),
        y=_log_range(lines, 1e-4),
        x_label="Distance from the source (deg)",
        y_label="Density (sr⁻¹)",
        log_y=True,
        lines=lines,
    )


def rate(bkg: Any, view: InstrumentView) -> Plot:
    """Background rate against energy."""
    energy = energies_of(bkg, view)
    lines = _lines(bkg, view, energy, lambda at, off: positive(bkg.evaluate(at, off, np.zeros(()))))
    words = {"title": "Background rate", "y_label": "Background rate (s⁻¹ TeV⁻¹ sr⁻¹)", "x_label": "Energy (TeV)"}
    return _by_energy("rate", energy, lines, _log_range(lines, 1e-9), log_y=True, **words)


def cut(rad_max: Any, view: InstrumentView) -> Plot:
    """Directional cut against energy."""
    energy = energies_of(rad_max, view)
    lines = _lines(rad_max, view, energy, rad_max.evaluate)
    words = {"title": "Directional cut", "y_label": "Directional cut (deg)", "x_label": "Energy (TeV)"}
    return _by_energy("cut", energy, lines, (0.0, _top(lines, 5.0)), **words)


_PLOTS: dict[str, tuple[Callable[[Any, InstrumentView], Plot], ...]] = {
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


def _by_energy(name: str, energy: np.ndarray, lines: tuple[Line, ...], y: tuple[float, float], **more: Any) -> Plot:
    """Curves against energy."""
    words = {"x_label": "True energy (TeV)", **more}
    return Plot(name=name, x=_ends(energy), y=y, log_x=True, lines=lines, **words)


def _lines(
    response: Any, view: InstrumentView, energy: np.ndarray, values: Values, thin: bool = False
) -> tuple[Line, ...]:
    """One curve an offset; thin ones stand behind others of the same look, and need no label."""
    found = []
    for place, at in _placed_offsets(response, view):
        label, y = "" if thin else f"{number(at)}{OFF_AXIS}", np.asarray(values(energy, np.asarray(at)), float)
        found.append(_line(label, energy, y, place, 1.4 if thin else 2.5 if at == view.offset else 2.0))
    return tuple(found)


def _placed_offsets(response: Any, view: InstrumentView) -> list[tuple[int, float]]:
    """Looks and offsets of the curves: fixed ones keep theirs, the chosen one lies on top in the accent."""
    if not has_offsets(response) or view.offset is None:
        return list(enumerate(offsets_of(response, view), start=int(has_offsets(response))))
    fixed = list(enumerate(offsets_of(response, view.replace(offset=None)), start=1))
    return [*((place, offset) for place, offset in fixed if offset != view.offset), (0, view.offset)]


def _line(label: str, x: np.ndarray, y: np.ndarray, place: int, width: float = 2.0) -> Line:
    role, dash, _ = look(place)
    return Line(label=label, x=x, y=y, role=role, dash=dash, width=width)


def _top(lines: Iterable[Line], most: float) -> float:
    """A round upper limit for curves, at most `most`."""
    values = np.abs(np.concatenate([line.y for line in lines]))
    good = values[np.isfinite(values)]
    return float(min(np.percentile(good, 99) * 1.35, most)) if good.size and good.max() > 0 else most


def _about_zero(lines: Iterable[Line], most: float) -> tuple[float, float]:
    """A range that holds curves and 0, up to `most` to either side; where they rise steeply at the ends, not all."""
    values = np.concatenate([line.y for line in lines])
    good = values[np.isfinite(values)]
    low, high = np.clip(np.percentile(good, [1, 99]), -most, most) if good.size else (-most, most)
    room = 0.15 * max(high, -low, high - low) or most
    return float(max(min(low, 0.0) - room, -most)), float(min(max(high, 0.0) + room, most))


def _log_range(lines: Iterable[Line], share: float) -> tuple[float, float]:
    """From the least value, or a share of the largest, to the largest."""
    values = np.concatenate([line.y for line in lines])
    good = values[np.isfinite(values)]
    if not good.size:
        return 0.1, 10.0
    top = float(good.max())
    return max(float(good.min()), share * top) / 2, top * 2


def _ends(values: np.ndarray) -> tuple[float, float]:
    return float(values[0]), float(values[-1])
