"""Fits of light-curve parameters, to spectra of short runs and to light curves: simulated truth comes back."""

import numpy as np
import pytest
from astropy import units as u
from astropy.time import Time
from scipy.optimize import minimize

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.core.replay import replay
from gpnb.data.gti import GTI
from gpnb.models.temporal import DAY

NBIN = 6
ENERGY = gpnb.Axis.energy("0.5 TeV", "50 TeV", nbin=NBIN)
TRUE = gpnb.Axis.energy("0.5 TeV", "50 TeV", nbin=NBIN, name="energy_true")
EPOCH = 60000.0
REFERENCE = Time(EPOCH, format="mjd", scale="tt")
STEADY = gpnb.PowerLaw(index=2.3, amplitude="2e-11 TeV-1 s-1 cm-2", reference="1 TeV")

RUN = 900.0
STARTS = np.arange(16) * 1000.0
"""Sixteen runs of a quarter of an hour, with gaps."""


def run(start, seconds=RUN, off=5.0, exposure=3e13):
    cut = seconds / 3
    times = np.array([start, start + 1.1 * cut]), np.array([start + cut, start + 0.1 * cut + seconds])
    shape = np.ones(NBIN)
    return gpnb.SpectrumDataset(
        ENERGY,
        TRUE,
        0 * shape,
        shape * exposure * seconds / RUN,
        np.eye(NBIN),
        f"{seconds} s",
        counts_off=off * shape,
        acceptance_off=5.0,
        gti=GTI(*times, REFERENCE),
        name=f"at {start:g}",
    )


RUNS = [run(start) for start in STARTS]

CASES = {
    "decay": (gpnb.ExponentialDecay(decay="4000 s", start="60000 d"), {"decay": 3000.0}),
    "flare": (
        gpnb.GaussianFlare(base=1, height=5, peak=EPOCH + 7300 / DAY, width="1500 s").thaw("peak"),
        {"height": 3.0, "peak": EPOCH + 6500 / DAY, "width": 2000.0},
    ),
    "pulse": (
        gpnb.GeneralizedFlare(peak=EPOCH + 5000 / DAY, rise="800 s", decay="4000 s", eta=0.8)
        .thaw("peak")
        .freeze("eta"),
        {"rise": 1000.0, "decay": 3000.0, "peak": EPOCH + 5300 / DAY},
    ),
    "sine": (
        gpnb.SineVariation(amplitude=0.6, period="90 min", start=EPOCH + 0.01).thaw("start"),
        {"amplitude": 0.4, "period": 0.064, "start": EPOCH + 0.013},
    ),
    "afterglow": (
        gpnb.PowerLawDecay(index=1.3, start=EPOCH - 0.02, scale="3000 s"),
        {"index": 0.8},
    ),
    "trend": (gpnb.LinearTrend(level=1, slope="5 d-1", start=EPOCH), {"slope": 1.0}),
    "binary": (
        gpnb.PhaseCurve([0.0, 0.3, 0.5], [0.2, 3.0, 0.5], epoch=EPOCH, f0="9e-5 Hz", phi0=0.1).thaw("phi0", "f0"),
        {"phi0": 0.14, "f0": 8.6e-5},
    ),
}


def star(temporal):
    return gpnb.SkyModel(STEADY, temporal=temporal, name="star")


def seen(model, seed=0, runs=RUNS):
    return [gpnb.simulate_spectrum(item, model, seed=100 * seed + number) for number, item in enumerate(runs)]


def names_of(kind):
    """Full names of what is fitted of a light curve."""
    source = star(CASES[kind][0])
    pairs = zip(source.full_names("temporal"), source.temporal.parameters, strict=True)
    return [name for name, item in pairs if item.free]


def start_of(kind):
    truth, away = CASES[kind]
    return star(truth.replace(**away))


