"""What decides how the observation browser looks.

Floats are in house units (TeV, deg, s), positions and regions are text; an empty value means that the panel
chooses by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from gpnb.core.frozen import unchanging
from gpnb.panels.instrument.run import is_run
from gpnb.panels.instrument.view import InstrumentView
from gpnb.panels.sky.view import Backdrop
from gpnb.state import doors
from gpnb.state.record import Record

if TYPE_CHECKING:
    from gpnb.state.selection import Selection


@unchanging
@dataclass(frozen=True, kw_only=True)
class ObservationsView(Record):
    """The observation browser.

    Parameters
    ----------
    columns : tuple of str
        Columns of the table; empty for the usual ones.
    sort_by : str
        The column the table is sorted by.
    sort_ascending : bool
        Its direction.
    highlight : tuple of int
        Observations drawn in front, by number.
    field_of_view : float
        Radius of the circles around the pointings, deg.
    rows : int
        Rows shown before the table is folded.
    where : str
        Only runs for which this holds are shown, such as ``"ZEN_PNT < 40"``.
    find : str
        Only runs with this text in a shown column are shown.
    cone : str
        Only runs that point into this region are shown, as DS9 text.
    center, width, backdrop, survey
        Of the sky; see `SkyView`.

    Examples
    --------
    >>> ObservationsView.build(field_of_view="2 deg", highlight=[23523]).changed()
    {'highlight': (23523,), 'field_of_view': '2.0 deg'}
    """

    columns: tuple[str, ...] = ()
    sort_by: str = "obs_id"
    sort_ascending: bool = True
    highlight: tuple[int, ...] = ()
    field_of_view: float = field(default=2.5, metadata={"door": doors.quantity("deg")})
    rows: int = 12
    where: str = ""
    find: str = ""
    cone: str = field(default="", metadata={"door": doors.regions})
    center: str = field(default="", metadata={"door": doors.position})
    width: float | None = field(default=None, metadata={"door": doors.quantity("deg")})
    backdrop: Backdrop = "pixels"
    survey: str = ""

    @classmethod
    def opened(cls, obj: Any, **changes: Any) -> Record:
        """That of the instrument, if it is one run."""
        return (InstrumentView if is_run(obj) else cls).build(**changes)

    def linked(self, selection: Selection) -> Self:
        """Chosen runs are highlighted."""
        return self if self.highlight else self.replace(highlight=selection.runs)
