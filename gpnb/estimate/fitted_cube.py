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
from gpnb.core.units import ENERGY
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
        Of the excess, over all energies; see `gpnb.excess_map`. `between` gives that of some.
    residuals : SkyMap
        Significance of what the models leave, over all energies; see `gpnb.residual_map`. `between` gives that of some.

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
        self._between: dict[tuple[str, int, int], SkyMap] = {}

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

    @property
    def significance(self) -> SkyMap:
        """Of the excess around each pixel."""
        return self.between("significance", *self._all)

    @property
    def residuals(self) -> SkyMap:
        """Significance of counts less prediction around each pixel."""
        return self.between("residuals", *self._all)

    def between(self, name: str, first: int, last: int) -> SkyMap:
        """The significance of some energies together, made once: it is no sum of those of each.

        Parameters
        ----------
        name : {"significance", "residuals"}
            Which.
        first, last : int
            Bins of energy, the last one included.
        """
        recipe, key = Recipe.of_call(self.between, locals(), name=name), (name, first, last)
        if key not in self._between:
            energy = self.cube.geom.axis("energy").edge_values[[first, last + 1]] * ENERGY
            found = self._significance(energy) if name == "significance" else self._residuals(energy)
            whole = (first, last) == self._all
            self._between[key] = SkyMap(self.cube.geom.image(), found, "", self._recipe(name) if whole else recipe)
        return self._between[key]

    def made_between(self, first: int, last: int) -> Mapping[str, SkyMap]:
        """The maps that are there already; where energies are taken together, of these."""
        together = {name: found for (name, *ends), found in self._between.items() if ends == [first, last]}
        there = {*vars(self), *_BEHIND[1:]}
        return {name: getattr(self, name) for name in self.maps if name in there} | together

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

    @property
    def _all(self) -> tuple[int, int]:
        return 0, self.cube.geom.axis("energy").n - 1

    def _significance(self, energy: u.Quantity) -> np.ndarray:
        cube = self.cube
        if cube.counts_off is None:
            cube = replace(cube, background=self.background)
        return np.asarray(excess_map(cube, self._radius, energy).significance.data)

    def _residuals(self, energy: u.Quantity) -> np.ndarray:
        counted = Counted.of(self.cube, self.prediction.data, self.background.data)
        return residuals_of(counted, "significance", self._radius, energy)

    def _map(self, name: str, values: np.ndarray) -> SkyMap:
        """Of usable bins; NaN in pixels that have none."""
        usable = self.cube.usable
        known = np.where(usable.any(axis=0), np.where(usable, values, 0.0), np.nan)
        return SkyMap(self.cube.geom, known, "", self._recipe(name))

    def _recipe(self, name: str) -> Recipe:
        return Recipe.of(f".{name}", on=self, name=name)


class MadeWhenAsked(Mapping[str, SkyMap]):
    """The maps of a fitted cube, by name.

    Parameters
    ----------
    fitted : FittedCube
        Whose they are.
    names : tuple of str
        Of the maps.

    Attributes
    ----------
    of_energies : tuple of str
        Those that are made for energies together, by `between`.
    axis : Axis
        The energies.
    """

    of_energies = ("significance", "residuals")

    def __init__(self, fitted: FittedCube, names: tuple[str, ...]):
        self._fitted, self._names = fitted, names
        self.axis = fitted.cube.geom.axis("energy")

    @property
    def made(self) -> Mapping[str, SkyMap]:
        """Those that are there already, of all energies."""
        return self.made_between(0, self.axis.n - 1)

    def made_between(self, first: int, last: int) -> Mapping[str, SkyMap]:
        """See `FittedCube.made_between`."""
        return self._fitted.made_between(first, last)

    def between(self, name: str, first: int, last: int) -> SkyMap:
        """See `FittedCube.between`."""
        return self._fitted.between(name, first, last)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> SkyMap:
        if name not in self:
            raise KeyError(name)
        found: SkyMap = getattr(self._fitted, name)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
