"""ON and OFF regions of spectra on a small sky, with the counts below them and the numbers of each run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

from gpnb.core.progress import CancelToken, Report, track
from gpnb.core.sky_regions import to_regions
from gpnb.core.words import number
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap
from gpnb.panels.columns import Column
from gpnb.panels.sky.layers import Layer
from gpnb.panels.sky.overlays import shapes_over
from gpnb.panels.sky.shapes import shapes_of
from gpnb.panels.sky.view import SkyView
from gpnb.panels.spectrum.data import Spectra, same_region

TINTS = ("#56b4e9", "#e69f00", "#3ecf9f", "#cc79a7", "#f0e442", "#ff8a3d")
"""Of runs on a dark sky, in turn."""

_MOST = 400
"""Regions that are drawn."""

_FAINT = 0.4
_SHAPE = (480, 340)
_MARGIN = 1.15
_SMOOTH = 0.05
"""Width (sigma) of the smoothing, deg."""


@dataclass(frozen=True, eq=False)
class RunRegions:
    """What one spectrum shows on the sky.

    Attributes
    ----------
    name, tint : str
        The run in words, and its colour.
    on, off : str, tuple of str
        Its regions, as DS9 text.
    pointing : SkyCoord or None
        Where the run points, if the runs are there.
    counts : tuple of float
        Events in each OFF region, at the energies that are used; empty if the runs are not there.
    """

    name: str
    tint: str
    on: str
    off: tuple[str, ...]
    pointing: SkyCoord | None = None
    counts: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class RegionSky:
    """All regions on a sky.

    Attributes
    ----------
    geom : WcsGeometry
        A grid that holds them all.
    runs : tuple of RunRegions
        One a spectrum.
    counts : Layer or None
        The smoothed counts of all runs at the energies that are used; None if the runs are not there.
    """

    geom: WcsGeometry
    runs: tuple[RunRegions, ...]
    counts: Layer | None = None

    @property
    def facts(self) -> str:
        """One line about it."""
        width = " × ".join(f"{size:.3g}°" for size in self.geom.width.to_value("deg"))
        below = f"counts, {self.counts.smoothed}" if self.counts else "the runs are not known: no counts below"
        return f"{below} · {width} · {self.geom.frame.upper()}"


def on_off(spectra: Spectra) -> tuple[str, str]:
    """All different ON and all different OFF regions, as DS9 text, one a line."""
    on = dict.fromkeys(item.on_region for item in spectra.items if item.on_region)
    off = dict.fromkeys(text for item in spectra.items for text in item.off_regions)
    return "\n".join(on), "\n".join(list(off)[:_MOST])


def sky_of(spectra: Spectra) -> WcsGeometry | None:
    """A sky grid that holds all regions; None if there is none."""
    found: list[Any] = [region for text in on_off(spectra) for region in to_regions(text or None)]
    if not found:
        return None
    each = [_center(region).icrs for region in found]
    centers = SkyCoord([place.ra.deg for place in each], [place.dec.deg for place in each], unit="deg")
    vectors = centers.cartesian.xyz.value.T
    middle = SkyCoord(*vectors.mean(axis=0), representation_type="cartesian").spherical
    frame = SkyCoord(middle.lon, middle.lat, frame="icrs").skyoffset_frame()
    away, sizes = centers.transform_to(frame), np.array([_size(region) for region in found])
    ends = [
        (float((at - sizes).min()), float((at + sizes).max())) for at in (away.lon.wrap_at("180d").deg, away.lat.deg)
    ]
    center = SkyCoord(*(np.mean(pair) * u.deg for pair in ends), frame=frame).icrs
    binsz = max(max(high - low, 0.1) / pixels for (low, high), pixels in zip(ends, _SHAPE, strict=True))
    return WcsGeometry.create(center, binsz=f"{_MARGIN * binsz} deg", npix=_SHAPE, frame="icrs")


def region_sky(
    spectra: Spectra,
    runs: Mapping[int, Any],
    progress: bool | Report | None = False,
    cancel: CancelToken | None = None,
) -> RegionSky | None:
    """The regions of spectra with the counts below them; None if no region is known.

    Parameters
    ----------
    spectra : Spectra
        What is fitted.
    runs : mapping of int to Observation
        The runs by number; without those of the spectra there are no counts.
    progress, cancel
        As of all long work.
    """
    geom = sky_of(spectra)
    if geom is None:
        return None
    image, found, known = np.zeros((geom.ny, geom.nx)), [], True
    for place, item in track(list(enumerate(spectra.items)), "Counting under the regions", progress, cancel):
        own = [runs[obs_id] for obs_id in item.obs_ids if obs_id in runs]
        known = known and bool(own) and len(own) == len(item.obs_ids)
        counts = _count_run(item, own, geom, image)
        at = own[0].pointing if len(own) == 1 else None
        tint = TINTS[place % len(TINTS)]
        found.append(RunRegions(item.name, tint, item.on_region, item.off_regions, at, counts if own else ()))
    return RegionSky(geom, tuple(found), _smoothed(geom, image) if known and found else None)


def _count_run(item: Any, runs: Sequence[Any], geom: WcsGeometry, image: np.ndarray) -> tuple[float, ...]:
    """Events in each OFF region at usable energies; all of them are added to the image."""
    counts = np.zeros(len(item.off_regions))
    for run in runs:
        events = run.events
        bins = np.searchsorted(item.energy.edge_values, events.energy_values, side="right") - 1
        inside = (bins >= 0) & (bins < item.energy.n)
        used = events.take(np.flatnonzero(inside & item.usable[np.clip(bins, 0, item.energy.n - 1)]))
        x, y = geom.pixel_icrs(used.ra_values, used.dec_values)
        image += np.histogram2d(y, x, bins=(geom.ny, geom.nx), range=((-0.5, geom.ny - 0.5), (-0.5, geom.nx - 0.5)))[0]
        counts += [used.inside(text).sum() for text in item.off_regions]
    return tuple(counts.tolist())


def _smoothed(geom: WcsGeometry, image: np.ndarray) -> Layer:
    width = max(_SMOOTH, 1.5 * min(geom.plane.scales))
    smooth = SkyMap(geom, image).smooth(f"{width} deg").data
    return Layer("counts", smooth, "", "", geom.wcs, geom.frame, smoothed=f"smoothed {width:.2g}°")


def run_shapes(sky: RegionSky, chosen: int | None, selected: str) -> list[dict[str, Any]]:
    """All outlines on the sky: OFF with their counts in the tint of their run, faint if another run is chosen; ON."""
    made: list[dict[str, Any]] = []
    for place, run in enumerate(sky.runs):
        look = {"key": None, "fixed": True, "style": "dashed", "colour": run.tint}
        strong = chosen is None or chosen == place
        for turn, text in enumerate(run.off[: _MOST // max(len(sky.runs), 1) or 1]):
            card = _card_of(run, turn)
            edits = shapes_of(to_regions(text)[0], sky.geom)
            made += [{**look, "alpha": 1 if strong else _FAINT, "edit": edit, "card": card} for edit in edits]
    on = [line for line in dict.fromkeys(run.on for run in sky.runs if run.on) if not same_region(line, selected)]
    return [*made, *shapes_over(SkyView(regions="\n".join(on)), selected, sky.geom)]


def _card_of(run: RunRegions, turn: int) -> dict[str, Any]:
    rows = []
    if run.counts:
        rows.append(("Counts", f"{run.counts[turn]:.0f}"))
        others = [count for place, count in enumerate(run.counts) if place != turn]
        if others:
            rows.append(("Others, mean", number(float(f"{np.mean(others):.3g}"))))
    return {"title": f"OFF {turn + 1} of {run.name}", "rows": rows}


def run_points(sky: RegionSky, chosen: int | None) -> list[dict[str, Any]]:
    """The pointings as crosses in the tints of their runs, with their names."""
    made = []
    for place, run in enumerate(sky.runs):
        if run.pointing is not None:
            x, y = (float(value) for value in sky.geom.coord_pixel(run.pointing))
            alpha = 1 if chosen is None or chosen == place else _FAINT
            look = {"colour": run.tint, "marker": "plus", "alpha": alpha, "row": place}
            made.append({"x": x, "y": y, "label": run.name, **look})
    return made


def run_table(spectra: Spectra) -> tuple[list[Column], list[list[str]]]:
    """A row a spectrum, and one for all: counts, excess, significance, gamma rays a minute."""
    from gpnb.stats.significance import cash_significance, lima  # here: a panel on another tab opens sooner

    heads = [("Run", ""), ("N on", ""), ("N off", ""), ("α", ""), ("Excess", ""), ("Significance", "σ"), ("γ", "min⁻¹")]
    columns = [Column(name, unit, number=name != "Run") for name, unit in heads]
    rows, sums, seconds = [], np.zeros(4), 0.0
    for item in spectra.items:
        found = item.summary
        off, live = np.nan_to_num(found.n_off), item.livetime.to_value("s")
        spread = np.nan_to_num(found.alpha) ** 2 * off
        rows.append([item.name, *_cells(found.n_on, found.n_off, found.background, spread, found.significance, live)])
        sums += found.n_on, found.n_off, found.background, spread
        seconds += live
    if len(rows) > 1:
        n_on, n_off, background, spread = (float(value) for value in sums)
        known = math.isnan(n_off)
        alpha = background / n_off if n_off > 0 else math.nan
        sigma = cash_significance(n_on, background) if known else lima(n_on, n_off, alpha)
        rows.append(["All", *_cells(n_on, n_off, background, spread, float(sigma), seconds)])
    return columns, rows


def _cells(n_on: float, n_off: float, background: float, spread: float, sigma: float, seconds: float) -> list[str]:
    excess, error = n_on - background, math.sqrt(n_on + spread)
    ratio = n_off / background if background > 0 else math.nan
    minutes = seconds / 60
    rate = f"{excess / minutes:.2f} ± {error / minutes:.2f}" if minutes > 0 else "–"
    cells = [f"{n_on:.0f}", f"{n_off:.0f}", f"1 / {ratio:.3g}", f"{excess:.0f} ± {error:.0f}", f"{sigma:.1f}", rate]
    return ["–" if "nan" in cell else cell.replace("-", "−") for cell in cells]


def _center(region: Any) -> SkyCoord:
    if hasattr(region, "center"):
        return region.center
    if hasattr(region, "vertices"):
        vertices = region.vertices.icrs.cartesian.xyz.value.mean(axis=1)
        place = SkyCoord(*vertices, representation_type="cartesian").spherical
        return SkyCoord(place.lon, place.lat, frame="icrs")
    return _center(region.region1)


def _size(region: Any) -> float:
    """How far a region reaches from its middle, deg."""
    for name in ("radius", "outer_radius", "width", "outer_width"):
        if hasattr(region, name):
            return float(getattr(region, name).to_value(u.deg))
    if hasattr(region, "vertices"):
        return float(region.vertices.separation(_center(region)).deg.max())
    return _size(region.region1) if hasattr(region, "region1") else 0.05
