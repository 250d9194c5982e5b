"""The good times of a dataset in a file."""

from __future__ import annotations

import os
from typing import Any

from gpnb.core.fits_file import find_hdu
from gpnb.data.gti import GTI


def good_time_of(hdus: Any, path: str | os.PathLike[str]) -> GTI | None:
    """What the table says; None if there is none, or it has no interval, as Gammapy writes it of data that it made up.

    Parameters
    ----------
    hdus : HDUList
        The open file.
    path : path
        Where it lies, for what is said of faults.
    """
    if "GTI" not in {hdu.name for hdu in hdus}:
        return None
    found = find_hdu(hdus, "GTI", path)
    return GTI.from_hdu(found, path) if found.header["NAXIS2"] else None
