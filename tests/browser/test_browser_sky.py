"""The live sky in JupyterLab: drawn by mouse, by keyboard, typed; undone; reloaded; seen by everyone."""

import pytest

pytestmark = pytest.mark.browser

MAKE = """\
import numpy as np, gpnb
axis = gpnb.Axis.energy("1 TeV", "8 TeV", nbin=3)
geom = gpnb.WcsGeometry.create("83.63d 22.01d", width=("4 deg", "3 deg"), binsz="0.02 deg", axes=[axis])
rng = np.random.default_rng(1)
source = 5 * np.exp(-(geom.separation("83.63d 22.01d") ** 2) / 0.02)
counts = gpnb.SkyMap(geom, (rng.poisson(1, geom.shape) + rng.poisson(source, geom.shape)).astype(np.float32),
                     recipe=gpnb.Recipe.memory("counts"))
HOSTILE = "<img src=x onerror=window.__hit=1>"
"""
SHOW = "panel = counts.view(title=HOSTILE, overlays=[(HOSTILE, 'icrs; point(83.5, 22.5)', '#56B4E9')])\npanel"
CENTER = "[float(v) for v in geom.coord_pixel(panel.region.center)]"


def sky(book):
    return book.cell(1).get_by_role("application")


def screen(book, x, y):
    """Where a pixel of the image is on the screen, and how large it is there (200 × 150 pixels fill the canvas)."""
    box = sky(book).bounding_box()
    scale = min(box["width"] / 200, box["height"] / 150)
    at = box["x"] + box["width"] / 2 + (x - 99.5) * scale, box["y"] + box["height"] / 2 - (y - 74.5) * scale
    return *at, scale


def drag(book, start, end):
    page = book.page
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


@pytest.mark.parametrize("subshells", [True, False], ids=["subshells", "main shell"])
def test_a_whole_path_by_mouse(notebook, subshells):
    book = notebook([MAKE, SHOW], subshells=subshells)
    cell = book.cell(1)
    cell.get_by_role("button", name="Draw a circle").click()
    x, y, scale = screen(book, 60.0, 40.0)
    drag(book, (x, y), (x + 80, y))
    book.wait_python("panel.region is not None", True)
    center = book.value(CENTER)
    assert abs(center[0] - 60.0) * scale < 1
    assert abs(center[1] - 40.0) * scale < 1
    assert abs(book.value("panel.region.radius.to_value('deg')") / 0.02 - 80 / scale) * scale < 1
    cell.get_by_text("circle 84").first.wait_for()  # the chip
    cell.get_by_role("cell", name="Counts").first.wait_for()  # the statistics

    drag(book, (x, y), (x + 50, y - 30))  # move it
    book.wait_python(
        CENTER, lambda at: abs(at[0] - 60 - 50 / scale) * scale < 1 and abs(at[1] - 40 - 30 / scale) * scale < 1
    )
    drag(book, (x + 130, y - 30), (x + 90, y - 30))  # take its handle
    book.wait_python("panel.region.radius.to_value('deg')", lambda size: abs(size / 0.02 - 40 / scale) * scale < 1)

    cell.get_by_role("button", name="Undo").click()
    book.wait_python("panel.region.radius.to_value('deg')", lambda size: abs(size / 0.02 - 80 / scale) * scale < 1)
    cell.get_by_role("button", name="Show the code").click()
    code = cell.get_by_role("region", name="Code").locator("pre").inner_text()
    assert "gpnb.Selection(region='icrs; circle(" in code
    assert code == book.value("panel.to_code()")

    cell.get_by_label("Stretch").select_option("log")
    book.wait_python("panel.state.stretch", "log")
    assert book.page.evaluate("window.__hit") is None
    assert cell.get_by_text("<img src=x onerror=window.__hit=1>").count() >= 2


def test_a_whole_path_by_keyboard(notebook):
    book = notebook([MAKE, SHOW])
    cell, keys = book.cell(1), book.page.keyboard
    cell.get_by_role("button", name="All of Energy").press("Enter")
    book.wait_python("panel.state.plane", 0)
    cell.get_by_role("slider", name="Energy", disabled=False).focus()
    keys.press("ArrowRight")
    book.wait_python("panel.state.plane", 1)
    cell.get_by_text("2 – 4 TeV", exact=True).wait_for()
    keys.press("Control+z")
    book.wait_python("panel.state.plane", lambda plane: plane != 1)
    keys.press("Control+Shift+z")
    book.wait_python("panel.state.plane", 1)

    cell.get_by_role("button", name="Restrict the region").press("Enter")
    keys.press("Control+a")
    keys.type("83.63 22.01 r 0.3")
    keys.press("Enter")
    book.wait_python("panel.region.radius.to_value('deg')", 0.3)
    cell.get_by_text("circle 83.63° +22.01° r 0.3°").wait_for()

    sky(book).focus()
    keys.press("ArrowRight")
    keys.press("ArrowLeft")
    book.cell(1).get_by_text("05 34 31").wait_for()  # the read-out
    keys.press("Enter")  # take the region under the crosshair
    for _ in range(3):
        keys.press("Shift+ArrowRight")
    book.wait_python(CENTER, lambda at: at[0] > 101)
    keys.press("Delete")
    book.wait_python("panel.region is None", True)
    for key in ("PageUp", "PageUp"):
        keys.press(key)
    book.wait_python("panel.state.width", lambda width: width is not None and width < 3)
    keys.press("Home")
    book.wait_python("panel.state.width", None)


