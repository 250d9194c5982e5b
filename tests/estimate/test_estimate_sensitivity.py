"""The faintest sources that are detected, the time that takes, and the errors of a fit: against likelihoods."""

from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u
from made_cubes import cube_of, masked_edge, point

import gpnb
from gpnb.core.replay import replay
from gpnb.datasets.livetime import live_seconds, stretched
from gpnb.stats import matching_excess

ENERGY = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=4)
TRUE = gpnb.Axis.energy("0.5 TeV", "200 TeV", nbin=20, name="energy_true")
FLAT = gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2").freeze("index")


def blurred():
    return np.diff(1 / (1 + np.exp(-np.log(ENERGY.edge_values / TRUE.center_values[:, None]) / 0.08)), axis=1)


def spectrum(background=(300, 10, 1e-2, 1e5), name="known", **given):
    """One of each kind: many counts, few, hardly any, so many that what is known of them rules."""
    given = given or {"background": background}
    return gpnb.SpectrumDataset(ENERGY, TRUE, np.zeros(4), np.full(20, 1e13), blurred(), "10 h", name=name, **given)


def measured(off=(300, 10, 0, 4), alpha=0.2):
    return spectrum(counts_off=np.asarray(off, float), acceptance=alpha, acceptance_off=1.0, name="measured")


def cube_without_counts(**given):
    return cube_of(width="1.6 deg", counts=np.zeros((4, 40, 40)), **given)


def lone(model):
    """A source of which the norm alone is free."""
    return model.freeze(*(name for name in model.parameters if not name.endswith("amplitude")))


def test_each_bin_is_ruled_by_what_asks_for_most():
    found = gpnb.sensitivity(spectrum())
    assert found["criterion"].tolist() == ["significance", "significance", "counts", "systematics"]
    excess = [*matching_excess(5, [300, 10]), 10, 5e3]
    assert found["excess"] == pytest.approx(excess)
    signal = spectrum().predict(FLAT.integral_bins(TRUE.edge_values))
    assert found["norm"] == pytest.approx(excess / signal)
    center = ENERGY.center_values * u.TeV
    expected = (excess / signal * FLAT(center) * center**2).to_value("erg cm-2 s-1")
    assert found["e2dnde"].unit == u.Unit("erg cm-2 s-1")
    assert np.asarray(found["e2dnde"]) == pytest.approx(expected)
    assert np.asarray(found["flux"]) == pytest.approx(excess / signal * FLAT.integral_bins(ENERGY.edge_values))


def test_demands_may_be_others():
    found = gpnb.sensitivity(spectrum(), significance=3, min_counts=0, systematics=0)
    assert found["excess"] == pytest.approx(matching_excess(3, [300, 10, 1e-2, 1e5]))
    assert set(found["criterion"]) == {"significance"}


def test_measured_backgrounds_are_those_of_li_and_ma():
    found = gpnb.sensitivity(measured(), min_counts=0, systematics=0)
    off = np.array([300, 10, 0, 4])
    assert found["excess"] == pytest.approx(matching_excess(5, 0.2 * off, 0.2), rel=1e-6)
    assert np.asarray(found["background"]) == pytest.approx(0.2 * off)


def test_the_norm_of_the_spectrum_does_not_matter():
    one, two = (gpnb.sensitivity(measured(), gpnb.PowerLaw(index=2.5, amplitude=size)) for size in (0.0, 1.0))
    assert np.asarray(one["e2dnde"]) == pytest.approx(np.asarray(two["e2dnde"]))


@pytest.mark.parametrize("data", [spectrum((300, 10, 0.5, 0.1)), measured()], ids=["known", "measured"])
def test_a_source_at_the_integral_limit_is_expected_with_that_significance(data):
    limits = gpnb.sensitivity(data, FLAT, integral=True, min_counts=0, systematics=0)
    for place in (0, 2):
        model = FLAT.replace(amplitude=float(limits["norm"][place]) * 1e-12)
        above = data.restrict((f"{limits['e_min'][place]} TeV", None))
        assert gpnb.ts_asimov(above, model).significance == pytest.approx(5, abs=1e-3)
    assert np.asarray(limits["flux"])[1] == pytest.approx(
        limits["norm"][1] * FLAT.integral(limits["e_min"][1] * u.TeV, "100 TeV").value
    )
    assert np.all(np.asarray(limits["e_max"]) == 100)


@pytest.mark.parametrize("where", [None, "84.1d 22.3d", "83.63d 22.78d"], ids=["middle", "aside", "at the rim"])
def test_a_point_in_a_cube_is_expected_with_that_significance(where):
    cube = masked_edge(cube_without_counts(), slice(0, 3))
    limits = gpnb.sensitivity(
        cube, gpnb.PowerLaw(index=2.3), position=where, integral=True, min_counts=0, systematics=0
    )
    center = cube.geom.center if where is None else where
    source = lone(point(center).replace(index=2.3, amplitude=float(limits["norm"][0]) * 1e-12))
    assert gpnb.ts_asimov(cube, source).significance == pytest.approx(5, abs=2e-3)


