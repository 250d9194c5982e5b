"""Fits of cubes: truth recovered, backgrounds, images, and what cannot be fitted."""

from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u
from astropy.time import Time
from made_cubes import ENERGY, cube_of, gauss, masked_edge, point, with_counts, with_map

import gpnb
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.fitting.likelihood import Likelihood
from gpnb.maps.sky_map import SkyMap

pytestmark = pytest.mark.long

TRUE_POINT = point("83.70d 22.05d").bound("amplitude", 0, 1e-9)
TRUE_GAUSS = gauss("83.55d 21.95d", sigma="0.12 deg")


def sigmas_off(result, truth):
    errors = np.sqrt(np.diag(result.covariance))
    wanted = gpnb.Models([*truth]).parameters
    return np.array([result.models.parameters[name].value - wanted[name].value for name in result.names]) / errors


def test_expected_counts_give_back_the_truth():
    truth = [TRUE_POINT, TRUE_GAUSS, gpnb.BackgroundModel("cube")]
    data = with_counts(cube_of(), truth[:2])
    start = [
        TRUE_POINT.replace(lon=83.72, lat=22.03, amplitude=2e-12, index=2.0),
        TRUE_GAUSS.replace(lon=83.57, sigma=0.16),
        truth[2].replace(norm=0.9),
    ]
    result = gpnb.fit(data, start)
    assert result.success, result.message
    assert np.abs(sigmas_off(result, truth)).max() < 0.01
    assert result.n_evaluations < 60


@pytest.mark.parametrize("seed", range(4))
def test_simulated_counts_give_the_truth_within_errors(seed):
    truth = [TRUE_POINT.replace(amplitude=2e-11), gpnb.BackgroundModel("cube")]
    data = with_counts(cube_of(), truth[:1], seed)
    result = gpnb.fit(data, truth)
    assert result.success, result.message
    assert np.abs(sigmas_off(result, truth)).max() < 4


def test_a_held_background_is_told_and_a_fitted_one_is_not():
    data = with_counts(cube_of(), [TRUE_POINT], 1)
    assert "background of cube was held" in gpnb.fit(data, TRUE_POINT).message
    fitted = gpnb.fit(data, [TRUE_POINT, *gpnb.background_models(data)])
    assert "held" not in fitted.message
    assert fitted.models.parameter("cube-bkg.norm").error == pytest.approx(1 / np.sqrt(data.counts.data.sum()), rel=0.1)


def test_two_cubes_add_up():
    one, two = (with_counts(cube_of(name=name), [TRUE_POINT], seed) for name, seed in (("a", 1), ("b", 2)))
    both = Likelihood([one, two], [TRUE_POINT])
    parts = [Likelihood(item, [TRUE_POINT]) for item in (one, two)]
    assert both.stat(both.start) == pytest.approx(sum(item.stat(item.start) for item in parts), abs=1e-9)
    assert both.gradient(both.start) == pytest.approx(sum(item.gradient(item.start) for item in parts), rel=1e-9)


def test_many_vectors_are_as_one_by_one():
    likelihood = Likelihood(with_counts(cube_of(), [TRUE_POINT, TRUE_GAUSS], 3), [TRUE_POINT, TRUE_GAUSS])
    thetas = likelihood.start * (1 + 1e-3 * np.random.default_rng(0).normal(size=(3, likelihood.start.size)))
    assert likelihood.stat_many(thetas) == pytest.approx([likelihood.stat(theta) for theta in thetas], abs=1e-8)


def test_a_statistic_over_all_voxels_says_the_same():
    truth = [TRUE_POINT, TRUE_GAUSS]
    data = masked_edge(with_counts(cube_of(), truth, 5), slice(30, 40))
    likelihood = Likelihood(data, truth)
    mu = likelihood.predict(likelihood.start)[0] + data.background.data
    wanted = gpnb.stats.cash(data.counts.data, mu)[data.usable].sum()
    assert likelihood.stat(likelihood.start) == pytest.approx(wanted, abs=0.02)


def test_without_a_photon_there_is_an_upper_limit():
    data = with_map(cube_of(background=1e-6), np.zeros((4, 75, 75)))
    source = TRUE_POINT.freeze("lon", "lat", "index")
    result = gpnb.fit(data, source)
    one = Likelihood(data, source)
    per_amplitude = one.predict(one.start)[0].sum() / TRUE_POINT.parameter("amplitude").value
    assert result.models.parameter("p.amplitude").value == 0
    assert "limit" in result.message
    # −2 ln L is 2 × the expected counts: it rises by 2.706 at 1.353 counts
    assert result.upper_limit("p.amplitude", cl=0.95).value == pytest.approx(1.353 / per_amplitude, rel=0.01)


