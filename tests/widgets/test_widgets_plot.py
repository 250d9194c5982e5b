"""The plot part without a browser: what it sends, and what it hears."""

from dataclasses import replace

import ipywidgets
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpnb.panels.plot import Band, Image, Line, Plot, Points, Rule, Spans, Steps
from gpnb.widgets.parts.compose import compose
from gpnb.widgets.parts.marks import numbers_of
from gpnb.widgets.parts.plot import PlotView
from gpnb.widgets.parts.script import Script, script_of
from gpnb.widgets.parts.ticks import even_ticks

ENERGY = Plot(
    name="energy",
    title="Energy",
    x=(0.1, 100.0),
    y=(0.7, 1000.0),
    x_label="Energy (TeV)",
    y_label="Events a bin",
    log_x=True,
    log_y=True,
)
TIME = Plot(name="time", x=(0.0, 10.0), y=(0.0, 50.0), x_label="Time (min)", y_label="Events a bin")


@pytest.fixture
def view():
    made = PlotView()
    made.show(ENERGY)
    return made


def brushed(view):
    calls = []
    view.on_brush(lambda *call: calls.append(call))
    return calls


def ticks(view, axis):
    return view.widget.frame[axis]["ticks"]


def labels(view, axis):
    return [text for _, text in ticks(view, axis)]


def mark(view, name):
    return next(one for one in view.widget.marks if one["name"] == name)


def test_ticks_are_few_and_plain_and_come_with_their_texts(view):
    assert ticks(view, "x") == [[0.1, "0.1"], [1, "1"], [10, "10"], [100, "100"]]
    assert labels(view, "y") == ["1", "10", "100", "1000"]
    assert [view.widget.frame[axis]["label"] for axis in "xy"] == ["Energy (TeV)", "Events a bin"]


def test_ticks_of_counts_are_whole(view):
    view.show(replace(TIME, y=(0.0, 1.08), whole_y=True))
    assert labels(view, "y") == ["0", "1"]
    view.show(replace(TIME, y=(-0.3, 0.3)))
    assert "−0.2" in labels(view, "y")
    view.show(replace(TIME, x_ticks={2.0: "two", 5.0: "five"}, x_scale=((0.0, 10.0), (60000.0, 60001.0))))
    assert ticks(view, "x") == [[2, "two"], [5, "five"]]
    assert view.widget.frame["x"]["scale"] == [[0, 10], [60000, 60001]]


@given(st.floats(-1e3, 1e3), st.floats(1e-1, 1e4), st.sampled_from([4, 5]), st.booleans())
def test_even_ticks_are_few_even_and_inside(low, size, most, whole):
    high = low + size
    found = np.array(even_ticks(low, high, most, whole))
    assert (1 if not whole else 0) <= len(found) <= most + 1
    assert ((found >= low - 1e-8 * size) & (found <= high + 1e-8 * size)).all()
    assert np.diff(found) == pytest.approx(np.diff(found)[:1].repeat(max(len(found) - 1, 0)))
    assert not whole or (found == found.round()).all()


def test_steps_and_curves_are_sent_as_they_are(view):
    steps = Steps(edges=np.array([0.1, 1.0, 10.0, 100.0]), values=np.array([5, 0, 2]), role="quiet", fill=0.3)
    line = Line(x=np.array([0.1, 1.0, 10.0]), y=np.array([np.nan, 5.0, 7.0]), dash="dashed")
    view.show(replace(ENERGY, steps=(steps,), lines=(line,), bands=(Band(x=line.x, low=line.x, high=2 * line.x),)))
    assert view.names == ["band 0", "steps 0", "line 0"]
    assert [part.tolist() for part in view.data("steps 0")] == [[0.1, 1, 10, 100], [5, 0, 2]]
    assert np.isnan(view.data("line 0")[1][0])
    sent = mark(view, "steps 0")
    assert (sent["role"], sent["fill"], sent["width"], mark(view, "line 0")["dash"]) == ("quiet", 0.3, 2, "7 4")
    assert numbers_of(mark(view, "band 0"), "high").tolist() == [0.2, 2, 20]


def test_what_holds_nothing_is_left_out(view):
    x = np.array([0.1, 1.0, 10.0, 100.0])
    view.show(replace(ENERGY, lines=(Line(x=x, y=np.full(4, np.nan)), Line(x=x, y=np.zeros(4)))))
    assert view.names == []
    view.show(replace(TIME, spans=(Spans(ranges=[(30.0, 40.0)]),)))
    assert view.names == []


def test_spans_are_sent_whole_so_that_a_closer_look_finds_them(view):
    view.show(replace(TIME, spans=(Spans(ranges=[(-5.0, 2.0), (4.0, 20.0)], hatched=True),)))
    assert numbers_of(mark(view, "span 0"), "x").tolist() == [-5, 2, 4, 20]
    assert mark(view, "span 0")["hatched"] is True


