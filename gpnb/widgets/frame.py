"""The frame around what is shown: its head with chips and tools, its foot with what happened and the drawers."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets

from gpnb.core.errors import Cancelled, GpnbError
from gpnb.core.progress import Progress
from gpnb.core.words import real_minus
from gpnb.widgets.parts.chrome import Foot, Head

_PICTURES = (".png", ".pdf", ".svg")


class Frame:
    """Title, chips, undo, code and saving; below, state, progress and what went wrong.

    It knows nothing of what it is around but the words: one frame may be around one panel or several.

    Parameters
    ----------
    subject : LivePanel
        What it speaks of: ``title facts chips typed count working verdict mend notes totals``, a workspace, code and
        files.

    Attributes
    ----------
    head, foot : Head, Foot
        Its parts.
    """

    def __init__(self, subject: Any):
        self._subject = subject
        self.head, self.foot = Head(), Foot()
        self._trace, self._drawer = "", ""
        self._connect()

    def around(self, body: ipywidgets.Widget, kind: str) -> ipywidgets.Widget:
        """The whole, as the front end shows it."""
        whole = ipywidgets.VBox([self.head, body, self.foot])
        return whole.add_class("gpnb-live").add_class(f"gpnb-{kind}-panel")

    def show(self) -> None:
        """Show the words of now."""
        subject, head, foot = self._subject, self.head, self.foot
        count, totals, verdict = subject.count(), subject.totals(), subject.verdict()
        head.title, head.facts, head.count = subject.title(), real_minus(subject.facts()), count and real_minus(count)
        head.chips = [{**vars(chip), "text": real_minus(chip.text)} for chip in subject.chips()]
        workspace = subject.workspace
        head.tools = {"undo": workspace.can_undo, "redo": workspace.can_redo, "open": self._drawer}
        with foot.hold_sync():
            foot.busy = bool(subject.working)
            foot.verdict, foot.remedy = verdict.words, verdict.remedy
            foot.totals, foot.notes = totals and real_minus(totals), list(map(real_minus, subject.notes()))
        if self._drawer == "code":
            self._open_drawer("code")

    def act(self, work: Callable[[], Any], said: str = "") -> None:
        """Do what the user asked for, as one change; an error becomes a sentence below."""
        self.attempt(work, said)

    def attempt(self, work: Callable[[], Any], said: str = "") -> str:
        """The same; the sentence is given back, empty if all went well."""
        with self._subject.workspace.together():
            try:
                self.say("fine", "")
                work()
            except Exception as error:  # noqa: BLE001  (shown to the user; a panel must stay usable)
                self.fail(error)
                return self.message
            if said:
                self.say("fine", said)
            return ""

    def say(self, level: str, text: str, detail: bool = False) -> None:
        """Say something in the foot."""
        self.foot.status = {"level": level, "text": text, "detail": detail}

    def fail(self, error: Exception) -> None:
        """Say what went wrong, with the traceback on demand."""
        self._trace = "".join(traceback.format_exception(error))
        expected = isinstance(error, GpnbError)
        words = " ".join(str(error).split()) or type(error).__name__
        text = words if expected else f"{type(error).__name__}: {words}"
        self.say("attention", text, detail=not isinstance(error, Cancelled))

    def show_progress(self, step: Progress | None) -> None:
        """Show how far work is; None when it has ended."""
        self.foot.progress = {} if step is None else {"label": step.label, "fraction": step.fraction}

    @property
    def message(self) -> str:
        """What the foot says."""
        return str(self.foot.status.get("text", ""))

    def _connect(self) -> None:
        subject, head, foot = self._subject, self.head, self.foot
        head.on("undo", lambda: self.act(subject.undo))
        head.on("redo", lambda: self.act(subject.redo))
        head.on("code", lambda: self._toggle("code"))
        head.on("save", lambda: self._toggle("save"))
        head.on("chip", self._take_chip)
        head.on("sight", subject.in_sight)
        foot.on("cancel", subject.cancel)
        foot.on("mend", lambda: self.act(subject.mend))
        foot.on("close", lambda: self._open_drawer(""))
        foot.on("detail", lambda: self._open_drawer("detail"))
        foot.on("write", self._take_path)

    def _take_chip(self, name: str, text: str) -> None:
        why = self.attempt(lambda: self._subject.typed(name, text))
        self.head.answer = {"count": self.head.answer.get("count", 0) + 1, "why": why}

    def _take_path(self, path: str, overwrite: bool) -> None:
        self.foot.refused = self.attempt(lambda: self._write(path, overwrite), f"Saved {path}")

    def _toggle(self, drawer: str) -> None:
        self.act(lambda: self._open_drawer("" if self._drawer == drawer else drawer))

    def _open_drawer(self, name: str) -> None:
        subject = self._subject
        contents: dict[str, Callable[[], dict[str, Any]]] = {
            "code": lambda: {"text": subject.to_code()},
            "save": lambda: {"path": f"gpnb-{subject.name}{subject.endings()[0][0]}", "endings": subject.endings()},
            "detail": lambda: {"text": self._trace},
        }
        self.foot.refused = ""
        self.foot.drawer = {"name": name, **contents[name]()} if name else {}
        self._drawer = name
        self.head.tools = {**self.head.tools, "open": name}

    def _write(self, path: str, overwrite: bool) -> None:
        write = self._subject.save if Path(path).suffix.lower() in _PICTURES else self._subject.save_data
        write(path, overwrite=overwrite)
        self._open_drawer("")
