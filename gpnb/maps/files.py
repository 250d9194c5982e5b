"""Maps in FITS files: a WCS image with a BANDS table for further axes (GADF, skymaps)."""

from __future__ import annotations

import json
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.io import fits
from astropy.wcs import WCS, FITSFixedWarning

from gpnb.core.atomic import atomic_file
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.faults import faults_told, one_line
from gpnb.core.fits_file import open_fits
from gpnb.core.fits_units import parse_unit
from gpnb.core.header_text import header_text
from gpnb.core.provenance import creator, provenance_card
from gpnb.core.recipe import Recipe
from gpnb.core.text_file import parse_json
from gpnb.core.warn import warn
from gpnb.maps.axis import Axis
from gpnb.maps.bands import bands_hdu, read_axes
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.wcs import celestial_header

if TYPE_CHECKING:
    from gpnb.maps.sky_map import SkyMap

_BANDS = ("BANDS", "EBOUNDS", "ENERGIES")
"""Where the axes are if no BANDSHDU says so."""

_MASK_KEY = "MAPDTYPE"
"""Our card that tells a mask, which FITS stores as bytes, from counts."""


def write_map(skymap: SkyMap, path: Any, overwrite: bool = False) -> None:
    """Write a map as a FITS file, all or nothing, with its recipe and checksums.

    Parameters
    ----------
    skymap : SkyMap
        Its ``meta["name"]`` names the HDU.
    path : str or Path
        Ending in .fits or .fits.gz.
    overwrite : bool
        Replace an existing file.

    Raises
    ------
    ArgumentError
        If the file exists, or its folder does not.
    """
    hdus = map_hdus(skymap, str(skymap.meta.get("name", "")), primary=True)
    hdus[0].header["CREATOR"] = creator()
    with warnings.catch_warnings():
        # long provenance is what CONTINUE cards are for
        warnings.filterwarnings("ignore", "Card is too long", fits.verify.VerifyWarning)
        hdus[0].header["LONGSTRN"] = "OGIP 1.0"  # the convention for values longer than a card
        hdus[0].header.set(*provenance_card(skymap.recipe))
        with atomic_file(path, overwrite) as temporary:
            fits.HDUList(hdus).writeto(temporary, overwrite=True, checksum=True)


def read_map(path: Any, hdu: str | None = None) -> SkyMap:
    """Read a map from a FITS file: see `SkyMap.read`."""
    source = str(path)
    made = Recipe.of("gpnb.SkyMap.read()", path=source)
    recipe = made if hdu is None else replace(made, kwargs={**made.kwargs, "hdu": hdu})
    with open_fits(path) as hdus:
        return map_from_hdus(hdus, hdu, source, recipe)


def map_hdus(skymap: SkyMap, name: str, primary: bool = False) -> list[Any]:
    """The HDUs of a map: the image, and its BANDS table if it has further axes.

    Parameters
    ----------
    skymap : SkyMap
        What to write; masks become bytes, half precision becomes single.
    name : str
        Of the image HDU; the table is called ``<name>_BANDS``.
    primary : bool
        Make the image the primary HDU.
    """
    header = _header(skymap)
    bands = f"{name or 'MAP'}_BANDS".upper()
    if skymap.geom.axes:
        header["BANDSHDU"] = (bands, "table of the further axes")
    data = skymap.data.astype(_storable(skymap.data.dtype), copy=False)
    image = (fits.PrimaryHDU if primary else fits.ImageHDU)(data, header)
    if name:
        image.name = header_text(name.upper())
    return [image, bands_hdu(skymap.geom.axes, bands)] if skymap.geom.axes else [image]


def map_from_hdus(hdus: fits.HDUList, name: str | None, source: str, recipe: Recipe | None = None) -> SkyMap:
    """The map of one image HDU and its BANDS table.

    Parameters
    ----------
    hdus : HDUList
        An open file.
    name : str or None
        The image HDU; the first image on the sky if None.
    source : str
        The file, for errors.
    recipe : Recipe, optional
        Of the map.

    Raises
    ------
    DataFormatError
        If there is no such map.
    """
    from gpnb.maps.sky_map import SkyMap

    hdu = _image_hdu(hdus, name, source)
    where = f"{source}, HDU {hdu.name or 'PRIMARY'}"
    made = recipe or Recipe.memory((hdu.name or "map").lower())
    wcs = _wcs(hdu.header, where)
    data = _native(hdu, where)
    axes = _axes(hdus, hdu, data.shape, where)
    data = data.reshape(*(axis.n for axis in reversed(axes)), *data.shape[-2:])
    try:
        geom = WcsGeometry.from_wcs(wcs, data.shape[-2:], axes, Recipe.of(".geom", on=made))
    except ArgumentError as error:
        raise DataFormatError(f"{where}: {error}") from error
    return SkyMap(geom, data, _unit(hdu.header, _usual_unit(hdus, hdu), where), made, _meta(hdu.header))


