"""Fits of flux points, alone and with spectra."""

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable

import gpnb
from gpnb.core.errors import ArgumentError

CRAB = gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2")
DNDE = u.Unit("TeV-1 s-1 cm-2")
ENERGY = np.array([0.5, 3.0, 1.0, 8.0, 1.0, 20.0])
"""Out of order, and one twice."""


def points(seed=3, error=0.1, **settings):
    rng = np.random.default_rng(seed)
    truth = CRAB.evaluate_at(ENERGY)
    table = QTable({"e_ref": ENERGY * u.TeV, "dnde": truth * (1 + error * rng.normal(size=6)) * DNDE})
    table["dnde_err"] = error * truth * DNDE
    return gpnb.FluxPointsDataset(gpnb.FluxPoints.from_table(table, name="published"), **settings)


def test_the_statistic_is_the_sum_over_the_points():
    dataset = points()
    likelihood = gpnb.Likelihood(dataset, CRAB)
    direct = dataset.statistic(CRAB.evaluate_at(dataset.energy)).sum()
    assert likelihood.stat(likelihood.start) == pytest.approx(direct, rel=1e-6)
    assert likelihood.n_bins == 6
    assert likelihood.statistics == ("points",)
    assert likelihood.predict(likelihood.start)[0] == pytest.approx(CRAB.evaluate_at(ENERGY), rel=1e-7)


@pytest.mark.parametrize("backend", ["scoring", "minuit", "scipy"])
def test_least_squares_have_a_solution_in_closed_form(backend):
    """Only the amplitude is free: it is the weighted mean."""
    dataset = points()
    result = gpnb.fit(dataset, CRAB.freeze("index"), backend=backend)
    weight = dataset.points.norm_err**-2
    shape = CRAB.evaluate_at(ENERGY) / dataset.points.ref_dnde
    best = (weight * shape * dataset.points.norm).sum() / (weight * shape**2).sum()
    assert result.success
    assert result.values[0] == pytest.approx(4e-11 * best, rel=1e-6)
    assert result.errors[0] == pytest.approx(4e-11 / np.sqrt((weight * shape**2).sum()), rel=1e-4)
    assert result.dof == 5


def test_the_truth_is_found_again():
    fits = [gpnb.fit(points(seed), CRAB.replace(index=2.0)) for seed in range(40)]
    pulls = np.array([(fit.values - [2.6, 4e-11]) / fit.errors for fit in fits])
    assert np.abs(pulls.mean(axis=0)).max() < 3 / np.sqrt(40)
    assert 0.7 < pulls.std() < 1.3


def test_points_and_spectra_are_fitted_together(make):
    spectrum, published = make(hours=20.0), points(error=0.05)
    alone = [gpnb.fit(item, CRAB) for item in (spectrum, published)]
    both = gpnb.fit([spectrum, published], CRAB)
    assert both.statistic == "wstat+points"
    assert np.all(both.errors < np.min([item.errors for item in alone], axis=0))
    together = gpnb.Likelihood([spectrum, published], CRAB)
    parts = [gpnb.Likelihood(item, CRAB) for item in (spectrum, published)]
    start = together.start
    assert together.stat(start) == pytest.approx(sum(item.stat(start) for item in parts))
    assert together.gradient(start) == pytest.approx(sum(item.gradient(start) for item in parts))
    assert both.confidence("index").errp == pytest.approx(both.errors[0], rel=0.1)
    chi2 = gpnb.fit([spectrum.group(min_counts=20), published], CRAB, statistic="chi2")
    assert chi2.likelihood().stat(chi2.likelihood().start) == pytest.approx(chi2.stat)


def test_points_of_a_spectrum_give_its_fit_back(make):
    """The scans of fine flux points know nearly all that the counts do."""
    spectrum = make(hours=20.0)
    direct = gpnb.fit(spectrum, CRAB)
    sed = gpnb.flux_points(spectrum, direct, spectrum.energy, n_scan=101)
    again = gpnb.fit(gpnb.FluxPointsDataset(sed, kind="profile"), CRAB)
    assert np.abs((again.values - direct.values) / direct.errors).max() < 0.3
    assert again.errors == pytest.approx(direct.errors, rel=0.2)


