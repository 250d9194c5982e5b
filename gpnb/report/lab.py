"""JupyterLab with a default of ours: a panel answers after the cell that runs.

It is a default only: what is chosen in JupyterLab's Settings Editor wins, and no file of the user's is touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from gpnb.core.atomic import atomic_file
from gpnb.report.threads import missing_threads

CONFIG = Path(__file__).parent / "jupyter"
"""A folder for ``JUPYTER_CONFIG_PATH``.

Messages of widgets do not go over subshells, where they would run beside a cell, in another thread, with some versions
of ipykernel.
"""

_OVERRIDES = Path("labconfig") / "default_setting_overrides.json"


def run_lab(folder: Path, arguments: Sequence[str] = ()) -> int:
    """Run JupyterLab on a folder until it is stopped.

    Parameters
    ----------
    folder : Path
        What it shows.
    arguments : sequence of str
        Further options of JupyterLab.

    Returns
    -------
    int
        Its exit code.
    """
    command = [sys.executable, "-m", "jupyterlab", str(folder), *arguments]
    return subprocess.run(command, env=lab_environment(os.environ), check=False).returncode  # noqa: S603


def lab_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment with our defaults added, behind what ``JUPYTER_CONFIG_PATH`` names already.

    Examples
    --------
    >>> lab_environment({"JUPYTER_CONFIG_PATH": "mine"})["JUPYTER_CONFIG_PATH"].split(os.pathsep)[0]
    'mine'
    """
    given = environ.get("JUPYTER_CONFIG_PATH")
    ours = {**environ, **missing_threads(environ)}
    return {**ours, "JUPYTER_CONFIG_PATH": os.pathsep.join([*([given] if given else []), str(CONFIG)])}


def install_settings(prefix: Path) -> Path:
    """Make our defaults those of a whole environment, such as Binder's.

    Parameters
    ----------
    prefix : Path
        The environment's folder, ``sys.prefix``.

    Returns
    -------
    Path
        The file written.
    """
    target = prefix / "etc" / "jupyter" / _OVERRIDES.with_suffix(".d") / "gpnb.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(target, overwrite=True) as made:
        shutil.copy(CONFIG / _OVERRIDES, made)
    return target
