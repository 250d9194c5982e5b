"""Fisher scoring: as low as MINUIT from any start, within limits, where nothing is seen; with few evaluations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gpnb
from gpnb.fitting import minuit, scoring
from gpnb.fitting.likelihood import Point
from gpnb.fitting.objective import Objective
from gpnb.fitting.steps import step_from

INDEX, AMPLITUDE = st.floats(0.5, 5), st.floats(-13.0, -8.5)


def power_law(index, amplitude):
    return gpnb.PowerLaw(index=index, amplitude=10**amplitude)


def parabola(index, amplitude):
    return gpnb.LogParabola(alpha=index, amplitude=10**amplitude, beta=0.1)


def bounded(index, amplitude):
    return power_law(index, amplitude).bound("index", 0.4, 5.2).bound("amplitude", 0, 1)


def cut_off(index, amplitude):
    """The cut-off ends at its limit for most starts, from far beyond the best value."""
    model = gpnb.ExpCutoffPowerLaw(index=index, amplitude=10**amplitude, lambda_=1.0)
    return model.bound("lambda_", 0, 10).bound("amplitude", 0, 1).bound("index", -5, 6)


def found_by(likelihood, minimise):
    objective = Objective(likelihood)
    return minimise(objective, likelihood.start), objective.n_evaluations


@pytest.mark.parametrize("model", [power_law, parabola, bounded, cut_off])
@settings(max_examples=15, deadline=None)
@given(index=INDEX, amplitude=AMPLITUDE, seed=st.integers(0, 50), off=st.sampled_from([0.0, 10.0]))
def test_as_low_as_minuit_from_any_start(make, model, index, amplitude, seed, off):
    likelihood = gpnb.Likelihood(make(hours=20, seed=seed, off=off), model(index, amplitude))
    ours, theirs = found_by(likelihood, scoring.minimise), found_by(likelihood, minuit.minimise)
    assert ours[0].converged
    assert ours[0].stat <= theirs[0].stat + 2e-3


@pytest.mark.parametrize("index", [1.0, 5.0])
@pytest.mark.parametrize("factor", [0.01, 1.0, 100.0])
def test_bad_starts_need_few_evaluations(make, index, factor):
    likelihood = gpnb.Likelihood(make(hours=20), gpnb.LogParabola(alpha=index, amplitude=4e-11 * factor))
    assert found_by(likelihood, scoring.minimise)[1] <= 16


@pytest.mark.parametrize("amplitude", [0.0, -1e-13])
def test_a_start_without_flux_or_below(make, amplitude):
    best = gpnb.fit(make(), gpnb.PowerLaw())
    found = gpnb.fit(make(), gpnb.PowerLaw(amplitude=amplitude))
    assert found.stat == pytest.approx(best.stat, abs=2e-3)


def test_a_step_stops_at_limits_and_is_always_down():
    """Of two entries that go together, one meets its limit: the other one turns round."""
    matrix = np.array([[2.0, 1.9], [1.9, 2.0]])
    point = Point(np.array([1.0, 1.0]), 0.0, matrix @ [3.0, -1.0], matrix)
    free = step_from(point, matrix, np.array([[-9.0, 9.0], [-9.0, 9.0]]))
    assert free.by == pytest.approx([-3.0, 1.0])
    assert free.promise == pytest.approx(0.5 * np.array([3.0, -1.0]) @ matrix @ [3.0, -1.0])
    held = step_from(point, matrix, np.array([[0.0, 9.0], [-9.0, 9.0]]))
    assert held.by[0] == pytest.approx(-1.0)
    assert (point.gradient + matrix @ held.by)[1] == pytest.approx(0, abs=1e-12)
    assert 0 < held.promise < free.promise
    short = step_from(point, matrix, np.array([[-9.0, 9.0], [-9.0, 9.0]]), radius=0.5)
    assert short.length <= 0.6
    assert short.promise > 0


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 6))
def test_steps_within_limits_are_the_lowest(seed, n):
    """Where no entry that may move would lower the parabola further."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(n, n + 2))
    matrix, theta = root @ root.T, rng.uniform(0, 1, n)
    bounds = np.column_stack([np.zeros(n), np.ones(n)])
    point = Point(theta, 0.0, rng.normal(size=n) * 5, matrix)
    step = step_from(point, matrix, bounds)
    left, end = point.gradient + matrix @ step.by, theta + step.by
    size = np.sqrt(np.diag(matrix))
    assert np.all((end >= 0) & (end <= 1))
    assert step.promise >= 0
    assert np.all((np.abs(left) < 1e-6 * size) | ((end <= 1e-12) & (left > 0)) | ((end >= 1 - 1e-12) & (left < 0)))
