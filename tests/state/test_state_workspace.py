import gc
import json
import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gpnb
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.state.graph import Node, Source, View
from gpnb.state.workspace import Workspace

IMAGE = "gpnb.SkyImage.empty(nxpix=20, nypix=20)"
REGIONS = ["icrs; circle(83.63, 22.01, 0.11)", "galactic; box(0, 0, 2, 1, 30)", None]

energy = st.tuples(st.floats(0.01, 1), st.floats(1.1, 100)).map(lambda pair: [f"{end!r} TeV" for end in pair])
choice = st.one_of(
    st.fixed_dictionaries({"region": st.sampled_from(REGIONS)}),
    st.fixed_dictionaries({"energy": st.one_of(st.none(), energy)}),
    st.fixed_dictionaries({"time": st.sampled_from([None, ("2020-01-01T00:00:00 tt", "2020-01-02T00:00:00 utc")])}),
    st.fixed_dictionaries({"phase": st.tuples(st.floats(0, 1), st.floats(0, 1))}),
    st.fixed_dictionaries({"runs": st.lists(st.integers(0, 10**6), max_size=3)}),
).map(lambda change: ("select", change))
setting = st.one_of(
    st.fixed_dictionaries({"stretch": st.sampled_from(["linear", "sqrt", "log", "asinh"])}),
    st.fixed_dictionaries({"opacity": st.floats(0, 1)}),
    st.fixed_dictionaries({"smooth": st.floats(0, 1).map(lambda size: f"{size!r} deg")}),
    st.fixed_dictionaries({"contours": st.lists(st.floats(-5, 5), max_size=3)}),
    st.fixed_dictionaries({"peaks": st.lists(st.tuples(st.floats(0, 360), st.floats(-90, 90), st.floats(0, 9)))}),
    st.fixed_dictionaries({"excluded": st.sampled_from(REGIONS)}),
    st.fixed_dictionaries({"overlays": st.just([("a <b>", "icrs; point(1, 2)", "#56B4E9")])}),
).map(lambda change: ("set", change))
step = st.one_of(choice, setting, st.just(("undo", {})), st.just(("redo", {})))


def open_panel():
    return gpnb.SkyImage.empty(nxpix=20, nypix=20).view()


def act(panel, steps):
    for name, change in steps:
        getattr(panel, name)(**change)
    return panel


def everything(panel):
    return panel.selection, panel.state


@given(st.lists(step, max_size=12))
@settings(max_examples=150, deadline=None)
def test_undo_then_redo_is_the_identity(steps):
    panel = act(open_panel(), steps)
    before, count = everything(panel), 0
    while panel.undo():
        count += 1
    assert everything(panel) == everything(open_panel())
    for _ in range(count):
        assert panel.redo()
    assert everything(panel) == before


@given(st.lists(step, max_size=12))
@settings(max_examples=100, deadline=None)
def test_state_survives_json(steps):
    panel = act(open_panel(), steps)
    data = json.loads(json.dumps(panel.workspace.to_dict()))
    again = gpnb.SkyImage.empty(nxpix=20, nypix=20).view(workspace=Workspace.from_dict(data))
    assert everything(again) == everything(panel)


