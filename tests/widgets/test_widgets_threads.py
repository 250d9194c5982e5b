"""Callbacks, cells and work on threads of their own: what two of them write is locked."""

import random
import sys
import threading
import traceback

import numpy as np
import pytest

import gpnb

pytestmark = pytest.mark.long

ENERGY = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8)
TRUE = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8, name="energy_true")


def spectrum(seed):
    model = gpnb.PowerLaw(index=2.5, amplitude="3e-12 TeV-1 s-1 cm-2")
    rng = np.random.default_rng(seed)
    counts = rng.poisson(model.integral_bins(TRUE.edge_values) * 3e14 + 2)
    fields = {"exposure": np.full(8, 3e14), "edisp": np.eye(8), "livetime": "1 h"}
    return gpnb.SpectrumDataset(ENERGY, TRUE, counts, counts_off=rng.poisson(20, 8), acceptance_off=10, **fields)


@pytest.fixture
def often():
    """Threads take turns as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def together(*jobs):
    """Do jobs at once, each in a thread; the tracebacks of those that failed."""
    faults, start = [], threading.Barrier(len(jobs))

    def run(job):
        start.wait()
        try:
            job()
        except Exception:  # noqa: BLE001  (whatever it is)
            faults.append(traceback.format_exc())

    threads = [threading.Thread(target=run, args=(job,), daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads), "some thread waits for ever"
    return faults


def slide(front, panel, name, seed):
    rng = random.Random(seed)
    for number in range(40):
        front.turn(panel.parts["parameters"], f"place/{name}", rng.randrange(200, 800), number)


def fit(panel):
    for _ in range(8):
        panel.fit()
        panel.wait(0.05)


def stop(panel):
    for _ in range(60):
        panel.cancel()
        panel.refresh()


def choose(workspace):
    for number in range(15):
        workspace.select(energy=("1 TeV", f"{20 + number} TeV"))
        workspace.undo()


def look(front, panel):
    for tab in ("counts", "profiles", "excess", "contours", "sed") * 3:
        front.tell(panel.parts["stage"].tabs, "choose", name=tab)
        panel.propose(errors="profile")


@pytest.mark.usefixtures("often")
def test_sliders_fits_and_cancels_at_once(front, monkeypatch):
    lost = []
    monkeypatch.setattr(threading, "excepthook", lost.append)
    workspace = gpnb.Workspace()
    one, two = spectrum(3).view(workspace=workspace), spectrum(4).view(workspace=workspace)

    faults = together(
        *(lambda panel=panel: slide(front, panel, "index", 1) for panel in (one, two)),
        lambda: slide(front, one, "amplitude", 2),
        *(lambda panel=panel: fit(panel) for panel in (one, two)),
        *(lambda panel=panel: stop(panel) for panel in (one, two)),
        lambda: choose(workspace),
        lambda: look(front, two),
    )
    assert faults == []
    assert one.wait()
    assert two.wait()
    assert lost == []
    for panel in (one, two):
        settled(panel)


def settled(panel):
    """What is shown is the state, and goes on from there."""
    panel.select(energy=None)  # what was undone was anybody's
    panel.set(tab="sed", errors=None, fitted=None)
    assert panel.wait()
    assert panel.working == ""
    assert panel.parts["foot"].progress == {}
    assert panel.view == panel.shown
    rows = {row["name"]: row["value"] for row in panel.parts["parameters"].items}
    assert rows == {name: f"{value:.6g}" for name, value, *_ in panel.state.parameters}
    expected = gpnb.fit(panel.obj, panel.models).stat
    panel.fit()
    assert panel.wait()
    assert panel.result.stat == pytest.approx(expected, abs=1e-2)


@pytest.mark.usefixtures("often")
def test_two_panels_that_answer_each_other_do_not_wait_for_ever(cube, front):
    """Each is told of what the other changes, from both threads at once."""
    workspace = gpnb.Workspace()
    panels = [cube.view(workspace=workspace) for _ in range(2)]

    def drag(panel, name):
        for number in range(60):
            front.turn(panel.parts["look"], name, number / 100, number)

    faults = together(*(lambda panel=panel, name=name: drag(panel, name) for panel in panels for name in ("opacity",)))
    assert faults == []
    for panel in panels:
        assert panel.state.opacity == 0.59
        assert panel.parts["stage"].flat.image["opacity"] == 0.59
        assert panel.message == ""


@pytest.mark.usefixtures("often")
def test_history_counts_every_step(cube):
    panel = cube.view()
    faults = together(*(lambda: [panel.set(opacity=random.random()) for _ in range(50)] for _ in range(4)))
    assert faults == []
    assert panel.workspace.steps == 200
    assert sum(iter(panel.undo, False)) == 200
    assert panel.state.opacity == 1.0


@pytest.mark.usefixtures("often")
def test_panels_open_and_close_while_others_move(cube):
    workspace = gpnb.Workspace()
    kept = cube.view(workspace=workspace)

    def open_many():
        for _ in range(8):
            cube.view(workspace=workspace).set(stretch="sqrt")

    def move():
        for number in range(40):
            workspace.select(energy=("1 TeV", f"{2 + number} TeV"))

    assert together(open_many, open_many, move) == []
    assert repr(workspace).endswith("panels)") or repr(workspace).endswith("1 panel)")
    kept.set(stretch="log")
    assert kept.parts["stage"].flat.image["stretch"] == "log"
