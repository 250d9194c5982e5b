"""Maps between their pixels, smoothly and with slopes: a fit that moves a source must not meet kinks."""

from __future__ import annotations

import numpy as np

_TAPS = np.arange(-1, 3)[:, None]


def keys_weights(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights of four neighbours, and their slopes, at a part `t` of the way between the inner two.

    Cubic convolution with a = −1/2 (Keys 1981, IEEE Trans. Acoust. 29, 1153): smooth, and exact for parabolas.

    Examples
    --------
    >>> keys_weights(np.array([0.5]))[0].ravel().tolist()
    [-0.0625, 0.5625, 0.5625, -0.0625]
    """
    t2, t3 = t * t, t * t * t
    weights = np.array([2 * t2 - t - t3, 2 - 5 * t2 + 3 * t3, t + 4 * t2 - 3 * t3, t3 - t2]) / 2
    slopes = np.array([4 * t - 1 - 3 * t2, 9 * t2 - 10 * t, 1 + 8 * t - 9 * t2, 3 * t2 - 2 * t]) / 2
    return weights, slopes


def at_place(planes: np.ndarray, x: float, y: float) -> np.ndarray:
    """All planes at one place, float pixels; held beyond the edge.

    Parameters
    ----------
    planes : array, shape (n_plane, ny, nx)
        The maps.
    x, y : float
        The place.

    Returns
    -------
    array, shape (3, n_plane)
        Values, and their slopes with x and y.
    """
    (columns, wx, dx), (rows, wy, dy) = _taps(np.array([x]), planes.shape[2]), _taps(np.array([y]), planes.shape[1])
    near = planes[:, rows[:, 0][:, None], columns[:, 0]].astype(float)
    across = near @ np.array([wx[:, 0], dx[:, 0]]).T
    return np.array([wy[:, 0] @ across[:, :, 0].T, wy[:, 0] @ across[:, :, 1].T, dy[:, 0] @ across[:, :, 0].T])


def in_plane(plane: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """One plane (ny, nx) at many places, float pixels of shape (n,): values and slopes, shape (3, n)."""
    (columns, wx, dx), (rows, wy, dy) = _taps(x, plane.shape[1]), _taps(y, plane.shape[0])
    found = np.zeros((3, x.size))
    flat, rows = plane.ravel(), rows * plane.shape[1]
    for row, weight, slope in zip(rows, wy, dy, strict=True):
        near = flat[row + columns]
        line = (wx * near).sum(axis=0)
        found[0] += weight * line
        found[1] += weight * (dx * near).sum(axis=0)
        found[2] += slope * line
    return found


def _taps(place: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Four neighbours of each place, their weights and the slopes of these, each of shape (4, n)."""
    low = np.floor(np.clip(place, -1.0, size))
    weights, slopes = keys_weights(np.clip(place - low, 0, 1))
    return np.clip(low.astype(np.intp) + _TAPS, 0, size - 1), weights, slopes
