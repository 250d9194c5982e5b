"""What lies within the cut of a θ² table: sums, and words about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gpnb.core.words import number
from gpnb.panels.theta2.view import Theta2View
from gpnb.stats.significance import lima

_CLOSE = 1e-9


@dataclass(frozen=True)
class Inside:
    """The bins within a cut; only whole bins are.

    Attributes
    ----------
    bins : int
        How many.
    edge : float
        Where the last of them ends, deg²; 0 for none.
    counts, off, background : float
        Their sums.
    alpha : float
        Background an OFF count.
    """

    bins: int
    edge: float
    counts: float
    off: float
    background: float
    alpha: float

    @property
    def excess(self) -> float:
        """Counts above the background."""
        return self.counts - self.background

    @property
    def significance(self) -> float:
        """Li & Ma (1983); NaN without any background."""
        return float(lima(self.counts, self.off, self.alpha)) if self.alpha > 0 else float("nan")


def inside(table: Any, view: Theta2View) -> Inside:
    """Sums of the bins within the cut of a record; without a cut, of all."""
    edges = np.asarray(table["theta2_max"], dtype=float)
    kept = edges <= (np.inf if view.cut is None else view.cut * (1 + _CLOSE))
    counts, off, background = (_values(table, name)[kept] for name in ("counts", "counts_off", "background"))
    alpha = background.sum() / off.sum() if off.sum() > 0 else _mean(_values(table, "alpha"))
    edge = float(edges[kept].max()) if kept.any() else 0.0
    return Inside(int(kept.sum()), edge, float(counts.sum()), float(off.sum()), float(background.sum()), float(alpha))


def facts_of(table: Any, view: Theta2View) -> str:
    """Counts, excess and significance within the cut: one line that says how far it goes."""
    found = inside(table, view)
    words = [f"{found.counts:.0f} ON, {found.off:.0f} OFF within {number(_short(found.edge))} deg²"]
    words.append(f"excess {found.excess:.0f}".replace("-", "−"))
    if np.isfinite(found.significance):
        words.append(f"{found.significance:.1f} σ".replace("-", "−"))
    return " · ".join(words)


def notes_of(table: Any, view: Theta2View) -> list[str]:
    """What needs attention: a cut within a bin, no OFF counts, runs that were left out."""
    found, notes = inside(table, view), []
    if not len(table):
        return ["There are no bins."]
    if view.cut is not None and found.bins < len(table) and abs(view.cut - found.edge) > _CLOSE * view.cut:
        within = f"the sums go up to {number(_short(found.edge))} deg²" if found.bins else "no bin lies within"
        notes.append(f"The cut of {number(_short(view.cut))} deg² lies inside a bin: {within}.")
    if found.bins and not found.off:
        notes.append("There are no OFF counts within the cut.")
    left_out = table.meta.get("left_out", [])
    if left_out:
        notes.append(f"Left out for lack of room: {', '.join(str(run) for run in left_out)}.")
    return notes


def _values(table: Any, name: str) -> np.ndarray:
    return np.asarray(table[name], dtype=float)


def _mean(values: np.ndarray) -> float:
    good = values[np.isfinite(values)]
    return float(good.mean()) if good.size else float("nan")


def _short(value: float) -> float:
    return float(f"{value:.6g}")