def test_the_printed_code_gives_an_equal_state_in_a_fresh_process():
    """Many random sequences; one fresh process runs the codes of all, each in a scope of its own."""
    drawn = []

    @given(st.lists(step, min_size=1, max_size=12))
    @settings(max_examples=60, deadline=None, database=None)
    def draw(steps):
        panel = act(open_panel(), steps)
        drawn.append((panel.to_code(), panel.workspace.to_dict()))

    draw()
    code = (
        "import json, sys\n"
        "def run(code):\n"
        "    scope = {}\n"
        "    exec(code, scope)\n"
        "    return scope['panel'].workspace.to_dict()\n"
        "print(json.dumps([run(code) for code in json.load(sys.stdin)]))"
    )
    given_codes = json.dumps([code for code, _ in drawn])
    done = subprocess.run([sys.executable, "-c", code], input=given_codes, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == json.loads(json.dumps([state for _, state in drawn]))
    assert sum(bool(state["selection"]["region_ds9"]) for _, state in drawn) > 3


def test_panels_of_one_workspace_share_selection_and_history():
    workspace = Workspace()
    first, second = (gpnb.SkyImage.empty(nxpix=20, nypix=20).view(workspace=workspace) for _ in range(2))
    assert (first.name, second.name) == ("sky", "sky-2")
    first.set(stretch="sqrt")
    second.select(energy=("1 TeV", "10 TeV"))
    assert first.shown.energy == (1.0, 10.0)
    assert second.state.stretch == "linear"
    assert first.undo()
    assert second.selection.energy is None
    assert second.undo()
    assert first.state.stretch == "linear"
    assert not first.undo()


def test_one_gesture_is_one_step():
    panel = open_panel()
    for value in (0.9, 0.5, 0.2):
        panel.set(gesture="drag 1", opacity=value)
    panel.set(gesture="drag 2", opacity=0.1)
    panel.undo()
    assert panel.state.opacity == 0.2
    panel.undo()
    assert panel.state.opacity == 1.0


def test_watchers_are_told_once_a_change_and_not_for_nothing():
    told = []
    panel = open_panel()
    stop = panel.workspace.watch(lambda: told.append(panel.state.opacity))
    panel.set(opacity=0.5)
    panel.set(opacity=0.5)
    panel.undo()
    stop()
    panel.set(opacity=0.2)
    assert told == [0.5, 1.0]


def test_what_is_so_already_is_no_step():
    panel = open_panel()
    panel.set(opacity=1.0)
    panel.select(energy=None)
    assert panel.workspace.steps == 0


def test_changes_made_together_are_told_once():
    panel, told = open_panel(), []
    stop = panel.workspace.watch(lambda: told.append((panel.state.opacity, panel.selection.runs)))

    def change():
        with panel.workspace.together():
            panel.set(opacity=0.5)
            with panel.workspace.together():
                panel.select(runs=[1])
            assert told == []
            panel.set(opacity=2.0)

    with pytest.raises(ArgumentError):
        change()
    assert told == [(0.5, (1,))]
    assert panel.workspace.steps == 2
    stop()


def test_what_a_watcher_changes_is_told_in_one_more_round():
    panel, told = open_panel(), []

    def follow():
        told.append(panel.state.stretch)
        panel.set(stretch="log")

    stop = panel.workspace.watch(follow)
    panel.set(stretch="sqrt")
    assert told == ["sqrt", "log"]
    stop()


def test_methods_are_watched_weakly():
    panel, told = open_panel(), []

    class Watcher:
        def look(self):
            told.append(panel.state.opacity)

    watcher = Watcher()
    panel.workspace.watch(watcher.look)
    panel.set(opacity=0.5)
    del watcher
    gc.collect()
    panel.set(opacity=0.2)
    assert told == [0.5]


def test_a_name_that_is_free_again_has_no_history():
    workspace = Workspace()
    first = gpnb.SkyImage.empty(nxpix=20, nypix=20).view(workspace=workspace)
    first.set(stretch="sqrt")
    workspace.select(runs=[1])
    first.set(stretch="log")
    workspace.undo()
    del first
    gc.collect()
    second = gpnb.SkyImage.empty(nxpix=20, nypix=20).view(workspace=workspace)
    assert (second.name, second.state.stretch) == ("sky", "linear")
    assert workspace.steps == 1
    assert not workspace.can_redo
    assert workspace.undo()
    assert workspace.selection.runs == ()


def test_a_name_of_its_own_is_taken_over():
    workspace = Workspace()
    image = gpnb.SkyImage.empty(nxpix=20, nypix=20)
    first = image.view(workspace=workspace, name="left", stretch="sqrt")
    second = image.view(workspace=workspace, name="left")
    other = image.view(workspace=workspace, name="right")
    assert [panel.name for panel in (first, second, other)] == ["left", "left", "right"]
    assert second.state.stretch == "linear"
    assert list(workspace.to_dict()["views"]) == ["left", "right"]
    assert "name='left'" in second.to_code()


def test_a_wrong_change_changes_nothing():
    panel = open_panel()
    with pytest.raises(ArgumentError, match="opacity=2"):
        panel.set(opacity=2.0)
    with pytest.raises(ArgumentError, match="did you mean 'opacity'"):
        panel.set(opacty=1.0)
    assert not panel.workspace.can_undo


def test_written_and_read(tmp_path):
    panel = open_panel()
    panel.set(stretch="log")
    panel.select(runs=[1, 2])
    panel.workspace.write(tmp_path / "state.json")
    workspace = Workspace.read(tmp_path / "state.json")
    again = gpnb.SkyImage.empty(nxpix=20, nypix=20).view(workspace=workspace)
    assert everything(again) == everything(panel)
    with pytest.raises(ArgumentError, match="exists already"):
        panel.workspace.write(tmp_path / "state.json")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be read as the state of a workspace"),
        ("{}", "not the state of a workspace"),
        ('{"schema": 99, "selection": {}, "views": {}}', "schema 99: this gpnb reads up to 1"),
        ('{"schema": 1, "selection": {}, "views": {"sky": {"kind": "Nothing"}}}', "not the state of a workspace"),
    ],
)
def test_a_bad_file_is_refused(tmp_path, text, message):
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(DataFormatError, match=message):
        Workspace.read(tmp_path / "state.json")


