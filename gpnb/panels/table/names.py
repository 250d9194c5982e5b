"""Names of columns as words: N on, E² dN/dE, √TS."""

from __future__ import annotations

import re

_KNOWN = {
    "obs_id": "Run",
    "run": "Run",
    "event_id": "Event",
    "object": "Target",
    "livetime": "Live time",
    "n_on": "N on",
    "n_off": "N off",
    "alpha": "α",
    "beta": "β",
    "gamma": "Γ",
    "lambda_": "λ",
    "sigma": "σ",
    "stat": "−2 ln L",
    "delta_ts": "ΔTS",
    "ts": "TS",
    "sqrt_ts": "√TS",
    "aic": "AIC",
    "dof": "dof",
    "chi2": "χ²",
    "e_ref": "Energy",
    "e_min": "from",
    "e_max": "to",
    "energy_min": "Energy from",
    "energy_max": "Energy to",
    "dnde": "dN/dE",
    "e2dnde": "E² dN/dE",
    "eflux": "Energy flux",
    "npred": "Predicted",
    "norm": "Norm",
    "ra": "RA",
    "dec": "Dec",
    "lon": "Longitude",
    "lat": "Latitude",
    "glon": "l",
    "glat": "b",
    "l": "l",
    "b": "b",
    "x": "x",
    "y": "y",
    "z": "z",
    "p": "p",
    "k": "k",
    "fvar": "F var",
    "fpp": "F pp",
    "cl": "Confidence",
    "theta2_min": "θ² from",
    "theta2_max": "θ² to",
    "time_min": "Start",
    "time_max": "Stop",
    "mjd": "MJD",
    "ra_pnt": "RA of the pointing",
    "dec_pnt": "Dec of the pointing",
    "ra_obj": "RA of the target",
    "dec_obj": "Dec of the target",
    "zen_pnt": "Zenith",
    "alt_pnt": "Altitude",
    "az_pnt": "Azimuth",
    "date-obs": "Date",
    "date-end": "Date of the end",
    "time-obs": "Time",
    "time-end": "Time of the end",
    "tstart": "Start",
    "tstop": "Stop",
    "ontime": "On time",
    "deadc": "Live fraction",
    "quality": "Quality",
}
"""Names in small letters that have a word of their own."""

_CAPITALS = re.compile(r"[A-Z0-9]+(?:[_-][A-Z0-9]+)+|[A-Z]{6,}")
"""Names as FITS files have them, which are all in capitals."""


def title_of(name: str) -> str:
    """A column's name as words.

    Examples
    --------
    >>> title_of("sqrt_ts"), title_of("excess_error"), title_of("LIVETIME"), title_of("Signif_Avg")
    ('√TS', 'Excess error', 'Live time', 'Signif Avg')
    """
    known = _KNOWN.get(name.strip().lower())
    if known is not None:
        return known
    words = " ".join(name.lower().replace("-", "_").split("_") if _CAPITALS.fullmatch(name) else name.split("_"))
    words = " ".join(words.split())
    return words[:1].upper() + words[1:] if words.islower() else words or "–"


def titles_of(names: list[str]) -> list[str]:
    """Names as words, each another one: where two would be alike, they stay as they are."""
    words = [title_of(name) for name in names]
    return [name if words.count(word) > 1 else word for name, word in zip(names, words, strict=True)]
