"""The point spread function as a sum of three Gaussians."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from gpnb.irf.interpolate import nearest_usable
from gpnb.irf.layout import ENERGY_TRUE, OFFSET, Layout, ValueColumn
from gpnb.irf.psf import Psf

_STEPS = 48
"""Halvings of the interval that holds a containment radius."""


class Psf3Gauss(Psf):
    """Sum of three Gaussians (GADF ``PSF_3GAUSS``).

    dP/dOmega = sum_i w_i exp(-r² / 2 s_i²) / (2 pi s_i²), w_i = A_i s_i² / sum_k A_k s_k², A_1 = 1, in the
    small-angle limit. The ``SCALE`` of files is not used (it is inconsistent in CTA 1DC): the function is
    normalised by its widths and amplitudes. A component with a width or amplitude of zero is not used.

    Parameters
    ----------
    axes : tuple of Axis
        ``energy_true`` and ``offset``.
    values : ndarray, shape (n_energy, n_offset, 5)
        ``SIGMA_1`` (deg), ``AMPL_2``, ``SIGMA_2`` (deg), ``AMPL_3``, ``SIGMA_3`` (deg); see `from_columns`.
    header, recipe
        See `Response`.
    """

    layout = Layout(
        "psf_3gauss",
        "RPSF",
        "POINT SPREAD FUNCTION",
        (ENERGY_TRUE, OFFSET),
        (
            ValueColumn("SIGMA_1", "deg", "deg", allow_nan=True),
            ValueColumn("AMPL_2", "", "", allow_nan=True, least=-math.inf),
            ValueColumn("SIGMA_2", "deg", "deg", allow_nan=True),
            ValueColumn("AMPL_3", "", "", allow_nan=True, least=-math.inf),
            ValueColumn("SIGMA_3", "deg", "deg", allow_nan=True),
        ),
    )

    def file_columns(self) -> dict[str, np.ndarray]:
        """As of `Response`, with the ``SCALE`` (sr-1) that normalises the function."""
        amplitude, sigma = _components(np.nan_to_num(self.values))
        total = 2 * (amplitude * np.deg2rad(sigma) ** 2).sum(axis=-1)
        scale = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
        return {"SCALE": scale, **super().file_columns()}

    @cached_property
    def _filled(self) -> np.ndarray:
        """Amplitudes, then widths in deg, of the components in use: shape (n_energy, n_offset, 2 to 6)."""
        amplitude, sigma = _components(np.nan_to_num(self.values))
        used = (sigma > 0) & (amplitude != 0)
        self.require(used)
        components = [number for number in range(3) if used[..., number].any()]
        amplitude = np.where(used, amplitude, 0.0)[..., components]
        widths = [nearest_usable(sigma[..., number], used[..., number]) for number in components]
        sigma = np.stack(widths, axis=-1)
        usable = (amplitude * sigma**2).sum(axis=-1) > 0
        return nearest_usable(np.concatenate([amplitude, sigma], axis=-1), usable)

    def _density(self, parameters: np.ndarray, rad: np.ndarray) -> np.ndarray:
        weight, sigma = _weights(parameters)
        peak = weight / (2 * np.pi * np.deg2rad(sigma) ** 2)
        result: np.ndarray = (peak * np.exp(-0.5 * (rad[..., None] / sigma) ** 2)).sum(axis=-1)
        return result

    def _contained(self, parameters: np.ndarray, rad: np.ndarray) -> np.ndarray:
        weight, sigma = _weights(parameters)
        result: np.ndarray = -(weight * np.expm1(-0.5 * (rad[..., None] / sigma) ** 2)).sum(axis=-1)
        return result

    def _radius(self, parameters: np.ndarray, fraction: np.ndarray) -> np.ndarray:
        """By bisection: outside of `high` less than 1 - fraction is left, whatever the weights."""
        weight, sigma = _weights(parameters)
        widest = np.where(weight != 0, sigma, 0.0).max(axis=-1)
        high = widest * np.sqrt(2 * np.log(np.abs(weight).sum(axis=-1) / (1 - fraction)))
        low = np.zeros_like(high)
        for _ in range(_STEPS):
            middle = (low + high) / 2
            less = self._contained(parameters, middle) < fraction
            low, high = np.where(less, middle, low), np.where(less, high, middle)
        result: np.ndarray = (low + high) / 2
        return result


def _components(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Amplitudes and widths of the three components, each of shape (n_energy, n_offset, 3)."""
    first = np.ones(values.shape[:-1])
    return np.stack([first, values[..., 1], values[..., 3]], axis=-1), values[..., 0::2]


def _weights(parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    number = parameters.shape[-1] // 2
    amplitude, sigma = parameters[..., :number], parameters[..., number:]
    weight = amplitude * sigma**2
    return weight / weight.sum(axis=-1, keepdims=True), sigma
