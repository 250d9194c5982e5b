"""Statistics of counts and of varying fluxes: plain functions of arrays, no units, no tables.

Names are imported when first used: who folds phases needs no splines.
"""

from gpnb.core.lazy import lazy_names

_MODULES = {
    "constancy": ("ts_constant",),
    "correlation": ("pearson",),
    "counts": (
        "cash",
        "cash_gradient",
        "cash_weight",
        "cstat",
    ),
    "coverage": ("limit_coverage",),
    "doubling": (
        "doubling_limits",
        "doubling_time",
        "doubling_times",
        "halving_time",
    ),
    "expected": (
        "expected_ts",
        "expected_variance",
        "matching_excess",
    ),
    "gaussian": (
        "asymmetric_error",
        "chi2",
        "chi2_gradient",
        "chi2_weight",
    ),
    "likelihood_ratio": (
        "sigma_to_ts",
        "ts_p_value",
        "ts_to_sigma",
    ),
    "onoff": (
        "wstat",
        "wstat_background",
        "wstat_gradient",
        "wstat_usable",
        "wstat_weight",
    ),
    "pairs": (
        "dcf",
        "structure_function",
    ),
    "periodicity": (
        "h_test",
        "z2n",
    ),
    "phase": (
        "fold",
        "phase_histogram",
    ),
    "red_noise": ("timmer_koenig",),
    "residuals": ("residual_significance",),
    "significance": (
        "cash_significance",
        "lima",
    ),
    "variability": (
        "chi2_constant",
        "excess_variance",
        "fpp",
        "fvar",
        "fvar_limit",
        "hardness_ratio",
    ),
}

_HOME = {name: module for module, names in _MODULES.items() for name in names}
"""Public name → the module it lives in."""

__all__ = sorted(_HOME)  # noqa: PLE0605

__getattr__, __dir__ = lazy_names(__name__, _HOME)
