"""A light curve as a dataset: what it says against a predicted spectrum that varies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.data.gti import GTI
from gpnb.data.timeref import seconds_from
from gpnb.datasets.flux_points import FluxPointsDataset
from gpnb.products.estimates import NORMS, SCANS, STATS
from gpnb.products.flux_points import FluxPoints
from gpnb.products.light_curve import LightCurve


@unchanging
@dataclass(frozen=True, eq=False)
class LightCurveDataset(FluxPointsDataset):
    """A light curve to be fitted: its fluxes as points, each with its bin of time; made by `from_curve`.

    They count as in `FluxPointsDataset`. The prediction is the integral flux of the spectrum over each band of energy
    (where its ends are not known, the differential flux at its reference energy), times the mean of the temporal model
    from start to stop of the bin: short good times within a long bin are not known.

    Parameters
    ----------
    points, kind, flags, name, recipe
        See `FluxPointsDataset`; one point a bin of time and of energy.
    gti : GTI
        The bins of time.
    interval : array of int, shape (n,)
        The number of each point's bin among them.

    Examples
    --------
    >>> import gpnb
    >>> from astropy import units as u
    >>> from astropy.table import QTable
    >>> day = 60000 + np.arange(4.0)
    >>> table = QTable({"time_min": day, "time_max": day + 0.2, "flux": [8, 4, 2, 1] * u.Unit("1e-11 cm-2 s-1"),
    ...                 "flux_err": [0.1, 0.1, 0.1, 0.1] * u.Unit("1e-11 cm-2 s-1"), "e_ref": [2, 2, 2, 2] * u.TeV,
    ...                 "e_min": [1, 1, 1, 1] * u.TeV, "e_max": [10, 10, 10, 10] * u.TeV})
    >>> table.meta["TIMESYS"] = "tt"
    >>> spectrum = gpnb.PowerLaw(index=2, amplitude="1e-10 TeV-1 s-1 cm-2").freeze("index")
    >>> flare = gpnb.SkyModel(spectrum, temporal=gpnb.ExponentialDecay(decay="1 d", start="60000 d"))
    >>> result = gpnb.fit(gpnb.LightCurve.from_table(table), flare)
    >>> bool(np.isclose(result.models[0].temporal.decay.value, 86400 / np.log(2), rtol=1e-3))
    True
    """

    gti: GTI = None  # type: ignore[assignment]
    interval: np.ndarray = None  # type: ignore[assignment]

    @classmethod
    def from_curve(cls, curve: LightCurve, kind: str = "asymmetric", name: str = "") -> Self:
        """The fluxes of a light curve.

        Parameters
        ----------
        curve : LightCurve
            In one band of energy or several.
        kind : {"asymmetric", "chi2", "profile"}
            How measured fluxes count; see `FluxPointsDataset`.
        name : str, optional
            By default that of the curve's source.

        Raises
        ------
        ArgumentError
            If `curve` is none.
        """
        if not isinstance(curve, LightCurve):
            raise ArgumentError(f"curve={curve!r} must be a LightCurve: read one with gpnb.LightCurve.read().")
        reference = curve.time_min[0].tt
        start, stop = (seconds_from(item, reference) for item in (curve.time_min, curve.time_max))
        order = np.argsort(start, kind="stable")  # that of GTI
        recipe = Recipe.of("gpnb.LightCurveDataset.from_curve()", name="curve_dataset", curve=curve, kind=kind)
        return cls(
            _flat(curve, order),
            kind,
            name=name or curve.name or "curve",
            recipe=recipe,
            gti=GTI(start, stop, reference),
            interval=np.repeat(np.arange(len(curve)), len(curve.e_ref)),
        )

    def __repr__(self) -> str:
        return f"LightCurveDataset({self.name}, {self.usable.sum()} of {len(self.points)} fluxes, {self.kind})"


def _flat(curve: LightCurve, order: np.ndarray) -> FluxPoints:
    """All bins of time and energy as points, one bin of time behind the other."""
    energies = ("e_ref", "e_min", "e_max", "ref_dnde", "ref_flux", "ref_eflux")
    fields: dict[str, Any] = {name: np.tile(getattr(curve, name), len(curve)) for name in energies}
    for name in (*NORMS, *STATS, "is_ul"):
        fields[name] = getattr(curve, name)[order].ravel()
    for name in SCANS:
        scan = getattr(curve, name)
        fields[name] = None if scan is None else scan[order].reshape(-1, scan.shape[-1])
    fields |= {"cl": curve.cl, "sided": curve.sided, "limits": curve.limits}
    return FluxPoints(**fields, name=curve.name, recipe=curve.recipe)
