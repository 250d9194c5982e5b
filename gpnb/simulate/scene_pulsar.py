"""What the demo store of a pulsar shows: two peaks a turn, in a nebula that is steady."""

from __future__ import annotations

from functools import cache

import numpy as np
from astropy import units as u

from gpnb.data.phase import Ephemeris
from gpnb.models.collection import Models
from gpnb.models.point import PointSource
from gpnb.models.sky import SkyModel
from gpnb.models.spectral import PowerLaw
from gpnb.models.temporal_template import PhaseCurve
from gpnb.simulate.sampling import offset_by
from gpnb.simulate.scene import Target

EPHEMERIS = Ephemeris("MJD 60650 tt", f0="11.2 Hz", f1="-1.56e-11 Hz s-1")
"""Of arrivals at the telescope, as everything here: no barycentre is needed."""

ON, OFF = ((0.06, 0.14), (0.46, 0.54)), ((0.6, 1.0),)
"""Phases that hold the peaks, and phases without."""

_EPOCH = 60650.0
_NODES = (0.06, 0.10, 0.14, 0.46, 0.50, 0.54)
_VALUES = (0.0, 15.0, 0.0, 0.0, 10.0, 0.0)
_POSITION = (128.84, -5.18)


@cache
def pulsar_targets() -> tuple[Target, ...]:
    """The one target: spectra are averages over the turn, the mean of the curve being 1."""
    curve = PhaseCurve(_NODES, _VALUES, epoch=_EPOCH * u.d, f0=EPHEMERIS.f0, f1=EPHEMERIS.f1)
    place = PointSource(f"{_POSITION[0]}d {_POSITION[1]}d")
    soft = PowerLaw(index=3.2, amplitude="3e-12 TeV-1 s-1 cm-2", reference="1 TeV")
    hard = PowerLaw(index=2.4, amplitude="3e-12 TeV-1 s-1 cm-2", reference="1 TeV")
    models = [
        SkyModel(spectral=soft, spatial=place, temporal=curve, name="pulsar"),
        SkyModel(spectral=hard, spatial=place, name="nebula"),
    ]
    angles = (0.0, 180.0, 90.0, 270.0)
    pairs = [offset_by(*_POSITION, 0.5, np.radians(angle)) for angle in angles]  # type: ignore[arg-type]
    pointings = tuple((round(float(ra), 4), round(float(dec), 4)) for ra, dec in pairs)
    return (Target("Demo pulsar", _POSITION, pointings, ("2025-01-20",), 5001, 28.0, Models(models)),)
