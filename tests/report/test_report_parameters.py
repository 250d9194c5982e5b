"""Given parameters against the notebook's own."""

import contextlib
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from gpnb.core.errors import ArgumentError
from gpnb.report.check import check_parameters, check_value
from gpnb.report.defaults import NotebookParameter, read_defaults
from gpnb.report.given import read_assignments, read_file


def notebook(source, tags=("parameters",)):
    return new_notebook(cells=[new_code_cell(source, metadata={"tags": list(tags)})])


def parameter(default, name="value"):
    return NotebookParameter(name, default)


class TestDefaults:
    def test_names_values_and_comments(self):
        cell = 'radius = "0.1 deg"  # how far\nwidth: list = ["1 deg", "2 deg"]\nflag = False # yes or no\nlevel = -3.5'
        found = read_defaults(notebook(cell), "x.ipynb")
        assert [(item.name, item.default, item.comment) for item in found.values()] == [
            ("radius", "0.1 deg", "how far"),
            ("width", ["1 deg", "2 deg"], ""),
            ("flag", False, "yes or no"),
            ("level", -3.5, ""),
        ]

    def test_a_hash_in_text_is_not_a_comment(self):
        assert read_defaults(notebook('colour = "#fff"  # of the map'), "x")["colour"].comment == "of the map"

    def test_no_cell_means_no_parameters(self):
        assert read_defaults(notebook("a = 1", tags=()), "x.ipynb") == {}

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("a = b + 1", "which is not a literal"),
            ("import os", "may hold only lines like"),
            ("a = b = 1", "may hold only lines like"),
            ("a = (", "not valid Python"),
            ("print('x')", "may hold only lines like"),
        ],
    )
    def test_only_literals_and_nothing_runs(self, source, message):
        with pytest.raises(ArgumentError, match=message):
            read_defaults(notebook(source), "x.ipynb")

    def test_two_cells_are_refused(self):
        both = new_notebook(cells=notebook("a = 1").cells + notebook("b = 1").cells)
        with pytest.raises(ArgumentError, match="2 cells tagged 'parameters'"):
            read_defaults(both, "x.ipynb")


class TestNames:
    known = MappingProxyType(
        {"radius": parameter("0.1 deg", "radius"), "energy": parameter(["1 TeV", "2 TeV"], "energy")}
    )

    def test_did_you_mean(self):
        with pytest.raises(ArgumentError, match=r"x.ipynb has no parameter 'radus': did you mean 'radius'\?"):
            check_parameters(self.known, {"radus": "1 deg"}, "x.ipynb")

    def test_otherwise_all_are_listed(self):
        with pytest.raises(ArgumentError, match="it takes: radius, energy"):
            check_parameters(self.known, {"zzz": 1}, "x.ipynb")

    def test_notebook_without_parameters(self):
        with pytest.raises(ArgumentError, match="takes no parameters"):
            check_parameters({}, {"a": 1}, "x.ipynb")


GOOD = [
    ("0.1 deg", "6 arcmin"),
    ("0.1 deg", "0.2deg"),
    ("1 TeV", "300 GeV"),
    ("4e-11 TeV-1 s-1 cm-2", "1e-9 GeV-1 s-1 m-2"),
    ("galactic 0d 0d", "83.63d 22.01d"),
    ("83.63d 22.01d", "05h34m32s +22d00m52s"),
    ("icrs; circle(83.63, 22.01, 0.2)", "galactic; box(0, 0, 20, 1)"),
    ("2006-07-30T00:10:00", "MJD 53946.01 tt"),
    ("demo", "hess-dl3-dr1"),
    ("", "anything"),
    (["10 deg", "8 deg"], ["5 deg", "300 arcmin"]),
    (["1 TeV"], ["1 TeV", "2 TeV", "3 TeV"]),
    ([], [1, "a"]),
    ([1, 2], [3, 4, 5]),
    (5, 7),
    (5.0, 7),
    (5.0, "1e-3"),
    (True, False),
    (None, "whatever"),
    ({"a": 1}, {"b": 2}),
]

