"""Notebooks in a real browser: open, run, look, ask the kernel, take pictures; needs playwright, not pytest."""

from __future__ import annotations

import contextlib
import copy
import itertools
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import nbformat
from labnotebook import NAMES, PATIENCE, LabNotebook
from labserver import KERNELS, NOTEBOOKS, THEMES, LabServer
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import Browser, Playwright, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Page

FLAGS = [
    *("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # no name has an address: offline, yet the cache works
]
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
_HASTE = 20.0
"""Seconds for a page that was used to open another notebook; it takes four."""

ALL_CELLS = {NOTEBOOKS: {"windowingMode": "none"}}
"""Draws the cells out of sight as well."""


def chromium_path() -> str | None:
    """Chromium as ``GPNB_CHROMIUM`` names it, else as the system's; None if there is none."""
    return os.environ.get("GPNB_CHROMIUM") or shutil.which("chromium")


class LabBrowser:
    """One Chromium for one server; a context manager."""

    def __init__(self, server: LabServer, executable: str | None = None) -> None:
        self.server = server
        self._executable = executable or chromium_path()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._idle: dict[str, Page] = {}

    def __enter__(self) -> Self:
        self._playwright = sync_playwright().start()
        try:
            self._browser = self._playwright.chromium.launch(executable_path=self._executable, args=FLAGS)
            self._context = self._browser.new_context()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._browser is not None:
            self._browser.close()
        if self._playwright is not None:
            self._playwright.stop()

    def notebook(
        self,
        cells: Sequence[str | dict[str, Any]] | Path,
        *,
        theme: str = "light",
        subshells: bool = True,
        width: int = 1200,
        height: int = 1000,
        settings: dict[str, dict[str, Any]] | None = None,
        run: bool = True,
    ) -> LabNotebook:
        """Open a notebook made of these cells, or a copy of a file, and run it.

        Parameters
        ----------
        cells : sequence of str or of nbformat cells, or Path
            A text is a code cell; a path is an ``.ipynb`` file.
        theme : {"light", "dark"}
        subshells : bool
            Whether messages of widgets run beside a cell (JupyterLab's default) or after it.
        width, height : int
            Of the window, in pixels.
        settings : dict
            Settings of JupyterLab by plug-in, beside these.
        run : bool
            Run all cells, and fail if one raises.
        """
        lasting = {KERNELS: {"commsOverSubshells": "perCommTarget" if subshells else "disabled"}, **(settings or {})}
        self.server.settings({THEMES: {"theme": NAMES[theme]}, **lasting})
        key = json.dumps([self.server.origin, lasting])
        page = self._idle.pop(key, None)
        fresh = page is None or page.is_closed()
        if fresh:
            page = self._context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(PATIENCE * 1000)
        notebook = LabNotebook(page, self.server, self._written(cells), lambda page: self._left(key, page))
        try:
            if fresh or not self._opened_there(notebook, theme):
                notebook.open()
            if run:
                notebook.run()
        except BaseException:
            notebook.close()
            page.close()
            raise
        return notebook

    def screenshots(
        self,
        notebook: Path,
        folder: Path,
        *,
        themes: Sequence[str] = tuple(NAMES),
        widths: Sequence[int] = (1200,),
        cells: Sequence[int] | None = None,
    ) -> list[Path]:
        """Run a notebook once for each theme and width, and take pictures.

        Parameters
        ----------
        notebook : Path
            An ``.ipynb`` file; a copy of it is run.
        folder : Path
            Gets ``NAME-THEME-WIDTH.png`` of all cells, or ``NAME-THEME-WIDTH-CELL.png``.
        themes, widths : sequence
        cells : sequence of int, optional
            Take the outputs of these cells, not the whole notebook.
        """
        folder.mkdir(parents=True, exist_ok=True)
        taken = []
        for theme, width in itertools.product(themes, widths):
            stem = f"{notebook.stem}-{theme}-{width}"
            with contextlib.closing(self.notebook(notebook, theme=theme, width=width, settings=ALL_CELLS)) as book:
                if cells is None:
                    taken.append(book.whole(folder / f"{stem}.png"))
                else:
                    taken += [book.screenshot(folder / f"{stem}-{cell}.png", cell) for cell in cells]
        return taken

    @contextlib.contextmanager
    def at(self, server: LabServer) -> Iterator[LabBrowser]:
        """The same Chromium for another server."""
        other = copy.copy(self)
        other.server, other._idle = server, {}
        try:
            yield other
        finally:
            for page in other._idle.values():
                page.close()

    @contextlib.contextmanager
    def plain_page(self, path: Path, scripts: bool = True) -> Iterator[tuple[Page, list[str]]]:
        """A page from disk, in a window of its own, with or without scripts; and the addresses that it asks for."""
        context = self._browser.new_context(java_script_enabled=scripts)
        try:
            page, asked = context.new_page(), []
            page.on("request", lambda request: None if request.url.startswith("data:") else asked.append(request.url))
            page.goto(path.as_uri())
            yield page, asked
        finally:
            context.close()

    def _opened_there(self, notebook: LabNotebook, theme: str) -> bool:
        """Whether a page that was used could take the notebook; what tests have left there may stand in the way."""
        notebook.page.set_default_timeout(_HASTE * 1000)
        try:
            notebook.open_here(theme)
        except TooLate:
            return False
        finally:
            notebook.page.set_default_timeout(PATIENCE * 1000)
        return True

    def _left(self, key: str, page: Page) -> None:
        """Keep a page for the next notebook with the same settings."""
        if key in self._idle:
            page.close()
        elif not page.is_closed():
            self._idle[key] = page

    def _written(self, cells: Sequence[str | dict[str, Any]] | Path) -> str:
        """The name of a new notebook of the server."""
        if isinstance(cells, Path):
            content, stem = nbformat.read(cells, 4), cells.stem
        else:
            made = [new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells]
            content, stem = new_notebook(cells=made), "notebook"
        content.metadata.setdefault("kernelspec", KERNEL)  # without one, JupyterLab asks
        name = f"{stem}-{len(list(self.server.root.glob('*.ipynb')))}.ipynb"
        nbformat.write(content, self.server.root / name)
        return name