def test_off_counts_of_a_ring_take_the_w_statistic():
    truth = TRUE_POINT.replace(amplitude=2e-11)
    data = with_counts(cube_of(), [truth], 7)
    rng = np.random.default_rng(8)
    off = rng.poisson(5 * data.background.data).astype(float)
    ring = replace(
        data,
        counts_off=SkyMap(data.geom, off),
        acceptance=SkyMap(data.geom, np.ones(data.geom.shape)),
        acceptance_off=SkyMap(data.geom, np.full(data.geom.shape, 5.0)),
        background=SkyMap(data.geom, off / 5),
    )
    likelihood = Likelihood(ring, truth)
    assert likelihood.statistics == ("wstat",)
    signal = np.maximum(likelihood.predict(likelihood.start)[0], 0)
    wanted = gpnb.stats.wstat(data.counts.data, off, 0.2, signal).sum()
    assert likelihood.stat(likelihood.start) == pytest.approx(wanted, abs=0.02)
    with pytest.raises(ArgumentError, match="measured in OFF regions"):
        gpnb.fit(ring, [truth, gpnb.BackgroundModel("cube")])
    counts = data.counts.data.copy()
    counts[-1, -1] = 1  # photons beyond the image come last
    ring = with_map(ring, counts)
    small = SkyMap(gpnb.WcsGeometry.create("83.63d 22.01d", width="0.4 deg", binsz="0.1 deg"), np.eye(4)[::-1] + 0.1)
    spot = truth.replace(spatial=gpnb.TemplateSource(small), responses=gpnb.Responses(psf=False))
    likelihood = Likelihood(ring, spot)
    wanted = gpnb.stats.wstat(counts, off, 0.2, np.maximum(likelihood.predict(likelihood.start)[0], 0)).sum()
    assert likelihood.stat(likelihood.start) == pytest.approx(wanted, abs=0.02)


def test_an_image_tells_place_and_size_as_the_cube_does():
    data = with_counts(cube_of(), [TRUE_GAUSS.replace(amplitude=1e-10)], 11)
    whole = gpnb.fit(data, TRUE_GAUSS)
    image = gpnb.to_image(data, whole.models[0].spectral)
    assert image.geom.axis("energy").n == 1
    flat = gpnb.fit(image, whole.models[0].freeze("index"))
    for name in ("g.lon", "g.lat", "g.sigma", "g.amplitude"):
        one, other = (result.models.parameters[name] for result in (whole, flat))
        assert other.value == pytest.approx(one.value, abs=0.5 * one.error), name
        assert other.error == pytest.approx(one.error, rel=0.25) or name == "g.amplitude"


def test_a_source_counts_by_its_mean_in_time():
    begin = Time("2020-01-01", scale="tt")
    gti = gpnb.GTI([0.0], [3600.0], begin)
    data = replace(with_counts(cube_of(), [TRUE_POINT], 1), gti=gti)
    trend = gpnb.LinearTrend(start=begin.mjd, slope="2 h-1")
    steady, rising = Likelihood(data, TRUE_POINT), Likelihood(data, TRUE_POINT.replace(temporal=trend))
    ratio = rising.predict(rising.start)[0].sum() / steady.predict(steady.start)[0].sum()
    assert ratio == pytest.approx(2.0, rel=1e-6)


def test_spectra_and_cubes_share_a_source():
    data = with_counts(cube_of(), [TRUE_POINT], 12)
    true = data.exposure.geom.axes[0]
    spectrum = gpnb.SpectrumDataset(
        ENERGY, true, [3, 2, 1, 0], np.full(true.n, 3e12), data.edisp.at(data.geom.center), "1 h", background=[0.1] * 4
    )
    both = Likelihood([data, spectrum], [TRUE_POINT])
    assert both.statistics == ("cash",)
    assert set(both.names) == {"p.index", "p.amplitude", "p.lon", "p.lat"}
    assert np.isfinite(both.gradient(both.start)).all()


