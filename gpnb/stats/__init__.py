"""Statistics of counts: plain functions of arrays, no units, no tables."""

from gpnb.stats.counts import cash, cash_gradient, cash_weight, cstat
from gpnb.stats.gaussian import asymmetric_error, chi2, chi2_gradient, chi2_weight
from gpnb.stats.onoff import wstat, wstat_background, wstat_gradient, wstat_usable, wstat_weight
from gpnb.stats.significance import cash_significance, lima

__all__ = [
    "asymmetric_error",
    "cash",
    "cash_gradient",
    "cash_significance",
    "cash_weight",
    "chi2",
    "chi2_gradient",
    "chi2_weight",
    "cstat",
    "lima",
    "wstat",
    "wstat_background",
    "wstat_gradient",
    "wstat_usable",
    "wstat_weight",
]
