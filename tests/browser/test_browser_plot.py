"""Plots in a real browser: ticks that cannot lie, what is pointed at, a closer look, brushes; by mouse and keyboard."""

import pytest

pytestmark = pytest.mark.browser

PLOTS = """\
import threading, time
import ipywidgets
import numpy as np
import gpnb
from dataclasses import replace
from gpnb.panels.plot import Band, Line, Plot, Points, Rule, Steps
from gpnb.widgets.parts.plot import PlotView

energy = np.array([0.5, 1.0, 2.0, 4.0, 8.0, 16.0])
flux = 1e-11 / energy
points = Points(label="points", x=energy, y=flux, x_low=energy / 1.4, x_high=energy * 1.4, y_low=0.8 * flux,
                y_high=1.2 * flux, limit=energy > 10, rows=range(6), notes={"√TS": ["9.1"] * 5 + [""]})
axes = dict(x=(0.3, 30.0), x_label="Energy (TeV)", log_x=True)
sed = Plot(name="sed", title="SED", y=(2e-13, 4e-11), y_label="E² dN/dE (erg cm⁻² s⁻¹)", log_y=True, points=(points,),
           lines=(Line(label="model", x=energy, y=flux),), **axes,
           bands=(Band(x=energy, low=0.9 * flux, high=1.1 * flux),))
rest = Plot(name="rest", y=(-3.0, 3.0), y_label="resid. (σ)", rules=(Rule(value=0.0),),
            points=(Points(x=energy, y=np.linspace(-1, 1, 6), rows=range(6)),), **axes)
bins = Plot(name="bins", title="Events", x=(0.0, 30.0), y=(0.0, 120.0), x_label="Time (min)", y_label="Events a bin",
            whole_y=True,
            steps=(Steps(edges=np.linspace(0, 30, 16), values=np.arange(15.0) * 8, role="accent", fill=0.2),))
main, below, events = PlotView(240, over=True), PlotView(120, bare=True), PlotView(200)
main.look_with(below)
brushed = []
def brush(low, high, gesture):
    brushed.append((low, high, gesture))
    events.show(replace(bins, chosen=None if low is None else (low, high)))
events.on_brush(brush)
main.show(sed), below.show(rest), events.show(bins)
from gpnb.widgets.parts.chrome import Head
box = ipywidgets.VBox([Head(title="Plots"), ipywidgets.VBox([main.widget, below.widget, events.widget])
                       .add_class("gpnb-live-body")]).add_class("gpnb-live")"""

CURVE = """\
import gpnb
runs = gpnb.DataStore.read("demo").select(target="Demo AGN")
axis = gpnb.Axis.energy("0.1 TeV", "30 TeV", per_decade=8)
specs = gpnb.reduce_spectrum(runs, "icrs; circle(329.7, -30.2, 0.11)", axis)
shape = gpnb.PowerLaw(index=3, amplitude="5e-12 TeV-1 s-1 cm-2")
curve = gpnb.light_curve(specs, gpnb.SkyModel(shape, name="agn"), "10 min")
panel = curve.view()
panel"""

BUSY = """\
import threading, time
def spin():
    end = time.monotonic() + 60
    while time.monotonic() < end and not stop.is_set():
        sum(range(20000))
stop = threading.Event()
threading.Thread(target=spin, daemon=True).start()"""

TICKS = """(cell) => [...cell.querySelectorAll('.gpnb-figure')].slice(0, 1).flatMap((figure) =>
  [...figure.querySelectorAll('.gpnb-tick')].map((node) => [Number(node.dataset.value), node.textContent]))"""

KNOWN = "sorted([v, t] for a in 'xy' for v, t in panel.parts['plot'].widget.frame[a]['ticks'])"


@pytest.fixture
def book(notebook):
    made = notebook([PLOTS, "box"], width=900)
    made.cell(1).locator(".gpnb-points").first.wait_for()
    return made


def figure(book, place):
    return book.cell(1).locator(".gpnb-figure").nth(place)


def ticks(book, place, axis):
    return figure(book, place).locator(f".gpnb-tick-{axis}").all_text_contents()


