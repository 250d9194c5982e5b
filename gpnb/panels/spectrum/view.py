"""The view record of the spectral-fit panel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self

from gpnb.core.errors import ArgumentError
from gpnb.core.frozen import unchanging
from gpnb.panels.fit.view import FitView
from gpnb.state import doors
from gpnb.state.doors import Span

if TYPE_CHECKING:
    from gpnb.state.selection import Selection

Tab = Literal["auto", "sed", "counts", "excess", "profiles", "contours", "regions"]


@unchanging
@dataclass(frozen=True, kw_only=True)
class SpectrumView(FitView):
    """The fit of spectra; `model`, `source`, `parameters`, `fitted`, `errors` and `contour` as of `FitView`.

    Parameters
    ----------
    tab : {"auto", "sed", "counts", "excess", "profiles", "contours", "regions"}
        What is looked at; by default the energy distribution if there is a model, else the counts.
    energy : tuple of float, optional
        Only bins wholly inside are fitted, TeV.
    region : str
        Where the spectra are extracted anew, as DS9 text.
    edges : tuple of float
        Edges of the flux points, TeV; empty for none.
    residuals : {"sigma", "relative"}
        What stands under the plot: signed square roots of the fit statistic, or excess over model less 1.
    min_counts : float
        Neighbouring bins are drawn as one until they hold so many counts; the fit knows nothing of it.
    published : tuple of str
        Catalogues whose spectrum of the source at this place is drawn as well, and names of `gpnb.reference_spectrum`.
    run : int, optional
        The spectrum whose regions stand out on the sky, by its place.
    low, high : float, optional
        The counts of the first and last colour below the regions; by default from percentiles.

    Examples
    --------
    >>> import gpnb
    >>> SpectrumView.build(model=gpnb.PowerLaw(index=2.6), energy=("1 TeV", "10 TeV")).parameters[0]
    ('index', 2.6, None, None, False)
    """

    tab: Tab = "auto"
    energy: Span | None = field(default=None, metadata={"door": doors.energies})
    region: str = field(default="", metadata={"door": doors.regions})
    edges: tuple[float, ...] = field(default=(), metadata={"door": doors.quantities("TeV")})
    residuals: Literal["sigma", "relative"] = "sigma"
    min_counts: float = 5.0
    published: tuple[str, ...] = ()
    run: int | None = None
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if any(not low < high for low, high in zip(self.edges[:-1], self.edges[1:], strict=True)):
            raise ArgumentError(f"edges={self.edges} must rise.")
        if len(self.edges) == 1:
            raise ArgumentError("edges must be at least two energies, or none.")

    def linked(self, selection: Selection) -> Self:
        """Spectra of the chosen region, in the chosen energies."""
        chosen = {"region": selection.region_ds9, "energy": selection.energy_tev}
        return self._with({name: value for name, value in chosen.items() if not getattr(self, name)})