@pytest.mark.parametrize("kind", CASES)
def test_the_truth_comes_back(kind):
    truth = star(CASES[kind][0])
    result = gpnb.fit(seen(truth), start_of(kind))
    assert result.success, result.message
    assert set(result.names) == {"star.index", "star.amplitude", *names_of(kind)}
    true = gpnb.Models([truth]).parameters
    pulls = (result.values - [true[name].value for name in result.names]) / result.errors
    assert np.all(np.abs(pulls) < 3.5), dict(zip(result.names, pulls, strict=True))
    assert np.all(result.errors > 0)
    assert result.models[0].temporal.free == CASES[kind][0].free


@pytest.mark.parametrize("kind", CASES)
def test_slopes_are_exact_and_no_derivatives_are_needed(kind):
    likelihood = gpnb.Likelihood(seen(star(CASES[kind][0])), start_of(kind))
    theta = likelihood.start
    fisher = likelihood.fisher(theta)
    step = 1e-3 / np.sqrt(np.diag(fisher))
    for number, gradient in enumerate(likelihood.gradient(theta)):
        shift = np.eye(theta.size)[number] * step
        at = {k: likelihood.stat(theta + k * shift) for k in (-2, -1, 1, 2)}
        slope = (8 * (at[1] - at[-1]) - (at[2] - at[-2])) / 12
        assert gradient * step[number] == pytest.approx(slope, rel=1e-4, abs=1e-6), likelihood.names[number]
    assert likelihood.value(theta) == pytest.approx(likelihood.stat(theta), rel=1e-12)


@pytest.mark.parametrize("kind", ["decay", "flare", "sine"])
@pytest.mark.parametrize("backend", ["minuit", "scipy"])
def test_back_ends_agree(kind, backend):
    data = seen(star(CASES[kind][0]))
    one, other = (gpnb.fit(data, start_of(kind), backend=name) for name in ("scoring", backend))
    assert other.stat == pytest.approx(one.stat, abs=1e-3)
    assert np.all(np.abs(one.values - other.values) < 0.02 * one.errors)
    assert other.covariance == pytest.approx(
        one.covariance, rel=0.02, abs=1e-3 * np.outer(one.errors, one.errors).max()
    )


def test_a_plain_minimisation_finds_the_same():
    """Counts predicted here from the formula alone, by sums over every other second, and scipy's simplex."""
    truth = star(CASES["flare"][0])
    data = seen(truth)
    result = gpnb.fit(data, truth)
    edges = TRUE.edge_values

    def statistic(theta):
        index, amplitude, height, peak, width = theta
        total = 0.0
        for item in data:
            pairs = zip(item.gti.start_values, item.gti.stop_values, strict=True)
            t = np.concatenate([np.arange(a + 1, b, 2) for a, b in pairs])
            mean = np.mean(1 + height * np.exp(-0.5 * ((t - peak) / width) ** 2))
            flux = amplitude * 1e-11 * (edges[:-1] ** (1 - index) - edges[1:] ** (1 - index)) / (index - 1)
            total += gpnb.stats.wstat(item.counts, item.counts_off, 0.2, mean * item.exposure * flux).sum()
        return total

    found = minimize(statistic, [2.3, 2.0, 5.0, 7300.0, 1500.0], method="Nelder-Mead", options={"maxiter": 4000})
    scale = np.array([1, 1e-11, 1, 1 / DAY, 1])
    away = (result.values - found.x * scale - np.array([0, 0, 0, EPOCH, 0])) / result.errors
    assert np.all(np.abs(away) < 0.05)
    assert result.stat == pytest.approx(found.fun, abs=0.01)


@pytest.mark.parametrize(("kind", "name"), [("decay", "decay"), ("flare", "peak"), ("sine", "temporal.amplitude")])
def test_errors_are_those_of_the_profile(kind, name):
    result = gpnb.fit(seen(star(CASES[kind][0])), star(CASES[kind][0]))
    error = result.errors[result.number(name)]
    interval = result.confidence(name)
    assert interval.errn == pytest.approx(error, rel=0.2)
    assert interval.errp == pytest.approx(error, rel=0.2)
    table = result.profile(name, n=7, sigmas=1.0)
    assert u.Quantity(table["delta"]).value[[0, -1]] == pytest.approx([1, 1], abs=0.4)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["decay", "flare", "sine", "afterglow"])
