"""What a check found, by run: in files of the run, in files that runs share, and where the index names the run."""

from gpnb.core.recipe import Recipe
from gpnb.data.check.finding import Finding
from gpnb.data.check.index import Run
from gpnb.data.check.report import CheckReport
from gpnb.data.check.store import _by_run, check_store
from gpnb.data.parts import Part


def found(severity, file, what):
    return Finding(severity, "code", file, "", "", what, "Mend it.")


def test_findings_belong_to_runs_by_file_by_name_and_by_when_they_were_told(tmp_path):
    shared = Part(tmp_path / "irfs.fits", "AEFF", "aeff_2d")
    runs = [
        Run(number, parts={"events": Part(tmp_path / f"{number}.fits", "EVENTS", "events"), "aeff": shared})
        for number in (1, 12)
    ]
    own, common = found("note", "1.fits", "A note."), found("warning", "irfs.fits", "A hole.")
    named, told = found("error", "hdu-index.fits.gz", "Run 12 has no psf."), found("error", "index", "Times disagree.")
    by_run = _by_run(runs, [own, common, named, told], {1: [told], 12: []}, tmp_path)
    report = CheckReport("store", (own, common, named, told), 2, 3, Recipe.memory("report"), by_run)
    assert report.of_run(1) == (told, common, own)
    assert report.of_run(12) == (named, common)
    assert report.of_run(7) == ()


def test_a_clean_store_has_nothing_to_tell_of_any_run(demo):
    report = check_store(demo.path)
    assert sorted(report.by_run) == sorted(demo.obs_ids)
    assert not any(report.by_run.values())
