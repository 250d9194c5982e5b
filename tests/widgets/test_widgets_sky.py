import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from regions import CircleSkyRegion, PolygonSkyRegion

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.core.sky_regions import region_text

CIRCLE = {"type": "circle", "x": 12.25, "y": 20.5, "r": 4.0}


def flat(panel):
    return panel.parts["stage"].flat


def pixels(panel):
    image = flat(panel).image
    return np.frombuffer(flat(panel).pixels, dtype=np.float32).reshape(image["ny"], image["nx"])


def test_it_shows_the_sum_then_a_slice(cube, front):
    panel = cube.view()
    np.testing.assert_array_equal(pixels(panel), cube.data.sum(axis=0))
    front.turn(panel.parts["look"], "plane", 1)
    np.testing.assert_array_equal(pixels(panel), cube.data[1])
    assert panel.state.plane == 1
    assert "2 – 4 TeV" in panel.facts()
    panel.undo()
    np.testing.assert_array_equal(pixels(panel), cube.data.sum(axis=0))


def test_colours_change_without_sending_pixels_again(cube, front):
    panel = cube.view()
    sent = []
    flat(panel).observe(sent.append, "pixels")
    front.turn(panel.parts["look"], "stretch", "log")
    front.turn(panel.parts["look"], "high", 7.5)
    front.turn(panel.parts["look"], "cmap", "viridis")
    assert not sent
    image = flat(panel).image
    assert (image["stretch"], image["high"]) == ("log", 7.5)
    assert len(flat(panel).lut) == 3 * 256


def test_the_colour_bar_tells_and_cuts(cube, front):
    panel = cube.view()
    bar = panel.parts["bar"]
    sums = pixels(panel)
    assert (bar.bar["low"], bar.bar["high"]) == pytest.approx(tuple(np.percentile(sums, (0.5, 99.9))))
    assert (bar.bar["unit"], bar.bar["auto"], len(bar.lut)) == ("per pixel", [True, True], 768)
    auto = bar.bar["high"]
    for value in (9.0, 8.0, 7.5):
        front.turn(bar, "high", value, gesture="a drag")
    assert (panel.state.high, flat(panel).image["high"], bar.bar["auto"]) == (7.5, 7.5, [True, False])
    (field,) = [item for item in panel.parts["look"].items if item["name"] == "high"]
    assert field["value"] == 7.5
    panel.undo()
    assert (panel.state.high, bar.bar["high"]) == (None, auto)
    panel.redo()
    front.turn(bar, "high", None, gesture="a double click")
    assert (panel.state.high, bar.bar["high"]) == (None, auto)
    (field,) = [item for item in panel.parts["look"].items if item["name"] == "high"]
    assert (field["value"], field["hint"]) == (None, f"auto {auto:.3g}")


def test_significance_is_about_zero(cube, front):
    values = np.random.default_rng(1).normal(size=cube.geom.shape[1:]) + 3
    panel = gpnb.SkyMap(cube.geom.image(), values, recipe=gpnb.Recipe.memory("significance")).view()
    bar = panel.parts["bar"]
    assert (bar.bar["low"], bar.bar["centred"], bar.bar["unit"]) == (-bar.bar["high"], True, "σ")
    assert max(bar.lut[3 * 128 : 3 * 129]) < 40  # dark in the middle
    front.turn(bar, "low", -2.0)
    front.turn(bar, "high", 16.0)
    assert (flat(panel).image["low"], flat(panel).image["high"], flat(panel).image["centred"]) == (-2, 16, True)
    front.turn(panel.parts["look"], "cmap", "viridis")
    assert flat(panel).image["centred"] is False


def test_masks_and_flags_have_no_colour_bar(dataset, front):
    panel = dataset.view()
    assert panel.parts["bar"].bar
    front.turn(panel.parts["look"], "layers", "flags")
    assert panel.parts["bar"].bar == {}
    front.turn(panel.parts["look"], "layers", "exposure")
    assert panel.parts["bar"].bar["unit"] == "cm² s"