def test_polygon_and_mask(notebook):
    book = notebook([MAKE, SHOW])
    cell, mouse = book.cell(1), book.page.mouse
    cell.get_by_role("button", name="More controls").click()
    cell.get_by_label("Draw", exact=True).select_option("the exclusion mask")
    cell.get_by_role("button", name="Click the corners").click()
    for x, y in ((50, 50), (80, 50), (65, 80), (50, 50)):
        mouse.click(*screen(book, x, y)[:2])
    book.wait_python("len(panel.exclusion)", 1)
    corners = "[[float(v) for v in geom.coord_pixel(c)] for c in panel.exclusion[0].vertices]"
    for found, wanted in zip(book.value(corners), ((50, 50), (80, 50), (65, 80)), strict=True):
        assert abs(found[0] - wanted[0]) + abs(found[1] - wanted[1]) < 0.5
    assert book.value("[bool(panel.mask.data[55, 65]), bool(panel.mask.data[20, 20])]") == [False, True]
    cell.get_by_role("button", name="Take away the 1 region").click()
    book.wait_python("len(panel.exclusion)", 0)


def test_linked_panels_move_together(notebook):
    opened = "ws = gpnb.Workspace()\nfirst, second = counts.view(workspace=ws), counts.view(workspace=ws)\nfirst"
    book = notebook([MAKE, opened, "second"])
    book.cell(1).get_by_role("button", name="Restrict the energy").click()
    book.page.keyboard.type("2 - 8 TeV")
    book.page.keyboard.press("Enter")
    book.cell(2).get_by_text("2 – 8 TeV").first.wait_for()
    assert book.value("second.selection.energy.value.tolist()") == [2, 8]
    book.cell(2).get_by_role("button", name="Undo").click()
    book.cell(1).get_by_role("button", name="Restrict the energy").wait_for()


def test_it_survives_a_reload(notebook):
    book = notebook([MAKE, SHOW])
    book.python("panel.select(region='icrs; circle(83.63, 22.01, 0.3)')")
    book.save()
    book.reload()
    book.cell(1).get_by_text("circle 83.63° +22.01° r 0.3°").wait_for()
    book.cell(1).get_by_label("Stretch").select_option("sqrt")
    book.wait_python("panel.state.stretch", "sqrt")


def test_everyone_can_use_it(notebook):
    book = notebook([MAKE, SHOW])
    book.python("panel.select(region='icrs; circle(83.63, 22.01, 0.3)')")
    book.cell(1).get_by_role("button", name="Save the picture").click()
    book.cell(1).get_by_role("region", name="Save").wait_for()
    for theme in ("light", "dark"):
        book.theme(theme)
        assert book.axe(".gpnb-live") == []


def test_the_colour_bar_is_dragged_to_cut(notebook):
    book = notebook([MAKE, SHOW], theme="dark")
    cell, mouse = book.cell(1), book.page.mouse
    top = cell.get_by_role("slider", name="Value of the last colour")
    box = top.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    ticks = cell.locator(".gpnb-bar-tick")
    assert ticks.count() >= 2
    highest = float(top.get_attribute("aria-valuenow"))
    mouse.move(x, y)
    mouse.down()
    mouse.move(x, y + 60, steps=6)
    book.wait_python("panel.state.high", lambda high: high is not None and high < highest)  # during the drag
    held = top.bounding_box()
    assert abs(held["y"] - box["y"] - 60) < 6  # the scale holds still
    mouse.move(x, y + 120, steps=6)
    mouse.up()
    book.wait_python("panel.state.high", lambda high: high is not None and high < 0.9 * highest)
    book.eventually(lambda: abs(top.bounding_box()["y"] - box["y"]) < 2, True)  # then the end is at the end again
    book.eventually(lambda: float(top.get_attribute("aria-valuenow")) == book.value("panel.state.high"), True)
    cell.get_by_role("button", name="Undo").click()
    book.wait_python("panel.state.high", None)
    top.press("Shift+ArrowDown")
    book.wait_python("panel.state.high", lambda high: high is not None and high < highest)
    top.dblclick()
    book.wait_python("panel.state.high", None)


def test_a_pixel_tells_of_itself_where_it_is_pointed_at(notebook):
    book = notebook([MAKE, SHOW])
    book.python("panel.set(excluded=['icrs; circle(83.63, 22.01, 0.3)'])")
    x, y, _ = screen(book, 100.0, 75.0)
    book.page.mouse.move(x, y)
    card = book.cell(1).locator(".gpnb-read")
    book.eventually(lambda: "excluded by the painted circle" in card.inner_text(), True)
    value = book.value("float(counts.data[:, 75, 100].sum())")
    assert f"Counts\n{value:.0f}" in card.inner_text()
    at = card.bounding_box()
    assert not (at["x"] < x < at["x"] + at["width"] and at["y"] < y < at["y"] + at["height"])


FIT = """\
import gpnb
runs = gpnb.demo_store(progress=False).select(target="Crab")[:1]
axis = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=3)
geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="1.6 deg", binsz="0.04 deg", axes=[axis])
cube = gpnb.reduce_map(runs, geom, exclusion="icrs; circle(83.63, 22.01, 0.3)")
law = gpnb.PowerLaw(index=2.5, amplitude="3e-11 TeV-1 s-1 cm-2")
crab = gpnb.SkyModel(law, gpnb.PointSource("83.63d 22.01d"), name="crab")
result = gpnb.fit(cube, [crab, *gpnb.background_models(cube)])
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_fitted_cube_shows_what_is_left(notebook, theme, tmp_path):
    book = notebook([FIT, "panel = result.view()\npanel"], theme=theme)
    cell = book.cell(1)
    cell.get_by_role("cell", name="crab index").wait_for()
    cell.get_by_label("Layer").select_option(label="Residuals")
    book.wait_python("'Residuals' in panel.facts()", True)
    assert book.value("panel.message") == ""
    assert book.screenshot(tmp_path / f"{theme}.png", 1).stat().st_size > 10_000
