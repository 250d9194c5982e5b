"""What every spatial model does, wherever it is on the sky."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.maps.geometry import WcsGeometry
from gpnb.models.base import Model


class SkyShape(Model):
    """Base of the spatial models: a surface brightness (sr-1) on the sphere.

    Attributes
    ----------
    has_waves : bool
        Whether its Fourier transform is known by a formula, `waves`.
    is_factor : bool
        Whether it is a factor without unit, on a background.
    """

    has_waves: ClassVar[bool] = False
    is_factor: ClassVar[bool] = False

    @classmethod
    def waves(cls, along: Any, across: Any, values: Sequence[float]) -> np.ndarray:
        """Fourier transform on the flat sky, one at zero, and its slopes.

        Parameters
        ----------
        along, across : array
            Wave numbers (radians per deg) along the major axis and across it, of shapes that broadcast.
        values : sequence of float
            Of all parameters but the position, in the order they are declared.

        Returns
        -------
        array, shape (1 + n, …)
            The transform, and below it its exact derivatives with each of `values`. That with ``phi`` is zero here:
            the frame turns with it.
        """
        raise NotImplementedError

    @classmethod
    def reach(cls, values: Sequence[float]) -> float:
        """Radius (deg) that holds all but 1e-4 of the shape; arguments as for `waves`."""
        raise NotImplementedError

    @property
    def carries_flux(self) -> bool:
        """Whether its values are of flux, so that the spectrum is a factor on them."""
        return False

    @property
    def is_round(self) -> bool:
        """Whether it is the same in every direction whatever a fit does to it."""
        e = self._values.get("e")
        return "phi" not in self._values or (e is not None and e.value == 0 and e.frozen and not e.link)

    def density(self, ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
        """Surface brightness (sr-1) at ICRS positions in degrees."""
        raise NotImplementedError

    def on(self, geom: WcsGeometry) -> np.ndarray:
        """Integral over each pixel of a geometry; shape (ny, nx), or (n energies, ny, nx) where it depends on these."""
        raise NotImplementedError

    def covers(self, geom: WcsGeometry) -> np.ndarray:
        """Whether what it has is known at each pixel of a geometry; shape (ny, nx)."""
        return np.ones((geom.ny, geom.nx), dtype=bool)

    def extended(self) -> Self:
        """The same, going on beyond where it is known, as it is at the edge."""
        return self

    def on_slopes(self, geom: WcsGeometry) -> np.ndarray:
        """Derivatives of `on` with all parameters, in their units; shape (n parameters, …)."""
        raise NotImplementedError

    def sample(self, size: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Random ICRS positions (deg) drawn from the shape."""
        raise ArgumentError(f"{type(self).__name__} has no photons of its own to draw: use it in a fit.")
