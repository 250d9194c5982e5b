"""Thousands of damaged files: each is read, or refused in one sentence of ours, in little time and memory."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import good
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import Table

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


@pytest.mark.parametrize("number", [(1, 2), "x", 1.5, 2j, True])
def test_a_run_without_a_number_gets_one(tmp_path, number):
    path = good.run(tmp_path)
    fits.setval(path, "OBS_ID", value=str(number) if isinstance(number, tuple) else number, ext=1)
    assert gpnb.DataStore.read([path]).obs_ids == [0]


def test_a_catalogue_needs_one_number_a_column(tmp_path):
    path = good.catalog(tmp_path / "a.fits")
    table = Table.read(path)
    table["Pivot_Energy"] = [[1.0, 2.0]] * 2 * u.MeV
    table.write(path, overwrite=True)
    with pytest.raises(gpnb.DataFormatError, match="column Pivot_Energy of its catalogue holds no number"):
        gpnb.read_catalog(path)[0].model()


def test_five_hundred_damaged_inputs():
    found = results(0, 20)
    assert len(found) > 500
    assert not faults(found)
    assert Counter(line["outcome"] for line in found)["told"] > 250


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_ten_thousand_damaged_inputs(part):
    found = results(1000 + 38 * part, 1038 + 38 * part)
    assert len(found) > 1000
    assert not faults(found)
