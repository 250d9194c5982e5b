"""Values that are the same all over the sky, in a table: what a map without pixels is in a file."""

from __future__ import annotations

from astropy import units as u
from astropy.io import fits

from gpnb.core.errors import DataFormatError
from gpnb.core.fits_units import parse_unit
from gpnb.maps.axis import Axis
from gpnb.maps.bands import axis_sizes, read_axes


def read_planes(hdus: fits.HDUList, name: str, source: str) -> tuple[tuple[Axis, ...], u.Quantity]:
    """One value a plane, with the axes, which a BANDS table describes.

    Parameters
    ----------
    hdus : HDUList
        An open file.
    name : str
        The table with the column ``DATA``; that of the axes is ``<name>_BANDS``.
    source : str
        The file, for errors.

    Returns
    -------
    axes : tuple of Axis
        The first varies fastest.
    values : Quantity, shape (…, n of the second axis, n of the first)

    Raises
    ------
    DataFormatError
        If there is no such table, or it does not fit to its axes.
    """
    where, bands = f"{source}, HDU {name}", f"{name}_BANDS"
    if bands not in hdus or "DATA" not in (column.upper() for column in hdus[name].columns.names):
        raise DataFormatError(f"{where}: expected a table with the column DATA, and its axes in an HDU {bands}.")
    sizes = axis_sizes(hdus[bands], where)
    axes = read_axes(hdus[bands], sizes, where)
    column = next(item for item in hdus[name].columns if item.name.upper() == "DATA")
    values = hdus[name].data[column.name].astype(float)
    if values.size != len(hdus[bands].data):
        raise DataFormatError(f"{where}: it has {values.size} values, but its axes have {len(hdus[bands].data)} bins.")
    try:
        unit = parse_unit(column.unit or "")
    except ValueError as error:
        raise DataFormatError(f"{where}: the unit {column.unit!r} of DATA is not known.") from error
    return axes, values.reshape(sizes[::-1]) * unit
