"""The frame around a panel: its head with tools and chips, and its foot with state, progress and drawers."""

from __future__ import annotations

import traitlets

from gpnb.widgets.parts.compose import ASSETS, compose
from gpnb.widgets.parts.part import Part


class Head(Part):
    """Title, facts, tools, and the chips of the selection with a count beside them.

    Messages: ``undo``, ``redo``, ``code``, ``save``, ``chip(name, text)``.

    Attributes
    ----------
    answer : dict
        To the last chip that was typed: ``count`` of answers, and ``why`` it was refused, empty if it was not.
    """

    _esm = compose("head.js")
    _css = (ASSETS / "live.css").read_text(encoding="utf-8")
    title = traitlets.Unicode().tag(sync=True)
    facts = traitlets.Unicode().tag(sync=True)
    tools = traitlets.Dict().tag(sync=True)
    chips = traitlets.List().tag(sync=True)
    count = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)


class Foot(Part):
    """State or verdict, progress with Cancel, totals, notes; below them the drawers: code, saving, details of a fault.

    Messages: ``cancel``, ``close(drawer)``, ``write(path, overwrite)``, ``mend``.

    Attributes
    ----------
    status : dict
        What was said last: ``level text detail``.
    busy : bool
        Whether work goes on, also while there is no progress to tell yet.
    progress : dict
        ``label fraction`` of long work.
    verdict, remedy : str
        What is wrong with what is shown, and the word on the button that would mend it.
    totals : str
        What is chosen comes to.
    notes : list of str
        What needs attention.
    drawer : dict
        The open one: ``name``, and what is in it.
    refused : str
        Why the file that was asked for last was not written.
    """

    _esm = compose("foot.js")
    status = traitlets.Dict().tag(sync=True)
    busy = traitlets.Bool().tag(sync=True)
    progress = traitlets.Dict().tag(sync=True)
    verdict = traitlets.Unicode().tag(sync=True)
    remedy = traitlets.Unicode().tag(sync=True)
    totals = traitlets.Unicode().tag(sync=True)
    notes = traitlets.List().tag(sync=True)
    drawer = traitlets.Dict().tag(sync=True)
    refused = traitlets.Unicode().tag(sync=True)
