"""The faintest point sources that can be detected, at every place of a cube."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.recipe import Recipe
from gpnb.datasets.livetime import stretched
from gpnb.datasets.map import MapDataset
from gpnb.estimate.counted import used_energies
from gpnb.estimate.detectable import Demands
from gpnb.estimate.norms import edges_of, energy_cells
from gpnb.estimate.predict import check_cube
from gpnb.fitting.predictions import Predictions, noted
from gpnb.maps.axis import Axis
from gpnb.maps.kernels import fft_convolve
from gpnb.maps.sky_map import SkyMap
from gpnb.models.reference import with_flux
from gpnb.models.spectral import PowerLaw
from gpnb.models.spectrum import SpectralModel
from gpnb.stats.roots import rising_root

_ZONE = 0.5
"""deg: responses are taken in the middle of each field of this size."""

_CONTAINED = 0.99
"""Part of the point spread function that the kernels hold."""

_LEAST = 1e-3
"""Part of a source that usable pixels hold: where it is less, the source is not looked for."""

_RATIOS = np.geomspace(1e-6, 1e8, 141)
"""Counts of the source over those of the background, at which test statistics are tabulated."""


@told
def sensitivity_map(
    cube: MapDataset,
    spectrum: SpectralModel | None = None,
    significance: float = 5.0,
    energy_edges: Any = None,
    livetime: Any = None,
    models: Any = None,
    min_counts: float = 10.0,
    systematics: float = 0.05,
) -> SkyMap:
    """The least flux of a point source that is detected, in every pixel.

    As `sensitivity`, all energies of a bin and all pixels that the source reaches counting together. The responses are
    those in the middle of fields of half a degree, and the background around a source is taken to be as uniform as the
    mean that a fit of a faint source takes of it: right to some per cent where it does not change much over the point
    spread function, and to a tenth at the rim of what is usable.

    Parameters
    ----------
    cube : MapDataset
        Its responses and its background are used, not its counts.
    spectrum : SpectralModel, optional
        Its shape is assumed; by default a power law with index 2.
    significance : float
        In standard deviations.
    energy_edges : Axis, Quantity or list of str, optional
        Bins of reconstructed energy; by default one of all.
    livetime : Quantity or str, optional
        For other hours than those of the cube.
    models : FitResult, SkyModel, Models, or sequence of SkyModel and BackgroundModel, optional
        What is known of other sources, and of the background.
    min_counts, systematics : float
        As for `sensitivity`.

    Returns
    -------
    SkyMap
        Integral fluxes in the bins, cm-2 s-1; NaN where nothing is usable.

    Raises
    ------
    ArgumentError
        If the cube has no background, or an argument does not fit.
    SelectionError
        If it has no point spread function or energy dispersion.

    Examples
    --------
    >>> import gpnb
    >>> gpnb.sensitivity_map(cube, energy_edges=["0.1 TeV", "1 TeV", "10 TeV"])  # doctest: +SKIP
    """
    check_cube(cube)
    demands = Demands(significance, min_counts, systematics)
    recipe = Recipe.of_call(sensitivity_map, locals(), name="limits", models=noted(models))
    (item,) = stretched([cube], livetime)
    background = _background(item, models)
    axis = item.geom.axis("energy")
    edges = edges_of(_ends(axis) if energy_edges is None else energy_edges)
    (numbers,) = energy_cells([item], edges)
    spectral = with_flux(PowerLaw(index=2) if spectrum is None else spectrum)
    norm = np.full((len(edges) - 1, item.geom.ny, item.geom.nx), np.nan)
    for rows, columns, center in _zones(item):
        field = _Field.of(item, background, spectral, rows, columns, center)
        for number in range(len(norm)):
            chosen = (numbers == number) & used_energies(item)
            if chosen.any():
                norm[number, rows, columns] = field.norm(chosen, demands)
    flux = norm * spectral.integral_bins(edges)[:, None, None]
    return SkyMap(item.geom.cube([Axis.from_edges(edges, "energy", "TeV", "log")]), flux, "cm-2 s-1", recipe)


def _ends(axis: Axis) -> Axis:
    return Axis.from_edges(axis.edge_values[[0, -1]], "energy", "TeV", "log")


def _background(cube: MapDataset, models: Any) -> np.ndarray:
    if cube.counts_off is not None:
        raise ArgumentError(
            f"The background of {cube.name} was measured in OFF regions that share their events: "
            "reduce with background='field-of-view' or None."
        )
    if cube.psf is None or cube.edisp is None:
        raise SelectionError(f"{cube.name} has no point spread function or energy dispersion: reduce it with both.")
    background = Predictions(cube, [] if models is None else models).total()
    if not (background[cube.usable] > 0).any():
        raise ArgumentError(f"{cube.name} has no background: reduce it with one, or give models= that predict it.")
    return np.where(cube.usable & (background > 0), background, 0.0)


def _zones(cube: MapDataset) -> Iterator[tuple[slice, slice, SkyCoord]]:
    """Fields with one set of responses each: rows, columns and the middle."""
    geom = cube.geom
    sides = geom.plane.sides(np.array((geom.nx - 1) / 2), np.array((geom.ny - 1) / 2))
    parts = [
        np.array_split(np.arange(size), max(1, round(size * side / _ZONE)))
        for size, side in zip((geom.nx, geom.ny), sides, strict=True)
    ]
    for row in parts[1]:
        for column in parts[0]:
            lon, lat = geom.plane.sky(np.array(column.mean()), np.array(row.mean()))
            if np.isfinite([lon, lat]).all():
                center = SkyCoord(lon, lat, unit="deg", frame=geom.frame)
                yield slice(row[0], row[-1] + 1), slice(column[0], column[-1] + 1), center


@dataclass(frozen=True, eq=False)
class _Field:
    """Pixels with one set of responses.

    Parameters
    ----------
    signal : array, shape (n_energy, ny, nx)
        Counts of a source of norm 1 in each pixel.
    kernel : array, shape (n_energy, ky, kx)
        Where these are seen.
    seen : array
        The part of them that usable pixels hold.
    squares : array
        Σ K² over usable pixels, and Σ K²/b.
    """

    signal: np.ndarray
    kernel: np.ndarray
    seen: np.ndarray
    squares: tuple[np.ndarray, np.ndarray]

    @classmethod
    def of(
        cls,
        cube: MapDataset,
        background: np.ndarray,
        spectral: SpectralModel,
        rows: slice,
        columns: slice,
        at: SkyCoord,
    ) -> _Field:
        """Of a part of a cube."""
        assert cube.psf is not None
        assert cube.edisp is not None
        psf, exposure = cube.psf.at(at), cube.exposure.data[:, rows, columns].astype(float)
        flux = spectral.integral_bins(cube.exposure.geom.axes[0].edge_values)
        weights = (flux[:, None] * cube.edisp.at(at)).T
        signal = np.einsum("kj,jyx->kyx", weights, exposure)
        share = weights * exposure.mean(axis=(1, 2))
        share /= np.maximum(share.sum(axis=1, keepdims=True), np.finfo(float).tiny)
        sides = cube.geom.plane.sides(
            np.array((columns.start + columns.stop - 1) / 2), np.array((rows.start + rows.stop - 1) / 2)
        )
        reach = float(np.nanmax(np.where(share.sum(axis=0) > 0, psf.containment_radius(_CONTAINED), 0.0)))
        x, y = (np.arange(-half, half + 1) * side for side in sides for half in [int(np.ceil(reach / side))])
        kernel = np.einsum("kj,jyx->kyx", share, psf.in_pixels(x, y, sides))
        wide = _Wide(rows, columns, (y.size // 2, x.size // 2), background.shape[1:])
        near = wide.taken(background)
        with np.errstate(divide="ignore"):
            inverse = np.where(near > 0, 1 / near, 0.0)
        usable = (near > 0).astype(float)
        pairs = ((usable, kernel), (usable, kernel**2), (inverse, kernel**2))
        sums = [wide.own(fft_convolve(planes, power)) for planes, power in pairs]
        return cls(signal, kernel, sums[0], (sums[1], sums[2]))

    def norm(self, chosen: np.ndarray, demands: Demands) -> np.ndarray:
        """The least norms with some energies together, shape (ny, nx)."""
        signal, seen = self.signal[chosen], self.seen[chosen]
        squares, inverse = (part[chosen] for part in self.squares)
        usable = (signal > 0) & (seen > _LEAST)
        counts = np.where(usable, signal * seen, 0.0).sum(axis=0)
        weight = np.where(usable, signal**2 * inverse, 0.0).sum(axis=0)
        good = (counts > 0) & (weight > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            background = np.where(usable, squares / inverse, 1.0)
            part = np.where(usable, squares / (self.kernel[chosen] ** 2).sum(axis=(1, 2))[:, None, None], 0.0)
            unit = np.where(good, demands.significance / np.sqrt(np.where(good, weight, 1.0)), 0.0)
            ratio = np.where(usable & good, signal / background, 0.0)
        tables = np.array([_table(kernel) for kernel in self.kernel[chosen]])

        def missing(norm: np.ndarray) -> np.ndarray:
            with np.errstate(divide="ignore"):
                logs = np.log(norm * unit * ratio)
            ts = sum(
                share * level * np.exp(np.interp(log, np.log(_RATIOS), table, left=-np.inf))
                for share, level, log, table in zip(part, background, logs, tables, strict=True)
            )
            return np.where(good, ts - demands.significance**2, 0.0)

        by_ts = unit * rising_root(missing, np.zeros(good.shape), np.ones(good.shape))
        with np.errstate(divide="ignore", invalid="ignore"):
            others = demands.min_counts / counts, demands.systematics * counts / weight
        return np.where(good, np.maximum(by_ts, np.maximum(*others)), np.nan)


@dataclass(frozen=True)
class _Wide:
    """A part of a map with room for a kernel on all sides, as far as the map goes."""

    rows: slice
    columns: slice
    halves: tuple[int, int]
    shape: tuple[int, ...]

    @property
    def _ends(self) -> list[tuple[int, int]]:
        parts = zip((self.rows, self.columns), self.halves, self.shape, strict=True)
        return [(max(part.start - half, 0), min(part.stop + half, size)) for part, half, size in parts]

    def taken(self, planes: np.ndarray) -> np.ndarray:
        """The part with its surroundings."""
        (top, bottom), (left, right) = self._ends
        return planes[:, top:bottom, left:right]

    def own(self, planes: np.ndarray) -> np.ndarray:
        """The part alone, of what was `taken`."""
        (top, _), (left, _) = self._ends
        rows = slice(self.rows.start - top, self.rows.stop - top)
        return planes[:, rows, self.columns.start - left : self.columns.stop - left]


def _table(kernel: np.ndarray) -> np.ndarray:
    """Logarithm of the test statistic at background 1 a pixel, at `_RATIOS`."""
    counts = kernel[kernel > 0] * _RATIOS[:, None]
    total = 2 * ((1 + counts) * np.log1p(counts) - counts)
    series = np.where(counts < 1e-4, counts**2 * (1 - counts / 3), total)  # the difference of what is nearly equal
    return np.asarray(np.log(series.sum(axis=1)))
