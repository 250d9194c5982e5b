"""What decides how phasograms and frequency scans look.

Floats are in house units (TeV, deg, s), positions and regions are text; an empty value means that the panel
chooses by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.state.record import Record

if TYPE_CHECKING:
    from gpnb.state.selection import Selection

TURNS = (1, 2, 3, 4)


@unchanging
@dataclass(frozen=True, kw_only=True)
class PhasogramView(Record):
    """Counts or flux against phase.

    Parameters
    ----------
    turns : int
        How often the turn is drawn, one or more.
    phase : tuple of float, optional
        Chosen phases (low, high); low above high wraps around.
    """

    turns: int = 2
    phase: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.turns not in TURNS:
            raise ArgumentError(f"turns={self.turns} must be from {TURNS[0]} to {TURNS[-1]}.")
        if self.phase is not None and not all(0 <= end <= 1 for end in self.phase):
            raise ArgumentError(f"phase={self.phase} must lie between 0 and 1.")

    def linked(self, selection: Selection) -> Self:
        """The chosen phases are shown."""
        if self.phase is not None or selection.phase is None:
            return self
        return self._with({"phase": selection.phase})


@unchanging
@dataclass(frozen=True, kw_only=True)
class FrequencyScanView(Record):
    """Pulsation at trial frequencies; there is nothing to set."""
