"""Which measurements of two series are simultaneous, as a table; how series correlate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units as u
from astropy.table import QTable
from astropy.time import Time

from gpnb.core.errors import ArgumentError
from gpnb.core.units import to_array, to_float
from gpnb.stats.pairs import dcf

if TYPE_CHECKING:
    from gpnb.products.series import Series

HOW = ("nearest", "mutual", "mean", "all")

_TOUCH = 1e-6
"""Two times that differ by less are the same one, s."""

_SIDES = ("value", "errn", "errp", "ul")


def joined(a: Series, b: Series, how: str, within: Any) -> QTable:
    """See `LightCurve.join`."""
    if how not in HOW:
        raise ArgumentError(f"how={how!r} must be one of {', '.join(map(repr, HOW))}.")
    gap = to_float(within, u.s, "within")
    if not 0 <= gap < np.inf:
        raise ArgumentError(f"within={within!r} must be a time of 0 or more.")
    if how == "mean":
        return _table(_with_means(a, b, gap), how, gap, a, b)
    first, second = simultaneous(a, b, how, gap)
    columns = {**_columns(a, first, "a"), **_columns(b, second, "b"), "index_a": first, "index_b": second}
    return _table(columns, how, gap, a, b)


def simultaneous(
    a: Series, b: Series, how: str = "all", within: float = 0.0, limits: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of the measurements of two series that belong together.

    Parameters
    ----------
    a, b : Series
    how : {"nearest", "mutual", "all"}
        See `LightCurve.join`.
    within : float
        Greatest pause between both, s.
    limits : bool
        Whether measurements may be upper limits without a value.

    Returns
    -------
    first, second : array of int
        One entry a pair, in the order of `first`, then of time.
    """
    first, second, gap, lag = _candidates(_spans(a, a, b), _spans(b, a, b), within)
    there = [_known(item) if limits else np.isfinite(item.value) for item in (a, b)]
    known = there[0][first] & there[1][second]
    first, second, gap, lag = (item[known] for item in (first, second, gap, lag))
    order = np.lexsort([second, np.abs(lag), np.maximum(gap, 0.0), first])
    best = order[_firsts(first[order])]
    if how == "mutual":
        back = np.lexsort([first, np.abs(lag), np.maximum(gap, 0.0), second])
        best = np.intersect1d(best, back[_firsts(second[back])])
    chosen = np.lexsort([second, lag, first]) if how == "all" else best[np.argsort(first[best], kind="stable")]
    return first[chosen], second[chosen]


def dcf_table(a: Series, b: Series, lags: Any) -> QTable:
    """See `Series.dcf`."""
    edges = to_array(lags, u.s, "lags").ravel()
    if len(edges) < 2 or not np.all(np.diff(edges) > 0):
        raise ArgumentError(f"lags={lags!r} must be at least two edges that rise.")
    reference = _reference(a, b)
    one, other = (((item.time - reference).to_value("s"), item.value, np.nan_to_num(item.err)) for item in (a, b))
    value, error, pairs = dcf(*one, *other, edges)
    ends = {"lag_min": edges[:-1] * u.s, "lag_max": edges[1:] * u.s}
    return QTable({**ends, "dcf": value, "dcf_err": error, "pairs": pairs}, meta={"a": a.name, "b": b.name})


def _with_means(a: Series, b: Series, within: float) -> dict[str, Any]:
    """Each measurement of `a` with the plain mean of those of `b` whose middles lie in its bin."""
    start, stop = _spans(a, a, b)
    middle = np.mean(_spans(b, a, b), axis=0)
    order = np.argsort(middle, kind="stable")
    low = np.searchsorted(middle[order], start - within - _TOUCH * (start == stop))
    high = np.searchsorted(middle[order], stop + within + _TOUCH * ((start == stop) | (within > 0)))
    counts = np.maximum(high - low, 0)
    first = np.repeat(np.arange(len(a)), counts)
    second = order[np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(low, counts)]
    valued = np.isfinite(b.value[second])
    limits = np.bincount(first[~valued & b.is_ul[second]], minlength=len(a))
    first, second = first[valued], second[valued]
    number = np.bincount(first, minlength=len(a))
    kept = np.flatnonzero((number > 0) & _known(a))

    def mean(values: np.ndarray, power: int = 1) -> np.ndarray:
        total: np.ndarray = np.bincount(first, values[second] ** power, len(a))[kept]
        return np.asarray(total ** (1 / power) / number[kept])

    made = {"time_b": _reference(a, b) + mean(middle) * u.s, "value_b": b.with_unit(mean(b.value))}
    made |= {f"{side}_b": b.with_unit(mean(getattr(b, side), 2)) for side in ("errn", "errp")}
    more = {"index_a": kept, "n_b": number[kept], "limits_b": limits[kept]}
    return {**_columns(a, kept, "a"), **made, **more}


