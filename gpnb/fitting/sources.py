"""Every source at a vector of free parameters, as each block sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

import numpy as np

from gpnb.fitting.block import Predictor, Rows, Source
from gpnb.fitting.flux import BinFlux
from gpnb.fitting.variation import MeanFactor
from gpnb.fitting.vector import FreeParameters, Slots
from gpnb.models.collection import Models

_NO_SLOPES = np.zeros((0, 0)), np.zeros(0, dtype=int)

Part = TypeVar("Part", BinFlux, MeanFactor)

_REMEMBERED = 4
"""Sets of values: a step is asked for its norms and its room besides, and another source may have moved alone."""


class Sources:
    """Compiles what blocks ask for: fluxes in their bins, means over their periods, values of shapes.

    Blocks that ask for the flux of a source in the same bins share it.

    Parameters
    ----------
    models : Models
        With linked parameters resolved.
    parameters : FreeParameters
        Of the same models.
    blocks : sequence of Predictor
        What asks.
    """

    def __init__(self, models: Models, parameters: FreeParameters, blocks: Sequence[Predictor]):
        self._models, self._parameters = models, parameters
        self._shapes = parameters.shape_slots if any("spatial" in block.parts for block in blocks) else []
        self._fluxes: dict[tuple[int, bytes, bytes], _Moved[BinFlux]] = {}
        self._means: dict[tuple[int, int], _Moved[MeanFactor]] = {}
        self._seen: list[list[tuple[int, tuple[int, bytes, bytes], tuple[int, int]]]] = []
        for which, block in enumerate(blocks):
            self._seen.append([])
            for number, bins in enumerate(block.asks):
                if bins is None:
                    continue
                key = number, bins.low.tobytes(), bins.high.tobytes()
                model = models[number]
                if key not in self._fluxes:
                    self._fluxes[key] = _Moved(BinFlux(model.spectral, *bins), parameters.slots[number])
                if "temporal" in model.parts:
                    mean = MeanFactor(model, block.periods)
                    self._means[which, number] = _Moved(mean, parameters.time_slots[number])
                self._seen[-1].append((number, key, (which, number)))

    def at(self, theta: np.ndarray) -> list[list[Source]]:
        """Values and slopes at a vector: for each block, the sources that it sees."""
        fluxes = {key: flux.both(theta) for key, flux in self._fluxes.items()}
        means = {key: mean.both(theta) for key, mean in self._means.items()}
        shapes = [own.shape(theta) if own.base.size else None for own in self._shapes]
        return self._views(fluxes, means, shapes)

    def values(self, thetas: np.ndarray) -> list[list[Source]]:
        """Values alone, for one vector or for many of them, one a row."""
        fluxes = {key: flux.values(thetas) for key, flux in self._fluxes.items()}
        means = {key: mean.values(thetas) for key, mean in self._means.items()}
        shapes = [_plain(own, thetas) if own.base.size else None for own in self._shapes]
        return self._views(fluxes, means, shapes)

    def _views(
        self,
        fluxes: dict[tuple[int, bytes, bytes], Rows],
        means: dict[tuple[int, int], Rows],
        shapes: Sequence[Rows | None],
    ) -> list[list[Source]]:
        return [
            [Source(fluxes[flux], means.get(mean), shapes[number] if shapes else None) for number, flux, mean in seen]
            for seen in self._seen
        ]

    def norms(self, theta: np.ndarray) -> np.ndarray:
        """True for the entries that a source's flux is proportional to."""
        found = np.zeros(len(self._parameters), dtype=bool)
        for rows in self._rows(theta):
            found[rows.norms(theta)] = True
        return found

    def _rows(self, theta: np.ndarray) -> Iterator[Rows]:
        for source in (source for sources in self.at(theta) for source in sources):
            yield source.flux
            if source.mean is not None:
                yield source.mean

    def bad(self, theta: np.ndarray) -> str:
        """Which spectrum or light curve is not finite at a vector; empty if all are."""
        for (number, *_), moved in self._fluxes.items():
            bad = ~np.isfinite(_stacked(moved.both(theta))).all(axis=0)
            if bad.any():
                bins, model = moved.part, self._models[number]
                low, high, kind = bins.low[bad].min(), bins.high[bad].max(), type(model.spectral).__name__
                return (
                    f"The spectrum of {model.name} ({kind}) gives no finite flux between {low:.3g} and {high:.3g} TeV"
                )
        for (_, number), mean in self._means.items():
            if not np.isfinite(_stacked(mean.both(theta))).all():
                model = self._models[number]
                return f"The light curve of {model.name} ({type(model.temporal).__name__}) has no finite mean"
        return ""


class _Moved(Generic[Part]):
    """A spectrum in its bins, or a light curve in its periods, as the vector moves it; the last few are remembered."""

    def __init__(self, part: Part, slots: Slots):
        self.part: Part = part
        self._slots = slots
        self._last: dict[tuple[float, ...], Rows] = {}

    def both(self, theta: np.ndarray) -> Rows:
        """Values and slopes at a vector."""
        values = self._slots.values(theta)
        key = tuple(values)
        if key not in self._last:
            if len(self._last) == _REMEMBERED:
                del self._last[next(iter(self._last))]
            self._last[key] = self._slots.rows(self.part.both(values, self._slots.places))
        return self._last[key]

    def values(self, thetas: np.ndarray) -> Rows:
        """Values alone, for one vector or for many of them, one a row."""
        part, slots = self.part, self._slots
        if thetas.ndim == 1:
            return Rows(part.value(slots.values(thetas)), *_NO_SLOPES)
        if not slots.places.size:  # nothing moves it
            return Rows(part.value(slots.base.tolist())[None], *_NO_SLOPES)
        return Rows(part.many(slots.many(thetas)), *_NO_SLOPES)


def _plain(slots: Slots, thetas: np.ndarray) -> Rows:
    return Rows(np.array(slots.values(thetas)) if thetas.ndim == 1 else slots.many(thetas), *_NO_SLOPES)


def _stacked(rows: Rows) -> np.ndarray:
    return np.concatenate([rows.values[None], rows.slopes])
