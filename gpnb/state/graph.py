"""A small pull graph: sources and nodes hold values, views show them; what did not change is not made again."""

from __future__ import annotations

from collections.abc import Callable
from operator import is_, methodcaller
from typing import Any, Generic, TypeVar

from gpnb.state.record import Record

T = TypeVar("T")

_NEVER = object()
_PULL = methodcaller("pull")
_VALUES = (str, int, float, tuple, type(None), Record)
"""What is compared by value; anything else, such as an array, by identity."""


class Source(Generic[T]):
    """The start of a graph: a value looked up whenever it is asked for.

    Parameters
    ----------
    look : callable
        Gives the value of now.
    """

    def __init__(self, look: Callable[[], T]):
        self.pull = look


class Node(Generic[T]):
    """A value made from others, kept until one of them changes.

    Parameters
    ----------
    make : callable
        Takes the values of the inputs.
    *inputs : Source or Node
        What it is made from.

    Examples
    --------
    >>> state = {"x": 2}
    >>> square = Node(lambda x: x**2, Source(lambda: state["x"]))
    >>> square.pull()
    4
    >>> state["x"] = 3
    >>> square.pull()
    9
    """

    def __init__(self, make: Callable[..., T], *inputs: Source[Any] | Node[Any] | Held[Any]):
        self._make, self._inputs = make, inputs
        self._given: tuple[Any, ...] | None = None
        self._value: T

    def pull(self) -> T:
        """The value, made anew if an input changed; if that fails, the next pull tries again."""
        given = tuple(map(_PULL, self._inputs))
        if self._given is None or not (all(map(is_, given, self._given)) or all(map(same, given, self._given))):
            self._given = None
            self._value = self._make(*given)
            self._given = given
        return self._value


class Held(Generic[T]):
    """The value of another node as it was when it was last ready; before that, as it is.

    Parameters
    ----------
    node : Source or Node
        Whose value.
    ready : callable
        Whether a value can be shown.

    Examples
    --------
    >>> state = {"x": 2}
    >>> even = Held(Source(lambda: state["x"]), lambda x: x % 2 == 0)
    >>> even.pull()
    2
    >>> state["x"] = 3
    >>> even.pull()
    2
    """

    def __init__(self, node: Source[T] | Node[T], ready: Callable[[T], bool]):
        self._node, self._ready = node, ready
        self._held: Any = _NEVER

    def pull(self) -> T:
        """The value."""
        value = self._node.pull()
        if self._ready(value):
            self._held = value
        held: T = value if self._held is _NEVER else self._held
        return held


class View(Generic[T]):
    """The end of a graph: shows the value of a node when it is another than the one shown.

    Parameters
    ----------
    node : Source or Node
        What is shown.
    show : callable
        Takes the value.
    """

    def __init__(self, node: Source[T] | Node[T], show: Callable[[T], None]):
        self._node, self._show = node, show
        self._shown: Any = _NEVER

    def refresh(self) -> None:
        """Show the value of now, if it is not the one shown already."""
        value = self._node.pull()
        if value is not self._shown and (self._shown is _NEVER or not same(value, self._shown)):
            self._show(value)
            self._shown = value


def same(one: Any, other: Any) -> bool:
    """Whether nothing changed: equal for scalars, tuples and records, the same object for anything else."""
    if one is other:
        return True
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and isinstance(one, _VALUES) and bool(one == other)
