"""A ``gpnb lab`` of its own: free port, no token, no news, nobody's configuration."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Self

KERNELS = "@jupyterlab/apputils-extension:kernels-settings"
NOTIFICATIONS = "@jupyterlab/apputils-extension:notification"
NOTEBOOKS = "@jupyterlab/notebook-extension:tracker"
THEMES = "@jupyterlab/apputils-extension:themes"

GPNB = "from gpnb.cli import main; main()"
QUIET = {NOTIFICATIONS: {"fetchNews": "false", "checkForUpdates": False}}
"""What every page of the server starts with."""


class LabServer:
    """``gpnb lab`` on a free port of this machine, in a folder that goes with it.

    Use it as a context manager. `root` holds the notebooks, `origin` is where it answers. `environment` adds to the
    process's, `program` is the start of another command that runs JupyterLab.
    """

    def __init__(self, environment: dict[str, str] | None = None, program: tuple[str, ...] = ()) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="gpnb-lab-"))
        self.root = self._folder / "notebooks"
        self.root.mkdir()
        self.log = self._folder / "server.log"
        self.origin = ""
        self._environment = {**os.environ, **_places(self._folder), **(environment or {})}
        self._program = program or (sys.executable, "-c", GPNB, "lab", str(self.root))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        port = _free_port()
        self.origin = f"http://127.0.0.1:{port}"
        self.settings({})
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                self._command(port),
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                start_new_session=True,
            )
        try:
            self._wait(timeout=120)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def settings(self, changes: dict[str, dict[str, Any]]) -> None:
        """Make these, by plug-in, the settings of the pages opened from now on."""
        folder = Path(self._environment["JUPYTERLAB_SETTINGS_DIR"])
        shutil.rmtree(folder, ignore_errors=True)
        for plugin, values in {**QUIET, **changes}.items():
            package, _, name = plugin.partition(":")
            path = folder / package / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values), encoding="utf-8")

    def rest(self, path: str, method: str = "GET") -> Any:
        """What the server's REST interface answers, decoded; None if it answers nothing."""
        request = urllib.request.Request(f"{self.origin}/{path.lstrip('/')}", method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def end_sessions(self, path: str | None = None) -> None:
        """Shut down the kernel of one notebook, or all kernels."""
        for session in self.rest("api/sessions"):
            if path is None or session["path"] == path:
                self.rest(f"api/sessions/{session['id']}", method="DELETE")

    def _command(self, port: int) -> list[str]:
        return [
            *(*self._program, "--no-browser", "--allow-root"),
            *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
            *("--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True"),
            *(f"--ServerApp.root_dir={self.root}", "--LabApp.expose_app_in_browser=True"),
        ]

    def _wait(self, timeout: float) -> None:
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            assert self._process is not None
            if self._process.poll() is not None:
                break
            try:
                self.rest("api/status")
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
            else:
                return
        message = f"JupyterLab did not start; its log:\n{self.log.read_text(errors='replace')[-3000:]}"
        raise RuntimeError(message)

    def _stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            try:
                self.rest("api/shutdown", method="POST")
                self._process.wait(30)
            except (OSError, subprocess.TimeoutExpired):
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


def _places(folder: Path) -> dict[str, str]:
    """Where this server keeps all that is a user's otherwise."""
    names = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    return {**{name: str(folder / place) for name, place in names.items()}}


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return int(server.getsockname()[1])
