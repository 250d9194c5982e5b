"""How long a source has to be observed until it is detected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.core.units import ENERGY, to_range
from gpnb.datasets.livetime import total_seconds
from gpnb.estimate.counted import Counted, as_counted, energy_of
from gpnb.estimate.detectable import CRITERIA, Demands, background_beneath, root_spread, total_ts
from gpnb.estimate.expected_cells import ExpectedCells, source_of
from gpnb.fitting.given import recipe_input
from gpnb.fitting.predictions import noted
from gpnb.products.detection import DetectionTime

_ROWS = 61
_BEYOND = 2.0
"""The table ends at so many times the time to the detection."""


@told
def time_to_detection(
    datasets: Counted | Iterable[Counted],
    source: Any,
    significance: float = 5.0,
    energy: Any = None,
    position: SkyCoord | str | None = None,
    models: Any = None,
    min_counts: float = 10.0,
    systematics: float = 0.05,
) -> DetectionTime:
    """Live time after which a source is detected in half of all observations, and its significance until then.

    All energies (and pixels of cubes) count together, each for itself, as in a fit of the norm alone. The test
    statistic of counts as they are expected grows with time, so the answer is exact; see `sensitivity`, whose demands
    are the same. What the source gives more than the uncertain part of the background does not grow with time: a
    source that is too faint for that is never detected.

    Parameters
    ----------
    datasets : SpectrumDataset, MapDataset, Datasets, or sequence of them
        The observation, over any live time; time is that of all of them together, their shares held.
    source : SpectralModel or SkyModel
        With its flux.
    significance : float
        In standard deviations.
    energy : pair of Quantity or str, optional
        Range of reconstructed energy; a bin counts where its centre lies in it.
    position, models, min_counts, systematics
        As for `sensitivity`.

    Returns
    -------
    DetectionTime
        A Table that shows itself: significance against live time; see there.

    Raises
    ------
    ArgumentError
        If the source gives no counts, a dataset has no background or no live time, or an argument does not fit.

    Examples
    --------
    >>> import gpnb
    >>> energy = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2)
    >>> true = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2, name="energy_true")
    >>> data = gpnb.SpectrumDataset(
    ...     energy, true, [0, 0], [1e13, 1e13], np.eye(2), "1 h", background=[10, 1]
    ... )
    >>> gpnb.time_to_detection(data, gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2"))
    <DetectionTime: 5 σ after 3.56 h>
    """
    items, demands = as_counted(datasets), Demands(significance, min_counts, systematics)
    found = source_of(source, position, items)
    cells = ExpectedCells.of(items, _within(items, energy), found, models)
    signal = float(cells.signal.sum())
    if not signal > 0:
        raise ArgumentError(f"{found.name} gives no counts in these data: give it a flux, or another range of energy.")
    hours = total_seconds(items) / 3600
    ts = float(total_ts(cells, np.ones(1))[0])
    share = signal / beneath if (beneath := float(background_beneath(cells, 1)[0])) > 0 else np.inf
    needed = (
        hours * demands.significance**2 / ts if ts > 0 else 0.0,
        hours * demands.min_counts / signal,
        0.0 if share >= demands.systematics else np.inf,
    )
    given = {"datasets": recipe_input(datasets), "models": noted(models)}
    recipe = Recipe.of_call(time_to_detection, locals(), name="detection", **given)
    meta = {
        "hours": max(needed),
        "criterion": CRITERIA[int(np.argmax(needed))],
        "sqrt_ts_1h": float(np.sqrt(ts / hours)),
        "spread": root_spread(cells),
        "share": share,
        "significance": significance,
        "min_counts": min_counts,
        "systematics": systematics,
        "recipe": recipe.to_json(),
    }
    last = _BEYOND * (needed[0] if np.isinf(max(needed)) else max(needed)) or hours
    return DetectionTime(_rows(last, ts / hours, signal / hours), meta=meta)


def _within(items: tuple[Counted, ...], energy: Any) -> list[np.ndarray]:
    low, high = (0.0, np.inf) if energy is None else to_range(energy, ENERGY, "energy")
    centers = [energy_of(item).center_values for item in items]
    return [np.where((center >= low) & (center < high), 0, -1) for center in centers]


def _rows(last: float, ts: float, signal: float) -> dict[str, Any]:
    """From nothing to the last hour, with what one hour gives."""
    hours = np.linspace(0.0, last, _ROWS)
    return {"livetime": hours * u.h, "sqrt_ts": np.sqrt(ts * hours), "excess": signal * hours}
