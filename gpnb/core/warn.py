"""Warnings that point at the line of whoever called gpnb."""

from __future__ import annotations

import sys
import warnings

from gpnb.core.errors import DataWarning


def warn(text: str) -> None:
    """Warn of something in the data, from the innermost line outside of gpnb."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "gpnb":
        level, frame = level + 1, frame.f_back
    warnings.warn(text, DataWarning, stacklevel=level)
