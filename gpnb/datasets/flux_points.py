"""Flux points as a dataset: what they say against a predicted spectrum."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.core.units import ENERGY, to_range
from gpnb.datasets.flags import UNUSABLE, Flag
from gpnb.datasets.points_statistic import Parabolas, Scans, Steps
from gpnb.products.flux_points import FluxPoints
from gpnb.stats.gaussian import asymmetric_error, chi2, chi2_gradient, chi2_weight

KINDS = ("chi2", "asymmetric", "profile")


@unchanging
@dataclass(frozen=True, eq=False)
class FluxPointsDataset:
    """Published or own flux points, to be fitted: plain data, no model.

    A measured point counts by its errors. An upper limit counts by its stored likelihood scan; without one as a
    parabola through the limit, if its confidence and sides are known, else as a soft step.
    The prediction is the differential flux at each point's reference energy.

    Parameters
    ----------
    points : FluxPoints
        The points.
    kind : {"asymmetric", "chi2", "profile"}
        Measured points: chi square with the error on the side of the prediction, with the symmetric error, or the
        stored likelihood scan, where there is one.
    flags : array of int, shape (n,), optional
        One `Flag` value a point; 0 is good.
    name : str, optional
        By default the points'.
    recipe : Recipe, optional
        How it was made.

    Raises
    ------
    ArgumentError
        If an argument does not fit.

    Examples
    --------
    >>> from astropy import units as u
    >>> from astropy.table import QTable
    >>> per = u.Unit("TeV-1 s-1 cm-2")
    >>> table = QTable({"e_ref": [1, 3] * u.TeV, "dnde": [4e-11, 3e-12] * per, "dnde_err": [4e-12, 3e-13] * per})
    >>> dataset = FluxPointsDataset(FluxPoints.from_table(table))
    >>> dataset.statistic([4.4e-11, 3e-12]).round(6)
    array([1., 0.])
    """

    points: FluxPoints
    kind: str = "asymmetric"
    flags: np.ndarray = None  # type: ignore[assignment]
    name: str = ""
    recipe: Recipe = field(default_factory=lambda: Recipe.memory("points_dataset"))

    def __post_init__(self) -> None:
        if not isinstance(self.points, FluxPoints):
            raise ArgumentError(f"points={self.points!r} must be FluxPoints: read them with gpnb.FluxPoints.read().")
        if self.kind not in KINDS:
            raise ArgumentError(f"kind={self.kind!r} is not known: give one of {', '.join(KINDS)}.")
        count = len(self.points)
        flags = np.zeros(count) if self.flags is None else np.asarray(self.flags)
        if flags.shape != (count,):
            raise ArgumentError(f"flags must be one for each of {count} points, not of shape {flags.shape}.")
        flags = flags.astype(np.uint8)
        flags[~(self._measured | self._limited)] |= np.uint8(Flag.USER)
        flags.flags.writeable = False
        object.__setattr__(self, "flags", flags)
        object.__setattr__(self, "name", self.name or self.points.name or "points")

    @property
    def energy(self) -> np.ndarray:
        """Where the spectrum is to be predicted, TeV."""
        return self.points.e_ref

    @cached_property
    def usable(self) -> np.ndarray:
        """True where a point may be used: it has a value with its error, or a limit, and is not masked."""
        return np.asarray((self.flags & np.uint8(UNUSABLE)) == 0)

    @cached_property
    def _scanned(self) -> np.ndarray:
        """Points whose stored scan is used."""
        if self.points.stat_scan is None or self.points.norm_scan is None:
            return np.zeros(len(self.points), dtype=bool)
        good = np.isfinite(self.points.stat_scan).all(axis=1) & np.isfinite(self.points.norm_scan).all(axis=1)
        return np.asarray(good & (self.points.is_ul | (self.kind == "profile")))

    @cached_property
    def _limited(self) -> np.ndarray:
        """Points that count as upper limits."""
        return np.asarray(self.points.is_ul & ((self.points.norm_ul > 0) | self._scanned))

    @cached_property
    def _measured(self) -> np.ndarray:
        points = self.points
        errors = (points.norm_err,) if self.kind == "chi2" else (points.norm_errn, points.norm_errp)
        whole = np.isfinite(points.norm) & np.all([error > 0 for error in errors], axis=0)
        return np.asarray((whole | self._scanned) & ~points.is_ul)

    @cached_property
    def _scans(self) -> Scans:
        rows = self._scanned & self.usable
        points = self.points
        if points.norm_scan is None or points.stat_scan is None:
            raise SelectionError(f"{self.name} has no likelihood scans.")
        return Scans(points.norm_scan[rows], points.stat_scan[rows])

    @cached_property
    def _limits(self) -> Parabolas | Steps:
        limits = self.points.norm_ul[self._limited & ~self._scanned & self.usable]
        known = self.points.cl is not None and self.points.sided is not None
        return Parabolas(limits, self.points.delta_stat) if known else Steps(limits)

    def statistic(self, dnde: Any) -> np.ndarray:
        """−2 ln L of each point for predicted differential fluxes; zero for points that are not usable.

        Parameters
        ----------
        dnde : array, shape (n,)
            At `energy`, cm-2 s-1 TeV-1.
        """
        return self._apart("stat", dnde)

    def gradient(self, dnde: Any) -> np.ndarray:
        """Its derivative with each predicted flux."""
        return np.asarray(self._apart("gradient", dnde) / self.points.ref_dnde)

    def weight(self, dnde: Any) -> np.ndarray:
        """The second derivative, never negative: for Gauss-Newton steps."""
        return np.asarray(self._apart("weight", dnde) / self.points.ref_dnde**2)

    def _apart(self, what: str, dnde: Any) -> np.ndarray:
        """A number for each point by the way it counts, all in parts of the reference spectrum."""
        given = np.asarray(dnde, dtype=float)
        if given.shape != self.points.ref_dnde.shape:
            raise ArgumentError(f"dnde must be one flux for each of {len(self.points)} points.")
        predicted = given / self.points.ref_dnde
        values = np.zeros(predicted.shape)
        plain = self._measured & ~self._scanned & self.usable
        values[plain] = self._chi2(what, plain, predicted[plain])
        soft = self._limited & ~self._scanned & self.usable
        if soft.any():
            values[soft] = getattr(self._limits, what)(predicted[soft])
        scanned = self._scanned & self.usable
        if scanned.any():
            values[scanned] = getattr(self._scans, what)(predicted[scanned])
        return values

    def _chi2(self, what: str, rows: np.ndarray, predicted: np.ndarray) -> np.ndarray:
        points = self.points
        norm, error = points.norm[rows], points.norm_err[rows]
        if self.kind != "chi2":
            error = asymmetric_error(norm, predicted, points.norm_errn[rows], points.norm_errp[rows])
        if what == "weight":
            return chi2_weight(error)
        return (chi2 if what == "stat" else chi2_gradient)(norm, predicted, error)

    def masked(self, rows: Any) -> Self:
        """A copy with points masked by hand.

        Parameters
        ----------
        rows : array of bool, shape (n,)
            True where to mask.
        """
        chosen = np.asarray(rows, dtype=bool)
        if chosen.shape != self.flags.shape:
            raise ArgumentError(f"rows must be {len(self.points)} times True or False, not of shape {chosen.shape}.")
        recipe = Recipe.of(".masked()", on=self, name="points_dataset", rows=chosen.tolist())
        return replace(self, flags=np.where(chosen, self.flags | np.uint8(Flag.USER), self.flags), recipe=recipe)

    def restrict(self, energy: Any) -> Self:
        """A copy in which only points with their reference energy in a range are used.

        Parameters
        ----------
        energy : pair of Quantity or str
            Lower and upper end; None for an open end.
        """
        low, high = to_range(energy, ENERGY, "energy")
        outside = (self.energy < low) | (self.energy > high)
        recipe = Recipe.of_call(self.restrict, locals(), name="points_dataset")
        return replace(self.masked(outside), recipe=recipe)

    def __repr__(self) -> str:
        limits = int((self._limited & self.usable).sum())
        return (
            f"FluxPointsDataset({self.name}, {self.usable.sum()} of {len(self.points)} points, "
            f"{limits} upper limits, {self.kind})"
        )
