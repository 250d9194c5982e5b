"""θ² plot and phasogram in a real browser, by mouse and by keyboard."""

import pytest

pytestmark = pytest.mark.browser

THETA2 = """\
import gpnb
runs = gpnb.DataStore.read("demo").select(target="Crab")
theta = gpnb.theta2_table(runs, "83.63d 22.01d", theta2_max="0.1 deg2", bins=20).view()
theta"""

PULSE = """\
pulsar = gpnb.demo_store(part="pulsar", progress=False).select(target="Demo pulsar")
region = "icrs; circle(128.84, -5.18, 0.15)"
pulse = gpnb.phasogram(pulsar, 50, region=region, on=(0.06, 0.14), off=(0.6, 1.0)).view()
pulse"""

SCAN = "gpnb.frequency_scan(pulsar, region=region, steps=5, oversample=8).view()"

TICKS = ".gpnb-tick"


@pytest.fixture
def book(notebook):
    made = notebook([THETA2, PULSE, SCAN], width=900)
    for number in range(3):
        made.cell(number).locator(TICKS).first.wait_for()
    return made


def facts(book, number):
    return book.cell(number).locator(".gpnb-facts").inner_text()


def test_the_cut_by_mouse_and_keyboard(book):
    cell = book.cell(0)
    slider = cell.get_by_role("slider", name="Cut")
    assert slider.get_attribute("aria-valuetext") == "0.015 deg²"  # the cut that the instrument tells
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2
    book.page.mouse.move(box["x"] + box["width"] - 4, y)
    book.page.mouse.down()
    book.page.mouse.move(box["x"] + 0.3 * box["width"], y, steps=6)
    book.page.mouse.up()
    bins = int(slider.input_value())
    assert bins < 12
    book.wait_python("theta.state.cut", pytest.approx(0.005 * bins).__eq__)
    book.eventually(lambda: facts(book, 0), lambda text: f"within {0.005 * bins:g} deg²" in text)
    book.eventually(lambda: cell.locator("tr[aria-selected=true]").count(), bins)
    assert book.value("len(theta.workspace._past)") == 1
    slider.focus()
    book.page.keyboard.press("ArrowLeft")
    book.wait_python("theta.state.cut", pytest.approx(0.005 * (bins - 1)).__eq__)
    book.page.keyboard.press("Control+z")
    book.wait_python("theta.state.cut", pytest.approx(0.005 * bins).__eq__)
    cell.locator("tbody tr").nth(2).click()
    book.wait_python("theta.state.cut", pytest.approx(0.015).__eq__)
    cell.get_by_role("button", name="Sum over all bins").click()
    book.wait_python("theta.state.cut", None)


def test_rows_and_points_light_up_together(book):
    cell = book.cell(0)
    cell.locator("tbody tr").nth(4).hover()
    book.wait_python("theta.plot.widget.pointed", 4)
    ring = cell.locator(".gpnb-ring")
    ring.wait_for()
    x, y = (
        ring.bounding_box()[side] + ring.bounding_box()[size] / 2 for side, size in (("x", "width"), ("y", "height"))
    )
    book.page.mouse.move(5, 5)
    ring.wait_for(state="detached")
    book.page.mouse.move(x + 1, y + 1)
    cell.locator(".gpnb-card").get_by_text("Significance (σ)").wait_for()
    book.eventually(cell.locator("tbody tr.gpnb-pointed td").first.inner_text, "0.02")


def test_turns_and_phases_of_the_phasogram(book):
    cell = book.cell(1)
    cell.get_by_label("Turns", exact=True).select_option("3")
    book.wait_python("pulse.state.turns", 3)
    cell.locator(".gpnb-figure text").get_by_text("3", exact=True).first.wait_for()
    frame = cell.locator(".gpnb-frame").bounding_box()
    y = frame["y"] + frame["height"] / 2
    book.page.mouse.move(frame["x"] + 0.1 * frame["width"], y)
    book.page.mouse.down()
    book.page.mouse.move(frame["x"] + 0.2 * frame["width"], y, steps=6)
    book.page.mouse.up()
    low, high = book.wait_python("pulse.selection.phase", lambda phase: phase is not None and phase[1] > 0.59)
    assert (low, high) == (pytest.approx(0.3, abs=0.02), pytest.approx(0.6, abs=0.02))
    book.eventually(lambda: cell.locator("tr[aria-selected=true]").count(), lambda count: 14 <= count <= 16)
    cell.get_by_role("button", name="Undo").click()
    book.wait_python("pulse.selection.phase", None)


def test_nothing_seriously_hard_to_reach(book, tmp_path):
    for theme in ("light", "dark"):
        book.theme(theme)
        assert book.axe(".gpnb-live") == []
        for number in range(3):
            assert book.screenshot(tmp_path / f"{theme}-{number}.png", cell=number).stat().st_size > 20_000
    names = book.page.locator(".gpnb-figure").evaluate_all(
        "nodes => nodes.map((node) => node.getAttribute('aria-label'))"
    )
    assert all(" by " in name for name in names)


def test_nothing_is_cut_off(notebook):
    book = notebook([THETA2, PULSE])
    for width in (700, 1600):
        book.width(width)
        for number in (0, 1):
            plot = book.cell(number).locator(".gpnb-plot")
            plot.locator(TICKS).first.wait_for()
            assert book.cut_off(plot) == []
