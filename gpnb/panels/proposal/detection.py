"""Significance against live time: its plot, words and table."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.words import number
from gpnb.panels.columns import Column
from gpnb.panels.plot import Band, Line, Plot, Points, Rule, count_range

_SPREAD = 1.0
"""Standard deviation of √TS about its median, where counts are many (Cowan et al. 2011, Eur. Phys. J. C 71, 1554)."""

_TABLE_ROWS, _CURVE = 6, 60


def detection_plot(found: Any) -> Plot:
    """The median with the band that holds 68 % of observations, what is demanded, and when it is reached."""
    hours = float(found["livetime"][-1]) * np.linspace(0.0, 1.0, _CURVE) ** 2  # a root is steep at 0
    root = float(found.meta["sqrt_ts_1h"]) * np.sqrt(hours)
    needed, sigma = float(found.meta["hours"]), float(found.meta["significance"])
    reached = np.isfinite(needed)
    at = Points(
        label=found.words if reached else "",
        x=np.array([needed]),
        y=np.array([found.meta["sqrt_ts_1h"] * np.sqrt(needed) if reached else np.nan]),
        role="fine",
    )
    return Plot(
        name="detection",
        title="Detection",
        facts=detection_facts(found),
        x=(0.0, float(hours[-1])),
        y=count_range(root + _SPREAD),
        x_label="Live time (h)",
        y_label="√TS",
        lines=(Line(label="median", x=hours, y=root, role="accent"),),
        bands=(Band(x=hours, low=np.maximum(root - _SPREAD, 0), high=root + _SPREAD, role="accent"),),
        points=(at,) if reached else (),
        rules=(Rule(value=sigma, label=f"{sigma:g} σ", role="fine"),),
        marks=(Rule(value=needed, role="fine"),) if reached else (),
    )


def detection_facts(found: Any) -> str:
    """The answer, and what 68 % of observations need: one line."""
    sigma, one = float(found.meta["significance"]), float(found.meta["sqrt_ts_1h"])
    words = [found.words]
    if found.criterion == "significance" and sigma > _SPREAD:
        low, high = (number(float(f"{((sigma + side) / one) ** 2:.2g}")) for side in (-_SPREAD, _SPREAD))
        words.append(f"68 % of observations between {low} and {high} h")
    return " · ".join(words)


def detection_rows(found: Any) -> tuple[list[Column], list[list[str]]]:
    """A few live times."""
    columns = [Column("Live time", "h", number=True), Column("√TS", number=True), Column("Excess", number=True)]
    chosen = np.linspace(0, len(found) - 1, _TABLE_ROWS + 1).round().astype(int)[1:]
    rows = [
        [f"{float(row['livetime']):.3g}", f"{float(row['sqrt_ts']):.2f}", f"{float(row['excess']):.3g}"]
        for row in found.table[chosen]
    ]
    return columns, rows
