"""Sources that were found in a cube, as a catalogue of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from astropy.table import QTable
from regions import Regions

from gpnb.core.atomic import atomic_file
from gpnb.core.display import Displayed
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.core.words import counted
from gpnb.products.localization import Localization


@unchanging
@dataclass(frozen=True, eq=False, repr=False)
class FoundSources(Displayed):
    """What `gpnb.find_sources` found.

    Parameters
    ----------
    models : Models
        All sources and backgrounds, fitted.
    table : QTable
        One row a source that was found, the most significant first: ``name``, ``ra``, ``dec``, ``glon``, ``glat``,
        ``ts``, ``sqrt_ts``, ``flux``, ``flux_err`` (in the energies of the cube), ``index``, ``index_err``, semi-axes
        of the ellipse of 95 % and its ``angle``, ``association``, ``separation`` and ``catalog``, ``note``.
    candidates : QTable
        One row a peak: ``round``, ``ra``, ``dec``, ``sqrt_ts``, ``accepted``, ``name``, ``reason``.
    places : dict of Localization
        By name.
    result : FitResult or None
        The last fit; None where nothing is free.
    notes : tuple of str
        What deserves attention.
    recipe : Recipe
        How they were found.
    """

    panel = "table"
    has_picture = False

    models: Any
    table: QTable
    candidates: QTable
    places: Mapping[str, Localization]
    result: Any
    notes: tuple[str, ...] = ()
    recipe: Recipe = field(default_factory=lambda: Recipe.memory("sources"))

    @property
    def regions(self) -> Regions:
        """Ellipses of 95 %, with names."""
        found = []
        for name, place in self.places.items():
            ellipse = place.regions[1]
            ellipse.meta["text"] = name
            found.append(ellipse)
        return Regions(found)

    def write(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write the ellipses as DS9 regions; the models write themselves, ``.models.write("sources.yaml")``."""
        with atomic_file(path, overwrite) as made:
            made.write_text(self.regions.serialize(format="ds9"), encoding="utf-8")

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        names = ", ".join(f"{row['name']} ({row['sqrt_ts']:.1f} σ)" for row in self.table[:5])
        more = ", …" if len(self.table) > 5 else ""
        of = f" of {counted(len(self.candidates), 'candidate')}"
        return f"FoundSources({counted(len(self.table), 'source')}{of}{': ' if names else ''}{names}{more})"
