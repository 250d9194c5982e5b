"""How each kind of response lies in a GADF table: its axes, its columns, its class keywords."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class AxisColumns:
    """A pair of columns ``<prefix>_LO``, ``<prefix>_HI``.

    Parameters
    ----------
    prefix : str
        As written; `aliases` are read as well.
    name : str
        The name of the `Axis` made from it.
    unit : str
        The unit of the format: written, and assumed where a file names none.
    interp : {"lin", "log"}
        The scale of interpolation.
    least : float
        Where the axis begins at the earliest.
    """

    prefix: str
    name: str
    unit: str
    interp: str = "lin"
    aliases: tuple[str, ...] = ()
    least: float = 0.0


@dataclass(frozen=True)
class ValueColumn:
    """A column of values on the axes.

    Parameters
    ----------
    name : str
        As written; `aliases` are read as well.
    unit : str
        The unit of the format: written, and assumed where a file names none.
    house_unit : str
        The unit inside gpnb.
    allow_nan : bool
        Whether NaN means "not known here" instead of a fault.
    least, most : float
        What the values lie between, in the house unit: outside they mean nothing.
    """

    name: str
    unit: str
    house_unit: str
    aliases: tuple[str, ...] = ()
    allow_nan: bool = False
    least: float = 0.0
    most: float = math.inf


@dataclass(frozen=True)
class Layout:
    """The table of one kind of response.

    Parameters
    ----------
    hdu_class : str
        As in an HDU index, such as ``"aeff_2d"``.
    type_key : str
        ``HDUCLAS2``.
    extname : str
        The usual name of the HDU.
    axes : tuple of AxisColumns
        In the order of the format, which is also that of the values.
    columns : tuple of ValueColumn
        One, or the parameters of a function.
    """

    hdu_class: str
    type_key: str
    extname: str
    axes: tuple[AxisColumns, ...]
    columns: tuple[ValueColumn, ...]


ENERGY_TRUE = AxisColumns("ENERG", "energy_true", "TeV", "log", aliases=("ETRUE",))
ENERGY_RECO = AxisColumns("ENERG", "energy", "TeV", "log")
OFFSET = AxisColumns("THETA", "offset", "deg")
MIGRA = AxisColumns("MIGRA", "migra", "")
RAD = AxisColumns("RAD", "rad", "deg")
FOV_LON = AxisColumns("DETX", "fov_lon", "deg", least=-180.0)
FOV_LAT = AxisColumns("DETY", "fov_lat", "deg", least=-180.0)
