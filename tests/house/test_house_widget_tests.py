"""Tests of widgets go through named parts, as people do: they know nothing of what is inside."""

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "widgets"
PROTOCOL = {"_ipython_display_", "_repr_mimebundle_", "_esm"}
"""How Jupyter asks an object to show itself, and anywidget for a script: not ours, and no secrets."""


def private(text):
    """Attributes that begin with one underscore, with their lines; those of the test's own classes may."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            own = isinstance(node.value, ast.Name) and node.value.id == "self"
            if node.attr not in PROTOCOL and not own:
                yield f"line {node.lineno}: .{node.attr}"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_widgets_are_tested_from_outside(path):
    assert not list(private(path.read_text(encoding="utf-8")))


def test_the_search_finds_what_is_private():
    assert list(private("panel._plot.data('x')\nself._own\nx.__class__\np._repr_mimebundle_()")) == ["line 1: ._plot"]
