"""The faintest point sources at every place: against the exact answer at single places."""

from dataclasses import replace

import numpy as np
import pytest
from made_cubes import cube_of, masked_edge

import gpnb
from gpnb.core.replay import replay

EDGES = ["1 TeV", "3.1622777 TeV", "10 TeV"]
STEEP = gpnb.PowerLaw(index=2.6)


@pytest.fixture(scope="module", params=[0.3, 30.0, 0.01], ids=["few", "many", "hardly any"])
def cube(request):
    """Exposure falls to the rim, background rises from one side to the other, the edge is masked."""
    made = cube_of(width="1.6 deg", binsz="0.04 deg", counts=np.zeros((4, 40, 40)), background=request.param, bend=-1.5)
    return masked_edge(made, slice(0, 3))


@pytest.mark.parametrize(
    ("place", "within"), [((20, 20), 0.02), ((10, 31), 0.03), ((33, 8), 0.03), ((20, 3), 0.12), ((0, 39), 0.15)]
)
def test_it_is_the_sensitivity_at_each_place(cube, place, within):
    found = gpnb.sensitivity_map(cube, STEEP, energy_edges=EDGES)
    row, column = place
    lon, lat = (values[row, column] for values in cube.geom.lonlat)
    exact = gpnb.sensitivity(cube, STEEP, position=f"{lon}d {lat}d", energy_edges=EDGES)
    assert found.data[:, row, column] == pytest.approx(np.asarray(exact["flux"]), rel=within)


def test_it_is_a_map_of_flux(cube):
    found = gpnb.sensitivity_map(cube, STEEP)
    assert found.data.shape == (1, 40, 40)
    assert found.unit == "cm-2 s-1"
    assert np.isfinite(found.data).mean() > 0.95
    deeper = gpnb.sensitivity_map(cube, STEEP, significance=3, min_counts=0, systematics=0)
    good = np.isfinite(found.data)
    assert np.all(deeper.data[good] < found.data[good])


def test_longer_and_with_other_sources():
    run = gpnb.demo_store(progress=False).select(target="Crab")[0]
    axis = gpnb.Axis.energy("0.3 TeV", "10 TeV", per_decade=2)
    geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="2 deg", binsz="0.05 deg", axes=[axis])
    cube = gpnb.reduce_map(run, geom, background=None, progress=False)
    short, longer = (gpnb.sensitivity_map(cube, livetime=hours) for hours in ("1 h", "10 h"))
    assert np.nanmax(longer.data / short.data) < 1
    again = replay(longer.recipe)
    assert again.data == pytest.approx(longer.data, nan_ok=True)
    crab = gpnb.SkyModel(
        gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2"), gpnb.PointSource("83.63d 22.01d"), name="crab"
    )
    beside = gpnb.sensitivity_map(cube, livetime="10 h", models=crab)
    ratio = (beside.data / longer.data)[0]
    x, y = (round(float(value)) for value in geom.coord_pixel("83.63d 22.01d"))
    assert ratio[y, x] > 3
    assert ratio[0, 0] == pytest.approx(1, abs=0.1)


def test_where_nothing_is_seen_there_is_no_number():
    cube = masked_edge(cube_of(width="1.6 deg", counts=np.zeros((4, 40, 40))), slice(0, 30))
    found = gpnb.sensitivity_map(cube)
    assert np.isnan(found.data[0, :, 0]).all()
    assert np.isfinite(found.data[0, :, 35]).all()


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"background": None}, gpnb.ArgumentError, "cube has no background"),
        ({"psf": None}, gpnb.SelectionError, "has no point spread function"),
    ],
)
def test_bad_input_is_told_in_a_sentence(change, error, words):
    cube = cube_of(width="1 deg", counts=np.zeros((4, 25, 25)))
    with pytest.raises(error, match=words):
        gpnb.sensitivity_map(replace(cube, **change))
    with pytest.raises(gpnb.ArgumentError, match="must be a MapDataset"):
        gpnb.sensitivity_map("cube")
