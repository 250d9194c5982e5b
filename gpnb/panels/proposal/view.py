"""What decides how sensitivities, times to detection and visibilities look."""

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


@unchanging
@dataclass(frozen=True, kw_only=True)
class VisibilityView(Record):
    """A night; there is nothing to set."""


@unchanging
@dataclass(frozen=True, kw_only=True)
class VisibleHoursView(Record):
    """A year; there is nothing to set."""
