"""The view record of flux points by themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self

from gpnb.core.frozen import unchanging
from gpnb.state import doors
from gpnb.state.doors import Span
from gpnb.state.record import Record

if TYPE_CHECKING:
    from gpnb.state.selection import Selection


@unchanging
@dataclass(frozen=True, kw_only=True)
class PointsView(Record):
    """Flux points.

    Parameters
    ----------
    quantity : {"e2dnde", "dnde"}
        What is drawn: E² dN/dE, or dN/dE.
    energy : tuple of float, optional
        Range of the energy axis, TeV.
    """

    quantity: Literal["e2dnde", "dnde"] = "e2dnde"
    energy: Span | None = field(default=None, metadata={"door": doors.energies})

    def linked(self, selection: Selection) -> Self:
        """The chosen energies are shown."""
        if self.energy is not None or selection.energy_tev is None:
            return self
        return self._with({"energy": selection.energy_tev})
