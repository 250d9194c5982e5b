"""The light-curve explorer in a real browser: a brush over the flare, rebinning, bands, folding; mouse and keyboard."""

import pytest

pytestmark = pytest.mark.browser

PANEL = """\
import gpnb
from gpnb.core.units import to_time
runs = gpnb.DataStore.read("demo").select(target="Demo AGN")
axis = gpnb.Axis.energy("0.1 TeV", "30 TeV", per_decade=8)
specs = gpnb.reduce_spectrum(runs, "icrs; circle(329.7, -30.2, 0.11)", axis)
shape = gpnb.PowerLaw(index=3, amplitude="5e-12 TeV-1 s-1 cm-2")
curve = gpnb.light_curve(specs, gpnb.SkyModel(shape, name="<img src=x onerror=window.__hit=1>"), "10 min")
workspace = gpnb.Workspace()
panel = curve.view(workspace=workspace)
panel"""

IDLE = "panel.wait(0) and not panel.working"
POINTS = "len(panel.parts['plot'].data('points 0')[0])"


@pytest.fixture
def open_panel(demo, notebook):
    """The panel on a page, once the spectrum is there."""

    def make(**options):
        book = notebook([PANEL], **options)
        plot(book, "Light curve").locator(".gpnb-points").first.wait_for()
        plot(book, "Spectrum").get_by_text("all data").wait_for()
        return book

    return make


def plot(book, title):
    return book.cell(0).locator(f".gpnb-plot:has(b:text-is('{title}'))")


def brush(book, first, last):
    """Drag between two places of the light curve, and wait until the last move has arrived."""
    area = plot(book, "Light curve").locator(".gpnb-frame").first.bounding_box()
    span = book.value("list(panel.work.axis(panel.shown).span)")
    x = [area["x"] + (place - span[0]) / (span[1] - span[0]) * area["width"] for place in (first, last)]
    y, mouse = area["y"] + area["height"] / 2, book.page.mouse
    mouse.move(x[0], y)
    mouse.down()
    mouse.move(x[1], y, steps=8)
    mouse.up()
    book.wait_python(
        "panel.parts['plot'].widget.chosen", pytest.approx([first, last], abs=0.01 * (span[1] - span[0])).__eq__
    )


def test_the_flare_by_mouse(open_panel):
    book = open_panel(width=1600)
    places = book.value(
        "[float(panel.work.axis(panel.shown).places_of(to_time(t)))"
        " for t in ('2024-08-20T04:25:00', '2024-08-20T05:15:00')]"
    )
    brush(book, *places)
    book.wait_python("len(panel.selected)", 5)
    plot(book, "Spectrum").get_by_text("chosen time").wait_for()
    book.cell(0).locator("[data-chip=time]").get_by_text("MJD 60542.18").wait_for()
    book.cell(0).get_by_text("5 of 25 bins").wait_for()
    book.eventually(lambda: book.cell(0).locator("tr[aria-selected=true]").count(), 5)
    assert book.value("workspace.steps") == 1  # one drag, one step
    start = book.value("abs((workspace.selection.time[0] - to_time('2024-08-20T04:25:00')).to_value('min'))")
    assert start < 1
    inside, rest = book.value("[panel.parts['spectrum'].data(f'points {n}')[1][0].item() for n in (1, 0)]")
    assert inside > 2 * rest

    book.cell(0).get_by_label("Bins", exact=True).select_option(label="one a run")
    book.wait_python(POINTS, 8)
    book.cell(0).get_by_text("8 bins in").wait_for()
    book.cell(0).get_by_role("button", name="More controls").click()
    book.cell(0).get_by_label("Log flux").check()
    book.wait_python("panel.parts['plot'].shown.log_y", True)
    book.cell(0).get_by_role("button", name="Undo").click()
    book.cell(0).get_by_role("button", name="Undo").click()
    book.wait_python(POINTS, 25)
    assert book.value("len(panel.selected)") == 5

    row = book.cell(0).locator("tr[data-key='2']")
    row.click()
    book.wait_python("panel.parts['table'].chosen", [2])
    assert book.page.evaluate("typeof window.__hit") == "undefined"
    book.wait_python(IDLE, True)


