"""What decides how responses of the instrument are shown.

Floats are in house units (TeV, deg, s), positions and regions are text; an empty value means that the panel
chooses by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from gpnb.core.frozen import unchanging
from gpnb.state import doors
from gpnb.state.doors import Span
from gpnb.state.record import Record

if TYPE_CHECKING:
    from gpnb.state.selection import Selection


@unchanging
@dataclass(frozen=True, kw_only=True)
class InstrumentView(Record):
    """Responses of the instrument.

    Parameters
    ----------
    offsets : tuple of float
        Offsets from the pointing of the curves, deg; empty for three that the response covers.
    energies : tuple of float
        Energies of the profiles, TeV; empty for some that the response covers.
    containment : tuple of float
        Fractions of the containment radii.
    energy : tuple of float, optional
        Range of the energy axis, TeV.
    offset : float, optional
        The offset chosen with the slider, deg; drawn before `offsets`.
    images : bool
        Whether the images of all responses of a run are shown below their curves.
    """

    offsets: tuple[float, ...] = field(default=(), metadata={"door": doors.quantities("deg")})
    energies: tuple[float, ...] = field(default=(), metadata={"door": doors.quantities("TeV")})
    containment: tuple[float, ...] = (0.68, 0.95)
    energy: Span | None = field(default=None, metadata={"door": doors.energies})
    offset: float | None = field(default=None, metadata={"door": doors.quantity("deg")})
    images: bool = False

    def linked(self, selection: Selection) -> Self:
        """The energy range that is chosen is shown."""
        if self.energy is not None or selection.energy_tev is None:
            return self
        return self._with({"energy": selection.energy_tev})
