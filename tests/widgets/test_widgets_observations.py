"""The observation browser, browserless: what the front end tells becomes state, and state becomes what it shows."""

import shutil
import threading

import numpy as np
import pytest
from astropy.table import Table

import gpnb
from gpnb.core.errors import SelectionError
from gpnb.data import Observations
from gpnb.widgets.observations.panel import ObservationsPanel

CRAB = [2001, 2002, 2003, 2004]


@pytest.fixture
def panel(demo):
    with gpnb.set_options(display="live"):
        yield demo.view()


def tell(part, kind, **fields):
    part.receive({"kind": kind, **fields})


def change(controls, name, value, gesture="g"):
    controls.set_state({"changes": {**controls.changes, name: [value, gesture]}})


def shown(panel):
    return [panel.parts["table"].rows[place]["key"] for place in panel.parts["table"].order]


def words(panel):
    return panel.parts["head"].facts


def test_a_store_opens_the_browser(panel, demo):
    assert isinstance(panel, ObservationsPanel)
    assert shown(panel) == sorted(demo.obs_ids)
    assert [column["title"] for column in panel.parts["table"].columns][:3] == ["Run", "Target", "Date"]
    assert words(panel) == "demo · 18 runs · 4 targets · 8.3 h live"
    assert panel.selected.obs_ids == sorted(demo.obs_ids)
    assert panel.message == ""


def test_heads_sort_and_turn_round(panel, demo):
    zenith = dict(zip(demo.obs_ids, np.asarray(demo.table["ZEN_PNT"]), strict=True))
    tell(panel.parts["table"], "sort", name="zenith")
    assert [zenith[run] for run in shown(panel)] == sorted(zenith.values())
    tell(panel.parts["table"], "sort", name="zenith")
    assert [zenith[run] for run in shown(panel)] == sorted(zenith.values(), reverse=True)
    assert panel.parts["table"].sort == {"by": "zenith", "ascending": False}
    assert panel.state.changed() == {"sort_by": "zenith", "sort_ascending": False}
    panel.undo()
    panel.undo()
    assert shown(panel) == sorted(demo.obs_ids)


def test_rows_are_chosen_added_and_taken_away(panel):
    tell(panel.parts["table"], "choose", key=2001, add=False)
    tell(panel.parts["table"], "choose", key=2002, add=True)
    assert panel.selection.runs == (2001, 2002)
    assert panel.parts["table"].chosen == [2001, 2002]
    assert panel.parts["head"].count == "2 of 18 chosen"
    assert panel.parts["foot"].totals == "Chosen: 2 runs · 1 target · 0.9 h live"
    assert panel.selected.obs_ids == [2001, 2002]
    tell(panel.parts["table"], "choose", key=2001, add=True)
    assert panel.selection.runs == (2002,)
    tell(panel.parts["table"], "span", keys=CRAB, add=True)
    assert panel.selection.runs == (2002, 2001, 2003, 2004)
    tell(panel.parts["table"], "span", keys=[], add=False)
    assert panel.selection.runs == ()
    assert panel.parts["foot"].totals == ""


def test_buttons_choose_all_that_is_shown_and_none(panel):
    change(panel.parts["browse"], "find", "crab")
    change(panel.parts["browse"], "every", 1)
    assert sorted(panel.selection.runs) == CRAB
    change(panel.parts["browse"], "none", 1)
    assert panel.selection.runs == ()


def test_text_filters_and_is_undone(panel):
    change(panel.parts["browse"], "find", "CRAB")
    assert shown(panel) == CRAB
    assert words(panel) == "demo · 4 of 18 runs · 1 target · 1.8 h live"
    assert panel.selected.obs_ids == CRAB
    panel.undo()
    assert len(shown(panel)) == 18
    panel.redo()
    assert shown(panel) == CRAB


