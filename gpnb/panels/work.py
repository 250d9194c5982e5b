"""What panels compute: answers that are kept, and work that is too long to wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gpnb.core.progress import silent

T = TypeVar("T")


class Kept:
    """What was made, by what it depends on; what was not asked for longest is forgotten.

    What is being made shows itself in the panel, not below some cell. Safe between threads. Nobody waits for what
    another thread is making: both make it, and the first is kept.

    Parameters
    ----------
    most : int
        How many things are kept.

    Examples
    --------
    >>> kept = Kept(most=2)
    >>> kept.once("a", lambda: 1), kept.once("a", lambda: 2)
    (1, 1)
    >>> kept.knows("b")
    False
    """

    def __init__(self, most: int = 200):
        self._most = most
        self._items: dict[Any, Any] = {}
        self._lock = threading.Lock()

    def once(self, key: Any, make: Callable[[], T]) -> T:
        """What is kept under a key, made now if it is not there."""
        with self._lock:
            if key in self._items:
                found: T = self._items.pop(key)
                self._items[key] = found
                return found
        with silent():
            made = make()
        return self._keep(key, made, first=True)

    def knows(self, key: Any) -> bool:
        """Whether something is kept under a key."""
        with self._lock:
            return key in self._items

    def put(self, key: Any, value: T) -> T:
        """Keep a value, in place of what was there."""
        return self._keep(key, value, first=False)

    def _keep(self, key: Any, value: T, first: bool) -> T:
        with self._lock:
            found = self._items.pop(key, value)
            self._items[key] = value = found if first else value
            while len(self._items) > self._most:
                del self._items[next(iter(self._items))]
        return value


@dataclass(frozen=True)
class Job:
    """Work to be done before a record can be shown as it is.

    Parameters
    ----------
    label : str
        What is being done, for people.
    make : callable
        ``make(progress=…, cancel=…)`` does it and keeps what it made; returns what there is to say of it.
    key : hashable
        What it makes: work of the same key is not begun twice.
    waits : tuple of str
        Fields of the record that are shown as they were before until it is done; the others are shown at once.
    follows : dict
        Changes of the record that follow from it by themselves, as part of the step that asked for it.
    patient : bool
        Whether it is begun only when nothing else is being done.
    """

    label: str
    make: Callable[..., str]
    key: Any
    waits: tuple[str, ...] = ()
    follows: Mapping[str, Any] = field(default_factory=dict)
    patient: bool = False
