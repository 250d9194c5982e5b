"""Images on the pixels of a cube through exposure and point spread function, by Fourier transform."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u
from scipy.fft import irfft2, next_fast_len, rfft2

from gpnb.fitting.cube.responses import Instrument
from gpnb.fitting.cube.voxels import Voxels
from gpnb.irf.radial_psf import RadialPsf
from gpnb.maps.geometry import WcsGeometry

_RESOLVED = 1e-3
"""A density at the middles of pixels adds up to one, but for this, where pixels are fine enough for it."""


class Smearing:
    """Exposure first, then the point spread function; beyond the map all is taken to go on as at its edge.

    Parameters
    ----------
    voxels : Voxels
        The data.
    instrument : Instrument
        The responses.
    again : bool
        Keep the transforms of the point spread function, for many images.
    """

    def __init__(self, voxels: Voxels, instrument: Instrument, again: bool = False):
        self._exposure, self._again = instrument.exposure, again
        self._kernel: np.ndarray | None = None
        if instrument.psf is None:
            return
        geom = voxels.dataset.geom.image()
        lon, lat = geom.center.spherical.lon.deg, geom.center.spherical.lat.deg
        sides = voxels.pixel_sides(float(lon), float(lat), geom.frame)
        x, y = (int(np.ceil(float(instrument.psf.rad[-1]) / side)) for side in sides)
        self._kernel, self._rim = _kernel(instrument.psf, geom, sides, (x, y)), (y, x)
        self._shape = [
            next_fast_len(size + 2 * rim, real=True) for size, rim in zip(geom.shape, self._rim, strict=True)
        ]
        self._known: dict[int, np.ndarray] = {}

    def __call__(self, image: Any) -> np.ndarray:
        """Counts per flux in each true energy and pixel, of the part of the flux in each; shape (n_true, ny, nx)."""
        image = np.nan_to_num(self._exposure * image)
        if self._kernel is None:
            return np.asarray(image)
        (y, x), (ny, nx) = self._rim, image.shape[1:]
        image = np.pad(image, ((0, 0), (y, y), (x, x)), mode="edge")
        found = np.empty((len(image), ny, nx))
        for number, plane in enumerate(image):  # one by one: memory; what wraps around stays in the rim
            both = irfft2(rfft2(plane, self._shape) * self._transform(number), self._shape)
            found[number] = both[2 * y : 2 * y + ny, 2 * x : 2 * x + nx]
        return found

    def _transform(self, number: int) -> np.ndarray:
        assert self._kernel is not None
        if number in self._known:
            return self._known[number]
        found = np.asarray(rfft2(self._kernel[number], self._shape))
        if self._again:
            self._known[number] = found
        return found


def _kernel(psf: RadialPsf, geom: WcsGeometry, sides: tuple[float, float], rim: tuple[int, int]) -> np.ndarray:
    """What spreads means over pixels: shape (n_true, 2 y + 1, 2 x + 1).

    These have been smoothed by the pixel once. Where the point spread function is resolved, its density is taken, so
    that they are not smoothed again; where it is not, what falls into each pixel.
    """
    across, along = (side * np.arange(size + 1) for side, size in zip(sides, rim, strict=True))
    quarter = psf.evaluate(np.hypot(across, along[:, None])) * (sides[0] * sides[1])
    column, row = (np.abs(np.arange(-size, size + 1)) for size in rim)
    found = quarter[:, row[:, None], column]
    total = found.sum(axis=(1, 2), keepdims=True)
    resolved = np.abs(total[:, 0, 0] - 1) < _RESOLVED
    found /= total
    if not resolved.all():
        npix = (len(column), len(row))
        around = WcsGeometry.create(geom.center, npix=npix, binsz=sides * u.deg, frame=geom.frame)
        found[~resolved] = psf.kernel(around).data[~resolved]
    return found
