"""Structure function, discrete correlation, red noise, periodicity."""

import numpy as np
import pytest
from scipy.stats import chi2, kstest

from gpnb import stats

X = np.array([1.2, 3.4, 2.2, 5.1, 4.0, 2.9, 1.1, 3.3])
Y = np.array([2.0, 1.5, 3.1, 2.5, 4.7, 4.4, 2.7, 1.4])
T = np.array([0.0, 1.0, 3.0, 4.0, 7.0, 8.0, 10.0, 11.0])

GAMMAPY_DCF = [
    *(-0.1417239112209476, -0.8673443186717225, -0.0878628069565109, 0.3697058292713465, 0.8205543649671422),
    *(0.10885058361821182, -0.7630394746991324, -0.09008946713280615, -0.29397932327572346, 0.5879586465514469),
    0.14142301119712383,
]
GAMMAPY_DCF_ERR = [
    *(0.22543296443834282, 0.6514659479538071, 0.5332674727005897, 0.515423167517951, 0.3680283282360617),
    *(0.18299369709759555, 0.5660198073918391, 0.34383903785163483, 0.22184726788089107, 0.6655860916045984),
    0.54266666522313,
]
"""discrete_correlation of Gammapy 2.1, 2 h bins of t_x − t_y from -10 to 12, all errors 0.3."""


def test_correlation_is_that_of_gammapy():
    """It takes the lag the other way round, and has the mean error squared for the mean squared error."""
    value, error, pairs = stats.dcf(T, Y, 0.3, T, X, 0.3, np.arange(-10.0, 13.0, 2.0))
    assert value == pytest.approx(GAMMAPY_DCF, rel=1e-12)
    assert error == pytest.approx(GAMMAPY_DCF_ERR, rel=1e-9)
    assert pairs.sum() == 64 - 1  # one lag lies below


def test_pairs_are_those_of_loops(monkeypatch):
    monkeypatch.setattr("gpnb.stats.pairs._BLOCK", 7)  # blocks of few rows
    rng = np.random.default_rng(0)
    t, x, e = rng.uniform(0, 10, 23), rng.normal(2, 1, 23), rng.uniform(0.1, 0.3, 23)
    edges = np.array([0.0, 1.0, 2.5, 6.0])
    value, _, pairs = stats.structure_function(t, x, e, edges)
    found = [[] for _ in range(3)]
    for i in range(23):
        for j in range(i):
            bin_ = np.searchsorted(edges, abs(t[i] - t[j]), side="right") - 1
            if bin_ < 3:
                found[bin_].append((x[i] - x[j]) ** 2 - e[i] ** 2 - e[j] ** 2)
    assert pairs.tolist() == [len(item) for item in found]
    assert value == pytest.approx([np.mean(item) for item in found])
    whole = stats.dcf(t, x, 0.0, t, x, 0.0, [-20.0, 0.0, 20.0])
    assert whole[2].sum() == 23 * 23


def test_structure_function_of_a_line_and_of_noise():
    t = np.arange(400.0)
    value, error, _ = stats.structure_function(t, 3 * t, 0.0, [0.5, 1.5, 2.5, 3.5])
    assert value == pytest.approx([9, 36, 81])
    assert error == pytest.approx(0, abs=1e-9)
    flux = 5 + np.random.default_rng(1).standard_normal(400)
    noise, error, _ = stats.structure_function(t, flux, 1.0, [0.5, 10.5, 100.5])
    assert (abs(noise) < 0.5).all()  # what errors explain, 2 here, is taken off


def test_structure_function_of_red_noise_rises_with_its_slope():
    """P ∝ f⁻² gives SF ∝ τ: of twenty series, between lags well inside their length."""
    t, edges = np.arange(2000.0), [4.5, 5.5, 39.5, 40.5]
    flux = [stats.timmer_koenig(lambda f: f**-2, 2000, seed=seed) for seed in range(20)]
    values = np.mean([stats.structure_function(t, x, 0.0, edges)[0] for x in flux], axis=0)
    assert values[2] / values[0] == pytest.approx(8, rel=0.1)


