"""Bayesian blocks of light curves: stretches of bins of one flux."""

from __future__ import annotations

import numpy as np

from gpnb.products.light_curve import LightCurve
from gpnb.stats.blocks import measured_blocks

FALSE_BLOCKS = 0.05
"""Probability of a change of flux that is none."""


def block_numbers(time: np.ndarray, flux: np.ndarray, error: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """The block of each bin (Scargle et al. 2013, ApJ 764, 167), in order of time.

    Parameters
    ----------
    time : array
        Middles of the bins, in any unit.
    flux, error, upper : array
        Fluxes, their errors, and the upper ones: with few counts or none the curvature alone tells too little. Bins
        without flux or error do not count, and belong to the block that they lie in.
    """
    known = np.isfinite(flux) & np.isfinite(error) & (error > 0)
    if known.sum() < 2:
        return np.zeros(len(time), dtype=int)
    scale = np.mean(np.abs(flux[known])) or 1.0
    edges = measured_blocks(time[known], flux[known] / scale, np.fmax(error, upper)[known] / scale, FALSE_BLOCKS)
    return np.clip(np.searchsorted(edges, time, side="right") - 1, 0, len(edges) - 2)


def blocks_of(curve: LightCurve, band: int) -> np.ndarray:
    """Bayesian blocks of a band: rows of first bin, last bin and mean flux; empty for fewer than two points."""
    known = np.flatnonzero(curve.measured[:, band])
    if len(known) < 2:
        return np.zeros((0, 3))
    flux, error, upper = (curve.column(f"{curve.sed_type}{end}")[known, band] for end in ("", "_err", "_errp"))
    seconds = (curve.time[known] - curve.time[known][0]).to_value("s")
    owner, weight = block_numbers(seconds, flux, error, upper), np.fmax(error, upper) ** -2.0
    rows = []
    for block in np.unique(owner):
        inside = np.flatnonzero(owner == block)
        first, last = (known[inside[end(seconds[inside])]] for end in (np.argmin, np.argmax))
        rows.append([first, last, np.average(flux[inside], weights=weight[inside])])
    return np.array(rows)
