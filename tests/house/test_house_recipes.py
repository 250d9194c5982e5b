"""Recipes are followed through what is recorded, and through nothing else."""

import ast
from pathlib import Path

import pytest

import gpnb
from gpnb.core.replay import FUNCTIONS, METHODS

pytestmark = pytest.mark.long

PACKAGE = Path(gpnb.__file__).parent
NEVER_FOLLOWED = {"gpnb.data.write.write_index"}
"""Recorded in what it writes; following a recipe must write nothing."""


def recorded():
    """The calls in recipes that the code spells out."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and ast.unparse(node.func) in ("Recipe", "Recipe.of"):
                call = node.args[0]
                if isinstance(call, ast.Constant) and call.value.endswith("()"):
                    yield call.value.removesuffix("()")
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "Recipe.of_call":
                yield ast.unparse(node.args[0]).replace("self.", ".")


def test_every_method_that_is_recorded_can_be_followed():
    methods = {call[1:] for call in recorded() if call.startswith(".")}
    assert methods <= METHODS, "add it to METHODS of gpnb/core/replay.py, if it writes nothing"
    usual = {name for name in METHODS if not name.startswith("__") or name == "__invert__"}
    assert usual <= methods, "take it from METHODS of gpnb/core/replay.py: nothing records it any more"


def test_every_function_that_is_recorded_can_be_followed():
    functions = set()
    for call in recorded():
        path = call if call.startswith("gpnb.") else f"gpnb.{call}"
        classes = any(part[:1].isupper() or part == "cls" for part in path.split(".")[1:2])
        if not call.startswith(".") and not classes:
            functions.add(path)
    assert functions - NEVER_FOLLOWED == FUNCTIONS


def test_none_of_them_writes():
    harmless = {"gpnb.to_image", "gpnb.to_spectrum", "gpnb.time_to_detection"}  # two make datasets, one tells a time
    names = (METHODS | FUNCTIONS) - harmless
    assert not [name for name in names if any(word in name for word in ("write", "save", "clear", "to_"))]
