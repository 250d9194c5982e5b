"""Published spectra of a source, from the catalogues on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from gpnb.catalogs.kinds import KINDS
from gpnb.catalogs.read import read_catalog
from gpnb.core.cache_folder import data_roots
from gpnb.core.errors import SelectionError
from gpnb.core.sky_regions import to_regions
from gpnb.products.flux_points import FluxPoints

_REACH = "0.3 deg"
"""How far from the region a source of a catalogue may be."""


@dataclass(frozen=True, eq=False)
class Published:
    """A published spectrum.

    Attributes
    ----------
    label : str
        Catalogue and name of the source.
    points : FluxPoints
        Its flux points.
    spectrum : SpectralModel, optional
        Its fitted spectrum, where the catalogue has one.
    """

    label: str
    points: FluxPoints
    spectrum: Any


def catalogues() -> list[str]:
    """Names of the catalogues that are on this machine."""
    return [kind.name for kind in KINDS if any((root / file).is_file() for root in data_roots() for file in kind.files)]


def published(names: tuple[str, ...], region: str) -> tuple[Published, ...]:
    """The spectra that catalogues have of the source nearest to a region.

    Parameters
    ----------
    names : tuple of str
        Of catalogues.
    region : str
        DS9 text.

    Raises
    ------
    SelectionError
        If the place is not known, or a catalogue has no source there.
    """
    return tuple(_published(name, region) for name in names)


@cache
def _published(name: str, region: str) -> Published:
    center = getattr(to_regions(region or None)[0], "center", None) if region else None
    if center is None:
        raise SelectionError(f"Where these spectra come from is not known, so {name} cannot be asked for its source.")
    near = read_catalog(name).cone(center, _REACH)
    if not len(near):
        raise SelectionError(f"{name} has no source within {_REACH} of the region: choose another catalogue.")
    source = near[0]
    try:
        spectrum = source.spectral_model
    except SelectionError:  # a source without a fitted spectrum may still have points
        spectrum = None
    return Published(f"{name}: {source.name}", source.flux_points(), spectrum)
