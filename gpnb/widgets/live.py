"""The base of live panels: what is shown, callbacks that touch state only, and nothing that blocks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import ipywidgets

from gpnb.core.progress import Progress
from gpnb.core.words import class_words
from gpnb.draw.static import StaticPanel
from gpnb.panels.verdict import FINE, Verdict
from gpnb.panels.work import Job
from gpnb.state.chips import Chip, chips, read_chip
from gpnb.state.graph import Node, Source, View
from gpnb.widgets.frame import Frame
from gpnb.widgets.parts.part import Part, Turned
from gpnb.widgets.parts.tree import widgets_in
from gpnb.widgets.work import Worker

_PANEL = "application/vnd.gpnb.panel+json"
_VIEW = "application/vnd.jupyter.widget-view+json"

_PICTURES = ([".png", "Picture"], [".pdf", "Vector picture"], [".svg", "Vector picture"])

V = TypeVar("V")


@dataclass(frozen=True, eq=False)
class _Seen:
    """What is shown, and how much had been made: another one whenever either changed."""

    view: Any
    made: int


class LivePanel(StaticPanel, Generic[V]):
    """A panel with a front end: a body, in a frame.

    A subclass makes its elements in `build`, says in `views` what of them shows which node of its graph, and in
    `missing` what has to be made before a record can be shown. Whatever the user does becomes a change of state;
    whatever changes the state, the panel shows. All of it happens under the lock of the workspace, work does not.

    Parameters
    ----------
    obj, workspace, changes, name
        As of `StaticPanel`.
    frame : Frame, optional
        That of several panels; by default one of its own.

    Attributes
    ----------
    widget : ipywidgets.Widget
        The front end.
    """

    kind = "panel"
    chip_names: tuple[str, ...] = ("region", "energy", "time")

    def __init__(
        self,
        obj: Any,
        workspace: Any = None,
        changes: dict[str, Any] | None = None,
        name: str | None = None,
        frame: Frame | None = None,
    ):
        super().__init__(obj, workspace, changes, name)
        self._worker = Worker(self._show_progress, self._failed, self.show_step, self.refresh)
        self._last: Any = None
        self._seen: _Seen | None = None
        self._source = Source(lambda: self._seen)
        self._given_up: Any = None
        self._made, self._unshown, self._closed = 0, False, False
        self._sights: dict[str, bool] = {}
        self._own_frame = frame is None
        self._frame = Frame(self) if frame is None else frame
        with self.workspace.together():
            body = ipywidgets.VBox(self.build()).add_class("gpnb-live-body")
            self.widget = self._frame.around(body, self.kind) if frame is None else body
            self._views = self.views()
            for part in self._widgets():
                if isinstance(part, Part):
                    part.guard = self.workspace.together
            self.refresh()
        self._stop_watching = self.workspace.watch(self.refresh)
        self._holders = sys.getrefcount(self.widget)

    # What subclasses say.

    def title(self) -> str:
        """What this is."""
        return class_words(type(self._obj))

    def facts(self) -> str:
        """One line about it."""
        return ""

    def notes(self) -> list[str]:
        """Sentences that need attention."""
        return list(getattr(self._obj, "notes", ()))

    def verdict(self) -> Verdict:
        """What is wrong with what is shown; it stands first in the foot."""
        return FINE

    def mend(self) -> None:
        """Do what the button beside the verdict says."""

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

    def data_ending(self) -> list[str]:
        """How the data behind the picture are saved: ending, and words."""
        table = hasattr(self._obj, "table")
        return [".ecsv", "The table behind it"] if table else [".fits", "The data behind it"]

    def endings(self) -> list[list[str]]:
        """How the panel is saved: ending, and words."""
        return [*(_PICTURES if self.has_picture else ()), self.data_ending()]

    def build(self) -> list[Any]:
        """Make the elements of the body."""
        return []

    def views(self) -> list[View[Any]]:
        """What shows what."""
        return []

    def missing(self, view: V) -> Job | None:
        """What has to be made before a record can be shown; None if nothing has."""
        return None

    def show_step(self, step: Progress) -> None:
        """Show a step of the work that is going on, also of work that is soon done."""

    # What is shown.

    @property
    def view(self) -> V:
        """The record as it can be shown now: where something has to be made first, with what was there before."""
        return self._showable()[0]

    @property
    def seen(self) -> V:
        """The record as it is shown: that of the last refresh."""
        return self.view if self._seen is None else self._seen.view

    @property
    def working(self) -> str:
        """What is being done; empty if nothing is."""
        return self._worker.label

    @property
    def parts(self) -> dict[str, Any]:
        """The elements of the panel by name, the frame's ``head`` and ``foot`` among them."""
        own = {name.lstrip("_"): value for name, value in vars(self).items() if _is_element(value)}
        return {"head": self._frame.head, "foot": self._frame.foot, **own}

    def of_view(self, make: Callable[..., Any], *more: Any) -> Node[Any]:
        """What follows from the record as it can be shown: made anew if it changed, or something was made.

        Parameters
        ----------
        make : callable
            Takes the record, and the values of `more`.
        *more : Source or Node
            What else it depends on.
        """
        return Node(lambda seen, *rest: make(seen.view, *rest), self._source, *more)

    def refresh(self) -> None:
        """Show the state of now; what did not change is left as it is, and what nobody sees waits."""
        if self.is_seen:
            self._update()

    def _update(self) -> None:
        with self.workspace.together():
            if self._closed:
                return
            try:
                job = self._begin()
                for view in self._views:
                    view.refresh()
                self._frame.show()
                if self._unshown and (job is None or job.key != self._given_up):
                    self._unshown = False
                    self.say("")
            except Exception as error:  # noqa: BLE001  (shown to the user; a panel must stay usable)
                self._frame.fail(error)
                self._unshown = True

    def _showable(self) -> tuple[V, Job | None]:
        """The record as it can be shown, and what would have to be made to show it all."""
        wanted = self.shown
        job = self.missing(wanted)
        if job is None or not job.waits:
            self._last = wanted
            return wanted, job
        last = self.state.replace(**dict.fromkeys(job.waits)) if self._last is None else self._last
        return replace(wanted, **{name: getattr(last, name) for name in job.waits}), job

    def _begin(self) -> Job | None:
        """Begin what is missing. Short work ends first, so that a drag is seen in steps; long work gives way."""
        shown, job = self._showable()
        if self._seen is None or self._seen.made != self._made or self._seen.view != shown:
            self._seen = _Seen(shown, self._made)
        if job is None or job.key in (self._given_up, self._worker.key):
            return job
        if not self._worker.label or (self._worker.is_long and not job.patient):
            self._given_up = None
            wanted = self.shown
            self._worker.start(job.label, job.make, lambda said: self._have(job, wanted, said), job.key)
        return job

    def _have(self, job: Job, wanted: Any, said: str) -> None:
        """A job is done; what follows from it does so if it is still wanted."""
        with self.workspace.together():
            self._made += 1
            now = self.shown
            if job.follows and all(getattr(now, name) == getattr(wanted, name) for name in job.waits):
                self.workspace.amend_view(self.name, **job.follows)
            self.refresh()
            if said:
                self.say(said)

    # What is done.

    def act(self, work: Callable[[], Any], said: str = "") -> None:
        """Do what the user asked for; an error becomes a sentence below the panel."""
        self._frame.act(work, said)

    def attempt(self, work: Callable[[], Any]) -> str:
        """The same; the sentence is given back, empty if all went well."""
        return self._frame.attempt(work)

    def say(self, text: str, level: str = "fine") -> None:
        """Say something in the foot; the level is "fine" or "attention"."""
        self._frame.say(level, text)

    def run(self, label: str, work: Callable[..., Any], done: Callable[[Any], None]) -> None:
        """Do long work in a thread: ``work(progress=…, cancel=…)``, then ``done(result)``."""

        def finish(result: Any) -> None:
            with self.workspace.together():
                self._made += 1
                done(result)
                self.refresh()

        with self.workspace.together():
            self._given_up, self._unshown = None, False
            self.say("")
            self._worker.start(label, work, finish)
            self.refresh()

    def propose(self, **changes: Any) -> None:
        """Change settings once what they need is made; after a Cancel all is as it was."""
        job = self.missing(self.view.replace(**changes))  # type: ignore[attr-defined]

        def change(said: str) -> None:
            self.set(**changes)
            self.say(said)

        if job is None:
            self.set(**changes)
        else:
            self.run(job.label, job.make, change)

    def retry(self) -> bool:
        """Begin again what was cancelled or failed; whether there is such a thing."""
        if self._given_up is None:
            return False
        self._given_up = None
        self.refresh()
        return bool(self.working)

    def wait(self, seconds: float = 60.0) -> bool:
        """Wait until all that is being done or still has to be made has ended; whether it has."""
        self._update()
        return self._worker.wait(seconds)

    def cancel(self) -> None:
        """Stop the work that is going on."""
        self._worker.cancel()

    @property
    def message(self) -> str:
        """What the foot of the panel says."""
        return self._frame.message

    def in_sight(self, view: str, seen: bool | None) -> None:
        """A view of the front end came into sight, went out of it, or is no more (None).

        What none of the views shows waits until one does; without any that told, somebody may look.
        """
        with self.workspace.together():
            waited = not self.is_seen
            if seen is None:
                self._sights.pop(view, None)
            else:
                self._sights[view] = seen
            if waited:
                self.refresh()

    @property
    def is_seen(self) -> bool:
        """Whether somebody may look: a view is in sight, or none has told."""
        return not self._sights or any(self._sights.values())

    def is_held(self) -> bool:
        """Whether somebody took the widget by itself, such as another widget that it lies in."""
        return sys.getrefcount(self.widget) > self._holders

    def close(self) -> None:
        """Take the panel away: its front end, its work and its place in the workspace."""
        with self.workspace.together():
            if self._closed:
                return
            self._closed = True
            self._stop_watching()
            self._worker.cancel()
            super().close()
            for part in self._widgets():
                part.close()

    def _widgets(self) -> list[Any]:
        """All its elements; those of a frame that it shares are not its own."""
        return widgets_in([value for value in vars(self).values() if self._own_frame or value is not self._frame])

    def bundle(self, picture: bool = False) -> dict[str, Any]:
        """What an output holds that is shown now; with the picture for later, once. Empty if the panel is closed."""
        if self._closed:
            return {}
        shown = super()._repr_mimebundle_() if picture else {"text/plain": self.plain_text}
        shown.pop("image/png", None)  # it is within the page
        return {**self._names(), **shown}

    def _names(self) -> dict[str, Any]:
        """The panel by the name of its model: for our renderer in JupyterLab, and for other front ends."""
        model = {"model_id": self.widget.model_id}
        return {_PANEL: model, _VIEW: {"version_major": 2, "version_minor": 0, **model}}

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """The widget, and beside it the picture for where no front end listens."""
        picture = super()._repr_mimebundle_(include, exclude)
        return picture if self._closed else {**self._names(), **picture}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._obj!r})"

    def _failed(self, error: Exception, key: Any) -> None:
        with self.workspace.together():
            self._given_up = key
            self.refresh()
            self._frame.fail(error)
            self._unshown = True

    def _show_progress(self, step: Progress | None) -> None:
        self._frame.show_progress(step)


