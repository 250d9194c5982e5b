"""Arithmetic of maps: units by astropy, values as plain arrays."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError

if TYPE_CHECKING:
    from gpnb.maps.geometry import WcsGeometry
    from gpnb.maps.sky_map import SkyMap

_PRODUCTS = (operator.mul, operator.truediv)
_LOGICAL = (operator.and_, operator.or_, operator.xor)

_OPERATORS: dict[np.ufunc, Callable[[Any, Any], Any]] = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.true_divide: operator.truediv,
    np.greater: operator.gt,
    np.greater_equal: operator.ge,
    np.less: operator.lt,
    np.less_equal: operator.le,
    np.bitwise_and: operator.and_,
    np.bitwise_or: operator.or_,
}
"""Functions of numpy that are operators of maps."""

Operation = Callable[[Any, Any], Any]


def combine(left: SkyMap, right: Any, operation: Operation, swapped: bool = False) -> SkyMap:
    """The map ``operation(left, right)``, or ``operation(right, left)`` if `swapped`.

    Parameters
    ----------
    left : SkyMap
        Its recipe's method is that of `operation`.
    right : SkyMap, Quantity, str, or number
        A map of the same sky grid whose axes are the same, of one bin, or missing.
    operation : callable
        From the `operator` module.
    swapped : bool
        Whether `right` stands on the left.

    Raises
    ------
    ArgumentError
        If the geometries or units do not fit together.
    """
    values, unit, geom = _operand(left, right)
    if operation in _PRODUCTS:
        factor, result_unit = 1.0, operation(*_ordered(left.unit, unit, swapped))
    elif operation in _LOGICAL:
        factor, result_unit = 1.0, u.dimensionless_unscaled
    else:
        factor, result_unit = _factor(left, right, unit), left.unit
    if factor != 1:
        values = values * factor
    with np.errstate(divide="ignore", invalid="ignore"):
        data = operation(*_ordered(left.data, values, swapped))
    return _result(left, right, operation, swapped, geom, data, result_unit)


def of_maps(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> SkyMap:
    """A function of numpy of one map or two, with units as astropy has them.

    Raises
    ------
    ArgumentError
        If it is none of single bins, or geometries or units do not fit together.
    """
    from gpnb.core.recipe import Recipe
    from gpnb.maps.sky_map import SkyMap

    if method != "__call__" or kwargs or ufunc.nout != 1:
        raise ArgumentError(f"np.{ufunc.__name__} of a SkyMap works bin by bin alone; use its .data or .quantity here.")
    if ufunc in _OPERATORS:
        swapped = not isinstance(inputs[0], SkyMap)
        return combine(inputs[swapped], inputs[not swapped], _OPERATORS[ufunc], swapped)
    maps = [item for item in inputs if isinstance(item, SkyMap)]
    geom = maps[0].geom
    for item in maps[1:]:
        geom = _common(geom, item.geom)
    try:
        found = ufunc(*(item.quantity if isinstance(item, SkyMap) else item for item in inputs))
    except (u.UnitsError, TypeError, ValueError) as error:
        raise ArgumentError(f"np.{ufunc.__name__} of a SkyMap: {error}") from error
    if np.shape(found) != geom.shape:
        raise ArgumentError(f"np.{ufunc.__name__} of a SkyMap and an array: make a SkyMap of the array.")
    unit = getattr(found, "unit", None) or ""
    return SkyMap(geom, np.asarray(getattr(found, "value", found)), unit, Recipe.memory(ufunc.__name__))


def _operand(left: SkyMap, right: Any) -> tuple[Any, u.UnitBase, WcsGeometry]:
    """Values, unit, and the geometry of the result."""
    geom = getattr(right, "geom", None)
    if geom is not None:
        return right.data, right.unit, _common(left.geom, geom)
    if isinstance(right, str | u.Quantity):
        quantity = u.Quantity(right)
        if quantity.shape:
            raise ArgumentError(
                f"A map can be combined with one value, not with {quantity.size}: make a SkyMap of them."
            )
        return quantity.value, quantity.unit, left.geom
    if isinstance(right, bool | int | float | np.number | np.bool_):
        return right, u.dimensionless_unscaled, left.geom
    raise ArgumentError(f"A map cannot be combined with a {type(right).__name__}: give a SkyMap, Quantity or number.")


def _common(first: WcsGeometry, second: WcsGeometry) -> WcsGeometry:
    """The larger of two geometries whose arrays broadcast bin by bin."""
    if first.plane.same_grid(second.plane):
        if first.axes == second.axes or _fits(second, first):
            return first
        if _fits(first, second):
            return second
    raise ArgumentError(f"The maps have different geometries: {first!r} and {second!r}.")


def _fits(small: WcsGeometry, large: WcsGeometry) -> bool:
    """Whether `small` has no axes, or those of `large`, some squashed to one bin."""
    if not small.axes:
        return True
    return len(small.axes) == len(large.axes) and all(
        mine == theirs or (mine.n == 1 and mine.name == theirs.name)
        for mine, theirs in zip(small.axes, large.axes, strict=True)
    )


def _factor(left: SkyMap, right: Any, unit: u.UnitBase) -> float:
    """What brings `right` to the unit of `left`; 0, infinity and NaN are the same in any unit."""
    if isinstance(right, int | float | np.number) and (right == 0 or not np.isfinite(right)):
        return 1.0
    try:
        return float(unit.to(left.unit))
    except u.UnitConversionError as error:
        raise ArgumentError(
            f"A map in '{left.unit}' cannot be added to or compared with a value in '{unit}'."
        ) from error


def _ordered(first: Any, second: Any, swapped: bool) -> tuple[Any, Any]:
    return (second, first) if swapped else (first, second)


def _result(
    left: SkyMap, right: Any, operation: Operation, swapped: bool, geom: WcsGeometry, data: Any, unit: u.UnitBase
) -> SkyMap:
    from gpnb.core.recipe import Recipe
    from gpnb.maps.sky_map import SkyMap

    data = np.asarray(data)
    name = operation.__name__.strip("_")
    call = f".__{'r' if swapped else ''}{name}__()"
    is_mask = data.dtype == bool
    recipe = Recipe.of(call, on=left, other=right, name="mask" if is_mask else "sky_map")
    return SkyMap(geom, data, "" if is_mask else unit, recipe)
