"""How large a source is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import QTable

from gpnb.core.display import Displayed
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.stats.likelihood_ratio import ts_p_value


@unchanging
@dataclass(frozen=True, eq=False, repr=False)
class Extension(Displayed):
    """The size of a source, its test against a point, and its profile; made by `gpnb.extension`.

    Parameters
    ----------
    source : str
        Its name.
    shape : {"gaussian", "disk"}
        Whose width or radius the size is.
    size, errn, errp : float
        The best size, and how far below and above it −2 ln L has risen by 1, deg; the lower end is not below 0.
    ul : float
        Upper limit of the size, deg; infinite where −2 ln L does not rise so far.
    cl : float
        Its confidence, one-sided.
    ts : float
        By how much −2 ln L is lower than that of a point; 0 where no size is better.
    table : QTable
        The profile: ``size``, ``stat`` (−2 ln L, all else fitted anew), ``ts`` (how much lower than that of a point).
    point, result : FitResult
        The fits of a point and of the best size.
    notes : tuple of str
        What stands against it.
    recipe : Recipe
        How it was made.
    """

    panel = "table"
    has_picture = False

    source: str
    shape: str
    size: float
    errn: float
    errp: float
    ul: float
    cl: float
    ts: float
    table: QTable
    point: Any
    result: Any
    notes: tuple[str, ...] = ()
    recipe: Recipe = field(default_factory=lambda: Recipe.memory("extension"))

    @property
    def p(self) -> float:
        """How often a point would seem so extended: half of chi square, as no size is below 0."""
        return float(ts_p_value(self.ts, 1, 1))

    @property
    def significance(self) -> float:
        """In standard deviations."""
        return float(np.sqrt(self.ts))

    @property
    def upper_limit(self) -> u.Quantity:
        """Of the size."""
        return self.ul * u.deg

    def __repr__(self) -> str:
        best = (
            f"{self.size:.3g} −{self.errn:.2g} +{self.errp:.2g} deg" if self.ts > 0 else "none is better than a point"
        )
        warned = "; see .notes" if self.notes else ""
        return (
            f"Extension({self.source}, {self.shape}: {best}, TS {self.ts:.2f}, "
            f"< {self.ul:.3g} deg at {self.cl:g}{warned})"
        )
