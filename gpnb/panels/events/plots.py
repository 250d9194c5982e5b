"""The histograms of an event explorer."""

from __future__ import annotations

import numpy as np

from gpnb.panels.events.counts import EventCounts
from gpnb.panels.events.view import EventsView
from gpnb.panels.plot import Plot, Spans, Steps


def histogram_plot(counts: EventCounts, name: str, view: EventsView) -> Plot:
    """All events in grey, over them those that pass the filters of all other panels."""
    axis, every, chosen = counts.axes[name], counts.every[name], counts.chosen[name]
    share = counts.divisor(name)
    behind = every / share if counts.is_filtered(name) else np.zeros(len(every))
    whole = Steps(
        label="all, scaled" if share > 1 else "",
        edges=axis.edges,
        values=behind,
        role="quiet",
        fill=0.28,
        width=0,
        notes={"All": [spaced(int(count)) for count in every]} if share > 1 else {},
    )
    kept = Steps(edges=axis.edges, values=chosen, role="accent", fill=0.18, width=1.4)
    good = axis.spans(view.gti) if name == "time" else []
    return Plot(
        name=name,
        title=axis.title,
        facts=axis.facts,
        x=(float(axis.edges[0]), float(axis.edges[-1])),
        y=(0.7, 2 * counts.top(name)) if axis.log else (0.0, 1.08 * counts.top(name)),
        x_label=axis.label,
        y_label="Events a bin",
        log_x=axis.log,
        log_y=axis.log,
        whole_y=True,
        steps=(whole, kept),
        spans=(Spans(label="good times", ranges=good, role="fine"),) if good else (),
        chosen=axis.span(getattr(view, name)),
        said=f"Histogram of {axis.label}: {spaced(int(chosen.sum()))} of {spaced(int(every.sum()))} events",
    )


def spaced(value: int) -> str:
    """A number with thin spaces between thousands."""
    return f"{value:,}".replace(",", "\u2009")
