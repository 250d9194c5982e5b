"""Which plots a spectral-fit panel shows."""

from __future__ import annotations

from gpnb.panels.plot import Plot
from gpnb.panels.spectrum.counts import counts_plot, residual_plot
from gpnb.panels.spectrum.profiles import contour_plot, profile_plots
from gpnb.panels.spectrum.published import Published
from gpnb.panels.spectrum.sed import sed_plot
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.work import SpectrumWork


def spectrum_plots(work: SpectrumWork, view: SpectrumView, published: tuple[Published, ...] = ()) -> list[Plot]:
    """The plots of a tab: the main one with the residuals below it, or one a profile."""
    tab = work.tab(view)
    if tab == "profiles":
        return profile_plots(work, view)
    if tab == "contours":
        return [contour_plot(work, view)]
    if not work.spectra(view).usable:
        return [sed_plot(work, view, published)]
    main = sed_plot(work, view, published) if tab == "sed" else counts_plot(work, view, excess=tab == "excess")
    return [main] if work.shown(view) is None else [main, residual_plot(work, view, main.x)]
