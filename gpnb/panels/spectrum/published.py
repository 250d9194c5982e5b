"""Published spectra beside that of a source: from the catalogues on this machine, and references."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from astropy import units as u

from gpnb.catalogs.local import local_catalog
from gpnb.core.errors import SelectionError
from gpnb.core.sky_regions import to_regions
from gpnb.models.reference_spectra import REFERENCES, reference_spectrum
from gpnb.products.flux_points import FluxPoints

_REACH = "0.3 deg"
"""How far from the region a source of a catalogue may be."""

_MOST = 100
"""Spectra that are kept."""


@dataclass(frozen=True, eq=False)
class Published:
    """A published spectrum.

    Attributes
    ----------
    label : str
        Catalogue and name of the source, or what a reference is of.
    points : FluxPoints or None
        Its flux points; references have none.
    spectrum : SpectralModel, optional
        Its fitted spectrum, where the catalogue has one.
    """

    label: str
    points: FluxPoints | None
    spectrum: Any


def published(names: tuple[str, ...], region: str) -> tuple[Published, ...]:
    """References, and the spectra that catalogues have of the source nearest to a region.

    Parameters
    ----------
    names : tuple of str
        Of catalogues, and of `gpnb.reference_spectrum`.
    region : str
        DS9 text.

    Raises
    ------
    SelectionError
        If the place is not known, a catalogue has no source there, or cosmic rays are asked for without a circle.
    """
    found = [_published(name, region) for name in names]
    for item in found:
        if isinstance(item, SelectionError):
            raise item.with_traceback(None)
    return tuple(found)


@lru_cache(_MOST)
def _published(name: str, region: str) -> Any:
    """One of them, or why there is none: neither looks at the disk a second time."""
    try:
        return _look_up(name, region)
    except SelectionError as error:
        return error


def _look_up(name: str, region: str) -> Published:
    return _reference(name, region) if name in REFERENCES else _of_catalogue(name, region)


def _reference(name: str, region: str) -> Published:
    """A reference; of what comes from everywhere, as much as comes from within the region."""
    found = REFERENCES[name]
    if not found.is_diffuse:
        return Published(found.title, None, reference_spectrum(name))
    radius = getattr(to_regions(region or None)[0], "radius", None) if region else None
    if radius is None:
        raise SelectionError(f"{found.title} are drawn as they come from the ON region: it has to be a circle.")
    solid_angle = 2 * math.pi * (1 - math.cos(radius.to_value("rad"))) * u.sr
    return Published(f"{found.title} in the region", None, reference_spectrum(name, solid_angle))


def _of_catalogue(name: str, region: str) -> Published:
    center = getattr(to_regions(region or None)[0], "center", None) if region else None
    if center is None:
        raise SelectionError(f"Where these spectra come from is not known, so {name} cannot be asked for its source.")
    near = local_catalog(name).cone(center, _REACH)
    if not len(near):
        raise SelectionError(f"{name} has no source within {_REACH} of the region: choose another catalogue.")
    source = near[0]
    try:
        spectrum = source.spectral_model
    except SelectionError:  # a source without a fitted spectrum may still have points
        spectrum = None
    return Published(f"{name}: {source.name}", source.flux_points(), spectrum)
