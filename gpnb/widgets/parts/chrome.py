"""The frame around a panel: its head with tools and chips, and its foot with state, progress and drawers."""

from __future__ import annotations

import traitlets

from gpnb.widgets.parts.compose import ASSETS, compose
from gpnb.widgets.parts.part import Part


class Head(Part):
    """Title, facts, tools, and the chips of the selection with a count beside them.

    Messages: ``undo``, ``redo``, ``code``, ``save``, ``chip(name, text)``.
    """

    _esm = compose("head.js")
    _css = (ASSETS / "live.css").read_text(encoding="utf-8")
    title = traitlets.Unicode().tag(sync=True)
    facts = traitlets.Unicode().tag(sync=True)
    tools = traitlets.Dict().tag(sync=True)
    chips = traitlets.List().tag(sync=True)
    count = traitlets.Unicode().tag(sync=True)


class Foot(Part):
    """State or verdict, progress with Cancel, totals, notes; below them the drawers: code, saving, details of a fault.

    Messages: ``cancel``, ``close(drawer)``, ``write(path, overwrite)``.
    """

    _esm = compose("foot.js")
    status = traitlets.Dict().tag(sync=True)
    progress = traitlets.Dict().tag(sync=True)
    verdict = traitlets.Unicode().tag(sync=True)
    totals = traitlets.Unicode().tag(sync=True)
    notes = traitlets.List().tag(sync=True)
    drawer = traitlets.Dict().tag(sync=True)
