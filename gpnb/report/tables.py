"""Result tables of a notebook, kept beside its report."""

from __future__ import annotations

import os
import re
from pathlib import Path

from astropy.table import Table

from gpnb.core.atomic import atomic_file
from gpnb.core.errors import ArgumentError
from gpnb.core.provenance import KEY, provenance
from gpnb.core.recipe import Recipe

FOLDER = "GPNB_REPORT_DIR"
"""The environment variable by which the runner tells the notebook where tables go."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def save_table(table: Table, name: str) -> None:
    """Keep a result table of this notebook beside its report, as ``name.ecsv``.

    Outside a report (no ``GPNB_REPORT_DIR``) nothing is written.

    Parameters
    ----------
    table : astropy Table
        The result.
    name : str
        The file's name without suffix: letters, digits, ``_``, ``-``, ``.``.

    Raises
    ------
    ArgumentError
        If the name is not one, or `table` is not a table.

    Examples
    --------
    >>> save_table(Table({"value": [1.0]}), "result")
    """
    if not isinstance(table, Table):
        raise ArgumentError(f"save_table keeps an astropy Table, not {type(table).__name__}.")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ArgumentError(
            f"The table name {name!r} must be letters, digits, '_', '-' or '.', starting with a letter or digit."
        )
    folder = os.environ.get(FOLDER)
    if folder:
        with atomic_file(Path(folder) / f"{name}.ecsv", overwrite=True) as path:
            _with_provenance(table).write(path, format="ascii.ecsv", overwrite=True)


def _with_provenance(table: Table) -> Table:
    """A copy whose header says where it comes from, as plain data that ECSV can hold.

    Plain columns with units: astropy cannot write a Quantity column called ``value``.
    """
    copy = Table(table, copy=False)
    recipe = copy.meta.pop("recipe", None) or getattr(table, "recipe", None)
    if isinstance(recipe, dict):
        recipe = Recipe.from_dict(recipe)
    if isinstance(recipe, Recipe):
        copy.meta[KEY] = provenance(recipe)
    return copy
