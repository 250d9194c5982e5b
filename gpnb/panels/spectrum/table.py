"""The numbers behind what a spectral-fit panel shows, as tables."""

from __future__ import annotations

import numpy as np
from astropy import units as u
from astropy.table import QTable, Table

from gpnb.panels.spectrum.sed import sed_curve
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.work import SpectrumWork


def table_of(work: SpectrumWork, view: SpectrumView) -> Table:
    """Flux points, else the curve of the model with its band; counts and model a bin; parameters for all other tabs."""
    tab, models = work.tab(view), work.shown(view)
    if tab in ("counts", "excess") and work.spectra(view).usable:
        return _counts(work, view)
    if tab == "sed" and models is not None:
        points = work.points(view)
        return sed_curve(work, view) if points is None else points.to_table("e2dnde")
    if models is not None:
        return models.table
    return _counts(work, view)


def _counts(work: SpectrumWork, view: SpectrumView) -> QTable:
    """One row a point of the plot of counts."""
    bins = work.bins(view)
    signal = work.predicted(view) if work.shown(view) is not None else None
    columns = {
        "energy_min": np.concatenate([item.low for item in bins]) * u.TeV,
        "energy_max": np.concatenate([item.high for item in bins]) * u.TeV,
        "counts": np.concatenate([item.counts for item in bins]),
        "background": np.concatenate([item.background for item in bins]),
        "excess": np.concatenate([item.excess for item in bins]),
    }
    if signal is not None:
        model = [item.joined(signal) for item in bins]
        columns["model"] = np.concatenate(model)
        columns["residual"] = np.concatenate([item.deviance(own) for item, own in zip(bins, model, strict=True)])
    return QTable(columns)
