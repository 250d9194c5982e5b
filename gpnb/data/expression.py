"""Boolean expressions over table columns, parsed and walked; never run as Python."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np

from gpnb.core.errors import SelectionError
from gpnb.core.faults import faults_told, one_line
from gpnb.core.near import meant

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.In: lambda left, right: np.isin(left, list(right)),
    ast.NotIn: lambda left, right: ~np.isin(left, list(right)),
}
"""Whatever is not here, such as ``is``, is not allowed."""

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_LONGEST = 1000


def where_mask(expression: str, columns: Mapping[str, np.ndarray], length: int) -> np.ndarray:
    """Rows for which an expression holds.

    Parameters
    ----------
    expression : str
        Such as ``"ZEN_PNT < 40 and (N_TELS >= 3 or OBJECT == 'Crab')"``: column names, numbers,
        text, ``< <= > >= == != in``, ``and or not``, ``+ - * /``. A column called ``DATE-OBS``
        is written ``DATE_OBS``.
    columns : mapping
        The columns.
    length : int
        The number of rows.

    Returns
    -------
    array of bool, shape (length,)

    Raises
    ------
    SelectionError
        If it is not such an expression, or names no column.

    Examples
    --------
    >>> where_mask("A > 1 and B == 'x'", {"A": np.array([1, 2]), "B": np.array(["x", "x"])}, 2)
    array([False,  True])
    """
    if len(expression) > _LONGEST:
        raise SelectionError(f"where: the expression has {len(expression)} characters; at most {_LONGEST} are read.")
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except SyntaxError as error:
        raise SelectionError(f"where={expression!r} is not an expression: {error.msg}.") from error
    except (ValueError, MemoryError, RecursionError) as error:  # NUL characters, a thousand brackets
        raise SelectionError(f"where={expression!r} is not an expression: {one_line(error)}.") from error
    names = {name.upper().replace("-", "_"): name for name in columns}
    try:
        with faults_told(f"where={expression!r} cannot be evaluated", SelectionError), np.errstate(all="ignore"):
            result = np.asarray(_Walker(columns, names, expression, length).value(tree))
    except SelectionError as error:
        if isinstance(error.__cause__, TypeError | np.exceptions.DTypePromotionError):
            raise SelectionError(f"where={expression!r} compares numbers with text.") from error
        raise
    if result.dtype != bool or result.shape not in ((), (length,)):
        raise SelectionError(f"where={expression!r} is not a condition: compare something, as in 'ZEN_PNT < 40'.")
    return np.broadcast_to(result, (length,)).copy()


class _Walker:
    def __init__(self, columns: Mapping[str, np.ndarray], names: Mapping[str, str], expression: str, length: int):
        self._columns, self._names, self._expression, self._length = columns, names, expression, length

    def value(self, node: ast.expr) -> Any:
        """The value of a node, by the few kinds that are allowed."""
        match node:
            case ast.Constant(value=bool() | int() | float() | str()):
                return node.value
            case ast.Name():
                return self._column(node.id)
            case ast.Tuple() | ast.List():
                return [self.value(item) for item in node.elts]
            case ast.BoolOp():
                combine = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
                return reduce(combine, [np.asarray(self.value(item), dtype=bool) for item in node.values])
            case ast.UnaryOp(op=ast.Not()):
                return np.logical_not(self.value(node.operand))
            case ast.UnaryOp(op=ast.USub()):
                return -self._number(node.operand)
            case ast.BinOp() if type(node.op) in _ARITHMETIC:
                return _ARITHMETIC[type(node.op)](self._number(node.left), self._number(node.right))
            case ast.Compare() if all(type(op) in _COMPARE for op in node.ops):
                return self._compare(node)
        raise SelectionError(
            f"where={self._expression!r}: {ast.unparse(node)!r} is not allowed; "
            "only columns, numbers, text and comparisons are."
        )

    def _number(self, node: ast.expr) -> Any:
        """The value of a part of a sum or product: numbers, of floating point so that nothing grows without end."""
        value = np.asarray(self.value(node))
        if value.dtype.kind not in "biuf":
            raise SelectionError(f"where={self._expression!r}: {ast.unparse(node)!r} is no number to compute with.")
        return value.astype(float) if value.dtype.kind in "bu" or not value.ndim else value

    def _compare(self, node: ast.Compare) -> Any:
        values = [self.value(item) for item in (node.left, *node.comparators)]
        steps = zip(node.ops, values[:-1], values[1:], strict=True)
        return reduce(np.logical_and, [_COMPARE[type(op)](left, right) for op, left, right in steps])

    def _column(self, name: str) -> np.ndarray:
        known = self._names.get(name.upper())
        if known is None:
            raise SelectionError(f"where: there is no column {name!r}: {meant(name, self._names)}")
        values = np.asarray(self._columns[known])
        if values.shape != (self._length,):
            raise SelectionError(
                f"where: the column {name!r} has {' × '.join(map(str, values.shape[1:]))} values a row; "
                "a condition needs one."
            )
        return values
