"""A report appears whole or not at all; the command line says why in one line."""

import json
import sys
from pathlib import Path

import nbformat
import pytest
from astropy import units as u
from astropy.table import QTable, Table
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner

import gpnb
from gpnb.cli import app, copy_tutorials
from gpnb.core.errors import ArgumentError, GpnbError
from gpnb.report import save_table, write_report
from gpnb.report.find import find_notebook, tutorial_names

CODE = """\
import os, sys
from astropy.table import Table
import gpnb
from gpnb.report import save_table
save_table(Table({"radius": [radius], "level": [level]}, meta={"recipe": gpnb.Recipe.memory("x").to_dict()}), "peaks")
print(sys.executable, gpnb.get_options().display, os.getcwd())
assert level < 9, "too high"
"""


def build(path):
    cells = [
        new_code_cell('radius = "0.1 deg"  # how far\nlevel = 5', metadata={"tags": ["parameters"]}),
        new_code_cell(CODE),
        new_code_cell("import matplotlib.pyplot as plt\nplt.plot([1, 2]);"),
    ]
    nbformat.write(new_notebook(cells=cells), path)
    return path


@pytest.fixture
def notebook(tmp_path):
    return build(tmp_path / "small {one}.ipynb")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    path = build(folder / "small.ipynb")
    (folder / "p.yaml").write_text("radius: 0.3 deg\nlevel: 7\n")
    return write_report(path, assignments=["radius=6 arcmin"], file=folder / "p.yaml", output=folder / "new" / "out")


class TestWritten:
    def test_three_kinds_of_files_and_nothing_else(self, written):
        names = {path.name for path in written.html.parent.iterdir()}
        assert names == {"small.ipynb", "small.html", "peaks.ecsv"}

    def test_given_values_win_in_order(self, written):
        table = Table.read(written.tables[0])
        assert table["radius"][0] == "6 arcmin"
        assert table["level"][0] == 7

    def test_tables_say_where_they_come_from(self, written):
        meta = Table.read(written.tables[0]).meta
        assert "recipe" not in meta
        assert meta["GPNBPROV"]["recipe"]["name"] == "x"
        assert "gpnb" in meta["GPNBPROV"]["versions"]

    def test_this_interpreter_draws_static_here(self, written):
        text = "".join(
            output.get("text", "")
            for cell in nbformat.read(written.notebook, 4).cells
            for output in cell.get("outputs", [])
        )
        assert text.split() == [sys.executable, "static", str(Path.cwd())]

    def test_picture_is_in_the_page(self, written):
        page = written.html.read_text()
        assert "data:image/png;base64," in page
        assert "<script" not in page
        assert "6 arcmin" in page

    def test_notebook_carries_provenance_and_no_paths(self, written):
        metadata = nbformat.read(written.notebook, 4).metadata
        assert metadata.gpnb.version == gpnb.__version__
        assert set(metadata.gpnb.sha256) == {"small.ipynb", "peaks.ecsv"}
        assert metadata.papermill.parameters == {"radius": "6 arcmin", "level": 7}
        assert str(written.html.parent) not in json.dumps(metadata)


