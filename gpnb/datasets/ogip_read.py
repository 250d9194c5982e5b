"""Reading OGIP spectra with the response and background files that they name."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import DataFormatError
from gpnb.core.faults import faults_told
from gpnb.core.fits_file import column_values, find_hdu, open_fits, reading
from gpnb.core.header_keys import keyword_number, whole_number
from gpnb.core.header_text import plain_text
from gpnb.core.recipe import Recipe
from gpnb.core.warn import warn
from gpnb.datasets.flags import Flag
from gpnb.datasets.grouping import join_bins
from gpnb.datasets.ogip_matrix import expanded
from gpnb.datasets.ogip_write import BAD
from gpnb.datasets.spectrum_file import check_numbers, energy_axis, positive_seconds, read_extra
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
    energy, energy_true, edisp, area, channels = _response(pha, header)
    on = _in_order(on, channels, pha)
    seconds = positive_seconds(header, "EXPOSURE", f"{pha}, HDU SPECTRUM")
    run = whole_number(header.get("OBS_ID"))  # stacked spectra have words there
    facts: dict[str, Any] = {"name": pha.stem.removeprefix("pha_"), "obs_ids": () if run is None else (run,)}
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
        **_background(pha, header, on, channels),
        **facts,
        recipe=Recipe.of("gpnb.SpectrumDataset.read_ogip()", path=str(pha), name="spectrum"),
    )
    starts = np.unique(np.append(0, np.flatnonzero(on["grouping"] != -1)))  # the first channel begins a group
    return dataset if len(starts) == energy.n else join_bins(dataset, starts)


def _counts(hdu: Any, path: Path) -> dict[str, np.ndarray]:
    """The columns of a SPECTRUM table, or the keywords that stand for them, as float arrays, a row a channel."""
    header, where = hdu.header, f"{path}, HDU {hdu.name}"
    columns = {column.name.upper() for column in getattr(hdu, "columns", ())}
    if "CHANNEL" not in columns:
        raise DataFormatError(f"{where}: column CHANNEL is missing, so this is no PHA spectrum.")
    kind = str(header.get("HDUCLAS4", "")).upper()
    channel = _column(hdu, "CHANNEL", path)
    if kind.endswith(("II", ":2")) or channel.ndim != 1:
        raise DataFormatError(f"{path} holds many spectra (type II): split it into files of type I.")
    seconds = positive_seconds(header, "EXPOSURE", where)
    counts = _column(hdu, "COUNTS", path) if "COUNTS" in columns else _column(hdu, "RATE", path) * seconds

    def values(key: str, default: float) -> np.ndarray:
        if key in columns:
            return _column(hdu, key, path)
        known = header.get(key) not in (None, "")
        return np.full(len(counts), keyword_number(header, key, where) if known else default)

    quality = values("QUALITY", 0)
    flags = np.select([quality == 0, quality == BAD], [0, Flag.ENERGY], Flag.USER)
    found = {
        "channel": channel,
        "counts": counts,
        "flags": _column(hdu, "FLAGS", path) if "FLAGS" in columns else flags,
        "grouping": values("GROUPING", 0),
        "backscal": values("BACKSCAL", 1.0),
        "areascal": values("AREASCAL", 1.0),
    }
    for name, item in found.items():
        if item.shape != channel.shape or not np.isfinite(item).all() or (name != "grouping" and (item < 0).any()):
            raise DataFormatError(f"{where}: {name.upper()} holds numbers that it cannot, one a channel is expected.")
    return found


def _in_order(found: dict[str, np.ndarray], channels: np.ndarray, path: Path) -> dict[str, np.ndarray]:
    """The rows of a spectrum in the order of the response's channels, by the numbers that they have."""
    order = np.argsort(found["channel"], kind="stable")
    own = found["channel"][order]
    if len(own) != len(channels):
        raise DataFormatError(f"{path} has {len(own)} channels, but its response has {len(channels)}.")
    if not np.array_equal(own, channels):
        if not np.array_equal(own - own[0], channels - channels[0]):
            raise DataFormatError(
                f"{path} and its response have channels of other numbers: they do not belong together."
            )
        told = f"{path} counts its channels from {own[0]:g}, its response from {channels[0]:g}: taken in their order."
        warn(told)
    return {name: values[order] for name, values in found.items()}


