"""Live panels of one plot without a browser: θ², phasogram, frequency scan; through their public parts alone."""

import numpy as np
import pytest

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.panels.pulsation.chance import chance_words
from gpnb.panels.pulsation.phasogram import chosen_bins, phase_range
from gpnb.panels.pulsation.view import PhasogramView
from gpnb.panels.theta2.cut import inside
from gpnb.panels.theta2.view import Theta2View
from gpnb.stats import lima


def theta2(counts=(90, 40, 12, 8), off=(10.0, 12.0, 0.0, 9.0), alpha=0.5, **meta):
    edges, counts, off = np.linspace(0, 0.08, len(counts) + 1), np.asarray(counts, float), np.asarray(off)
    columns = {"theta2_min": edges[:-1], "theta2_max": edges[1:], "counts": counts, "counts_off": off}
    columns |= {"alpha": np.full(len(off), alpha), "background": alpha * off, "excess": counts - alpha * off}
    columns |= {"excess_error": np.sqrt(counts + alpha**2 * off), "significance": lima(counts, off, alpha)}
    return gpnb.Theta2Table(columns, meta={"position": "icrs 83.63d 22.01d", **meta})


def pulse(quantity="counts", **more):
    edges = np.linspace(0, 1, 11)
    values = np.array([3.0, 9, 2, 1, 0, 4, 8, 2, 1, 1])
    columns = {"phase_min": edges[:-1], "phase_max": edges[1:], quantity: values, f"{quantity}_err": np.sqrt(values)}
    meta = {"events": 31, "h": 12.0, "p_value": 1e-3, "on": [[0.1, 0.2]], "off": [[0.3, 0.5]], "level": 0.5}
    if quantity == "flux":
        columns |= {"flux_errn": np.full(10, 0.5), "flux_errp": np.full(10, 1.0), "flux_ul": np.full(10, 20.0)}
        columns["flux"] = np.where(edges[:-1] == 0.4, np.nan, values)
        meta = {"energy": [0.1, 1.0]}
    return gpnb.Phasogram.of(columns, meta | more, gpnb.Recipe.memory("pulse"))


def scan():
    offset = np.linspace(-2e-4, 2e-4, 21)
    columns = {"offset": offset, "stat": 30 * np.sinc(offset * 1e4) ** 2, "p_value": np.full(21, 0.1)}
    return gpnb.FrequencyScan(columns, meta={"test": "H", "events": 40, "step": 1e-4, "frequency": 1.5})


def items(panel):
    return {item["name"]: item for item in panel.controls.items}


def test_theta2_opens_with_all_its_bins():
    panel = theta2().view()
    assert panel.widget.children[0].title == "θ²"
    assert panel.facts() == "icrs 83.63d 22.01d · 150 ON, 31 OFF within 0.08 deg² · excess 134 · 13.7 σ"
    assert panel.plot.names == ["steps 0", "points 0"]
    assert panel.plot.data("points 0")[1].tolist() == [90, 40, 12, 8]
    assert panel.plot.data("steps 0")[1].tolist() == [5, 6, 0, 4.5]
    assert len(panel.table.rows) == 4
    assert panel.table.chosen == []
    assert items(panel)["cut"]["text"] == "all bins"
    assert items(panel)["all"]["disabled"]
    assert panel.message == ""


def test_the_cut_moves_by_slider_row_and_code(front):
    panel = theta2().view()
    front.turn(panel.controls, "cut", 2)
    assert panel.state.cut == 0.04
    assert panel.count() == "2 of 4 bins"
    expected = lima(130.0, 22.0, 0.5)
    assert panel.facts().endswith(f"130 ON, 22 OFF within 0.04 deg² · excess 119 · {expected:.1f} σ")
    assert panel.plot.shown.marks[0].value == pytest.approx(0.04)
    assert panel.table.chosen == [0, 1]
    assert (items(panel)["cut"]["value"], items(panel)["cut"]["text"]) == (2, "0.04 deg²")
    front.tell(panel.table, "choose", key=2, add=False)
    assert panel.state.cut == 0.06
    assert "cut='0.06 deg2'" in panel.to_code()
    panel.undo()
    assert panel.state.cut == 0.04
    front.turn(panel.controls, "all", 1)
    assert panel.state.cut is None
    assert "mark 0" not in panel.plot.names


