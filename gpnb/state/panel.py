"""A panel as data: an object, its view record in a workspace, and the code that makes both again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gpnb.core.recipe import Recipe
from gpnb.state.parameters import parameters_of
from gpnb.state.record import Record
from gpnb.state.selection import Selection
from gpnb.state.workspace import Workspace


class PanelState:
    """What every panel is, with or without a front end.

    Parameters
    ----------
    obj : object
        What is shown.
    record : Record
        How, when it opens.
    workspace : Workspace, optional
        Shares its selection and history; by default one of its own.
    name : str, optional
        What the panel is called in the workspace: a panel that has the name already is closed, and replaced.
    kind : str
        What it is called if nobody says: a number makes it different from others.
    """

    def __init__(
        self, obj: Any, record: Record, workspace: Workspace | None = None, name: str | None = None, kind: str = "panel"
    ):
        self._obj, self._named = obj, name
        self.workspace = Workspace() if workspace is None else workspace
        self._linked: tuple[Any, ...] = (None, None, None)
        self.name = self.workspace.open(name or kind, record, self, own=name is not None)

    def close(self) -> None:
        """Leave the workspace: the name is free for another panel."""
        self.workspace.leave(self.name, self)

    @property
    def obj(self) -> Any:
        """What is shown."""
        return self._obj

    @property
    def state(self) -> Any:
        """The view record: all that decides how this panel looks, besides the selection it shares."""
        return self.workspace.view_of(self.name)

    @property
    def selection(self) -> Selection:
        """What is chosen in the workspace."""
        return self.workspace.selection

    @property
    def shown(self) -> Any:
        """The record as drawn: with what the selection adds."""
        state, selection, found = self._linked
        if state is not self.state or selection is not self.selection:
            state, selection = self.state, self.selection
            found = state.linked(selection)
            self._linked = state, selection, found
        return found

    def set(self, *, gesture: Any = None, **changes: Any) -> None:
        """Change settings of the view, as one step of the history.

        Parameters
        ----------
        gesture : hashable, optional
            Steps in a row with the same gesture become one.
        **changes
            Fields of the view record, as people write them: ``stretch="sqrt"``.
        """
        self.workspace.change_view(self.name, gesture, **changes)

    def select(self, **changes: Any) -> None:
        """Change the selection of the workspace; see `Workspace.select`."""
        self.workspace.select(**changes)

    def undo(self) -> bool:
        """Go back one step in the history of the workspace."""
        return self.workspace.undo()

    def redo(self) -> bool:
        """Go forward one step again."""
        return self.workspace.redo()

    @property
    def recipe(self) -> Recipe:
        """The calls that make the object and open this panel in this state."""
        chosen = self.workspace if self.selection.changed() else None
        made: Recipe = self._obj.opening(workspace=chosen, **self.state.changed())
        return made if self._named is None else replace(made, kwargs={"name": self._named, **made.kwargs})

    def to_code(self) -> str:
        """Python that makes the object and opens this panel in this state."""
        return self.recipe.to_code()

    def to_parameters(self) -> dict[str, Any]:
        """What is shown, in the vocabulary of the notebooks' parameters: store, center, energy and so on.

        Examples
        --------
        >>> import gpnb
        >>> image = gpnb.SkyImage.empty(nxpix=20, nypix=20)
        >>> workspace = gpnb.Workspace(gpnb.Selection(region="icrs; circle(83.63, 22.01, 0.11)"))
        >>> image.view(workspace=workspace).to_parameters()
        {'center': 'icrs 83.63d 22.01d', 'radius': '0.11 deg'}
        """
        recipe = getattr(self._obj, "recipe", None)
        return parameters_of(recipe if isinstance(recipe, Recipe) else None, self.selection, self.state)
