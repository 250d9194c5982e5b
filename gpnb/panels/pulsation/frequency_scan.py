"""A test for pulsation at trial frequencies: its plot, words and table."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.words import number
from gpnb.panels.columns import Column
from gpnb.panels.plot import Line, Plot, Points, Rule, count_range
from gpnb.panels.pulsation.chance import chance_words

_BEST = 5
"""Rows of the table."""


def scan_plot(scan: Any) -> Plot:
    """The statistic as a line, the frequency of the ephemeris as a rule, the peak as a mark."""
    scale, unit = _unit(scan)
    offset, stat = scale * np.asarray(scan["offset"], dtype=float), np.asarray(scan["stat"], dtype=float)
    best = int(np.nanargmax(stat)) if np.isfinite(stat).any() else None
    peak = () if best is None else (Points(label="peak", x=offset[[best]], y=stat[[best]], role="model"),)
    ends = (float(offset.min()), float(offset.max())) if len(offset) else (0.0, 1.0)
    return Plot(
        name="scan",
        title="Trial frequencies",
        facts=scan_facts(scan),
        x=ends if ends[0] < ends[1] else (ends[0] - 1.0, ends[1] + 1.0),
        y=count_range(stat, room=1.12),
        x_label=f"Frequency − that of the ephemeris ({unit})",
        y_label=str(scan.meta["test"]),
        lines=(Line(x=offset, y=stat, role="accent", width=1.6),),
        points=peak,
        marks=(Rule(value=0.0, label="ephemeris"),),
    )


def scan_facts(scan: Any) -> str:
    """Events, the peak, the independent step of frequency: one line."""
    scale, unit = _unit(scan)
    peak, meta = scan.peak, scan.meta
    where = f"{number(round(scale * float(peak['offset']), 3))} {unit}"
    facts = [f"{meta['events']} events", f"peak {peak['stat']:.1f} at {where}"]
    facts.append(f"1/T = {scale * meta['step']:.3g} {unit}")
    if meta["frequency"] is not None:
        facts.insert(1, f"f = {meta['frequency']:.7g} Hz")
    return " · ".join(facts)


def scan_table(scan: Any) -> tuple[list[Column], list[list[str]]]:
    """The best frequencies."""
    scale, unit = _unit(scan)
    columns = [Column("Offset", unit, number=True), Column(str(scan.meta["test"]), number=True)]
    columns.append(Column("p of one trial", number=True))
    order = np.argsort(-np.nan_to_num(np.asarray(scan["stat"], dtype=float), nan=-np.inf))[:_BEST]
    rows = [
        [f"{scale * row['offset']:.4g}".replace("-", "−"), f"{row['stat']:.1f}", chance_words(row["p_value"], "")]
        for row in scan.table[order]
    ]
    return columns, rows


def _unit(scan: Any) -> tuple[float, str]:
    """Factor and name of a unit in which the offsets are plain numbers."""
    most = float(np.max(np.abs(np.asarray(scan["offset"], dtype=float)), initial=0.0))
    return next(((scale, name) for scale, name in ((1.0, "Hz"), (1e3, "mHz")) if scale * most >= 1), (1e6, "µHz"))
