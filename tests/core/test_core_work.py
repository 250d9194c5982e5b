"""Progress, cancel, fan-out, options, files that are all or nothing."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import gpnb
from gpnb import ArgumentError, Cancelled, CancelToken, MissingDependency, Progress
from gpnb.core import progress
from gpnb.core.atomic import atomic_file
from gpnb.core.fanout import fan_out
from gpnb.core.progress import track


def test_progress_reports_each_step():
    seen = []
    assert list(track([1, 2], "Work", seen.append)) == [1, 2]
    assert seen == [Progress("Work", 0, 2), Progress("Work", 1, 2), Progress("Work", 2, 2)]
    assert seen[1].fraction == 0.5
    with pytest.raises(ArgumentError, match="progress='yes'"):
        list(track([1], "Work", "yes"))


def test_cancel_stops_between_steps():
    token = CancelToken()
    steps = track(range(10), "Work", cancel=token)
    assert [next(steps), next(steps)] == [0, 1]
    token.cancel()
    with pytest.raises(Cancelled):
        next(steps)


def test_progress_bar(capsys):
    assert list(track(range(3), "Work", True)) == [0, 1, 2]
    assert "Work" in capsys.readouterr().err


def test_fan_out_keeps_the_order_and_few_results_waiting():
    started, most, lock = 0, 0, threading.Lock()

    def work(item):
        nonlocal started
        with lock:
            started += 1
        return item * item

    with ThreadPoolExecutor(2) as pool:
        for taken, result in enumerate(fan_out(work, range(100), pool)):
            assert result == taken**2
            most = max(most, started - taken)
    assert most <= 10


def test_fan_out_passes_errors_on():
    with ThreadPoolExecutor(2) as pool, pytest.raises(ZeroDivisionError):
        list(fan_out(lambda item: 1 / item, [1, 0, 2], pool))


def test_options():
    before = gpnb.get_options().display
    with gpnb.set_options(display="static"):
        assert gpnb.get_options().display == "static"
    assert gpnb.get_options().display == before
    with pytest.raises(ArgumentError, match="must be one of auto, live, static"):
        gpnb.set_options(display="loud")
    with pytest.raises(ArgumentError, match="Unknown option 'colour'; the options are: display"):
        gpnb.set_options(colour="red")


def test_nothing_half_written(tmp_path):
    path = tmp_path / "a.txt"

    def fails():
        with atomic_file(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert list(tmp_path.iterdir()) == []
    with atomic_file(path) as temporary:
        temporary.write_text("whole")
    with pytest.raises(ArgumentError, match="exists already"), atomic_file(path):
        pass
    with atomic_file(path, overwrite=True) as temporary:
        temporary.write_text("new")
    assert path.read_text() == "new"
    with pytest.raises(ArgumentError, match=r"folder .* does not exist"), atomic_file(tmp_path / "no" / "b.txt"):
        pass


def test_missing_dependency_says_what_to_install():
    error = MissingDependency("naima", "models", "Radiative models")
    assert str(error) == "Radiative models needs naima, which is not installed: pip install 'gpnb[models]'."
    assert isinstance(error, ImportError)
    assert isinstance(error, gpnb.GpnbError)


def steps(wait=0.0):
    for _ in track(range(3), "counting", None):
        time.sleep(wait)


def test_in_a_live_notebook_long_work_shows_how_far_it_is(capsys, monkeypatch):
    steps()
    assert capsys.readouterr().out == ""
    with gpnb.set_options(display="live"):
        steps()
        assert capsys.readouterr().out == ""
        monkeypatch.setattr(progress, "_PATIENCE", 0.01)
        steps(0.02)
    assert "counting" in capsys.readouterr().out
    with gpnb.set_options(display="static"):
        steps(0.02)
    assert capsys.readouterr().out == ""
