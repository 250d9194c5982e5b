"""Counting ON and OFF events of one run, with the acceptance of each side."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gpnb.core.errors import SelectionError
from gpnb.core.sky_regions import to_regions
from gpnb.data.observation import Observation
from gpnb.data.phase import in_phase, phase_width
from gpnb.maps.axis import Axis
from gpnb.reduce.background import background_counts
from gpnb.reduce.exclusion import Exclusion
from gpnb.reduce.methods import Ring
from gpnb.reduce.off_methods import OffMethod, OffRegions, PhaseOff, Reflected, Wobble
from gpnb.reduce.reflected import reflected_turns, smallest_distance, wobble_turns
from gpnb.reduce.shape import Circle, Shape, View, distance, shape_of, turned


@dataclass(frozen=True, eq=False)
class Field:
    """One run as the extraction of a spectrum sees it.

    Parameters
    ----------
    obs : Observation
        The run.
    view : View
        The sky from its pointing.
    on : Circle or Drawn
        The ON region.
    exclusion : Exclusion
        What no background is taken from.
    energy : Axis
        Reconstructed energy.
    vectors : array, shape (3, n_events)
        Directions of the events in the view.
    bins : array of int, shape (n_events,)
        Their energy bins; -1 outside.
    cuts : array, shape (n_events,), or None
        RAD_MAX (deg) at the energy of each event, where that decides instead of the ON region.
    offset_max : float
        Events further from the pointing (deg) are not used.
    """

    obs: Observation
    view: View
    on: Shape
    exclusion: Exclusion
    energy: Axis
    vectors: np.ndarray
    bins: np.ndarray
    cuts: np.ndarray | None
    offset_max: float

    def on_like(self, angle: float = 0.0) -> np.ndarray:
        """Which events lie in the ON region after it was turned (rad) about the pointing."""
        if self.cuts is None:
            return self.on.contains(self.vectors, angle)
        return np.asarray(distance(self.vectors, turned(self.on.center, angle)) < self.cuts)

    def histogram(self, chosen: np.ndarray) -> np.ndarray:
        """Counts of the chosen events in energy bins."""
        return np.bincount(self.bins[chosen & (self.bins >= 0)], minlength=self.energy.n).astype(float)


@dataclass(frozen=True, eq=False)
class Off:
    """What was measured beside the source.

    Parameters
    ----------
    counts : array, shape (n,)
        OFF counts.
    acceptance, acceptance_off : array, shape (n,)
        Of the ON and of the OFF regions; zero OFF where there is no background.
    regions : tuple of str
        DS9 text.
    chosen : array of bool, shape (n_events,)
        The events in the OFF regions.
    note : str
        What deserves attention; empty if nothing does.
    """

    counts: np.ndarray
    acceptance: np.ndarray
    acceptance_off: np.ndarray
    regions: tuple[str, ...]
    chosen: np.ndarray
    note: str = ""


def on_events(field: Field, method: OffMethod | None) -> np.ndarray:
    """Which events are ON: those in the ON region, and in the ON phases if the background is from others.

    Raises
    ------
    SelectionError
        If phases are asked for, and events have none.
    """
    chosen = field.on_like()
    if not isinstance(method, PhaseOff):
        return chosen
    return np.asarray(chosen & in_phase(field.obs.events.phase(method.ephemeris), method.on))


def off_counts(field: Field, method: OffMethod) -> Off:
    """OFF counts by any method.

    Raises
    ------
    SelectionError
        If there is no room for OFF regions; half a sentence, for a note.
    """
    if field.cuts is not None and not isinstance(method, Wobble | PhaseOff):
        raise SelectionError("the ON region is a point with RAD_MAX around it: use background='wobble'.")
    match method:
        case Reflected():
            return _turned_regions(field, reflected_turns(field.on, field.exclusion, method))
        case Wobble():
            return _turned_regions(field, wobble_turns(field.on, field.exclusion, method))
        case OffRegions():
            shapes = [shape_of(region, field.view) for region in to_regions(method.regions)]
            return _fixed_regions(field, shapes, method.acceptance)
        case Ring():
            ring = Circle(field.on.center, method.outer_deg, field.view, method.inner_deg)
            return _fixed_regions(field, [ring], "background")
        case PhaseOff():
            return _other_phases(field, method)


def predicted_background(field: Field, *regions: tuple[np.ndarray, np.ndarray]) -> list[np.ndarray]:
    """Background counts that the background response predicts in regions.

    Parameters
    ----------
    field : Field
        The run.
    *regions : pair of arrays
        Directions of cells, shape (3, m), and their solid angles (sr).

    Returns
    -------
    list of array, shape (n_energy,)
        One for each region; the response is integrated over energy once for all.
    """
    cells = np.concatenate([item[0] for item in regions], axis=1)
    area = np.concatenate([item[1] for item in regions])
    lon = np.degrees(np.arctan2(cells[1], cells[0]))
    lat = np.degrees(np.arctan2(cells[2], np.hypot(cells[0], cells[1])))
    counts = background_counts(field.obs, field.energy, (lon, lat), area)
    ends = np.cumsum([len(item[1]) for item in regions])[:-1]
    return [part.sum(axis=1) for part in np.split(counts, ends, axis=1)]


def _turned_regions(field: Field, turns: list[float]) -> Off:
    """Regions at the offset of the ON region: one over their number is alpha, at all energies."""
    chosen = np.zeros(len(field.bins), dtype=bool)
    for angle in turns:
        chosen |= field.on_like(angle)
    acceptance_off = np.full(field.energy.n, float(len(turns)))
    if field.cuts is not None:
        acceptance_off[_overlapping(field, turns)] = 0.0
    counts = np.where(acceptance_off > 0, field.histogram(chosen), 0.0)
    texts = tuple(field.on.text(angle) for angle in turns)
    return Off(counts, np.ones(field.energy.n), acceptance_off, texts, chosen)


def _other_phases(field: Field, method: PhaseOff) -> Off:
    """The same region, when the source is not seen."""
    chosen = field.on_like() & in_phase(field.obs.events.phase(method.ephemeris), method.off)
    on, off = (np.full(field.energy.n, phase_width(phases)) for phases in (method.on, method.off))
    return Off(field.histogram(chosen), on, off, (field.on.text(),), chosen)


def _overlapping(field: Field, turns: list[float]) -> np.ndarray:
    """Energy bins in which circles of RAD_MAX overlap."""
    energies = np.stack([field.energy.low_values, field.energy.center_values, field.energy.high_values])
    cut = field.obs.rad_max.applied(energies, np.array(field.on.offset)).max(axis=0)
    return np.asarray(2 * cut > smallest_distance(field.on, turns) * (1 + 1e-9))


def _fixed_regions(field: Field, shapes: list[Shape], acceptance: str) -> Off:
    """OFF regions of any shape and place; what two of them share counts once, what lies in the ON region not at all."""
    by_background = acceptance == "background" and field.obs.has("bkg")
    guess = "it has no background response, so alpha is the ratio of solid angles"
    chosen = _in_any(field, shapes, field.vectors)
    cells, areas = [], []
    for number, shape in enumerate(shapes):
        here, area = shape.cells
        kept = _in_any(field, [shape], here)
        for earlier in shapes[:number]:
            kept &= ~earlier.contains(here)
        cells.append(here[:, kept])
        areas.append(area[kept])
    parts = (field.on.cells, (np.concatenate(cells, axis=1), np.concatenate(areas)))
    if by_background:
        on, off = predicted_background(field, *parts)
    else:
        on, off = (np.full(field.energy.n, area.sum()) for _, area in parts)
    usable = (on > 0) & (off > 0)
    if not usable.any():
        raise SelectionError("the OFF regions lie in exclusion regions, or outside of the field of view.")
    texts = tuple(shape.text() for shape in shapes)
    # of the ON region one, as for reflected regions
    return Off(
        np.where(usable, field.histogram(chosen), 0.0),
        np.ones(field.energy.n),
        np.divide(off, on, out=np.zeros(field.energy.n), where=usable),
        texts,
        chosen,
        "" if by_background or acceptance == "area" else guess,
    )


def _in_any(field: Field, shapes: list[Shape], vectors: np.ndarray) -> np.ndarray:
    """Whether directions lie in any shape, in the field of view, not in the ON region, and are not excluded."""
    found = np.zeros(vectors.shape[1:], dtype=bool)
    for shape in shapes:
        found |= shape.contains(vectors)
    found &= vectors[0] > math.cos(math.radians(field.offset_max))
    return np.asarray(found & ~field.on.contains(vectors) & ~field.exclusion.contains(vectors))
