"""The minimisers by name; a back end knows no physics."""

from __future__ import annotations

from collections.abc import Callable

from gpnb.core.errors import ArgumentError
from gpnb.fitting import minuit, scipy_, scoring, sherpa_, sherpa_session
from gpnb.fitting.scoring import Minimum

BACKENDS: dict[str, Callable[..., Minimum]] = {
    "scoring": scoring.minimise,
    "minuit": minuit.minimise,
    "scipy": scipy_.minimise,
    "sherpa": sherpa_.minimise,
    "sherpa-session": sherpa_session.minimise,
}


def backend_called(name: str) -> Callable[..., Minimum]:
    """The minimiser of a name.

    Raises
    ------
    ArgumentError
        If there is none.
    """
    if name not in BACKENDS:
        raise ArgumentError(f"backend={name!r} is not known: give one of {', '.join(BACKENDS)}.")
    return BACKENDS[name]
