"""A panel as people hold it: when nobody holds it and no output shows it, it is closed."""

from __future__ import annotations

import threading
from typing import Any
from weakref import finalize

from gpnb.core.display import is_followed
from gpnb.widgets import outputs
from gpnb.widgets.live import LivePanel


class Panel:
    """Holds a live panel, and has all that it has.

    The front end and its callbacks hold the live panel, never this; so this dies with its last name.

    Parameters
    ----------
    live : LivePanel
        The panel.
    """

    def __init__(self, live: LivePanel):
        self._live = live
        finalize(self, _let_go, live).atexit = False

    def close(self) -> None:
        """Take the panel away: its front end, its work and its place in the workspace."""
        outputs.drop(self)
        self._live.close()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._live, name)

    @property
    def __class__(self) -> Any:
        """What it is taken for."""
        return type(self._live)

    @__class__.setter
    def __class__(self, _: Any) -> None:
        raise AttributeError("__class__")

    def __dir__(self) -> list[str]:
        return sorted({"close", *(name for name in dir(self._live) if not name.startswith("_"))})

    def __repr__(self) -> str:
        return repr(self._live)

    def _ipython_display_(self) -> None:
        """Show the panel at once and its picture after, where the front end can take it."""
        if not is_followed():
            raise NotImplementedError
        outputs.keep(self)
        outputs.show(self._live)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        outputs.keep(self)
        return self._live._repr_mimebundle_(include, exclude)


def _let_go(live: LivePanel) -> None:
    """Close what nobody holds, unless somebody took its widget; garbage is collected anywhere, so never wait."""
    if live.is_held():
        return
    if live.workspace.lock.acquire(blocking=False):
        try:
            live.close()
        finally:
            live.workspace.lock.release()
    else:
        threading.Thread(target=live.close, daemon=True).start()
