"""Where a source is, with the ellipses that hold it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import QTable
from regions import EllipseSkyRegion, Regions

from gpnb.core.atomic import atomic_file
from gpnb.core.display import Displayed
from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_skycoord

LEVELS = (0.68, 0.95, 0.99)
"""Confidence of the ellipses."""


def sigmas(cl: Any) -> np.ndarray:
    """Radius that holds a part of a Gaussian in two dimensions, in standard deviations.

    Examples
    --------
    >>> sigmas(np.array([0.68, 0.95, 0.99])).round(3).tolist()
    [1.51, 2.448, 3.035]
    """
    return np.asarray(np.sqrt(-2 * np.log1p(-np.asarray(cl))))


@unchanging
@dataclass(frozen=True, eq=False, repr=False)
class Localization(Displayed):
    """The place of a source and its ellipse; made by `gpnb.localize`.

    Parameters
    ----------
    source : str
        Its name.
    position : SkyCoord
        The best place, ICRS.
    semimajor, semiminor : float
        One standard deviation along both axes, deg; NaN where −2 ln L gives none.
    angle : float
        Of the major axis, from north through east (ICRS), deg.
    moved : float
        From where the source was in the models that were given, deg.
    scan : QTable
        −2 ln L on the ellipses, all else fitted anew: ``cl``, ``angle`` (from north through east), ``distance``,
        ``rise``.
    result : FitResult
        The fit in which it moved.
    notes : tuple of str
        What stands against the ellipse.
    recipe : Recipe
        How it was made.
    """

    panel = "table"
    has_picture = False

    source: str
    position: SkyCoord
    semimajor: float
    semiminor: float
    angle: float
    moved: float
    scan: QTable
    result: Any
    notes: tuple[str, ...] = ()
    recipe: Recipe = field(default_factory=lambda: Recipe.memory("localization"))

    @property
    def table(self) -> QTable:
        """One row an ellipse: semi-axes, radius of the circle of the same area, least and largest rise on it."""
        cl, factor = np.array(LEVELS), sigmas(LEVELS)
        rises = [np.asarray(self.scan["rise"])[np.asarray(self.scan["cl"]) == level] for level in LEVELS]
        columns = {
            "cl": cl,
            "semimajor": factor * self.semimajor * u.deg,
            "semiminor": factor * self.semiminor * u.deg,
            "angle": np.full(len(cl), self.angle) * u.deg,
            "radius": factor * np.sqrt(self.semimajor * self.semiminor) * u.deg,
            "rise_expected": factor**2,
            "rise_min": [rise.min() if rise.size else np.nan for rise in rises],
            "rise_max": [rise.max() if rise.size else np.nan for rise in rises],
        }
        meta = {"source": self.source, "ra": self.position.ra.deg, "dec": self.position.dec.deg}
        return QTable(columns, meta=meta)

    @property
    def regions(self) -> Regions:
        """The ellipses."""
        found = []
        for row in self.table:
            # the height points north at angle 0
            text = {"text": f"{self.source} {100 * row['cl']:.0f} %"}
            sizes = 2 * row["semiminor"], 2 * row["semimajor"]
            found.append(EllipseSkyRegion(self.position, *sizes, row["angle"], meta=text))
        return Regions(found)

    def write(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write the ellipses as DS9 regions."""
        text = self.regions.serialize(format="ds9")
        with atomic_file(path, overwrite) as made:
            made.write_text(text, encoding="utf-8")

    def radius(self, cl: float = 0.95) -> u.Quantity:
        """Of the circle with the area of an ellipse."""
        if not 0 < cl < 1:
            raise ArgumentError(f"cl={cl!r} must lie between 0 and 1.")
        return float(sigmas(cl)) * np.sqrt(self.semimajor * self.semiminor) * u.deg

    def distance(self, position: SkyCoord | str) -> np.ndarray:
        """How far a place is away, in standard deviations of its direction: 2.45 lies on the ellipse of 95 %.

        Examples
        --------
        >>> import gpnb
        >>> gpnb.localize(cube, result, "crab").distance("83.63d 22.01d")  # doctest: +SKIP
        """
        other = to_skycoord(position, "position").icrs
        apart = self.position.separation(other).deg
        away = np.radians(self.position.position_angle(other).deg - self.angle)
        return np.asarray(np.hypot(apart * np.cos(away) / self.semimajor, apart * np.sin(away) / self.semiminor))

    def __repr__(self) -> str:
        ra, dec = self.position.ra.deg, self.position.dec.deg
        axes = f"{self.semimajor:.2g} × {self.semiminor:.2g} deg at {self.angle:.0f}°"
        warned = "; see .notes" if self.notes else ""
        return f"Localization({self.source}: {ra:.4f} {dec:+.4f} deg, one σ {axes}{warned})"
