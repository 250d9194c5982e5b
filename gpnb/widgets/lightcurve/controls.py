"""The controls of the light-curve explorer, from its view record."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.core.units import to_float, to_time
from gpnb.core.words import number as rounded
from gpnb.panels.lightcurve.curve import band_words, turn_words
from gpnb.panels.lightcurve.strips import reaches_further
from gpnb.panels.lightcurve.view import WORDS, LightCurveView
from gpnb.panels.lightcurve.work import CurveWork
from gpnb.widgets.parts.controls import Control, box, button, check, number, select, text

_BINS = {"run": "one a run", "night": "one a night", "bayesian-blocks": "Bayesian blocks"}


def bin_items(work: CurveWork, view: LightCurveView) -> list[Control]:
    """Bins of time and of energy; none where the data are not known."""
    if not work.can_rebin:
        return []
    width = view.bins if view.bins not in ("", *WORDS) else ""
    options = {"": "as made", **_BINS, **({width: width} if width else {})}
    items = [select("bins", "Bins", view.bins, options)]
    if work.can_cut:
        minutes = float(f"{to_float(width, u.min, 'bins'):.6g}") if width else None
        items.append(number("minutes", "Minutes", minutes, hint="any"))
    edges = ", ".join(rounded(float(f"{edge:.6g}")) for edge in view.edges)
    return [*items, text("edges", "Bands (TeV)", edges, "0.2, 1, 10", size=14)]


def look_items(work: CurveWork, view: LightCurveView) -> list[Control]:
    """Which bands are drawn, and the box of folding; behind "More" how it is drawn."""
    curve = work.curve(view)
    items: list[Control] = []
    if len(curve.e_ref) > 1:
        bands = [([band], band_words(curve, band)) for band in range(len(curve.e_ref))]
        items.append(select("bands", "Show", list(view.bands), [([], "all"), *bands]))
    more = (replace(item, box="more") for item in _drawn_items(work, view))
    return [*items, *fold_items(view), box("more", "More", "More controls"), *more]


def _drawn_items(work: CurveWork, view: LightCurveView) -> list[Control]:
    """What is drawn, and how."""
    items = [check("log_y", "Log flux", view.log_y)]
    if view.frequency is None:
        items.append(check("blocks", "Bayesian blocks", view.blocks))
    if view.frequency is None and (view.pauses or work.axis(view).breaks):
        items.append(check("pauses", "Pauses to scale", view.pauses, hint="Draw time without data too"))
    if len(work.curve(view).e_ref) > 1:
        items.append(check("hardness", "Hardness", view.hardness))
    if work.can_rebin:
        items.append(check("spectrum", "Spectrum", view.spectrum))
    return items


def fold_items(view: LightCurveView) -> list[Control]:
    """A box with the frequency to fold with; its derivatives and the epoch once there is one."""
    shown = turn_words(view.frequency)
    items = [text("frequency", "Frequency or period", shown, "29.9 Hz, or 2.5 h", size=13)]
    if view.frequency is not None:
        items += [
            text(name, f"{name} ({unit})", f"{value:.9g}" if value else "", "0", size=13)
            for name, unit, value in (("f1", "Hz/s", view.f1), ("f2", "Hz/s²", view.f2))
        ]
        items.append(text("epoch", "Epoch", epoch_text(view.epoch), "MJD, TT", size=13))
    opens = box("fold", "Fold", "Fold with a frequency or a period", shown)
    return [opens, *(replace(item, box="fold") for item in items)]


def series_items(work: CurveWork, view: LightCurveView) -> list[Control]:
    """Series of other wavelengths: add one, take one away, what is simultaneous."""
    items = [text("add", "Add a series", "", "path of a table", size=20)]
    for place, series in enumerate(work.series(view)):
        items.append(button(f"remove/{place}", f"{series.name} ×", f"Take {series.name} away"))
    if view.series:
        minutes = float(f"{view.within / 60:.6g}")
        items.append(number("within", "Simultaneous within (min)", minutes, hint="0", size=6))
    if view.series and view.frequency is None and (view.all_times or reaches_further(work, view)):
        items.append(check("all_times", "All their times", view.all_times))
    return items


def epoch_text(epoch: str) -> str:
    """An epoch as it is shown: MJD on TT."""
    return f"{float(f'{to_time(epoch).tt.mjd:.9f}')!r}" if epoch else ""


def read_epoch(text: str) -> str | None:
    """An epoch as typed: a bare number is MJD on TT; None for the start of the first bin."""
    try:
        return f"MJD {float(text)!r} tt"
    except ValueError:
        return text.strip() or None


def read_rate(text: str, name: str, unit: str) -> str | None:
    """A derivative of the frequency as typed, plain or with a unit; None for none.

    Raises
    ------
    ArgumentError
        If it cannot be read.
    """
    if not text.strip():
        return None
    try:
        value = u.Quantity(text.replace("−", "-"))
        value = value if value.unit != u.dimensionless_unscaled else value * u.Unit(unit)
        return f"{float(value.to_value(unit))!r} {unit}"
    except (TypeError, ValueError, u.UnitsError) as error:
        raise ArgumentError(f"{name}: {text!r} cannot be read; type a number in {unit}, like -3.7e-10.") from error


def read_minutes(value: Any) -> str | None:
    """A width of bins as typed; None for those as made.

    Raises
    ------
    ArgumentError
        If it is no positive number.
    """
    if value is None:
        return None
    if not value > 0:
        raise ArgumentError(f"Minutes: {value} was given; a number above 0 is expected.")
    return f"{float(value):.9g} min"


def read_edges(text: str) -> list[str] | None:
    """Edges of bands in TeV as typed; None for those as made.

    Raises
    ------
    ArgumentError
        If they cannot be read.
    """
    words = text.replace("TeV", " ").replace(",", " ").replace("–", " ").split()
    try:
        return [f"{float(word)!r} TeV" for word in words] or None
    except ValueError as error:
        raise ArgumentError(f"Bands: {text!r} cannot be read; type edges in TeV, like 0.2, 1, 10.") from error


def read_frequency(text: str) -> str | None:
    """A frequency as typed: plain in Hz, with a unit, or as a period; None for none.

    Raises
    ------
    ArgumentError
        If it cannot be read.
    """
    if not text.strip():
        return None
    try:
        value = u.Quantity(text)
        value = value * u.Hz if value.unit == u.dimensionless_unscaled else value
        return f"{float((1 / value).to_value('Hz') if value.unit.is_equivalent(u.s) else value.to_value('Hz'))!r} Hz"
    except (TypeError, ValueError, u.UnitsError) as error:
        raise ArgumentError(
            f"Fold: {text!r} cannot be read; type a frequency (29.9 Hz) or a period (2.5 h)."
        ) from error
