"""What both sides of a pair share: where the data is, the clocks, and the one JSON line. Standard library only."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DATA = Path(os.environ.get("GPNB_DATA") or Path(__file__).parents[3] / "shared" / "data")
CRAB_RUNS = [23523, 23526, 23559, 23592]
CTA_RUNS = [110380, 111140, 111159]
PROD5 = "Prod5-South-20deg-AverageAz-14MSTs37SSTs.180000s-v0.1.fits.gz"
"""Responses of CTA, in the folder ``cta-caldb``."""

PKS = (329.71693826, -30.2255890)
"""Right ascension and declination of PKS 2155-304, deg."""

CURVE_START = "2006-07-29T20:30"
CURVE_INDEX = 3.5391738854519614
"""From the joint fit of all slices by the rival."""

CRAB_RANGES = {"fermi": (0.03, 2), "magic": (0.08, 30), "veritas": (0.15, 30), "fact": (0.4, 30), "hess": (0.66, 30)}
"""TeV, in which the spectra of joint-crab are fitted."""


def joint_crab_files(chosen: str) -> list[tuple[str, tuple[float, float], Path]]:
    """Instrument, range and OGIP file of the spectra of one instrument, or of all (``joint``)."""
    names = CRAB_RANGES if chosen == "joint" else [chosen]
    folder = DATA / "joint-crab" / "spectra"
    return [(name, CRAB_RANGES[name], path) for name in names for path in sorted((folder / name).glob("pha_*.fits"))]


def resident() -> float:
    """Resident memory of this process, MB, from where its peak is counted anew; the peak where that cannot be."""
    process = Path("/proc/self")
    if not (process / "clear_refs").exists():
        return memory()
    (process / "clear_refs").write_text("5")
    return int((process / "statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def memory() -> float:
    """Peak resident memory of this process until now, MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


def measure(
    work: Callable[[], Any],
    numbers: Callable[[Any], dict[str, Any]],
    repeats: int = 3,
    before: Callable[[], Any] = lambda: None,
) -> None:
    """Time `work` a few times and print what it took and found.

    Parameters
    ----------
    work : callable
        What is timed.
    numbers : callable
        From its result to the physics numbers; not timed.
    repeats : int
        The first one is the cold one, the fastest the one that is compared.
    before : callable
        Called before each repeat; neither its time nor its memory counts.
    """
    cpu, wall, grown = [], [], []
    for _ in range(repeats):
        result = None  # the one before must not lie beside the new one in memory
        before()
        held = resident()
        cpu_start, wall_start = time.process_time(), time.perf_counter()
        result = work()
        cpu.append(time.process_time() - cpu_start)
        wall.append(time.perf_counter() - wall_start)
        grown.append((memory() - held, held))
    growth, held = max(grown)
    report(cpu, wall, held, held + growth, numbers(result))


def code_files() -> list[str]:
    """The files of this repository that were imported for the work, from its root on."""
    root = Path(__file__).parents[2]
    others = {"__main__", "timing", "cube_fit", "fitted", "ts_maps"}
    names = [name for name in sys.modules if name in others or name.split(".")[0] == "gpnb"]
    return sorted(str(Path(sys.modules[name].__file__).resolve().relative_to(root)) for name in names)


def report(cpu: list[float], wall: list[float], before: float, peak: float, numbers: dict[str, Any]) -> None:
    """Print the JSON line."""
    line = {
        "cpu": min(cpu),
        "wall": min(wall),
        "cpu_first": cpu[0],
        "wall_first": wall[0],
        "rss_before": before,
        "rss_peak": peak,
        "numbers": numbers,
        "files": code_files(),
    }
    print(json.dumps(line, default=lambda value: value.tolist()))
