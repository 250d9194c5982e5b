"""The lowest versions that are tested are those that pyproject.toml allows."""

import importlib.util
from pathlib import Path

import pytest
from packaging.requirements import Requirement

spec = importlib.util.spec_from_file_location("lowest", Path(__file__).parent / "lowest.py")
lowest = importlib.util.module_from_spec(spec)
spec.loader.exec_module(lowest)

ASKED = lowest.requirements()


def test_each_requirement_is_constrained_once():
    names = [Requirement(line).name for line in lowest.constraints()]
    assert names == [item.name for item in ASKED]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("item", ASKED, ids=str)
def test_the_constraint_is_the_lower_bound(item):
    (line,) = [line for line in lowest.constraints() if Requirement(line).name == item.name]
    (pin,) = Requirement(line).specifier
    assert pin.operator == "=="
    assert pin.version in item.specifier
    assert [part.version for part in item.specifier if part.operator == ">="] == [pin.version]
