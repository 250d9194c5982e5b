"""The workspace: the selection that panels share, the state of each of them, and one history of both."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from inspect import ismethod
from itertools import groupby
from pathlib import Path
from typing import Any, Self
from weakref import WeakMethod, WeakValueDictionary

from gpnb.core.atomic import atomic_file
from gpnb.core.binding import told
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.faults import faults_told
from gpnb.core.recipe import Recipe
from gpnb.core.text_file import parse_json, read_text
from gpnb.state.record import Record, record_named
from gpnb.state.selection import Selection

_SCHEMA = 1
_MOST = 1000
"""Moments that are kept; older ones are forgotten."""


@dataclass(frozen=True)
class Moment:
    """All state at one time: what is chosen, and how each panel looks."""

    selection: Selection
    views: Mapping[str, Record] = field(default_factory=dict)

    def choose(self, selection: Selection) -> Moment:
        """A copy with another selection."""
        return Moment(selection, self.views)

    def look(self, name: str, view: Record) -> Moment:
        """A copy with another view of one panel."""
        return Moment(self.selection, {**self.views, name: view})


class Workspace:
    """Links panels: those opened with the same workspace share its selection and its history.

    Parameters
    ----------
    selection : Selection, optional
        What is chosen at first; by default nothing is restricted.

    Attributes
    ----------
    selection : Selection
        What is chosen now; assign another, or change parts of it with `select`.
    lock : threading.RLock
        Held while anything changes, and while it is told: state and panels are of one thread at a time.

    Examples
    --------
    >>> import gpnb
    >>> workspace = gpnb.Workspace()
    >>> workspace.select(energy=("1 TeV", "10 TeV"))
    >>> workspace.selection
    Selection(energy=['1.0 TeV', '10.0 TeV'])
    >>> workspace.undo()
    True
    >>> workspace.selection
    Selection()
    """

    @told
    def __init__(self, selection: Selection | None = None):
        if selection is not None and not isinstance(selection, Selection):
            raise ArgumentError(f"selection={selection!r} must be a gpnb.Selection.")
        self.lock = threading.RLock()
        self._past: list[Moment] = []
        self._now = Moment(selection or Selection())
        self._future: list[Moment] = []
        self._opened: dict[str, Record] = {}
        self._panels: WeakValueDictionary[str, Any] = WeakValueDictionary()
        self._waiting: dict[str, Record] = {}
        self._gesture: Any = None
        self._watchers: list[Callable[[], Callable[[], None] | None]] = []
        self._inside, self._untold = 0, False

    @property
    def selection(self) -> Selection:
        """What is chosen now."""
        return self._now.selection

    @selection.setter
    def selection(self, value: Selection) -> None:
        if not isinstance(value, Selection):
            raise ArgumentError(f"selection={value!r} must be a gpnb.Selection.")
        self._move_to(lambda now: now.choose(value))

    @property
    def recipe(self) -> Recipe:
        """The call that makes a workspace with this selection."""
        changed = self.selection.changed()
        chosen = Recipe.of("gpnb.Selection()", **changed) if changed else None
        return Recipe.of("gpnb.Workspace()", name="workspace", selection=chosen)

    @property
    def steps(self) -> int:
        """How many steps can be undone."""
        return len(self._past)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to redo."""
        return bool(self._future)

    def select(self, *, gesture: Any = None, **changes: Any) -> None:
        """Change parts of the selection, as one step of the history.

        Parameters
        ----------
        gesture : hashable, optional
            Steps in a row with the same gesture (one drag of the mouse) become one.
        **changes
            Arguments of `Selection`: region, energy, time, phase, runs.
        """
        self._move_to(lambda now: now.choose(now.selection.replace(**changes)), gesture)

    def undo(self) -> bool:
        """Go back one step; False if there is none."""
        return self._step(back=True)

    def redo(self) -> bool:
        """Go forward one step again; False if there is none."""
        return self._step(back=False)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Changes made inside are told once, at the end; meanwhile other threads wait.

        Examples
        --------
        >>> workspace, told = Workspace(), []
        >>> stop = workspace.watch(lambda: told.append(workspace.selection))
        >>> with workspace.together():
        ...     workspace.select(energy=("1 TeV", "10 TeV"))
        ...     workspace.select(phase=(0, 0.5))
        >>> told
        [Selection(energy=['1.0 TeV', '10.0 TeV'], phase=(0.0, 0.5))]
        """
        with self.lock:
            self._inside += 1
            try:
                yield
            finally:
                try:
                    if self._inside == 1:
                        self._tell()
                finally:
                    self._inside -= 1

    def open(self, name: str, record: Record, panel: Any, own: bool = False) -> str:
        """Give a panel its place; returns its name, made different from those of all others that live.

        A saved record of that name and kind is taken instead of `record`.

        Parameters
        ----------
        name : str
            What it is called.
        record : Record
            How it looks.
        panel : object
            The panel, with ``close()``; it is held weakly.
        own : bool
            Whether the name is this panel's own: a panel that has it is closed, and replaced.
        """
        with self.together():
            if own and name in self._panels:
                self._panels[name].close()
            free, number = name, 2
            while free in self._panels:
                free, number = f"{name}-{number}", number + 1
            if free in self._opened:
                self._forget(free)
            kept = self._waiting.pop(free, None)
            self._opened[free] = kept if type(kept) is type(record) else record
            self._panels[free] = panel
            return free

    def leave(self, name: str, panel: Any) -> None:
        """Let a panel go: its name is free, and its record stays until another panel takes the name."""
        with self.lock:
            if self._panels.get(name) is panel:
                del self._panels[name]

    def view_of(self, name: str) -> Record:
        """The record of a panel as it is now."""
        return self._now.views.get(name, self._opened[name])

    def change_view(self, name: str, gesture: Any = None, **changes: Any) -> None:
        """Change fields of a panel's record, as one step of the history."""
        self._move_to(lambda now: self._look(now, name, changes), gesture)

    def change_views(self, gesture: Any = None, **changes: Any) -> None:
        """Change fields in the records of all panels that have them, as one step of the history."""

        def look(now: Moment) -> Moment:
            for name in list(self._panels):
                if changes.keys() <= self.view_of(name).__dict__.keys():
                    now = self._look(now, name, changes)
            return now

        self._move_to(look, gesture)

    def amend_view(self, name: str, **changes: Any) -> None:
        """Change fields of a panel's record as part of the step before: what follows from it by itself."""
        self._move_to(lambda now: self._look(now, name, changes), amend=True)

    def _look(self, now: Moment, name: str, changes: Mapping[str, Any]) -> Moment:
        before = self.view_of(name)
        after = before.replace(**changes)
        return now if after == before else now.look(name, after)

    def watch(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after each change, while other threads wait; returns what stops it.

        A method is held weakly: it is called as long as its object lives.
        """
        found: Callable[[], Any] = WeakMethod(callback) if ismethod(callback) else lambda: callback
        with self.lock:
            self._watchers = [*self._watchers, found]

        def stop() -> None:
            with self.lock:
                self._watchers = [item for item in self._watchers if item is not found]

        return stop

    def to_dict(self) -> dict[str, Any]:
        """Selection and views of now as plain JSON data, with the version of their form."""
        views = {name: self.view_of(name) for name in self._opened}
        written = {name: {"kind": type(view).__name__, **view.to_dict()} for name, view in views.items()}
        return {"schema": _SCHEMA, "selection": self.selection.to_dict(), "views": written}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_dict` wrote; views wait for panels of their names.

        Raises
        ------
        DataFormatError
            If it is not the state of a workspace, or of a newer gpnb.
        """
        told = "This is not the state of a workspace: something is missing or wrong"
        try:
            with faults_told(told):
                version, views = int(data["schema"]), dict(data["views"])
                made = cls(Selection.from_dict(data["selection"]))
                kinds = {name: record_named(view["kind"]) for name, view in views.items()}
        except ArgumentError as error:
            raise DataFormatError(f"{told} ({error}).") from error
        if version > _SCHEMA:
            raise DataFormatError(f"State of schema {version}: this gpnb reads up to {_SCHEMA}; update gpnb.")
        with faults_told("The state of a view is not what it should be"):
            for name, view in views.items():
                fields = {key: value for key, value in view.items() if key != "kind"}
                made._waiting[name] = kinds[name].from_dict(fields)
        return made

    def write(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Save the state of now as JSON; the whole file or nothing."""
        with atomic_file(path, overwrite) as temporary:
            Path(temporary).write_text(json.dumps(self.to_dict(), indent=1), encoding="utf-8")

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Self:
        """Restore what `write` saved; open the panels again to see them in that state.

        Raises
        ------
        DataFormatError
            If the file is not the state of a workspace.
        """
        what = "the state of a workspace (JSON)"
        return cls.from_dict(parse_json(read_text(path, what), str(path), what))

    def __repr__(self) -> str:
        return f"Workspace({self.selection!r}, {len(self._opened)} panel{'s' * (len(self._opened) != 1)})"

    def _move_to(self, make: Callable[[Moment], Moment], gesture: Any = None, amend: bool = False) -> None:
        with self.together():
            moment = make(self._now)
            if moment == self._now:
                return
            if amend:
                self._now = moment
            else:
                if gesture is None or gesture != self._gesture:
                    self._past = [*self._past, self._now][-_MOST:]
                self._now, self._gesture, self._future = moment, gesture, []
            self._untold = True

    def _step(self, back: bool) -> bool:
        with self.together():
            source, target = (self._past, self._future) if back else (self._future, self._past)
            if not source:
                return False
            target.append(self._now)
            self._now, self._gesture = source.pop(), None
            self._untold = True
            return True

    def _forget(self, name: str) -> None:
        """Take what an earlier panel of this name did out of the history."""
        before, after = [*self._past, self._now], [self._now, *reversed(self._future)]
        *self._past, self._now = _without(name, before)
        self._future = _without(name, after)[:0:-1]

    def _tell(self) -> None:
        """Tell all watchers; what they change is told in one more round."""
        while self._untold:
            self._untold = False
            for found in self._watchers:
                callback = found()
                if callback is None:
                    self._watchers = [item for item in self._watchers if item is not found]
                else:
                    callback()


def _without(name: str, moments: list[Moment]) -> list[Moment]:
    """Moments without the view of a panel; those that differed in nothing else become one."""
    plain = (Moment(item.selection, {key: view for key, view in item.views.items() if key != name}) for item in moments)
    return [item for item, _ in groupby(plain)]
