"""A model parameter: a frozen record, replaced and never changed in place."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields, replace
from typing import Any

from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.units import to_float
from gpnb.models.priors import Prior


@unchanging
@dataclass(frozen=True, eq=False)
class Parameter:
    """One number of a model, with what a fit must know about it.

    Parameters
    ----------
    name : str
        Its name; a Python keyword takes an underscore (``lambda_``).
    value : float
        In `unit`.
    unit : str
        Fixed by the model, so that evaluation converts nothing.
    min, max : float
        Limits, in `unit`.
    frozen : bool
        A frozen parameter is not fitted.
    link : str
        Full name (``"crab.index"``) of the parameter whose value this one takes; empty if free-standing.
    error : float
        One standard deviation, NaN until a fit has found it.
    prior : GaussianPrior, UniformPrior or LogUniformPrior, optional
        What is known beforehand; a term of the fit statistic.

    Examples
    --------
    >>> Parameter("index", 2.6, min=0, max=5)
    Parameter(index = 2.6)
    """

    name: str
    value: float
    unit: str = ""
    min: float = -math.inf
    max: float = math.inf
    frozen: bool = False
    link: str = ""
    error: float = math.nan
    prior: Prior | None = None

    def __post_init__(self) -> None:
        if not self.min < self.max:
            raise ArgumentError(f"{self.name}: min={self.min} must be below max={self.max}.")

    def _instead(self, name: str, given: str) -> str:
        """What to do instead of changing it."""
        if name == "frozen":
            return f"model.{'thaw' if given == 'False' else 'freeze'}({self.name!r}) gives a changed copy of the model"
        if name in ("min", "max"):
            return f"model.bound({self.name!r}, low, high) gives a changed copy of the model"
        if name == "link":
            return f"model.link({self.name!r}, {given}) gives a changed copy of the model"
        if name == "prior":
            return f"model.with_prior({self.name!r}, …) gives a changed copy of the model"
        return f"model.replace({self.name}={given}) gives a changed copy of the model"

    @property
    def quantity(self) -> u.Quantity:
        """The value with its unit."""
        return self.value * u.Unit(self.unit)

    @property
    def free(self) -> bool:
        """Whether a fit changes it by itself: neither frozen nor linked."""
        return not self.frozen and not self.link

    @property
    def symbol(self) -> str:
        """The name for the screen."""
        return self.name.rstrip("_")

    def to(self, value: Any) -> Parameter:
        """A copy with another value.

        Parameters
        ----------
        value : number, str, Quantity or Parameter
            A bare number is in the parameter's own unit; a Parameter brings its limits along.
        """
        if isinstance(value, Parameter):
            return self._from_parameter(value)
        if isinstance(value, bool) or not isinstance(value, int | float | str | u.Quantity):
            return replace(self, value=self._bare(value))
        if isinstance(value, int | float):
            return replace(self, value=float(value), error=math.nan)
        return replace(self, value=to_float(value, self.unit, self.name), error=math.nan)

    def within(self, low: Any, high: Any) -> Parameter:
        """A copy with limits; see `to` for what they may be."""
        least, most = (
            to_float(item, self.unit, self.name) if isinstance(item, str | u.Quantity) else self._bare(item)
            for item in (low, high)
        )
        return replace(self, min=least, max=most)

    def _bare(self, value: Any) -> float:
        try:
            return float(value)  # numpy scalars
        except (TypeError, ValueError):
            raise ArgumentError(f"{self.name}={value!r} is not a number, text with a unit, or a Parameter.") from None

    def _from_parameter(self, other: Parameter) -> Parameter:
        factor = to_float(1 * u.Unit(other.unit), self.unit, self.name) if other.unit != self.unit else 1.0
        scaled = {name: getattr(other, name) * factor for name in ("value", "min", "max", "error")}
        prior = other.prior.scaled(factor) if other.prior is not None and factor != 1 else other.prior
        return replace(other, name=self.name, unit=self.unit, prior=prior, **scaled)

    def _key(self) -> tuple[Any, ...]:
        values = tuple(getattr(self, item.name) for item in fields(self))
        return tuple("nan" if isinstance(value, float) and math.isnan(value) else value for value in values)

    def __eq__(self, other: object) -> bool:
        # errors that are not known are equal, which NaN is not
        return isinstance(other, Parameter) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        notes = [f"{self.value:.{digits(self.value, self.error, 6)}g}{' ' + self.unit if self.unit else ''}"]
        if math.isfinite(self.error):
            notes.append(f"± {self.error:.2g}")
        if self.frozen:
            notes.append("frozen")
        if self.link:
            notes.append(f"= {self.link}")
        if self.prior is not None:
            notes.append(f"with {self.prior}")
        return f"Parameter({self.name} = {' '.join(notes)})"


def digits(value: float, error: float, least: int) -> int:
    """How many significant digits to show of a value with an error: a time as MJD has many.

    Examples
    --------
    >>> digits(2.34, 0.1, 4), digits(60000.12345, 0.0012, 4)
    (4, 10)
    """
    if not (math.isfinite(value) and math.isfinite(error) and error > 0 and value):
        return least
    return min(max(least, math.ceil(math.log10(abs(value) / error)) + 2), 17)
