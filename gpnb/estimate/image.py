"""A cube as an image, with responses weighted by a spectrum."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

from gpnb.core.binding import told
from gpnb.core.errors import SelectionError
from gpnb.core.recipe import Recipe
from gpnb.datasets.flags import UNUSABLE, Flag
from gpnb.datasets.map import MapDataset
from gpnb.datasets.off_sums import joined_acceptance
from gpnb.irf.reduced_dispersion import ReducedDispersion
from gpnb.irf.reduced_psf import MadePsf, ReducedPsf
from gpnb.maps.axis import Axis
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap
from gpnb.models.spectral import PowerLaw
from gpnb.models.spectrum import SpectralModel


@told
def to_image(cube: MapDataset, spectrum: SpectralModel | None = None) -> MapDataset:
    """Add up the energies of a cube, for fits of position, extension and shape in milliseconds.

    Exposure and point spread function are those that a source of this spectrum has, so that its flux in the whole
    range is right; a fit of the image cannot tell the spectrum's shape: freeze it.

    Parameters
    ----------
    cube : MapDataset
        With point spread function and energy dispersion. In each pixel usable energies are added.
    spectrum : SpectralModel, optional
        Of the source; a power law of index 2 by default.

    Returns
    -------
    MapDataset
        With one bin of energy, and one of true energy, both of the range in which any pixel is usable.

    Raises
    ------
    SelectionError
        If nothing is usable, or a response is missing.

    Examples
    --------
    >>> import gpnb
    >>> image = gpnb.to_image(cube, gpnb.PowerLaw(index=2.6))  # doctest: +SKIP
    >>> crab = crab.freeze("index")  # doctest: +SKIP
    >>> gpnb.fit(image, crab)  # doctest: +SKIP
    """
    if cube.psf is None or cube.edisp is None:
        raise SelectionError(f"{cube.name} has no reduced point spread function or dispersion: use gpnb.reduce_map.")
    spectrum = spectrum or PowerLaw(index=2)
    usable = cube.usable
    energies = np.flatnonzero(usable.any(axis=(1, 2)))
    if not energies.size:
        raise SelectionError(f"{cube.name} has no usable bin.")
    edges = cube.geom.axis("energy").edge_values[[energies[0], energies[-1] + 1]]
    low, high = edges * u.TeV
    energy, true = (Axis.energy(low, high, nbin=1, name=name) for name in ("energy", "energy_true"))
    geom = cube.geom.image().cube([energy])
    flux = _share(cube, spectrum, edges)
    exposure = SkyMap(cube.geom.image().cube([true]), _exposure(cube, flux, usable)[None], "cm2 s")
    recipe = Recipe.of_call(to_image, locals(), name="image")
    return replace(
        cube,
        counts=SkyMap(geom, _summed(cube.counts.data, usable)),
        background=None if cube.background is None else SkyMap(geom, _summed(cube.background.data, usable)),
        exposure=exposure,
        flags=SkyMap(geom, _flags(cube, usable)),
        psf=_psf(cube, flux, exposure, true),
        edisp=ReducedDispersion.constant(np.ones((1, 1)), true, energy, geom.image()),
        **_off(cube, geom, usable),
        name=f"{cube.name}-image",
        recipe=recipe,
    )


def _share(cube: MapDataset, spectrum: SpectralModel, edges: np.ndarray) -> np.ndarray:
    """Flux in each bin of true energy, per flux in the range of the image."""
    true = cube.exposure.geom.axes[0].edge_values
    parts = spectrum.integral(true[:-1] * u.TeV, true[1:] * u.TeV)
    return np.asarray((parts / spectrum.integral(*(edges * u.TeV))).to_value(""))


def _exposure(cube: MapDataset, flux: np.ndarray, usable: np.ndarray) -> np.ndarray:
    assert cube.edisp is not None
    seen = cube.edisp.at(cube.geom.center)
    energies = np.tensordot((seen * flux[:, None]).T, cube.exposure.data, axes=1)
    return np.asarray((energies * usable).sum(axis=0))


def _psf(cube: MapDataset, flux: np.ndarray, exposure: SkyMap, true: Axis) -> ReducedPsf:
    assert cube.psf is not None
    return ReducedPsf(true, [_PsfOfSpectrum(exposure, cube.psf, cube, flux)], rad=cube.psf.rad)


@dataclass(frozen=True, eq=False)
class _PsfOfSpectrum(MadePsf):
    """The point spread function that photons of a spectrum have in a cube: asked of it at the place itself.

    Parameters
    ----------
    cube : MapDataset
        With its responses.
    flux : ndarray, shape (n_true,)
        Of the spectrum.
    """

    cube: MapDataset
    flux: np.ndarray

    def values(self, position: SkyCoord, second: Any) -> np.ndarray:
        cube = self.cube
        assert cube.edisp is not None
        x, y = (float(value) for value in cube.geom.coord_pixel(position))
        column, row = (int(np.clip(round(v), 0, n - 1)) for v, n in ((x, cube.geom.nx), (y, cube.geom.ny)))
        usable = cube.usable.any(axis=(1, 2))
        seen = cube.edisp.at(position)[:, usable].sum(axis=1)
        weight = self.flux * cube.exposure.data[:, row, column] * seen
        density, total = self.psf.at(position).evaluate(second), weight.sum()
        return np.asarray((weight @ density / total if total > 0 else density.mean(axis=0))[None])


def _summed(values: np.ndarray, usable: np.ndarray) -> np.ndarray:
    return np.asarray(np.where(usable, values, 0).sum(axis=0, dtype=float)[None])


def _flags(cube: MapDataset, usable: np.ndarray) -> np.ndarray:
    """Good where any energy is; else every reason that there is."""
    flags = np.bitwise_or.reduce(cube.flags.data.astype(np.uint8), axis=0)
    excluded = flags & np.uint8(Flag.EXCLUDED)
    return np.asarray(np.where(usable.any(axis=0), flags & ~np.uint8(UNUSABLE) | excluded, flags))[None]


def _off(cube: MapDataset, geom: WcsGeometry, usable: np.ndarray) -> dict[str, Any]:
    """OFF counts and acceptances, such that alpha times OFF is the background."""
    if cube.counts_off is None or cube.acceptance is None or cube.background is None or cube.acceptance_off is None:
        return {}
    names = ("counts_off", "acceptance", "background", "acceptance_off")
    off, on, background, bare = (_summed(cube.maps[name].data, usable) for name in names)
    acceptance = joined_acceptance(on, off, background, bare)
    maps = {"counts_off": off, "acceptance": on, "acceptance_off": acceptance}
    return {name: SkyMap(geom, values) for name, values in maps.items()}
