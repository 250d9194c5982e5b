"""All latencies: ``python benchmarks/latency/run.py`` writes results/latency.json and latency.md.

``run.py spectrumfit lightcurve`` runs the scripts whose names begin so; the other rows are kept.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE.parent / "results"
SCRIPTS = ("page.py", "crossfilter.py", "spectrumfit.py", "lightcurve.py")
GOALS = {
    "slider to redraw, 300 × 300": 60,
    "model slider to redraw": 60,
    "slider in Python, 300 × 300": 50,
    "first panel in a fresh kernel": 1500,
    "a further panel": 300,
    "cross-filter, 1 000 000 events": 100,
    "cross-filter, 10 000 000 events": 300,
    "explorer of 10 000 000 events opens": 5000,
    "model slider in Python, four H.E.S.S. spectra": 50,
    "region to refit, four H.E.S.S. runs": 500,
    "rebin of the flare, run": 100,
    "rebin of the flare, 10 min": 100,
    "time brush to spectra, PKS 2155-304": 300,
}
"""Milliseconds that the 95th percentile may take."""


def main(names: Sequence[str]) -> None:
    chosen = [script for script in SCRIPTS if not names or script.startswith(tuple(names))]
    if not chosen:
        sys.exit(f"No script begins with {' or '.join(names)}; there are: {', '.join(SCRIPTS)}.")
    kept = RESULTS / "latency.json"
    rows: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if names and kept.exists() else {}
    for script in chosen:
        done = subprocess.run([sys.executable, str(HERE / script)], capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{script} failed:\n{done.stderr[-2000:]}")
        found = {name: judged(name, row) for name, row in json.loads(done.stdout).items()}
        print(table(found), flush=True)
        rows |= found
        RESULTS.mkdir(exist_ok=True)
        kept.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        (RESULTS / "latency.md").write_text(table(rows), encoding="utf-8")


def judged(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row with its goal, if there is one."""
    return row if name not in GOALS else {**row, "goal_ms": GOALS[name], "holds": row["p95_ms"] <= GOALS[name]}


def table(rows: dict[str, Any]) -> str:
    head = "| what | median (ms) | 95 % (ms) | runs | goal (ms) |\n|---|---:|---:|---:|---:|\n"
    line = "| {} | {median_ms:g} | {p95_ms:g} | {runs} | {goal} |\n"
    return head + "".join(line.format(name, goal=row.get("goal_ms", "–"), **row) for name, row in rows.items())


if __name__ == "__main__":
    main(sys.argv[1:])
