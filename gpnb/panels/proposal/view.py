"""What decides how sensitivities, times to detection, visibilities and proposals look.

Floats are in the units that are named, positions are text; an empty value means that of the object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.units import to_time
from gpnb.data.sites import to_location
from gpnb.state import doors
from gpnb.state.record import Door, Record

MOST_HOURS, HIGHEST = 10000.0, 90.0


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


def _read_site(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ArgumentError(f"{name}={value!r} must be the name of an observatory, such as 'CTAO South'.")
    to_location(value or None, name)
    return value


@unchanging
@dataclass(frozen=True, kw_only=True)
class ProposalView(Record):
    """A proposed observation.

    Parameters
    ----------
    hours : float
        Live time that is asked for, h.
    zenith_max : float
        Largest zenith angle, deg.
    systematics : float
        What of the background is uncertain, in parts of it.
    significance : float
        Of a detection.
    moonlight : bool
        Whether the Moon may be above the horizon.
    irfs : str
        Name of the responses; the first ones if empty.
    target : str
        Another position to look for in the sky than that of the source.
    site : str
        Another site, by its name.
    night : str
        Another night.
    """

    hours: float = field(default=20.0, metadata={"door": doors.quantity("h")})
    zenith_max: float = field(default=45.0, metadata={"door": doors.quantity("deg")})
    systematics: float = 0.05
    significance: float = 5.0
    moonlight: bool = False
    irfs: str = ""
    target: str = field(default="", metadata={"door": doors.position})
    site: str = field(default="", metadata={"door": Door(_read_site)})
    night: str = field(default="", metadata={"door": Door(lambda value, name: value and to_time(value, name).iso[:10])})

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.hours <= MOST_HOURS:
            raise ArgumentError(f"hours={self.hours:g} must be above 0 and at most {MOST_HOURS:g} h.")
        if not 0 < self.zenith_max <= HIGHEST:
            raise ArgumentError(f"zenith_max={self.zenith_max:g} must be above 0 and at most {HIGHEST:g} deg.")
        if not 0 <= self.systematics < 1:
            raise ArgumentError(f"systematics={self.systematics:g} must be from 0 to 1.")
        if not self.significance > 0:
            raise ArgumentError(f"significance={self.significance:g} must be above 0.")
