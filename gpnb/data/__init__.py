"""Observations in files: events, good times, responses, stores."""

from gpnb.core.lazy import lazy_names

_HOME = {
    "EventList": "events",
    "GTI": "gti",
    "Observation": "observation",
    "Observations": "observations",
    "DataStore": "store",
}
"""Public name → the module it lives in."""

__all__ = sorted(_HOME)  # noqa: PLE0605

__getattr__, __dir__ = lazy_names(__name__, _HOME)
