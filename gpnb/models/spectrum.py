"""What every spectral model does: flux against energy (TeV, cm-2 s-1 TeV-1), its integrals, exact gradients."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from astropy import units as u
from astropy.table import QTable
from numpy.typing import ArrayLike

from gpnb.core.errors import ArgumentError
from gpnb.core.hooks import module_for
from gpnb.core.units import DNDE, ENERGY, to_array, to_range
from gpnb.models.base import Model, check_order
from gpnb.models.derivative import complex_step
from gpnb.models.errors import band, propagate
from gpnb.models.integrate import integrate_function, integrate_open


class SpectralModel(Model):
    """Base: a model is called with energies that carry units, and evaluated on plain TeV.

    A subclass with a formula declares its parameters and writes `evaluate`. Derivatives follow from complex steps, so
    use functions that take complex numbers; where they do not (``abs``, say) they follow from differences. Integrals
    are numerical. One with a table overrides `evaluate_at` and `gradient_at`.
    Models are added to each other and multiplied with factors: ``crab * EBLAbsorption.read("dominguez")``.

    Examples
    --------
    A spectrum of your own; it can be fitted, written, and shown in panels as those of gpnb:

    >>> import gpnb
    >>> class Curved(gpnb.SpectralModel):
    ...     amplitude = gpnb.Parameter("amplitude", 1e-12, "TeV-1 s-1 cm-2")
    ...     index = gpnb.Parameter("index", 2.0)
    ...     bend = gpnb.Parameter("bend", 0.1, min=0)
    ...
    ...     @staticmethod
    ...     def evaluate(energy, amplitude, index, bend):
    ...         return amplitude * energy ** (-index) / (1 + bend * energy**2)
    >>> Curved(index=2.5)("1 TeV")
    <Quantity 9.09090909e-13 1 / (TeV s cm2)>
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        check_order(cls, 1, list(cls.declared))
        if "evaluate" in vars(cls) and "gradient_at" not in vars(cls) and not _is_analytic(cls):
            cls.gradient_at = _differences  # type: ignore[method-assign, assignment]

    unit: u.UnitBase = DNDE
    """Of the values; a factor on a spectrum has none."""

    @staticmethod
    def evaluate(energy: Any, *values: Any) -> Any:
        """The formula on plain numbers (also complex ones, for exact derivatives)."""
        raise NotImplementedError

    def evaluate_at(self, energy: np.ndarray) -> np.ndarray:
        """Differential flux (cm-2 s-1 TeV-1) at plain energies (TeV)."""
        flux: np.ndarray = self.evaluate(np.asarray(energy, dtype=float), *self.values)
        return flux

    def gradient_at(self, energy: np.ndarray) -> np.ndarray:
        """Its derivatives with all parameters, in their units; shape (n parameters, …)."""
        energy = np.asarray(energy, dtype=float)
        return complex_step(lambda *values: self.evaluate(energy, *values), self.values)

    def moment_between(self, low: np.ndarray, high: np.ndarray, order: int = 1) -> np.ndarray:
        """Integral of E^(order − 1) dN/dE between plain energies: order 1 is the flux, 2 the energy flux."""
        return integrate_function(lambda energy: energy ** (order - 1) * self.evaluate_at(energy), low, high)

    def moment_gradient_between(self, low: np.ndarray, high: np.ndarray, order: int = 1) -> np.ndarray:
        """Derivatives of `moment_between` with all parameters; shape (n parameters, …)."""
        return integrate_function(lambda energy: energy ** (order - 1) * self.gradient_at(energy), low, high)

    def integral_between(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Integral flux (cm-2 s-1) between plain energies (TeV)."""
        return self.moment_between(low, high, 1)

    def energy_flux_between(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Energy flux (TeV cm-2 s-1) between plain energies (TeV)."""
        return self.moment_between(low, high, 2)

    def integral_bins(self, edges: np.ndarray) -> np.ndarray:
        """Integral flux (cm-2 s-1) in the bins between plain energies (TeV)."""
        return self.moment_between(edges[:-1], edges[1:], 1)

    def integral_gradient(self, edges: np.ndarray) -> np.ndarray:
        """Derivatives of `integral_bins` with all parameters; shape (n parameters, n bins)."""
        return self.moment_gradient_between(edges[:-1], edges[1:], 1)

    def __call__(self, energy: Any) -> u.Quantity:
        """Differential flux at energies with units."""
        return self.evaluate_at(to_array(energy, ENERGY, "energy")) * self.unit

    def plot(self, energy: Any = ("0.1 TeV", "100 TeV"), ax: Any = None, **changes: Any) -> Any:
        """Draw the spectrum, E² dN/dE against energy, and return the figure; `gpnb.Sed` draws several.

        Parameters
        ----------
        energy : pair of Quantity or str
            From where to where.
        ax : Axes, optional
            Draw into these axes instead of a new figure.
        **changes
            View settings, such as ``quantity="dnde"``.

        Examples
        --------
        >>> import gpnb
        >>> gpnb.PowerLaw().plot(("1 TeV", "10 TeV")).axes[0].get_xlabel()
        'Energy (TeV)'
        """
        sed = module_for("product.sed").Sed(models={type(self).__name__: self}, energy=energy)
        return sed.plot(ax=ax, **changes)

    def integral(self, low: Any, high: Any = None) -> u.Quantity:
        """Integral flux between energies with units; without an upper one, or with ``"inf TeV"``, all above `low`.

        Raises
        ------
        ArgumentError
            If the upper energy is not above the lower one.

        Examples
        --------
        >>> import gpnb
        >>> gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2", reference="1 TeV").integral("1 TeV")
        <Quantity 1.e-12 1 / (s cm2)>
        """
        return self._moment(low, high, 1)

    def energy_flux(self, low: Any, high: Any = None) -> u.Quantity:
        """Energy flux between energies with units; as `integral`. It may be infinite."""
        return self._moment(low, high, 2)

    def evaluate_error(self, energy: Any, covariance: ArrayLike) -> tuple[u.Quantity, u.Quantity]:
        """Differential flux and its standard deviation.

        Parameters
        ----------
        energy : Quantity or str
            Where.
        covariance : array
            Of the free parameters (`free`), or of all, in their units.

        Returns
        -------
        value, error : Quantity
        """
        x = to_array(energy, ENERGY, "energy")
        return self.evaluate_at(x) * self.unit, propagate(self, self.gradient_at(x), covariance) * self.unit

    def integral_error(self, low: Any, high: Any, covariance: ArrayLike) -> tuple[u.Quantity, u.Quantity]:
        """Integral flux and its standard deviation; arguments as for `integral` and `evaluate_error`."""
        return self._moment(low, high, 1), self._moment_error(low, high, 1, covariance)

    def energy_flux_error(self, low: Any, high: Any, covariance: ArrayLike) -> tuple[u.Quantity, u.Quantity]:
        """Energy flux and its standard deviation; arguments as for `energy_flux` and `evaluate_error`."""
        return self._moment(low, high, 2), self._moment_error(low, high, 2, covariance)

    def butterfly(self, energy_bounds: Any, covariance: ArrayLike, n: int = 50) -> QTable:
        """The band of one standard deviation in ln dN/dE.

        Parameters
        ----------
        energy_bounds : pair of Quantity or str
            Its range.
        covariance : array
            As for `evaluate_error`.
        n : int
            Number of energies, evenly in ln E.

        Returns
        -------
        QTable
            Columns energy, dnde, dnde_low, dnde_high.
        """
        low, high = to_range(energy_bounds, ENERGY, "energy_bounds")
        energy = np.geomspace(low, high, n)
        dnde = self.evaluate_at(energy)
        columns = (dnde, *band(dnde, propagate(self, self.gradient_at(energy), covariance)))
        names = ("energy", "dnde", "dnde_low", "dnde_high")
        return QTable([energy * ENERGY, *(item * self.unit for item in columns)], names=names)

    def __add__(self, other: SpectralModel) -> SpectralModel:
        return self._combined("+", other)

    def __sub__(self, other: SpectralModel) -> SpectralModel:
        return self._combined("-", other)

    def __mul__(self, other: SpectralModel | float) -> SpectralModel:
        return self._combined("*", other)

    def __rmul__(self, other: float) -> SpectralModel:
        return self._combined("*", other)

    def __truediv__(self, other: SpectralModel | float) -> SpectralModel:
        return self._combined("/", other)

    def _combined(self, operator: str, other: Any) -> SpectralModel:
        from gpnb.models.compound import combine  # it builds on this file

        return combine(self, operator, other)

    def _moment(self, low: Any, high: Any, order: int) -> u.Quantity:
        low, high = energy_bounds(low, high)
        flux = integrate_open(
            lambda start, stop: self.moment_between(start, stop, order),
            lambda energy: energy ** (order - 1) * self.evaluate_at(energy),
            low,
            high,
        )
        return flux * moment_unit(self.unit, order)

    def _moment_error(self, low: Any, high: Any, order: int, covariance: ArrayLike) -> u.Quantity:
        low, high = energy_bounds(low, high)
        gradient = integrate_open(
            lambda start, stop: self.moment_gradient_between(start, stop, order),
            lambda energy: energy ** (order - 1) * self.gradient_at(energy),
            low,
            high,
        )
        return propagate(self, gradient, covariance) * moment_unit(self.unit, order)


def _is_analytic(cls: type[SpectralModel]) -> bool:
    """Whether complex steps of its formula are its derivatives, tried where the parameters are declared."""
    if cls.__module__.startswith("gpnb."):
        return True
    energy = np.array([0.03, 0.5, 1.0, 7.0, 40.0])
    try:
        model = cls()
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as of imaginary parts that are dropped
            exact, plain = SpectralModel.gradient_at(model, energy), _differences(model, energy)
    except Exception:  # noqa: BLE001  (whatever the formula raises for complex numbers)
        return False
    size = np.abs(plain).max(axis=-1, keepdims=True)
    return bool(np.all(np.abs(exact - plain) <= 1e-3 * size))


def _differences(model: SpectralModel, energy: np.ndarray) -> np.ndarray:
    """Derivatives with all parameters from central differences."""
    rows = []
    for number, value in enumerate(model.values):
        step = 1e-5 * abs(value) or 1e-5
        ends = []
        for sign in (1, -1):
            values = list(model.values)
            values[number] += sign * step
            ends.append(np.asarray(model.evaluate(np.asarray(energy, dtype=float), *values)))
        rows.append((ends[0] - ends[1]) / (2 * step))
    return np.array(rows).reshape(len(rows), *np.shape(energy))


class ClosedSpectrum(SpectralModel):
    """Base of the models whose integrals have a closed form, `moment`."""

    @staticmethod
    def moment(low: Any, high: Any, order: int, *values: Any) -> Any:
        """Integral of E^(order − 1) dN/dE on plain numbers (also complex values)."""
        raise NotImplementedError

    def moment_between(self, low: np.ndarray, high: np.ndarray, order: int = 1) -> np.ndarray:
        """Integral of E^(order − 1) dN/dE, in closed form."""
        return np.asarray(self.moment(np.asarray(low, dtype=float), high, order, *self.values))

    def moment_gradient_between(self, low: np.ndarray, high: np.ndarray, order: int = 1) -> np.ndarray:
        """Its derivatives with all parameters."""
        low = np.asarray(low, dtype=float)
        return complex_step(lambda *values: self.moment(low, high, order, *values), self.values)


class NormModel(SpectralModel):
    """Base of the factors: functions of energy without unit, that multiply a spectrum."""

    unit = u.dimensionless_unscaled


def energy_bounds(low: Any, high: Any = None) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of integrals over energy, TeV; an upper one of None is infinite.

    Raises
    ------
    ArgumentError
        If they are not positive, or do not rise.
    """
    lower = to_array(low, ENERGY, "low")
    upper = np.array(np.inf) if high is None else to_array(high, ENERGY, "high")
    if not (lower > 0).all() or not np.isfinite(lower).all():
        raise ArgumentError(f"low={low!r} must be a positive energy.")
    if not (lower < upper).all():
        raise ArgumentError(f"low={low!r} must be below high={high!r}: give energies that rise.")
    return lower, upper


def moment_unit(unit: u.UnitBase, order: int) -> u.UnitBase:
    """Unit of the integral of E^(order − 1) times something in `unit`."""
    return {1: u.Unit("cm-2 s-1"), 2: u.Unit("TeV cm-2 s-1")}[order] if unit == DNDE else unit * ENERGY**order
