"""The live instrument panel without a browser."""

import io
from dataclasses import replace

import numpy as np
import pytest
from astropy.table import Table
from astropy.time import Time
from PIL import Image

import gpnb
from gpnb.core.hooks import module_for
from gpnb.data import GTI, EventList, Observation
from gpnb.irf import Background3D, EffectiveArea, EnergyDispersion, PsfKing
from gpnb.maps.axis import Axis
from gpnb.panels.plot import Image as Pixels
from gpnb.widgets.parts.picture import colour_key, png_of

REFERENCE = Time(53343.0, format="mjd", scale="tt")
TRUE = Axis.energy("0.1 TeV", "100 TeV", nbin=12, name="energy_true")
RECO = Axis.energy("0.1 TeV", "100 TeV", nbin=12)
OFFSET = Axis.from_edges([0.0, 0.5, 1.0, 1.5, 2.0, 2.5], "offset", "deg")
HOSTILE = "<img src=x>"


def responses():
    migra = Axis.from_edges(np.linspace(0, 3, 31), "migra", "")
    density = np.exp(-0.5 * ((migra.center_values - 1) / 0.2) ** 2)
    fov = np.linspace(-2.5, 2.5, 11)
    axes = (Axis.from_edges(fov, "fov_lon", "deg"), Axis.from_edges(fov, "fov_lat", "deg"))
    area = np.linspace(1e7, 1e9, 12)[:, None] * np.linspace(1, 0.4, 5)
    return {
        "aeff": EffectiveArea((TRUE, OFFSET), area, {"LO_THRES": 0.7, "TELESCOP": HOSTILE}),
        "edisp": EnergyDispersion((TRUE, migra, OFFSET), np.tile(density[None, :, None], (12, 1, 5))),
        "psf": PsfKing.from_columns((TRUE, OFFSET), GAMMA=np.full((12, 5), 2.0), SIGMA=np.full((12, 5), 0.08)),
        "bkg": Background3D((RECO, *axes), np.tile(RECO.center_values[:, None, None] ** -2.7, (1, 10, 10))),
    }


def observation():
    names = ("TIME", "RA", "DEC", "ENERGY")
    events = EventList(
        Table([[1.0], [83.6], [22.0], [1.0]], names=names), {"RA_PNT": 83.63, "DEC_PNT": 22.5}, REFERENCE
    )
    parts = {"events": events, "gti": GTI([0.0], [1600.0], REFERENCE), **responses()}
    return Observation(23523, parts, {"OBJECT": HOSTILE, "ZEN_PNT": 47.0, "DEADC": 0.9})


def open_live(obj, **changes):
    with gpnb.set_options(display="live"):
        return obj.view(**changes)


@pytest.fixture
def panel():
    with gpnb.set_options(display="live"):
        return module_for("live.instrument").open_panel(observation(), None, {})


def change(panel, **values):
    changes = dict(panel.controls.changes)
    for name, value in values.items():
        changes[name] = [value, f"{name}-{value}"]
    panel.controls.set_state({"changes": changes})


def item(panel, name):
    return next(found for found in panel.controls.items if found["name"] == name)


def test_a_run_shows_all_its_responses(panel):
    assert list(panel.plots) == ["area", "resolution", "bias", "containment", "profile", "rate"]
    assert panel.parts["head"].title == "Run 23523"
    assert panel.parts["head"].facts.startswith(f"{HOSTILE} · 24.0 min live")
    assert [row["cells"][0] for row in panel.table.rows][:2] == ["Effective area", "Effective area"]
    assert panel.table.fold == "Axes of the responses"
    assert [entry["label"] for entry in panel.legend.legend] == ["0°", "1°", "1.5°"]
    assert panel.message == ""


def test_the_slider_adds_a_curve_to_every_plot(panel):
    fixed = panel.plots["area"].names
    change(panel, offset=0.75)
    assert panel.state.offset == 0.75
    assert item(panel, "offset")["text"] == "0.75°"
    assert panel.legend.legend[-1]["label"] == "0.75°"
    assert len(panel.plots["area"].names) == len(fixed) + 1
    energy, area = panel.plots["area"].data("line 3")
    assert np.nan_to_num(area) == pytest.approx(panel.obj.aeff.evaluate(energy, np.array(0.75)) * 1e-4)
    change(panel, fixed=True)
    assert panel.state.offset is None
    assert panel.plots["area"].names == fixed
    change(panel, fixed=False)
    assert panel.state.offset == 0.0  # on the axis too, where the slider stands already
    assert item(panel, "offset")["text"] == "0.00°"


