"""All latencies: ``python benchmarks/latency/run.py`` writes results/latency.json and latency.md."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE.parent / "results"
SCRIPTS = ("page.py", "crossfilter.py")
GOALS = {
    "slider to redraw, 300 × 300": 100,
    "slider in Python, 300 × 300": 50,
    "first panel in a fresh kernel": 2500,
    "cross-filter, 1 000 000 events": 100,
}
"""Milliseconds that the 95th percentile may take."""


def main() -> None:
    rows: dict[str, Any] = {}
    for script in SCRIPTS:
        done = subprocess.run([sys.executable, str(HERE / script)], capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{script} failed:\n{done.stderr[-2000:]}")
        rows |= json.loads(done.stdout)
    for name, goal in GOALS.items():
        rows[name] |= {"goal_ms": goal, "holds": rows[name]["p95_ms"] <= goal}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "latency.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (RESULTS / "latency.md").write_text(table(rows), encoding="utf-8")
    print(table(rows))


def table(rows: dict[str, Any]) -> str:
    head = "| what | median (ms) | 95 % (ms) | runs | goal (ms) |\n|---|---:|---:|---:|---:|\n"
    line = "| {} | {median_ms:g} | {p95_ms:g} | {runs} | {goal} |\n"
    return head + "".join(line.format(name, goal=row.get("goal_ms", "–"), **row) for name, row in rows.items())


if __name__ == "__main__":
    main()
