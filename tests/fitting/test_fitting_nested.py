"""Tests of nested models: degrees of freedom, limits, sources that are not there, and what is expected beforehand."""

from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u
from made_cubes import cube_of, gauss, point, with_counts
from scipy import stats

import gpnb
from gpnb.stats import lima, ts_p_value

pytestmark = pytest.mark.long

ENERGY = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=4)
TRUE = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=4, name="energy_true")
BACKGROUND = gpnb.BackgroundModel("cube")
FLAT = gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2").freeze("index")


def spectrum(counts=(60, 20, 7, 3), exposure=3e13, **background):
    """Bins without dispersion."""
    return gpnb.SpectrumDataset(
        ENERGY, TRUE, counts, np.full(4, exposure), np.eye(4), "1 h", **background or {"background": [40, 12, 4, 1]}
    )


@pytest.fixture(scope="module")
def cube():
    return cube_of(width="2 deg", seed=1, models=[gauss(sigma="0.1 deg"), point("83.3d 22.2d")])


@pytest.fixture(scope="module")
def extended(cube):
    return gpnb.fit(cube, [gauss(), BACKGROUND])


@pytest.fixture(scope="module")
def pointlike(cube):
    shape = gpnb.PointSource("83.63d 22.01d")
    return gpnb.fit(cube, [gauss().replace(spatial=shape), BACKGROUND])


def test_an_extension_starts_at_its_limit(extended, pointlike):
    test = pointlike.compare(extended)
    assert (test.dof, test.bounded, test.note) == (1, 1, "")
    assert test.ts > 10
    assert test.significance == pytest.approx(np.sqrt(test.ts), rel=1e-9)
    small = replace(extended, stat=pointlike.stat - 3.0)
    assert pointlike.compare(small).p == pytest.approx(stats.chi2.sf(3.0, 1) / 2)
    assert pointlike.compare(small, bounded=0).p == pytest.approx(stats.chi2.sf(3.0, 1))
    with pytest.raises(gpnb.ArgumentError, match="bounded=2"):
        pointlike.compare(small, bounded=2)


def test_what_was_frozen_at_its_limit_starts_there(cube, extended):
    test = extended.compare(gpnb.fit(cube, [gauss(e=0.3).thaw("e", "phi"), BACKGROUND]))
    assert (test.dof, test.bounded) == (2, 1)
    assert test.p == pytest.approx(float(ts_p_value(test.ts, 2, 1)))


@pytest.mark.parametrize(("low", "bounded"), [(-np.inf, 0), (0.0, 1), (-1e-12, 0)])
def test_a_further_source_that_may_not_be_negative_starts_at_its_limit(cube, extended, low, bounded):
    further = point("83.2d 22.3d").freeze("lon", "lat", "index").bound("amplitude", low, np.inf)
    rich = gpnb.fit(cube, [gauss(), further, BACKGROUND])
    test = rich.compare(extended)
    assert (test.dof, test.bounded) == (1, bounded)
    table = gpnb.source_ts(rich)
    assert table["source"].tolist() == ["g", "p"]
    assert table["bounded"].tolist() == [0, bounded]
    assert table["ts"][1] == pytest.approx(test.ts, abs=1e-3)
    assert table["p"][1] == pytest.approx(test.p, rel=0.02)


def test_the_shape_of_a_source_that_is_not_there_means_nothing(cube, extended):
    test = gpnb.fit(cube, [gauss(), point("83.3d 22.2d").freeze("lon", "lat"), BACKGROUND]).compare(extended)
    assert test.note == "there is no index where p is absent, so that p is rough"


