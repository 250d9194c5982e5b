"""One run: its facts, and which responses it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gpnb.core.units import time_words
from gpnb.draw import html
from gpnb.panels.columns import Column
from gpnb.panels.instrument.run import axes_table, facts, title


def summary(obs: Any, picture: html.Markup, notes: Sequence[str]) -> html.Markup:
    """Facts of the run and axes of its responses, as safe HTML."""
    columns = [Column(name) for name in ("Quantity", "Value")]
    rows = [
        ["start", time_words(obs.tstart)],
        ["stop", time_words(obs.tstop)],
        ["on time, live time", f"{obs.ontime.to_value('s'):.1f} s, {obs.livetime.to_value('s'):.1f} s"],
        ["events", f"{len(obs.events)}"],
    ]
    parts = [picture, html.table(columns, rows), html.fold("Axes of the responses", html.table(*axes_table(obs)))]
    return html.frame(title(obs), facts(obs), parts, notes, repr(obs))