def test_a_drag_of_the_cut_is_one_step(front):
    panel = theta2().view()
    for bins in (3, 2, 1):
        front.turn(panel.controls, "cut", bins, "one drag")
    panel.undo()
    assert panel.state.cut is None
    assert not panel.workspace.can_undo


def test_a_cut_inside_a_bin_is_said():
    panel = theta2().view(cut="0.05 deg2")
    assert "within 0.04 deg²" in panel.facts()
    assert panel.notes() == ["The cut of 0.05 deg² lies inside a bin: the sums go up to 0.04 deg²."]
    small = theta2().view(cut="0.01 deg2")
    assert small.notes()[0].endswith("no bin lies within.")
    assert "0 ON, 0 OFF" in small.facts()
    assert theta2().view(cut="1 deg2").notes() == []


def test_no_off_counts_within_the_cut():
    found = inside(theta2(off=(0.0, 12.0, 0.0, 9.0)), Theta2View(cut=0.02))
    assert (found.counts, found.off, found.alpha) == (90, 0, 0.5)
    assert found.significance == pytest.approx(lima(90.0, 0.0, 0.5))
    table = theta2(off=(0.0,) * 4, alpha=np.nan, left_out=["23523"])
    panel = table.view()
    assert "σ" not in panel.facts()
    assert panel.notes() == ["There are no OFF counts within the cut.", "Left out for lack of room: 23523."]
    assert panel.message == ""


def test_theta2_without_bins():
    panel = theta2((), ()).view()
    assert panel.controls.items == []
    assert panel.notes() == ["There are no bins."]
    assert panel.message == ""


def test_the_phasogram_opens_with_two_turns():
    panel = pulse().view()
    assert panel.facts() == "31 events · H = 12.0, p = 10⁻³"
    assert panel.plot.shown.x == (0, 2)
    assert panel.plot.names == [*("span 0", "span 1", "rule 0", "steps 0", "steps 1", "points 0", "points 1")]
    assert panel.plot.data("steps 1")[0][0] == 1
    assert [entry["label"] for entry in panel.plot.widget.legend] == [
        *("level of the OFF phases", "ON phases", "OFF phases")
    ]
    assert len(panel.table.rows) == 10


def test_turns_are_a_choice(front):
    panel = pulse().view()
    front.turn(panel.controls, "turns", 3)
    assert panel.state.turns == 3
    assert panel.plot.data("steps 2")[0][-1] == 3
    front.turn(panel.controls, "turns", 1, "another gesture")
    assert panel.plot.shown.x == (0, 1)
    assert "steps 1" not in panel.plot.names
    panel.undo()
    assert panel.state.turns == 3
    front.turn(panel.controls, "turns", 9)
    assert "must be from 1 to 4" in panel.message


def test_rows_and_points_light_up_together():
    panel = theta2().view()
    panel.plot.widget.set_state({"pointed": 2})
    assert panel.table.pointed == 2
    panel.table.set_state({"pointed": None})
    assert panel.plot.widget.pointed is None
    (points,) = panel.plot.shown.points
    assert points.notes["OFF"] == [row["cells"][3] for row in panel.table.rows]


