"""Predictions of cubes, what they leave of the counts, and spectra of regions."""

from dataclasses import replace

import numpy as np
import pytest
from made_cubes import TRUE, cube_of, gauss, masked_edge, point, with_map

import gpnb
from gpnb.stats import residual_significance

REGION = "icrs; circle(83.63, 22.01, 0.15)"


@pytest.fixture(scope="module")
def cube():
    return cube_of(width="1.6 deg", models=[point()], seed=1)


def held(model):
    return model.freeze(*model.parameters)


def test_all_is_the_sum_of_its_parts(cube):
    models = gpnb.Models([held(point()), gauss(), gpnb.BackgroundModel("cube").replace(norm=1.2)])
    parts = [gpnb.predict(cube, models, name).data for name in models.names]
    assert gpnb.predict(cube, models).data == pytest.approx(np.sum(parts, axis=0))
    assert parts[2] == pytest.approx(1.2 * cube.background.data)
    assert gpnb.predict(cube, []).data == pytest.approx(cube.background.data)
    assert gpnb.predict(cube, models[:1]).data == pytest.approx(cube.background.data + parts[0])


def test_predictions_are_those_of_the_likelihood(cube):
    likelihood = gpnb.Likelihood(cube, point())
    found = gpnb.predict(cube, held(point()), source="p")
    assert found.data == pytest.approx(likelihood.predict(likelihood.start)[0])
    assert found.recipe.kwargs["source"] == "p"


def test_links_are_followed_and_results_taken(cube):
    models = gpnb.Models([point(), gauss()]).link("g.index", "p.index").replace({"p.index": 3.0})
    alone = gpnb.Models([gauss().replace(index=3.0)])
    assert gpnb.predict(cube, models, "g").data == pytest.approx(gpnb.predict(cube, alone, "g").data)
    result = gpnb.fit(cube, point().freeze("lon", "lat"))
    assert gpnb.predict(cube, result).data == pytest.approx(gpnb.predict(cube, result.models).data)


def test_counts_that_are_added_are_told_apart_from_the_background(cube):
    map_ = gpnb.SkyMap(cube.geom, np.full(cube.geom.shape, 0.01))
    models = [point(), gpnb.TemplateCounts(map_, "cube", name="stars")]
    assert gpnb.predict(cube, models, "stars").data == pytest.approx(map_.data)
    assert gpnb.predict(cube, models).data == pytest.approx(gpnb.predict(cube, models[:1]).data + 0.01)


def test_backgrounds_of_other_cubes_of_a_joint_fit_are_left_out(cube):
    other = gpnb.BackgroundModel("other").replace(norm=3.0)
    models = [point(), gpnb.BackgroundModel("cube"), other]
    assert gpnb.predict(cube, models).data == pytest.approx(gpnb.predict(cube, models[:2]).data)
    with pytest.raises(gpnb.ArgumentError, match="the cubes are called cube"):
        gpnb.predict(cube, [point(), other])


def test_what_cannot_be_predicted_is_told(cube):
    with pytest.raises(gpnb.ArgumentError, match="must be one of p"):
        gpnb.predict(cube, point(), source="q")
    with pytest.raises(gpnb.ArgumentError, match="MapDataset"):
        gpnb.predict(gpnb.to_spectrum(cube, REGION), point())
    with pytest.raises(gpnb.SelectionError, match="no energy dispersion"):
        gpnb.predict(replace(cube, edisp=None), point())
    with pytest.raises(gpnb.ArgumentError, match="no spatial model"):
        gpnb.predict(cube, gpnb.PowerLaw())
    with pytest.raises(gpnb.ArgumentError, match="kind="):
        gpnb.residual_map(cube, point(), kind="squares")


def test_nothing_is_predicted_of_a_source_far_away(cube):
    assert gpnb.predict(cube, point("120d 22d"), "p").data.sum() == 0


def test_faked_counts_scatter_about_what_is_expected(cube):
    expected = gpnb.predict(cube, point()).data
    one, two, again = (gpnb.fake(cube, point(), seed=seed) for seed in (1, 2, 1))
    assert (one.counts.data == again.counts.data).all()
    assert (one.counts.data != two.counts.data).any()
    total = expected.sum()
    assert abs(one.counts.data.sum() - total) < 4 * np.sqrt(total)
    assert gpnb.asimov(cube, point()).counts.data == pytest.approx(expected, rel=1e-6)
    assert one.recipe.kwargs["seed"] == 1


def test_spectra_are_faked_too(cube):
    spectrum = gpnb.to_spectrum(cube, REGION)
    model = gpnb.PowerLaw(index=2.3, amplitude="5e-12 TeV-1 s-1 cm-2")
    wanted = gpnb.simulate_spectrum(spectrum, model, 3).counts
    assert gpnb.fake(spectrum, model, seed=3).counts == pytest.approx(wanted)
    signal = spectrum.predict(model.integral_bins(TRUE.edge_values))
    assert gpnb.asimov(spectrum, model).counts == pytest.approx(signal + spectrum.background)


