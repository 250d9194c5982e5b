"""What is chosen: a sky region, an energy range, a time range, a phase range, runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from astropy import units as u
from astropy.time import Time

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.sky_regions import region_text, to_regions
from gpnb.core.units import to_time
from gpnb.state.doors import Span, energies, range_ends, read_times
from gpnb.state.record import Record

if TYPE_CHECKING:
    from regions import SkyRegion

_STORED = {"region": "region_ds9", "energy": "energy_tev", "time": "time_isot", "phase": "phase", "runs": "runs"}


@unchanging
@dataclass(frozen=True, init=False, repr=False)
class Selection(Record):
    """A frozen choice; what is None or empty is not restricted.

    Parameters
    ----------
    region : SkyRegion or str, optional
        One region, or DS9 text of it.
    energy : pair of Quantity or str, optional
        Reconstructed energies (low, high).
    time : pair of Time or str, optional
        (start, stop).
    phase : pair of float, optional
        (low, high), from 0 to 1; low above high wraps around.
    runs : iterable of int
        Observation identifiers.

    Attributes
    ----------
    region_ds9, energy_tev, time_isot, phase, runs
        The same as JSON scalars and tuples.

    Raises
    ------
    ArgumentError
        If something does not fit.

    Examples
    --------
    >>> chosen = Selection(region="icrs; circle(83.63, 22.01, 0.11)", energy=("0.7 TeV", "30 TeV"))
    >>> chosen
    Selection(region='icrs; circle(83.6300000000,22.0100000000,0.1100000000)', energy=['0.7 TeV', '30.0 TeV'])
    >>> chosen.energy
    <Quantity [ 0.7, 30. ] TeV>
    """

    region_ds9: str = ""
    energy_tev: Span | None = None
    time_isot: tuple[str, str] | None = None
    phase: tuple[float, float] | None = None
    runs: tuple[int, ...] = ()

    def __init__(
        self, region: Any = None, energy: Any = None, time: Any = None, phase: Any = None, runs: Iterable[int] = ()
    ):
        values = {
            "schema": 1,
            "region_ds9": _one_region(region),
            "energy_tev": None if energy is None else energies.read(energy, "energy"),
            "time_isot": None if time is None else read_times(time, "time"),
            "phase": None if phase is None else (float(phase[0]), float(phase[1])),
            "runs": tuple(int(run) for run in runs),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        self.__post_init__()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.phase is not None and not all(0 <= end <= 1 for end in self.phase):
            raise ArgumentError(f"phase={self.phase} must lie between 0 and 1.")

    @property
    def region(self) -> SkyRegion | None:
        """The region."""
        return to_regions(self.region_ds9)[0] if self.region_ds9 else None

    @property
    def energy(self) -> u.Quantity | None:
        """The energy range, shape (2,); an open end is infinite."""
        return None if self.energy_tev is None else range_ends(self.energy_tev) * u.TeV

    @property
    def time(self) -> Time | None:
        """The time range, shape (2,), on the scale of its start."""
        if self.time_isot is None:
            return None
        start, stop = (to_time(text) for text in self.time_isot)
        return Time([start, stop])

    def replace(self, **changes: Any) -> Self:
        """A copy with these arguments of the constructor changed."""
        unknown = set(changes) - set(_STORED)
        if unknown:
            raise ArgumentError(f"Selection has no {min(unknown)!r}; there are: {', '.join(_STORED)}.")
        given = type(self)(**changes)
        return self._with({_STORED[name]: getattr(given, _STORED[name]) for name in changes})

    def changed(self) -> dict[str, Any]:
        """What is restricted, as literals that the constructor takes."""
        energy = None if self.energy_tev is None else energies.write(self.energy_tev)
        written: dict[str, Any] = {"region": self.region_ds9, "energy": energy, "time": self.time_isot}
        written |= {"phase": self.phase, "runs": self.runs}
        return {name: value for name, value in written.items() if value}

    def __repr__(self) -> str:
        return f"Selection({', '.join(f'{name}={value!r}' for name, value in self.changed().items())})"


def _one_region(region: Any) -> str:
    found = to_regions(region, "region") if region else []
    if len(found) > 1:
        raise ArgumentError(f"region: one region is expected, {len(found)} were given.")
    return region_text(found[0]) if found else ""
