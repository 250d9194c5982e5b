"""The θ² plot and its table."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.words import number
from gpnb.panels.columns import Column
from gpnb.panels.plot import Plot, Points, Rule, Steps, count_range
from gpnb.panels.theta2.cut import facts_of
from gpnb.panels.theta2.view import Theta2View

COLUMNS = (
    *(Column("θ² from", "deg²", number=True), Column("to", "deg²", number=True), Column("ON", number=True)),
    *(Column("OFF", number=True), Column("α", number=True), Column("Excess", number=True)),
    Column("Significance", "σ", number=True),
)


def theta2_plot(table: Any, view: Theta2View) -> Plot:
    """ON counts with their errors over the background, with the cut."""
    low, high = (np.asarray(table[name], dtype=float) for name in ("theta2_min", "theta2_max"))
    counts, background = (np.asarray(table[name], dtype=float) for name in ("counts", "background"))
    error = np.sqrt(np.maximum(counts, 1))
    sides = {"x_low": low, "x_high": high, "y_low": counts - error, "y_high": counts + error}
    told: dict[str, Any] = {"rows": range(len(counts)), "notes": _notes(table)}
    edges = np.append(low, high[-1:])
    off: dict[str, Any] = {
        "label": "background (α × OFF)",
        "role": "quiet",
        "dash": "dashed",
        "width": 1.6,
    }
    return Plot(
        name="theta2",
        title="θ²",
        facts=facts_of(table, view),
        x=(0.0, float(high.max())) if len(high) else (0.0, 1.0),
        y=count_range(counts + error, background),
        x_label="θ² (deg²)",
        y_label="Counts a bin",
        whole_y=True,
        steps=(Steps(edges=edges, values=background, fill=0.1, **off),) if len(high) else (),
        points=(Points(label="ON", x=(low + high) / 2, y=counts, role="accent", **sides, **told),),
        marks=() if view.cut is None else (Rule(value=view.cut, label="cut", role="model"),),
    )


def _notes(table: Any) -> dict[str, list[str]]:
    """What each bin tells beside its counts: as in the table."""
    columns = list(zip(*theta2_rows(table), strict=True)) or [()] * len(COLUMNS)
    return {
        "OFF": list(columns[3]),
        "α": list(columns[4]),
        "Excess": list(columns[5]),
        "Significance (σ)": list(columns[6]),
    }


def theta2_rows(table: Any) -> list[list[str]]:
    """One row a bin."""
    return [
        [
            number(round(float(row["theta2_min"]), 6)),
            number(round(float(row["theta2_max"]), 6)),
            f"{row['counts']:.0f}",
            f"{row['counts_off']:.0f}",
            f"{row['alpha']:.4g}",
            f"{row['excess']:.1f} ± {row['excess_error']:.1f}".replace("-", "−"),
            f"{row['significance']:.1f}".replace("-", "−") if np.isfinite(row["significance"]) else "–",
        ]
        for row in table
    ]
