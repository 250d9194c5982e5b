"""Thousands of damaged files: each is read, or refused in one sentence of ours, in little time and memory."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import gpnb

HERE = Path(__file__).parent


def results(first, last):
    """What came of each input; a process that was ended is begun anew after the input that it died of."""
    found, begin = [], first
    while begin < last:
        process = subprocess.run(
            [sys.executable, str(HERE / "campaign.py"), str(begin), str(last)],
            env={**os.environ, "PYTHONPATH": str(Path(gpnb.__file__).parents[1]), "OPENBLAS_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        lines = [json.loads(line) for line in process.stdout.splitlines()]
        assert lines, process.stderr
        found += [line for line in lines if "outcome" in line]
        if process.returncode == 0:
            return found
        if "outcome" in lines[-1]:
            raise AssertionError(process.stderr)
        found.append({**lines[-1], "outcome": "hang", "says": f"ended by {process.returncode}"})
        begin = lines[-1]["seed"] + 1
    return found


def faults(found):
    """What may not be, one line a kind."""
    bad = [line for line in found if line["outcome"] not in ("accepted", "told")]
    bad += [{**line, "outcome": "leak", "says": line["leaks"][0]} for line in found if line.get("leaks")]
    return "\n".join(f"{line['area']} {line['seed']}: {line['outcome']}: {line['says']}" for line in bad)


def test_five_hundred_damaged_inputs():
    found = results(0, 25)
    assert len(found) > 500
    assert not faults(found)
    assert Counter(line["outcome"] for line in found)["told"] > 250


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_ten_thousand_damaged_inputs(part):
    found = results(1000 + 45 * part, 1045 + 45 * part)
    assert len(found) > 1000
    assert not faults(found)
