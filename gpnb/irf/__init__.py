"""Instrument responses: one interpolated base, thin classes on it, GADF tables in and out."""

from gpnb.irf.aeff import EffectiveArea
from gpnb.irf.background import Background2D, Background3D
from gpnb.irf.edisp import EnergyDispersion
from gpnb.irf.psf_gauss import Psf3Gauss
from gpnb.irf.psf_king import PsfKing
from gpnb.irf.psf_table import PsfTable
from gpnb.irf.rad_max import RadMax
from gpnb.irf.read import read_irf
from gpnb.irf.response import Response

__all__ = [
    "Background2D",
    "Background3D",
    "EffectiveArea",
    "EnergyDispersion",
    "Psf3Gauss",
    "PsfKing",
    "PsfTable",
    "RadMax",
    "Response",
    "read_irf",
]
