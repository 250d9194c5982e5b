"""Variability of light curves: gaps, limits, overlaps, scans; and periodograms."""

import numpy as np
import pytest
from astropy import units as u
from astropy.time import Time

import gpnb
from gpnb import stats
from gpnb.core.errors import ArgumentError, DataWarning, SelectionError

START = Time("2020-01-01T00:00:00", scale="tt")
ONE = {"e_ref": [2.0], "e_min": [1.0], "e_max": [10.0], "ref_dnde": [1e-12], "ref_flux": [1e-11], "ref_eflux": [1e-11]}


def curve(norm, error=0.1, hours=None, length=0.5, bands=1, **changed):
    norm = np.asarray(norm, dtype=float).reshape(-1, bands)
    hours = np.arange(len(norm)) if hours is None else np.asarray(hours)
    start = START + hours * u.h
    axes = {name: np.repeat(values, bands) for name, values in ONE.items()}
    made = {"norm": norm, "norm_err": error, "time_min": start, "time_max": start + length * u.h}
    return gpnb.LightCurve(**{**axes, **made, **changed})


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


RUNS = ((1,), (2,), (3,))


def test_overlapping_bins_are_no_neighbours():
    """Two telescopes at once: independent, but neither doubling time nor F_pp compares what is simultaneous."""
    made = curve([1.0, 4.0, 8.0], hours=[0.0, 0.1, 1.0], obs_ids=RUNS)
    found = gpnb.variability(made)
    assert found.overlaps == 1
    assert found.doubling[0] == pytest.approx(0.9 * 3600)
    assert found.doubling_pair.tolist() == [[1, 2]]
    norm = np.array([1.0, 4.0, 8.0])
    assert found.fvar[0] == pytest.approx(stats.fvar(norm, 0.1)[0])
    assert found.fpp[0] == pytest.approx(np.sqrt((8 - 4) ** 2 / 2 - 0.01) / norm.mean())
    assert gpnb.variability(curve([1.0, 2.0], hours=[0.0, 0.5])).overlaps == 0


@pytest.mark.parametrize("runs", [(), ((1,), (1, 2), (3,))])
def test_bins_that_may_hold_the_same_events_are_warned_of(runs):
    with pytest.warns(DataWarning, match="1 of the bins"):
        gpnb.variability(curve([1.0, 4.0, 8.0], hours=[0.0, 0.1, 1.0], obs_ids=runs))


def test_bins_within_a_long_one_are_compared_with_each_other():
    long = START + [10.0, 1.5, 3.5, 11.5] * u.h
    made = curve([1.0, 2.0, 8.0, 1.0], hours=[0.0, 1.0, 3.0, 11.0], time_max=long, obs_ids=(*RUNS, (4,)))
    found = gpnb.variability(made)
    assert found.overlaps == 2
    assert np.isnan(found.doubling[0])  # each of those within overlaps the long one, and may be what it is not
    assert found.halving_pair.tolist() == [[2, 3]]


def test_a_reference_spectrum_of_its_own_in_each_bin():
    """The flux varies where the norms do not: fits with a free shape have such references."""
    two = np.array([[1e-11], [3e-11], [2e-11]])
    own = {"ref_flux": two, "ref_dnde": two / 10, "ref_eflux": two}
    found, plain = gpnb.variability(curve([1.0] * 3, **own)), gpnb.variability(curve([1.0, 3.0, 2.0], two / 1e-10))
    assert found.mean_flux[0] == pytest.approx(2e-11)
    for name in ("fvar", "fvar_err", "fpp", "chi2", "mean_flux", "mean_flux_err", "doubling", "doubling_ll"):
        assert getattr(found, name) == pytest.approx(getattr(plain, name)), name


def test_differential_points_without_bands_have_a_mean_too():
    empty = {name: [np.nan] for name in ("e_min", "e_max", "ref_flux", "ref_eflux")}
    found = gpnb.variability(curve([1.0, 3.0], **empty))
    assert found.kind == "dnde"
    assert found.quantity("mean_flux")[0].to_value("TeV-1 cm-2 s-1") == pytest.approx(2e-12)


def test_an_error_of_none_or_of_zero_is_no_measurement():
    found = gpnb.variability(curve([1.0, 3.0, 9.0, 2.0], [[0.1], [np.nan], [0.0], [0.1]]))
    assert found.points.tolist() == [2]
    assert found.mean_flux[0] == pytest.approx(1.5e-11)
    assert found.doubling_pair.tolist() == [[0, 3]]


def test_a_rise_just_below_and_just_above_the_threshold():
    """Three sigma decide whether there is a doubling time; the limit does not hang on them, nor does the pair."""
    below, above = (gpnb.variability(curve([1.0, rise, 0.2])) for rise in (1.42, 1.43))
    assert np.isnan(below.doubling[0])
    assert above.doubling[0] == pytest.approx(3600 / np.log2(1.43))
    assert below.doubling_ll[0] == pytest.approx(above.doubling_ll[0], rel=0.05)
    assert below.doubling_ll[0] < above.doubling[0]
    assert below.doubling_pair.tolist() == above.doubling_pair.tolist() == [[0, 1]]
    assert below.halving_pair.tolist() == [[1, 2]]
    assert gpnb.variability(curve([9.0, 1.0])).doubling_ll.tolist() == [np.inf]
    nothing = gpnb.variability(curve([0.05, 0.1]))
    assert np.isnan(nothing.doubling_ll[0])
    assert nothing.doubling_pair.tolist() == [[-1, -1]]


def test_limits_of_doubling_times_cover():
    rng = np.random.default_rng(0)
    flux = rng.normal([1.0, 1.5], 0.2, (4000, 2))
    least = [stats.doubling_limits([0.0, 1.0], pair, 0.2)[0] for pair in flux]
    assert np.mean(np.nan_to_num(least, nan=0.0) < 1 / np.log2(1.5)) == pytest.approx(0.95, abs=0.012)


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
