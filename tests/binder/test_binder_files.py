"""The files that Binder reads: pinned, of the form it asks for, and in step with pyproject.toml."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
BINDER = ROOT / "binder"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def lines(name):
    """The lines of a file that are no comments."""
    text = (BINDER / name).read_text(encoding="utf-8")
    return [line for line in (line.partition("#")[0].strip() for line in text.splitlines()) if line]


PINNED = [Requirement(line) for line in lines("requirements.txt") if line != "."]
ASKED = {item.name: item for item in map(Requirement, PROJECT["dependencies"])}


def test_gpnb_itself_comes_from_the_repository():
    assert lines("requirements.txt").count(".") == 1


def test_what_gpnb_asks_for_is_pinned_and_nothing_else():
    assert sorted(item.name for item in PINNED) == sorted(ASKED)


@pytest.mark.parametrize("pinned", PINNED, ids=str)
def test_a_pin_is_one_version_that_gpnb_allows(pinned):
    (only,) = pinned.specifier
    assert only.operator == "=="
    assert only.version in ASKED[pinned.name].specifier


def test_python_is_one_that_gpnb_allows():
    (line,) = lines("runtime.txt")
    version = re.fullmatch(r"python-(3\.\d+)", line)
    assert version
    assert version[1] in Requirement(f"python{PROJECT['requires-python']}").specifier


def test_system_packages_are_plain_names():
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", line) for line in lines("apt.txt"))


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_a_script_can_run_and_stops_at_errors(name):
    script = BINDER / name
    assert os.access(script, os.X_OK)
    assert script.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in lines(name)
    subprocess.run(["bash", "-n", script], check=True)


def test_start_becomes_what_it_is_given():
    assert lines("start")[-1] == 'exec "$@"'
    done = subprocess.run([BINDER / "start", "printf", "%s|", "a b", "c"], capture_output=True, text=True, check=True)
    assert done.stdout == "a b|c|"


def test_start_passes_a_failure_on():
    assert subprocess.run([BINDER / "start", "sh", "-c", "exit 7"], check=False).returncode == 7


def test_there_is_one_place_for_binder():
    assert not (ROOT / ".binder").exists()
    assert not (BINDER / "environment.yml").exists()  # it would win over requirements.txt, silently
    assert not (BINDER / "Dockerfile").exists()