def test_images_lie_on_the_axes_and_are_sent_once(view):
    edges, values = np.geomspace(0.1, 10, 4), np.arange(9.0).reshape(3, 3)
    image = Image(label="Area (m²)", x=edges, y=np.geomspace(1, 100, 4), values=values, low=0.0, high=8.0)
    view.show(replace(ENERGY, image=image))
    assert [numbers_of(mark(view, "image"), axis).tolist() for axis in "xy"] == [[0.1, 10], [1, 100]]
    assert mark(view, "image")["png"].startswith(b"\x89PNG")
    sent = []
    view.widget.observe(sent.append, "marks")
    view.show(replace(ENERGY, image=image, facts="other words"))
    assert sent == []
    view.show(replace(ENERGY, image=replace(image, values=values[::-1])))
    assert len(sent) == 1


def test_only_what_changed_is_sent(view):
    x = np.array([1.0, 10.0])
    lines = (Line(label="a", x=x, y=x), Line(label="b", x=x, y=2 * x))
    view.show(replace(ENERGY, lines=lines, rules=(Rule(value=3.0),)))
    sent = []
    view.widget.observe(lambda change: sent.append(change["name"]))
    view.show(replace(ENERGY, lines=(replace(lines[0], x=x.copy()), lines[1]), rules=(Rule(value=3.0),)))
    assert sent == []
    view.show(replace(ENERGY, lines=(lines[0], replace(lines[1], y=3 * x)), rules=(Rule(value=3.0),)))
    assert sent == ["marks"]


def test_a_frame_is_one_message(view):
    """Values and texts of ticks, ranges and marks travel together: none can be drawn with an older other."""
    sent = []
    view.widget.send_state = lambda key=None: sent.append(set(key))
    view.show(replace(TIME, lines=(Line(x=np.arange(3.0), y=np.arange(3.0)),)))
    assert len(sent) == 1
    assert {"frame", "marks"} <= sent[0]


def test_what_is_taken_away_goes_and_the_order_holds(view):
    x = np.array([1.0, 10.0])
    points = Points(label="p", x=x, y=x, y_low=0.5 * x, y_high=2 * x)
    full = replace(ENERGY, lines=(Line(label="a", x=x, y=x),), points=(points,), marks=(Rule(value=2.0),))
    view.show(full)
    assert view.names == ["mark 0", "line 0", "points 0"]
    view.show(replace(full, lines=(), chosen=(1.0, 2.0)))
    assert (view.names, view.widget.chosen) == (["mark 0", "points 0"], [1, 2])
    view.show(full)
    assert (view.names, view.widget.chosen) == (["mark 0", "line 0", "points 0"], [])


def test_points_have_bars_limits_rows_and_notes(view):
    x, limit = np.array([1.0, 10.0]), np.array([False, True])
    view.show(replace(ENERGY, points=(Points(x=x, y=10 * x, limit=limit, rows=[4, 7], notes={"Run": ["1", ""]}),)))
    sent = mark(view, "points 0")
    assert numbers_of(sent, "limit").tolist() == [0, 1]
    assert numbers_of(sent, "y_low").tolist() == [10, 100]
    assert (sent["rows"], sent["notes"]) == ([4, 7], {"Run": ["1", ""]})


def test_ranges_that_are_brushed_are_told_with_their_gesture(view, front):
    calls = brushed(view)
    assert view.widget.brushes
    front.brush(view, (1.0, 10.0), gesture="a-1")
    front.brush(view, None, gesture="a-2")
    assert calls == [(1, 10, "a-1"), (None, None, "a-2")]


def test_what_python_chooses_is_not_told_back(view):
    calls = brushed(view)
    view.show(replace(ENERGY, chosen=(1.0, 10.0)))
    assert view.widget.chosen == [1, 10]
    view.show(ENERGY)
    assert view.widget.chosen == []
    assert calls == []


def test_words_are_for_eyes_and_for_ears(view):
    view.show(replace(ENERGY, facts="of <b>all</b>", said="Histogram of energies"))
    assert (view.widget.facts, view.widget.label) == ("of <b>all</b>", "Histogram of energies")
    x = np.array([1.0, 10.0])
    view.show(replace(ENERGY, lines=(Line(label="model", x=x, y=x),)))
    assert view.widget.label == "Events a bin by Energy (TeV): model"
    assert view.widget.legend == [{"label": "model", "colour": "var(--gpnb-model)", "dash": "", "width": 2.0}]


def test_a_plot_over_another_leaves_x_to_it(view):
    view.stand_over(True, 100)
    assert (view.widget.frame["over"], view.widget.frame["height"]) == (True, 100)
    below = PlotView()
    view.look_with(below)
    other = PlotView()
    view.look_with(other)
    assert view.widget.group == below.widget.group == other.widget.group != ""


def test_the_script_is_sent_once_for_all_plots():
    one, other = PlotView(), PlotView()
    assert one.widget.script == other.widget.script == script_of("plot/main.js")
    assert len(one.widget._esm) < 1500
    ipywidgets.Widget.close_all()
    assert PlotView().widget.script != one.widget.script  # what was closed is made anew
    assert Script(text="x").text == "x"
    assert compose("plot/main.js").count("class Plot ") == 1
