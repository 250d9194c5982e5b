"""A map of predicted counts in a fit: background that the reduction does not know, as the instrument sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.frozen import unchanging
from gpnb.core.warn import warn
from gpnb.maps.sky_map import SkyMap
from gpnb.models.background import Background
from gpnb.models.norms import PowerLawNorm
from gpnb.models.sky_norm import SkyNorm
from gpnb.models.spectrum import SpectralModel
from gpnb.models.template_file import file_of, map_of, same_map, written_file


@unchanging
@dataclass(frozen=True, eq=False)
class TemplateCounts(Background):
    """Predicted counts beside those of the sources, a member of `Models`: no response applies to them.

    They are added to the reduced background of a cube, if it has one, times factors that a fit may move. A map on other
    pixels or energies is put on those of the cube by exact overlaps: each pixel's counts are spread evenly over it,
    and over a bin of energy as a power law. What is negative or not a number counts as zero, with a warning.

    Parameters
    ----------
    map : SkyMap, str or Path
        Counts in bins of the axis ``energy``, that which is measured; or its file.
    dataset : str, optional
        Name of the cube; every cube if there is none.
    spectral : NormModel
        The factor by reconstructed energy: `PowerLawNorm`, `LogParabolaNorm`, `PiecewiseNorm` …; its norm is free.
    spatial : SkyNorm, optional
        A factor on the sky beside it.
    name : str
        Its name; a parameter's full name is ``"name.parameter"``.

    Examples
    --------
    >>> import gpnb
    >>> energy = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=2)
    >>> geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="1 deg", binsz="0.1 deg", axes=[energy])
    >>> TemplateCounts(gpnb.SkyMap(geom, np.ones(geom.shape)), "stacked").replace(norm=1.1, name="stars")
    TemplateCounts(200 counts, 'stacked', spectral=PowerLawNorm(norm=1.1, tilt=0, reference=1 TeV), name='stars')
    """

    map: SkyMap
    dataset: str = ""
    spectral: SpectralModel = field(default_factory=PowerLawNorm)
    spatial: SkyNorm | None = None
    name: str = "counts"

    def __post_init__(self) -> None:
        given = map_of(self.map)
        if not isinstance(self.dataset, str):
            raise ArgumentError(f"dataset={self.dataset!r} must be the name of a dataset.")
        self._check_factors()
        object.__setattr__(self, "map", _counts_of(given))

    @property
    def filename(self) -> str:
        """The file that the map was read from; empty if there is none."""
        return file_of(self.map)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML, with the name of the file.

        Raises
        ------
        ArgumentError
            If the map was not read from a file.
        """
        return {"filename": written_file(self.map, self.name), **super().to_dict()}

    def _settings(self) -> dict[str, Any]:
        return {"map": self.map, **super()._settings()}

    @classmethod
    def _settings_of(cls, data: dict[str, Any]) -> dict[str, Any]:
        if not data.get("filename"):
            raise DataFormatError(f"The counts {data.get('name', '')!r} need the entry 'filename'.")
        return {"map": data["filename"], "dataset": str(data.get("dataset", ""))}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TemplateCounts) or not same_map(self.map, other.map):
            return False
        mine, theirs = ((each.name, each.dataset, each.spectral, each.spatial) for each in (self, other))
        return mine == theirs

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return self._words(self.dataset).replace("(", f"({self.map.data.sum():.6g} counts, ", 1)


def _counts_of(found: SkyMap) -> SkyMap:
    """The map without what is no number of counts."""
    names = [axis.name for axis in found.geom.axes]
    if names != ["energy"] or found.geom.axes[0].is_node:
        axes = ", ".join(names) or "none"
        raise ArgumentError(f"map has the axes {axes}: predicted counts are in bins of one axis, 'energy'.")
    if found.unit not in (u.dimensionless_unscaled, u.ct):
        raise ArgumentError(f"map is in '{found.unit}', which are no counts.")
    known = (found.data >= 0) & np.isfinite(found.data)
    n_bad = (~known & np.isfinite(found.geom.solid_angle)).sum()
    if n_bad:
        warn(f"TemplateCounts: {n_bad} values of its map are negative or not numbers; they count as zero.")
    if not (found.data[known] > 0).any():
        raise ArgumentError("map holds no counts.")
    return found if known.all() else SkyMap(found.geom, np.where(known, found.data, 0), "", found.recipe)
