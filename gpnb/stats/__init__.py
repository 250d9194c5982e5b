"""Statistics of counts and of varying fluxes: plain functions of arrays, no units, no tables."""

from gpnb.stats.constancy import ts_constant
from gpnb.stats.correlation import pearson
from gpnb.stats.counts import cash, cash_gradient, cash_weight, cstat
from gpnb.stats.doubling import doubling_limits, doubling_time, doubling_times, halving_time
from gpnb.stats.gaussian import asymmetric_error, chi2, chi2_gradient, chi2_weight
from gpnb.stats.onoff import wstat, wstat_background, wstat_gradient, wstat_usable, wstat_weight
from gpnb.stats.pairs import dcf, structure_function
from gpnb.stats.periodicity import h_test, z2n
from gpnb.stats.phase import fold, phase_histogram
from gpnb.stats.red_noise import timmer_koenig
from gpnb.stats.significance import cash_significance, lima
from gpnb.stats.variability import chi2_constant, excess_variance, fpp, fvar, fvar_limit, hardness_ratio

__all__ = [
    "asymmetric_error",
    "cash",
    "cash_gradient",
    "cash_significance",
    "cash_weight",
    "chi2",
    "chi2_constant",
    "chi2_gradient",
    "chi2_weight",
    "cstat",
    "dcf",
    "doubling_limits",
    "doubling_time",
    "doubling_times",
    "excess_variance",
    "fold",
    "fpp",
    "fvar",
    "fvar_limit",
    "h_test",
    "halving_time",
    "hardness_ratio",
    "lima",
    "pearson",
    "phase_histogram",
    "structure_function",
    "timmer_koenig",
    "ts_constant",
    "wstat",
    "wstat_background",
    "wstat_gradient",
    "wstat_usable",
    "wstat_weight",
    "z2n",
]