def test_a_brush_chooses_phases_for_the_workspace(front):
    workspace = gpnb.Workspace()
    panel = pulse().view(workspace=workspace)
    front.brush(panel.plot, (0.1, 0.2), (0.1, 0.3))
    assert workspace.selection.phase == (0.1, 0.3)
    assert panel.table.chosen == [1, 2]
    assert panel.count() == "2 of 10 bins"
    front.brush(panel.plot, (0.9, 1.2), gesture="another")
    assert workspace.selection.phase == (0.9, 0.2)
    assert panel.table.chosen == [0, 1, 9]
    workspace.undo()
    assert workspace.undo()
    assert panel.plot.widget.chosen == []
    workspace.select(phase=(0.5, 0.7))
    assert panel.plot.widget.chosen == [0.5, 0.7]
    assert panel.table.chosen == [5, 6]


def test_a_row_chooses_its_phases_and_lets_them_go(front):
    panel = pulse().view()
    front.tell(panel.table, "choose", key=9, add=False)
    assert panel.selection.phase == (0.9, 1.0)
    assert panel.table.chosen == [9]
    front.tell(panel.table, "choose", key=9, add=False)
    assert panel.selection.phase is None


@pytest.mark.parametrize(
    ("ends", "phase"),
    [
        ((0.2, 0.4), (0.2, 0.4)),
        ((1.2, 1.4), (0.2, 0.4)),
        ((0.9, 1.1), (0.9, 0.1)),
        ((0.5, 1.0), (0.5, 1.0)),
        ((0, 1), None),
    ],
)
def test_brushed_turns_become_phases(ends, phase):
    assert phase_range(*ends) == phase


def test_chosen_phases_past_the_end_of_the_only_turn():
    panel = pulse().view(turns=1, phase=(0.9, 0.1))
    assert panel.plot.shown.chosen is None
    assert panel.plot.shown.spans[2].ranges == [(0, 0.1), (0.9, 1)]
    assert panel.plot.names[2] == "span 2"
    assert chosen_bins(pulse(), panel.state) == [0, 9]
    with pytest.raises(ArgumentError, match="between 0 and 1"):
        PhasogramView.build(phase=(0.5, 1.5))


def test_flux_against_phase():
    panel = pulse("flux").view(turns=1)
    assert panel.plot.shown.y_label == "Flux"
    assert panel.plot.shown.points[0].limit.tolist() == [place == 4 for place in range(10)]
    assert len(panel.plot.data("points 0")[0]) == 10
    assert panel.plot.shown.y[1] > 20
    assert panel.facts() == "0.1–1 TeV, beyond the OFF phases"
    assert panel.table.rows[4]["cells"][2] == "–"
    assert panel.message == ""


def test_a_frequency_scan_shows_its_peak():
    panel = scan().view()
    assert panel.facts() == "40 events · f = 1.5 Hz · peak 30.0 at 0 µHz · 1/T = 100 µHz"
    assert panel.plot.names == ["mark 0", "line 0", "points 0"]
    assert [values.tolist() for values in panel.plot.data("points 0")] == [[0], [30]]
    assert panel.plot.shown.x == pytest.approx((-200, 200))
    assert len(panel.table.rows) == 5
    assert panel.controls.items == []


@pytest.mark.parametrize("make", [theta2, pulse, lambda: pulse("flux"), scan])
def test_live_and_static_are_one(make, tmp_path):
    """Reports show what the panel shows; what it saves is the table."""
    panel = make().view()
    bundle = panel._repr_mimebundle_()
    assert {"text/html", "image/png"} < set(bundle)
    assert "could not be" not in bundle["text/html"]
    panel.save_data(tmp_path / "table.ecsv")
    panel.save(tmp_path / "plot.pdf")
    (axes,) = panel.figure().axes
    assert axes.get_xlabel() == panel.plot.shown.x_label
    assert ".view(" in panel.to_code()


@pytest.mark.parametrize(
    ("value", "text"), [(0.0, "< 10⁻³⁰⁰"), (1e-310, "< 10⁻³⁰⁰"), (0.0234, "= 0.023"), (np.nan, "= –"), (1.0, "= 1")]
)
def test_probabilities_in_words(value, text):
    assert chance_words(value) == text
