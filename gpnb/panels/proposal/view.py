"""What decides how sensitivities and times to detection look."""

from __future__ import annotations

from dataclasses import dataclass

from gpnb.core.frozen import unchanging
from gpnb.state.record import Record


@unchanging
@dataclass(frozen=True, kw_only=True)
class SensitivityView(Record):
    """The least fluxes that are detected; there is nothing to set."""


@unchanging
@dataclass(frozen=True, kw_only=True)
class DetectionTimeView(Record):
    """Significance against live time; there is nothing to set."""
