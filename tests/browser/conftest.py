"""One JupyterLab and one Chromium for all tests of this folder; a fresh page and a fresh kernel for each notebook."""

import os
from pathlib import Path

import pytest

collect_ignore_glob = ["lab*.py"]  # helpers; they import playwright, which may be missing


def _refuse(reason: str) -> None:
    """Skip, visibly; fail where a browser is required."""
    message = f"no browser: {reason}"
    if os.environ.get("GPNB_REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)


def _check_parts() -> None:
    try:
        import labdriver
        from playwright._impl._driver import compute_driver_executable
    except ImportError as error:
        _refuse(f"{error}; install gpnb[test]")
    if labdriver.chromium_path() is None:
        _refuse("install Chromium (Debian: chromium), or name it in GPNB_CHROMIUM")
    if not all(Path(part).exists() for part in compute_driver_executable()):
        _refuse("playwright came without its driver")


@pytest.fixture(scope="package")
def lab_server():
    """JupyterLab, as gpnb's users have it (`labserver.LabServer`)."""
    _check_parts()
    from labserver import LabServer

    names = [name for name in ("GPNB_DATA", "GPNB_CACHE") if os.environ.get(name)]
    with LabServer({name: str(Path(os.environ[name]).resolve()) for name in names}) as server:
        yield server


@pytest.fixture(scope="package")  # not the session: playwright's event loop must not run beside other rooms' tests
def lab_browser(lab_server):
    """Chromium, driven by playwright (`labdriver.LabBrowser`)."""
    from labdriver import LabBrowser

    with LabBrowser(lab_server) as browser:
        yield browser


@pytest.fixture
def notebook(lab_browser):
    """Open a notebook of these cells and run it: ``notebook(cells, theme="dark", subshells=False, allowed=[…])``.

    See `labdriver.LabBrowser.notebook` for the arguments. At the end the page must have complained of nothing and asked
    for nothing outside, but for what the patterns in `allowed` match.
    """
    opened = []

    def make(cells, *, allowed=(), **options):
        made = lab_browser.notebook(cells, **options)
        opened.append((made, allowed))
        return made

    yield make
    faults = [fault for made, allowed in opened for fault in made.complaints(allowed)]
    for made, _ in opened:
        made.close()
    assert faults == []
