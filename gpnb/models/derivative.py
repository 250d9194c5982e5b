"""Exact derivatives of formulae that take complex numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

STEP = 1e-30
"""Nothing is subtracted, so that the step may be as small as the numbers allow."""


def complex_step(function: Callable[..., Any], values: Sequence[float]) -> np.ndarray:
    """Derivatives of a formula with each of its arguments, f'(x) = Im f(x + ih)/h (Squire & Trapp 1998).

    Parameters
    ----------
    function : callable
        Analytic where it is evaluated; comparisons inside must look at real parts.
    values : sequence of float
        Its arguments.

    Returns
    -------
    array, shape (n arguments, …)

    Examples
    --------
    >>> complex_step(lambda a, b: a**2 * b, [3.0, 5.0]).tolist()
    [30.0, 9.0]
    """
    rows = []
    for place, value in enumerate(values):
        rows.append(np.imag(function(*values[:place], complex(value, STEP), *values[place + 1 :])) / STEP)
    return np.stack(rows)


def complex_step_with_value(
    function: Callable[..., Any], values: Sequence[float], places: Sequence[int] | np.ndarray
) -> np.ndarray:
    """A formula's value and, in the rows below, its derivatives with some arguments: the real parts cost nothing.

    Examples
    --------
    >>> complex_step_with_value(lambda a, b: a**2 * b, [3.0, 5.0], [1]).tolist()
    [45.0, 9.0]
    """
    rows: list[np.ndarray] = []
    for place in places:
        complex_value = function(*values[:place], complex(values[place], STEP), *values[place + 1 :])
        if not rows:
            rows.append(np.real(complex_value))
        rows.append(np.imag(complex_value) / STEP)
    return np.stack(np.broadcast_arrays(*rows))


def growth(x: Any) -> Any:
    """(e^x − 1)/x, also at zero and for complex x: what integrals of power laws come down to."""
    small = np.abs(x) < 1e-3
    safe = np.where(small, 1.0, x)
    series = 1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5)))
    return np.where(small, series, np.expm1(safe) / safe)
