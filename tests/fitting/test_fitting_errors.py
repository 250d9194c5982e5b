"""Errors by profile and by covariance, contours, samples, comparisons; beside MINOS and closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from iminuit import Minuit
from scipy import stats
from scipy.optimize import brentq

import gpnb
from gpnb.fitting.confidence import ONE_SIGMA

pytestmark = pytest.mark.long

from_flux = gpnb.PowerLaw2(flux="1e-11 cm-2 s-1", index=2, e_min="1 TeV", e_max="10 TeV").freeze("index")


@pytest.fixture(scope="module")
def data(make):
    return make(hours=5)


@pytest.fixture(scope="module")
def result(data):
    return gpnb.fit(data, gpnb.LogParabola(amplitude="3e-11 TeV-1 s-1 cm-2", alpha=2.4, beta=0.05), tol=1e-4)


def minuit_of(result):
    likelihood = result.likelihood()
    minuit = Minuit(likelihood.stat, likelihood.start, grad=likelihood.gradient, name=result.names)
    minuit.errordef = 1
    minuit.tol = 1e-4
    minuit.migrad()
    return minuit, likelihood.scale


def counting(n):
    one, true = (gpnb.Axis.energy("1 TeV", "10 TeV", nbin=1, name=name) for name in ("energy", "energy_true"))
    return gpnb.SpectrumDataset(one, true, [n], [1e12], [[1.0]], "1 h", background=[0])


def test_interval_of_a_poisson_mean():
    """Ends of mu − n ln mu = n − n ln n + 1/2 (20 counts)."""
    found = gpnb.fit(counting(20), from_flux).confidence("flux")

    def rise(mu):
        return 2 * (mu - 20 * np.log(mu)) - 2 * (20 - 20 * np.log(20)) - 1

    assert found.low == pytest.approx(1e-12 * brentq(rise, 1, 20), rel=1e-4)
    assert found.high == pytest.approx(1e-12 * brentq(rise, 20, 60), rel=1e-4)
    assert (found.errn, found.errp) == pytest.approx((found.value - found.low, found.high - found.value))
    assert "at 0.6827" in repr(found)


@pytest.mark.parametrize("cl", [ONE_SIGMA, 0.95])
def test_intervals_are_those_of_minos(result, cl):
    minuit, scale = minuit_of(result)
    minuit.minos(cl=cl)
    for number, name in enumerate(result.names):
        interval, minos = result.confidence(name, cl), minuit.merrors[name]
        assert interval.errn == pytest.approx(-minos.lower * scale[number], rel=2e-3)
        assert interval.errp == pytest.approx(minos.upper * scale[number], rel=2e-3)


def test_covariance_is_that_of_hesse(result):
    minuit, scale = minuit_of(result)
    minuit.strategy = 2
    minuit.hesse()
    assert result.covariance == pytest.approx(np.array(minuit.covariance) * np.outer(scale, scale), rel=5e-3)


def test_an_interval_ends_at_a_limit(data):
    result = gpnb.fit(data, gpnb.PowerLaw(index=2.6).bound("index", 2.58, 5))
    interval = result.confidence("index", 0.9999)
    assert interval.low == pytest.approx(2.58)
    assert "lower end is its limit" in interval.note
    assert interval.note in repr(interval)


def test_a_flat_profile_has_no_interval(data):
    result = gpnb.fit(data, gpnb.PowerLaw() * gpnb.PowerLawNorm())
    with pytest.raises(gpnb.FitError, match=r"rises by less than 1 along source\.norm"):
        result.confidence("norm")


def test_a_local_minimum_is_found_out(result):
    elsewhere = replace(result, models=result.models.replace({"source.alpha": 2.9}))
    with pytest.raises(gpnb.FitError, match=r"lower by .* than at the best fit, which was a local minimum"):
        elsewhere.confidence("beta")


def test_profile_of_a_parameter(result):
    profile = result.profile("alpha", n=9, sigmas=2)
    assert profile.colnames == ["value", "stat", "delta", "source.amplitude", "source.beta"]
    assert profile["delta"].min() == pytest.approx(0, abs=1e-4)
    assert profile["delta"][[0, -1]] == pytest.approx([4, 4], rel=0.2)
    assert profile["source.amplitude"].unit == "TeV-1 s-1 cm-2"
    interval = result.confidence("alpha")
    ends = result.profile("alpha", values=[interval.low, interval.high])
    assert ends["delta"] == pytest.approx([1, 1], abs=1e-3)


def test_profile_at_given_values_with_a_unit(result):
    profile = result.profile("amplitude", values=[3.9e-7, 4.1e-7] * gpnb.PowerLaw().amplitude.quantity.unit * 1e-4)
    assert profile["value"].value == pytest.approx([3.9e-11, 4.1e-11])


def test_contour_is_that_of_minuit(result):
    contour = result.contour("alpha", "beta", n=24)
    minuit, scale = minuit_of(result)
    points = minuit.mncontour("source.alpha", "source.beta", cl=ONE_SIGMA, size=60) * scale[1:]
    ours = np.column_stack([contour["source.alpha"], contour["source.beta"]])
    size = result.errors[1:]
    distance = np.linalg.norm((ours[:, None] - points[None]) / size, axis=2).min(axis=1)
    assert distance.max() < 0.15  # their points are not where ours are
    for axis in (0, 1):
        assert ours[:, axis].max() == pytest.approx(points[:, axis].max(), abs=0.03 * size[axis])
        assert ours[:, axis].min() == pytest.approx(points[:, axis].min(), abs=0.03 * size[axis])


def test_contour_points_lie_at_the_height(result):
    contour = result.contour("amplitude", "alpha", cl=0.9, n=6)
    from gpnb.fitting.held import HeldFit

    likelihood = result.likelihood()
    fit = HeldFit(likelihood, likelihood.start)
    for row in contour:
        held = {0: row[0].value / likelihood.scale[0], 1: row[1] / likelihood.scale[1]}
        assert fit.at(held)[0] - fit.stat == pytest.approx(4.605, abs=5e-3)


def test_contour_of_two_parameters_alone(data):
    contour = gpnb.fit(data, gpnb.PowerLaw()).contour("index", "amplitude", n=8)
    assert len(contour) == 8


def test_nested_models(data, result):
    simple = gpnb.fit(data, gpnb.PowerLaw())
    test = simple.compare(result)
    assert test == result.compare(simple)
    assert test.dof == 1
    assert test.ts == pytest.approx(simple.stat - result.stat)
    assert test.p == pytest.approx(2 * stats.norm.sf(np.sqrt(test.ts)))
    assert test.significance == pytest.approx(np.sqrt(test.ts), rel=1e-6)
    assert test.aic == pytest.approx(simple.aic - result.aic)
    assert simple.aic == simple.stat + 4


def test_what_cannot_be_compared(data, result, make):
    with pytest.raises(gpnb.ArgumentError, match="neither is nested"):
        result.compare(gpnb.fit(data, gpnb.ExpCutoffPowerLaw(index=2.4, amplitude="3e-11 TeV-1 s-1 cm-2")))
    with pytest.raises(gpnb.ArgumentError, match="different data"):
        result.compare(gpnb.fit(make(seed=9), gpnb.PowerLaw()))
    worse = gpnb.fit(data, gpnb.PowerLaw().bound("index", 1, 1.5).replace(index=1.2))
    assert "no success" in worse.compare(result).note


def test_samples_are_of_the_likelihood(result):
    pytest.importorskip("emcee")
    samples = result.sample(steps=400, burn=100, seed=2)
    assert samples.values.shape == (400 * samples.walkers, 3)
    assert np.abs((samples.mean - result.values) / result.errors).max() < 0.3
    assert np.sqrt(np.diag(samples.covariance)) == pytest.approx(result.errors, rel=0.2)
    assert samples.stat.min() == pytest.approx(result.stat, abs=0.3)
    assert samples.table.colnames == [*result.names, "stat"]
    low, high = samples.quantiles(0.1587, 0.8413)
    assert (high - low) / 2 == pytest.approx(result.errors, rel=0.2)
    again = result.sample(steps=20, burn=0, seed=2)
    assert np.array_equal(again.values, result.sample(steps=20, burn=0, seed=2).values)


def test_samples_stay_within_limits_and_can_be_cancelled(data):
    pytest.importorskip("emcee")
    result = gpnb.fit(data, gpnb.PowerLaw(index=2.6).bound("index", 2.55, 2.75))
    index = result.sample(steps=50, burn=0).values[:, 0]
    assert index.min() >= 2.55
    token = gpnb.CancelToken()
    token.cancel()
    with pytest.raises(gpnb.Cancelled):
        result.sample(steps=50, cancel=token)
    with pytest.raises(gpnb.ArgumentError, match="give 'emcee'"):
        result.sample(backend="dice")


def test_fluxes_and_butterfly_have_the_error_of_the_covariance(result):
    source = result.models[0].spectral
    flux, error = result.flux("1 TeV", "10 TeV")
    assert flux == source.integral("1 TeV", "10 TeV")
    draws = np.random.default_rng(0).multivariate_normal(result.values, result.covariance, size=4000)
    values = [source.replace(amplitude=a, alpha=b, beta=c).integral_between(1.0, 10.0) for a, b, c in draws]
    assert error.value == pytest.approx(np.std(values), rel=0.05)
    energy, spread = result.energy_flux("1 TeV", "10 TeV")
    assert 1 < energy.value / flux.value < 10  # the mean energy, TeV
    assert 0 < spread < energy
    band = result.butterfly(("1 TeV", "10 TeV"), n=5)
    assert np.all((band["dnde_low"] < band["dnde"]) & (band["dnde"] < band["dnde_high"]))


def test_errors_reach_linked_spectra(data):
    from gpnb.models.collection import Models

    models = Models([gpnb.SkyModel(gpnb.PowerLaw(), name=name) for name in ("a", "b")])
    models = models.link("b.index", "a.index").link("b.amplitude", "a.amplitude")
    both, alone = gpnb.fit(data, models), gpnb.fit(data, gpnb.PowerLaw())
    with pytest.raises(gpnb.ArgumentError, match="several models"):
        both.flux("1 TeV", "10 TeV")
    value, error = both.flux("1 TeV", "10 TeV", model="b")
    assert 2 * value.value == pytest.approx(alone.flux("1 TeV", "10 TeV")[0].value, rel=1e-3)
    assert 2 * error.value == pytest.approx(alone.flux("1 TeV", "10 TeV")[1].value, rel=1e-2)


def test_without_errors_there_are_none_to_propagate(data):
    result = gpnb.fit(data, gpnb.PowerLaw() * gpnb.PowerLawNorm())
    with pytest.raises(gpnb.FitError, match="flat direction"):
        result.flux("1 TeV", "10 TeV")
    with pytest.raises(gpnb.FitError, match="flat direction"):
        result.contour("index", "norm")


def test_names_and_table(result):
    assert result.parameters.colnames == ["model", "name", "value", "unit", "error", "min", "max", "frozen", "link"]
    assert result.number("alpha") == result.number("source.alpha") == 1
    with pytest.raises(gpnb.ArgumentError, match=r"is not a free parameter; free are: source\.amplitude"):
        result.confidence("reference")
    with pytest.raises(gpnb.ArgumentError, match="cl=68 must lie between 0 and 1"):
        result.confidence("alpha", cl=68)
    assert repr(result).startswith("FitResult(source.amplitude = ")
    assert "\n" not in repr(result)
    assert np.diag(result.correlation) == pytest.approx(1)


def test_results_travel_between_processes(result):
    import pickle

    again = pickle.loads(pickle.dumps(result))
    assert again.confidence("alpha").low == pytest.approx(result.confidence("alpha").low)


class Stops(gpnb.CancelToken):
    """Cancelled when it was asked so often."""

    def __init__(self, after):
        super().__init__()
        self.left = after

    def check(self):
        self.left -= 1
        if self.left <= 0:
            self.cancel()
        super().check()


ASKED = {
    "confidence": lambda found, cancel: found.confidence("amplitude", cancel=cancel),
    "profile": lambda found, cancel: found.profile("amplitude", cancel=cancel),
    "contour": lambda found, cancel: found.contour("amplitude", "beta", cancel=cancel),
}


@pytest.mark.parametrize(
    ("kind", "frozen"),
    [
        ("confidence", []),
        ("confidence", ["alpha", "beta"]),
        ("profile", []),
        ("profile", ["alpha", "beta"]),
        ("contour", []),
        ("contour", ["alpha"]),
    ],
)
def test_they_stop_between_evaluations(data, kind, frozen):
    shape = gpnb.LogParabola(amplitude="3e-11 TeV-1 s-1 cm-2", alpha=2.4, beta=0.05)
    for name in frozen:
        shape = shape.freeze(name)
    found, token, patient = gpnb.fit(data, shape), Stops(7), Stops(10**9)
    with pytest.raises(gpnb.Cancelled):
        ASKED[kind](found, token)
    assert token.left == 0  # the first time that it said so
    ASKED[kind](found, patient)
    assert 10**9 - patient.left > 7


def sparse(seed, n_runs=20, n=7, signal=300.0, n_off=1.0):
    """Runs whose bins often hold ON and no OFF counts, where the second derivative of W jumps."""
    rng = np.random.default_rng(seed)
    axes = [gpnb.Axis.energy("1 TeV", "100 TeV", nbin=n, name=name) for name in ("energy", "energy_true")]
    flux = gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2").integral_bins(axes[1].edge_values)
    exposure = np.full(n, signal / n_runs / flux.sum())
    alpha = 0.5 * signal / (n_off * n_runs * n)
    return gpnb.Datasets(
        [
            gpnb.SpectrumDataset(
                *(*axes, rng.poisson(flux * exposure + alpha * n_off), exposure, np.eye(n), "1 h"),
                counts_off=rng.poisson(n_off, n),
                acceptance_off=1 / alpha,
                name=f"run-{number}",
            )
            for number in range(n_runs)
        ]
    )


@pytest.mark.parametrize("statistic", [None, "wstat"])
def test_errors_are_those_of_the_profile_where_second_derivatives_jump(statistic):
    start = gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2")
    away = []
    for seed in range(6):
        result = gpnb.fit(sparse(seed), start, statistic=statistic)
        found = [result.confidence(name) for name in result.names]
        away += [2 * error / (item.errn + item.errp) - 1 for error, item in zip(result.errors, found, strict=True)]
    assert np.abs(away).max() < (0.012 if statistic is None else 0.03)
    assert np.abs(away).mean() < (0.006 if statistic is None else 0.012)


def test_flux_points_have_the_errors_of_the_profile_there():
    shape = gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2")
    for seed in range(3):
        points = gpnb.flux_points(sparse(seed), shape, ["1 TeV", "3 TeV", "10 TeV", "100 TeV"], statistic="wstat")
        assert points.norm_err == pytest.approx(0.5 * (points.norm_errn + points.norm_errp), rel=5e-3)


def test_many_off_counts_do_not_jump(data, result):
    likelihood = result.likelihood()
    covariance = result.covariance / np.outer(likelihood.scale, likelihood.scale)
    assert (likelihood.bent(likelihood.start, covariance) == 0).all()


def test_a_published_spectrum_is_compared_as_it_is(data, result):
    own = result.models[0].spectral
    for given in (own, gpnb.SkyModel(own), own.freeze(*own.free)):
        same = result.compare(given)
        assert (same.ts, same.dof, same.note) == (pytest.approx(0, abs=1e-9), 3, "")
    moved = own.replace(alpha=own.alpha.value + 2 * own.alpha.error)
    expected = gpnb.Likelihood(data, moved).stat(gpnb.Likelihood(data, moved).start) - result.stat
    assert result.compare(moved).ts == pytest.approx(expected)
    assert result.compare(moved).p < 0.3
    assert "different kinds" in result.compare(gpnb.PowerLaw(index=2.4, amplitude="3e-11 TeV-1 s-1 cm-2")).note
    with pytest.raises(gpnb.ArgumentError, match="must be a spectral model"):
        result.compare(3)
