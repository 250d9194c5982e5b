"""A proposal: its four plots, its verdict and its tables."""

from __future__ import annotations

import calendar
from dataclasses import replace
from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import FitError
from gpnb.core.words import number, unit_text, value_words
from gpnb.panels.columns import Column
from gpnb.panels.plot import Line, Plot, Points, Rule, log_range
from gpnb.panels.proposal.detection import detection_plot, needs, spread_band
from gpnb.panels.proposal.sensitivity import sensitivity_plot
from gpnb.panels.proposal.view import ProposalView
from gpnb.panels.proposal.visibility import night_facts, night_notes, night_plot, year_plot
from gpnb.panels.proposal.work import OTHERS, ProposalWork

_CURVE = 60
_BEYOND = 1.5
"""√TS is drawn to so many times the hours that are asked for, or that a detection takes."""

_EXPECTED = (
    Column("Parameter"),
    Column("Value ± error", number=True),
    Column("Unit"),
    Column("Error", "%", number=True),
)


def proposal_plots(work: ProposalWork, view: ProposalView) -> list[Plot]:
    """Sensitivity, detection, year and night."""
    return [sensitivity_of(work, view), detection_of(work, view), year_of(work, view), night_of(work, view)]


def sensitivity_of(work: ProposalWork, view: ProposalView) -> Plot:
    """The sensitivity, that of other hours, and the source over it."""
    limits = work.limits(view)
    plot = sensitivity_plot(limits)
    energy = np.geomspace(*plot.x, _CURVE)
    source = (work.obj.source.spectral(energy * u.TeV) * (energy * u.TeV) ** 2).to_value("erg cm-2 s-1")
    others = tuple(
        Line(label=f"{_hours(factor * view.hours)} h", x=plot.lines[0].x, y=_e2dnde(work.limits(view, factor)),
             role="quiet", dash=dash, width=1.4)
        for factor, dash in zip(OTHERS, ("dashed", "dotted"), strict=True)
    )  # fmt: skip
    own = replace(plot.lines[0], label=f"{_hours(view.hours)} h")
    lines = (*others, own, Line(label="source", x=energy, y=source))
    inside = np.isfinite(own.y)
    span = [own.y, source[(energy > own.x[inside].min()) & (energy < own.x[inside].max())]] if inside.any() else [own.y]
    facts = f"{view.significance:g} σ, {_above(work, view)}"
    return replace(plot, facts=facts, lines=lines, y=log_range(span))


def detection_of(work: ProposalWork, view: ProposalView) -> Plot:
    """√TS against hours, with the hours that are asked for."""
    found = work.detection(view)
    plot = detection_plot(found)
    needed = float(found.meta["hours"])
    last = _BEYOND * max(view.hours, needed if np.isfinite(needed) and needed < 4 * view.hours else 0.0)
    hours = last * np.linspace(0.0, 1.0, _CURVE) ** 2
    root = found.meta["sqrt_ts_1h"] * np.sqrt(hours)
    chosen = found.sqrt_ts(view.hours * u.h)
    at = Points(
        label=f"{_hours(view.hours)} h: {chosen:.1f}", x=np.array([view.hours]), y=np.array([chosen]), role="accent"
    )
    return replace(
        plot,
        facts="median and 68 % of observations",
        x=(0.0, last),
        y=(0.0, 1.15 * max(float(root[-1]) + 1, view.significance + 1)),
        lines=(replace(plot.lines[0], x=hours, y=root, label=""),),
        bands=(spread_band(found, hours),),
        points=(*(item for item in plot.points if needed <= last), at),
        marks=(Rule(value=view.hours, role="accent", dash="solid"), *(item for item in plot.marks if needed <= last)),
    )


def year_of(work: ProposalWork, view: ProposalView) -> Plot:
    """Hours by month and zenith angle."""
    year = work.year(view)
    if isinstance(year, str):
        return _empty("year", "Year", year, (0.0, 12.0), (0.0, 60.0), "Month", "Zenith angle (deg)")
    hours = f"{year_hours(work, view).sum():.0f} dark hours below {view.zenith_max:g}° zenith"
    rule = Rule(value=view.zenith_max, label=f"{view.zenith_max:g}°", role="accent")
    return replace(year_plot(year), facts=f"{year.meta['year']}, {hours}", rules=(rule,))


