"""Few OFF counts: norms, errors and limits must be right by default, and W bin by bin must say what it does."""

import numpy as np
import pytest

import gpnb
from gpnb.estimate.norms import fitted_norms
from gpnb.fitting.bias import bias_words
from gpnb.fitting.limits import Limits
from gpnb.stats.constancy import ts_constant

N_RUNS, N_BINS = 20, 7
SPECTRUM = gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2").freeze("index")
ENERGY = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=N_BINS)
TRUE = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=N_BINS, name="energy_true")
BAND = ["1 TeV", "100 TeV"]


def sparse_runs(n_off, rng, signal=10.0, background=8.0, n_runs=N_RUNS):
    """So many OFF counts a bin and run; signal and background are sums over all ON regions."""
    flux = SPECTRUM.integral_bins(TRUE.edge_values)
    exposure = np.full(N_BINS, signal / n_runs / flux.sum())
    alpha = background / (n_off * n_runs * N_BINS)
    return gpnb.Datasets(
        [
            gpnb.SpectrumDataset(
                ENERGY, TRUE, rng.poisson(flux * exposure + alpha * n_off), exposure, np.eye(N_BINS), "1 h",
                counts_off=rng.poisson(n_off, N_BINS), acceptance_off=1 / alpha, name=f"run-{number}",
            )
            for number in range(n_runs)
        ]
    )  # fmt: skip


def point(datasets, **settings):
    points = gpnb.flux_points(datasets, SPECTRUM, BAND, **settings)
    return {name: float(getattr(points, name)[0]) for name in ("norm", "norm_err", "norm_errn", "norm_errp", "norm_ul")}


def test_the_source_does_not_vanish_in_sparse_runs():
    rng = np.random.default_rng(1)
    sets = [sparse_runs(0.14, rng) for _ in range(25)]
    joint = np.array([point(item)["norm"] for item in sets])
    stacked = [point(item.stack()) for item in sets]
    error = joint.std() / np.sqrt(len(joint))
    assert joint.mean() == pytest.approx(1.0, abs=3.5 * error)
    away = [abs(norm - other["norm"]) / other["norm_err"] for norm, other in zip(joint, stacked, strict=True)]
    assert max(away) < 0.3
    alone = [point(item, statistic="wstat")["norm"] for item in sets[:10]]
    assert np.mean(alone) < 0.1  # W bin by bin: the background takes it


def test_fits_are_right_and_wstat_tells_of_its_bias():
    rng = np.random.default_rng(2)
    sets = [sparse_runs(0.14, rng) for _ in range(8)]
    results = [gpnb.fit(item, SPECTRUM) for item in sets]
    norms = [float(item.values[0]) / 1e-12 for item in results]
    assert np.mean(norms) == pytest.approx(1.0, abs=3.5 * np.std(norms) / np.sqrt(len(norms)))
    assert all(item.message == "converged" for item in results)
    alone = gpnb.fit(sets[0], SPECTRUM, statistic="wstat")
    assert "few OFF counts" in alone.message
    assert ".group(min_off=3)" in alone.message


@pytest.mark.slow
def test_the_told_bias_is_that_of_simulations():
    """To first order."""
    rng = np.random.default_rng(3)
    sets = [sparse_runs(0.57, rng, signal=20.0) for _ in range(400)]
    pulls, told = [], []
    for item in sets:
        likelihood = gpnb.Likelihood(item, SPECTRUM, "wstat")
        result = gpnb.fit(item, SPECTRUM, statistic="wstat")
        error = float(result.errors[0]) / likelihood.scale[0]
        pulls.append((likelihood.theta(result.models)[0] - likelihood.start[0]) / error)
        told.append(-0.5 * error * likelihood.slant(likelihood.start)[0])
    assert np.mean(told) < -0.05
    assert np.mean(pulls) == pytest.approx(np.mean(told), abs=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("n_off", [0.14, 0.57, 1.1, 5.7])
def test_errors_and_limits_cover_what_they_say(n_off):
    rng = np.random.default_rng(11)
    found = [point(sparse_runs(n_off, rng)) for _ in range(1000)]
    inside = [item["norm"] - item["norm_errn"] <= 1 <= item["norm"] + item["norm_errp"] for item in found]
    assert np.mean(inside) == pytest.approx(0.683, abs=0.03)
    assert np.mean([item["norm_ul"] >= 1 for item in found]) == pytest.approx(0.95, abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("signal", [6.0, 30.0])
def test_a_constant_source_is_found_constant(signal):
    """22 bins of 90 s with one to four OFF counts in all: the likelihood ratio has the p values of chance."""
    rng, low, norms = np.random.default_rng(12), 0, []
    for _ in range(1000):
        slots = sparse_runs(0.3, rng, signal=22 * signal, background=22 * 1.5, n_runs=22)
        cells = [np.full(N_BINS, number) for number in range(len(slots))]
        models = gpnb.Models([gpnb.SkyModel(SPECTRUM, name="source")])
        fields = fitted_norms(list(slots), cells, (len(slots),), models, models[0], Limits(), 31)
        norms.append(fields["norm"].mean())
        low += ts_constant(fields["norm_scan"], fields["stat_scan"]).p_value < 0.05
    assert np.mean(norms) == pytest.approx(1.0, abs=0.01)
    assert low / 1000 == pytest.approx(0.05, abs=0.02)


def test_only_who_asked_for_wstat_is_told_to_leave_it_out():
    rng = np.random.default_rng(4)
    likelihood = gpnb.Likelihood(sparse_runs(0.14, rng), SPECTRUM, "wstat")
    covariance = np.array([[0.2]])
    words = [bias_words(likelihood, likelihood.start, covariance, asked)[0] for asked in (False, True)]
    assert ["wstat" in item for item in words] == [False, True]
    assert all(".group(min_off=3)" in item for item in words)
