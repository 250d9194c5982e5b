"""Flux along a line and in rings."""

import numpy as np
import pytest
from made_cubes import cube_of, gauss, masked_edge, point

import gpnb

CENTER = "83.63d 22.01d"
FLAT = {"slope": (0, 0), "bend": 0}


@pytest.fixture(scope="module")
def cube():
    return gpnb.asimov(cube_of(width="2.4 deg", **FLAT), gauss())


def counts_in(cube, model, numbers, number):
    return gpnb.predict(cube, model, model.name).data[:, numbers == number].sum()


@pytest.mark.parametrize(
    "along",
    [
        gpnb.Rings(CENTER, ["0 deg", "0.1 deg", "0.2 deg", "0.3 deg", "0.6 deg", "0.9 deg"]),
        gpnb.Boxes("83.2d 22.01d", "84.06d 22.01d", width="1.8 deg", n=6),
        gpnb.Boxes("83.63d 21.5d", "83.63d 22.5d", width="0.2 deg", n=5),
    ],
)
def test_fluxes_are_the_counts_over_the_exposure(cube, along):
    found = gpnb.flux_profile(cube, gauss(), along)
    numbers = along.numbers(cube.geom)
    assert len(found) == len(along.edges) - 1
    whole = gauss().spectral.integral("1 TeV", "10 TeV").to_value("cm-2 s-1")
    total = counts_in(cube, gauss(), np.zeros(numbers.shape), 0)
    for number, row in enumerate(found):
        inside = counts_in(cube, gauss(), numbers, number)
        assert row["flux"].to_value("cm-2 s-1") == pytest.approx(whole * inside / total, rel=5e-3)
        assert row["counts"] - row["background"] == pytest.approx(inside, abs=1e-3)
    area = np.nan_to_num(cube.geom.solid_angle)[numbers >= 0].sum()
    assert found["solid_angle"].sum().to_value("sr") == pytest.approx(area)


def test_rings_around_the_source_add_up_to_its_flux(cube):
    found = gpnb.flux_profile(cube, gauss(), gpnb.Rings(CENTER, ["0 deg", "0.3 deg", "1.1 deg"]))
    whole = gauss().spectral.integral("1 TeV", "10 TeV")
    assert (found["flux"].sum() / whole).to_value("") == pytest.approx(1, abs=0.01)
    assert found["sqrt_ts"][0] > 5
    assert found["distance"].to_value("deg").tolist() == pytest.approx([0.15, 0.7])


def test_boxes_lie_on_the_great_circle_wherever_it_goes():
    geom = gpnb.WcsGeometry.create("83.63d 60d", width="4 deg", binsz="0.05 deg", frame="galactic", proj="CAR")
    line = gpnb.Boxes("82d 59.5d", "85d 60.7d", width="0.4 deg", n=3)
    numbers = line.numbers(geom)
    start, stop = geom.coords[0, 0].__class__("82d 59.5d"), geom.coords[0, 0].__class__("85d 60.7d")
    for number in range(3):
        places = geom.coords[numbers == number]
        along = start.separation(places).deg * np.cos((start.position_angle(places) - start.position_angle(stop)).rad)
        assert along.min() > line.edges[number] - 0.03
        assert along.max() < line.edges[number + 1] + 0.03
    area = np.nan_to_num(geom.solid_angle)[numbers >= 0].sum() * np.degrees(1) ** 2
    assert area == pytest.approx(line.edges[-1] * 0.4, rel=0.02)


def test_other_sources_and_the_background_are_subtracted():
    models = [gauss(), point("83.9d 22.01d"), gpnb.BackgroundModel("cube").replace(norm=1.2)]
    cube = gpnb.asimov(cube_of(width="2.4 deg", **FLAT), models)
    rings = gpnb.Rings(CENTER, ["0 deg", "0.2 deg", "0.5 deg"])
    alone = gpnb.asimov(cube_of(width="2.4 deg", **FLAT), gauss())
    found = gpnb.flux_profile(cube, models, rings, source="g")
    assert found["flux"].value == pytest.approx(gpnb.flux_profile(alone, gauss(), rings)["flux"].value, rel=1e-5)
    with pytest.raises(gpnb.ArgumentError, match="several models"):
        gpnb.flux_profile(cube, models, rings)


def test_bands_of_energy_and_regions_without_data(cube):
    dark = masked_edge(cube, slice(0, 30))
    line = gpnb.Boxes("84.5d 22.01d", "82.8d 22.01d", width="0.3 deg", n=4)
    found = gpnb.flux_profile(dark, gauss(), line, energy_edges=["1 TeV", "3.1623 TeV", "10 TeV"])
    assert len(found) == 8
    assert found["e_max"][0].to_value("TeV") == pytest.approx(3.1623, rel=1e-3)
    assert np.isnan(found["flux"][:4]).all()
    assert np.isfinite(found["flux"][4:]).all()
    with pytest.raises(gpnb.SelectionError, match="No pixel"):
        gpnb.flux_profile(cube, gauss(), gpnb.Rings("10d 10d", ["0 deg", "1 deg"]))
    with pytest.raises(gpnb.ArgumentError, match="along="):
        gpnb.flux_profile(cube, gauss(), "a line")


def test_lines_and_rings_that_are_none():
    with pytest.raises(gpnb.ArgumentError, match="apart from each other"):
        gpnb.Boxes("0d 0d", "0d 0d")
    with pytest.raises(gpnb.ArgumentError, match="rise from 0"):
        gpnb.Rings("0d 0d", ["0.2 deg", "0.1 deg"])
