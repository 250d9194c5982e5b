"""The likelihood: its value is the datasets' statistic, its slope is exact for every model, links and priors count."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gpnb
from gpnb.models.collection import Models
from gpnb.models.norms import ExpCutoffNorm, LogParabolaNorm

INDEX, CURVE = st.floats(1.5, 3.5), st.floats(-0.2, 0.3)
NORM = st.floats(1e-12, 1e-10)

SPECTRA = {
    "power law": (gpnb.PowerLaw(), (INDEX, NORM)),
    "cut-off": (gpnb.ExpCutoffPowerLaw().thaw("alpha"), (INDEX, NORM, st.floats(0.02, 0.5), st.floats(0.5, 1.5))),
    "log-parabola": (gpnb.LogParabola(), (NORM, INDEX, CURVE)),
    "integral": (gpnb.PowerLaw2(e_min="1 TeV", e_max="10 TeV"), (st.floats(1e-12, 1e-10), INDEX)),
    "smooth break": (gpnb.SmoothBrokenPowerLaw(), (st.floats(1.5, 2.4), st.floats(2.6, 4), NORM, st.floats(0.8, 8))),
    "sum": (gpnb.PowerLaw() + gpnb.LogParabola(), (INDEX, NORM, NORM, INDEX, CURVE)),
    "product": (gpnb.PowerLaw() * ExpCutoffNorm(), (INDEX, NORM, CURVE, st.floats(0.5, 2), st.floats(0.02, 0.5))),
    "factor": (gpnb.PowerLaw() * LogParabolaNorm(), (INDEX, NORM, st.floats(0.5, 2), CURVE, CURVE)),
    "nodes": (
        gpnb.PowerLaw() * gpnb.PiecewiseNorm(["1 TeV", "5 TeV", "20 TeV"]),
        (INDEX, NORM, *[st.floats(0.5, 2)] * 3),
    ),
    "scaled": (gpnb.ScaledSpectrum(gpnb.PowerLaw(amplitude="1e-11 TeV-1 s-1 cm-2")), (st.floats(0.1, 10),)),
}
"""A spectrum, and ranges of its free parameters in their order."""


def check_gradient(likelihood, theta):
    """The exact slope is that of central differences of fourth order."""
    exact = likelihood.gradient(theta)
    for number, value in enumerate(theta):
        step = 1e-4 * max(abs(value), 0.1)

        def at(times, number=number, step=step):
            moved = theta.copy()
            moved[number] += times * step
            return likelihood.stat(moved)

        numeric = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step)
        rounding = 1e-13 * abs(likelihood.stat(theta)) / step
        assert exact[number] == pytest.approx(numeric, rel=1e-5, abs=1e3 * rounding), likelihood.names[number]


@pytest.mark.parametrize("name", SPECTRA)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_slope_is_exact_for_every_spectrum(make, name, data):
    model, ranges = SPECTRA[name]
    free = model.free
    assert len(free) == len(ranges)
    model = model.replace(**{item: data.draw(values) for item, values in zip(free, ranges, strict=True)})
    off = data.draw(st.sampled_from([0.0, 3.0]))
    kinds = ["cash", "cstat"] if off == 0 else ["wstat"]
    likelihood = gpnb.Likelihood(make(off=off), model, data.draw(st.sampled_from(kinds)))
    check_gradient(likelihood, likelihood.start)


def test_every_spectrum_of_the_package_is_among_them():
    kinds = {"PowerLaw", "ExpCutoffPowerLaw", "LogParabola", "PowerLaw2", "SmoothBrokenPowerLaw", "CompoundSpectrum"}
    assert {type(model).__name__ for model, _ in SPECTRA.values()} == kinds | {"ScaledSpectrum"}


def test_slope_of_linked_sources_with_priors(make):
    first = gpnb.SkyModel(gpnb.PowerLaw(index=2.4, amplitude="1e-11 TeV-1 s-1 cm-2"), name="first")
    second = gpnb.SkyModel(gpnb.LogParabola(amplitude="2e-11 TeV-1 s-1 cm-2"), name="second")
    models = Models([first, second]).link("second.alpha", "first.index")
    models = models.with_prior("second.beta", gpnb.GaussianPrior(0.2, 0.05))
    models = models.with_prior("first.amplitude", gpnb.LogUniformPrior(1e-13, 1e-9))
    likelihood = gpnb.Likelihood([make(), make(off=0, name="other", seed=3)], models)
    assert likelihood.names == ("first.index", "first.amplitude", "second.amplitude", "second.beta")
    assert likelihood.statistics == ("wstat", "cash")
    check_gradient(likelihood, likelihood.start * [1.01, 0.9, 1.2, 0.7])


def test_a_link_across_units():
    """Amplitude follows in its own unit: a cut-off in 1/TeV has none, so norms and indices serve here."""
    energy = gpnb.SkyModel(gpnb.BrokenPowerLaw(e_break="2 TeV").freeze("index_1", "index_2", "amplitude"), name="a")
    energy = energy.thaw("e_break")
    other = gpnb.SkyModel(gpnb.GaussianLine().thaw("mean"), name="b")
    models = Models([energy, other]).link("b.mean", "a.e_break").freeze("b.flux", "b.sigma")
    from gpnb.fitting.vector import FreeParameters

    compiled = FreeParameters(models)
    assert compiled.names == ("a.e_break",)
    assert compiled.slots[1].values(np.array([3.0]))[list(other.spectral.names).index("mean")] == 3.0


@pytest.mark.data
def test_value_is_the_sum_of_the_datasets_statistics(joint_crab):
    datasets = [item for items in joint_crab.values() for item in items]
    model = gpnb.LogParabola(amplitude="3.8e-11 TeV-1 s-1 cm-2", alpha=2.5, beta=0.1)
    likelihood = gpnb.Likelihood(datasets, model, "wstat")
    signals = [item.predict(model.integral_bins(item.energy_true.edge_values)) for item in datasets]
    expected = sum(item.statistic(signal).sum() for item, signal in zip(datasets, signals, strict=True))
    assert likelihood.stat(likelihood.start) == pytest.approx(expected, rel=1e-12)
    assert likelihood.value(likelihood.start) == pytest.approx(expected, rel=1e-12)
    for ours, theirs in zip(likelihood.predict(likelihood.start), signals, strict=True):
        assert ours == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize("kind", ["wstat", "cstat", "chi2"])
def test_other_statistics(make, kind):
    data = make(hours=50).restrict(("0.5 TeV", "5 TeV"))
    likelihood = gpnb.Likelihood(data, gpnb.PowerLaw(index=2.5, amplitude="3e-11 TeV-1 s-1 cm-2"), kind)
    signal = likelihood.predict(likelihood.start)[0]
    assert likelihood.stat(likelihood.start) == pytest.approx(data.statistic(signal, kind).sum(), rel=1e-12)
    check_gradient(likelihood, likelihood.start)


def test_fisher_is_the_mean_curvature(make):
    """Averaged over simulations at the truth, the second derivatives are the expected ones."""
    model = gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2")
    curvatures, expected = [], []
    for seed in range(40):
        likelihood = gpnb.Likelihood(make(model, seed=seed), model)
        start, step = likelihood.start, 1e-3
        rows = [
            (likelihood.gradient(start + step * unit) - likelihood.gradient(start - step * unit)) / (2 * step)
            for unit in np.eye(2)
        ]
        curvatures.append(rows)
        expected.append(likelihood.fisher(start))
    found, mean = np.mean(curvatures, axis=0), np.mean(expected, axis=0)
    size = np.sqrt(np.diag(mean))
    assert found / np.outer(size, size) == pytest.approx(mean / np.outer(size, size), abs=0.05)


def test_scale_is_of_order_one(make):
    likelihood = gpnb.Likelihood(
        make(), gpnb.ExpCutoffPowerLaw(index=2, amplitude="4e-11 TeV-1 s-1 cm-2", lambda_=0.01)
    )
    assert likelihood.start == pytest.approx([2, 4, 1])
    assert likelihood.models_at(likelihood.start)[0].spectral.lambda_.value == pytest.approx(0.01)


def test_limits_are_those_of_parameters_priors_and_links(make):
    models = Models([gpnb.SkyModel(gpnb.PowerLaw().bound("index", 1, 4), name=name) for name in "ab"])
    models = models.link("b.index", "a.index").bound("b.index", 1.5, 5)
    models = models.with_prior("a.amplitude", gpnb.UniformPrior(0, 1e-9))
    likelihood = gpnb.Likelihood(make(), models)
    assert likelihood.bounds.tolist()[:2] == [[1.5, 4], [0, 1e-9 / likelihood.scale[1]]]


@pytest.mark.parametrize("runs", [1, 20])
def test_a_slider_move_costs_the_same_for_any_number_of_runs(make, runs, calls):
    """Fold, statistic and new curves: spectra of one axis are folded together."""
    likelihood = gpnb.Likelihood([make(name=f"run {n}", seed=n) for n in range(runs)], gpnb.LogParabola())
    energy, theta = np.geomspace(0.1, 100, 200), likelihood.start.copy()

    def move():
        theta[1] += 0.01
        likelihood.stat(theta)
        likelihood.predict(theta)
        likelihood.models_at(theta)[0].spectral.evaluate_at(energy)

    move()
    assert 50 < len(calls(move)) < 150
