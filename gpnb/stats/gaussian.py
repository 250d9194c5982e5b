"""Chi square of measured values, with one error or with two."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def chi2(value: ArrayLike, model: ArrayLike, error: ArrayLike) -> np.ndarray:
    """Chi square of each value, ((value − model)/error)².

    Parameters
    ----------
    value, model : array
        What was measured, and what is predicted.
    error : array
        One standard deviation.

    Examples
    --------
    >>> chi2([1.0, 4.0], 2.0, [1.0, 0.5]).tolist()
    [1.0, 16.0]
    """
    return np.asarray(_pull(value, model, error) ** 2)


def chi2_gradient(value: ArrayLike, model: ArrayLike, error: ArrayLike) -> np.ndarray:
    """Slope of `chi2` with the prediction."""
    return np.asarray(-2 * _pull(value, model, error) / np.asarray(error, dtype=float))


def chi2_weight(error: ArrayLike) -> np.ndarray:
    """Second derivative of `chi2` with the prediction, 2/error²."""
    return np.asarray(2 / np.asarray(error, dtype=float) ** 2)


def asymmetric_error(value: ArrayLike, model: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> np.ndarray:
    """The error on the side of the prediction, for `chi2` and its kin.

    Parameters
    ----------
    value, model : array
        As for `chi2`.
    lower, upper : array
        Distances, both positive, from the value to the ends of its interval.

    Examples
    --------
    >>> float(chi2(5.0, 7.0, asymmetric_error(5.0, 7.0, lower=1.0, upper=2.0)))
    1.0
    """
    return np.where(np.asarray(model) > np.asarray(value), upper, lower)


def _pull(value: ArrayLike, model: ArrayLike, error: ArrayLike) -> np.ndarray:
    return np.asarray((np.asarray(value, dtype=float) - np.asarray(model)) / np.asarray(error))
