"""The point spread function as a King function."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from gpnb.irf.interpolate import nearest_usable
from gpnb.irf.layout import ENERGY_TRUE, OFFSET, Layout, ValueColumn
from gpnb.irf.psf import Psf


class PsfKing(Psf):
    """King function (GADF ``PSF_KING``).

    dP/dOmega = (1 - 1/g) (1 + r² / 2 g s²)^-g / (2 pi s²), g > 1, in the small-angle limit, with
    containment 1 - (1 + r² / 2 g s²)^(1 - g).

    Parameters
    ----------
    axes : tuple of Axis
        ``energy_true`` and ``offset``.
    values : ndarray, shape (n_energy, n_offset, 2)
        ``GAMMA`` and ``SIGMA`` (deg); see `from_columns`.
    header, recipe
        See `Response`.
    """

    layout = Layout(
        "psf_king",
        "RPSF",
        "POINT SPREAD FUNCTION",
        (ENERGY_TRUE, OFFSET),
        (ValueColumn("GAMMA", "", "", allow_nan=True), ValueColumn("SIGMA", "deg", "deg", allow_nan=True)),
    )

    @cached_property
    def _filled(self) -> np.ndarray:
        values = np.nan_to_num(self.values)
        usable = (values[..., 0] > 1) & (values[..., 1] > 0)
        self.require(usable)
        return nearest_usable(values, usable)

    def _density(self, parameters: np.ndarray, rad: np.ndarray) -> np.ndarray:
        gamma, sigma = parameters[..., 0], parameters[..., 1]
        peak = (1 - 1 / gamma) / (2 * np.pi * np.deg2rad(sigma) ** 2)
        result: np.ndarray = peak * (1 + rad**2 / (2 * gamma * sigma**2)) ** -gamma
        return result

    def _contained(self, parameters: np.ndarray, rad: np.ndarray) -> np.ndarray:
        gamma, sigma = parameters[..., 0], parameters[..., 1]
        result: np.ndarray = -np.expm1((1 - gamma) * np.log1p(rad**2 / (2 * gamma * sigma**2)))
        return result

    def _radius(self, parameters: np.ndarray, fraction: np.ndarray) -> np.ndarray:
        gamma, sigma = parameters[..., 0], parameters[..., 1]
        result: np.ndarray = sigma * np.sqrt(2 * gamma * np.expm1(np.log1p(-fraction) / (1 - gamma)))
        return result