def test_curved_spectra_start_nowhere_in_particular():
    data = spectrum()
    simple = gpnb.fit(data, gpnb.PowerLaw(index=2))
    curved = gpnb.fit(
        data, gpnb.LogParabola(alpha=2, beta=0.1).bound("alpha", 0, 5).freeze("amplitude").thaw("amplitude")
    )
    assert curved.compare(simple).bounded == 0
    cut = gpnb.fit(data, gpnb.ExpCutoffPowerLaw(index=1.5, lambda_=0.1).bound("lambda_", 0, 5))
    assert cut.compare(simple).bounded == 1
    free = gpnb.fit(data, gpnb.ExpCutoffPowerLaw(index=1.5, lambda_=0.1).bound("lambda_", -5, 5))
    assert free.compare(simple).bounded == 0


def test_what_is_frozen_in_the_larger_model_alone_is_refused():
    data = spectrum()
    steep = gpnb.fit(data, gpnb.PowerLaw(index=2).freeze("amplitude"))
    curved = gpnb.fit(data, gpnb.ExpCutoffPowerLaw(index=2.5, lambda_=0.1).freeze("index"))
    with pytest.raises(gpnb.ArgumentError, match="index is free in the simpler model and frozen in the larger"):
        steep.compare(curved)


def test_sources_that_the_larger_model_lacks_are_told():
    data = spectrum()
    one = gpnb.fit(data, gpnb.SkyModel(FLAT, name="a"))
    other = gpnb.fit(data, gpnb.SkyModel(gpnb.PowerLaw(), name="b"))
    assert other.compare(one).note.startswith("only the simpler model has a")


def test_rounding_is_no_worse_fit():
    data = spectrum()
    simple, rich = gpnb.fit(data, FLAT), gpnb.fit(data, FLAT.thaw("index"))
    near, worse = (replace(rich, stat=simple.stat + more) for more in (1e-4, 1.0))
    assert (simple.compare(near).ts, simple.compare(near).p, simple.compare(near).note) == (0.0, 1.0, "")
    assert "fits worse" in simple.compare(worse).note
    assert simple.compare(worse).p == 1
    with pytest.raises(gpnb.ArgumentError, match="neither is nested"):
        simple.compare(simple)


def test_failed_fits_are_told():
    data = spectrum()
    failed = replace(gpnb.fit(data, FLAT.thaw("index")), success=False, faults=("went astray",), stat=np.nan)
    test = gpnb.fit(data, FLAT).compare(failed)
    assert "went astray" in test.note
    assert np.isnan(test.p)
    assert np.isnan(test.significance)


@pytest.mark.parametrize(
    "other",
    [
        {"background": [41, 12, 4, 1]},
        {"counts_off": [200, 60, 20, 5], "acceptance_off": 5},
    ],
)
def test_other_backgrounds_are_other_data(other):
    with pytest.raises(gpnb.ArgumentError, match="different data"):
        gpnb.fit(spectrum(), FLAT).compare(gpnb.fit(spectrum(**other), FLAT.thaw("index"), statistic="cash"))


def test_each_source_is_tested_with_the_others_fitted_anew(cube, extended):
    """Also where another source is negative, so that without the first fewer than no counts would be predicted."""
    further = point("83.75d 22.0d").freeze("lon", "lat", "index")
    both = gpnb.fit(cube, [gauss(), further, BACKGROUND])
    alone = gpnb.fit(cube, [further, BACKGROUND])
    assert both.models["p"].parameter("amplitude").value < 0
    table = gpnb.source_ts(both)
    assert table["ts"].tolist() == pytest.approx([alone.stat - both.stat, extended.stat - both.stat], abs=1e-3)
    assert table["dof"].tolist() == [5, 1]
    assert "lon, lat, sigma where g is absent" in table["note"][0]
    with pytest.raises(gpnb.ArgumentError, match="source_ts"):
        both.ts  # noqa: B018


