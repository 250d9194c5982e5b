"""What a fit found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from astropy import units as u
from astropy.table import QTable, Table

from gpnb.core.display import Displayed
from gpnb.core.errors import ArgumentError, FitError, SelectionError
from gpnb.core.frozen import unchanging
from gpnb.core.hooks import module_for
from gpnb.core.progress import CancelToken, Report
from gpnb.core.recipe import Recipe
from gpnb.datasets.map import MapDataset
from gpnb.fitting.bias import bias_words
from gpnb.fitting.block import Dataset
from gpnb.fitting.comparison import Comparison, compare, compare_given
from gpnb.fitting.confidence import ONE_SIGMA, Interval, confidence
from gpnb.fitting.contour import contour
from gpnb.fitting.likelihood import Likelihood
from gpnb.fitting.limits import Limits, UpperLimit, flux_limit, norm_of, upper_limit
from gpnb.fitting.profile import profile
from gpnb.fitting.sampling import Samples, sample
from gpnb.fitting.source_ts import without
from gpnb.models.collection import Models
from gpnb.models.parameter import digits
from gpnb.models.sky import SkyModel


@unchanging
@dataclass(frozen=True, eq=False, repr=False)
class FitResult(Displayed):
    """Fitted copies of the models, with errors and what may be wrong with them.

    Made by `fit`.

    Parameters
    ----------
    models : Models
        With fitted values and errors.
    names : tuple of str
        Full names of the free parameters.
    covariance : array, shape (k, k)
        Of the free parameters, in their units; NaN where there is none.
    stat : float
        −2 ln L at the minimum, priors included.
    success : bool
        Whether the minimiser converged and every free parameter has an error: none lies at its limit, no direction is
        flat.
    faults : tuple of str
        What is wrong, if there is no success.
    n_evaluations : int
        Of the likelihood, those for the covariance included.
    dof : int
        Usable bins (and Gaussian priors) less free parameters.
    statistic : str
        Which one.
    backend : str
        What minimised.
    datasets : tuple of datasets
        What was fitted.
    recipe : Recipe
        How it was made.
    """

    panel: ClassVar[str] = "fit"

    models: Models
    names: tuple[str, ...]
    covariance: np.ndarray
    stat: float
    success: bool
    faults: tuple[str, ...]
    n_evaluations: int
    dof: int
    statistic: str
    backend: str
    datasets: tuple[Dataset, ...]
    recipe: Recipe

    @cached_property
    def message(self) -> str:
        """``"converged"``, or what is wrong; and what else deserves attention, such as a background that was held."""
        likelihood = self.likelihood()
        matrix = self.covariance / np.outer(likelihood.scale, likelihood.scale)
        bin_by_bin = self.recipe.kwargs.get("statistic") == "wstat"
        doubts = [*bias_words(likelihood, likelihood.start, matrix, bin_by_bin), *likelihood.remarks]
        return "; ".join([*(self.faults or ("converged",)), *doubts])

    @cached_property
    def values(self) -> np.ndarray:
        """Values of the free parameters, in their units."""
        parameters = self.models.parameters
        return np.array([parameters[name].value for name in self.names])

    @cached_property
    def errors(self) -> np.ndarray:
        """Their standard deviations."""
        with np.errstate(invalid="ignore"):
            return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def correlation(self) -> np.ndarray:
        """Correlation coefficients of the free parameters."""
        return np.asarray(self.covariance / np.outer(self.errors, self.errors))

    @property
    def parameters(self) -> Table:
        """One row a parameter: model name value unit error min max frozen link."""
        return self.models.table

    @property
    def aic(self) -> float:
        """Akaike's information criterion, −2 ln L + 2k (Akaike 1974, IEEE Trans. Autom. Control 19, 716)."""
        return self.stat + 2 * len(self.names)

    def cube(self, name: str | None = None, radius: Any = "0.1 deg") -> Any:
        """A cube with what was fitted to it, as maps: counts, excess, significance, prediction, residuals.

        Parameters
        ----------
        name : str, optional
            Of the cube; by default the first one that was fitted.
        radius : Quantity or str
            Of the circles around each pixel for significance and residuals.

        Returns
        -------
        FittedCube
            Shows itself as a sky; see `gpnb.FittedCube`.

        Raises
        ------
        SelectionError
            If there is no such cube.

        Examples
        --------
        >>> import gpnb
        >>> result = gpnb.fit(cube, models)  # doctest: +SKIP
        >>> result.cube().residuals  # doctest: +SKIP
        """
        items: tuple[Any, ...] = self.datasets
        cubes = {item.name: item for item in items if isinstance(item, MapDataset)}
        wanted = next(iter(cubes), "") if name is None else name
        if wanted not in cubes:
            known = f"fitted were {', '.join(cubes)}" if cubes else "no cube was fitted"
            raise SelectionError(f"There is no cube{f' {name!r}' if name else ''}: {known}.")
        recipe = Recipe.of_call(self.cube, locals(), name="fitted")
        return module_for("estimate.cube").FittedCube(self, cubes[wanted], radius, recipe)

    @cached_property
    def _face(self) -> Displayed:
        """Itself beside spectra, points and light curves; of cubes alone, the first one with what was fitted to it."""
        items: tuple[Any, ...] = self.datasets
        face: Displayed = self.cube() if all(isinstance(item, MapDataset) for item in items) else self
        return face

    def likelihood(self) -> Likelihood:
        """A likelihood of its own for each caller, that starts at the minimum."""
        return Likelihood(self.datasets, self.models, self.recipe.kwargs.get("statistic"))

    def number(self, name: str) -> int:
        """Place of a free parameter, by its full name or a short one that is unique.

        Raises
        ------
        ArgumentError
            If it is not free, or several have that name.
        """
        found = [place for place, full in enumerate(self.names) if name in (full, full.partition(".")[2])]
        if len(found) != 1:
            reason = "is free in several models" if found else "is not a free parameter"
            raise ArgumentError(f"{name!r} {reason}; free are: {', '.join(self.names)}.")
        return found[0]

    def confidence(self, name: str, cl: float = ONE_SIGMA, cancel: CancelToken | None = None) -> Interval:
        """Confidence interval from the profile likelihood: the other parameters are fitted anew at each value.

        Parameters
        ----------
        name : str
            Of a free parameter.
        cl : float
            Confidence level; one standard deviation (0.6827) by default.
        cancel : CancelToken, optional
            Asks to stop, before the next evaluation.

        Returns
        -------
        Interval
            ``value``, ``low``, ``high`` in the parameter's unit, and ``errn``, ``errp``.

        Raises
        ------
        Cancelled
            When the token was cancelled.
        """
        return confidence(self, self.number(name), cl, cancel)

    def upper_limit(self, name: str, cl: float = 0.95, sided: int = 1, limits: str = "bounded") -> UpperLimit:
        """Upper limit of a parameter, whether its source is detected or not.

        For a norm, such as an amplitude, the shape of the source is held as it was fitted, as for flux points: where
        there is hardly a signal, nothing is known of it. Other sources are fitted anew, as are all other parameters
        for the limit of one that is no norm.

        Parameters
        ----------
        name : str
            Of a free parameter.
        cl : float
            Confidence.
        sided : {1, 2}
            One-sided, or upper end of a two-sided interval.
        limits : {"bounded", "unbounded", "bayesian"}
            How −2 ln L limits a norm; see `gpnb.flux_points`.

        Returns
        -------
        UpperLimit
            A Quantity with ``cl``, ``sided`` and ``limits``.
        """
        return upper_limit(self, self.number(name), Limits(cl, sided, limits))

    def flux_limit(
        self,
        low: Any,
        high: Any = None,
        cl: float = 0.95,
        sided: int = 1,
        limits: str = "bounded",
        model: str | None = None,
    ) -> UpperLimit:
        """Upper limit of the integral flux between two energies, or above one, for the shape that was fitted.

        It uses all data of the fit, as does a flux point of one bin.

        Parameters
        ----------
        low, high : Quantity or str
            The energies.
        cl, sided, limits
            See `upper_limit`.
        model : str, optional
            Name of the source, if there are several.

        Raises
        ------
        ArgumentError
            If no free parameter is a norm of the source.
        """
        source = self._source(model).name
        return flux_limit(self, source, self._norm(source), low, high, Limits(cl, sided, limits))

    @property
    def ts(self) -> float:
        """Test statistic of the source against none: how much higher −2 ln L is without it, the rest fitted anew.

        What it means, and that of each of several sources, `gpnb.source_ts` tells. It is 0 where the norm lies at its
        limit 0.

        Raises
        ------
        ArgumentError
            If there are several sources, or none of its free parameters is a norm.
        """
        sources = self.models.sources
        if len(sources) != 1:
            raise ArgumentError(
                f"There are several models ({', '.join(self.models.names)}): gpnb.source_ts(result) has a row for each "
                "source."
            )
        return without(self, sources[0].name).ts

    def _norm(self, source: str) -> int:
        number = norm_of(self, source)
        if number is None:
            raise ArgumentError(f"No free parameter of {source} is its norm: thaw its amplitude, and fit again.")
        return number

    def profile(
        self, name: str, values: Any = None, n: int = 21, sigmas: float = 3.0, cancel: CancelToken | None = None
    ) -> QTable:
        """Profile of −2 ln L along a parameter.

        Parameters
        ----------
        name : str
            Of a free parameter.
        values : Quantity or array, optional
            Where, bare numbers in the parameter's unit; by default `n` values over ± `sigmas` errors, within limits.
        n : int
            How many.
        sigmas : float
            How far.
        cancel : CancelToken, optional
            Asks to stop, before the next evaluation.

        Returns
        -------
        QTable
            Columns value, stat, delta (above the minimum), and one for each other free parameter.

        Raises
        ------
        Cancelled
            When the token was cancelled.
        """
        return profile(self, self.number(name), values, n, sigmas, cancel)

    def contour(self, x: str, y: str, cl: float = ONE_SIGMA, n: int = 40, cancel: CancelToken | None = None) -> QTable:
        """Confidence contour of two parameters, the others fitted anew at each point.

        Parameters
        ----------
        x, y : str
            Free parameters.
        cl : float
            Joint confidence level (−2 ln L rises by 2.30 for 0.6827).
        n : int
            Number of points, in order round the minimum.
        cancel : CancelToken, optional
            Asks to stop, before the next evaluation.

        Returns
        -------
        QTable
            Columns with the names of the two.

        Raises
        ------
        Cancelled
            When the token was cancelled.
        """
        return contour(self, self.number(x), self.number(y), cl, n, cancel)

    def sample(
        self,
        backend: str = "emcee",
        steps: int = 1000,
        burn: int = 200,
        walkers: int | None = None,
        seed: int = 0,
        progress: bool | Report | None = None,
        cancel: CancelToken | None = None,
    ) -> Samples:
        """Draw from the posterior: the likelihood times the priors, flat where there is none.

        Parameters
        ----------
        backend : {"emcee"}
            The sampler (Foreman-Mackey et al. 2013, PASP 125, 306); needs the extra ``emcee``.
        steps, burn : int
            Steps that are kept, and before them those that are not.
        walkers : int, optional
            By default four for each free parameter, at least 16.
        seed : int
            Of the random numbers.
        progress, cancel
            As for `fit`.
        """
        return sample(self, backend, steps, burn, walkers, seed, progress, cancel)

    def compare(self, other: Any, bounded: int | None = None) -> Comparison:
        """Test of a model nested in another, on the same data (Wilks 1938, Ann. Math. Stat. 9, 60).

        Parameters
        ----------
        other : FitResult, spectral model, SkyModel, Models or source of a catalogue
            A fit with more free parameters, or with fewer; or a model that was not fitted to these data, such as a
            published one, of which nothing is free: does it agree with them?
        bounded : int, optional
            How many of the further parameters have a limit of theirs as value in the simpler model, so that they can
            move one way only (see `gpnb.stats.ts_p_value`). By default it is found: the amplitude of a further source
            that may not be negative, the extension of what was a point, what was frozen at its limit.

        Raises
        ------
        ArgumentError
            If data or statistics differ, neither has more free parameters, or one is frozen in the larger model alone.
        """
        return compare(self, other, bounded) if isinstance(other, FitResult) else compare_given(self, other)

    def butterfly(self, energy_bounds: Any, model: str | None = None, n: int = 50) -> QTable:
        """Band of one standard deviation round a fitted spectrum.

        Parameters
        ----------
        energy_bounds : pair of Quantity or str
            Its range.
        model : str, optional
            Name of the source, if there are several.
        n : int
            Number of energies.
        """
        source = self._source(model)
        return source.spectral.butterfly(energy_bounds, self.spectral_covariance(source.name), n)

    def flux(self, low: Any, high: Any = None, model: str | None = None) -> tuple[u.Quantity, u.Quantity]:
        """Integral flux between two energies, or above one, and its error."""
        source = self._source(model)
        return source.spectral.integral_error(low, high, self.spectral_covariance(source.name))

    def energy_flux(self, low: Any, high: Any = None, model: str | None = None) -> tuple[u.Quantity, u.Quantity]:
        """Energy flux between two energies, or above one, and its error."""
        source = self._source(model)
        return source.spectral.energy_flux_error(low, high, self.spectral_covariance(source.name))

    def spectral_covariance(self, model: str | None = None) -> np.ndarray:
        """Covariance of all parameters of a spectrum, those that are linked included.

        Raises
        ------
        FitError
            If the fit has none.
        """
        if not np.isfinite(self.covariance).all():
            raise FitError(f"There are no errors to propagate ({self.message}).")
        likelihood = self.likelihood()
        place = likelihood.models.names.index(self._source(model).name)
        slots = likelihood.parameters.slots[place]
        jacobian = np.zeros((slots.base.size, len(self.names)))
        jacobian[slots.places, slots.numbers] = slots.factors / likelihood.scale[slots.numbers]
        return np.asarray(jacobian @ self.covariance @ jacobian.T)

    def _source(self, name: str | None) -> SkyModel:
        return self.models.source(name, "model")

    def __repr__(self) -> str:
        pairs = zip(self.names, self.values, self.errors, strict=True)
        found = ", ".join(f"{name} = {value:.{digits(value, error, 4)}g} ± {error:.2g}" for name, value, error in pairs)
        words = "" if self.success else f", no success: {self.message}"
        return f"FitResult({found}; −2 ln L = {self.stat:.2f}, {self.dof} dof{words})"
