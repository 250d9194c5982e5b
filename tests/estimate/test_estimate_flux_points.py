"""Flux points: against closed forms, the fit's own profiles, Gammapy's numbers, and their coverage."""

import json
from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u
from scipy.optimize import minimize_scalar
from scipy.special import gammaincinv, ndtr

import gpnb
from gpnb.core.errors import ArgumentError, Cancelled, SelectionError
from gpnb.estimate.norm_bins import norm_bins
from gpnb.estimate.norms import energy_cells, fitted_norms
from gpnb.fitting.given import as_models
from gpnb.fitting.limits import Limits
from gpnb.stats import wstat
from gpnb.stats.intervals import excess_error, upper_limit

ENERGY = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=6)
TRUE = gpnb.Axis.energy("0.5 TeV", "200 TeV", nbin=20, name="energy_true")
SHAPE = gpnb.PowerLaw(index=2.3, amplitude="2e-12 TeV-1 s-1 cm-2")


def dispersion(spread=0.15):
    """A Gaussian in ln E."""
    edges = np.log(ENERGY.edge_values)
    below = ndtr((edges - np.log(TRUE.center_values)[:, None]) / spread)
    return np.diff(below, axis=1)


def spectrum(counts, off=(40, 30, 20, 10, 4, 2), name="one", exposure=1e14, **settings):
    measured = {"counts_off": off, "acceptance_off": 10.0, **settings}
    return gpnb.SpectrumDataset(
        ENERGY, TRUE, counts, np.full(TRUE.n, exposure), dispersion(), "1 h", name=name, **measured
    )


def expected(**settings):
    empty = spectrum(np.zeros(6), **settings)
    return empty.predict(SHAPE.integral_bins(TRUE.edge_values)) + empty.expected_background


def test_one_bin_each_has_closed_forms():
    dataset = spectrum([180, 60, 25, 6, 3, 0])
    points = gpnb.flux_points(dataset, SHAPE, ENERGY)
    signal = points.extra["ref_npred"]
    n, m, alpha = dataset.counts, dataset.counts_off, dataset.alpha
    lower, upper = excess_error(n, alpha, m)
    seen = n > 0
    assert points.norm[seen] == pytest.approx((dataset.excess / signal)[seen], rel=1e-7)
    assert points.norm_errp[seen] == pytest.approx((upper / signal)[seen], rel=1e-6)
    assert points.norm_errn[seen] == pytest.approx((lower / signal)[seen], rel=1e-6)
    assert points.norm_ul == pytest.approx(upper_limit(n, alpha, m) / signal, rel=1e-6)
    assert points.ts[seen] == pytest.approx(gpnb.stats.lima(n, m, alpha)[seen] ** 2, rel=1e-6)
    assert points.stat_null == pytest.approx(wstat(n, m, alpha, 0.0))
    two = gpnb.flux_points(dataset, SHAPE, ENERGY, cl=0.99, sided=2)
    assert two.norm_ul == pytest.approx(upper_limit(n, alpha, m, 0.99, 2) / signal, rel=1e-6)
    assert (two.cl, two.sided, points.cl, points.sided) == (0.99, 2, 0.95, 1)


def test_bayesian_limits_without_background_are_quantiles_of_a_gamma():
    counts = np.array([180, 60, 25, 6, 3, 0])
    points = gpnb.flux_points(spectrum(counts, counts_off=None, acceptance_off=None), SHAPE, ENERGY, limits="bayesian")
    assert points.norm_ul * points.extra["ref_npred"] == pytest.approx(gammaincinv(counts + 1, 0.95), rel=1e-4)
    assert points.limits == "bayesian"


def test_limits_may_count_from_a_negative_norm():
    dataset = spectrum([2, 60, 25, 6, 3, 1], off=(100, 30, 20, 10, 4, 2))
    points = gpnb.flux_points(dataset, SHAPE, ENERGY, limits="unbounded")
    assert points.norm[0] < points.norm_ul[0] < 0
    bounded = gpnb.flux_points(dataset, SHAPE, ENERGY)
    assert bounded.norm[0] == points.norm[0]
    assert bounded.norm_ul[0] > 0
    assert bounded.norm_ul[1:] == pytest.approx(points.norm_ul[1:])


