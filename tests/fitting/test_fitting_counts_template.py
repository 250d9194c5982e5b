"""Predicted counts in fits of cubes: on the same bins and on others, lopsided, empty in places, beyond the map."""

from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from made_cubes import ENERGY, cube_of, masked_edge, point, with_map
from test_fitting_cube_gradients import worst_slope

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.fitting.cube.counts_template import counts_on
from gpnb.fitting.likelihood import Likelihood

CENTER = SkyCoord("83.63d 22.01d")
FINE = gpnb.Axis.energy("0.5 TeV", "20 TeV", nbin=23)


def lopsided(x, y):
    """Counts a square degree and TeV at offsets (deg), steep to one side."""
    return 300 * np.exp(0.9 * x - 0.4 * y) * (1 + 0.5 * np.sin(2 * y))


def template_on(geom, center=CENTER):
    """The lopsided counts, E-2.5, on any geometry: integrals over pixels and energies."""
    x, y = (item.to_value("deg") for item in center.spherical_offsets_to(geom.coords.icrs))
    edges = geom.axis("energy").edge_values
    energy = (edges[:-1] ** -1.5 - edges[1:] ** -1.5) / 1.5
    area = geom.solid_angle * (180 / np.pi) ** 2
    return gpnb.SkyMap(geom, energy[:, None, None] * np.nan_to_num(lopsided(x, y) * area))


def without_background(dataset):
    return replace(dataset, background=None)


def galactic(width="5 deg", binsz="0.03 deg", axis=FINE, center="83.63d 22.01d"):
    return gpnb.WcsGeometry.create(center, width=width, binsz=binsz, frame="galactic", proj="CAR", axes=[axis])


def test_counts_alone_are_fitted_as_they_are():
    blank = without_background(cube_of())
    template = template_on(blank.geom)
    data = with_map(blank, np.random.default_rng(3).poisson(1.2 * template.data))
    result = gpnb.fit(data, gpnb.TemplateCounts(template))
    norm = result.models.parameter("counts.norm")
    total = data.counts.data.sum()
    assert norm.value == pytest.approx(total / template.data.sum(), rel=1e-6)
    assert norm.error == pytest.approx(norm.value / np.sqrt(total), rel=1e-3)
    assert result.message.endswith(".") or "does not reach" not in result.message
    likelihood = Likelihood(data, result.models)
    wanted = gpnb.stats.cash(data.counts.data, norm.value * template.data).sum()
    assert likelihood.stat(likelihood.start) == pytest.approx(wanted, abs=1e-6)


def test_counts_are_background_and_no_source():
    data = masked_edge(cube_of(), slice(30, 40))
    models = [point(), gpnb.TemplateCounts(template_on(data.geom), "cube").replace(norm=0.4, tilt=0.3)]
    both, alone = (Likelihood(data, given) for given in (models, models[:1]))
    assert both.predict(both.start)[0] == pytest.approx(alone.predict(alone.start)[0])
    factor = 0.4 * ENERGY.center_values[:, None, None] ** -0.3
    wanted = data.background.data + factor * models[1].map.data
    sources = both._sources.at(both.start)[0]
    assert both.blocks[0].backgrounds(sources)[0] == pytest.approx(wanted)
    mu = wanted + alone.predict(alone.start)[0]
    assert both.stat(both.start) == pytest.approx(gpnb.stats.cash(data.counts.data, mu)[data.usable].sum(), abs=0.02)
    assert both.asimov(both.start)[0].counts.data == pytest.approx(np.maximum(mu, 0))


def test_counts_on_other_pixels_and_energies_are_the_same_counts():
    geom = cube_of().geom
    found, covered = counts_on(template_on(galactic()), geom)
    assert covered.all()
    wanted = template_on(geom).data
    assert found.sum(axis=(1, 2)) == pytest.approx(wanted.sum(axis=(1, 2)), rel=3e-4)
    assert np.abs(found / wanted - 1).max() < 0.03
    coarse, _ = counts_on(template_on(galactic(binsz="0.25 deg")), geom)
    assert coarse.sum() == pytest.approx(wanted.sum(), rel=5e-3)
    assert np.abs(coarse / wanted - 1).max() < 0.25  # its own pixels are seen: nothing is made up within them


