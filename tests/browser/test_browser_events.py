"""The event explorer in a real browser: brushes, regions, typed ranges; mouse and keyboard."""

import pytest

pytestmark = pytest.mark.browser

PANEL = """\
import numpy as np
from astropy.table import Table
from astropy.time import Time
import gpnb
rng = np.random.default_rng(1)
size = 5000
table = Table({"TIME": rng.uniform(0, 1600, size), "RA": 83.63 + rng.normal(0, 0.6, size),
               "DEC": 22.01 + rng.normal(0, 0.6, size), "ENERGY": 0.5 * rng.pareto(1.7, size) + 0.5})
header = {"RA_PNT": 83.63, "DEC_PNT": 22.51, "RA_OBJ": 83.63, "DEC_OBJ": 22.01,
          "OBJECT": "<img src=x onerror=window.__hit=1>", "TELESCOP": "<script>window.__hit=2</script>"}
reference = Time(53343.0, format="mjd", scale="tt")
events = gpnb.EventList(table, header, reference)
panel = events.view(gti=gpnb.GTI([0.0], [1600.0], reference))
panel"""

CHOSEN = "int(panel.counts.total)"


@pytest.fixture
def book(notebook):
    made = notebook([PANEL], width=1600)
    made.cell(0).locator(".gpnb-plot .gpnb-curve").first.wait_for()
    return made


def plot(book, title):
    return book.cell(0).locator(f".gpnb-plot:has(b:text-is('{title}'))")


def area(book, title):
    """The frame of a plot in the window."""
    found = plot(book, title).locator(".gpnb-frame").first
    found.wait_for()
    return found.bounding_box()


BRUSHED = """\
def brushed(name):
    figure = panel.parts['plots'][name].widget
    ends = [figure.frame['x']['low'], figure.frame['x']['high'], *figure.chosen]
    low, high, *chosen = np.log10(ends) if figure.frame['x']['log'] else np.array(ends)
    return [(end - low) / (high - low) for end in chosen]"""


def brush(book, title, name, first, last):
    """Drag between two parts of the width of a plot, and wait until the last move has arrived."""
    box, mouse = area(book, title), book.page.mouse
    y = box["y"] + box["height"] / 2
    mouse.move(box["x"] + first * box["width"], y)
    mouse.down()
    mouse.move(box["x"] + last * box["width"], y, steps=8)
    mouse.up()
    book.python(BRUSHED)
    book.wait_python(f"brushed({name!r})", pytest.approx([first, last], abs=0.02).__eq__)


def facts(book):
    return book.cell(0).locator(".gpnb-plot-head", has_text="Sky").locator(".gpnb-quiet").first


def test_brushes_and_regions_by_mouse(book):
    book.eventually(lambda: facts(book).inner_text().startswith("5\u2009000 of 5\u2009000 events"), True)
    brush(book, "Offset²", "offset", 0.2, 0.6)
    low, high = book.value("panel.state.offset")
    top = book.value("float(panel.filter.axes(panel.state)['offset'].edges[-1])")
    assert low**2 / top == pytest.approx(0.2, abs=0.02)
    assert high**2 / top == pytest.approx(0.6, abs=0.02)
    assert book.value("panel.workspace.steps") == 1  # one drag, one step
    expected = book.value(f"int(((events.offset_values >= {low}) & (events.offset_values < {high})).sum())")
    assert book.value(CHOSEN) == expected
    facts(book).get_by_text(f"{expected:,} of".replace(",", "\u2009")).wait_for()

    brush(book, "Energy", "energy", 0.1, 0.5)
    chip = book.cell(0).locator("[data-chip=energy]")
    chip.get_by_text("TeV").wait_for()
    fewer = book.value(CHOSEN)
    assert 0 < fewer < expected
    shown = book.value("len(panel.selected)")
    assert shown == fewer

    canvas = book.cell(0).locator(".gpnb-sky canvas").bounding_box()
    book.cell(0).get_by_role("button", name="Draw a circle from its centre").click()
    x, y = canvas["x"] + canvas["width"] / 2, canvas["y"] + canvas["height"] / 2
    book.page.mouse.move(x, y)
    book.page.mouse.down()
    book.page.mouse.move(x + 120, y, steps=6)
    book.page.mouse.up()
    book.wait_python("panel.selection.region_ds9", lambda value: value.startswith("icrs; circle"))
    assert book.value(CHOSEN) == book.value("len(panel.selected)") < fewer

    box = area(book, "Offset²")  # a click beside the brush takes it away
    book.page.mouse.click(box["x"] + 0.95 * box["width"], box["y"] + 20)
    book.wait_python("panel.state.offset", None)

    book.cell(0).get_by_role("button", name="Show all events again").click()
    book.wait_python(CHOSEN, 5000)
    assert book.value("panel.selection.changed()") == {}
    assert plot(book, "Energy").locator(".gpnb-chosen").is_hidden()


def test_ranges_by_keyboard(book):
    page = book.page
    book.cell(0).get_by_label("θ² (deg²)").focus()
    page.keyboard.type("0.01 – 0.1")
    page.keyboard.press("Enter")
    book.wait_python("panel.state.theta2", [0.01, 0.1])
    brushed = plot(book, "θ²").locator(".gpnb-chosen")
    brushed.wait_for()
    frame = area(book, "θ²")
    wanted = pytest.approx(0.09 / 0.3 * frame["width"], abs=3)
    book.eventually(lambda: brushed.bounding_box()["width"], wanted.__eq__)

    book.cell(0).get_by_role("button", name="Restrict the energy").press("Enter")
    page.keyboard.type("1 – 10 TeV")
    page.keyboard.press("Enter")
    book.wait_python("panel.selection.energy_tev", [1, 10])
    plot(book, "Energy").locator(".gpnb-chosen").wait_for()
    expected = book.value("len(panel.selected)")
    assert book.value(CHOSEN) == expected
    facts(book).get_by_text(f"{expected:,} of".replace(",", "\u2009")).wait_for()

    book.cell(0).get_by_label("Offset (deg)").focus()
    page.keyboard.type("far")
    page.keyboard.press("Enter")
    book.cell(0).get_by_text("cannot be read").wait_for()

    book.cell(0).get_by_label("Stretch").focus()
    page.keyboard.press("Control+z")
    book.wait_python("panel.selection.energy_tev", None)
    page.keyboard.press("Control+z")
    book.wait_python("panel.state.theta2", None)
    brushed.wait_for(state="hidden")


def test_headers_stay_text_and_all_can_be_reached(book):
    assert "<img src=x onerror=window.__hit=1>" in book.cell(0).locator(".gpnb-facts").inner_text()
    assert book.page.evaluate("typeof window.__hit") == "undefined"
    names = (
        book.cell(0)
        .locator(".gpnb-figure")
        .evaluate_all("nodes => nodes.map((node) => node.getAttribute('aria-label'))")
    )
    assert names[0].startswith("Histogram of Energy (TeV): 5\u2009000 of 5\u2009000 events")
    assert len(names) == 4
    assert book.axe(".gpnb-live") == []


def test_nothing_is_cut_off(notebook):
    book = notebook([PANEL])
    plot(book, "Energy").locator(".gpnb-curve").first.wait_for()
    for width in (700, 1200):
        book.width(width)
        assert book.cut_off(book.cell(0).locator(".gpnb-plot")) == []
