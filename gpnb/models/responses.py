"""Which responses of the instrument apply to a source."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe


@unchanging
@dataclass(frozen=True)
class Responses:
    """Which responses of the instrument apply to a source; all of them by default.

    Parameters
    ----------
    exposure : bool
        Area times time; without it the model gives counts.
    psf : bool
        The blur of directions; off for emission that does not change over it.
    dispersion : bool
        The blur of energies.

    Examples
    --------
    >>> Responses(psf=False)
    Responses(exposure=True, psf=False, dispersion=True)
    """

    exposure: bool = True
    psf: bool = True
    dispersion: bool = True

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if not isinstance(value, bool):
                raise ArgumentError(f"{item.name}={value!r} must be True or False.")

    @property
    def recipe(self) -> Recipe:
        """The call that gives it."""
        return Recipe.of("gpnb.Responses()", **self.to_dict())

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML."""
        return {item.name: getattr(self, item.name) for item in fields(self)}
