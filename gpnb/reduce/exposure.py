"""Effective area times live time over a map."""

from __future__ import annotations

import numpy as np

from gpnb.data.observation import Observation
from gpnb.maps.axis import Axis

_STEP = 0.01
"""Spacing of the offset table in degrees: responses are linear between nodes tenths of a degree apart."""


def exposure_values(obs: Observation, energy_true: Axis, offset: np.ndarray) -> np.ndarray:
    """Exposure (cm2 s) at the centres of true-energy bins, for offsets (deg) of any shape; zero where infinite.

    The response depends on offset alone, so it is tabulated once and looked up for every pixel.
    """
    seen = np.isfinite(offset)
    nodes = np.arange(0.0, float(offset.max(initial=0.0, where=seen)) + 2 * _STEP, _STEP)
    table = obs.aeff.evaluate_grid(energy_true.center_values, nodes) * obs.livetime.to_value("s")
    values = lookup_linear(table.astype(np.float32), np.where(seen, offset, 0.0) / _STEP)
    return values if seen.all() else np.asarray(values * seen)


def largest_offset(obs: Observation) -> float:
    """Where the effective area ends, deg."""
    return float(obs.aeff.offset_axis.high_values[-1])


def lookup_linear(table: np.ndarray, position: np.ndarray) -> np.ndarray:
    """Linear interpolation along the last axis of a table, at fractional positions.

    Parameters
    ----------
    table : array, shape (n, m)
        Values at whole positions.
    position : array
        Between 0 and m − 1.

    Returns
    -------
    array, shape (n, *position.shape)
    """
    low = np.minimum(position.astype(np.intp), table.shape[-1] - 2)
    weight = (position - low).astype(table.dtype)
    slope = np.diff(table, axis=-1)
    result: np.ndarray = np.take(slope, low, axis=-1)
    result *= weight
    result += np.take(table, low, axis=-1)
    return result
