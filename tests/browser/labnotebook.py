"""One notebook in a page of the browser, with its kernel: run it, look at it, ask Python, reload, save."""

from __future__ import annotations

import json
import re
import time
import urllib.parse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from labserver import LabServer
    from playwright.sync_api import ConsoleMessage, Locator, Page

NAMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
PATIENCE = 60.0
"""Seconds to wait for anything: a busy machine is slow, and a test that holds does not wait that long."""

NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden)"
INSIDE = {"data", "blob", "about"}
"""Schemes of addresses that need no network."""

READY = """() => {
  const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel;
  return kernel?.status === 'idle' && kernel.connectionStatus === 'connected';
}"""

ASK = """async (code) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({code, store_history: false});
  let text = '', error = null;
  future.onIOPub = ({header, content}) => {
    if (header.msg_type === 'stream') text += content.text;
    if (header.msg_type === 'error') error = content.traceback.join('\\n');
  };
  await future.done;
  return {text, error};
}"""

CUT_OFF = """plots => plots.flatMap(plot => {
  const outer = plot.getBoundingClientRect();
  return [...plot.querySelectorAll('.gpnb-figure text')].filter(text => {
    const box = text.getBoundingClientRect(), [left, right] = [box.left - outer.left, outer.right - box.right];
    return box.width > 0 && Math.min(left, right, box.top - outer.top, outer.bottom - box.bottom) < -0.5;
  }).map(text => text.textContent);
})"""


