"""How much a source at each pixel of a cube adds to the models of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.progress import CancelToken, Report, track
from gpnb.core.recipe import Recipe
from gpnb.core.sky_regions import to_regions
from gpnb.core.units import ANGLE, to_float
from gpnb.datasets.map import MapDataset
from gpnb.estimate.norms import edges_of, energy_cells, true_bounds
from gpnb.estimate.predict import check_cube
from gpnb.estimate.ts_kernels import SourceCounts
from gpnb.estimate.ts_pixels import TsPixels
from gpnb.estimate.ts_source import moved, source_counts
from gpnb.fitting.given import as_models
from gpnb.fitting.limits import Limits
from gpnb.fitting.predictions import Predictions, noted
from gpnb.maps.axis import Axis
from gpnb.maps.masks import region_array
from gpnb.maps.sky_map import SkyMap
from gpnb.models.collection import Models
from gpnb.models.point import PointSource
from gpnb.models.reference import with_flux
from gpnb.models.sky import SkyModel
from gpnb.products.ts_maps import TsMaps
from gpnb.stats.intervals import delta_stat

_FLUX = "cm-2 s-1"


@told
def ts_map(
    cube: MapDataset,
    model: Any,
    models: Any = None,
    region: Any = None,
    energy_edges: Any = None,
    radius: Any = None,
    errors: bool = True,
    preview: bool = False,
    cl: float = 0.95,
    sided: int = 1,
    progress: bool | Report | None = None,
    cancel: CancelToken | None = None,
) -> TsMaps:
    """Put a source on every pixel in turn and fit its norm, over all that other models predict.

    The likelihood is that of each bin of energy and pixel, and the fit exact. The source is seen through the point
    spread function and energy dispersion of its place (known at nodes half a degree apart, and taken as linear between
    them) and the exposure of its pixel, which is that of its centre if it is extended. The test statistic is the gain
    in −2 ln L over no source (Stewart 2009, A&A 495, 989).

    Parameters
    ----------
    cube : MapDataset
        The data. Where OFF counts were measured, the background that they give is taken as known.
    model : SkyModel or SpectralModel
        Shape and spectrum of the source; its place does not matter. A spectrum alone is that of a point.
    models : FitResult, Models, or sequence of SkyModel and BackgroundModel, optional
        All else, with the values that it has; one of the name of `model` is left out. By default the background alone.
    region : SkyRegion or DS9 text, optional
        Look only there; photons of all around count.
    energy_edges : Axis, Quantity or list of str, optional
        Ranges of reconstructed energy, each with a map of its own; by default all energies together.
    radius : Quantity or str, optional
        How far from its centre a source is looked at: long tails of a point spread function cost time. By default as
        far as it goes, but for what is fainter than 1e-5 of its peak.
    errors : bool
        Lower and upper errors and upper limits too, which takes about as long again.
    preview : bool
        One step of a fit from no source at once, by Fourier transforms, with the responses in the middle: roughly
        right where a source is faint, and with an error that is what the background lets expect.
    cl : float
        Confidence of the upper limits, of norms that are not negative.
    sided : {1, 2}
        One-sided limits, or upper ends of two-sided intervals.
    progress : bool or callable, optional
        See `Progress`; by default a bar in a live notebook, for what takes longer than a second.
    cancel : CancelToken, optional
        Checked between tiles of 8 × 8 pixels.

    Returns
    -------
    TsMaps
        NaN where nothing is usable, no source would be seen, or it is not looked.

    Raises
    ------
    ArgumentError
        If an argument does not fit, or the source has a shape without a transform, as maps have.
    SelectionError
        If the cube lacks a response or has no background, or no usable pixel lies in the region.
    Cancelled
        If the token was cancelled.

    Examples
    --------
    >>> import gpnb
    >>> ts = gpnb.ts_map(cube, gpnb.PowerLaw(index=2.3))  # doctest: +SKIP
    >>> gpnb.find_peaks(ts.sqrt_ts, threshold=5)  # doctest: +SKIP
    """
    check_cube(cube)
    source = source_of(model, cube)
    limits = Limits(cl, sided)
    reach = np.inf if radius is None else to_float(radius, ANGLE, "radius")
    if not reach > 0:
        raise ArgumentError(f"radius={radius!r} must be above 0.")
    bands = _Bands.of(cube, energy_edges)
    recipe = Recipe.of_call(ts_map, locals(), name="ts", models=None if models is None else noted(models))
    background, notes = background_of(cube, models, source.name)
    wanted = _wanted(cube, region)
    seen = source_counts(cube, source, _middle(wanted) if preview else wanted, reach)
    maps = _Maps(cube, seen, background, wanted)
    steps = [maps.pixels(energies) for energies in bands.energies]
    if preview:
        found = [maps.score(pixels) for pixels in steps]
    else:
        delta = delta_stat(limits.cl, limits.sided) if errors else None
        tiles = [(band, tile) for band, own in enumerate(steps) for tile in own.tiles(maps.looked(own))]
        found = maps.exact(steps, track(tiles, "Mapping a test statistic", progress, cancel), delta)
    made = bands.maps(cube, source, found, recipe)
    return TsMaps(
        **made, model=source.name, energy=bands.edges, reference=bands.reference(source), cl=cl, sided=sided,
        preview=preview, notes=notes, recipe=recipe,
    )  # fmt: skip


def source_of(model: Any, cube: MapDataset) -> SkyModel:
    """The source that is looked for, in the middle of a cube; a spectrum alone is that of a point.

    Raises
    ------
    ArgumentError
        If it is none, or has a shape without a transform.
    """
    found = as_models(model)
    if len(found) != 1 or found.backgrounds:
        raise ArgumentError(f"model={model!r} must be one source; give the others as models=.")
    source = found.resolved().source(None)
    center = cube.geom.center
    if source.spatial is None:
        source = replace(source, spatial=PointSource(center))
    if not getattr(source.spatial, "has_waves", False):
        kind = type(source.spatial).__name__
        raise ArgumentError(f"model: a {kind} cannot be put on every pixel: give a point, or a shape about a centre.")
    place = center.transform_to(source.spatial.frame).spherical  # type: ignore[union-attr]
    source = moved(source, float(place.lon.deg), float(place.lat.deg))
    return replace(source, spectral=with_flux(source.spectral))


def background_of(cube: MapDataset, models: Any, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Counts of all models but one of this name, and what deserves attention.

    Raises
    ------
    SelectionError
        If there are none.
    """
    given: Any = Models([]) if models is None else getattr(models, "models", models)
    others = Models([item for item in (as_models(given) if len(given) else []) if item.name != name])
    if cube.background is None and not len(others):
        raise SelectionError(f"{cube.name} has no background: reduce it with one, or give models= that predict it.")
    if cube.background is not None and not len(others):
        found = np.asarray(cube.background.data, dtype=float)
    else:
        found = Predictions(cube, others).total()
    lost = float(cube.counts.data[cube.usable & ~(found > 0)].sum())
    notes = (f"{lost:.0f} counts lie where no background is predicted: they are left out.",) if lost else ()
    return found, notes


