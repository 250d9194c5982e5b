"""Reading OGIP spectra with the response and background files that they name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import DataFormatError
from gpnb.core.fits_file import column_values, find_hdu, open_fits, reading
from gpnb.core.recipe import Recipe
from gpnb.datasets.flags import Flag
from gpnb.datasets.grouping import join_bins
from gpnb.datasets.ogip_matrix import expanded
from gpnb.datasets.ogip_write import BAD
from gpnb.datasets.spectrum_file import energy_axis, read_extra
from gpnb.maps.axis import Axis

if TYPE_CHECKING:
    from gpnb.datasets.spectrum import SpectrumDataset

_TRUE = ("ENERG_LO", "ENERG_HI")
_MATRICES = ("MATRIX", "SPECRESP MATRIX")
_TOLERANCE = 1e-4
"""Relative difference of energies in float32 and float64."""


def read_ogip(path: str | os.PathLike[str], name: str | None = None) -> SpectrumDataset:
    """See `SpectrumDataset.read_ogip`."""
    from gpnb.datasets.spectrum import SpectrumDataset

    pha = Path(path)
    with open_fits(pha) as hdus:
        hdu = find_hdu(hdus, "SPECTRUM", pha)
        on, header = _counts(hdu, pha), dict(hdu.header)
        extra = read_extra(hdus, pha)
        obs_id = header.get("OBS_ID")
    energy, energy_true, edisp, area = _response(pha, header)
    if len(on["counts"]) != energy.n:
        raise DataFormatError(f"{pha} has {len(on['counts'])} channels, but its response has {energy.n}.")
    seconds = float(header["EXPOSURE"])
    facts: dict[str, Any] = {"name": pha.stem.removeprefix("pha_"), "obs_ids": () if obs_id is None else (int(obs_id),)}
    facts |= extra | ({} if name is None else {"name": name})
    dataset = SpectrumDataset(
        energy=energy,
        energy_true=energy_true,
        counts=on["counts"],
        exposure=area * seconds,
        edisp=edisp * on["areascal"],
        livetime=seconds * u.s,
        flags=on["flags"],
        acceptance=on["backscal"] * on["areascal"],
        **_background(pha, header),
        **facts,
        recipe=Recipe.of("gpnb.SpectrumDataset.read_ogip()", path=str(pha), name="spectrum"),
    )
    starts = np.flatnonzero(on["grouping"] != -1)
    return dataset if len(starts) == energy.n else join_bins(dataset, starts)


def _counts(hdu: Any, path: Path) -> dict[str, np.ndarray]:
    """The columns of a SPECTRUM table, or the keywords that stand for them, as float arrays."""
    header = hdu.header
    kind = str(header.get("HDUCLAS4", "")).upper()
    if kind.endswith(("II", ":2")) or np.ndim(hdu.data[0]["CHANNEL"]):
        raise DataFormatError(f"{path} holds many spectra (type II): split it into files of type I.")
    if "EXPOSURE" not in header:
        raise DataFormatError(f"{path}, HDU {hdu.name}: the keyword EXPOSURE is missing.")
    columns = {column.name.upper() for column in hdu.columns}
    if "COUNTS" in columns:
        counts = _column(hdu, "COUNTS", path)
    else:
        counts = _column(hdu, "RATE", path) * float(header["EXPOSURE"])

    def values(key: str, default: float) -> np.ndarray:
        if key in columns:
            return _column(hdu, key, path)
        value = header.get(key)
        return np.full(len(counts), float(default if value in (None, "") else value))

    quality = values("QUALITY", 0)
    flags = np.select([quality == 0, quality == BAD], [0, Flag.ENERGY], Flag.USER)
    return {
        "counts": counts,
        "flags": _column(hdu, "FLAGS", path) if "FLAGS" in columns else flags,
        "grouping": values("GROUPING", 0),
        "backscal": values("BACKSCAL", 1.0),
        "areascal": values("AREASCAL", 1.0),
    }


def _column(hdu: Any, name: str, path: Path) -> np.ndarray:
    """A column as floats; counts are counts, whatever unit is given."""
    found = next((column.name for column in hdu.columns if column.name.upper() == name), None)
    if found is None:
        raise DataFormatError(f"{path}, HDU {hdu.name}: column {name} is missing.")
    with reading(path):
        return np.asarray(hdu.data[found], dtype=float)


def _background(pha: Path, header: dict[str, Any]) -> dict[str, Any]:
    """OFF counts and their acceptance in units of the ON exposure; a known background if errors are not Poisson's."""
    path = _named(pha, header, "BACKFILE")
    if path is None:
        return {}
    with open_fits(path) as hdus:
        hdu = find_hdu(hdus, "SPECTRUM", path)
        off, other = _counts(hdu, path), hdu.header
        scale = off["backscal"] * off["areascal"] * float(other["EXPOSURE"]) / float(header["EXPOSURE"])
        if other.get("POISSERR", True) and "RATE" not in {column.name.upper() for column in hdu.columns}:
            return {"counts_off": off["counts"], "acceptance_off": scale}
    with open_fits(pha) as hdus:
        on = _counts(find_hdu(hdus, "SPECTRUM", pha), pha)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {"background": np.nan_to_num(off["counts"] * on["backscal"] * on["areascal"] / scale)}


