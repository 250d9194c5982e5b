"""The kernel of a report: this very interpreter, whatever kernels are installed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from gpnb.report.tables import FOLDER
from gpnb.report.threads import missing_threads

_QUIET = ("--log-level=ERROR", "--matplotlib=inline")

KERNEL = "python3"
"""The name written in the notebook; the specification is ours."""

_PICTURES = "module://matplotlib_inline.backend_inline"
"""Figures become pictures in the notebook, whatever back end the environment asks for."""


def kernel_manager(tables: Path) -> type[AsyncKernelManager]:
    """A kernel manager that starts this interpreter, drawing static pictures.

    Parameters
    ----------
    tables : Path
        Where `save_table` writes in this kernel.
    """
    specification = KernelSpec(
        argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}", *_QUIET],
        env={**missing_threads(os.environ), "GPNB_STATIC": "1", FOLDER: str(tables), "MPLBACKEND": _PICTURES},
        display_name="gpnb report",
        language="python",
    )

    class ReportKernelManager(AsyncKernelManager):
        @property
        def kernel_spec(self) -> Any:
            return specification

    return ReportKernelManager
