"""The code that a row was measured with: its commit, its files, and whether they are still the same."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

from catalogue import Pair

ROOT = Path(__file__).parents[1]
STORED = Path(__file__).parent / "results" / "sources.json"
MEASURED = ("gpnb", "benchmarks/tasks", "tests/rival")
"""Where the code lies that is measured."""


def commit() -> str:
    """The commit that is checked out, with a ``+`` where files that are measured differ from it; empty without git."""
    try:
        head = _git("rev-parse", "--short=9", "HEAD")
        return head + "+" * bool(_git("status", "--porcelain", "--", *MEASURED))
    except (OSError, subprocess.CalledProcessError):
        return ""


def record(pair: Pair, files: list[str]) -> None:
    """Keep which files both sides of a task have imported, and what they hold."""
    known = _stored() | {pair.task: {"digest": _digest(pair, files), "files": " ".join(files)}}
    lines = [f"{json.dumps(task)}: {json.dumps(known[task])}" for task in sorted(known)]
    STORED.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def is_unchanged(pair: Pair) -> bool:
    """Whether a task has been measured with the files that are here now; a file more needs a change in one of these."""
    known = _stored().get(pair.task)
    return known is not None and known["digest"] == _digest(pair, known["files"].split())


def _stored() -> dict[str, Any]:
    return json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}


def _digest(pair: Pair, files: list[str]) -> str:
    digest = hashlib.sha256(repr(pair.commands).encode())
    for name in files:
        path = ROOT / name
        digest.update(name.encode() + (path.read_bytes() if path.exists() else b""))
    return digest.hexdigest()[:16]


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
