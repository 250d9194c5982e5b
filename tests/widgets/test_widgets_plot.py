"""The plot part without a browser: what it sends, and a brush without echoes."""

import json

import numpy as np
import pytest

from gpnb.widgets.parts.plot import ACCENT, QUIET, Plot, _key


@pytest.fixture
def plot():
    made = Plot("Energy", energy_x=True, log_y=True)
    made.show_frame((0.1, 100.0), (0.7, 1000.0), "Energy (TeV)", "Events a bin")
    return made


def brush(plot):
    calls = []
    plot.on_brush(lambda *call: calls.append(call))
    return plot.figure.interaction, calls


def test_ticks_are_few_and_plain(plot):
    x, y = plot.figure.axes
    assert list(x.tick_labels.values()) == ["0.1", "1", "10", "100"]
    assert x.tick_values.tolist() == [-1, 0, 1, 2]
    assert list(y.tick_labels.values()) == ["1", "10", "100", "1000"]
    assert (x.label, y.label) == ("Energy (TeV)", "Events a bin")


def test_ticks_of_counts_are_whole():
    plot = Plot("Time")
    plot.show_frame((0.0, 1.0), (0.0, 1.08), "Time (min)", "Events a bin", whole=True)
    assert list(plot.figure.axes[1].tick_labels.values()) == ["0", "1"]
    plot.show_frame((0.0, 1.0), (-0.3, 0.3), "Time (min)", "Bias")
    assert "−0.2" in plot.figure.axes[1].tick_labels.values()


@pytest.mark.parametrize("value", [0.0, 1.0, -2.0, 0.1, 0.30000000000000004, 1e-5, 2.5e-6, 3e-7, 1.5e22])
def test_numbers_are_written_as_in_javascript(value):
    expected = {1e-5: "0.00001", 2.5e-6: "0.0000025", 3e-7: "3e-7", 1.5e22: "15000000000000000000000"}
    assert _key(value) == expected.get(value, json.dumps(int(value) if value == int(value) else value))


def test_empty_bins_on_a_log_axis_lie_below_the_frame(plot):
    plot.show_steps("all", np.array([0.1, 1.0, 10.0, 100.0]), np.array([5, 0, 2]), QUIET, fill=0.3, line=1)
    mark = plot.figure.marks[0]
    assert np.isfinite(mark.y).all()
    assert mark.y[1] < plot.figure.axes[1].scale.min
    assert plot.data("all")[1][[0, 2, 3]] == pytest.approx([5, 2, 2])
    assert mark.interpolation == "step-after"


def test_curves_leave_out_what_is_no_number(plot):
    plot.show_curve("a", np.array([0.1, 1.0, 10.0, 100.0]), np.array([np.nan, 5.0, 7.0, 0.0]), ACCENT)
    assert plot.data("a")[0] == pytest.approx([1, 10])
    plot.show_curve("a", np.array([0.1, 1.0]), np.array([np.nan, np.nan]), ACCENT)
    assert plot.names == []


def test_spans_are_cut_at_the_frame():
    plot = Plot("Time")
    plot.show_frame((0.0, 10.0), (0.0, 50.0), "Time (min)", "Events a bin")
    plot.show_spans("gti", [(-5.0, 2.0), (4.0, 20.0), (30.0, 40.0)], ACCENT)
    x, y = plot.data("gti")
    assert x[np.isfinite(y)].tolist() == [0, 2, 4, 10]
    assert set(y[np.isfinite(y)]) == {50.0}
    plot.show_spans("gti", [(30.0, 40.0)], ACCENT)
    assert plot.names == []


def test_pictures_lie_on_the_axes(plot):
    plot.show_image(b"png", (0.1, 10.0), (1.0, 100.0))
    plot.show_image(b"another", (0.1, 10.0), (1.0, 100.0))
    (mark,) = plot.figure.marks
    assert mark.image.value == b"another"
    assert mark.x.tolist() == [-1, 1]


def test_a_drag_is_one_gesture(plot):
    selector, calls = brush(plot)
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


def test_ends_come_in_order_and_nothing_is_no_range(plot):
    selector, calls = brush(plot)
    selector.selected = [1.0, 1.0]
    assert calls == []
    selector.selected = [1.0, 0.0]
    assert calls[0][:2] == (1, 10)


def test_what_python_brushes_is_not_told_back(plot):
    selector, calls = brush(plot)
    plot.show_brush((1.0, 10.0))
    assert selector.selected.tolist() == [0, 1]
    plot.show_brush(None)
    assert selector.selected is None
    assert calls == []


def test_a_brush_that_is_held_is_left_alone(plot):
    selector, _ = brush(plot)
    selector.brushing = True
    selector.selected = [0.0, 1.0]
    plot.show_brush((3.0, 4.0))
    assert selector.selected.tolist() == [0, 1]


def test_words_are_for_eyes_and_for_ears(plot):
    plot.show_words("Energy", "of <b>all</b>", [], "Histogram of energies")
    assert (plot.head.facts, plot.head.label) == ("of <b>all</b>", "Histogram of energies")
