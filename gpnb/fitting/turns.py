"""Elongated sources in a fit: where one is round its direction means nothing, and −2 ln L has no slope.

There its direction is looked for: it falls along one of four, unless the source is limited otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gpnb.fitting.likelihood import Likelihood
from gpnb.fitting.objective import Objective

_ROUND, _TRIED = 0.05, 0.1
"""Eccentricities: a source is round, and what is tried instead."""

_DIRECTIONS = 0.25 * np.arange(4)
"""Of a period, of which one is near to any."""


def directions(likelihood: Likelihood) -> list[tuple[int, int]]:
    """Which entries of the vector are eccentricity and direction of a source."""
    names, found = likelihood.names, []
    for model in likelihood.models.sources:
        own = dict(zip(model.spatial.names, model.full_names("spatial"), strict=True)) if model.spatial else {}
        if own.get("e") in names and own.get("phi") in names:
            found.append((names.index(own["e"]), names.index(own["phi"])))
    return found


def turned(
    objective: Objective, theta: np.ndarray, pairs: Sequence[tuple[int, int]], periods: np.ndarray, anyway: bool = False
) -> np.ndarray:
    """A vector with sources that are round made a little flat, in the direction in which −2 ln L is lowest.

    Parameters
    ----------
    objective : Objective
        Of all entries.
    theta : array
        The vector.
    pairs : sequence of pair of int
        Those of `directions`.
    periods : array
        Of the entries, infinite where they have none.
    anyway : bool
        Also where −2 ln L does not fall: a fit cannot start from a round source.
    """
    for e, phi in pairs:
        if theta[e] > _ROUND:
            continue
        trials = np.tile(theta, (_DIRECTIONS.size, 1))
        trials[:, e], trials[:, phi] = _TRIED, theta[phi] + _DIRECTIONS * periods[phi]
        trials = np.clip(trials, *objective.bounds.T)
        stats = [objective.stat(trial) for trial in trials]
        best = int(np.argmin(stats))
        if anyway or stats[best] < objective.stat(theta):
            theta = trials[best]
    return theta
