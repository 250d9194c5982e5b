"""Extraction of the spectrum of one run: everything a pool needs to know, and the work itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gpnb.core.errors import SelectionError
from gpnb.data.observation import Observation
from gpnb.data.phase import phase_width
from gpnb.datasets.flags import Flag
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.maps.axis import Axis
from gpnb.models.spatial import SpatialModel
from gpnb.reduce.exclusion import Excluded, Exclusion
from gpnb.reduce.exposure import largest_offset
from gpnb.reduce.methods import SafeRange
from gpnb.reduce.off_methods import OffMethod, PhaseOff
from gpnb.reduce.on_off import Field, off_counts, on_events, predicted_background
from gpnb.reduce.safe import background_peak, safe_energies
from gpnb.reduce.shape import Circle, Shape, View, shape_of
from gpnb.reduce.spectrum_exposure import dispersion, region_area


@dataclass(frozen=True, eq=False)
class SpectrumPlan:
    """What an extraction does to each run; picklable.

    Parameters
    ----------
    region : SkyRegion
        The ON region.
    energy, energy_true : Axis
        Reconstructed and true energy.
    background : record or None
        How the background is measured.
    excluded : Excluded
        Where no background is taken from.
    safe : SafeRange
        The safe range.
    containment : bool or SpatialModel
        The source for which the exposure is corrected.
    keep : bool
        Keep what is read of the runs, for the next extraction.
    """

    region: Any
    energy: Axis
    energy_true: Axis
    background: OffMethod | None
    excluded: Excluded
    safe: SafeRange
    containment: bool | SpatialModel
    keep: bool


def extract_run(obs: Observation, plan: SpectrumPlan) -> SpectrumDataset | None:
    """The spectrum of one run; None if its field of view does not hold the ON region."""
    obs = obs if plan.keep else obs.passing()
    field = _field(obs, plan)
    if field is None:
        return None
    seen = obs.once(plan, lambda: _Responses.of(field, plan))
    flags, notes = seen.flags, [*_mismatch(field), *seen.lost]
    chosen = on_events(field, plan.background)
    background, flags, note = _background(field, plan, flags)
    notes += note
    if (flags != 0).all() and not note and not seen.lost:
        notes += [f"run {obs.obs_id}: no energy bin lies in the safe range"]
    dataset = SpectrumDataset(
        energy=plan.energy,
        energy_true=plan.energy_true,
        counts=field.histogram(chosen),
        exposure=_exposure(field, plan, seen.area),
        edisp=seen.edisp,
        livetime=obs.livetime,
        flags=flags,
        **background,
        gti=obs.gti,
        on_region=field.on.text(),
        obs_ids=(obs.obs_id,),
        name=obs.name,
    )
    return replace(dataset, notes=(*notes, *_blind(dataset)))


@dataclass(frozen=True, eq=False)
class _Responses:
    """What an extraction takes from the responses of a run: the same for all its parts.

    Parameters
    ----------
    area : array, shape (n_true,)
        Effective area, cm2.
    edisp : array, shape (n_true, n)
        Energy dispersion.
    flags : array of uint8, shape (n,)
        Bins outside of the safe range.
    lost : list of str
        A note where many energies are lost.
    """

    area: np.ndarray
    edisp: np.ndarray
    flags: np.ndarray
    lost: list[str]

    @classmethod
    def of(cls, field: Field, plan: SpectrumPlan) -> _Responses:
        area = region_area(field.obs, plan.energy_true, field.on, plan.containment, field.view)
        edisp = dispersion(field.obs, plan.energy_true, plan.energy, field.on)
        return cls(area, edisp, *_flags(field, plan))


def _exposure(field: Field, plan: SpectrumPlan, area: np.ndarray) -> np.ndarray:
    exposure: np.ndarray = area * field.obs.livetime.to_value("s")
    if isinstance(plan.background, PhaseOff) and not plan.background.average:
        return exposure * phase_width(plan.background.on)
    return exposure


def events_of_run(obs: Observation, plan: SpectrumPlan) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which events of a run are counted: their energy bins (-1 outside), and whether they are ON and OFF.

    Raises
    ------
    SelectionError
        If the field of view does not hold the ON region, or there is no background.
    """
    field = _field(obs, plan)
    if field is None:
        raise SelectionError(f"Run {obs.obs_id} does not see the ON region.")
    none = np.zeros(len(field.bins), dtype=bool)
    off = none if plan.background is None else off_counts(field, plan.background).chosen
    return field.bins, on_events(field, plan.background), off


