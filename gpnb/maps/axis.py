"""The axes of a map besides the sky: energy, time, labels, or any quantity in bins."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from astropy import units as u
from astropy.time import Time

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.core.units import to_float, to_quantity, to_time
from gpnb.maps.bins import SCALES, TOLERANCE, bins_for, check_rising, edges_between, frozen, middle, refined

_HOUSE = (u.TeV, u.deg, u.s, u.cm**2)
"""The units in which values are kept; what converts to none of them stays in its own."""


@unchanging
@dataclass(frozen=True, eq=False)
class Axis:
    """A frozen sequence of bins ``[low, high)``, or of nodes, of one quantity.

    Made by `energy`, `energy_edges`, `from_edges`, `from_nodes`, `time` and `labels`.

    Attributes
    ----------
    name : str
        Such as ``"energy"``, ``"energy_true"``, ``"time"``, ``"rad"``.
    kind : {"energy", "time", "label", "generic"}
        What the values are.
    unit : astropy unit
        The house unit of the float values: TeV, deg, s, cm2, or the unit given.
    interp : {"lin", "log", "sqrt"}
        The scale on which the quantity is even.
    low_values, high_values, center_values : ndarray, shape (n,)
        Bin edges and centres in `unit` (geometric mean for ``"log"``); read-only.
    is_node : bool
        Whether values are given at `center_values`; the edges then lie between the nodes.
    reference : Time or None
        Time axes: the values are seconds since then (TT).
    label_values : tuple of str
        Label axes: the labels; the float values are 0, 1, 2 … with edges half-way.
    recipe : Recipe
        How the axis was made.

    Examples
    --------
    >>> axis = Axis.energy("0.1 TeV", "40 TeV", per_decade=10)
    >>> axis
    <Axis energy: 27 bins, 0.1 to 40 TeV, log>
    >>> axis.index([0.05, 0.1, 39.9, 40.0])
    array([-1,  0, 26, -1])
    """

    name: str
    kind: str
    unit: u.UnitBase
    interp: str
    low_values: np.ndarray
    high_values: np.ndarray
    center_values: np.ndarray
    recipe: Recipe
    is_node: bool = False
    reference: Time | None = None
    label_values: tuple[str, ...] = ()

    @classmethod
    def energy(
        cls, low: Any, high: Any, per_decade: float | None = None, nbin: int | None = None, name: str = "energy"
    ) -> Axis:
        """Logarithmic energy bins; the bounds are kept and the number of bins is rounded up.

        Parameters
        ----------
        low, high : Quantity or str
            The bounds, such as ``"0.1 TeV"``.
        per_decade : float, optional
            Bins a decade, at least (10 if `nbin` is not given either).
        nbin : int, optional
            The number of bins, instead of `per_decade`.
        name : str
            The axis name: ``"energy"`` reconstructed, ``"energy_true"`` true energy.

        Raises
        ------
        ArgumentError
            If the bounds are not positive and rising, or both numbers are given.
        """
        low_tev, high_tev = to_float(low, u.TeV, "low"), to_float(high, u.TeV, "high")
        if not 0 < low_tev < high_tev < math.inf:
            raise ArgumentError(f"low={low!r} and high={high!r} must be positive, finite and rising.")
        if per_decade is not None and nbin is not None:
            raise ArgumentError("Give per_decade or nbin, not both.")
        count = nbin if nbin is not None else bins_for(low_tev, high_tev, 10 if per_decade is None else per_decade)
        if count < 1:
            raise ArgumentError(f"nbin={nbin!r} and per_decade={per_decade!r}: at least one bin is needed.")
        edges = np.geomspace(low_tev, high_tev, count + 1)
        recipe = _recipe("energy", name, "energy", low=low, high=high, per_decade=per_decade, nbin=nbin)
        return _from_edges(edges, name, u.TeV, "log", recipe)

    @classmethod
    def energy_edges(cls, edges: Any, name: str = "energy") -> Axis:
        """Energy bins between the given edges (a Quantity or a list of text)."""
        recipe = _recipe("energy_edges", name, "energy", edges=edges)
        return _from_edges(to_quantity(edges, u.TeV, "edges").value, name, u.TeV, "log", recipe)

    @classmethod
    def from_edges(cls, edges: Any, name: str, unit: u.UnitBase | str = "", interp: str = "lin") -> Axis:
        """Contiguous bins of any quantity.

        Parameters
        ----------
        edges : array-like or Quantity, shape (n + 1,)
            The bin edges, rising; bare numbers are in `unit`.
        name : str
            The axis name.
        unit : unit or str
            The unit of the edges; energies, angles, times and areas are kept in the house unit.
        interp : {"lin", "log", "sqrt"}
            The scale on which to interpolate and to find bin centres.

        Raises
        ------
        ArgumentError
            If the edges do not rise, are not finite, or do not fit `unit` or `interp`.
        """
        recipe = _recipe("from_edges", name, "", edges=_plain(edges), unit=str(unit), interp=interp)
        values, house = _in_house_unit(edges, unit, "edges")
        return _from_edges(values, name, house, interp, recipe)

    @classmethod
    def from_nodes(cls, centers: Any, name: str, unit: u.UnitBase | str = "", interp: str = "lin") -> Axis:
        """Nodes at which a quantity is given, shape (n,); see `from_edges` for the arguments."""
        recipe = _recipe("from_nodes", name, "", centers=_plain(centers), unit=str(unit), interp=interp)
        values, house = _in_house_unit(centers, unit, "centers")
        check_rising(values, 1, interp, f"centers of the axis {name!r}")
        edges = edges_between(values, interp)
        return Axis(name, _kind(house), house, interp, edges[:-1], edges[1:], frozen(values), recipe, is_node=True)

    @classmethod
    def time(cls, intervals_or_edges: Any, name: str = "time") -> Axis:
        """Time bins: edges, shape (n + 1,), or intervals, shape (n, 2), which may have gaps.

        Parameters
        ----------
        intervals_or_edges : Time, or (nested) sequence of Time or str
            The bins; values are kept in seconds from the first start (TT).
        name : str
            The axis name.

        Raises
        ------
        ArgumentError
            If the intervals are empty, overlap or do not rise.
        """
        start, stop = _starts_and_stops(intervals_or_edges)
        reference = start[0]
        low, high = (frozen((times - reference).to_value(u.s)) for times in (start, stop))
        if np.any(high <= low) or np.any(low[1:] < high[:-1] - TOLERANCE):
            raise ArgumentError("intervals_or_edges: time intervals must rise and not overlap.")
        recipe = _recipe(
            "time", name, "time", intervals_or_edges=[list(pair) for pair in zip(start, stop, strict=True)]
        )
        return Axis(name, "time", u.s, "lin", low, high, frozen((low + high) / 2), recipe, reference=reference)

    @classmethod
    def labels(cls, labels: Sequence[str], name: str = "label") -> Axis:
        """Named planes, such as event types; the labels must differ."""
        names = tuple(str(label) for label in labels)
        if isinstance(labels, str) or not names or len(set(names)) < len(names):
            raise ArgumentError(f"labels={labels!r} must be a sequence of different texts.")
        middle = np.arange(len(names), dtype=float)
        recipe = _recipe("labels", name, "label", labels=list(names))
        low, high = frozen(middle - 0.5), frozen(middle + 0.5)
        unit = u.dimensionless_unscaled
        return Axis(name, "label", unit, "lin", low, high, frozen(middle), recipe, label_values=names)

    @property
    def n(self) -> int:
        """The number of bins."""
        return len(self.low_values)

    @cached_property
    def is_contiguous(self) -> bool:
        """Whether each bin starts where the last one ends."""
        gaps = np.abs(self.low_values[1:] - self.high_values[:-1])
        return bool(np.all(gaps <= TOLERANCE * self.width_values[1:]))

    @cached_property
    def edge_values(self) -> np.ndarray:
        """The bin edges in `unit`, shape (n + 1,).

        Raises
        ------
        ArgumentError
            If there are gaps between the bins.
        """
        if not self.is_contiguous:
            raise ArgumentError(
                f"The axis {self.name!r} has gaps, so it has no common edges: use low_values and high_values."
            )
        return frozen(np.append(self.low_values, self.high_values[-1]))

    @property
    def width_values(self) -> np.ndarray:
        """The bin widths in `unit`, shape (n,)."""
        return np.asarray(self.high_values - self.low_values)

    @property
    def edges(self) -> u.Quantity:
        """`edge_values` with their unit."""
        return self.edge_values * self.unit

    @property
    def centers(self) -> u.Quantity:
        """`center_values` with their unit."""
        return self.center_values * self.unit

    @property
    def widths(self) -> u.Quantity:
        """`width_values` with their unit."""
        return self.width_values * self.unit

    def index(self, values: Any) -> np.ndarray:
        """The bin of each value; -1 outside the bins and for NaN.

        Parameters
        ----------
        values : array-like of float
            In `unit` (seconds from `reference` for time); for label axes, the labels.

        Returns
        -------
        ndarray of int
            The shape of `values`.
        """
        if self.kind == "label":
            return self._label_index(np.asarray(values))
        values = np.asarray(values, dtype=float)
        found = np.searchsorted(self.low_values, values, side="right") - 1
        # NaN is sorted behind all, and no comparison with it is true
        return np.where(values < self.high_values[found], found, -1)

    def coordinate(self, values: Any) -> np.ndarray:
        """The float index of values on the scale of the axis: 0 at the first centre, 1 at the second.

        Float method; between centres it is linear on the scale, outside it stops at the ends.
        """
        forward, _ = SCALES[self.interp]
        values = np.clip(np.asarray(values, dtype=float), self.center_values[0], self.center_values[-1])
        return np.asarray(np.interp(forward(values), forward(self.center_values), np.arange(self.n, dtype=float)))

    def squash(self) -> Axis:
        """One bin from the first low to the last high edge."""
        recipe = Recipe.of(".squash()", on=self)
        if self.kind == "label":
            return replace(Axis.labels([" + ".join(self.label_values)], self.name), recipe=recipe)
        low, high = self.low_values[:1], self.high_values[-1:]
        return replace(
            self,
            low_values=low,
            high_values=high,
            center_values=middle(low, high, self.interp),
            is_node=False,
            recipe=recipe,
        )

    @staticmethod
    def _instead(*_: str) -> str:
        """What to do instead of changing it."""
        return "make another one with Axis.energy(…) and the like, or .slice, .squash or .refine it"

    def slice(self, start: int, stop: int) -> Axis:
        """The bins from `start` up to, not including, `stop`."""
        if not 0 <= start < stop <= self.n:
            raise ArgumentError(f"start={start}, stop={stop}: the axis {self.name!r} has bins 0 to {self.n - 1}.")
        recipe = Recipe.of_call(self.slice, locals())
        if self.kind == "label":
            return replace(Axis.labels(self.label_values[start:stop], self.name), recipe=recipe)
        parts = {name: getattr(self, name)[start:stop] for name in ("low_values", "high_values", "center_values")}
        return replace(self, recipe=recipe, **parts)

    def refine(self, factor: int) -> Axis:
        """Each bin cut into `factor` bins that are even on the scale of the axis."""
        if factor < 1 or self.kind == "label":
            raise ArgumentError(f"factor={factor}: the axis {self.name!r} cannot be refined so.")
        fine = refined(self.edge_values, factor, self.interp)
        recipe = Recipe.of_call(self.refine, locals())
        return replace(
            _from_edges(fine, self.name, self.unit, self.interp, recipe), kind=self.kind, reference=self.reference
        )

    @property
    def _span(self) -> float:
        return float(self.high_values[-1] - self.low_values[0])

    def _label_index(self, values: np.ndarray) -> np.ndarray:
        lookup = {label: number for number, label in enumerate(self.label_values)}
        flat = [lookup.get(str(value), -1) for value in values.ravel()]
        return np.array(flat, dtype=np.intp).reshape(values.shape)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Axis):
            return NotImplemented
        same = (self.name, self.kind, self.unit, self.interp, self.n, self.is_node, self.label_values) == (
            *(other.name, other.kind, other.unit, other.interp, other.n, other.is_node, other.label_values),
        )
        return same and self._same_values(other)

    def __hash__(self) -> int:
        return hash((self.name, self.kind, self.unit, self.interp, self.n, self.is_node, self.label_values))

    def _same_values(self, other: Axis) -> bool:
        """Whether all bins are the same to a millionth of their width (1e-6 relative for all of them)."""
        shift = 0.0 if self.reference is None else (other.reference - self.reference).to_value(u.s)
        tolerance = TOLERANCE * min(self.width_values.min(), other.width_values.min())
        pairs = ((self.low_values, other.low_values), (self.high_values, other.high_values))
        return all(np.allclose(mine, theirs + shift, rtol=TOLERANCE, atol=tolerance) for mine, theirs in pairs)

    def __repr__(self) -> str:
        what = "nodes" if self.is_node else "bins"
        if self.kind == "label":
            return f"<Axis {self.name}: {', '.join(self.label_values)}>"
        if self.reference is not None:
            return f"<Axis {self.name}: {self.n} {what} from {self.reference.isot} TT, {self._span:.6g} s>"
        ends = self.center_values if self.is_node else np.append(self.low_values, self.high_values[-1])
        unit = f" {self.unit}" if str(self.unit) else ""
        return f"<Axis {self.name}: {self.n} {what}, {ends[0]:.6g} to {ends[-1]:.6g}{unit}, {self.interp}>"


def _recipe(method: str, name: str, usual: str, **kwargs: Any) -> Recipe:
    """The recipe of a constructor; the axis name is left out where it is the usual one."""
    made = Recipe.of(f"gpnb.Axis.{method}()", **kwargs)
    return replace(made, kwargs={**made.kwargs, **({} if name == usual else {"name": name})}, name="axis")


def _from_edges(edges: np.ndarray, name: str, unit: u.UnitBase, interp: str, recipe: Recipe) -> Axis:
    check_rising(edges, 2, interp, f"edges of the axis {name!r}")
    low, high = frozen(edges[:-1]), frozen(edges[1:])
    return Axis(name, _kind(unit), unit, interp, low, high, middle(low, high, interp), recipe)


def _kind(unit: u.UnitBase) -> str:
    return "energy" if unit == u.TeV else "generic"


def _in_house_unit(values: Any, unit: u.UnitBase | str, what: str) -> tuple[np.ndarray, u.UnitBase]:
    """Float values in the house unit of their quantity; bare numbers are in `unit`."""
    given = u.Unit(unit)
    bare = not isinstance(values, u.Quantity) and all(
        isinstance(value, float | int | np.number) for value in np.ravel(values)
    )
    quantity = np.asarray(values, dtype=float) * given if bare else to_quantity(values, given, what)
    house = next((unit for unit in _HOUSE if given.is_equivalent(unit)), given)
    return np.asarray(quantity.to_value(house), dtype=float), house


def _plain(values: Any) -> Any:
    """Small arrays as lists, so that a recipe can hold them."""
    small = isinstance(values, np.ndarray) and not isinstance(values, u.Quantity) and values.size <= 1000
    return values.tolist() if small else values


def _starts_and_stops(times: Any) -> tuple[Time, Time]:
    """Starts and stops in TT, from edges of shape (n + 1,) or intervals of shape (n, 2)."""
    if isinstance(times, Time) and times.ndim == 2 and times.shape[1] == 2:
        return times[:, 0].tt, times[:, 1].tt
    if isinstance(times, list | tuple) and times and all(_is_pair(item) for item in times):
        starts, stops = zip(*times, strict=True)
        return _joined(starts), _joined(stops)
    edges = _joined(times) if isinstance(times, list | tuple) and times else times
    if isinstance(edges, Time) and edges.ndim == 1 and len(edges) > 1:
        return edges[:-1].tt, edges[1:].tt
    raise ArgumentError(f"intervals_or_edges={times!r}: give times of shape (n + 1,) or (n, 2).")


def _is_pair(item: Any) -> bool:
    return (isinstance(item, list | tuple) or (isinstance(item, Time) and item.ndim == 1)) and len(item) == 2


def _joined(times: Any) -> Time:
    return Time([to_time(item, "intervals_or_edges").tt for item in times])
