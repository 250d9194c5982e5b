"""A cube in one FITS file: as Gammapy reads it, and beside that what gpnb knows and Gammapy does not."""

from __future__ import annotations

import json
import os
import warnings
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.table import Table

from gpnb.core.atomic import atomic_file
from gpnb.core.header_text import as_ascii, header_text
from gpnb.core.provenance import creator, provenance_card
from gpnb.data.run_tables import gti_hdu
from gpnb.datasets.flags import UNUSABLE, Flag
from gpnb.datasets.map import MapDataset
from gpnb.datasets.response_nodes import at_nodes
from gpnb.irf.node_sums import NodeSums
from gpnb.irf.radial_psf import RadialPsf
from gpnb.irf.reduced_psf import ReducedPsf
from gpnb.maps.axis import Axis
from gpnb.maps.files import map_hdus
from gpnb.maps.sky_map import SkyMap

_RINGS = 120
"""Bins of the angle of the point spread function that Gammapy reads: even ones, as it needs them."""

_SQUARE_DEGREES = (180 / np.pi) ** 2

_MAPS = ("counts", "exposure", "background", "counts_off", "acceptance", "acceptance_off")


def write_map_dataset(cube: MapDataset, path: str | os.PathLike[str], overwrite: bool = False) -> None:
    """Write a cube into one file, all or nothing; see `MapDataset.write`."""
    hdus = fits.HDUList([_primary(cube), *_hdus(cube)])
    with warnings.catch_warnings(), atomic_file(path, overwrite) as temporary:
        # long provenance is what CONTINUE cards are for
        warnings.filterwarnings("ignore", "Card is too long", fits.verify.VerifyWarning)
        hdus.writeto(temporary, checksum=True)


def _primary(cube: MapDataset) -> fits.PrimaryHDU:
    primary = fits.PrimaryHDU()
    primary.header["CREATOR"] = creator()
    primary.header["LONGSTRN"] = "OGIP 1.0"  # the convention for values longer than a card
    primary.header["NAME"] = header_text(cube.name)
    primary.header["NOTES"] = json.dumps(list(cube.notes))
    primary.header.set(*provenance_card(cube.recipe))
    return primary


def _hdus(cube: MapDataset) -> list[Any]:
    hdus = [hdu for name in _MAPS if name in cube.maps for hdu in map_hdus(cube.maps[name], name)]
    flags = cube.flags.data.astype(np.uint8)
    safe = (flags & np.uint8(UNUSABLE & ~Flag.USER)) == 0
    masks = {"mask_safe": safe.astype(np.uint8), "mask_fit": ((flags & np.uint8(Flag.USER)) == 0).astype(np.uint8)}
    for name, values in {**masks, "gpnb_flags": flags}.items():
        hdus += map_hdus(SkyMap(cube.geom, values), name)
    if cube.psf is not None:
        hdus += _psf_hdus(cube.psf, cube.exposure)
    if cube.edisp is not None:
        true, energy = cube.edisp.energy_true, cube.edisp.energy
        sums = at_nodes(cube.edisp.sums, cube.exposure, cube.edisp.at)
        hdus += _response_hdus("edisp", sums, (energy, true))
    if cube.gti is not None:
        hdus.append(gti_hdu(cube.gti.start_values, cube.gti.stop_values, cube.gti.reference))
    return hdus + ([_runs_hdu(cube.runs)] if cube.runs.colnames else [])


def _runs_hdu(runs: Table) -> fits.BinTableHDU:
    hdu = fits.table_to_hdu(as_ascii(runs))
    hdu.name = "GPNB_RUNS"
    return hdu


def _psf_hdus(psf: ReducedPsf, exposure: SkyMap) -> list[Any]:
    """On even rings, and at the angles that it has."""
    sums, true = at_nodes(psf.sums, exposure, lambda place: psf.at(place).density), psf.energy_true
    nodes = Axis.from_nodes(psf.rad, "rad", "deg")
    edges = np.linspace(0.0, psf.rad[-1], _RINGS + 1)
    rings = NodeSums(sums.geom, np.zeros((true.n, _RINGS, *sums.geom.shape)), sums.weight)
    area = np.pi * np.diff(edges**2)
    for row, column in zip(*np.nonzero(sums.weight.any(axis=0)), strict=True):
        density = _mean(sums, row, column)
        if not (density > 0).any():
            continue
        contained = RadialPsf.from_table(true, psf.rad, density).containment(edges)
        rings.total[..., row, column] = sums.weight[:, row, column, None] * np.diff(contained, axis=1) / area
    even = Axis.from_edges(edges, "rad", "deg")
    return [
        *_response_hdus("psf", rings, (even, true), "sr-1", _SQUARE_DEGREES),
        *_response_hdus("gpnb_psf", sums, (nodes, true), "sr-1", _SQUARE_DEGREES),
    ]


def _mean(sums: NodeSums, row: int, column: int) -> np.ndarray:
    total, weight = sums.total[..., row, column].astype(float), sums.weight[:, row, column, None]
    return np.asarray(np.divide(total, weight, out=np.zeros(total.shape), where=weight > 0))


def _response_hdus(
    name: str, sums: NodeSums, axes: tuple[Axis, Axis], unit: str = "", factor: float = 1.0
) -> list[Any]:
    """Means at the nodes, and the exposure that they stand on."""
    weight = sums.weight[:, None]
    total = sums.total.astype(float)
    mean = np.divide(total, weight, out=np.zeros(total.shape), where=weight > 0) * factor
    exposure = SkyMap(sums.geom.cube([axes[0].squash(), axes[1]]), weight, "cm2 s")
    response = SkyMap(sums.geom.cube(axes), mean, unit)
    return [*map_hdus(response, name), *map_hdus(exposure, f"{name}_exposure")]
