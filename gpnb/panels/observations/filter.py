"""Which rows of the observation browser are shown, and in which order."""

from __future__ import annotations

import numpy as np
from astropy.table import Table

from gpnb.core.frames import to_vectors
from gpnb.core.sky_regions import to_regions
from gpnb.data.expression import where_mask
from gpnb.maps.inside import in_sky
from gpnb.panels.observations.pointings import Pointings
from gpnb.panels.observations.rows import cells, columns_of, sorted_rows
from gpnb.panels.observations.view import ObservationsView


def shown_rows(table: Table, view: ObservationsView) -> np.ndarray:
    """Row numbers of the runs that the record lets through, in its order."""
    rows = sorted_rows(table, view)
    return np.asarray(rows[kept(table, view)[rows]])


def kept(table: Table, view: ObservationsView) -> np.ndarray:
    """Whether each run meets the condition, holds the text and points into the region of the record.

    Raises
    ------
    SelectionError
        If the condition cannot be read.
    ArgumentError
        If a region has no inside.

    Examples
    --------
    >>> table = Table({"OBS_ID": [1, 2, 3], "OBJECT": ["Crab", "crab", "Sgr A*"], "ZEN_PNT": [20.0, 50.0, 30.0]})
    >>> kept(table, ObservationsView(where="ZEN_PNT < 40", find="CRAB"))
    array([ True, False, False])
    """
    keep = np.ones(len(table), dtype=bool)
    if view.where:
        keep &= where_mask(view.where, {name: np.asarray(table[name]) for name in table.colnames}, len(table))
    if view.cone:
        keep &= points_into(Pointings.of(table), view.cone)
    if view.find:
        text, rows = view.find.casefold(), np.flatnonzero(keep)
        found = cells(table, columns_of(table, view), rows)
        keep[rows] = [any(text in cell.casefold() for cell in row) for row in found]
    return keep


def points_into(pointings: Pointings, text: str) -> np.ndarray:
    """Whether each run points into any of the regions, given as DS9 text."""
    vectors = to_vectors(pointings.ra, pointings.dec)
    inside = np.zeros(len(pointings), dtype=bool)
    for region in to_regions(text):
        inside |= in_sky(vectors, region)
    return inside
