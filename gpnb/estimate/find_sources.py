"""Sources of a cube from nothing: map, peaks, fit, again until nothing is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import QTable

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError
from gpnb.core.progress import CancelToken, Report, track
from gpnb.core.recipe import Recipe
from gpnb.core.units import ANGLE, to_float
from gpnb.datasets.map import MapDataset
from gpnb.estimate.found_rows import found_table
from gpnb.estimate.localize import localize
from gpnb.estimate.peaks import find_peaks
from gpnb.estimate.predict import check_cube
from gpnb.estimate.ts_map import source_of, ts_map
from gpnb.fitting.fit import fit
from gpnb.fitting.given import as_models
from gpnb.fitting.predictions import noted
from gpnb.fitting.result import FitResult
from gpnb.fitting.source_ts import without
from gpnb.models.collection import Models
from gpnb.models.reference import times
from gpnb.models.sky import SkyModel
from gpnb.models.spectral import PowerLaw
from gpnb.products.found_sources import FoundSources
from gpnb.products.localization import Localization

_ROUNDS, _AT_ONCE = 12, 5
"""Maps at most, and sources that are added after each."""


@told
def find_sources(
    cube: MapDataset,
    models: Any = None,
    threshold: float = 5.0,
    model: Any = None,
    separation: Any = "0.15 deg",
    region: Any = None,
    radius: Any = None,
    catalogs: Sequence[str] | None = None,
    rounds: int = _ROUNDS,
    progress: bool | Report | None = None,
    cancel: CancelToken | None = None,
) -> FoundSources:
    """Find sources over models that are known, one after the other, until a TS map shows no more.

    In each round a `ts_map` over all that is known gives peaks; the highest five that lie apart from each other and
    from what was found before become sources. Their norms are fitted with all that is free, then their places and
    spectra. At the end every source is tested against none with the others fitted anew, those that have fallen below
    the threshold are taken out, and the rest is located, each with all else held.

    Parameters
    ----------
    cube : MapDataset
        The data.
    models : FitResult, Models, or sequence of SkyModel and BackgroundModel, optional
        What is known, and fitted along as far as it is free. By default the background of the cube alone, as it is.
    threshold : float
        √TS from which on a peak is a candidate, and that a source must keep.
    model : SkyModel or SpectralModel, optional
        What is looked for, see `ts_map`; by default a point with a power law of index 2.
    separation : Quantity or str
        Peaks nearer than this to a brighter one are left alone: they may be what its shape or the point spread function
        leaves. Somewhat more than the width of what is seen of a point does.
    region : SkyRegion or DS9 text, optional
        Look only there.
    radius : Quantity or str, optional
        See `ts_map`.
    catalogs : sequence of str, optional
        Names of catalogues, see `gpnb.read_catalog`, to which sources are associated; by default all that are on this
        machine.
    rounds : int
        Most maps that are made.
    progress : bool or callable, optional
        See `Progress`; by default a bar in a live notebook, for what takes longer than a second.
    cancel : CancelToken, optional
        Checked between steps.

    Returns
    -------
    FoundSources

    Raises
    ------
    ArgumentError
        If an argument does not fit.
    SelectionError
        See `ts_map`.
    Cancelled
        If the token was cancelled.

    Examples
    --------
    >>> import gpnb
    >>> found = gpnb.find_sources(cube, gpnb.background_models(cube))  # doctest: +SKIP
    >>> found.table["name", "ra", "dec", "sqrt_ts", "association"]  # doctest: +SKIP
    """
    check_cube(cube)
    apart = to_float(separation, ANGLE, "separation")
    if not (threshold > 0 and apart > 0 and rounds >= 1):
        raise ArgumentError("threshold, separation and rounds must be above 0.")
    template = source_of(PowerLaw(index=2.0) if model is None else model, cube)
    known = [] if models is None else getattr(models, "models", models)
    given = as_models(known) if len(known) else Models([])
    recipe = Recipe.of_call(
        find_sources, locals(), name="sources", models=None if models is None else noted(models),
        model=None if model is None else model,
    )  # fmt: skip
    search = _Search(cube, template, given, threshold, apart, cancel)
    for number in track(range(1, rounds + 1), "Finding sources", progress, cancel):
        maps = ts_map(cube, template, search.models, region, radius=radius, errors=False, progress=False, cancel=cancel)
        if not search.add(number, maps):
            break
    else:
        search.notes.append(f"after {rounds} rounds there were peaks left: give more rounds=")
    tests = search.tested()
    places = search.places(tests)
    table = found_table(search.models, search.result, tests, places, cube, catalogs)
    return FoundSources(search.models, table, search.table(), places, search.result, tuple(search.notes), recipe)


@dataclass(eq=False)
class _Search:
    """What is known so far.

    Parameters
    ----------
    cube : MapDataset
        The data.
    template : SkyModel
        What is looked for.
    models : Models
        What is known.
    threshold, apart : float
        √TS, and deg.
    cancel : CancelToken or None
        Checked in fits.
    """

    cube: MapDataset
    template: SkyModel
    models: Models
    threshold: float
    apart: float
    cancel: CancelToken | None
    result: FitResult | None = None
    names: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, number: int, maps: Any) -> int:
        """Take the highest peaks of a map as sources, and fit them; how many there were."""
        peaks = find_peaks(maps.sqrt_ts, self.threshold, self.apart * u.deg)
        new: list[SkyModel] = []
        for peak in peaks:
            if len(new) == _AT_ONCE:
                break
            place = SkyCoord(peak["ra"], peak["dec"], frame="icrs")
            near = self._nearest(place, new)
            row = {"round": number, "ra": place.ra, "dec": place.dec, "sqrt_ts": float(peak["value"])}
            if near:
                self._refuse({**row, "accepted": False, "name": near, "reason": f"too near to {near}"})
                continue
            norm = float(maps.norm.data[peak["y"], peak["x"]])
            new.append(self._source(place, norm))
            self.rows.append({**row, "accepted": True, "name": new[-1].name, "reason": ""})
            self.names.append(new[-1].name)
        if new:
            self._fit(new)
        return len(new)

    def _refuse(self, row: dict[str, Any]) -> None:
        """Note a peak once, in whatever rounds it is seen."""
        if not any((row["ra"], row["dec"]) == (other["ra"], other["dec"]) for other in self.rows):
            self.rows.append(row)

    def _nearest(self, place: SkyCoord, new: Sequence[SkyModel]) -> str:
        """The name of a source about a centre that lies so near that this may be a part of it; empty if none does."""
        known = [item for item in self.models.sources if getattr(item.spatial, "has_waves", False)]  # no templates
        for item in (*known, *new):
            if item.spatial.center.icrs.separation(place).deg < self.apart:  # type: ignore[union-attr]
                return item.name
        return ""

    def _source(self, place: SkyCoord, norm: float) -> SkyModel:
        """A source at a peak, with its norm there."""
        number, taken = len(self.names) + 1, set(self.models.names)
        while f"found{number}" in taken:
            number += 1
        shape: Any = self.template.spatial
        own = place.transform_to(shape.frame).spherical
        shape = shape.with_values([own.lon.deg, own.lat.deg, *shape.values[2:]])
        return replace(
            self.template, name=f"found{number}", spatial=shape, spectral=times(self.template.spectral, norm)
        )

    def _fit(self, new: Sequence[SkyModel]) -> None:
        """First norms alone, then all that is free."""
        models = Models([*self.models, *new])
        shapes = [name for item in new for name in _shape_names(models, item.name)]
        found = fit(self.cube, models.freeze(*shapes), progress=False, cancel=self.cancel)
        self._take(found.models.thaw(*shapes))

    def _take(self, models: Models) -> None:
        self.result = fit(self.cube, models, progress=False, cancel=self.cancel)
        self.models = self.result.models

    def tested(self) -> dict[str, float]:
        """TS of each source that was found, the others fitted anew, once those below the threshold are out."""
        while self.names and self.result is not None:
            tests = {name: without(self.result, name).ts for name in self.names}
            worst = min(tests, key=lambda name: tests[name])
            if tests[worst] >= self.threshold**2:
                return tests
            self._drop(worst, tests[worst])
        return {}

    def _drop(self, name: str, ts: float) -> None:
        reason = f"√TS fell to {np.sqrt(max(ts, 0)):.1f} once all was fitted"
        for row in self.rows:
            if row["name"] == name and row["accepted"]:
                row.update(accepted=False, reason=reason)
        self.names.remove(name)
        models = Models([item for item in self.models if item.name != name])
        if models.free:
            self._take(models)
        else:
            self.models, self.result = models, None

    def places(self, tests: dict[str, float]) -> dict[str, Localization]:
        """Of each, all others held."""
        found = {}
        for name in sorted(tests, key=lambda one: -tests[one]):
            others = [full for full in self.models.free if not full.startswith(f"{name}.")]
            found[name] = localize(self.cube, self.models.freeze(*others), name, progress=False, cancel=self.cancel)
        return found

    def table(self) -> QTable:
        """The candidates."""
        names = ("round", "ra", "dec", "sqrt_ts", "accepted", "name", "reason")
        if not self.rows:
            return QTable(names=names, dtype=(int, float, float, float, bool, str, str))
        columns = {name: [row[name] for row in self.rows] for name in names}
        columns["ra"], columns["dec"] = (u.Quantity(columns[name]) for name in ("ra", "dec"))
        return QTable(columns)


def _shape_names(models: Models, name: str) -> list[str]:
    """What is free of a source beside its norm."""
    source = models.source(name)
    norm = times(source.spectral, 2.0)
    moved = {
        one.name for one, other in zip(source.spectral.parameters, norm.parameters, strict=True)
        if one.value != other.value
    }  # fmt: skip
    free = [full for full in models.free if full.startswith(f"{name}.")]
    return [full for full in free if full.partition(".")[2] not in moved]