def _table(columns: dict[str, Any], how: str, within: float, a: Series, b: Series) -> QTable:
    for side in "ab":
        columns[f"error_{side}"] = 0.5 * (columns[f"errn_{side}"] + columns[f"errp_{side}"])
    columns["lag"] = (columns["time_b"] - columns["time_a"]).to(u.s)
    names = ("time", "value", "error", "errn", "errp", "ul", "is_ul", "index")
    order = ["lag", *(f"{name}_{side}" for side in "ab" for name in names), "n_b", "limits_b"]
    kept = {name: columns[name] for name in order if name in columns}
    return QTable(kept, meta={"a": a.name, "b": b.name, "how": how, "within": f"{within!r} s"})


def _columns(series: Series, rows: np.ndarray, side: str) -> dict[str, Any]:
    made = {f"{name}_{side}": series.with_unit(getattr(series, name)[rows]) for name in _SIDES}
    return {f"time_{side}": series.time.tt[rows], **made, f"is_ul_{side}": series.is_ul[rows]}


def _known(series: Series) -> np.ndarray:
    return np.asarray(np.isfinite(series.value) | np.isfinite(series.ul))


def _reference(a: Series, b: Series) -> Time:
    """Where seconds are counted from, on the one scale in which times are compared."""
    return next((item.time_min[0].tt for item in (a, b) if len(item)), Time(51544, format="mjd", scale="tt"))


def _spans(series: Series, a: Series, b: Series) -> tuple[np.ndarray, np.ndarray]:
    """Starts and stops, s."""
    reference = _reference(a, b)
    start, stop = ((end.tt - reference).to_value("s") for end in (series.time_min, series.time_max))
    return np.atleast_1d(start), np.atleast_1d(stop)


def _candidates(
    a: tuple[np.ndarray, np.ndarray], b: tuple[np.ndarray, np.ndarray], within: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """All pairs that overlap, or whose pause is not longer; with the pause (negative: overlap) and the lag, s."""
    middle, half = 0.5 * (b[0] + b[1]), float(np.max(0.5 * (b[1] - b[0]), initial=0.0))
    order = np.argsort(middle, kind="stable")
    reach = half + within + _TOUCH
    low = np.searchsorted(middle[order], a[0] - reach, side="left")
    counts = np.maximum(np.searchsorted(middle[order], a[1] + reach, side="right") - low, 0)
    first = np.repeat(np.arange(len(a[0])), counts)
    second = order[np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(low, counts)]
    gap = np.maximum(a[0][first], b[0][second]) - np.minimum(a[1][first], b[1][second])
    good = gap <= within + _TOUCH if within else _overlap(a, b, first, second, gap)
    lag = middle[second] - 0.5 * (a[0] + a[1])[first]
    return first[good], second[good], gap[good], lag[good]


def _overlap(
    a: tuple[np.ndarray, np.ndarray],
    b: tuple[np.ndarray, np.ndarray],
    first: np.ndarray,
    second: np.ndarray,
    gap: np.ndarray,
) -> np.ndarray:
    """Bins that share time; a moment belongs to the bin that begins with it, not to the one that ends there."""
    wide_a, wide_b = (a[1] - a[0] > _TOUCH)[first], (b[1] - b[0] > _TOUCH)[second]
    before = np.where(wide_a, b[0][second] < a[1][first] - _TOUCH, a[0][first] < b[1][second] - _TOUCH)
    moment = (gap <= _TOUCH) & (before | (~wide_a & ~wide_b))
    return np.where(wide_a & wide_b, gap < -_TOUCH, moment)


def _firsts(values: np.ndarray) -> np.ndarray:
    """Where runs of equal values begin."""
    return np.flatnonzero(np.append(True, values[1:] != values[:-1])[: len(values)])
