"""The event explorer: image, energies, times, offsets, θ²."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy import units as u
from astropy.time import Time
from matplotlib.figure import Figure

from gpnb.draw import html
from gpnb.draw.colours import colour_map, normalise
from gpnb.draw.plots import draw_plot
from gpnb.draw.sky_axes import HALO, draw_regions, sky_axes
from gpnb.draw.style import PIXEL, QUIET, colour_bar, heading
from gpnb.panels.columns import Column
from gpnb.panels.events.axes import pointing_of, target_of
from gpnb.panels.events.counts import EventCounts, EventFilter
from gpnb.panels.events.plots import histogram_plot
from gpnb.panels.events.view import EventsView
from gpnb.panels.sky.cuts import colours_of, scale_of


def draw(obj: Any, record: EventsView, figure: Figure) -> None:
    """Draw the image beside the histograms."""
    figure.set_size_inches(960 * PIXEL, 420 * PIXEL)
    grid = figure.add_gridspec(2, 3, width_ratios=(1.95, 1, 1))
    if not len(obj):
        axes = figure.add_subplot(grid[:, :])
        axes.text(0.5, 0.5, "No events", ha="center", va="center", transform=axes.transAxes, color=QUIET)
        axes.set_axis_off()
        return
    counts = EventFilter(obj).counts(record)
    _draw_image(figure, grid[:, 0], obj, counts, record)
    squares = [name for name in ("offset", "theta2") if name in counts.axes]
    places = {"energy": grid[0, 1], "time": grid[0, 2]}
    places |= {name: grid[1, 1 + place] if len(squares) > 1 else grid[1, 1:] for place, name in enumerate(squares)}
    for name, place in places.items():
        draw_plot(figure.add_subplot(place), histogram_plot(counts, name, record))


def summary(obj: Any, record: EventsView, picture: html.Markup = html.EMPTY, notes: Sequence[str] = ()) -> html.Markup:
    """Number and ranges of the events, as safe HTML."""
    events = chosen(obj, record)
    count = f"{len(events):,} events".replace(",", " ")
    target = str(obj.meta.get("OBJECT", "")).strip()
    facts = [word for word in (str(obj.meta.get("TELESCOP", "")).strip(), target) if word]
    if len(events) < len(obj):
        facts.append(f"of {len(obj)} in all")
    columns = [Column("Quantity"), Column("From", number=True), Column("Median", number=True)]
    columns += [Column("To", number=True), Column("Unit")]
    table = html.table(columns, _ranges(events)) if len(events) else html.EMPTY
    return html.frame("Events", " · ".join([count, *facts]), [picture, table], notes, repr(obj))


def chosen(obj: Any, record: EventsView) -> Any:
    """The events that pass every filter of the record."""
    return obj.take(EventFilter(obj).passing(record)) if len(obj) else obj


def _draw_image(figure: Figure, place: Any, events: Any, counts: EventCounts, record: EventsView) -> None:
    geom, image = counts.geom, counts.chosen["sky"].astype(float)
    axes = sky_axes(figure, place, geom.wcs, geom.frame)
    look = record.colours
    drawn = axes.imshow(
        image,
        cmap=colour_map(colours_of(look, "counts")),
        norm=normalise(scale_of(image, look, "counts")),
        origin="lower",
    )
    colour_bar(axes, drawn, "Counts a pixel", integer=True)
    marks = {"+": (pointing_of(events), "pointing"), "×": (target_of(events, record), "target")}
    shown = {sign: word for sign, (coord, word) in marks.items() if coord is not None}
    for sign in shown:
        x, y = geom.coord_pixel(marks[sign][0])
        axes.plot([float(x)], [float(y)], sign.replace("×", "x"), color="white", ms=9, mew=1.2, path_effects=HALO)
    draw_regions(axes, record.region, "regions")
    axes.set(xlim=(-0.5, geom.nx - 0.5), ylim=(-0.5, geom.ny - 0.5))
    heading(axes, "Sky", "  ".join(f"{sign} {word}" for sign, word in shown.items()))


def _ranges(events: Any) -> list[list[str]]:
    energy = np.percentile(events.energy_values, (0, 50, 100))
    rows = [["energy", *(f"{value:.3g}" for value in energy), "TeV"]]
    if pointing_of(events) is not None:
        rows.append(["offset", *(f"{value:.2f}" for value in np.percentile(events.offset_values, (0, 50, 100))), "deg"])
    ends = np.percentile(events.time_values, (0, 50, 100))
    rows.append(["time", *(_mjd(events.time_reference + float(value) * u.s) for value in ends), "MJD (TT)"])
    return rows


def _mjd(time: Time) -> str:
    return f"{time.tt.mjd:.4f}"
