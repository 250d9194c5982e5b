"""Cubes in one FITS file, in the layout that Gammapy writes: maps, reduced responses, masks and good times."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.io import fits

from gpnb.core.errors import DataFormatError
from gpnb.core.fits_file import open_fits
from gpnb.core.recipe import Recipe
from gpnb.data.gti import GTI
from gpnb.datasets.flags import Flag
from gpnb.datasets.map import MapDataset
from gpnb.irf.node_sums import NodeSums
from gpnb.irf.reduced_dispersion import ReducedDispersion
from gpnb.irf.reduced_psf import ReducedPsf
from gpnb.maps.axis import Axis
from gpnb.maps.files import map_from_hdus
from gpnb.maps.sky_map import SkyMap

_PER_SQUARE_DEGREE = (np.pi / 180) ** 2

_MAPS = {
    "counts": "COUNTS",
    "background": "BACKGROUND",
    "counts_off": "COUNTS_OFF",
    "acceptance": "ACCEPTANCE",
    "acceptance_off": "ACCEPTANCE_OFF",
}


def read_map_dataset(path: Any, name: str | None = None) -> MapDataset:
    """Read a cube from one file; see `MapDataset.read`."""
    source = str(path)
    with open_fits(path) as hdus:
        found = {item.name for item in hdus}
        if "COUNTS" not in found or "EXPOSURE" not in found:
            raise DataFormatError(
                f"{source}: expected the maps COUNTS and EXPOSURE of a cube; the file has the HDUs: "
                f"{', '.join(item or 'PRIMARY' for item in sorted(found))}."
            )
        maps: dict[str, Any] = {key: _map(hdus, hdu, source) for key, hdu in _MAPS.items() if hdu in found}
        exposure = _true(_map(hdus, "EXPOSURE", source))
        counts = maps.pop("counts")
        energy, true = counts.geom.axes[0], exposure.geom.axes[0]
        return MapDataset(
            counts=counts,
            exposure=SkyMap(exposure.geom, exposure.quantity.to_value("cm2 s"), "cm2 s"),
            flags=SkyMap(counts.geom, _flags(hdus, counts, found, source)),
            psf=_psf(hdus, true, source) if "PSF" in found else None,
            edisp=_dispersion(hdus, true, energy, source) if "EDISP" in found else None,
            gti=GTI.read(path) if "GTI" in found else None,
            name=name or str(hdus[0].header.get("NAME", "cube")),
            recipe=Recipe.of("gpnb.MapDataset.read()", path=source, name="cube"),
            **maps,
        )


def _map(hdus: fits.HDUList, name: str, source: str) -> SkyMap:
    return map_from_hdus(hdus, name, source)


def _true(exposure: SkyMap) -> SkyMap:
    """Exposure of which the only axis is true energy, whatever it is called."""
    axis = exposure.geom.axes[0]
    if axis.name == "energy_true":
        return exposure
    renamed = Axis.from_edges(axis.edges, "energy_true") if hasattr(axis, "edges") else axis
    return SkyMap(exposure.geom.image().cube([renamed]), exposure.data, exposure.unit)


def _flags(hdus: fits.HDUList, counts: SkyMap, found: set[str], source: str) -> np.ndarray:
    flags = np.zeros(counts.geom.shape, dtype=np.uint8)
    for hdu, flag in (("MASK_SAFE", Flag.ENERGY), ("MASK_FIT", Flag.USER)):
        if hdu in found:
            good = _map(hdus, hdu, source).data.astype(bool)
            outside = ~good.any(axis=0)
            flags |= np.where(good, 0, flag).astype(np.uint8)
            if hdu == "MASK_SAFE":
                flags |= np.where(outside, Flag.FIELD_OF_VIEW, 0).astype(np.uint8)[None]
    return flags


def _psf(hdus: fits.HDUList, true: Axis, source: str) -> ReducedPsf:
    """Mean densities in bins of angle, with the exposure that weighs them."""
    psf, exposure = _map(hdus, "PSF", source), _map(hdus, "PSF_EXPOSURE", source)
    if [axis.name for axis in psf.geom.axes] != ["rad", "energy_true"]:
        raise DataFormatError(f"{source}, HDU PSF: expected the axes rad and energy_true, not {psf.geom.axes!r}.")
    rad = psf.geom.axes[0].centers.to_value("deg")
    density = psf.quantity.to_value("sr-1") * _PER_SQUARE_DEGREE
    rad, density = np.concatenate([[0.0], rad]), np.concatenate([density[:, :1], density], axis=1)
    weight = _weights(exposure)
    return ReducedPsf.from_sums(true, rad, _sums(psf, density, weight))


def _dispersion(hdus: fits.HDUList, true: Axis, energy: Axis, source: str) -> ReducedDispersion:
    """Chances of each energy, or densities of the migration, with the exposure that weighs them."""
    edisp, exposure = _map(hdus, "EDISP", source), _map(hdus, "EDISP_EXPOSURE", source)
    names = [axis.name for axis in edisp.geom.axes]
    weight = _weights(exposure)
    if names == ["energy", "energy_true"]:
        return ReducedDispersion.from_sums(true, energy, _sums(edisp, edisp.data, weight))
    if names != ["migra", "energy_true"]:
        raise DataFormatError(f"{source}, HDU EDISP: expected the axes energy or migra, and energy_true, not {names}.")
    chances = _from_migration(edisp.data, edisp.geom.axes[0].edge_values, true, energy)
    return ReducedDispersion.from_sums(true, energy, _sums(edisp, chances, weight))


def _from_migration(density: np.ndarray, edges: np.ndarray, true: Axis, energy: Axis) -> np.ndarray:
    """Chances of each energy: differences of the cumulated density; shape (n_true, n_energy, ny, nx)."""
    steps = density * np.diff(edges)[:, None, None]
    total = steps.sum(axis=1, keepdims=True)
    cumulated = np.concatenate([np.zeros_like(total), np.cumsum(steps, axis=1)], axis=1)
    cumulated = np.divide(cumulated, total, out=np.zeros_like(cumulated), where=total > 0)
    found = np.empty((true.n, energy.n, *density.shape[2:]))
    for number, centre in enumerate(true.center_values):
        place = np.interp(energy.edge_values / centre, edges, np.arange(edges.size))
        low = np.minimum(place.astype(int), edges.size - 2)
        part = (place - low)[:, None, None]
        own = (1 - part) * cumulated[number, low] + part * cumulated[number, low + 1]
        found[number] = np.diff(own, axis=0)
    return found


def _weights(exposure: SkyMap) -> np.ndarray:
    """Exposure at the nodes, shape (n_true, ny, nx)."""
    values = exposure.quantity.to_value("cm2 s")
    return np.asarray(values.reshape(values.shape[0], *values.shape[-2:]) if values.ndim == 4 else values, dtype=float)


def _sums(sky_map: SkyMap, values: np.ndarray, weight: np.ndarray) -> NodeSums:
    values = np.nan_to_num(np.asarray(values, dtype=float))
    return NodeSums(sky_map.geom.image(), values * weight[:, None], weight)
