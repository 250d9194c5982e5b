"""The parts of an observation, named by file and HDU and read when first used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from gpnb.core.fits_file import find_hdu, forget_unpacked, open_fits
from gpnb.core.recipe import Recipe
from gpnb.data.events import EventList
from gpnb.data.gti import GTI

PARTS = ("events", "gti", "aeff", "edisp", "psf", "bkg", "rad_max", "pointing")
IRFS = ("aeff", "edisp", "psf", "bkg", "rad_max")


@dataclass(frozen=True)
class Part:
    """Where one part of an observation is.

    Parameters
    ----------
    path : Path
        The file.
    hdu : str
        The HDU's name.
    hdu_class : str
        What it holds: ``events``, ``aeff_2d``, ``psf_3gauss`` …
    det_axes : pair of str, optional
        What DETX and DETY of a background are, where that is not what the format says.
    at_nodes : bool
        Whether the values of a background are rates at the centres of its bins in energy, not means in them.
    """

    path: Path
    hdu: str
    hdu_class: str
    det_axes: tuple[str, str] | None = None
    at_nodes: bool = False

    def read(self, kind: str, recipe: Recipe) -> Any:
        """Read it.

        Raises
        ------
        DataFormatError
            If file or HDU is missing or not what the index says.
        """
        if kind in IRFS:
            kept = _kept_of(self.path, self.path.stat().st_mtime_ns if self.path.exists() else 0)
            if self not in kept:
                kept[self] = _read_irf(self)
            return kept[self]
        read: Callable[..., Any] = EventList.from_hdu if kind == "events" else GTI.from_hdu
        with open_fits(self.path, keep=True) as hdulist:
            return read(find_hdu(hdulist, self.hdu, self.path), self.path, recipe)


@lru_cache(maxsize=4)
def _kept_of(path: Path, stamp: int) -> dict[Part, Any]:  # noqa: ARG001
    """The responses of the files used last, kept because many runs share one; `stamp` tells a changed file apart."""
    return {}


def _read_irf(part: Part) -> Any:
    from gpnb.irf.read import read_irf  # here: stores are opened far more often than responses are read

    response = read_irf(part.hdu, part.hdu_class, path=part.path)
    response = response if part.det_axes is None else response.oriented(*part.det_axes)
    return response.at_nodes() if part.at_nodes else response


def forget_files() -> None:
    """Drop what is kept of files in memory, so that the next use reads them again."""
    _kept_of.cache_clear()
    forget_unpacked()
