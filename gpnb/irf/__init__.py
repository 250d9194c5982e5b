"""Instrument responses: one interpolated base, thin classes on it, GADF tables in and out."""

from gpnb.core.lazy import lazy_names

_HOME = {
    "EffectiveArea": "aeff",
    "Background2D": "background",
    "Background3D": "background",
    "EnergyDispersion": "edisp",
    "Psf3Gauss": "psf_gauss",
    "PsfKing": "psf_king",
    "PsfTable": "psf_table",
    "RadMax": "rad_max",
    "RadialPsf": "radial_psf",
    "ReducedDispersion": "reduced_dispersion",
    "ReducedPsf": "reduced_psf",
    "read_irf": "read",
    "Response": "response",
}
"""Public name → the module it lives in."""

__all__ = sorted(_HOME)  # noqa: PLE0605

__getattr__, __dir__ = lazy_names(__name__, _HOME)