def test_code_names_the_workspace_only_where_something_is_chosen():
    panel = open_panel()
    assert "Workspace" not in panel.to_code()
    panel.select(energy=("1 TeV", "10 TeV"))
    assert "selection = gpnb.Selection(energy=['1.0 TeV', '10.0 TeV'])" in panel.to_code()


def test_parameters_of_a_map():
    store = gpnb.Recipe.of("gpnb.DataStore.read()", path="demo", name="store")
    runs = gpnb.Recipe.of(".select()", on=store, target="Crab")
    axis = gpnb.Axis.energy("0.1 TeV", "10 TeV", per_decade=5)
    geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="2 deg", binsz="0.1 deg", axes=[axis])
    data = gpnb.SkyMap.zeros(geom)
    data.recipe = gpnb.Recipe.of("gpnb.reduce_map()", runs=runs, geom=geom.recipe)
    panel = data.view()
    assert panel.to_parameters() == {
        "store": "demo",
        "target": "Crab",
        "energy": ["0.1 TeV", "10 TeV"],
        "center": "icrs 83.63d 22.01d",
        "width": "2 deg",
        "binsz": "0.1 deg",
    }
    panel.select(energy=("1 TeV", "2 TeV"), runs=[7], region="icrs; circle(83, 22, 0.1)")
    changed = panel.to_parameters()
    assert (changed["energy"], changed["obs_id"], changed["radius"]) == (["1.0 TeV", "2.0 TeV"], [7], "0.1 deg")


def test_a_node_is_made_again_only_when_an_input_changed():
    state, made, shown = {"x": 1, "y": 1}, [], []
    double = Node(lambda x: made.append(x) or [2 * x], Source(lambda: state["x"]))
    view = View(Node(lambda pair, y: (pair[0], y), double, Source(lambda: state["y"])), shown.append)
    view.refresh()
    view.refresh()
    state["y"] = 5
    view.refresh()
    state["x"] = 3
    view.refresh()
    assert made == [1, 3]
    assert shown == [(2, 1), (2, 5), (6, 5)]


def test_a_node_that_failed_is_tried_again():
    state = {"x": 0}
    node = Node(lambda x: 1 / x, Source(lambda: state["x"]))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            node.pull()
    state["x"] = 2
    assert node.pull() == 0.5


def test_threads_lose_no_step():
    import threading

    panel = open_panel()

    def work(start):
        rng = random.Random(start)
        for _ in range(50):
            panel.select(runs=[rng.randrange(10**9)])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count = 0
    while panel.undo():
        count += 1
    assert count == 200
