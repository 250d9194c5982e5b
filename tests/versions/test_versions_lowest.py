"""The lowest versions that are tested are those that pyproject.toml allows."""

import importlib.util
from pathlib import Path

import pytest
from packaging.requirements import Requirement

spec = importlib.util.spec_from_file_location("gpnb_versions", Path(__file__).parent / "versions.py")
versions = importlib.util.module_from_spec(spec)
spec.loader.exec_module(versions)

ASKED = [item for item in versions.requirements() if item.name not in versions.LATER]
PINNED = {Requirement(line).name: Requirement(line) for line in versions.constraints()}


def test_each_requirement_is_constrained_once():
    assert list(PINNED) == [item.name for item in ASKED]


@pytest.mark.parametrize("item", ASKED, ids=str)
def test_the_constraint_is_the_lower_bound(item):
    (pin,) = PINNED[item.name].specifier
    assert pin.operator == "=="
    assert pin.version in item.specifier
    assert [part.version for part in item.specifier if part.operator == ">="] == [pin.version]


def test_a_python_that_is_not_here_is_not_found():
    assert versions.interpreter("2.99") is None
