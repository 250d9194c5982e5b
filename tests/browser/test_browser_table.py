"""Tables in a real browser: sorted and found by keyboard, linked to the sky, never markup, never wider than need be."""

import pytest

pytestmark = pytest.mark.browser

PEAKS = """\
import numpy as np, gpnb
from astropy import units as u
from astropy.table import QTable
workspace = gpnb.Workspace()
number = np.arange(40)
flux = 1e-12 * u.Unit("cm-2 s-1")
peaks = QTable({"name": [f"<b>J{n}</b>" for n in number], "value": 5 + (7.3 * number) % 11})
peaks["flux"], peaks["flux_err"] = (1 + number % 7) * flux, 0.1 * flux * np.ones(40)
peaks["ra"], peaks["dec"] = (83 + 0.02 * number) * u.deg, 22 * u.deg * np.ones(40)
geom = gpnb.WcsGeometry.create("83.4d 22d", width="2 deg", binsz="0.02 deg")
sky = gpnb.SkyMap(geom, np.random.default_rng(1).normal(size=geom.shape)).view(workspace=workspace, peaks=peaks)
sky"""

SHOW = 'table = gpnb.show(peaks, workspace, title="Peaks")\ntable'

WIDE = 'gpnb.show({f"column_{n}": np.linspace(-1, 1, 30) * n for n in range(1, 22)})'

LAST = 'peaks["name", "value"]'


@pytest.fixture
def book(notebook, request):
    made = notebook([PEAKS, SHOW, WIDE, LAST], theme=getattr(request, "param", "light"), width=1400)
    for number in (1, 2, 3):
        made.cell(number).locator("tbody tr").first.wait_for()
    return made


def cells(book, number, column):
    return book.cell(number).locator(f"tbody tr td:nth-child({column})").all_inner_texts()


def test_sorted_found_and_linked(book):
    cell, page = book.cell(1), book.page
    assert cells(book, 1, 1)[0] == "<b>J0</b>"
    assert cell.locator("tbody b").count() == 0
    heads = cell.locator("thead th").all_inner_texts()
    assert heads[2] == "Flux (10⁻¹² s⁻¹ cm⁻²)"
    assert cells(book, 1, 3)[0] == "1.00 ± 0.10"
    cell.get_by_role("button", name="Value").focus()
    page.keyboard.press("Enter")
    book.eventually(lambda: cells(book, 1, 2)[0], "5.0")
    page.keyboard.press("Enter")
    book.eventually(lambda: float(cells(book, 1, 2)[0]) > 15, True)
    field = cell.get_by_role("textbox", name="Find")
    field.press_sequentially("J1", delay=60)
    book.eventually(lambda: cell.get_by_text("11 of 40").count() > 0, True)
    book.wait_python("table.state.find", "J1")
    assert field.input_value() == "J1"
    steps = book.value("workspace.steps")
    cell.locator("tbody tr").first.click()
    book.wait_python("len(table.state.chosen)", 1)
    book.wait_python("sky.state.center != ''", True)
    assert book.value("workspace.steps") == steps + 1
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    book.wait_python("len(table.state.chosen)", 1)
    page.keyboard.press("Control+z")


@pytest.mark.parametrize("book", ["light", "dark"], indirect=True)
def test_as_wide_as_what_it_holds(book):
    narrow, wide = (book.cell(number).locator(".gpnb-sheet") for number in (3, 2))
    assert narrow.bounding_box()["width"] < 320
    assert wide.bounding_box()["width"] == pytest.approx(960, abs=3)
    assert "gpnb-more-right" in wide.get_attribute("class")
    first = wide.locator("tbody td").first
    before = first.bounding_box()["x"]
    wide.locator(".gpnb-wide").evaluate("node => node.scrollTo(9999, 0)")
    assert first.bounding_box()["x"] == pytest.approx(before, abs=1)
    book.eventually(lambda: "gpnb-more-right" in wide.get_attribute("class"), False)
    assert book.axe(".gpnb-table-panel") == []