def test_without_counts_the_norm_lies_at_its_end():
    points = gpnb.flux_points(spectrum(np.zeros(6), off=(40, 0, 0, 0, 0, 0)), SHAPE, ENERGY)
    signal = points.extra["ref_npred"]
    assert points.norm[0] * signal[0] == pytest.approx(-0.1 * 40 / 1.1)  # where no background is left
    assert points.norm[1:] == pytest.approx(0, abs=1e-12)
    assert points.norm_errn == pytest.approx(0, abs=1e-6)
    assert points.norm_ul[1:] * signal[1:] == pytest.approx(2.7055 / 2, rel=1e-4)
    assert points.is_ul.all()
    assert points.sqrt_ts[0] < 0


def test_wide_intervals_are_fitted_jointly_over_bins_and_datasets():
    rng = np.random.default_rng(3)
    data = [spectrum(rng.poisson(expected(exposure=x)), name=f"run {x:g}", exposure=x) for x in (5e13, 1e14, 2e14)]
    points = gpnb.flux_points(data, SHAPE, [1, 10, 100] * u.TeV)
    assert points["e_min"].to_value("TeV") == pytest.approx([1, 10])
    for row, bins in enumerate((slice(0, 3), slice(3, 6))):

        def stat(norm, bins=bins):
            flux = norm * SHAPE.integral_bins(TRUE.edge_values)
            return sum(item.statistic(item.predict(flux))[bins].sum() for item in data)

        best = minimize_scalar(stat, bracket=(0.5, 1.5), options={"xtol": 1e-10})
        assert points.norm[row] == pytest.approx(best.x, rel=1e-6)
        assert points.stat[row] == pytest.approx(best.fun)
        assert stat(best.x + points.norm_errp[row]) - best.fun == pytest.approx(1, abs=1e-5)
        assert stat(best.x - points.norm_errn[row]) - best.fun == pytest.approx(1, abs=1e-5)
        assert stat(points.norm_ul[row]) - best.fun == pytest.approx(2.7055, abs=1e-3)
        assert stat(0.0) - best.fun == pytest.approx(points.ts[row])
        assert points.stat_scan[row] == pytest.approx([stat(norm) for norm in points.norm_scan[row]])
        step = 1e-3
        bend = (stat(best.x + step) - 2 * best.fun + stat(best.x - step)) / step**2
        assert points.norm_err[row] == pytest.approx(np.sqrt(2 / bend), rel=1e-3)
    assert np.abs(points.norm - 1).max() < 3 * points.norm_err.max()


@pytest.mark.parametrize(
    ("settings", "statistic"),
    [
        ({"counts_off": None, "acceptance_off": None, "background": (4, 3, 2, 1, 0.4, 0.2)}, None),
        ({"counts_off": None, "acceptance_off": None, "background": (4, 3, 2, 1, 0.4, 0.2)}, "cstat"),
        ({}, "chi2"),
    ],
)
def test_other_statistics(settings, statistic):
    dataset = spectrum([180, 60, 25, 6, 3, 1], **settings)
    points = gpnb.flux_points(dataset, SHAPE, ENERGY, statistic=statistic)
    assert points.norm * points.extra["ref_npred"] == pytest.approx(dataset.excess, rel=1e-7)
    if statistic == "chi2":
        variance = dataset.counts + 0.01 * dataset.counts_off
        assert points.norm_errp * points.extra["ref_npred"] == pytest.approx(np.sqrt(variance), rel=1e-6)
    else:
        assert points.ts == pytest.approx(gpnb.stats.cash_significance(dataset.counts, dataset.background) ** 2)


