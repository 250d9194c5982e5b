"""Statistics of counts: plain functions of arrays, no units, no tables."""

from gpnb.stats.counts import cash, cstat, wstat, wstat_background
from gpnb.stats.significance import cash_significance, lima

__all__ = ["cash", "cash_significance", "cstat", "lima", "wstat", "wstat_background"]
