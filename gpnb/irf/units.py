"""Methods of responses that take bare floats take text with units and Quantities too, and then give a Quantity."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, TypeVar

import numpy as np
from astropy import units as u

from gpnb.core.units import to_array

F = TypeVar("F", bound=Callable[..., Any])


def with_units(gives: str, **units: str) -> Callable[[F], F]:
    """Let a method of plain floats stand at the door as well.

    Where one of the named arguments is text or a Quantity, all of them need their units and the result is a Quantity;
    else all are floats in the house units, and so is the result.

    Parameters
    ----------
    gives : str
        Unit of the result.
    **units : str
        House unit of each argument.

    Examples
    --------
    >>> @with_units("deg", energy="TeV")
    ... def radius(energy):
    ...     return 0.1 * energy
    >>> radius(2.0), radius("500 GeV")
    (0.2, <Quantity 0.05 deg>)
    """

    def decorate(method: F) -> F:
        takes = signature(method)

        @wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            values = (*args, *kwargs.values())
            if not any(_has_unit(value) for value in values):
                return method(*args, **kwargs)
            bound = takes.bind(*args, **kwargs)
            for name, unit in units.items():
                if name in bound.arguments:
                    bound.arguments[name] = np.asarray(to_array(bound.arguments[name], unit, name))
            return np.asarray(method(*bound.args, **bound.kwargs)) * u.Unit(gives)

        return call  # type: ignore[return-value]

    return decorate


def _has_unit(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(_has_unit(item) for item in value)
    return isinstance(value, str | u.Quantity)
