"""What decides how counts against the squared angle are shown.

Floats are in house units (TeV, deg, s), positions and regions are text; an empty value means that the panel
chooses by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gpnb.core.frozen import unchanging
from gpnb.state import doors
from gpnb.state.record import Record


@unchanging
@dataclass(frozen=True, kw_only=True)
class Theta2View(Record):
    """Counts against the squared angle from a source.

    Parameters
    ----------
    cut : float, optional
        Sums are taken up to this value, deg²; None: over all bins. A panel begins with the instrument's cut, if the
        table knows one.
    """

    cut: float | None = field(default=None, metadata={"door": doors.quantity("deg2")})

    @classmethod
    def opened(cls, obj: Any, **changes: Any) -> Theta2View:
        """The cut is that of the instrument, if it is known."""
        cut = obj.meta.get("cut")
        return cls.build(**({} if cut is None else {"cut": f"{cut!r} deg2"}) | changes)