def test_correlation_finds_the_lag_through_gaps():
    rng = np.random.default_rng(2)
    flux = stats.timmer_koenig(lambda f: f**-1.5, 3000, seed=5, mean=10, rms=1)
    here, there = np.sort(rng.choice(3000, 500, False)), np.sort(rng.choice(2950, 500, False))
    follows = flux[there] + 0.1 * rng.standard_normal(500)
    edges = np.arange(-102.5, 105.0, 5)
    value, error, _ = stats.dcf(here, flux[here], 0.0, there + 40, follows, 0.1, edges)
    assert edges[value.argmax()] + 2.5 == pytest.approx(40, abs=5)
    assert value.max() == pytest.approx(1, abs=0.15)
    assert (error > 0).all()


def test_what_does_not_vary_has_no_correlation():
    assert np.isnan(stats.dcf(T, X, 5.0, T, Y, 0.1, [-1.0, 1.0])[0]).all()
    value, error, pairs = stats.structure_function([], [], [], [0.0, 1.0])
    assert np.isnan([value, error]).all()
    assert pairs.tolist() == [0]
    with_gap = stats.structure_function([0.0, 1.0, 2.0], [1.0, np.nan, 4.0], 0.1, [0.0, 5.0])
    assert with_gap[2].tolist() == [1]


def test_red_noise_has_the_power_asked_for():
    """Mean periodogram of whole series (no stretch) against P(f), and their variance against its integral."""
    for n in (256, 255):
        series = np.array(
            [stats.timmer_koenig(lambda f: 3 * f**-1.5, n, 0.5, seed=seed, stretch=1) for seed in range(1500)]
        )
        power = np.mean(np.abs(np.fft.rfft(series)[:, 1:]) ** 2, axis=0)
        frequency = np.fft.rfftfreq(n, 0.5)[1:]
        one_sided = 2 * 0.5 / n * power
        if n % 2 == 0:
            one_sided[-1] /= 2
        ratio = one_sided / (3 * frequency**-1.5)
        assert ratio == pytest.approx(1, abs=0.18)
        assert ratio.mean() == pytest.approx(1, abs=0.01)
        expected = np.sum(3 * frequency**-1.5) / (n * 0.5)
        assert series.var(axis=1).mean() == pytest.approx(expected, rel=0.05)


def test_red_noise_is_seeded_gaussian_and_scaled():
    def white(f):
        return np.ones_like(f)

    flux = stats.timmer_koenig(white, 5000, seed=1)
    assert (flux == stats.timmer_koenig(white, 5000, seed=1)).all()
    assert not (flux == stats.timmer_koenig(white, 5000, seed=2)).any()
    assert kstest(flux / flux.std(), "norm").pvalue > 1e-3
    scaled = stats.timmer_koenig(white, 500, seed=1, mean=4, rms=0.5)
    assert (scaled.mean(), scaled.std()) == pytest.approx((4, 0.5))


def test_z2n_of_no_pulsation_is_chi_square():
    rng = np.random.default_rng(3)
    values = [stats.z2n(rng.random(300), 2) for _ in range(2000)]
    assert kstest([value for value, _ in values], chi2(4).cdf).pvalue > 1e-3
    assert kstest([p for _, p in values], "uniform").pvalue > 1e-3


def test_h_of_no_pulsation_falls_exponentially():
    rng = np.random.default_rng(4)
    values = np.array([stats.h_test(rng.random(300))[0] for _ in range(3000)])
    for level in (3.0, 6.0, 9.0):
        assert np.mean(values > level) == pytest.approx(np.exp(-0.4 * level), rel=0.15, abs=0.005)


def test_pulsation_is_found_and_the_order_of_harmonics_too():
    rng = np.random.default_rng(5)
    sharp = np.concatenate([rng.random(500), 0.4 + 0.01 * rng.standard_normal(60)]) % 1
    assert stats.h_test(sharp)[1] < 1e-6
    assert stats.h_test(sharp)[0] > stats.h_test(sharp, harmonics=1)[0]
    assert stats.z2n(sharp + 17.3, 4)[0] == pytest.approx(
        stats.z2n(sharp, 4)[0]
    )  # whole turns and shifts change nothing
    assert np.isnan(stats.h_test([])).all()
