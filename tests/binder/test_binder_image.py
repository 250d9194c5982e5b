"""Binder's steps, carried out in a fresh environment: install, build, start, run the quick-start notebook."""

import os
import shutil
import subprocess
import venv
from pathlib import Path

import pytest
from labserver import KERNELS, LabServer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
START = str(ROOT / "binder" / "start")
OURS = ("GPNB_", "JUPYTER", "PYTHON", "VIRTUAL_ENV")


class Image:
    """What Binder makes of the repository, but for the container around it."""

    def __init__(self, folder):
        self.bin = folder / "env" / "bin"
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
        self.environment |= {
            "PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}",
            "GPNB_CACHE": str(folder / "cache"),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
        }
        venv.create(folder / "env", with_pip=True)
        self.run("python", "-m", "pip", "install", "--quiet", "--requirement", "binder/requirements.txt")
        self.run("binder/postBuild")

    def run(self, *command, cwd=ROOT):
        done = subprocess.run(
            command,
            cwd=cwd,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-5000:]
        return done.stdout


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    folder = tmp_path_factory.mktemp("binder")
    yield Image(folder)
    shutil.rmtree(folder)  # it is large


def test_what_is_installed_fits_together(image):
    assert "No broken requirements" in image.run("python", "-m", "pip", "check")


def test_it_starts_what_it_is_given(image):
    assert "jupyterlab" in image.run(START, "jupyter", "--version")


def test_jupyterlab_starts_with_our_settings(image):
    program = (START, str(image.bin / "jupyter"), "lab")
    with LabServer({"PYTHONPATH": "", "JUPYTER_CONFIG_PATH": ""}, program) as server:
        schema = server.rest(f"lab/api/settings/{KERNELS}")["schema"]
    assert schema["properties"]["commsOverSubshells"]["default"] == "disabled"


def test_the_quick_start_runs(image, tmp_path):
    tutorials = ROOT / "tutorials"
    where = image.run(START, "python", "-c", "import gpnb; print(gpnb.__file__)", cwd=tutorials)
    assert Path(where.strip()).is_relative_to(image.bin.parent)
    target = tmp_path / "quickstart.ipynb"
    image.run(START, "papermill", "--no-progress-bar", "quickstart.ipynb", str(target), cwd=tutorials)
    assert target.is_file()
