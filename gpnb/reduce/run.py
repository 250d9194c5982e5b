"""Reduction of one run: everything a pool needs to know, and the work itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import Table

from gpnb.core.errors import SelectionError
from gpnb.core.recipe import Recipe
from gpnb.data.observation import Observation
from gpnb.datasets.flags import Flag
from gpnb.datasets.map import MapDataset
from gpnb.datasets.stack import Stacker
from gpnb.maps.axis import Axis
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap
from gpnb.reduce.background import Norm, background_counts, fit_norm
from gpnb.reduce.exposure import exposure_values, largest_offset
from gpnb.reduce.methods import BackgroundMethod, FieldOfView, Ring, SafeRange
from gpnb.reduce.responses import reduced_responses
from gpnb.reduce.ring import ring_counts
from gpnb.reduce.safe import background_peak, safe_energies


@dataclass(frozen=True)
class Plan:
    """What a reduction does to each run; picklable.

    Parameters
    ----------
    geom : WcsGeometry
        With one axis, ``energy``.
    energy_true : Axis
        Bins of the exposure.
    background : record or None
        How the background is estimated.
    keep : array of bool, shape (ny, nx)
        False in exclusion regions.
    safe : SafeRange
        The safe range.
    """

    geom: WcsGeometry
    energy_true: Axis
    background: BackgroundMethod | None
    keep: np.ndarray
    safe: SafeRange

    @property
    def energy(self) -> Axis:
        """Reconstructed energy."""
        return self.geom.axis("energy")


@dataclass(frozen=True)
class Field:
    """One run's part of the map.

    Parameters
    ----------
    geom : WcsGeometry
        The cutout.
    pointing : SkyCoord
        Where the telescopes looked.
    fov : pair of arrays
        Field-of-view coordinates of its pixels, deg.
    offset : array
        Their angle from the pointing, deg; infinite where there is no sky.
    keep : array of bool
        False in exclusion regions.
    offset_max : float
        Largest offset used, deg.
    """

    geom: WcsGeometry
    pointing: SkyCoord
    fov: tuple[np.ndarray, np.ndarray]
    offset: np.ndarray
    keep: np.ndarray
    offset_max: float


def reduce_run(obs: Observation, plan: Plan) -> MapDataset | None:
    """Counts, exposure, background and flags of one run on its part of the map.

    Returns
    -------
    MapDataset or None
        None if the run does not touch the map.
    """
    field = _field(obs, plan)
    if field is None:
        return None
    geom = field.geom
    counts = SkyMap.from_events(obs.events, geom)
    exposure = exposure_values(obs, plan.energy_true, field.offset)
    background = _predicted(obs, plan, field)
    flags, lost = _flags(obs, plan, field, background)
    recipe = Recipe.of("gpnb.reduce_map()", runs=obs, geom=plan.geom)
    psf, edisp = reduced_responses(obs, geom, plan.energy_true, field.pointing, field.offset_max, recipe)
    dataset = MapDataset(
        counts=counts,
        exposure=SkyMap(geom.cube([plan.energy_true]), exposure, "cm2 s"),
        background=None if background is None else SkyMap(geom, background),
        flags=SkyMap(geom, flags),
        psf=psf,
        edisp=edisp,
        gti=obs.gti,
        name=obs.name,
        recipe=recipe,
    )
    found = _with_background(dataset, obs, plan)
    return replace(found, notes=(*lost, *found.notes))


def reduce_group(runs: Iterable[Observation], plan: Plan) -> Stacker:
    """Several runs, added up: what a worker of a pool sends back, whatever the number of runs."""
    total = Stacker(plan.geom, plan.geom.cube([plan.energy_true]))
    for obs in runs:
        part = reduce_run(obs.passing(), plan)  # or memory would grow with the events of all runs
        if part is not None:
            total.add(part)
    return total


def _field(obs: Observation, plan: Plan) -> Field | None:
    pointing = obs.pointing
    limit = plan.safe.offset_max_deg or largest_offset(obs)
    found = plan.geom.around(pointing, limit)
    if found is None:
        return None
    geom, (y_part, x_part) = found
    offset = np.nan_to_num(geom.separation(pointing), nan=np.inf)  # pixels without sky
    if not offset.min() < limit:
        return None
    return Field(geom, pointing, geom.fov(pointing), offset, plan.keep[y_part, x_part], limit)


def _predicted(obs: Observation, plan: Plan, field: Field) -> np.ndarray | None:
    if not obs.has("bkg"):
        if plan.background is None:
            return None
        raise SelectionError(
            f"Run {obs.obs_id} has no background response, which {type(plan.background).__name__} needs: "
            "use background=None, or choose runs that have one."
        )
    return background_counts(obs, plan.energy, field.fov, np.nan_to_num(field.geom.solid_angle))


def _flags(obs: Observation, plan: Plan, field: Field, background: np.ndarray | None) -> tuple[np.ndarray, list[str]]:
    """Flags of all bins, and a note where many energies are lost."""
    inside = field.offset < field.offset_max
    judged_at = float(min(np.min(field.offset), field.offset_max))
    energies = safe_energies(obs, plan.safe, judged_at)
    safe = energies.holds(plan.energy)
    if plan.safe.bkg_peak and background is not None:
        safe &= background_peak(plan.energy, background[:, inside].sum(axis=1))
    plane = np.where(inside, 0, Flag.FIELD_OF_VIEW) | np.where(field.keep, 0, Flag.EXCLUDED)
    bins = np.where(safe, 0, Flag.ENERGY)
    flags = np.asarray(plane[None] | bins[:, None, None], dtype=np.uint8)
    return flags, energies.lost(obs, plan.energy)


def _with_background(dataset: MapDataset, obs: Observation, plan: Plan) -> MapDataset:
    """The dataset with its background estimated as planned, and its row of the table of runs."""
    norm = Norm(1.0, 0.0)
    if isinstance(plan.background, FieldOfView):
        norm = _field_of_view_norm(dataset, plan.background)
        dataset = _scaled(dataset, norm)
    elif isinstance(plan.background, Ring):
        blind = _blind(dataset)
        dataset = replace(_with_ring(dataset, plan.background), notes=blind)
    notes = (*dataset.notes, *((norm.note,) if norm.note else ()))
    return replace(dataset, runs=_row(obs, dataset, norm), notes=tuple(f"run {obs.obs_id}: {note}" for note in notes))


def _blind(dataset: MapDataset) -> tuple[str, ...]:
    """A note where counts were seen in energy bins whose predicted background is zero: no ring has acceptance there."""
    assert dataset.background is not None
    counts, background = (
        np.where(dataset.usable, item.data, 0.0).sum(axis=(1, 2)) for item in (dataset.counts, dataset.background)
    )
    lost = np.flatnonzero((counts > 0) & ~(background > 0))
    if not len(lost):
        return ()
    energy = dataset.geom.axis("energy")
    low, high = energy.low_values[lost[0]], energy.high_values[lost[-1]]
    seen = f"{counts[lost].sum():.0f} counts from {low:.3g} to {high:.3g} TeV"
    return (f"{seen} are masked, as the background response is zero there and rings have no acceptance",)


def _field_of_view_norm(dataset: MapDataset, method: FieldOfView) -> Norm:
    assert dataset.background is not None
    sky = dataset.empty_sky
    sums = [np.where(sky, item.data, 0).sum(axis=(1, 2), dtype=float) for item in (dataset.counts, dataset.background)]
    return fit_norm(sums[0], sums[1], dataset.geom.axis("energy"), method.tilt, method.min_counts)


def _scaled(dataset: MapDataset, norm: Norm) -> MapDataset:
    assert dataset.background is not None
    if not np.isfinite(norm.norm):
        flags = SkyMap(dataset.geom, dataset.flags.data | np.uint8(Flag.NO_BACKGROUND))
        return replace(dataset, flags=flags)
    factors = norm.factors(dataset.geom.axis("energy"))[:, None, None]
    return replace(dataset, background=SkyMap(dataset.geom, dataset.background.data * factors))


def _with_ring(dataset: MapDataset, method: Ring) -> MapDataset:
    arrays = ring_counts(dataset, method)
    off = arrays["acceptance_off"]
    with np.errstate(divide="ignore", invalid="ignore"):
        background = np.where(off > 0, arrays["acceptance"] / off * arrays["counts_off"], 0.0)
    lost = np.where((off <= 0) & dataset.usable, np.uint8(Flag.NO_BACKGROUND), np.uint8(0))
    maps: dict[str, Any] = {name: SkyMap(dataset.geom, values) for name, values in arrays.items()}
    flags = SkyMap(dataset.geom, dataset.flags.data | lost)
    return replace(dataset, **maps, background=SkyMap(dataset.geom, background), flags=flags)


def _row(obs: Observation, dataset: MapDataset, norm: Norm) -> Table:
    usable = dataset.usable
    background = dataset.background.data[usable].sum() if dataset.background is not None else np.nan
    low, high = _energies(dataset)
    values = {
        "OBS_ID": obs.obs_id,
        "OBJECT": obs.target or "—",
        "LIVETIME": obs.livetime.to_value("s"),
        "COUNTS": float(dataset.counts.data[usable].sum()),
        "BACKGROUND": float(background),
        "NORM": norm.norm,
        "NORM_ERR": norm.norm_error,
        "TILT": norm.tilt,
        "TILT_ERR": norm.tilt_error,
        "ENERGY_MIN": low,
        "ENERGY_MAX": high,
    }
    table = Table(rows=[values])
    table["LIVETIME"].unit = "s"
    for name in ("ENERGY_MIN", "ENERGY_MAX"):
        table[name].unit = "TeV"
    return table


def _energies(dataset: MapDataset) -> tuple[float, float]:
    """The range in which any pixel is used, TeV; NaN where none is."""
    used, axis = np.flatnonzero(dataset.usable.any(axis=(1, 2))), dataset.geom.axis("energy")
    return (float(axis.low_values[used[0]]), float(axis.high_values[used[-1]])) if used.size else (np.nan, np.nan)