def test_what_another_source_is_linked_to_stays_free():
    """Without its source, the index that both share is that of the other alone."""
    data = spectrum(counts=(90, 20, 7, 2))
    first = gpnb.SkyModel(gpnb.PowerLaw(index=2, amplitude="3e-13 TeV-1 s-1 cm-2"), name="a")
    second = gpnb.SkyModel(gpnb.PowerLaw(index=2, amplitude="3e-13 TeV-1 s-1 cm-2") * gpnb.PowerLawNorm(), name="b")
    second = second.freeze(*[name for name in second.parameters if not name.endswith("index")])
    models = gpnb.Models([first, second.thaw("amplitude").bound("amplitude", 3e-14, 1)]).link("b.index", "a.index")
    result = gpnb.fit(data, models)
    alone = gpnb.fit(data, second.thaw("amplitude", "index"))
    row = gpnb.source_ts(result)[0]
    assert row["dof"] == 1
    assert row["ts"] == pytest.approx(max(alone.stat - result.stat, 0), abs=1e-3)


def test_a_norm_that_sources_share_is_of_none():
    models = gpnb.Models([gpnb.SkyModel(FLAT, name=name) for name in "ab"]).link("b.amplitude", "a.amplitude")
    table = gpnb.source_ts(gpnb.fit(spectrum(), models))
    assert np.isnan(table["ts"]).all()
    assert all("thaw its amplitude" in note for note in table["note"])


def test_a_source_that_vanished_adds_nothing():
    result = gpnb.fit(spectrum(counts=(20, 6, 2, 0)), FLAT.bound("amplitude", 0, 1))
    row = gpnb.source_ts(result)[0]
    assert (row["ts"], row["p"], row["significance"]) == (0, 1, 0)
    assert row["note"].startswith("a fit had no success")
    assert result.ts == 0


def test_nothing_is_tested_where_there_is_no_source(cube):
    assert len(gpnb.source_ts(gpnb.fit(cube, BACKGROUND))) == 0


def test_expected_test_statistic_of_a_known_background():
    """In one bin, 2 [(s + b) ln(1 + s/b) − s]."""
    data, b = spectrum(), np.array([40, 12, 4, 1])
    s = gpnb.Likelihood(data, FLAT).predict([1.0])[0]
    test = gpnb.ts_asimov(data, FLAT)
    assert test.ts == pytest.approx(2 * np.sum((s + b) * np.log1p(s / b) - s), abs=1e-6)
    assert (test.dof, test.bounded) == (1, 0)
    assert gpnb.ts_asimov(data, FLAT.bound("amplitude", 0, 1)).bounded == 1


@pytest.mark.parametrize("off", [(200, 60, 20, 5), (200, 0, 3, 0)])
def test_expected_test_statistic_of_a_measured_background(off):
    """In one bin, Li & Ma's with the counts that are expected; without an OFF count too."""
    data = spectrum(counts_off=off, acceptance_off=5)
    s, m = gpnb.Likelihood(data, FLAT).predict([1.0])[0], np.array(off)
    expected = np.sum(lima(s + m / 5, m, 0.2) ** 2)
    assert gpnb.ts_asimov(data, FLAT, statistic="wstat").ts == pytest.approx(expected, abs=1e-6)


def test_expected_test_statistic_is_the_median_of_simulations():
    data, rich = spectrum(exposure=1e14, background=[80, 24, 8, 2]), FLAT.thaw("index")
    expected = gpnb.ts_asimov(data, rich, FLAT.replace(index=2.4)).ts
    found = []
    for seed in range(100):
        counts = gpnb.simulate_spectrum(data, rich, seed)
        found.append(gpnb.fit(counts, FLAT.replace(index=2.4)).stat - gpnb.fit(counts, rich).stat)
    spread = 1.25 * np.std(found) / np.sqrt(len(found))
    assert abs(np.median(found) - expected) < 3 * spread
    assert 2 < expected < 100


