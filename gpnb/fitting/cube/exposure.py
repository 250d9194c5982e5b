"""Exposure where the photons of a source come from, before the point spread function moves them.

Of a point that is its place. Of an extended source it is, for each pixel, the mean true position of what is seen there:
between the pixel and the centre, by how wide the source is beside the point spread function. There the exposure's own
relative course is taken, energy by energy of what is measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gpnb.fitting.cube.patch import at_place, in_plane
from gpnb.fitting.cube.voxels import Voxels

_APART = 1e-4
"""deg: between the places whose pixels give the slope of a pixel."""


@dataclass(frozen=True, eq=False)
class Spot:
    """A place on a map.

    Parameters
    ----------
    pixel : array, shape (2,)
        Float pixel (x, y).
    slope : array, shape (2, 2)
        Derivatives of (x, y), rows, with longitude and latitude, columns, per deg.
    """

    pixel: np.ndarray
    slope: np.ndarray


def spot(voxels: Voxels, lon: float, lat: float, frame: str) -> Spot:
    """A place, deg in a frame, as a pixel."""
    step = _APART * np.array([[0, 1, -1, 0, 0], [0, 0, 0, 1, -1]])
    pixel = voxels.pixel_of(lon + step[0], np.clip(lat + step[1], -90, 90), frame)
    slope = np.array([pixel[:, 1] - pixel[:, 2], pixel[:, 3] - pixel[:, 4]]).T / (2 * _APART)
    return Spot(pixel[:, 0], slope)


@dataclass(frozen=True, eq=False)
class AtPoint:
    """The exposure at the source.

    Parameters
    ----------
    planes : array, shape (n_true, ny, nx)
        Exposure, cm2 s.
    """

    planes: np.ndarray

    def values(self, place: Spot) -> np.ndarray:
        """cm2 s, and its derivatives with longitude and latitude; shape (3, n_true)."""
        value, dx, dy = at_place(self.planes, *place.pixel.tolist())
        return np.array([value, *(place.slope.T @ np.array([dx, dy]))])


@dataclass(frozen=True, eq=False)
class Course:
    """The exposure over an extended source, relative to that at one place.

    Parameters
    ----------
    planes : array, shape (n_energy, ny, nx)
        Relative exposure.
    part : array, shape (n_energy, 2, 2)
        Of the way from the source to a pixel, in pixels, where the photons seen there come from on average.
    """

    planes: np.ndarray
    part: np.ndarray

    def at(self, place: Spot, energy: np.ndarray, pixel: np.ndarray) -> np.ndarray:
        """Relative exposure of voxels, and its derivatives with the source's longitude and latitude; shape (3, n).

        Parameters
        ----------
        place : Spot
            The source.
        energy : array of int, shape (n,)
            Energy bin of each voxel.
        pixel : array, shape (2, n)
            Its pixel (x, y).
        """
        found = np.empty((3, len(energy)))
        for number in np.unique(energy):
            own = energy == number
            found[:, own] = self.plane(place, int(number), pixel[:, own])
        return found

    def plane(self, place: Spot, number: int, pixel: np.ndarray) -> np.ndarray:
        """The same for voxels of one energy."""
        part, source = self.part[number], place.pixel[:, None]
        x, y = source + part @ (pixel - source)
        value, *slope = in_plane(self.planes[number], x, y)
        return np.array([value, *(place.slope.T @ (np.eye(2) - part).T @ np.array(slope))])
