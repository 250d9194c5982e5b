"""The small sky of a spectral-fit panel: regions over the counts, and the numbers of each run below."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets
from traitlets import link

from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.sky.cuts import scale_of
from gpnb.panels.sky.view import ColourMap, SkyView
from gpnb.panels.spectrum.data import Spectra
from gpnb.panels.spectrum.regions import RegionSky, run_points, run_shapes, run_table
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.widgets.parts.colour_bar import ColourBar
from gpnb.widgets.parts.plot import PlotHead
from gpnb.widgets.parts.table import TableView
from gpnb.widgets.sky.stage import SkyStage, row_of, show_bar

COLOURS: ColourMap = "cividis"
"""Below lines of many tints."""

_LEGEND = [
    {"label": "ON", "colour": "var(--gpnb-text)", "marker": "circle"},
    {"label": "OFF, tint by run", "colour": "var(--gpnb-accent)", "dash": "3 3"},
]


class RegionStage:
    """ON and OFF regions.

    Parameters
    ----------
    geom : WcsGeometry
        The first sky grid.
    tools : sequence of str
        What can be drawn, by name.

    Attributes
    ----------
    head : PlotHead
        What is shown.
    sky : SkyStage
        The small sky.
    bar : ColourBar
        Its colours.
    table : TableView
        A row a run; one that is chosen stands out on the sky.
    """

    def __init__(self, geom: WcsGeometry, tools: Sequence[str]):
        self.head, self.bar = PlotHead(legend=_LEGEND), ColourBar()
        self.sky = SkyStage(geom, tools)
        self.table = TableView(label="Counts of each run")
        link((self.sky.flat, "pointed"), (self.table, "pointed"))
        self.geom: WcsGeometry | None = None
        row = row_of(self.sky.widget, self.bar, geom)
        self.widget = ipywidgets.VBox([self.head, row, self.table]).add_class("gpnb-stack")

    def show(self, sky: RegionSky, spectra: Spectra, view: SpectrumView, selected: str) -> None:
        """Show regions, with the chosen one, over their counts."""
        self.head.facts = sky.facts
        if self.geom is not sky.geom:
            self.geom = sky.geom
            self.sky.show_empty(sky.geom, "ON solid, OFF dashed")
            self.sky.show_look(SkyView())
        self._show_counts(sky, view)
        flat = self.sky.flat
        with flat.hold_sync():
            flat.shapes, flat.points = run_shapes(sky, view.run, selected), run_points(sky, view.run)
        columns, rows = run_table(spectra)
        chosen = [] if view.run is None else [view.run]
        self.table.show(columns, rows, chosen, [run.tint for run in sky.runs])

    def _show_counts(self, sky: RegionSky, view: SpectrumView) -> None:
        if sky.counts is None:
            self.bar.show(None)
            return
        look = SkyView(cmap=COLOURS, stretch="sqrt", low=view.low, high=view.high)
        scale = scale_of(sky.counts.image, look)
        self.sky.show_image(look, sky.counts, scale)
        show_bar(self.bar, look, sky.counts, scale)
