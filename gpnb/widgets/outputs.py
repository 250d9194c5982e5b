"""What the outputs of cells show: a panel lives as long as its output, and goes when the cell is run again."""

from __future__ import annotations

import asyncio
import re
import secrets
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gpnb.widgets.live import LivePanel

_LATER = 0.5
"""Seconds after which the picture is drawn, unless cells are waiting: what is on the screen answers first."""

_SHOWN: dict[Any, list[Any]] = {}
_LOCK = threading.Lock()
_CACHED = re.compile(r"_{1,3}|_?\d+")
"""Names that IPython gives to results, in `Out` and outside."""


def keep(panel: Any) -> None:
    """Hold a panel that is shown now until its cell is run again or deleted; without a kernel, until the next one."""
    shell = _shell()
    if shell is not None and _begin not in shell.events.callbacks["pre_run_cell"]:
        shell.events.register("pre_run_cell", _begin)
    (cell,) = _cells(shell)[:1]
    with _LOCK:
        others = [] if cell is None else [item for item in _SHOWN.get(cell, []) if item is not panel]
        before, _SHOWN[cell] = _SHOWN.get(cell), [*others, panel]
    del before  # outside the lock: what is dropped may close


def show(live: LivePanel[Any]) -> None:
    """Send a panel to the output of the cell that runs, and the picture for later when the kernel is idle."""
    publish, place = _shell().display_pub.publish, {"display_id": secrets.token_hex(8)}
    publish(live.bundle(), transient=place)

    def follow() -> None:
        if bundle := live.bundle(picture=True):
            publish(bundle, transient=place, update=True)

    asyncio.get_running_loop().call_later(_LATER, follow)


def drop(panel: Any) -> None:
    """Hold a panel no more."""
    with _LOCK:
        for cell, panels in list(_SHOWN.items()):
            _SHOWN[cell] = [item for item in panels if item is not panel]


def _begin(_: Any = None) -> None:
    """A cell begins: what it showed before is replaced, and what deleted cells showed is gone."""
    shell = _shell()
    with _LOCK:
        gone = [panel for cell in _cells(shell) for panel in _SHOWN.pop(cell, [])]
        shown = [panel for panels in _SHOWN.values() for panel in panels]
    for panel in gone:
        if not any(panel is item for item in shown):
            _forget(shell, panel)


def _shell() -> Any:
    """IPython's shell, if it runs in a kernel."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell if hasattr(shell, "kernel") else None


def _cells(shell: Any) -> list[Any]:
    """The cell that runs, by the name that the front end gives it (else none is like another), and deleted ones."""
    if shell is None:
        return [None]
    parent = shell.get_parent()
    given = parent.get("metadata") or {}
    return [given.get("cellId") or parent.get("header", {}).get("msg_id"), *given.get("deletedCells", [])]


def _forget(shell: Any, panel: Any) -> None:
    """Take a panel out of what IPython remembers of results: `_`, `_3`, `Out`, and its list of names to hide."""
    results, hook = shell.user_ns.get("_oh", {}), shell.displayhook
    for names in (results, shell.user_ns, shell.user_ns_hidden):
        for name in [name for name, value in list(names.items()) if value is panel and _CACHED.fullmatch(str(name))]:
            del names[name]
    for name in ("_", "__", "___"):
        if getattr(hook, name, None) is panel:
            setattr(hook, name, "")
            shell.user_ns[name] = ""
