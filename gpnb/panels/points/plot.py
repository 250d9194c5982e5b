"""Flux points by themselves, or beside spectra and others: plot and table."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.table import QTable, Table, vstack

from gpnb.core.words import counted, number, value_words
from gpnb.panels.columns import Column
from gpnb.panels.flux_marks import ERG, SED, flux_point_marks, sed_range, seen_values
from gpnb.panels.plot import Band, Line, Plot, Points, look
from gpnb.panels.points.view import PointsView
from gpnb.products.energy_distribution import Sed
from gpnb.products.flux_points import FluxPoints
from gpnb.state.doors import range_ends

_LABELS = {"e2dnde": (SED, ERG), "dnde": ("dN/dE (cm⁻² s⁻¹ TeV⁻¹)", 1.0)}
_UNITS = {"e2dnde": "erg cm-2 s-1", "dnde": "cm-2 s-1 TeV-1"}

_SET = Column("Set")
_COLUMNS = (
    *(Column("Energy", "TeV", number=True), Column("from", "TeV", number=True), Column("to", "TeV", number=True)),
    *(Column("Flux", number=True), Column("Unit"), Column("√TS", number=True), Column("Kind")),
)


def points_title(obj: FluxPoints | Sed) -> str:
    """What it is."""
    return (obj.title or "Spectral energy distribution") if isinstance(obj, Sed) else "Flux points"


def points_facts(obj: FluxPoints | Sed) -> str:
    """How many, of what: one line."""
    if isinstance(obj, Sed):
        counts = [f"{label} {len(points)}" for label, points in obj.points.items()]
        found = {"points": ", ".join(counts), "spectra": ", ".join(obj.curves)}
        return " · ".join(f"{kind}: {words}" for kind, words in found.items() if words)
    limits = int(obj.is_ul.sum())
    words = [obj.name, counted(len(obj), "point"), counted(limits, "upper limit")]
    if obj.cl is not None and limits:
        words[-1] += f" ({100 * obj.cl:.3g} %)"
    return " · ".join(word for word in words if word)


def points_plot(obj: FluxPoints | Sed, view: PointsView) -> Plot:
    """Flux points with errors and upper limits, spectra with their bands."""
    sed = _sed(obj)
    marks = _marks(sed, view, named=isinstance(obj, Sed))
    lines, bands = _curves(sed, view)
    x = _span(sed, view)
    return Plot(
        name="points",
        title=points_title(obj),
        facts=points_facts(obj),
        x=x,
        y=sed_range(lines, [seen_values(item, x) for item in marks]),
        x_label="Energy (TeV)",
        y_label=_LABELS[view.quantity][0],
        log_x=True,
        log_y=True,
        points=marks,
        lines=lines,
        bands=bands,
    )


def points_rows(obj: FluxPoints | Sed, view: PointsView) -> tuple[list[Column], list[list[str]]]:
    """One row a point; with several sets, which it belongs to."""
    sets = _sed(obj).points
    if len(sets) == 1:
        return list(_COLUMNS), _rows(next(iter(sets.values())), view)
    rows = [[label, *row] for label, points in sets.items() for row in _rows(points, view)]
    return ([_SET, *_COLUMNS], rows) if sets else ([], [])


def points_table(obj: FluxPoints | Sed, view: PointsView) -> Table:
    """The numbers behind the picture: all points, or the spectra where there are none."""
    if not isinstance(obj, Sed):
        return obj.to_table(view.quantity)
    tables = {label: points.to_table(view.quantity) for label, points in obj.points.items()} or obj.curves
    named = [QTable({"set": [label] * len(table)} | {name: table[name] for name in table.colnames})
             for label, table in tables.items()]  # fmt: skip
    return vstack(named, metadata_conflicts="silent")


def _sed(obj: FluxPoints | Sed) -> Sed:
    return obj if isinstance(obj, Sed) else Sed({"": obj})


def _looks(sed: Sed) -> dict[str, tuple[str, str, str]]:
    """Role, dash and marker of each label: points and spectrum of one label look alike."""
    names = list(dict.fromkeys([*sed.points, *sed.curves]))
    return {name: look(place) for place, name in enumerate(names)}


def _marks(sed: Sed, view: PointsView, named: bool) -> tuple[Points, ...]:
    factor, looks = _LABELS[view.quantity][1], _looks(sed)
    found: list[Points] = []
    first = 0
    for label, points in sed.points.items():
        role, _, marker = looks[label] if len(sed.points) > 1 else ("text", "", "circle")
        name = label if named else ""
        found.append(flux_point_marks(points, name, role, marker, view.quantity, factor, first))
        first += len(points)
    return tuple(found)


def _curves(sed: Sed, view: PointsView) -> tuple[tuple[Line, ...], tuple[Band, ...]]:
    looks, lines, bands = _looks(sed), [], []
    for label, table in sed.curves.items():
        role, dash, _ = looks[label] if len(sed.curves) > 1 or len(sed.points) > 1 else ("model", "solid", "")
        energy = table["energy"].to_value("TeV")
        ends = [name for name in ("dnde", "dnde_low", "dnde_high") if name in table.colnames]
        values = {name: _in_quantity(table, name, view) for name in ends}
        lines.append(Line(label=label, x=energy, y=values["dnde"], role=role, dash=dash))
        if len(values) == 3:
            bands.append(Band(x=energy, low=values["dnde_low"], high=values["dnde_high"], role=role))
    return tuple(lines), tuple(bands)


def _in_quantity(table: QTable, name: str, view: PointsView) -> np.ndarray:
    values = table["energy"] ** 2 * table[name] if view.quantity == "e2dnde" else table[name]
    return np.asarray(values.to_value(_UNITS[view.quantity]), dtype=float)


def _rows(points: FluxPoints, view: PointsView) -> list[list[str]]:
    _, factor = _LABELS[view.quantity]
    unit = _UNITS[view.quantity]
    y, errn, errp, ul = (factor * points.column(f"{view.quantity}{end}") for end in ("", "_errn", "_errp", "_ul"))
    rows = []
    for place in range(len(points)):
        if points.is_ul[place] and np.isfinite(ul[place]):
            text, words = value_words(float(ul[place]), unit=unit)
            text, kind = f"< {text}", "upper limit"
        else:
            error = (float(errn[place]), float(errp[place]))
            text, words = value_words(float(y[place]), error if np.isfinite(error).all() else np.nan, unit)
            kind = "measured" if np.isfinite(y[place]) else "no data"
        energies = [points.e_ref[place], points.e_min[place], points.e_max[place]]
        numbers = [number(float(f"{value:.4g}")) if np.isfinite(value) else "–" for value in energies]
        root = points.sqrt_ts[place]
        rows.append([*numbers, text.replace("nan", "–"), words, f"{root:.1f}" if np.isfinite(root) else "–", kind])
    return rows


def _span(sed: Sed, view: PointsView) -> tuple[float, float]:
    ends: list[Any] = [part for item in sed.points.values() for part in (item.e_ref, item.e_min, item.e_max)]
    ends += [table["energy"].to_value("TeV") for table in sed.curves.values()]
    found = np.concatenate(ends)
    good = found[np.isfinite(found) & (found > 0)]
    low, high = (0.85 * float(good.min()), 1.18 * float(good.max())) if good.size else (0.1, 100.0)
    first, last = range_ends(view.energy)
    return (first if np.isfinite(first) and first > 0 else low), (last if np.isfinite(last) else high)