def test_counts_of_a_measured_background_are_not_made_up(cube):
    ring = replace(cube, counts_off=cube.counts, acceptance=cube.counts, acceptance_off=cube.counts)
    with pytest.raises(gpnb.ArgumentError, match="share their events"):
        gpnb.fake(ring, point())
    with pytest.raises(gpnb.ArgumentError, match="Fewer than no counts"):
        gpnb.fake(cube, point().replace(amplitude="-1e-10 TeV-1 s-1 cm-2"))


@pytest.mark.parametrize("kind", ["difference", "sqrt"])
def test_an_asimov_cube_leaves_nothing(cube, kind):
    found = gpnb.residual_map(gpnb.asimov(cube, point()), point(), kind)
    assert np.abs(found.data).max() < 1e-4
    assert not found.geom.axes


def test_residuals_are_those_of_circles(cube):
    mu = gpnb.predict(cube, point()).data.sum(axis=0)
    n = cube.counts.data.sum(axis=0)
    found = gpnb.residual_map(cube, point(), "difference", radius="0.001 deg")
    assert found.data == pytest.approx(n - mu, abs=1e-6)
    near = cube.geom.image().separation(cube.geom.coords[20, 20]) <= 0.2
    significance = gpnb.residual_map(cube, point(), radius="0.2 deg")
    assert mu[near].sum() > 10
    assert significance.data[20, 20] == pytest.approx(float(residual_significance(n[near].sum(), mu[near].sum())))


def test_what_is_not_usable_is_not_compared(cube):
    dark = masked_edge(cube, slice(0, 10))
    found = gpnb.residual_map(dark, point(), radius="0.05 deg")
    assert np.isnan(found.data[:, :10]).all()
    assert np.isfinite(found.data[:, 10:]).all()
    counts = cube.counts.data.copy()
    counts[:, :, :10] = 1000
    assert gpnb.residual_map(with_map(dark, counts), point(), radius="0.05 deg").data[:, 10:] == pytest.approx(
        found.data[:, 10:]
    )


def test_a_map_with_hardly_a_count_says_nothing():
    bare = cube_of(width="0.8 deg", background=1e-4)
    assert np.isnan(gpnb.residual_map(bare, []).data).all()
    assert np.isfinite(gpnb.residual_map(bare, [], "difference").data).all()


def significances(background, seeds, width="8 deg"):
    """Of a true model; from hardly a count a pixel to two. Where few are expected circles grow until 10 are."""
    bare = cube_of(width=width, binsz="0.08 deg", background=background, slope=(0, 0), bend=0)
    return [gpnb.residual_map(gpnb.fake(bare, [], seed=seed), [], radius="0.01 deg").data for seed in range(seeds)]


