"""The excess in each bin as a flux: what was measured over what the shown model predicts there, times the model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gpnb.panels.plot import Points, look
from gpnb.panels.spectrum.data import Bins
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.work import SpectrumWork


def numbered(every: Sequence[Bins]) -> Iterator[tuple[int, int, Bins]]:
    """Each kind of bins with its number, and how many bins the ones before it have."""
    first = 0
    for number, bins in enumerate(every):
        yield number, first, bins
        first += len(bins.low)


def counted(bins: Bins) -> dict[str, list[str]]:
    """What was counted in each bin, in words."""
    off = [
        f"{counts:.0f} · α {alpha:.3g}" if np.isfinite(counts) else ""
        for counts, alpha in zip(bins.off, bins.alpha, strict=True)
    ]
    return {"Counts on": [f"{counts:.0f}" for counts in bins.counts], "Counts off": off}


def unfolded_excess(work: SpectrumWork, view: SpectrumView, factor: float) -> list[Points]:
    """The excess of each kind of bins as E² dN/dE, in TeV cm-2 s-1 times `factor`, at their logarithmic middles.

    It depends on the shape of the shown model within a bin and across the energy resolution, but on its amplitude it
    does not: the ratio of excess to prediction takes it out again. Where nothing is predicted there is no point.
    """
    models, every, made = work.shown(view), work.bins(view), []
    if models is None or not every:
        return []
    signal = work.predicted(view)
    for number, first, bins in numbered(every):
        energy, predicted = bins.center, bins.joined(signal)
        flux = sum((model.spectral.evaluate_at(energy) for model in models.sources), np.zeros(len(energy)))
        good = (predicted > 0) & (flux > 0)
        scale = factor * energy[good] ** 2 * flux[good] / predicted[good]
        y, error = scale * bins.excess[good], scale * np.sqrt(bins.variance[good])
        sides = {"x_low": bins.low[good], "x_high": bins.high[good], "y_low": y - error, "y_high": y + error}
        rows = (first + np.flatnonzero(good)).tolist()
        notes = {
            name: [text for text, kept in zip(texts, good, strict=True) if kept]
            for name, texts in counted(bins).items()
        }
        label = "excess, unfolded" if number == 0 else ""
        marks: dict[str, Any] = {"label": label, "marker": look(number)[2], "rows": rows, "notes": notes}
        made.append(Points(x=energy[good], y=y, **sides, **marks))
    return made
