"""Redistribution matrices as OGIP stores them: for each row, the stretches of channels that are not zero."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.io import fits


def compressed(matrix: np.ndarray, first_channel: int) -> list[fits.Column]:
    """The columns N_GRP, F_CHAN, N_CHAN and MATRIX (CAL/GEN/92-002).

    Parameters
    ----------
    matrix : array, shape (n_true, n)
        Probabilities.
    first_channel : int
        Number of the first channel.
    """
    starts, lengths, values = [], [], []
    for row in matrix:
        rises = np.flatnonzero(np.diff(np.concatenate([[0], row != 0, [0]]).astype(int)))
        begin, end = rises[::2], rises[1::2]
        starts.append((begin + first_channel).astype(np.int16))
        lengths.append((end - begin).astype(np.int16))
        values.append(row[row != 0])
    groups = np.array([len(item) for item in starts], dtype=np.int16)
    widest, longest = int(groups.max(initial=1)), max(1, *(len(item) for item in values))
    return [
        fits.Column("N_GRP", "I", array=groups),
        fits.Column("F_CHAN", f"PI({widest})", array=_ragged(starts)),
        fits.Column("N_CHAN", f"PI({widest})", array=_ragged(lengths)),
        fits.Column("MATRIX", f"PD({longest})", array=_ragged(values)),
    ]


def expanded(data: Any, channels: int, first_channel: int) -> np.ndarray:
    """The full matrix, shape (n_true, channels), from the rows of a table.

    Raises
    ------
    ValueError
        If a stretch lies outside of the channels.
    """
    matrix = np.zeros((len(data), channels))
    for number, row in enumerate(data):
        begin = np.atleast_1d(row["F_CHAN"]).astype(int) - first_channel
        length = np.atleast_1d(row["N_CHAN"]).astype(int)
        values, place = np.atleast_1d(np.asarray(row["MATRIX"], dtype=float)), 0
        for start, count in list(zip(begin, length, strict=False))[: int(row["N_GRP"])]:
            if count and not 0 <= start <= start + count <= channels:
                raise ValueError(f"row {number}: channels {start} to {start + count} of {channels}")
            matrix[number, start : start + count] = values[place : place + count]
            place += count
    return matrix


def _ragged(rows: list[np.ndarray]) -> np.ndarray:
    result = np.empty(len(rows), dtype=object)
    result[:] = rows
    return result
