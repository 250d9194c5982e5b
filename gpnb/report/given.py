"""The parameters a user gives: ``-p name=value`` and ``-f params.yaml``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.text_file import read_text
from gpnb.core.yaml_text import load_yaml
from gpnb.report.defaults import NotebookParameter

_SHOWN = 100
"""Characters of a wrong value that its error repeats."""


def read_file(path: Path) -> dict[str, Any]:
    """Read a YAML file of parameters.

    Raises
    ------
    ArgumentError
        If the file is missing, is not YAML, or is not a mapping of names to values.
    """
    try:
        text = read_text(path, "a parameter file (YAML)")
    except DataFormatError as error:
        raise ArgumentError(f"The parameter file {path} cannot be read: {error}") from error
    content = load_yaml(text, f"The parameter file {path}", ArgumentError)
    if not isinstance(content, dict) or not all(isinstance(name, str) for name in content):
        raise ArgumentError(f"The parameter file {path} must be a mapping, with lines like 'radius: 0.1 deg'.")
    return content


def read_assignments(texts: Iterable[str], known: Mapping[str, NotebookParameter]) -> dict[str, Any]:
    """Read ``name=value`` texts; a parameter whose default is text takes its text as it stands.

    Parameters
    ----------
    texts : iterable of str
        As given on the command line; lists and numbers in YAML: ``energy="[1 TeV, 10 TeV]"``.
    known : mapping
        The notebook's parameters.

    Raises
    ------
    ArgumentError
        If a text has no ``=``, or its value is not YAML.

    Examples
    --------
    >>> read_assignments(["threshold=4.5", "radius=0.1 deg"], {})
    {'threshold': 4.5, 'radius': '0.1 deg'}
    """
    found = {}
    for text in texts:
        name, equals, raw = text.partition("=")
        if not equals or not name.strip():
            raise ArgumentError(f"-p {text!r} must look like name=value.")
        parameter = known.get(name.strip())
        is_text = parameter is not None and isinstance(parameter.default, str)
        found[name.strip()] = raw if is_text and not _quoted(raw) else _value(raw, name.strip())
    return found


def _quoted(raw: str) -> bool:
    """Whether the value still wears its quotes, as a list or a file would need them."""
    text = raw.strip()
    return len(text) > 1 and text[0] == text[-1] and text[0] in "'\""


def _value(raw: str, name: str) -> Any:
    return load_yaml(raw, f"The value of -p {name}={raw[:_SHOWN]!r}", ArgumentError)
