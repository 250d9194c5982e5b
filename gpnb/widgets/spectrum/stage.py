"""The left side of the spectral-fit panel: tabs, plots with residuals, profiles, contours, a small sky."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ipywidgets
from traitlets import link

from gpnb.panels.sky.overlays import SELECTED
from gpnb.panels.sky.shapes import region_of
from gpnb.panels.spectrum.plots import spectrum_plots
from gpnb.panels.spectrum.published import published
from gpnb.panels.spectrum.regions import RegionSky
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.words import fit_facts
from gpnb.panels.spectrum.work import SpectrumWork
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.plot import PlotHead, PlotView
from gpnb.widgets.parts.tabs import Tabs
from gpnb.widgets.spectrum.regions import RegionStage

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
    regions : RegionStage or None
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
        self.regions: RegionStage | None = None
        self._last: RegionSky | None = None
        self._to_come = ""
        self._place = ipywidgets.VBox([])
        self.widget = ipywidgets.VBox([self.tabs, self._place]).add_class("gpnb-stage")

    def show(self, view: SpectrumView, tab: str, selected: str, stopped: bool = False) -> None:
        """Show a record; `stopped` where what it lacks is not being made any more."""
        self._to_come = "was stopped: press the tab once more to begin again" if stopped else "is on its way …"
        spectra = self._work.spectra(view)
        absent = {*(() if spectra.items else ("counts", "excess")), *(() if spectra.region else ("regions",))}
        names = [name for name in TABS if name not in absent]
        with self.tabs.hold_sync():
            self.tabs.tabs, self.tabs.chosen = [[name, TABS[name]] for name in names], tab
        if tab == "regions":
            self._show_sky(view, selected)
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
            self._say(f"The work on {tab} {self._to_come}")
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

    def _show_sky(self, view: SpectrumView, selected: str) -> None:
        """ON and OFF regions; the chosen one can be moved, and drawn anew where the runs are known.

        While those of other spectra are counted, the last ones stay.
        """
        sky = self._work.known_region_sky(view) or self._last
        if sky is None and self._work.can_extract:
            self._say(f"Counting under the regions {self._to_come}")
            return
        if sky is None:
            self._say("The regions of these spectra are not known.")
            return
        if self.regions is None:
            self.regions = RegionStage(sky.geom, _SHAPES if self._work.can_extract else ("move",))
            self._listen(self.regions)
        self._last = sky
        self.regions.show(sky, self._work.spectra(view), view, selected)
        self._put(self.regions.widget)

    def _listen(self, regions: RegionStage) -> None:
        regions.sky.on_pixels(self._drawn)
        regions.sky.on_remove(lambda name: self._callback(None) if name == SELECTED else None)
        regions.table.on("choose", lambda key, add: self._chosen(key))  # noqa: ARG005  (a field of the message)
        regions.bar.on_change(self._cut)

    def on_run(self, chosen: Callable[[Any], None], cut: Callable[[str, Any, Any], None]) -> None:
        """Call ``chosen(place)`` for a row of the runs, and ``cut(name, value, gesture)`` for an end of the colours."""
        self._chosen, self._cut = chosen, cut

    def on_region(self, callback: Any) -> None:
        """Call ``callback(text)`` when a region was drawn on the small sky, as DS9 text; None when it is to go."""
        self._callback = callback

    def _drawn(self, _: str | None, shape: dict[str, Any]) -> None:
        if self._last is not None:
            self._callback(region_of(shape, self._last.geom))

    def _say(self, text: str) -> None:
        self.words.facts = text
        self._put(self.words)

    def _put(self, *widgets: Any) -> None:
        if self._place.children != widgets:
            self._place.children = widgets
