"""Is a store usable? Every fault with its file, HDU, keyword or column, and what to do."""

from gpnb.data.check.finding import Finding
from gpnb.data.check.report import CheckReport
from gpnb.data.check.store import check_contents, check_store

__all__ = ["CheckReport", "Finding", "check_contents", "check_store"]
