"""What nobody sees waits, and what a cell showed before goes with it, in a real browser."""

import pytest

pytestmark = pytest.mark.browser

MAKE = """\
import gpnb, ipywidgets
runs = gpnb.DataStore.read("demo").select(target="Crab")
energy = gpnb.Axis.energy("0.3 TeV", "30 TeV", per_decade=8)
specs = gpnb.reduce_spectrum(runs, "icrs; circle(83.63, 22.01, 0.11)", energy)
workspace = gpnb.Workspace()
panel = specs.view(workspace=workspace)
panel"""
FAR = "ipywidgets.HTML(\"<div style='height: 4000px'>far</div>\")"
OTHER = """\
geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="2 deg", binsz="0.05 deg")
other = gpnb.SkyMap.from_events(runs[0].events, geom).view(workspace=workspace)
other"""
UNDO = 'other.parts["head"].tools["undo"]'
SHOWN = "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel._comms.size"
"""Widget models that the page holds: each has a comm."""


def test_a_panel_far_away_waits_and_is_right_when_it_comes_into_sight(notebook):
    book = notebook([MAKE, FAR, OTHER])
    book.cell(2).locator(".gpnb-live").wait_for()
    undo = book.cell(2).get_by_role("button", name="Undo (Ctrl-Z)")
    book.wait_python("other.is_seen", True)
    slider = book.cell(0).get_by_role("slider", name="index", exact=True)
    slider.focus()
    book.wait_python("other.is_seen", False)
    for _ in range(3):
        book.page.keyboard.press("ArrowRight")
    book.wait_python("panel.workspace.can_undo", True)
    assert book.value(UNDO) is False
    book.python("workspace.select(energy=('1 TeV', '10 TeV'))")
    assert "10" not in book.value('[chip["text"] for chip in other.parts["head"].chips]')
    book.cell(2)
    book.wait_python(UNDO, True)
    book.eventually(undo.is_enabled, True)
    book.eventually(lambda: "10 TeV" in book.cell(2).locator(".gpnb-chips").inner_text(), True)
    undo.click()
    book.eventually(lambda: "10 TeV" in book.cell(2).locator(".gpnb-chips").inner_text(), False)


@pytest.mark.parametrize(
    "last",
    [
        "panel = specs.view(name='fit')\npanel",
        *(pytest.param(text, marks=pytest.mark.slow) for text in ("specs.view()", "panel = specs.view()\npanel")),
    ],
)
def test_a_cell_that_is_run_again_leaves_nothing_of_what_it_showed(notebook, last):
    book = notebook([MAKE.rpartition("workspace =")[0], last])
    book.cell(1).locator(".gpnb-live").wait_for()
    book.eventually(lambda: book.page.evaluate(SHOWN), lambda number: number > 20)
    counts = []
    for _ in range(8):
        book.page.locator(".jp-Notebook-cell").nth(1).click(position={"x": 5, "y": 5})
        book.command("notebook:run-cell")
        book.cell(1).locator(".gpnb-live").wait_for()
        counts.append((book.value("len(ipywidgets.widgets.widget._instances)"), book.page.evaluate(SHOWN)))
    assert counts[1:] == counts[:1] * 7