def bind(controls: Turned, panel: LivePanel[Any], **special: Callable[[Any, Any], None]) -> None:
    """Let controls change the fields of the view record that they are named after.

    Parameters
    ----------
    controls : Turned
        The row of controls, or what else is changed by the user.
    panel : LivePanel
        Whose record.
    **special
        What a control does instead: ``name=callback(value, gesture)``.
    """

    def change(name: str, value: Any, gesture: Any) -> None:
        if name in special:
            special[name](value, gesture)
        else:
            panel.set(gesture=gesture, **{name: value})

    listen(controls, panel, change)


def listen(controls: Turned, panel: LivePanel[Any], change: Callable[[str, Any, Any], None]) -> None:
    """Let controls change a panel by ``change(name, value, gesture)``; a field whose entry is refused stays marked."""

    def take(name: str, value: Any, gesture: Any) -> None:
        def work() -> None:
            controls.check(name, value)
            change(name, value, gesture)

        controls.answer(name, panel.attempt(work))

    controls.on_change(take)


def _is_element(value: Any) -> bool:
    if isinstance(value, list | tuple | dict):
        items = list(value.values() if isinstance(value, dict) else value)
        return bool(items) and all(map(_is_element, items))
    own = type(value).__module__.startswith("gpnb.widgets.") and not isinstance(value, Frame | Worker)
    return own or isinstance(value, ipywidgets.Widget)
