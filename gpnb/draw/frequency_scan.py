"""A test for pulsation against trial frequencies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from gpnb.core.words import number
from gpnb.draw import html
from gpnb.draw.style import BLUE, PIXEL, QUIET, VERMILION, few_ticks, heading
from gpnb.panels.columns import Column
from gpnb.panels.pulsation.view import FrequencyScanView

_BEST = 5
"""Rows of the table."""


def record(obj: Any, **changes: Any) -> FrequencyScanView:  # noqa: ARG001  (every panel's signature)
    """The view record; see `gpnb.panels.pulsation.view.FrequencyScanView`."""
    return FrequencyScanView.build(**changes)


def draw(obj: Any, record: FrequencyScanView, figure: Figure) -> None:  # noqa: ARG001  (every panel's signature)
    """The statistic as a line, the frequency of the ephemeris as a rule, the peak as a mark."""
    figure.set_size_inches(720 * PIXEL, 260 * PIXEL)
    axes = figure.add_subplot()
    scale, unit = _unit(obj)
    offset, stat = scale * np.asarray(obj["offset"]), np.asarray(obj["stat"])
    axes.axvline(0, color=QUIET, linewidth=0.8, linestyle=(0, (4, 2)), label="ephemeris")
    axes.plot(offset, stat, color=BLUE, linewidth=1.2)
    peak = obj.peak
    axes.plot([scale * peak["offset"]], [peak["stat"]], "o", ms=5, mfc="white", mec=VERMILION, label="peak")
    axes.set(
        xlabel=f"Frequency − that of the ephemeris ({unit})", ylabel=obj.meta["test"], xlim=(offset[0], offset[-1])
    )
    axes.set(ylim=(0, 1.12 * float(np.nanmax(stat))))
    few_ticks(axes.xaxis, 8)
    few_ticks(axes.yaxis, 4)
    heading(axes, "Trial frequencies", " · ".join(_facts(obj)))
    axes.legend(loc="upper right")


def summary(
    obj: Any,
    record: FrequencyScanView,  # noqa: ARG001  (every panel's signature)
    picture: html.Markup = html.EMPTY,
    notes: Sequence[str] = (),
) -> html.Markup:
    """The best frequencies, as safe HTML."""
    scale, unit = _unit(obj)
    columns = [Column("offset", unit, number=True), Column(obj.meta["test"], number=True)]
    columns.append(Column("p of one trial", number=True))
    order = np.argsort(-np.asarray(obj["stat"]))[:_BEST]
    rows = [[f"{scale * row['offset']:.4g}", f"{row['stat']:.1f}", f"{row['p_value']:.2g}"] for row in obj.table[order]]
    folded = html.fold(f"Best {len(rows)} of {len(obj)} frequencies", html.table(columns, rows))
    return html.frame("Trial frequencies", " · ".join(_facts(obj)), [picture, folded], notes, repr(obj))


def _unit(obj: Any) -> tuple[float, str]:
    """Factor and name of a unit in which the offsets are plain numbers."""
    most = float(np.max(np.abs(np.asarray(obj["offset"]))))
    return next(((scale, name) for scale, name in ((1, "Hz"), (1e3, "mHz")) if scale * most >= 1), (1e6, "µHz"))


def _facts(obj: Any) -> list[str]:
    scale, unit = _unit(obj)
    peak, meta = obj.peak, obj.meta
    facts = [
        f"{meta['events']} events",
        f"peak {peak['stat']:.1f} at {number(round(scale * peak['offset'], 3))} {unit}",
    ]
    facts.append(f"1/T = {scale * meta['step']:.3g} {unit}")
    if meta["frequency"] is not None:
        facts.insert(1, f"f = {meta['frequency']:.7g} Hz")
    return facts
