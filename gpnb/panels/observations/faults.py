"""What a check of a store found, by run: flags for the table of runs, and the list below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gpnb.data.check import CheckReport, Finding
from gpnb.panels.columns import Column

_MOST = 200
"""Findings that are listed."""

_COLUMNS = [Column(name) for name in ("Severity", "File", "HDU", "Item", "What is wrong", "What to do")]


def flags(report: CheckReport | None) -> Mapping[int, str]:
    """The worst error or warning of each run that has one, in a sentence."""
    if report is None:
        return {}
    worst = {run: next(iter(report.of_run(run)), None) for run in report.by_run}
    return {run: item.what for run, item in worst.items() if item is not None and item.severity != "note"}


def fault_notes(report: CheckReport | None) -> list[str]:
    """What needs attention, in words."""
    found = flags(report)
    if report is None or not (found or report.of("error")):
        return []
    errors, warnings = (_count(len(report.of(kind)), kind) for kind in ("error", "warning"))
    return [f"{_count(len(found), 'run')} with faults: {errors}, {warnings}"]


def fault_words(report: CheckReport) -> str:
    """What was looked at, and how much was found."""
    counts = ", ".join(_count(len(report.of(kind)), kind) for kind in ("error", "warning", "note"))
    return f"Checked {_count(report.files, 'file')}: {counts}"


def fault_table(report: CheckReport | None, runs: Iterable[int]) -> tuple[list[Column], list[list[str]]]:
    """All findings of some runs; the errors and warnings of the whole store if no run is given."""
    if report is None:
        return [], []
    chosen = list(runs)
    found = dict.fromkeys(item for run in chosen for item in report.of_run(run))
    shown: list[Finding] = list(found) if chosen else [*report.of("error"), *report.of("warning")]
    rows = [[item.severity, item.file, item.hdu, item.item, item.what, item.action] for item in shown[:_MOST]]
    return (_COLUMNS, rows) if rows else ([], [])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