def _blind(dataset: SpectrumDataset) -> list[str]:
    """A note where counts were seen in bins in which nothing can be; those without counts are flagged in silence."""
    blind = np.flatnonzero(((dataset.flags & np.uint8(Flag.NO_EXPOSURE)) > 0) & (dataset.counts > 0))
    if not len(blind):
        return []
    low, high = dataset.energy.low_values[blind[0]], dataset.energy.high_values[blind[-1]]
    seen = f"{dataset.counts[blind].sum():.0f} counts from {low:.3g} to {high:.3g} TeV"
    return [f"{dataset.name}: {seen}, where the responses have no exposure; the bins are masked"]


def _field(obs: Observation, plan: SpectrumPlan) -> Field | None:
    view = View.of(obs.pointing)
    on = shape_of(plan.region, view)
    limit = plan.safe.offset_max_deg or largest_offset(obs)
    if on.offset > limit:
        return None
    events = obs.events
    on, cuts = _cut(obs, on)
    return Field(
        obs=obs,
        view=view,
        on=on,
        exclusion=Exclusion(plan.excluded, view),
        energy=plan.energy,
        vectors=view.vectors(events.ra_values, events.dec_values),
        bins=plan.energy.index(events.energy_values),
        cuts=cuts,
        offset_max=limit,
    )


def _cut(obs: Observation, on: Shape) -> tuple[Shape, np.ndarray | None]:
    """A point as ON region stands for RAD_MAX: a circle if that is one number, else a cut for each event."""
    if not isinstance(on, Circle) or on.radius > 0:
        return on, None
    if not obs.aeff.is_pointlike:
        raise SelectionError(
            f"The ON region is a point, but the responses of run {obs.obs_id} are full-enclosure: give a circle."
        )
    cut = obs.rad_max
    if cut.is_fixed:
        return Circle(on.center, float(cut.values.flat[0]), on.view), None
    return on, cut.applied(obs.events.energy_values, np.array(on.offset))


def _mismatch(field: Field) -> list[str]:
    """A note where a region is not the one that point-like responses were made for."""
    obs, on = field.obs, field.on
    if not obs.aeff.is_pointlike or field.cuts is not None:
        return []
    cut = obs.rad_max.applied(field.energy.center_values, np.array(on.offset))
    if isinstance(on, Circle) and np.allclose(cut, on.radius, rtol=0.01):
        return []
    made_for = f"RAD_MAX {cut.min():.3g}–{cut.max():.3g} deg, not for this ON region"
    return [f"run {obs.obs_id}: its responses were made for {made_for}: give a point and background='wobble'"]


def _flags(field: Field, plan: SpectrumPlan) -> tuple[np.ndarray, list[str]]:
    energies = safe_energies(field.obs, plan.safe, field.on.offset)
    safe = energies.holds(plan.energy)
    if plan.safe.bkg_peak:
        if not field.obs.has("bkg"):
            raise SelectionError(f"Run {field.obs.obs_id} has no background response, which bkg_peak needs.")
        cells = field.on.center[:, None]
        safe &= background_peak(plan.energy, predicted_background(field, (cells, np.ones(1)))[0])
    return np.where(safe, 0, Flag.ENERGY).astype(np.uint8), energies.lost(field.obs, plan.energy)


def _background(field: Field, plan: SpectrumPlan, flags: np.ndarray) -> tuple[dict[str, Any], np.ndarray, list[str]]:
    """The background of the dataset, its flags, and a note where there is none."""
    if plan.background is None:
        known = field.obs.has("bkg") and field.cuts is None
        return {"background": predicted_background(field, field.on.cells)[0] if known else None}, flags, []
    try:
        off = off_counts(field, plan.background)
    except SelectionError as error:
        nothing = np.zeros(plan.energy.n)
        note = f"run {field.obs.obs_id}: {str(error).rstrip('.')}"
        return {"counts_off": nothing, "acceptance_off": nothing}, flags | np.uint8(Flag.NO_BACKGROUND), [note]
    found = {
        "counts_off": off.counts,
        "acceptance": off.acceptance,
        "acceptance_off": off.acceptance_off,
        "off_regions": off.regions,
    }
    return found, flags, [f"run {field.obs.obs_id}: {off.note}"] if off.note else []
