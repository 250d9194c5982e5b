"""Variability of a flux: against published formulae, Gammapy where it is right, and simulated series."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import chi2, kstest

from gpnb import stats

RUNS = np.array(
    [
        [1.5067765825439844e-10, 2.453821657563693e-10, 3.141379290485112e-10, 2.346901994430128e-10],
        [1.691451384181418e-10, 1.4113817373531423e-10, 6.929229762339856e-11, 8.880058541665899e-11],
        [6.926003713348351e-11, 9.775065134764786e-11, 6.639943984474145e-11, 5.393708059832238e-11],
        [3.340047569386561e-11, 3.3489152444134345e-11, 2.834935937949657e-11, 5.21207788915686e-12],
        [2.9739391802549646e-12, 3.356002976148719e-12, 5.180943339865571e-12, 6.240484474722743e-12],
        [9.021949889031152e-12, np.nan, np.nan, np.nan],
    ]
).ravel()[:21]
ERRORS = np.array(
    [
        [1.2605396865470818e-11, 1.0074156885904635e-11, 1.1198207795246862e-11, 9.759329143563385e-12],
        [8.325613387457862e-12, 7.712411280528644e-12, 5.46746156014078e-12, 6.191423953150965e-12],
        [5.486388394771599e-12, 6.4574700204115164e-12, 5.280932983902713e-12, 4.7000806554571055e-12],
        [3.70894417620971e-12, 3.833011198786132e-12, 4.019183697943263e-12, 1.9040515635639775e-12],
        [1.6107292214725011e-12, 1.650578361752006e-12, 1.8858278070576534e-12, 1.937208371424363e-12],
        [2.2111646396129443e-12, np.nan, np.nan, np.nan],
    ]
).ravel()[:21]
"""PKS 2155-304 above 0.7 TeV by runs, as Gammapy 2.1 finds them (public H.E.S.S. test data)."""

X = np.array([1.2, 3.4, 2.2, 5.1, 4.0, 2.9, 1.1, 3.3])
E = np.array([0.2, 0.3, 0.25, 0.4, 0.3, 0.2, 0.2, 0.3])
T = np.array([0.0, 1.0, 3.0, 4.0, 7.0, 8.0, 10.0, 11.0])


def test_fvar_is_that_of_gammapy():
    """compute_fvar of Gammapy 2.1 for the fluxes above, and for made-up ones."""
    assert stats.fvar(RUNS, ERRORS) == pytest.approx((1.0368207527715534, 0.01611626040581298), rel=1e-12)
    assert stats.fvar(X, E) == pytest.approx((0.4616066818453864, 0.03409219404441813), rel=1e-12)


def test_fpp_lacks_the_factor_that_gammapy_has():
    """Its compute_fpp of X gives 0.6471: there the half is missing. Here from the definition."""
    by_hand = np.sqrt(np.sum(np.diff(X) ** 2) / (2 * 7) - np.mean(E**2)) / X.mean()
    gammapy = 0.6471384858021912
    assert stats.fpp(X, E)[0] == pytest.approx(by_hand, rel=1e-12)
    assert np.sqrt(2 * (by_hand * X.mean()) ** 2 + np.mean(E**2)) / X.mean() == pytest.approx(gammapy, rel=1e-12)


def test_white_noise_varies_as_much_from_point_to_point():
    rng = np.random.default_rng(0)
    flux = 1 + 0.3 * rng.standard_normal(200_000) + 0.1 * rng.standard_normal(200_000)
    total, steps = stats.fvar(flux, 0.1)[0], stats.fpp(flux, 0.1)[0]
    assert total == pytest.approx(0.3, rel=0.01)
    assert steps / total == pytest.approx(1, abs=0.01)


def test_red_noise_varies_less_from_point_to_point():
    flux = stats.timmer_koenig(lambda f: f**-2, 1000, seed=3, mean=1, rms=0.2)
    assert stats.fpp(flux, 0.0)[0] < 0.2 * stats.fvar(flux, 0.0)[0]


@pytest.mark.parametrize("name", ["fvar", "fpp", "excess_variance"])
def test_errors_are_the_scatter_of_measurements(name):
    rng = np.random.default_rng(1)
    true = 3 + np.sin(np.arange(60) / 2) + 0.3 * rng.standard_normal(60)
    value, error = getattr(stats, name)(true + 0.3 * rng.standard_normal((5000, 60)), 0.3)
    assert np.std(value) == pytest.approx(np.mean(error), rel=0.06)


def test_noise_alone_is_no_variability():
    rng = np.random.default_rng(2)
    value, error = stats.fvar(5 + rng.standard_normal((2000, 30)), 1.0)
    excess, spread = stats.excess_variance(5 + rng.standard_normal((2000, 30)), 1.0)
    assert 0.4 < np.isnan(value).mean() < 0.65
    assert (np.isnan(value) == np.isnan(error)).all()
    assert abs(excess.mean()) < 4 * excess.std() / np.sqrt(2000)
    assert excess.std() == pytest.approx(spread.mean(), rel=0.15)  # positive ones take a second term for variability


@pytest.mark.parametrize("true", [0.0, 0.05, 0.1, 0.2])
def test_limits_cover(true):
    rng = np.random.default_rng(3)
    flux = 3 * (1 + true * rng.standard_normal((5000, 20))) + 0.3 * rng.standard_normal((5000, 20))
    limit = stats.fvar_limit(flux, 0.3)
    assert np.mean(limit >= true) > 0.935
    assert np.isfinite(limit).all()


def test_a_limit_is_there_where_the_value_is_not():
    flux = [1.0, 1.05, 0.95, 1.0]
    assert np.isnan(stats.fvar(flux, 0.2)).all()
    assert 0 < stats.fvar_limit(flux, 0.2, cl=0.9) < stats.fvar_limit(flux, 0.2, cl=0.99)


def test_unknown_points_are_skipped():
    gaps = np.array([1.0, np.nan, 2.0, 4.0, 3.0])
    errors = np.array([0.1, 0.1, 0.1, 0.1, 0.1])
    assert stats.fvar(gaps, errors) == stats.fvar(gaps[[0, 2, 3, 4]], errors[1:])
    assert stats.fvar([1.0, 9.0, 2.0, 4.0, 3.0], [0.1, np.inf, 0.1, 0.1, 0.1]) == stats.fvar(gaps, errors)
    assert stats.chi2_constant(gaps, errors) == stats.chi2_constant(gaps[[0, 2, 3, 4]], errors[1:])
    steps = np.array([2.0, -1.0])  # 1 → 2 spans the gap
    expected = np.sqrt((steps**2).sum() / 4 - 0.01) / 2.5
    assert stats.fpp(gaps, errors)[0] == pytest.approx(expected)


@pytest.mark.parametrize("flux", [[], [1.0], [np.nan, np.nan], [np.nan, 1.0, np.nan]])
def test_too_few_points_give_nan_in_silence(flux):
    assert np.isnan(stats.fvar(flux, np.full(len(flux), 0.1))).all()
    assert np.isnan(stats.fpp(flux, np.full(len(flux), 0.1))).all()
    assert np.isnan(stats.fvar_limit(flux, np.full(len(flux), 0.1)))
    found = stats.chi2_constant(flux, np.full(len(flux), 0.1))
    assert found.dof == 0
    assert np.isnan([found.stat, found.p_value]).all()


series = arrays(float, 6, elements=st.floats(0.1, 10))


@given(series, st.floats(1e-12, 1e6))
def test_units_do_not_matter(flux, factor):
    errors = np.full(6, 0.05)
    for name in ("fvar", "fpp"):
        plain, scaled = (getattr(stats, name)(*item) for item in ((flux, errors), (flux * factor, errors * factor)))
        np.testing.assert_allclose(scaled, plain, rtol=1e-4, atol=1e-6)
    plain, scaled = stats.chi2_constant(flux, errors), stats.chi2_constant(flux * factor, errors * factor)
    assert scaled.stat == pytest.approx(plain.stat, rel=1e-6, abs=1e-6)


@given(arrays(float, (3, 5), elements=st.floats(0.1, 10)))
def test_many_series_at_once(flux):
    """To rounding: sums along another axis are ordered otherwise."""
    for measure in (
        lambda x: np.stack(stats.fvar(x, 0.05)),
        lambda x: np.stack(stats.fpp(x, 0.05)),
        lambda x: stats.chi2_constant(x, 0.05).stat,
    ):
        apart = np.stack([measure(row) for row in flux], axis=-1)
        np.testing.assert_allclose(measure(flux), apart, rtol=1e-9, atol=1e-12)


def test_chi_square_of_a_constant_is_distributed_so():
    rng = np.random.default_rng(4)
    errors = rng.uniform(0.1, 2, 12)
    found = stats.chi2_constant(7 + errors * rng.standard_normal((4000, 12)), errors)
    assert kstest(found.p_value, "uniform").pvalue > 1e-3
    assert kstest(found.stat, chi2(11).cdf).pvalue > 1e-3
    assert found.mean.mean() == pytest.approx(7, abs=0.01)


def test_the_likelihood_form_is_chi_square_for_gaussian_profiles():
    scan = X[:, None] + E[:, None] * np.linspace(-5, 5, 21)
    found = stats.ts_constant(scan, ((scan - X[:, None]) / E[:, None]) ** 2 + 17)
    plain = stats.chi2_constant(X, E)
    assert found.stat == pytest.approx(plain.stat, rel=1e-6)
    assert found.mean == pytest.approx(plain.mean, rel=1e-6)
    assert found.p_value == pytest.approx(plain.p_value, rel=1e-3)
    assert found.dof == 7


def test_the_likelihood_form_for_poisson_counts():
    """Against the likelihood ratio in closed form, 2 Σ n ln(n/n̄)."""
    n = np.array([4.0, 9.0, 16.0, 8.0])
    low, high = n - 5 * np.sqrt(n), n + 5 * np.sqrt(n)
    scan = np.linspace(np.maximum(low, 0.2), high, 301).T
    found = stats.ts_constant(scan, stats.cash(n[:, None], scan))
    assert found.stat == pytest.approx(2 * np.sum(n * np.log(n / n.mean())), rel=1e-4)
    assert found.mean == pytest.approx(n.mean(), rel=1e-4)


def test_profiles_without_numbers_are_skipped():
    scan = np.tile(np.linspace(-3, 7, 31), (3, 1))
    stat = (scan - np.array([[1.0], [2.0], [3.0]])) ** 2
    stat[1] = np.nan
    assert stats.ts_constant(scan, stat).stat == pytest.approx(2.0, rel=1e-6)
    assert np.isnan(stats.ts_constant(scan[:1], stat[:1]).stat)


def test_doubling_is_that_of_gammapy():
    """compute_flux_doubling of Gammapy 2.1, which asks for no significance."""
    assert stats.doubling_time(T, X, E, sigma=0) == pytest.approx((0.63092975, 0.11674247), rel=1e-7)
    assert stats.halving_time(T, X, E, sigma=0) == pytest.approx((1.43005319, 0.28686382), rel=1e-7)


def test_exponentials_double_as_they_should():
    time = np.array([0.0, 1.0, 3.0, 8.0])
    rising, error = stats.doubling_times(time, 2 ** (time / 1.7), 1e-6)
    assert rising == pytest.approx(1.7)
    assert np.isnan(stats.halving_time(time, 2 ** (time / 1.7), 1e-6)).all()
    assert stats.halving_time(time, 2 ** (-time / 1.7), 1e-6)[0] == pytest.approx(1.7)
    assert (error > 0).all()


def test_the_error_of_doubling_is_its_scatter():
    rng = np.random.default_rng(6)
    flux = np.array([10.0, 30.0]) + 0.3 * rng.standard_normal((4000, 2))
    values = [stats.doubling_time([0, 60], row, 0.3) for row in flux]
    assert np.std([value for value, _ in values]) == pytest.approx(np.mean([error for _, error in values]), rel=0.05)


def test_noise_limits_and_negative_fluxes_do_not_double():
    time = np.arange(4.0)
    assert np.isnan(stats.doubling_time(time, [1.0, 1.5, 1.0, 1.4], 0.3)).all()
    flux = [1.0, 8.0, 20.0, -3.0]
    assert stats.doubling_times(time, flux, 0.1, [True, False, False, False])[0][[0, 2]] == pytest.approx(
        [np.nan, np.nan], nan_ok=True
    )
    assert stats.doubling_time(time, flux, 0.1, [True, False, False, False])[0] == pytest.approx(1 / np.log2(2.5))


def test_hardness_ratio_and_its_error():
    rng = np.random.default_rng(7)
    soft, hard = 10 + 0.5 * rng.standard_normal(20_000), 4 + 0.3 * rng.standard_normal(20_000)
    value, error = stats.hardness_ratio(10, 4, 0.5, 0.3)
    assert value == pytest.approx(-6 / 14)
    assert error == pytest.approx(np.std(stats.hardness_ratio(soft, hard, 0.5, 0.3)[0]), rel=0.02)
    assert np.isnan(stats.hardness_ratio(0.0, 0.0, 0.1, 0.1)[0])


@pytest.mark.parametrize("value", [0.0, np.nan, -0.1])
def test_an_error_that_is_none_says_nothing(value):
    """An error of zero is one that is not known: the point is left out, and the flux does not seem constant."""
    flux, errors = np.array([1.0, 2.0, 5.0]), np.array([value, 0.1, 0.1])
    assert stats.chi2_constant(flux, errors)[:3] == stats.chi2_constant(flux[1:], errors[1:])[:3]
    assert stats.chi2_constant(flux, errors)[2] < 1e-20