def place_of(book, place, x, y):
    """Where a part of the frame of a plot is in the window; 0, 0 at its top left."""
    frame = figure(book, place).locator(".gpnb-frame").bounding_box()
    return frame["x"] + x * frame["width"], frame["y"] + y * frame["height"]


def point_at(book, number):
    """Put the mouse near a point of the upper plot."""
    frame = "main.widget.frame"
    x, y = book.value(
        f"[float(np.interp(np.log(v), np.log([{frame}[a]['low'], {frame}[a]['high']]), [0, 1]))"
        f" for a, v in (('x', energy[{number}]), ('y', flux[{number}]))]"
    )
    at = place_of(book, 0, x, 1 - y)
    book.page.mouse.move(at[0] + 3, at[1] + 2)


def test_ticks_say_what_the_kernel_says_with_ten_panels_and_a_busy_kernel(demo, notebook):
    book = notebook([CURVE, *["curve.view()"] * 9], width=900)
    curve = book.cell(0).locator(".gpnb-plot:has(b:text-is('Light curve'))")
    curve.locator(".gpnb-points").wait_for()
    book.python(BUSY)
    bins = book.cell(0).get_by_label("Bins", exact=True)
    for label, points in (("one a run", 8), ("as made", 25), ("one a run", 8)):
        bins.select_option(label=label)
        book.wait_python("len(panel.parts['plot'].data('points 0')[0])", points)
        book.eventually(lambda: curve.locator(".gpnb-points").get_attribute("data-count"), str(points))
        known = book.value(KNOWN)
        book.eventually(lambda: sorted(curve.evaluate(TICKS)), known)
        texts = [text for _, text in known]
        assert sum(text.startswith(("60542.", ".")) for text in texts) >= 3
    book.python("stop.set()")


def test_what_is_pointed_at_by_mouse(book):
    point_at(book, 2)
    card = figure(book, 0).locator(".gpnb-card")
    card.get_by_text("(5.0 ± 1.0) × 10⁻¹² erg cm⁻² s⁻¹").wait_for()
    assert card.locator(".gpnb-card-rows").all_inner_texts()[0].split("\n") == [
        *("points", "Energy", "1.43 – 2.80 TeV", "√TS", "9.1")
    ]
    ring = figure(book, 0).locator(".gpnb-ring").bounding_box()
    told = card.bounding_box()
    picture = figure(book, 0).bounding_box()
    x, y = ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2
    assert not (told["x"] <= x <= told["x"] + told["width"] and told["y"] <= y <= told["y"] + told["height"])
    for side, size in (("x", "width"), ("y", "height")):
        assert told[side] >= picture[side] - 1
        assert told[side] + told[size] <= picture[side] + picture[size] + 1
    book.wait_python("main.widget.pointed", 2)
    point_at(book, 5)
    card.get_by_text("< 6.25 × 10⁻¹³").wait_for()
    book.page.mouse.move(5, 5)
    card.wait_for(state="hidden")
    book.wait_python("main.widget.pointed", None)
    book.python("below.widget.pointed = 3")
    book.eventually(lambda: figure(book, 1).locator(".gpnb-ring").count(), 1)
    x, y = place_of(book, 2, 0.5, 0.2)
    book.page.mouse.move(x, y)
    figure(book, 2).locator(".gpnb-card").get_by_text("56 Events a bin").wait_for()


