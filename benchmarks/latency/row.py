"""One row of the table of latencies."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any


def milliseconds(call: Callable[[], Any]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1e3


def row(times: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile of some times in milliseconds."""
    ordered = sorted(times)
    high = ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)]
    return {"median_ms": round(statistics.median(ordered), 1), "p95_ms": round(high, 1), "runs": len(ordered)}
