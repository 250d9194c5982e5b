"""The event explorer: image, energies, times, offsets, θ²."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.time import Time
from matplotlib.figure import Figure

from gpnb.core.errors import DataFormatError
from gpnb.core.frames import separation
from gpnb.core.units import to_skycoord, to_time
from gpnb.draw import html
from gpnb.draw.colours import colour_map, normalise
from gpnb.draw.skyaxes import HALO, sky_axes
from gpnb.draw.style import BLUE, GREEN, PIXEL, QUIET, VERMILION, colour_bar, energy_axis, few_ticks, heading, log_axis
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.skymap import SkyMap
from gpnb.state.columns import Column
from gpnb.state.doors import range_ends
from gpnb.state.views import EventsView

_WIDEST = 12.0
_THETA2 = 0.3


def record(obj: Any, **changes: Any) -> EventsView:  # noqa: ARG001  (every panel's signature)
    """The view record of an event list; see `gpnb.state.views.EventsView`."""
    return EventsView.build(**changes)


def draw(obj: Any, record: EventsView, figure: Figure) -> None:
    """Draw the image beside the histograms."""
    events = chosen(obj, record)
    figure.set_size_inches(960 * PIXEL, 420 * PIXEL)
    grid = figure.add_gridspec(2, 3, width_ratios=(1.95, 1, 1))
    if not len(events):
        axes = figure.add_subplot(grid[:, :])
        axes.text(0.5, 0.5, "No events", ha="center", va="center", transform=axes.transAxes, color=QUIET)
        axes.set_axis_off()
        return
    _draw_image(figure, grid[:, 0], events, record)
    _draw_energies(figure.add_subplot(grid[0, 1]), events, record)
    _draw_times(figure.add_subplot(grid[0, 2]), events, record)
    target, pointing = target_of(obj, record), pointing_of(obj)
    shown: list[tuple[Any, str, str, float | None]] = []
    if pointing is not None:
        shown.append((pointing, "Offset²", "Offset² from the pointing (deg²)", None))
    if target is not None:
        shown.append((target, "θ²", "θ² from the target (deg²)", _THETA2))
    for place, (center, title, label, limit) in enumerate(shown):
        last = place == len(shown) - 1 == 0
        axes = figure.add_subplot(grid[1, 1:] if last else grid[1, 1 + place])
        _draw_squares(axes, events, center, title, label, limit)


def summary(obj: Any, record: EventsView, picture: html.Markup = html.EMPTY, notes: Sequence[str] = ()) -> html.Markup:
    """Number and ranges of the events, as safe HTML."""
    events = chosen(obj, record)
    count = f"{len(events):,} events".replace(",", " ")
    target = str(obj.meta.get("OBJECT", "")).strip()
    facts = [word for word in (str(obj.meta.get("TELESCOP", "")).strip(), target) if word]
    if len(events) < len(obj):
        facts.append(f"of {len(obj)} in all")
    columns = [Column("quantity"), Column("from", number=True), Column("median", number=True)]
    columns += [Column("to", number=True), Column("unit")]
    table = html.table(columns, _ranges(events)) if len(events) else html.EMPTY
    return html.frame("Events", " · ".join([count, *facts]), [picture, table], notes, repr(obj))


def chosen(obj: Any, record: EventsView) -> Any:
    """The events that the record shows."""
    if record.energy is None and record.time is None:
        return obj
    keep = np.ones(len(obj), dtype=bool)
    if record.energy is not None:
        low, high = range_ends(record.energy)
        keep &= (obj.energy_values >= low) & (obj.energy_values < high)
    if record.time is not None:
        low, high = ((to_time(text) - obj.time_reference).to_value("s") for text in record.time)
        keep &= (obj.time_values >= low) & (obj.time_values < high)
    return obj.take(keep)


def pointing_of(events: Any) -> SkyCoord | None:
    """The pointing, if the header has it."""
    try:
        return events.pointing
    except DataFormatError:
        return None


def target_of(events: Any, record: EventsView) -> SkyCoord | None:
    """The target of the record, or the one of the header."""
    if record.target:
        return to_skycoord(record.target)
    try:
        ra, dec = float(events.meta["RA_OBJ"]), float(events.meta["DEC_OBJ"])
    except (KeyError, TypeError, ValueError):
        return None
    away = separation(events.ra_values, events.dec_values, ra, dec)  # some headers name a target far away
    return SkyCoord(ra, dec, unit="deg") if np.any(away**2 < _THETA2) else None


def _draw_image(figure: Figure, place: Any, events: Any, record: EventsView) -> None:
    pointing = pointing_of(events)
    center = to_skycoord(record.center) if record.center else pointing
    if center is None:
        center = SkyCoord(np.median(events.ra_values), np.median(events.dec_values), unit="deg")
    center = center.icrs
    width = record.width
    if width is None:
        away = separation(events.ra_values, events.dec_values, center.ra.deg, center.dec.deg)
        width = float(np.clip(2.1 * np.percentile(away, 99.5), 0.2, _WIDEST))
    geom = WcsGeometry.create(center, binsz=f"{width / record.pixels} deg", npix=record.pixels)
    image = np.asarray(SkyMap.from_events(events, geom).data, dtype=float)
    axes = sky_axes(figure, place, geom.wcs, geom.frame)
    norm = normalise(0.5 if record.stretch == "log" else 0, max(float(np.percentile(image, 99.95)), 1.0), record)
    drawn = axes.imshow(image, cmap=colour_map(record.cmap), norm=norm, origin="lower")
    colour_bar(axes, drawn, "Counts a pixel", integer=True)
    if pointing is not None:
        x, y = geom.coord_pixel(pointing)
        axes.plot([float(x)], [float(y)], "+", color="white", ms=9, mew=1.2, path_effects=HALO)
    axes.set(xlim=(-0.5, record.pixels - 0.5), ylim=(-0.5, record.pixels - 0.5))
    heading(axes, "Sky", "+ pointing" if pointing is not None else "")


def _draw_energies(axes: Any, events: Any, record: EventsView) -> None:
    energy = events.energy_values
    energy = energy[np.isfinite(energy) & (energy > 0)]
    low, high = float(energy.min()), float(energy.max()) * (1 + 1e-9)
    bins = max(1, int(np.ceil(record.per_decade * np.log10(high / low))))
    _steps(axes, energy, np.geomspace(low, high, bins + 1))
    energy_axis(axes.xaxis, low, high)
    axes.set(xlabel="Energy (TeV)", ylabel="Events a bin", ylim=(0.7, 2 * axes.dataLim.y1))
    log_axis(axes.yaxis)
    heading(axes, "Energy")


def _draw_times(axes: Any, events: Any, record: EventsView) -> None:
    """Events in time, minutes from the first; good times in colour behind."""
    seconds = events.time_values
    start = float(seconds.min())
    minutes = (seconds - start) / 60
    begin = events.time_reference + start * u.s
    for place, (first, last) in enumerate(record.gti):
        ends = [((to_time(text) - events.time_reference).to_value("s") - start) / 60 for text in (first, last)]
        axes.axvspan(*ends, color=GREEN, alpha=0.12, linewidth=0, label="" if place else "good times")
    _steps(axes, minutes, np.linspace(0, max(float(minutes.max()), 1e-3), record.time_bins + 1))
    axes.set(xlabel="Time (min)", ylabel="Events a bin", ylim=(0, None))
    few_ticks(axes.xaxis)
    few_ticks(axes.yaxis, 4, integer=True)
    heading(axes, "Time", f"from MJD {begin.tt.mjd:.3f} TT")
    if record.gti:
        axes.legend(loc="lower left")


def _draw_squares(axes: Any, events: Any, center: SkyCoord, title: str, label: str, limit: float | None) -> None:
    center = center.icrs
    squares = separation(events.ra_values, events.dec_values, center.ra.deg, center.dec.deg) ** 2
    top = limit if limit is not None else max(float(np.percentile(squares, 99.5)), 1e-6)
    _steps(axes, squares, np.linspace(0, top, 51), VERMILION if limit is not None else BLUE)
    axes.set(xlabel=label, ylabel="Events a bin", ylim=(0, None), xlim=(0, top))
    few_ticks(axes.yaxis, 4, integer=True)
    heading(axes, title)


def _steps(axes: Any, values: np.ndarray, edges: np.ndarray, colour: str = BLUE) -> None:
    counts, _ = np.histogram(values, edges)
    axes.stairs(counts, edges, color=colour, linewidth=1.2)
    axes.stairs(counts, edges, color=colour, alpha=0.12, fill=True, baseline=0)


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