def test_halves_of_an_observation_are_the_whole():
    data = measured()
    halves = [replace(item, name=name) for name in "ab" for item in stretched([data], "5 h")]
    one, two = gpnb.sensitivity(data), gpnb.sensitivity(halves)
    assert np.asarray(two["e2dnde"]) == pytest.approx(np.asarray(one["e2dnde"]))
    assert np.asarray(two["background"]) == pytest.approx(np.asarray(one["background"]))
    cube = cube_without_counts()
    joint = gpnb.sensitivity([cube, replace(cube, name="again")])
    longer = gpnb.sensitivity(gpnb.Datasets([cube, replace(cube, name="again")]).stack())
    assert np.asarray(joint["norm"]) == pytest.approx(np.asarray(longer["norm"]), rel=1e-4)


def test_other_sources_are_background():
    other = gpnb.SkyModel(gpnb.PowerLaw(index=2, amplitude="1e-11 TeV-1 s-1 cm-2"), name="other")
    added = spectrum().predict(other.spectral.integral_bins(TRUE.edge_values))
    found = gpnb.sensitivity(spectrum(), models=other)
    assert np.asarray(found["background"]) == pytest.approx(spectrum().background + added)
    cube = cube_without_counts()
    beside = gpnb.sensitivity(cube, models=[point()])
    assert np.all(beside["norm"] > gpnb.sensitivity(cube)["norm"])
    twice = gpnb.sensitivity(cube, models=gpnb.BackgroundModel("cube").replace(norm=2.0))
    assert np.asarray(twice["background"]) == pytest.approx(2 * gpnb.sensitivity(cube)["background"])


def test_the_background_beneath_is_what_an_error_of_it_is_taken_for():
    """A faint source on a cube whose background is 1 % higher than told: the fit finds more, by 1 % of it."""
    cube = cube_without_counts(background=30.0)
    limits = gpnb.sensitivity(cube, gpnb.PowerLaw(index=2.3), integral=True)
    source = lone(point(cube.geom.center).replace(index=2.3, amplitude=1e-14))
    higher = replace(cube, background=gpnb.SkyMap(cube.geom, 1.01 * cube.background.data))
    counts = gpnb.predict(higher, source).data
    fitted = gpnb.fit(replace(cube, counts=gpnb.SkyMap(cube.geom, counts)), source)
    signal = limits["excess"][0] / limits["norm"][0] / 1e-12  # counts for an amplitude of 1
    found = (fitted.values[0] - 1e-14) * signal
    assert found == pytest.approx(0.01 * limits["background"][0], rel=0.02)


def test_more_time_is_a_longer_observation():
    for data in (measured(), cube_without_counts()):
        known = (
            replace(data, gti=gpnb.GTI([0.0], [36000.0], "2024-01-01")) if isinstance(data, gpnb.MapDataset) else data
        )
        (longer,) = stretched([known], "40 h")
        assert live_seconds(longer) == pytest.approx(4 * 36000) or isinstance(data, gpnb.MapDataset)
        one, two = gpnb.sensitivity(known, livetime="40 h"), gpnb.sensitivity(longer)
        assert np.asarray(one["e2dnde"]) == pytest.approx(np.asarray(two["e2dnde"]))
        assert np.all(np.asarray(one["e2dnde"]) < np.asarray(gpnb.sensitivity(known)["e2dnde"]))


def test_masked_and_blind_bins_are_told():
    found = gpnb.sensitivity(spectrum().masked([False, True, False, False]))
    assert np.isnan(found["e2dnde"][1])
    assert found["criterion"][1] == ""
    with gpnb.set_options(display="static"):
        assert "no data" in found._repr_mimebundle_()["text/html"]


def test_where_the_background_is_known_to_be_none_counts_rule():
    found = gpnb.sensitivity(spectrum(background=[0.0, 0.0, 1.0, 1.0]))
    assert found["criterion"].tolist()[:2] == ["counts", "counts"]
    assert found["excess"].tolist()[:2] == pytest.approx([10, 10])


def test_joined_bins():
    found = gpnb.sensitivity(measured(), energy_edges=["1 TeV", "10 TeV", "100 TeV"])
    assert np.asarray(found["e_max"]) == pytest.approx([10, 100])
    parts = gpnb.sensitivity(measured())
    assert found["norm"][0] < parts["norm"][:2].min()


def test_time_to_detection_is_the_time_after_which_it_is_expected():
    data, source = measured((300, 10, 4, 4)), FLAT.replace(amplitude=3e-13)
    found = gpnb.time_to_detection(data, source)
    assert found.criterion == "significance"
    (long,) = stretched([data], found.livetime)
    assert gpnb.ts_asimov(long, source).significance == pytest.approx(5, abs=1e-3)
    assert found.sqrt_ts(found.livetime) == pytest.approx(5)
    assert found.sqrt_ts("10 h") == pytest.approx(gpnb.ts_asimov(data, source).significance, abs=1e-3)
    assert found["sqrt_ts"][-1] == pytest.approx(5 * np.sqrt(2))


