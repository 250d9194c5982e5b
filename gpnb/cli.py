"""The command line: ``gpnb demo``, ``gpnb report``, ``gpnb lab``, ``gpnb check``, ``gpnb info``."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gpnb.core.errors import GpnbError

_PARTS = (
    "numpy",
    "scipy",
    "astropy",
    "regions",
    "iminuit",
    "matplotlib",
    "papermill",
    "nbconvert",
    "jupyterlab",
    "ipywidgets",
)

_OPTIONAL = {
    "emcee": "posterior samples of fits",
    "ipyaladin": "the sky around a map, in live panels",
    "nbval": "tutorials as tests",
    "pandas": "events as a data frame",
    "pytest": "tests",
    "sherpa": "its optimisers and sessions, as an outside check of fits",
}


class _Group(TyperGroup):
    """Turns an expected error into one line; anything else keeps its traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except GpnbError as error:
            if ctx.params["traceback"]:
                raise
            typer.echo(f"gpnb: {error}", err=True)
            raise typer.Exit(1) from error


app = typer.Typer(cls=_Group, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def options(traceback: Annotated[bool, typer.Option(help="Show where an error comes from.")] = False) -> None:
    """gpnb: a notebook-native analysis environment for gamma-ray astronomy."""


@app.command()
def demo(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the report.")] = Path("reports"),
) -> None:
    """Make the demo store, run the quick-start notebook, write its report."""
    import gpnb

    gpnb.demo_store(part="cta", progress=sys.stderr.isatty())
    _report("quickstart", [], None, output)


@app.command()
def report(
    notebook: Annotated[str, typer.Argument(metavar="NAME|FILE.ipynb", help="A tutorial's name or a notebook file.")],
    parameter: Annotated[list[str] | None, typer.Option("--parameter", "-p", metavar="NAME=VALUE")] = None,
    file: Annotated[Path | None, typer.Option("--file", "-f", help="YAML file of parameters; -p wins over it.")] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the report.")] = Path("reports"),
) -> None:
    """Run a notebook with parameters; write it, its page and its tables."""
    _report(notebook, parameter or [], file, output)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def lab(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Where the tutorials are copied; what is there already stays.")] = Path(
        "gpnb-tutorials"
    ),
) -> None:
    """Open JupyterLab on a copy of the tutorials; further options go to JupyterLab."""
    from gpnb.report.lab import run_lab

    copy_tutorials(folder)
    raise typer.Exit(run_lab(folder, ctx.args))


@app.command()
def check(
    store: Annotated[str, typer.Argument(metavar="STORE", help='A folder, a name below GPNB_DATA, or "demo".')],
    as_json: Annotated[bool, typer.Option("--json", help="Write the findings as JSON.")] = False,
) -> None:
    """Is this DL3 store usable? Every fault with file, HDU, keyword and what to do; exit code 1 if there are errors."""
    import gpnb
    from gpnb.data.check import check_store
    from gpnb.data.store import locate

    folder = gpnb.demo_store(progress=False).path if store == "demo" else locate(Path(store))
    found = check_store(folder, progress=sys.stderr.isatty() and not as_json)
    typer.echo(found.to_json() if as_json else found.to_text())
    raise typer.Exit(0 if found.ok else 1)


@app.command()
def download(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME…", help="What to fetch; see --list.")] = None,
    listing: Annotated[bool, typer.Option("--list", help="Show what there is.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Fetch it even if it is here.")] = False,
) -> None:
    """Fetch public data sets and catalogues: resumed, checked against their checksums."""
    from gpnb.fetch.download import listed, told

    if listing or not names:
        typer.echo(listed())
        return
    for name in names:
        for line in told(name, again=again, progress=sys.stderr.isatty()):
            typer.echo(line)


@app.command()
def info() -> None:
    """Show versions, optional parts, and where cache and data are."""
    from gpnb.widgets.aladin.bundle import bundle_state

    for name, value in (*_versions(), *_optional(), ("aladin-lite", str(bundle_state())), *_places()):
        typer.echo(f"{name:<12} {value}")


def copy_tutorials(folder: Path) -> list[Path]:
    """Copy the tutorials that `folder` lacks.

    Returns
    -------
    list of Path
        What was copied.
    """
    from gpnb.core.atomic import atomic_set
    from gpnb.report.find import tutorials_folder

    sources = sorted(path for path in tutorials_folder().iterdir() if path.is_file())
    with atomic_set(folder) as made:
        missing = [path for path in sources if not (folder / path.name).exists()]
        for path in missing:
            shutil.copy(path, made / path.name)
    return [folder / path.name for path in missing]


def main() -> None:
    """Run the command line."""
    app()


def _report(notebook: str, parameters: list[str], file: Path | None, output: Path) -> None:
    from gpnb.report import write_report

    files = write_report(notebook, assignments=parameters, file=file, output=output, progress=True)
    for path in (*files.tables, files.notebook, files.html):  # the page last: it is what one opens
        typer.echo(_shown(path))


def _shown(path: Path) -> Path:
    here = Path.cwd().resolve()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _versions() -> list[tuple[str, str]]:
    return [
        ("gpnb", version("gpnb")),
        ("python", platform.python_version()),
        *((name, version(name)) for name in _PARTS),
    ]


def _optional() -> list[tuple[str, str]]:
    return [(name, _installed(name) or f"missing ({purpose})") for name, purpose in _OPTIONAL.items()]


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _places() -> list[tuple[str, str]]:
    from gpnb.core.cache_folder import cache_folder
    from gpnb.report.find import tutorials_folder

    data = os.environ.get("GPNB_DATA") or "not set (GPNB_DATA names the folder with data sets)"
    return [("cache", str(cache_folder())), ("data", data), ("tutorials", str(tutorials_folder()))]
