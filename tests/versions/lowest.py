"""The lowest versions that pyproject.toml allows, as constraints for pip: its lower bounds, and nothing else."""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).parents[2] / "pyproject.toml"
EXTRAS = ("dask", "naima", "emcee", "test")
"""What the tests need; Sherpa is built where there is no wheel, and linting is no use of gpnb."""


def requirements() -> list[Requirement]:
    """What gpnb and its tests ask for, by name once each."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(item for extra in EXTRAS for item in project["optional-dependencies"][extra])]
    return [item for item in map(Requirement, asked) if item.name != project["name"]]


def constraints() -> list[str]:
    """``name==lowest`` of each."""
    return [f"{item.name}=={_lowest(item)}" for item in requirements()]


def _lowest(item: Requirement) -> str:
    (bound,) = (part.version for part in item.specifier if part.operator in {">=", "=="})
    return bound