def test_a_source_without_enough_counts_takes_longer():
    found = gpnb.time_to_detection(spectrum((1e-3,) * 4), FLAT)
    assert found.criterion == "counts"
    assert found["excess"][30] == pytest.approx(10)
    assert found.words.startswith("10 counts, and more than 5 σ, after ")


def test_a_source_under_the_error_of_the_background_is_never_detected():
    faint = FLAT.replace(amplitude=1e-13)
    found = gpnb.time_to_detection(spectrum((1e5,) * 4), faint)
    assert np.isinf(found.livetime)
    assert found.criterion == "systematics"
    assert found.words.startswith("never detected: the source is ")
    assert "of which 5 % is uncertain" in repr(found)
    assert np.isfinite(gpnb.time_to_detection(spectrum((1e5,) * 4), faint, systematics=0).livetime)


def test_expected_errors_are_those_of_a_fit_of_what_is_expected():
    data = measured((300, 40, 9, 4))
    model = FLAT.thaw("index").replace(amplitude=1e-12)
    (longer,) = stretched([data], "40 h")
    expected = gpnb.expected_fit(data, model, "40 h")
    assert expected.errors == pytest.approx(gpnb.fit(gpnb.asimov(longer, model), model).errors, rel=1e-4)
    assert expected.values == pytest.approx([2, 1e-12], rel=1e-3)
    assert 2 * expected.errors == pytest.approx(gpnb.expected_fit(data, model).errors, rel=0.02)
    assert expected.recipe.kwargs["livetime"] == "40 h"


def test_expected_errors_of_a_position():
    cube = cube_without_counts()
    result = gpnb.expected_fit(cube, [point(), gpnb.BackgroundModel("cube")])
    assert result.success, result.message
    assert {"p.lon", "p.lat", "cube-background.norm"} & set(result.names)


def test_recipes_are_followed():
    store = gpnb.demo_store(progress=False)
    run = gpnb.Observation.create("83.63d 22.51d", "5 h", store.select(target="Crab")[0])
    axis = gpnb.Axis.energy("0.2 TeV", "20 TeV", per_decade=2)
    geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="1 deg", binsz="0.05 deg", axes=[axis])
    cube = gpnb.reduce_map(run, geom, background=None, progress=False)
    limits = gpnb.sensitivity(cube, livetime="50 h")
    assert np.array_equal(replay(limits.recipe)["e2dnde"], limits["e2dnde"])
    assert limits.meta["livetime"] == pytest.approx(180000)
    detection = gpnb.time_to_detection(cube, FLAT)
    assert replay(detection.recipe).livetime == detection.livetime
    assert gpnb.Recipe.from_dict(limits.recipe.to_dict()) == limits.recipe


def off_cube():
    cube = cube_without_counts()
    ones = gpnb.SkyMap(cube.geom, np.ones(cube.geom.shape))
    return replace(cube, counts_off=ones, acceptance=ones, acceptance_off=ones)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: gpnb.sensitivity(replace(spectrum(), background=None)), "known has no background: give background"),
        (
            lambda: gpnb.sensitivity(replace(cube_without_counts(), background=None)),
            "cube has no background: reduce it",
        ),
        (lambda: gpnb.sensitivity(off_cube()), "share their events"),
        (lambda: gpnb.sensitivity(cube_without_counts(), position="90d 22d"), "lies outside the map of cube"),
        (lambda: gpnb.sensitivity(cube_without_counts(), point(), position="83d 22d"), "leave position out"),
        (lambda: gpnb.sensitivity(cube_without_counts(), gpnb.SkyModel(FLAT, name="x")), "x has no place on the sky"),
        (lambda: gpnb.sensitivity(spectrum(), "crab"), "must be a spectral model"),
        (lambda: gpnb.sensitivity(spectrum(), significance=0), "significance=0 must be above 0"),
        (lambda: gpnb.sensitivity(spectrum(), systematics=-1), "systematics=-1 must not be negative"),
        (lambda: gpnb.sensitivity(spectrum(), livetime="0 h"), "must be longer than no time"),
        (lambda: gpnb.sensitivity([]), "but there is none"),
        (lambda: gpnb.time_to_detection(spectrum(), FLAT.replace(amplitude=0)), "gives no counts in these data"),
        (lambda: gpnb.time_to_detection(cube_without_counts(), FLAT), "live time of cube is not known"),
        (lambda: gpnb.sensitivity(spectrum(), min_count=3), "did you mean 'min_counts'"),
    ],
)
def test_bad_input_is_told_in_a_sentence(call, words):
    with pytest.raises(gpnb.ArgumentError, match=words):
        call()
