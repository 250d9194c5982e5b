"""What a statistic with a bias does to the parameters of a fit."""

from __future__ import annotations

import numpy as np

from gpnb.fitting.likelihood import Likelihood

_WORTH = 0.3
"""In standard deviations: a bias that is told."""

_REMEDY = "join bins (.group(min_off=3)) or add runs (.stack())"


def bias_words(
    likelihood: Likelihood, theta: np.ndarray, covariance: np.ndarray, bin_by_bin: bool = False
) -> list[str]:
    """A sentence where the statistic's own slope moves a parameter, to first order, and what to do.

    Parameters
    ----------
    likelihood : Likelihood
        At its minimum.
    theta : array, shape (k,)
        The minimum.
    covariance : array, shape (k, k)
        In units of the vector; NaN for entries without an error.
    bin_by_bin : bool
        Whether W of every bin was asked for, which is to be left out then.
    """
    remedy = f"{_REMEDY}, or leave out statistic='wstat'" if bin_by_bin else _REMEDY
    slant = likelihood.slant(theta)
    known = np.isfinite(np.diag(covariance))
    if not slant.any():
        return []
    if not known.any():
        return [f"few OFF counts: the background may have taken the source; {remedy}"]
    matrix = covariance[np.ix_(known, known)]
    with np.errstate(divide="ignore", invalid="ignore"):
        pull = -0.5 * (matrix @ slant[known]) / np.sqrt(np.diag(matrix))
    worst = int(np.argmax(np.abs(np.nan_to_num(pull))))
    if not abs(pull[worst]) > _WORTH:
        return []
    name = np.array(likelihood.names)[known][worst]
    side = "low" if pull[worst] < 0 else "high"
    return [f"few OFF counts: {name} is expected {abs(pull[worst]):.1f} of its errors too {side}; {remedy}"]