def test_the_flare_by_keyboard(open_panel):
    book = open_panel(width=900)
    page = book.page
    book.cell(0).get_by_label("Minutes").focus()
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    book.wait_python(POINTS, 48)
    book.cell(0).get_by_text("48 bins in").wait_for()

    book.cell(0).get_by_label("Bands (TeV)").focus()
    page.keyboard.type("0.2, 0.6, 10")
    page.keyboard.press("Enter")
    book.wait_python("panel.state.edges", [0.2, 0.6, 10])
    plot(book, "Light curve").locator(".gpnb-key").nth(1).wait_for()
    book.wait_python("len(panel.parts['plot'].widget.legend)", 2)

    book.cell(0).get_by_role("button", name="Restrict the time").press("Enter")
    page.keyboard.type("60542.185 – 60542.22")
    page.keyboard.press("Enter")
    book.wait_python("workspace.selection.time is not None", True)
    plot(book, "Spectrum").get_by_text("chosen time").wait_for()
    plot(book, "Light curve").locator(".gpnb-chosen").wait_for()

    book.cell(0).locator("tr[data-key][tabindex='0']").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    book.wait_python("panel.parts['table'].chosen", [0])
    book.eventually(lambda: book.cell(0).locator("tr[aria-selected=true]").count(), 1)
    page.keyboard.press("Shift+ArrowDown")
    book.wait_python("panel.parts['table'].chosen", [0, 1])

    book.cell(0).get_by_role("button", name="Fold with").press("Enter")
    book.cell(0).get_by_label("Frequency or period").focus()
    page.keyboard.type("2.5 h")
    page.keyboard.press("Enter")
    plot(book, "Light curve").get_by_text("Phase (2.5 h)").wait_for()
    book.cell(0).get_by_label("Bins", exact=True).focus()  # in a text field Ctrl-Z is of its text
    page.keyboard.press("Control+z")
    book.wait_python("panel.state.frequency", None)
    plot(book, "Light curve").get_by_text("Time (MJD, TT)").wait_for()
    book.wait_python(IDLE, True)


def test_all_can_be_reached_and_nothing_is_cut_off(open_panel):
    book = open_panel(width=700)
    book.python("panel.select(time=('2024-08-20T04:25:00', '2024-08-20T05:15:00'))")
    plot(book, "Spectrum").get_by_text("chosen time").wait_for()
    names = book.cell(0).locator(".gpnb-figure").evaluate_all("nodes => nodes.map((node) => node.ariaLabel)")
    assert "25 points, 10 min bins" in names[0]
    assert book.cut_off(book.cell(0).locator(".gpnb-plot")) == []
    for theme in ("light", "dark"):
        book.theme(theme)
        assert book.axe(".gpnb-live") == []


OTHERS = """\
import numpy as np
from astropy import units as u
series, name = curve.series(), "<img src=x onerror=window.__hit=1>"
errors = {"errn": series.err, "errp": series.err, "unit": "erg cm-2 s-1"}
later = {"time_min": series.time + 2 * u.d, "time_max": series.time + 2 * u.d}
far = gpnb.Series(**later, **errors, value=series.value, is_ul=np.arange(len(series)) % 5 == 0, ul=3e-11, name=name)
same = {"time_min": series.time_min, "time_max": series.time_max}
gpnb.Series(**same, **errors, value=2 * series.value).table.write("xray.ecsv", overwrite=True)"""


