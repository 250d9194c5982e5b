"""The live event explorer without a browser: what is done becomes state, what is state is shown."""

import itertools

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.table import Table
from astropy.time import Time

import gpnb
from gpnb.data import EventList
from gpnb.data.gti import GTI

REFERENCE = Time(53343.0, format="mjd", scale="tt")
GESTURES = itertools.count()
HEADER = {"RA_PNT": 83.63, "DEC_PNT": 22.51, "RA_OBJ": 83.63, "DEC_OBJ": 22.01, "DEADC": 0.9, "OBJECT": "<b>Crab</b>"}


def make_events(size=3000, **meta):
    rng = np.random.default_rng(1)
    columns = {
        "TIME": rng.uniform(0, 1600, size),
        "RA": 83.63 + rng.normal(0, 0.6, size),
        "DEC": 22.01 + rng.normal(0, 0.6, size),
        "ENERGY": 0.5 * rng.pareto(1.7, size) + 0.5,
    }
    return EventList(Table(columns), HEADER | meta, REFERENCE)


@pytest.fixture
def panel():
    with gpnb.set_options(display="live"):
        return make_events().view(gti=GTI([0.0], [1600.0], REFERENCE))


def chosen(panel, name):
    return panel.parts["plots"][name].widget.chosen


def drag(panel, name, *ranges):
    gesture = f"drag {next(GESTURES)}"
    for low, high in ranges:
        panel.parts["plots"][name].widget.set_state({"brushed": [low, high, gesture]})


def change(panel, **values):
    changes = dict(panel.parts["controls"].changes)
    for name, value in values.items():
        changes[name] = [value, f"{name}-{value}"]
    panel.parts["controls"].set_state({"changes": changes})


def test_a_brush_of_energies_is_the_selection_of_the_workspace(panel):
    drag(panel, "energy", [1.0, 1.6], [1.0, 2.0])
    assert panel.selection.energy_tev == (1.0, 2.0)
    energy = panel.obj.energy_values
    kept = (energy >= 1) & (energy < 2)
    assert panel.parts["plots"]["time"].data("steps 1")[1].sum() == kept.sum()
    assert panel.parts["plots"]["energy"].data("steps 1")[1][0] > 0  # its own filter takes nothing out of it
    assert len(panel.selected) == kept.sum()
    assert panel.undo()
    assert panel.selection.energy_tev is None
    assert not panel.workspace.can_undo
    assert chosen(panel, "energy") == []


def test_a_brush_of_times(panel):
    drag(panel, "time", [5.0, 10.0])
    start, stop = panel.selection.time
    first = panel.obj.time_values.min()
    assert (start - REFERENCE).to_value("s") == pytest.approx(first + 300, abs=0.06)
    assert (stop - REFERENCE).to_value("s") == pytest.approx(first + 600, abs=0.06)
    assert "min in 4.5 min live" in panel.parts["sky"].facts


def test_theta_and_offset_belong_to_the_panel(panel):
    drag(panel, "theta2", [0.0, 0.1])
    drag(panel, "offset", [0.25, 1.0])
    assert (panel.state.theta2, panel.state.offset) == ((0.0, 0.1), (0.5, 1.0))
    assert panel.selection.changed() == {}
    values = {item["name"]: item["value"] for item in panel.parts["controls"].items}
    assert (values["theta2"], values["offset"]) == ("0 – 0.1", "0.5 – 1")


def test_typed_ranges_are_brushed(panel):
    change(panel, theta2="< 0.04", offset="0.5 – 1")
    assert (panel.state.theta2, panel.state.offset) == ((None, 0.04), (0.5, 1.0))
    assert chosen(panel, "theta2") == pytest.approx([0, 0.04])
    assert chosen(panel, "offset") == pytest.approx([0.25, 1])
    change(panel, theta2="")
    assert panel.state.theta2 is None
    assert chosen(panel, "theta2") == []
    change(panel, offset="far")
    assert "cannot be read" in panel.message
    assert panel.state.offset == (0.5, 1.0)


def test_clear_all_is_one_step(panel):
    drag(panel, "energy", [1.0, 10**0.3])
    drag(panel, "theta2", [0.0, 0.1])
    steps = panel.workspace.steps
    change(panel, clear=1)
    assert panel.selection.changed() == {}
    assert panel.state.theta2 is None
    assert panel.workspace.steps == steps + 1
    assert "3\u2009000 of 3\u2009000 events" in panel.parts["sky"].facts
    panel.undo()
    assert panel.selection.energy_tev == (1.0, 2.0)
    assert panel.state.theta2 == (0.0, 0.1)


def test_drawn_regions_are_the_selection(panel):
    geom = panel.filter.geometry(panel.state)
    x, y = (float(value) for value in geom.coord_pixel("83.63d 22.01d"))
    radius = 0.3 / geom.plane.scales[0]
    shape = {"type": "circle", "x": x, "y": y, "r": radius}
    panel.parts["stage"].flat.receive({"kind": "shape", "key": None, "shape": shape, "tool": "circle"})
    assert panel.selection.region.radius.to_value("deg") == pytest.approx(0.3, rel=1e-3)
    assert len(panel.selected) == panel.counts.total < 1000
    assert [item["key"] for item in panel.parts["stage"].flat.shapes] == ["selection"]
    panel.parts["stage"].flat.receive({"kind": "remove", "key": "selection"})
    assert panel.selection.region is None


def test_target_and_pointing_are_marked(panel):
    assert [point["label"] for point in panel.parts["stage"].flat.points] == ["target", "pointing"]
    change(panel, target="84d 22d")
    assert panel.state.target == "icrs 84d 22d"
    where = panel.filter.geometry(panel.state).coord_pixel("84d 22d")
    point = panel.parts["stage"].flat.points[0]
    assert (point["x"], point["y"]) == pytest.approx([float(value) for value in where], abs=1e-3)