def test_no_count_is_lost_or_made_whatever_the_grids():
    """A narrow blob of counts in one corner, seen by pixels ten times larger and ten times smaller."""
    own = galactic(width="0.5 deg", binsz="0.05 deg", axis=ENERGY, center="84.2d 22.6d")
    counts = np.zeros(own.shape)
    counts[1:3, 1, 7:9] = [[3, 1], [10, 0.5]]
    for binsz in (0.5, 0.05, 0.007):
        geom = gpnb.WcsGeometry.create("83.8d 22.3d", width="2.5 deg", binsz=binsz * u.deg, axes=[ENERGY])
        found, covered = counts_on(gpnb.SkyMap(own, counts), geom)
        assert found.sum(axis=(1, 2)) == pytest.approx([0, 4, 10.5, 0], rel=1e-9)
        assert found.min() >= 0
        lon, lat = geom.lonlat
        middle = [(found[2] * item).sum() / 10.5 for item in (lon, lat)]
        lon, lat = own.coords.icrs.ra.deg, own.coords.icrs.dec.deg
        assert middle == pytest.approx([(counts[2] * item).sum() / 10.5 for item in (lon, lat)], abs=0.5 * binsz)
        assert not covered.all()


def test_a_part_of_a_map_is_the_map_there():
    geom = cube_of().geom
    whole = template_on(geom)
    part = whole.cutout("83.9d 22.4d", "1.2 deg")
    found, covered = counts_on(part, geom)
    assert found[covered] == pytest.approx(whole.data[covered], rel=1e-9)
    assert covered[0].sum() == part.geom.ny * part.geom.nx
    assert found[~covered].max() < 1e-9


def test_another_map_gives_the_norm_back_and_what_lies_beyond_is_told():
    blank = without_background(cube_of())
    template = template_on(galactic(width="2 deg"))
    truth = gpnb.TemplateCounts(template, "cube", name="t")
    likelihood = Likelihood(blank, truth)
    expected = likelihood.asimov(likelihood.start)[0]
    result = gpnb.fit(expected, truth.replace(norm=3).thaw("tilt"))
    assert result.models.parameter("t.norm").value == pytest.approx(1, abs=1e-4)
    assert result.models.parameter("t.tilt").value == pytest.approx(0, abs=1e-4)
    beyond = (~counts_on(template, blank.geom)[1]).sum()
    assert 0 < beyond < blank.usable.size
    assert f"the map of t does not reach {beyond} usable bins of cube" in result.message
    low = gpnb.Axis.energy("1 TeV", "4 TeV", nbin=3)
    narrow = gpnb.TemplateCounts(template_on(blank.geom.image().cube([low])), name="t")
    assert f"does not reach {2 * 75 * 75} usable bins" in gpnb.fit(expected, narrow).message


def test_counts_where_nothing_is_predicted_are_told():
    blank = without_background(cube_of())
    template = template_on(blank.geom).data
    template[3] = 0  # an energy without counts
    template[:, :20, 40:] = 0
    counts = np.random.default_rng(1).poisson(template)
    counts[3, 5, 5], counts[0, 3, 50] = 7, 2
    model = gpnb.TemplateCounts(gpnb.SkyMap(blank.geom, template))
    result = gpnb.fit(with_map(blank, counts), model)
    assert "9 counts of cube lie where nothing is predicted" in result.message
    assert result.models.parameter("counts.norm").value == pytest.approx((counts.sum() - 9) / template.sum())


def test_counts_that_no_bin_sees_are_refused():
    data = masked_edge(cube_of(), slice(0, 40))
    counts = np.zeros(data.geom.shape)
    counts[:, :, 10] = 1
    with pytest.raises(ArgumentError, match="predicts no counts in usable bins of cube"):
        gpnb.fit(data, [point(), gpnb.TemplateCounts(gpnb.SkyMap(data.geom, counts))])
    far = template_on(galactic(width="1 deg", center="120d 40d"), SkyCoord("120d 40d"))
    with pytest.raises(ArgumentError, match="predicts no counts"):
        gpnb.fit(data, gpnb.TemplateCounts(far))
    named = gpnb.TemplateCounts(template_on(data.geom), "other")
    with pytest.raises(ArgumentError, match="dataset 'other', but the cubes are called cube"):
        gpnb.fit(data, [point(), named])


