"""Event lists: where, when and at what energy each gamma-ray candidate was seen."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Self

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.table import Table, vstack
from astropy.time import Time

from gpnb.core.binding import told
from gpnb.core.display import Displayed
from gpnb.core.errors import ArgumentError, DataFormatError, MissingDependency, SelectionError
from gpnb.core.fits_file import find_hdu, open_fits, reading
from gpnb.core.fits_units import unit_factor
from gpnb.core.frames import separation, to_vectors
from gpnb.core.header_keys import sky_position
from gpnb.core.recipe import Recipe
from gpnb.core.sky_regions import to_regions
from gpnb.core.units import ANGLE, ENERGY, to_range, to_time
from gpnb.data.expression import where_mask
from gpnb.data.phase import Ephemeris, in_phase, phase_intervals, phases
from gpnb.data.timeref import seconds_from, time_factor, time_reference

_MANDATORY = ("TIME", "RA", "DEC", "ENERGY")
_UNITS = {"RA": "deg", "DEC": "deg", "ENERGY": "TeV"}


class EventList(Displayed):
    """Events of one observation, or of several together.

    Parameters
    ----------
    data : Table or FITS record array
        Columns TIME, RA, DEC, ENERGY, and any others.
    meta : mapping
        Header keywords: pointing, time reference, target …
    reference : Time, optional
        What TIME counts from; read from `meta` if not given.
    source : str
        File and HDU, for errors.
    recipe : Recipe, optional
        How they were made.

    Raises
    ------
    DataFormatError
        If a mandatory column is missing, or has a unit of another kind.

    Examples
    --------
    >>> import gpnb
    >>> events = gpnb.EventList.read("events.fits").select(energy=("1 TeV", "10 TeV"))  # doctest: +SKIP
    """

    panel = "events"

    @told
    def __init__(
        self,
        data: Table | fits.FITS_rec,
        meta: Any,
        reference: Time | None = None,
        source: str = "events",
        recipe: Recipe | None = None,
    ):
        self._data = data
        self.meta: dict[str, Any] = {key: value for key, value in dict(meta).items() if key and key != "COMMENT"}
        self._source = source
        self._names = {name.upper(): name for name in _column_names(data)}
        missing = [name for name in _MANDATORY if name not in self._names]
        if missing:
            raise DataFormatError(f"{source}: column {missing[0]} is missing; there are: {', '.join(self._names)}.")
        self._factors = {
            name: unit_factor(_unit_of(data, self._names[name]), _UNITS[name], f"{source}, column {name}")
            for name in _UNITS
        }
        self.time_reference = reference if reference is not None else time_reference(self.meta, source)
        self.recipe = recipe or Recipe.memory("events")

    @classmethod
    def from_hdu(cls, hdu: Any, path: str | os.PathLike[str], recipe: Recipe | None = None) -> Self:
        """Read the EVENTS table of an open file."""
        source = f"{path}, HDU {hdu.name}"
        if not isinstance(hdu, fits.BinTableHDU):
            raise DataFormatError(f"{source} is not a table of events.")
        with reading(path):
            data = hdu.data
        return cls(data, hdu.header, source=source, recipe=recipe)

    @classmethod
    def read(cls, path: str | os.PathLike[str], hdu: str = "EVENTS") -> Self:
        """Read the events of a file.

        Parameters
        ----------
        path : path
            A FITS file, compressed or not.
        hdu : str
            The table's name.

        Raises
        ------
        DataFormatError
            If there is no such file or HDU, or it is no event list.
        """
        with open_fits(path) as hdulist:
            return cls.from_hdu(
                find_hdu(hdulist, hdu, path), path, Recipe.of("gpnb.EventList.read()", name="events", path=str(path))
            )

    @classmethod
    def stack(cls, lists: Iterable[EventList]) -> EventList:
        """All events of several lists, with times from the first one's reference.

        Raises
        ------
        ArgumentError
            If there are none.
        """
        lists = list(lists)
        if not lists:
            raise ArgumentError("EventList.stack: there is nothing to stack: give at least one EventList.")
        reference = lists[0].time_reference
        tables = []
        for events in lists:
            table = events.table
            table["TIME"] = events.time_values + float(seconds_from(events.time_reference, reference))
            table["TIME"].unit = "s"
            table.meta.clear()
            tables.append(table)
        data = vstack(tables, join_type="inner", metadata_conflicts="silent")
        recipe = Recipe.of("gpnb.EventList.stack()", name="events", lists=lists)
        return cls(data, lists[0].meta, reference, "stacked events", recipe)

    @cached_property
    def ra_values(self) -> np.ndarray:
        """Right ascension (ICRS), deg."""
        return self._values("RA")

    @cached_property
    def dec_values(self) -> np.ndarray:
        """Declination (ICRS), deg."""
        return self._values("DEC")

    @cached_property
    def energy_values(self) -> np.ndarray:
        """Reconstructed energy, TeV."""
        return self._values("ENERGY")

    @cached_property
    def time_values(self) -> np.ndarray:
        """Seconds from `time_reference`."""
        factor = time_factor(self.meta, _unit_of(self._data, self._names["TIME"]), self._source)
        return self._checked("TIME") * factor

    @property
    def complete(self) -> np.ndarray:
        """The mask of events whose time, direction and energy are all finite numbers."""
        with reading(self._source):
            columns = [np.asarray(self._data[self._names[name]], dtype=float) for name in _MANDATORY]
        keep = np.ones(len(self), dtype=bool)
        for values in columns:
            keep &= np.isfinite(values).reshape(len(self), math.prod(values.shape[1:])).all(axis=1)
        return keep

    @property
    def radec(self) -> SkyCoord:
        """Directions."""
        return SkyCoord(self.ra_values, self.dec_values, unit="deg", frame="icrs")

    @property
    def energy(self) -> u.Quantity:
        """Reconstructed energies."""
        return self.energy_values * ENERGY

    @property
    def time(self) -> Time:
        """Arrival times."""
        return self.time_reference + self.time_values * u.s

    @property
    def pointing(self) -> SkyCoord:
        """Where the telescopes pointed, by the header.

        Raises
        ------
        DataFormatError
            If the header has no RA_PNT and DEC_PNT.
        """
        return sky_position(self.meta, ("RA_PNT", "DEC_PNT"), self._source)

    @property
    def offset_values(self) -> np.ndarray:
        """Angle from the pointing, deg."""
        center = self.pointing
        return separation(self.ra_values, self.dec_values, center.ra.deg, center.dec.deg)

    @property
    def table(self) -> Table:
        """All columns, as a new table."""
        if isinstance(self._data, Table):
            return self._data.copy()
        columns = {name: np.asarray(self._data[name]) for name in self._names.values()}
        table = Table({name: _native(values) for name, values in columns.items()}, meta=self.meta)
        for name in columns:
            table[name].unit = _unit_of(self._data, name)
        return table

    def column(self, name: str) -> np.ndarray:
        """One column, as stored.

        Raises
        ------
        SelectionError
            If there is none of that name.
        """
        if name.upper() not in self._names:
            raise SelectionError(f"{self._source} has no column {name}; it has: {', '.join(self._names)}.")
        with reading(self._source):
            return _native(np.asarray(self._data[self._names[name.upper()]]))

    @property
    def column_names(self) -> list[str]:
        """Names of all columns."""
        return list(self._names.values())

    def phase(self, ephemeris: Ephemeris | None = None) -> np.ndarray:
        """Phases in turns, by an ephemeris, else by the column PHASE or PULSE_PHASE: see `phases`."""
        return phases(self, ephemeris)

    def select(
        self,
        energy: Any = None,
        time: Any = None,
        region: Any = None,
        offset: Any = None,
        where: str | None = None,
        phase: Any = None,
        ephemeris: Ephemeris | None = None,
    ) -> EventList:
        """The events that meet every condition given.

        Parameters
        ----------
        energy : pair of Quantity or str, optional
            Lower (included) and upper end; None for an open end.
        time : pair of Time or str, optional
            Lower (included) and upper end.
        region : SkyRegion or DS9 text, optional
            Events inside any of the regions.
        offset : pair of Quantity or str, optional
            Range of the angle from the pointing.
        where : str, optional
            A boolean expression over the columns, as in `where_mask`.
        phase : pair of float, or list of pairs, optional
            Lower (included) and upper end, in turns; ``(0.9, 0.1)`` goes on beyond 1.
        ephemeris : Ephemeris, optional
            What phases follow from; by default the column PHASE.

        Returns
        -------
        EventList
            May be empty.
        """
        keep = np.ones(len(self), dtype=bool)
        if energy is not None:
            keep &= _between(self.energy_values, *to_range(energy, ENERGY, "energy"))
        if time is not None:
            low, high = (
                item if item is None else float(seconds_from(to_time(item), self.time_reference)) for item in time
            )
            keep &= _between(self.time_values, -np.inf if low is None else low, np.inf if high is None else high)
        if offset is not None:
            keep &= _between(self.offset_values, *to_range(offset, ANGLE, "offset"))
        if region is not None:
            keep &= self.inside(region)
        if where is not None:
            keep &= where_mask(where, _Columns(self), len(self))
        if phase is not None:
            keep &= in_phase(self.phase(ephemeris), phase_intervals(phase))
        recipe = Recipe.of_call(self.select, locals(), name="events")
        return self.take(keep, recipe)

    def take(self, keep: np.ndarray, recipe: Recipe | None = None) -> EventList:
        """The events of a boolean mask or an index array."""
        return EventList(self._data[keep], self.meta, self.time_reference, self._source, recipe)

    def __getitem__(self, keep: Any) -> EventList:
        """The events of a boolean mask, a slice or an array of places.

        Raises
        ------
        SelectionError
            If it is something else, or does not fit.
        """
        if isinstance(keep, str):
            raise SelectionError(f"An EventList is no table: events.column({keep!r}), or events.table[{keep!r}].")
        places = np.arange(len(self))
        try:
            chosen = places[keep if isinstance(keep, slice) else np.asarray(keep)]
        except IndexError as error:
            raise SelectionError(f"These are not a mask or places of {len(self)} events: {error}.") from error
        if chosen.ndim != 1:
            raise SelectionError("One event is no list: give a slice, such as events[5:6], or a mask.")
        return self.take(chosen)

    def to_pandas(self) -> Any:
        """The columns as a pandas DataFrame; those with several values a row are left out.

        Raises
        ------
        MissingDependency
            Without pandas.
        """
        try:
            import pandas as pd  # noqa: F401  (astropy's error would not say how to get it)
        except ImportError:
            raise MissingDependency("pandas", "pandas", "EventList.to_pandas") from None
        table = self.table
        return table[[name for name in table.colnames if len(table[name].shape) == 1]].to_pandas()

    def inside(self, region: Any) -> np.ndarray:
        """The mask of events inside any of some regions, as these lie on the sphere: see `inside_test`.

        Parameters
        ----------
        region : SkyRegion or DS9 text
            One or several.
        """
        from gpnb.maps.inside import in_sky  # here: few events are cut by regions

        inside = np.zeros(len(self), dtype=bool)
        for item in to_regions(region):
            radii = _radii(item)
            inside |= self._between_radii(item.center.icrs, *radii) if radii else in_sky(self._vectors, item)
        return inside

    def _between_radii(self, center: SkyCoord, inner: float, outer: float) -> np.ndarray:
        near = np.flatnonzero(np.abs(self.dec_values - center.dec.deg) <= outer + 1e-6)  # spares sines and cosines
        away = separation(self.ra_values[near], self.dec_values[near], center.ra.deg, center.dec.deg)
        inside = np.zeros(len(self), dtype=bool)
        inside[near] = _between(away, inner, outer)
        return inside

    @cached_property
    def _vectors(self) -> np.ndarray:
        return to_vectors(self.ra_values, self.dec_values)

    def _values(self, name: str) -> np.ndarray:
        return self._checked(name) * self._factors[name]

    def _checked(self, name: str) -> np.ndarray:
        with reading(self._source):
            values = np.asarray(self._data[self._names[name]], dtype=float)
        if values.ndim != 1:
            raise DataFormatError(f"{self._source}, column {name}: {values.shape[1:]} numbers a row; expected is one.")
        bad = int(np.count_nonzero(~np.isfinite(values)))
        if bad:
            raise DataFormatError(
                f"{self._source}, column {name}: {bad} of {len(values)} values are not numbers; "
                f"drop those events with .select(where='{name} - {name} == 0')."  # so is no infinity, nor NaN
            )
        return values

    def __len__(self) -> int:
        return len(self._data)

    def __getstate__(self) -> dict[str, Any]:
        """Pickle the columns; what was derived from them is cheap to make again."""
        derived = {"ra_values", "dec_values", "energy_values", "time_values", "_vectors"}
        return {key: value for key, value in self.__dict__.items() if key not in derived} | {"_data": self.table}

    def __repr__(self) -> str:
        target = str(self.meta.get("OBJECT", "")).strip()
        return f"EventList({len(self)} events{', ' + target if target else ''})"


class _Columns(dict[str, Any]):
    """Columns by name, read when an expression asks for them."""

    def __init__(self, events: EventList):
        super().__init__(dict.fromkeys(events.column_names))
        self._events = events

    def __getitem__(self, name: str) -> np.ndarray:
        return self._events.column(name)


def _radii(region: Any) -> tuple[float, float] | None:
    """Inner and outer radius (deg) of a circle or a ring; None for other shapes."""
    if hasattr(region, "inner_radius"):
        return region.inner_radius.to_value("deg"), region.outer_radius.to_value("deg")
    return (0.0, region.radius.to_value("deg")) if hasattr(region, "radius") else None


def _between(values: np.ndarray, low: float, high: float) -> np.ndarray:
    return (values >= low) & (values < high)


def _column_names(data: Table | fits.FITS_rec) -> list[str]:
    return list(data.colnames if isinstance(data, Table) else data.names)


def _unit_of(data: Table | fits.FITS_rec, name: str) -> str | None:
    if isinstance(data, Table):
        return str(data[name].unit) if data[name].unit is not None else None
    unit = data.columns[name].unit
    return str(unit) if unit else None


def _native(values: np.ndarray) -> np.ndarray:
    """Native byte order; FITS is big-endian."""
    return values.astype(values.dtype.newbyteorder("=")) if values.dtype.byteorder == ">" else values
