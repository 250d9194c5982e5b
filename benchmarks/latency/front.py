"""Messages as the front end sends them to the Python side of a live panel, and the end of what they lead to."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gpnb

DATA = Path(os.environ.get("GPNB_DATA") or Path(__file__).parents[3] / "shared" / "data")
LONG = 600.0


@contextlib.contextmanager
def live() -> Iterator[gpnb.DataStore]:
    """H.E.S.S. DL3 DR1, and panels that are live."""
    folder = DATA / "hess-dl3-dr1"
    if not folder.is_dir():
        raise SystemExit(f"There is no {folder.name} in {DATA}: set GPNB_DATA to the folder that holds it.")
    with gpnb.set_options(display="live"):
        yield gpnb.DataStore.read(folder)


def update(widget: Any, **state: Any) -> None:
    """Traits that the front end changed."""
    _send(widget, {"method": "update", "state": state, "buffer_paths": []})


def turn(controls: Any, name: str, value: Any, gesture: Any) -> None:
    """A control was changed."""
    update(controls, changes={**controls.changes, name: [value, gesture]})


def tell(part: Any, kind: str, **fields: Any) -> None:
    """Something was done on an element."""
    _send(part, {"method": "custom", "content": {"kind": kind, **fields}})


def settle(panel: Any) -> None:
    """Wait until a panel shows what was asked for.

    Raises
    ------
    RuntimeError
        If it could not, or not in time.
    """
    if not panel.wait(LONG) or panel.parts["foot"].status.get("level") == "attention":
        raise RuntimeError(f"The panel does not show what was asked for: {panel.message or 'it still works'}.")


def _send(widget: Any, data: dict[str, Any]) -> None:
    widget.comm.handle_msg({"content": {"data": data}, "buffers": []})