def test_what_a_cube_cannot_fit_is_said():
    data = with_counts(cube_of(), [TRUE_POINT], 1)
    with pytest.raises(ArgumentError, match="source has no spatial model"):
        gpnb.fit(data, gpnb.PowerLaw())
    with pytest.raises(SelectionError, match="no point spread function"):
        gpnb.fit(replace(data, psf=None), TRUE_POINT)
    with pytest.raises(SelectionError, match="no energy dispersion"):
        gpnb.fit(replace(data, edisp=None), TRUE_POINT)
    with pytest.raises(ArgumentError, match="chi2"):
        gpnb.fit(data, TRUE_POINT, statistic="chi2")
    with pytest.raises(SelectionError, match="no predicted background"):
        gpnb.fit(replace(data, background=None), [TRUE_POINT, gpnb.BackgroundModel("cube")])
    bad = data.background.data.copy()
    bad[0, 0, 0] = np.nan
    with pytest.raises(ArgumentError, match="background has values"):
        gpnb.fit(replace(data, background=SkyMap(data.geom, bad)), TRUE_POINT)


@pytest.mark.parametrize("other", ["stacked", "Cube"])
def test_a_background_model_of_a_dataset_that_is_not_there_is_refused(other):
    with pytest.raises(ArgumentError, match=other):
        gpnb.fit(with_counts(cube_of(), [TRUE_POINT], 1), [TRUE_POINT, gpnb.BackgroundModel(other)])


def test_isotropic_emission_and_a_template_are_fitted_beside_a_source():
    iso = gpnb.SkyModel(
        gpnb.PowerLaw(index=2.4, amplitude="2e-9 TeV-1 s-1 cm-2"),
        gpnb.ConstantSource(),
        name="iso",
        responses=gpnb.Responses(psf=False),
    )
    geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="4 deg", binsz="0.05 deg")
    bump = gpnb.SkyMap(geom, np.exp(-0.5 * (geom.separation("83.2d 22.4d") / 0.3) ** 2))
    cloud = gpnb.SkyModel(
        gpnb.PowerLaw(index=2.2, amplitude="6e-11 TeV-1 s-1 cm-2"), gpnb.TemplateSource(bump), name="cloud"
    )
    truth = [TRUE_POINT.replace(amplitude=3e-11), iso, cloud]
    data = with_counts(cube_of(background=0.05), truth)
    expected = data.counts.data.sum() - data.background.data.sum()
    assert expected == pytest.approx(data.counts.data.sum(), rel=0.5)
    start = [truth[0].replace(amplitude=1e-11, lon=83.72), iso.replace(amplitude=1e-9), cloud.replace(amplitude=2e-11)]
    result = gpnb.fit(data, start)
    assert result.success, result.message
    assert np.abs(sigmas_off(result, truth)).max() < 0.01


def test_a_template_covers_what_is_usable_and_goes_on_beyond():
    data = cube_of(background=0.0)
    geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="2.4 deg", binsz="0.1 deg")
    even = gpnb.TemplateSource(gpnb.SkyMap(geom, np.ones(geom.shape), "sr-1"), normalize=False)
    model = gpnb.SkyModel(gpnb.PowerLaw(index=2.2, amplitude="1e-8 TeV-1 s-1 cm-2"), even, name="cloud")
    with pytest.raises(
        ArgumentError, match=r"cloud: its map does not cover \d+ usable pixels of cube: give a larger map"
    ):
        gpnb.fit(data, model)
    assert even.extended().on(data.geom.image()) == pytest.approx(data.geom.solid_angle)
    away = np.abs(np.array(np.indices(data.geom.shape[1:])) - 37).max(axis=0) * 0.04
    inside = data.masked(away > 1.1)
    found, everywhere = (
        predicted_by(inside, model.replace(spatial=shape), amplitude=1e-8) for shape in (even, gpnb.ConstantSource())
    )
    assert found == pytest.approx(everywhere, rel=1e-6)


def sky_norm(norms):
    lon, lat = [82.2, 85.0, 82.2, 85.0, 83.6] * u.deg, [20.7, 20.7, 23.3, 23.3, 22.0] * u.deg
    return gpnb.SkyNorm(lon, lat, norms=norms)


