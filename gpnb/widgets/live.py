"""The base of live panels: one frame for all, callbacks that touch state only, and nothing that blocks."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets

from gpnb.core.errors import Cancelled, GpnbError
from gpnb.core.progress import Progress
from gpnb.draw.static import StaticPanel
from gpnb.state.chips import Chip, chips, read_chip
from gpnb.state.graph import View
from gpnb.widgets.parts.chrome import Foot, Head
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.work import Worker

_VIEW = "application/vnd.jupyter.widget-view+json"


class LivePanel(StaticPanel):
    """A panel with a front end.

    A subclass makes its elements in `build`, and says in `views` what of them shows which node of its graph.
    Whatever the user does becomes a change of state; whatever changes the state, the panel shows.

    Attributes
    ----------
    widget : ipywidgets.Widget
        The front end.
    """

    kind = "panel"
    chip_names: tuple[str, ...] = ("region", "energy", "time")

    def __init__(self, obj: Any, module: Any, workspace: Any = None, changes: dict[str, Any] | None = None):
        super().__init__(obj, module, workspace, changes)
        self._lock = threading.RLock()
        self._head, self._foot = Head(), Foot()
        self._worker = Worker(self._show_progress, self._failed)
        self._trace, self._drawer = "", ""
        self._unshown = False
        body = ipywidgets.VBox(self.build()).add_class("gpnb-live-body")
        self.widget = (
            ipywidgets.VBox([self._head, body, self._foot]).add_class("gpnb-live").add_class(f"gpnb-{self.kind}-panel")
        )
        self._views = self.views()
        self._connect()
        self.refresh()
        self.workspace.watch(self.refresh)

    # What subclasses say.

    def title(self) -> str:
        """What this is."""
        return type(self._obj).__name__

    def facts(self) -> str:
        """One line about it."""
        return ""

    def notes(self) -> list[str]:
        """Sentences that need attention."""
        return list(getattr(self._obj, "notes", ()))

    def chips(self) -> list[Chip]:
        """What restricts what is shown, each part editable."""
        return chips(self.selection, self.chip_names)

    def typed(self, name: str, text: str) -> None:
        """Take what was typed into a chip."""
        self.select(**{name: read_chip(name, text)})

    def count(self) -> str:
        """How much is chosen, in words, beside the chips."""
        return ""

    def totals(self) -> str:
        """What is chosen comes to, in words, in the foot."""
        return ""

    def build(self) -> list[Any]:
        """Make the elements of the body."""
        return []

    def views(self) -> list[View[Any]]:
        """What shows what."""
        return []

    # What all panels do.

    def refresh(self) -> None:
        """Show the state of now; what did not change is left as it is."""
        with self._lock:
            try:
                for view in self._views:
                    view.refresh()
                self._show_frame()
                if self._unshown:
                    self._say("fine", "")
                self._unshown = False
            except Exception as error:  # noqa: BLE001  (shown to the user; a panel must stay usable)
                self._failed(error)
                self._unshown = True

    def act(self, work: Callable[[], Any], said: str = "") -> None:
        """Do what the user asked for; an error becomes a sentence below the panel."""
        try:
            self._say("fine", "")
            work()
        except Exception as error:  # noqa: BLE001  (as above)
            self._failed(error)
        else:
            if said:
                self._say("fine", said)

    def run(self, label: str, work: Callable[..., Any], done: Callable[[Any], None]) -> None:
        """Do long work in a thread: ``work(progress=…, cancel=…)``, then ``done(result)``."""

        def finish(result: Any) -> None:
            with self._lock:
                done(result)

        self._say("fine", "")
        self._worker.start(label, work, finish)

    def wait(self, seconds: float = 60.0) -> bool:
        """Wait until the work that is going on has ended; whether it has."""
        return self._worker.wait(seconds)

    def cancel(self) -> None:
        """Stop the work that is going on."""
        self._worker.cancel()

    @property
    def message(self) -> str:
        """What the foot of the panel says."""
        return str(self._foot.status.get("text", ""))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """The widget, and beside it the picture for where no front end listens."""
        view = {"version_major": 2, "version_minor": 0, "model_id": self.widget.model_id}
        return {_VIEW: view, **super()._repr_mimebundle_(include, exclude)}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._obj!r})"

    def _connect(self) -> None:
        head, foot = self._head, self._foot
        head.on("undo", lambda: self.act(self.undo))
        head.on("redo", lambda: self.act(self.redo))
        head.on("code", lambda: self._toggle("code"))
        head.on("save", lambda: self._toggle("save"))
        head.on("chip", lambda name, text: self.act(lambda: self.typed(name, text)))
        foot.on("cancel", self.cancel)
        foot.on("close", lambda: self._open_drawer(""))
        foot.on("detail", lambda: self._open_drawer("detail"))
        foot.on("write", lambda path, overwrite: self.act(lambda: self._write(path, overwrite), f"Saved {path}"))

    def _show_frame(self) -> None:
        self._head.title, self._head.facts = self.title(), self.facts()
        self._head.chips, self._head.count = [vars(chip) for chip in self.chips()], self.count()
        tools = {"undo": self.workspace.can_undo, "redo": self.workspace.can_redo, "open": self._drawer}
        self._head.tools = tools
        self._foot.notes, self._foot.totals = self.notes(), self.totals()
        if self._drawer == "code":
            self._open_drawer("code")

    def _toggle(self, drawer: str) -> None:
        self.act(lambda: self._open_drawer("" if self._drawer == drawer else drawer))

    def _open_drawer(self, name: str) -> None:
        contents: dict[str, Callable[[], dict[str, Any]]] = {
            "code": lambda: {"text": self.to_code()},
            "save": lambda: {"path": f"gpnb-{self.name}.png", "endings": self._endings()},
            "detail": lambda: {"text": self._trace},
        }
        self._foot.drawer = {"name": name, **contents[name]()} if name else {}
        self._drawer = name
        self._head.tools = {**self._head.tools, "open": name}

    def _endings(self) -> list[list[str]]:
        table = hasattr(self._obj, "table") or hasattr(self._module, "table")
        data = [".ecsv", "The table behind it"] if table else [".fits", "The data behind it"]
        return [[".png", "Picture"], [".pdf", "Vector picture"], [".svg", "Vector picture"], data]

    def _write(self, path: str, overwrite: bool) -> None:
        pictures = (".png", ".pdf", ".svg")
        write = self.save if Path(path).suffix.lower() in pictures else self.save_data
        write(path, overwrite=overwrite)
        self._open_drawer("")

    def _say(self, level: str, text: str, detail: bool = False) -> None:
        self._foot.status = {"level": level, "text": text, "detail": detail}

    def _failed(self, error: Exception) -> None:
        self._trace = "".join(traceback.format_exception(error))
        expected = isinstance(error, GpnbError)
        words = " ".join(str(error).split()) or type(error).__name__
        text = words if expected else f"{type(error).__name__}: {words}"
        self._say("attention", text, detail=not isinstance(error, Cancelled))

    def _show_progress(self, step: Progress | None) -> None:
        self._foot.progress = {} if step is None else {"label": step.label, "fraction": step.fraction}


def bind(controls: Controls, panel: LivePanel, **special: Callable[[Any, Any], None]) -> None:
    """Let controls change the fields of the view record that they are named after.

    Parameters
    ----------
    controls : Controls
        The row of controls.
    panel : LivePanel
        Whose record.
    **special
        What a control does instead: ``name=callback(value, gesture)``.
    """

    def change(name: str, value: Any, gesture: Any) -> None:
        if name in special:
            panel.act(lambda: special[name](value, gesture))
        else:
            panel.act(lambda: panel.set(gesture=gesture, **{name: value}))

    controls.on_change(change)
