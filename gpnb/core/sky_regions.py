"""Sky regions at the door: `regions` objects or DS9 text, never a class of our own."""

from __future__ import annotations

import re
import sys
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeGuard

from astropy.utils.exceptions import AstropyUserWarning

from gpnb.core.errors import ArgumentError
from gpnb.core.faults import faults_told, one_line

if TYPE_CHECKING:
    from regions import SkyRegion

_PRECISION = 10
"""Digits after the point in DS9 text: below a micro-arcsecond."""

_DEFAULTS = "global include=1"
"""What the writer says of every region; it is the default of DS9."""

_OF_LOOKS = re.compile(r"duplicate metadata|is invalid and will be")
"""What the parser says of colours and fonts, which matter nothing here."""


def to_regions(value: Any, name: str = "region") -> list[SkyRegion]:
    """Turn a sky region, DS9 text, or a list of them into a list of `regions.SkyRegion`.

    Parameters
    ----------
    value : SkyRegion, str, or sequence of them
        DS9 text such as ``"galactic; circle(0, 0, 0.5)"`` (degrees).
    name : str
        The argument's name, for the error.

    Returns
    -------
    list of SkyRegion

    Raises
    ------
    ArgumentError
        If something is neither a sky region nor DS9 text of one.

    Examples
    --------
    >>> [type(region).__name__ for region in to_regions("icrs; circle(83.63, 22.01, 0.2)")]
    ['CircleSkyRegion']
    """
    if value is None:
        return []
    if is_region(value):
        return [_kept(value, name)]
    if isinstance(value, str):
        return _parse(value, name)
    if isinstance(value, Iterable):
        return [region for item in value for region in to_regions(item, name)]
    raise ArgumentError(f"{name}={value!r} is not a region: give a regions.SkyRegion or DS9 text.")


def is_region(value: Any) -> TypeGuard[SkyRegion]:
    """Whether something is a sky region, without importing `regions` (0.3 s) to find that it is none."""
    module = sys.modules.get("regions")
    return module is not None and isinstance(value, module.SkyRegion)


def is_point(region: SkyRegion) -> bool:
    """Whether a region is a single place."""
    return isinstance(region, sys.modules["regions"].PointSkyRegion)


def region_text(region: SkyRegion) -> str:
    """Write a sky region as one line of DS9 text that `to_regions` reads back."""
    from regions import Regions

    lines = Regions([region]).serialize(format="ds9", precision=_PRECISION).splitlines()
    return "; ".join(line for line in lines if not line.startswith("#") and line != _DEFAULTS)


def _parse(text: str, name: str) -> list[SkyRegion]:
    """All regions of the text; the parser leaves out what it cannot read, which would be half of what was meant."""
    from regions import Regions

    given = f"{name}={one_line(repr(text))}"
    with (
        faults_told(f"{given} is not DS9 region text, write 'icrs; circle(83.63, 22.01, 0.2)'", ArgumentError),
        warnings.catch_warnings(record=True) as left_out,
    ):
        warnings.simplefilter("always")
        found = list(Regions.parse(text, format="ds9"))
    told = [str(item.message) for item in left_out if issubclass(item.category, AstropyUserWarning)]
    reasons = [text for text in told if not _OF_LOOKS.search(text)]
    if reasons and found:
        raise ArgumentError(f"{given} cannot be read in full ({one_line(reasons[0])}): mend or remove that line.")
    if not found or not all(is_region(region) for region in found):
        raise ArgumentError(
            f"{given} is not DS9 region text that holds a region on the sky: write 'icrs; circle(83.63, 22.01, 0.2)'."
        )
    return [_kept(region, name) for region in found]


def _kept(region: SkyRegion, name: str) -> SkyRegion:
    """The region, unless it is one that takes away: what it is taken from is not told."""
    if region.meta.get("include", True) in (0, "-"):
        raise ArgumentError(
            f"{name}: {region_text(region)!r} is a region that is taken away (-), which is not known here: "
            "give a ring (annulus), or region1 & ~region2 of two masks of geom.region_mask()."
        )
    return region
