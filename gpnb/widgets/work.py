"""Long work beside the notebook: one worker thread, progress, and a cancel that works."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gpnb.core.progress import CancelToken, Progress

_SOON = 0.3
"""Seconds after which work tells that it is on its way."""


@dataclass(eq=False)
class _Task:
    label: str
    work: Callable[..., Any]
    done: Callable[[Any], None]
    key: Any
    cancel: CancelToken = field(default_factory=CancelToken)
    told: threading.Event = field(default_factory=threading.Event)


class Worker:
    """Does one piece of work at a time in a thread of its own.

    Parameters
    ----------
    show : callable
        Takes a `Progress` while work lasts, None when it has ended.
    failed : callable
        Takes the error of work that failed, and the key of that work.
    step : callable
        Takes each `Progress`, also of work that is soon done.
    lasts : callable
        Called once when work has become long.
    """

    def __init__(
        self,
        show: Callable[[Progress | None], None],
        failed: Callable[[Exception, Any], None],
        step: Callable[[Progress], None] = lambda _: None,
        lasts: Callable[[], None] = lambda: None,
    ):
        self._show, self._failed, self._step, self._lasts = show, failed, step, lasts
        self._lock = threading.Lock()
        self._task: _Task | None = None
        self._thread: threading.Thread | None = None

    @property
    def label(self) -> str:
        """What is being done; empty if nothing is."""
        task = self._task
        return "" if task is None else task.label

    @property
    def key(self) -> Any:
        """Of what is being done; None if nothing is."""
        task = self._task
        return None if task is None else task.key

    @property
    def is_long(self) -> bool:
        """Whether what is being done has lasted so long that it was told."""
        task = self._task
        return task is not None and task.told.is_set()

    def start(self, label: str, work: Callable[..., Any], done: Callable[[Any], None], key: Any = None) -> None:
        """Call ``work(progress=…, cancel=…)``, then ``done(result)``; what was going on before is cancelled."""
        task = _Task(label, work, done, key)
        thread = threading.Thread(target=self._run, args=(task,), name="gpnb-work", daemon=True)
        with self._lock:
            before, self._task, self._thread = self._task, task, thread
        if before is not None:
            before.cancel.cancel()
        thread.start()

    def cancel(self) -> None:
        """Ask the work to stop."""
        task = self._task
        if task is not None:
            task.cancel.cancel()

    def wait(self, seconds: float = 60.0) -> bool:
        """Wait until the work has ended, and what it led to; whether it has."""
        end = time.monotonic() + seconds
        while (thread := self._thread) is not None and thread.is_alive():
            if thread is threading.current_thread() or time.monotonic() >= end:
                return False
            thread.join(end - time.monotonic())
        return True

    def _run(self, task: _Task) -> None:
        latest = [Progress(task.label, 0, 0)]

        def tell(step: Progress) -> None:
            latest[0] = step
            with self._lock:  # other work may take its place: then it says nothing more
                if self._task is task and not task.cancel.cancelled:
                    self._step(step)
                    if task.told.is_set():
                        self._show(step)

        def begin() -> None:
            with self._lock:
                task.told.set()
                if self._task is task:
                    self._show(latest[0])
            self._lasts()

        timer = threading.Timer(_SOON, begin)
        timer.start()
        try:
            result = task.work(progress=tell, cancel=task.cancel)
            task.cancel.check()
        except Exception as error:  # noqa: BLE001  (whatever it is, the user must see it)
            failed: Exception | None = error
        else:
            failed = None
        timer.cancel()
        timer.join()
        if not self._end(task):
            return  # other work took its place, and speaks for itself
        if failed is None:
            task.done(result)
        else:
            self._failed(failed, task.key)

    def _end(self, task: _Task) -> bool:
        """Whether this was the work of now; then none is any more."""
        with self._lock:
            mine = self._task is task
            if mine:
                self._task = None
                self._show(None)
            return mine
