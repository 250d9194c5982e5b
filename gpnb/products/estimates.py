"""Fluxes in energy bins, in parts of a reference spectrum: what flux points and light curves share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
from astropy import units as u

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.core.units import ENERGY
from gpnb.products.coverage import coverage_notes
from gpnb.products.sed import REFERENCES, SED_TYPES, SUFFIXES, unit_of
from gpnb.stats.coverage import limit_coverage
from gpnb.stats.intervals import delta_stat
from gpnb.stats.scans import Scan

NORMS = tuple(f"norm{suffix}" for suffix in SUFFIXES)
STATS = ("ts", "stat", "stat_null")
SCANS = ("norm_scan", "stat_scan")
_MEASURED = ("n_on", "background", "ref_npred")
EFFECTIVE = ("effective_on", "effective_background", "effective_npred")
"""Those of one bin that tells as much of the source as all bins of a cube do: most of a sky lies far from it."""

_ENERGIES = ("e_ref", "e_min", "e_max")


@unchanging
@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Estimates:
    """Norms of a reference spectrum, the last axis running over energy bins; plain floats, NaN where not known.

    Parameters
    ----------
    e_ref, e_min, e_max : array, shape (n,)
        Energies, TeV.
    ref_dnde, ref_flux, ref_eflux : array, shape (n,)
        The reference spectrum: differential at ``e_ref`` (cm-2 s-1 TeV-1), and integrals over the bins
        (cm-2 s-1, TeV cm-2 s-1). Of the norms' shape where its own shape changes.
    norm : array, shape (…, n)
        Flux over reference.
    norm_err, norm_errn, norm_errp, norm_ul : array, optional
        Symmetric, lower and upper error (all positive), and upper limit.
    is_ul : array of bool, optional
        Where the point is to be taken as an upper limit.
    ts, stat, stat_null : array, optional
        Test statistic against norm 0; −2 ln L at the norm, and at 0.
    norm_scan, stat_scan : array, shape (…, n, m), optional
        Norms, and −2 ln L there.
    extra : mapping of array
        Further columns without unit, such as ``n_on`` and ``excess``.
    cl : float, optional
        Confidence of the upper limits; None if it is not known.
    sided : {1, 2}, optional
        One-sided limits, or upper ends of two-sided intervals; None if it is not known.
    limits : str
        How they were found, such as ``"bounded"``; empty if it is not known.
    name : str
        Of the source.
    recipe : Recipe
        How they were made.
    """

    e_ref: np.ndarray
    e_min: np.ndarray
    e_max: np.ndarray
    ref_dnde: np.ndarray
    ref_flux: np.ndarray
    ref_eflux: np.ndarray
    norm: np.ndarray
    norm_err: np.ndarray = None  # type: ignore[assignment]
    norm_errn: np.ndarray = None  # type: ignore[assignment]
    norm_errp: np.ndarray = None  # type: ignore[assignment]
    norm_ul: np.ndarray = None  # type: ignore[assignment]
    is_ul: np.ndarray = None  # type: ignore[assignment]
    ts: np.ndarray = None  # type: ignore[assignment]
    stat: np.ndarray = None  # type: ignore[assignment]
    stat_null: np.ndarray = None  # type: ignore[assignment]
    norm_scan: np.ndarray | None = None
    stat_scan: np.ndarray | None = None
    extra: Mapping[str, np.ndarray] = field(default_factory=dict)
    cl: float | None = None
    sided: int | None = None
    limits: str = ""
    name: str = ""
    recipe: Recipe = field(default_factory=lambda: Recipe.memory("points"))

    def __post_init__(self) -> None:
        shape = np.shape(self.norm)
        for name in _ENERGIES:
            self._set(name, getattr(self, name), shape[-1:])
        for name in REFERENCES:
            self._set(name, getattr(self, name), shape if np.ndim(getattr(self, name)) > 1 else shape[-1:])
        for name in (*NORMS, *STATS):
            value = getattr(self, name)
            self._set(name, np.nan if value is None else value, shape)
        self._set("ts", np.maximum(self.ts, 0.0), shape)  # rounding in files
        limited = np.isnan(self.norm) & np.isfinite(self.norm_ul) if self.is_ul is None else self.is_ul
        self._set("is_ul", limited, shape, bool)
        self._complete_errors()
        if (self.norm_scan is None) != (self.stat_scan is None):
            raise ArgumentError("norm_scan and stat_scan must be given together, or neither.")
        if self.norm_scan is not None:
            for name in SCANS:
                self._set(name, getattr(self, name), (*shape, np.shape(getattr(self, name))[-1]))
        object.__setattr__(self, "extra", {name: np.asarray(item) for name, item in self.extra.items()})

    def _set(self, name: str, value: Any, shape: tuple[int, ...], dtype: type = float) -> None:
        try:
            array: np.ndarray = np.broadcast_to(np.asarray(value, dtype=dtype), shape).copy()
        except ValueError as error:
            raise ArgumentError(f"{name} has the shape {np.shape(value)}; expected {shape}.") from error
        array.flags.writeable = False
        object.__setattr__(self, name, array)

    def _complete_errors(self) -> None:
        """The symmetric error from the two sides, and each side from it, where one is missing or undefined."""
        lower, upper = (np.where(side >= 0, side, np.nan) for side in (self.norm_errn, self.norm_errp))
        mean = np.where(lower == 0, upper, np.where(upper == 0, lower, 0.5 * (lower + upper)))  # 0: at a bound
        both = np.where(np.isfinite(self.norm_err), self.norm_err, mean)
        self._set("norm_err", both, both.shape)
        for name, side in {"norm_errn": lower, "norm_errp": upper}.items():
            self._set(name, np.where(np.isfinite(side), side, both), both.shape)

    @property
    def measured(self) -> np.ndarray:
        """Which points have a flux with an error; those shown as upper limits may have one too."""
        return np.asarray(np.isfinite(self.norm) & np.isfinite(self.norm_err) & (self.norm_err > 0))

    @property
    def sed_type(self) -> str:
        """The kind of flux that says most: ``"flux"`` (integral) if the bands are known, else ``"dnde"``."""
        return "flux" if np.isfinite(self.ref_flux).any() else "dnde"

    @property
    def sqrt_ts(self) -> np.ndarray:
        """Square root of ``ts``, with the sign of the norm."""
        return np.asarray(np.sign(self.norm) * np.sqrt(self.ts))

    @property
    def coverage(self) -> np.ndarray:
        """How often each upper limit holds at worst, from its counts; NaN where these are not known."""
        names = EFFECTIVE if EFFECTIVE[0] in self.extra else _MEASURED
        known = [self.extra.get(name) for name in names]
        if any(item is None for item in known):
            return np.full(self.norm.shape, np.nan)
        n, background, reference = (np.asarray(item, dtype=float)[..., None] for item in known)
        return limit_coverage(n, self.norm_ul[..., None] * reference, background)

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever looks at them should know."""
        return coverage_notes(self.coverage, self.cl, self.sided, self.limits)

    @property
    def delta_stat(self) -> float:
        """Rise of −2 ln L at the upper limits.

        Raises
        ------
        SelectionError
            If their confidence or sides are not known.
        """
        if self.cl is None or self.sided is None:
            raise SelectionError("The confidence of these upper limits is not known: give cl and sided.")
        return delta_stat(self.cl, self.sided)

    def with_limits(self, cl: float = 0.95, sided: int = 1) -> Self:
        """A copy with upper limits of another confidence, from the stored scans, for norms that are not negative.

        Parameters
        ----------
        cl : float
            Confidence.
        sided : {1, 2}
            One-sided limits, or upper ends of two-sided intervals.

        Returns
        -------
        FluxPoints or LightCurve
            NaN where a scan ends below the limit.

        Raises
        ------
        SelectionError
            If there are no scans.
        """
        if self.norm_scan is None or self.stat_scan is None:
            raise SelectionError("There are no likelihood scans to take limits from: estimate them anew.")
        if not 0 < cl < 1 or sided not in (1, 2):
            raise ArgumentError(f"cl={cl!r} must lie between 0 and 1, and sided={sided!r} be 1 or 2.")
        limit, delta = np.full(self.norm.shape, np.nan), delta_stat(cl, sided)
        for place in np.ndindex(self.norm.shape):
            norm, stat = self.norm_scan[place], self.stat_scan[place]
            if np.isfinite(self.norm[place]) and np.isfinite(norm).all() and np.isfinite(stat).all():
                limit[place] = Scan(norm, stat).above(max(float(self.norm[place]), 0.0), delta)
        recipe = Recipe.of_call(self.with_limits, locals(), name="points")
        return replace(self, norm_ul=limit, cl=cl, sided=sided, limits="bounded", recipe=recipe)

    def to_code(self) -> str:
        """Python that makes this object again."""
        return self.recipe.to_code()

    def factor(self, sed_type: str) -> np.ndarray:
        """What to multiply a norm by, in house units.

        Parameters
        ----------
        sed_type : {"dnde", "e2dnde", "flux", "eflux", "norm"}
            Kind of flux.
        """
        if sed_type not in SED_TYPES:
            raise ArgumentError(f"sed_type={sed_type!r} is not known: give one of {', '.join(SED_TYPES)}.")
        if sed_type == "norm":
            return np.ones(self.e_ref.shape)
        if sed_type == "e2dnde":
            return np.asarray(self.e_ref**2 * self.ref_dnde)
        return np.asarray(getattr(self, f"ref_{sed_type}"))

    def column(self, name: str) -> np.ndarray:
        """A column by its SED name, such as ``"e2dnde_errp"``, in house units."""
        sed_type, _, suffix = name.partition("_")
        norm = f"norm_{suffix}" if suffix else "norm"
        if sed_type in SED_TYPES and norm in NORMS:
            return np.asarray(getattr(self, norm) * self.factor(sed_type))
        if name in (*_ENERGIES, *REFERENCES, *STATS, "is_ul", "sqrt_ts"):
            return np.asarray(getattr(self, name))
        if name in self.extra:
            return self.extra[name]
        raise SelectionError(f"There is no column {name!r}: give dnde, flux_err, e2dnde_ul, ts, e_ref and the like.")

    def quantity(self, name: str) -> Any:
        """A column with its unit: see `column`."""
        values, unit = self.column(name), unit_of(name)
        return values if unit == u.dimensionless_unscaled else values * unit

    @property
    def energy_edges(self) -> u.Quantity:
        """Lower ends of the bins and the upper end of the last."""
        return np.append(self.e_min, self.e_max[-1:]) * ENERGY

    def _columns(self, sed_type: str) -> dict[str, Any]:
        """Columns of a table: of one kind of flux, or ``"likelihood"`` for all that is known."""
        if sed_type not in (*SED_TYPES, "likelihood"):
            raise ArgumentError(f"sed_type={sed_type!r} is not known: give one of {', '.join(SED_TYPES)}, likelihood.")
        known = sed_type == "likelihood"
        kind = "norm" if known else sed_type
        names = [f"{kind}{suffix}" for suffix in SUFFIXES]
        columns = {name: self.quantity(name) for name in names}
        columns |= {name: self.quantity(name) for name in ("ts", "sqrt_ts")}
        if known:
            columns |= {name: getattr(self, name) for name in ("stat", "stat_null")}
            columns |= {name: getattr(self, name) for name in SCANS if getattr(self, name) is not None}
        return {**columns, "is_ul": self.is_ul, **self.extra}

    def _meta(self, sed_type: str) -> dict[str, Any]:
        meta: dict[str, Any] = {"SED_TYPE": sed_type}
        known = {
            "UL_CONF": self.cl,
            "UL_SIDES": self.sided,
            "UL_METH": self.limits or None,
            "SOURCE": self.name or None,
        }
        return {**meta, **{key: value for key, value in known.items() if value is not None}}
