"""A fitted cube: its maps, made when asked, and how it shows itself."""

from dataclasses import replace

import numpy as np
import pytest
from made_cubes import cube_of, masked_edge, with_map
from made_cubes import point as faint

import gpnb

LAYERS = ("counts", "excess", "significance", "prediction", "residuals")


def point(*place):
    return faint(*place).replace(amplitude="3e-11 TeV-1 s-1 cm-2")


def fitted_of(cube, models=None):
    return gpnb.fit(cube, models or [point(), gpnb.BackgroundModel(cube.name)])


@pytest.fixture(scope="module")
def cube():
    return masked_edge(cube_of(width="1.6 deg", models=[point()], seed=1), slice(0, 3))


@pytest.fixture(scope="module")
def result(cube):
    return fitted_of(cube)


def test_its_maps_are_those_of_the_verbs(cube, result):
    fitted = result.cube()
    used = ~np.isnan(fitted.counts.data)
    assert not used[:, :, :3].any()
    assert used[:, :, 3:].all()
    norm = result.models["cube-bkg"].parameter("norm").value
    assert fitted.background.data[used] == pytest.approx(norm * cube.background.data[used])
    assert fitted.excess.data[used] == pytest.approx((cube.counts.data - norm * cube.background.data)[used])
    assert fitted.prediction.data[used] == pytest.approx(gpnb.predict(cube, result).data[used])
    scaled = replace(cube, background=norm * cube.background)
    wanted = gpnb.excess_map(scaled, "0.1 deg").significance.data
    assert fitted.significance.data == pytest.approx(wanted, nan_ok=True)
    assert fitted.residuals.data == pytest.approx(gpnb.residual_map(cube, result).data, nan_ok=True)
    assert np.nanmax(fitted.significance.data) > 10 > 5 > np.nanmax(np.abs(fitted.residuals.data))


def test_each_map_is_made_once_and_not_before_it_is_asked_for(result):
    fitted = result.cube()
    assert tuple(fitted.maps)[:5] == fitted.layers == LAYERS
    assert {"counts", "residuals"} <= fitted.maps.keys()
    assert "ts" not in fitted.maps
    assert set(fitted.maps.made) == {"exposure", "flags"}
    assert fitted.maps["prediction"] is fitted.maps["prediction"]
    assert set(fitted.maps.made) == {"exposure", "flags", "prediction"}
    with pytest.raises(KeyError):
        fitted.maps["nothing"]


def test_significance_and_residuals_of_some_energies_are_those_of_the_verbs(cube, result):
    fitted, energy = result.cube(), cube.geom.axis("energy").edges[[1, 3]]
    norm = result.models["cube-bkg"].parameter("norm").value
    scaled = replace(cube, background=norm * cube.background)
    wanted = gpnb.excess_map(scaled, "0.1 deg", energy).significance.data
    assert fitted.between("significance", 1, 2).data == pytest.approx(wanted, nan_ok=True)
    found = fitted.between("residuals", 1, 2)
    assert found.data == pytest.approx(gpnb.residual_map(cube, result, energy=energy).data, nan_ok=True)
    assert fitted.between("residuals", 1, 2) is found
    assert "fitted.between(name='residuals', first=1, last=2)" in found.to_code()
    assert "residuals" not in fitted.maps.made
    assert fitted.maps.made_between(1, 2)["residuals"] is found
    assert fitted.residuals is fitted.between("residuals", 0, 3)


def test_circles_have_the_radius_that_is_asked_for(cube, result):
    wide = result.cube(radius="0.2 deg")
    assert wide.residuals.data == pytest.approx(gpnb.residual_map(cube, result, radius="0.2 deg").data, nan_ok=True)
    with pytest.raises(gpnb.ArgumentError, match="radius"):
        result.cube(radius="-1 deg")


def test_without_a_background_there_is_no_excess(cube):
    signal = np.random.default_rng(1).poisson(np.maximum(gpnb.predict(cube, point(), "p").data, 0))
    bare = replace(with_map(cube, signal), background=None)
    fitted = fitted_of(bare, point()).cube()
    assert fitted.layers == ("counts", "prediction", "residuals")
    assert "background" not in fitted.maps
    assert np.isfinite(fitted.residuals.data).any()
    assert fitted._repr_mimebundle_()["image/png"]


def test_counts_of_off_regions_are_compared_as_they_were_measured(cube):
    off = with_map(cube, np.random.default_rng(3).poisson(10 * cube.background.data)).counts
    ones = gpnb.SkyMap(cube.geom, np.ones(cube.geom.shape))
    ring = replace(cube, counts_off=off, acceptance=ones, acceptance_off=10 * ones, background=0.1 * off)
    result = fitted_of(ring, point())
    fitted = result.cube()
    assert fitted.significance.data == pytest.approx(gpnb.excess_map(ring).significance.data, nan_ok=True)
    assert fitted.residuals.data == pytest.approx(gpnb.residual_map(ring, result).data, nan_ok=True)


def test_an_energy_without_counts_and_a_source_at_the_edge_of_a_galactic_map():
    edge = "galactic 0.58d 0d"
    made = cube_of(center="galactic 0d 0d", frame="galactic", proj="CAR", width="1.2 deg", models=[point(edge)], seed=2)
    counts = made.counts.data.copy()
    counts[3] = 0
    fitted = fitted_of(with_map(made, counts), [point(edge).freeze("index"), gpnb.BackgroundModel("cube")]).cube()
    assert (fitted.excess.data[3] < 0).all()
    assert np.isfinite(fitted.significance.data).all()
    assert fitted.significance.data[15, 0] > 5


def test_one_of_several_cubes_is_shown_and_the_others_are_named(cube):
    other = replace(cube, name="other", counts=2 * cube.counts)
    models = [point(), gpnb.BackgroundModel("cube"), gpnb.BackgroundModel("other")]
    result = gpnb.fit([cube, other], models)
    assert result.cube().cube is cube
    found = result.cube("other")
    assert found.cube is other
    assert "the others: cube" in " ".join(found.notes)
    assert np.nansum(found.background.data) == pytest.approx(
        result.models["other-bkg"].parameter("norm").value * cube.background.data[:, :, 3:].sum()
    )
    with pytest.raises(gpnb.SelectionError, match="fitted were cube, other"):
        result.cube("third")


def test_it_says_what_is_wrong_with_the_fit(cube):
    held = gpnb.fit(cube, point())
    assert any("background" in note for note in held.cube().notes)
    failed = replace(held, success=False, faults=("the minimiser gave up",))
    assert "the minimiser gave up" in failed.cube().notes[0]


def test_the_fit_shows_its_cube_and_its_parameters(result):
    shown = result._repr_mimebundle_()
    assert {"text/html", "image/png"} <= shown.keys()
    for words in ("Fitted cube", "−2 ln L", "p index", "Residuals", "✓ fitted"):
        assert words in shown["text/html"], words
    figure = result.plot(layers=["residuals"], title="What is left")
    assert figure.axes[0].get_title(loc="left").startswith("What is left")
    assert "layers" in result.settings["name"]


def test_its_code_is_that_of_the_fit(result):
    assert "fitted = result.cube(radius='0.2 deg')" in result.cube(radius="0.2 deg").residuals.to_code()