def test_limits_push_a_spectrum_down():
    table = QTable({"e_ref": ENERGY * u.TeV, "dnde": CRAB(ENERGY * u.TeV), "dnde_err": 0.1 * CRAB(ENERGY * u.TeV)})
    table["dnde_ul"] = np.where(ENERGY > 5, 0.5, np.nan) * table["dnde"]
    table["dnde"][ENERGY > 5] = np.nan
    sed = gpnb.FluxPoints.from_table(table, cl=0.95, sided=1)
    limited = gpnb.fit(gpnb.FluxPointsDataset(sed), CRAB)
    free = gpnb.fit(gpnb.FluxPointsDataset(sed.select(~sed.is_ul)), CRAB)
    assert free.values[0] == pytest.approx(2.6, abs=1e-4)
    assert limited.values[0] > 2.65


def test_nested_models_are_compared_on_points():
    dataset = points()
    simple, rich = (
        gpnb.fit(dataset, CRAB),
        gpnb.fit(dataset, gpnb.LogParabola(amplitude="4e-11 TeV-1 s-1 cm-2", alpha=2.6)),
    )
    assert simple.compare(rich).dof == 1
    with pytest.raises(ArgumentError, match="different data"):
        simple.compare(gpnb.fit(points(seed=4), CRAB))


def test_flux_points_of_flux_points_are_refused():
    with pytest.raises(ArgumentError, match="there is a FluxPointsDataset among them"):
        gpnb.flux_points([points()], CRAB, [1, 10] * u.TeV)
    with pytest.raises(ArgumentError, match="one SpectrumDataset or FluxPointsDataset or MapDataset or several"):
        gpnb.fit("points", CRAB)


def crab(data_dir, file, name):
    source = gpnb.read_catalog(data_dir / "catalogs" / file)["Crab Nebula"]
    return gpnb.FluxPointsDataset(source.flux_points(), name=name)


@pytest.mark.data
def test_the_published_fit_of_published_points(data_dir):
    """Aharonian et al. 2006, A&A 457, 899: 2.39 ± 0.03, (3.76 ± 0.07)e-11, 14.3 ± 2.1 TeV, chi2 15.9 for 9 dof."""
    dataset = crab(data_dir, "gammacat/gammacat.fits.gz", "gamma-cat")
    model = gpnb.ExpCutoffPowerLaw(index=2.2, amplitude="3e-11 TeV-1 s-1 cm-2", lambda_="0.1 TeV-1")
    result = gpnb.fit(dataset, model)
    index, amplitude, lambda_ = result.values
    assert index == pytest.approx(2.39, abs=0.01)
    assert amplitude == pytest.approx(3.76e-11, abs=0.02e-11)
    assert 1 / lambda_ == pytest.approx(14.3, abs=0.5)
    assert result.errors[:2] == pytest.approx([0.03, 0.07e-11], rel=0.1)
    assert result.errors[2] / lambda_**2 == pytest.approx(2.1, rel=0.1)
    assert (result.stat, result.dof) == (pytest.approx(15.9, abs=0.7), 9)


@pytest.mark.data
def test_points_of_two_instruments_together(data_dir):
    """From 10 GeV to 40 TeV the Crab bends, which neither of the two alone could tell so well."""
    data = [
        crab(data_dir, "fermi/gll_psch_v13.fit.gz", "3fhl"),
        crab(data_dir, "gammacat/gammacat.fits.gz", "gamma-cat"),
    ]
    result = gpnb.fit(data, gpnb.LogParabola(amplitude="3e-11 TeV-1 s-1 cm-2", alpha=2.4, beta=0.1))
    straight = gpnb.fit(data, gpnb.PowerLaw(index=2.4, amplitude="3e-11 TeV-1 s-1 cm-2"))
    assert result.values[2] > 10 * result.errors[2]
    assert straight.compare(result).ts > 100
