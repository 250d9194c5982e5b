"""What decides how the event explorer looks.

Floats are in house units (TeV, deg, s), positions and regions are text; an empty value means that the panel
chooses by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from gpnb.core.frozen import unchanging
from gpnb.panels.sky.view import ColourMap, SkyView, Stretch
from gpnb.state import doors
from gpnb.state.doors import Span
from gpnb.state.record import Record

if TYPE_CHECKING:
    from gpnb.state.selection import Selection


@unchanging
@dataclass(frozen=True, kw_only=True)
class EventsView(Record):
    """The event explorer.

    Parameters
    ----------
    target : str
        Where θ is counted from; empty for no θ² plot but one of the offset.
    center : str
        Centre of the image; empty for the pointing, or the middle of the events.
    width : float, optional
        Width of the image, deg; by default all events.
    energy : tuple of float, optional
        Only events of this range are shown, TeV.
    time : tuple of str, optional
        Only events of this time range are shown.
    region : str
        Only events inside are shown, as DS9 text.
    theta2 : tuple of float, optional
        Only events of this range of θ² are shown, deg².
    offset : tuple of float, optional
        Only events of this range of offsets from the pointing are shown, deg.
    pixels : int, optional
        Pixels of the image a side; by default as many as the events in it fill.
    per_decade : int
        Bins of the energy histogram a decade.
    time_bins : int
        Bins of the time histogram.
    gti : tuple of (str, str)
        Good times, shaded behind the time histogram; `build` takes a `GTI`.
    stretch, cmap, low, high
        Of the image; see `SkyView`.
    """

    target: str = field(default="", metadata={"door": doors.position})
    center: str = field(default="", metadata={"door": doors.position})
    width: float | None = field(default=None, metadata={"door": doors.quantity("deg")})
    energy: Span | None = field(default=None, metadata={"door": doors.energies})
    time: tuple[str, str] | None = field(default=None, metadata={"door": doors.times})
    region: str = field(default="", metadata={"door": doors.regions})
    theta2: Span | None = field(default=None, metadata={"door": doors.span("deg2")})
    offset: Span | None = field(default=None, metadata={"door": doors.span("deg")})
    pixels: int | None = None
    per_decade: int = 10
    time_bins: int = 40
    gti: tuple[tuple[str, str], ...] = field(default=(), metadata={"door": doors.intervals})
    stretch: Stretch = "sqrt"
    cmap: ColourMap = "inferno"
    low: float | None = None
    high: float | None = None

    @property
    def colours(self) -> SkyView:
        """How the image is coloured."""
        return SkyView(stretch=self.stretch, cmap=self.cmap, low=self.low, high=self.high)

    def linked(self, selection: Selection) -> Self:
        """Only events of the chosen region, energies and times are shown."""
        chosen = {"region": selection.region_ds9, "energy": selection.energy_tev, "time": selection.time_isot}
        return self._with({name: value for name, value in chosen.items() if not getattr(self, name)})