def test_a_drawn_circle_comes_back_as_a_region(cube, front):
    panel = cube.view()
    front.tell(flat(panel), "shape", key=None, shape=CIRCLE, tool="circle")
    region = panel.region
    assert isinstance(region, CircleSkyRegion)
    x, y = cube.geom.coord_pixel(region.center)
    assert (float(x), float(y)) == pytest.approx((12.25, 20.5), abs=1e-6)
    assert region.radius.to_value("deg") == pytest.approx(0.2, rel=1e-3)
    shape = flat(panel).shapes[-1]
    assert (shape["key"], shape["label"]) == ("selection", "ON")
    assert shape["edit"]["x"] == pytest.approx(12.25, abs=1e-6)
    assert flat(panel).shapes[-1]["edit"]["r"] == pytest.approx(4.0, rel=1e-3)


@pytest.mark.parametrize(
    "shape",
    [
        CIRCLE,
        {"type": "ellipse", "x": 20.0, "y": 21.0, "w": 8.0, "h": 4.0, "angle": 30.0},
        {"type": "rectangle", "x": 20.0, "y": 21.0, "w": 8.0, "h": 4.0, "angle": 330.0},
        {"type": "polygon", "points": [[10.0, 10.0], [20.0, 12.0], [14.0, 25.0]]},
    ],
)
def test_shapes_go_to_the_sky_and_back(cube, front, shape):
    panel = cube.view()
    front.tell(flat(panel), "shape", key=None, shape=shape, tool=shape["type"])
    assert panel.message == ""
    back = flat(panel).shapes[-1]["edit"]
    assert back["type"] == shape["type"]
    for name, value in shape.items():
        if name != "type":
            np.testing.assert_allclose(back[name], value, rtol=2e-3, atol=1e-3)


def test_typed_and_drawn_regions_are_the_same(cube, front):
    drawn, typed = cube.view(), cube.view()
    front.tell(flat(drawn), "shape", key=None, shape=CIRCLE, tool="circle")
    front.tell(typed.parts["head"], "chip", name="region", text=drawn.selection.region_ds9)
    assert typed.region == drawn.region
    center, radius = drawn.region.center, drawn.region.radius.to_value("deg")
    front.tell(
        typed.parts["head"], "chip", name="region", text=f"{center.ra.deg:.10f} {center.dec.deg:.10f} r {radius:.10f}"
    )
    assert typed.region.center.separation(center).to_value("arcsec") < 1e-3
    assert typed.parts["table"].rows == drawn.parts["table"].rows


def test_a_moved_region_is_one_step_and_can_be_removed(cube, front):
    panel = cube.view()
    front.tell(flat(panel), "shape", key=None, shape=CIRCLE, tool="circle")
    front.tell(flat(panel), "shape", key="selection", shape={**CIRCLE, "x": 30.0}, tool="move")
    assert float(cube.geom.coord_pixel(panel.region.center)[0]) == pytest.approx(30.0, abs=1e-6)
    panel.undo()
    assert float(cube.geom.coord_pixel(panel.region.center)[0]) == pytest.approx(12.25, abs=1e-6)
    front.tell(flat(panel), "remove", key="selection")
    assert panel.region is None
    assert panel.parts["table"].rows[0]["cells"][1] == "1600"  # of all of the map


def test_the_mask_is_painted(cube, front):
    panel = cube.view()
    front.turn(panel.parts["look"], "target", "mask")
    front.tell(flat(panel), "shape", key=None, shape=CIRCLE, tool="circle")
    front.tell(flat(panel), "shape", key=None, shape={**CIRCLE, "x": 30.0}, tool="circle")
    assert panel.region is None
    assert len(panel.exclusion) == 2
    mask = panel.mask.data
    assert not mask[20, 12]
    assert not mask[20, 30]
    assert mask[5, 5]
    front.tell(flat(panel), "shape", key="excluded/1", shape={**CIRCLE, "x": 5.0, "y": 5.0}, tool="move")
    assert not panel.mask.data[5, 5]
    front.tell(flat(panel), "remove", key="excluded/0")
    assert len(panel.exclusion) == 1
    front.turn(panel.parts["look"], "clear", 1)
    assert panel.exclusion == []