def test_counts_belong_to_one_cube_or_to_all():
    one, two = (cube_of(seed=seed, name=name) for seed, name in ((1, "one"), (2, "two")))
    template = template_on(one.geom)
    alone = Likelihood(one, gpnb.TemplateCounts(template, "one"))
    beside = Likelihood([one, two], [gpnb.TemplateCounts(template, "one")])
    other = Likelihood(two, point().freeze("lon", "lat", "index"))
    held = gpnb.stats.cash(two.counts.data, two.background.data).sum()
    assert beside.stat(beside.start) == pytest.approx(alone.stat(alone.start) + held, abs=1e-6)
    every = Likelihood([one, two], gpnb.TemplateCounts(template))
    parts = [Likelihood(item, gpnb.TemplateCounts(template)) for item in (one, two)]
    assert every.stat(every.start) == pytest.approx(sum(item.stat(item.start) for item in parts), abs=1e-6)
    assert every.gradient(every.start) == pytest.approx(sum(item.gradient(item.start) for item in parts))
    assert other.names == ("p.amplitude",)


@pytest.mark.parametrize("models", [[], [point("83.70d 22.03d")], [point(), gpnb.BackgroundModel("cube")]])
def test_slopes_of_factors_on_counts(models):
    norm = gpnb.SkyNorm([82.2, 85.0, 82.2, 85.0, 83.6] * u.deg, [20.7, 20.7, 23.3, 23.3, 22.0] * u.deg)
    data = masked_edge(cube_of(seed=4), slice(0, 20))
    data = data if models else without_background(data)
    counts = gpnb.TemplateCounts(template_on(galactic("2.5 deg")), "cube", gpnb.PowerLawNorm().thaw("tilt"), name="t")
    assert worst_slope(data, [*models, counts], 5) < 1e-5
    counts = counts.replace(spatial=norm, spectral=gpnb.PowerLawNorm().freeze("norm").thaw("tilt"))
    assert worst_slope(data, [*models, counts], 6) < 1e-5
    held = counts.freeze(*(f"norm_{k}" for k in range(5))).replace(norm_3=1.5)
    assert worst_slope(data, [*models, held], 7) < 1e-5


def test_a_piecewise_norm_finds_the_energies_apart():
    blank = without_background(cube_of())
    template = template_on(blank.geom)
    truth = np.array([0.5, 2.0, 1.0, 1.5])
    data = with_map(blank, template.data * truth[:, None, None])
    norm = gpnb.PiecewiseNorm(ENERGY.center_values * u.TeV)
    result = gpnb.fit(data, gpnb.TemplateCounts(template, "cube", norm))
    assert result.values == pytest.approx(truth, rel=1e-4)


def test_counts_are_not_for_off_regions_nor_spectra():
    data = cube_of(seed=1)
    ring = replace(
        data,
        counts_off=data.counts,
        acceptance=gpnb.SkyMap(data.geom, np.ones(data.geom.shape)),
        acceptance_off=gpnb.SkyMap(data.geom, np.ones(data.geom.shape)),
    )
    counts = gpnb.TemplateCounts(template_on(data.geom))
    with pytest.raises(ArgumentError, match="measured in OFF regions"):
        gpnb.fit(ring, [point(), counts])
    assert gpnb.fit(ring, counts, statistic="cash").success
    true = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=4, name="energy_true")
    spectrum = gpnb.SpectrumDataset(ENERGY, true, [9, 4, 2, 1], [1e13] * 4, np.eye(4), "1 h", background=[1] * 4)
    with pytest.raises(ArgumentError, match="there is no cube"):
        gpnb.fit(spectrum, [point(), counts])
    both = Likelihood([spectrum, data], [point(), counts])
    parts = Likelihood(spectrum, point()), Likelihood(data, [point(), counts])
    assert both.stat(both.start) == pytest.approx(sum(item.stat(item.start) for item in parts), abs=1e-6)
