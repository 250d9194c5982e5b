"""Light curves joined with other wavelengths: which measurements are pairs, on one scale of time; correlation."""

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable, Table
from astropy.time import Time
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.products.join import simultaneous
from gpnb.stats import dcf, pearson

DAY = Time(58000.0, format="mjd", scale="tt")


def series(start, stop=None, value=None, scale="tt", **more):
    """Values at hours; None for moments."""
    start = np.asarray(start, dtype=float)
    stop = start if stop is None else np.asarray(stop, dtype=float)
    value = np.arange(len(start)) + 1.0 if value is None else value
    ends = [getattr(DAY + hours * u.h, scale) for hours in (start, stop)]
    return gpnb.Series(time_min=ends[0], time_max=ends[1], value=value, **{"errn": 0.1, "errp": 0.3, **more})


def curve(start, stop, flux=None, bands=1):
    """A light curve in bins of hours, 1e-11 cm-2 s-1 as unit."""
    start, stop = np.asarray(start, dtype=float), np.asarray(stop, dtype=float)
    flux = np.arange(len(start)) + 1.0 if flux is None else np.asarray(flux)
    values = np.outer(flux, 0.5 ** np.arange(bands)) * 1e-11 * u.Unit("cm-2 s-1")
    edges = np.broadcast_to(np.arange(bands + 1) + 1.0, (len(start), bands + 1)) * u.TeV
    columns = {"e_min": edges[:, :-1], "e_max": edges[:, 1:], "e_ref": 0.5 * (edges[:, 1:] + edges[:, :-1])}
    columns |= {"flux": values, "flux_err": 0.1 * values}
    times = {"time_min": DAY + start * u.h, "time_max": DAY + stop * u.h}
    return gpnb.LightCurve.from_table(QTable({**times, **columns}), "flux")


def pairs(table):
    return list(zip(table["index_a"].tolist(), table["index_b"].tolist(), strict=True))


def test_the_nearest_of_each_bin():
    a = curve([0, 1, 2, 10], [1, 2, 3, 11])
    found = a.join(series([0.2, 0.6, 2.5, 20]))
    assert pairs(found) == [(0, 1), (2, 2)]  # 0.6 is nearer to the middle of the first bin; nothing else has a partner
    assert found["lag"].to_value("h") == pytest.approx([0.1, 0.0])
    assert found["value_a"].to_value("1e-11 cm-2 s-1") == pytest.approx([1, 3])
    assert found["value_b"].tolist() == [2.0, 3.0]
    assert found["error_b"].tolist() == pytest.approx([0.2, 0.2])
    assert (found["errn_b"][0], found["errp_b"][0]) == (0.1, 0.3)
    assert found["time_a"].scale == found["time_b"].scale == "tt"
    assert found.meta["how"] == "nearest"


def test_one_measurement_may_be_nearest_to_many_or_is_used_once():
    a, b = curve([0, 1, 2], [1, 2, 3]), series([0.4], [2.9])
    assert pairs(a.join(b)) == [(0, 0), (1, 0), (2, 0)]
    assert pairs(a.join(b, how="mutual")) == [(1, 0)]
    assert pairs(a.join(series([0.1, 0.2, 0.5, 1.4]), how="mutual")) == [(0, 2), (1, 3)]


def test_all_pairs_and_the_tolerance():
    a = curve([0, 2], [1, 3])
    b = series([0.5, 1.25, 1.75, 4.0])
    assert pairs(a.join(b, how="all")) == [(0, 0)]
    assert pairs(a.join(b, how="all", within="15 min")) == [(0, 0), (0, 1), (1, 2)]
    assert pairs(a.join(b, how="all", within=1 * u.h)) == [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (1, 3)]
    assert pairs(a.join(b, within=1 * u.h)) == [(0, 0), (1, 2)]


