"""Significance against live time: its plot, words and table."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.words import number
from gpnb.panels.columns import Column
from gpnb.panels.plot import Band, Line, Plot, Points, Rule, count_range

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
        y=count_range(root + spread_of(found)),
        x_label="Live time (h)",
        y_label="√TS",
        lines=(Line(label="median", x=hours, y=root, role="accent"),),
        bands=(spread_band(found, hours),),
        points=(at,) if reached else (),
        rules=(Rule(value=sigma, label=f"{sigma:g} σ", role="fine"),),
        marks=(Rule(value=needed, role="fine"),) if reached else (),
    )


def detection_facts(found: Any) -> str:
    """The answer, and what 68 % of observations need: one line."""
    return " · ".join(
        [found.words, *(f"68 % of observations between {low} and {high} h" for low, high in needs(found))]
    )


def needs(found: Any) -> list[tuple[str, str]]:
    """Between which hours 68 % of observations reach the significance; empty where something else is missing first."""
    sigma, one, spread = float(found.meta["significance"]), float(found.meta["sqrt_ts_1h"]), spread_of(found)
    if found.criterion != "significance" or not sigma > spread:
        return []
    low, high = (number(float(f"{((sigma + side) / one) ** 2:.2g}")) for side in (-spread, spread))
    return [(low, high)]


def spread_of(found: Any) -> float:
    """Standard deviation of √TS about its median."""
    return float(found.meta["spread"])


def spread_band(found: Any, hours: np.ndarray) -> Band:
    """What holds 68 % of observations."""
    root, spread = found.meta["sqrt_ts_1h"] * np.sqrt(hours), spread_of(found)
    return Band(x=hours, low=np.maximum(root - spread, 0), high=root + spread, role="accent")


def detection_rows(found: Any) -> tuple[list[Column], list[list[str]]]:
    """A few live times."""
    columns = [Column("Live time", "h", number=True), Column("√TS", number=True), Column("Excess", number=True)]
    chosen = np.linspace(0, len(found) - 1, _TABLE_ROWS + 1).round().astype(int)[1:]
    rows = [
        [f"{float(row['livetime']):.3g}", f"{float(row['sqrt_ts']):.2f}", f"{float(row['excess']):.3g}"]
        for row in found.table[chosen]
    ]
    return columns, rows