def test_statistics_of_a_region(cube, dataset):
    panel = cube.view()
    panel.select(region="icrs; circle(83.63, 22.01, 0.3)")
    inside = cube.geom.image().region_mask("icrs; circle(83.63, 22.01, 0.3)").data
    heads = [column["title"] for column in panel.parts["table"].columns]
    assert heads == ["Map", "Pixels", "Sum", "Mean", "Smallest", "Largest"]
    assert panel.parts["table"].rows[0]["cells"][1] == str(inside.sum())
    other = dataset.view()
    other.select(region="icrs; circle(83.63, 22.01, 0.3)")
    row = dict(
        zip(
            [column["title"] for column in other.parts["table"].columns],
            other.parts["table"].rows[0]["cells"],
            strict=True,
        )
    )
    counts = cube.data[:, inside].sum()
    assert row["Counts"] == f"{counts:.0f}"
    assert row["Background"] == f"{3 * inside.sum():.1f}"
    assert float(row["Significance"].removesuffix(" σ")) > 10


def test_a_region_off_the_map_or_without_size_is_told(front):
    sky = gpnb.SkyMap.zeros(gpnb.WcsGeometry.create("galactic 0d 0d", binsz="2 deg", npix=(180, 90), proj="AIT"))
    panel = sky.view()
    front.tell(flat(panel), "shape", key=None, shape={"type": "circle", "x": 1.0, "y": 1.0, "r": 1.0}, tool="circle")
    assert "circle" in panel.message
    front.tell(flat(panel), "shape", key=None, shape={"type": "star"}, tool="star")
    assert panel.message.startswith("A shape must be one of circle, ellipse")
    assert panel.region is None


def test_overlays_have_names(cube, front):
    panel = cube.view()
    panel.overlay("mine", PolygonSkyRegion(SkyCoord([83.5, 83.7, 83.6], [22, 22, 22.1], unit="deg")))
    panel.overlay(front.hostile, "global text={<b>Crab</b>}; icrs; point(83.63, 22.01)", colour="#E69F00")
    assert [item[0] for item in panel.state.overlays] == ["mine", front.hostile]
    assert flat(panel).points[0]["label"] == "<b>Crab</b>"
    front.turn(panel.parts["over"], "show/mine", False)
    assert not flat(panel).shapes
    front.turn(panel.parts["over"], "colour/mine", "#009E73")
    assert panel.state.overlays[0][2] == "#009E73"
    panel.restyle("mine", title="yours")
    assert panel.state.hidden == ("yours",)
    front.turn(panel.parts["over"], "remove/yours", 1)
    assert [item[0] for item in panel.state.overlays] == [front.hostile]
    with pytest.raises(ArgumentError, match="no overlay 'yours'"):
        panel.remove("yours")
    with pytest.raises(ArgumentError, match="colour 'red'"):
        panel.overlay("x", "icrs; circle(1, 2, 3)", colour="red")


def test_peaks_and_contours(cube, front):
    panel = cube.view(peaks=[(83.63, 22.01, 7.0)])
    (point,) = flat(panel).points
    assert (point["label"], point["marker"]) == ("1", "circle")
    front.turn(panel.parts["look"], "contours", "5, 10")
    assert panel.state.contours == (5.0, 10.0)
    assert len(flat(panel).contours) > 1
    front.turn(panel.parts["look"], "contours", "many")
    assert "must be numbers, such as 3 5 7" in panel.message