def test_points_lie_on_a_fit_of_what_they_were_made_from():
    dataset = spectrum(expected())
    result = gpnb.fit(dataset, gpnb.SkyModel(SHAPE.replace(index=2.0), name="crab"))
    points = gpnb.flux_points(dataset, result, ENERGY)
    assert points.norm == pytest.approx(1, abs=1e-3)
    assert points.name == "crab"
    assert np.allclose(points["dnde"], result.models[0].spectral(points["e_ref"]), rtol=1e-3)
    assert "gpnb.flux_points(" in points.recipe.to_code()
    assert "gpnb.fit(" in points.recipe.to_code()


def test_the_symmetric_error_of_a_norm_at_its_bound_is_that_upward():
    """No counts ON: the norm stays at zero, and half of the upper error would be the error of nothing."""
    points = gpnb.flux_points(spectrum([180, 60, 0, 6, 0, 0], off=(40, 30, 0, 10, 4, 0)), SHAPE, ENERGY)
    bound = points.norm_errn == 0
    assert bound.any()
    assert points.norm_err[bound] == pytest.approx(points.norm_errp[bound])


def test_intervals_end_where_usable_data_do():
    """Two runs of other thresholds: from the lower one on; a bin that nothing is usable in has no part."""
    edges = ENERGY.edge_values
    low, high = spectrum(expected(), name="low"), spectrum(expected(), name="high")
    parts = [low.restrict((edges[1] * u.TeV, None)), high.restrict((edges[2] * u.TeV, edges[5] * u.TeV))]
    points = gpnb.flux_points(parts, SHAPE, [edges[0], edges[3], 2 * edges[6]] * u.TeV)
    assert points.e_min == pytest.approx(edges[[1, 3]])
    assert points.e_max == pytest.approx(edges[[3, 6]])
    assert points.norm == pytest.approx(1, abs=1e-6)
    assert points["flux"].value == pytest.approx(SHAPE.integral(points["e_min"], points["e_max"]).value, rel=1e-6)
    one = gpnb.flux_points(parts[1], SHAPE, [edges[0], edges[3], 2 * edges[6]] * u.TeV)
    assert (one.e_min[0], one.e_max[1]) == pytest.approx((edges[2], edges[5]))


def test_intervals_are_those_of_the_bins_of_data():
    dataset = spectrum(expected())
    points = gpnb.flux_points(dataset, SHAPE, ["0.1 TeV", "1.2 TeV", "12 TeV", "50 TeV", "900 TeV"])
    edges = ENERGY.edge_values
    assert points.e_min == pytest.approx([0.1, edges[0], edges[3], edges[5]])  # no bin has its centre in the first
    assert points.e_max == pytest.approx([1.2, edges[3], edges[5], edges[6]])
    assert np.isnan(points.norm[0])
    assert points.norm[1:] == pytest.approx(1, abs=1e-6)
    assert points.extra["signal"][1] == pytest.approx(dataset.excess[:3].sum())


def test_masked_bins_give_no_point():
    dataset = spectrum(expected()).restrict(("3 TeV", None))
    points = gpnb.flux_points(dataset, SHAPE, ENERGY)
    assert np.isfinite(points.norm).tolist() == dataset.usable.tolist()
    assert not points.is_ul[~dataset.usable].any()
    nothing = gpnb.flux_points(dataset.masked(np.ones(6)), SHAPE, ENERGY)
    assert np.isnan(nothing.norm_ul).all()
    assert not nothing.is_ul.any()


def two_sources():
    other = gpnb.SkyModel(gpnb.PowerLaw(index=2.8, amplitude="1e-12 TeV-1 s-1 cm-2").freeze("index"), name="other")
    models = gpnb.Models([gpnb.SkyModel(SHAPE, name="crab"), other])
    flux = other.spectral.integral_bins(TRUE.edge_values)
    # seen by two instruments in other proportions, or they could not be told apart in one bin
    wide = spectrum(np.zeros(6), name="wide")
    counts = expected() + wide.predict(flux)
    known = {"counts_off": None, "acceptance_off": None, "background": wide.expected_background + wide.predict(flux)}
    return models, spectrum(counts, name="wide"), known


