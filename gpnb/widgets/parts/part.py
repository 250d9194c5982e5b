"""The base of our own front-end elements: plain ES modules, messages by kind, a cheap repr."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from gpnb.widgets.parts.compose import compose


class Part(anywidget.AnyWidget):
    """A front-end element.

    A subclass sets ``_esm`` to the text of an ES module and has synced traits. What the user does arrives as
    messages of a kind, for which callbacks are set with `on`.

    Parameters
    ----------
    **traits
        Values of its traits; an unknown name is an error.
    """

    def __init__(self, **traits: Any):
        unknown = set(traits) - set(self.trait_names())
        if unknown:
            raise TypeError(f"{type(self).__name__} has no trait {min(unknown)!r}.")
        self._callbacks: dict[str, Callable[..., None]] = {}
        super().__init__(**traits)
        self.on_msg(self._received)

    def on(self, kind: str, callback: Callable[..., None]) -> None:
        """Call ``callback(**fields)`` for each message of a kind."""
        self._callbacks[kind] = callback

    def _received(self, _: Any, content: Any, __: Any) -> None:
        if isinstance(content, dict) and content.get("kind") in self._callbacks:
            fields = {name: value for name, value in content.items() if name != "kind"}
            self._callbacks[content["kind"]](**fields)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class Controls(Part):
    """A row of labelled controls.

    Attributes
    ----------
    items : list of dict
        ``name``, ``kind`` ("select", "range", "number", "text", "check", "button", "toggle"), ``label``, ``value``;
        ``options`` (pairs of value and word), ``min``, ``max``, ``step``, ``text`` (the value in words), ``hint``.
    changes : dict
        Name → [value, gesture], set by the front end.
    """

    _esm = compose("controls.js")
    items = traitlets.List().tag(sync=True)
    changes = traitlets.Dict().tag(sync=True)

    def set_items(self, items: list[dict[str, Any]]) -> None:
        """Show these controls; without any there is no gap either."""
        self.items = items
        self.layout.display = None if items else "none"

    def on_change(self, callback: Callable[[str, Any, Any], None]) -> None:
        """Call ``callback(name, value, gesture)`` for each control that the user changed."""

        def tell(change: Any) -> None:
            for name, (value, gesture) in change["new"].items():
                if change["old"].get(name) != [value, gesture]:
                    callback(name, value, gesture)

        self.observe(tell, "changes")
