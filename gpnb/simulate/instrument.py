"""The responses of a CTA-like array, made from the formulae of `gpnb.simulate.performance`."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import ndtr

from gpnb.core.frames import separation
from gpnb.core.recipe import Recipe
from gpnb.irf.aeff import EffectiveArea
from gpnb.irf.background import Background3D
from gpnb.irf.edisp import EnergyDispersion
from gpnb.irf.psf_gauss import Psf3Gauss
from gpnb.irf.response import Response
from gpnb.maps.axis import Axis
from gpnb.simulate import performance

THRESHOLDS = {"LO_THRES": 0.1, "HI_THRES": 100.0}
"""TeV: the safe range the effective area states."""

_ENERGY = Axis.energy("0.01 TeV", "200 TeV", nbin=42, name="energy_true")
_OFFSET = Axis.from_edges([0.0, 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5], "offset", "deg")
_MIGRA = Axis.from_edges(np.linspace(0.0, 3.0, 151), "migra")
_FOV = np.linspace(-6.0, 6.0, 31)
_ENERGY_RECO = Axis.energy("0.08 TeV", "200 TeV", nbin=17)
"""Also the range of the simulated events: fainter ones are taken to be cut."""

_PARTS = 20
"""Parts of a bin of reconstructed energy over which the background rate is averaged."""

_HEADER = {"ORIGIN": "gpnb", "TELESCOP": "CTA-LIKE", "INSTRUME": "SIMULATED"}
_RECIPE = Recipe.of("gpnb.simulate.instrument.cta_like()", name="irfs")


@cache
def cta_like() -> dict[str, Response]:
    """The responses by part: ``aeff``, ``edisp``, ``psf`` (three Gaussians), ``bkg`` (3-D, aligned with RADEC).

    Examples
    --------
    >>> cta_like()["aeff"](energy="1 TeV", offset="0.5 deg").to("km2").round(2)
    <Quantity 0.8 km2>
    """
    return {"aeff": _effective_area(), "edisp": _energy_dispersion(), "psf": _psf(), "bkg": _background()}


def _effective_area() -> EffectiveArea:
    area = performance.effective_area(_ENERGY.center_values[:, None], _OFFSET.center_values)
    return EffectiveArea((_ENERGY, _OFFSET), area, {**_HEADER, **THRESHOLDS}, _part("aeff"))


def _energy_dispersion() -> EnergyDispersion:
    """A Gaussian in E_reco / E_true, cut at zero and normalised."""
    energy, offset = _ENERGY.center_values[:, None, None], _OFFSET.center_values
    mean = 1 + performance.energy_bias(energy)
    width = performance.energy_resolution(energy, offset)
    content = np.diff(ndtr((_MIGRA.edge_values[:, None] - mean) / width), axis=1)
    density = content / content.sum(axis=1, keepdims=True) / _MIGRA.width_values[:, None]
    return EnergyDispersion((_ENERGY, _MIGRA, _OFFSET), density, _HEADER, _part("edisp"))


def _psf() -> Psf3Gauss:
    """Two Gaussians, as the third is not needed; amplitudes are those at the centre."""
    narrow = performance.core_width(_ENERGY.center_values[:, None], _OFFSET.center_values)
    tail = performance.TAIL_FRACTION
    amplitude = tail / (1 - tail) / performance.TAIL_WIDTH**2
    zero = np.zeros_like(narrow)
    return Psf3Gauss.from_columns(
        (_ENERGY, _OFFSET),
        _HEADER,
        _part("psf"),
        SIGMA_1=narrow,
        AMPL_2=np.full_like(narrow, amplitude),
        SIGMA_2=performance.TAIL_WIDTH * narrow,
        AMPL_3=zero,
        SIGMA_3=zero,
    )


def _background() -> Background3D:
    """The table holds the mean rate in each bin of energy."""
    lon, lat = (Axis.from_edges(_FOV, name, "deg") for name in ("fov_lon", "fov_lat"))
    offset = separation(0.0, 0.0, lon.center_values[:, None], lat.center_values)
    fine = _ENERGY_RECO.refine(_PARTS)
    rates = performance.background_rate(fine.center_values[:, None, None], offset) * fine.width_values[:, None, None]
    rate = rates.reshape(_ENERGY_RECO.n, _PARTS, *offset.shape).sum(axis=1) / _ENERGY_RECO.width_values[:, None, None]
    return Background3D((_ENERGY_RECO, lon, lat), rate, {**_HEADER, "FOVALIGN": "RADEC"}, _part("bkg"))


def _part(name: str) -> Recipe:
    return Recipe.of(f"['{name}']", on=_RECIPE, name=name)
