"""Rows that follow from other rows: memory beside Gammapy's, and growth with the number of runs."""

from __future__ import annotations

from typing import Any

from catalogue import PAIRS

Row = dict[str, Any]
MORE_RUNS = 64 / 4


def derived_rows(rows: dict[str, Row]) -> list[Row]:
    """What can be said from the rows that are there."""
    wanted = [pair.task for pair in PAIRS if pair.memory and pair.task in rows]
    found = [_memory(rows[task]) for task in wanted]
    if {"scaling_4", "scaling_64"} <= rows.keys():
        few, many = rows["scaling_4"], rows["scaling_64"]
        found.append(
            _growth("scaling_time", few, many, "cpu_gpnb", MORE_RUNS, 1.2, "CPU time of 64 runs over 16 × that of 4")
        )
        found.append(_growth("scaling_memory", few, many, "rss_growth_gpnb", 1, 1.1, "memory of 64 runs over 4"))
    return found


def _memory(row: Row) -> Row:
    ours, theirs = row["rss_growth_gpnb"], row["rss_growth_gammapy"]
    ratio = round(theirs / ours, 2)
    return {
        "task": f"{row['task']}_memory",
        "kind": "memory",
        "ratio": ratio,
        "goal": 2,
        "met": ratio >= 2,
        "agrees": row["agrees"],
        "rss_growth_gpnb": ours,
        "rss_growth_gammapy": theirs,
        "pairs": row["pairs"],
        "commit": row.get("commit", ""),
        "note": "growth of peak memory above what was held",
    }


def _growth(task: str, few: Row, many: Row, key: str, expected: float, goal: float, note: str) -> Row:
    ratio = round(many[key] / few[key] / expected, 2)
    return {
        "task": task,
        "kind": "limit",
        "ratio": ratio,
        "goal": goal,
        "met": ratio <= goal,
        "agrees": many["agrees"],
        "pairs": many["pairs"],
        "commit": ", ".join(dict.fromkeys(row.get("commit", "") for row in (few, many))),
        "note": note,
    }