def _response(pha: Path, header: dict[str, Any]) -> tuple[Axis, Axis, np.ndarray, np.ndarray]:
    """Reconstructed and true energy, redistribution, effective area (cm2)."""
    rmf, arf = _named(pha, header, "RESPFILE"), _named(pha, header, "ANCRFILE")
    if rmf is None:
        raise DataFormatError(f"{pha} names no RESPFILE, so its energies are not known: give it an RMF.")
    with open_fits(rmf) as hdus:
        hdu = next((hdu for hdu in hdus if hdu.name in _MATRICES), None)
        if hdu is None:
            raise DataFormatError(f"{rmf} has no HDU MATRIX or SPECRESP MATRIX.")
        bounds = find_hdu(hdus, "EBOUNDS", rmf)
        energy, energy_true = energy_axis(bounds, "energy", rmf), energy_axis(hdu, "energy_true", rmf, _TRUE)
        first = _first_channel(hdu, bounds)
        try:
            matrix = expanded(hdu.data, energy.n, first)
        except (ValueError, KeyError, IndexError) as error:
            raise DataFormatError(f"{rmf}, HDU {hdu.name}: the matrix cannot be read ({error}).") from error
    if arf is None:
        area = matrix.sum(axis=1)
        kernel = np.divide(matrix, area[:, None], out=np.zeros_like(matrix), where=area[:, None] > 0)
        return energy, energy_true, kernel, area
    axis, area = _area(arf)
    if axis.n != energy_true.n or not np.allclose(axis.edge_values[1:], energy_true.edge_values[1:], rtol=_TOLERANCE):
        raise DataFormatError(f"{arf} and {rmf} have different bins of true energy: they do not belong together.")
    return energy, axis, matrix, area  # the ARF's energies are the more exact ones


def _area(path: Path) -> tuple[Axis, np.ndarray]:
    with open_fits(path) as hdus:
        hdu = find_hdu(hdus, "SPECRESP", path)
        return energy_axis(hdu, "energy_true", path, _TRUE), column_values(hdu, "SPECRESP", "cm2", path)


def _first_channel(hdu: Any, bounds: Any) -> int:
    """Number of the first channel: TLMIN of F_CHAN, else the first one of EBOUNDS."""
    place = [column.name.upper() for column in hdu.columns].index("F_CHAN") + 1
    return int(hdu.header.get(f"TLMIN{place}", bounds.data["CHANNEL"][0]))


def _named(pha: Path, header: dict[str, Any], key: str) -> Path | None:
    """A file named in the header, beside the PHA file; None for 'none'."""
    name = str(header.get(key, "")).strip()
    return None if name.lower() in ("", "none") else pha.parent / name
