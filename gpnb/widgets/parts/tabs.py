"""Tabs above what is looked at, and rows of parameters."""

from __future__ import annotations

import traitlets

from gpnb.widgets.parts.compose import compose
from gpnb.widgets.parts.part import Controls, Part


class Tabs(Part):
    """A row of tabs.

    Messages: ``choose(name)``.

    Attributes
    ----------
    label : str
        What they are of.
    tabs : list of (str, str)
        Name and word of each.
    chosen : str
        The name of the one that is shown.
    """

    _esm = compose("tabs.js")
    label = traitlets.Unicode().tag(sync=True)
    tabs = traitlets.List().tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)


class Parameters(Controls):
    """One row a parameter: slider, value with its error, unit, freeze, limits.

    Changes are called ``place/NAME``, ``frozen/NAME``, ``value/NAME``, ``min/NAME`` and ``max/NAME``.

    Attributes
    ----------
    items : list of dict
        ``name label place steps text unit frozen linked value min max note``.
    """

    _esm = compose("parameters.js")
