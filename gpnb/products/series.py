"""A series of another wavelength: values with errors and limits in bins or at moments of time, of any unit."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from astropy import units as u
from astropy.table import QTable, Table
from astropy.time import Time

from gpnb.core.errors import ArgumentError
from gpnb.core.faults import faults_told
from gpnb.core.frozen import unchanging
from gpnb.core.html_table import html_table
from gpnb.core.known_times import known_time, later
from gpnb.core.recipe import Recipe
from gpnb.core.units import time_text, time_words, to_time
from gpnb.products.light_curve import LightCurve

_J2000 = 51544.0

ARRAYS = ("value", "errn", "errp", "ul")


@unchanging
@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Series:
    """Values of one kind against time, of any wavelength; `read`, `from_table` and `of` make one from what there is.

    Parameters
    ----------
    time_min, time_max : Time, shape (n,)
        Ends of the bins; the same for moments.
    value, errn, errp : array, shape (n,)
        Values and the sizes of their errors down and up, in `unit`; NaN where not known.
    ul : array, shape (n,)
        Upper limits, in `unit`; NaN where there are none.
    is_ul : array of bool
        Where the limit is what should be shown.
    unit : unit
        Of the values.
    name : str
        What it is, such as ``"Swift-XRT"``.
    recipe : Recipe
        How it was made.

    Raises
    ------
    ArgumentError
        If the shapes do not fit.

    Examples
    --------
    >>> import gpnb
    >>> from astropy.table import Table
    >>> table = Table({"MJD": [60000.1, 60001.1], "Flux [mJy]": [1.5, 2.5], "Flux_err": [0.1, 0.2]})
    >>> series = gpnb.Series.from_table(table, scale="utc", name="radio")
    >>> series
    Series(radio: 2 values from 2023-02-25 02:24:00 UTC, mJy)
    >>> series.quantity
    <Quantity [1.5, 2.5] mJy>
    """

    time_min: Time
    time_max: Time
    value: np.ndarray
    errn: Any = np.nan
    errp: Any = np.nan
    ul: Any = np.nan
    is_ul: Any = False
    unit: Any = u.dimensionless_unscaled
    name: str = "series"
    recipe: Recipe = field(default_factory=lambda: Recipe.memory("series"))

    def __post_init__(self) -> None:
        count = len(self.time_min)
        for name, kind in {**dict.fromkeys(ARRAYS, float), "is_ul": bool}.items():
            array = np.asarray(getattr(self, name), dtype=kind)
            if array.shape not in ((), (count,)) or len(self.time_max) != count:
                raise ArgumentError(f"{name} must have one entry for each of {count} times, not {array.shape}.")
            object.__setattr__(self, name, np.broadcast_to(array, (count,)).copy())
        for name in ("time_min", "time_max"):
            object.__setattr__(self, name, known_time(getattr(self, name), self.name))
        object.__setattr__(self, "unit", u.Unit(self.unit))
        if ((self.time_max - self.time_min).to_value("s") < 0).any():
            raise ArgumentError(f"{self.name}: each bin of time must end after it begins.")

    @classmethod
    def of(cls, what: Any, name: str = "", **columns: Any) -> Series:
        """A series from whatever holds one.

        Parameters
        ----------
        what : Series, LightCurve, Table, TimeSeries, BinnedTimeSeries or path
            A light curve gives its first band: `LightCurve.series` gives another one.
        name : str
            What it is.
        **columns
            See `from_table`, for tables and files.

        Raises
        ------
        ArgumentError
            If it is something else.
        """
        if isinstance(what, Series):
            return what
        if isinstance(what, LightCurve):
            return of_curve(what, **columns)
        if isinstance(what, Table):
            return cls.from_table(what, name=name, **columns)
        if isinstance(what, str | os.PathLike):
            return cls.read(what, name=name, **columns)
        raise ArgumentError(
            f"{type(what).__name__} is no series: give a table, TimeSeries, LightCurve, gpnb.Series or a file."
        )

    @classmethod
    def from_table(
        cls,
        table: Table,
        time: Any = None,
        value: str | None = None,
        error: Any = None,
        is_ul: str | None = None,
        width: Any = None,
        unit: Any = None,
        scale: str | None = None,
        time_format: str | None = None,
        name: str = "",
        recipe: Recipe | None = None,
    ) -> Self:
        """A series from a table, a `TimeSeries` or a `BinnedTimeSeries`; what is not told is found by usual names.

        Parameters
        ----------
        table : Table
            One row a measurement.
        time : str or pair of str, optional
            Column of times, or of starts and stops of bins. Times may be `Time`, text (ISO), MJD, JD, or counted from
            the MJDREF of the header.
        value, error, is_ul : str, optional
            Columns; `error` may be a pair (down, up). Where `is_ul` is true the value is a limit, unless there is a
            column of limits, ``flux_ul`` for ``flux``.
        width : str or Quantity, optional
            Length of the bins whose middles `time` has: a column or one for all; none for moments.
        unit : unit or str, optional
            Unit of the result; values without a unit are taken to have it.
        scale : str, optional
            Scale of times that do not know theirs: ``"tt"``, ``"utc"``, ``"tdb"``, ``"tai"``. By default what the name
            of the column (``MJD_TDB``) or TIMESYS says, else UTC.
        time_format : str, optional
            ``"mjd"``, ``"jd"`` or another one of astropy, where it cannot be told.
        name : str
            What it is.

        Raises
        ------
        DataFormatError
            If there are no times or values in it, or a column is not there.

        Notes
        -----
        A table of a light curve of gamma rays, with column ``e_ref``, gives its first band.

        Times are taken as they are: those corrected to the barycentre differ by up to 8.3 minutes from those on Earth.
        """
        from gpnb.products.series_table import fields_of_series

        if value is None and "e_ref" in table.colnames:
            curve = of_curve(LightCurve.from_table(table))
            return replace(curve, name=name or curve.name, recipe=recipe or curve.recipe)  # type: ignore[return-value]
        chosen = {"time": time, "value": value, "error": error, "is_ul": is_ul, "width": width}
        made = fields_of_series(table, chosen, unit, scale, time_format)
        title = name or str(table.meta.get("name", "") or made.pop("name"))
        return cls(**{**made, "name": title}, recipe=recipe or Recipe.memory(title))

    @classmethod
    def read(cls, path: str | os.PathLike[str], name: str = "", **columns: Any) -> Self:
        """Read a file: ECSV, FITS (OGIP light curves as well), CSV or other text with a line of names.

        Parameters
        ----------
        path : path
            Its ending tells the format: .ecsv, .fits, .fit (.gz), .csv, .txt, .dat.
        name : str
            What it is; by default the name of the file.
        **columns
            See `from_table`.

        Raises
        ------
        DataFormatError
            If it cannot be read.
        """
        from gpnb.products.series_table import read_series_table

        given = {key: item for key, item in columns.items() if item is not None}
        title = name or Path(path).name.split(".")[0]
        made = Recipe.of("gpnb.Series.read()", path=str(path), **{key: _plain(item) for key, item in given.items()})
        kwargs = {**made.kwargs, **({"name": name} if name else {})}
        table = read_series_table(path)
        return cls.from_table(table, **given, name=title, recipe=Recipe(made.call, kwargs, name=title))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `to_text` wrote.

        Raises
        ------
        DataFormatError
            If it is something else.
        """
        with faults_told("This is not the text of a series: something is missing or wrong"):
            data = json.loads(text)
            reference, unit = to_time(data["reference"]), u.Unit(data["unit"], parse_strict="silent")
            elapsed = {end: _floats(data[end]) for end in ("time_min", "time_max")}
            ends = {end: later(reference, seconds, "The text of a series") for end, seconds in elapsed.items()}
            arrays = {name: _floats(data[name]) for name in ARRAYS if name in data}
            is_ul, name = np.array(data["is_ul"], dtype=bool) if "is_ul" in data else False, str(data["name"])
            recipe = Recipe.of("gpnb.Series.from_text()", name=name, text=text)
            return cls(**ends, **arrays, is_ul=is_ul, unit=unit, name=name, recipe=recipe)

    def to_text(self) -> str:
        """All of it as one line of JSON: times in seconds from a day of TT."""
        first = self.time_min.tt.mjd.min() if len(self) else _J2000
        reference = Time(np.floor(first), format="mjd", scale="tt")
        data: dict[str, Any] = {"name": self.name, "unit": self.unit.to_string(), "reference": time_text(reference)}
        data |= {end: (getattr(self, end) - reference).to_value("s").tolist() for end in ("time_min", "time_max")}
        for name in ARRAYS:
            values = getattr(self, name)
            if name == "value" or np.isfinite(values).any():
                data[name] = [float(item) if np.isfinite(item) else None for item in values]
        if self.is_ul.any():
            data["is_ul"] = self.is_ul.tolist()
        return json.dumps(data, ensure_ascii=False)

    def join(self, other: Any, how: str = "nearest", within: Any = "0 s", **columns: Any) -> QTable:
        """Pairs of measurements of this series and another one; see `LightCurve.join`."""
        from gpnb.products.join import joined

        return joined(self, Series.of(other, **columns), how, within)

    def dcf(self, other: Any, lags: Any, **columns: Any) -> QTable:
        """The discrete correlation function with another series; see `gpnb.stats.dcf`.

        Parameters
        ----------
        other : Series or what `of` takes
        lags : Quantity or list of str
            Edges of bins of lag, rising; positive where `other` follows.
        **columns
            See `from_table`.

        Returns
        -------
        QTable
            One row a bin of lag: ``lag_min lag_max dcf dcf_err pairs``. Upper limits without a value are left out.
        """
        from gpnb.products.join import dcf_table

        return dcf_table(self, Series.of(other, **columns), lags)

    @property
    def table(self) -> QTable:
        """One row a measurement; `from_table` reads it back."""
        columns = {"flux": self.value, "flux_errn": self.errn, "flux_errp": self.errp, "flux_ul": self.ul}
        made = {name: self.with_unit(values) for name, values in columns.items()}
        times = {"time_min": self.time_min, "time_max": self.time_max}
        return QTable({**times, **made, "is_ul": self.is_ul}, meta={"name": self.name})

    def with_unit(self, values: np.ndarray) -> Any:
        """Numbers with the unit of this series, if it has one."""
        return values if self.unit == u.dimensionless_unscaled else values * self.unit

    @property
    def quantity(self) -> Any:
        """The values with their unit."""
        return self.with_unit(self.value)

    @property
    def err(self) -> np.ndarray:
        """Mean of the errors down and up."""
        return np.asarray(0.5 * (self.errn + self.errp))

    @property
    def time(self) -> Time:
        """Middles of the bins."""
        return self.time_min + 0.5 * (self.time_max - self.time_min)

    def __len__(self) -> int:
        return len(self.time_min)

    def __repr__(self) -> str:
        first = f" from {time_words(self.time_min.min())}" if len(self) else ""
        unit = self.unit.to_string() or "no unit"
        return f"Series({self.name}: {len(self)} value{'s' * (len(self) != 1)}{first}, {unit})"

    def _repr_html_(self) -> str:
        return html_table(self.table)


def of_curve(curve: LightCurve, band: int = 0) -> Series:
    """One band of a light curve as a series: see `LightCurve.series`."""
    bands = len(curve.e_ref)
    if not -bands <= band < bands:
        raise ArgumentError(f"band={band} is not there: the light curve has {bands}.")
    kind = curve.sed_type
    sides = {"value": "", "errn": "_errn", "errp": "_errp", "ul": "_ul"}
    columns = {name: curve.column(f"{kind}{side}")[:, band] for name, side in sides.items()}
    low, high = curve.e_min[band], curve.e_max[band]
    return Series(
        **columns,
        time_min=curve.time_min,
        time_max=curve.time_max,
        is_ul=curve.is_ul[:, band],
        unit=curve.quantity(kind).unit,
        name=" ".join(filter(None, [curve.name, f"{low:.3g}–{high:.3g} TeV"])),
        recipe=Recipe.of(".series()", on=curve, name="series", band=band),
    )


def _plain(value: Any) -> Any:
    return value.to_string() if isinstance(value, u.UnitBase) else value


def _floats(values: Any) -> np.ndarray:
    return np.array(values, dtype=float)
