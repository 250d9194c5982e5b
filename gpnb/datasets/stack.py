"""Adding the datasets of several runs into one, whatever part of the sky each covers."""

from __future__ import annotations

from typing import Any

import numpy as np
from astropy.table import Table, vstack

from gpnb.core.errors import SelectionError
from gpnb.core.recipe import Recipe
from gpnb.data.gti import GTI
from gpnb.datasets.flags import Flag, merge_flags
from gpnb.datasets.map import MapDataset
from gpnb.irf.reduced_dispersion import ReducedDispersion
from gpnb.irf.reduced_psf import ReducedPsf
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap

_ADDED = ("counts", "background", "acceptance", "counts_off")

_UNSEEN = np.uint8(255)
"""Flags of a bin that no run has touched yet."""


class Stacker:
    """Takes datasets one by one and keeps only their sum, so that memory does not grow with the runs.

    Sums can be merged, so that each worker of a pool adds up its own runs first.

    Parameters
    ----------
    geom, geom_true : WcsGeometry
        Bins of the sum in reconstructed and true energy.
    """

    def __init__(self, geom: WcsGeometry, geom_true: WcsGeometry):
        self._geom, self._geom_true = geom, geom_true
        self._sums: dict[str, np.ndarray] = {}
        self._shares: dict[str, list[Any]] = {}
        self._missing: set[str] = set()
        self._flags = np.full(geom.shape, _UNSEEN)
        self._gtis: list[GTI] = []
        self._rows: list[Table] = []
        self._notes: list[str] = []

    def add(self, part: MapDataset) -> None:
        """Add one dataset on (a cutout of) the same pixel grid; its unusable bins add nothing."""
        here, there = self._geom.overlap(part.geom)
        used = part.usable[there]
        for name in _ADDED:
            self._add(name, getattr(part, name), used, here, there)
        if part.acceptance_off is not None and part.background is not None and part.counts_off is not None:
            self._add("acceptance_off", part.acceptance_off, used, here, there)
        self._add("exposure", part.exposure, used.any(axis=0), here, there)
        if used.any():
            self._add_responses(part)
        self._flags[here] = _merged(self._flags[here], part.flags.data[there])
        if part.gti is not None:
            self._gtis.append(part.gti)
        self._rows.append(part.runs)
        self._notes.extend(part.notes)

    def merge(self, other: Stacker) -> None:
        """Add what another one has taken, on the same bins."""
        for name, values in other._sums.items():
            if name in self._sums:
                self._sums[name] += values
            else:
                self._sums[name] = values
        for name, shares in other._shares.items():
            self._shares.setdefault(name, []).extend(shares)
        self._missing |= other._missing
        self._flags = _merged(self._flags, other._flags)
        self._gtis.extend(other._gtis)
        self._rows.extend(other._rows)
        self._notes.extend(other._notes)

    def result(self, name: str, recipe: Recipe) -> MapDataset:
        """The sum.

        Raises
        ------
        SelectionError
            If nothing was added.
        """
        if not self._sums:
            raise SelectionError("There is nothing to stack: no run overlaps the map.")
        maps: dict[str, Any] = {
            key: SkyMap(self._geom, values, "", Recipe.of(f".{key}", on=recipe))
            for key, values in self._sums.items()
            if key != "exposure"
        }
        maps |= self._off_acceptance()
        exposure = SkyMap(self._geom_true, self._sums["exposure"], "cm2 s", Recipe.of(".exposure", on=recipe))
        seen = np.where(self._flags == _UNSEEN, np.uint8(Flag.FIELD_OF_VIEW), self._flags)
        flags = SkyMap(self._geom, seen, "", Recipe.of(".flags", on=recipe))
        return MapDataset(
            **maps,
            exposure=exposure,
            flags=flags,
            **self._responses(recipe),
            gti=GTI.union(self._gtis) if self._gtis else None,
            runs=vstack(self._rows, metadata_conflicts="silent"),
            notes=tuple(self._notes),
            name=name,
            recipe=recipe,
        )

    def _add(self, name: str, part: SkyMap | None, used: np.ndarray, here: Any, there: Any) -> None:
        if part is None:
            return
        if name not in self._sums:
            shape = self._geom_true.shape if name == "exposure" else self._geom.shape
            self._sums[name] = np.zeros(shape, dtype=np.float32 if name in ("counts", "exposure") else np.float64)
        total = self._sums[name][here]
        np.add(total, part.data[there], out=total, where=used, casting="same_kind")

    def _add_responses(self, part: MapDataset) -> None:
        """What the responses of a dataset add; the sum has none that one of its parts does not have."""
        used = np.asarray(part.usable.any(axis=(1, 2)))
        shares = {
            "psf": None if part.psf is None else part.psf.shares(part.exposure),
            "edisp": None if part.edisp is None else part.edisp.shares(part.exposure, used),
        }
        for name, found in shares.items():
            if found is None:
                self._missing.add(name)
            else:
                self._shares.setdefault(name, []).extend(found)

    def _responses(self, recipe: Recipe) -> dict[str, Any]:
        true, reco = self._geom_true.axes[0], self._geom.axes[0]
        known = {name: shares for name, shares in self._shares.items() if name not in self._missing}
        made: dict[str, Any] = {}
        if "psf" in known:
            made["psf"] = ReducedPsf(true, known["psf"], Recipe.of(".psf", on=recipe))
        if "edisp" in known:
            made["edisp"] = ReducedDispersion(true, reco, known["edisp"], Recipe.of(".edisp", on=recipe))
        return made

    def _off_acceptance(self) -> dict[str, SkyMap]:
        """Acceptance of OFF such that alpha is the mean of the runs' alphas, weighted by their OFF counts."""
        if "acceptance_off" not in self._sums:
            return {}
        on, off, background = (self._sums[name] for name in ("acceptance", "counts_off", "background"))
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.where(background > 0, on * off / background, self._sums["acceptance_off"])
        return {"acceptance_off": SkyMap(self._geom, values)}


def _merged(mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Merged flags; what has not been seen says nothing."""
    known = np.where(theirs == _UNSEEN, mine, merge_flags(mine, theirs))
    return np.asarray(np.where(mine == _UNSEEN, theirs, known))
