"""Spectra in tables: one row a bin, one row a dataset."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from gpnb.datasets.flags import reasons
from gpnb.stats.significance import cash_significance, lima

if TYPE_CHECKING:
    from gpnb.datasets.spectrum import SpectrumDataset


@dataclass(frozen=True)
class Summary:
    """Sums over the usable bins of a spectrum.

    Parameters
    ----------
    n_on, n_off : float
        Counts; `n_off` is NaN without OFF regions.
    alpha : float
        Ratio of ON to OFF acceptance that gives the summed background; NaN without OFF regions.
    background, excess : float
        Counts in the ON region.
    significance : float
        Li & Ma, or that over a known background; NaN without background.
    energy_min, energy_max : float
        Range of the usable bins, TeV; NaN if there is none.
    """

    n_on: float
    n_off: float
    alpha: float
    background: float
    excess: float
    significance: float
    energy_min: float
    energy_max: float


def summary_of(dataset: SpectrumDataset) -> Summary:
    """Sum a spectrum over its usable bins."""
    used = dataset.usable
    n_on = float(dataset.counts[used].sum())
    background = float(dataset.expected_background[used].sum())
    n_off, alpha, significance = np.nan, np.nan, np.nan
    if dataset.counts_off is not None:
        n_off, alpha = float(dataset.counts_off[used].sum()), mean_alpha(dataset)
        significance = float(lima(n_on, n_off, alpha))
    elif dataset.background is not None:
        significance = float(cash_significance(n_on, background))
    low, high = dataset.energy.low_values[used], dataset.energy.high_values[used]
    ends = (float(low[0]), float(high[-1])) if used.any() else (np.nan, np.nan)
    return Summary(n_on, n_off, alpha, background, n_on - background, significance, *ends)


def mean_alpha(dataset: SpectrumDataset) -> float:
    """Mean of alpha over usable bins weighted by OFF counts, or by OFF acceptance where nothing was counted."""
    assert dataset.counts_off is not None
    assert dataset.acceptance_off is not None
    used = dataset.usable
    total = float(dataset.counts_off[used].sum())
    if total > 0:
        return float(dataset.expected_background[used].sum() / total)
    off = float(dataset.acceptance_off[used].sum())
    return float(dataset.acceptance[used].sum() / off) if off > 0 else float("nan")


def bin_table(dataset: SpectrumDataset) -> Table:
    """One row a bin: energies (TeV), counts, background, significance, and why it is masked."""
    table = Table({"energy_min": dataset.energy.low_values, "energy_max": dataset.energy.high_values})
    for name in table.colnames:
        table[name].unit = "TeV"
    table["counts"] = dataset.counts
    if dataset.counts_off is not None and dataset.alpha is not None:
        table["counts_off"], table["alpha"] = dataset.counts_off, dataset.alpha
        significance = lima(dataset.counts, dataset.counts_off, dataset.alpha)
    else:
        significance = cash_significance(dataset.counts, dataset.expected_background)
    table["background"], table["excess"] = dataset.expected_background, dataset.excess
    table["significance"] = significance
    table["flags"] = dataset.flags
    table["masked"] = [", ".join(reasons(int(flag))) for flag in dataset.flags]
    return table


def run_table(datasets: Iterable[SpectrumDataset]) -> Table:
    """One row a dataset."""
    rows = []
    for item in datasets:
        found = item.summary
        rows.append(
            {
                "name": item.name,
                "obs_id": " ".join(str(number) for number in item.obs_ids),
                "livetime": item.livetime.to_value("s"),
                "n_on": found.n_on,
                "n_off": found.n_off,
                "alpha": found.alpha,
                "background": found.background,
                "excess": found.excess,
                "significance": found.significance,
                "energy_min": found.energy_min,
                "energy_max": found.energy_max,
                "n_regions": len(item.off_regions),
                "notes": "; ".join(item.notes),
            }
        )
    table = Table(rows=rows)
    for name, unit in {"livetime": "s", "energy_min": "TeV", "energy_max": "TeV"}.items():
        if rows:
            table[name].unit = unit
    return table
