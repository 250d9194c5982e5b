"""The flux of a source along a line, or away from a place."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import QTable

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.recipe import Recipe
from gpnb.datasets.map import MapDataset
from gpnb.datasets.spectrum import SpectrumDataset
from gpnb.estimate.in_region import InRegion
from gpnb.estimate.norm_bins import models_of
from gpnb.estimate.norms import SCAN_POINTS, edges_of, energy_cells, fitted_norms, true_bounds
from gpnb.estimate.predict import check_cube
from gpnb.estimate.profile_regions import Boxes, Rings
from gpnb.estimate.region_spectrum import spectrum_of
from gpnb.fitting.given import as_models
from gpnb.fitting.limits import Limits
from gpnb.fitting.predictions import Predictions
from gpnb.models.collection import Models
from gpnb.models.sky import SkyModel

_FLUXES = ("", "_err", "_errn", "_errp", "_ul")


@told
def flux_profile(
    cube: MapDataset,
    result: Any,
    along: Boxes | Rings,
    energy_edges: Any = None,
    source: str | None = None,
    cl: float = 0.95,
    sided: int = 1,
    limits: str = "bounded",
) -> QTable:
    """Flux in regions side by side, as it is reconstructed there.

    In each region and bin of energy a norm of the source's spectrum is fitted, over all other models. Its place and
    shape on the sky are not used, and nothing is corrected for the point spread function: this is what is seen.

    Parameters
    ----------
    cube : MapDataset
        The data; the exposure of a region is the mean of its usable pixels.
    result : FitResult, SkyModel, Models or sequence of SkyModel and BackgroundModel
        The fit, or models. Those other than `source`, and the background, are subtracted.
    along : Boxes or Rings
        The regions.
    energy_edges : Axis, Quantity or list of str, optional
        Edges of energy bins; by default one, of all energies.
    source : str, optional
        Whose spectrum is assumed, and whose counts are looked for, if there are several sources.
    cl, sided, limits
        Of the upper limits; see `flux_points`.

    Returns
    -------
    QTable
        One row a region and energy: ``distance_min``, ``distance``, ``distance_max`` (from the first end of the line,
        or from the centre), ``e_min``, ``e_max``, ``flux`` with ``flux_err``, ``flux_errn``, ``flux_errp`` and
        ``flux_ul``, ``sqrt_ts``, ``counts``, ``background``, and ``solid_angle``. NaN where nothing is usable.

    Raises
    ------
    SelectionError
        If no pixel lies in the regions, or no bin of energy between the edges.
    ArgumentError
        If an argument does not fit; of a cube with OFF counts, if there are other sources.

    Examples
    --------
    >>> import gpnb
    >>> line = gpnb.Boxes("83d 22d", "84d 22d", width="0.2 deg", n=20)
    >>> gpnb.flux_profile(cube, result, line)  # doctest: +SKIP
    """
    check_cube(cube)
    if not isinstance(along, Boxes | Rings):
        raise ArgumentError(f"along={along!r} must be gpnb.Boxes(start, stop, …) or gpnb.Rings(center, radii).")
    models, target = models_of(as_models(getattr(result, "models", result)), source, [cube])
    axis = cube.geom.axis("energy")
    edges = axis.edge_values[[0, -1]] if energy_edges is None else edges_of(energy_edges)
    numbers = along.numbers(cube.geom)
    count = len(along.edges) - 1
    spectra, owner = _spectra(cube, _without(cube, result, target, models), numbers, count)
    bands = len(edges) - 1
    own = energy_cells(spectra, edges)
    cells = [np.where(band >= 0, number * bands + band, -1) for number, band in zip(owner, own, strict=True)]
    if not any((cell >= 0).any() for cell in cells):
        raise SelectionError(f"No bin of the data lies between {edges[0]:.3g} and {edges[-1]:.3g} TeV.")
    bare = SkyModel(target.spectral, temporal=target.temporal, name=target.name)
    kind = Limits(cl, sided, limits)
    fields = fitted_norms(spectra, cells, (count, bands), Models([bare]), bare, kind, SCAN_POINTS)
    area = np.bincount(numbers[numbers >= 0], np.nan_to_num(cube.geom.solid_angle)[numbers >= 0], count)
    recipe = Recipe.of_call(flux_profile, locals(), name="profile")
    return _table(fields, target, along.edges, true_bounds(spectra, own, edges), area, recipe)


def _without(cube: MapDataset, result: Any, target: SkyModel, models: Models) -> np.ndarray | None:
    """Counts of everything but the source, shape of the counts; None where the background is measured beside."""
    if cube.counts_off is not None:
        if len(models) > 1:
            raise ArgumentError(
                f"The background of {cube.name} is measured in OFF regions, over which other sources cannot be "
                "subtracted: reduce it with background='field-of-view'."
            )
        return None
    expected = Predictions(cube, result)
    return np.asarray(expected.total() - expected.of(target.name))


def _spectra(
    cube: MapDataset, background: np.ndarray | None, numbers: np.ndarray, count: int
) -> tuple[list[SpectrumDataset], list[int]]:
    """The spectrum of each region that has pixels, and its number."""
    spectra, owner = [], []
    for number in range(count):
        rows, columns = np.nonzero(numbers == number)
        if rows.size:
            part = InRegion(cube, None, rows, columns)
            spectra.append(spectrum_of(part, False, f"{cube.name}-{number}", Recipe.memory("region"), background))
            owner.append(number)
    if not spectra:
        raise SelectionError(f"No pixel of {cube.name} lies in the regions.")
    return spectra, owner


def _table(
    fields: dict[str, Any],
    target: SkyModel,
    distance: np.ndarray,
    ends: tuple[np.ndarray, np.ndarray],
    area: np.ndarray,
    recipe: Recipe,
) -> QTable:
    regions, bands = fields["norm"].shape
    each, energy = np.repeat(np.arange(regions), bands), np.tile(np.arange(bands), regions)
    flux = target.spectral.integral_between(*ends)[energy] * u.Unit("cm-2 s-1")
    table = QTable(meta={"recipe": recipe.to_dict(), "source": target.name})
    middle = (distance[1:] + distance[:-1]) / 2
    for name, values in (("_min", distance[:-1]), ("", middle), ("_max", distance[1:])):
        table[f"distance{name}"] = values[each] * u.deg
    table["e_min"], table["e_max"] = (values[energy] * u.TeV for values in ends)
    for name in _FLUXES:
        table[f"flux{name}"] = fields[f"norm{name}"].ravel() * flux
    table["sqrt_ts"] = (np.sign(fields["norm"]) * np.sqrt(fields["ts"])).ravel()
    table["is_ul"] = fields["is_ul"].ravel()
    for name, own in (("counts", "n_on"), ("background", "background")):
        table[name] = fields["extra"][own].ravel()
    table["solid_angle"] = area[each] * u.sr
    return table
