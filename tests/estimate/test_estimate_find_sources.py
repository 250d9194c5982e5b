"""Sources found from nothing: true ones come back, and every peak has a reason."""

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from made_cubes import cube_of

import gpnb
from gpnb.core.replay import step
from gpnb.estimate.found_rows import associated

PLACES = ("83.63d 22.01d", "84.15d 22.3d", "83.2d 21.7d")
FLUXES = (5e-11, 3e-11, 2.2e-11)


def truth():
    return [
        gpnb.SkyModel(
            gpnb.PowerLaw(index=2.3, amplitude=f"{flux} TeV-1 s-1 cm-2"), gpnb.PointSource(place), name=f"true{number}"
        )
        for number, (place, flux) in enumerate(zip(PLACES, FLUXES, strict=True))
    ]


@pytest.fixture(scope="module")
def cube():
    scaled = gpnb.BackgroundModel("cube").replace(norm=1.1)
    return gpnb.fake(cube_of(width="2.4 deg"), [*truth(), scaled], seed=9)


@pytest.fixture(scope="module")
def found(cube):
    return gpnb.find_sources(cube, gpnb.background_models(cube), catalogs=[])


def test_true_sources_come_back(found):
    assert len(found) == 3
    assert found.table["sqrt_ts"].tolist() == sorted(found.table["sqrt_ts"], reverse=True)
    for model, row in zip(truth(), found.table, strict=True):
        place = found.places[row["name"]]
        assert place.distance(model.spatial.center) < 3.5
        flux = model.spectral.integral("1 TeV", "10 TeV")
        assert abs(row["flux"] - flux) < 4 * row["flux_err"]
        assert abs(row["index"] - 2.3) < 4 * row["index_err"]
        assert row["semiminor"] <= row["semimajor"]
    assert found.models.parameter("cube-bkg.norm").value == pytest.approx(1.1, abs=0.1)
    assert found.notes == ()


def test_every_candidate_has_a_reason(found):
    table = found.candidates
    assert table["accepted"].sum() == 3
    assert all(reason for reason in table["reason"][~table["accepted"]])
    assert set(table["name"][table["accepted"]]) == set(found.table["name"])


def test_what_is_known_is_not_found_again(cube):
    known = [*truth()[:2], *gpnb.background_models(cube)]
    found = gpnb.find_sources(cube, known, catalogs=[])
    assert len(found) == 1
    assert found.places[found.table["name"][0]].distance(PLACES[2]) < 3.5


def test_peaks_beside_a_source_are_left_alone(cube):
    """A bright source whose known spectrum is too faint leaves a peak at its place."""
    faint = truth()[0].replace(amplitude="1.5e-11 TeV-1 s-1 cm-2")
    held = gpnb.Models([faint])
    found = gpnb.find_sources(cube, held.freeze(*held.free), catalogs=[], region="icrs; circle(83.63, 22.01, 0.25)")
    assert len(found) == 0
    assert found.candidates["reason"].tolist() == ["too near to true0"]
    assert found.result is None


def test_the_middle_of_a_diffuse_emission_hides_no_source(cube):
    """A template has a centre too, but is no source about it."""
    even = gpnb.SkyMap(cube.geom.image(), np.ones((cube.geom.ny, cube.geom.nx)))
    diffuse = gpnb.SkyModel(
        gpnb.PowerLaw(index=2.3, amplitude="1e-13 TeV-1 s-1 cm-2"), gpnb.TemplateSource(even), name="diffuse"
    )
    held = gpnb.Models([diffuse, *truth()[1:]])
    found = gpnb.find_sources(cube, held.freeze(*held.free), catalogs=[], region="icrs; circle(83.63, 22.01, 0.25)")
    assert len(found) == 1
    assert found.places[found.table["name"][0]].distance(PLACES[0]) < 3.5


def test_nothing_is_found_in_nothing():
    cube = cube_of(width="1.2 deg", seed=12)
    found = gpnb.find_sources(cube, catalogs=[])
    assert len(found) == len(found.candidates) == 0
    assert repr(found) == "FoundSources(0 sources of 0 candidates)"


def test_associations(found, data_dir):
    place = found.places[found.table["name"][0]]
    assert associated(place, [])["association"] == ""
    own = associated(place, [gpnb.read_catalog("gamma-cat")])  # the cube lies on the Crab
    assert own["association"] == "Crab nebula"
    assert own["separation"].deg < 0.1 if hasattr(own["separation"], "deg") else own["separation"].value < 0.1


def test_files_and_recipe(cube, found, tmp_path):
    found.write(tmp_path / "found.reg")
    assert (tmp_path / "found.reg").read_text().count("ellipse(") == 3
    found.models.write(tmp_path / "found.yaml")
    assert gpnb.Models.read(tmp_path / "found.yaml").names == found.models.names
    given = [gpnb.BackgroundModel("cube") if "Background" in item.call else cube for item in found.recipe.inputs]
    again = step(found.recipe, given)
    assert again.table["ts"] == pytest.approx(found.table["ts"], abs=0.05)
    with gpnb.set_options(display="static"):
        assert found.table["name"][0] in found._repr_mimebundle_()["text/html"]


def test_bad_arguments_and_cancel(cube):
    with pytest.raises(gpnb.ArgumentError, match="must be above 0"):
        gpnb.find_sources(cube, threshold=0)
    token = gpnb.CancelToken()
    token.cancel()
    with pytest.raises(gpnb.Cancelled):
        gpnb.find_sources(cube, cancel=token)


def test_a_place_away_from_all_has_no_association(found):
    place = found.places[found.table["name"][0]]
    assert np.isfinite(place.distance(SkyCoord("10d 10d")))
