"""The bar beside a sky that tells which value has which colour, with ends that are dragged to cut."""

from __future__ import annotations

from typing import Any

import traitlets

from gpnb.panels.sky.cuts import Scale
from gpnb.widgets.parts.compose import compose
from gpnb.widgets.parts.part import Turned


class ColourBar(Turned):
    """A slim bar with ticks, unit and the values in use at its ends.

    Changes are called ``low`` and ``high``: a value, or None for the automatic cut.

    Attributes
    ----------
    bar : dict
        ``low high stretch centred unit auto``; empty where colours are no values.
    lut : bytes
        256 colours of three bytes.
    """

    _esm = compose("colour_bar.js")
    bar = traitlets.Dict().tag(sync=True)
    lut = traitlets.Bytes().tag(sync=True)

    def show(
        self, scale: Scale | None, lut: bytes = b"", unit: str = "", auto: tuple[bool, bool] = (True, True)
    ) -> None:
        """Show a scale; None takes the bar away.

        Parameters
        ----------
        scale : Scale or None
            What is shown.
        lut : bytes
            Its colours.
        unit : str
            Of the values.
        auto : tuple of bool
            Which ends are automatic.
        """
        told: dict[str, Any] = {} if scale is None else {**vars(scale), "unit": unit, "auto": list(auto)}
        with self.hold_sync():
            self.lut, self.bar = lut, told
        self.layout.display = "none" if scale is None else None
