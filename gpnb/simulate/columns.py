"""Drawn events as the columns of a file: growing in time, single precision but for the time."""

from __future__ import annotations

import numpy as np

Columns = dict[str, np.ndarray]

_NAMES = ("TIME", "RA", "DEC", "ENERGY", "DETX", "DETY")


def columns(
    time: np.ndarray, ra: np.ndarray, dec: np.ndarray, energy: np.ndarray, lon: np.ndarray, lat: np.ndarray
) -> Columns:
    """Columns of events at times (s), directions (deg), energies (TeV) and places in the field of view (deg)."""
    single = [np.asarray(values, dtype=np.float32) for values in (ra, dec, energy, lon, lat)]
    single[0][single[0] >= 360] = 0.0  # rounding up may close the circle
    return dict(zip(_NAMES, (np.asarray(time), *single), strict=True))


def joined(parts: list[Columns]) -> Columns:
    """One after the other."""
    parts = parts or [columns(*[np.empty(0)] * len(_NAMES))]
    return {name: np.concatenate([part[name] for part in parts]) for name in _NAMES}


def in_order(data: Columns) -> Columns:
    """Sorted by time: quick where few parts follow each other, each of which is."""
    order = np.argsort(data["TIME"], kind="stable")
    return {name: values[order] for name, values in data.items()}
