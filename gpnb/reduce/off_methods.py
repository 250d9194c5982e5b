"""How the background of a spectrum is measured, as frozen records; a plain string is short for the defaults."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.core.sky_regions import to_regions
from gpnb.core.units import to_float
from gpnb.data.phase import Ephemeris, phase_intervals, phase_width
from gpnb.reduce.methods import AdaptiveRing, Method, Ring


@unchanging
@dataclass(frozen=True)
class Reflected(Method):
    """OFF regions like the ON region, at the same offset from the pointing (Berge et al. 2007, A&A 466, 1219).

    Parameters
    ----------
    max_regions : int, optional
        Most regions of a run; by default as many as there is room for.
    min_distance : Quantity or str
        Least angle, seen from the pointing, between two OFF regions.
    min_distance_input : Quantity or str
        Least angle, seen from the pointing, between the ON region and an OFF region.
    angle_increment : Quantity or str
        Step to the next try where a region touches an exclusion region.
    pixel : Quantity or str, optional
        Measure extent and exclusion by pixels of that size, as Gammapy does (0.01 deg there), not exactly.
        Regions may then overlap a little. Only for comparison, and for circles.

    Examples
    --------
    >>> Reflected(max_regions=10).recipe.to_code().splitlines()[-1]
    'reflected = gpnb.Reflected(max_regions=10)'
    """

    max_regions: int | None = None
    min_distance: Any = "0 rad"
    min_distance_input: Any = "0.1 rad"
    angle_increment: Any = "0.1 rad"
    pixel: Any = None

    def __post_init__(self) -> None:
        if self.max_regions is not None and self.max_regions < 1:
            raise ArgumentError(f"max_regions={self.max_regions} must be at least 1, or None.")
        if min(self.radians("min_distance"), self.radians("min_distance_input")) < 0:
            raise ArgumentError("min_distance and min_distance_input must not be negative.")
        self._angle("angle_increment")
        if self.pixel is not None:
            self._angle("pixel")

    def radians(self, name: str) -> float:
        """One of the angles, rad."""
        return to_float(getattr(self, name), "rad", name)

    @property
    def pixel_deg(self) -> float | None:
        """Size of the pixels, deg; None for exact geometry."""
        return None if self.pixel is None else self._angle("pixel")


@unchanging
@dataclass(frozen=True)
class Wobble(Method):
    """OFF positions at equal angles about the pointing, the ON position being one of them.

    With point-like responses that carry RAD_MAX, counts are taken within RAD_MAX(E) of each position; else in
    regions like the ON region.

    Parameters
    ----------
    n_off : int
        Number of OFF positions.
    """

    n_off: int = 1

    def __post_init__(self) -> None:
        if not self.n_off >= 1:
            raise ArgumentError(f"n_off={self.n_off} must be at least 1.")


@unchanging
@dataclass(frozen=True)
class OffRegions(Method):
    """OFF regions given by hand, the same on the sky for all runs; what is excluded is left out.

    Parameters
    ----------
    regions : SkyRegion, DS9 text, or list of them
        Where the background is measured.
    acceptance : {"background", "area"}
        What alpha is the ratio of: the predicted background of ON and OFF regions, or their solid angles.
    """

    regions: Any = None
    acceptance: str = "background"

    def __post_init__(self) -> None:
        if not to_regions(self.regions, "regions"):
            raise ArgumentError("regions: give the OFF regions, as regions.SkyRegion or DS9 text.")
        if self.acceptance not in ("background", "area"):
            raise ArgumentError(f"acceptance={self.acceptance!r} must be 'background' or 'area'.")

    @property
    def recipe(self) -> Recipe:
        """The constructor call."""
        kwargs: dict[str, Any] = {"regions": to_regions(self.regions)}
        if self.acceptance != "background":
            kwargs["acceptance"] = self.acceptance
        return Recipe.of("gpnb.OffRegions()", **kwargs)


@unchanging
@dataclass(frozen=True)
class PhaseOff(Method):
    """Background from other phases of the same region: that of a pulsar, when its beam points elsewhere.

    Counts are those in the ON phases; alpha is the ratio of the widths of ON and OFF phases, so each phase must have
    been observed equally long, as it is where a run is much longer than a turn.

    Parameters
    ----------
    on, off : pair of float, or sequence of pairs
        Phases in turns; ``(0.9, 0.1)`` goes on beyond 1.
    ephemeris : Ephemeris, optional
        What phases follow from; by default the events' column PHASE.
    average : bool
        True: the exposure is that of the whole time, so that fluxes are averages over the turn, as those of pulsars
        are given. False: it is that of the ON phases, so that fluxes are those in them.

    Raises
    ------
    ArgumentError
        If ON and OFF overlap, or are no phases.

    Examples
    --------
    >>> method = PhaseOff(on=[(0.95, 0.05), (0.36, 0.42)], off=(0.52, 0.87))
    >>> method.on, round(method.alpha, 4)
    (((0.0, 0.05), (0.36, 0.42), (0.95, 1.0)), 0.4571)
    """

    on: Any = None
    off: Any = None
    ephemeris: Ephemeris | None = None
    average: bool = True

    def __post_init__(self) -> None:
        for name in ("on", "off"):
            object.__setattr__(self, name, phase_intervals(getattr(self, name), name))
        if not isinstance(self.ephemeris, Ephemeris | None):
            raise ArgumentError(f"ephemeris={self.ephemeris!r} must be gpnb.Ephemeris(epoch, f0, …), or None.")
        if any(low < top and bottom < high for low, high in self.on for bottom, top in self.off):
            raise ArgumentError(f"on={self.on} and off={self.off} must not overlap.")

    @property
    def recipe(self) -> Recipe:
        """The constructor call."""
        other = Recipe.of("gpnb.PhaseOff()", off=self.off, ephemeris=self.ephemeris, average=self.average and None)
        return replace(other, kwargs={"on": [list(pair) for pair in self.on], **other.kwargs})

    @property
    def alpha(self) -> float:
        """Width of the ON phases over that of the OFF phases."""
        return phase_width(self.on) / phase_width(self.off)


OffMethod = Reflected | Wobble | OffRegions | PhaseOff | Ring

_BY_NAME: dict[Any, OffMethod] = {"reflected": Reflected(), "wobble": Wobble(), "ring": Ring()}


def off_method(value: Any) -> OffMethod | None:
    """The record that `background=` of a spectrum stands for; None for the background response as it is.

    Raises
    ------
    ArgumentError
        If it stands for none.
    """
    if isinstance(value, str) and value in _BY_NAME:
        return _BY_NAME[value]
    if value is None or (isinstance(value, OffMethod) and not isinstance(value, AdaptiveRing)):
        return value
    raise ArgumentError(
        f"background={value!r} is not for spectra: give 'reflected', 'wobble', 'ring', None, "
        "gpnb.Reflected(…), gpnb.Wobble(…), gpnb.Ring(…), gpnb.OffRegions(…) or gpnb.PhaseOff(…)."
    )
