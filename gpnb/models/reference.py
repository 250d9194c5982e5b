"""Spectra with a flux, as what fluxes are measured in parts of."""

from __future__ import annotations

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.models.spectrum import SpectralModel

_EDGES = np.array([0.01, 0.1, 1.0, 10.0, 100.0])
"""TeV."""

_FAINT = 1e-12
"""In cm-2 s-1 between 1 and 10 TeV: of a reference whose own flux is zero."""


def with_flux(spectral: SpectralModel) -> SpectralModel:
    """The same spectrum if it has a flux; where it has none, or a negative one, another norm of the same shape.

    Parameters
    ----------
    spectral : SpectralModel
        As from a fit without a detection.

    Returns
    -------
    SpectralModel
        As it was where no parameter is a norm.

    Examples
    --------
    >>> import gpnb
    >>> with_flux(gpnb.PowerLaw(index=2, amplitude=-3e-12)).amplitude.value
    3e-12
    >>> f"{with_flux(gpnb.PowerLaw(index=2, amplitude=0)).integral('1 TeV', '10 TeV').value:.3g}"
    '1e-12'
    """
    if (_flux(spectral) > 0).any():
        return spectral
    for item in spectral.parameters:
        one, two = (_flux(spectral.replace(**{item.name: value})) for value in (1.0, 2.0))
        if one.any() and np.isfinite(one).all() and np.allclose(two, 2 * one, rtol=1e-9, atol=0):
            value = -item.value if item.value < 0 else _FAINT / float(one[2])
            return spectral.replace(**{item.name: value})
    return spectral


def times(spectral: SpectralModel, factor: float) -> SpectralModel:
    """The same spectrum with a flux so many times as large, by the parameter that is its norm.

    Raises
    ------
    ArgumentError
        If no parameter is.

    Examples
    --------
    >>> import gpnb
    >>> times(gpnb.PowerLaw(index=2, amplitude=2e-12), 3).amplitude.value
    6e-12
    """
    flux = _flux(spectral)
    for item in spectral.parameters:
        if item.value and np.allclose(
            _flux(spectral.replace(**{item.name: 2 * item.value})), 2 * flux, rtol=1e-9, atol=0
        ):
            return spectral.replace(**{item.name: factor * item.value})
    raise ArgumentError(f"{type(spectral).__name__} has no parameter that is its norm.")


def _flux(spectral: SpectralModel) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.asarray(spectral.integral_between(_EDGES[:-1], _EDGES[1:]))
