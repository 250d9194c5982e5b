"""Theta-squared tables: counts by hand, and an empty field."""

import json

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

import gpnb
from gpnb import ArgumentError, SelectionError
from gpnb.stats import lima

CRAB = SkyCoord(83.6333, 22.0145, unit="deg")


@pytest.fixture(scope="module")
def runs(demo):
    return demo.select(target="Crab")


def mirrored(obs, n_off, number):
    turn = obs.pointing.position_angle(CRAB) + number * 360 / (n_off + 1) * u.deg
    return obs.pointing.directional_offset_by(turn, obs.pointing.separation(CRAB))


def histogram(obs, position, edges, energy=(None, None)):
    events = obs.events.select(energy=energy)
    return np.histogram(events.radec.separation(position).deg ** 2, edges)[0]


@pytest.mark.parametrize("n_off", [1, 3])
def test_counts_by_hand(runs, n_off):
    table = gpnb.theta2_table(runs, CRAB, theta2_max="0.1 deg2", bins=10, n_off=n_off, energy=("0.3 TeV", None))
    edges = np.append(table["theta2_min"], table["theta2_max"][-1])
    assert edges == pytest.approx(np.linspace(0, 0.1, 11))
    energy = ("0.3 TeV", None)
    assert np.array_equal(table["counts"], sum(histogram(obs, CRAB, edges, energy) for obs in runs))
    off = sum(
        histogram(obs, mirrored(obs, n_off, number), edges, energy) for obs in runs for number in range(1, n_off + 1)
    )
    assert np.array_equal(table["counts_off"], off)
    assert table["alpha"] == pytest.approx(1 / n_off)
    assert table["excess"] == pytest.approx(table["counts"] - table["counts_off"] / n_off)
    assert table["significance"] == pytest.approx(lima(table["counts"], table["counts_off"], 1 / n_off))
    assert table["significance"][0] > 20
    assert abs(table["significance"][-1]) < 5
    assert table.meta["excess"] == pytest.approx(table["excess"].sum())


def test_nothing_on_an_empty_field(demo):
    obs = demo.select(target="Off field")[0]
    place = obs.pointing.directional_offset_by(40 * u.deg, 0.7 * u.deg)
    table = gpnb.theta2_table(obs, place, theta2_max="0.04 deg2", bins=4, n_off=5)
    assert np.abs(table["significance"]).max() < 4


def test_events_alone_are_enough(runs):
    assert np.array_equal(
        gpnb.theta2_table(runs[0].events, CRAB, bins=4)["counts"], gpnb.theta2_table(runs[0], CRAB, bins=4)["counts"]
    )


def test_recipe(runs):
    table = gpnb.theta2_table(runs, CRAB, bins=3, energy=("1 TeV", None))
    names = {}
    exec(gpnb.Recipe.from_dict(json.loads(table.meta["recipe"])).to_code(), names)
    assert np.array_equal(names["theta2"]["counts_off"], table["counts_off"])


def test_circles_must_be_apart(runs):
    with pytest.raises(SelectionError, match="No run can be used up to theta2_max"):
        gpnb.theta2_table(runs, CRAB, theta2_max="2 deg2")
    opposite = mirrored(runs[0], 1, 1)
    exclusion = f"icrs; circle({opposite.ra.deg}, {opposite.dec.deg}, 0.1)"
    table = gpnb.theta2_table(runs, CRAB, exclusion=exclusion)
    assert table.meta["left_out"] == [str(runs[0].obs_id)]


def test_refused(runs):
    with pytest.raises(ArgumentError, match="bins=0"):
        gpnb.theta2_table(runs, CRAB, bins=0)
    with pytest.raises(ArgumentError, match="theta2_max"):
        gpnb.theta2_table(runs, CRAB, theta2_max="0.1 TeV")


def test_it_shows_itself(tmp_path):
    table = gpnb.theta2_table(gpnb.DataStore.read("demo").select(target="Crab"), CRAB, theta2_max="0.1 deg2", bins=10)
    bundle = table._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", "image/png"}
    assert "10 bins" in bundle["text/html"]
    panel = table.view(cut="0.02 deg2")
    axes = panel.figure().axes[0]
    on = table["counts"][:2].sum()
    assert f"{on:.0f} ON" in axes.texts[0].get_text()
    panel.save_data(tmp_path / "theta2.ecsv")
    with gpnb.set_options(display="live"):  # there is no live panel: the picture
        assert "image/png" in table._repr_mimebundle_()
