"""Variability of light curves: gaps, limits, overlaps, scans; and periodograms."""

import numpy as np
import pytest
from astropy import units as u
from astropy.time import Time

import gpnb
from gpnb import stats
from gpnb.core.errors import ArgumentError, SelectionError

START = Time("2020-01-01T00:00:00", scale="tt")
ONE = {"e_ref": [2.0], "e_min": [1.0], "e_max": [10.0], "ref_dnde": [1e-12], "ref_flux": [1e-11], "ref_eflux": [1e-11]}


def curve(norm, error=0.1, hours=None, length=0.5, bands=1, **changed):
    norm = np.asarray(norm, dtype=float).reshape(-1, bands)
    hours = np.arange(len(norm)) if hours is None else np.asarray(hours)
    start = START + hours * u.h
    axes = {name: np.repeat(values, bands) for name, values in ONE.items()}
    return gpnb.LightCurve(
        **axes, **{"norm": norm, "norm_err": error, "time_min": start, "time_max": start + length * u.h, **changed}
    )


def test_each_measure_is_that_of_the_plain_functions():
    norm, error = np.array([1.0, 3.0, 2.0, 5.0, 4.0]), np.array([0.1, 0.2, 0.2, 0.2, 0.3])
    found = gpnb.variability(curve(norm, error[:, None]))
    assert (found.fvar[0], found.fvar_err[0]) == stats.fvar(norm, error)
    assert (found.fpp[0], found.fpp_err[0]) == stats.fpp(norm, error)
    assert (found.chi2[0], found.dof[0]) == stats.chi2_constant(norm, error)[:2]
    assert found.mean_flux[0] == pytest.approx(3e-11)
    assert found.doubling[0] == pytest.approx(3600 / np.log2(3))
    assert found.halving[0] == pytest.approx(3600 / np.log2(1.5))
    assert np.isnan(found.ts[0])
    assert found.points.tolist() == [5]


def test_bands_are_apart_and_a_table_has_units():
    norm = np.array([[1.0, 1.0], [3.0, 1.01], [2.0, 0.99]])
    found = gpnb.variability(curve(norm, bands=2))
    assert np.isfinite(found.fvar).tolist() == [True, False]
    assert found.fvar_ul[1] < 0.7
    assert len(found) == 2
    table = found.table
    assert table["doubling"].unit == u.s
    assert table["mean_flux"][0].to_value("cm-2 s-1") == pytest.approx(2e-11)
    assert "less than" in repr(found)
    assert "fvar" in found._repr_html_()
    assert "gpnb.variability(" in found.recipe.to_code()


def test_bins_without_a_flux_are_passed_over():
    full, gap = curve([1.0, 2.0, 4.0], hours=[0, 1, 3]), curve([1.0, 2.0, np.nan, 4.0])
    one, other = gpnb.variability(full), gpnb.variability(gap)
    for name in ("fvar", "fpp", "chi2", "doubling", "points"):
        assert getattr(one, name) == pytest.approx(getattr(other, name))
    empty = gpnb.variability(curve([np.nan, np.nan]))
    assert empty.points.tolist() == [0]
    assert np.isnan([empty.fvar, empty.fvar_ul, empty.chi2, empty.doubling, empty.mean_flux]).all()


def test_upper_limits_count_but_have_no_doubling_time():
    norm, limits = [0.05, 2.0, 8.0], np.array([[True], [False], [False]])
    found = gpnb.variability(curve(norm, is_ul=limits, norm_ul=0.3))
    assert found.points.tolist() == [3]
    assert found.doubling[0] == pytest.approx(1800)


def test_order_of_bins_does_not_matter():
    norm, hours = np.array([1.0, 3.0, 2.0, 5.0]), np.array([0.0, 1.0, 2.0, 3.0])
    mixed = [2, 0, 3, 1]
    one, other = gpnb.variability(curve(norm)), gpnb.variability(curve(norm[mixed], hours=hours[mixed]))
    assert one.fpp == pytest.approx(other.fpp)
    assert one.doubling == pytest.approx(other.doubling)


def test_overlapping_bins_do_not_double():
    found = gpnb.variability(curve([1.0, 4.0, 8.0], hours=[0.0, 0.1, 1.0]))
    assert found.overlaps == 1
    assert found.doubling[0] == pytest.approx(0.9 * 3600)
    assert gpnb.variability(curve([1.0, 2.0], hours=[0.0, 0.5])).overlaps == 0


def test_constancy_from_scans_takes_limits_as_they_are():
    """Counts without background: against 2 Σ n ln(n/n̄), a bin without any counts included."""
    n = np.array([0.0, 3.0, 8.0])
    scan = np.linspace(np.maximum(n - 5 * np.sqrt(n), 1e-3), n + 5 * np.sqrt(n + 1), 201).T
    made = curve(n, np.nan, norm_scan=scan[:, None], stat_scan=stats.cash(n[:, None], scan)[:, None])
    found = gpnb.variability(made)
    mean = n.mean()
    expected = 2 * np.sum(n[1:] * np.log(n[1:] / mean))
    assert found.ts[0] == pytest.approx(expected, abs=0.01)
    assert found.ts_dof.tolist() == [2]
    assert 0 < found.ts_p_value[0] < 0.05
    assert np.isnan(found.chi2[0])


def test_a_leap_second_is_a_second():
    """Two bins across the one of 2016: times are elapsed ones, whatever the scale they are given in."""
    start = Time(["2016-12-31T23:59:50", "2017-01-01T00:00:00"], scale="utc")
    made = curve([1.0, 2.0], time_min=start, time_max=start + 2 * u.s)
    assert gpnb.variability(made).doubling[0] == pytest.approx(11.0)
    mixed = curve([1.0, 2.0], time_min=start.tt, time_max=start + 2 * u.s)
    assert gpnb.variability(mixed).doubling[0] == pytest.approx(11.0)


def test_a_periodogram_finds_the_period():
    rng = np.random.default_rng(0)
    hours = np.sort(rng.uniform(0, 24 * 40, 150))
    norm = 3 + np.sin(2 * np.pi * hours / 24 / 3.7) + 0.3 * rng.standard_normal(150)
    made = curve(norm, 0.3, hours, 0.01)
    found = gpnb.periodogram(made, np.linspace(0.02, 2, 3000) / u.d)
    assert found.best_period.to_value("d") == pytest.approx(3.7, rel=0.02)
    assert found.false_alarm < 1e-10
    assert found.power.max() <= 1
    assert gpnb.periodogram(made).best_period.to_value("d") == pytest.approx(3.7, rel=0.02)
    assert np.isnan(gpnb.periodogram(made, harmonics=2).false_alarm)
    noise = curve(3 + 0.3 * rng.standard_normal(150), 0.3, hours, 0.01)
    assert gpnb.periodogram(noise, np.linspace(0.02, 2, 3000) / u.d).false_alarm > 1e-3


def test_what_does_not_fit_is_told():
    with pytest.raises(SelectionError, match="at least 4"):
        gpnb.periodogram(curve([1.0, np.nan, 2.0, 3.0]))
    with pytest.raises(ArgumentError, match="band=1"):
        gpnb.periodogram(curve([1.0, 2.0, 3.0, 4.0]), band=1)
    with pytest.raises(ArgumentError, match="must be a LightCurve"):
        gpnb.variability([1.0, 2.0])
