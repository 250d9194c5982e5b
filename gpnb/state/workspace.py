"""The workspace: the selection that panels share, the state of each of them, and one history of both."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from gpnb.core.atomic import atomic_file
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

    def __init__(self, selection: Selection | None = None):
        if selection is not None and not isinstance(selection, Selection):
            raise ArgumentError(f"selection={selection!r} must be a gpnb.Selection.")
        self._lock = threading.RLock()
        self._past: list[Moment] = []
        self._now = Moment(selection or Selection())
        self._future: list[Moment] = []
        self._opened: dict[str, Record] = {}
        self._waiting: dict[str, Record] = {}
        self._gesture: Any = None
        self._watchers: list[Callable[[], None]] = []

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
        return self._step(self._past, self._future)

    def redo(self) -> bool:
        """Go forward one step again; False if there is none."""
        return self._step(self._future, self._past)

    def open(self, name: str, record: Record) -> str:
        """Give a panel its place; returns its name, made different from all others.

        A saved record of that name and kind is taken instead of `record`.
        """
        with self._lock:
            free, number = name, 2
            while free in self._opened:
                free, number = f"{name}-{number}", number + 1
            kept = self._waiting.pop(free, None)
            self._opened[free] = kept if type(kept) is type(record) else record
            return free

    def view_of(self, name: str) -> Record:
        """The record of a panel as it is now."""
        return self._now.views.get(name, self._opened[name])

    def change_view(self, name: str, gesture: Any = None, **changes: Any) -> None:
        """Change fields of a panel's record, as one step of the history."""
        self._move_to(lambda now: now.look(name, self.view_of(name).replace(**changes)), gesture)

    def amend_view(self, name: str, **changes: Any) -> None:
        """Change fields of a panel's record as part of the step before: what follows from it by itself."""
        self._move_to(lambda now: now.look(name, self.view_of(name).replace(**changes)), amend=True)

    def watch(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` after each change; returns what stops it."""
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback) if callback in self._watchers else None

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
        with self._lock:
            moment = make(self._now)
            if moment == self._now:
                return
            if amend:
                self._now = moment
            else:
                if gesture is None or gesture != self._gesture:
                    self._past = [*self._past, self._now][-_MOST:]
                self._now, self._gesture, self._future = moment, gesture, []
        self._tell()

    def _step(self, source: list[Moment], target: list[Moment]) -> bool:
        with self._lock:
            if not source:
                return False
            target.append(self._now)
            self._now, self._gesture = source.pop(), None
        self._tell()
        return True

    def _tell(self) -> None:
        for callback in tuple(self._watchers):
            callback()