def test_a_drag_of_the_slider_is_one_step(panel):
    for value in (0.5, 0.6, 0.7):
        panel.controls.changes = {"offset": [value, "one drag"]}
    assert panel.state.offset == 0.7
    panel.undo()
    assert panel.state.offset is None
    assert not panel.workspace.can_undo


def test_containment_is_one_choice(panel):
    assert item(panel, "containment")["value"] == [0.68, 0.95]
    before = panel.plots["containment"].data("line 0")[1]
    change(panel, containment=[0.95])
    assert panel.state.containment == (0.95,)
    assert (panel.plots["containment"].data("line 0")[1] > before).all()
    assert len([name for name in panel.plots["containment"].names if name.startswith("line")]) == 3


def test_energies_come_from_the_selection(panel):
    panel.workspace.select(energy=("1 TeV", "10 TeV"))
    for plot in (plot for name, plot in panel.plots.items() if name != "profile"):
        energy = plot.data("line 0")[0]
        assert (energy[0], energy[-1]) == (pytest.approx(1), pytest.approx(10))
    panel.workspace.select(energy=("300 TeV", "400 TeV"))
    assert "the response covers" in panel.message


@pytest.mark.parametrize("name", ["aeff", "edisp", "psf", "bkg"])
def test_a_response_shows_curves_and_an_image(name):
    panel = open_live(responses()[name], offset="1 deg")
    assert panel.plots["image"].names == ["image"]
    picture = Image.open(io.BytesIO(panel.plots["image"].widget.marks[0]["png"]))
    assert picture.mode == "RGBA"
    assert picture.size[0] in (80, 120)
    assert panel.plots["image"].widget.legend[0]["colours"][0] == "#440154"
    assert panel.plots["image"].widget.label
    assert all(plot.names for plot in panel.plots.values())
    assert panel.message == ""


def test_images_of_a_run_are_shown_on_demand(panel):
    curves = list(panel.plots)
    change(panel, images=True)
    assert list(panel.plots) == [*curves, "aeff image", "edisp image", "psf image", "bkg image"]
    assert panel.plots["psf image"].widget.title == "Point spread function: energy and offset"
    before = panel.plots["edisp image"].widget.facts
    change(panel, offset=1.0)
    assert panel.plots["edisp image"].widget.facts != before
    grid = panel.parts["grid"]
    assert len(grid.children) == len(curves) + 4
    change(panel, images=False)
    assert len(grid.children) == len(curves)
    panel.undo()
    assert len(grid.children) == len(curves) + 4
    assert panel.message == ""


def test_only_the_migration_changes_with_the_slider():
    for name, changes in (("edisp", True), ("psf", False)):
        panel = open_live(responses()[name])
        before = panel.plots["image"].widget.facts
        change(panel, offset=1.0)
        assert (panel.plots["image"].widget.facts != before) is changes


def test_a_response_of_one_offset_has_no_slider():
    one = Axis.from_edges([0.3, 0.5], "offset", "deg")
    panel = open_live(EffectiveArea((TRUE, one), np.full((12, 1), 1e9), {"HDUCLAS3": "POINT-LIKE"}))
    assert "image" not in panel.plots
    assert panel.controls.items == []
    assert panel.parts["head"].facts == "aeff_2d · point-like"


def test_the_picture_shows_the_same_curves(panel):
    change(panel, offset=0.75)
    drawn = {axes.get_title(loc="left"): axes for axes in panel.figure().axes}
    for plot in panel.plots.values():
        lines = [line for line in drawn[plot.widget.title].lines if len(line.get_xdata()) > 2]
        energy, values = plot.data("line 0")
        x, y = (np.asarray(part, dtype=float) for part in lines[0].get_data())
        assert np.interp(energy, x, y) == pytest.approx(values, nan_ok=True)


def test_pictures_stand_upright_and_are_clear_where_nothing_is():
    edges, values = np.arange(3.0), np.array([[0.0, np.nan], [1.0, 0.5]])
    small = Pixels(label="", x=edges, y=edges, values=values, low=0.0, high=1.0)
    picture = Image.open(io.BytesIO(png_of(small)))
    assert picture.getpixel((0, 1))[:3] == (68, 1, 84)  # the first row is the lowest
    assert picture.getpixel((1, 1))[3] == 0
    assert picture.getpixel((0, 0))[3] == 255
    entry = colour_key(replace(small, label="Area (m²)", low=1e3, high=1e6))
    assert (entry["low"], entry["high"], len(entry["colours"])) == ("1000", "10⁶", 9)


def test_the_code_opens_the_same_state():
    response = responses()["psf"]
    panel = open_live(response, offset="1 deg", containment=(0.5,))
    code = panel.to_code()
    assert ".view(containment=[0.5], offset='1.0 deg')" in code or "offset='1.0 deg'" in code
