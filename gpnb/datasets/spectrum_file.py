"""A spectrum in one FITS file of our own, with nothing lost."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.time import Time

from gpnb.core.atomic import atomic_file
from gpnb.core.errors import DataFormatError
from gpnb.core.fits_file import column_values, find_hdu, open_fits
from gpnb.core.header_keys import keyword_number
from gpnb.core.header_text import header_text, plain_text
from gpnb.core.provenance import creator, provenance_card
from gpnb.core.recipe import Recipe
from gpnb.core.text_file import parse_json
from gpnb.data.run_tables import gti_hdu
from gpnb.datasets.good_time import good_time_of
from gpnb.maps.axis import Axis

if TYPE_CHECKING:
    from gpnb.datasets.spectrum import SpectrumDataset

_FORMAT = "gpnb-spectrum"
_LONGEST = 1e10
"""Seconds: 300 years."""

_WHOLE = 1.05
"""Largest sum of probabilities, in single precision and rounded."""

_ARRAYS = ("counts", "counts_off", "acceptance", "acceptance_off", "background")


def write_spectrum(dataset: SpectrumDataset, path: str | os.PathLike[str], overwrite: bool) -> None:
    """See `SpectrumDataset.write`."""
    arrays = {name: value for name in _ARRAYS if (value := getattr(dataset, name)) is not None}
    columns = [
        *energy_columns(dataset.energy, "TeV"),
        *(fits.Column(name.upper(), "D", array=value) for name, value in arrays.items()),
        fits.Column("FLAGS", "I", array=dataset.flags.astype(np.int16)),
    ]
    spectrum = fits.BinTableHDU.from_columns(columns, name="SPECTRUM")
    spectrum.header["LIVETIME"] = (dataset.livetime.to_value("s"), "[s]")
    exposure = fits.Column("EXPOSURE", "D", "cm2 s", array=dataset.exposure)
    columns = [*energy_columns(dataset.energy_true, "TeV"), exposure]
    kernel = fits.ImageHDU(dataset.edisp, name="EDISP")
    hdus = [spectrum, fits.BinTableHDU.from_columns(columns, name="EXPOSURE"), kernel, *extra_hdus(dataset)]
    with atomic_file(path, overwrite) as temporary:
        write_hdus(temporary, hdus, dataset, {"FORMAT": _FORMAT, "FORMATV": 1})


def read_spectrum(path: str | os.PathLike[str]) -> SpectrumDataset:
    """See `SpectrumDataset.read`."""
    from gpnb.datasets.spectrum import SpectrumDataset

    with open_fits(path) as hdus:
        if hdus[0].header.get("FORMAT") != _FORMAT:
            raise DataFormatError(
                f"{path} is no spectrum of gpnb (FORMAT={_FORMAT} is missing): read OGIP files with .read_ogip()."
            )
        table, true = (find_hdu(hdus, name, path) for name in ("SPECTRUM", "EXPOSURE"))
        given = {column.name.lower() for column in table.columns}
        arrays: dict[str, Any] = {
            name: column_values(table, name.upper(), "", path) for name in _ARRAYS if name in given
        }
        edisp = np.asarray(find_hdu(hdus, "EDISP", path).data, dtype=float)
        check_numbers(arrays, edisp, str(path))
        return SpectrumDataset(
            energy=energy_axis(table, "energy", path),
            energy_true=energy_axis(true, "energy_true", path),
            exposure=column_values(true, "EXPOSURE", "cm2 s", path),
            edisp=edisp,
            livetime=positive_seconds(table.header, "LIVETIME", f"{path}, HDU {table.name}") * u.s,
            flags=column_values(table, "FLAGS", "", path),
            **arrays,
            **read_extra(hdus, path),
            recipe=Recipe.of("gpnb.SpectrumDataset.read()", path=str(path), name="spectrum"),
        )


def positive_seconds(header: Any, key: str, where: str) -> float:
    """A keyword that is a time of more than nothing."""
    seconds = keyword_number(header, key, where)
    if not 0 < seconds < _LONGEST:
        raise DataFormatError(f"{where}: {key}={seconds:g} s is no time that one can observe for.")
    return seconds


def check_numbers(arrays: Mapping[str, np.ndarray], edisp: np.ndarray, where: str) -> None:
    """Refuse what counts, acceptances and probabilities cannot be."""
    for name, values in arrays.items():
        bad = ~(values >= 0) if name.startswith("counts") else values < 0
        if bad.any():
            raise DataFormatError(
                f"{where}: {name.upper()} of {values[bad][0]:g} in bin {int(np.argmax(bad))} cannot be."
            )
    total = edisp.sum(axis=-1)
    if not (np.all(edisp >= 0) and np.all(total < _WHOLE)):
        raise DataFormatError(
            f"{where}: the probabilities of reconstructed energies are negative, or add up to {np.max(total):g}, not 1."
        )


def energy_columns(axis: Axis, unit: str, names: Sequence[str] = ("E_MIN", "E_MAX")) -> list[fits.Column]:
    """Columns with the lower and upper edges of energy bins."""
    values = (axis.low_values, axis.high_values)
    factor = u.TeV.to(unit)
    return [fits.Column(name, "D", unit, array=edge * factor) for name, edge in zip(names, values, strict=True)]


def energy_axis(hdu: Any, name: str, path: str | os.PathLike[str], columns: Sequence[str] = ("E_MIN", "E_MAX")) -> Axis:
    """The axis of a table with edges; a first edge of zero is moved to a hundredth of its upper edge."""
    low, high = (column_values(hdu, column, "TeV", path) for column in columns)
    if not len(low) or not np.allclose(low[1:], high[:-1], rtol=1e-4) or not np.all(high > low):
        raise DataFormatError(f"{path}, HDU {hdu.name}: the energy bins must rise and touch each other.")
    edges = np.append(low, high[-1])
    edges[0] = edges[0] if edges[0] > 0 else edges[1] / 100
    return Axis.energy_edges(edges * u.TeV, name)


def extra_hdus(dataset: SpectrumDataset) -> list[Any]:
    """Tables of good times and of regions, where there are any."""
    hdus = []
    if dataset.gti is not None:
        gti = dataset.gti
        hdus.append(gti_hdu(gti.start_values, gti.stop_values, gti.reference))
    regions = [("ON", text) for text in [dataset.on_region] if text] + [("OFF", text) for text in dataset.off_regions]
    if regions:
        role, text = (np.array([header_text(word) for word in item]) for item in zip(*regions, strict=True))
        width = f"{text.dtype.itemsize // 4}A"  # numpy has four bytes a letter
        columns = [fits.Column("ROLE", "3A", array=role), fits.Column("REGION", width, array=text)]
        hdus.append(fits.BinTableHDU.from_columns(columns, name="DS9_REGIONS"))
    return hdus


def read_extra(hdus: Any, path: str | os.PathLike[str]) -> dict[str, Any]:
    """What `extra_hdus` and `write_hdus` wrote, as arguments of the dataset."""
    found: dict[str, Any] = {}
    names = {hdu.name for hdu in hdus}
    if "GTI" in names and "MJDREFI" in find_hdu(hdus, "GTI", path).header:
        found["gti"] = good_time_of(hdus, path)
    if "DS9_REGIONS" in names:
        rows = find_hdu(hdus, "DS9_REGIONS", path).data
        texts = {role: [plain_text(row["REGION"]) for row in rows if row["ROLE"] == role] for role in ("ON", "OFF")}
        found |= {"on_region": "".join(texts["ON"]), "off_regions": tuple(texts["OFF"])}
    header = hdus[0].header
    if "DATANAME" in header:
        found["name"] = plain_text(header["DATANAME"])
    for key, name, kind in (("OBSIDS", "obs_ids", int), ("NOTES", "notes", str)):
        items = parse_json(str(header.get(key, "[]")), f"{path}, keyword {key}", "a list")
        if not isinstance(items, list) or not all(isinstance(item, kind) for item in items):
            raise DataFormatError(f"{path}: keyword {key} is not a list of {kind.__name__}.")
        if key in header:
            found[name] = tuple(items)
    return found


def write_hdus(path: Path, hdus: Sequence[Any], dataset: SpectrumDataset, header: dict[str, Any]) -> None:
    """Write tables to a temporary file, with what the dataset is and where it comes from in the primary header."""
    primary = fits.PrimaryHDU()
    primary.header["CREATOR"] = creator()
    primary.header["LONGSTRN"] = "OGIP 1.0"  # the convention for values longer than a card
    for key, value in header.items():
        primary.header[key] = value
    primary.header["DATANAME"] = header_text(dataset.name)
    primary.header["OBSIDS"] = json.dumps(list(dataset.obs_ids))
    primary.header["NOTES"] = json.dumps(list(dataset.notes))
    primary.header.append(provenance_card(dataset.recipe))
    for hdu in hdus:
        hdu.header.setdefault("CREATED", Time.now().isot)
    fits.HDUList([primary, *hdus]).writeto(path, checksum=True)
