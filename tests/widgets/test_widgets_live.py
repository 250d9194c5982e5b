import threading
import time

import pytest

import gpnb
from gpnb.core.progress import track

PANEL = "application/vnd.gpnb.panel+json"
VIEW = "application/vnd.jupyter.widget-view+json"


def test_the_bundle_has_the_widget_and_the_picture(cube):
    bundle = cube._repr_mimebundle_()
    assert set(bundle) == {PANEL, VIEW, "text/plain", "text/html", "image/png"}
    assert bundle["text/plain"] == repr(cube)
    assert len(bundle[VIEW]["model_id"]) == 32
    assert bundle[PANEL]["model_id"] == bundle[VIEW]["model_id"]


def test_an_output_has_the_widget_first_and_the_picture_once_after(cube):
    panel = cube.view()
    first, after = panel.bundle(), panel.bundle(picture=True)
    assert set(first) == {PANEL, VIEW, "text/plain"}
    assert first.items() <= after.items()
    assert set(after) == {*first, "text/html"}
    assert after["text/html"].count("data:image/png;base64") == 1
    panel.close()
    assert panel.bundle(picture=True) == {}


def test_without_a_notebook_all_is_shown_at_once(cube):
    """IPython asks for the bundle then: no front end could take what comes after."""
    for item in (cube, cube.view()):
        with pytest.raises(NotImplementedError):
            item._ipython_display_()


def test_reprs_are_stable_and_short(cube):
    panel = cube.view()
    assert repr(panel) == f"SkyPanel({cube!r})"
    assert repr(panel.parts["head"]) == "Head()"


def test_static_and_live_are_chosen(cube):
    with gpnb.set_options(display="static"):
        assert VIEW not in cube._repr_mimebundle_()
    with gpnb.set_options(display="auto"):  # no kernel here
        assert VIEW not in cube._repr_mimebundle_()
    assert cube.plot().axes


def test_unknown_traits_are_refused():
    from gpnb.widgets.parts.part import Controls

    with pytest.raises(TypeError, match="no trait 'item'"):
        Controls(item=[])


def test_undo_and_redo_by_message(cube, front):
    panel = cube.view()
    assert panel.parts["head"].tools["undo"] is False
    front.turn(panel.parts["look"], "stretch", "sqrt")
    assert panel.parts["head"].tools["undo"] is True
    front.tell(panel.parts["head"], "undo")
    assert panel.state.stretch == "linear"
    assert panel.parts["head"].tools == {"undo": False, "redo": True, "open": ""}
    front.tell(panel.parts["head"], "redo")
    assert panel.state.stretch == "sqrt"


def test_the_code_drawer_follows_the_state(cube, front):
    panel = cube.view()
    front.tell(panel.parts["head"], "code")
    assert panel.parts["foot"].drawer["text"] == panel.to_code()
    front.turn(panel.parts["look"], "stretch", "asinh")
    assert "stretch='asinh'" in panel.parts["foot"].drawer["text"]
    front.tell(panel.parts["head"], "code")
    assert panel.parts["foot"].drawer == {}


def test_chips(cube, front):
    panel = cube.view()
    front.tell(panel.parts["head"], "chip", name="energy", text="2 – 8 TeV")
    assert [chip["text"] for chip in panel.parts["head"].chips] == ["", "2 – 8 TeV"]
    front.tell(panel.parts["head"], "chip", name="energy", text="nonsense")
    assert panel.message.startswith("Energy 'nonsense' cannot be read")
    assert panel.parts["foot"].status["level"] == "attention"
    front.tell(panel.parts["head"], "chip", name="energy", text="")
    assert panel.selection.energy is None
    assert panel.message == ""


