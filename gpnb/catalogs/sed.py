"""Flux points of a catalogue row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from astropy.table import Table

from gpnb.core.recipe import Recipe
from gpnb.models.spectral import SpectralModel
from gpnb.products.flux_points import FluxPoints


def published_points(
    columns: Mapping[str, np.ndarray], source: Any, cl: float | None = None, reference: SpectralModel | None = None
) -> FluxPoints:
    """Flux points from the columns of a catalogue; where it has an upper limit, the point is one.

    Parameters
    ----------
    columns : mapping of array
        By SED name, plain floats in house units. Rows without a reference energy are left out.
    source : CatalogSource
        Whose they are.
    cl : float, optional
        Confidence of the upper limits; no catalogue tells their sides.
    reference : SpectralModel, optional
        The spectrum inside the bins; by default a power law of index 2.
    """
    table = Table({name: np.asarray(values, dtype=float) for name, values in columns.items()})
    limit = next(name for name in table.colnames if name.endswith("_ul"))
    table["is_ul"] = np.isfinite(table[limit])
    recipe = Recipe.of(".flux_points()", on=source, name="points")
    return FluxPoints.from_table(table, reference=reference, recipe=recipe, cl=cl, name=source.name)


def band_points(
    edges: tuple[np.ndarray, np.ndarray], flux: np.ndarray, errors: np.ndarray, sqrt_ts: np.ndarray, source: Any
) -> FluxPoints:
    """Flux points from integral fluxes in bands, as the LAT catalogues have them; the shape is the source's spectrum.

    A band without a lower error holds an upper limit, the flux plus two upper errors (Acero et al. 2015, ApJS 218, 23).

    Parameters
    ----------
    edges : (array, array)
        Lower and upper ends of the bands, TeV.
    flux : array, shape (n,)
        Integral fluxes, cm-2 s-1.
    errors : array, shape (n, 2)
        Lower (negative) and upper errors of one standard deviation.
    sqrt_ts : array, shape (n,)
        Significances.
    source : CatalogSource
        Whose they are.
    """
    limited = ~np.isfinite(errors[:, 0])
    columns = {
        "e_min": edges[0],
        "e_max": edges[1],
        "flux": np.where(limited, np.nan, flux),
        "flux_errn": np.where(limited, np.nan, -errors[:, 0]),
        "flux_errp": np.where(limited, np.nan, errors[:, 1]),
        "flux_ul": np.where(limited, flux + 2 * errors[:, 1], np.nan),
        "sqrt_ts": sqrt_ts,
    }
    return published_points(columns, source, 0.95, source.spectral_model)
