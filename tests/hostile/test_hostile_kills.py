"""Writers of sets of files, killed at any moment: what is read afterwards is the old set or the new one, never both."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import gpnb

HERE = Path(__file__).parent
WRITERS = ["ogip", "datasets", "ogip_folder", "index", "cube", "excess", "made_once", "archive", "table", "models"]
WRITERS += ["workspace", "report", "tutorials"]


def kills(writer, number):
    environment = {**os.environ, "PYTHONPATH": str(Path(gpnb.__file__).parents[1])}
    command = [sys.executable, str(HERE / "killed.py"), *writer, "--kills", str(number)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr


def test_some_kills_of_every_writer():
    assert kills(WRITERS, 3) == "whole"


@pytest.mark.slow
@pytest.mark.parametrize("writer", WRITERS)
def test_forty_kills(writer):
    assert kills([writer], 40) == "whole"