def test_pulls(kind):
    """Of 500, for a mean of 200 has an error of 0.07: too large to hold a dozen of them to 0.15."""
    truth = star(CASES[kind][0])
    true = gpnb.Models([truth]).parameters
    rows = []
    for seed in range(500):
        result = gpnb.fit(seen(truth, seed), truth)
        rows.append((result.values - [true[name].value for name in result.names]) / result.errors)
    pulls = np.array(rows)
    for number, name in enumerate(result.names):
        assert abs(np.mean(pulls[:, number])) < 0.15, name
        assert np.std(pulls[:, number]) == pytest.approx(1, abs=0.15), name


def test_links_limits_and_priors_count():
    """Two sources decay alike; a prior draws and a limit holds."""
    decay = CASES["decay"][0]
    other = gpnb.SkyModel(
        gpnb.PowerLaw(index=3, amplitude="1e-11 TeV-1 s-1 cm-2"),
        temporal=gpnb.ExponentialDecay(start="60000 d").link("decay", "star.decay"),
        name="other",
    )
    pair = gpnb.Models([star(decay), other]).freeze("star.index", "other.index", "other.amplitude")
    data = seen(pair.resolved())
    result = gpnb.fit(data, pair)
    assert result.names == ("star.amplitude", "star.decay")
    assert result.models["other"].temporal.decay.value == result.models["star"].temporal.decay.value
    assert abs(result.values[1] - 4000) < 3.5 * result.errors[1]
    sharp = gpnb.fit(data, pair.with_prior("star.decay", gpnb.GaussianPrior(3000.0, 1.0)))
    assert sharp.values[1] == pytest.approx(3000, abs=5)
    held = gpnb.fit(data, pair.replace({"star.decay": 2500.0}).bound("star.decay", 1000, 3000))
    assert held.values[1] == pytest.approx(3000)
    assert "lies at its limit" in held.message


def test_files_and_code_keep_what_was_fitted(tmp_path):
    result = gpnb.fit(seen(star(CASES["flare"][0])), start_of("flare"))
    result.models.write(tmp_path / "fitted.yaml")
    back = gpnb.Models.read(tmp_path / "fitted.yaml")
    assert back.parameters == result.models.parameters
    assert back["star"].temporal.peak.error > 0
    assert not back["star"].temporal.peak.frozen
    again = replay(start_of("flare").recipe)
    assert again == start_of("flare")
    assert "peak = 60000.08" in repr(result)
    assert len(result.parameters) == 7


def test_a_level_and_an_amplitude_say_the_same():
    model = star(gpnb.GaussianFlare(base=0, height=1, peak=EPOCH + 7300 / DAY, width="1500 s"))
    result = gpnb.fit(seen(model), model)
    assert not result.success
    assert "flat direction of star.amplitude and star.height" in result.message
    assert gpnb.fit(seen(model), gpnb.Models([model]).freeze("star.height")).success


def test_norms_are_found_from_far():
    truth = star(CASES["flare"][0])
    far = star(CASES["flare"][0].replace(height=0.01).freeze("peak", "width"))
    far = gpnb.Models([far]).replace({"star.amplitude": 1e-14})
    result = gpnb.fit(seen(truth), far)
    assert result.success
    assert abs(result.values[2] - 5) < 4 * result.errors[2]


def test_what_a_vector_has_no_mean_for_is_told():
    model = star(gpnb.PowerLawDecay(index=1.3, start=EPOCH - 0.02, scale="3000 s").thaw("start").freeze("index"))
    likelihood = gpnb.Likelihood(seen(model), model)
    theta = likelihood.theta(gpnb.Models([model]).replace({"star.start": EPOCH + 5 / DAY}))
    assert likelihood.stat(theta) == np.inf
    assert "light curve of star (PowerLawDecay) has no finite mean" in likelihood.bad_flux(theta)


def test_another_session_is_told_off():
    pytest.importorskip("sherpa")
    model = star(CASES["decay"][0])
    with pytest.raises(ArgumentError, match="vary in time"):
        gpnb.fit(seen(model), model, backend="sherpa-session")
