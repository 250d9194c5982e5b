"""Norms with the other sources' parameters fitted anew in each bin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gpnb.core.errors import ArgumentError, FitError
from gpnb.core.warn import warn
from gpnb.datasets.map import MapDataset
from gpnb.estimate.counted import Counted, masked_energies, used_energies
from gpnb.estimate.norm_bins import held, norm_bins
from gpnb.estimate.norm_profile import NormProfile
from gpnb.estimate.norms import as_fields, counts_of, no_counts, no_norms
from gpnb.fitting.background_models import background_models
from gpnb.fitting.fit import fit
from gpnb.fitting.held import HeldFit
from gpnb.fitting.limits import Limits
from gpnb.fitting.result import FitResult
from gpnb.models.background import BackgroundModel
from gpnb.models.collection import Models
from gpnb.models.scaled import ScaledSpectrum
from gpnb.models.sky import SkyModel
from gpnb.stats.intervals import delta_stat
from gpnb.stats.roots import rising_root

_REACH = 5.0


def refitted_norms(
    datasets: Sequence[Counted],
    cells: Sequence[np.ndarray],
    steps: Iterable[int],
    shape: tuple[int, ...],
    models: Models,
    source: SkyModel,
    limits: Limits,
    n_scan: int,
    statistic: str | None,
    backgrounds: bool = False,
) -> dict[str, Any]:
    """As `fitted_norms` for bins of energy, one after the other; `steps` goes over their numbers.

    Where `backgrounds` is true, the predicted background of each cube has a free norm too.

    Raises
    ------
    ArgumentError
        For Bayesian limits: what the other sources may be has no density.

    Warns
    -----
    DataWarning
        Where a bin cannot be fitted; its point is NaN.
    """
    if limits.method == "bayesian":
        raise ArgumentError("limits='bayesian' holds the other sources: give refit=False, or other limits.")
    bins, numbers = norm_bins(datasets, cells, models, source, statistic)
    profile = None if bins is None else NormProfile(bins)
    places = {int(number): place for place, number in enumerate(numbers)}
    rows = no_norms(len(numbers), n_scan)
    for number in steps:
        if profile is None or number not in places:
            continue
        place = places[number]
        used = [
            masked_energies(item, cell != number)
            for item, cell in zip(datasets, cells, strict=True)
            if (used_energies(item) & (cell == number)).any()
        ]
        own = _with_norm(models, source, float(profile.best[place]), float(profile.edge[place]))
        own = Models([*own, *background_norms(used)]) if backgrounds else own
        try:
            found = _one(used, own, source.name, limits, n_scan, statistic)
        except FitError as error:
            warn(f"Point {number} of {source.name} is left out: {error}")
            continue
        for name, value in found.items():
            rows[name][place] = value
    extra = no_counts(datasets) if bins is None else counts_of(bins, rows, datasets)
    return as_fields(rows, extra, numbers, shape)


def background_norms(datasets: Sequence[Counted]) -> list[BackgroundModel]:
    """A norm for the predicted background of each cube."""
    cubes = [item for item in datasets if isinstance(item, MapDataset)]
    known = [item for item in cubes if item.background is not None and item.counts_off is None]
    return background_models(known) if known else []


def _with_norm(models: Models, source: SkyModel, norm: float, edge: float) -> Models:
    """The models, the source with a fixed shape and a free norm; what was linked to it is held."""
    shape = ScaledSpectrum(source.spectral, norm=norm)
    if np.isfinite(edge):
        shape = shape.bound("norm", edge, np.inf)
    light, place = source.temporal, source.spatial
    own = replace(source, spectral=shape, temporal=light and held(light), spatial=place and held(place))
    changed = Models([own if model is source else model for model in models])
    for name, item in models.parameters.items():
        if item.link.startswith(f"{source.name}."):
            changed = changed.link(name, "").freeze(name)
    return changed


def _one(
    datasets: Sequence[Counted],
    models: Models,
    name: str,
    limits: Limits,
    n_scan: int,
    statistic: str | None,
) -> dict[str, Any]:
    result = fit(datasets, models, statistic=statistic, progress=False)
    number = result.number(f"{name}.norm")
    along = _Along(result, number)
    best = float(result.values[number])
    errors = {side: along.rise(best, side, 1.0) for side in (-1, 1)}
    start = best if limits.method == "unbounded" else max(best, 0.0)
    norms = np.linspace(max(best - _REACH * errors[1], along.low), best + _REACH * errors[1], n_scan)
    null = along(0.0)
    least = along(best)
    return {
        "norm": best,
        "norm_err": float(result.errors[number]),
        "norm_errn": errors[-1],
        "norm_errp": errors[1],
        "norm_ul": start + along.rise(start, 1, delta_stat(limits.cl, limits.sided)),
        "ts": max(null - least, 0.0),
        "stat": least,
        "stat_null": null,
        "norm_scan": norms,
        "stat_scan": np.array([along(norm) for norm in norms]),
    }


class _Along:
    """Least −2 ln L for a norm that is held."""

    def __init__(self, result: FitResult, number: int):
        likelihood = result.likelihood()
        self._fit, self._number, self._scale = HeldFit(likelihood, likelihood.start), number, likelihood.scale[number]
        self.low = float(likelihood.bounds[number, 0] * self._scale)
        error = float(result.errors[number])
        self._step = error if np.isfinite(error) and error > 0 else 1.0

    def __call__(self, norm: float) -> float:
        return self._fit.at({self._number: norm / self._scale})[0]

    def rise(self, start: float, side: int, delta: float) -> float:
        """How far away −2 ln L has risen by `delta`; down to where the norm ends."""
        level = self(start) + delta
        room = start - self.low if side < 0 else np.inf
        if room <= 0 or (np.isfinite(room) and self(self.low) < level):
            return max(room, 0.0)
        step = min(np.sqrt(delta) * self._step, room)
        root = rising_root(
            lambda distance: np.array([self(start + side * min(item, room)) - level for item in distance]),
            np.zeros(1),
            np.array([step]),
        )
        return float(root[0])
