"""A page script that many elements share: sent once a page and kept once in a saved notebook."""

from __future__ import annotations

import ipywidgets
import traitlets

from gpnb.widgets.parts.compose import compose


class Script(ipywidgets.Widget):  # type: ignore[misc]
    """The text of an ES module, without a view of its own; see ``assets/plotview.js`` for how it is used.

    Attributes
    ----------
    text : str
        The module.
    """

    text = traitlets.Unicode().tag(sync=True)


_scripts: dict[str, Script] = {}


def script_of(entry: str) -> str:
    """The model that holds a composed module, as other models refer to it; it outlives those that use it."""
    known = _scripts.get(entry)
    if known is None or known.comm is None:
        known = _scripts[entry] = Script(text=compose(entry))
    return f"IPY_MODEL_{known.model_id}"