def test_other_wavelengths_by_mouse(open_panel):
    book = open_panel(width=1600)
    book.python(OTHERS + "\npanel.add(far)")
    strip = book.cell(0).locator(".gpnb-strips .gpnb-plot").nth(1)
    strip.get_by_text("0 simultaneous pairs").wait_for()
    book.cell(0).get_by_text("25 of 25 outside the times shown").wait_for()
    book.cell(0).get_by_label("All their times").check()
    book.wait_python("panel.state.all_times", True)
    strip.get_by_text("20 values, 5 upper limits").wait_for()
    book.cell(0).get_by_role("button", name="Undo").click()
    book.wait_python("panel.state.all_times", False)

    field = book.cell(0).get_by_label("Add a series")
    field.fill("xray.ecsv")
    field.press("Enter")
    book.wait_python("len(panel.series)", 2)
    table = book.cell(0).locator(".gpnb-table-box, table").filter(has_text="Pearson r")
    table.get_by_text("xray").first.wait_for()
    assert book.value("panel.parts['correlations'].rows[1]['cells'][3:5]") == ["25", "1.00"]

    ground = book.cell(0).locator(".gpnb-strips .gpnb-plot").nth(2).locator(".gpnb-frame")
    ground.scroll_into_view_if_needed()
    area = ground.bounding_box()
    mouse, y = book.page.mouse, area["y"] + area["height"] / 2
    mouse.move(area["x"] + 20, y)
    mouse.down()
    mouse.move(area["x"] + area["width"] / 3, y, steps=6)
    mouse.up()
    book.wait_python("workspace.selection.time is not None", True)
    assert book.cell(0).locator(".gpnb-strips .gpnb-chosen").count() == 3
    book.cell(0).get_by_role("button", name="Take xray away").click()
    book.wait_python("len(panel.series)", 1)
    book.eventually(lambda: book.cell(0).locator(".gpnb-strips .gpnb-plot").count(), 2)
    assert book.page.evaluate("typeof window.__hit") == "undefined"
    book.wait_python(IDLE, True)


def test_hardness_and_derivatives_by_keyboard(open_panel):
    book = open_panel(width=900)
    page = book.page
    book.cell(0).get_by_label("Bands (TeV)").focus()
    page.keyboard.type("0.2, 0.6, 10")
    page.keyboard.press("Enter")
    book.cell(0).get_by_role("button", name="More controls").press("Enter")
    book.cell(0).get_by_label("Hardness").focus()
    page.keyboard.press("Space")
    book.cell(0).locator(".gpnb-strips").get_by_text("constant: χ²/dof").wait_for()
    book.cell(0).get_by_role("button", name="Fold with").press("Enter")
    book.cell(0).get_by_label("Frequency or period").focus()
    page.keyboard.type("2.5 h")
    page.keyboard.press("Enter")
    book.cell(0).get_by_text("Fold: 2.5 h").wait_for()
    page.keyboard.press("Tab")  # the focus stays while fields come
    book.eventually(lambda: page.evaluate("document.activeElement.ariaLabel"), "f1 (Hz/s)")
    page.keyboard.type("-3e-10")
    page.keyboard.press("Enter")
    strip = book.cell(0).locator(".gpnb-strips .gpnb-plot").nth(1)
    strip.get_by_text("Phase (2.5 h, −3 × 10⁻¹⁰ Hz s⁻¹)").wait_for()
    book.cell(0).get_by_label("Epoch").focus()
    page.keyboard.type("60542.5")
    page.keyboard.press("Enter")
    book.wait_python("panel.state.epoch", "2024-08-20T12:00:00.000000000 tt")
    book.cell(0).get_by_label("f2 (Hz/s²)").focus()
    page.keyboard.type("1e-16")
    page.keyboard.press("Enter")
    book.wait_python("panel.state.f2", 1e-16)
    book.cell(0).get_by_label("Bins", exact=True).focus()
    page.keyboard.press("Control+z")
    book.wait_python("panel.state.f2", 0.0)
    book.wait_python(IDLE, True)


def test_strips_can_be_reached_and_nothing_is_cut_off(open_panel):
    book = open_panel(width=700)
    book.python(
        OTHERS
        + "\npanel.add(far)\npanel.add('xray.ecsv')\npanel.set(edges=['0.2 TeV', '0.6 TeV', '10 TeV'], hardness=True)"
    )
    plots = book.cell(0).locator(".gpnb-strips .gpnb-plot")
    book.eventually(plots.count, 4)
    book.wait_python(IDLE, True)
    lefts = [plot.locator(".gpnb-frame").bounding_box() for plot in plots.all()]
    assert len({(round(box["x"]), round(box["width"])) for box in lefts}) == 1  # one axis of time
    assert book.cut_off(plots) == []
    for theme in ("light", "dark"):
        book.theme(theme)
        assert book.axe(".gpnb-live") == []
