"""An observation that is proposed: a source, a site, responses; and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from astropy import units as u

from gpnb.core.binding import told
from gpnb.core.display import Displayed
from gpnb.core.errors import ArgumentError
from gpnb.core.near import meant
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_float, to_time
from gpnb.data.create import location_text
from gpnb.data.observation import Observation
from gpnb.data.sites import to_location
from gpnb.datasets.map import MapDataset
from gpnb.estimate.expected_fit import expected_fit
from gpnb.estimate.sensitivity import sensitivity
from gpnb.estimate.time_to_detection import time_to_detection
from gpnb.fitting.result import FitResult
from gpnb.maps.axis import Axis
from gpnb.maps.geometry import WcsGeometry
from gpnb.models.background import BackgroundModel
from gpnb.models.sky import SkyModel
from gpnb.products.detection import DetectionTime
from gpnb.products.sensitivity import Sensitivity
from gpnb.reduce.map import reduce_map

_OWN = "responses"
"""What responses are called that have no name."""


class Proposal(Displayed):
    """A source that is to be observed: shows whether it is seen, after how long, and when.

    Parameters
    ----------
    source : SkyModel
        With its place, spectrum and flux.
    irfs : path, mapping or Observation, or mapping of str to these
        The responses, as `Observation.create` takes them; several by name to choose from.
    site : str, EarthLocation, or (longitude, latitude, height)
        See `gpnb.visibility`.
    night : Time or str
        The one that is shown first, such as ``"2027-06-08"``; its year is the one that is shown.
    offset : Quantity or str
        Of the source from the middle of the field of view.
    energy : pair of Quantity or str
        Range of reconstructed energy.
    per_decade : int
        Bins of it.
    width, binsz : Quantity or str
        Of the map around the source, and of its pixels.

    Attributes
    ----------
    names : tuple of str
        Of the responses.

    Raises
    ------
    ArgumentError
        If an argument does not fit.

    Examples
    --------
    >>> import gpnb
    >>> run = gpnb.demo_store(progress=False).select(target="Crab")[0]
    >>> source = gpnb.SkyModel(
    ...     gpnb.PowerLaw(index=2.7, amplitude="3e-13 TeV-1 s-1 cm-2"), gpnb.PointSource("galactic 358.71d -0.64d"),
    ...     name="J1745-303",
    ... )
    >>> gpnb.Proposal(source, run, "CTAO South", "2027-06-08", energy=("0.2 TeV", "50 TeV"))
    <Proposal: J1745-303 from CTAO South>
    """

    panel: ClassVar[str] = "proposal"

    @told
    def __init__(
        self,
        source: SkyModel,
        irfs: Any,
        site: Any,
        night: Any,
        offset: Any = "0.5 deg",
        energy: Any = ("0.1 TeV", "50 TeV"),
        per_decade: int = 5,
        width: Any = "1 deg",
        binsz: Any = "0.02 deg",
    ):
        if not isinstance(source, SkyModel) or not hasattr(source.spatial, "center"):
            raise ArgumentError(f"source={source!r} must be a SkyModel with a place, such as a gpnb.PointSource.")
        if to_location(site, "site") is None:
            raise ArgumentError("site=None must be an observatory, such as 'CTAO South'.")
        noted = site if isinstance(site, str) else location_text(to_location(site))
        self.recipe = Recipe.of_call(Proposal, locals() | {"self": None}, name="proposal", site=noted)
        self.source, self.site, self.night = source, site, to_time(night, "night").iso[:10]
        self.offset = to_float(offset, "deg", "offset")
        self._irfs = irfs if _is_named(irfs) else {_OWN: irfs}
        self._axis = Axis.energy(energy[0], energy[1], per_decade=per_decade)
        self._plane = {"width": width, "binsz": binsz}
        self._cubes: dict[str, MapDataset] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Of the responses."""
        return tuple(self._irfs)

    def cube(self, irfs: str = "") -> MapDataset:
        """What is expected in one hour with some responses, by their name; the first ones by default.

        Raises
        ------
        ArgumentError
            If there are none of this name, or they expect no background.
        """
        name = irfs or self.names[0]
        if name not in self._irfs:
            raise ArgumentError(f"irfs={name!r}: {meant(name, self.names)}")
        if name not in self._cubes:
            self._cubes[name] = self._reduced(self._irfs[name])
        return self._cubes[name]

    def sensitivity(self, livetime: Any, irfs: str = "", **demands: Any) -> Sensitivity:
        """The least fluxes with the shape of the source; see `gpnb.sensitivity`."""
        return sensitivity(self.cube(irfs), self.source, livetime=livetime, **demands)

    def detection(self, irfs: str = "", **demands: Any) -> DetectionTime:
        """The time until the source is detected; see `gpnb.time_to_detection`."""
        return time_to_detection(self.cube(irfs), self.source, **demands)

    def expected(self, livetime: Any, irfs: str = "") -> FitResult:
        """The fit to be expected, with the norm of the background free; see `gpnb.expected_fit`."""
        cube = self.cube(irfs)
        return expected_fit(cube, [self.source, BackgroundModel(cube.name)], livetime)

    def _reduced(self, irfs: Any) -> MapDataset:
        center = self.source.spatial.center  # type: ignore[union-attr]
        pointing = center.directional_offset_by(0 * u.deg, self.offset * u.deg)
        run = Observation.create(pointing, "1 h", irfs, location=self.site, time=self.night)
        frame = self.source.spatial.frame  # type: ignore[union-attr]
        geom = WcsGeometry.create(center=center, frame=frame, proj="TAN", axes=[self._axis], **self._plane)
        cube = reduce_map(run, geom, background=None, progress=False)
        assert isinstance(cube, MapDataset)
        return cube

    def __repr__(self) -> str:
        from gpnb.data.sites import site_name

        return f"<Proposal: {self.source.name} from {site_name(self.site)}>"


def _is_named(irfs: Any) -> bool:
    """Whether these are several responses by name: one set of them is a mapping with an effective area."""
    return isinstance(irfs, Mapping) and "aeff" not in irfs