def test_other_sources_are_held_by_default():
    models, dataset, known = two_sources()
    points = gpnb.flux_points(dataset, models, ENERGY, source="crab")
    assert points.norm == pytest.approx(1, abs=1e-6)
    alone = gpnb.flux_points(spectrum(dataset.counts, **known), models[0], ENERGY)
    assert alone.norm == pytest.approx(1, abs=1e-6)
    with pytest.raises(ArgumentError, match="say which, source= one of crab, other"):
        gpnb.flux_points(dataset, models, ENERGY)


def test_other_sources_may_be_fitted_anew():
    models, dataset, _ = two_sources()
    wrong = models.replace({"other.amplitude": "2e-12 TeV-1 s-1 cm-2"})
    edges = [1, 10, 100] * u.TeV
    held = gpnb.flux_points(dataset, wrong, edges, source="crab")
    assert held.norm[0] < 0.7
    anew = gpnb.flux_points(dataset, wrong, edges, source="crab", refit=True, n_scan=5)
    assert anew.norm == pytest.approx(1, abs=1e-3)
    assert np.all(anew.norm_err > held.norm_err)  # what is not known of the other adds to the error
    assert np.all(anew.norm_ul > anew.norm)
    assert anew.stat_scan.shape == (2, 5)
    assert anew.stat_scan.min(axis=1) == pytest.approx(anew.stat, abs=1e-4)
    # with strong knowledge of the other beforehand, nothing is left to be fitted anew
    prior = gpnb.GaussianPrior(1e-12, 1e-17)
    known = gpnb.flux_points(dataset, models.with_prior("other.amplitude", prior), edges, source="crab", refit=True)
    fixed = gpnb.flux_points(dataset, models, edges, source="crab")
    for name in ("norm", "norm_err", "norm_errn", "norm_errp", "norm_ul", "ts"):
        assert getattr(known, name) == pytest.approx(getattr(fixed, name), rel=2e-3), name


def test_limits_of_another_confidence_come_from_the_scans():
    dataset = spectrum([180, 60, 25, 6, 3, 1])
    points = gpnb.flux_points(dataset, SHAPE, ENERGY, n_scan=61)
    for cl, sided in ((0.95, 1), (0.9, 1), (0.99, 2)):
        again = points.with_limits(cl, sided)
        direct = gpnb.flux_points(dataset, SHAPE, ENERGY, cl=cl, sided=sided)
        assert again.norm_ul == pytest.approx(direct.norm_ul, rel=0.01)
        assert (again.cl, again.sided) == (cl, sided)
    assert np.isnan(points.with_limits(1 - 1e-14).norm_ul).all()  # beyond the ends of the scans
    assert ".with_limits(" in again.to_code()
    with pytest.raises(SelectionError, match="no likelihood scans"):
        replace(points, norm_scan=None, stat_scan=None).with_limits()
    with pytest.raises(ArgumentError, match="cl=2"):
        points.with_limits(2)


def test_progress_and_cancel():
    seen, token = [], gpnb.CancelToken()
    gpnb.flux_points(spectrum(expected()), SHAPE, ENERGY, progress=seen.append)
    assert seen[-1].fraction == 1
    token.cancel()
    with pytest.raises(Cancelled):
        gpnb.flux_points(spectrum(expected()), SHAPE, ENERGY, cancel=token)


def test_wrong_arguments():
    dataset = spectrum(expected())
    for settings, text in [
        ({"cl": 1.5}, "cl=1.5"),
        ({"sided": 3}, "sided=3"),
        ({"n_scan": 1}, "n_scan=1"),
        ({"limits": "flat"}, "limits='flat'"),
        ({"limits": "bayesian", "sided": 2}, "one-sided"),
    ]:
        with pytest.raises(ArgumentError, match=text):
            gpnb.flux_points(dataset, SHAPE, ENERGY, **settings)
    with pytest.raises(ArgumentError, match="positive and rising"):
        gpnb.flux_points(dataset, SHAPE, [3, 1] * u.TeV)
    with pytest.raises(SelectionError, match="No bin of the data"):
        gpnb.flux_points(dataset, SHAPE, [300, 500] * u.TeV)
    with pytest.raises(ArgumentError, match="must be a spectral model"):
        gpnb.flux_points(dataset, "crab", ENERGY)


