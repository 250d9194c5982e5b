"""Pictures of instrument responses: one function a quantity, against energy or as an image."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.words import labelled, number
from gpnb.draw.style import CURVES, LINE, NOTHING, colour_bar, energy_axis, few_ticks, heading, log_axis
from gpnb.state.doors import range_ends
from gpnb.state.views import InstrumentView

_POINTS = 160
_NICE = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
_CM2_TO_M2 = 1e-4


def offsets_of(response: Any, view: InstrumentView) -> list[float]:
    """Offsets of the curves: as the record says, else three round ones within the response."""
    if view.offsets:
        return list(view.offsets)
    axis = response.offset_axis
    if axis is None:
        last = float(min(abs(response.axes[1].edge_values[-1]), abs(response.axes[2].edge_values[-1])))
    elif axis.n == 1:
        return [float(axis.center_values[0])]
    else:
        last = float(axis.center_values[-1])
    inside = [offset for offset in _NICE if offset <= 0.85 * last] or [last / 2]
    return [inside[index] for index in sorted({0, len(inside) // 2, len(inside) - 1})]


def energies_of(response: Any, view: InstrumentView) -> np.ndarray:
    """Energies at which curves are drawn, TeV: where the response holds something."""
    axis = response.energy_axis
    filled = np.asarray(response.values).reshape(axis.n, -1).max(axis=1) > 0
    used = np.flatnonzero(filled) if filled.any() else np.arange(axis.n)
    low, high = axis.low_values[used[0]], axis.high_values[used[-1]]
    wanted_low, wanted_high = range_ends(view.energy)
    return np.geomspace(max(low, wanted_low), min(high, wanted_high), _POINTS)


def curves(axes: Any, energy: np.ndarray, values: Any, offsets: list[float], **options: Any) -> None:
    """One curve an offset; ``values(energy, offset)`` gives its floats."""
    for offset, (colour, dash) in zip(offsets, CURVES, strict=False):
        label = f"{number(offset)}° off axis"
        axes.plot(energy, values(energy, offset), color=colour, linestyle=dash, label=label, **options)
    energy_axis(axes.xaxis, energy[0], energy[-1])


def area_curves(axes: Any, aeff: Any, view: InstrumentView) -> None:
    """Effective area against energy."""
    energy = energies_of(aeff, view)
    curves(axes, energy, lambda at, off: _positive(aeff.evaluate(at, off)) * _CM2_TO_M2, offsets_of(aeff, view))
    top = float(np.max(aeff.values)) * _CM2_TO_M2
    axes.set(xlabel="True energy (TeV)", ylabel="Effective area (m²)", ylim=(top * 1e-5, top * 2))
    log_axis(axes.yaxis)
    low, high = aeff.threshold
    for edge in (low, high):
        if edge is not None and energy[0] < edge < energy[-1]:
            axes.axvline(edge, color=LINE, linewidth=1, linestyle=(0, (4, 2)))
    heading(axes, "Effective area")
    axes.legend(loc="best")


def resolution_curves(axes: Any, edisp: Any, view: InstrumentView) -> None:
    """Energy resolution against energy."""
    energy = energies_of(edisp, view)
    curves(axes, energy, edisp.resolution, offsets_of(edisp, view))
    axes.set(xlabel="True energy (TeV)", ylabel="Energy resolution (σ of E / E true)", ylim=(0, _top(axes, 1.0)))
    few_ticks(axes.yaxis)
    heading(axes, "Energy resolution")
    axes.legend(loc="best")


def bias_curves(axes: Any, edisp: Any, view: InstrumentView) -> None:
    """Energy bias against energy."""
    energy = energies_of(edisp, view)
    curves(axes, energy, edisp.bias, offsets_of(edisp, view))
    axes.axhline(0, color=LINE, linewidth=1, zorder=1)
    size = _top(axes, 0.5, absolute=True)
    axes.set(xlabel="True energy (TeV)", ylabel="Energy bias (E / E true − 1)", ylim=(-size, size))
    few_ticks(axes.yaxis)
    heading(axes, "Energy bias")
    axes.legend(loc="best")


def migration_image(axes: Any, edisp: Any, view: InstrumentView) -> None:
    """The migration matrix at the first offset."""
    energy, offset = energies_of(edisp, view), offsets_of(edisp, view)[0]
    migra = np.linspace(0, min(2.0, edisp.axes[1].edge_values[-1]), 121)
    density = edisp.evaluate(energy[None, :], migra[:, None], offset)
    shown = np.where(density > 0, density, np.nan)
    top = float(np.nanpercentile(shown, 99)) if np.isfinite(shown).any() else 1.0
    mesh = axes.pcolormesh(energy, migra, shown, cmap="viridis", vmin=0, vmax=top, shading="nearest", rasterized=True)
    energy_axis(axes.xaxis, energy[0], energy[-1])
    axes.set(xlabel="True energy (TeV)", ylabel="E / E true")
    _quiet_image(axes)
    colour_bar(axes, mesh, "Density dP / d(E / E true)")
    heading(axes, "Migration", f"{number(offset)}° off axis")


def containment_curves(axes: Any, psf: Any, view: InstrumentView) -> None:
    """Containment radii against energy; the second fraction in thin lines."""
    energy, offsets = energies_of(psf, view), offsets_of(psf, view)
    for place, fraction in enumerate(view.containment):
        curves(
            axes,
            energy,
            lambda at, off, part=fraction: psf.containment_radius(part, at, off),
            offsets,
            linewidth=1.5 if place == 0 else 0.8,
        )
    axes.set(xlabel="True energy (TeV)", ylabel="Containment radius (deg)", ylim=(0, _top(axes, 3.0)))
    few_ticks(axes.yaxis)
    words = [f"{fraction:.0%}" for fraction in view.containment]
    heading(axes, "Containment", words[0] + "".join(f", thin {word}" for word in words[1:]))
    axes.legend(handles=axes.get_legend_handles_labels()[0][: len(offsets)], loc="best")


def profile_curves(axes: Any, psf: Any, view: InstrumentView) -> None:
    """Density against the distance from the source, for some energies at the first offset."""
    offset, energy = offsets_of(psf, view)[0], energies_of(psf, view)
    wanted = view.energies or tuple(
        float(f"{value:.1g}") for value in energy[[_POINTS // 4, _POINTS // 2, -_POINTS // 4]]
    )
    widest = float(np.nanmax(psf.containment_radius(0.95, np.array(wanted), offset)))
    rad = np.linspace(0, widest if np.isfinite(widest) and widest > 0 else 1.0, _POINTS)
    for at, (colour, dash) in zip(wanted, CURVES, strict=False):
        density = _positive(psf.evaluate(at, offset, rad))
        axes.plot(rad, density, color=colour, linestyle=dash, label=f"{number(at)} TeV")
    axes.set(xlabel="Distance from the source (deg)", ylabel="Density (sr⁻¹)", xlim=(0, rad[-1]))
    log_axis(axes.yaxis)
    heading(axes, "Profile", f"{number(offset)}° off axis")
    few_ticks(axes.xaxis, 4)
    axes.legend(loc="best")


def rate_curves(axes: Any, bkg: Any, view: InstrumentView) -> None:
    """Background rate against energy."""
    energy = energies_of(bkg, view)
    curves(axes, energy, lambda at, off: _positive(bkg.evaluate(at, off, np.zeros(()))), offsets_of(bkg, view))
    axes.set(xlabel="Energy (TeV)", ylabel="Background rate (s⁻¹ TeV⁻¹ sr⁻¹)")
    log_axis(axes.yaxis)
    heading(axes, "Background rate")
    axes.legend(loc="best")


def field_image(axes: Any, bkg: Any, view: InstrumentView) -> None:
    """Background rate across the field of view, over all energies drawn."""
    energy = energies_of(bkg, view)
    axis = bkg.offset_axis
    size = float(axis.edge_values[-1] if axis is not None else bkg.axes[1].edge_values[-1])
    grid = np.linspace(-size, size, 121)
    lon, lat = np.meshgrid(grid, grid)
    rate = bkg.integrate(energy[[0, -1]], lon, lat)[0]
    shown = np.where(rate > 0, rate, np.nan)
    mesh = axes.pcolormesh(grid, grid, shown, cmap="viridis", shading="nearest", rasterized=True)
    axes.set(xlabel="FoV longitude (deg)", ylabel="FoV latitude (deg)", aspect="equal")
    _quiet_image(axes)
    colour_bar(axes, mesh, "Background rate (s⁻¹ sr⁻¹)")
    heading(axes, "Field of view", f"{number(_round(energy[0]))} – {number(_round(energy[-1]))} TeV")


def offset_image(
    axes: Any, response: Any, values: Any, view: InstrumentView, title: str, label: str, log: bool = False
) -> None:
    """An image against energy and offset; ``values(energy, offset)`` gives its floats."""
    energy = energies_of(response, view)[::2]
    offset = np.linspace(0, float(response.offset_axis.center_values[-1]), 61)
    shown = _positive(values(energy[None, :], offset[:, None]))
    options = {"norm": "log", "vmin": np.nanmax(shown) * 1e-3} if log else {}
    mesh = axes.pcolormesh(energy, offset, shown, cmap="viridis", shading="nearest", rasterized=True, **options)
    energy_axis(axes.xaxis, energy[0], energy[-1])
    axes.set(xlabel="True energy (TeV)", ylabel="Offset (deg)")
    _quiet_image(axes)
    colour_bar(axes, mesh, label)
    heading(axes, title)


def area_image(axes: Any, aeff: Any, view: InstrumentView) -> None:
    """Effective area against energy and offset."""

    def area(energy: np.ndarray, offset: np.ndarray) -> np.ndarray:
        return np.asarray(aeff.evaluate(energy, offset)) * _CM2_TO_M2

    offset_image(axes, aeff, area, view, "Energy and offset", "Effective area (m²)", log=True)


def containment_image(axes: Any, psf: Any, view: InstrumentView) -> None:
    """Containment radius of the first fraction against energy and offset."""
    fraction = view.containment[0]

    def radius(energy: np.ndarray, offset: np.ndarray) -> np.ndarray:
        return np.asarray(psf.containment_radius(fraction, energy, offset))

    label = labelled(f"{fraction:.0%} containment radius", "deg")
    offset_image(axes, psf, radius, view, "Energy and offset", label)


def cut_curves(axes: Any, rad_max: Any, view: InstrumentView) -> None:
    """Directional cut against energy."""
    energy = energies_of(rad_max, view)
    curves(axes, energy, rad_max.evaluate, offsets_of(rad_max, view))
    axes.set(xlabel="Energy (TeV)", ylabel="Directional cut (deg)", ylim=(0, _top(axes, 5.0)))
    few_ticks(axes.yaxis)
    heading(axes, "Directional cut")
    axes.legend(loc="best")


def _quiet_image(axes: Any) -> None:
    """No grid over an image, and quiet grey where it has no value."""
    axes.grid(visible=False)
    axes.set_facecolor(NOTHING)
    few_ticks(axes.yaxis)


def _positive(values: Any) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    return np.where(values > 0, values, np.nan)


def _top(axes: Any, most: float, absolute: bool = False) -> float:
    """A round upper limit for the curves drawn, at most `most`."""
    values = np.concatenate([np.asarray(line.get_ydata(), dtype=float) for line in axes.lines])
    values = np.abs(values) if absolute else values
    good = values[np.isfinite(values)]
    return float(min(np.percentile(good, 99) * 1.35, most)) if good.size and good.max() > 0 else most


def _round(value: float) -> float:
    return float(f"{value:.3g}")
