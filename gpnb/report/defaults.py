"""The parameters of a notebook, read from its `parameters` cell without running anything."""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from gpnb.core.errors import ArgumentError
from gpnb.core.faults import faults_told

TAG = "parameters"


@dataclass(frozen=True)
class NotebookParameter:
    """One parameter of a notebook.

    Parameters
    ----------
    name : str
        The variable.
    default : object
        Its literal default.
    comment : str
        What the notebook says about it.
    """

    name: str
    default: Any
    comment: str = ""


def read_defaults(notebook: NotebookNode, source: str) -> dict[str, NotebookParameter]:
    """Read the parameters of a notebook.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook.
    source : str
        Its name, for errors.

    Returns
    -------
    dict
        The parameters by name, in the notebook's order; empty where no cell is tagged `parameters`.

    Raises
    ------
    ArgumentError
        If more than one cell is tagged, or a default is not a literal.
    """
    cells = [cell.source for cell in notebook.cells if TAG in cell.metadata.get("tags", [])]
    if len(cells) > 1:
        raise ArgumentError(f"{source} has {len(cells)} cells tagged '{TAG}': keep one.")
    return _parse_cell(cells[0], source) if cells else {}


def _parse_cell(text: str, source: str) -> dict[str, NotebookParameter]:
    with faults_told(f"The '{TAG}' cell of {source} is not valid Python", ArgumentError):
        statements = ast.parse(text).body
        comments = _comments(text)
    found = {}
    for statement in statements:
        name, value = _assignment(statement, source)
        comment = comments.get(statement.end_lineno or 0, "")
        found[name] = NotebookParameter(name, _literal(value, name, source), comment)
    return found


def _assignment(statement: ast.stmt, source: str) -> tuple[str, ast.expr]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return name, value
    line = ast.unparse(statement).splitlines()[0]
    raise ArgumentError(f"The '{TAG}' cell of {source} may hold only lines like 'name = literal', not {line!r}.")


def _literal(value: ast.expr, name: str, source: str) -> Any:
    try:
        return ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        text = ast.unparse(value)
        raise ArgumentError(
            f"The default of {name} in {source} is {text!r}, which is not a literal: compute it in the next cell."
        ) from error


def _comments(text: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return {token.start[0]: token.string.lstrip("# ").rstrip() for token in tokens if token.type == tokenize.COMMENT}