def test_points_of_their_own_fit_a_spectrum_back():
    """A dataset of the points, by their scans, knows what the counts know."""
    rng = np.random.default_rng(8)
    dataset = spectrum(rng.poisson(expected()))
    points = gpnb.flux_points(dataset, SHAPE, ENERGY, n_scan=101)
    fitted = gpnb.FluxPointsDataset(points, kind="profile")
    for norm in (0.8, 1.0, 1.3):
        known = norm > points.norm_scan[:, 0]
        assert known.any()
        flux = norm * SHAPE.integral_bins(TRUE.edge_values)
        direct = dataset.statistic(dataset.predict(flux)) - points.stat
        stored = fitted.statistic(norm * points.ref_dnde)
        inside = (norm > points.norm_scan[:, 0]) & (norm < points.norm_scan[:, -1])
        assert stored[inside] == pytest.approx(direct[inside], abs=0.02)


def limits_of_simulations(amplitude, trials, seed, method="bounded"):
    """Upper limits of two intervals in many simulated runs, background known only from OFF counts; norm 1 is true."""
    rng, shape = np.random.default_rng(seed), gpnb.PowerLaw(index=1.5, amplitude=amplitude)
    empty = spectrum(np.zeros(6), off=(400, 300, 200, 150, 120, 100), acceptance_off=5.0)
    flux = shape.integral_bins(TRUE.edge_values)
    mean = empty.predict(flux) + empty.expected_background
    runs = [
        spectrum(rng.poisson(mean), off=rng.poisson(empty.counts_off), acceptance_off=5.0, name=str(number))
        for number in range(trials)
    ]
    cells = [2 * number + np.repeat([0, 1], 3) for number in range(trials)]
    models = as_models(shape)
    return fitted_norms(runs, cells, (trials, 2), models, models[0], Limits(0.95, 1, method), n_scan=3)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("amplitude", "method"),
    [
        ("4e-13 TeV-1 s-1 cm-2", "bounded"),
        ("1e-12 TeV-1 s-1 cm-2", "bounded"),
        ("1e-14 TeV-1 s-1 cm-2", "unbounded"),
        ("1e-13 TeV-1 s-1 cm-2", "unbounded"),
    ],
)
def test_one_sided_limits_cover_as_often_as_they_say(amplitude, method):
    """The truth lies below the limit of 95 % confidence in 95 % of the runs: for signals of 2 to 8 sigma, and fainter.

    Those of norms that cannot be negative are cautious below 1.6 sigma, as the next test says.
    """
    found = limits_of_simulations(amplitude, 5000, seed=11, method=method)
    covered = (found["norm_ul"] > 1).mean(axis=0)
    assert np.all((covered > 0.93) & (covered < 0.97)), covered


@pytest.mark.slow
def test_limits_of_next_to_nothing_are_cautious():
    """A signal far below the background: as a norm cannot be negative, no limit excludes what is true."""
    found = limits_of_simulations("1e-16 TeV-1 s-1 cm-2", 1000, seed=12)
    assert (found["norm_ul"] > 1).mean() > 0.97
    assert np.abs(found["norm"].mean(axis=0)) == pytest.approx(0, abs=3 * found["norm"].std(axis=0).max() / 30)


@pytest.fixture(scope="module")
def peer(data_dir):
    path = data_dir.parent / "reference" / "peer" / "results.json"
    return json.loads(path.read_text())["07_crab_spectrum"]


