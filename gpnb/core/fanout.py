"""The same work on many items, here or on a pool; results come in order and few wait at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from itertools import islice
from typing import TypeVar

from gpnb.core.errors import GpnbError

T = TypeVar("T")
R = TypeVar("R")

_WAITING = 8
"""Results that may wait to be taken: enough to keep a pool busy, few enough to keep memory flat."""


def fan_out(function: Callable[[T], R], items: Iterable[T], executor: Executor | None = None) -> Iterator[R]:
    """Yield ``function(item)`` for each item, in order.

    Parameters
    ----------
    function : callable
        Picklable, if the executor sends it to other processes.
    items : iterable
        Picklable too.
    executor : concurrent.futures.Executor, optional
        A thread or process pool, or Dask's ``client.get_executor()``; none: one after the other, here.

    Raises
    ------
    GpnbError
        If a worker of a pool died; Dask starts its work again elsewhere instead.

    Examples
    --------
    >>> list(fan_out(abs, [-1, 2, -3]))
    [1, 2, 3]
    """
    if executor is None:
        yield from map(function, items)
        return
    left = iter(items)
    waiting: deque[Future[R]] = deque(executor.submit(function, item) for item in islice(left, _WAITING))
    try:
        while waiting:
            result = waiting.popleft().result()
            waiting.extend(executor.submit(function, item) for item in islice(left, 1))
            yield result
    except BrokenExecutor as error:
        raise GpnbError(
            "A worker of the pool died, perhaps for want of memory: use fewer workers, or Dask, which starts again."
        ) from error
    finally:
        for future in waiting:
            future.cancel()
