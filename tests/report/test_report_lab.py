"""``gpnb lab``: the server that runs has our defaults, and the user's settings win over them."""

import json
import os
import urllib.request
from pathlib import Path

import pytest
from jupyter_core.paths import jupyter_config_path
from labserver import KERNELS, LabServer

import gpnb
from gpnb.report.kernel import kernel_manager
from gpnb.report.lab import CONFIG, install_settings, lab_environment

RENDERER = Path(gpnb.__file__).parent / "widgets" / "labextension" / "static" / "remoteEntry.js"
DEFAULTS = json.loads((CONFIG / "labconfig" / "default_setting_overrides.json").read_text())


@pytest.fixture(scope="module")
def server():
    with LabServer() as server:
        yield server


def default(server, plugin, name):
    return server.rest(f"lab/api/settings/{plugin}")["schema"]["properties"][name]["default"]


def test_the_server_reports_our_defaults(server):
    assert default(server, KERNELS, "commsOverSubshells") == "disabled"


def test_every_default_is_one_that_jupyterlab_knows(server):
    for plugin, settings in DEFAULTS.items():
        for name, value in settings.items():
            assert default(server, plugin, name) == value


def test_the_users_settings_are_kept_beside_them(server):
    server.settings({KERNELS: {"commsOverSubshells": "perCommTarget"}})
    assert server.rest(f"lab/api/settings/{KERNELS}")["settings"] == {"commsOverSubshells": "perCommTarget"}
    server.settings({})
    assert server.rest(f"lab/api/settings/{KERNELS}")["settings"] == {}


def test_the_renderer_of_our_outputs_is_installed(server):
    with urllib.request.urlopen(f"{server.origin}/lab/extensions/gpnb/static/remoteEntry.js", timeout=30) as answer:
        assert answer.read() == RENDERER.read_bytes()


def test_it_shows_a_copy_of_the_tutorials(server):
    names = {entry["name"] for entry in server.rest("api/contents")["content"]}
    assert "quickstart.ipynb" in names


def test_our_folder_comes_last_of_those_named(monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", lab_environment(os.environ)["JUPYTER_CONFIG_PATH"])
    assert jupyter_config_path()[:2] == [str(tmp_path), str(CONFIG)]
    assert lab_environment({})["JUPYTER_CONFIG_PATH"] == str(CONFIG)


def test_kernels_of_ours_have_one_thread_for_linear_algebra_unless_told_otherwise():
    assert lab_environment({})["OPENBLAS_NUM_THREADS"] == "1"
    assert lab_environment({"OPENBLAS_NUM_THREADS": "4"})["OPENBLAS_NUM_THREADS"] == "4"
    assert "OPENBLAS_NUM_THREADS" in {**os.environ, **kernel_manager(Path("t"))().kernel_spec.env}


def test_an_environment_can_have_them_for_good(tmp_path, monkeypatch):
    from jupyter_server.services.config.manager import ConfigManager

    install_settings(tmp_path)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(tmp_path / "etc" / "jupyter"))
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "user"))
    assert ConfigManager(config_dir_name="labconfig").get("default_setting_overrides") == DEFAULTS
