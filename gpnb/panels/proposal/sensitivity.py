"""A sensitivity: its plot, words and table."""

from __future__ import annotations

from typing import Any

import numpy as np

from gpnb.core.words import number, value_words
from gpnb.panels.columns import Column
from gpnb.panels.flux_marks import SED
from gpnb.panels.plot import Line, Plot, Points, log_range

_MARKS = {"significance": "circle", "counts": "square", "systematics": "triangle-up"}
"""What rules → the marker of its points."""

_FLUX = "Flux above the energy (cm⁻² s⁻¹)"

_COLUMNS = (
    *(Column("Energy", "TeV", number=True), Column("from", "TeV", number=True), Column("to", "TeV", number=True)),
    *(Column("Flux", number=True), Column("Unit"), Column("Excess", number=True), Column("Background", number=True)),
    Column("Ruled by"),
)


def sensitivity_plot(limits: Any) -> Plot:
    """The least fluxes, joined by a line; the marker of each tells what rules there."""
    x, y = np.asarray(limits["e_ref"], dtype=float), _flux(limits)
    low, high = (np.asarray(limits[name], dtype=float) for name in ("e_min", "e_max"))
    ends = {} if limits.meta["integral"] else {"x_low": low, "x_high": high}
    kinds = np.asarray(limits["criterion"]).astype(str)
    points = [
        Points(
            label=label if len(set(kinds) - {""}) > 1 else "",
            x=x,
            y=np.where(kinds == kind, y, np.nan),
            role="accent",
            marker=_MARKS[kind],
            rows=range(len(x)),
            notes={"ruled by": [label if found == kind else "" for found in kinds]},
            **ends,
        )
        for kind, label in criterion_words(limits.meta).items()
        if (kinds == kind).any()
    ]
    return Plot(
        name="sensitivity",
        title="Sensitivity",
        facts=sensitivity_facts(limits),
        x=(float(low.min()) / 1.05, float(high.max()) * 1.05),
        y=log_range([y]),
        x_label="Energy (TeV)",
        y_label=_FLUX if limits.meta["integral"] else SED,
        log_x=True,
        log_y=True,
        lines=(Line(x=x, y=y, role="accent"),),
        points=tuple(points),
    )


def sensitivity_facts(limits: Any) -> str:
    """Hours, what is demanded, the spectrum that is assumed: one line."""
    meta = limits.meta
    hours = meta["livetime"] / 3600
    words = [f"{number(float(f'{hours:.3g}'))} h"] if np.isfinite(hours) else []
    words += [f"{meta['significance']:g} σ", f"{meta['min_counts']:g} counts"]
    return " · ".join([*words, f"{100 * meta['systematics']:g} % of the background", str(meta["spectrum"])])


def sensitivity_rows(limits: Any) -> tuple[list[Column], list[list[str]]]:
    """One row an energy."""
    unit = "cm-2 s-1" if limits.meta["integral"] else "erg cm-2 s-1"
    words = criterion_words(limits.meta)
    rows = []
    for row, flux in zip(limits.table, _flux(limits), strict=True):
        energies = [number(float(f"{float(row[name]):.3g}")) for name in ("e_ref", "e_min", "e_max")]
        value, units = value_words(float(flux), unit=unit) if np.isfinite(flux) else ("–", "")
        counts = [f"{float(row[name]):.3g}".replace("nan", "–") for name in ("excess", "background")]
        rows.append([*energies, value, units, *counts, words.get(str(row["criterion"]), "no data")])
    return list(_COLUMNS), rows


def criterion_words(meta: Any) -> dict[str, str]:
    """What may rule, in words."""
    return {
        "significance": f"{meta['significance']:g} σ",
        "counts": f"{meta['min_counts']:g} counts",
        "systematics": f"{100 * meta['systematics']:g} % of the background",
    }


def _flux(limits: Any) -> np.ndarray:
    return np.asarray(limits["flux" if limits.meta["integral"] else "e2dnde"], dtype=float)
