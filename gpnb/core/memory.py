"""Refusing what needs more memory than there is, before any of it is taken."""

from __future__ import annotations

import os
from pathlib import Path

from gpnb.core.errors import ArgumentError

_KNOWN = Path("/proc/meminfo")
_LIMIT = Path("/sys/fs/cgroup/memory.max")
"""Of a container, or of a job on a cluster; ``max`` where there is none. What is taken counts files that can go."""


def free_memory() -> int | None:
    """Bytes that this process can take at most; None where the system does not tell."""
    found = [free for free in (_of_machine(), _of_container()) if free is not None]
    return min(found, default=None)


def require_memory(needed: float, what: str, remedy: str) -> None:
    """Refuse what does not fit.

    Parameters
    ----------
    needed : float
        Bytes.
    what : str
        What needs them, as the subject of the sentence.
    remedy : str
        What to try.

    Raises
    ------
    ArgumentError
        If there is less memory.
    """
    free = free_memory()
    if free is not None and needed > free:
        raise ArgumentError(
            f"{what} needs {needed / 2**30:.3g} GiB of memory, but there are {free / 2**30:.3g} GiB: {remedy}."
        )


def _of_machine() -> int | None:
    try:
        lines = _KNOWN.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        return _of_any_machine()


def _of_any_machine() -> int | None:
    """All memory, where what is free of it is not told."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def _of_container() -> int | None:
    try:
        return int(_LIMIT.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
