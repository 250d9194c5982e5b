"""How objects show themselves, without the core knowing any drawing or widget library.

An object names its panel. The module behind the name has ``draw(obj, record, figure)`` and ``summary(obj, record)``,
and is found when a picture is first drawn; a live panel does without it until then.
"""

from __future__ import annotations

import sys
from typing import Any, ClassVar

from gpnb.core.hooks import knows, module_for
from gpnb.core.options import get_options
from gpnb.core.recipe import Recipe


def open_panel(obj: Any, workspace: Any = None, name: str | None = None, **changes: Any) -> Any:
    """The panel of an object, in the state it opens with.

    Parameters
    ----------
    obj : object with a ``panel`` name
        What to show.
    workspace : Workspace, optional
        Panels of one workspace share its selection and its history.
    name : str, optional
        What the panel is called there: a panel that has the name already is closed, and replaced.
    **changes
        Fields of the panel's view record that differ from the defaults.
    """
    if not (is_live() and knows(f"live.{obj.panel}")):
        return open_picture(obj, workspace, name, **changes)
    made = module_for(f"live.{obj.panel}").open_panel(obj, workspace, changes, name)
    return module_for("panel.handle").Panel(made)


def open_picture(obj: Any, workspace: Any = None, name: str | None = None, **changes: Any) -> Any:
    """The panel of an object without a front end, whatever the options say."""
    return module_for("panel.frame").StaticPanel(obj, workspace, changes, name)


def is_live() -> bool:
    """Whether panels open with a front end: as the options say, else in a kernel of Jupyter."""
    display = get_options().display
    if display != "auto":
        return display == "live"
    return hasattr(_shell(), "kernel")


def is_followed() -> bool:
    """Whether what a cell shows may be added to later: a notebook names the cell that it runs, others do not."""
    shell = _shell()
    return hasattr(shell, "kernel") and bool((shell.get_parent().get("metadata") or {}).get("cellId"))


def _shell() -> Any:
    """IPython's, if it runs."""
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


class Displayed:
    """Mixin: the object is the last line of a cell and shows itself.

    A class that uses it sets ``panel`` and has a ``recipe`` and a one-line, stable ``__repr__``.
    """

    panel: ClassVar[str]
    has_picture: ClassVar[bool] = True
    recipe: Recipe

    def view(self, workspace: Any = None, name: str | None = None, **changes: Any) -> Any:
        """Open the panel of this object.

        Parameters
        ----------
        workspace : Workspace, optional
            Share its selection and history.
        name : str, optional
            What the panel is called there: opened again under its name, it replaces the one before.
        **changes
            View settings that differ from the defaults, such as ``stretch="sqrt"``; `settings` lists them.
        """
        return open_panel(self._face, workspace, name, **changes)

    def plot(self, ax: Any = None, **changes: Any) -> Any:
        """Draw the panel of this object with matplotlib and return the figure.

        Parameters
        ----------
        ax : Axes or sequence of Axes, optional
            Draw into these axes instead of a new figure, one a plot.
        **changes
            View settings that differ from the defaults; `settings` lists them.

        Raises
        ------
        ArgumentError
            If the picture has another number of plots, or needs axes of its own kind, as skies do.
        """
        return open_picture(self._face, **changes).figure(ax)

    def opening(self, **settings: Any) -> Recipe:
        """The call that opens its panel."""
        return Recipe.of(".view()", on=self, name="panel", **settings)

    @property
    def settings(self) -> Any:
        """What `view` and `plot` take besides: a Table of name, default and meaning of each setting."""
        from astropy.table import Table  # here, for objects are made without it

        record = module_for("record").opened(self._face)
        rows = type(record).settings()
        return Table(rows=rows, names=("name", "default", "meaning")) if rows else Table()

    def to_code(self) -> str:
        """Python that makes this object again."""
        return self.recipe.to_code()

    @property
    def _face(self) -> Displayed:
        """What is shown of it: itself, or what it has made for that."""
        return self

    @property
    def _has_panel(self) -> bool:
        """Whether there is a panel of what it holds."""
        return True

    def _ipython_display_(self) -> None:
        """Show a live panel at once, and its picture after; all else is shown by its bundle."""
        if not (self._has_panel and is_followed() and is_live() and knows(f"live.{self._face.panel}")):
            raise NotImplementedError
        open_panel(self._face)._ipython_display_()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle: dict[str, Any] = open_panel(self._face)._repr_mimebundle_(include, exclude)
        return bundle
