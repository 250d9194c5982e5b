"""A cube with what was fitted to it, as maps of the sky."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from astropy import units as u

from gpnb.core.display import Displayed
from gpnb.core.recipe import Recipe
from gpnb.datasets.map import MapDataset
from gpnb.estimate.circle import radii_deg
from gpnb.estimate.excess import excess_map
from gpnb.estimate.residuals import Counted, residuals_of
from gpnb.fitting.predictions import Predictions
from gpnb.maps.sky_map import SkyMap
from gpnb.models.template_counts import TemplateCounts

_LAYERS = ("counts", "excess", "significance", "prediction", "residuals")
_BEHIND = ("background", "exposure", "flags")


class FittedCube(Displayed):
    """A cube beside the models that were fitted to it; each map is made when it is first asked for.

    What was not fitted is left out: bins that are not usable count nothing in any map of counts, and pixels without a
    usable bin are NaN.

    Parameters
    ----------
    result : FitResult
        The fit.
    cube : MapDataset
        One of its cubes.
    radius : Quantity or str
        Of the circles around each pixel for `significance` and `residuals`.
    recipe : Recipe
        How it was made.

    Attributes
    ----------
    counts, prediction, background : SkyMap
        Counts, those that all models predict, and what of them is no source.
    excess : SkyMap
        Counts less the fitted background.
    significance : SkyMap
        Of the excess, over all energies; see `gpnb.excess_map`.
    residuals : SkyMap
        Significance of what the models leave, over all energies; see `gpnb.residual_map`.

    Examples
    --------
    >>> import gpnb
    >>> fitted = gpnb.fit(cube, models).cube()  # doctest: +SKIP
    >>> fitted.residuals.data.std()  # doctest: +SKIP
    """

    panel: ClassVar[str] = "sky"

    def __init__(self, result: Any, cube: MapDataset, radius: Any, recipe: Recipe):
        self.result, self.cube, self.recipe = result, cube, recipe
        self._radius = radii_deg(radius, cube.geom.axis("energy").n)[0] * u.deg
        self._expected = Predictions(cube, result)

    @cached_property
    def counts(self) -> SkyMap:
        """The counts."""
        return self._map("counts", self.cube.counts.data)

    @cached_property
    def prediction(self) -> SkyMap:
        """Counts that all models predict."""
        return self._map("prediction", self._expected.total())

    @cached_property
    def background(self) -> SkyMap:
        """Predicted counts that belong to no source."""
        return self._map("background", self._expected.background())

    @cached_property
    def excess(self) -> SkyMap:
        """Counts less the background."""
        return self._map("excess", self.counts.data - self.background.data)

    @cached_property
    def significance(self) -> SkyMap:
        """Of the excess around each pixel."""
        cube = self.cube
        if cube.counts_off is None:
            cube = replace(cube, background=self.background)
        found = excess_map(cube, self._radius).significance
        return SkyMap(found.geom, found.data, "", self._recipe("significance"))

    @cached_property
    def residuals(self) -> SkyMap:
        """Significance of counts less prediction around each pixel."""
        counted = Counted.of(self.cube, self.prediction.data, self.background.data)
        found = residuals_of(counted, "significance", self._radius)
        return SkyMap(self.cube.geom.image(), found, "", self._recipe("residuals"))

    @property
    def exposure(self) -> SkyMap:
        """Of the cube."""
        return self.cube.exposure

    @property
    def flags(self) -> SkyMap:
        """Of the cube."""
        return self.cube.flags

    @property
    def layers(self) -> tuple[str, ...]:
        """The maps that are shown, by name: without a background there is no excess."""
        added = any(isinstance(model, TemplateCounts) for model in self._expected.models)
        known = self.cube.background is not None or added
        return tuple(name for name in _LAYERS if known or name not in ("excess", "significance"))

    @property
    def maps(self) -> Mapping[str, SkyMap]:
        """All maps by name, each made when it is first asked for."""
        behind = _BEHIND if "excess" in self.layers else _BEHIND[1:]
        return MadeWhenAsked(self, (*self.layers, *behind))

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What whoever looks at the maps should know."""
        others = [item.name for item in self.result.datasets if item.name != self.cube.name]
        return (
            *([] if self.result.message == "converged" else [f"The fit: {self.result.message}."]),
            *(
                [f"One of {len(others) + 1} datasets that were fitted; the others: {', '.join(others)}."]
                if others
                else []
            ),
            *self.cube.notes,
        )

    @property
    def table(self) -> Any:
        """The parameters of the fit."""
        return self.result.parameters

    def __repr__(self) -> str:
        return f"FittedCube({self.cube.name}: {', '.join(self.result.models.names)}; −2 ln L = {self.result.stat:.2f})"

    def _map(self, name: str, values: np.ndarray) -> SkyMap:
        """Of usable bins; NaN in pixels that have none."""
        usable = self.cube.usable
        known = np.where(usable.any(axis=0), np.where(usable, values, 0.0), np.nan)
        return SkyMap(self.cube.geom, known, "", self._recipe(name))

    def _recipe(self, name: str) -> Recipe:
        return Recipe.of(f".{name}", on=self, name=name)


class MadeWhenAsked(Mapping[str, SkyMap]):
    """Maps that are attributes of an object, by name.

    Parameters
    ----------
    obj : object
        Whose they are.
    names : tuple of str
        Of the maps.
    """

    def __init__(self, obj: Any, names: tuple[str, ...]):
        self._obj, self._names = obj, names

    @property
    def made(self) -> Mapping[str, SkyMap]:
        """Those that are there already."""
        there = {*vars(self._obj), *_BEHIND[1:]}
        return {name: self[name] for name in self._names if name in there}

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> SkyMap:
        if name not in self:
            raise KeyError(name)
        found: SkyMap = getattr(self._obj, name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