class LabNotebook:
    """A notebook in a page of the browser, with its kernel.

    Attributes
    ----------
    page : Page
        Playwright's page.
    errors : list of str
        What the page complained of: errors of the console and uncaught ones.
    blocked : list of str
        Addresses outside the server that the page asked for; none was reached.
    """

    def __init__(self, page: Page, server: LabServer, name: str, leave: Callable[[Page], None]) -> None:
        self.page = page
        self._leave = leave
        self.errors: list[str] = []
        self.blocked: list[str] = []
        self.path = server.root / name
        self._server = server
        self._host = urllib.parse.urlsplit(server.origin).netloc
        self._listeners: dict[str, Callable[[Any], None]] = {
            "console": self._heard,
            "pageerror": lambda error: self.errors.append(f"uncaught: {error}"),
            "request": lambda request: self._outside(request.url),
            "websocket": lambda socket: self._outside(socket.url),
        }
        for event, listener in self._listeners.items():
            page.on(event, listener)

    # -- opening and closing

    def open(self) -> None:
        """Load the page, and wait for the notebook and its kernel."""
        self.page.goto(f"{self._server.origin}/doc/tree/{urllib.parse.quote(self.path.name)}?reset")
        self._settled()

    def open_here(self, theme: str) -> None:
        """Open the notebook in a page of JupyterLab where others were, which takes half the time."""
        self.page.bring_to_front()  # others may have been opened since, and what is behind is not drawn
        self.theme(theme)
        self.command("docmanager:open", path=self.path.name, factory="Notebook", kernel={"name": "python3"})
        self._settled()

    def reload(self) -> None:
        """Load the page again; the kernel lives on. Save before, to keep what was run."""
        self.page.goto(f"{self._server.origin}/doc/tree/{urllib.parse.quote(self.path.name)}")
        self._settled()

    def close(self) -> None:
        """Close the notebook, end its kernel, and leave the page."""
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)
        if not self.page.is_closed():
            self.page.evaluate("() => window.jupyterapp?.shell.currentWidget?.dispose()")
        self._server.end_sessions(self.path.name)
        self._leave(self.page)

    def run(self) -> None:
        """Run all cells.

        Raises
        ------
        AssertionError
            If a cell raises.
        """
        done = self.command("notebook:run-all-cells")
        assert done is True, f"a cell raised:\n{self._raised()}"

    def save(self) -> None:
        """Save the notebook to its file."""
        self.command("docmanager:save")

    def command(self, name: str, **arguments: Any) -> Any:
        """Carry out one of JupyterLab's commands, and wait for its end."""
        return self.page.evaluate(
            "async ([name, args]) => { const done = await window.jupyterapp.commands.execute(name, args);"
            " return typeof done === 'boolean' ? done : null }",
            [name, arguments],
        )

    def theme(self, name: str) -> None:
        """Switch to the ``"light"`` or the ``"dark"`` theme."""
        self.command("apputils:change-theme", theme=NAMES[name])
        wanted = str(name == "light").lower()
        self.page.wait_for_function("wanted => document.body.dataset.jpThemeLight === wanted", arg=wanted)
        self._no_splash()

    def width(self, pixels: int) -> None:
        """Make the window that wide, and wait for the page to be laid out anew."""
        self.page.set_viewport_size({**self.page.viewport_size, "width": pixels})
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    # -- looking

    def cell(self, number: int) -> Locator:
        """A cell, counted from 0, scrolled into view."""
        found = self.page.locator(f"{NOTEBOOK} .jp-Cell").nth(number)
        found.scroll_into_view_if_needed()
        return found

    def screenshot(self, path: Path, cell: int | None = None) -> Path:
        """A picture of the window, or of the output of one cell."""
        if cell is None:
            self.page.screenshot(path=path)
        else:
            self.cell(cell).locator(".jp-Cell-outputArea").screenshot(path=path)
        return path

    def whole(self, path: Path) -> Path:
        """A picture of all cells, the window as high as they are."""
        before = self.page.viewport_size
        cells = self.page.locator(f"{NOTEBOOK} .jp-WindowedPanel-outer")
        height = before["height"]
        for _ in range(4):  # a higher window may lay the cells out anew
            hidden = cells.evaluate("cells => cells.scrollHeight - cells.clientHeight")
            if hidden <= 0:
                break
            height += hidden + 20
            self.page.set_viewport_size({"width": before["width"], "height": height})
        cells.evaluate("cells => cells.scrollTo(0, 0)")
        self.page.locator(f"{NOTEBOOK} .jp-WindowedPanel-viewport").screenshot(path=path)
        self.page.set_viewport_size(before)
        return path

    def cut_off(self, plots: Locator) -> list[str]:
        """Texts that reach out of their plot by more than half a pixel."""
        found: list[str] = plots.evaluate_all(CUT_OFF)
        return found

    def axe(self, selector: str) -> list[str]:
        """What is seriously wrong for people who do not see or use no mouse, by axe-core: one line a fault."""
        from axe_playwright_python.sync_playwright import Axe

        found = Axe().run(self.page, context=selector).response["violations"]
        return [
            f"{fault['id']} ({fault['impact']}): {fault['help']}: {', '.join(node['html'] for node in fault['nodes'])}"
            for fault in found
            if fault["impact"] in {"serious", "critical"}
        ]

    # -- asking the kernel

    def python(self, code: str) -> str:
        """Run code in the kernel, beside the cells; what it prints.

        Raises
        ------
        AssertionError
            If it raises; the traceback is in the message.
        """
        answer = self.page.evaluate(ASK, code)
        assert answer["error"] is None, answer["error"]
        return str(answer["text"])

    def value(self, expression: str) -> Any:
        """The value of a Python expression, through JSON: tuples come as lists."""
        return json.loads(self.python(f"import json as _json; print(_json.dumps({expression}))"))

    def wait_python(self, expression: str, expected: Any, timeout: float = PATIENCE) -> Any:
        """Wait until an expression has this value; a callable says whether it is right.

        Returns
        -------
        object
            The value.

        Raises
        ------
        AssertionError
            If it does not within `timeout` seconds.
        """
        end = time.monotonic() + timeout
        while True:
            value = self.value(expression)
            if expected(value) if callable(expected) else value == expected:
                return value
            assert time.monotonic() < end, f"{expression} is {value!r}, not {expected!r}, after {timeout:g} s"
            self.page.wait_for_timeout(50)  # lets the page work; the value is what is waited for

    def eventually(self, look: Callable[[], Any], expected: Any, timeout: float = PATIENCE) -> None:
        """Wait until what the page shows is as expected; a callable says whether it is.

        Raises
        ------
        AssertionError
            If it is not within `timeout` seconds.
        """
        end = time.monotonic() + timeout
        while True:
            seen = look()
            if expected(seen) if callable(expected) else seen == expected:
                return
            assert time.monotonic() < end, f"the page shows {seen!r}, not {expected!r}, after {timeout:g} s"
            self.page.wait_for_timeout(50)

    # -- keeping watch

    def complaints(self, allowed: Iterable[str] = ()) -> list[str]:
        """Errors, and addresses asked for outside, that no pattern allows."""
        told = [*self.errors, *(f"asked for {url}" for url in self.blocked)]
        return [line for line in told if not any(re.search(pattern, line) for pattern in allowed)]

    def _settled(self) -> None:
        self.page.wait_for_function("() => window.jupyterapp?.restored.then(() => true)")
        self.page.wait_for_selector(f"{NOTEBOOK} .jp-Cell")
        self.page.wait_for_function(READY)
        self._no_splash()

    def _no_splash(self) -> None:
        self.page.wait_for_selector("#jupyterlab-splash", state="detached")

    def _raised(self) -> str:
        text = self.page.locator(f"{NOTEBOOK} [data-mime-type='application/vnd.jupyter.error']").all_inner_texts()
        more = self.page.locator(f"{NOTEBOOK} [data-mime-type='application/vnd.jupyter.stderr']").all_inner_texts()
        return "\n".join([*text, *more])[-3000:]

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} [{message.location.get('url', '')}]")

    def _outside(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in INSIDE and parts.netloc != self._host:
            self.blocked.append(url)
