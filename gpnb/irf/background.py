"""The rate of background events."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Self

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_array
from gpnb.irf.interpolate import Nodes, gather, gather_planes, mix_logarithmic
from gpnb.irf.layout import ENERGY_RECO, FOV_LAT, FOV_LON, OFFSET, Layout, ValueColumn
from gpnb.irf.response import Response, door
from gpnb.maps.axis import Axis

_BKG = ValueColumn("BKG", "s-1 MeV-1 sr-1", "s-1 TeV-1 sr-1", aliases=("BGD",))


class Background(Response):
    """Background rate an energy and a solid angle, against **reconstructed** energy; base of two kinds.

    A rate: multiply by ontime (not livetime), solid angle and energy width. Along energy a power law between
    nodes where both are positive, else linear; linear across the field of view. Between an outermost node and
    its edge the line goes on, never below zero; outside the edges the rate is zero.
    """

    def __call__(self, energy: Any, fov_lon: Any, fov_lat: Any) -> u.Quantity:
        """The rate at energies and field-of-view positions that broadcast, as a Quantity."""
        arrays = door(energy=(energy, "TeV"), fov_lon=(fov_lon, "deg"), fov_lat=(fov_lat, "deg"))
        return self.evaluate(*arrays) * self.unit

    def rate(self, energy_edges: Any, fov_lon: Any, fov_lat: Any) -> u.Quantity:
        """The rate a solid angle in energy bins, shape (n_bins, *shape of the positions), as a Quantity."""
        position = door(fov_lon=(fov_lon, "deg"), fov_lat=(fov_lat, "deg"))
        return self.integrate(to_array(energy_edges, "TeV", "energy_edges"), *position) / (u.s * u.sr)

    @property
    def alignment(self) -> str:
        """``"RADEC"`` or ``"ALTAZ"``: what the field of view is aligned with; `DataFormatError` for anything else."""
        name = str(self.header.get("FOVALIGN", "RADEC")).strip().upper()
        if name not in {"RADEC", "ALTAZ"}:
            raise DataFormatError(f"The keyword FOVALIGN of {self!r} is {name!r}, but must be 'RADEC' or 'ALTAZ'.")
        return name

    def evaluate(self, energy: np.ndarray, fov_lon: np.ndarray, fov_lat: np.ndarray) -> np.ndarray:
        """The rate in s-1 TeV-1 sr-1; float method: TeV, deg, deg, broadcast."""
        energy = np.asarray(energy, dtype=float)
        position = self._position(np.asarray(fov_lon, dtype=float), np.asarray(fov_lat, dtype=float))
        place = [node.locate(value) for node, value in zip(self._nodes[1:], position, strict=True)]
        index, weight = self._nodes[0].locate(energy)
        following = np.minimum(index + 1, self.energy_axis.n - 1)
        sides = [gather(self.values, [(side, np.zeros(())), *place]) for side in (index, following)]
        rate = mix_logarithmic(np.maximum(sides[0], 0.0), np.maximum(sides[1], 0.0), weight)
        inside = self._nodes[0].inside(energy) & self._inside(position)
        return np.where(inside, rate, 0.0)

    def integrate(self, energy_edges: np.ndarray, fov_lon: np.ndarray, fov_lat: np.ndarray) -> np.ndarray:
        """The rate in energy bins, s-1 sr-1; float method for maps.

        Parameters
        ----------
        energy_edges : ndarray, shape (n_energy + 1,)
            TeV.
        fov_lon, fov_lat : ndarray
            deg, of one shape; NaN gives zero.

        Returns
        -------
        ndarray, shape (n_energy, *fov_lon.shape)

        Notes
        -----
        Integrated at the nodes of the response, piece by piece between its nodes and the given edges as a
        power law, exactly; then interpolated to the positions.
        """
        fov_lon, fov_lat = np.broadcast_arrays(np.asarray(fov_lon, dtype=float), np.asarray(fov_lat, dtype=float))
        table = self._integrated(np.asarray(energy_edges, dtype=float))
        position = self._position(fov_lon.ravel(), fov_lat.ravel())
        place = [node.locate(value) for node, value in zip(self._nodes[1:], position, strict=True)]
        rate = gather_planes(table, place)
        np.maximum(rate, 0.0, out=rate)
        rate *= self._inside(position)
        return rate.reshape(len(table), *fov_lon.shape)

    def nodes(self, number: int) -> Nodes:  # noqa: D102
        return Nodes(self.axes[number], extend=True, hold_below=self.axes[number].name == "offset")

    def _position(self, fov_lon: np.ndarray, fov_lat: np.ndarray) -> tuple[np.ndarray, ...]:
        """The coordinates on the axes after the energy."""
        raise NotImplementedError

    def _inside(self, position: tuple[np.ndarray, ...]) -> np.ndarray:
        inside = [node.inside(value) for node, value in zip(self._nodes[1:], position, strict=True)]
        result: np.ndarray = np.logical_and.reduce(np.broadcast_arrays(*inside))
        return result

    def _integrated(self, edges: np.ndarray) -> np.ndarray:
        """Integrals over energy bins at the other nodes, s-1 sr-1, shape (n_bins, *other axes)."""
        breaks = self._breaks(edges)
        index, weight = self._nodes[0].locate(breaks)
        following = np.minimum(index + 1, self.energy_axis.n - 1)
        column = (slice(None),) + (None,) * (self.values.ndim - 1)
        rate = mix_logarithmic(self.values[index], self.values[following], weight[column])
        pieces = _power_law_integrals(breaks[column], rate)
        centers = np.sqrt(breaks[1:] * breaks[:-1])
        pieces *= self._nodes[0].inside(centers)[column]
        first = np.searchsorted(breaks, edges[:-1])
        return np.add.reduceat(pieces, first, axis=0) if len(first) else pieces[:0]

    def _breaks(self, edges: np.ndarray) -> np.ndarray:
        """The given edges with the nodes and limits of the response between them."""
        own = np.append(self.energy_axis.center_values, self._nodes[0].span)
        return np.union1d(edges, own[(own > edges[0]) & (own < edges[-1])])


class Background2D(Background):
    """Background rate against reconstructed energy and offset (GADF ``BKG_2D``).

    Parameters
    ----------
    axes : tuple of Axis
        ``energy`` and ``offset``.
    values : ndarray or Quantity, shape (n_energy, n_offset)
        s-1 TeV-1 sr-1, or with a unit.
    header, recipe
        See `Response`.
    """

    layout = Layout("bkg_2d", "BKG", "BACKGROUND", (ENERGY_RECO, OFFSET), (_BKG,))

    def _position(self, fov_lon: np.ndarray, fov_lat: np.ndarray) -> tuple[np.ndarray, ...]:
        lon, lat = np.deg2rad(fov_lon), np.deg2rad(fov_lat)
        haversine = np.sin(lat / 2) ** 2 + np.cos(lat) * np.sin(lon / 2) ** 2
        return (np.rad2deg(2 * np.arcsin(np.sqrt(np.minimum(haversine, 1.0)))),)


class Background3D(Background):
    """Background rate against reconstructed energy and field-of-view position (GADF ``BKG_3D``).

    ``DETX`` is the longitude and ``DETY`` the latitude of the GADF field-of-view frame, in the order in which
    the columns of the file say so. Not all files follow: the events of the OFF runs of the H.E.S.S. release DR1 say
    that its DETX is the latitude and its DETY the negative longitude, ``oriented("lat", "-lon")``.

    Parameters
    ----------
    axes : tuple of Axis
        ``energy``, ``fov_lon`` and ``fov_lat``.
    values : ndarray or Quantity, shape (n_energy, n_lon, n_lat)
        s-1 TeV-1 sr-1, or with a unit.
    header, recipe
        See `Response`.
    """

    layout = Layout("bkg_3d", "BKG", "BACKGROUND", (ENERGY_RECO, FOV_LON, FOV_LAT), (_BKG,))

    def oriented(self, detx: str = "lon", dety: str = "lat") -> Self:
        """The same table with other directions of its axes.

        Parameters
        ----------
        detx, dety : {"lon", "-lon", "lat", "-lat"}
            What DETX and DETY are in the field-of-view frame; the header keeps it (``DETAXES``).

        Raises
        ------
        ArgumentError
            If they are not one longitude and one latitude, or the table was oriented already.
        """
        names = (detx, dety)
        if sorted(name.removeprefix("-") for name in names) != ["lat", "lon"] or "DETAXES" in self.header:
            raise ArgumentError(
                f"detx={detx!r}, dety={dety!r}: give one of 'lon' and '-lon' and one of 'lat' and '-lat', once."
            )
        axes, values = list(self.axes), self.values
        for number, name in enumerate(names, start=1):
            if name.startswith("-"):
                axes[number], values = _mirrored(axes[number]), np.flip(values, number)
        order = (0, 1, 2) if detx.endswith("lon") else (0, 2, 1)
        lon, lat = (
            replace(axes[place], name=name) for place, name in zip(order[1:], ("fov_lon", "fov_lat"), strict=True)
        )
        header = {**self.header, "DETAXES": f"{detx},{dety}"}
        recipe = Recipe.of(".oriented()", on=self, detx=detx, dety=dety, name="bkg")
        return type(self)((axes[0], lon, lat), values.transpose(order), header, recipe)

    def _position(self, fov_lon: np.ndarray, fov_lat: np.ndarray) -> tuple[np.ndarray, ...]:
        return fov_lon, fov_lat


def _mirrored(axis: Axis) -> Axis:
    low, high, center = (-values[::-1] for values in (axis.high_values, axis.low_values, axis.center_values))
    return replace(axis, low_values=low, high_values=high, center_values=center)


def _power_law_integrals(energy: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Integrals between neighbours along the first axis: power laws, or straight lines where a rate is zero.

    x1 y1 L (exp(t) - 1) / t with L = ln(x2/x1), t = L + ln(y2/y1).
    """
    from scipy.special import exprel  # here, because it takes long to import

    low, high = rate[:-1], rate[1:]
    both = (low > 0) & (high > 0)
    step = np.log(energy[1:] / energy[:-1])
    exponent = step + np.log(np.where(both, high, 1.0) / np.where(both, low, 1.0))
    straight = (low + high) / 2 * (energy[1:] - energy[:-1])
    result: np.ndarray = np.where(both, energy[:-1] * low * step * exprel(exponent), straight)
    return result
