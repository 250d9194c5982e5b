"""Light curves as datasets: what is predicted for each bin of time and energy, and what a fit finds."""

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable
from astropy.time import Time

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.core.replay import replay
from gpnb.data.gti import GTI

EPOCH = 60000.0
START = EPOCH + np.array([0.3, 0.0, 0.1, 0.45, 0.2])  # not in order
STOP = START + np.array([0.05, 0.08, 0.09, 0.02, 0.05])
LOW, HIGH = np.array([1.0, 3.0]), np.array([3.0, 30.0])
SPECTRUM = gpnb.PowerLaw(index=2.4, amplitude="3e-11 TeV-1 s-1 cm-2")
SINE = gpnb.SineVariation(amplitude=0.6, period="0.35 d", start=EPOCH + 0.02)
FLUX = u.Unit("cm-2 s-1")


def means(model, start=START, stop=STOP):
    return np.array(
        [
            model.mean(GTI([0.0], [(b - a) * 86400], Time(a, format="mjd", scale="tt")))
            for a, b in zip(start, stop, strict=True)
        ]
    )


def curve(values=None, seed=None, bands=2, error=0.02, **columns):
    truth = means(SINE)[:, None] * SPECTRUM.integral_between(LOW, HIGH)[None, :bands]
    noise = 0.0 if seed is None else np.random.default_rng(seed).normal(size=truth.shape)
    flux = truth * (1 + error * noise)
    shape = np.ones(truth.shape)
    table = QTable(
        {
            "time_min": START,
            "time_max": STOP,
            "e_ref": np.sqrt(LOW * HIGH)[:bands] * shape * u.TeV,
            "e_min": LOW[:bands] * shape * u.TeV,
            "e_max": HIGH[:bands] * shape * u.TeV,
            "flux": (flux if values is None else values) * FLUX,
            "flux_err": error * truth * FLUX,
            **columns,
        },
        meta={"TIMESYS": "tt"},
    )
    return gpnb.LightCurve.from_table(table, name="star")


def source(**given):
    return gpnb.SkyModel(SPECTRUM, temporal=SINE.thaw("start").replace(**given), name="star")


def test_fluxes_are_predicted_in_bands_and_bins():
    dataset = gpnb.LightCurveDataset.from_curve(curve())
    likelihood = gpnb.Likelihood(dataset, source())
    assert likelihood.n_bins == 10
    assert likelihood.stat(likelihood.start) == pytest.approx(0, abs=1e-6)
    order = np.argsort(START)
    dnde = likelihood.predict(likelihood.start)[0].reshape(5, 2)
    flux = dnde * (dataset.points.ref_flux / dataset.points.ref_dnde).reshape(5, 2)
    expected = means(SINE)[order, None] * SPECTRUM.integral_between(LOW, HIGH)
    assert flux == pytest.approx(expected, rel=1e-7)


def test_masked_points_do_not_move_the_others():
    dataset = gpnb.LightCurveDataset.from_curve(curve())
    rows = np.zeros(10, dtype=bool)
    rows[[1, 4, 5]] = True
    part = dataset.masked(rows)
    assert isinstance(part, gpnb.LightCurveDataset)
    likelihood = gpnb.Likelihood(part, source())
    assert likelihood.n_bins == 7
    assert likelihood.stat(likelihood.start) == pytest.approx(0, abs=1e-6)
    assert likelihood.predict(likelihood.start)[0].shape == (10,)


def test_the_truth_comes_back_with_its_errors():
    pulls = []
    for seed in range(60):
        result = gpnb.fit(curve(seed=seed), source(amplitude=0.5, period=0.36))
        assert result.success
        true = gpnb.Models([source()]).parameters
        pulls.append((result.values - [true[name].value for name in result.names]) / result.errors)
    assert np.all(np.abs(np.mean(pulls, axis=0)) < 3.3 / np.sqrt(60))
    assert np.all(np.abs(np.std(pulls, axis=0) - 1) < 0.33)


def test_a_level_has_a_solution_in_closed_form():
    """Only the amplitude is free: it is the weighted mean."""
    item = curve(seed=1)
    result = gpnb.fit(item, gpnb.Models([source()]).freeze("index", "temporal.amplitude", "period", "start"))
    truth = means(SINE)[:, None] * SPECTRUM.integral_between(LOW, HIGH)
    ratio = item.column("flux") / truth
    assert result.values[0] == pytest.approx(3e-11 * ratio.mean(), rel=1e-6)
    assert result.errors[0] == pytest.approx(3e-11 * 0.02 / np.sqrt(10), rel=1e-4)


def test_curves_and_spectra_are_fitted_together(make):
    spectrum = make()
    result = gpnb.fit([spectrum, curve()], gpnb.SkyModel(SPECTRUM, name="star"))
    assert result.statistic == "wstat+points"
    assert result.dof == int(spectrum.usable.sum()) + 10 - 2


def test_one_band_says_nothing_of_the_shape():
    result = gpnb.fit(curve(bands=1), source())
    assert "flat direction of star.index and star.amplitude" in result.message


def test_limits_count_and_bins_without_flux_do_not():
    values = means(SINE)[:, None] * SPECTRUM.integral_between(LOW, HIGH)
    values[2, 1] = np.nan
    dataset = gpnb.LightCurveDataset.from_curve(curve(values))
    assert dataset.usable.sum() == 9
    assert repr(dataset) == "LightCurveDataset(star, 9 of 10 fluxes, asymmetric)"


def test_it_comes_back_from_its_recipe(tmp_path):
    curve(seed=2).write(tmp_path / "curve.ecsv")
    dataset = gpnb.LightCurveDataset.from_curve(gpnb.LightCurve.read(tmp_path / "curve.ecsv"), "chi2")
    back = replay(dataset.recipe)
    assert back.points.norm == pytest.approx(dataset.points.norm)
    assert back.kind == "chi2"
    result = gpnb.fit(gpnb.LightCurve.read(tmp_path / "curve.ecsv"), source())
    assert replay(result.recipe).values == pytest.approx(result.values)


def test_something_else_is_refused():
    with pytest.raises(ArgumentError, match="must be a LightCurve"):
        gpnb.LightCurveDataset.from_curve("a curve")
