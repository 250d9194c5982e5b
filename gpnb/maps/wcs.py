"""Making a celestial WCS around a position."""

from __future__ import annotations

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS

from gpnb.core.errors import ArgumentError
from gpnb.maps.sphere import FRAMES, coord_values

_ABOUT_CENTER = ("TAN", "SIN", "ARC", "STG", "ZEA")
_ON_EQUATOR = ("CAR", "CEA", "MER", "SFL", "PAR", "MOL", "AIT")
_CELESTIAL = ("CRPIX", "CDELT", "CUNIT", "CTYPE", "CRVAL", "PC", "PV", "LONPOLE", "LATPOLE", "RADESYS", "EQUINOX")


def make_wcs(center: SkyCoord, npix: tuple[int, int], binsz: tuple[float, float], frame: str, proj: str) -> WCS:
    """A WCS whose array centre is `center`.

    Parameters
    ----------
    center : SkyCoord
        One position.
    npix : (int, int)
        Pixels in longitude and latitude.
    binsz : (float, float)
        Pixel size in degrees.
    frame : {"icrs", "galactic", "fk5"}
        The sky frame.
    proj : str
        The code of the projection. Zenithal ones have their reference point at the centre;
        the others on the equator, so that their rows are parallels of the sphere.

    Raises
    ------
    ArgumentError
        If the frame or the projection is not known.
    """
    if frame not in FRAMES:
        raise ArgumentError(f"frame={frame!r} must be one of {', '.join(FRAMES)}.")
    if proj not in _ABOUT_CENTER + _ON_EQUATOR:
        raise ArgumentError(f"proj={proj!r} must be one of {', '.join(_ABOUT_CENTER + _ON_EQUATOR)}.")
    lon, lat = (float(value) for value in coord_values(center, frame))
    wcs = WCS(naxis=2)
    names = ("GLON", "GLAT") if frame == "galactic" else ("RA--", "DEC-")
    wcs.wcs.ctype = [f"{name}-{proj}" for name in names]
    wcs.wcs.cunit = ["deg", "deg"]
    wcs.wcs.cdelt = [-binsz[0], binsz[1]]
    wcs.wcs.crpix = [(number + 1) / 2 for number in npix]
    wcs.wcs.crval = [lon, lat if proj in _ABOUT_CENTER else 0.0]
    if frame != "galactic":
        wcs.wcs.radesys = frame.upper()
    if frame == "fk5":
        wcs.wcs.equinox = 2000.0
    wcs.wcs.set()
    if proj in _ON_EQUATOR:
        wcs.wcs.crpix = 2 * np.array(wcs.wcs.crpix) - np.array(wcs.wcs_world2pix(lon, lat, 1))
        wcs.wcs.set()
    return wcs


def celestial_header(wcs: WCS) -> fits.Header:
    """The cards of a celestial WCS that say where its pixels are, without dates and the like."""
    header = wcs.to_header(relax=True)
    kept = fits.Header()
    kept.extend(card for card in header.cards if card.keyword.startswith(_CELESTIAL))
    return kept
