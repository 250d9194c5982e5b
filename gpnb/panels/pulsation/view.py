"""What decides how phasograms and frequency scans look.

Floats are in house units (TeV, deg, s), positions and regions are text; an empty value means that the panel
chooses by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.state.record import Record


@unchanging
@dataclass(frozen=True, kw_only=True)
class PhasogramView(Record):
    """Counts or flux against phase.

    Parameters
    ----------
    turns : int
        How often the turn is drawn, one or more.
    """

    turns: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.turns <= 4:
            raise ArgumentError(f"turns={self.turns} must be from 1 to 4.")


@unchanging
@dataclass(frozen=True, kw_only=True)
class FrequencyScanView(Record):
    """Pulsation at trial frequencies; there is nothing to set."""
