"""The phasogram: counts or flux against phase, with its words and table."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.words import labelled, unit_text
from gpnb.panels.columns import Column
from gpnb.panels.plot import Plot, Points, Rule, Spans, Steps, count_range
from gpnb.panels.pulsation.chance import chance_words
from gpnb.panels.pulsation.view import PhasogramView

_SHADES = {"on": {"role": "accent", "fill": 0.18}, "off": {"role": "quiet", "hatched": True}}


def phasogram_plot(pulse: Any, view: PhasogramView) -> Plot:
    """Counts as steps with their errors, or fluxes as points, over the turns; ON and OFF phases are shaded."""
    drawn = _flux(pulse, view) if pulse.quantity == "flux" else _counts(pulse, view)
    spans = [
        Spans(label=f"{name.upper()} phases", ranges=_every_turn(pulse.meta[name], view.turns), **look)  # type: ignore[arg-type]
        for name, look in _SHADES.items()
        if pulse.meta.get(name)
    ]
    if view.phase is not None and _chosen(view) is None:
        spans.append(Spans(label="chosen", ranges=[(0.0, view.phase[1]), (view.phase[0], 1.0)], fill=0.22))
    return Plot(
        name="phasogram",
        title="Phasogram",
        facts=phasogram_facts(pulse),
        x=(0.0, float(view.turns)),
        x_label="Phase",
        spans=tuple(spans),
        chosen=_chosen(view),
        **drawn,
    )


def phasogram_facts(pulse: Any) -> str:
    """Events, the test for pulsation, the excess: one line."""
    meta, facts = pulse.meta, []
    if "events" in meta:
        facts.append(f"{meta['events']} events")
    if "h" in meta:
        facts.append(f"H = {meta['h']:.1f}, p {chance_words(meta['p_value'])}")
    if "excess" in meta:
        sigma = f", {meta['significance']:.1f} σ" if np.isfinite(meta["significance"]) else ""
        facts.append(f"excess {meta['excess']:.0f}{sigma}".replace("-", "−"))
    if "energy" in meta:
        low, high = meta["energy"]
        facts.append(f"{low:.3g}–{high:.3g} TeV, beyond the OFF phases")
    return " · ".join(facts)


def phasogram_table(pulse: Any) -> tuple[list[Column], list[list[str]]]:
    """One row a bin."""
    name, unit = pulse.quantity, unit_text(pulse[pulse.quantity].unit or "")
    columns = [Column("Phase from", number=True), Column("to", number=True)]
    columns += [Column(name.capitalize(), unit, number=True), Column("Error", unit, number=True)]
    form = "{:.3g}" if name == "flux" else "{:.0f}"
    rows = [
        [f"{row['phase_min']:.4g}", f"{row['phase_max']:.4g}", form.format(row[name]), f"{row[name + '_err']:.3g}"]
        for row in pulse.table
    ]
    return columns, [[cell.replace("nan", "–") for cell in row] for row in rows]


def chosen_bins(pulse: Any, view: PhasogramView) -> list[int]:
    """The bins whose middles lie in the chosen phases; none where all do."""
    if view.phase is None:
        return []
    low, high = view.phase
    after, before = pulse.phase >= low, pulse.phase < high
    return np.flatnonzero(after & before if low < high else after | before).tolist()


def phase_range(low: float, high: float) -> tuple[float, float] | None:
    """A brushed range of turns as phases, low above high where it passes the end of one; None for a whole turn."""
    if high - low >= 1:
        return None
    first, last = (round(end % 1.0, 4) for end in (low, high))
    return first, last or 1.0


def _counts(pulse: Any, view: PhasogramView) -> dict[str, Any]:
    low, high, counts, error = (_column(pulse, name) for name in ("phase_min", "phase_max", "counts", "counts_err"))
    edges = np.append(low, high[-1:])
    turns = range(view.turns)
    look: dict[str, Any] = {"role": "accent", "width": 1.6, "fill": 0.12, "rows": range(len(counts))}
    steps = [Steps(edges=turn + edges, values=counts, **look) for turn in turns]
    bars = {"y_low": counts - error, "y_high": counts + error, "rows": range(len(counts))}
    points = [Points(x=turn + pulse.phase, y=counts, role="accent", marker="", **bars) for turn in turns]
    level = pulse.meta.get("level")
    rules = () if level is None else (Rule(value=float(level), label="level of the OFF phases"),)
    parts = {"steps": tuple(steps) if len(counts) else (), "points": tuple(points), "rules": rules}
    top = np.array([0.0 if level is None else level])
    return {"y_label": "Counts a bin", "y": count_range(counts + error, top, room=1.25), "whole_y": True, **parts}


def _flux(pulse: Any, view: PhasogramView) -> dict[str, Any]:
    names = ("phase_min", "phase_max", "flux", "flux_errn", "flux_errp")
    low, high, flux, errn, errp = (_column(pulse, name) for name in names)
    upper = _column(pulse, "flux_ul") if "flux_ul" in pulse.colnames else np.full(len(flux), np.nan)
    limit = ~np.isfinite(flux) & np.isfinite(upper)
    place = np.where(limit, upper, flux)
    down, up = (np.where(limit, place, place + side) for side in (-np.nan_to_num(errn), np.nan_to_num(errp)))
    sides = {"y": place, "y_low": down, "y_high": up, "limit": limit, "rows": range(len(flux))}
    points = [
        Points(x=turn + pulse.phase, x_low=turn + low, x_high=turn + high, role="accent", **sides)
        for turn in range(view.turns)
    ]
    ends = np.concatenate([part[np.isfinite(part)] for part in (down, up)] + [np.zeros(1)])
    room = 0.15 * (float(np.ptp(ends)) or 1.0)
    y = (float(ends.min()) - room, float(ends.max()) + room)
    rules = (Rule(value=0.0),)
    return {"y_label": labelled("Flux", pulse["flux"].unit or ""), "y": y, "points": tuple(points), "rules": rules}


def _column(pulse: Any, name: str) -> np.ndarray:
    return np.asarray(pulse[name], dtype=float)


def _every_turn(ranges: Any, turns: int) -> list[tuple[float, float]]:
    return [(turn + float(low), turn + float(high)) for turn in range(turns) for low, high in ranges]


def _chosen(view: PhasogramView) -> tuple[float, float] | None:
    """The chosen phases as one range of turns; none where they go past the end of the only one."""
    if view.phase is None:
        return None
    low, high = view.phase
    if low < high:
        return low, high
    return (low, high + 1.0) if view.turns > 1 else None