def test_a_closer_look_by_wheel_box_and_keys(book):
    before = ticks(book, 0, "y"), ticks(book, 1, "x")
    x, y = place_of(book, 0, 0.5, 0.5)
    book.page.mouse.move(x, y)
    for _ in range(3):
        book.page.mouse.wheel(0, -300)
    show = figure(book, 0).get_by_role("button", name="Show all")
    show.wait_for()
    assert ticks(book, 1, "x") == ["2", "5"]  # the plot below looks at the same energies
    assert ticks(book, 0, "y") != before[0]
    assert ticks(book, 1, "y") == ["−2", "0", "2"]
    book.page.mouse.dblclick(x, y)
    show.wait_for(state="hidden")
    book.eventually(lambda: (ticks(book, 0, "y"), ticks(book, 1, "x")), before)

    left, top = place_of(book, 0, 0.2, 0.1)
    right, bottom = place_of(book, 0, 0.6, 0.6)
    book.page.keyboard.down("Shift")
    book.page.mouse.move(left, top)
    book.page.mouse.down()
    book.page.mouse.move(right, bottom, steps=5)
    book.page.mouse.up()
    book.page.keyboard.up("Shift")
    show.wait_for()
    assert ticks(book, 1, "x") == ["1", "2"]
    book.python("main.show(replace(sed, facts='other words'))")  # the same ranges: what is looked at stays
    book.cell(1).get_by_text("other words").wait_for()
    assert show.is_visible()
    book.python("main.show(replace(sed, x=(0.2, 40.0), y=(1e-13, 5e-11)))")
    show.wait_for(state="hidden")

    figure(book, 2).focus()
    for _ in range(3):
        book.page.keyboard.press("+")
    figure(book, 2).get_by_role("button", name="Show all").wait_for()
    book.page.keyboard.press("0")
    figure(book, 2).get_by_role("button", name="Show all").wait_for(state="hidden")


def test_points_by_keyboard(book):
    figure(book, 0).focus()
    page, card = book.page, figure(book, 0).locator(".gpnb-card")
    page.keyboard.press("ArrowRight")
    card.get_by_text("0.357 – 0.700 TeV").wait_for()
    page.keyboard.press("ArrowRight")
    card.get_by_text("0.714 – 1.400 TeV").wait_for()
    book.wait_python("main.widget.pointed", 1)
    page.keyboard.press("ArrowDown")
    card.get_by_text("model").wait_for()
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.classList.contains('gpnb-figure')")


def test_brushes_by_mouse_and_keys(book):
    page, shown = book.page, figure(book, 2).locator(".gpnb-chosen")
    (left, y), (right, _) = place_of(book, 2, 0.2, 0.5), place_of(book, 2, 0.5, 0.5)
    page.mouse.move(left, y)
    page.mouse.down()
    page.mouse.move(right, y, steps=6)
    page.mouse.up()
    low, high = book.wait_python("events.widget.chosen", pytest.approx([6, 15], abs=0.2).__eq__)
    assert book.value("len({gesture for *_, gesture in brushed})") == 1
    page.mouse.move(left + 30, y)  # inside: the range is carried along
    page.mouse.down()
    page.mouse.move(left + 30 + (right - left) / 3, y, steps=6)
    page.mouse.up()
    low, high = book.wait_python("events.widget.chosen", pytest.approx([9, 18], abs=0.2).__eq__)

    grip = figure(book, 2).get_by_role("slider", name="High end of the chosen range")
    grip.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    book.wait_python("events.widget.chosen", pytest.approx([low, high + 0.9], abs=0.05).__eq__)
    page.keyboard.press("Shift+ArrowLeft")
    book.wait_python("events.widget.chosen", pytest.approx([low, high - 2.1], abs=0.05).__eq__)
    assert float(grip.get_attribute("aria-valuenow")) == pytest.approx(high - 2.1, abs=0.05)
    assert grip.get_attribute("aria-valuetext").endswith(" min")
    page.keyboard.press("Delete")
    book.wait_python("events.widget.chosen", [])
    shown.wait_for(state="hidden")

    figure(book, 2).focus()  # a bin that is pointed at
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    book.wait_python("events.widget.chosen", [2, 4])
    page.mouse.click(place_of(book, 2, 0.9, 0.5)[0], y)
    book.wait_python("events.widget.chosen", [])


def test_both_themes_and_nothing_seriously_hard_to_reach(book, tmp_path):
    book.python("events.show(replace(bins, chosen=(4.0, 12.0)))")
    point_at(book, 2)
    figure(book, 0).locator(".gpnb-card").get_by_text("√TS").wait_for()
    looks = []
    for theme in ("light", "dark"):
        book.theme(theme)
        assert book.axe(".gpnb-live") == []
        looks.append(
            figure(book, 0)
            .locator(".gpnb-points")
            .evaluate("node => [getComputedStyle(node).stroke, getComputedStyle(node).fill]")
        )
        assert book.screenshot(tmp_path / f"{theme}.png", cell=1).stat().st_size > 20_000
    assert looks[0][0] != looks[1][0]
    assert looks[0][1] != looks[1][1]
