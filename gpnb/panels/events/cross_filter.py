"""Cross-filtering: histograms of many events, each of the events that pass the filters of all the others.

Events are put into bins once; a filter that moves changes one bit an event, and each histogram is one
masked `numpy.bincount`.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np

from gpnb.core.errors import ArgumentError

_MOST = 8
"""Dimensions: a bit each."""


@dataclass(frozen=True, eq=False)
class Dimension:
    """In which bin of one histogram each event is.

    Parameters
    ----------
    index : ndarray of unsigned integers
        The flat bin of each event; the number of bins for an event outside of all.
    shape : tuple of int
        Of the histogram.
    """

    index: np.ndarray
    shape: tuple[int, ...]

    @classmethod
    def of_values(cls, values: np.ndarray, edges: np.ndarray) -> Dimension:
        """Bins between edges, as `numpy.histogram` has them: the last one holds its upper edge, too.

        Examples
        --------
        >>> Dimension.of_values(np.array([0.0, 1.0, 2.0, 2.5]), np.array([0.0, 1.0, 2.0])).index
        array([0, 1, 1, 2], dtype=uint16)
        """
        count = len(edges) - 1
        index = np.searchsorted(edges, values, side="right") - 1
        index[values == edges[-1]] = count - 1
        index[(index < 0) | (index >= count) | np.isnan(values)] = count
        return cls(index.astype(_smallest(count)), (count,))

    @classmethod
    def of_pixels(cls, x: np.ndarray, y: np.ndarray, shape: tuple[int, int]) -> Dimension:
        """Pixels of an image, whose centres are whole numbers; NaN is outside."""
        ny, nx = shape
        inside = (x >= -0.5) & (x < nx - 0.5) & (y >= -0.5) & (y < ny - 0.5)
        column, row = (np.floor(np.where(inside, place, 0) + 0.5).astype(np.int64) for place in (x, y))
        return cls(np.where(inside, row * nx + column, nx * ny).astype(_smallest(nx * ny)), shape)

    def count(self, keep: np.ndarray | None = None) -> np.ndarray:
        """The number of events in each bin, all or those of a mask."""
        size = int(np.prod(self.shape))
        index = self.index if keep is None else np.compress(keep, self.index)
        return np.bincount(index, minlength=size + 1)[:size].reshape(self.shape)


class CrossFilter:
    """Filters and histograms of one list of events.

    Parameters
    ----------
    size : int
        Number of events.
    names : iterable of str
        Names of the filters, eight at most.

    Examples
    --------
    >>> dimensions = {"x": Dimension.of_values(np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.5, 4.0]))}
    >>> both = CrossFilter(3, ("x", "y"))
    >>> both.keep("y", (">", 1), np.array([False, True, True]))
    >>> both.counts(dimensions)["x"]
    array([0, 2])
    """

    def __init__(self, size: int, names: tuple[str, ...]):
        if len(names) > _MOST:
            raise ArgumentError(f"{len(names)} filters were given; {_MOST} are possible.")
        self._failed = np.zeros(size, dtype=np.uint8)
        self._bits = {name: np.uint8(1 << place) for place, name in enumerate(names)}
        self._set: dict[str, Hashable] = dict.fromkeys(names)

    def is_set(self, name: str, value: Hashable) -> bool:
        """Whether this is what the filter is set to already."""
        return self._set[name] == value

    def keep(self, name: str, value: Hashable, mask: np.ndarray | None) -> None:
        """Set one filter: the events that pass it, None for all; `value` is what it is known by."""
        bit = self._bits[name]
        self._failed &= ~bit
        if mask is not None:
            self._failed |= np.logical_not(mask).view(np.uint8) * bit
        self._set[name] = value

    def passing(self, but: str = "") -> np.ndarray:
        """The mask of events that pass all filters, but for one of them."""
        others = self._failed & ~self._bits[but] if but in self._bits else self._failed
        return np.asarray(others == 0)

    def counts(self, dimensions: Mapping[str, Dimension]) -> dict[str, np.ndarray]:
        """The histogram of each dimension, of the events that pass the filters of all the others."""
        return {name: dimension.count(self.passing(but=name)) for name, dimension in dimensions.items()}

    @property
    def total(self) -> int:
        """How many events pass all filters."""
        return int(np.count_nonzero(self._failed == 0))


def _smallest(largest: int) -> type[np.unsignedinteger]:
    return np.uint16 if largest < 2**16 else np.uint32
