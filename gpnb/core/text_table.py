"""The one door for tables in text: ECSV, CSV and columns with a line of names."""

from __future__ import annotations

import os
import re
import warnings

from astropy.table import Table
from astropy.utils.exceptions import AstropyWarning

from gpnb.core.errors import DataFormatError
from gpnb.core.faults import faults_told
from gpnb.core.text_file import read_text
from gpnb.core.yaml_text import check_yaml


def read_text_table(path: str | os.PathLike[str], form: str) -> Table:
    """Read a table of text.

    Parameters
    ----------
    path : path
        The file, compressed or not.
    form : {"ascii.ecsv", "ascii.csv", "ascii"}
        Its format, as astropy calls it.

    Raises
    ------
    DataFormatError
        If it cannot be read.
    """
    what = {"ascii.ecsv": "ECSV", "ascii.csv": "CSV"}.get(form, "a table of text")
    text = read_text(path, what)
    with faults_told(f"{path} cannot be read as {what}"), warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)  # unknown units are kept as they are
        if form == "ascii.ecsv":
            check_yaml("\n".join(re.findall(r"^#(?! %ECSV) ?(.*)$", text, re.MULTILINE)), str(path))
        if not text.strip():
            raise DataFormatError(f"{path} is empty.")
        table = Table.read(text.splitlines(), format=form)
    if not table.colnames:
        raise DataFormatError(f"{path} holds no columns.")
    return table