@pytest.mark.parametrize("background", [0.3, 1.0])
def test_residual_significances_are_like_a_gaussian(background):
    found = significances(background, 8)
    assert np.mean(found) == pytest.approx(0, abs=0.06)
    assert np.std(found) == pytest.approx(1, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize("background", [0.1, 1.0, 20.0])
def test_residual_significances_have_mean_0_and_width_1(background):
    found = significances(background, 20, "16 deg")
    assert np.mean(found) == pytest.approx(0, abs=0.02)
    assert np.std(found) == pytest.approx(1, abs=0.02)


def test_the_root_of_few_counts_has_mean_0_and_width_1():
    from scipy.stats import poisson

    n = np.arange(200)
    for mu in (5.0, 10.0, 30.0):
        chance, root = poisson.pmf(n, mu), residual_significance(n, mu)
        mean = (chance * root).sum()
        assert mean == pytest.approx(0, abs=0.01)
        assert np.sqrt((chance * (root - mean) ** 2).sum()) == pytest.approx(1, abs=0.021)
    assert np.isnan(residual_significance(1, 0.0))


def test_a_measured_background_counts_with_its_error():
    """W: with as many OFF counts the residual is less significant by the square root of two."""
    cube = cube_of(width="1.2 deg", background=4.0)
    counts = np.full(cube.geom.shape, 8.0)

    def flat(value):
        return gpnb.SkyMap(cube.geom, np.full(cube.geom.shape, value))

    cube = replace(
        with_map(cube, counts),
        background=flat(4.0),
        counts_off=flat(4.0),
        acceptance=flat(1.0),
        acceptance_off=flat(1.0),
    )
    found = gpnb.residual_map(cube, held(point().replace(amplitude=0.0)), radius="0.01 deg").data[15, 15]
    assert found == pytest.approx(float(gpnb.stats.lima(32, 16, 1.0)))
    rows = gpnb.residual_spectrum(cube, held(point().replace(amplitude=0.0)), REGION)
    pixels = int(cube.geom.region_mask(REGION).data.sum())
    assert rows["counts"][0] == 8 * pixels
    assert rows["significance"][0] == pytest.approx(float(gpnb.stats.lima(8 * pixels, 4, pixels)))


def test_the_spectrum_of_a_region(cube):
    table = gpnb.residual_spectrum(cube, [point(), gpnb.BackgroundModel("cube")], REGION)
    inside = cube.geom.region_mask(REGION).data
    assert np.asarray(table["counts"]) == pytest.approx(cube.counts.data[:, inside].sum(axis=1))
    assert np.asarray(table["p"] + table["background"]) == pytest.approx(np.asarray(table["predicted"]))
    assert np.asarray(table["residual"]) == pytest.approx(np.asarray(table["counts"] - table["predicted"]))
    for group in set(table["group"]):
        rows = table[table["group"] == group]
        assert rows["predicted"].sum() >= 10 or len(set(table["group"])) == 1
        wanted = residual_significance(rows["counts"].sum(), rows["predicted"].sum())
        assert rows["significance"][0] == pytest.approx(float(wanted))


def test_a_region_with_few_or_no_usable_counts(cube):
    few = gpnb.residual_spectrum(cube, [], "icrs; circle(83.63, 22.01, 0.03)")
    assert few["group"].tolist() == [-1] * 4
    assert np.isnan(few["significance"]).all()
    none = gpnb.residual_spectrum(cube.masked(np.ones(cube.geom.shape, dtype=bool)), [], REGION)
    assert none["counts"].sum() == 0
    with pytest.raises(gpnb.SelectionError, match="no pixel"):
        gpnb.residual_spectrum(cube, [], "icrs; circle(10, 10, 0.1)")


def pixels_of(cube, model, region):
    return gpnb.predict(cube, model, model.name).data[:, cube.geom.region_mask(region).data].sum(axis=1)


@pytest.mark.parametrize(
    "region",
    [
        "icrs; circle(83.63, 22.01, 0.1)",
        "icrs; circle(83.645, 22.023, 0.06)",
        "icrs; ellipse(83.63, 22.01, 0.2, 0.1, 30)",
        "icrs; box(83.63, 22.01, 0.5, 0.3, 0)",
        "galactic; circle(184.557, -5.785, 0.1)",
    ],
)
@pytest.mark.parametrize("masked", [False, True])
def test_a_spectrum_expects_what_the_cube_does_in_its_pixels(region, masked):
    from gpnb.core.sky_regions import to_regions

    cube = cube_of(width="1.6 deg", slope=(0.4, -0.5))
    if masked:
        bins = np.zeros(cube.geom.shape, dtype=bool)
        bins[1:3, :, :20] = True
        bins[3] = True
        cube = cube.masked(bins)
    place = to_regions(region)[0].center
    model = point(place)
    spectrum = gpnb.to_spectrum(cube, region)
    inside = cube.geom.region_mask(region).data
    expected = gpnb.predict(cube, model, "p").data[:, inside]
    wanted = np.where(cube.usable[:, inside], expected, 0).sum(axis=1)
    found = spectrum.predict(model.spectral.integral_bins(TRUE.edge_values))
    assert found == pytest.approx(wanted, rel=1e-3, abs=1e-4 * wanted.max())
    assert spectrum.usable.tolist() == [True, True, True, not masked]
    assert spectrum.counts == pytest.approx(
        np.where(cube.usable[:, inside], cube.counts.data[:, inside], 0).sum(axis=1)
    )


def test_an_extended_source_and_a_mean(cube):
    model, region = gauss(), "icrs; circle(83.63, 22.01, 0.3)"
    spectrum = gpnb.to_spectrum(cube, region, containment=model.spatial)
    found = spectrum.predict(model.spectral.integral_bins(TRUE.edge_values))
    assert found == pytest.approx(pixels_of(cube, model, region), rel=0.01)
    mean = gpnb.to_spectrum(cube, region, containment=False)
    inside = cube.geom.region_mask(region).data
    assert mean.exposure == pytest.approx(cube.exposure.data[:, inside].mean(axis=1))
    with pytest.raises(gpnb.ArgumentError, match="containment="):
        gpnb.to_spectrum(cube, region, containment=2)


def test_the_spectrum_of_the_crab_is_that_of_its_runs(demo):
    """Same events, background of a ring: counts to the pixel, flux to a per cent."""
    runs = demo.select(target="Crab")
    energy = gpnb.Axis.energy("1 TeV", "20 TeV", nbin=5)
    true = gpnb.Axis.energy("0.4 TeV", "50 TeV", nbin=40, name="energy_true")
    geom = gpnb.WcsGeometry.create("83.6333d 22.0145d", width="4 deg", binsz="0.02 deg", axes=[energy])
    region = "icrs; circle(83.6333, 22.0145, 0.2)"
    cube = gpnb.reduce_map(runs, geom, true, background="ring", exclusion="icrs; circle(83.6333, 22.0145, 0.4)")
    found = gpnb.to_spectrum(cube, region)
    wanted = gpnb.reduce_spectrum(runs, region, energy, true).stack()
    assert found.counts.sum() == pytest.approx(wanted.counts.sum(), rel=0.01)
    assert found.livetime == wanted.livetime
    assert set(found.obs_ids) == set(wanted.obs_ids)
    assert found.exposure == pytest.approx(wanted.exposure, rel=0.01)
    model = gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2")
    one, two = gpnb.fit(found, model), gpnb.fit(wanted, model)
    assert np.abs((one.values - two.values) / two.errors).max() < 0.2
