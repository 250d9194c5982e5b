"""The one likelihood: −2 ln L of datasets under models, for a flat vector of free parameters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpnb.core.errors import FitError
from gpnb.fitting.flux import BinFlux
from gpnb.fitting.fold import Fold, response
from gpnb.fitting.given import Fitted, as_fitted, as_models, usable_ones
from gpnb.fitting.parameters import FreeParameters, Slots
from gpnb.fitting.points import Data, as_data, true_bins
from gpnb.fitting.terms import Terms
from gpnb.fitting.variation import MeanFactor
from gpnb.models.collection import Models
from gpnb.models.sky import SkyModel
from gpnb.models.spectrum import SpectralModel
from gpnb.products.light_curve import LightCurve

_NEGATIVE = "the predicted counts are so negative that no background explains them"


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
        Its expected second derivatives.
    """

    theta: np.ndarray
    stat: float
    gradient: np.ndarray
    fisher: np.ndarray


class Likelihood:
    """−2 ln L of spectra, flux points and light curves, compiled once: links, units, priors, limits, folded responses.

    An entry of the vector is a parameter's value over `scale`. One instance serves one thread.

    Parameters
    ----------
    datasets : SpectrumDataset, FluxPointsDataset or LightCurve, Datasets, or sequence of them
        The data; bins that are not usable are left out.
    models : SpectralModel, SkyModel, Models, or sequence of SkyModel
        Every source is seen in every dataset. Of one that varies in time, a dataset sees the mean over its good
        time; the free parameters of light curves are entries of the vector too.
    statistic : {"wstat", "cash", "cstat", "chi2"}, optional
        By default ``wstat`` where the background is measured, else ``cash``.

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
    """

    def __init__(
        self,
        datasets: Fitted | LightCurve | Iterable[Fitted | LightCurve],
        models: SpectralModel | SkyModel | Iterable[SkyModel],
        statistic: str | None = None,
    ):
        self.models: Models = as_models(models)
        self.datasets = usable_ones(as_fitted(datasets))
        self._data = as_data(self.datasets)
        self.parameters = FreeParameters(self.models)
        self._fold = Fold(self._data)
        self._terms = Terms(self._data, self._fold.places, statistic)
        self._fluxes = [BinFlux(item.spectral, self._fold.low, self._fold.high) for item in self.models]
        self._factors = self._mean_factors(self.datasets, self._fold.places, [item.usable for item in self.datasets])
        self._whole: list[tuple[list[MeanFactor | None], np.ndarray, list[BinFlux]]] | None = None
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
        return self._fold.n

    @property
    def statistics(self) -> tuple[str, ...]:
        """The statistics that add up."""
        return self._terms.kinds

    def stat(self, theta: Any) -> float:
        """−2 ln L, priors included."""
        return self.at(theta).stat

    def value(self, theta: Any) -> float:
        """−2 ln L alone, for samplers: no derivatives are made."""
        theta = np.asarray(theta, dtype=float)
        pairs = zip(self.parameters.slots, self._fluxes, strict=True)
        with np.errstate(all="ignore"):
            signal = self._sum([flux.value(slots.values(theta)) for slots, flux in pairs], theta)
            total = float(self._terms(signal)[0].sum()) + self.parameters.prior(theta)[0]
        return total if np.isfinite(total) else np.inf

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
        """Statistic, slope and expected second derivatives; the last vector is remembered."""
        theta = np.array(theta, dtype=float)
        if self._last is None or not np.array_equal(self._last.theta, theta):
            with np.errstate(all="ignore"):  # what is not finite is told, not warned of
                self._last = self._evaluate(theta)
        return self._last

    def _evaluate(self, theta: np.ndarray) -> Point:
        counts = self._sum(self._fluxes_and_slopes(theta), theta)
        signal, slopes = counts[0], counts[1:]
        stat, slope, weight = self._terms(signal)
        prior, prior_gradient, prior_fisher = self.parameters.prior(theta)
        total = float(stat.sum()) + prior
        if not np.isfinite(total):
            total = np.inf
        fisher = (slopes * weight) @ slopes.T + prior_fisher
        return Point(theta, total, slopes @ slope + prior_gradient, fisher)

    def _sum(self, fluxes: Sequence[np.ndarray], theta: np.ndarray) -> np.ndarray:
        """Counts of all sources; those that vary have their own mean in each dataset."""
        steady = [flux for flux, factor in zip(fluxes, self._factors, strict=True) if factor is None]
        parts = [self._fold.counts(np.sum(steady, axis=0))] if steady else []
        for flux, factor, slots in zip(fluxes, self._factors, self.parameters.time_slots, strict=True):
            if factor is not None:
                parts.append(_varied(self._fold.counts(flux), factor, slots, theta))
        return np.asarray(np.sum(parts, axis=0))

    def _fluxes_and_slopes(self, theta: np.ndarray) -> list[np.ndarray]:
        """Flux of each source in the bins of the fold, and below it its derivatives with the vector."""
        return [
            slots.spread(flux.both(slots.values(theta), slots.places), len(self.parameters))
            for slots, flux in zip(self.parameters.slots, self._fluxes, strict=True)
        ]

    def is_norm(self, theta: Any) -> np.ndarray:
        """True for the entries that a source's flux is proportional to, such as amplitudes."""
        theta, found = np.asarray(theta, dtype=float), np.zeros(len(self.parameters), dtype=bool)
        slots, parts = [*self.parameters.slots, *self.parameters.time_slots], [*self._fluxes, *self._factors]
        for own, part in zip(slots, parts, strict=True):
            if part is not None:
                found[own.norms(part.both(own.values(theta), own.places), theta)] = True
        return found

    def predict(self, theta: Any) -> list[np.ndarray]:
        """Signal counts in every bin of each dataset, usable or not; of flux points, the differential flux."""
        theta = np.asarray(theta, dtype=float)
        if self._whole is None:
            self._whole = [
                (self._mean_factors([item], *_all_bins(item)), response(data), self._bin_fluxes(data))
                for item, data in zip(self.datasets, self._data, strict=True)
            ]
        slots = list(zip(self.parameters.slots, self.parameters.time_slots, strict=True))
        found = []
        for factors, matrix, fluxes in self._whole:
            counts = [flux.value(own.values(theta)) @ matrix for flux, (own, _) in zip(fluxes, slots, strict=True)]
            means = [
                1.0 if item is None else item.value(own.values(theta))
                for item, (_, own) in zip(factors, slots, strict=True)
            ]
            found.append(np.sum([mean * item for mean, item in zip(means, counts, strict=True)], axis=0))
        return found

    def _bin_fluxes(self, dataset: Data) -> list[BinFlux]:
        return [BinFlux(item.spectral, *true_bins(dataset)) for item in self.models]

    def _mean_factors(
        self, datasets: Sequence[Fitted], places: Sequence[slice], kept: Sequence[np.ndarray]
    ) -> list[MeanFactor | None]:
        models = self.models.resolved()
        return [None if item.temporal is None else MeanFactor(item, datasets, places, kept) for item in models]

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
        if np.isfinite(self.stat(self.start)) and np.isfinite(self.gradient(self.start)).all():
            return
        reason = self.bad_flux(self.start) or f"−2 ln L is not finite at {self._words(self.start)}: {_NEGATIVE}"
        raise FitError(f"{reason}; start elsewhere, or limit the parameters.")

    def bad_flux(self, theta: np.ndarray) -> str:
        """Which spectrum or light curve is not finite at a vector, and where; empty if all are."""
        with np.errstate(all="ignore"):
            for model, slots, flux in zip(self.models, self.parameters.slots, self._fluxes, strict=True):
                rows = flux.both(slots.values(theta), slots.places)
                bad = ~np.isfinite(rows).all(axis=0)
                if bad.any():
                    low, high = self._fold.low[bad].min(), self._fold.high[bad].max()
                    return (
                        f"The spectrum of {model.name} ({type(model.spectral).__name__}) gives no finite flux "
                        f"between {low:.3g} and {high:.3g} TeV at {self._words(theta)}"
                    )
            for model, slots, factor in zip(self.models, self.parameters.time_slots, self._factors, strict=True):
                if factor and not np.isfinite(factor.both(slots.values(theta), slots.places)).all():
                    kind = type(model.temporal).__name__
                    return f"The light curve of {model.name} ({kind}) has no finite mean at {self._words(theta)}"
        return ""

    def _words(self, theta: np.ndarray) -> str:
        return ", ".join(f"{name}={value:.4g}" for name, value in zip(self.names, theta * self.scale, strict=True))


def _all_bins(dataset: Fitted) -> tuple[list[slice], list[np.ndarray]]:
    return [slice(0, dataset.usable.size)], [np.ones(dataset.usable.size, dtype=bool)]


def _varied(counts: np.ndarray, factor: MeanFactor, slots: Slots, theta: np.ndarray) -> np.ndarray:
    """Counts, with their slopes below if there are any, times the mean factor of each bin."""
    values = slots.values(theta)
    if counts.ndim == 1 or not slots.places.size:
        return np.asarray(factor.value(values) * counts)
    means = slots.spread(factor.both(values, slots.places), len(theta))
    found = means[0] * counts
    found[1:] += means[1:] * counts[0]
    return np.asarray(found)
