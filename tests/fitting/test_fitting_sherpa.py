"""Sherpa: its optimisers on our likelihood, its own session on the files we write, its own models."""

import logging

import numpy as np
import pytest

import gpnb
from gpnb.fitting.sherpa_session import open_session

CUT = gpnb.ExpCutoffPowerLaw(index=2, amplitude="1e-11 TeV-1 s-1 cm-2", lambda_=0.1)


def powerlaw():
    """Sherpa's own."""
    from sherpa.models.basic import PowLaw1D

    return PowLaw1D("crab")


pytestmark = [pytest.mark.long, pytest.mark.usefixtures("sherpa")]


@pytest.mark.parametrize("method", ["neldermead", "moncar"])
def test_optimisers_agree(make, method):
    data = make(gpnb.ExpCutoffPowerLaw(index=2.2, amplitude="4e-11 TeV-1 s-1 cm-2", lambda_=0.1), hours=20)
    best, found = gpnb.fit(data, CUT, tol=1e-6), gpnb.fit(data, CUT, backend="sherpa", method=method)
    assert found.success
    assert np.abs((found.values - best.values) / best.errors).max() < 0.02
    assert found.n_evaluations > 50  # it does without the gradient


def test_optimisers_keep_limits_and_may_be_cancelled(make):
    result = gpnb.fit(make(), gpnb.PowerLaw(index=2).bound("index", 1, 2.2), backend="sherpa")
    assert "source.index lies at its limit 2.2" in result.message
    token = gpnb.CancelToken()
    token.cancel()
    with pytest.raises(gpnb.Cancelled):
        gpnb.fit(make(), gpnb.PowerLaw(), backend="sherpa", cancel=token)
    with pytest.raises(gpnb.ArgumentError, match="must be one of neldermead, moncar"):
        gpnb.fit(make(), gpnb.PowerLaw(), backend="sherpa", method="simplex")


def test_session_reads_our_files_and_finds_our_statistic(make):
    """Files written by gpnb, Sherpa's own power law, folding and W statistic: equal to 1e-4."""
    data = make(hours=2)
    session = open_session([data])
    session.set_stat("wstat")
    source = powerlaw()
    session.set_source(1, source)
    source.ref = 1e9  # keV
    source.gamma, source.ampl = 2.4, 3e-11 * 1e-9
    ours = gpnb.Likelihood(data, gpnb.PowerLaw(index=2.4, amplitude="3e-11 TeV-1 s-1 cm-2"))
    assert session.calc_stat(1) == pytest.approx(ours.stat(ours.start), rel=1e-4)


def test_session_as_a_back_end(make):
    data = [make(hours=3, seed=seed, name=f"run {seed}") for seed in (1, 2)]
    data[1] = data[1].restrict(("1 TeV", "20 TeV"))
    best, found = gpnb.fit(data, gpnb.PowerLaw(), tol=1e-6), gpnb.fit(data, gpnb.PowerLaw(), backend="sherpa-session")
    assert found.success
    assert found.stat == pytest.approx(best.stat, rel=1e-4)
    assert np.abs((found.values - best.values) / best.errors).max() < 0.02
    assert found.errors == pytest.approx(best.errors, rel=1e-2)


def test_session_is_silent(make, capsys):
    level = logging.getLogger("sherpa").level
    gpnb.fit(make(), gpnb.PowerLaw(), backend="sherpa-session")
    assert capsys.readouterr() == ("", "")
    assert logging.getLogger("sherpa").level == level


def test_what_a_session_cannot_do(make):
    model = gpnb.PowerLaw().with_prior("index", gpnb.GaussianPrior(2, 1))
    with pytest.raises(gpnb.ArgumentError, match="priors"):
        gpnb.fit(make(), model, backend="sherpa-session")
    with pytest.raises(gpnb.ArgumentError, match="a background that is given"):
        gpnb.fit(make(off=0), gpnb.PowerLaw(), backend="sherpa-session")


@pytest.mark.data
def test_session_on_the_joint_crab(joint_crab):
    """Five instruments through OGIP files of ours: the same statistic to 1e-4, the same parameters to 0.02 sigma."""
    datasets = [item for items in joint_crab.values() for item in items]
    start = gpnb.LogParabola(amplitude="3e-11 TeV-1 s-1 cm-2", alpha=2.5, beta=0.1)
    best = gpnb.fit(datasets, start, statistic="wstat")
    found = gpnb.fit(datasets, start, backend="sherpa-session", statistic="wstat")
    assert found.stat == pytest.approx(best.stat, rel=1e-4)
    assert np.abs((found.values - best.values) / best.errors).max() < 0.02


@pytest.mark.data
def test_four_runs_in_a_session_with_its_own_spectrum(crab_runs):
    """Nothing of ours but the files: Sherpa's power law, folding, statistic and optimiser."""
    session = open_session(crab_runs)
    session.set_stat("wstat")
    session.set_method("neldermead")
    source = powerlaw()
    source.ref, source.gamma, source.ampl = 1e9, 2, 1e-20
    source.ampl.min, source.ampl.max = 1e-23, 1e-17
    for number in session.list_data_ids():
        session.set_source(number, source)
    logging.getLogger("sherpa").setLevel(logging.ERROR)
    session.fit(*session.list_data_ids())
    ours = gpnb.fit(crab_runs, gpnb.PowerLaw(), statistic="wstat")
    assert session.get_fit_results().statval == pytest.approx(ours.stat, rel=1e-4)
    found = np.array([source.gamma.val, source.ampl.val * 1e9])
    assert np.abs((found - ours.values) / ours.errors).max() < 0.02