class TestFailures:
    def test_a_failing_cell_is_one_sentence_and_keeps_the_notebook(self, notebook, tmp_path):
        with pytest.raises(
            GpnbError, match=r"""cell 3 \('assert level < 9, "too high"'\) stopped with AssertionError: too high"""
        ) as caught:
            write_report(notebook, {"level": 9}, output=tmp_path / "out")
        assert "\n" not in str(caught.value)
        assert [path.name for path in (tmp_path / "out").iterdir()] == ["small {one}-failed.ipynb"]
        kept = nbformat.read(tmp_path / "out" / "small {one}-failed.ipynb", 4)
        assert str(tmp_path) not in json.dumps(kept.metadata)
        write_report(notebook, output=tmp_path / "out")
        assert not list((tmp_path / "out").glob("*-failed.ipynb"))

    def test_a_wrong_parameter_is_told_before_anything_is_made(self, notebook, tmp_path):
        with pytest.raises(ArgumentError, match="not convertible to deg"):
            write_report(notebook, assignments=["radius=1 TeV"], output=tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_a_file_that_is_no_notebook(self, tmp_path):
        (tmp_path / "x.ipynb").write_text("hello")
        with pytest.raises(ArgumentError, match="is not a Jupyter notebook"):
            write_report(tmp_path / "x.ipynb", output=tmp_path / "out")

    @pytest.mark.parametrize(
        ("cell", "line"),
        [
            ("good = 1\nbad = 1 / 0\nmore = 2", "bad = 1 / 0"),
            ("good = 1\nbad = (", "bad = ("),
            ("def f(x):\n    return 1 / x\n\nok = f(1)\nf(0)", "return 1 / x"),
            ("f = lambda x: 1 / x\n\nlist(map(f, [1, 0]))\nmore = 2", "f = lambda x: 1 / x"),
        ],
    )
    def test_the_line_that_failed_is_named(self, tmp_path, cell, line):
        content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
        nbformat.write(content, tmp_path / "lines.ipynb")
        with pytest.raises(GpnbError) as caught:
            write_report(tmp_path / "lines.ipynb", output=tmp_path / "out")
        assert f"({line!r})" in str(caught.value)

    def test_an_output_that_cannot_be_a_folder(self, notebook, tmp_path):
        (tmp_path / "out").write_text("a file")
        with pytest.raises(ArgumentError, match="cannot be written"):
            write_report(notebook, output=tmp_path / "out")


class TestTables:
    def test_outside_a_report_nothing_is_written(self, monkeypatch, tmp_path):
        monkeypatch.delenv("GPNB_REPORT_DIR", raising=False)
        monkeypatch.chdir(tmp_path)
        save_table(Table({"a": [1]}), "peaks")
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("name", ["../peaks", "a/b", "", ".hidden", "/etc/x", "a\\b", "a b", None])
    def test_names_stay_in_the_folder(self, monkeypatch, tmp_path, name):
        monkeypatch.setenv("GPNB_REPORT_DIR", str(tmp_path))
        with pytest.raises(ArgumentError, match="table name"):
            save_table(Table({"a": [1]}), name)

    def test_only_tables(self):
        with pytest.raises(ArgumentError, match="not dict"):
            save_table({"a": [1]}, "peaks")

    def test_the_table_itself_is_not_changed(self, monkeypatch, tmp_path):
        monkeypatch.setenv("GPNB_REPORT_DIR", str(tmp_path))
        table = QTable({"value": [1.5] * u.deg}, meta={"recipe": gpnb.Recipe.memory("x")})
        save_table(table, "peaks")
        save_table(table, "peaks")
        assert list(table.meta) == ["recipe"]
        assert isinstance(table["value"], u.Quantity)
        assert QTable.read(tmp_path / "peaks.ecsv")["value"][0] == 1.5 * u.deg


class TestFind:
    def test_tutorials_by_name(self):
        assert {"quickstart", "galactic_centre"} <= set(tutorial_names())
        assert find_notebook("quickstart").name == "quickstart.ipynb"

    def test_did_you_mean(self):
        with pytest.raises(ArgumentError, match="did you mean 'quickstart'"):
            find_notebook("quickstrat")

    def test_missing_file(self):
        with pytest.raises(ArgumentError, match="There is no notebook"):
            find_notebook("nowhere.ipynb")


class TestCommandLine:
    def test_an_expected_error_is_one_line_and_code_1(self):
        result = CliRunner().invoke(app, ["report", "quickstart", "-p", "radus=1 deg"])
        assert result.exit_code == 1
        assert result.stderr == "gpnb: quickstart.ipynb has no parameter 'radus': did you mean 'radius'?\n"

    def test_traceback_on_demand(self):
        result = CliRunner().invoke(app, ["--traceback", "report", "nothing"])
        assert isinstance(result.exception, ArgumentError)

    def test_info(self, monkeypatch, tmp_path):
        monkeypatch.setenv("GPNB_CACHE", str(tmp_path))
        result = CliRunner().invoke(app, ["info"])
        assert result.exit_code == 0
        assert f"gpnb         {gpnb.__version__}" in result.stdout
        assert str(tmp_path) in result.stdout

    def test_report_ends_with_the_page(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        nbformat.write(new_notebook(cells=[new_code_cell("1 + 1")]), tmp_path / "tiny.ipynb")
        result = CliRunner().invoke(app, ["report", "tiny.ipynb", "-o", "out"])
        assert result.stdout.splitlines() == ["out/tiny.ipynb", "out/tiny.html"]


def test_tutorials_are_copied_once(tmp_path):
    copied = copy_tutorials(tmp_path / "work")
    assert "quickstart.ipynb" in {path.name for path in copied}
    (tmp_path / "work" / "quickstart.ipynb").write_text("mine")
    (tmp_path / "work" / "galactic_centre.ipynb").unlink()
    assert [path.name for path in copy_tutorials(tmp_path / "work")] == ["galactic_centre.ipynb"]
    assert (tmp_path / "work" / "quickstart.ipynb").read_text() == "mine"
