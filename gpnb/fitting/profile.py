"""Profiles of −2 ln L along a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.table import QTable

from gpnb.core.progress import CancelToken
from gpnb.core.units import to_array
from gpnb.fitting.confidence import step_size
from gpnb.fitting.held import HeldFit
from gpnb.fitting.likelihood import Likelihood

if TYPE_CHECKING:
    from gpnb.fitting.result import FitResult


def profile(
    result: FitResult, number: int, values: Any, n: int, sigmas: float, cancel: CancelToken | None = None
) -> QTable:
    """See `FitResult.profile`."""
    likelihood = result.likelihood()
    places = _places(result, likelihood, number, n, sigmas) if values is None else _given(values, likelihood, number)
    best = likelihood.start
    fit = HeldFit(likelihood, best, cancel)
    stats, vectors = np.empty(places.size), np.empty((places.size, best.size))
    # outwards from the minimum on either side, so that each fit starts near
    above = places >= best[number]
    for side in (np.flatnonzero(above), np.flatnonzero(~above)):
        vector = best
        for row in side[np.argsort(np.abs(places[side] - best[number]))]:
            stats[row], vector = fit.at({number: float(places[row])}, vector)
            vectors[row] = vector
    columns = {"value": with_unit(places, likelihood, number), "stat": stats, "delta": stats - fit.stat}
    for other, name in enumerate(result.names):
        if other != number:
            columns[name] = with_unit(vectors[:, other], likelihood, other)
    return QTable(columns, meta={"parameter": result.names[number]})


def with_unit(entries: np.ndarray, likelihood: Likelihood, number: int) -> Any:
    """Entries of the vector as values of the parameter; bare where it has no unit."""
    values, unit = entries * likelihood.scale[number], likelihood.parameters.units[number]
    return values * u.Unit(unit) if unit else values


def _places(result: FitResult, likelihood: Likelihood, number: int, n: int, sigmas: float) -> np.ndarray:
    size = step_size(result, likelihood, number)
    middle = likelihood.start[number]
    places = np.linspace(middle - sigmas * size, middle + sigmas * size, n)
    return np.asarray(np.clip(places, *likelihood.bounds[number]))


def _given(values: Any, likelihood: Likelihood, number: int) -> np.ndarray:
    unit = likelihood.parameters.units[number]
    plain = to_array(values, unit, "values") if hasattr(values, "unit") else np.asarray(values, dtype=float)
    return np.asarray(np.atleast_1d(plain) / likelihood.scale[number])