def test_why_a_bin_is_masked(dataset, front):
    panel = dataset.view()

    def why(x, y):
        front.tell(flat(panel), "probe", x=x, y=y)
        assert (flat(panel).told["x"], flat(panel).told["y"]) == (x, y)
        return flat(panel).told["why"]

    assert why(0, 0) == ["outside the field of view"]
    assert why(10, 10) == []
    front.turn(panel.parts["look"], "layers", "flags")
    assert why(0, 0) == ["outside the field of view"]
    panel.set(excluded=["icrs; circle(83.63, 22.01, 0.2)"])
    assert why(20, 20) == ["excluded by the painted circle 83.63° +22.01° r 0.2°"]
    assert panel.parts["foot"].notes == [front.hostile]


def test_a_pixel_tells_of_all_layers(dataset, front):
    panel = dataset.view()
    counts = dataset.counts.data
    front.tell(flat(panel), "probe", x=30, y=20)  # columns and rows differ
    assert dict(flat(panel).told["rows"]) == {
        "Counts": f"{counts[:, 20, 30].sum():.0f}",
        "Background": "3",
        "Exposure at 2 – 4 TeV": "10¹³ cm² s",
    }
    assert flat(panel).image["name"] == "Counts"
    front.turn(panel.parts["look"], "plane", 2)
    front.tell(flat(panel), "probe", x=30, y=20)
    assert dict(flat(panel).told["rows"])["Counts"] == f"{counts[2, 20, 30]:.0f}"
    assert "Exposure" in dict(flat(panel).told["rows"])
    before = flat(panel).told
    front.tell(flat(panel), "probe", x=40, y=-1)  # the page may be behind
    assert flat(panel).told == before


def test_energy_stands_where_it_says(cube, dataset, front):
    def energy(panel):
        (item,) = [item for item in panel.parts["look"].items if item["name"] == "plane"]
        return item["value"], item["max"], item["text"], item.get("whole")

    panel = cube.view()
    assert energy(panel) == (0, 2, "1 – 8 TeV", True)
    front.turn(panel.parts["look"], "plane", 1)
    assert energy(panel) == (1, 2, "2 – 4 TeV", False)
    front.turn(panel.parts["look"], "plane", None)
    assert (energy(panel), panel.state.plane) == ((0, 2, "1 – 8 TeV", True), None)
    panel.select(energy=("1.9 TeV", "9 TeV"))
    assert energy(panel) == (1, 2, "2 – 8 TeV", True)
    other = gpnb.SkyMap(cube.geom, cube.data, recipe=gpnb.Recipe.memory("rate")).view()  # not added up: one plane
    assert energy(other) == (1, 2, "2 – 4 TeV", None)
    front.turn(other.parts["look"], "plane", 2)
    assert energy(other) == (2, 2, "4 – 8 TeV", None)


def test_daily_controls_are_one_row(dataset):
    items = dataset.view().parts["look"].items
    daily = [item["label"] for item in items if not item.get("box") and item["kind"] != "box"]
    assert daily == ["Layer", "Energy", "Stretch", "Map"]
    assert {"From", "to", "Smooth", "Opacity", "Contours at", "View", "Draw", "Grid"} <= {
        item["label"] for item in items if item.get("box") == "more"
    }


def test_zoom_is_state(cube, front):
    panel = cube.view()
    front.tell(flat(panel), "window", window=[9.5, 9.5, 29.5, 29.5])
    assert panel.state.width == pytest.approx(1.0)
    assert flat(panel).window == pytest.approx([9.5, 9.5, 29.5, 29.5], abs=1e-6)
    again = cube.view(center=panel.state.center, width=f"{panel.state.width} deg")
    assert flat(again).window == pytest.approx(flat(panel).window, abs=1e-6)
    front.tell(flat(panel), "window", window=[])
    assert (panel.state.center, panel.state.width) == ("", None)


