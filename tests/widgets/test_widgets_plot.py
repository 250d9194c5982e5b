"""The plot part without a browser: what it sends, and a brush without echoes."""

import json
from dataclasses import replace

import numpy as np
import pytest

from gpnb.panels.plot import Image, Line, Plot, Points, Rule, Spans, Steps
from gpnb.widgets.parts.plot import PlotView
from gpnb.widgets.parts.ticks import key_of

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


def brush(view):
    calls = []
    view.on_brush(lambda *call: calls.append(call))
    return view.figure.interaction, calls


def labels(view, axis):
    return list(view.figure.axes[axis].tick_labels.values())


def test_ticks_are_few_and_plain(view):
    x, y = view.figure.axes
    assert labels(view, 0) == ["0.1", "1", "10", "100"]
    assert x.tick_values.tolist() == [-1, 0, 1, 2]
    assert labels(view, 1) == ["1", "10", "100", "1000"]
    assert (x.label, y.label) == ("Energy (TeV)", "Events a bin")


def test_ticks_of_counts_are_whole(view):
    view.show(replace(TIME, y=(0.0, 1.08), whole_y=True))
    assert labels(view, 1) == ["0", "1"]
    view.show(replace(TIME, y=(-0.3, 0.3)))
    assert "−0.2" in labels(view, 1)
    view.show(replace(TIME, x_ticks={2.0: "two", 5.0: "five"}))
    assert labels(view, 0) == ["two", "five"]


@pytest.mark.parametrize("value", [0.0, 1.0, -2.0, 0.1, 0.30000000000000004, 1e-5, 2.5e-6, 3e-7, 1.5e22])
def test_numbers_are_written_as_in_javascript(value):
    expected = {1e-5: "0.00001", 2.5e-6: "0.0000025", 3e-7: "3e-7", 1.5e22: "15000000000000000000000"}
    assert key_of(value) == expected.get(value, json.dumps(int(value) if value == int(value) else value))


def test_empty_bins_on_a_log_axis_lie_below_the_frame(view):
    steps = Steps(edges=np.array([0.1, 1.0, 10.0, 100.0]), values=np.array([5, 0, 2]), role="quiet", fill=0.3)
    view.show(replace(ENERGY, steps=(steps,)))
    (mark,) = view.figure.marks
    assert np.isfinite(mark.y).all()
    assert mark.y[1] < view.figure.axes[1].scale.min
    assert view.data("steps 0")[1][[0, 2, 3]] == pytest.approx([5, 2, 2])
    assert (mark.interpolation, mark.fill) == ("step-after", "bottom")


def test_curves_leave_out_what_is_no_number(view):
    x = np.array([0.1, 1.0, 10.0, 100.0])
    view.show(replace(ENERGY, lines=(Line(x=x, y=np.array([np.nan, 5.0, 7.0, np.nan])),)))
    assert view.data("line 0")[0] == pytest.approx([1, 10])
    view.show(replace(ENERGY, lines=(Line(x=x, y=np.full(4, np.nan)), Line(x=x, y=np.zeros(4)))))
    assert view.names == []


def test_spans_are_cut_at_the_frame(view):
    view.show(replace(TIME, spans=(Spans(ranges=[(-5.0, 2.0), (4.0, 20.0), (30.0, 40.0)]),)))
    x, y = view.data("span 0")
    assert x[np.isfinite(y)].tolist() == [0, 2, 4, 10]
    assert set(y[np.isfinite(y)]) == {50.0}
    view.show(replace(TIME, spans=(Spans(ranges=[(30.0, 40.0)]),)))
    assert view.names == []


def test_hatches_stay_within_their_ranges(view):
    view.show(replace(TIME, spans=(Spans(ranges=[(2.0, 3.0), (9.0, 20.0)], hatched=True),)))
    x, y = view.data("span 0")
    good = np.isfinite(y)
    assert ((x[good] >= 2 - 1e-9) & (x[good] <= 3 + 1e-9) | (x[good] >= 9 - 1e-9) & (x[good] <= 10 + 1e-9)).all()
    assert (y[good] >= -1e-9).all()
    assert (y[good] <= 50 + 1e-9).all()
    assert good.sum() > 20


