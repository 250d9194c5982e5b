"""From observations to spectra of ON and OFF counts."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import Any

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.fanout import fan_out
from gpnb.core.progress import CancelToken, Report, track
from gpnb.core.recipe import Recipe
from gpnb.core.sky_regions import to_regions
from gpnb.data.observation import Observation
from gpnb.data.observations import Observations
from gpnb.datasets.container import Datasets, told_apart
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.datasets.spectrum_stack import stack_spectra
from gpnb.maps.axis import Axis
from gpnb.models.spatial import SpatialModel
from gpnb.reduce.exclusion import Excluded
from gpnb.reduce.map import true_axis, warn_of
from gpnb.reduce.methods import SafeRange
from gpnb.reduce.off_methods import off_method
from gpnb.reduce.spectrum_run import SpectrumPlan, extract_run

_KEPT = 64
"""Up to so many runs stay in memory once read, so that another region is quick; more would fill it."""


@told
def reduce_spectrum(
    runs: Observations | Observation | Sequence[Observation],
    on_region: Any,
    energy: Axis,
    energy_true: Axis | None = None,
    background: Any = "reflected",
    exclusion: Any = None,
    safe: SafeRange | None = None,
    containment: bool | SpatialModel = True,
    stack: bool = False,
    executor: Executor | None = None,
    progress: bool | Report | None = None,
    cancel: CancelToken | None = None,
) -> Datasets:
    """Extract the spectrum of a region of the sky.

    Parameters
    ----------
    runs : Observations
        The runs; those whose field of view does not hold the region are left out.
    on_region : SkyRegion or DS9 text
        Circle, annulus, ellipse, rectangle, polygon, or a compound of them. A point stands for the RAD_MAX of
        point-like responses.
    energy : Axis
        Bins of reconstructed energy.
    energy_true : Axis, optional
        Bins of true energy; by default three times finer and wider than `energy`.
    background : str, record or None
        ``"reflected"`` or `Reflected`: regions like the ON region around the pointing; ``"wobble"`` or `Wobble`:
        positions opposite to it; ``"ring"`` or `Ring`: a ring about it; `OffRegions`: given ones; `PhaseOff`:
        other phases of a pulsar; None: the background response as it is, if the runs have one.
    exclusion : SkyRegion, DS9 text, list of them, or SkyMap of bool
        Sky that holds sources and is left out of the background; a mask is True where the sky is **kept**.
    safe : SafeRange, optional
        Where the responses are trusted; by default the headers' energy range.
    containment : bool or SpatialModel
        True: the source is a point in the middle of the region; a model such as `DiskSource`: it has that shape.
        The exposure is corrected for what the point spread function puts outside of the region. False: it is the
        mean of the region, for a source that lies well within. Point-like responses need no correction and get none.
    stack : bool
        One dataset of all runs, or one each.
    executor : concurrent.futures.Executor, optional
        Where the runs are reduced; none: here, one after the other.
    progress : bool or callable, optional
        See `Progress`; by default a bar in a live notebook, for what takes longer than a second.
    cancel : CancelToken, optional
        Checked between runs.

    Returns
    -------
    Datasets
        Of `SpectrumDataset`; ``.table`` has one row a run, ``.stack()`` adds them up.

    Raises
    ------
    ArgumentError
        If an argument does not fit.
    SelectionError
        If no run sees the region, none has a background, or one lacks a response that is needed.
    Cancelled
        If the token was cancelled.

    Warns
    -----
    DataWarning
        Where a run has no room for OFF regions, or no bin in the safe range; its bins are flagged. Where bins are left
        out that lie only partly in a run's safe range, with more than 0.2 decades of safe energies.

    Examples
    --------
    >>> import gpnb
    >>> runs = gpnb.DataStore.read("demo").select(target="Crab")  # doctest: +SKIP
    >>> energy = gpnb.Axis.energy("0.1 TeV", "40 TeV", per_decade=10)
    >>> specs = gpnb.reduce_spectrum(runs, "icrs; circle(83.63, 22.01, 0.11)", energy)  # doctest: +SKIP
    >>> specs.table["name", "n_on", "n_off", "alpha", "significance"]  # doctest: +SKIP
    """
    runs = [runs] if isinstance(runs, Observation) else runs
    recipe = Recipe.of_call(
        reduce_spectrum,
        locals(),
        name="specs",
        background=off_method(background),
        containment=None if containment is True else containment,
        stack=stack or None,
    )
    plan = spectrum_plan(runs, on_region, energy, energy_true, background, exclusion, safe, containment)
    work = fan_out(partial(extract_run, plan=plan), runs, executor)
    found = track(work, "Extracting spectra", progress, cancel, total=len(runs))
    parts = [part for part in found if part is not None]
    _check(parts)
    warn_of([note for part in parts for note in part.notes])
    if stack:
        return Datasets([stack_spectra(parts, recipe=Recipe.of("[0]", on=recipe, name="stacked"))], recipe)
    made = [Recipe.of(f"[{number}]", on=recipe, name="spectrum") for number in range(len(parts))]
    parts = told_apart(parts)
    return Datasets([replace(part, recipe=how) for part, how in zip(parts, made, strict=True)], recipe)


def spectrum_plan(
    runs: Sequence[Observation],
    on_region: Any,
    energy: Axis,
    energy_true: Axis | None = None,
    background: Any = "reflected",
    exclusion: Any = None,
    safe: SafeRange | None = None,
    containment: bool | SpatialModel = True,
) -> SpectrumPlan:
    """What `reduce_spectrum` with these arguments does to each run."""
    regions = to_regions(on_region, "on_region")
    if len(regions) != 1:
        raise ArgumentError(f"on_region: one region is expected, not {len(regions)}; join several with '|'.")
    if not isinstance(containment, bool | SpatialModel):
        raise ArgumentError(f"containment={containment!r} must be True, False or a spatial model: gpnb.DiskSource(…).")
    if not isinstance(energy, Axis) or energy.kind != "energy":
        raise ArgumentError(f"energy={energy!r} must be an energy axis: gpnb.Axis.energy('0.1 TeV', '40 TeV').")
    return SpectrumPlan(
        regions[0],
        energy,
        energy_true or true_axis(energy),
        off_method(background),
        Excluded.of(exclusion),
        SafeRange.of(safe),
        containment,
        keep=len(runs) <= _KEPT,
    )


def _check(parts: Sequence[SpectrumDataset]) -> None:
    if not parts:
        raise SelectionError("No run sees the ON region: it lies outside the field of view of all of them.")
    bare = [part for part in parts if part.acceptance_off is not None and not part.acceptance_off.any()]
    if len(bare) == len(parts):
        note = next(note for part in parts for note in part.notes)
        raise SelectionError(f"No run has a background: {note}.")
