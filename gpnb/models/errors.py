"""Errors of a spectrum from the covariance of its parameters: J C Jᵀ with exact derivatives J."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from gpnb.core.errors import ArgumentError

if TYPE_CHECKING:
    from gpnb.models.base import Model


def free_covariance(model: Model, covariance: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the parameters that a covariance is about, and the matrix.

    Parameters
    ----------
    model : Model
        The model.
    covariance : array
        Square and symmetric, over its free parameters or over all of them, in their units.

    Raises
    ------
    ArgumentError
        If it is neither.
    """
    matrix = np.asarray(covariance, dtype=float)
    rows = np.array([place for place, item in enumerate(model.parameters) if item.free], dtype=int)
    if matrix.shape == (len(model.names),) * 2:
        rows = np.arange(len(model.names))
    if matrix.shape != (rows.size,) * 2 or not np.allclose(matrix, matrix.T, rtol=1e-6, atol=0, equal_nan=True):
        raise ArgumentError(
            f"covariance of shape {matrix.shape} is not a symmetric matrix over the {len(model.free)} free parameters "
            f"({', '.join(model.free)})."
        )
    return rows, matrix


def propagate(model: Model, gradient: np.ndarray, covariance: ArrayLike) -> np.ndarray:
    """Standard deviation of something with these derivatives (rows as `Model.parameters`).

    NaN where a covariance that is not positive gives a negative variance.

    Examples
    --------
    >>> import gpnb
    >>> propagate(gpnb.PowerLaw(), np.array([[3.0], [4.0], [0.0]]), np.diag([1.0, 1.0]))
    array([5.])
    """
    rows, matrix = free_covariance(model, covariance)
    jacobian = gradient[rows]
    variance = np.einsum("i...,ij,j...->...", jacobian, matrix, jacobian)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.sqrt(variance))


def band(value: np.ndarray, error: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One standard deviation down and up in the logarithm, so that a spectrum's band stays positive."""
    ratio: Any = np.exp(error / value)
    return value / ratio, value * ratio
