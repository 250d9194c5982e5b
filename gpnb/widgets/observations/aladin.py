"""Pointings and fields of view on the sky, in Aladin Lite: the same state as on the flat canvas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from regions import CircleSkyRegion, SkyRegion

from gpnb.core.sky_regions import to_regions
from gpnb.panels.observations.pointings import Pointings
from gpnb.widgets.sky.aladin import AladinBase

_DOTS = {"faint": "#3a5a6c", "kept": "#56b4e9", "chosen": "#ffffff"}
_REACH = 60
"""A click chooses what is nearer than this part of the width of the view."""

_WIDEST = 180.0


class AladinFields(AladinBase):
    """The sky with pointings on it; what `SkyStage` is for the flat canvas.

    Parameters
    ----------
    pointings : Pointings
        Where all runs point.
    radius : float
        Of the fields of view, deg.
    survey : str
        What lies below.
    """

    def __init__(self, pointings: Pointings, radius: float, survey: str = ""):
        ra, dec, spread = pointings.extent
        width = min(2.6 * (spread + radius), _WIDEST)
        super().__init__(SkyCoord(ra, dec, unit="deg"), width, width, survey, tools=("circle",))

    def show_fields(self, pointings: Pointings, radius: float, kept: np.ndarray) -> None:
        """Show fields of view as thin circles, of the runs that have one."""
        self.sky.show_regions("fields", _circles(pointings.only(kept), radius), colour="#56b4e9", width=1, opacity=0.7)

    def show_points(
        self, pointings: Pointings, names: Sequence[str], kept: np.ndarray, chosen: np.ndarray, radius: float = 0.0
    ) -> None:
        """Show directions with names; chosen ones in front, those that are not kept faint; dots as of `SkyStage`."""
        parts = {"faint": ~kept & ~chosen, "kept": kept & ~chosen, "chosen": chosen}
        for name, part in parts.items():
            rows = np.flatnonzero(part & pointings.known).tolist()
            coords = SkyCoord(pointings.ra[rows] * u.deg, pointings.dec[rows] * u.deg)
            self.sky.show_points(
                name,
                coords,
                [names[row] for row in rows],
                colour=_DOTS[name],
                size=5,
                marker="dot",
                within=0.0 if name == "faint" else radius,
            )

    def show_shapes(self, regions: Mapping[str, str], rings: Pointings, radius: float) -> None:
        """Show regions (name → DS9 text), and solid circles about some pointings."""
        self.sky.show_regions("rings", _circles(rings, radius), colour="#ffffff")
        for name, text in regions.items():
            self.sky.show_regions(name, to_regions(text or None), colour="#e69f00", line="dashed")

    def on_click(self, callback: Callable[[SkyCoord, float], None]) -> None:
        """Call with the place that was clicked, and how near (deg) is near enough."""
        self.sky.on_click(lambda coord: callback(coord, self.sky.fov.deg / _REACH))


def _circles(pointings: Pointings, radius: float) -> list[SkyRegion]:
    """Circles about pointings, alike ones once."""
    places = np.stack([pointings.ra[pointings.known], pointings.dec[pointings.known]], axis=-1)
    different = np.unique(np.round(places, 3), axis=0)
    return [CircleSkyRegion(SkyCoord(ra, dec, unit="deg"), radius * u.deg) for ra, dec in different]
