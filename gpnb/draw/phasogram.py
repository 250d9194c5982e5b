"""The phasogram: counts or flux against phase, ON and OFF phases shaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from gpnb.core.words import labelled, number
from gpnb.draw import html
from gpnb.draw.style import BLUE, PIXEL, QUIET, SKY, few_ticks, heading
from gpnb.panels.columns import Column
from gpnb.panels.pulsation.view import PhasogramView

_MARKS = {"fmt": "o", "ms": 4, "mfc": "white", "mec": BLUE, "ecolor": BLUE, "elinewidth": 1.05}


def record(obj: Any, **changes: Any) -> PhasogramView:  # noqa: ARG001  (every panel's signature)
    """The view record; see `gpnb.panels.pulsation.view.PhasogramView`."""
    return PhasogramView.build(**changes)


def draw(obj: Any, record: PhasogramView, figure: Figure) -> None:
    """Counts as steps with their errors, or fluxes as points, over the turns."""
    figure.set_size_inches(720 * PIXEL, 320 * PIXEL)
    axes = figure.add_subplot()
    place = _draw_flux if obj.quantity == "flux" else _draw_counts
    for turn in range(record.turns):
        place(axes, obj, turn)
        _shade(axes, obj, turn)
    axes.set(xlabel="Phase", xlim=(0, record.turns))
    few_ticks(axes.xaxis, 10)
    heading(axes, "Phasogram", " · ".join(_facts(obj)))
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper right", ncols=3, frameon=True, framealpha=0.9, facecolor="white", edgecolor="none")


def summary(
    obj: Any,
    record: PhasogramView,  # noqa: ARG001  (every panel's signature)
    picture: html.Markup = html.EMPTY,
    notes: Sequence[str] = (),
) -> html.Markup:
    """The bins, as safe HTML."""
    name, unit = obj.quantity, obj[obj.quantity].unit
    columns = [Column("phase from", number=True), Column("to", number=True)]
    columns += [Column(name, str(unit or ""), number=True), Column("error", str(unit or ""), number=True)]
    form = "{:.3g}" if name == "flux" else "{:.0f}"
    rows = [
        [f"{row['phase_min']:.4g}", f"{row['phase_max']:.4g}", form.format(row[name]), f"{row[name + '_err']:.3g}"]
        for row in obj.table
    ]
    folded = html.fold(f"{len(rows)} bins", html.table(columns, rows))
    return html.frame("Phasogram", " · ".join(_facts(obj)), [picture, folded], notes, repr(obj))


def _draw_counts(axes: Any, obj: Any, turn: int) -> None:
    low, high, counts, error = (np.asarray(obj[name]) for name in ("phase_min", "phase_max", "counts", "counts_err"))
    edges = turn + np.append(low, high[-1])
    axes.stairs(counts, edges, color=BLUE, linewidth=1.2)
    axes.stairs(counts, edges, color=BLUE, alpha=0.12, fill=True, baseline=0)
    axes.errorbar(turn + obj.phase, counts, error, fmt="none", ecolor=BLUE, elinewidth=0.8, alpha=0.6)
    if "level" in obj.meta:
        label = "" if turn else "level of the OFF phases"
        axes.plot(turn + np.array([0, 1]), [obj.meta["level"]] * 2, color=QUIET, lw=1.2, ls=(0, (4, 2)), label=label)
    axes.set(ylabel="Counts a bin", ylim=(0, 1.35 * float((counts + error).max())))
    few_ticks(axes.yaxis, 4, integer=True)


def _draw_flux(axes: Any, obj: Any, turn: int) -> None:
    names = ("phase_min", "phase_max", "flux", "flux_errn", "flux_errp")
    low, high, flux, errn, errp = (np.asarray(obj[name]) for name in names)
    axes.errorbar(turn + obj.phase, flux, [errn, errp], (high - low) / 2, **_MARKS)
    axes.axhline(0, color=QUIET, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    axes.set(ylabel=labelled("Flux", obj["flux"].unit))
    few_ticks(axes.yaxis, 4)
    axes.margins(y=0.2)


def _shade(axes: Any, obj: Any, turn: int) -> None:
    """ON phases in colour, OFF phases hatched, each with its name."""
    styles = {
        "on": {"color": SKY, "alpha": 0.22, "linewidth": 0},
        "off": {"facecolor": "none", "edgecolor": QUIET, "alpha": 0.35, "hatch": "///", "linewidth": 0},
    }
    for name, style in styles.items():
        for place, (low, high) in enumerate(obj.meta.get(name, [])):
            label = "" if turn or place else f"{name.upper()} phases"
            axes.axvspan(turn + low, turn + high, zorder=0.5, label=label, **style)


def _facts(obj: Any) -> list[str]:
    meta = obj.meta
    facts = []
    if "events" in meta:
        facts.append(f"{meta['events']} events")
    if "h" in meta:
        facts.append(f"H = {meta['h']:.1f}, p {_chance(meta['p_value'])}")
    if "excess" in meta:
        facts.append(f"excess {meta['excess']:.0f}, {meta['significance']:.1f} σ")
    if "energy" in meta:
        low, high = meta["energy"]
        facts.append(f"{low:.3g}–{high:.3g} TeV, beyond the OFF phases")
    return facts


def _chance(p_value: float) -> str:
    if p_value < 1e-300:
        return "< 10⁻³⁰⁰"
    return f"= {number(float(f'{p_value:.1g}'))}"