def test_a_factor_on_the_sky_is_fitted_beside_that_of_energy():
    factor = gpnb.BackgroundModel("cube", gpnb.PowerLawNorm(tilt=0.1).thaw("tilt").freeze("norm"))
    truth = [TRUE_POINT, factor.replace(spatial=sky_norm([1.2, 0.9, 1.0, 1.4, 1.1]))]
    base = cube_of(background=2.0)
    likelihood = Likelihood(base, truth)
    image = truth[1].spatial.on(base.geom.image())
    by_energy = base.geom.axis("energy").center_values[:, None, None] ** -0.1
    expected = base.background.data * by_energy * image
    assert likelihood.asimov(likelihood.start)[0].counts.data == pytest.approx(
        expected + likelihood.predict(likelihood.start)[0], rel=1e-9
    )
    data = likelihood.asimov(likelihood.start)[0]
    start = [TRUE_POINT, factor.replace(spatial=sky_norm([1, 1, 1, 1, 1]), tilt=0.0)]
    result = gpnb.fit(data, start)
    assert result.success, result.message
    assert np.abs(sigmas_off(result, truth)).max() < 0.01
    held = [TRUE_POINT, truth[1].freeze(*(f"norm_{number}" for number in range(5)))]
    assert gpnb.fit(data, held).stat == pytest.approx(result.stat, abs=1e-4)


def test_a_factor_on_the_sky_where_there_is_no_background():
    base = cube_of()
    bare = base.background.data.copy()
    bare[:, :, 60:] = 0.0
    data = with_counts(replace(base, background=gpnb.SkyMap(base.geom, bare)), [TRUE_POINT], 3)
    counts = data.counts.data.copy()
    counts[0, 3, 70] = 1.0  # far from the source
    data = replace(data, counts=gpnb.SkyMap(data.geom, counts))
    model = gpnb.BackgroundModel("cube", gpnb.PowerLawNorm().freeze("norm"), sky_norm([1, 1, 1, 1, 1]))
    result = gpnb.fit(data, [TRUE_POINT, model])
    assert result.success
    assert "1 counts of cube lie where nothing is predicted" in result.message


def predicted_by(dataset, model, **values):
    likelihood = Likelihood(dataset, model.replace(**values))
    return likelihood.predict(likelihood.start)[0][dataset.usable]


def test_a_template_is_smoothed_as_a_gaussian_of_its_shape_is():
    data = cube_of(slope=(0.0, 0.0), bend=0.0)
    fine = gpnb.WcsGeometry.create("83.63d 22.01d", width="3 deg", binsz="0.01 deg")
    shape = gpnb.GaussianSource("83.55d 21.95d", sigma="0.2 deg")
    template = gpnb.TemplateSource(gpnb.SkyMap(fine, shape.density(*(item for item in fine.lonlat))))
    one = gpnb.SkyModel(TRUE_GAUSS.spectral, template, name="t")
    smooth = Likelihood(data, TRUE_GAUSS.replace(spatial=shape))
    wanted, found = smooth.predict(smooth.start)[0], Likelihood(data, one).predict(np.array([2.3, 2.0]))[0]
    assert np.abs(found - wanted).max() < 1e-3 * wanted.max()


def test_the_place_of_a_template_is_fitted():
    geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="1.6 deg", binsz="0.04 deg")
    x, y = (np.arange(geom.nx) - (geom.nx - 1) / 2) * 0.04, (np.arange(geom.ny)[:, None] - (geom.ny - 1) / 2) * 0.04
    lopsided = np.exp(-0.5 * (x**2 + (y - x) ** 2) / 0.15**2) + 0.3 * np.exp(-0.5 * ((x - 0.3) ** 2 + y**2) / 0.06**2)
    spectrum = gpnb.PowerLaw(index=2.2, amplitude="6e-11 TeV-1 s-1 cm-2")
    template = gpnb.TemplateSource(gpnb.SkyMap(geom, lopsided), center="83.71d 22.06d").thaw("lon", "lat")
    truth = gpnb.SkyModel(spectrum, template, name="t")
    data = with_counts(cube_of(background=0.05), [truth])
    result = gpnb.fit(data, truth.replace(lon=83.63, lat=22.01, amplitude=3e-11, index=2.5))
    assert result.success, result.message
    assert np.abs(sigmas_off(result, [truth])).max() < 0.01
    moved = gpnb.fit(data, truth.freeze("index", "amplitude").replace(lon=83.6))
    assert moved.models.parameters["t.lon"].value == pytest.approx(83.71, abs=1e-3)


@pytest.mark.parametrize("source", [point, gauss], ids=["point", "gauss"])
def test_a_source_that_wanders_off_the_map_adds_nothing(source):
    likelihood = Likelihood(cube_of(width="1 deg", seed=1), source())
    theta = np.array(likelihood.start)
    without = likelihood.stat(np.where([name.endswith("amplitude") for name in likelihood.names], 0.0, theta))
    theta[likelihood.names.index(f"{source().name}.lat")] += 0.5  # in units of 10°
    assert likelihood.stat(theta) == pytest.approx(without)
    assert np.isfinite(likelihood.gradient(theta)).all()


