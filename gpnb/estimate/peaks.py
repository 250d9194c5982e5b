"""Peaks of a map."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import QTable
from regions import CircleSkyRegion, Regions
from scipy.ndimage import maximum_filter

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.core.units import ANGLE, to_float
from gpnb.maps.sky_map import SkyMap

_DIGITS = {"value": 2, "ra": 4, "dec": 4, "lon": 4, "lat": 4}
"""Digits shown after the point; the numbers themselves are whole."""


@told
def find_peaks(sky_map: SkyMap, threshold: float = 5.0, min_distance: Any = "0.2 deg") -> QTable:
    """Pixels that are highest in a box around them, from a threshold on.

    Parameters
    ----------
    sky_map : SkyMap
        2-D; NaN is no peak.
    threshold : float
        Lowest value, in the unit of the map.
    min_distance : Quantity or str
        Half the side of the box along the pixels, as in Gammapy and photutils; rounded to whole pixels of the size
        they have there on the sky.

    Returns
    -------
    QTable
        Columns ``value`` (in the unit of the map), ``x``, ``y`` (pixels), ``ra``, ``dec`` (ICRS, deg) and
        ``lon``, ``lat`` (frame of the map, deg); the highest first. ``meta`` has the recipe.

    Raises
    ------
    ArgumentError
        If the map has more axes than the sky.

    Examples
    --------
    >>> import gpnb
    >>> geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="1 deg", binsz="0.1 deg")
    >>> data = np.zeros(geom.shape)
    >>> data[4, 6] = 7
    >>> find_peaks(gpnb.SkyMap(geom, data))["x", "y"].as_array().tolist()
    [(6, 4)]
    """
    if sky_map.data.ndim != 2:
        names = ", ".join(axis.name for axis in sky_map.geom.axes)
        raise ArgumentError(f"Peaks are found in an image; this map has the axes {names}: choose a slice or sum first.")
    distance = to_float(min_distance, ANGLE, "min_distance")
    data = np.where(np.isfinite(sky_map.data), sky_map.data, -np.inf)
    y, x = np.nonzero((data >= maximum_filter(data, size=3, mode="constant", cval=-np.inf)) & (data >= threshold))
    half = [np.rint(distance / side).astype(int) for side in sky_map.geom.plane.sides(x, y)]
    y, x = _highest(y, x, data, np.transpose(half))
    return _table(sky_map, x, y, Recipe.of_call(find_peaks, locals(), name="peaks"))


@told
def peak_regions(peaks: QTable, radius: Any = "0.1 deg") -> Regions:
    """Circles round peaks with their values as labels: ``.write("peaks.reg")`` makes a file for DS9.

    Parameters
    ----------
    peaks : QTable
        Of `find_peaks`.
    radius : Quantity or str
        Of the circles.

    Returns
    -------
    Regions
        In ICRS, in the order of the table.

    Examples
    --------
    >>> table = QTable({"value": [7.2], "ra": [83.6] * u.deg, "dec": [22.0] * u.deg})
    >>> peak_regions(table)[0].center.ra.deg, peak_regions(table)[0].meta["text"]
    (np.float64(83.6), '7.2')
    """
    missing = [name for name in ("value", "ra", "dec") if name not in getattr(peaks, "colnames", ())]
    if missing:
        raise ArgumentError(f"peaks has no column {missing[0]!r}: give the table that find_peaks made.")
    size = to_float(radius, ANGLE, "radius") * u.deg
    if not size > 0:
        raise ArgumentError(f"radius={radius!r} must be above 0.")
    places = SkyCoord(peaks["ra"], peaks["dec"], frame="icrs")
    values = [f"{float(u.Quantity(value).value):.3g}" for value in peaks["value"]]
    return Regions([CircleSkyRegion(place, size, {"text": text}) for place, text in zip(places, values, strict=True)])


def _highest(y: np.ndarray, x: np.ndarray, data: np.ndarray, half: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Those that nothing in the box around them tops, highest first; of equal neighbours only the first."""
    kept: list[int] = []
    for index in np.argsort(-data[y, x], kind="stable"):
        (column, row), (wide, high) = (x[index], y[index]), half[index]
        box = data[max(0, row - high) : row + high + 1, max(0, column - wide) : column + wide + 1]
        equal = any(abs(x[other] - column) <= wide and abs(y[other] - row) <= high for other in kept)
        if np.isfinite(data[row, column]) and data[row, column] >= box.max() and not equal:
            kept.append(int(index))
    return y[kept], x[kept]


def _table(sky_map: SkyMap, x: np.ndarray, y: np.ndarray, recipe: Recipe) -> QTable:
    coords = sky_map.geom.coords[y, x]
    icrs, own = coords.icrs, coords.spherical
    columns = {
        "value": sky_map.data[y, x] if sky_map.unit == "" else u.Quantity(sky_map.data[y, x], sky_map.unit),
        "x": x,
        "y": y,
        "ra": icrs.ra.to("deg"),
        "dec": icrs.dec.to("deg"),
        "lon": own.lon.to("deg"),
        "lat": own.lat.to("deg"),
    }
    table = QTable(columns, meta={"recipe": recipe.to_dict(), "frame": sky_map.geom.frame})
    for name, digits in _DIGITS.items():
        table[name].info.format = f".{digits}f"
    return table
