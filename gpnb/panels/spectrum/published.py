"""Published spectra of a source, from the catalogues on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gpnb.catalogs.local import local_catalog
from gpnb.core.errors import SelectionError
from gpnb.core.sky_regions import to_regions
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
        Catalogue and name of the source.
    points : FluxPoints
        Its flux points.
    spectrum : SpectralModel, optional
        Its fitted spectrum, where the catalogue has one.
    """

    label: str
    points: FluxPoints
    spectrum: Any


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