def test_a_condition_is_typed_into_its_chip(panel, demo):
    tell(panel.parts["head"], "chip", name="where", text="ZEN_PNT < 25 and OBJECT == 'Crab'")
    zenith = dict(zip(demo.obs_ids, np.asarray(demo.table["ZEN_PNT"]), strict=True))
    assert shown(panel) == [run for run in CRAB if zenith[run] < 25]
    assert panel.parts["head"].chips[1]["text"] == "ZEN_PNT < 25 and OBJECT == 'Crab'"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("where", "COLOUR > 3", "there is no column 'COLOUR'"),
        ("where", "import os", "is not an expression"),
        ("where", "OBJECT < 3", "compares numbers with text"),
        ("cone", "somewhere", "Cone 'somewhere' cannot be read: write it like 83.63 22.01 r 2"),
        ("runs", "a, b", "Runs 'a, b' cannot be read"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence_and_changes_nothing(panel, name, text, said):
    before = panel.workspace.to_dict()
    tell(panel.parts["head"], "chip", name=name, text=text)
    assert said in panel.message
    assert panel.parts["foot"].status["level"] == "attention"
    assert panel.workspace.to_dict() == before
    assert not panel.workspace.can_undo


def test_nothing_shown_is_told(panel):
    change(panel.parts["browse"], "find", "no such thing")
    assert shown(panel) == []
    assert words(panel) == "demo · 0 of 18 runs"
    with pytest.raises(SelectionError, match="take away the filter"):
        _ = panel.selected


def test_a_circle_drawn_chooses_the_runs_that_point_into_it_in_one_step(panel):
    panel.set(center="icrs 83.6d 22d", width="20 deg")
    x, y = (float(value) for value in panel.graph.plane.pull().coord_pixel("83.63d 22.01d"))
    tell(
        panel.parts["stage"].flat, "shape", key=None, shape={"type": "circle", "x": x, "y": y, "r": 8.0}, tool="circle"
    )
    assert panel.message == ""
    assert shown(panel) == CRAB
    assert sorted(panel.selection.runs) == CRAB
    assert panel.parts["head"].chips[0]["text"].startswith("83.63° +22.01° r ")
    cone = next(shape for shape in panel.parts["stage"].flat.shapes if shape["key"] == "cone")
    assert cone["edit"]["r"] == pytest.approx(8.0)
    assert not cone["fixed"]
    panel.undo()
    assert (panel.state.cone, panel.selection.runs) == ("", ())
    panel.redo()
    tell(panel.parts["stage"].flat, "remove", key="cone")
    assert len(shown(panel)) == 18
    assert sorted(panel.selection.runs) == CRAB


def test_a_click_on_the_sky_chooses_the_run_that_points_there(panel):
    panel.set(center="icrs 83.6d 22d", width="20 deg")
    row = panel.graph.ids.tolist().index(2003)
    x, y = (float(value[row]) for value in panel.graph.pointings.pixels(panel.graph.plane.pull()))
    tell(panel.parts["stage"].flat, "click", x=x + 0.2, y=y, reach=1.0)
    assert panel.selection.runs == (2003,)
    tell(panel.parts["stage"].flat, "click", x=x + 50, y=y, reach=1.0)
    assert panel.selection.runs == (2003,)


def test_the_sky_shows_every_pointing_and_a_circle_for_each_that_is_kept(panel):
    flat = panel.parts["stage"].flat
    assert len(flat.points) == 18
    circles = len(flat.lines["paths"])
    panel.set(find="crab")
    assert len(flat.points) == 18
    assert 0 < len(flat.lines["paths"]) < circles
    panel.choose([2001, 2002])
    assert len([shape for shape in flat.shapes if shape["key"] is None]) == 2
    white = [point for point in flat.points if point["colour"] == "#ffffff"]
    assert [point["label"] for point in white] == ["2001 · Crab", "2002 · Crab"]
    table = panel.parts["table"]
    for point in white:  # what is pointed at on the sky lights up in the table, and the other way round
        flat.set_state({"pointed": point["row"]})
        assert str(table.rows[table.pointed]["key"]) == point["label"].partition(" ")[0]
    table.set_state({"pointed": None})
    assert flat.pointed is None


def test_zooming_a_whole_sky_goes_to_a_plane_and_back(panel):
    assert panel.graph.plane.pull().projection == "AIT"
    size = {"x": 100.0, "w": 20.0}
    tell(panel.parts["stage"].flat, "window", window=[size["x"], 60.0, size["x"] + size["w"], 60.0 + size["w"] / 2])
    assert panel.graph.plane.pull().projection == "TAN"
    assert panel.state.width == pytest.approx(20)
    tell(panel.parts["stage"].flat, "window", window=[])
    assert panel.graph.plane.pull().projection == "AIT"


@pytest.mark.parametrize("cone", ["galactic; circle(0, 0, 3)", "galactic; polygon(1, 1, 3, 1, 2, 3)"])
def test_what_lies_on_the_other_side_of_the_sky_is_not_drawn(panel, cone):
    panel.set(center="icrs 83.6d 22d", width="20 deg", cone=cone)
    assert panel.message == ""
    assert panel.parts["stage"].flat.shapes == []
    assert len(panel.parts["stage"].flat.points) < 18
    panel.set(center=None, width=None)
    assert [shape["key"] for shape in panel.parts["stage"].flat.shapes] == ["cone"]


def test_the_field_of_view_is_a_number_with_a_unit(panel):
    change(panel.parts["look"], "field_of_view", 1.5)
    assert panel.state.field_of_view == 1.5
    change(panel.parts["look"], "field_of_view", None)
    assert panel.state.field_of_view == 2.5


def run_code(code):
    scope = {}
    exec(code, scope)
    return list(scope.values())[-1]


def test_code_makes_the_same_panel_and_the_same_runs(panel):
    panel.set(find="crab", sort_by="zenith")
    panel.choose([2003, 2001])
    with gpnb.set_options(display="live"):
        again = run_code(panel.to_code())
    assert (again.state, again.selection) == (panel.state, panel.selection)
    assert shown(again) == shown(panel)
    assert run_code(panel.selected.to_code()).obs_ids == [2003, 2001]
    assert "select(obs_id=[2003, 2001])" in panel.selected.to_code()


def test_code_of_what_is_shown_is_short_where_nothing_is_chosen(panel, demo):
    assert panel.selected.to_code().endswith("store.select()")
    panel.typed("where", "OBJECT == 'Crab'")
    assert panel.selected.obs_ids == CRAB
    assert panel.selected.recipe.kwargs["where"] == "OBJECT == 'Crab'"
    panel.set(find="2003")
    assert run_code(panel.selected.to_code()).obs_ids == [2003]


def test_observations_open_it_too_without_a_check(demo):
    runs = demo.select(target="Crab")
    with gpnb.set_options(display="live"):
        panel = runs.view()
    assert panel.selected is runs
    assert "check" not in [item["name"] for item in panel.parts["browse"].items]
    panel.choose([2002])
    assert run_code(panel.selected.to_code()).obs_ids == [2002]


def test_panels_of_a_workspace_share_the_chosen_runs(demo):
    workspace = gpnb.Workspace()
    with gpnb.set_options(display="live"):
        one, other = demo.view(workspace=workspace), demo.select(target="Crab").view(workspace=workspace)
    tell(one.parts["table"], "span", keys=[1001, 2002], add=False)
    assert other.parts["table"].chosen == [1001, 2002]
    assert other.selected.obs_ids == [2002]
    assert other.parts["head"].count == "1 of 4 chosen"


def test_runs_highlighted_by_the_record_give_way_to_a_choice(demo):
    with gpnb.set_options(display="live"):
        panel = demo.view(highlight=[1001])
    assert panel.parts["table"].chosen == [1001]
    tell(panel.parts["table"], "choose", key=2001, add=False)
    assert panel.parts["table"].chosen == [2001]
    panel.undo()
    assert panel.parts["table"].chosen == [1001]
    assert not panel.workspace.can_undo


def test_a_check_finds_no_fault_in_the_demo(panel):
    change(panel.parts["browse"], "check", 1)
    assert panel.wait()
    assert panel.message == "Checked 19 files: 0 errors, 0 warnings, 0 notes"
    assert panel.report.ok
    assert panel.parts["foot"].notes == []
    assert panel.parts["foot"].progress == {}


def test_faults_are_flagged_by_run_and_listed_for_the_chosen(demo, tmp_path):
    folder = shutil.copytree(demo.path, tmp_path / "store")
    broken = next(file for file in sorted(folder.glob("events/*")) if "2002" in file.name)
    broken.unlink()
    with gpnb.set_options(display="live"):
        panel = gpnb.DataStore.read(folder).view()
    panel.check()
    assert panel.wait()
    flagged = {row["key"]: row["flag"] for row in panel.parts["table"].rows if row["flag"]}
    assert flagged == {2002: "The index names this file, but it is not there."}
    assert panel.parts["foot"].notes == ["1 run with faults: 1 error, 0 warnings"]
    assert panel.parts["foot"].status["level"] == "attention"
    assert [row["cells"][0] for row in panel.parts["faults"].rows] == ["error"]
    panel.choose([2001])
    assert panel.parts["faults"].rows == []
    panel.choose([2002])
    assert panel.parts["faults"].rows[0]["cells"][1] == f"events/{broken.name}"


def test_a_check_can_be_cancelled(panel, monkeypatch):
    begun = threading.Event()

    def check(progress, cancel):
        begun.set()
        while True:
            cancel.check()

    monkeypatch.setattr(panel.obj, "check", check, raising=False)
    panel.check()
    assert begun.wait(60)
    tell(panel.parts["foot"], "cancel")
    assert panel.wait()
    assert panel.message == "Cancelled: nothing was changed."
    assert panel.report is None


def test_a_table_with_nothing_but_numbers():
    class Run:
        def __init__(self, obs_id):
            self.obs_id = obs_id

    runs = Observations([Run(1), Run(2)], Table({"OBS_ID": [1, 2], "LIVETIME": [60.0, 60.0]}))
    with gpnb.set_options(display="live"):
        panel = runs.view()
    assert shown(panel) == [1, 2]
    assert panel.parts["stage"].flat.points == []
    tell(panel.parts["table"], "choose", key=2, add=False)
    assert panel.selected.obs_ids == [2]
    assert panel.message == ""


def test_a_thousand_runs_are_sorted_together(demo, calls):
    crab = demo.select(target="Crab")
    table = crab.table[np.arange(1000) % 4]
    table["OBS_ID"], table["ZEN_PNT"] = np.arange(1000), np.arange(1000)[::-1] / 20
    with gpnb.set_options(display="live"):
        panel = Observations(list(crab) * 250, table).view()
    found = calls(lambda: tell(panel.parts["table"], "sort", name="zenith"))
    assert shown(panel)[:2] == [999, 998]
    assert len(found) < 1000  # not one a run


def test_the_picture_shows_the_same_runs(panel):
    panel.set(find="crab", sort_by="zenith", sort_ascending=False)
    panel.choose([2003])
    page = panel._repr_mimebundle_()["text/html"]
    places = [page.index(f">{run}<") for run in shown(panel)]
    assert places == sorted(places)
    assert ">1001<" not in page
    assert page.count('class="gpnb-chosen"') == 1
    assert "4 of 18 runs" in page