def test_a_moment_belongs_to_the_bin_that_begins_with_it():
    a = curve([0, 1], [1, 2])
    assert pairs(a.join(series([1.0]), how="all")) == [(1, 0)]
    assert pairs(a.join(series([0.0]), how="all")) == [(0, 0)]
    assert pairs(a.join(series([2.0]), how="all")) == []
    assert pairs(a.join(series([1.0], [2.0]), how="all")) == [(1, 0)]  # bins that touch share no time
    assert pairs(series([1.0]).join(series([1.0, 1.1]), how="all")) == [(0, 0)]
    assert pairs(series([1.0]).join(series([0, 1], [1, 2]), how="all")) == [(0, 1)]


def test_means_of_all_inside_each_bin():
    a = curve([0, 1, 5], [1, 2, 6])
    b = series([0.1, 0.3, 0.8, 1.0, 4.9], value=[1.0, 3.0, 5.0, 8.0, 9.0], errn=[0.3, 0.4, 1.2, 0.1, 0.1], unit="mJy")
    found = a.join(b, how="mean")
    assert found["index_a"].tolist() == [0, 1]
    assert found["n_b"].tolist() == [3, 1]
    assert found["value_b"].to_value("mJy") == pytest.approx([3, 8])
    assert found["errn_b"].to_value("mJy") == pytest.approx([1.3 / 3, 0.1])
    assert found["errp_b"].to_value("mJy") == pytest.approx([np.sqrt(3 * 0.09) / 3, 0.3])
    assert found["lag"].to_value("h") == pytest.approx([0.4 - 0.5, -0.5])
    assert a.join(b, how="mean", within="0.2 h")["index_a"].tolist() == [0, 1, 2]


def test_limits_are_told_and_not_averaged():
    a = curve([0, 1], [1, 2])
    b = series([0.2, 0.4, 1.5], value=[1.0, np.nan, np.nan], ul=[np.nan, 7.0, np.nan], is_ul=[False, True, False])
    found = a.join(b, how="all")
    assert pairs(found) == [(0, 0), (0, 1)]  # a value that is not known at all is no measurement
    assert found["is_ul_b"].tolist() == [False, True]
    assert found["ul_b"][1] == 7
    means = a.join(b, how="mean")
    assert (means["n_b"].tolist(), means["limits_b"].tolist(), means["value_b"].tolist()) == ([1], [1], [1.0])


@pytest.mark.parametrize("scale", ["utc", "tdb", "tai", "tcg"])
@pytest.mark.parametrize("how", ["nearest", "mutual", "mean", "all"])
def test_times_are_compared_on_one_scale(scale, how):
    """The same moments, a minute inside the ends of bins; without scales UTC would be 69 s off."""
    a = curve([0, 1], [1, 2])
    b = series([1 / 60, 59 / 60, 61 / 60, 119 / 60], scale=scale)
    found = a.join(b, how=how)
    assert found["index_a"].tolist() == ([0, 0, 1, 1] if how == "all" else [0, 1])
    if how == "all":
        assert found["lag"].to_value("s") == pytest.approx([-1740, 1740, -1740, 1740], abs=1e-5)
    plain = gpnb.Series.from_table(Table({"mjd": b.time.tt.mjd, "flux": b.value}), scale="utc")
    assert pairs(a.join(plain, how="all")) != pairs(a.join(b, how="all"))


def test_without_any_pair_the_table_is_empty_but_whole():
    a = curve([0], [1])
    for how in ("nearest", "mutual", "all", "mean"):
        found = a.join(series([5.0], unit="mJy"), how=how)
        assert len(found) == 0
        assert found["value_b"].unit == u.mJy
        assert {"lag", "time_a", "time_b", "error_a", "error_b"} <= set(found.colnames)
    assert len(a.join(series([]), how="mean")) == len(a.join(series([]))) == 0


