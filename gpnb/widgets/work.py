"""Long work beside the notebook: one worker thread, progress, and a cancel that works."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from gpnb.core.errors import Cancelled
from gpnb.core.progress import CancelToken, Progress

_SOON = 0.3
"""Seconds after which work tells that it is on its way."""


class Worker:
    """Does one piece of work at a time in a thread of its own.

    Parameters
    ----------
    show : callable
        Takes a `Progress` while work lasts, None when it has ended.
    failed : callable
        Takes the error of work that failed.
    """

    def __init__(self, show: Callable[[Progress | None], None], failed: Callable[[Exception], None]):
        self._show, self._failed = show, failed
        self._lock = threading.Lock()
        self._cancel: CancelToken | None = None
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being done."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, label: str, work: Callable[..., Any], done: Callable[[Any], None]) -> None:
        """Call ``work(progress=…, cancel=…)``, then ``done(result)``; what was going on before is cancelled."""
        self.cancel()
        cancel = CancelToken()
        with self._lock:
            self._cancel = cancel
            thread = threading.Thread(target=self._run, args=(label, work, done, cancel), name="gpnb-work", daemon=True)
            self._thread = thread
        thread.start()

    def cancel(self) -> None:
        """Ask the work to stop."""
        with self._lock:
            if self._cancel is not None:
                self._cancel.cancel()

    def wait(self, seconds: float = 60.0) -> bool:
        """Wait until the work has ended, and what it led to; whether it has."""
        end = time.monotonic() + seconds
        while (thread := self._thread) is not None and thread.is_alive() and time.monotonic() < end:
            thread.join(end - time.monotonic())
        return not self.busy

    def _run(self, label: str, work: Callable[..., Any], done: Callable[[Any], None], cancel: CancelToken) -> None:
        latest = [Progress(label, 0, 0)]
        told = threading.Event()

        def begin() -> None:
            told.set()
            self._show(latest[0])

        def tell(step: Progress) -> None:
            latest[0] = step
            if told.is_set() and not cancel.cancelled:
                self._show(step)

        timer = threading.Timer(_SOON, begin)
        timer.start()
        try:
            result = work(progress=tell, cancel=cancel)
            if not cancel.cancelled:
                done(result)
        except Cancelled as error:
            if self._thread is threading.current_thread():  # else other work took its place, and speaks for itself
                self._failed(error)
        except Exception as error:  # noqa: BLE001  (whatever it is, the user must see it)
            self._failed(error)
        finally:
            timer.cancel()
            timer.join()
            self._show(None)
