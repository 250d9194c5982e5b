"""From observations to maps of counts, exposure and background."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError
from gpnb.core.fanout import fan_out
from gpnb.core.memory import require_memory
from gpnb.core.progress import CancelToken, Report, track
from gpnb.core.recipe import Recipe
from gpnb.core.sky_regions import to_regions
from gpnb.core.warn import warn
from gpnb.data.observation import Observation
from gpnb.data.observations import Observations
from gpnb.datasets.container import Datasets, told_apart
from gpnb.datasets.map import MapDataset
from gpnb.datasets.stack import Stacker
from gpnb.maps.axis import Axis
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap
from gpnb.reduce.methods import SafeRange, background_method
from gpnb.reduce.run import Plan, reduce_group, reduce_run

_GROUPS = 4
_LARGEST = 16
"""Runs are split into about this many groups, of at most so many runs: a pool sends the sum of each back."""

_BYTES, _BYTES_TRUE = 13, 4
"""That a bin takes at least: counts, background and flags; exposure."""

_WIDER = 3.0
_FINER = 3
"""True energy reaches this factor beyond the reconstructed range, in bins this much finer."""

_NAMED = 12
"""Runs that a warning names."""


@told
def reduce_map(
    runs: Observations | Observation | Sequence[Observation],
    geom: WcsGeometry,
    energy_true: Axis | None = None,
    background: Any = "field-of-view",
    exclusion: Any = None,
    safe: SafeRange | None = None,
    stack: bool = True,
    executor: Executor | None = None,
    progress: bool | Report | None = None,
    cancel: CancelToken | None = None,
) -> MapDataset | Datasets:
    """Reduce observations to maps.

    Parameters
    ----------
    runs : Observations
        The runs; those that do not touch the map are left out.
    geom : WcsGeometry
        The map, with one axis called ``energy``.
    energy_true : Axis, optional
        Bins of the exposure; by default three times finer and wider than ``energy``.
    background : str, record or None
        ``"field-of-view"`` or `FieldOfView`: each run's model scaled to its counts;
        ``"ring"`` or `Ring`: OFF counts from a ring around each pixel; None: the model as it is.
    exclusion : SkyRegion, DS9 text, list of them, or SkyMap of bool
        Sky that holds sources and is left out of background estimates; a mask is True where the
        sky is **kept**, as the field's exclusion masks are.
    safe : SafeRange, optional
        Where the responses are trusted; by default the headers' energy range.
    stack : bool
        One dataset of all runs, or a list of one each.
    executor : concurrent.futures.Executor, optional
        Where the runs are reduced; none: here, one after the other.
    progress : bool or callable, optional
        See `Progress`; by default a bar in a live notebook, for what takes longer than a second.
    cancel : CancelToken, optional
        Checked between runs; on a pool, between groups of at most 16.

    Returns
    -------
    MapDataset or Datasets

    Raises
    ------
    ArgumentError
        If an argument does not fit, or the map needs more memory than there is.
    SelectionError
        If no run overlaps the map, or a run lacks a response that is needed.
    Cancelled
        If the token was cancelled.

    Warns
    -----
    DataWarning
        Where a run's background norm is far from 1, jumps with energy, or cannot be found; where bins are left out
        that lie only partly in a run's safe range, with more than 0.2 decades of safe energies.

    Examples
    --------
    >>> import gpnb
    >>> energy = gpnb.Axis.energy("0.5 TeV", "10 TeV", per_decade=5)
    >>> geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="5 deg", binsz="0.05 deg", axes=[energy])
    >>> runs = gpnb.DataStore.read("demo").select(target="Crab")  # doctest: +SKIP
    >>> cube = gpnb.reduce_map(runs, geom, background="ring")  # doctest: +SKIP
    """
    runs = [runs] if isinstance(runs, Observation) else runs
    recipe = Recipe.of_call(
        reduce_map, locals(), name="cube", background=background_method(background), stack=None if stack else False
    )
    plan = _plan(geom, energy_true, background, exclusion, safe, stack)
    if not stack:
        work = fan_out(partial(reduce_run, plan=plan), runs, executor)
        parts = [part for part in track(work, "Reducing runs", progress, cancel, total=len(runs)) if part is not None]
        datasets = Datasets(told_apart(parts), recipe)
        warn_of([note for dataset in datasets for note in dataset.notes])
        return datasets
    groups = grouped(runs)
    total = Stacker(geom, geom.cube([plan.energy_true]))
    for part in _sums(groups, plan, executor, progress, cancel):
        total.merge(part)
    dataset = total.result("stacked", recipe)
    warn_of(dataset.notes)
    return dataset


def _sums(
    groups: list[list[Observation]],
    plan: Plan,
    executor: Executor | None,
    progress: bool | Report | None,
    cancel: CancelToken | None,
) -> Iterator[Stacker]:
    """The sum of each group; here progress and cancel come between runs, on a pool between groups."""
    label = "Reducing runs"
    if executor is not None:
        work = fan_out(partial(reduce_group, plan=plan), groups, executor)
        yield from track(work, label, progress, cancel, total=len(groups))
        return
    steps = track([obs for group in groups for obs in group], label, progress, cancel)
    for group in groups:
        yield reduce_group(islice(steps, len(group)), plan)
    next(steps, None)  # tells of the last run


def grouped(runs: Sequence[Observation]) -> list[list[Observation]]:
    """Runs in the groups that are added up first, wherever that happens, so that every pool gives the same numbers.

    Examples
    --------
    >>> [len(group) for group in grouped(range(20))]
    [5, 5, 5, 5]
    """
    items = list(runs)
    size = min(max(len(items) // _GROUPS, 1), _LARGEST)
    return [items[start : start + size] for start in range(0, len(items), size)]


def _plan(
    geom: WcsGeometry, energy_true: Axis | None, background: Any, exclusion: Any, safe: SafeRange | None, stack: bool
) -> Plan:
    if [axis.name for axis in geom.axes] != ["energy"]:
        raise ArgumentError(f"geom={geom!r} must have one axis called 'energy': axes=[gpnb.Axis.energy(…)].")
    axis = energy_true or true_axis(geom.axis("energy"))
    if stack:
        _require_room(geom, axis)
    return Plan(geom, axis, background_method(background), kept_sky(geom, exclusion), SafeRange.of(safe))


def _require_room(geom: WcsGeometry, energy_true: Axis) -> None:
    """Refuse a map that does not fit into memory as it is added up: the sum, and that of one group."""
    bins = geom.axes[0].n
    each = bins * _BYTES + energy_true.n * _BYTES_TRUE
    what = f"A map of {geom.nx} × {geom.ny} pixels in {bins} bins of energy and {energy_true.n} of energy_true"
    remedy = "give a smaller width, a larger binsz or fewer bins"
    require_memory(2.0 * geom.nx * geom.ny * each, what, remedy)


def true_axis(energy: Axis) -> Axis:
    """The true-energy axis that goes with a reconstructed one: three times finer, and wider by a factor of three.

    Examples
    --------
    >>> true_axis(Axis.energy("1 TeV", "10 TeV", nbin=5)).n
    30
    """
    low, high = float(energy.low_values[0]), float(energy.high_values[-1])
    per_decade = _FINER * energy.n / math.log10(high / low)
    low, high = low / _WIDER, high * _WIDER
    count = math.ceil(per_decade * math.log10(high / low) - 1e-9)
    return Axis.energy(f"{low!r} TeV", f"{high!r} TeV", nbin=count, name="energy_true")


def kept_sky(geom: WcsGeometry, exclusion: Any) -> np.ndarray:
    """True where the sky is kept, shape (ny, nx)."""
    if exclusion is None:
        return np.ones((geom.ny, geom.nx), dtype=bool)
    if isinstance(exclusion, SkyMap):
        return _kept_by_mask(geom.image(), exclusion)
    regions = to_regions(exclusion, "exclusion")
    return np.asarray(geom.image().region_mask(regions, inside=False).data)


def _kept_by_mask(image: WcsGeometry, mask: SkyMap) -> np.ndarray:
    if mask.data.dtype != bool or mask.geom.axes:
        raise ArgumentError("exclusion: a mask must be a 2-D SkyMap of bool, True where the sky is kept.")
    if mask.geom == image:
        return mask.data
    # outside the mask nothing is known to be excluded
    excluded = SkyMap(mask.geom, ~mask.data)
    return np.asarray(~excluded.reproject(image).data)


def warn_of(notes: Sequence[str]) -> None:
    """Warn of each note once, for the caller of the verb; what is said of several runs is said of them together."""
    subjects: dict[str, list[str]] = {}
    for note in notes:
        subject, colon, words = note.partition(": ")
        subjects.setdefault(colon + words, []).append(subject)
    for words, several in subjects.items():
        names = list(dict.fromkeys(several))
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        whole = f"{', '.join(names[:_NAMED])}{more}{words}"
        warn(whole[0].upper() + whole[1:] + ".")
