"""Published spectra that others are held against: of the Crab nebula, and of cosmic rays at Earth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.core.near import meant
from gpnb.core.units import to_float
from gpnb.models.base import Declared
from gpnb.models.spectral import ExpCutoffPowerLaw, LogParabola, PowerLaw
from gpnb.models.spectrum import SpectralModel

_TEV = 1 / 1.602176634
"""TeV an erg."""

_PER_CM2 = 1e-4
"""Of what is published per square metre."""

_MEYER = (-0.00449161, 0.0, 0.0473174, -0.179475, -0.53616, -10.2708)

_CITED = {
    "meyer": "Meyer, Horns & Zechlin 2010, A&A 523, A2, appendix D",
    "hegra": "Aharonian et al. (HEGRA) 2004, ApJ 614, 897",
    "hess": "Aharonian et al. (H.E.S.S.) 2006, A&A 457, 899",
    "magic": "Aleksić et al. (MAGIC) 2015, JHEAp 5, 30",
    "bernloehr": "Bernlöhr et al. (CTA) 2013, Astropart. Phys. 43, 171, table 3",
}


class MeyerCrab(SpectralModel):
    """The Crab nebula from GeV energies to 100 TeV: log10 of E² dN/dE is a polynomial of log10 E.

    Meyer, Horns & Zechlin 2010, A&A 523, A2, appendix D.

    Parameters
    ----------
    norm : float
        A factor, frozen at 1.

    Examples
    --------
    >>> MeyerCrab()("1 TeV").to("1e-11 TeV-1 s-1 cm-2").round(3)
    <Quantity 3.346 1e-11 / (TeV s cm2)>
    """

    norm = Declared(1.0, frozen=True)

    @staticmethod
    def evaluate(energy: Any, norm: Any) -> Any:
        """The polynomial, of TeV and in erg cm-2 s-1, over E²."""
        return norm * _TEV * 10 ** np.polyval(_MEYER, np.log10(energy)) / energy**2


@dataclass(frozen=True)
class Reference:
    """A published spectrum.

    Parameters
    ----------
    title : str
        What it is of, and whose.
    cited : str
        Where it was published.
    spectrum : SpectralModel
        As it was published; of cosmic rays per sr.
    is_diffuse : bool
        Whether it comes from everywhere, and is per sr.
    """

    title: str
    cited: str
    spectrum: SpectralModel
    is_diffuse: bool = False


def _crab(whose: str, spectrum: SpectralModel, words: str = "") -> Reference:
    cited = _CITED[whose]
    name = {"meyer": "Meyer et al.", "hegra": "HEGRA", "hess": "H.E.S.S.", "magic": "MAGIC"}[whose]
    year = next(word.strip(",") for word in cited.split() if word.strip(",").isdigit())
    return Reference(f"Crab nebula, {name} {year}{words}", cited, spectrum)


def _particles(title: str, amplitude: float, index: float) -> Reference:
    law = PowerLaw(index=index, amplitude=_PER_CM2 * amplitude)
    return Reference(title, _CITED["bernloehr"], law, is_diffuse=True)


def _electrons() -> Reference:
    """A power law with a log-normal bump, L/(E w √2π) exp(−ln²(E/Ep)/2w²), which is a log-parabola about Ep."""
    bump, peak, width = 3.19e-3, 0.107, 0.776
    height = _PER_CM2 * bump / (peak * width * math.sqrt(2 * math.pi))
    shoulder = LogParabola(amplitude=height, reference=peak, alpha=1.0, beta=1 / (2 * width**2))
    law = PowerLaw(index=3.21, amplitude=_PER_CM2 * 6.85e-5)
    return Reference("Cosmic-ray electrons", _CITED["bernloehr"], law + shoulder, is_diffuse=True)


def _made() -> dict[str, Reference]:
    cut, bent = ExpCutoffPowerLaw, LogParabola
    return {
        "crab-meyer": _crab("meyer", MeyerCrab()),
        "crab-hegra": _crab("hegra", PowerLaw(index=2.62, amplitude=2.83e-11)),
        "crab-hess": _crab("hess", cut(index=2.39, amplitude=3.76e-11, lambda_=1 / 14.3)),
        "crab-hess-powerlaw": _crab("hess", PowerLaw(index=2.63, amplitude=3.45e-11), ", power law"),
        "crab-magic": _crab("magic", bent(amplitude=3.23e-11, alpha=2.47, beta=0.24 / math.log(10))),
        "crab-magic-cutoff": _crab("magic", cut(index=2.21, amplitude=3.80e-11, lambda_=1 / 6.0), ", cut-off"),
        "protons": _particles("Cosmic-ray protons", 0.096, 2.70),
        "helium": _particles("Cosmic-ray helium", 0.0719, 2.64),
        "silicon": _particles("Cosmic-ray silicon", 0.0284, 2.66),
        "iron": _particles("Cosmic-ray iron", 0.0134, 2.63),
        "electrons": _electrons(),
    }


REFERENCES: Mapping[str, Reference] = _made()
"""By name."""


def reference_spectrum(name: str, solid_angle: Any = None) -> SpectralModel:
    """A published spectrum of the Crab nebula, or of cosmic rays at Earth.

    Parameters
    ----------
    name : str
        ``"crab-meyer"``, ``"crab-hegra"``, ``"crab-hess"``, ``"crab-hess-powerlaw"``, ``"crab-magic"``,
        ``"crab-magic-cutoff"``; ``"protons"``, ``"helium"``, ``"silicon"``, ``"iron"``, ``"electrons"``, as they were
        assumed for the design of CTA, from the table of Bernlöhr et al. 2013.
    solid_angle : Quantity or str, optional
        How much of the sky cosmic rays come from; by default all of it, 4π sr.

    Returns
    -------
    SpectralModel
        To be drawn, to be fitted (thaw what is frozen), or to measure others with.

    Raises
    ------
    ArgumentError
        If there is none of that name, or a solid angle for something that has none.

    Examples
    --------
    >>> reference_spectrum("crab-hess").integral("1 TeV").to("1e-11 cm-2 s-1").round(2)
    <Quantity 2.27 1e-11 / (s cm2)>
    >>> electrons = reference_spectrum("electrons", solid_angle="0.05 deg2")
    >>> electrons("1 TeV").unit.to_string()
    '1 / (TeV s cm2)'
    """
    if name not in REFERENCES:
        raise ArgumentError(f"No reference is called {name!r}: {meant(name, REFERENCES)}")
    found = REFERENCES[name]
    if not found.is_diffuse:
        if solid_angle is not None:
            raise ArgumentError(f"solid_angle={solid_angle!r}: {found.title} is a source, not spread over the sky.")
        return found.spectrum
    size = 4 * math.pi if solid_angle is None else to_float(solid_angle, u.sr, "solid_angle")
    if not 0 < size <= 4 * math.pi * (1 + 1e-9):
        raise ArgumentError(f"solid_angle={solid_angle!r} must be positive, and at most 4π sr.")
    return _scaled(found.spectrum, size)


def _scaled(spectrum: SpectralModel, factor: float) -> SpectralModel:
    """The same with all amplitudes times a factor."""
    norms = {item.name: item.value * factor for item in spectrum.parameters if item.name.startswith("amplitude")}
    return spectrum.replace(**norms)