def test_images_lie_on_the_axes_and_are_sent_once(view):
    edges, values = np.geomspace(0.1, 10, 4), np.arange(9.0).reshape(3, 3)
    image = Image(label="Area (m²)", x=edges, y=np.geomspace(1, 100, 4), values=values, low=0.0, high=8.0)
    view.show(replace(ENERGY, image=image))
    (mark,) = view.figure.marks
    assert mark.x.tolist() == [-1, 1]
    assert mark.y.tolist() == [0, 2]
    sent = []
    mark.image.observe(sent.append, "value")
    view.show(replace(ENERGY, image=image, facts="other words"))
    assert sent == []
    view.show(replace(ENERGY, image=replace(image, values=values[::-1])))
    assert len(sent) == 1
    assert view.figure.marks == [mark]


def test_only_what_changed_is_sent(view):
    x = np.array([1.0, 10.0])
    lines = (Line(label="a", x=x, y=x), Line(label="b", x=x, y=2 * x))
    view.show(replace(ENERGY, lines=lines, rules=(Rule(value=3.0),)))
    marks = list(view.figure.marks)
    sent = []
    for part in (*marks, view.figure, *view.figure.axes, view.head):
        part.observe(lambda change: sent.append(change["name"]))
    view.show(
        replace(ENERGY, lines=(Line(label="a", x=x, y=x.copy()), replace(lines[1], y=3 * x)), rules=(Rule(value=3.0),))
    )
    assert sent == ["y"]
    assert view.figure.marks == marks


def test_what_is_taken_away_goes_and_the_order_holds(view):
    x = np.array([1.0, 10.0])
    points = Points(label="p", x=x, y=x, y_low=0.5 * x, y_high=2 * x)
    full = replace(ENERGY, lines=(Line(label="a", x=x, y=x),), points=(points,), marks=(Rule(value=2.0),))
    view.show(full)
    assert view.names == ["mark 0", "line 0", "bars 0", "points 0"]
    view.show(replace(full, lines=(), chosen=(1.0, 2.0)))
    assert view.names == ["chosen", "mark 0", "bars 0", "points 0"]
    view.show(full)
    assert view.names == ["mark 0", "line 0", "bars 0", "points 0"]


def test_limits_have_arrows_and_no_marks(view):
    x = np.array([1.0, 10.0])
    view.show(replace(ENERGY, points=(Points(x=x, y=np.array([10.0, 20.0]), limit=np.array([False, True])),)))
    assert view.data("points 0")[0].tolist() == [1]
    bars = view.data("bars 0")[1]
    assert np.nanmin(bars) < 20
    assert np.nanmax(bars) == pytest.approx(20)


def test_a_drag_is_one_gesture(view):
    selector, calls = brush(view)
    selector.brushing = True
    selector.selected = [0.0, 0.5]
    selector.selected = [0.0, 1.0]
    selector.brushing = False
    selector.selected = [0.0, 1.1]
    assert [call[:2] for call in calls] == [(1, pytest.approx(10**0.5)), (1, 10), (1, pytest.approx(10**1.1))]
    assert len({gesture for *_, gesture in calls}) == 1
    selector.brushing = True
    selector.selected = None
    assert calls[-1][:2] == (None, None)
    assert calls[-1][2] != calls[0][2]


def test_ends_come_in_order_and_nothing_is_no_range(view):
    selector, calls = brush(view)
    selector.selected = [1.0, 1.0]
    assert calls == []
    selector.selected = [1.0, 0.0]
    assert calls[0][:2] == (1, 10)


def test_what_python_brushes_is_not_told_back(view):
    selector, calls = brush(view)
    view.show(replace(ENERGY, chosen=(1.0, 10.0)))
    assert selector.selected.tolist() == [0, 1]
    assert view.names == []
    view.show(ENERGY)
    assert selector.selected is None
    assert calls == []


def test_a_brush_that_is_held_is_left_alone(view):
    selector, _ = brush(view)
    selector.brushing = True
    selector.selected = [0.0, 1.0]
    view.show(replace(ENERGY, chosen=(3.0, 4.0)))
    assert selector.selected.tolist() == [0, 1]


def test_words_are_for_eyes_and_for_ears(view):
    view.show(replace(ENERGY, facts="of <b>all</b>", said="Histogram of energies"))
    assert (view.head.facts, view.head.label) == ("of <b>all</b>", "Histogram of energies")
    x = np.array([1.0, 10.0])
    view.show(replace(ENERGY, lines=(Line(label="model", x=x, y=x),)))
    assert view.head.label == "Events a bin by Energy (TeV): model"
    assert view.head.legend == [{"label": "model", "colour": "var(--gpnb-model)", "dash": "", "width": 2.0}]
