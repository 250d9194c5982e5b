"""The view record of the light-curve explorer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.units import quantity_text, time_text, to_quantity, to_time
from gpnb.panels.lightcurve.series import door as series_door
from gpnb.state import doors
from gpnb.state.doors import Span
from gpnb.state.record import Door, Record

if TYPE_CHECKING:
    from gpnb.state.selection import Selection

WORDS = ("run", "night", "bayesian-blocks")
"""Bins that have a name."""


def read_bins(value: Any, name: str = "bins") -> str:
    """Bins of time: a name, a width such as ``"10 min"``, or empty for those the light curve was made with.

    Raises
    ------
    ArgumentError
        If it is none of these.
    """
    if isinstance(value, str) and value.strip() in ("", *WORDS):
        return value.strip()
    try:
        width = to_quantity(value, u.s, name)
    except ArgumentError as error:
        raise ArgumentError(
            f"{name}={value!r} must be 'run', 'night', 'bayesian-blocks' or a width: '10 min'."
        ) from error
    if not width.size == 1 or not width.value > 0:
        raise ArgumentError(f"{name}={value!r} must be longer than no time.")
    return value.strip() if isinstance(value, str) else quantity_text(value)


def _read_epoch(value: Any, name: str) -> str:
    return "" if isinstance(value, str) and not value else time_text(to_time(value, name))


@unchanging
@dataclass(frozen=True, kw_only=True)
class LightCurveView(Record):
    """The light-curve explorer.

    Parameters
    ----------
    bins : str
        ``"run"``, ``"night"``, ``"bayesian-blocks"`` or a width such as ``"10 min"``; empty for those of the light
        curve as it was made.
    edges : tuple of float
        Edges of energy bands, TeV; empty for those it was made with.
    energy : tuple of float, optional
        One band instead, TeV.
    bands : tuple of int
        Which bands are drawn, by number; empty for all.
    time : tuple of str, optional
        The range of time that is looked at beside the rest.
    log_y : bool
        Whether fluxes are on a logarithmic axis.
    blocks : bool
        Whether Bayesian blocks are drawn over the points.
    pauses : bool
        Whether long pauses are drawn as long as they are.
    spectrum : bool
        Whether the spectrum of the chosen time is shown beside that of the rest.
    frequency : float, optional
        Fold with this frequency, Hz.
    epoch : str
        Where phase 0 is; empty for the start of the first bin.
    phase : tuple of float, optional
        The range of phases that is chosen.
    phase_bins : int
        Bins of the mean flux by phase.
    f1, f2 : float
        Derivatives of the frequency at the epoch, Hz s-1 and Hz s-2; see `gpnb.Ephemeris`.
    hardness : bool
        Whether the hardness ratio of the lowest and the highest band that are drawn has a strip below.
    series : tuple of str
        Series of other wavelengths, each in a strip below: paths of files, or `Series.to_text`. `build` takes what
        `Series.of` takes.
    within : float
        The greatest pause between simultaneous measurements, s; 0 for those that share time.
    all_times : bool
        Whether the axis of time reaches as far as the series do.

    Examples
    --------
    >>> LightCurveView.build(bins="10 min", frequency="0.1 mHz").changed()
    {'bins': '10 min', 'frequency': '0.0001 Hz'}
    """

    bins: str = field(default="", metadata={"door": Door(read_bins)})
    edges: tuple[float, ...] = field(default=(), metadata={"door": doors.quantities("TeV")})
    energy: Span | None = field(default=None, metadata={"door": doors.energies})
    bands: tuple[int, ...] = ()
    time: tuple[str, str] | None = field(default=None, metadata={"door": doors.times})
    log_y: bool = False
    blocks: bool = True
    pauses: bool = False
    spectrum: bool = True
    frequency: float | None = field(default=None, metadata={"door": doors.quantity("Hz")})
    epoch: str = field(default="", metadata={"door": Door(_read_epoch)})
    phase: tuple[float, float] | None = None
    phase_bins: int = 10
    f1: float = field(default=0.0, metadata={"door": doors.quantity("Hz s-1")})
    f2: float = field(default=0.0, metadata={"door": doors.quantity("Hz s-2")})
    hardness: bool = False
    series: tuple[str, ...] = field(default=(), metadata={"door": series_door})
    within: float = field(default=0.0, metadata={"door": doors.quantity("s")})
    all_times: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        read_bins(self.bins)
        if len(self.edges) == 1 or any(not a < b for a, b in zip(self.edges[:-1], self.edges[1:], strict=True)):
            raise ArgumentError(f"edges={self.edges} must be at least two energies that rise, or none.")
        if self.frequency is not None and not self.frequency > 0:
            raise ArgumentError(f"frequency={self.frequency} Hz must be positive.")
        if self.within < 0:
            raise ArgumentError(f"within={self.within} s must be a time of 0 or more.")
        if not 1 <= self.phase_bins <= 1000:
            raise ArgumentError(f"phase_bins={self.phase_bins} must be from 1 to 1000.")

    def linked(self, selection: Selection) -> Self:
        """The chosen energies are the band, the chosen time and phase stand out."""
        chosen = {"energy": selection.energy_tev, "time": selection.time_isot, "phase": selection.phase}
        return self._with({name: value for name, value in chosen.items() if not getattr(self, name)})
