"""The results as a Markdown table."""

from __future__ import annotations

from typing import Any

HEAD = """# Speed beside Gammapy 2.1

Medians of pairs run in turn, one thread each; CPU seconds. How: [README](../README.md). Written by `make bench`.
For a limit the ratio is gpnb over it, and the goal an upper one.

| task | ratio | goal | met | numbers agree | gpnb s | other s | gpnb + MB | other + MB | measured at | note |
|---|---:|---:|---|---|---:|---:|---:|---:|---|---|
"""


def markdown(rows: list[dict[str, Any]]) -> str:
    """One line a row, and the numbers that do not agree."""
    lines = [_line(row) for row in rows]
    unlike = [f"- {row['task']}: {'; '.join(row['differences'])}" for row in rows if row.get("differences")]
    text = HEAD + "\n".join(lines) + "\n"
    return text + ("\nNot the same within the tolerance:\n\n" + "\n".join(unlike) + "\n" if unlike else "")


def _line(row: dict[str, Any]) -> str:
    sides = [key.removeprefix("rss_growth_") for key in row if key.startswith("rss_growth_")]
    other = next((side for side in sides if side != "gpnb"), "")
    clock = "wall" if row["kind"] == "self" else "cpu"
    goal = "" if row["goal"] is None else f"{'≤' if row['kind'] == 'limit' else '≥'} {row['goal']:g}"
    met = "" if row["goal"] is None else "yes" if row["met"] else "**no**"
    cells = [
        *(row["task"], f"{row['ratio']:.2f}", goal, met, "yes" if row["agrees"] else "**no**"),
        *(_number(row, f"{clock}_{side}", ".3f") for side in ("gpnb", other)),
        *(_number(row, f"rss_growth_{side}", ".0f") for side in ("gpnb", other)),
        row.get("commit", ""),
        row["note"],
    ]
    return f"| {' | '.join(cells)} |"


def _number(row: dict[str, Any], key: str, form: str) -> str:
    return format(row[key], form) if key in row else ""