def test_expected_extension(cube):
    wide, narrow = (gpnb.Models([item, BACKGROUND]) for item in (gauss(sigma="0.1 deg"), point().replace(name="g")))
    test = gpnb.ts_asimov(cube, wide, narrow)
    assert (test.dof, test.bounded) == (1, 1)
    mean = with_counts(cube, [gauss(sigma="0.1 deg")])
    assert test.ts == pytest.approx(gpnb.fit(mean, narrow).stat - gpnb.fit(mean, wide).stat, abs=1e-3)
    scaled = gpnb.ts_asimov(cube, [gauss(), BACKGROUND.replace(norm=2.0)])
    assert scaled.ts < gpnb.ts_asimov(cube, [gauss(), BACKGROUND]).ts


def test_a_factor_on_the_sky_is_part_of_what_is_expected():
    cube = cube_of(background=0.3)
    factor = gpnb.SkyNorm([83.0, 84.2, 83.0, 84.2] * u.deg, [21.4, 21.4, 22.6, 22.6] * u.deg, [1.0, 3.0, 1.0, 3.0])
    factor = factor.freeze(*factor.names)
    likelihood = gpnb.Likelihood(cube, [gauss(), gpnb.BackgroundModel("cube", spatial=factor).replace(norm=1.5)])
    expected = likelihood.asimov(likelihood.start)[0].counts.data
    background = 1.5 * cube.background.data * factor.on(cube.geom.image())
    assert expected == pytest.approx(likelihood.predict(likelihood.start)[0] + background)
    assert background.max() / cube.background.data.max() > 3


def test_what_has_no_counts_or_fewer_than_none_is_refused(points):
    with pytest.raises(gpnb.ArgumentError, match="holds no counts"):
        gpnb.ts_asimov(points, FLAT)
    with pytest.raises(gpnb.ArgumentError, match="Fewer than no counts"):
        gpnb.ts_asimov(spectrum(), FLAT.replace(amplitude=-1e-11))
    with pytest.raises(gpnb.ArgumentError, match="several models"):
        gpnb.ts_asimov(spectrum(), [gpnb.SkyModel(FLAT, name=name) for name in "ab"])
    with pytest.raises(gpnb.ArgumentError, match="neither is nested"):
        gpnb.ts_asimov(spectrum(), FLAT, FLAT)


@pytest.fixture
def points():
    data = spectrum()
    return gpnb.FluxPointsDataset(gpnb.flux_points(data, gpnb.fit(data, FLAT), ENERGY.edges))


def test_sources_that_are_not_there_follow_the_mixture():
    """Half of them stay at 0, and the others are as chi square has it."""
    data = spectrum(exposure=1e14, background=[400, 120, 40, 10])
    nothing = FLAT.replace(amplitude=0.0)
    found = []
    for seed in range(200):
        counts = gpnb.simulate_spectrum(data, nothing, seed)
        found.append(gpnb.source_ts(gpnb.fit(counts, FLAT.bound("amplitude", 0, 1)))["p"][0])
    found = np.array(found)
    assert np.mean(found == 1) == pytest.approx(0.5, abs=0.11)
    for level in (0.3, 0.1, 0.05):
        assert np.mean(found <= level) == pytest.approx(level, abs=3 * np.sqrt(level / 200))


@pytest.mark.slow
def test_extensions_of_points_follow_the_mixture():
    """Of a source with 300 photons; with thirty, two thirds of the sizes stay at 0."""
    blank, flux = cube_of(width="2 deg"), "5e-11 TeV-1 s-1 cm-2"
    source, shape = (item.replace(name="p", amplitude=flux) for item in (point(), gauss(sigma="0.03 deg")))
    found = []
    for seed in range(300):
        cube = with_counts(blank, [source], seed)
        simple, wide = gpnb.fit(cube, [source, BACKGROUND]), gpnb.fit(cube, [shape, BACKGROUND])
        found.append(simple.compare(wide).p)
    found = np.array(found)
    assert np.mean(found > 0.45) == pytest.approx(0.55, abs=0.09)
    for level in (0.3, 0.1, 0.05):
        assert np.mean(found <= level) == pytest.approx(level, abs=3 * np.sqrt(level / 300))
