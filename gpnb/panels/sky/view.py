"""What decides how a map of the sky looks.

Floats are in house units (TeV, deg, s), positions and regions are text; an empty value means that the panel
chooses by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.state import doors
from gpnb.state.doors import Span
from gpnb.state.record import Record

if TYPE_CHECKING:
    from gpnb.state.selection import Selection


Stretch = Literal["linear", "sqrt", "log", "asinh"]
ColourMap = Literal["", "inferno", "cividis", "viridis", "gray", "diverging"]
Backdrop = Literal["pixels", "sky"]


@unchanging
@dataclass(frozen=True, kw_only=True)
class SkyView(Record):
    """A map of the sky.

    Parameters
    ----------
    layers : tuple of str
        Which maps of a dataset or product, side by side; empty for the usual ones.
    energy : tuple of float, optional
        Sum a cube over the energy bins whose centres are in this range, TeV; by default over all.
    plane : int, optional
        Show this plane of a cube instead of a sum.
    stretch : {"linear", "sqrt", "log", "asinh"}
        How values become colours.
    low, high : float, optional
        The values of the first and last colour; by default from percentiles.
    cmap : {"", "inferno", "cividis", "viridis", "gray", "diverging"}
        The colour map; ``"diverging"`` has 0 in its middle. By default that for significance and residuals, else
        ``"inferno"``.
    opacity : float
        From 0 to 1.
    smooth : float
        Width (sigma) of the Gaussian it is smoothed with, deg; 0 for none.
    contours : tuple of float
        Values at which lines are drawn.
    regions : str
        Regions drawn with solid white lines (ON), as DS9 text.
    off_regions : str
        Regions drawn with dashed blue lines (OFF).
    excluded : str
        Regions drawn hatched.
    peaks : tuple of (float, float, float)
        Right ascension, declination (deg) and value of peaks; `build` takes the table of `find_peaks`.
    center : str
        Centre of the part that is looked at; empty for all of the map.
    width : float, optional
        Width of that part, deg.
    overlays : tuple of (str, str, str)
        Name, DS9 text and colour of more regions and points, such as sources of a catalogue.
    hidden : tuple of str
        Overlays that are not drawn, by name.
    grid : bool
        Whether the coordinate grid is drawn.
    backdrop : {"pixels", "sky"}
        The pixels of the map on a flat canvas, or the map as a layer of the sky (Aladin Lite).
    survey : str
        The survey behind the map, on the sky; empty for a plain grid.
    title : str
        Title instead of the usual one.

    Examples
    --------
    >>> SkyView.build(stretch="sqrt", smooth="0.1 deg").changed()
    {'stretch': 'sqrt', 'smooth': '0.1 deg'}
    """

    layers: tuple[str, ...] = ()
    energy: Span | None = field(default=None, metadata={"door": doors.energies})
    plane: int | None = None
    stretch: Stretch = "linear"
    low: float | None = None
    high: float | None = None
    cmap: ColourMap = ""
    opacity: float = 1.0
    smooth: float = field(default=0.0, metadata={"door": doors.quantity("deg")})
    contours: tuple[float, ...] = ()
    regions: str = field(default="", metadata={"door": doors.regions})
    off_regions: str = field(default="", metadata={"door": doors.regions})
    excluded: str = field(default="", metadata={"door": doors.regions})
    peaks: tuple[tuple[float, float, float], ...] = field(default=(), metadata={"door": doors.peaks})
    center: str = field(default="", metadata={"door": doors.position})
    width: float | None = field(default=None, metadata={"door": doors.quantity("deg")})
    overlays: tuple[tuple[str, str, str], ...] = field(default=(), metadata={"door": doors.overlays})
    hidden: tuple[str, ...] = ()
    grid: bool = True
    backdrop: Backdrop = "pixels"
    survey: str = ""
    title: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 <= self.opacity <= 1:
            raise ArgumentError(f"opacity={self.opacity} must be from 0 to 1.")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ArgumentError(f"low={self.low} must be below high={self.high}.")

    def linked(self, selection: Selection) -> Self:
        """The chosen energies are summed, the chosen region is drawn."""
        energy = selection.energy_tev if self.energy is None and self.plane is None else self.energy
        lines = [*self.regions.splitlines(), selection.region_ds9]
        return self._with({"energy": energy, "regions": "\n".join(dict.fromkeys(line for line in lines if line))})
