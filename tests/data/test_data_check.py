import json

import pytest
from astropy.io import fits
from typer.testing import CliRunner

import gpnb
from gpnb.cli import app
from gpnb.core.errors import Cancelled, DataFormatError
from gpnb.core.progress import CancelToken
from gpnb.core.recipe import Recipe
from gpnb.data.check import CheckReport, Finding, check_store

HOSTILE = "<script>alert(1)</script>"

HESS_NOTES = {
    # the index of the first H.E.S.S. release has no OBS_MODE, which readers take as POINTING
    ("index-column", "OBS_MODE"): 1,
    # tables are cut at the ends of migration and angle, and empty at their edges: gpnb normalises them
    ("normalisation", "MATRIX"): 70,
    ("normalisation", "RPSF"): 70,
    # intervals are rounded to whole seconds: a few events are up to 0.9 s late
    ("events-outside-gti", "TIME"): 58,
    # interpolation between simulations rings: areas down to -5e-5 of the peak, densities down to -1 %
    ("negative", "EFFAREA"): 3,
    ("negative", "MATRIX"): 7,
    ("negative", "RPSF"): 7,
}


def test_the_demo_store_is_sound(demo):
    report = demo.check()
    assert report.findings == ()
    assert report.ok
    assert repr(report) == f"<CheckReport {demo.path.name}: 18 runs, 19 files: 0 errors, 0 warnings, 0 notes>"
    assert report.to_code().splitlines()[-1] == "report = store.check()"
    assert len(report.table) == 0
    assert report.table.colnames[:3] == ["severity", "code", "file"]


@pytest.mark.data
def test_the_hess_store_has_only_notes_that_are_known(data_dir):
    report = gpnb.DataStore.read(data_dir / "hess-dl3-dr1").check()
    assert report.of("error") == report.of("warning") == ()
    found = [(item.code, item.item) for item in report.of("note")]
    assert {key: found.count(key) for key in set(found)} == HESS_NOTES


@pytest.mark.data
def test_the_first_cta_data_challenge(data_dir):
    report = check_store(data_dir / "cta-1dc")
    assert report.ok
    assert {item.code for item in report.of("warning")} == {
        *("hdu-class", "time-order", "direction-range", "fovalign", "time-range")
    }


@pytest.mark.data
def test_a_point_like_store(data_dir):
    report = check_store(data_dir / "magic" / "rad_max")
    assert report.ok
    assert {item.item for item in report.of("warning")} == {"MJDREFI", "MJDREFF", "TIMESYS"}  # of the index


def test_progress_and_cancel(tiny_store):
    seen = []
    check_store(tiny_store, progress=seen.append)
    assert [(step.done, step.total) for step in seen] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        check_store(tiny_store, cancel=token)


def test_loose_files(tiny_store):
    store = gpnb.DataStore.read([tiny_store / "data" / "run_1.fits", tiny_store / "data" / "run_2.fits"])
    report = store.check()
    assert (report.runs, report.files) == (2, 2)
    assert "part-missing" in {item.code for item in report.of("warning")}


def test_a_folder_without_an_index(tmp_path):
    report = check_store(tmp_path)
    assert [(item.code, item.file) for item in report.findings] == [("index-missing", "hdu-index.fits.gz")]
    with pytest.raises(DataFormatError, match="no such folder"):
        check_store(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["hdu-index.fits.gz", "obs-index.fits.gz"])
def test_a_broken_index(tiny_store, name):
    (tiny_store / name).write_bytes(b"not FITS")
    found = [item for item in check_store(tiny_store).findings if item.file == name]
    assert [item.code for item in found if item.severity == "error"] == ["index-unreadable"]


def test_a_store_without_observation_index(tiny_store):
    (tiny_store / "obs-index.fits.gz").unlink()
    found = [item for item in check_store(tiny_store).findings if item.file.startswith("obs-index")]
    assert [(item.severity, item.code) for item in found] == [("warning", "index-missing")]


def test_columns_and_rows_of_the_index(tiny_store):
    with fits.open(tiny_store / "obs-index.fits.gz") as hdulist:
        hdulist[1].data["OBS_ID"][1] = 1
        hdulist[1].data["DEC_PNT"][2] = 95
        hdulist.writeto(tiny_store / "obs-index.fits.gz", overwrite=True)
    with fits.open(tiny_store / "hdu-index.fits.gz") as hdulist:
        hdulist[1].columns.change_name("HDU_NAME", "EXT")
        hdulist.writeto(tiny_store / "hdu-index.fits.gz", overwrite=True)
    errors = {(item.code, item.item) for item in check_store(tiny_store).of("error")}
    assert errors == {("index-duplicate", "OBS_ID"), ("index-value", "DEC_PNT"), ("index-column", "HDU_NAME")}


def report_of(*findings):
    return CheckReport("my store", findings, 2, 3, Recipe.memory("report"))


def test_the_report_for_people_and_machines():
    note = Finding("note", "b", "two.fits", "GTI", "STOP", HOSTILE, "Nothing.")
    error = Finding("error", "a", f"{HOSTILE}.fits", "EVENTS", "RA", "Bad & wrong.", "Mend it.")
    report = report_of(note, error)
    assert [item.severity for item in report.findings] == ["error", "note"]
    assert not report.ok
    assert repr(report) == "<CheckReport my store: 2 runs, 3 files: 1 error, 0 warnings, 1 note>"
    html = report._repr_mimebundle_()["text/html"]
    assert "<script" not in html
    assert "Bad &amp; wrong." in html
    assert html.count("<tr>") == 3
    content = json.loads(report.to_json())
    assert content["counts"] == {"error": 1, "warning": 0, "note": 1}
    assert content["findings"][1]["what"] == HOSTILE
    assert report.table["item"].tolist() == ["RA", "STOP"]
    assert report.to_text().splitlines()[1].startswith(f"error: {HOSTILE}.fits, HDU EVENTS, RA: Bad")


def test_the_same_finding_in_many_files_is_shown_once():
    report = report_of(*[Finding("note", "a", f"{n}.fits", "GTI", "STOP", "What.", "Do.") for n in range(9)])
    assert len(report.table) == 9
    assert report.to_text().splitlines()[1:] == ["note: 9 files (0.fits …), HDU GTI, STOP: What. Do. [a]"]


def test_the_command(tiny_store, tmp_path_factory, demo):
    run = CliRunner().invoke(app, ["check", "demo"])
    assert (run.exit_code, run.output.strip()) == (
        0,
        f"{demo.path.name}: 18 runs, 19 files: 0 errors, 0 warnings, 0 notes",
    )
    (tiny_store / "data" / "run_2.fits").unlink()
    run = CliRunner().invoke(app, ["check", str(tiny_store), "--json"])
    assert run.exit_code == 1
    errors = [item for item in json.loads(run.output)["findings"] if item["severity"] == "error"]
    assert [(item["code"], item["file"]) for item in errors] == [("file-missing", "data/run_2.fits")]
