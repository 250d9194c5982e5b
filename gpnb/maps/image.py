"""The 2-D sky image of the paper: a thin `SkyMap`."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.maps.binning import bin_events
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap, input_of

_FRAMES = {"GAL": "galactic", "CEL": "icrs"}


class SkyImage(SkyMap):
    """A `SkyMap` without further axes, filled in place.

    Examples
    --------
    >>> image = SkyImage.empty(nxpix=400, nypix=400, binsz=0.02, xref=83.6, yref=22.0, coordsys="CEL", proj="TAN")
    >>> image
    <SkyImage 400 × 400 pixels of 0.02 deg, icrs TAN at 83.6000 22.0000, float32>
    """

    @classmethod
    def empty(
        cls,
        nxpix: int = 200,
        nypix: int = 200,
        binsz: float = 0.02,
        xref: float = 0.0,
        yref: float = 0.0,
        proj: str = "CAR",
        coordsys: str = "GAL",
        name: str | None = None,
    ) -> SkyImage:
        """An image of zeros.

        Parameters
        ----------
        nxpix, nypix : int
            Pixels in longitude and latitude.
        binsz : float
            Pixel size in degrees.
        xref, yref : float
            Longitude and latitude of the middle in degrees.
        proj : str
            The projection, as in `WcsGeometry.create`.
        coordsys : {"GAL", "CEL"}
            Galactic or ICRS.
        name : str, optional
            Kept in ``meta["name"]``; the HDU's name in a file.
        """
        if coordsys not in _FRAMES:
            raise ArgumentError(f"coordsys={coordsys!r} must be one of {', '.join(_FRAMES)}.")
        frame = _FRAMES[coordsys]
        center = SkyCoord(xref, yref, unit="deg", frame=frame)
        geom = WcsGeometry.create(center=center, npix=(nxpix, nypix), binsz=f"{binsz} deg", frame=frame, proj=proj)
        recipe = Recipe.of_call(cls.empty, locals())
        return cls(geom, np.zeros(geom.shape, dtype=np.float32), recipe=recipe, meta={"name": name} if name else None)

    def fill_events(self, events: Any) -> SkyImage:
        """Count events into the image, in place, and give it back.

        Parameters
        ----------
        events : EventList
            Or anything with float arrays ``ra_values`` and ``dec_values`` in ICRS degrees.
        """
        self.data += bin_events(events, self.geom)
        self.recipe = Recipe.of(".fill_events()", on=self, events=input_of(events, "events"), name="image")
        return self