def _wanted(cube: MapDataset, region: Any) -> np.ndarray:
    """Pixels that are looked at."""
    usable = (cube.usable & np.isfinite(cube.geom.solid_angle)).any(axis=0)
    if region is not None:
        inside = np.zeros(usable.shape, dtype=bool)
        for item in to_regions(region):
            inside |= region_array(cube.geom, item)
        usable &= inside
    if not usable.any():
        where = "" if region is None else f" in region={region!r}"
        raise SelectionError(f"{cube.name} has no usable pixel{where}.")
    return np.asarray(usable)


def _middle(wanted: np.ndarray) -> np.ndarray:
    """One pixel alone."""
    rows, columns = (np.flatnonzero(wanted.any(axis=side)) for side in (1, 0))
    found = np.zeros(wanted.shape, dtype=bool)
    found[(rows[0] + rows[-1]) // 2, (columns[0] + columns[-1]) // 2] = True
    return found


class _Bands:
    """Ranges of energy.

    Parameters
    ----------
    energies : list of array of int
        Numbers of the bins of each.
    edges : tuple of float
        TeV.
    apart : bool
        Whether each has a plane of its own in the maps.
    """

    def __init__(self, energies: list[np.ndarray], edges: tuple[float, ...], apart: bool):
        self.energies, self.edges, self._apart = energies, edges, apart

    @classmethod
    def of(cls, cube: MapDataset, energy_edges: Any) -> _Bands:
        """From edges; without, all energies are one."""
        axis = cube.geom.axis("energy")
        edges = axis.edge_values[[0, -1]] if energy_edges is None else edges_of(energy_edges)
        (cells,) = energy_cells([cube], edges)
        low, high = true_bounds([cube], [cells], edges)
        energies = [np.flatnonzero(cells == number) for number in range(len(low))]
        empty = [number for number, own in enumerate(energies) if not own.size]
        if empty:
            number = empty[0]
            raise SelectionError(
                f"No bin of {cube.name} lies between {edges[number]:.3g} and {edges[number + 1]:.3g} TeV."
            )
        return cls(energies, (*map(float, low), float(high[-1])), energy_edges is not None)

    def reference(self, source: SkyModel) -> tuple[float, ...]:
        """Flux of the model in each range."""
        edges = np.array(self.edges)
        return tuple(map(float, source.spectral.integral_between(edges[:-1], edges[1:])))

    def maps(
        self, cube: MapDataset, source: SkyModel, found: list[dict[str, np.ndarray]], recipe: Recipe
    ) -> dict[str, SkyMap]:
        """Fluxes from norms."""
        image = cube.geom.image()
        geom = image.cube([Axis.energy_edges(np.array(self.edges) * u.TeV)]) if self._apart else image
        reference = np.array(self.reference(source))[:, None, None]
        made = {}
        for name in found[0]:
            values = np.array([own[name] for own in found])
            if name != "sqrt_ts":
                values = values * reference
            title = name.replace("norm", "flux")
            unit = "" if name == "sqrt_ts" else _FLUX
            made[title] = SkyMap(geom, values.reshape(geom.shape), unit, Recipe.of(f".{title}", on=recipe, name=title))
        return made


class _Maps:
    """What maps are made from.

    Parameters
    ----------
    cube : MapDataset
        The data.
    seen : SourceCounts
        The source.
    background : array
        Counts of all else.
    wanted : array of bool
        Where it is looked.
    """

    def __init__(self, cube: MapDataset, seen: SourceCounts, background: np.ndarray, wanted: np.ndarray):
        self._cube, self._seen, self._background, self._wanted = cube, seen, background, wanted

    def pixels(self, energies: np.ndarray) -> TsPixels:
        """The pixels, in some energies together."""
        cube = self._cube
        counts, usable = cube.counts.data[energies], cube.usable[energies]
        return TsPixels(counts, self._background[energies], usable, self._seen.of(energies))

    def looked(self, pixels: TsPixels) -> np.ndarray:
        """Where a source would be seen, and something counts."""
        return np.asarray(self._wanted & pixels.seen)

    def score(self, pixels: TsPixels) -> dict[str, np.ndarray]:
        """The preview."""
        looked = self.looked(pixels)
        return {name: np.where(looked, values, np.nan) for name, values in pixels.score().items()}

    def exact(self, steps: list[TsPixels], tiles: Iterator[Any], delta: float | None) -> list[dict[str, np.ndarray]]:
        """One tile after the other; `delta` is that of limits, without there are none."""
        found: list[dict[str, np.ndarray]] = [{} for _ in steps]
        for band, tile in tiles:
            (rows, columns), norms = steps[band].exact(tile, self.looked(steps[band]))
            for name, values in _values(norms, delta).items():
                if name not in found[band]:
                    found[band][name] = np.full(self._wanted.shape, np.nan)
                found[band][name][rows, columns] = values
        return found


def _values(norms: Any, delta: float | None) -> dict[str, np.ndarray]:
    best = norms.best
    found = {"sqrt_ts": np.sign(best) * np.sqrt(norms.ts), "norm": best, "norm_err": norms.error}
    if delta is not None:
        found["norm_errn"], found["norm_errp"] = norms.errors()
        found["norm_ul"] = norms.limit(delta)
    return found
