"""Speed and agreement beside Gammapy: ``python benchmarks/run.py [task …]``; see README.md."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from catalogue import PAIRS
from derived import derived_rows
from pairs import run_pair
from table import markdown

RESULTS = Path(__file__).parent / "results"


def main(names: list[str]) -> None:
    """Run the tasks whose name begins with one of `names`, all if there is none; keep the other rows."""
    chosen = [pair for pair in PAIRS if not names or pair.task.startswith(tuple(names))]
    if not chosen:
        sys.exit(f"No task begins with {' or '.join(names)}; there are: {', '.join(pair.task for pair in PAIRS)}.")
    rows = _stored()
    with tempfile.TemporaryDirectory() as compiled:
        for pair in chosen:
            row = rows[pair.task] = run_pair(pair, compiled)
            print(f"{pair.task}: {row['ratio']:.2f} (goal {row['goal']}), numbers agree: {row['agrees']}", flush=True)
            _write(rows)
    print(f"Written: {RESULTS / 'speed.md'}")


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