def test_the_shared_energy_is_summed(cube):
    workspace = gpnb.Workspace()
    one, two = cube.view(workspace=workspace), cube.view(workspace=workspace, plane=0)
    one.select(energy=("1.9 TeV", "9 TeV"))
    np.testing.assert_array_equal(pixels(one), cube.data[1:].sum(axis=0))
    np.testing.assert_array_equal(pixels(two), cube.data[0])


def test_an_impossible_energy_is_told_and_undone(cube):
    panel = cube.view()
    panel.select(energy=("20 TeV", "30 TeV"))
    assert "no bin between 20 and 30 TeV" in panel.message
    panel.undo()
    assert panel.message == ""
    np.testing.assert_array_equal(pixels(panel), cube.data.sum(axis=0))


def test_the_picture_shows_what_the_panel_shows(cube):
    from gpnb.draw import sky
    from gpnb.draw.style import new_figure

    panel = cube.view(stretch="sqrt")
    panel.select(region="icrs; circle(83.63, 22.01, 0.3)", energy=("1.9 TeV", "9 TeV"))
    assert panel.shown.regions == region_text(panel.region)
    figure = new_figure()
    sky.draw(cube, panel.shown, figure)
    np.testing.assert_array_equal(figure.axes[0].images[0].get_array().data, pixels(panel))


@pytest.mark.long
def test_a_thousand_slider_moves_leave_memory_flat(cube, front):
    import gc
    import tracemalloc

    panel = cube.view()

    def move(count):
        for number in range(count):
            front.turn(panel.parts["look"], "plane", number % 4 - 1 if number % 4 else None, gesture="one drag")

    tracemalloc.start()
    move(1000)
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    move(1000)
    gc.collect()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 100_000
    assert panel.undo()
    assert not panel.undo()


def test_the_sky_in_aladin_shows_the_same(cube, front):
    galactic = gpnb.WcsGeometry.create("galactic 0d 0d", width="2 deg", binsz="0.05 deg", frame="galactic")
    sky_map = gpnb.SkyMap(galactic, cube.data.sum(axis=0), recipe=gpnb.Recipe.memory("counts"))
    panel = sky_map.view(backdrop="sky", contours=[4.0], peaks=[(266.4, -29.0, 7.0)])
    panel.select(region="galactic; circle(0, 0, 0.3)")
    panel.overlay("first", "global text={A}; galactic; point(0.1, 0.1)")
    panel.overlay("second", "global text={B}; galactic; point(0.2, 0.1)")
    aladin = panel.parts["aladin"]
    assert aladin.sky.coo_frame == "GAL"
    sent = {}
    aladin.sky.send = lambda content, buffers=None: sent.update({content.get("name", ""): content})  # noqa: ARG005
    tell_ready = {"method": "custom", "content": {"gpnb": "ready"}}
    aladin.sky.comm.handle_msg({"content": {"data": tell_ready}, "buffers": []})
    assert sent["selection"]["style"]["label"] == "ON"
    assert sent["contours"]["regions"]
    assert not sent["contours"]["style"]["closed"]
    looks = {name: sent[name]["style"] for name in ("peaks", "first (points)", "second (points)")}
    assert {name: (look["marker"], look["names"]) for name, look in looks.items()} == {
        "peaks": ("circle", "always"),
        "first (points)": ("x", "few"),
        "second (points)": ("diamond", "few"),
    }
    assert looks["first (points)"]["colour"] != looks["second (points)"]["colour"]
    assert [item["label"] for item in aladin.tools.items] == ["Move", "Circle", "Ellipse", "Box", "Polygon"]
    front.turn(aladin.tools, "circle", True)
    assert [item["value"] for item in aladin.tools.items] == [False, True, False, False, False]
    front.turn(aladin.tools, "move", True)
    assert aladin.tools.items[0]["value"]
    told = {}
    aladin.sky.send = lambda content, buffers=None: told.update(content)  # noqa: ARG005
    for lon, lat in ((0.3, 0.4), (5.0, 0.0)):
        where = SkyCoord(lon, lat, unit="deg", frame="galactic").icrs
        asked = {"gpnb": "probe", "place": [1, 2], "world": [where.ra.deg, where.dec.deg]}
        aladin.sky.comm.handle_msg({"content": {"data": {"method": "custom", "content": asked}}, "buffers": []})
        assert (told["lon"], told["lat"], told["frame"]) == (pytest.approx(lon), pytest.approx(lat), "galactic")
        x, y = (round(float(value)) for value in galactic.coord_pixel(where))
        there = lon < 1
        assert told["rows"] == ([("Counts", f"{sky_map.data[y, x]:g}")] if there else [])
        assert told["why"] == ([] if there else ["outside the map"])
    front.turn(aladin.zooms, "in", 1)
    assert panel.parts["bar"].bar["high"] > 0


