"""Running the two sides of a task in turn, each as a process of its own on one thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from catalogue import Pair
from compare import differences

HERE = Path(__file__).parent
RIVAL = HERE / ".venv-rival" / "bin" / "python"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS")
COUNT = 5
"""Pairs of each task."""


def run_pair(pair: Pair, compiled: str) -> tuple[dict[str, Any], list[str]]:
    """The row of one task, and the files that both sides have imported.

    Parameters
    ----------
    pair : Pair
        The task.
    compiled : str
        Folder for compiled modules, so that they are there as in normal use, and nowhere else; and for files of tasks.
    """
    if pair.prepare:
        _run(pair.versus, [*pair.commands[pair.versus], *pair.prepare], compiled)
    runs: dict[str, list[dict[str, Any]]] = {side: [] for side in pair.commands}
    for number in range(COUNT + pair.warm_up):
        for side, command in pair.commands.items():
            result = _run(side, command, compiled)
            if number >= pair.warm_up:
                runs[side].append(result)
    files = sorted({name for results in runs.values() for name in results[-1]["files"]})
    return _row(pair, runs), files


def _run(side: str, command: list[str], compiled: str) -> dict[str, Any]:
    python = os.environ.get("GPNB_RIVAL_PYTHON", str(RIVAL)) if side == "gammapy" else sys.executable
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= dict.fromkeys(THREADS, "1") | {"PYTHONPYCACHEPREFIX": compiled}
    environment["GPNB_BENCH_FILES"] = compiled
    done = subprocess.run(
        [python, "-W", "ignore", str(HERE / "tasks" / command[0]), *command[1:]],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def _row(pair: Pair, runs: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    (ours, mine), (theirs, others) = runs.items()
    unlike = differences(mine[-1]["numbers"], others[-1]["numbers"], pair.tolerance)
    ratio = _ratio(pair, mine, others, pair.clock)
    met = pair.goal is None or (ratio <= pair.goal if pair.is_limit else ratio >= pair.goal)
    row = {
        "task": pair.task,
        "kind": "limit" if pair.is_limit else "self" if theirs == "gpnb_other" else "rival",
        "ratio": round(ratio, 2),
        "ratio_first": round(_ratio(pair, mine, others, f"{pair.clock}_first"), 2),
        "goal": pair.goal,
        "met": met,
        "agrees": not unlike,
        "differences": unlike[:10],
        "pairs": COUNT,
        "note": pair.note,
    }
    for side, results in ((ours, mine), (theirs, others)):
        row |= {
            f"{key}_{side}": round(median(item[key] for item in results), 4) for key in ("cpu", "wall", "cpu_first")
        }
        row[f"rss_growth_{side}"] = round(median(item["rss_peak"] - item["rss_before"] for item in results), 1)
    return row


def _ratio(pair: Pair, mine: list[dict[str, Any]], others: list[dict[str, Any]], clock: str) -> float:
    """Median over the pairs: theirs over ours, for a limit ours over theirs."""
    faster = median(b[clock] / a[clock] for a, b in zip(mine, others, strict=True))
    return 1 / faster if pair.is_limit else faster