def _column(hdu: Any, name: str, path: Path) -> np.ndarray:
    """A column as floats; counts are counts, whatever unit is given."""
    found = next((column.name for column in hdu.columns if column.name.upper() == name), None)
    if found is None:
        raise DataFormatError(f"{path}, HDU {hdu.name}: column {name} is missing.")
    with reading(path):
        return np.asarray(hdu.data[found], dtype=float)


def _background(pha: Path, header: dict[str, Any], on: dict[str, np.ndarray], channels: np.ndarray) -> dict[str, Any]:
    """OFF counts and their acceptance in units of the ON exposure; a known background if errors are not Poisson's."""
    path = _named(pha, header, "BACKFILE")
    if path is None:
        return {}
    with open_fits(path) as hdus:
        hdu = find_hdu(hdus, "SPECTRUM", path)
        off, other = _in_order(_counts(hdu, path), channels, path), hdu.header
        seconds = (keyword_number(item, "EXPOSURE", str(path)) for item in (other, header))
        scale = off["backscal"] * off["areascal"] * next(seconds) / next(seconds)
        if other.get("POISSERR", True) and "RATE" not in {column.name.upper() for column in hdu.columns}:
            return {"counts_off": off["counts"], "acceptance_off": scale}
    with np.errstate(divide="ignore", invalid="ignore"):
        return {"background": np.nan_to_num(off["counts"] * on["backscal"] * on["areascal"] / scale)}


def _response(pha: Path, header: dict[str, Any]) -> tuple[Axis, Axis, np.ndarray, np.ndarray, np.ndarray]:
    """Reconstructed and true energy, redistribution, effective area (cm2), numbers of the channels."""
    rmf, arf = _named(pha, header, "RESPFILE"), _named(pha, header, "ANCRFILE")
    if rmf is None:
        raise DataFormatError(f"{pha} names no RESPFILE, so its energies are not known: give it an RMF.")
    with open_fits(rmf) as hdus:
        hdu = next((hdu for hdu in hdus if hdu.name in _MATRICES), None)
        if hdu is None:
            raise DataFormatError(f"{rmf} has no HDU MATRIX or SPECRESP MATRIX.")
        bounds = find_hdu(hdus, "EBOUNDS", rmf)
        channels = _column(bounds, "CHANNEL", rmf)
        energy, energy_true = energy_axis(bounds, "energy", rmf), energy_axis(hdu, "energy_true", rmf, _TRUE)
        with faults_told(f"{rmf}, HDU {hdu.name}: the matrix cannot be read"):
            matrix = expanded(hdu.data, energy.n, _first_channel(hdu, bounds))
    check_numbers({}, matrix if arf is not None else np.zeros((1, 1)), str(rmf))
    if not np.array_equal(np.diff(channels), np.ones(energy.n - 1)):
        raise DataFormatError(f"{rmf}, HDU EBOUNDS: the channels must be numbered one by one.")
    if arf is None:
        area = matrix.sum(axis=1)
        kernel = np.divide(matrix, area[:, None], out=np.zeros_like(matrix), where=area[:, None] > 0)
        return energy, energy_true, kernel, area, channels
    axis, area = _area(arf)
    if axis.n != energy_true.n or not np.allclose(axis.edge_values[1:], energy_true.edge_values[1:], rtol=_TOLERANCE):
        raise DataFormatError(f"{arf} and {rmf} have different bins of true energy: they do not belong together.")
    return energy, axis, matrix, area, channels  # the ARF's energies are the more exact ones


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
    name = plain_text(header.get(key, "")).strip()
    return None if name.lower() in ("", "none") else pha.parent / name
