"""The spectral-fit panel in a real browser, by mouse and by keyboard."""

import pytest

pytestmark = pytest.mark.browser

MAKE = """\
import gpnb
runs = gpnb.DataStore.read("demo").select(target="Crab")
energy = gpnb.Axis.energy("0.3 TeV", "30 TeV", per_decade=8)
specs = gpnb.reduce_spectrum(runs, "icrs; circle(83.63, 22.01, 0.11)", energy)
workspace = gpnb.Workspace()
panel = specs.view(workspace=workspace)
panel"""

HOSTILE = """\
from dataclasses import replace
bad = gpnb.Datasets([replace(specs[0], name="<img src=x onerror=alert(1)>", notes=("<b>note</b>",))])
other = bad.view()
other"""

CURVE = ".gpnb-plot .gpnb-curve"
FIT = "Fit the free parameters"


@pytest.fixture
def book(notebook):
    made = notebook([MAKE], width=1500)
    made.cell(0).locator(CURVE).first.wait_for()
    return made


def stat(book, number=0):
    return book.cell(number).locator(".gpnb-stat b").inner_text()


def slider(book, name):
    return book.cell(0).get_by_role("slider", name=name, exact=True)


def button(book, name):
    return book.cell(0).get_by_role("button", name=name)


def fit(book):
    button(book, FIT).click()
    book.cell(0).get_by_text("Converged:").wait_for()


def test_sliders_fit_undo_and_flux_points_by_mouse(book):
    before, start = stat(book), book.value("panel.state.parameters")
    box = slider(book, "index").bounding_box()
    y = box["y"] + box["height"] / 2
    book.page.mouse.move(box["x"] + 0.5 * box["width"], y)
    book.page.mouse.down()
    book.page.mouse.move(box["x"] + 0.8 * box["width"], y, steps=10)
    book.page.mouse.up()
    book.wait_python("panel.state.parameters[0][1]", lambda value: value > 3.5)
    book.page.wait_for_function("([node, text]) => node.textContent !== text", arg=[stat_node(book), before])
    assert book.value("panel.workspace.steps") == 1
    fit(book)
    found = book.value("[float(value) for value in panel.result.values]")
    assert book.value("gpnb.fit(specs, panel.models).values.tolist()") == pytest.approx(found, rel=1e-3)
    book.eventually(lambda: "±" in book.cell(0).get_by_role("group", name="index").inner_text(), True)
    button(book, "Fit the flux in bins").click()
    book.wait_python("panel.flux_points is not None", True)
    book.cell(0).locator(".gpnb-legend").get_by_text("flux points").wait_for()
    for _ in range(3):
        button(book, "Undo").click()
    book.wait_python("panel.state.parameters", start)
    assert book.value("panel.result") is None
    button(book, "Redo").click()
    book.wait_python("panel.state.parameters[0][1] > 3.5", True)


def stat_node(book):
    return book.cell(0).locator(".gpnb-stat b").element_handle()


def test_all_by_keyboard(book):
    page = book.page
    slider(book, "index").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    book.wait_python("panel.state.parameters[0][1]", lambda value: value == pytest.approx(2.515))
    page.keyboard.press("f")
    book.wait_python("panel.state.parameters[0][4]", True)
    book.eventually(lambda: button(book, "Freeze index").get_attribute("aria-pressed"), "true")
    page.keyboard.press("Control+z")
    book.wait_python("panel.state.parameters[0][4]", False)
    button(book, "Value and limits of index").press("Enter")
    page.keyboard.press("Control+a")
    page.keyboard.type("2.2")
    page.keyboard.press("Tab")
    book.wait_python("panel.state.parameters[0][1]", 2.2)
    page.keyboard.type("2.1")
    page.keyboard.press("Enter")
    book.wait_python("panel.state.parameters[0][2]", 2.1)
    button(book, FIT).press("Enter")
    book.wait_python("panel.result is not None", True)
    book.cell(0).get_by_label("Model", exact=True).focus()
    page.keyboard.press("ArrowDown")
    book.wait_python("panel.state.model", "ExpCutoffPowerLaw")
    button(book, FIT).press("Enter")
    book.wait_python("len(panel.fits)", 2)
    row = book.cell(0).locator("tr[data-key='power law']")
    row.wait_for()
    book.cell(0).locator("tr[tabindex='0']").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    book.wait_python("panel.state.model", "PowerLaw")
    book.cell(0).get_by_role("tab", name="SED").focus()
    for tab in ("counts", "excess", "profiles", "contours", "regions"):
        page.keyboard.press("ArrowRight")
        book.wait_python("panel.state.tab", tab)
    book.cell(0).locator(".gpnb-sky canvas").first.wait_for()


