"""Cubes in one FITS file, in the layout that Gammapy writes: maps, reduced responses, masks and good times."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.io import fits
from astropy.table import Table

from gpnb.core.errors import DataFormatError
from gpnb.core.fits_file import open_fits
from gpnb.core.header_text import plain_text
from gpnb.core.recipe import Recipe
from gpnb.core.text_file import parse_json
from gpnb.datasets.flags import Flag
from gpnb.datasets.good_time import good_time_of
from gpnb.datasets.map import MapDataset
from gpnb.datasets.map_responses import read_dispersion, read_psf
from gpnb.irf.reduced_psf import ReducedPsf
from gpnb.maps.axis import Axis
from gpnb.maps.files import map_from_hdus
from gpnb.maps.geometry import WcsGeometry
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
            psf=_psf(hdus, counts.geom, true, found, source),
            edisp=read_dispersion(hdus, counts.geom, (true, energy), source) if "EDISP" in found else None,
            gti=good_time_of(hdus, path),
            runs=_runs(hdus) if "GPNB_RUNS" in found else Table(),
            notes=_notes(hdus[0].header, source),
            name=name or plain_text(hdus[0].header.get("NAME", "cube")),
            recipe=Recipe.of("gpnb.MapDataset.read()", path=source, name="cube"),
            **_with_background(maps),
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


def _with_background(maps: dict[str, SkyMap]) -> dict[str, SkyMap]:
    """The maps, with the background that OFF counts give where it is not among them."""
    if "background" in maps or not {"counts_off", "acceptance", "acceptance_off"} <= maps.keys():
        return maps
    on, off, acceptance_off = (maps[name].data.astype(float) for name in ("acceptance", "counts_off", "acceptance_off"))
    values = np.divide(on * off, acceptance_off, out=np.zeros(on.shape), where=acceptance_off > 0)
    return {**maps, "background": SkyMap(maps["counts_off"].geom, values)}


def _psf(hdus: fits.HDUList, geom: WcsGeometry, true: Axis, found: set[str], source: str) -> ReducedPsf | None:
    """On the nodes that gpnb has written; else as Gammapy has it."""
    name = next((name for name in ("GPNB_PSF", "PSF") if name in found), None)
    return None if name is None else read_psf(hdus, geom, true, source, name)


def _runs(hdus: fits.HDUList) -> Table:
    table = Table.read(hdus["GPNB_RUNS"])
    table.meta.clear()
    for name in table.colnames:
        if table[name].dtype.kind in "SU":
            table[name] = [plain_text(item) for item in np.char.decode(np.asarray(table[name]).astype("S"), "ascii")]
    return table


def _notes(header: fits.Header, source: str) -> tuple[str, ...]:
    notes = parse_json(str(header.get("NOTES", "[]")), f"{source}, keyword NOTES", "a list")
    return tuple(item for item in notes if isinstance(item, str)) if isinstance(notes, list) else ()


def _flags(hdus: fits.HDUList, counts: SkyMap, found: set[str], source: str) -> np.ndarray:
    if "GPNB_FLAGS" in found:
        return _map(hdus, "GPNB_FLAGS", source).data.astype(np.uint8)
    flags = np.zeros(counts.geom.shape, dtype=np.uint8)
    for hdu, flag in (("MASK_SAFE", Flag.ENERGY), ("MASK_FIT", Flag.USER)):
        if hdu in found:
            good = _map(hdus, hdu, source).data.astype(bool)
            outside = ~good.any(axis=0)
            flags |= np.where(good, 0, flag).astype(np.uint8)
            if hdu == "MASK_SAFE":
                flags |= np.where(outside, Flag.FIELD_OF_VIEW, 0).astype(np.uint8)[None]
    return flags
