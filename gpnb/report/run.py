"""Run a notebook and write its report; either all of it appears, or nothing but the failed notebook."""

from __future__ import annotations

import hashlib
import os
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from astropy.time import Time
from nbformat import NotebookNode

from gpnb.core.atomic import atomic_set, writing
from gpnb.core.errors import ArgumentError, GpnbError
from gpnb.core.faults import faults_told, one_line
from gpnb.core.scratch import scratch_folder
from gpnb.core.text_file import read_text
from gpnb.report.check import check_parameters
from gpnb.report.defaults import read_defaults
from gpnb.report.find import find_notebook
from gpnb.report.given import read_assignments, read_file
from gpnb.report.pictures import tell_sizes

if TYPE_CHECKING:
    from papermill.exceptions import PapermillExecutionError


_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_IN_CELL = re.compile(r"^\s*(?:File )?Cell In\[(\d+)\],? line (\d+)", re.MULTILINE)
"""How IPython names a place in a cell: its number, and the line."""


@dataclass(frozen=True)
class ReportFiles:
    """What a report has written.

    Parameters
    ----------
    notebook : Path
        The executed notebook.
    html : Path
        The page: one file, no script, no network.
    tables : tuple of Path
        The notebook's result tables (ECSV).
    """

    notebook: Path
    html: Path
    tables: tuple[Path, ...] = ()


def write_report(
    notebook: str | os.PathLike[str],
    parameters: Mapping[str, Any] | None = None,
    *,
    assignments: Iterable[str] = (),
    file: str | os.PathLike[str] | None = None,
    output: str | os.PathLike[str] = "reports",
    progress: bool = False,
) -> ReportFiles:
    """Run a notebook with checked parameters and write its report.

    Parameters
    ----------
    notebook : str or path
        A notebook file, or the name of a tutorial such as ``"quickstart"``.
    parameters : mapping, optional
        Values that replace the notebook's defaults; they win over `assignments`, and these over `file`.
    assignments : iterable of str
        Texts ``name=value``, as the command line gives them.
    file : path, optional
        A YAML file with a mapping of names to values.
    output : path
        The folder for the report; made if missing.
    progress : bool
        Show a bar, a step a cell.

    Returns
    -------
    ReportFiles

    Raises
    ------
    ArgumentError
        If the notebook or a parameter is not what it should be; nothing has run then.
    GpnbError
        If a cell fails; the notebook as far as it ran is kept as ``NAME-failed.ipynb``.
    """
    path = find_notebook(notebook)
    content = _read(path)
    known = read_defaults(content, path.name)
    given = read_file(Path(file)) if file is not None else {}
    given |= read_assignments(assignments, known) | dict(parameters or {})
    checked = check_parameters(known, given, path.name)
    folder = _make_folder(Path(output))
    with writing(folder), scratch_folder(folder) as work:
        executed = _execute(path, checked, work, folder, progress)
        return _publish(_finish(executed, path, work), folder)


def _read(path: Path) -> NotebookNode:
    told = f"{path} is not a Jupyter notebook: open it in JupyterLab to see what is wrong"
    with faults_told(told, ArgumentError), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names of cells, which nbformat mends
        content = nbformat.reads(read_text(path, "a notebook"), as_version=4)
        nbformat.validate(content)
        return content


def _make_folder(folder: Path) -> Path:
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        return folder.resolve()


def _execute(source: Path, given: dict[str, Any], work: Path, folder: Path, progress: bool) -> NotebookNode:
    """Run the notebook in `work`; on an error leave it in `folder` and raise one sentence."""
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    from gpnb.report.kernel import KERNEL, kernel_manager

    name, target = source.stem, work / source.name
    tables = work / "tables"
    tables.mkdir()
    try:
        executed = papermill.execute_notebook(
            _escaped(source),
            _escaped(target),
            given,
            kernel_name=KERNEL,
            language="python",
            progress_bar={"desc": name, "leave": False} if progress else False,
            cwd=str(Path.cwd()),
            kernel_manager_class=kernel_manager(tables),
        )
        return _without_paths(executed, source.name)
    except PapermillExecutionError as error:
        raise GpnbError(f"{_failed_cell(name, error)} {_keep_failed(target, folder)}") from error
    except DeadKernelError as error:
        message = f"{name}: the kernel died, most likely for lack of memory."
        raise GpnbError(f"{message} {_keep_failed(target, folder)}") from error


def _escaped(path: Path) -> str:
    """The path with its braces doubled: papermill formats it."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _without_paths(executed: NotebookNode, name: str) -> NotebookNode:
    """Drop the folders papermill read and wrote in; only the name says something elsewhere."""
    executed.metadata.papermill.update(input_path=name, output_path=name)
    return executed


def _failed_cell(name: str, error: PapermillExecutionError) -> str:
    where = f"{name}: cell {error.exec_count} ({_failing_line(error)!r})"
    return f"{where} stopped with {error.ename}: {one_line(error.evalue) if error.evalue else 'no message'}"


def _failing_line(error: PapermillExecutionError) -> str:
    """The line of the cell that raised, as its traceback names it; else its first one."""
    lines = error.source.splitlines()
    places = [place for frame in error.traceback for place in _IN_CELL.findall(_ANSI.sub("", frame))]
    number = next((int(line) for cell, line in reversed(places) if int(cell) == error.exec_count), 0)
    if 0 < number <= len(lines):
        return str(lines[number - 1]).strip()
    return next((line.strip() for line in lines if line.strip()), "")


def _keep_failed(target: Path, folder: Path) -> str:
    kept = _failed(folder / target.name)
    nbformat.write(_without_paths(nbformat.read(target, as_version=4), target.name), target)
    target.replace(kept)
    return f"— the notebook as far as it ran is {kept}."


def _failed(notebook: Path) -> Path:
    return notebook.with_name(f"{notebook.stem}-failed.ipynb")


def _finish(executed: NotebookNode, source: Path, work: Path) -> ReportFiles:
    """Add provenance and make the page, still in `work`."""
    from gpnb.report.html import to_html

    tables = tuple(sorted((work / "tables").glob("*.ecsv")))
    executed.metadata["gpnb"] = {
        "version": version("gpnb"),
        "created": Time.now().isot,
        "source": source.name,
        "sha256": {path.name: _sha256(path) for path in (source, *tables)},
    }
    tell_sizes(executed)
    files = ReportFiles(work / f"{source.stem}.ipynb", work / f"{source.stem}.html", tables)
    nbformat.write(executed, files.notebook)
    files.html.write_text(to_html(executed, source), encoding="utf-8")
    return files


def _publish(files: ReportFiles, folder: Path) -> ReportFiles:
    """Move what is ready to where it belongs, all at once: the page names the others."""
    with atomic_set(folder, overwrite=True) as made:
        for path in (files.notebook, files.html, *files.tables):
            path.replace(made / path.name)
    notebook, html, *tables = (folder / path.name for path in (files.notebook, files.html, *files.tables))
    _failed(notebook).unlink(missing_ok=True)  # of an earlier run
    return ReportFiles(notebook, html, tuple(tables))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
