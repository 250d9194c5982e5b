"""The observation browser: the runs of a store or a choice of them, or one run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure

from gpnb.draw import html, instrument, run
from gpnb.draw.pointings import draw_pointings
from gpnb.draw.runs import cells, columns_of, heads, hours_of, sorted_rows, targets
from gpnb.draw.style import BLUE, PIXEL, QUIET, few_ticks, heading
from gpnb.state.record import Record
from gpnb.state.views import InstrumentView, ObservationsView

_MOST_BARS = 12
_MOST_ROWS = 500


def record(obj: Any, **changes: Any) -> Record:
    """The view record: `ObservationsView` of several runs, `InstrumentView` of one."""
    return InstrumentView.build(**changes) if run.is_run(obj) else ObservationsView.build(**changes)


def draw(obj: Any, record: Any, figure: Figure) -> None:
    """Draw the pointings on the sky, and the hours of each target; the responses of one run."""
    if run.is_run(obj):
        instrument.draw_overview(run.responses_of(obj), record, figure)
        return
    table = obj.table
    columns_of(table, record)
    figure.set_size_inches(960 * PIXEL, 380 * PIXEL)
    grid = figure.add_gridspec(1, 2, width_ratios=(2, 1))
    draw_pointings(figure, grid[0], table, record)
    _draw_hours(figure.add_subplot(grid[1]), table)


def summary(obj: Any, record: Any, picture: html.Markup = html.EMPTY, notes: Sequence[str] = ()) -> html.Markup:
    """Totals and the table of the runs, as safe HTML."""
    if run.is_run(obj):
        return run.summary(obj, picture, notes)
    table = obj.table
    found = targets(table)
    facts = [f"{len(table)} run{'s' * (len(table) != 1)}", f"{len(found)} target{'s' * (len(found) != 1)}"]
    if np.isfinite(hours_of(table)):
        facts.append(f"{hours_of(table):.1f} h live")
    title = getattr(obj, "name", "") or "Observations"
    parts = [picture, *_tables(table, record, found)]
    return html.frame(title, " · ".join(facts), parts, notes, repr(obj))


def _tables(table: Table, record: ObservationsView, found: list[tuple[str, int, float]]) -> list[html.Markup]:
    """A short table of runs, or one of targets with the runs folded behind it."""
    names, rows = columns_of(table, record), sorted_rows(table, record)
    shown = rows[:_MOST_ROWS]
    runs = html.table(heads(table, names), cells(table, names, shown))
    if len(table) <= record.rows:
        return [runs]
    cut = "" if len(rows) == len(shown) else f", the first {len(shown)} of them"
    columns = [html.Column("Target"), html.Column("Runs", number=True), html.Column("Live time", "h", number=True)]
    lines = [[name, str(count), f"{hours:.2f}" if np.isfinite(hours) else "–"] for name, count, hours in found]
    folded = [html.fold(f"All {len(table)} runs{cut}", runs)]
    if len(found) == 1:
        return [html.table(heads(table, names), cells(table, names, rows[: record.rows])), *folded]
    first = html.table(columns, lines[: record.rows])
    rest = [html.fold(f"{len(lines) - record.rows} more targets", html.table(columns, lines[record.rows :]))]
    return [first, *(rest if len(lines) > record.rows else []), *folded]


def _draw_hours(axes: Any, table: Table) -> None:
    """Hours of each target, or its runs where live times are unknown."""
    found = targets(table)
    known = all(np.isfinite(hours) for *_, hours in found)
    first, rest = found[:_MOST_BARS], found[_MOST_BARS:]
    if rest:
        first = [*first, (f"{len(rest)} more", sum(item[1] for item in rest), sum(item[2] for item in rest))]
    sizes = [hours if known else count for _, count, hours in first]
    places = np.arange(len(first))[::-1]
    axes.barh(places, sizes, height=0.62, color=BLUE, alpha=0.85)
    axes.set_yticks(places, [_short(name) for name, *_ in first])
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set(xlabel="Live time (h)" if known else "Number of runs", ylim=(-0.7, max(len(first), 6) - 0.3))
    axes.set_ylim(len(first) - max(len(first), 6) - 0.7, len(first) - 0.3)
    few_ticks(axes.xaxis, 4)
    for place, (_, count, _hours), size in zip(places, first, sizes, strict=True):
        word = f"{count} run{'s' * (count != 1)}"
        axes.annotate(
            word, (size, place), xytext=(4, 0), textcoords="offset points", va="center", color=QUIET, size=7.5
        )
    axes.margins(x=0.25)
    heading(axes, "Targets")


def _short(name: str, most: int = 22) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