def test_looking_closer_counts_finer(panel):
    before, pixels = (panel.parts["stage"].flat.image[name] for name in ("size", "nx"))
    middle = pixels / 2 - 0.5
    window = [middle - pixels / 8, middle - pixels / 8, middle + pixels / 8, middle + pixels / 8]
    panel.parts["stage"].flat.receive({"kind": "window", "window": window})
    assert panel.state.width == pytest.approx(float(before.split("°")[0]) / 4, rel=0.02)
    assert panel.parts["stage"].flat.image["size"] != before
    assert panel.parts["stage"].flat.window == []
    panel.parts["stage"].flat.receive({"kind": "window", "window": []})
    assert panel.parts["stage"].flat.image["size"] == before


def test_pixels_hold_a_few_events_each():
    few, many = (make_events(size).view().parts["stage"].flat.image["nx"] for size in (3000, 200_000))
    assert few == 40
    assert 150 <= many <= 300
    assert make_events(3000).view(pixels=64).parts["stage"].flat.image["nx"] == 64


def test_all_scaled_tells_what_it_is(panel):
    drag(panel, "energy", [4.0, 10.0])
    plot = panel.parts["plots"]["time"]
    whole = next(mark for mark in plot.widget.marks if mark["name"] == "steps 0")
    assert whole["label"] == "all, scaled"
    assert sum(int(text.replace("\u2009", "")) for text in whole["notes"]["All"]) == 3000
    assert panel.parts["sky"].legend == []
    assert [entry["label"] for entry in panel.parts["legend"].legend] == ["chosen", "all"]


@pytest.mark.data
def test_a_target_is_known_by_its_name(panel, monkeypatch, data_dir):
    monkeypatch.setenv("GPNB_DATA", str(data_dir))
    change(panel, target="Crab")
    assert panel.filter.target(panel.state).separation(SkyCoord("83.633d 22.015d")).deg < 0.02
    change(panel, target="Nowhere in the sky")
    assert "is no position, and none of gamma-cat" in panel.message.replace("hgps, ", "")
    change(panel, target="")
    assert panel.state.target == ""


def test_without_catalogues_names_are_refused(panel, monkeypatch):
    monkeypatch.setattr("gpnb.catalogs.local.catalogs_here", lambda: ())
    change(panel, target="Crab")
    assert "no catalogue is on this machine: write it like 83.63d 22.01d" in panel.message


def test_bins_and_stretch(panel):
    change(panel, per_decade=5, stretch="log", cmap="cividis")
    assert (panel.state.per_decade, panel.state.stretch, panel.state.cmap) == (5, "log", "cividis")
    assert len(np.diff(panel.parts["plots"]["energy"].data("steps 1")[0])) < 25
    change(panel, per_decade=0)
    assert "from 1 to 100" in panel.message


def test_a_linked_selection_filters(panel):
    panel.workspace.select(energy=("2 TeV", None), region="icrs; circle(83.63, 22.01, 0.5)")
    assert chosen(panel, "energy")[0] == 2
    expected = len(panel.obj.select(energy=("2 TeV", None), region="icrs; circle(83.63, 22.01, 0.5)"))
    assert len(panel.selected) == expected
    assert f"{expected} of 3\u2009000" in panel.parts["sky"].facts


def test_the_selected_events_know_how_they_were_chosen(panel):
    drag(panel, "theta2", [0.01, 0.1])
    code = panel.selected.to_code()
    assert ".select(region='icrs; annulus(83.63" in code
    assert panel.selected.recipe.inputs


def test_the_picture_shows_the_same_numbers(panel):
    drag(panel, "energy", [1.0, 10**0.3])
    drag(panel, "offset", [0.0, 0.5])
    axes = {axes.get_title(loc="left"): axes for axes in panel.figure().axes}
    for title, name in (("Energy", "energy"), ("Time", "time"), ("θ²", "theta2"), ("Offset²", "offset")):
        drawn = axes[title].patches[-1].get_data().values
        live = panel.parts["plots"][name].data("steps 1")[1]
        assert np.where(live > 0.5, live, 0) == pytest.approx(drawn)


def test_headers_are_text(panel):
    assert panel.parts["head"].facts == "3\u2009000 events · <b>Crab</b>"


def test_lists_without_target_or_pointing_have_fewer_plots():
    events = make_events(RA_OBJ=10.0)
    del events.meta["RA_PNT"]
    with gpnb.set_options(display="live"):
        panel = events.view()
    hidden = [name for name, plot in panel.parts["plots"].items() if plot.widget.layout.display == "none"]
    assert hidden == ["offset", "theta2"]
    change(panel, target="83.63d 22.01d")
    assert panel.parts["plots"]["theta2"].widget.layout.display is None


def test_a_list_without_events_opens():
    with gpnb.set_options(display="live"):
        panel = make_events(0).view()
    assert panel.parts["sky"].facts == "0 of 0 events"
    assert panel.message == ""


def test_the_code_opens_the_same_state(panel):
    drag(panel, "energy", [1.0, 10**0.3])
    drag(panel, "offset", [0.0, 0.25])
    names = {"gpnb": gpnb}
    code = panel.to_code().replace("events = ...", "events = given").partition("events = given")
    names["given"] = panel.obj
    with gpnb.set_options(display="live"):
        exec("import gpnb\nevents = given\n" + code[2].partition("\n")[2], names)
    assert names["panel"].shown == panel.shown
    assert names["panel"].parts["sky"].facts == panel.parts["sky"].facts
