"""The background of a dataset in a fit: a factor on what the reduction predicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.frozen import unchanging
from gpnb.models.member import Member
from gpnb.models.norms import PowerLawNorm
from gpnb.models.sky_norm import SkyNorm
from gpnb.models.spectrum import NormModel, SpectralModel


class Background(Member):
    """Base of what belongs to a dataset, not to the sky: its spectrum is a factor by energy that is measured."""

    _parts_order = ("spectral", "spatial")
    temporal = None
    """It has no light curve."""

    dataset: str

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML."""
        return {"dataset": self.dataset, **super().to_dict()}

    def _settings(self) -> dict[str, Any]:
        return {"dataset": self.dataset}

    def _check_factors(self) -> None:
        self._check_parts(spectral=SpectralModel, spatial=SkyNorm)
        if self.spectral.unit != NormModel.unit:
            raise ArgumentError(f"spectral={self.spectral!r} has a unit: give a factor, such as PowerLawNorm.")

    def _words(self, *first: Any) -> str:
        parts = [*map(repr, first), *(f"{part}={model!r}" for part, model in self._parts.items())]
        return f"{type(self).__name__}({', '.join(parts)}, name={self.name!r})"


@unchanging
@dataclass(frozen=True)
class BackgroundModel(Background):
    """A factor on the predicted background of a dataset, a member of `Models` beside the sources.

    Parameters
    ----------
    dataset : str
        Name of the dataset.
    spectral : NormModel
        The factor by reconstructed energy: `PowerLawNorm`, `LogParabolaNorm`, `PiecewiseNorm` …; its norm is free.
    spatial : SkyNorm, optional
        A factor on the sky beside it.
    name : str, optional
        Its name; the dataset's with ``-bkg`` if it has none. A parameter's full name is ``"name.parameter"``.

    Examples
    --------
    >>> import gpnb
    >>> background = BackgroundModel("stacked").replace(norm=1.1)
    >>> models = gpnb.Models([gpnb.SkyModel(gpnb.PowerLaw(), name="crab"), background])
    >>> models.parameter("stacked-bkg.norm").value
    1.1
    """

    dataset: str = "stacked"
    spectral: SpectralModel = field(default_factory=PowerLawNorm)
    spatial: SkyNorm | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.dataset, str) or not self.dataset:
            raise ArgumentError(f"dataset={self.dataset!r} must be the name of a dataset.")
        if not self.name:
            object.__setattr__(self, "name", f"{self.dataset}-bkg")
        self._check_factors()

    @classmethod
    def _settings_of(cls, data: dict[str, Any]) -> dict[str, Any]:
        if "dataset" not in data:
            raise DataFormatError(f"The background {data.get('name', '')!r} needs the entry 'dataset'.")
        return {"dataset": str(data["dataset"])}

    def __repr__(self) -> str:
        return self._words(self.dataset)
