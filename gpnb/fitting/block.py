"""What a likelihood is a sum of: blocks of data, each with a statistic of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Protocol, Self

import numpy as np

from gpnb.core.errors import ArgumentError
from gpnb.core.recipe import Recipe
from gpnb.data.gti import GTI

_SAME = 1e-6
"""Part of a value by which a norm times its slope may miss it."""


class Dataset(Protocol):
    """What all data have in common."""

    @property
    def name(self) -> str:
        """For people."""

    @property
    def usable(self) -> np.ndarray:
        """True where a bin may be used."""

    @property
    def flags(self) -> np.ndarray:
        """Why the others may not."""

    @property
    def recipe(self) -> Recipe:
        """How they were made."""


class Bins(NamedTuple):
    """The energies in which a block wants the flux of a source.

    Parameters
    ----------
    low, high : array
        Ends of the bins, TeV. Of a bin without width the differential flux at its energy is meant.
    """

    low: np.ndarray
    high: np.ndarray


class Period(NamedTuple):
    """Good times during which a source that varies counts by its mean.

    Parameters
    ----------
    name : str
        Of the dataset.
    gti : GTI or None
        The intervals.
    apart : bool
        Every interval counts for itself, as those of a light curve, instead of all together.
    """

    name: str
    gti: GTI | None
    apart: bool = False


@dataclass(frozen=True, eq=False)
class Rows:
    """Numbers that follow from a vector, with their slopes.

    Parameters
    ----------
    values : array, shape (…, n)
        The numbers; leading axes are of many vectors, and there are no slopes then.
    slopes : array, shape (m, n)
        Their derivatives with those entries of the vector that move them.
    numbers : array of int, shape (m,)
        Which entries these are; one may come twice.
    """

    values: np.ndarray
    slopes: np.ndarray
    numbers: np.ndarray

    def spread(self, size: int) -> np.ndarray:
        """The values, and below them the derivatives with all `size` entries; shape (1 + size, n)."""
        found = np.zeros((1 + size, self.values.shape[-1]))
        found[0] = self.values
        for number, slope in zip(self.numbers.tolist(), self.slopes, strict=True):
            found[1 + number] += slope
        return found

    def norms(self, theta: np.ndarray) -> list[int]:
        """The entries that the values are proportional to."""
        return [
            int(number)
            for number, slope in zip(self.numbers, self.slopes, strict=True)
            if np.all(np.abs(theta[number] * slope - self.values) <= _SAME * np.abs(self.values))
        ]


@dataclass(frozen=True, eq=False)
class Source:
    """One member of the models at a vector, as a block sees it.

    Parameters
    ----------
    flux : Rows
        In the `Bins` that the block asked for; of a background, the factor there.
    mean : Rows or None
        Its mean factor in each of the block's periods (one for each interval of those that are apart); None if steady.
    shape : Rows or None
        Values of the parameters of its shape on the sky, with their slopes; None without a shape.
    """

    flux: Rows
    mean: Rows | None = None
    shape: Rows | None = None


class Share(NamedTuple):
    """What a block adds to −2 ln L.

    Parameters
    ----------
    stat : float
        Its value; not finite where it is not defined.
    gradient : array, shape (k,)
        Its exact slope with each entry of the vector.
    fisher : array, shape (k, k)
        Second derivatives to step with, never negative: the expected ones, or those that the block can afford (where
        most bins are empty, Σ n/μ² ∂μ ∂μ over the others).
    """

    stat: float
    gradient: np.ndarray
    fisher: np.ndarray


class Predictor(Protocol):
    """What asks for sources, and predicts data.

    Attributes
    ----------
    parts : tuple of str
        The parts of a source that it follows when a fit moves them: of ``spectral``, ``spatial``, ``temporal``.
    asks : tuple of Bins or None
        For each member of the models, where its flux is wanted; None for one that these data do not see.
    periods : tuple of Period
        Where the mean of a source that varies is wanted.
    """

    parts: ClassVar[tuple[str, ...]] = ("spectral", "temporal")
    asks: tuple[Bins | None, ...]
    periods: tuple[Period, ...]

    def predict(self, sources: Sequence[Source]) -> list[np.ndarray]:
        """What is expected of each dataset, from the sources that are seen, in their order."""


class Block(Predictor, Protocol):
    """Data that are compared with predictions together.

    Attributes
    ----------
    datasets : tuple of Dataset
        The data.
    statistics : tuple of str
        The names of what adds up.
    n : int
        Number of measurements: of usable bins.
    """

    datasets: tuple[Any, ...]
    statistics: tuple[str, ...]
    n: int

    @classmethod
    def made_of(cls, datasets: Sequence[Any], models: Sequence[Any], statistic: str | None) -> Sequence[Self]:
        """The blocks of datasets: one of all, or one of each.

        Parameters
        ----------
        datasets : sequence of datasets
            Each has at least one usable bin.
        models : sequence
            Sources and backgrounds; of those, linked parameters have their values.
        statistic : str or None
            The one that was asked for, where there is a choice.
        """

    @staticmethod
    def measured(dataset: Any) -> np.ndarray:
        """The numbers that models are compared with, to tell datasets apart."""

    @staticmethod
    def with_measured(dataset: Any, counts: np.ndarray) -> Any:  # noqa: ARG004  (no counts to replace)
        """A copy that counted something else.

        Raises
        ------
        ArgumentError
            If these data are no counts.
        """
        raise ArgumentError(f"{dataset.name} holds no counts, which this needs: give spectra or cubes.")

    def backgrounds(self, sources: Sequence[Source]) -> list[np.ndarray]:
        """Counts expected of the background in every bin of each dataset; zero where there is none."""
        return [np.zeros(item.usable.shape) for item in self.datasets]

    @property
    def whole(self) -> Predictor:
        """The same data with all bins, usable or not."""

    def at(self, sources: Sequence[Source], size: int) -> Share:
        """−2 ln L and its derivatives with the `size` entries of the vector."""

    def stat(self, sources: Sequence[Source]) -> np.ndarray:
        """−2 ln L alone, of one vector or of many: in the shape of the leading axes of the rows."""

    def slant(self, sources: Sequence[Source], size: int) -> np.ndarray:
        """The slope that is to be expected though the sources are true: zero, but for statistics with a bias."""
        return np.zeros(size)

    def room(self, sources: Sequence[Source], size: int) -> np.ndarray:
        """How far down each entry may go, alone and in a straight line, before the statistic is not defined."""
        return np.full(size, np.inf)

    def bent(self, sources: Sequence[Source], size: int, covariance: np.ndarray) -> np.ndarray:
        """What second derivatives lack of their mean over what the errors span, where they jump within it.

        Parameters
        ----------
        covariance : array, shape (size, size)
            The errors, in units of the vector.
        """
        return np.zeros((size, size))

    def joined(self) -> Self:
        """The same for the norm of one shape alone: neighbouring energies may be added where that helps."""
        return self

    def log_equations(self, sources: Sequence[Source], size: int) -> tuple[np.ndarray, np.ndarray]:
        """Normal equations of a fit by least squares to the logarithm of what was measured.

        In it power laws are straight lines, so that a start however far off comes near in one step. The matrix and
        the right-hand side add over the blocks; zero where nothing was measured bin by bin.
        """
        return np.zeros((size, size)), np.zeros(size)

    def settle(self, sources: Sequence[Source]) -> bool:
        """Take what was held during a fit, such as responses, as it is for these sources; whether it was another."""
        return False

    def remarks(self) -> list[str]:
        """What whoever reads the result should know of how the data were taken."""
        return []

    def bad(self, sources: Sequence[Source]) -> str:
        """Why −2 ln L is not finite though the sources are, in words; empty if it is."""
