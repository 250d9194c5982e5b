"""A panel is closed as it is opened: what nobody holds is gone, with all its widgets."""

import gc
import json
import weakref

import ipywidgets
import pytest
from ipywidgets.widgets.widget import _instances

import gpnb
from gpnb.draw.static import StaticPanel
from gpnb.widgets.parts.script import script_of

pytestmark = pytest.mark.long

REGION = "icrs; circle(83.63, 22.01, 0.11)"


@pytest.fixture(autouse=True)
def emptied():
    """No widget of another test is counted."""
    ipywidgets.Widget.close_all()
    script_of("plot/main.js")  # stays for all plots to come


def widgets():
    gc.collect()
    return len(_instances)


def panels():
    gc.collect()
    return [item for item in gc.get_objects() if isinstance(item, StaticPanel)]


@pytest.fixture(scope="module")
def objects(demo):
    runs = demo.select(target="Crab")
    spectra = gpnb.reduce_spectrum(runs, REGION, gpnb.Axis.energy("0.3 TeV", "30 TeV", per_decade=5))
    sky = gpnb.SkyImage.empty(nxpix=20, nypix=20)
    return {"sky": sky, "spectrum": spectra, "events": runs[0].events, "observations": runs}


def test_panels_that_are_deleted_leave_nothing(objects):
    before, widgets_before = set(map(id, panels())), widgets()
    workspace = gpnb.Workspace()
    opened = [item.view(workspace=workspace) for item in objects.values()]
    opened[1].fit()
    assert opened[1].wait()
    held = [weakref.ref(panel) for panel in opened] + [weakref.ref(panel.widget) for panel in opened]
    assert widgets() > widgets_before + 100
    del opened
    assert widgets() == widgets_before
    assert [ref() for ref in held if ref() is not None] == []
    assert [item for item in panels() if id(item) not in before] == []
    workspace.select(energy=("1 TeV", "10 TeV"))  # nobody listens any more


@pytest.mark.parametrize("name", ["sky", "spectrum", "events", "observations"])
def test_a_panel_is_closed_by_hand(objects, name):
    before = widgets()
    panel = objects[name].view()
    panel.close()
    panel.close()
    assert widgets() == before
    panel.set(**({"grid": False} if name == "sky" else {}))
    assert "text/html" in panel._repr_mimebundle_()
    assert len(panel._repr_mimebundle_()) == 3  # the picture, without a front end


def test_elements_that_come_later_go_too(objects, front):
    before = widgets()
    panel = objects["spectrum"].view()
    front.tell(panel.parts["stage"].tabs, "choose", name="regions")
    del panel
    assert widgets() == before


def test_what_lies_in_another_widget_stays(objects, front):
    box = ipywidgets.HBox([objects["sky"].view(name="kept").widget])
    gc.collect()
    (whole,) = box.children
    head = whole.children[0]
    front.tell(head, "code")
    assert head.tools["open"] == "code"
    assert whole.comm is not None
    box.close()


def test_an_output_that_is_shown_again_replaces_the_one_before(objects):
    objects["sky"]._repr_mimebundle_()
    one = widgets()
    for _ in range(8):
        objects["sky"]._repr_mimebundle_()
    assert widgets() == one


def test_work_that_is_going_on_ends_with_the_panel(objects):
    import threading

    started, ended = threading.Event(), threading.Event()

    def work(progress, cancel):
        started.set()
        while not cancel.cancelled:
            pass
        ended.set()

    panel = objects["sky"].view()
    panel.run("counting", work, lambda _: None)
    assert started.wait(60)
    del panel
    assert ended.wait(60)


def test_a_name_is_of_one_panel(objects):
    workspace, before = gpnb.Workspace(), widgets()
    first = objects["sky"].view(workspace=workspace, name="left", stretch="sqrt")
    one = widgets() - before
    first.set(grid=False)
    second = objects["sky"].view(workspace=workspace, name="left")
    assert widgets() - before == one
    assert second.name == "left"
    assert second.state.stretch == "linear"
    assert list(workspace.to_dict()["views"]) == ["left"]
    assert not workspace.can_undo  # what the first did went with it
    assert "name='left'" in second.to_code()
    del first
    assert widgets() - before == one
    second.set(stretch="log")
    assert second.parts["stage"].flat.image["stretch"] == "log"


def test_a_workspace_saves_each_panel_once(objects):
    workspace = gpnb.Workspace()
    for _ in range(8):
        panel = None  # as when a cell is run again
        panel = objects["sky"].view(workspace=workspace)
        panel.set(stretch="sqrt")
    data = json.loads(json.dumps(workspace.to_dict()))
    assert list(data["views"]) == ["sky"]
    assert repr(workspace) == "Workspace(Selection(), 1 panel)"
    assert workspace.steps == 1


def test_one_message_is_one_refresh(objects, front, monkeypatch):
    workspace, told = gpnb.Workspace(), []
    runs = objects["observations"].view(workspace=workspace)
    events = objects["events"].view(workspace=workspace)
    stop = workspace.watch(lambda: told.append(workspace.selection))
    front.tell(runs.parts["table"], "span", keys=[2001, 2002], add=False)
    assert len(told) == 1
    front.turn(events.parts["controls"], "clear", 1)  # nothing to clear
    assert len(told) == 1
    events.select(energy=("1 TeV", "10 TeV"))
    events.set(theta2=("0 deg2", "0.02 deg2"))
    told.clear()
    front.turn(events.parts["controls"], "clear", 2)  # the selection, and the panel's own
    assert len(told) == 1
    controls = events.parts["controls"]
    controls.set_state({"changes": {"stretch": ["sqrt", 1], "cmap": ["gray", 2]}})
    assert len(told) == 2
    assert (events.state.stretch, events.state.cmap) == ("sqrt", "gray")
    stop()


def test_panels_out_of_sight_wait(objects, front):
    panel = objects["sky"].view()
    head, flat = panel.parts["head"], panel.parts["stage"].flat
    front.tell(head, "sight", view="a", seen=True)
    front.tell(head, "sight", view="b", seen=False)
    panel.set(stretch="sqrt")
    assert flat.image["stretch"] == "sqrt"  # seen in one place
    front.tell(head, "sight", view="a", seen=False)
    panel.set(stretch="log")
    assert flat.image["stretch"] == "sqrt"
    assert panel.state.stretch == "log"
    front.tell(head, "sight", view="b", seen=True)
    assert flat.image["stretch"] == "log"
    front.tell(head, "sight", view="b", seen=False)
    panel.set(stretch="linear")
    front.tell(head, "sight", view="a", seen=None)
    assert flat.image["stretch"] == "log"
    front.tell(head, "sight", view="b", seen=None)  # none is left to tell: somebody may look
    assert flat.image["stretch"] == "linear"


def test_work_of_panels_out_of_sight_waits_unless_asked_for(objects, front):
    panel = objects["spectrum"].view()
    front.tell(panel.parts["head"], "sight", view="a", seen=False)
    panel.select(region="icrs; circle(83.65, 22.03, 0.13)")
    assert not panel.working
    assert panel.wait()
    assert panel.message.startswith("Refitted in ")
