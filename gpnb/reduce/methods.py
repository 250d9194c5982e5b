"""Settings of the reduction, as frozen records; a plain string is short for the defaults."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self

from astropy import units as u

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_float
from gpnb.data.observation import Observation


@unchanging
@dataclass(frozen=True)
class Method:
    """Base of the records: each knows the call that makes it."""

    @property
    def recipe(self) -> Recipe:
        """The constructor call with the settings that differ from the defaults."""
        changed = {item.name: getattr(self, item.name) for item in fields(self)}
        given = {item.name: changed[item.name] for item in fields(self) if changed[item.name] != item.default}
        return Recipe.of(f"gpnb.{type(self).__name__}()", **given)

    def _angle(self, name: str) -> float:
        value = to_float(getattr(self, name), "deg", name)
        if not value > 0:
            raise ArgumentError(f"{name}={getattr(self, name)!r} must be a positive angle.")
        return value


@unchanging
@dataclass(frozen=True)
class Ring(Method):
    """Background from a ring around each position (Berge et al. 2007, A&A 466, 1219).

    Parameters
    ----------
    inner : Quantity or str
        Inner radius.
    width : Quantity or str
        Width of the ring.

    Examples
    --------
    >>> Ring(inner="0.5 deg", width="0.3 deg").outer_deg
    0.8
    """

    inner: Any = "0.7 deg"
    width: Any = "0.3 deg"

    @property
    def inner_deg(self) -> float:
        """Inner radius, deg."""
        return self._angle("inner")

    @property
    def outer_deg(self) -> float:
        """Outer radius, deg."""
        return self.inner_deg + self._angle("width")

    def __post_init__(self) -> None:
        _ = self.outer_deg


@unchanging
@dataclass(frozen=True)
class AdaptiveRing(Ring):
    """A ring that grows around a position until it holds enough background.

    The outer radius grows in steps, up to a largest one, until the ratio of exposures of a circle
    to that of the ring is small enough; where it never is, there is no background.

    Parameters
    ----------
    inner, width : Quantity or str
        The first ring.
    outer_max : Quantity or str
        Largest outer radius.
    step : Quantity or str
        Growth in one step.
    circle : Quantity or str
        Radius of the circle whose exposure is compared.
    alpha_max : float
        Largest ratio of exposures, circle to ring.
    """

    outer_max: Any = "1.7 deg"
    step: Any = "0.1 deg"
    circle: Any = "0.1 deg"
    alpha_max: float = 0.1

    @property
    def circle_deg(self) -> float:
        """Radius of the circle, deg."""
        return self._angle("circle")

    @property
    def outers_deg(self) -> list[float]:
        """Outer radii from the first to the largest, deg."""
        count = int((self._angle("outer_max") - self.outer_deg) / self._angle("step") + 1e-9)
        return [self.outer_deg + number * self._angle("step") for number in range(count + 1)]

    def __post_init__(self) -> None:
        if self._angle("outer_max") < self.outer_deg:
            raise ArgumentError(
                f"outer_max={self.outer_max!r} must not be below inner + width, {self.outer_deg:g} deg."
            )
        if not self.alpha_max > 0 or not self.circle_deg > 0:
            raise ArgumentError(f"alpha_max={self.alpha_max} must be positive.")


@unchanging
@dataclass(frozen=True)
class FieldOfView(Method):
    """The background model of each run, scaled to the counts outside the exclusion regions.

    Parameters
    ----------
    tilt : bool
        Fit a power-law tilt (E / 1 TeV)^-tilt too.
    min_counts : float
        Counts needed outside the exclusion regions; a run with fewer is masked, and said so.
    """

    tilt: bool = False
    min_counts: float = 10.0


@unchanging
@dataclass(frozen=True)
class SafeRange(Method):
    """Where the responses of a run can be trusted; what is given is combined.

    Parameters
    ----------
    thresholds : bool
        Keep to the safe energy range in the headers of the responses (LO_THRES, HI_THRES).
    offset_max : Quantity or str, optional
        Largest angle from the pointing; by default that of the responses.
    aeff_max : float, optional
        From the energy where the effective area reaches this part of its maximum.
    edisp_bias : float, optional
        From the energy above which the energy bias is smaller than this.
    bkg_peak : bool
        From the energy bin in which the predicted background counts are highest.

    Examples
    --------
    >>> SafeRange(aeff_max=0.1, offset_max="2.5 deg").offset_max_deg
    2.5
    """

    thresholds: bool = True
    offset_max: Any = None
    aeff_max: float | None = None
    edisp_bias: float | None = None
    bkg_peak: bool = False

    def __post_init__(self) -> None:
        if self.aeff_max is not None and not 0 < self.aeff_max < 1:
            raise ArgumentError(f"aeff_max={self.aeff_max} must be a fraction between 0 and 1.")
        if self.edisp_bias is not None and not self.edisp_bias > 0:
            raise ArgumentError(f"edisp_bias={self.edisp_bias} must be positive, such as 0.1.")
        _ = self.offset_max_deg

    @property
    def offset_max_deg(self) -> float | None:
        """Largest offset, deg; None if the responses decide."""
        return None if self.offset_max is None else self._angle("offset_max")

    def threshold(self, runs: Any, offset: Any = "1 deg") -> u.Quantity:
        """The energy from which all runs are safe: where to begin an axis, so that no bin is lost.

        Parameters
        ----------
        runs : Observations or Observation
            The runs.
        offset : Quantity or str
            Up to which angle from the pointing responses are judged, for `aeff_max` and `edisp_bias`.

        Returns
        -------
        Quantity
            0 TeV where nothing is said of it.

        Examples
        --------
        >>> import gpnb
        >>> runs = gpnb.DataStore.read("demo").select(target="Crab")  # doctest: +SKIP
        >>> gpnb.Axis.energy(gpnb.SafeRange().threshold(runs), "30 TeV", nbin=2)  # doctest: +SKIP
        """
        from gpnb.reduce.safe import safe_threshold  # which needs this record

        given = [runs] if isinstance(runs, Observation) else runs
        return safe_threshold(given, self, to_float(offset, u.deg, "offset")) * u.TeV

    @classmethod
    def of(cls, value: Self | None) -> SafeRange:
        """The record itself, or the defaults for None."""
        if value is None:
            return cls()
        if not isinstance(value, SafeRange):
            raise ArgumentError(f"safe={value!r} must be a gpnb.SafeRange.")
        return value


BackgroundMethod = Ring | FieldOfView


def background_method(value: Any) -> BackgroundMethod | None:
    """The record that `background=` stands for; None for the model as it is.

    Raises
    ------
    ArgumentError
        If it stands for none.
    """
    if value is None or isinstance(value, Ring | FieldOfView):
        return value
    by_name: dict[Any, BackgroundMethod] = {
        "ring": Ring(),
        "adaptive-ring": AdaptiveRing(),
        "field-of-view": FieldOfView(),
    }
    if isinstance(value, str) and value in by_name:
        return by_name[value]
    raise ArgumentError(
        f"background={value!r} is not known: give 'ring', 'adaptive-ring', 'field-of-view', None, "
        "gpnb.Ring(…), gpnb.AdaptiveRing(…) or gpnb.FieldOfView(…)."
    )