def night_of(work: ProposalWork, view: ProposalView) -> Plot:
    """Altitudes of a night."""
    night = work.night(view)
    if isinstance(night, str):
        return _empty("night", "Night", night, (0.0, 24.0), (0.0, 90.0), "Time (UTC)", "Altitude (deg)")
    facts = night_facts(night).partition(" · ")[2]
    return replace(night_plot(night), facts=facts)


def year_hours(work: ProposalWork, view: ProposalView) -> np.ndarray:
    """Usable hours of each month below the largest zenith angle; a band that it cuts counts in part."""
    year = work.year(view)
    if isinstance(year, str):
        return np.zeros(12)
    edges = np.asarray(year.meta["zenith"], dtype=float)
    part = np.clip((view.zenith_max - edges[:-1]) / np.diff(edges), 0, 1)
    return np.asarray(year["hours"], dtype=float) @ part


def verdict_words(work: ProposalWork, view: ProposalView) -> tuple[str, str]:
    """The answer, and what stands beside it."""
    found, months = work.detection(view), year_hours(work, view)
    facts = []
    facts += [f"68 % of observations between {low} and {high} h" for low, high in needs(found)]
    facts.append(f"{_hours(view.hours)} h give √TS {found.sqrt_ts(view.hours * u.h):.1f}")
    if months.any():
        best = sorted(np.argsort(-months, kind="stable")[:2].tolist())
        names = " and ".join(calendar.month_name[place + 1] for place in best if months[place] > 0)
        year = f"{months.sum():.0f} dark hours in {work.date(view)[:4]} below {view.zenith_max:g}° zenith"
        facts.append(f"{year}, best in {names}")
    return f"{'●' if np.isfinite(found.meta['hours']) else '▲'} {found.words}", " · ".join(facts)


def expected_rows(work: ProposalWork, view: ProposalView) -> tuple[list[Column], list[list[str]]]:
    """Errors to be expected of the source's parameters."""
    try:
        result = work.expected(view)
    except FitError as why:
        return list(_EXPECTED), [[str(why), "", "", ""]]
    rows = []
    for name, value, error in zip(result.names, result.values, result.errors, strict=True):
        model, _, short = name.partition(".")
        if model != work.obj.source.name:
            continue
        words, unit = value_words(float(value), float(error), str(result.models[model].parameter(short).unit or ""))
        part = f"{100 * error / abs(value):.2g}" if value and not short.startswith(("lon", "lat")) else "–"
        rows.append([short.rstrip("_"), words, unit_text(unit), part if np.isfinite(error) else "–"])
    return list(_EXPECTED), rows


def response_rows(work: ProposalWork, view: ProposalView) -> tuple[list[Column], list[list[str]], list[int]]:
    """Hours to a detection with each of the responses that were looked at, and which is chosen."""
    columns = [Column("Responses"), Column(f"Hours to {view.significance:g} σ", number=True), Column("Ruled by")]
    names, rows = work.known(view), []
    for name in names:
        found = work.detection(view, name)
        hours = float(found.meta["hours"])
        rows.append([name, number(float(f"{hours:.3g}")) if np.isfinite(hours) else "never", found.criterion])
    return columns, rows, [names.index(work.irfs(view))]


def proposal_notes(work: ProposalWork, view: ProposalView) -> list[str]:
    """A target that is never visible, a night without a usable hour."""
    night = work.night(view)
    return [night] if isinstance(night, str) else night_notes(night)


def _above(work: ProposalWork, view: ProposalView) -> str:
    """Where the source is above the curve."""
    limits = work.limits(view)
    seen = np.asarray(limits["norm"], dtype=float) < 1
    if not seen.any():
        return "the source is below it at all energies"
    ends = (float(limits["e_min"][seen].min()), float(limits["e_max"][seen].max()))
    low, high = (number(float(f"{end:.2g}")) for end in ends)
    return f"the source is above it from {low} to {high} TeV"


def _e2dnde(limits: Any) -> np.ndarray:
    return np.asarray(limits["e2dnde"], dtype=float)


def _hours(value: float) -> str:
    return number(float(f"{value:.2g}" if value < 100 else f"{value:.3g}"))


def _empty(
    name: str, title: str, why: str, x: tuple[float, float], y: tuple[float, float], x_label: str, y_label: str
) -> Plot:
    return Plot(
        name=name, title=title, facts=why.partition(":")[0], x=x, y=y, x_label=x_label, y_label=y_label, said=why
    )
