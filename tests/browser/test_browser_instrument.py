"""The instrument panel in a real browser, by mouse and by keyboard."""

import pytest

pytestmark = pytest.mark.browser

PANEL = """\
import gpnb
from gpnb.core.hooks import module_for
obs = gpnb.DataStore.read("demo").select()[0]
panel = module_for("live.instrument").open_panel(obs, None, {})
panel"""

PSF = "view = obs.psf.view()\nview"

CURVE = ".gpnb-plot:has(b:text-is('Energy resolution')) .gpnb-curve"
TOP = "[float(value) for value in panel.plots['area'].data(panel.plots['area'].names[-1])[1][[0, -1]]]"


@pytest.fixture
def book(notebook):
    made = notebook([PANEL, PSF], width=1300)
    made.cell(0).locator(CURVE).first.wait_for()
    return made


def legend(book, number=0):
    return book.cell(number).locator(".gpnb-common .gpnb-key").all_inner_texts()


def path(book):
    """The topmost curve of a plot, as it is drawn."""
    return book.cell(0).locator(CURVE).last.get_attribute("d")


def test_the_offset_by_mouse(book):
    before, drawn = book.value(TOP), path(book)
    slider = book.cell(0).get_by_role("slider", name="Offset")
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    book.page.mouse.move(box["x"] + 8, y)
    book.page.mouse.down()
    book.page.mouse.move(box["x"] + 0.7 * box["width"], y, steps=8)
    book.page.mouse.up()
    offset = float(slider.input_value())
    assert offset > 3
    book.wait_python("panel.state.offset", offset)
    assert book.value("panel.workspace.steps") == 1
    book.cell(0).locator(".gpnb-common").get_by_text(f"{offset:g}°", exact=True).wait_for()
    assert book.value(TOP) != before
    book.eventually(lambda: path(book) != drawn, True)
    book.cell(0).get_by_label("Containment", exact=True).select_option("90 %")
    book.wait_python("panel.state.containment", [0.9])
    book.cell(0).get_by_label("Fixed offsets only").check()
    book.wait_python("panel.state.offset", None)


def test_the_offset_by_keyboard(book):
    slider = book.cell(0).get_by_role("slider", name="Offset")
    slider.focus()
    for _ in range(4):
        book.page.keyboard.press("ArrowRight")
    book.wait_python("panel.state.offset", pytest.approx(0.2).__eq__)
    book.eventually(lambda: slider.get_attribute("aria-valuetext"), "0.20°")
    book.eventually(lambda: legend(book)[-1], "0.2°")
    book.page.keyboard.press("Control+z")
    book.wait_python(
        "panel.state.offset", lambda value: value is None or value < 0.19
    )  # what came while it worked is one
    book.cell(0).get_by_role("button", name="Restrict the energy").press("Enter")
    book.page.keyboard.type("1 – 10 TeV")
    book.page.keyboard.press("Enter")
    book.wait_python("panel.selection.energy_tev", [1, 10])
    book.cell(0).locator(".gpnb-figure text").get_by_text("3", exact=True).first.wait_for()
    book.cell(0).get_by_label("Containment", exact=True).focus()
    book.page.keyboard.press("ArrowDown")
    book.wait_python("panel.state.containment", [0.5])
    book.page.keyboard.press("Control+z")
    book.wait_python("panel.state.containment", [0.68, 0.95])


def test_a_response_shows_its_image(book):
    picture = book.cell(1).locator(".gpnb-image")
    picture.wait_for()
    box = picture.bounding_box()
    frame = book.cell(1).locator(".gpnb-plot:has(.gpnb-image) .gpnb-frame").bounding_box()
    assert [box[key] for key in ("x", "y", "width", "height")] == pytest.approx(
        [frame[key] for key in ("x", "y", "width", "height")], abs=3
    )
    book.eventually(lambda: legend(book, 1), ["0°", "2°", "5°"])


def test_nothing_seriously_hard_to_reach(book):
    for number in (0, 1):
        names = (
            book.cell(number)
            .locator(".gpnb-figure")
            .evaluate_all("nodes => nodes.map((node) => node.getAttribute('aria-label'))")
        )
        assert all(" by " in name for name in names)
    assert book.axe(".gpnb-live") == []


def test_nothing_is_cut_off(notebook):
    book = notebook([PANEL])
    book.cell(0).locator(CURVE).first.wait_for()
    for width in (700, 1600):
        book.width(width)
        assert book.cut_off(book.cell(0).locator(".gpnb-plot")) == []
