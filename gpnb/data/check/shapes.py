"""Values of responses that cannot be: negative areas and rates, densities far from normalised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gpnb.data.check.columns import find_column
from gpnb.data.check.finding import Place
from gpnb.irf.aeff import EffectiveArea
from gpnb.irf.background import Background2D, Background3D
from gpnb.irf.edisp import EnergyDispersion
from gpnb.irf.psf_gauss import Psf3Gauss
from gpnb.irf.psf_king import PsfKing
from gpnb.irf.psf_table import PsfTable
from gpnb.irf.rad_max import RadMax

_RINGING, _RINGING_DENSITY = 1e-3, 0.05
"""Negative values, relative to the largest, as interpolated tables have them (H.E.S.S.: areas 5e-5, densities 0.01)."""

_FAR = 0.05
"""How far from 1 a normalisation is worth a note."""


def check_values(place: Place, response: Any, hdu: Any) -> None:
    """What holds for the values of this kind of response."""
    match response:
        case EffectiveArea() | Background2D() | Background3D() | RadMax():
            _check_sign(place, response, _RINGING, place.error)
        case EnergyDispersion():
            _check_sign(place, response, _RINGING_DENSITY, place.warning)
            norm = np.einsum("imo,m->io", response.values, response.axes[1].width_values, dtype=float)
            _tell_norm(place, "MATRIX", norm)
        case PsfTable():
            _check_sign(place, response, _RINGING_DENSITY, place.warning)
            edges = np.cos(np.deg2rad(response.axes[2].edge_values))
            _tell_norm(place, "RPSF", np.nan_to_num(response.values) @ (-2 * np.pi * np.diff(edges)))
        case Psf3Gauss():
            _check_widths(place, response)
            _check_scale(place, response, hdu)
        case PsfKing():
            _check_widths(place, response)


def _check_sign(place: Place, response: Any, allowed: float, write: Callable[[str, str, str, str], None]) -> None:
    """Negative values; a note where they are small beside the largest value."""
    name = response.layout.columns[0].name
    negative = response.values < 0
    if negative.any():
        depth = float(-np.nanmin(response.values) / max(np.nanmax(response.values), np.finfo(float).tiny))
        what = (
            f"{int(negative.sum())} of {negative.size} values of {name} are negative, down to {-depth:.2g} of its peak."
        )
        if depth < allowed:
            write = place.note
        write("negative", name, what, "Set them to zero, or make the response again.")
    elif not np.any(response.values > 0):
        place.error("empty", name, f"All values of {name} are zero.", "Make the response again.")


def _check_widths(place: Place, response: Any) -> None:
    names = [column.name for column in response.layout.columns]
    for number, name in enumerate(names):
        values = response.values[..., number]
        if name.startswith("SIGMA") and np.any(values < 0):
            place.error("negative", name, f"{int(np.sum(values < 0))} widths are negative.", "Make the response again.")
        if name == "GAMMA" and np.any(values[values > 0] <= 1):
            what = "GAMMA is not above 1 everywhere: there the function has no finite integral."
            place.warning("psf-shape", name, what, "Make the response again.")


def _check_scale(place: Place, response: Psf3Gauss, hdu: Any) -> None:
    """SCALE against the one that widths and amplitudes ask for."""
    column = find_column(hdu, "SCALE")
    if column is None:
        return
    found = np.asarray(hdu.data[column.name][0], dtype=float).ravel()
    wanted = response.file_columns()["SCALE"].T.ravel()
    if found.shape == wanted.shape:
        used = (wanted > 0) & (found > 0)
        _tell_norm(place, "SCALE", found[used] / wanted[used])


def _tell_norm(place: Place, name: str, norm: np.ndarray) -> None:
    """A note where the integral is far from 1, empty nodes left out."""
    norm = norm[norm > 0]
    if norm.size and np.abs(norm - 1).max() > _FAR:
        what = f"The normalisation of {name} is {norm.min():.3g} to {norm.max():.3g}; gpnb makes it 1."
        place.note("normalisation", name, what, "Nothing, unless other readers use the file.")