def test_a_source_that_turns_out_flat_is_looked_at_with_more_harmonics():
    truth = gauss("83.6d 22.0d", sigma="0.3 deg", e=0.94, phi="20 deg").thaw("e", "phi").replace(amplitude=2e-10)
    data = with_counts(cube_of(background=0.05), [truth])
    result = gpnb.fit(data, truth.replace(e=0.5, phi=25))
    assert result.success, result.message
    assert np.abs(sigmas_off(result, [truth])).max() < 0.02


@pytest.mark.parametrize("phi", [0, 70, 90, 130])
def test_a_fit_that_starts_round_finds_the_direction(phi):
    """A round source has no direction, so that −2 ln L has no slope to follow there."""
    truth = gauss(sigma="0.2 deg", e=0.8, phi=f"{phi} deg").replace(amplitude=1e-10)
    data = with_counts(cube_of(width="2 deg"), [truth], 1)
    start, near = (item.freeze("index").thaw("e", "phi") for item in (truth.replace(e=0, phi=0), truth))
    found, wanted = gpnb.fit(data, start), gpnb.fit(data, near)
    assert found.success, found.message
    assert found.stat == pytest.approx(wanted.stat, abs=0.01)
    assert found.models.parameter("e").value == pytest.approx(wanted.models.parameter("e").value, abs=2e-3)
    turns = (found.models.parameter("phi").value - wanted.models.parameter("phi").value) / 180
    assert turns == pytest.approx(round(turns), abs=2e-3)
    assert -90 <= found.models.parameter("phi").value <= 90  # of where it started


@pytest.mark.parametrize(("seed", "known"), [(1, False), (2, True)])
def test_the_direction_of_a_round_source_is_not_constrained(seed, known):
    truth = gauss(sigma="0.2 deg").replace(amplitude=1e-10)
    data = with_counts(cube_of(), [truth], seed)
    result = gpnb.fit(data, truth.replace(e=0.3, phi=200).thaw("e", "phi"))
    phi = result.models.parameter("phi")
    assert 110 <= phi.value <= 290
    assert ("g.phi is not constrained" in result.message) == np.isnan(phi.error) == (not known)
    assert result.success == known
    for name in ("g.lon", "g.lat", "g.sigma", "g.amplitude"):
        assert result.models.parameter(name).error > 0, name
    round_one = gpnb.fit(data, truth)
    assert round_one.stat - result.stat < 12
    assert result.stat < round_one.stat + 1e-3


def test_sizes_beyond_what_can_be_looked_at_are_no_trap():
    """A step may go there, and comes back; a start may not."""
    cube = cube_of(width="1 deg", seed=2, models=[gauss()])
    likelihood = gpnb.Likelihood(cube, [gauss(), gpnb.BackgroundModel("cube")])
    theta, before = likelihood.start, likelihood.stat(likelihood.start)
    far = theta.copy()
    far[likelihood.names.index("g.sigma")] *= 1e6
    assert likelihood.stat(far) == np.inf
    assert likelihood.value(far) == np.inf
    assert likelihood.stat(theta) == pytest.approx(before, abs=1e-6)
    with pytest.raises(gpnb.FitError, match="too wide"):
        gpnb.fit(cube, gauss(sigma="1000 deg"))


@pytest.mark.parametrize("seed", [1, 7])
def test_a_size_of_nothing_has_an_upper_limit(seed):
    """Where the best extension is 0, the curvature promises nothing of how far the limit is."""
    truth = point().replace(amplitude="2e-10 TeV-1 s-1 cm-2").freeze("index")
    image = gpnb.to_image(cube_of(width="1 deg", seed=seed, models=[truth]), truth.spectral)
    models = [
        truth.replace(spatial=gpnb.GaussianSource("83.63d 22.01d", sigma="0.1 deg")),
        gpnb.BackgroundModel(image.name),
    ]
    result = gpnb.fit(image, models)
    assert result.models["p"].parameter("sigma").value == 0
    assert "p.sigma lies at its limit 0" in result.message
    limit = result.upper_limit("sigma")
    wide = gpnb.fit(image, [models[0].replace(sigma=limit).freeze("sigma"), models[1]])
    assert wide.stat - result.stat == pytest.approx(2.706, abs=0.01)
    assert 0.005 < limit.to_value("deg") < 0.05
