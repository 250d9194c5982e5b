"""When a target can be observed: plots, words and tables of a night and of a year."""

from __future__ import annotations

import calendar
from itertools import pairwise
from typing import Any

import numpy as np

from gpnb.panels.columns import Column
from gpnb.panels.plot import Image, Line, Plot, Rule, Spans

_TWILIGHT = -18.0
_BESIDE = 0.4
"""Hours before sunset and after sunrise that are drawn."""

MONTHS = tuple(calendar.month_abbr)[1:]


def night_plot(night: Any) -> Plot:
    """Altitudes of target and Moon; twilight and the usable hours are shaded."""
    hours, altitude, sun, moon = _night(night)
    down = hours[sun < 0]
    x = (float(down[0]) - _BESIDE, float(down[-1]) + _BESIDE) if down.size else (float(hours[0]), float(hours[-1]))
    ticks = np.arange(np.ceil(x[0] / 2) * 2, x[1], 2)
    ranges = [(hours[first], hours[last]) for first, last in windows(night)]
    spans = (
        Spans(label="twilight", ranges=_ranges(hours, sun > _TWILIGHT), role="quiet", fill=0.22),
        Spans(label="usable", ranges=ranges, role="accent", fill=0.16),
    )
    lowest = 90.0 - float(night.meta["zenith_max"])
    return Plot(
        name="night",
        title="Night",
        facts=night_facts(night),
        x=x,
        y=(0.0, 90.0),
        x_label=f"Time (UTC), night of {night.meta['night']}",
        y_label="Altitude (deg)",
        x_ticks={float(tick): f"{int(tick) % 24:02d} h" for tick in ticks},
        lines=(
            Line(label="target", x=hours, y=np.where(altitude > 0, altitude, np.nan)),
            Line(label="Moon", x=hours, y=np.where(moon > 0, moon, np.nan), role="attention", dash="dashed"),
        ),
        rules=(Rule(value=lowest, label=f"zenith {90 - lowest:g}°", role="accent"),),
        spans=spans,
    )


def night_facts(night: Any) -> str:
    """Target, site, usable hours: one line."""
    meta = night.meta
    moon = "" if meta["moonlight"] else ", no Moon"
    return (
        f"{meta['target']} from {meta['site']} · {meta['hours']:.1f} h dark below {meta['zenith_max']:g}° zenith{moon}"
    )


def night_notes(night: Any) -> list[str]:
    """That there is no usable hour, and why."""
    if night.meta["hours"] > 0:
        return []
    _, altitude, sun, _ = _night(night)
    high = altitude >= 90.0 - night.meta["zenith_max"]
    if not (sun < _TWILIGHT).any():
        why = "it does not get dark"
    elif not (high & (sun < _TWILIGHT)).any():
        why = "the target is high enough by day alone"
    else:
        why = "the Moon is above the horizon meanwhile"
    return [f"No hour of the night of {night.meta['night']} is usable: {why}."]


def night_rows(night: Any) -> tuple[list[Column], list[list[str]]]:
    """One row a stretch of usable time."""
    columns = [Column("from"), Column("to"), Column("hours", number=True), Column("lowest zenith", "deg", number=True)]
    times, altitude = night["time"], np.asarray(night["altitude"], dtype=float)
    rows = [
        [
            f"{times[first].iso[:16]} UTC",
            f"{times[last].iso[:16]} UTC",
            f"{(times[last] - times[first]).to_value('h'):.1f}",
            f"{90 - altitude[first : last + 1].max():.0f}",
        ]
        for first, last in windows(night)
    ]
    return columns, rows


def windows(night: Any) -> list[tuple[int, int]]:
    """First and last row of each stretch of usable time."""
    return _stretches(np.asarray(night["usable"], dtype=bool))


def year_plot(year: Any) -> Plot:
    """Hours by month and zenith angle, in colours."""
    edges, hours = np.asarray(year.meta["zenith"], dtype=float), np.asarray(year["hours"], dtype=float)
    even = len(edges) < 2 or np.allclose(np.diff(edges), edges[1] - edges[0])
    if not even:  # the last band is narrower
        edges = edges[0] + (edges[1] - edges[0]) * np.arange(len(edges))
    values = np.where(hours > 0, hours, np.nan).T
    top = float(np.nanmax(values)) if np.isfinite(values).any() else 1.0
    return Plot(
        name="year",
        title="Year",
        facts=year_facts(year),
        x=(0.0, 12.0),
        y=(0.0, float(edges[-1])),
        x_label=f"Month of {year.meta['year']}",
        y_label="Zenith angle (deg)",
        x_ticks={place + 0.5: name for place, name in enumerate(MONTHS)},
        image=Image(label="Hours", x=np.arange(13.0), y=edges, values=values, low=0.0, high=top),
    )


def year_facts(year: Any) -> str:
    """Target, site, hours, the best months: one line."""
    meta, total = year.meta, np.asarray(year["total"], dtype=float)
    words = [
        f"{meta['target']} from {meta['site']}",
        f"{total.sum():.0f} dark hours below {meta['zenith'][-1]:g}° zenith",
    ]
    if total.any():
        best = sorted(np.argsort(-total, kind="stable")[:2].tolist())
        words.append("best in " + " and ".join(calendar.month_name[place + 1] for place in best))
    return " · ".join(words)


def year_rows(year: Any) -> tuple[list[Column], list[list[str]]]:
    """One row a month."""
    edges = year.meta["zenith"]
    bands = [f"{low:g}–{high:g}°" for low, high in pairwise(edges)]
    columns = [Column("Month"), Column("Hours", number=True), *(Column(name, number=True) for name in bands)]
    rows = [
        [MONTHS[int(row["month"]) - 1], *(f"{float(value):.0f}" for value in (row["total"], *np.ravel(row["hours"])))]
        for row in year.table
    ]
    return columns, rows


def _night(night: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Hours from the midnight (UTC) after its evening begins, and altitudes."""
    times = night["time"]
    middle = times[len(times) // 2]
    offset = 24.0 * ((middle.jd1 - 0.5 + middle.jd2) % 1.0)
    hours = offset + (times - middle).to_value("h")
    return (hours, *(np.asarray(night[name], dtype=float) for name in ("altitude", "sun", "moon")))


def _ranges(hours: np.ndarray, chosen: np.ndarray) -> list[tuple[float, float]]:
    return [(float(hours[first]), float(hours[last])) for first, last in _stretches(chosen)]


def _stretches(chosen: np.ndarray) -> list[tuple[int, int]]:
    steps = np.diff(np.concatenate([[0], chosen.astype(int), [0]]))
    return list(zip(np.flatnonzero(steps == 1).tolist(), (np.flatnonzero(steps == -1) - 1).tolist(), strict=True))