def _header(skymap: SkyMap) -> fits.Header:
    header = celestial_header(skymap.geom.wcs)
    header["BUNIT"] = _unit_text(skymap.unit)
    header["WCSSHAPE"] = f"({','.join(str(size) for size in reversed(skymap.geom.shape))})"
    if skymap.data.dtype == bool:
        header[_MASK_KEY] = ("bool", "a mask: 1 is True")
    if skymap.meta:
        header["META"] = json.dumps(skymap.meta, sort_keys=True)
    return header


def _unit_text(unit: u.UnitBase) -> str:
    """FITS text of a unit; its plain text where FITS has no name for it, such as ``deg-2 TeV-1``."""
    try:
        return str(unit.to_string("fits"))
    except ValueError:
        return str(unit.to_string())


def _storable(dtype: np.dtype) -> np.dtype:
    if dtype.kind == "b":
        return np.dtype(np.uint8)
    return np.dtype(np.float32) if dtype == np.float16 else dtype


def _image_hdu(hdus: fits.HDUList, name: str | None, source: str) -> Any:
    images = [hdu for hdu in hdus if hdu.is_image and hdu.header.get("NAXIS", 0) >= 2]
    if name is not None:
        found = [hdu for hdu in images if hdu.name == name.strip().upper()]
    else:
        found = [hdu for hdu in images if _is_celestial(hdu.header)]
    if found:
        return found[0]
    if any("PIXTYPE" in hdu.header for hdu in hdus):
        raise DataFormatError(f"{source}: it holds a HEALPix map, which gpnb does not read: expected a WCS image.")
    names = ", ".join(hdu.name or "PRIMARY" for hdu in hdus)
    wanted = f"an image HDU {name!r}" if name is not None else "an image on the sky (a WCS with RA/DEC or GLON/GLAT)"
    raise DataFormatError(f"{source}: there is not {wanted}; the file has the HDUs: {names}.")


def _is_celestial(header: fits.Header) -> bool:
    return str(header.get("CTYPE1", ""))[:4] in {"RA--", "GLON"}


def _wcs(header: fits.Header, where: str) -> WCS:
    if not _is_celestial(header):
        raise DataFormatError(f"{where}: CTYPE1={header.get('CTYPE1')!r}; expected RA or GLON as the first axis.")
    with warnings.catch_warnings(), faults_told(f"{where}: its WCS cannot be used"):
        warnings.simplefilter("ignore", FITSFixedWarning)  # dates and spellings that wcslib mends
        return WCS(header).celestial


def _native(hdu: Any, where: str) -> np.ndarray:
    """The values in the byte order of this machine; masks as bool."""
    if hdu.data is None:
        raise DataFormatError(f"{where}: the image is empty.")
    data = np.asarray(hdu.data)
    data = data.astype(data.dtype.newbyteorder("="), copy=False)
    return data.astype(bool) if hdu.header.get(_MASK_KEY) == "bool" else data


def _axes(hdus: fits.HDUList, hdu: Any, shape: tuple[int, ...], where: str) -> tuple[Axis, ...]:
    table = hdu.header.get("BANDSHDU")
    if table is None and all(size == 1 for size in shape[:-2]):
        return ()
    candidates = [str(table)] if table is not None else [f"{hdu.name}_BANDS", *_BANDS]
    found = next((name for name in candidates if name.strip().upper() in {other.name for other in hdus}), None)
    if found is None:
        raise DataFormatError(
            f"{where}: an image of shape {shape} needs a table of its axes; expected an HDU {candidates[0]!r}."
        )
    return read_axes(hdus[found.strip()], shape[-3::-1], where)


def _usual_unit(hdus: fits.HDUList, hdu: Any) -> str:
    """What is meant where BUNIT is missing or empty, as in files for the Fermi-LAT: exposure, or diffuse emission."""
    names = {other.name for other in hdus}
    if hdu.header.get("CTYPE3") == "log_Energy":
        return "cm2 s"
    if "ENERGIES" not in names or hdu.header.get("BANDSHDU", "ENERGIES") != "ENERGIES":
        return ""
    return "cm2 s" if "GTI" in names else "cm-2 s-1 MeV-1 sr-1"  # only exposure comes with good times


def _unit(header: fits.Header, usual: str, where: str) -> u.UnitBase:
    text = str(header.get("BUNIT", "")).strip() or usual
    try:
        return parse_unit(text)
    except ValueError:
        told = f"{where}: the unit BUNIT={one_line(text)!r} is not known; the map is read without a unit."
        warn(told)
        return u.dimensionless_unscaled


def _meta(header: fits.Header) -> dict[str, Any]:
    """The META card as a dictionary; what is not one is left out."""
    try:
        meta = parse_json(str(header.get("META", "{}")), "META", "a mapping")
    except DataFormatError:
        return {}
    return meta if isinstance(meta, dict) else {}