BAD = [
    ("0.1 deg", "1 TeV", "not convertible to deg"),
    ("0.1 deg", "0.2", "has no unit"),
    ("0.1 deg", "wide", "not a value with a unit"),
    ("0.1 deg", 0.2, "must be text"),
    ("0.1 deg", ["0.1 deg"], "must be text"),
    ("galactic 0d 0d", "Crab", "not a sky position"),
    ("icrs; circle(83.63, 22.01, 0.2)", "circle", "not DS9 region text"),
    ("2006-07-30T00:10:00", "yesterday", "not a time"),
    ("demo", 5, "must be text"),
    (["10 deg", "8 deg"], ["5 deg"], "must be a pair"),
    (["10 deg", "8 deg"], "5 deg", "must be a list"),
    (["10 deg", "8 deg"], ["5 deg", "1 TeV"], r"value\[1\]='1 TeV' is in TeV"),
    ([1, 2], [1, "x"], r"value\[1\]='x' must be a whole number"),
    (5, 7.5, "must be a whole number"),
    (5, True, "must be a whole number"),
    (5.0, "many", "must be a number"),
    (5.0, float("nan"), "must be a number"),
    (True, 1, "must be true or false"),
    (5.0, None, "must be a number"),
    ({"a": 1}, [1], "must be a dict"),
]


@pytest.mark.parametrize(("default", "value"), GOOD)
def test_values_of_the_right_kind_pass(default, value):
    checked = check_value(parameter(default), value)
    assert checked == (float(value) if isinstance(default, float) else value)


@pytest.mark.parametrize(("default", "value", "message"), BAD)
def test_values_of_another_kind_are_one_sentence(default, value, message):
    with pytest.raises(ArgumentError, match=message) as caught:
        check_value(parameter(default), value)
    assert "\n" not in str(caught.value)


def test_ranges_of_the_common_vocabulary_run_upwards():
    energy = parameter(["0.1 TeV", "10 TeV"], "energy")
    assert check_value(energy, ["100 GeV", "1 TeV"]) == ["100 GeV", "1 TeV"]
    with pytest.raises(ArgumentError, match="lower end must be below"):
        check_value(energy, ["2 TeV", "1 TeV"])


@given(st.sampled_from([default for default, _ in GOOD]))
def test_every_default_passes_its_own_check(default):
    assert check_value(parameter(default), default) == default


@given(st.text(max_size=30), st.sampled_from(["0.1 deg", "galactic 0d 0d", "icrs; circle(1, 2, 0.2)", "2006-07-30"]))
def test_any_text_passes_or_is_refused_by_our_own_error(text, default):
    with contextlib.suppress(ArgumentError):
        assert check_value(parameter(default), text) == text


class TestGiven:
    known = MappingProxyType(
        {
            "store": parameter("demo"),
            "target": parameter("Crab"),
            "level": parameter(5.0),
            "width": parameter(["1 deg"] * 2),
        }
    )

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("target=Crab Nebula", "Crab Nebula"),
            ("target='Crab Nebula'", "Crab Nebula"),
            ("target=421", "421"),
            ("target=Sgr: A", "Sgr: A"),
            ("target=null", "null"),
            ("target=a=b", "a=b"),
            ("store=2006-07-30", "2006-07-30"),
            ("level=4.5", 4.5),
            ("width=[2 deg, 3 deg]", ["2 deg", "3 deg"]),
            ("other=0.1 deg", "0.1 deg"),
        ],
    )
    def test_assignments(self, text, value):
        assert list(read_assignments([text], self.known).values()) == [value]

    @pytest.mark.parametrize("text", ["radius", "=5", ""])
    def test_an_assignment_needs_a_name_and_a_value(self, text):
        with pytest.raises(ArgumentError, match="must look like name=value"):
            read_assignments([text], {})

    def test_yaml_that_is_none(self):
        with pytest.raises(ArgumentError, match="is not YAML"):
            read_assignments(["width=[1, 2"], self.known)

    def test_yaml_builds_no_objects(self):
        with pytest.raises(ArgumentError, match="is not YAML"):
            read_assignments(["width=!!python/object/apply:os.getcwd []"], self.known)

    def test_file(self, tmp_path):
        path = tmp_path / "p.yaml"
        path.write_text("radius: 0.1 deg\ntime: 2006-07-30\nedges: [1 TeV, 2 TeV]\n")
        assert read_file(path) == {"radius": "0.1 deg", "time": "2006-07-30", "edges": ["1 TeV", "2 TeV"]}

    @pytest.mark.parametrize("text", ["- a\n- b\n", "just text", "", "1: a\n"])
    def test_file_must_be_a_mapping(self, tmp_path, text):
        path = tmp_path / "p.yaml"
        path.write_text(text)
        with pytest.raises(ArgumentError, match="must be a mapping"):
            read_file(path)

    def test_file_must_be_there(self, tmp_path):
        with pytest.raises(ArgumentError, match="cannot be read"):
            read_file(tmp_path / "none.yaml")

    def test_file_must_be_yaml(self, tmp_path):
        path = tmp_path / "p.yaml"
        path.write_text("a: [1,")
        with pytest.raises(ArgumentError, match="is not YAML"):
            read_file(path)
