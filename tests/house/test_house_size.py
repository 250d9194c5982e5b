"""Small files and small functions."""

import ast
from pathlib import Path

import numpy as np
import pytest

import gpnb

pytestmark = pytest.mark.long

PACKAGE = Path(gpnb.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))


def functions():
    """Name and length of every function, its docstring not counted."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                start = node.body[0].end_lineno if ast.get_docstring(node) else node.lineno - 1
                yield f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}", node.end_lineno - start


def test_no_file_is_long():
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {name: length for name, length in lengths.items() if length > 500} == {}


def test_no_function_is_long():
    assert {name: length for name, length in functions() if length > 60} == {}


def test_nearly_all_functions_are_short():
    assert np.percentile([length for _, length in functions()], 90) <= 25
