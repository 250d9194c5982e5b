"""A factor on the sky, given by norms at positions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.core.frames import from_vectors, offsets, to_frame, to_vectors
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_array
from gpnb.maps.geometry import WcsGeometry
from gpnb.models.log_log import quantity_from_dict
from gpnb.models.parameter import Parameter
from gpnb.models.sky_shape import SkyShape

_LEAST = 4
"""Nodes that a smooth surface needs."""


class SkyNorm(SkyShape):
    """A factor without unit on a background: a smooth surface through norms at nodes, as Gammapy's piecewise norm.

    Piecewise cubic between the nodes (Clough and Tocher); beyond their outline it is that of the nearest place on it.

    Parameters
    ----------
    lon, lat : Quantity or list of str
        The nodes, four or more that do not lie on a line.
    norms : sequence of float, optional
        The factor there, the parameters ``norm_0``, ``norm_1`` …; 1 if not given.
    frame : {"icrs", "galactic"}
        Of the nodes.

    Examples
    --------
    >>> norm = SkyNorm([0, 1, 0, 1] * u.deg, [0, 0, 1, 1] * u.deg, norms=[1, 1, 2, 2])
    >>> norm.factor(np.array([0.5]), np.array([0.5])).round(3)
    array([1.5])
    """

    is_factor = True

    def __init__(self, lon: Any, lat: Any, norms: Sequence[float] | None = None, frame: str = "icrs", **given: Any):
        super().__init__()
        self._lon, self._lat = (
            np.atleast_1d(to_array(item, u.deg, name)) for item, name in ((lon, "lon"), (lat, "lat"))
        )
        if self._lon.shape != self._lat.shape or self._lon.size < _LEAST:
            raise ArgumentError(f"lon, lat must be {_LEAST} nodes or more, not {self._lon.size} and {self._lat.size}.")
        norms = [1.0] * self._lon.size if norms is None else norms
        if len(norms) != self._lon.size:
            raise ArgumentError(f"norms must be {self._lon.size} numbers, one a node, not {len(norms)}.")
        if frame not in ("icrs", "galactic"):
            raise ArgumentError(f"frame={frame!r} must be 'icrs' or 'galactic'.")
        self.frame = frame
        defaults = [Parameter(f"norm_{place}", float(value)) for place, value in enumerate(norms)]
        self._values = {item.name: item for item in defaults}
        self._values |= {name: self._known(name).to(value) for name, value in given.items()}
        _surface(tuple(self._lon), tuple(self._lat))

    @property
    def lon(self) -> u.Quantity:
        """Longitudes of the nodes."""
        return self._lon * u.deg

    @property
    def lat(self) -> u.Quantity:
        """Latitudes of the nodes."""
        return self._lat * u.deg

    @property
    def recipe(self) -> Recipe:
        """The constructor call, with nodes and norms."""
        return Recipe.of("gpnb.SkyNorm()", lon=self.lon, lat=self.lat, norms=list(self.values), frame=self.frame)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML, with the nodes."""
        nodes = {
            name: {"data": item.tolist(), "unit": "deg"} for name, item in (("lon", self._lon), ("lat", self._lat))
        }
        return {**super().to_dict(), "frame": self.frame, **nodes}

    @classmethod
    def _extra(cls, data: dict[str, Any]) -> dict[str, Any]:
        nodes = {name: quantity_from_dict(data[name], name) for name in ("lon", "lat")}
        return {**nodes, "frame": data.get("frame", "icrs")}

    def factor(self, ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
        """The factor at ICRS positions in degrees."""
        return np.asarray(np.tensordot(self.values, self._weights(*to_frame(ra, dec, "icrs", self.frame)), axes=1))

    def on(self, geom: WcsGeometry) -> np.ndarray:
        """The factor at the middle of each pixel; shape (ny, nx)."""
        return np.asarray(np.tensordot(self.values, self.on_slopes(geom), axes=1))

    def on_slopes(self, geom: WcsGeometry) -> np.ndarray:
        """Its derivatives with the norms; shape (n, ny, nx)."""
        lon, lat = to_frame(*geom.lonlat, geom.frame, self.frame)
        found = self._weights(np.nan_to_num(lon), np.nan_to_num(lat))
        return np.where(np.isfinite(lon), found, 0.0)

    def _weights(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        """How much each node's norm counts at positions; shape (n nodes, …)."""
        return _surface(tuple(self._lon), tuple(self._lat))(lon, lat)

    def __repr__(self) -> str:
        return f"SkyNorm({self._lon.size} nodes, {min(self.values):.4g} to {max(self.values):.4g})"


class _Surface:
    """Weights of nodes at positions, on the plane about their middle."""

    def __init__(self, lon: np.ndarray, lat: np.ndarray):
        from scipy.interpolate import CloughTocher2DInterpolator  # here: few models need it
        from scipy.spatial import ConvexHull, QhullError

        center = from_vectors(to_vectors(lon, lat).mean(axis=1))
        self._center = float(center[0]), float(center[1])
        nodes = np.stack(offsets(lon, lat, *self._center), axis=-1)
        try:
            self._outline = nodes[ConvexHull(nodes).vertices]
        except QhullError:
            raise ArgumentError("lon, lat: the nodes lie on a line, which carries no surface: move one.") from None
        self._find = CloughTocher2DInterpolator(nodes, np.eye(len(nodes)), tol=1e-10)

    def __call__(self, lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
        at = np.stack(offsets(lon, lat, *self._center), axis=-1)
        found = self._find(at)
        outside = np.isnan(found).any(axis=-1)
        if outside.any():
            found[outside] = self._find(self._nearest(at[outside]))
        return np.moveaxis(found, -1, 0)

    def _nearest(self, at: np.ndarray) -> np.ndarray:
        """The nearest places on the outline, a little inside it."""
        start, along = self._outline, np.roll(self._outline, -1, axis=0) - self._outline
        part = ((at[:, None] - start) * along).sum(axis=-1) / (along**2).sum(axis=-1)
        place = start + np.clip(part, 0, 1)[..., None] * along
        nearest = ((place - at[:, None]) ** 2).sum(axis=-1).argmin(axis=1)
        middle = self._outline.mean(axis=0)
        return np.asarray(middle + (place[np.arange(len(at)), nearest] - middle) * (1 - 1e-9))


@lru_cache(maxsize=8)
def _surface(lon: tuple[float, ...], lat: tuple[float, ...]) -> _Surface:
    """Nodes do not move in a fit: what they need is made once."""
    return _Surface(np.array(lon), np.array(lat))
