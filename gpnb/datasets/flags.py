"""Why a bin is masked: one bit a reason."""

from __future__ import annotations

from enum import IntFlag

import numpy as np


class Flag(IntFlag):
    """Reasons why a bin is not used; a bin without any is good.

    EXCLUDED alone keeps a bin out of background estimates only.
    """

    ENERGY = 1
    """Outside the safe energy range."""
    FIELD_OF_VIEW = 2
    """Too far from the pointing, or outside the responses."""
    EXCLUDED = 4
    """In an exclusion region: not used to estimate the background."""
    USER = 8
    """Masked by hand."""
    NO_BACKGROUND = 16
    """The background could not be estimated."""
    NO_EXPOSURE = 32
    """The responses say that nothing can be seen here."""


UNUSABLE = Flag.ENERGY | Flag.FIELD_OF_VIEW | Flag.USER | Flag.NO_BACKGROUND | Flag.NO_EXPOSURE
"""The flags that keep a bin out of everything."""

_WORDS = {
    Flag.ENERGY: "outside the safe energy range",
    Flag.FIELD_OF_VIEW: "outside the field of view",
    Flag.EXCLUDED: "in an exclusion region",
    Flag.USER: "masked by hand",
    Flag.NO_BACKGROUND: "no background estimate",
    Flag.NO_EXPOSURE: "no exposure",
}


def reasons(flags: int) -> list[str]:
    """The reasons in a flag value, in words.

    Examples
    --------
    >>> reasons(Flag.ENERGY | Flag.EXCLUDED)
    ['outside the safe energy range', 'in an exclusion region']
    """
    return [words for flag, words in _WORDS.items() if int(flags) & flag]


def merge_flags(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Flags of a stack: a bin that is usable in either is usable; else all reasons are kept."""
    bad = np.uint8(UNUSABLE)
    either = ((mine & bad) == 0) | ((theirs & bad) == 0)
    both = mine | theirs
    merged: np.ndarray = np.where(either, both & ~bad, both)
    return merged
