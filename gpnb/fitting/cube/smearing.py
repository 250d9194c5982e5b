"""Images on the pixels of a cube through exposure and point spread function, by Fourier transform."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u
from scipy.fft import dctn, fft, ifft, irfft, next_fast_len, rfft

from gpnb.fitting.cube.responses import Instrument
from gpnb.fitting.cube.voxels import Voxels
from gpnb.irf.radial_psf import RadialPsf
from gpnb.maps.geometry import WcsGeometry

_RESOLVED = 1e-3
"""A density at the middles of pixels adds up to one, but for this, where pixels are fine enough for it."""

_NEAR = 16
"""Pixels from the middle: beyond, the density of anything hardly changes within one."""


class Smearing:
    """Exposure first, then the point spread function; beyond the map all is taken to go on as at its edge.

    Parameters
    ----------
    voxels : Voxels
        The data.
    instrument : Instrument
        The responses.
    """

    def __init__(self, voxels: Voxels, instrument: Instrument):
        self._exposure = instrument.exposure
        self._spread = None if instrument.psf is None else _spread_of(voxels, instrument.psf)

    def __call__(self, image: Any) -> np.ndarray:
        """Counts per flux in each true energy and pixel, of the part of the flux in each; shape (n_true, ny, nx)."""
        found = np.asarray(self._exposure * image)
        found[~np.isfinite(found)] = 0.0
        if self._spread is not None:
            for number, plane in enumerate(found):
                found[number] = self._spread(number, plane)
        return found


class _Spread:
    """Convolution of planes, one a true energy.

    Parameters
    ----------
    psf : RadialPsf
        What they are convolved with.
    geom : WcsGeometry
        Their pixels.
    sides : pair of float
        Of a pixel, deg.
    """

    def __init__(self, psf: RadialPsf, geom: WcsGeometry, sides: tuple[float, float]):
        x, y = (int(np.ceil(float(psf.rad[-1]) / side)) for side in sides)
        self._rim, self._size = (y, x), geom.shape
        self._half = [next_fast_len(-(-size // 2) + rim) for size, rim in zip(geom.shape, self._rim, strict=True)]
        self._transforms = [self._transform(quarter) for quarter in _kernel(psf, geom, sides, (x, y))]

    def _transform(self, quarter: np.ndarray) -> np.ndarray:
        """Real, as the kernel is the same on all four sides of its middle; shape of the half-sizes and one."""
        padded = np.zeros([half + 1 for half in self._half])
        padded[: quarter.shape[0], : quarter.shape[1]] = quarter
        return np.asarray(dctn(padded, type=1))

    def __call__(self, number: int, plane: np.ndarray) -> np.ndarray:
        """A plane, convolved: what wraps around stays in the rim."""
        rows, columns = (2 * half for half in self._half)
        (y, x), (ny, nx) = self._rim, self._size
        waves = rfft(np.pad(plane, ((0, 0), (x, columns - nx - x)), mode="edge"), axis=1)
        waves = np.pad(waves, ((y, rows - ny - y), (0, 0)), mode="edge")  # rows of the rim are all the same
        waves = fft(waves, axis=0, overwrite_x=True)
        transform, half = self._transforms[number], self._half[0]
        waves[: half + 1] *= transform
        waves[half + 1 :] *= transform[half - 1 : 0 : -1]
        waves = ifft(waves, axis=0, overwrite_x=True)[y : y + ny]
        return np.asarray(irfft(waves, columns, axis=1)[:, x : x + nx])


def _spread_of(voxels: Voxels, psf: RadialPsf) -> _Spread:
    """The same for all sources with the same point spread function."""
    key = psf.energy_true.edge_values.tobytes(), psf.rad.tobytes(), psf.density.tobytes()
    if key not in voxels.spreads:
        geom = voxels.dataset.geom.image()
        lon, lat = geom.center.spherical.lon.deg, geom.center.spherical.lat.deg
        voxels.spreads[key] = _Spread(psf, geom, voxels.pixel_sides(float(lon), float(lat), geom.frame))
    found: _Spread = voxels.spreads[key]
    return found


def _kernel(psf: RadialPsf, geom: WcsGeometry, sides: tuple[float, float], rim: tuple[int, int]) -> np.ndarray:
    """What spreads means over pixels, from the middle to one corner: shape (n_true, y + 1, x + 1).

    These have been smoothed by the pixel once. Where the point spread function is resolved, its density is taken, so
    that they are not smoothed again; where it is not, what falls into each pixel near the middle.
    """
    across, along = (side * np.arange(size + 1) for side, size in zip(sides, rim, strict=True))
    found = psf.evaluate(np.hypot(across, along[:, None])) * (sides[0] * sides[1])
    column, row = (np.where(np.arange(size + 1) > 0, 2.0, 1.0) for size in rim)  # one or both sides of the middle
    total = found @ column @ row
    resolved = np.abs(total - 1) < _RESOLVED
    found[resolved] /= total[resolved, None, None]
    if not resolved.all():
        x, y = (min(size, _NEAR) for size in rim)
        npix = (2 * x + 1, 2 * y + 1)
        around = WcsGeometry.create(geom.center, npix=npix, binsz=sides * u.deg, frame=geom.frame)
        found[~resolved, : y + 1, : x + 1] = psf.kernel(around).data[~resolved, y:, x:]
        found /= (found @ column @ row)[:, None, None]
    return found
