"""The BANDS table of a sky-map file: further axes as columns, one row for each plane (GADF, skymaps)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from astropy import units as u
from astropy.io import fits

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.fits_units import parse_unit
from gpnb.core.header_keys import time_reference
from gpnb.maps.axis import Axis

_CONTIGUOUS = 1e-5
"""Relative gap between bins that is put down to single precision."""

_USUAL = {"EBOUNDS": (["E_MIN,E_MAX"], "energy", u.keV), "ENERGIES": (["ENERGY"], "energy_true", u.MeV)}
"""Fermi-LAT tables → their columns where AXCOLS is missing, the axis name, and the unit where TUNIT is missing."""


def bands_hdu(axes: Sequence[Axis], name: str) -> fits.BinTableHDU:
    """The BANDS table of axes; the first axis varies fastest.

    Parameters
    ----------
    axes : sequence of Axis
        At least one; only one of them may be of time.
    name : str
        The HDU name.
    """
    sizes = [axis.n for axis in axes]
    channel = np.arange(int(np.prod(sizes)))
    columns = [fits.Column(name="CHANNEL", format="J", array=channel)]
    header = fits.Header()
    for number, axis in enumerate(axes):
        bins = channel // int(np.prod(sizes[:number])) % axis.n
        columns += _columns(axis, bins)
        header[f"AXCOLS{number + 1}"] = (_axcols(axis), f"columns of the axis {axis.name}")
        header[f"INTERP{number + 1}"] = (axis.interp, "scale of the axis")
        header.update(_time_cards(axis))
    return fits.BinTableHDU.from_columns(columns, header=header, name=name)


def read_axes(hdu: fits.BinTableHDU, sizes: Sequence[int], source: str) -> tuple[Axis, ...]:
    """The axes of a BANDS, EBOUNDS or ENERGIES table.

    Parameters
    ----------
    hdu : BinTableHDU
        The table.
    sizes : sequence of int
        The lengths of the axes, first axis first.
    source : str
        File and HDU, for errors.

    Raises
    ------
    DataFormatError
        If the table does not describe axes of these lengths.
    """
    where = f"{source}, table {hdu.name or 'BANDS'}"
    groups = _column_groups(hdu)
    if len(groups) != len(sizes):
        raise DataFormatError(f"{where}: it describes {len(groups)} axes, but the image has {len(sizes)} more.")
    rows = 0 if hdu.data is None else len(hdu.data)
    if not rows or rows != np.prod(sizes):
        raise DataFormatError(f"{where}: it has {rows} rows, but the image has {int(np.prod(sizes))} planes.")
    axes = []
    for number, group in enumerate(groups):
        stride = int(np.prod(sizes[:number]))
        interp = hdu.header.get(f"INTERP{number + 1}")
        chosen = slice(0, stride * sizes[number], stride)
        axes.append(_read_axis(hdu, group.split(","), chosen, interp, where))
    return tuple(axes)


def axis_sizes(hdu: fits.BinTableHDU, source: str) -> tuple[int, ...]:
    """The lengths of the axes of a BANDS table, first axis first, where no image tells them."""
    where = f"{source}, table {hdu.name or 'BANDS'}"
    firsts = [_column(hdu, group.split(",")[0].strip(), where) for group in _column_groups(hdu)]
    return tuple(int(np.unique(values).size) for values in firsts)


def _columns(axis: Axis, bins: np.ndarray) -> list[fits.Column]:
    stem, low, high = _column_names(axis)
    if axis.kind == "label":
        width = max(len(label) for label in axis.label_values)
        return [fits.Column(name=stem, format=f"{width}A", array=np.array(axis.label_values)[bins])]
    unit = axis.unit.to_string("fits") or None
    arrays = {stem: axis.center_values, low: axis.low_values, high: axis.high_values}
    return [fits.Column(name=name, format="D", unit=unit, array=values[bins]) for name, values in arrays.items()]


def _column_names(axis: Axis) -> tuple[str, str, str]:
    stem = axis.name.upper()
    short = "E" if stem == "ENERGY" else stem
    return stem, f"{short}_MIN", f"{short}_MAX"


def _axcols(axis: Axis) -> str:
    stem, low, high = _column_names(axis)
    return stem if axis.is_node or axis.kind == "label" else f"{low},{high}"


def _time_cards(axis: Axis) -> dict[str, int | float | str]:
    if axis.reference is None:
        return {}
    jd1, jd2 = axis.reference.tt.jd1 - 2400000.5, axis.reference.tt.jd2
    days = int(np.floor(jd1 + jd2))
    return {"MJDREFI": days, "MJDREFF": (jd1 - days) + jd2, "TIMEUNIT": "s", "TIMESYS": "TT", "TIMEREF": "LOCAL"}


def _column_groups(hdu: fits.BinTableHDU) -> list[str]:
    """The AXCOLS values, or what EBOUNDS and ENERGIES tables usually hold."""
    groups: list[str] = []
    while f"AXCOLS{len(groups) + 1}" in hdu.header:
        groups.append(str(hdu.header[f"AXCOLS{len(groups) + 1}"]).upper())
    if groups:
        return groups
    if hdu.name in _USUAL:
        return _USUAL[hdu.name][0]
    return ["E_MIN,E_MAX"] if "E_MIN" in (name.upper() for name in hdu.columns.names) else []


def _read_axis(hdu: fits.BinTableHDU, names: list[str], rows: slice, interp: str | None, where: str) -> Axis:
    arrays = [_column(hdu, name.strip(), where)[rows] for name in names]
    name = _axis_name(hdu, names)
    try:
        if arrays[0].dtype.kind in "US":
            return Axis.labels([str(label).strip() for label in arrays[0]], name)
        unit = _unit(hdu, names[0].strip(), where)
        if "MJDREFI" in hdu.header and unit.is_equivalent(u.s) and len(arrays) == 2:
            return _time_axis(hdu, arrays, unit, name)
        scale = interp or ("log" if unit.is_equivalent(u.TeV) else "lin")
        values = arrays[0] if len(arrays) == 1 else _edges(arrays[0], arrays[1])
        if values[0] <= 0 and scale == "log":
            scale = "lin"  # a first bin from zero has no logarithm
        make = Axis.from_nodes if len(arrays) == 1 else Axis.from_edges
        return make(values, name, unit, scale)
    except ArgumentError as error:
        raise DataFormatError(f"{where}, columns {','.join(names)}: {error}") from error


def _axis_name(hdu: fits.BinTableHDU, names: list[str]) -> str:
    if hdu.name in _USUAL:
        return _USUAL[hdu.name][1]
    stem = names[0].strip().lower()
    stem = stem.removesuffix("_min") if len(names) > 1 else stem
    return "energy" if stem == "e" else stem


def _column(hdu: fits.BinTableHDU, name: str, where: str) -> np.ndarray:
    for known in hdu.columns.names:
        if known.upper() == name:
            return np.asarray(hdu.data[known])
    raise DataFormatError(f"{where}: the column {name} is missing; there are {', '.join(hdu.columns.names)}.")


def _unit(hdu: fits.BinTableHDU, name: str, where: str) -> u.UnitBase:
    text = next(column.unit for column in hdu.columns if column.name.upper() == name)
    if not text:
        return _USUAL[hdu.name][2] if hdu.name in _USUAL else u.dimensionless_unscaled
    try:
        unit = parse_unit(text)
    except ValueError as error:
        raise DataFormatError(f"{where}, column {name}: the unit {text!r} is not known.") from error
    if name in {"E_MIN", "ENERGY"} and not unit.is_equivalent(u.TeV):
        raise DataFormatError(f"{where}, column {name}: the unit {text!r} is not one of energy, such as TeV.")
    return unit


def _edges(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    if not np.allclose(low[1:], high[:-1], rtol=_CONTIGUOUS, atol=0):
        raise ArgumentError("there are gaps between the bins; expected each to start where the last one ends.")
    return np.append(low, high[-1]).astype(float)


def _time_axis(hdu: fits.BinTableHDU, arrays: list[np.ndarray], unit: u.UnitBase, name: str) -> Axis:
    header = {"TIMESYS": "TT", "MJDREFF": 0.0, **hdu.header}
    reference = time_reference(header, f"HDU {hdu.name}")
    return Axis.time(reference + np.column_stack(arrays) * unit, name)
