"""ON and OFF acceptances of bins that are joined, such that alpha times the OFF counts is their background."""

from __future__ import annotations

import numpy as np


def joined_acceptance(on: np.ndarray, off: np.ndarray, background: np.ndarray, bare: np.ndarray) -> np.ndarray:
    """Acceptance of OFF.

    Parameters
    ----------
    on : array
        Sums of the ON acceptance.
    off : array
        OFF counts that stand for the joined bins.
    background : array
        Sums of the backgrounds that were measured.
    bare : array
        What it is where no OFF count was seen, so that the background tells nothing.

    Examples
    --------
    >>> joined_acceptance(np.array([2.0, 2.0]), np.array([10.0, 0.0]), np.array([4.0, 0.0]), np.array([6.0, 6.0]))
    array([5., 6.])
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(background > 0, on * off / background, bare)
