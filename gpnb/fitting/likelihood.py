"""The one likelihood: −2 ln L of datasets under models, for a flat vector of free parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, FitError
from gpnb.fitting.block import Block, Dataset
from gpnb.fitting.given import as_fitted, as_models, usable_ones
from gpnb.fitting.joining import block_of
from gpnb.fitting.members import check_backgrounds
from gpnb.fitting.sources import Sources
from gpnb.fitting.vector import FreeParameters
from gpnb.models.collection import Models
from gpnb.models.member import Member
from gpnb.models.spectrum import SpectralModel

_AT_ONCE = 256
"""Vectors: more at a time gain nothing, and need memory."""

_ROUNDING = 1e-9
"""Part of a norm; where it may become less than that, it may vanish."""


@dataclass(frozen=True, eq=False)
class Point:
    """What is known of the likelihood at one vector.

    Parameters
    ----------
    theta : array, shape (k,)
        The vector.
    stat : float
        −2 ln L, priors included; infinity where it is not defined.
    gradient : array, shape (k,)
        Its slope, exact.
    fisher : array, shape (k, k)
        Second derivatives to step with, never negative: those that the data give on average, or that the blocks have
        instead.
    """

    theta: np.ndarray
    stat: float
    gradient: np.ndarray
    fisher: np.ndarray


class Likelihood:
    """−2 ln L of data under models, compiled once: links, units, priors, limits, and a block for each kind of data.

    It is the sum of what the blocks say, and of the priors. An entry of the vector is a parameter's value over `scale`.
    One instance serves one thread.

    Parameters
    ----------
    datasets : dataset, LightCurve, Datasets, or sequence of them
        The data, of any kinds that can be fitted; bins that are not usable are left out.
    models : SpectralModel, SkyModel, Models, or sequence of SkyModel
        Every source is seen in every dataset. Of one that varies in time, a dataset sees the mean over its good
        time; the free parameters of light curves are entries of the vector too.
    statistic : {"wstat", "cash", "cstat", "chi2"}, optional
        Of spectra; see `gpnb.fit`.
    joined : bool
        Add bins of neighbouring energies too where few OFF counts are expected: for the norm of one shape alone.

    Raises
    ------
    FitError
        If no bin is usable.
    ArgumentError
        If nothing is free, or data or models are of another kind.

    Examples
    --------
    >>> import gpnb
    >>> energy = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2)
    >>> true = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2, name="energy_true")
    >>> data = gpnb.SpectrumDataset(energy, true, [9, 1], [1e13, 1e13], np.eye(2), "1 h", background=[1, 1])
    >>> likelihood = Likelihood(data, gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2"))
    >>> likelihood.names
    ('source.index', 'source.amplitude')
    >>> round(likelihood.stat(likelihood.start), 4)
    -18.9302
    >>> likelihood.stat_many([likelihood.start, [2.5, 1]]).round(4)
    array([-18.9302, -19.2135])
    """

    @told
    def __init__(
        self,
        datasets: Any,
        models: SpectralModel | Member | Iterable[Member],
        statistic: str | None = None,
        joined: bool = False,
    ):
        self.models: Models = as_models(models)
        given = as_fitted(datasets)
        check_backgrounds(self.models, given)
        self.datasets = usable_ones(given)
        resolved = self.models.resolved()
        blocks = blocks_of(self.datasets, resolved, statistic)
        self.blocks = tuple(block.joined() for block in blocks) if joined else blocks
        self.parameters = FreeParameters(self.models, [part for block in self.blocks for part in block.parts])
        if not len(self.parameters):
            raise ArgumentError(f"No parameter of {', '.join(self.models.names)} is free: thaw what shall be fitted.")
        self._sources = Sources(resolved, self.parameters, self.blocks)
        self._whole: Sources | None = None
        self._last: Point | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Full names of the free parameters."""
        return self.parameters.names

    @property
    def scale(self) -> np.ndarray:
        """Value of each parameter, in its unit, per unit of the vector."""
        return np.asarray(self.parameters.scale)

    @property
    def bounds(self) -> np.ndarray:
        """Lowest and highest value of each entry; shape (k, 2)."""
        return np.asarray(self.parameters.bounds)

    @property
    def start(self) -> np.ndarray:
        """The vector of the models as they were given."""
        return np.asarray(self.parameters.start)

    @property
    def n_bins(self) -> int:
        """Number of usable bins."""
        return sum(block.n for block in self.blocks)

    @property
    def remarks(self) -> list[str]:
        """What whoever reads a result should know of how the data were taken."""
        return [words for block in self.blocks for words in block.remarks()]

    @property
    def statistics(self) -> tuple[str, ...]:
        """The statistics that add up."""
        return tuple(dict.fromkeys(name for block in self.blocks for name in block.statistics))

    def stat(self, theta: Any) -> float:
        """−2 ln L, priors included."""
        return self.at(theta).stat

    def value(self, theta: Any) -> float:
        """−2 ln L alone, for samplers: no derivatives are made."""
        theta = np.asarray(theta, dtype=float)
        with np.errstate(all="ignore"):
            total = float(self._sum(theta)) + self.parameters.prior(theta)[0]
        return total if np.isfinite(total) else np.inf

    def stat_many(self, thetas: Any) -> np.ndarray:
        """−2 ln L of many vectors, priors included: for samplers and scans, quicker than one by one.

        Parameters
        ----------
        thetas : array, shape (n, k)
            One vector a row.

        Returns
        -------
        array, shape (n,)
            Infinity where it is not defined.
        """
        thetas = np.asarray(thetas, dtype=float)
        if thetas.ndim != 2 or thetas.shape[1] != len(self.names):
            raise ArgumentError(f"thetas must have one row of {len(self.names)} a vector, not shape {thetas.shape}.")
        with np.errstate(all="ignore"):
            rows = [thetas[first : first + _AT_ONCE] for first in range(0, len(thetas), _AT_ONCE)]
            found = np.concatenate([np.zeros(0), *(np.broadcast_to(self._sum(part), len(part)) for part in rows)])
            if self.parameters.has_priors:
                found += [self.parameters.prior(theta)[0] for theta in thetas]
        return np.where(np.isfinite(found), found, np.inf)

    def _sum(self, thetas: np.ndarray) -> Any:
        """−2 ln L of the data, of one vector or of many."""
        views = self._sources.values(thetas)
        return sum(block.stat(sources) for block, sources in zip(self.blocks, views, strict=True))

    def gradient(self, theta: Any) -> np.ndarray:
        """Its exact slope with each entry of the vector."""
        return self.at(theta).gradient

    def fisher(self, theta: Any) -> np.ndarray:
        """Its second derivatives as the data give them on average; twice the inverse is a covariance."""
        return self.at(theta).fisher

    def stat_and_gradient(self, theta: Any) -> tuple[float, np.ndarray]:
        """Both at once."""
        point = self.at(theta)
        return point.stat, point.gradient

    def at(self, theta: Any) -> Point:
        """Statistic, slope and second derivatives to step with; the last vector is remembered."""
        theta = np.array(theta, dtype=float)
        if self._last is None or not np.array_equal(self._last.theta, theta):
            with np.errstate(all="ignore"):  # what is not finite is told, not warned of
                self._last = self._evaluate(theta)
        return self._last

    def _evaluate(self, theta: np.ndarray) -> Point:
        stat, gradient, fisher = self.parameters.prior(theta)
        for block, sources in zip(self.blocks, self._sources.at(theta), strict=True):
            share = block.at(sources, len(self.parameters))
            stat, gradient, fisher = stat + share.stat, gradient + share.gradient, fisher + share.fisher
        return Point(theta, stat if np.isfinite(stat) else np.inf, gradient, fisher)

    def slant(self, theta: Any) -> np.ndarray:
        """The slope that −2 ln L has on average where this vector is true; not zero where a statistic has a bias."""
        with np.errstate(all="ignore"):
            views = zip(self.blocks, self._sources.at(np.asarray(theta, dtype=float)), strict=True)
            found = [block.slant(sources, len(self.parameters)) for block, sources in views]
        return np.asarray(np.sum(found, axis=0))

    def bent(self, theta: Any, covariance: np.ndarray) -> np.ndarray:
        """What second derivatives lack of their mean over what the errors span, where they jump within it.

        Those of W do where there are ON and no OFF counts. It is zero elsewhere.
        """
        with np.errstate(all="ignore"):
            views = zip(self.blocks, self._sources.at(np.asarray(theta, dtype=float)), strict=True)
            found = [block.bent(sources, len(self.parameters), covariance) for block, sources in views]
        return np.asarray(np.sum(found, axis=0))

    def settle(self, theta: Any) -> bool:
        """Take what was held, such as responses at the place of a source, as it is at a vector; whether it changed."""
        views = self._sources.at(np.asarray(theta, dtype=float))
        changed = [block.settle(sources) for block, sources in zip(self.blocks, views, strict=True)]
        if any(changed):
            self._last = None
        return any(changed)

    @property
    def on_sky(self) -> np.ndarray:
        """True for the entries that move sources or change their shapes: they cost most."""
        numbers = [slots.numbers for slots in self.parameters.shape_slots]
        return np.isin(np.arange(len(self.names)), np.concatenate([np.zeros(0), *numbers]))

    def is_norm(self, theta: Any) -> np.ndarray:
        """True for the entries that a source's flux is proportional to, such as amplitudes."""
        theta = np.asarray(theta, dtype=float)
        with np.errstate(all="ignore"):
            # without flux, it is proportional to anything
            return self._sources.norms(np.where(theta == 0, 1.0, theta))

    def lowest(self, theta: Any) -> np.ndarray:
        """The least value of each norm, the others as they are, for which −2 ln L is defined; −inf for other entries.

        Without counts a bin has no likelihood of a signal that is more negative than its background.
        """
        theta = np.asarray(theta, dtype=float)
        with np.errstate(all="ignore"):
            views = zip(self.blocks, self._sources.at(theta), strict=True)
            room = np.min([block.room(sources, len(self.parameters)) for block, sources in views], axis=0)
        low = np.where(self.is_norm(theta), theta - room, -np.inf)
        return np.where(np.abs(low) < _ROUNDING * np.maximum(np.abs(theta), _ROUNDING), 0.0, low)

    def guess(self, theta: Any, moving: np.ndarray) -> np.ndarray:
        """A vector nearer to the data: one step of least squares to the logarithm of what was measured.

        Parameters
        ----------
        theta : array, shape (k,)
            From where, however far off.
        moving : array of int
            The entries that may change; limits are not looked at.
        """
        theta = np.array(theta, dtype=float)
        with np.errstate(all="ignore"):
            _, gradient, matrix = self.parameters.prior(theta)
            matrix, right = matrix / 2, -gradient / 2
            for block, sources in zip(self.blocks, self._sources.at(theta), strict=True):
                equations = block.log_equations(sources, len(self.parameters))
                matrix, right = matrix + equations[0], right + equations[1]
            step = np.zeros_like(theta)
            step[moving] = np.linalg.lstsq(matrix[np.ix_(moving, moving)], right[moving], rcond=1e-12)[0]
            norms = self.is_norm(theta) & (theta != 0)  # of those the logarithm moves
            factor = np.exp(step[norms] / theta[norms])
            theta[~norms] += step[~norms]
            theta[norms] *= factor
        return np.asarray(theta)

    def predict(self, theta: Any) -> list[np.ndarray]:
        """Signal counts in every bin of each dataset, usable or not; of flux points, the differential flux."""
        wholes = [block.whole for block in self.blocks]
        if self._whole is None:
            self._whole = Sources(self.models.resolved(), self.parameters, wholes)
        views = self._whole.values(np.asarray(theta, dtype=float))
        found: dict[int, np.ndarray] = {}
        for block, whole, sources in zip(self.blocks, wholes, views, strict=True):
            found |= zip(map(id, block.datasets), whole.predict(sources), strict=True)
        return [found[id(item)] for item in self.datasets]

    def asimov(self, theta: Any) -> list[Dataset]:
        """The data as they would be on average if a vector were true: the counts expected, whole or not.

        Raises
        ------
        ArgumentError
            If data are no counts, or fewer than none are expected.
        """
        theta = np.asarray(theta, dtype=float)
        background: dict[int, np.ndarray] = {}
        for block, sources in zip(self.blocks, self._sources.values(theta), strict=True):
            background |= zip(map(id, block.datasets), block.backgrounds(sources), strict=True)
        expected = [
            signal + background[id(item)] for item, signal in zip(self.datasets, self.predict(theta), strict=True)
        ]
        for item, counts in zip(self.datasets, expected, strict=True):
            if (counts[item.usable] < 0).any():
                raise ArgumentError(f"Fewer than no counts are expected in {item.name} at {self._words(theta)}.")
        pairs = zip(self.datasets, expected, strict=True)
        return [block_of(item).with_measured(item, np.maximum(counts, 0)) for item, counts in pairs]

    def models_at(self, theta: Any) -> Models:
        """The models with the values of a vector, links followed."""
        theta = np.asarray(theta, dtype=float)
        values = zip(self.names, (theta * self.scale).tolist(), strict=True)
        return self.models.replace(dict(values)).resolved()

    def theta(self, models: Models) -> np.ndarray:
        """The vector of other values of the same models."""
        parameters = models.parameters
        return np.asarray([parameters[name].value for name in self.names] / self.scale)

    def check_start(self) -> None:
        """Raise where a fit cannot start.

        Raises
        ------
        FitError
            If −2 ln L is not finite at the start; the sentence names the model.
        """
        point = self.at(self.start)
        if np.isfinite(point.stat) and np.isfinite(point.gradient).all():
            return
        reason = self.bad_flux(self.start)
        if not reason:
            words = self._bad_blocks(self.start)
            reason = f"−2 ln L is not finite at {self._words(self.start)}" + (f": {words}" if words else "")
        raise FitError(f"{reason}; start elsewhere, or limit the parameters.")

    def _bad_blocks(self, theta: np.ndarray) -> str:
        with np.errstate(all="ignore"):
            blocks = zip(self.blocks, self._sources.values(theta), strict=True)
            return "; ".join(words for block, sources in blocks if (words := block.bad(sources)))

    def bad_flux(self, theta: np.ndarray) -> str:
        """Which spectrum or light curve is not finite at a vector, and where; empty if all are."""
        with np.errstate(all="ignore"):
            words = self._sources.bad(theta)
        return f"{words} at {self._words(theta)}" if words else ""

    def _words(self, theta: np.ndarray) -> str:
        return ", ".join(f"{name}={value:.4g}" for name, value in zip(self.names, theta * self.scale, strict=True))


def blocks_of(datasets: Sequence[Dataset], models: Models, statistic: str | None) -> tuple[Block, ...]:
    """The blocks that datasets join, in the order in which they first come."""
    joined: dict[type[Block], list[Dataset]] = {}
    for item in datasets:
        joined.setdefault(block_of(item), []).append(item)
    return tuple(block for kind, items in joined.items() for block in kind.made_of(items, models, statistic))
