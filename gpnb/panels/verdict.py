"""What is wrong with what a panel shows, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """A sentence, and the word on a button that mends what it tells.

    Attributes
    ----------
    words : str
        What is wrong; empty if nothing is known to be.
    remedy : str
        What the button says; empty if there is none.
    model : str
        The class of the spectrum that would be better.
    """

    words: str = ""
    remedy: str = ""
    model: str = ""


FINE = Verdict()
"""Nothing is known to be wrong."""
