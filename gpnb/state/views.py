"""One record a panel: all that decides how the panel looks.

Floats are in house units (TeV, deg, s), positions and regions are text; an empty value means
that the panel chooses by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self

from gpnb.core.errors import ArgumentError
from gpnb.state import doors
from gpnb.state.doors import Span
from gpnb.state.lightcurveview import LightCurveView
from gpnb.state.pointsview import PointsView
from gpnb.state.record import Record
from gpnb.state.spectrumview import SpectrumView

if TYPE_CHECKING:
    from gpnb.state.selection import Selection

Stretch = Literal["linear", "sqrt", "log", "asinh"]
ColourMap = Literal["inferno", "cividis", "viridis", "gray", "diverging"]
Backdrop = Literal["pixels", "sky"]


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

    def linked(self, selection: Selection) -> Self:
        """Chosen runs are highlighted."""
        return self if self.highlight else self.replace(highlight=selection.runs)


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
    """

    offsets: tuple[float, ...] = field(default=(), metadata={"door": doors.quantities("deg")})
    energies: tuple[float, ...] = field(default=(), metadata={"door": doors.quantities("TeV")})
    containment: tuple[float, ...] = (0.68, 0.95)
    energy: Span | None = field(default=None, metadata={"door": doors.energies})
    offset: float | None = field(default=None, metadata={"door": doors.quantity("deg")})

    def linked(self, selection: Selection) -> Self:
        """The energy range that is chosen is shown."""
        if self.energy is not None or selection.energy_tev is None:
            return self
        return self._make(self._values() | {"energy": selection.energy_tev})


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
    pixels : int
        Pixels of the image a side.
    per_decade : int
        Bins of the energy histogram a decade.
    time_bins : int
        Bins of the time histogram.
    gti : tuple of (str, str)
        Good times, shaded behind the time histogram; `build` takes a `GTI`.
    stretch, cmap
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
    pixels: int = 100
    per_decade: int = 10
    time_bins: int = 40
    gti: tuple[tuple[str, str], ...] = field(default=(), metadata={"door": doors.intervals})
    stretch: Stretch = "sqrt"
    cmap: ColourMap = "inferno"

    def linked(self, selection: Selection) -> Self:
        """Only events of the chosen region, energies and times are shown."""
        chosen = {"region": selection.region_ds9, "energy": selection.energy_tev, "time": selection.time_isot}
        return self._make(self._values() | {name: value for name, value in chosen.items() if not getattr(self, name)})


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
    cmap : {"inferno", "cividis", "viridis", "gray", "diverging"}
        The colour map; ``"diverging"`` is centred on 0.
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
    cmap: ColourMap = "inferno"
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
        values = self._values()
        if self.energy is None and self.plane is None:
            values["energy"] = selection.energy_tev
        lines = [*self.regions.splitlines(), selection.region_ds9]
        values["regions"] = "\n".join(dict.fromkeys(line for line in lines if line))
        return self._make(values)


@dataclass(frozen=True, kw_only=True)
class Theta2View(Record):
    """Counts against the squared angle from a source.

    Parameters
    ----------
    cut : float, optional
        Sums are taken up to this value, deg²; by default over all bins.
    """

    cut: float | None = field(default=None, metadata={"door": doors.quantity("deg2")})


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


@dataclass(frozen=True, kw_only=True)
class FrequencyScanView(Record):
    """Pulsation at trial frequencies; there is nothing to set."""


VIEWS: dict[str, type[Record]] = {
    kind.__name__: kind
    for kind in (
        *(ObservationsView, InstrumentView, EventsView, SkyView, SpectrumView, PointsView, Theta2View),
        *(LightCurveView, PhasogramView, FrequencyScanView),
    )
}
"""The kinds of view records by name, for states that were saved."""