def test_profiles_and_contours_appear(book):
    fit(book)
    for tab, count in (("Profiles", 2), ("Contours", 1)):
        book.cell(0).get_by_role("tab", name=tab).click()
        book.wait_python(f"panel.work.known({tab.lower()!r}, panel.shown)", True)
        book.page.wait_for_function(
            "count => document.querySelectorAll('.gpnb-stage .gpnb-figure').length === count", arg=count
        )
        book.eventually(lambda: book.cell(0).locator(".gpnb-stage .gpnb-curve").count() >= 2, True)


def test_a_new_region_is_fitted(book):
    fit(book)
    counts = book.value("[float(item.counts.sum()) for item in panel.spectra]")
    book.python("workspace.select(region='icrs; circle(83.66, 22.03, 0.14)')")
    book.cell(0).get_by_text("Refitted in").wait_for()
    assert book.value("[float(item.counts.sum()) for item in panel.spectra]") != counts
    button(book, "Undo").click()
    book.wait_python("[float(item.counts.sum()) for item in panel.spectra]", counts)
    assert book.value("panel.result is not None")


def test_a_poor_fit_is_mended_and_the_code_is_shown(book):
    fit(book)
    state = book.cell(0).locator(".gpnb-state")
    assert state.inner_text().startswith("▲ Poor fit: ")
    button(book, "Fit a log-parabola: Poor fit").click()
    book.eventually(lambda: state.inner_text().startswith("● Converged: "), True)
    assert book.value("panel.result.success")
    button(book, "Code").click()
    code = book.cell(0).get_by_role("region", name="Code")
    assert "specs.view(" in code.inner_text()
    assert "gpnb.LogParabola(" in code.inner_text()
    assert "fitted=True" in code.inner_text()
    assert code.locator(".gpnb-code-keyword", has_text="import").count() >= 1


def test_nothing_seriously_hard_to_reach(notebook):
    book = notebook([MAKE, HOSTILE], width=1300)
    book.cell(0).locator(CURVE).first.wait_for()
    fit(book)
    for tab in ("Regions", "Profiles", "Counts"):
        book.cell(0).get_by_role("tab", name=tab).click()
        book.wait_python("panel.state.tab", tab.lower())
    book.cell(0).locator(CURVE).first.wait_for()
    for theme in ("light", "dark"):
        book.theme(theme)
        assert book.axe(".gpnb-live") == []
    assert book.cell(1).locator("img[src='x']").count() == 0
    book.cell(1).locator(".gpnb-note").get_by_text("<b>note</b>").wait_for()


def test_nothing_is_cut_off(book):
    fit(book)
    for width in (700, 900, 1600):
        book.width(width)
        frame = book.cell(0).locator(".gpnb-live").bounding_box()
        for part in book.cell(0).locator(".gpnb-parameter, .gpnb-tab, .gpnb-plot, .gpnb-controls .gpnb-button").all():
            box = part.bounding_box()
            assert box["x"] >= frame["x"]
            assert box["x"] + box["width"] <= frame["x"] + frame["width"]
        assert book.cut_off(book.cell(0).locator(".gpnb-plot")) == []