def test_contours_are_of_smoothed_counts(cube):
    from gpnb.panels.sky.layers import for_contours, layer
    from gpnb.panels.sky.view import SkyView

    shown = layer("counts", cube, SkyView())
    steady = for_contours(shown)
    assert steady.std() < 0.6 * shown.image.std()
    inner = np.s_[8:-8, 8:-8]  # at the edges the smoothing falls off
    assert steady[inner].sum() == pytest.approx(shown.image[inner].sum(), rel=0.05)
    smooth = layer("counts", cube, SkyView(smooth=0.1))
    np.testing.assert_array_equal(for_contours(smooth), smooth.image)
    other = layer("exposure", cube, SkyView())
    np.testing.assert_array_equal(for_contours(other), other.image)


def test_a_region_in_the_hand_has_its_statistics(cube, front):
    panel = cube.view()
    front.tell(flat(panel), "shape", key=None, shape=CIRCLE, tool="circle")
    before = panel.parts["table"].rows
    front.tell(flat(panel), "dragged", key="selection", shape={**CIRCLE, "r": 8.0})
    assert int(panel.parts["table"].rows[0]["cells"][1]) > 3 * int(before[0]["cells"][1])
    assert not panel.workspace.can_redo
    front.tell(flat(panel), "dragged", key=None, shape=None)
    assert panel.parts["table"].rows == before
    front.turn(panel.parts["look"], "target", "mask")
    front.tell(flat(panel), "dragged", key=None, shape={**CIRCLE, "r": 8.0})  # a mask in the hand is no region
    assert panel.parts["table"].rows == before


def test_catalogue_marks_are_counted_in_view(cube, front):
    panel = cube.view()
    panel.overlay("mine", "global text={A}; icrs; point(83.63, 22.01)\nglobal text={B}; icrs; point(84.4, 22.8)")
    (chip,) = [item for item in panel.parts["over"].items if item["kind"] == "chip"]
    assert (chip["label"], chip["text"], chip["marker"]) == ("mine", "2 in view", "x")
    front.tell(flat(panel), "window", window=[15.0, 15.0, 25.0, 25.0])
    (chip,) = [item for item in panel.parts["over"].items if item["kind"] == "chip"]
    assert chip["text"] == "1 in view"
    front.turn(panel.parts["over"], "colour/mine", chip["next_colour"])
    assert flat(panel).points[0]["colour"] == chip["next_colour"] != chip["colour"]


@pytest.fixture(scope="module")
def fitted():
    """A fit of a cube with a point source."""
    from made_cubes import cube_of, point

    source = point().replace(amplitude="3e-11 TeV-1 s-1 cm-2")
    cube = cube_of(width="1.2 deg", models=[source], seed=1)
    return gpnb.fit(cube, [source, gpnb.BackgroundModel("cube")])


