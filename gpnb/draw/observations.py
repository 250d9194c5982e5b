"""The observation browser: the runs of a store or a choice of them, or one run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure

from gpnb.draw import html, instrument, run
from gpnb.draw.pointings import draw_pointings
from gpnb.draw.style import BLUE, PIXEL, QUIET, few_ticks, heading
from gpnb.panels.columns import Column
from gpnb.panels.instrument.curves import overview_plots
from gpnb.panels.instrument.images import run_images
from gpnb.panels.instrument.run import is_run, responses_of
from gpnb.panels.observations.filter import kept, shown_rows
from gpnb.panels.observations.rows import cells, columns_of, heads, hours_of, seconds_of, targets, totals
from gpnb.panels.observations.view import ObservationsView
from gpnb.panels.plot import Plot
from gpnb.state.chips import region_words

_MOST_BARS = 12
_MOST_ROWS = 500


def plots(obj: Any, record: Any) -> list[Plot]:
    """The responses of one run; several runs are drawn on a sky."""
    if not is_run(obj):
        return []
    responses = responses_of(obj)
    return [*overview_plots(responses, record), *(run_images(responses, record) if record.images else ())]


def draw(obj: Any, record: Any, figure: Figure) -> None:
    """Draw the pointings on the sky, and the hours of each target; the responses of one run."""
    if is_run(obj):
        instrument.draw_overview(plots(obj, record), figure)
        return
    table = obj.table
    columns_of(table, record)
    figure.set_size_inches(960 * PIXEL, 380 * PIXEL)
    label, bars = _bars(table[kept(table, record)])
    grid = figure.add_gridspec(1, 2 if bars else 1, width_ratios=(2.2, 1) if bars else (1,))
    draw_pointings(figure, grid[0], table, record)
    if bars:
        _draw_bars(figure.add_subplot(grid[1]), label, bars)


def summary(obj: Any, record: Any, picture: html.Markup = html.EMPTY, notes: Sequence[str] = ()) -> html.Markup:
    """Totals and the table of the runs, as safe HTML."""
    if is_run(obj):
        return run.summary(obj, picture, notes)
    table = obj.table
    rows = shown_rows(table, record)
    words = totals(table[rows], len(table))
    facts = " · ".join(word for word in (getattr(obj, "name", ""), *_restrictions(record), words) if word)
    return html.frame("Observations", facts, [picture, *_tables(table, record, rows)], notes, repr(obj))


def _restrictions(record: ObservationsView) -> list[str]:
    """What the runs that are shown have in common."""
    found = f"with {record.find!r}" if record.find else ""
    return [word for word in (region_words(record.cone), record.where, found) if word]


def _tables(table: Table, record: ObservationsView, rows: np.ndarray) -> list[html.Markup]:
    """A short table of runs, or one of targets with the runs folded behind it."""
    names, shown, found = columns_of(table, record), rows[:_MOST_ROWS], targets(table[rows])
    chosen = np.isin(np.asarray(table["OBS_ID"])[rows], record.highlight)
    runs = html.table(heads(table, names), cells(table, names, shown), chosen)
    if len(rows) <= record.rows:
        return [runs]
    cut = "" if len(rows) == len(shown) else f", the first {len(shown)} of them"
    columns = [Column("Target"), Column("Runs", number=True), Column("Live time", "h", number=True)]
    lines = [[name, str(count), f"{hours:.2f}" if np.isfinite(hours) else "–"] for name, count, hours in found]
    folded = [html.fold(f"All {len(rows)} runs{cut}", runs)]
    if len(found) == 1:
        first = cells(table, names, rows[: record.rows])
        return [html.table(heads(table, names), first, chosen), *folded]
    top = html.table(columns, lines[: record.rows])
    rest = [html.fold(f"{len(lines) - record.rows} more targets", html.table(columns, lines[record.rows :]))]
    return [top, *(rest if len(lines) > record.rows else []), *folded]


def _bars(table: Table) -> tuple[str, list[tuple[str, float, str]]]:
    """Name, size and remark of each bar: live times of targets, or of the runs of one target."""
    found = targets(table)
    if not np.isfinite(hours_of(table)):
        return "Number of runs", [(name, count, "") for name, count, _ in found] if len(found) > 1 else []
    if len(found) == 1:
        minutes = np.nan_to_num(seconds_of(table)) / 60
        return "Live time (min)", [(str(run), size, "") for run, size in zip(table["OBS_ID"], minutes, strict=True)]
    return "Live time (h)", [
        (name, float(np.nan_to_num(hours)), f"{count} run{'s' * (count != 1)}") for name, count, hours in found
    ]


def _draw_bars(axes: Any, label: str, bars: list[tuple[str, float, str]]) -> None:
    """Horizontal bars of the first ones."""
    first = bars[:_MOST_BARS]
    places, sizes = -np.arange(len(first)), [size for _, size, _ in first]
    axes.barh(places, sizes, height=0.62, color=BLUE, alpha=0.85)
    axes.set_yticks(places, [_short(name) for name, *_ in first])
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.set(xlabel=label, ylim=(0.3 - max(len(first), 6), 0.7), xlim=(0, 1.3 * max([*sizes, 1e-3])))
    few_ticks(axes.xaxis, 4)
    for place, (_, size, word) in zip(places, first, strict=True):
        axes.annotate(
            word, (size, place), xytext=(4, 0), textcoords="offset points", va="center", color=QUIET, size=7.5
        )
    heading(
        axes,
        "Live time" if "time" in label else "Runs",
        f"{len(first)} of {len(bars)}" if len(bars) > len(first) else "",
    )


def _short(name: str, most: int = 22) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
