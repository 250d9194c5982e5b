"""Statistics of counts and of varying fluxes: plain functions of arrays, no units, no tables.

Names are imported when first used: who folds phases needs no splines.
"""

from gpnb.core.lazy import lazy_names

_HOME = {}
"""Public name → the module it lives in."""

__all__ = sorted(_HOME)  # noqa: PLE0605

__getattr__, __dir__ = lazy_names(__name__, _HOME)