def test_a_fit_of_a_cube_makes_each_map_when_it_is_looked_at(fitted, front):
    shown = fitted.cube()
    panel = shown.view()
    layers = next(item for item in panel.parts["look"].items if item["name"] == "layers")
    names = [option[0] for option in layers["options"]]
    assert names[:5] == ["counts", "excess", "significance", "prediction", "residuals"]
    assert set(shown.maps.made) == {"counts", "exposure", "flags"}
    np.testing.assert_array_equal(pixels(panel), shown.counts.data.sum(axis=0))
    for name in ("prediction", "residuals"):
        front.turn(panel.parts["look"], "layers", name)
        assert panel.wait()
        np.testing.assert_allclose(pixels(panel), shown.maps[name].data.reshape(-1, 30, 30).sum(axis=0), rtol=1e-6)
    assert set(shown.maps.made) == {"counts", "exposure", "flags", "prediction", "residuals", "background"}
    assert panel.parts["bar"].bar["unit"] == "σ"
    assert panel.parts["bar"].bar["centred"]
    rows = panel.parts["parameters"].rows
    assert [row["cells"][0] for row in rows] == ["p index", "p amplitude", "p lon", "p lat", "cube-bkg norm"]
    assert "−2 ln L" in panel.facts()


def test_significance_and_residuals_follow_the_energies(fitted, front):
    shown = fitted.cube()
    panel = shown.view(layers=["residuals"])
    assert panel.wait()
    look = panel.parts["look"]
    item = next(item for item in look.items if item["name"] == "plane")
    assert item["whole"] is True
    np.testing.assert_allclose(pixels(panel), shown.residuals.data, rtol=1e-6)
    front.turn(look, "plane", 2)
    assert panel.wait()
    wanted = shown.between("residuals", 2, 2).data
    assert not np.allclose(wanted, shown.residuals.data, equal_nan=True)
    np.testing.assert_allclose(pixels(panel), wanted, rtol=1e-6)
    item = next(item for item in look.items if item["name"] == "plane")
    assert (item["value"], item["whole"]) == (2, False)
    assert item["text"] in panel.facts()
    front.tell(flat(panel), "probe", x=15, y=15)
    told = dict(flat(panel).told["rows"])
    assert "Residuals" in told
    assert "Significance" not in told  # of these energies it is not made
    panel.select(energy=shown.cube.geom.axis("energy").edges[[0, 2]])
    panel.set(plane=None, layers=["significance"])
    assert panel.wait()
    np.testing.assert_allclose(pixels(panel), shown.between("significance", 0, 1).data, rtol=1e-6)
    figure = shown.plot(layers=["significance"], plane=1)
    drawn = figure.axes[0].images[0].get_array().filled(np.nan)
    np.testing.assert_allclose(drawn, shown.between("significance", 1, 1).data, rtol=1e-6)


def test_pointing_at_a_fitted_cube_makes_no_map(fitted, front):
    shown = fitted.cube()
    panel = shown.view()
    front.tell(flat(panel), "probe", x=15, y=15)
    assert [row[0] for row in flat(panel).told["rows"]] == ["Counts", "Exposure at 3.16 – 3.98 TeV"]
    assert set(shown.maps.made) == {"counts", "exposure", "flags"}


def test_a_map_that_cannot_be_made_is_told_and_the_others_stay(fitted, front, monkeypatch):
    shown = fitted.cube()
    panel = shown.view()
    monkeypatch.setattr(type(shown), "prediction", property(lambda _: 1 / 0))
    front.turn(panel.parts["look"], "layers", "prediction")
    assert panel.wait()
    assert "division" in panel.message
    np.testing.assert_array_equal(pixels(panel), shown.counts.data.sum(axis=0))
    front.turn(panel.parts["look"], "layers", "excess")
    assert panel.wait()
    np.testing.assert_allclose(pixels(panel), shown.excess.data.sum(axis=0), rtol=1e-6)


def test_a_fit_opens_with_the_map_that_is_asked_for(fitted):
    panel = fitted.view(layers=["residuals"])
    assert panel.wait()
    assert "Residuals" in panel.facts()
    assert fitted.view().to_code().endswith("fitted.view()")