def test_what_can_be_joined(tmp_path):
    a = curve([0, 1], [1, 2], bands=2)
    table = Table({"mjd_tt": [58000.02], "flux": [3.0]})
    table.write(tmp_path / "x.csv")
    for other in (table, tmp_path / "x.csv", gpnb.Series.of(table)):
        assert a.join(other)["value_b"].tolist() == [3.0]
    assert a.join(curve([0.2], [0.3]))["value_b"].unit == u.Unit("cm-2 s-1")
    assert a.join(table, band=1)["value_a"].value == pytest.approx([0.5e-11])
    a.write(tmp_path / "gamma.fits")
    for path in ("gamma.fits", "gamma.ecsv"):
        a.write(tmp_path / path, overwrite=True)
        assert a.join(tmp_path / path)["value_b"].value == pytest.approx([1e-11, 2e-11])
    assert a.series(1).name == "2–3 TeV"
    assert ".series(band=1)" in a.series(1).recipe.to_code()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"how": "linear"}, "how='linear' must be one of"),
        ({"within": "-1 s"}, "0 or more"),
        ({"within": "1 m"}, "not convertible"),
        ({"band": 4}, "band=4 is not there"),
    ],
)
def test_what_cannot_be_joined(arguments, text):
    with pytest.raises(ArgumentError, match=text):
        curve([0], [1]).join(series([0.5]), **arguments)


hours = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12)), min_size=1, max_size=12)


@given(hours, hours, st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_pairs_are_those_of_a_plain_double_loop(one, other, within):
    """Tenths of hours; the pause between two spans decides, ends of bins do not belong to them."""
    a, b = (series([x / 10 for x, _ in item], [(x + w) / 10 for x, w in item]) for item in (one, other))

    def together(first, second):
        (x, w), (y, v) = first, second
        pause = max(x, y) - min(x + w, y + v)
        if within:
            return pause <= within
        if w and v:
            return pause < 0
        return pause <= 0 and (y < x + w if w else x < y + v if v else True)

    wanted = [(i, j) for i, p in enumerate(one) for j, q in enumerate(other) if together(p, q)]
    first, second = simultaneous(a, b, "all", within * 360.0)
    assert (
        list(zip(first.tolist(), second.tolist(), strict=True)) == wanted
        or sorted(zip(first.tolist(), second.tolist(), strict=True)) == wanted
    )
    nearest = simultaneous(a, b, "nearest", within * 360.0)[0].tolist()
    assert nearest == sorted({i for i, _ in wanted})
    once = simultaneous(a, b, "mutual", within * 360.0)
    assert all(len(set(item.tolist())) == len(item) for item in once)


def test_the_discrete_correlation_finds_a_delay():
    rng = np.random.default_rng(3)
    t = np.sort(rng.uniform(0, 900, 1500))
    other = np.sort(rng.uniform(0, 900, 1200))

    def wave(hour):
        return np.sin(2 * np.pi * hour / 33) + 0.5 * np.sin(2 * np.pi * hour / 13)

    a, b = series(t, value=wave(t), scale="utc"), series(other, value=wave(other - 6), scale="tdb")
    edges = np.arange(-21, 22, 2.0) * u.h
    found = a.dcf(b, edges)
    best = found[np.argmax(found["dcf"])]
    assert 0.5 * (best["lag_min"] + best["lag_max"]).to_value("h") == pytest.approx(6)
    value, _, pairs_ = dcf(t, a.value, 0.2, other, b.value, 0.2, edges.value)
    assert found["dcf"] == pytest.approx(value)
    assert found["pairs"].tolist() == pairs_.tolist()
    with pytest.raises(ArgumentError, match="edges that rise"):
        a.dcf(b, ["1 h"])


def test_pearson_is_that_of_scipy():
    rng = np.random.default_rng(0)
    for n in (3, 4, 20, 300):
        x = rng.normal(size=n)
        y = 0.4 * x + rng.normal(size=n)
        found, known = pearson(1e-12 * x, y), pearsonr(x, y)
        assert found.r == pytest.approx(known.statistic)
        assert found.p_value == pytest.approx(known.pvalue)
        assert found.n == n
    assert pearson([1, 2, 3, np.nan], [2, 4, 6, 1]) == (pytest.approx(1.0), pytest.approx(0.0, abs=1e-6), 3)
    assert np.isnan(pearson([1, 2], [1, 2]).r)
    assert np.isnan(pearson([1, 1, 1], [1, 2, 3]).r)
