"""Binned counts on the sky with what is needed to predict them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.table import Table

from gpnb.core.atomic import atomic_set
from gpnb.core.display import Displayed
from gpnb.core.errors import SelectionError
from gpnb.core.frozen import unchanging
from gpnb.core.recipe import Recipe
from gpnb.data.gti import GTI
from gpnb.datasets.flags import UNUSABLE, Flag, reasons
from gpnb.irf.reduced_dispersion import ReducedDispersion
from gpnb.irf.reduced_psf import ReducedPsf
from gpnb.maps.geometry import WcsGeometry
from gpnb.maps.sky_map import SkyMap


@unchanging
@dataclass(frozen=True, eq=False, repr=False)
class MapDataset(Displayed):
    """Counts, exposure, background and flags of one or several runs: plain data, no model.

    Parameters
    ----------
    counts : SkyMap
        Counts in bins of reconstructed energy.
    exposure : SkyMap
        Effective area times live time (cm2 s) in bins of true energy.
    background : SkyMap, optional
        Predicted background counts.
    flags : SkyMap
        One `Flag` value a bin of `counts`; 0 is good.
    acceptance, counts_off, acceptance_off : SkyMap, optional
        For a background measured in other places: relative exposure of each bin to background,
        the counts of its OFF region, and the acceptance of that.
    psf, edisp : ReducedPsf, ReducedDispersion, optional
        Reduced responses, for models of the sky; made when first asked.
    gti : GTI, optional
        Good times of all runs.
    runs : Table
        One row a run: number, live time, background norm …
    notes : tuple of str
        What deserves attention.
    name : str
        For people.
    recipe : Recipe
        How it was made.
    """

    panel = "sky"

    counts: SkyMap
    exposure: SkyMap
    flags: SkyMap
    background: SkyMap | None = None
    acceptance: SkyMap | None = None
    counts_off: SkyMap | None = None
    acceptance_off: SkyMap | None = None
    psf: ReducedPsf | None = None
    edisp: ReducedDispersion | None = None
    gti: GTI | None = None
    runs: Table = field(default_factory=Table)
    notes: tuple[str, ...] = ()
    name: str = "dataset"
    recipe: Recipe = field(default_factory=lambda: Recipe.memory("dataset"))

    @property
    def geom(self) -> WcsGeometry:
        """Bins of the counts."""
        return self.counts.geom

    @cached_property
    def usable(self) -> np.ndarray:
        """True where a bin may be used, in the shape of the counts."""
        return np.asarray((self.flags.data & np.uint8(UNUSABLE)) == 0)

    @cached_property
    def empty_sky(self) -> np.ndarray:
        """True where a bin is usable and outside the exclusion regions."""
        return np.asarray((self.flags.data & np.uint8(UNUSABLE | Flag.EXCLUDED)) == 0)

    @property
    def alpha(self) -> SkyMap:
        """Ratio of ON to OFF acceptance.

        Raises
        ------
        SelectionError
            If there are no OFF counts.
        """
        if self.acceptance is None or self.acceptance_off is None:
            raise SelectionError(f"{self.name} has no OFF counts: its background is a prediction.")
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = self.acceptance.data / self.acceptance_off.data
        return SkyMap(self.geom, ratio, recipe=Recipe.of(".alpha", on=self))

    def why(self, coord: Any, **axis_values: Any) -> list[str]:
        """Why the bin at a position (and energy) is masked; empty if it is good.

        Parameters
        ----------
        coord : SkyCoord or str
            Where.
        **axis_values
            Such as ``energy="1 TeV"``.
        """
        value = float(np.nan_to_num(np.asarray(self.flags.at(coord, **axis_values)), nan=float(Flag.FIELD_OF_VIEW)))
        return reasons(int(value))

    def masked(self, bins: Any) -> MapDataset:
        """A copy with bins masked by hand.

        Parameters
        ----------
        bins : SkyMap or array of bool
            True where to mask; broadcast over energy.
        """
        chosen = np.broadcast_to(np.asarray(getattr(bins, "data", bins), dtype=bool), self.geom.shape)
        recipe = Recipe.of(".masked()", on=self, bins=bins)
        flags = SkyMap(self.geom, np.where(chosen, self.flags.data | np.uint8(Flag.USER), self.flags.data))
        return replace(self, flags=flags, recipe=recipe)

    def cutout(self, center: SkyCoord | str, width: Any) -> MapDataset:
        """The part around a position, clipped at the rim of the map; responses, good times and runs stay.

        Parameters
        ----------
        center : SkyCoord or str
            The middle of the part.
        width : Quantity, str, or pair of them
            Its size in longitude and latitude.

        Raises
        ------
        SelectionError
            If the part lies outside the map.

        Examples
        --------
        >>> import gpnb
        >>> cube.cutout("83.63d 22.01d", "2 deg")  # doctest: +SKIP
        """
        from gpnb.datasets.map_parts import cutout

        return cutout(self, center, width, Recipe.of_call(self.cutout, locals()))

    def downsample(self, factor: int) -> MapDataset:
        """Join `factor` × `factor` pixels.

        A joined pixel is usable where all of its pixels are, so that what is predicted for it is all there. Of OFF
        counts, which neighbours share, the mean is taken.

        Parameters
        ----------
        factor : int
            Must divide both numbers of pixels.

        Raises
        ------
        ArgumentError
            If it does not.
        """
        from gpnb.datasets.map_parts import downsample

        return downsample(self, factor, Recipe.of_call(self.downsample, locals()))

    def slice(self, energy: Any) -> MapDataset:
        """The bins with their centre in a range of reconstructed energy.

        Parameters
        ----------
        energy : pair of Quantity or str
            Lower and upper end; None for an open end.

        Raises
        ------
        SelectionError
            If there is none.
        """
        from gpnb.datasets.map_parts import chosen_energies, in_energies

        return in_energies(self, *chosen_energies(self, energy), Recipe.of_call(self.slice, locals()))

    def resample(self, energy: Any) -> MapDataset:
        """Join bins of reconstructed energy.

        Of the bins that are joined those count that any pixel uses, and a pixel is usable where all of these are: the
        energies below a threshold are neither counted nor predicted. Bins outside the new edges are left out.

        Parameters
        ----------
        energy : Axis, Quantity, list of str, or int
            New edges, each of them one of the edges that there are; or how many bins to join.

        Raises
        ------
        ArgumentError
            If an edge is another, or the number of bins is not a multiple.
        """
        from gpnb.datasets.map_parts import in_energies, joined_energies

        return in_energies(self, *joined_energies(self, energy), Recipe.of_call(self.resample, locals()))

    @property
    def maps(self) -> Mapping[str, SkyMap]:
        """The maps that are there, by name."""
        names = ("counts", "background", "exposure", "flags", "acceptance", "counts_off", "acceptance_off")
        return {name: value for name in names if (value := getattr(self, name)) is not None}

    @classmethod
    def read(cls, path: str | os.PathLike[str], name: str | None = None) -> MapDataset:
        """Read a cube from one FITS file, in the layout that Gammapy writes.

        Parameters
        ----------
        path : path
            With the HDUs ``COUNTS``, ``EXPOSURE`` and, as far as they are there, ``BACKGROUND``, ``PSF``, ``EDISP``,
            ``MASK_SAFE``, ``MASK_FIT``, ``GTI`` and OFF counts; what `write` adds to them is read too.
        name : str, optional
            Of the dataset; by default the one in the file.

        Raises
        ------
        DataFormatError
            If a map is missing or has other axes.

        Examples
        --------
        >>> import gpnb
        >>> cube = gpnb.MapDataset.read("cube.fits.gz")  # doctest: +SKIP
        """
        from gpnb.datasets.map_file import read_map_dataset

        return read_map_dataset(path, name)

    def write(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write everything into one file, which `read` and Gammapy read, or the maps alone into a folder.

        In the file point spread function and dispersion stand at nodes on the sky, half a degree apart (those of runs
        are known anywhere before; those from a file stay as they are); what Gammapy does not know (reasons of masks,
        the table of runs, notes) it leaves out where it writes the file anew.

        Parameters
        ----------
        path : path
            A name that ends in ``.fits`` or ``.fits.gz`` is the file; any other is a folder, which gets
            ``counts.fits`` and so on: all of them or nothing.
        overwrite : bool
            Replace existing files.

        Raises
        ------
        ArgumentError
            If something exists already, or cannot be written.

        Examples
        --------
        >>> import gpnb
        >>> cube.write("cube.fits.gz")  # doctest: +SKIP
        """
        from gpnb.datasets.map_file_write import write_map_dataset

        if os.fspath(path).lower().endswith((".fits", ".fits.gz")):
            write_map_dataset(self, path, overwrite)
            return
        with atomic_set(path, overwrite) as made:
            for name, sky_map in self.maps.items():
                sky_map.write(made / f"{name}.fits")

    def __repr__(self) -> str:
        total = float(self.counts.data[self.usable].sum())
        shape = " × ".join(str(size) for size in reversed(self.geom.shape))
        runs = f", {len(self.runs)} run{'s' * (len(self.runs) != 1)}" if len(self.runs) else ""
        return f"MapDataset({self.name}, {shape} bins, {total:.0f} counts{runs})"
