"""Stars so bright that the night sky about them disturbs Cherenkov cameras."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table

from gpnb.core.binding import told
from gpnb.core.units import ANGLE, to_float, to_skycoord

if TYPE_CHECKING:
    from regions import CircleSkyRegion


def star_table() -> Table:
    """The list of stars: name, ra, dec (J2000, deg) and V magnitude, brightest first.

    Returns
    -------
    Table
        All stars to about magnitude 2.5, and two fainter ones near sources much observed;
        from Hipparcos (ESA 1997, SP-1200) and the Yale Bright Star Catalogue.
    """
    return _table().copy()


@told
def bright_stars(
    center: Any, radius: Any, magnitude: float = 6.0, size: Any = "0.2 deg", table: Table | None = None
) -> list[CircleSkyRegion]:
    """Circles about the bright stars near a place, for ``exclusion=``.

    Parameters
    ----------
    center : SkyCoord or str
        The place.
    radius : Quantity or str
        How far from it.
    magnitude : float
        V magnitude of the faintest star; the built-in list ends at about 2.5 (see `star_table`).
    size : Quantity or str
        Radius of the circles.
    table : Table, optional
        A list of your own, with the columns ``name``, ``ra``, ``dec`` (deg) and ``vmag``.

    Returns
    -------
    list of regions.CircleSkyRegion
        Nearest first; each says its star's name in ``.meta["text"]``.

    Examples
    --------
    >>> [region.meta["text"] for region in bright_stars("83.63d 22.01d", "3 deg")]
    ['Zeta Tauri']
    """
    from regions import CircleSkyRegion

    stars = _table() if table is None else table
    extent = to_float(size, ANGLE, "size") * u.deg
    places = SkyCoord(np.asarray(stars["ra"], dtype=float), np.asarray(stars["dec"], dtype=float), unit="deg")
    separation = places.separation(to_skycoord(center)).deg
    near = (separation <= to_float(radius, ANGLE, "radius")) & (np.asarray(stars["vmag"]) <= magnitude)
    rows = np.flatnonzero(near)[np.argsort(separation[near], kind="stable")]
    return [CircleSkyRegion(places[row], extent, meta={"text": str(stars["name"][row])}) for row in rows]


@cache
def _table() -> Table:
    stars = Table.read(Path(__file__).with_name("stars.ecsv"), format="ascii.ecsv")
    stars.sort("vmag")
    return stars
