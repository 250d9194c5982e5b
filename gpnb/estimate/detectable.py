"""How faint a source may be to be detected: by its significance, its counts, and what is known of the background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.estimate.expected_cells import ExpectedCells
from gpnb.stats.expected import expected_ts, expected_variance
from gpnb.stats.roots import rising_root

CRITERIA = ("significance", "counts", "systematics")
"""What may rule; the first that asks for most."""


@dataclass(frozen=True)
class Demands:
    """What makes a detection.

    Parameters
    ----------
    significance : float
        Standard deviations.
    min_counts : float
        Least counts of the source.
    systematics : float
        Least counts of the source, in parts of the background's.
    """

    significance: float = 5.0
    min_counts: float = 10.0
    systematics: float = 0.05

    def __post_init__(self) -> None:
        if not 0 < self.significance < np.inf:
            raise ArgumentError(f"significance={self.significance!r} must be above 0.")
        for name in ("min_counts", "systematics"):
            if not 0 <= getattr(self, name) < np.inf:
                raise ArgumentError(f"{name}={getattr(self, name)!r} must not be negative.")


@dataclass(frozen=True, eq=False)
class Detectable:
    """Least norms of a source, one a result; NaN where it gives no counts.

    Parameters
    ----------
    norms : array, shape (3, n)
        What each of `CRITERIA` asks for.
    signal, background : array, shape (n,)
        Counts of the source at norm 1, and of the background beneath it.
    """

    norms: np.ndarray
    signal: np.ndarray
    background: np.ndarray

    @property
    def norm(self) -> np.ndarray:
        """What all of them ask for."""
        return np.asarray(self.norms.max(axis=0))

    @property
    def criterion(self) -> np.ndarray:
        """Which of them rules; empty where nothing is seen."""
        ruling = np.asarray(CRITERIA)[np.argmax(np.nan_to_num(self.norms, nan=-1.0), axis=0)]
        return np.where(np.isfinite(self.norm), ruling, "")


def detectable(cells: ExpectedCells, count: int, demands: Demands) -> Detectable:
    """The least norms.

    Parameters
    ----------
    cells : ExpectedCells
        What is expected.
    count : int
        Number of results.
    demands : Demands
        What makes a detection.
    """
    signal = _sums(cells, cells.signal, count)
    signal = np.where(signal > 0, signal, np.nan)
    background = background_beneath(cells, count)
    by_counts = demands.min_counts / signal
    by_background = demands.systematics * background / signal
    return Detectable(np.stack([_by_ts(cells, count, demands, signal), by_counts, by_background]), signal, background)


def background_beneath(cells: ExpectedCells, count: int) -> np.ndarray:
    """Background counts that a source is hidden by, one a result.

    Cells count as in the fit of a faint source, by s/b: were the background larger everywhere by a part f of it, the
    fit would find f (Σ s)² / Σ (s²/b) counts of the source. In one cell that is f b.
    """
    told = _told(cells)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = _sums(cells, np.where(told, cells.signal**2 / cells.background, 0.0), count)
    seen, signal = (_sums(cells, values, count) for values in (told * cells.signal, cells.signal))
    return np.asarray(np.divide(seen * signal, weight, out=np.zeros(count), where=weight > 0))


def total_ts(cells: ExpectedCells, norm: np.ndarray) -> np.ndarray:
    """Test statistics to be expected at these norms, one a result; cells of which `_told` is False are left out."""
    ts = expected_ts(norm[cells.number] * cells.signal, cells.background, cells.alpha, cells.known)
    return _sums(cells, np.where(np.isfinite(ts), ts, 0.0), len(norm))


def root_spread(cells: ExpectedCells) -> float:
    """Standard deviation of √TS of all cells together, at the norm 1; the same for any live time."""
    variance = expected_variance(cells.signal, cells.background, cells.alpha, cells.known)
    ts = float(total_ts(cells, np.ones(1))[0])
    return float(np.sqrt(variance[_told(cells)].sum() / (4 * ts))) if ts > 0 else np.nan


def _by_ts(cells: ExpectedCells, count: int, demands: Demands, signal: np.ndarray) -> np.ndarray:
    """Norms with the significance: 0 where any count has it, NaN without signal."""
    variance = np.where(cells.background > 0, cells.background, 1.0) * (1 + cells.alpha)
    with np.errstate(divide="ignore"):
        guess = demands.significance / np.sqrt(_sums(cells, _told(cells) * cells.signal**2 / variance, count))
    some = np.isfinite(guess) & (guess > 0)
    unit = np.where(some, guess, 0.0)

    def missing(norm: np.ndarray) -> np.ndarray:
        return np.where(some, total_ts(cells, norm * unit) - demands.significance**2, 0.0)

    found = unit * rising_root(missing, np.zeros(count), np.ones(count))
    return np.where(np.isnan(signal), np.nan, np.where(some, found, 0.0))


def _told(cells: ExpectedCells) -> np.ndarray:
    """False where the background is known to be none: a count there would have any significance."""
    return (cells.background > 0) | (cells.alpha > 0)


def _sums(cells: ExpectedCells, values: np.ndarray, count: int) -> np.ndarray:
    return np.bincount(cells.number, values, count)
