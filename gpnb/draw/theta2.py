"""The θ² plot: counts at a source beside those at positions without one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from gpnb.core.words import number
from gpnb.draw import html
from gpnb.draw.style import BLUE, PIXEL, QUIET, few_ticks, heading
from gpnb.panels.columns import Column
from gpnb.panels.theta2.view import Theta2View
from gpnb.stats import lima


def record(obj: Any, **changes: Any) -> Theta2View:  # noqa: ARG001  (every panel's signature)
    """The view record; see `gpnb.panels.theta2.view.Theta2View`."""
    return Theta2View.build(**changes)


def draw(obj: Any, record: Theta2View, figure: Figure) -> None:
    """ON counts with their errors, over the background as steps."""
    figure.set_size_inches(720 * PIXEL, 340 * PIXEL)
    axes = figure.add_subplot()
    low, high = (np.asarray(obj[name], dtype=float) for name in ("theta2_min", "theta2_max"))
    counts, background = (np.asarray(obj[name], dtype=float) for name in ("counts", "background"))
    edges = np.append(low, high[-1])
    axes.stairs(background, edges, color=QUIET, linewidth=1.2, linestyle=(0, (4, 2)), label="background (α × OFF)")
    axes.stairs(background, edges, color=QUIET, fill=True, alpha=0.1, baseline=0)
    middle, size = (low + high) / 2, np.sqrt(np.maximum(counts, 1))
    marks = {"fmt": "o", "ms": 4, "mfc": "white", "mec": BLUE, "ecolor": BLUE, "elinewidth": 1.05}
    axes.errorbar(middle, counts, size, (high - low) / 2, label="ON", **marks)
    if record.cut is not None:
        axes.axvline(record.cut, color=QUIET, linewidth=0.8, linestyle=(0, (1.2, 1.2)))
    axes.set(
        xlabel="θ² (deg²)", ylabel="Counts a bin", xlim=(0, edges[-1]), ylim=(0, 1.15 * float((counts + size).max()))
    )
    few_ticks(axes.xaxis)
    few_ticks(axes.yaxis, 4, integer=True)
    heading(axes, "θ²", " · ".join(_facts(obj, record)))
    axes.legend(loc="upper right")


def summary(obj: Any, record: Theta2View, picture: html.Markup = html.EMPTY, notes: Sequence[str] = ()) -> html.Markup:
    """Sums within the cut, and the bins, as safe HTML."""
    names = ("θ² from", "to", "ON", "OFF", "α", "excess", "significance")
    columns = [Column(name, "deg²" if place < 2 else "", number=True) for place, name in enumerate(names)]
    rows = [
        [
            number(round(float(row["theta2_min"]), 6)),
            number(round(float(row["theta2_max"]), 6)),
            f"{row['counts']:.0f}",
            f"{row['counts_off']:.0f}",
            f"{row['alpha']:.4g}",
            f"{row['excess']:.1f} ± {row['excess_error']:.1f}",
            f"{row['significance']:.1f}" if np.isfinite(row["significance"]) else "–",
        ]
        for row in obj
    ]
    left_out = obj.meta.get("left_out", [])
    told = [*notes, *([f"Left out for lack of room: {', '.join(left_out)}."] if left_out else [])]
    folded = html.fold(f"{len(rows)} bins", html.table(columns, rows))
    return html.frame(
        "θ²", " · ".join([str(obj.meta.get("position", "")), *_facts(obj, record)]), [picture, folded], told, repr(obj)
    )


def _facts(obj: Any, record: Theta2View) -> list[str]:
    """Excess and significance (Li & Ma 1983) of the bins within the cut."""
    inside = np.asarray(obj["theta2_max"], dtype=float) <= (np.inf if record.cut is None else record.cut * (1 + 1e-9))
    counts, off, background = (
        float(np.asarray(obj[name])[inside].sum()) for name in ("counts", "counts_off", "background")
    )
    sigma = float(lima(counts, off, background / off)) if off > 0 else float("nan")
    where = "" if record.cut is None else f" within {number(record.cut)} deg²"
    return [f"{counts:.0f} ON, {off:.0f} OFF{where}", f"excess {counts - background:.0f}", f"{sigma:.1f} σ"]
