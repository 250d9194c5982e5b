"""A catalogue of sources, by name, number or position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Table

from gpnb.catalogs.kinds import Kind
from gpnb.catalogs.rows import ROWS
from gpnb.catalogs.source import CatalogSource
from gpnb.core.binding import told
from gpnb.core.errors import SelectionError
from gpnb.core.html_table import html_table
from gpnb.core.near import meant
from gpnb.core.recipe import Recipe
from gpnb.core.units import ANGLE, to_float, to_skycoord
from gpnb.models.collection import Models

if TYPE_CHECKING:
    from regions import SkyRegion

_SUGGESTED = 5


class Catalog(Sequence[CatalogSource]):
    """Sources of one catalogue.

    Parameters
    ----------
    kind : Kind
        What its columns mean.
    table : Table
        One row a source.
    extras : mapping of Table
        The other tables of its file, by HDU name.
    recipe : Recipe
        How it was read or chosen.

    Examples
    --------
    >>> import gpnb
    >>> catalog = gpnb.read_catalog("3fhl")  # doctest: +SKIP
    >>> catalog["Crab Nebula"].model()  # doctest: +SKIP
    >>> runs_exclusion = catalog.cone("83.63d 22.01d", "3 deg").exclusion("0.3 deg")  # doctest: +SKIP
    """

    @told
    def __init__(self, kind: Kind, table: Table, extras: Mapping[str, Table], recipe: Recipe):
        self.name = kind.name
        self.recipe = recipe
        self._kind, self._table, self._extras = kind, table, extras

    @property
    def table(self) -> Table:
        """All that the catalogue says, one row a source; a copy."""
        return self._table.copy()

    @property
    def names(self) -> list[str]:
        """The names of the sources."""
        return [str(item).strip() for item in self._table[self._kind.label]]

    @cached_property
    def positions(self) -> SkyCoord:
        """Where the sources are, ICRS."""
        return self._kind.positions(self._table)

    @property
    def summary(self) -> Table:
        """A short table: name, place, and what matters most."""
        short = Table({"name": self.names, "ra": self.positions.ra.deg, "dec": self.positions.dec.deg})
        for name in ("ra", "dec"):
            short[name].unit, short[name].format = "deg", "%.3f"
        for name in self._kind.shown:
            if name in self._table.colnames:
                short[name] = self._table[name]
                if self._table[name].dtype.kind == "f":
                    short[name].format = "%.4g"
        return short

    def cone(self, center: Any, radius: Any) -> Catalog:
        """The sources within `radius` of a place, nearest first.

        Parameters
        ----------
        center : SkyCoord or str
            The place.
        radius : Quantity or str
            An angle.

        Returns
        -------
        Catalog
            It may be empty.
        """
        separation = self.positions.separation(to_skycoord(center)).deg
        rows = np.flatnonzero(separation <= to_float(radius, ANGLE, "radius"))
        recipe = Recipe.of_call(self.cone, locals(), name="sources", center=to_skycoord(center))
        return self._chosen(rows[np.argsort(separation[rows], kind="stable")], recipe)

    def nearest(self, position: Any) -> CatalogSource:
        """The source nearest to a place.

        Parameters
        ----------
        position : SkyCoord or str
            The place.

        Raises
        ------
        SelectionError
            If the catalogue is empty.
        """
        if not len(self):
            raise SelectionError(f"There is no source in {self!r}: take a wider cone.")
        found = int(np.argmin(self.positions.separation(to_skycoord(position, "position"))))
        return self._source(
            found, Recipe.of_call(self.nearest, locals(), name="source", position=to_skycoord(position))
        )

    def models(self) -> Models:
        """All sources as models.

        Raises
        ------
        SelectionError
            If one has no spectrum.
        """
        return Models([source.model() for source in self])

    def exclusion(self, radius: Any = "0.3 deg", margin: Any = "0 deg") -> list[SkyRegion]:
        """Circles about all sources, to keep them out of a background estimate.

        Parameters
        ----------
        radius : Quantity or str
            Radius for a point, and the least for all others.
        margin : Quantity or str
            Added to the extent of an extended source (its edge; for a Gaussian, 68 % containment).

        Returns
        -------
        list of regions.CircleSkyRegion
            What ``reduce_map(exclusion=…)`` takes.
        """
        from regions import CircleSkyRegion

        least, extra = to_float(radius, ANGLE, "radius"), to_float(margin, ANGLE, "margin")
        circles = []
        for source in self:
            extent = source.extent.value
            size = max(least, extent + extra) if extent else least
            circles.append(CircleSkyRegion(source.position, size * u.deg, meta={"text": source.name}))
        return circles

    @overload
    def __getitem__(self, key: int | str) -> CatalogSource: ...
    @overload
    def __getitem__(self, key: slice) -> Catalog: ...
    def __getitem__(self, key: int | str | slice) -> CatalogSource | Catalog:
        if isinstance(key, slice):
            text = ":".join("" if item is None else str(item) for item in (key.start, key.stop, key.step))
            rows = np.arange(len(self))[key]
            return self._chosen(rows, Recipe.of(f"[{text}]", on=self, name="sources"))
        row = self._row_of(key) if isinstance(key, str) else range(len(self))[key]
        return self._source(row, Recipe.of(f"[{key!r}]", on=self, name="source"))

    def __len__(self) -> int:
        return len(self._table)

    def __iter__(self) -> Iterator[CatalogSource]:
        return (self[row] for row in range(len(self)))

    def to_code(self) -> str:
        """Python that makes this catalogue again."""
        return self.recipe.to_code()

    def _chosen(self, rows: np.ndarray, recipe: Recipe) -> Catalog:
        return Catalog(self._kind, self._table[rows], self._extras, recipe)

    def _source(self, row: int, recipe: Recipe) -> CatalogSource:
        name = str(self._table[self._kind.label][row]).strip()
        return ROWS[self._kind.name](name, self.positions[row], self._table[row], self._extras, recipe)

    def _row_of(self, name: str) -> int:
        """The row of a name: the catalogue's own first, then others; case and blanks do not matter."""
        wanted = _plain(name)
        for known in (self._own_names, self._other_names):
            rows = known.get(wanted, [])
            if len(rows) > 1:
                found = ", ".join(self.names[row] for row in rows)
                raise SelectionError(
                    f"{name!r} is the name of several sources of {self.name}: {found}. Give one of these."
                )
            if rows:
                return rows[0]
        raise SelectionError(f"{self.name} has no source {name!r}.{self._like(wanted)}")

    def _like(self, wanted: str) -> str:
        """A sentence with names that hold the one asked for."""
        known = {**self._other_names, **self._own_names}
        rows = sorted({row for text, found in known.items() if wanted and wanted in text for row in found})
        if not rows:
            hint = meant(wanted, [*self.names, *self._other_names])
            start = f" {hint[0].upper()}{hint[1:]} Or use" if hint.endswith("?") else " Look at its .names, or use"
            return f"{start} .nearest(position) or .cone(position, radius)."
        return f" Did you mean: {', '.join(self.names[row] for row in rows[:_SUGGESTED])}?"

    @cached_property
    def _own_names(self) -> dict[str, list[int]]:
        return _index([name] for name in self.names)

    @cached_property
    def _other_names(self) -> dict[str, list[int]]:
        columns = [self._table[name] for name in self._kind.aliases if name in self._table.colnames]
        return _index([part for cell in cells for part in str(cell).split(",")] for cells in zip(*columns, strict=True))

    def __repr__(self) -> str:
        return f"Catalog({self.name}, {len(self)} source{'s' * (len(self) != 1)})"

    def _repr_html_(self) -> str:
        return f"<p><b>{escape(repr(self))}</b></p>{html_table(self.summary)}"


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def _index(names: Any) -> dict[str, list[int]]:
    """Rows by plain name."""
    rows: dict[str, list[int]] = {}
    for row, texts in enumerate(names):
        for text in {_plain(item) for item in texts} - {""}:
            rows.setdefault(text, []).append(row)
    return rows
