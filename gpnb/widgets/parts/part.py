"""The base of our own front-end elements: plain ES modules, messages by kind, a cheap repr."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import anywidget
import traitlets

from gpnb.core.errors import ArgumentError
from gpnb.widgets.parts.compose import compose
from gpnb.widgets.parts.controls import Control


class Part(anywidget.AnyWidget):
    """A front-end element.

    A subclass sets ``_esm`` to the text of an ES module and has synced traits. What the user does arrives as
    messages of a kind, for which callbacks are set with `on`.

    Parameters
    ----------
    **traits
        Values of its traits; an unknown name is an error.

    Attributes
    ----------
    guard : callable
        Gives a context in which all that one message changes is done.
    """

    def __init__(self, **traits: Any):
        unknown = set(traits) - set(self.trait_names())
        if unknown:
            raise TypeError(f"{type(self).__name__} has no trait {min(unknown)!r}.")
        self._callbacks: dict[str, Callable[..., None]] = {}
        self.guard: Callable[[], AbstractContextManager[Any]] = nullcontext
        super().__init__(**traits)
        self.on_msg(lambda _, content, __: self.receive(content))

    def on(self, kind: str, callback: Callable[..., None]) -> None:
        """Call ``callback(**fields)`` for each message of a kind."""
        self._callbacks[kind] = callback

    def receive(self, content: Any) -> None:
        """Take a message of the front end: a ``kind``, and the fields of that kind."""
        if isinstance(content, dict) and content.get("kind") in self._callbacks:
            fields = {name: value for name, value in content.items() if name != "kind"}
            with self.guard():
                self._callbacks[content["kind"]](**fields)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take values that the front end set."""
        with self.guard():
            super().set_state(sync_data)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Turned(Part):
    """An element by which the user changes values.

    Attributes
    ----------
    changes : dict
        Name → [value, gesture], set by the front end.
    refused : dict
        Name → why the last entry was refused; the front end takes it away when the entry is mended or left.
    """

    changes = traitlets.Dict().tag(sync=True)
    refused = traitlets.Dict().tag(sync=True)

    def check(self, name: str, value: Any) -> None:
        """See whether a value is what is changed under a name.

        Raises
        ------
        ArgumentError
            If it is none.
        """

    def answer(self, name: str, why: str) -> None:
        """Mark an entry as refused, with the reason; without one it was taken."""
        others = {key: words for key, words in self.refused.items() if key != name}
        self.refused = others | {name: why} if why else others

    def on_change(self, callback: Callable[[str, Any, Any], None]) -> None:
        """Call ``callback(name, value, gesture)`` for each value that the user changed."""

        def tell(change: Any) -> None:
            for name, (value, gesture) in change["new"].items():
                if change["old"].get(name) != [value, gesture]:
                    callback(name, value, gesture)

        self.observe(tell, "changes")


class Controls(Turned):
    """A row of labelled controls.

    Attributes
    ----------
    items : list of dict
        The fields of each `Control`.
    """

    _esm = compose("controls.js")
    items = traitlets.List().tag(sync=True)

    def set_items(self, items: Sequence[Control | dict[str, Any]]) -> None:
        """Show these controls; without any there is no gap either."""
        self.items = [item.to_dict() if isinstance(item, Control) else item for item in items]
        self.layout.display = None if items else "none"

    def check(self, name: str, value: Any) -> None:
        """See whether a number is one."""
        item: dict[str, Any] = next((item for item in self.items if item["name"] == name), {})
        if item.get("kind") == "number" and isinstance(value, str):
            raise ArgumentError(f"{item['label']}: {value} is not a number, such as 2.5.")
