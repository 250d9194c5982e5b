"""What no file of the project may hold: paths of one machine, and addresses that pages would load from."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
IGNORED = {
    *(".git", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".ipynb_checkpoints", "__pycache__"),
    *("build", "dist", "reports", "node_modules", ".stamps", "gpnb-tutorials", "aladin.js", "aladin.LICENSE.txt"),
}

MACHINE = re.compile(r"(?<![\w.])/(?:home|Users|root|work|opt|mnt)/[\w.-]+")
LOADED = re.compile(r"unpkg\.|cdnjs\.|jsdelivr\.|fonts\.googleapis\.|esm\.sh")


def project_files():
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if path.is_file() and not IGNORED & set(parts) and not any(part.startswith(".venv") for part in parts):
            yield path


def lines_with(pattern):
    found = []
    for path in project_files():
        if path == Path(__file__):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {hit.group()}" for hit in pattern.finditer(text)]
    return found


@pytest.mark.parametrize("pattern", [MACHINE, LOADED], ids=["machine paths", "addresses to load from"])
def test_no_file_holds(pattern):
    assert lines_with(pattern) == []


def test_names_of_test_files_are_unique():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert len(names) == len(set(names))
