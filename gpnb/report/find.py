"""Where notebooks are: a file, or one of the tutorials that travel with gpnb."""

from __future__ import annotations

import os
from pathlib import Path

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.core.near import meant


def tutorials_folder() -> Path:
    """The folder of the tutorials: inside the installed package, or beside it in a source checkout."""
    package = Path(gpnb.__file__).parent
    installed = package / "tutorials"
    return installed if installed.is_dir() else package.parent / "tutorials"


def tutorial_names() -> list[str]:
    """The names that `find_notebook` knows.

    Examples
    --------
    >>> "quickstart" in tutorial_names()
    True
    """
    return sorted(path.stem for path in tutorials_folder().glob("*.ipynb"))


def find_notebook(name: str | os.PathLike[str]) -> Path:
    """The path of a notebook given as a file or as the name of a tutorial.

    Parameters
    ----------
    name : str or path
        ``"quickstart"``, or the path of an ``.ipynb`` file.

    Raises
    ------
    ArgumentError
        If there is no such file and no such tutorial.
    """
    path = Path(name)
    if path.suffix == ".ipynb":
        if path.is_file():
            return path.resolve()
        raise ArgumentError(f"There is no notebook {path}.")
    if str(name) in tutorial_names():
        return tutorials_folder() / f"{name}.ipynb"
    hint = meant(str(name), tutorial_names(), "the tutorials are")
    raise ArgumentError(f"There is no tutorial {str(name)!r}: {hint}")
