"""How large a source is: the profile of its size, a test against a point, errors and an upper limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import QTable

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError
from gpnb.core.progress import CancelToken, Report, track
from gpnb.core.recipe import Recipe
from gpnb.core.units import ANGLE, to_array
from gpnb.datasets.map import MapDataset
from gpnb.fitting.fit import fit
from gpnb.fitting.given import as_fitted, as_models, recipe_input
from gpnb.fitting.held import least
from gpnb.fitting.likelihood import Likelihood
from gpnb.fitting.limits import Limits
from gpnb.fitting.predictions import noted
from gpnb.fitting.result import FitResult
from gpnb.models.collection import Models
from gpnb.models.disk import DiskSource
from gpnb.models.gaussian import GaussianSource
from gpnb.models.point import PointSource
from gpnb.models.sky import SkyModel
from gpnb.models.spatial import SpatialModel
from gpnb.products.extension import Extension
from gpnb.stats.intervals import delta_stat

_SHAPES: dict[str, tuple[type[SpatialModel], str]] = {
    "gaussian": (GaussianSource, "sigma"),
    "disk": (DiskSource, "radius"),
}

_SIZES = (0.01, 1.0, 21)
"""First, last (deg) and number of those that are looked at by default, even in the logarithm."""

_PART = 0.25
"""Of the width of a map: wider sources are not looked at by default."""

_GAIN = 1e-4
"""Of −2 ln L: less is no better."""

_CLOSE = 1e-4
"""Of a size, to which roots are found."""


@told
def extension(
    datasets: Any,
    result: Any,
    source: str | None = None,
    shape: str = "gaussian",
    sizes: Any = None,
    cl: float = 0.95,
    progress: bool | Report | None = None,
    cancel: CancelToken | None = None,
) -> Extension:
    """Profile the size of a source, and test it against a point.

    All else that is free is fitted anew at each size, from the size before: a minimum far away is not missed, and
    told of where there are several. The best size is that of a fit from the lowest of them.

    Parameters
    ----------
    datasets : MapDataset, Datasets, or several
        The data.
    result : FitResult or Models
        The models. The position of the source is fitted along if it is free there: held, a point that is displaced a
        little looks extended.
    source : str, optional
        Its name, if there are several.
    shape : {"gaussian", "disk"}
        Width of a Gaussian, or radius of a disk.
    sizes : Quantity or list of str, optional
        Rising, positive; by default 21 from 0.01 to 1 deg, or a quarter of the map.
    cl : float
        Confidence of the upper limit, one-sided.
    progress : bool or callable, optional
        See `Progress`; by default a bar in a live notebook, for what takes longer than a second.
    cancel : CancelToken, optional
        Checked between evaluations.

    Returns
    -------
    Extension
        Of a point its ``ts`` is 0 half of the time, and else that of chi square with one degree of freedom.

    Raises
    ------
    ArgumentError
        If an argument does not fit, or the source has no position.
    FitError
        If no minimum is found.
    Cancelled
        If the token was cancelled.

    Examples
    --------
    >>> import gpnb
    >>> gpnb.extension(cube, result, "crab").upper_limit  # doctest: +SKIP
    """
    if shape not in _SHAPES:
        raise ArgumentError(f"shape={shape!r} is not known: give one of {', '.join(_SHAPES)}.")
    delta = delta_stat(Limits(cl).cl, 1)
    places = _sizes_of(sizes, datasets)
    given = as_models(getattr(result, "models", result))
    model = given.source(source)
    if not isinstance(model.spatial, SpatialModel):
        raise ArgumentError(f"{model.name} has no position of its own: give it a shape about a centre.")
    recipe = Recipe.of_call(
        extension, locals(), name="extension", datasets=recipe_input(datasets), result=noted(result)
    )
    point = fit(datasets, _shaped(given, model, PointSource(model.spatial.center)), progress=False, cancel=cancel)
    profile = _Profile(datasets, point, model.name, shape, cancel)
    stats = [profile.at(size) for size in track(places, f"Widths of {model.name}", progress, cancel)]
    best, wide = profile.minimum(places, np.array(stats))
    low, high, limit = profile.ends(best, delta)
    table = QTable({"size": places * u.deg, "stat": stats, "ts": point.stat - np.array(stats)})
    return Extension(
        model.name, shape, best, best - low, high - best, limit, cl, max(point.stat - profile.lowest, 0.0), table,
        point, wide, (*_faults(point, wide), *valleys(places, np.array(stats), point.stat, best)), recipe,
    )  # fmt: skip


def _sizes_of(sizes: Any, datasets: Any) -> np.ndarray:
    first, last, count = _SIZES
    items: tuple[Any, ...] = as_fitted(datasets)
    widths = [float(item.geom.width.min().to_value("deg")) for item in items if isinstance(item, MapDataset)]
    usual = np.geomspace(first, max(min(last, *(_PART * width for width in widths)), 2 * first), count)
    places = usual if sizes is None else to_array(sizes, ANGLE, "sizes")
    if places.ndim != 1 or len(places) < 3 or not (places[0] > 0 and (np.diff(places) > 0).all()):
        raise ArgumentError(f"sizes={sizes!r} must be at least three angles, positive and rising.")
    return np.asarray(places)


def _shaped(models: Models, source: SkyModel, shape: SpatialModel) -> Models:
    """The models, the source with another shape at its place, which is as free as it was."""
    old: Any = source.spatial
    held = [name for name in ("lon", "lat") if name not in old.free]
    own = replace(source, spatial=shape.freeze(*held))
    return Models([own if model is source else model for model in models])


class _Profile:
    """−2 ln L along the size of a source.

    Parameters
    ----------
    datasets
        The data.
    point : FitResult
        With a point in its place.
    name : str
        Of the source.
    shape : str
        See `extension`.
    cancel : CancelToken or None
        Checked before evaluations.
    """

    def __init__(self, datasets: Any, point: FitResult, name: str, shape: str, cancel: CancelToken | None):
        self._datasets, self._point, self._name, self._cancel = datasets, point, name, cancel
        self._kind, self._parameter = _SHAPES[shape]
        self._start: Models = point.models
        self._values: dict[float, np.ndarray] = {}
        self._stats: dict[float, float] = {0.0: point.stat}
        self.lowest = point.stat

    def at(self, size: float) -> float:
        """Least −2 ln L with a size, deg, from the nearest smaller size that is known."""
        size = float(size)
        if size not in self._stats:
            likelihood, number = self._likelihood(size)
            scale, known = likelihood.scale, [other for other in self._values if other < size]
            start = self._values[max(known)] / scale if known else likelihood.start
            held = size / scale[number]
            start[number] = held
            self._stats[size], theta = least(likelihood, {number: held}, start, self._cancel)
            self._values[size] = theta * scale
        return self._stats[size]

    def _likelihood(self, size: float) -> tuple[Likelihood, int]:
        """With tables for a source of about this size, and the entry of the size."""
        likelihood = Likelihood(self._datasets, self._models(size))
        return likelihood, likelihood.names.index(f"{self._name}.{self._parameter}")

    def _models(self, size: float) -> Models:
        source = self._start.source(self._name)
        shape = self._kind(source.spatial.center, **{self._parameter: size * u.deg})  # type: ignore[union-attr]
        return _shaped(self._start, source, shape)

    def minimum(self, places: np.ndarray, stats: np.ndarray) -> tuple[float, FitResult]:
        """The best size, 0 where none is better than a point, and its fit."""
        first = int(np.argmin(stats))
        if stats[first] >= self._point.stat - _GAIN:
            return 0.0, self._point
        near = float(places[first])
        likelihood, number = self._likelihood(near)
        values = dict(zip(likelihood.names, self._values[near].tolist(), strict=True))
        models = self._models(near).replace(values)
        found = fit(self._datasets, models, progress=False, cancel=self._cancel)
        if found.stat >= self._point.stat - _GAIN:
            return 0.0, self._point
        self.lowest = found.stat
        size = float(found.values[found.names.index(likelihood.names[number])])
        self._stats[size], self._values[size] = found.stat, found.values
        return size, found

    def ends(self, best: float, delta: float) -> tuple[float, float, float]:
        """Ends of the interval of one standard deviation, and the upper limit."""
        low = 0.0 if self._point.stat - self.lowest <= 1 else self._root(best, 1.0, down=True)
        return low, self._root(best, 1.0), self._root(best, delta)

    def _root(self, best: float, delta: float, *, down: bool = False) -> float:
        """Where −2 ln L has risen from its best, between neighbours that were looked at."""
        from scipy.optimize import brentq  # here, because it takes long to import

        known = sorted((size for size in self._stats if (size < best if down else size > best)), reverse=down)
        inner = best
        for size in known:
            if self._stats[size] - self.lowest >= delta:
                break
            inner = size
        else:
            return np.inf

        def above(place: float) -> float:
            return self.at(place) - self.lowest - delta

        return float(brentq(above, inner, size, xtol=_CLOSE * max(size, inner)))


def _faults(*results: FitResult) -> list[str]:
    return [f"the fit: {words}" for result in results[: 1 + (results[0] is not results[1])] for words in result.faults]


def valleys(places: np.ndarray, stats: np.ndarray, point: float, best: float) -> list[str]:
    """What to say of minima beside the best one, and of one at the end.

    Examples
    --------
    >>> valleys(np.array([0.1, 0.2, 0.3, 0.4]), np.array([3.0, 5.0, 2.0, 4.0]), 6.0, 0.3)
    ['−2 ln L has several minima, near 0.1 deg, 0.3 deg: a wide one may be emission that no model describes']
    """
    around = np.concatenate([[point], stats, [np.inf]])
    dips = np.flatnonzero((stats < around[:-2] - _GAIN) & (stats < around[2:] - _GAIN))
    notes = []
    if len(dips) > 1:
        words = ", ".join(f"{places[dip]:.3g} deg" for dip in dips)
        notes.append(f"−2 ln L has several minima, near {words}: a wide one may be emission that no model describes")
    if best >= places[-1]:
        notes.append(f"the best size lies beyond the largest one that was looked at, {places[-1]:.3g} deg")
    return notes
