"""The panel of an object as a picture with a table: what a report, a printed page or a code host shows."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from astropy.table import Table

from gpnb.core.atomic import atomic_file
from gpnb.core.errors import ArgumentError
from gpnb.core.hooks import module_for
from gpnb.core.options import get_options
from gpnb.core.words import class_words
from gpnb.draw import html
from gpnb.panels.opened import opened
from gpnb.state.panel import PanelState

if TYPE_CHECKING:  # matplotlib comes with the first picture: a live panel is on the screen before
    from matplotlib.figure import Figure

_PICTURES = {".png": "png", ".pdf": "pdf", ".svg": "svg"}
_TABLES = {".ecsv": "ascii.ecsv", ".csv": "ascii.csv"}


class StaticPanel(PanelState):
    """A panel without a front end: a picture with a table.

    Parameters
    ----------
    obj : object
        What is shown.
    workspace : Workspace, optional
        The workspace the panel was opened with.
    changes : dict
        Settings that differ from the defaults, as people write them.
    name : str, optional
        What the panel is called in the workspace.

    Examples
    --------
    >>> import gpnb
    >>> panel = gpnb.SkyImage.empty(nxpix=20, nypix=20).view(stretch="sqrt")
    >>> panel.state.stretch
    'sqrt'
    """

    def __init__(
        self,
        obj: Any,
        workspace: Any = None,
        changes: dict[str, Any] | None = None,
        name: str | None = None,
    ):
        record = opened(obj, **(changes or {}))
        super().__init__(obj, record, workspace, name, getattr(obj, "panel", "panel"))

    def figure(self, ax: Any = None) -> Figure:
        """Draw the panel with matplotlib.

        Parameters
        ----------
        ax : Axes or sequence of Axes, optional
            Draw into these axes instead of a new figure, one a plot.

        Raises
        ------
        ArgumentError
            If the picture has another number of plots, or needs axes of its own kind, as skies do.
        """
        if not self.has_picture:
            raise ArgumentError("There is no picture of a table: save it as .ecsv or .csv, with save_data.")
        from gpnb.draw import pictures

        given = (self._drawing, self.drawn, self.shown)
        return pictures.new_picture(*given) if ax is None else pictures.draw_into(ax, *given)

    @property
    def has_picture(self) -> bool:
        """Whether anything is drawn; of tables nothing is."""
        return bool(self._obj.has_picture)

    @property
    def plain_text(self) -> str:
        """What is shown where there is nothing but text."""
        return repr(self._obj) if self.has_picture else str(self._drawing.text(self._obj, self.shown))

    @property
    def drawn(self) -> Any:
        """What is handed to the drawing: the object, or what a panel has made of it."""
        return self._obj

    @property
    def _drawing(self) -> Any:
        """The module that draws it."""
        return module_for(f"panel.{self._obj.panel}")

    def save(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write the picture, all of it or nothing.

        Parameters
        ----------
        path : path
            Ends in .png (two dots a pixel), .pdf or .svg.
        overwrite : bool
            Replace a file that exists.

        Raises
        ------
        ArgumentError
            If the ending is another one, or the file exists.
        """
        kind = _PICTURES.get(Path(path).suffix.lower())
        if kind is None:
            raise ArgumentError(f"path={str(path)!r}: a picture is saved as .png, .pdf or .svg.")
        from gpnb.draw import pictures

        figure = self.figure()
        with atomic_file(path, overwrite) as temporary:
            pictures.save(figure, temporary, kind)

    def save_data(self, path: str | os.PathLike[str], overwrite: bool = False) -> None:
        """Write the data behind the picture: a table as .ecsv or .csv, a map or a response as .fits.

        Raises
        ------
        ArgumentError
            If the object has no data of that kind.
        """
        suffix = Path(path).suffix.lower()
        table = self._data_table()
        if suffix in _TABLES and isinstance(table, Table):
            with atomic_file(path, overwrite) as temporary:
                table.write(temporary, format=_TABLES[suffix], overwrite=True)
        elif suffix in (".fits", ".gz") and hasattr(self._obj, "write"):
            self._obj.write(path, overwrite=overwrite)
        elif suffix in (".fits", ".gz") and hasattr(self._obj, "to_hdu"):
            with atomic_file(path, overwrite) as temporary:
                self._obj.to_hdu().writeto(temporary, overwrite=True)
        else:
            raise ArgumentError(
                f"path={str(path)!r}: {type(self._obj).__name__} cannot be saved so; "
                "tables are saved as .ecsv or .csv, maps and responses as .fits."
            )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Text, HTML with the picture inside, and the picture; a fault of drawing never hides the object."""
        bundle = {"text/plain": self.plain_text}
        if not self.has_picture:
            return bundle | {"text/html": str(self._summary())}
        try:
            from gpnb.draw import caption, style, themes

            figure, page = self.figure(), self._summary(html.HERE)
            words = caption.caption(figure, self._obj.recipe)
            style.say_once(figure, page)
            image, dark = themes.both_pictures(figure) if get_options().pictures == "both" else (style.png(figure), b"")
        except Exception as error:  # noqa: BLE001  (the object must stay readable whatever a picture meets)
            return bundle | {
                "text/html": str(self._summary(note=f"The picture could not be drawn: {_one_line(error)}"))
            }
        shown = html.picture(image, repr(self._obj), round(figure.get_figwidth() / style.PIXEL), dark)
        shown += html.caption(words)
        bundle["text/html"] = str(page.replace(html.HERE, shown))
        bundle["image/png"] = base64.b64encode(image).decode("ascii")
        return bundle

    def __repr__(self) -> str:
        return f"StaticPanel({self._obj!r})"

    def _data_table(self) -> Any:
        """The table behind the picture; what else than a table there is has no place in one."""
        made = getattr(self._drawing, "table", None)
        return getattr(self._obj, "table", None) if made is None else made(self._obj, self.shown)

    def _summary(self, shown: html.Markup = html.EMPTY, note: str = "") -> html.Markup:
        notes = (note,) if note else ()
        try:
            page: html.Markup = self._drawing.summary(self.drawn, self.shown, shown, notes)
        except Exception as error:  # noqa: BLE001  (as above)
            found = (*notes, f"The summary could not be made: {_one_line(error)}")
            return html.frame(class_words(type(self._obj)), repr(self._obj), [shown], found, repr(self._obj))
        return page


def _one_line(error: Exception) -> str:
    return f"{' '.join(str(error).split()) or type(error).__name__}"