@pytest.fixture(scope="module")
def crab(data_dir, peer):
    """The runs of the peer's task in the peer's safe range."""
    runs = gpnb.DataStore.read(data_dir / "hess-dl3-dr1").select(obs_id=[23523, 23526, 23559, 23592])
    specs = gpnb.reduce_spectrum(
        runs,
        "icrs; circle(83.63, 22.01, 0.11)",
        gpnb.Axis.energy("0.1 TeV", "40 TeV", per_decade=10),
        gpnb.Axis.energy("0.05 TeV", "100 TeV", per_decade=20, name="energy_true"),
        background=gpnb.Reflected(pixel="0.01 deg"),
        exclusion="galactic; circle(183.604, -8.708, 0.5)",
        safe=gpnb.SafeRange(thresholds=False),
    )
    rows = peer["results"]["info_per_run_all_energies"]
    return [item.restrict((f"{row['safe_emin_TeV']} TeV", None)) for item, row in zip(specs, rows, strict=True)]


@pytest.mark.data
def test_the_crab_is_that_of_gammapy(crab, peer):
    result = gpnb.fit(crab, gpnb.SkyModel(gpnb.ExpCutoffPowerLaw(), name="crab"), statistic="wstat")
    edges, theirs_limits = crab[0].energy, {"cl": 0.9544997, "sided": 2}
    points = gpnb.flux_points(crab, result, edges, statistic="wstat", **theirs_limits)
    table = peer["results"]["flux_points_ecpl_joint"]
    rows = np.array([[np.nan if item is None else item for item in row] for row in table["rows"]])
    theirs = dict(zip(table["columns"], rows.T, strict=True))
    assert np.isfinite(points.norm).tolist() == np.isfinite(theirs["dnde"]).tolist()
    seen = theirs["sqrt_ts"] > 0.5  # beyond it there are no counts
    pull = (points.column("dnde") - theirs["dnde"]) / theirs["dnde_err"]
    assert np.abs(pull[seen]).max() < 0.1
    for name, within in (("dnde_err", 0.01), ("dnde_errp", 0.01), ("dnde_errn", 0.03), ("dnde_ul", 0.01)):
        assert points.column(name)[seen] == pytest.approx(theirs[name][seen], rel=within), name
    assert points.sqrt_ts[seen] == pytest.approx(theirs["sqrt_ts"][seen], abs=0.01)
    empty = np.isfinite(points.norm) & ~seen
    assert points.column("dnde_ul")[empty] == pytest.approx(theirs["dnde_ul"][empty], rel=0.02)


@pytest.mark.data
def test_instruments_count_together(data_dir):
    folder = data_dir / "joint-crab" / "spectra"
    data = [
        gpnb.SpectrumDataset.read_ogip(folder / path)
        for path in ("hess/pha_obs23523.fits", "magic/pha_obs5029747.fits")
    ]
    shape = gpnb.LogParabola(amplitude="3.8e-11 TeV-1 s-1 cm-2", alpha=2.5, beta=0.1)
    edges = [1, 3, 10] * u.TeV
    both = gpnb.flux_points(data, shape, edges)
    each = [gpnb.flux_points(item, shape, edges) for item in data]
    weights = np.array([item.norm_err**-2 for item in each])
    mean = (weights * [item.norm for item in each]).sum(axis=0) / weights.sum(axis=0)
    assert both.norm == pytest.approx(mean, abs=0.5 * both.norm_err.max())
    assert np.all(both.norm_err < np.min([item.norm_err for item in each], axis=0))


def test_bins_without_a_signal_are_left_out():
    models = as_models(SHAPE)
    dataset = spectrum(expected())
    blind = gpnb.SpectrumDataset(
        ENERGY,
        TRUE,
        np.ones(6),
        dataset.exposure * (TRUE.center_values < 5),
        dispersion(),
        "1 h",
        background=np.ones(6),
    )
    bins, numbers = norm_bins([blind], energy_cells([blind], ENERGY.edge_values), models, models[0])
    assert bins.count == len(numbers) == blind.usable.sum()
    assert bins.count < 6
