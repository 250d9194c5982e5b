"""One run: its facts, and which responses it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gpnb.core.units import time_words
from gpnb.draw import html
from gpnb.draw.instrument import axis_rows
from gpnb.panels.columns import Column

_PARTS = {"aeff": "Effective area", "edisp": "Energy dispersion", "psf": "Point spread function", "bkg": "Background"}


def is_run(obj: Any) -> bool:
    """Whether it is one observation, not several."""
    return hasattr(obj, "obs_id")


def responses_of(obs: Any) -> dict[str, Any]:
    """The responses that are there, and the direction cut where it stands for a point spread function."""
    found = {name: getattr(obs, name) for name in _PARTS if obs.has(name)}
    if obs.has("rad_max"):
        found["rad_max"] = obs.rad_max
    return found


def facts(obs: Any) -> str:
    """Target, live time, pointing, zenith: one line."""
    pointing = obs.pointing.icrs
    words = [
        obs.target,
        f"{obs.livetime.to_value('min'):.1f} min live",
        f"pointing {pointing.ra.deg:.3f}° {pointing.dec.deg:+.3f}°",
    ]
    if obs.zenith == obs.zenith:  # NaN where unknown
        words.append(f"zenith {obs.zenith.to_value('deg'):.0f}°")
    return " · ".join(word for word in words if word)


def axes_table(responses: dict[str, Any]) -> tuple[list[Column], list[list[str]]]:
    """Columns and rows that tell the axes of responses."""
    columns = [Column("response"), Column("axis"), Column("bins", number=True)]
    columns += [Column("from", number=True), Column("to", number=True), Column("unit")]
    names = {name: _PARTS.get(name, "Directional cut") for name in responses}
    return columns, [[names[name], *row] for name, part in responses.items() for row in axis_rows(part)]


def summary(obs: Any, picture: html.Markup, notes: Sequence[str]) -> html.Markup:
    """Facts of the run and axes of its responses, as safe HTML."""
    columns = [Column(name) for name in ("Quantity", "Value")]
    rows = [
        ["start", time_words(obs.tstart)],
        ["stop", time_words(obs.tstop)],
        ["on time, live time", f"{obs.ontime.to_value('s'):.1f} s, {obs.livetime.to_value('s'):.1f} s"],
        ["events", f"{len(obs.events)}"],
    ]
    axes = html.table(*axes_table(responses_of(obs)))
    parts = [picture, html.table(columns, rows), html.fold("Axes of the responses", axes)]
    return html.frame(f"Run {obs.obs_id}", facts(obs), parts, notes, repr(obs))
