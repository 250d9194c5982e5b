"""Reports: a notebook, run with checked parameters, as one file that anybody can open."""

from gpnb.report.run import ReportFiles, write_report
from gpnb.report.tables import save_table

__all__ = ["ReportFiles", "save_table", "write_report"]
