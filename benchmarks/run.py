"""Speed and agreement beside Gammapy: ``python benchmarks/run.py [--all] [task …]``; see README.md."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from catalogue import PAIRS, Pair
from derived import derived_rows
from pairs import run_pair
from sources import commit, is_unchanged, record
from table import markdown

RESULTS = Path(__file__).parent / "results"


def main(names: list[str]) -> None:
    """Run the tasks whose name begins with one of `names`; without names those whose code has changed, or all."""
    rows, measured = _stored(), commit()
    chosen = _chosen(names, set(rows))
    with tempfile.TemporaryDirectory() as compiled:
        for pair in chosen:
            row, files = run_pair(pair, compiled)
            rows[pair.task] = row | {"commit": measured}
            print(f"{pair.task}: {row['ratio']:.2f} (goal {row['goal']}), numbers agree: {row['agrees']}", flush=True)
            _write(rows)
            record(pair, files)
    print(f"Written: {RESULTS / 'speed.md'}")


def _chosen(names: list[str], known: set[str]) -> list[Pair]:
    if "--all" in names:
        return list(PAIRS)
    chosen = [pair for pair in PAIRS if pair.task.startswith(tuple(names))]
    if names and not chosen:
        sys.exit(f"No task begins with {' or '.join(names)}; there are: {', '.join(pair.task for pair in PAIRS)}.")
    if not names:
        chosen = [pair for pair in PAIRS if pair.task not in known or not is_unchanged(pair)]
        print(f"{len(PAIRS) - len(chosen)} of {len(PAIRS)} rows are kept: their code is the same (ALL=1 renews all).")
    return chosen


def _stored() -> dict[str, dict[str, Any]]:
    path = RESULTS / "speed.json"
    rows = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return {row["task"]: row for row in rows}


def _write(rows: dict[str, dict[str, Any]]) -> None:
    ordered = [rows[pair.task] for pair in PAIRS if pair.task in rows]
    ordered += derived_rows(rows)
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(ordered, indent=1, ensure_ascii=False) + "\n"
    (RESULTS / "speed.json").write_text(text, encoding="utf-8")
    (RESULTS / "speed.md").write_text(markdown(ordered), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
