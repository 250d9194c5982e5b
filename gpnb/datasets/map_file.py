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
from gpnb.datasets.map_responses import read_dispersion, read_psf
from gpnb.maps.axis import Axis
from gpnb.maps.files import map_from_hdus
from gpnb.maps.sky_map import SkyMap

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
            psf=read_psf(hdus, counts.geom, true, source) if "PSF" in found else None,
            edisp=read_dispersion(hdus, counts.geom, (true, energy), source) if "EDISP" in found else None,
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
