"""The left side of the spectral-fit panel: tabs, plots with residuals, profiles, contours, a small sky."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import ipywidgets
from traitlets import link

from gpnb.maps.geometry import WcsGeometry
from gpnb.panels.sky.overlays import SELECTED
from gpnb.panels.sky.shapes import region_of
from gpnb.panels.sky.view import SkyView
from gpnb.panels.spectrum.data import same_region
from gpnb.panels.spectrum.plots import spectrum_plots
from gpnb.panels.spectrum.published import published
from gpnb.panels.spectrum.regions import on_off, sky_of
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.words import fit_facts
from gpnb.panels.spectrum.work import SpectrumWork
from gpnb.state.graph import Node, Source, View
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.plot import PlotHead, PlotView
from gpnb.widgets.parts.tabs import Tabs
from gpnb.widgets.sky.stage import SkyStage

TABS = {
    "sed": "SED",
    "counts": "Counts",
    "excess": "Excess",
    "profiles": "Profiles",
    "contours": "Contours",
    "regions": "Regions",
}
_SHAPES = ("move", "circle", "ellipse", "rectangle", "polygon")


class SpectrumStage:
    """What is looked at, one tab at a time.

    Parameters
    ----------
    work : SpectrumWork
        Of the panel.

    Attributes
    ----------
    tabs : Tabs
        Which is chosen.
    contour : Controls
        The parameters of the contours.
    plots, profiles : dict and list of PointPlot
        What there is beside.
    words : PlotHead
        Says why there is no plot.
    sky : SkyStage or None
        The small sky, once it was looked at.
    """

    def __init__(self, work: SpectrumWork):
        self._work = work
        self.tabs = Tabs(label="Views of the spectrum")
        self.contour = Controls()
        self.plots = {
            "main": PlotView(height=268, over=True),
            "alone": PlotView(height=300),
            "residuals": PlotView(height=124, bare=True),
            "contours": PlotView(height=340),
        }
        self.plots["main"].look_with(self.plots["residuals"])
        link(*((self.plots[name].widget, "pointed") for name in ("main", "residuals")))
        self.profiles: list[PlotView] = []
        self._grid = ipywidgets.VBox([]).add_class("gpnb-plots")
        self.words = PlotHead()
        self.sky: SkyStage | None = None
        self._spectra: Any = None
        spectra = Source(lambda: self._spectra)
        self._geom, self._regions = Node(sky_of, spectra), Node(on_off, spectra)
        self._looks = View(self._geom, self._look)
        self._place = ipywidgets.VBox([])
        self.widget = ipywidgets.VBox([self.tabs, self._place]).add_class("gpnb-stage")

    def show(self, view: SpectrumView, tab: str, selected: str) -> None:
        """Show a record."""
        spectra = self._work.spectra(view)
        absent = {*(() if spectra.items else ("counts", "excess")), *(() if spectra.region else ("regions",))}
        names = [name for name in TABS if name not in absent]
        with self.tabs.hold_sync():
            self.tabs.tabs, self.tabs.chosen = [[name, TABS[name]] for name in names], tab
        self._spectra = self._work.spectra(view)
        if tab == "regions":
            self._show_sky(selected)
        elif tab in ("profiles", "contours"):
            self._show_likelihood(view, tab)
        else:
            self._show_spectrum(view)

    def _show_spectrum(self, view: SpectrumView) -> None:
        plots = spectrum_plots(self._work, view, published(view.published, self._work.spectra(view).region))
        main = self.plots["main" if len(plots) > 1 else "alone"]
        self._put(main.widget, *([self.plots["residuals"].widget] if len(plots) > 1 else []))
        facts = fit_facts(self._work, view)
        said = f"{plots[0].y_label} by {plots[0].x_label}: {facts or 'no model'}"
        main.show(replace(plots[0], title="", facts=facts, said=said))
        if len(plots) > 1:
            self.plots["residuals"].show(plots[1])

    def _show_likelihood(self, view: SpectrumView, tab: str) -> None:
        """Profiles or contours, if they are there."""
        if self._work.result(view) is None:
            self._say(f"{TABS[tab]} are of a fit: press Fit.")
            return
        result = self._work.result(view)
        if tab == "contours" and result is not None and len(result.names) < 2:
            self._say("A contour needs two free parameters: let one more free.")
            return
        if not self._work.known(tab, view):
            self._say(f"{TABS[tab]} are on their way …")
            return
        plots = spectrum_plots(self._work, view)
        if tab == "contours":
            self._put(self.contour, self.plots["contours"].widget)
            self.plots["contours"].show(plots[0])
            return
        while len(self.profiles) < len(plots):
            self.profiles.append(PlotView(height=200))
        shown = self.profiles[: len(plots)]
        self._grid.children = [plot.widget for plot in shown]
        self._put(self._grid)
        for plot, given in zip(shown, plots, strict=True):
            plot.show(given)

    def _show_sky(self, selected: str) -> None:
        """ON and OFF regions; the chosen one can be moved, and drawn anew where the runs are known."""
        geom, (on, off) = self._geom.pull(), self._regions.pull()
        if geom is None:
            self._say("The regions of these spectra are not known.")
            return
        if self.sky is None:
            self.sky = SkyStage(geom, _SHAPES if self._work.can_extract else ("move",))
            self.sky.on_pixels(self._drawn)
            self.sky.on_remove(lambda name: self._callback(None) if name == SELECTED else None)
        self._looks.refresh()
        lines = [line for line in on.splitlines() if not same_region(line, selected)]
        shown = SkyView.build(regions=lines or None, off_regions=off.splitlines() or None)
        self.sky.show_over(shown, selected)
        self._put(self.sky.widget)

    def _look(self, geom: WcsGeometry | None) -> None:
        if self.sky is None or geom is None:
            return
        self.sky.show_empty(geom, "ON solid, OFF dashed")
        self.sky.show_look(SkyView())

    def on_region(self, callback: Any) -> None:
        """Call ``callback(text)`` when a region was drawn on the small sky, as DS9 text; None when it is to go."""
        self._callback = callback

    def _drawn(self, _: str | None, shape: dict[str, Any]) -> None:
        geom = self._geom.pull()
        if geom is not None:
            self._callback(region_of(shape, geom))

    def _say(self, text: str) -> None:
        self.words.facts = text
        self._put(self.words)

    def _put(self, *widgets: Any) -> None:
        if self._place.children != widgets:
            self._place.children = widgets
