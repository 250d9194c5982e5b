"""The spectrum of a region of a cube."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.recipe import Recipe
from gpnb.core.sky_regions import region_text
from gpnb.datasets.livetime import live_seconds
from gpnb.datasets.map import MapDataset
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.estimate.in_region import InRegion
from gpnb.estimate.predict import check_cube
from gpnb.irf.radial_psf import RadialPsf
from gpnb.maps.kernels import fft_convolve
from gpnb.models.point import PointSource
from gpnb.models.spatial import SpatialModel


@told
def to_spectrum(
    cube: MapDataset, region: Any, containment: bool | SpatialModel = True, name: str | None = None
) -> SpectrumDataset:
    """Counts, background and responses of a region of a cube, to fit a spectrum alone.

    Pixels that are not usable at some energy add nothing there, and what a source would put into them is not expected.

    Parameters
    ----------
    cube : MapDataset
        With energy dispersion and, unless `containment` is False, point spread function. Of OFF counts, which
        neighbours share, the mean of the region's pixels is taken.
    region : SkyRegion or DS9 text
        Pixels with their centre in it count.
    containment : bool or SpatialModel
        True: the source is a point in the middle of the region; a model such as `DiskSource`: it has that shape and
        place. The exposure counts what the point spread function leaves in these pixels. False: it is the mean of the
        region, for a source that lies well within.
    name : str, optional
        Of the spectrum; that of the cube by default.

    Returns
    -------
    SpectrumDataset

    Raises
    ------
    SelectionError
        If no pixel lies in the region, or a response is missing.
    ArgumentError
        If an argument does not fit.

    Examples
    --------
    >>> import gpnb
    >>> spectrum = gpnb.to_spectrum(cube, "icrs; circle(83.63, 22.01, 0.11)")  # doctest: +SKIP
    >>> gpnb.fit(spectrum, gpnb.PowerLaw())  # doctest: +SKIP
    """
    check_cube(cube)
    if not isinstance(containment, bool | SpatialModel):
        raise ArgumentError(f"containment={containment!r} must be True, False or a spatial model: gpnb.DiskSource(…).")
    part = InRegion.of(cube, region)
    recipe = Recipe.of_call(
        to_spectrum, locals(), name="spectrum", containment=None if containment is True else containment
    )
    known = cube.background is not None and cube.counts_off is None
    background = cube.background.data if known and cube.background is not None else None
    return spectrum_of(part, containment, name or cube.name, recipe, background)


def spectrum_of(
    part: InRegion, containment: bool | SpatialModel, name: str, recipe: Recipe, background: np.ndarray | None
) -> SpectrumDataset:
    """The spectrum of some pixels; without a background that is known, with that of OFF counts."""
    cube = part.cube
    exposure, edisp = _responses(part, containment)
    return SpectrumDataset(
        energy=cube.geom.axis("energy"),
        energy_true=cube.exposure.geom.axes[0],
        counts=part.sums(cube.counts.data),
        exposure=exposure,
        edisp=edisp,
        livetime=live_seconds(cube) * u.s,
        flags=part.flags,
        background=None if background is None else part.sums(background),
        **({} if background is not None else part.off()),
        gti=cube.gti,
        on_region="" if part.region is None else _text(part.region),
        obs_ids=tuple(cube.runs["OBS_ID"].tolist()) if "OBS_ID" in cube.runs.colnames else (),
        name=name,
        notes=cube.notes,
        recipe=recipe,
    )


def _responses(part: InRegion, containment: bool | SpatialModel) -> tuple[np.ndarray, np.ndarray]:
    """Exposure of the region, and chances to be measured in each energy where that is used."""
    cube = part.cube
    if cube.edisp is None:
        raise SelectionError(f"{cube.name} has no energy dispersion: reduce it with gpnb.reduce_map.")
    place = containment.center if isinstance(containment, SpatialModel) else part.center
    ever = np.asarray(part.usable.any(axis=0))
    seen = _seen(part, containment, ever) * ever
    exposure = seen.sum(axis=1)
    used = seen @ part.usable.T
    share = np.divide(used, exposure[:, None], out=np.zeros(used.shape), where=exposure[:, None] > 0)
    return exposure, cube.edisp.at(place) * share


def _seen(part: InRegion, containment: bool | SpatialModel, ever: np.ndarray) -> np.ndarray:
    """Exposure times the probability that a photon is reconstructed in each pixel of the region; shape (n_true, n)."""
    cube = part.cube
    if containment is False:
        return part.values(cube.exposure.data).astype(float) / max(int(ever.sum()), 1)
    if cube.psf is None:
        raise SelectionError(
            f"{cube.name} has no point spread function for the containment correction: use containment=False."
        )
    if isinstance(containment, SpatialModel) and not isinstance(containment, PointSource):
        return _seen_of_shape(part, containment, cube.psf.at(containment.center))
    return _seen_of_point(part, part.center if containment is True else containment.center)


def _seen_of_point(part: InRegion, place: Any) -> np.ndarray:
    cube, geom = part.cube, part.cube.geom
    assert cube.psf is not None
    x, y = (float(value) for value in geom.coord_pixel(place))
    exposure = cube.exposure.geom.image()
    inside = np.clip(np.nan_to_num([x, y]), 0, [geom.nx - 1, geom.ny - 1])
    if not np.hypot(x - inside[0], y - inside[1]) <= 1:
        raise SelectionError(f"The source lies outside the map {exposure!r}: give containment=False, or its place.")
    sides = geom.plane.sides(*(np.asarray(value) for value in inside))
    rows = np.arange(part.rows.min(), part.rows.max() + 1)
    columns = np.arange(part.columns.min(), part.columns.max() + 1)
    chance = cube.psf.at(place).in_pixels((columns - x) * sides[0], (rows - y) * sides[1], sides)
    chance = chance[:, part.rows - rows[0], part.columns - columns[0]]
    return np.asarray(_between_pixels(cube.exposure.data, *inside)[:, None] * chance)


def _between_pixels(planes: np.ndarray, x: float, y: float) -> np.ndarray:
    """Linear between the four pixels around a place."""
    column, row = min(int(x), max(planes.shape[2] - 2, 0)), min(int(y), max(planes.shape[1] - 2, 0))
    near = planes[:, row : row + 2, column : column + 2].astype(float)
    wx, wy = (
        np.array([1 - part, part])[:size] for part, size in ((x - column, near.shape[2]), (y - row, near.shape[1]))
    )
    return np.asarray(np.einsum("jyx,y,x->j", near, wy, wx))


def _seen_of_shape(part: InRegion, shape: SpatialModel, psf: RadialPsf) -> np.ndarray:
    """The exposure comes before the point spread function."""
    cube, plane = part.cube, part.cube.geom.plane
    sides = plane.sides(part.columns.mean(), part.rows.mean())
    half = [int(np.ceil(psf.rad[-1] / side)) for side in sides]
    x, y = (np.arange(-size, size + 1) * side for size, side in zip(half, sides, strict=True))
    source = shape.on(cube.geom.image()) * cube.exposure.data
    return part.values(fft_convolve(source, psf.in_pixels(x, y, sides)))


def _text(region: Any) -> str:
    try:
        return region_text(region)
    except ValueError:  # DS9 text knows no compounds
        return "# a compound region"
