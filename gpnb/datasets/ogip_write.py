"""Spectra as OGIP files: PHA, BKG, ARF and RMF (OGIP/92-007, CAL/GEN/92-002)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.io import fits

from gpnb.core.atomic import atomic_set, writing
from gpnb.core.errors import ArgumentError
from gpnb.core.header_text import header_text
from gpnb.datasets.flags import UNUSABLE, Flag
from gpnb.datasets.ogip_matrix import compressed
from gpnb.datasets.spectrum_file import energy_columns, extra_hdus, write_hdus

if TYPE_CHECKING:
    from gpnb.datasets.spectrum import SpectrumDataset

FIRST = 0
"""Number of the first channel: OGIP allows 0 and 1 if TLMIN says which; Gammapy counts from 0 in any case."""

BAD, BAD_BY_USER = 1, 5
"""Values of QUALITY."""

_TRUE = ("ENERG_LO", "ENERG_HI")


def write_ogip(dataset: SpectrumDataset, path: str | os.PathLike[str], overwrite: bool) -> None:
    """See `SpectrumDataset.write_ogip`."""
    pha = Path(path)
    label = pha.name.removeprefix("pha_")
    files = {kind: f"{kind}_{label}" for kind in ("arf", "rmf", "bkg")}
    has_background = dataset.counts_off is not None or dataset.background is not None
    names = {
        "ANCRFILE": header_text(files["arf"]),
        "RESPFILE": header_text(files["rmf"]),
        "BACKFILE": header_text(files["bkg"]) if has_background else "none",
    }
    with writing(pha):
        if not pha.parent.is_dir():
            raise ArgumentError(f"{pha} cannot be written: the folder {pha.parent} does not exist.")
    with atomic_set(pha.parent, overwrite) as folder:
        write_hdus(folder / files["arf"], [_arf(dataset)], dataset, {})
        write_hdus(folder / files["rmf"], [_rmf(dataset), _ebounds(dataset)], dataset, {})
        if has_background:
            write_hdus(folder / files["bkg"], [_background(dataset), _ebounds(dataset)], dataset, {})
        on = _spectrum(dataset, dataset.counts, dataset.acceptance, {"HDUCLAS2": "TOTAL", **names})
        write_hdus(folder / pha.name, [on, _ebounds(dataset), *extra_hdus(dataset)], dataset, {})


def _background(dataset: SpectrumDataset) -> fits.BinTableHDU:
    """OFF counts; a known background is marked by POISSERR = F."""
    keys = {"HDUCLAS2": "BKG", "ANCRFILE": "none", "RESPFILE": "none", "BACKFILE": "none"}
    if dataset.counts_off is not None and dataset.acceptance_off is not None:
        return _spectrum(dataset, dataset.counts_off, dataset.acceptance_off, keys)
    assert dataset.background is not None
    return _spectrum(dataset, dataset.background, dataset.acceptance, keys, poisson=False)


def _spectrum(
    dataset: SpectrumDataset, counts: np.ndarray, acceptance: np.ndarray, keys: Mapping[str, Any], poisson: bool = True
) -> fits.BinTableHDU:
    whole = bool(np.all(counts == np.rint(counts)))
    columns = [
        fits.Column("CHANNEL", "J", array=_channels(dataset)),
        fits.Column("COUNTS", "J" if whole else "D", "count", array=np.rint(counts) if whole else counts),
        *([] if poisson else [fits.Column("STAT_ERR", "D", "count", array=np.zeros(len(counts)))]),
        fits.Column("QUALITY", "I", array=_quality(dataset)),
        fits.Column("BACKSCAL", "D", array=acceptance),
        fits.Column("FLAGS", "I", array=dataset.flags.astype(np.int16)),
    ]
    hdu = fits.BinTableHDU.from_columns(columns, name="SPECTRUM")
    usual = {"HDUCLAS1": "SPECTRUM", "HDUVERS": "1.2.1", "HDUCLAS3": "COUNT", "HDUCLAS4": "TYPE:I"}
    scales = {"AREASCAL": 1.0, "CORRFILE": "none", "CORRSCAL": 1.0, "SYS_ERR": 0.0, "GROUPING": 0}
    exposure = {"EXPOSURE": dataset.livetime.to_value("s"), "POISSERR": poisson}
    runs = dataset.obs_ids
    run = {"OBS_ID": runs[0] if len(runs) == 1 else header_text(dataset.name)}
    return _keyed(dataset, hdu, usual | exposure | scales | run | dict(keys), channel_column=1)


def _arf(dataset: SpectrumDataset) -> fits.BinTableHDU:
    seconds = dataset.livetime.to_value("s")
    if not seconds > 0:
        raise ArgumentError(f"{dataset.name} has a live time of {seconds} s: OGIP cannot tell its effective area.")
    area = fits.Column("SPECRESP", "D", "cm2", array=dataset.exposure / seconds)
    hdu = fits.BinTableHDU.from_columns([*energy_columns(dataset.energy_true, "keV", _TRUE), area], name="SPECRESP")
    return _keyed(dataset, hdu, {"HDUCLAS1": "RESPONSE", "HDUCLAS2": "SPECRESP", "HDUVERS": "1.1.0"})


def _rmf(dataset: SpectrumDataset) -> fits.BinTableHDU:
    columns = [*energy_columns(dataset.energy_true, "keV", _TRUE), *compressed(dataset.edisp, FIRST)]
    hdu = fits.BinTableHDU.from_columns(columns, name="MATRIX")
    keys = {
        "HDUCLAS1": "RESPONSE",
        "HDUCLAS2": "RSP_MATRIX",
        "HDUCLAS3": "REDIST",
        "HDUVERS": "1.3.0",
        "NUMGRP": int(columns[2].array.sum()),
        "NUMELT": int(np.count_nonzero(dataset.edisp)),
        "LO_THRES": 0.0,
    }
    return _keyed(dataset, hdu, keys, channel_column=4)


def _ebounds(dataset: SpectrumDataset) -> fits.BinTableHDU:
    columns = [fits.Column("CHANNEL", "J", array=_channels(dataset)), *energy_columns(dataset.energy, "keV")]
    hdu = fits.BinTableHDU.from_columns(columns, name="EBOUNDS")
    keys = {"HDUCLAS1": "RESPONSE", "HDUCLAS2": "EBOUNDS", "HDUVERS": "1.2.0"}
    return _keyed(dataset, hdu, keys, channel_column=1)


def _keyed(
    dataset: SpectrumDataset, hdu: fits.BinTableHDU, keys: Mapping[str, Any], channel_column: int | None = None
) -> fits.BinTableHDU:
    """The table with its keywords, and those that all of them have."""
    n = dataset.energy.n
    both = {"HDUCLASS": "OGIP", "TELESCOP": "UNKNOWN", "INSTRUME": "UNKNOWN", "FILTER": "NONE", **keys}
    if channel_column is not None:
        both |= {"CHANTYPE": "PI", "DETCHANS": n}
        both |= {f"TLMIN{channel_column}": FIRST, f"TLMAX{channel_column}": FIRST + n - 1}
    hdu.header.update(both)
    return hdu


def _channels(dataset: SpectrumDataset) -> np.ndarray:
    return np.arange(FIRST, FIRST + dataset.energy.n, dtype=np.int32)


def _quality(dataset: SpectrumDataset) -> np.ndarray:
    bad = dataset.flags & np.uint8(UNUSABLE)
    return np.select([bad == 0, bad == Flag.USER], [0, BAD_BY_USER], BAD).astype(np.int16)
