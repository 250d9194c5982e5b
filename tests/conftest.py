"""Fixtures for every room: where the shared data is, and a cache of the run's own."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from astropy.utils import iers
from hypothesis import HealthCheck, settings

if not os.environ.get("CI"):  # there hypothesis has a profile of its own
    settings.register_profile("gpnb", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # busy machines
    settings.load_profile("gpnb")

iers.conf.auto_download = False  # old astropy asks the network; what it knows of the Earth is fine enough here

_DEFAULT_DATA = Path(__file__).parents[1] / ".." / "shared" / "data"


def _data_folder() -> Path:
    return Path(os.environ.get("GPNB_DATA") or _DEFAULT_DATA).resolve()


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of the shared real data; the test is skipped, visibly, where it is missing."""
    folder = _data_folder()
    if not folder.is_dir():
        message = "no shared data: set GPNB_DATA to the folder that holds hess-dl3-dr1, cta-1dc, …"
        if os.environ.get("GPNB_REQUIRE_DATA") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def demo():
    """The demo store (a DataStore), made once into the cache (GPNB_CACHE, else the user's) and kept between runs."""
    import gpnb

    return gpnb.demo_store(progress=False)


def _calls(work: Callable[[], object]) -> list[str]:
    found = []

    def note(frame, event, _):
        module = frame.f_globals.get("__name__", "")
        if event == "call" and module.startswith("gpnb.") and not frame.f_code.co_name.endswith(("comp>", "genexpr>")):
            found.append(module)

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return found


@pytest.fixture(scope="session")
def calls() -> Callable[[Callable[[], object]], list[str]]:
    """What work costs, on any machine: modules of the functions of gpnb that it calls in this thread, once a call."""
    return _calls
