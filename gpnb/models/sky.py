"""A source on the sky: a spectrum, a shape, a light curve, a name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.units import DNDE
from gpnb.models.member import Member
from gpnb.models.responses import Responses
from gpnb.models.sky_shape import SkyShape
from gpnb.models.spectrum import NormModel, SpectralModel
from gpnb.models.temporal import TemporalModel


@unchanging
@dataclass(frozen=True)
class SkyModel(Member):
    """A source.

    Parameters
    ----------
    spectral : SpectralModel
        Its spectrum; a factor, such as `PowerLawNorm`, on a map of flux.
    spatial : SpatialModel, ConstantSource, TemplateSource …, optional
        Its shape; none for a spectral fit.
    temporal : TemporalModel, optional
        Its light curve; none for a steady source.
    name : str
        Its name; a parameter's full name is ``"name.parameter"``.
    responses : Responses
        Which responses of the instrument apply to it: all by default.

    Examples
    --------
    >>> import gpnb
    >>> crab = gpnb.SkyModel(spectral=gpnb.PowerLaw(index=2.6), spatial=gpnb.PointSource("83.63d 22.01d"), name="crab")
    >>> crab.parameter("crab.index").value
    2.6
    """

    spectral: SpectralModel
    spatial: SkyShape | None = None
    temporal: TemporalModel | None = None
    name: str = "source"
    responses: Responses = field(default_factory=Responses)

    def __post_init__(self) -> None:
        self._check_parts(spectral=SpectralModel, spatial=SkyShape, temporal=TemporalModel)
        if not isinstance(self.responses, Responses):
            raise ArgumentError(f"responses={self.responses!r} must be a Responses(…).")
        if self.spatial is not None and self.spatial.is_factor:
            raise ArgumentError(f"spatial={self.spatial!r} is a factor on a background: give it to a BackgroundModel.")
        wanted = NormModel.unit if self.spatial is not None and self.spatial.carries_flux else DNDE
        if self.spectral.unit != wanted:
            words = (
                "a factor without unit: multiply a spectrum with it"
                if wanted == DNDE
                else ("a flux, and so is the map: give a factor, such as PowerLawNorm, or normalize the map")
            )
            raise ArgumentError(f"spectral={self.spectral!r} is {words}.")

    def to_dict(self) -> dict[str, Any]:
        """Plain data for YAML."""
        applied = {} if self.responses == Responses() else {"responses": self.responses.to_dict()}
        return {**super().to_dict(), **applied}

    def _settings(self) -> dict[str, Any]:
        return {} if self.responses == Responses() else {"responses": self.responses}

    @classmethod
    def _settings_of(cls, data: dict[str, Any]) -> dict[str, Any]:
        return {"responses": Responses(**data["responses"])} if data.get("responses") else {}

    def __repr__(self) -> str:
        parts = ", ".join(f"{part}={model!r}" for part, model in {**self._parts, **self._settings()}.items())
        return f"SkyModel({parts}, name={self.name!r})"
