"""A picture of spectral energy distributions: flux points, and fitted spectra with their bands."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import numpy as np
from astropy.table import QTable

from gpnb.core.errors import ArgumentError
from gpnb.draw.style import CURVES, ORANGE, TEXT, VERMILION, Picture, energy_axis, heading, log_axis, new_figure, styled
from gpnb.products.flux_points import FluxPoints

STYLES = (CURVES[1], CURVES[0], *CURVES[2:], (ORANGE, (0, (3, 1, 1.2, 1, 1.2, 1))), (TEXT, "-"))
"""Colours of spectra, each with its dash as the second cue."""

_MARKERS = "osD^vp"
_UNIT = "erg cm-2 s-1"
_LABEL = "E² dN/dE (erg cm⁻² s⁻¹)"
_WIDTH, _HEIGHT = 700, 380
_ROOM = 2.0
"""Factor of free space above and below what is drawn."""


def sed_picture(
    points: Mapping[str, FluxPoints] | None = None,
    bands: Mapping[str, QTable] | None = None,
    title: str = "Spectral energy distribution",
    facts: str = "",
) -> Picture:
    """Draw flux points and spectra, E² dN/dE against energy.

    Parameters
    ----------
    points : mapping of str to FluxPoints, optional
        By what the legend calls them; sole ones are drawn in ink. Upper limits are arrows.
    bands : mapping of str to QTable, optional
        Spectra with columns energy, dnde and, for a band, dnde_low and dnde_high: what ``result.butterfly()`` gives.
    title, facts : str
        Over the picture.

    Returns
    -------
    Picture
        Shows itself in a notebook.

    Raises
    ------
    ArgumentError
        If there is nothing to draw.

    Examples
    --------
    >>> import gpnb
    >>> band = gpnb.PowerLaw().butterfly(("1 TeV", "10 TeV"), [[0.01, 0], [0, 0]])
    >>> [axes.get_xlabel() for axes in sed_picture(bands={"power law": band}).axes]
    ['Energy (TeV)']
    """
    points, bands = points or {}, bands or {}
    if not points and not bands:
        raise ArgumentError("points and bands are both empty: give at least one of them.")
    figure = new_figure(_WIDTH, _HEIGHT)
    with styled():
        axes = figure.add_subplot()
        inks = [(TEXT, "-")] if len(points) == 1 else STYLES
        sole = [(TEXT if len(points) > 1 else VERMILION, "-")]
        styles = cycle(STYLES if len(bands) > 1 else sole)
        spans = [_band(axes, *item) for item in zip(bands.items(), styles, strict=False)]
        spans += [
            _points(axes, label, item, colour, marker, filled=len(points) > 1)
            for (label, item), (colour, _), marker in zip(points.items(), cycle(inks), cycle(_MARKERS), strict=False)
        ]
        x, y = (np.concatenate([span[place] for span in spans]) for place in (0, 1))
        axes.set(xlabel="Energy (TeV)", ylabel=_LABEL, yscale="log", ylim=(y.min() / _ROOM, y.max() * _ROOM))
        energy_axis(axes.xaxis, x.min() / 1.15, x.max() * 1.15)
        log_axis(axes.yaxis)
        heading(axes, title, facts)
        axes.legend(loc="lower left")
    return figure


def _band(axes: Any, item: tuple[str, QTable], style: tuple[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """A spectrum with its band; returns energies and values that must be seen."""
    label, table = item
    energy = table["energy"].to_value("TeV")
    values = {name: _e2dnde(table, name) for name in table.colnames if name.startswith("dnde")}
    colour, dash = style
    axes.plot(energy, values["dnde"], color=colour, linestyle=dash, label=label)
    if "dnde_low" in values:
        axes.fill_between(energy, values["dnde_low"], values["dnde_high"], color=colour, alpha=0.18, linewidth=0)
    return energy, values["dnde"]


def _e2dnde(table: QTable, name: str) -> np.ndarray:
    return np.asarray((table["energy"] ** 2 * table[name]).to_value(_UNIT))


def _points(
    axes: Any, label: str, points: FluxPoints, colour: str, marker: str, filled: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Points with asymmetric errors; limits as arrows from the limit down."""
    energy, low, high = (points.quantity(name).to_value("TeV") for name in ("e_ref", "e_min", "e_max"))
    flux, errn, errp, limit = (
        points.quantity(f"e2dnde{part}").to_value(_UNIT) for part in ("", "_errn", "_errp", "_ul")
    )
    seen = ~points.is_ul & (flux > 0)
    common = {"color": colour, "ecolor": colour, "elinewidth": 1, "linestyle": "none", "zorder": 3}
    errors = {"xerr": (energy - low, high - energy), "yerr": (np.minimum(errn, flux * 0.999), errp)}
    chosen = {name: [part[seen] for part in item] for name, item in errors.items()}
    face = colour if filled else "white"
    axes.errorbar(energy[seen], flux[seen], **chosen, marker=marker, markerfacecolor=face, label=label, **common)
    lone = points.is_ul & (limit > 0)
    axes.errorbar(
        energy[lone], limit[lone], xerr=[part[lone] for part in errors["xerr"]], yerr=0.35 * limit[lone], uplims=True,
        **common,
    )  # fmt: skip
    return np.concatenate([low[seen], high[seen]]), np.concatenate([flux[seen], flux[seen]])
