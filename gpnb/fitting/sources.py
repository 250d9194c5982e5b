"""Every source at a vector of free parameters, as each block sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from gpnb.fitting.block import Predictor, Rows, Source
from gpnb.fitting.flux import BinFlux
from gpnb.fitting.variation import MeanFactor
from gpnb.fitting.vector import FreeParameters, Slots
from gpnb.models.collection import Models

_NO_SLOPES = np.zeros((0, 0)), np.zeros(0, dtype=int)


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
        self._fluxes: dict[tuple[int, bytes, bytes], BinFlux] = {}
        self._means: dict[tuple[int, int], MeanFactor] = {}
        self._seen: list[list[tuple[int, tuple[int, bytes, bytes], tuple[int, int]]]] = []
        for which, block in enumerate(blocks):
            self._seen.append([])
            for number, bins in enumerate(block.asks):
                if bins is None:
                    continue
                key = number, bins.low.tobytes(), bins.high.tobytes()
                model = models[number]
                if key not in self._fluxes:
                    self._fluxes[key] = BinFlux(model.spectral, *bins)
                if "temporal" in model.parts:
                    self._means[which, number] = MeanFactor(model, block.periods)
                self._seen[-1].append((number, key, (which, number)))

    def at(self, theta: np.ndarray) -> list[list[Source]]:
        """Values and slopes at a vector: for each block, the sources that it sees."""
        slots, time_slots = self._parameters.slots, self._parameters.time_slots
        fluxes = {key: _both(flux, slots[key[0]], theta) for key, flux in self._fluxes.items()}
        means = {key: _both(mean, time_slots[key[1]], theta) for key, mean in self._means.items()}
        shapes = [own.shape(theta) if own.base.size else None for own in self._shapes]
        return self._views(fluxes, means, shapes)

    def values(self, thetas: np.ndarray) -> list[list[Source]]:
        """Values alone, for one vector or for many of them, one a row."""
        slots, time_slots = self._parameters.slots, self._parameters.time_slots
        fluxes = {key: _value(flux, slots[key[0]], thetas) for key, flux in self._fluxes.items()}
        means = {key: _value(mean, time_slots[key[1]], thetas) for key, mean in self._means.items()}
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
        slots, time_slots = self._parameters.slots, self._parameters.time_slots
        for (number, *_), flux in self._fluxes.items():
            bad = ~np.isfinite(_stacked(_both(flux, slots[number], theta))).all(axis=0)
            if bad.any():
                low, high, model = flux.low[bad].min(), flux.high[bad].max(), self._models[number]
                kind = type(model.spectral).__name__
                return (
                    f"The spectrum of {model.name} ({kind}) gives no finite flux between {low:.3g} and {high:.3g} TeV"
                )
        for (_, number), mean in self._means.items():
            if not np.isfinite(_stacked(_both(mean, time_slots[number], theta))).all():
                model = self._models[number]
                return f"The light curve of {model.name} ({type(model.temporal).__name__}) has no finite mean"
        return ""


def _both(part: BinFlux | MeanFactor, slots: Slots, theta: np.ndarray) -> Rows:
    return slots.rows(part.both(slots.values(theta), slots.places))


def _value(part: BinFlux | MeanFactor, slots: Slots, thetas: np.ndarray) -> Rows:
    if thetas.ndim == 1:
        return Rows(part.value(slots.values(thetas)), *_NO_SLOPES)
    if not slots.places.size:  # nothing moves it
        return Rows(part.value(slots.base.tolist())[None], *_NO_SLOPES)
    return Rows(part.many(slots.many(thetas)), *_NO_SLOPES)


def _plain(slots: Slots, thetas: np.ndarray) -> Rows:
    return Rows(np.array(slots.values(thetas)) if thetas.ndim == 1 else slots.many(thetas), *_NO_SLOPES)


def _stacked(rows: Rows) -> np.ndarray:
    return np.concatenate([rows.values[None], rows.slopes])
