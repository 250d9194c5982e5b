"""What a flat map needs around its pixels: coordinate lines, a lattice for the read-out, the part looked at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord

from gpnb.core.units import skycoord_text, to_skycoord
from gpnb.maps.geometry import WcsGeometry

Window = tuple[float, float, float, float]
"""The part of a map that is looked at: x0, y0, x1, y1 in pixels."""

_LATTICE = 33
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 45)
"""Distances of coordinate lines, deg."""

_LINES, _POINTS, _SAMPLES = 5, 81, 25

_ROUND = 300.0
"""A wider range of longitudes (deg) is taken for all of them."""


def lattice(geom: WcsGeometry) -> np.ndarray:
    """Unit vectors in the frame of the map on a lattice across it, shape (33, 33, 3); bilinear between them is close.

    A lattice of 33 on a map of 5° is good to 0.2 arcsec; it serves read-outs only.
    """
    x = np.linspace(-0.5, geom.nx - 0.5, _LATTICE)
    y = np.linspace(-0.5, geom.ny - 0.5, _LATTICE)
    vectors = geom.plane.directions(*np.meshgrid(x, y))
    return np.moveaxis(vectors, 0, -1)


def window_of(geom: WcsGeometry, center: str, width: float | None) -> Window | None:
    """The pixels that a centre and a width (deg) ask for; None for all of the map."""
    if not center and width is None:
        return None
    middle = to_skycoord(center) if center else geom.center
    x, y = (float(value) for value in geom.coord_pixel(middle))
    half_x = geom.nx / 2 if width is None else width / geom.plane.scales[0] / 2
    half_y = half_x * geom.ny / geom.nx
    return x - half_x, y - half_y, x + half_x, y + half_y


def look_of(geom: WcsGeometry, window: Window) -> tuple[str, float]:
    """Centre (text) and width (deg) of a part of a map."""
    x0, y0, x1, y1 = window
    lon, lat = geom.plane.sky(np.array([(x0 + x1) / 2]), np.array([(y0 + y1) / 2]))
    center = SkyCoord(lon[0], lat[0], unit="deg", frame=geom.frame)
    return skycoord_text(center), float((x1 - x0) * geom.plane.scales[0])


def graticule(geom: WcsGeometry, window: Window | None = None) -> dict[str, Any]:
    """Lines of equal longitude and latitude in the map's frame, and labels where they leave the part looked at.

    Parameters
    ----------
    geom : WcsGeometry
        The sky grid.
    window : tuple of float, optional
        The part that is looked at.

    Returns
    -------
    dict
        ``lines``: lists of [x, y]; ``labels``: ``x y text side``.
    """
    part = window or (-0.5, -0.5, geom.nx - 0.5, geom.ny - 0.5)
    spans = _spans(geom, part)
    if spans is None:
        return {"lines": [], "labels": []}
    whole = spans[0][1] - spans[0][0] > _ROUND
    lines: list[Any] = []
    labels: list[Any] = []
    for number, side in enumerate(("bottom", "left")):
        step = _step(spans[number][1] - spans[number][0])
        along = _beyond(*spans[1 - number], latitude=number == 0)
        for value in _values(*spans[number], step):
            fixed = np.full(_POINTS, np.clip(value, spans[number][0] + 1e-6, spans[number][1] - 1e-6))
            lon, lat = (fixed, along) if number == 0 else (along, fixed)
            line = np.column_stack(geom.pixel(lon % 360, lat))
            lines += _pieces(line, geom)
            text = _text(value % 360 if number == 0 else value, step)
            if not whole:
                labels += _label(line, part, side, text)
            elif value not in (spans[0][0], spans[0][1], 0.0) or (number == 0 and value == 0):
                labels += _label_within(line, text)
    return {"lines": lines, "labels": labels}


def _spans(geom: WcsGeometry, window: Window) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Ranges of longitude and latitude in a window, longitudes without a jump; None off the sky."""
    x0, y0, x1, y1 = window
    x, y = np.meshgrid(np.linspace(x0, x1, _SAMPLES), np.linspace(y0, y1, _SAMPLES))
    lon, lat = geom.plane.sky(x, y)
    good = np.isfinite(lon)
    if not good.any():
        return None
    nearest = np.argmin(np.where(good, np.hypot(x - (x0 + x1) / 2, y - (y0 + y1) / 2), np.inf))
    middle = float(lon.ravel()[nearest])
    away = (lon[good] - middle + 180) % 360 - 180
    low, high = float(away.min()), float(away.max())
    if high - low > _ROUND:  # a pole, or the whole sky
        low, high = -180.0, 180.0
    return (middle + low, middle + high), (float(lat[good].min()), float(lat[good].max()))


def _beyond(low: float, high: float, latitude: bool) -> np.ndarray:
    """Places along a line, a little beyond the part looked at, so that it crosses the edge."""
    more = 0.02 * (high - low)
    if latitude:
        return np.linspace(max(low - more, -90.0), min(high + more, 90.0), _POINTS)
    return np.linspace(low, high, _POINTS) if high - low > _ROUND else np.linspace(low - more, high + more, _POINTS)


def _step(span: float) -> float:
    return next((step for step in _STEPS if span / step <= _LINES + 1), _STEPS[-1])


def _values(low: float, high: float, step: float) -> Iterator[float]:
    for number in range(int(np.ceil(low / step)), int(np.floor(high / step)) + 1):
        yield round(number * step, 6)


def _pieces(line: np.ndarray, geom: WcsGeometry) -> list[list[list[float]]]:
    """A line without the places that are not on the map, cut where it jumps."""
    jump = np.hypot(*np.diff(line, axis=0).T) > max(geom.nx, geom.ny) / 3
    cuts = np.flatnonzero(jump | np.isnan(line[1:, 0])) + 1
    pieces = (piece[np.isfinite(piece).all(axis=1)] for piece in np.split(line, cuts))
    return [np.round(piece, 2).tolist() for piece in pieces if len(piece) > 1]


def _label(line: np.ndarray, window: Window, side: str, text: str) -> list[dict[str, Any]]:
    """Where a line crosses the lower or the left edge of the window."""
    x0, y0, x1, y1 = window
    across, edge = (line[:, 1], y0) if side == "bottom" else (line[:, 0], x0)
    with np.errstate(invalid="ignore"):
        crossing = np.flatnonzero((across[:-1] - edge) * (across[1:] - edge) <= 0)
    found = []
    for place in crossing[:1]:
        start, end = line[place], line[place + 1]
        size = across[place + 1] - across[place]
        part = (edge - across[place]) / size if size else 0.0
        x, y = start + part * (end - start)
        x, y = (x, edge) if side == "bottom" else (edge, y)
        if x0 <= x <= x1 and y0 <= y <= y1:
            found.append({"x": float(x), "y": float(y), "text": text, "side": side})
    return found


def _label_within(line: np.ndarray, text: str) -> list[dict[str, Any]]:
    """A label in the middle of a line, for the whole sky: on the equator, or on the central meridian."""
    x, y = line[len(line) // 2]
    return [{"x": float(x), "y": float(y), "text": text, "side": "within"}] if np.isfinite(x) else []


def _text(value: float, step: float) -> str:
    digits = 0 if step >= 1 else 1 if step >= 0.1 else 2
    return f"{value:.{digits}f}°".replace("-", "−")
