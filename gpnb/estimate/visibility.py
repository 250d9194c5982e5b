"""When a target can be observed from a site: over a night and over a year."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.time import Time

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.horizon import Horizon
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_float, to_skycoord, to_time
from gpnb.data.create import location_text
from gpnb.data.sites import site_name, to_location
from gpnb.products.visibility import Visibility, VisibleHours

NIGHT = -18.0
"""Altitude of the Sun (deg) at the end of astronomical twilight."""

_NIGHT_STEP, _YEAR_STEP = 2.0, 10.0
"""Minutes."""

_BAND = 5.0
"""deg: of zenith angle."""


@told
def visibility(
    target: SkyCoord | str,
    site: EarthLocation | str | tuple[Any, ...],
    night: Time | str,
    zenith_max: Any = "45 deg",
    moonlight: bool = False,
) -> Visibility:
    """Altitudes of a target, of Sun and Moon over a night, and when it can be observed.

    Altitudes are those of directions without refraction, right to 0.02 deg.

    Parameters
    ----------
    target : SkyCoord or str
        Such as ``"83.63d 22.01d"``.
    site : str, EarthLocation, or (longitude, latitude, height)
        ``"CTAO South"``, ``"CTAO North"``, ``"H.E.S.S."``, ``"MAGIC"``, ``"VERITAS"`` or ``"FACT"``, or a place.
    night : Time or str
        The day on whose evening it begins, such as ``"2027-06-08"``.
    zenith_max : Quantity or str
        Largest zenith angle.
    moonlight : bool
        Whether the Moon may be above the horizon.

    Returns
    -------
    Visibility
        A Table that shows itself: two minutes a row, from noon to noon. ``usable``: the target is high enough, and the
        Sun more than 18 deg below the horizon. ``meta["hours"]`` may be 0.

    Raises
    ------
    SelectionError
        If the target never comes so high.
    ArgumentError
        If an argument does not fit.

    Examples
    --------
    >>> import gpnb
    >>> gpnb.visibility("galactic 358.71d -0.64d", "CTAO South", "2027-06-08")
    <Visibility: galactic 358.71d -0.64d from CTAO South, 2027-06-08, 6.4 h>
    """
    place, lowest = _place(site), 90.0 - _zenith(zenith_max)
    begin = _day(night)
    noon = begin + (12.0 - place.lon.wrap_at("180d").deg / 15.0) * u.h
    times = noon + np.arange(0.0, 24 * 60.0 + 1e-6, _NIGHT_STEP) * u.min
    seen = _Seen(target, site, place, times, lowest)
    recipe = Recipe.of_call(visibility, locals(), name="night", site=_site(site), night=begin.iso[:10])
    usable = seen.usable(moonlight)
    meta = {
        "hours": float(usable.sum() * _NIGHT_STEP / 60),
        "target": seen.name,
        "site": site_name(site),
        "night": begin.iso[:10],
        "zenith_max": 90.0 - lowest,
        "moonlight": moonlight,
        "recipe": recipe.to_json(),
    }
    angles = {"altitude": seen.altitude * u.deg, "sun": seen.sun * u.deg, "moon": seen.moon * u.deg}
    return Visibility({"time": times, **angles, "usable": usable}, meta=meta)


@told
def visible_hours(
    target: SkyCoord | str,
    site: EarthLocation | str | tuple[Any, ...],
    year: int,
    zenith_max: Any = "60 deg",
    moonlight: bool = False,
) -> VisibleHours:
    """Hours of a year in which a target can be observed, by month and zenith angle.

    Parameters
    ----------
    target, site, zenith_max, moonlight
        As for `visibility`.
    year : int
        Such as 2027.

    Returns
    -------
    VisibleHours
        A Table that shows itself: one row a month, hours in bands of 5 deg of zenith angle.

    Raises
    ------
    SelectionError
        If the target never comes so high.
    ArgumentError
        If an argument does not fit.

    Examples
    --------
    >>> import gpnb
    >>> gpnb.visible_hours("83.63d 22.01d", "CTAO North", 2027, "30 deg").hours > 200 * u.h
    np.True_
    """
    if not isinstance(year, int) or not 1900 <= year <= 2200:
        raise ArgumentError(f"year={year!r} must be a whole number from 1900 to 2200.")
    place, zenith = _place(site), _zenith(zenith_max)
    begin, end = (to_time(f"{number}-01-01") for number in (year, year + 1))
    times = begin + np.arange(0.0, round((end - begin).to_value("min")), _YEAR_STEP) * u.min
    seen = _Seen(target, site, place, times, 90.0 - zenith)
    usable = seen.usable(moonlight)
    month = (times[usable].ymdhms["month"]).astype(int)
    edges = np.append(np.arange(0.0, zenith - 1e-9, _BAND), zenith)
    counts, _, _ = np.histogram2d(month, 90.0 - seen.altitude[usable], bins=(np.arange(0.5, 13), edges))
    hours = counts * _YEAR_STEP / 60
    recipe = Recipe.of_call(visible_hours, locals(), name="year", site=_site(site))
    meta = {
        "zenith": edges.tolist(),
        "target": seen.name,
        "site": site_name(site),
        "year": year,
        "moonlight": moonlight,
        "recipe": recipe.to_json(),
    }
    columns = {"month": np.arange(1, 13), "hours": hours * u.h, "total": hours.sum(axis=1) * u.h}
    return VisibleHours(columns, meta=meta)


class _Seen:
    """Altitudes (deg) of a target, Sun and Moon at some times.

    Raises
    ------
    SelectionError
        If the target never comes above the lowest altitude.
    """

    def __init__(self, target: Any, site: Any, place: EarthLocation, times: Time, lowest: float):
        coord = to_skycoord(target, "target")
        self.name = target if isinstance(target, str) else skycoord_words(coord)
        icrs = coord.icrs.ra.deg, coord.icrs.dec.deg
        horizon = Horizon(place, times)
        highest = horizon.highest(*icrs, place)
        if highest < lowest:
            where = f"at zenith {90 - highest:.0f}°" if highest > 0 else "below the horizon"
            raise SelectionError(
                f"{self.name} culminates {where} at {site_name(site)}: it is never within {90 - lowest:g}° of the "
                "zenith. Give another site, or a larger zenith_max."
            )
        self._lowest = lowest
        self.altitude, self.sun, self.moon = horizon.altitude(*icrs), horizon.sun(), horizon.moon()

    def usable(self, moonlight: bool) -> np.ndarray:
        """True where the target can be observed."""
        dark = (self.sun < NIGHT) & (moonlight | (self.moon < 0))
        return np.asarray(dark & (self.altitude >= self._lowest))


def skycoord_words(coord: SkyCoord) -> str:
    """A position for people.

    Examples
    --------
    >>> skycoord_words(SkyCoord("83.6333d 22.01d"))
    '83.633d 22.010d'
    """
    lon, lat = (angle.deg for angle in (coord.spherical.lon, coord.spherical.lat))
    frame = "" if coord.frame.name == "icrs" else f"{coord.frame.name} "
    return f"{frame}{lon:.3f}d {lat:.3f}d"


def _place(site: Any) -> EarthLocation:
    place = to_location(site, "site")
    if place is None:
        raise ArgumentError("site=None must be an observatory, such as 'CTAO South'.")
    return place


def _site(site: Any) -> Any:
    """What a recipe notes of it."""
    return site if isinstance(site, str) else location_text(to_location(site))


def _zenith(zenith_max: Any) -> float:
    zenith = to_float(zenith_max, "deg", "zenith_max")
    if not 0 < zenith <= 90:
        raise ArgumentError(f"zenith_max={zenith_max!r} must be above 0 and at most 90 deg.")
    return zenith


def _day(night: Any) -> Time:
    """The beginning of the day, UTC."""
    found = to_time(night, "night")
    return to_time(found.iso[:10], "night")