def test_saving_from_the_panel(cube, front, tmp_path):
    panel = cube.view()
    front.tell(panel.parts["head"], "save")
    assert panel.parts["foot"].drawer["path"] == "gpnb-sky.png"
    for name in ("sky.png", "sky.pdf", "sky.fits"):
        front.tell(panel.parts["foot"], "write", path=str(tmp_path / name), overwrite=False)
        assert panel.message == f"Saved {tmp_path / name}"
        assert (tmp_path / name).stat().st_size > 1000
    front.tell(panel.parts["foot"], "write", path=str(tmp_path / "sky.png"), overwrite=False)
    assert "exists already" in panel.message
    front.tell(panel.parts["foot"], "write", path=str(tmp_path / "sky.exe"), overwrite=False)
    assert "saved as" in panel.message
    assert {path.name for path in tmp_path.iterdir()} == {"sky.png", "sky.pdf", "sky.fits"}


def test_an_unexpected_fault_shows_its_traceback_on_demand(cube, front):
    panel = cube.view()
    panel.act(lambda: 1 / 0)
    assert panel.parts["foot"].status == {
        "level": "attention",
        "text": "ZeroDivisionError: division by zero",
        "detail": True,
    }
    front.tell(panel.parts["foot"], "detail")
    assert "Traceback" in panel.parts["foot"].drawer["text"]
    front.tell(panel.parts["foot"], "close")
    assert panel.parts["foot"].drawer == {}
    assert panel.undo() is False


def test_quick_work_shows_no_bar(cube, monkeypatch):
    monkeypatch.setattr("gpnb.widgets.work._SOON", 60)
    panel, bars, done = cube.view(), [], []
    panel.parts["foot"].observe(lambda change: bars.append(change["new"]), "progress")
    panel.run("adding", lambda progress, cancel: sum(track(range(3), "adding", progress, cancel)), done.append)
    assert panel.wait()
    assert done == [3]
    assert not any(bars)


def test_long_work_tells_and_is_cancelled(cube, front):
    panel, started = cube.view(), threading.Event()

    def work(progress, cancel):
        for _ in track(range(1000), "counting", progress, cancel):
            started.set()
            time.sleep(0.01)

    done = []
    panel.run("counting", work, done.append)
    assert started.wait(60)
    end = time.monotonic() + 60
    while not panel.parts["foot"].progress and time.monotonic() < end:
        time.sleep(0.01)
    assert panel.parts["foot"].progress["label"] == "counting"
    assert 0 < panel.parts["foot"].progress["fraction"] < 1
    front.tell(panel.parts["foot"], "cancel")
    assert panel.wait()
    assert panel.message == "Cancelled: nothing was changed."
    assert panel.parts["foot"].progress == {}
    assert done == []


def test_failed_work_is_told(cube):
    panel = cube.view()

    def work(progress, cancel):
        raise gpnb.DataFormatError("file.fits: nothing in it.")

    panel.run("reading", work, lambda _: None)
    assert panel.wait()
    assert panel.message == "file.fits: nothing in it."


def test_callbacks_from_other_threads_only_touch_state(cube, front):
    """JupyterLab may run callbacks beside a cell, on another thread."""
    panel = cube.view()
    moves = [(panel.parts["look"], "opacity", number / 10, number) for number in range(1, 9)]
    threads = [threading.Thread(target=front.turn, args=move) for move in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert panel.message == ""
    assert panel.parts["stage"].flat.image["opacity"] == panel.state.opacity


def test_panels_import_no_pyplot():
    import subprocess
    import sys

    code = (
        "import sys, gpnb; gpnb.set_options(display='live');"
        "gpnb.SkyImage.empty(nxpix=20, nypix=20)._repr_mimebundle_();"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_the_foot_tells_at_once_that_work_goes_on(cube):
    panel, go = cube.view(), threading.Event()
    foot = panel.parts["foot"]
    assert not foot.busy
    panel.run("Waiting", lambda **_: go.wait(20), lambda _: None)
    assert foot.busy
    assert foot.progress == {}
    go.set()
    assert panel.wait()
    assert not foot.busy
    panel.run("Failing", lambda **_: 1 / 0, lambda _: None)
    assert panel.wait()
    assert not foot.busy
