"""What the build takes from npm is pinned by checksums and names no place; what it makes asks for nothing."""

import importlib.util
import json
import os
import re
from pathlib import Path

import pytest

import gpnb
from gpnb.widgets.aladin.bundle import bundle_state

ROOT = Path(gpnb.__file__).parents[1]
LOCK = json.loads((ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8"))
PACKAGES = {name: package for name, package in LOCK["packages"].items() if name}


@pytest.fixture
def hooks(monkeypatch):
    """The file of the build hook, its Node replaced by one that writes what esbuild would."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "_npm", npm)
    monkeypatch.setattr(module, "_esbuild", esbuild)
    monkeypatch.delenv("GPNB_REQUIRE_BUNDLE", raising=False)
    return module


@pytest.fixture
def hook(hooks, tmp_path):
    """A hook on a copy of its inputs."""
    (tmp_path / "frontend").mkdir()
    for name in hooks.INPUTS:
        (tmp_path / "frontend" / name).write_bytes((ROOT / "frontend" / name).read_bytes())
    (tmp_path / "hatch_build.py").write_bytes((ROOT / "hatch_build.py").read_bytes())
    return on(hooks, tmp_path)


class App:
    def __init__(self):
        self.warnings = []

    def display_warning(self, text):
        self.warnings.append(text)


def on(hooks, root, target="wheel"):
    return hooks.BundleHook(str(root), {}, None, None, "", target, App())


def npm(folder):
    package = folder / "node_modules" / "aladin-lite"
    package.mkdir(parents=True)
    for name in ("LICENSE", "COPYING"):
        (package / name).write_text(name, encoding="utf-8")


def esbuild(_, made):
    made.write_text("var AladinLite={};", encoding="utf-8")


def no_network(folder):
    raise OSError("npm-cli.js ended with code 1: no network")


def test_every_package_has_a_checksum_and_no_address():
    assert {"node_modules/aladin-lite", "node_modules/esbuild"} <= set(PACKAGES)
    assert all(package["integrity"].startswith("sha512-") for package in PACKAGES.values())
    assert not [name for name, package in PACKAGES.items() if "resolved" in package]
    assert "http" not in json.dumps(LOCK)


def test_only_the_type_checker_is_left_out_of_a_build(hooks):
    assert [name for name, package in PACKAGES.items() if package.get("dev")] == ["node_modules/typescript"]
    assert "--omit=dev" in hooks.NPM


def test_make_installs_anew_when_the_bundle_would_change(hooks):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (line,) = (line for line in makefile.splitlines() if line.startswith("BUNDLE := "))
    assert line == f"BUNDLE := hatch_build.py $(addprefix frontend/,{' '.join(hooks.INPUTS)})"


def test_versions_are_exact():
    wanted = json.loads((ROOT / "frontend" / "package.json").read_text(encoding="utf-8"))
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        assert PACKAGES[f"node_modules/{name}"]["version"] == version


def test_the_bundle_loads_nothing_when_it_is_imported():
    found = bundle_state()
    if not found:
        assert os.environ.get("GPNB_REQUIRE_BUNDLE", "") in {"", "0"}, "the bundle was not built"
        return  # a machine without network builds gpnb without it
    text = found.path.read_text(encoding="utf-8")
    assert not re.search(r"\bimport\s*\(|\bimport\s*[\w{*][^;]{0,80}from\s*[\"']|importScripts", text)
    assert not re.search(r"unpkg\.|cdnjs\.|jsdelivr\.|esm\.sh", text)
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in found.path.with_name("aladin.LICENSE.txt").read_text(encoding="utf-8")


def test_the_hook_makes_bundle_and_licence_once(hook, hooks, monkeypatch):
    assert hook.dependencies() == [hooks.NODE]
    hook.initialize("standard", {})
    assert bundle_state(hook.bundle.parent).version == "3.9.2-beta"
    assert {path.name for path in hook.bundle.parent.iterdir()} == {"aladin.js", "aladin.LICENSE.txt"}
    assert hook.dependencies() == []
    monkeypatch.setattr(hooks, "_npm", no_network)
    hook.initialize("editable", {})
    assert hook.app.warnings == []


def test_other_inputs_make_another_bundle(hook, hooks):
    hook.initialize("standard", {})
    with (hook.source / "entry.js").open("a", encoding="utf-8") as file:
        file.write("// more\n")
    assert hook.dependencies() == [hooks.NODE]


def test_a_build_without_network_goes_on_without_bundle(hook, hooks, monkeypatch):
    hook.initialize("standard", {})
    (hook.source / ".npmrc").write_text("# other\n", encoding="utf-8")
    monkeypatch.setattr(hooks, "_npm", no_network)
    hook.initialize("standard", {})
    assert not list(hook.bundle.parent.iterdir())  # rather none than one of other inputs
    (told,) = hook.app.warnings
    assert "without Aladin Lite" in told
    assert "no network" in told


def test_a_build_that_must_have_it_fails(hook, hooks, monkeypatch):
    monkeypatch.setattr(hooks, "_npm", no_network)
    monkeypatch.setenv("GPNB_REQUIRE_BUNDLE", "1")
    with pytest.raises(OSError, match="no network"):
        hook.initialize("standard", {})


def test_a_source_archive_has_no_bundle(hooks, hook):
    other = on(hooks, hook.root, "sdist")
    assert other.dependencies() == []
    other.initialize("standard", {})
    assert not other.bundle.exists()
