"""Progress and cancel for long work: one record, one token, one loop helper."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from gpnb.core.display import is_live
from gpnb.core.errors import ArgumentError, Cancelled
from gpnb.core.frozen import unchanging

T = TypeVar("T")

_SILENT = ContextVar("gpnb_silent", default=False)

_PATIENCE = 1.0
"""Seconds that work may take in a notebook before it shows how far it is."""


@unchanging
@dataclass(frozen=True)
class Progress:
    """How far a piece of work is.

    Parameters
    ----------
    label : str
        What is being done, for people.
    done, total : int
        Steps done, and steps in all (0 if unknown).
    """

    label: str
    done: int
    total: int

    @property
    def fraction(self) -> float:
        """Part done, between 0 and 1 (0 if the total is unknown)."""
        return self.done / self.total if self.total else 0.0


class CancelToken:
    """Asks work to stop; checked between runs, blocks and likelihood calls.

    Examples
    --------
    >>> token = CancelToken()
    >>> token.cancel()
    >>> token.cancelled
    True
    """

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop; safe from any thread."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if `cancel` was called."""
        if self.cancelled:
            raise Cancelled("Cancelled: nothing was changed.")


Report = Callable[[Progress], None]
"""What `progress=` may be besides True and False."""


def track(
    items: Iterable[T],
    label: str,
    progress: bool | Report | None = False,
    cancel: CancelToken | None = None,
    total: int | None = None,
) -> Iterator[T]:
    """Yield `items`, telling `progress` after each and stopping when `cancel` says so.

    Parameters
    ----------
    items : iterable
        The pieces of work.
    label : str
        What is being done.
    progress : bool or callable, optional
        True: a bar; False: silence; None: a bar in a live notebook, once the work has taken a second; a callable gets
        a `Progress` each time.
    cancel : CancelToken, optional
        Checked before each piece.
    total : int, optional
        The number of items, where `len` does not know.

    Raises
    ------
    Cancelled
        When the token was cancelled.
    """
    count = total if total is not None else (len(items) if isinstance(items, Sized) else 0)
    report, close = reporter(progress, label, count)
    try:
        report(Progress(label, 0, count))
        for done, item in enumerate(items, start=1):
            if cancel is not None:
                cancel.check()
            yield item
            report(Progress(label, done, count))
    finally:
        close()


def reporter(progress: bool | Report | None, label: str, total: int) -> tuple[Report, Callable[[], None]]:
    """What to call with each `Progress`, and what to call at the end.

    Parameters
    ----------
    progress : bool or callable, optional
        As for `track`.
    label : str
        Of the bar.
    total : int
        Steps in all, 0 if unknown.

    Raises
    ------
    ArgumentError
        If `progress` is something else.
    """
    delay = 0.0
    if callable(progress):
        return progress, lambda: None
    if progress is None:
        progress, delay = is_live() and not _SILENT.get(), _PATIENCE
    if not isinstance(progress, bool):
        raise ArgumentError(f"progress={progress!r} must be True, False or a callable that takes a Progress.")
    if not progress:
        return lambda _: None, lambda: None
    bar = _Bar(label, total, delay)
    return bar.show, bar.close


@contextmanager
def silent() -> Iterator[None]:
    """Within it, nothing shows how far it is unasked, at whatever depth: panels have a place for that of their own.

    Examples
    --------
    >>> with silent():
    ...     list(track(range(3), "counting", progress=None))
    [0, 1, 2]
    """
    token = _SILENT.set(True)
    try:
        yield
    finally:
        _SILENT.reset(token)


class _Bar:
    """A bar that is made when the work has taken long enough.

    Parameters
    ----------
    label, total
        See `reporter`.
    delay : float
        Seconds before it is there.
    """

    def __init__(self, label: str, total: int, delay: float):
        self._label, self._total, self._delay = label, total, delay
        self._begun = time.monotonic()
        self._bar: Any = None

    def show(self, step: Progress) -> None:
        """Tell how far the work is."""
        if time.monotonic() - self._begun < self._delay:
            return
        if self._bar is None:
            self._bar = self._made()
        self._bar.update(step.done - self._bar.n)

    def _made(self) -> Any:
        settings: dict[str, Any] = {"total": self._total or None, "desc": self._label, "leave": False}
        if self._delay:  # not asked for: a line of text, which leaves nothing behind in the notebook
            from tqdm.std import tqdm as line

            return line(file=sys.stdout, **settings)
        from tqdm.auto import tqdm  # here, because in a notebook it imports ipywidgets

        return tqdm(**settings)

    def close(self) -> None:
        """Take it away."""
        if self._bar is not None:
            self._bar.close()
