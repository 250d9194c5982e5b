"""What all instrument responses have in common: values on axes, a header, a recipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from astropy import units as u
from astropy.io import fits

from gpnb.core.display import Displayed
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_array
from gpnb.irf.interpolate import Nodes
from gpnb.irf.layout import Layout
from gpnb.maps.axis import Axis


@unchanging
@dataclass(frozen=True, eq=False, repr=False)
class Response(Displayed):
    """Values on axes; the base of every response, not used by itself.

    Parameters
    ----------
    axes : tuple of Axis
        In the order of `layout`.
    values : ndarray or Quantity, shape of the axes
        In the house unit, or with a unit. Responses made of parameters have one more axis, last:
        the parameters in the order of `layout`. Arrays are kept, not copied: do not change them.
    header : mapping
        The keywords that matter: ``TELESCOP``, ``OBS_ID``, ``LO_THRES``, ``HDUCLAS3`` …
    recipe : Recipe, optional
        How it was made.

    Raises
    ------
    ArgumentError
        If names, shapes or units do not fit.
    """

    axes: tuple[Axis, ...]
    values: np.ndarray
    header: Mapping[str, Any] = field(default_factory=dict)
    recipe: Recipe = field(default_factory=lambda: Recipe.memory("response"))

    panel: ClassVar[str] = "instrument"
    layout: ClassVar[Layout]

    def __post_init__(self) -> None:
        wanted = tuple(axis.name for axis in self.layout.axes)
        if tuple(axis.name for axis in self.axes) != wanted:
            raise ArgumentError(f"{type(self).__name__} needs the axes {wanted}, not {self.axes!r}.")
        for axis, columns in zip(self.axes, self.layout.axes, strict=True):
            if not axis.unit.is_equivalent(columns.unit) or axis.interp != columns.interp:
                raise ArgumentError(f"{axis!r} must be in {columns.unit or 'no unit'} and {columns.interp}.")
        values = self._in_house_unit(self.values)
        shape = tuple(axis.n for axis in self.axes) + (() if self._is_single else (len(self.layout.columns),))
        if values.shape != shape:
            raise ArgumentError(f"{type(self).__name__} needs values of shape {shape}, not {values.shape}.")
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "axes", tuple(self.axes))

    @classmethod
    def from_columns(
        cls,
        axes: tuple[Axis, ...],
        header: Mapping[str, Any] | None = None,
        recipe: Recipe | None = None,
        **columns: Any,
    ) -> Self:
        """Make a response from its columns, named as in the format.

        Parameters
        ----------
        axes : tuple of Axis
            In the order of the format.
        header : mapping, optional
            Keywords to keep.
        recipe : Recipe, optional
            How the columns were made.
        **columns : Quantity, or ndarray in house units
            Such as ``EFFAREA=…`` or ``SIGMA=…, GAMMA=…``.

        Raises
        ------
        ArgumentError
            If a column is missing or not known, or does not fit.
        """
        names = [column.name for column in cls.layout.columns]
        if set(columns) != set(names):
            raise ArgumentError(f"{cls.__name__} needs the columns {', '.join(names)}, not {', '.join(columns)}.")
        arrays = [_converted(columns[column.name], column.house_unit, column.name) for column in cls.layout.columns]
        values = arrays[0] if len(arrays) == 1 else np.stack([np.asarray(array, dtype=float) for array in arrays], -1)
        return cls(axes, values, dict(header or {}), recipe or Recipe.memory(cls.layout.hdu_class.partition("_")[0]))

    @property
    def unit(self) -> u.UnitBase:
        """The unit of the float values; none for responses made of several parameters."""
        return u.Unit(self.layout.columns[0].house_unit) if self._is_single else u.dimensionless_unscaled

    @property
    def energy_axis(self) -> Axis:
        """The axis of true energy, or of reconstructed energy for backgrounds and direction cuts."""
        return self.axes[0]

    @property
    def offset_axis(self) -> Axis | None:
        """The axis of the offset from the pointing; None for a background in field-of-view coordinates."""
        return next((axis for axis in self.axes if axis.name == "offset"), None)

    @property
    def is_pointlike(self) -> bool:
        """Whether a cut on direction is contained in the numbers."""
        return str(self.header.get("HDUCLAS3", "")).strip().upper() == "POINT-LIKE"

    @property
    def threshold(self) -> tuple[float | None, float | None]:
        """The safe range of the file, ``LO_THRES`` and ``HI_THRES`` in TeV; None where not given.

        Raises
        ------
        DataFormatError
            If a keyword holds no number.
        """
        return self.number("LO_THRES"), self.number("HI_THRES")

    @property
    def nbytes(self) -> int:
        """Bytes of memory of its numbers, and of what was made of them."""
        return sum(part.nbytes for part in vars(self).values() if isinstance(part, np.ndarray))

    def to_hdu(self, name: str | None = None) -> fits.BinTableHDU:
        """The response as a GADF table of one row.

        Parameters
        ----------
        name : str, optional
            ``EXTNAME``; the usual one by default.
        """
        from gpnb.irf.table import to_table_hdu

        return to_table_hdu(self, name)

    def file_columns(self) -> dict[str, np.ndarray]:
        """Column name → values on the axes in the house unit, as `to_hdu` writes them."""
        if self._is_single:
            return {self.layout.columns[0].name: self.values}
        return {column.name: self.values[..., number] for number, column in enumerate(self.layout.columns)}

    def nodes(self, number: int) -> Nodes:
        """How to interpolate along one axis; float method of the room."""
        return Nodes(self.axes[number])

    @cached_property
    def _nodes(self) -> tuple[Nodes, ...]:
        return tuple(self.nodes(number) for number in range(len(self.axes)))

    @property
    def _is_single(self) -> bool:
        return len(self.layout.columns) == 1

    def _in_house_unit(self, values: Any) -> np.ndarray:
        if self._is_single:
            return _converted(values, self.layout.columns[0].house_unit, self.layout.columns[0].name)
        return np.asarray(values)

    def number(self, key: str) -> float | None:
        """A number of the header; None where not given, `DataFormatError` where it is something else."""
        value = self.header.get(key)
        if value is None or isinstance(value, fits.card.Undefined):
            return None
        try:
            return float(value)
        except ValueError as error:
            raise DataFormatError(f"The keyword {key} is {value!r}, but must be a number.") from error

    def __repr__(self) -> str:
        sizes = " × ".join(f"{axis.n} {axis.name}" for axis in self.axes)
        low, high = self.energy_axis.low_values[0], self.energy_axis.high_values[-1]
        kind = "point-like" if self.is_pointlike else "full-enclosure"
        return f"<{type(self).__name__} {self.layout.hdu_class}: {sizes}, {low:.4g} to {high:.4g} TeV, {kind}>"


def door(**coordinates: tuple[Any, str]) -> list[np.ndarray]:
    """Coordinates as float arrays: each is given as ``name=(value, unit)``."""
    return [to_array(value, unit, name) for name, (value, unit) in coordinates.items()]


def _converted(values: Any, unit: str, name: str) -> np.ndarray:
    if isinstance(values, u.Quantity):
        return to_array(values, unit, name)
    return np.asarray(values)
