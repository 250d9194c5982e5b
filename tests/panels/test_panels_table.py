"""Any table as people read it: which columns belong together, how numbers are written, what is found and sorted."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Column, MaskedColumn, QTable, Table
from astropy.time import Time
from astropy.utils.masked import Masked

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.panels.columns import cell_text
from gpnb.panels.table.names import title_of, titles_of
from gpnb.panels.table.positions import position_text, positions_of
from gpnb.panels.table.rows import MOST, Rows
from gpnb.panels.table.view import RowsView

HOSTILE = "<img src=x onerror=alert(1)>"


def shown(table, **columns):
    """Heads and cells."""
    rows = Rows(table if isinstance(table, Table) else Table(table, **columns))
    heads = [(item.head.title, item.head.unit) for item in rows.columns]
    return heads, rows.texts(rows.columns, range(rows.count))


class TestErrors:
    def test_value_and_error_stand_in_one_cell_with_a_common_power_of_ten(self):
        flux = np.array([3.2149e-11, 4e-11, -1.05e-12]) * u.Unit("cm-2 s-1")
        heads, cells = shown(QTable({"flux": flux, "flux_err": [2.1e-12, 1e-11, 3.3e-12] * flux.unit}))
        assert heads == [("Flux", "10⁻¹¹ s⁻¹ cm⁻²")]
        assert cells == [["3.21 ± 0.21"], ["4.0 ± 1.0"], ["−0.11 ± 0.33"]]

    def test_errors_below_and_above(self):
        _, cells = shown({"e2dnde": [2.0, 3.0], "e2dnde_errn": [0.15, 0.2], "e2dnde_errp": [0.17, 0.2]})
        assert cells == [["2.00 +0.17 −0.15"], ["3.00 ± 0.20"]]

    def test_limits_stand_in_for_values_where_the_table_says_which(self):
        columns = {"dnde": [2.0, 0.3], "dnde_err": [0.1, 0.2], "dnde_ul": [2.4, 0.8], "is_ul": [False, True]}
        assert shown(columns)[1] == [["2.00 ± 0.10"], ["< 0.8"]]
        del columns["is_ul"]
        assert shown(columns)[1] == [["2.00 ± 0.10", "2.4"], ["0.30 ± 0.20", "0.8"]]

    def test_an_error_in_another_unit_or_of_text_stays_by_itself(self):
        table = Table({"e": [1.0], "e_err": [0.1]}, units={"e": "TeV", "e_err": "GeV"})
        assert [title for title, _ in shown(table)[0]] == ["E", "E err"]
        assert len(shown({"a": [1.0], "a_err": ["big"]})[0]) == 2

    def test_a_column_called_error_belongs_to_the_one_before(self):
        assert shown({"found": [1.234], "error": [0.1]})[1] == [["1.23 ± 0.10"]]
        assert len(shown({"name": ["a"], "error": [0.1]})[0]) == 2

    def test_missing_and_zero_errors_leave_the_value_alone(self):
        assert shown({"a": [1.0, 2.5, np.nan], "a_err": [np.nan, 0, 1]})[1] == [["1"], ["2.5"], ["–"]]

    def test_far_apart_values_have_powers_of_their_own(self):
        heads, cells = shown({"a": [1.5e-9, 2e-14], "a_err": [1e-10, 1e-15]})
        assert heads == [("A", "")]
        assert cells == [["(1.50 ± 0.10) × 10⁻⁹"], ["(2.0 ± 0.1) × 10⁻¹⁴"]] or cells[1] == ["(2.00 ± 0.10) × 10⁻¹⁴"]

    def test_parameters_have_units_of_their_own(self):
        spectrum = gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2")
        table = Table({"name": ["index", "amplitude", "reference"], "value": [2.6, 4e-11, 1.0]})
        table["error"], table["unit"] = [0.1, 2e-12, np.nan], ["", spectrum.amplitude.unit, "TeV"]
        table["min"], table["max"] = [-np.inf, 0, np.nan], [np.inf, 1e-9, np.nan]
        heads, cells = shown(table)
        assert heads[1][0] == "Value ± error"
        assert cells[0] == ["index", "2.60 ± 0.10", "", "−∞", "∞"]
        assert cells[1] == ["amplitude", "4.00 ± 0.20", "10⁻¹¹ TeV⁻¹ s⁻¹ cm⁻²", "0", "100"]  # in the row's unit
        assert cells[2] == ["reference", "1", "TeV", "–", "–"]


class TestNumbers:
    @pytest.mark.parametrize(
        ("values", "texts"),
        [
            ([1.2345, 2000.5], ["1.23", "2000.50"]),
            ([1e-8, 0.2], ["10⁻⁸", "0.2"]),
            ([10.0, 20.0], ["10", "20"]),
            ([-1.5, 3.25], ["−1.50", "3.25"]),
            ([np.inf, np.nan], ["∞", "–"]),
            ([0.0, 0.0], ["0", "0"]),
            ([3, -4], ["3", "−4"]),
        ],
    )
    def test_few_digits_and_none_lost(self, values, texts):
        _, cells = shown({"a": values})
        assert [cell_text(row[0], number=True) for row in cells] == texts

    def test_degrees_and_dates_keep_what_they_tell(self):
        table = Table({"lon": [359.9421, 0.8], "mjd": [60542.175514, 60542.1757]}, units={"lon": "deg", "mjd": "d"})
        assert shown(table)[1] == [["359.942", "60542.17551"], ["0.800", "60542.17570"]]

    @pytest.mark.parametrize("form", [".1f", "%.1f", "{:.1f}", lambda value: f"{value:.1f}"])
    def test_a_format_of_the_column_is_kept(self, form):
        table = Table({"a": [1.234]})
        table["a"].info.format = form
        assert shown(table)[1] == [["1.2"]]

    def test_masked_values_are_a_dash(self):
        table = QTable(
            {"a": MaskedColumn([1.5, 2.5], mask=[True, False]), "b": Masked([1, 2] * u.m, mask=[False, True])}
        )
        table["c"] = MaskedColumn(["x", "y"], mask=[True, False])
        table["d"] = MaskedColumn([1, 2], mask=[False, True])
        assert shown(table)[1] == [["–", "1", "–", "1"], ["2.5", "–", "y", "–"]]

    def test_minus_signs_are_for_numbers_alone(self):
        assert cell_text("-0.8", number=True) == "−0.8"
        assert cell_text("1e-5 – -3", number=True) == "1e-5 – −3"
        assert cell_text("HESS J1745-303") == "HESS J1745-303"


class TestKinds:
    def test_arrays_in_cells(self):
        _, cells = shown({"a": np.arange(6.0).reshape(2, 3), "b": np.ones((2, 20)), "c": [["x", "y"], ["z", "w"]]})
        assert cells[0] == ["0, 1, 2", "20 values: 1 to 1", "x, y"]

    def test_objects_bytes_truth_and_positions(self):
        table = Table({"a": Column([[1, 2], None], dtype=object), "b": [b"Crab", b"\xff"], "c": [True, False]})
        table["p"] = SkyCoord([1, 2], [3, -4], unit="deg", frame="galactic")
        heads, cells = shown(table)
        assert heads[3:] == [("l", "deg"), ("b", "deg")]
        assert cells[0][:3] == ["1, 2", "Crab", "yes"]
        assert cells[1][2] == "no"

    def test_dates(self):
        table = QTable({"t": Time(["2024-08-20T02:24:00.4", "2020-01-01T00:00:00"], scale="tt")})
        assert shown(table) == ([("T", "TT")], [["2024-08-20 02:24:00"], ["2020-01-01 00:00:00"]])
        assert Rows(table).sorted("t").tolist() == [1, 0]

    def test_html_stays_text(self):
        with gpnb.set_options(display="static"):
            page = gpnb.show({HOSTILE: [HOSTILE]}, title=HOSTILE)._repr_mimebundle_()["text/html"]
        assert "<img" not in page
        assert page.count("&lt;img") >= 3

    @pytest.mark.parametrize("table", [Table(), Table({"a": []}), Table(names=("x", "y"), dtype=(float, "U4"))])
    def test_empty_tables(self, table):
        heads, cells = shown(table)
        assert len(heads) == len(table.colnames)
        assert cells == []
        with gpnb.set_options(display="static"):
            assert "0 rows" in gpnb.show(table)._repr_mimebundle_()["text/html"]

    def test_what_is_no_table_is_refused(self):
        for wrong in ("a table", None, 3):
            with pytest.raises(ArgumentError, match="which is no table"):
                gpnb.show(wrong)

    def test_other_tables_are_taken(self):
        with gpnb.set_options(display="static"):
            assert "2 rows" in repr(gpnb.show({"a": [1, 2]}))
            assert "2 rows" in repr(gpnb.show(np.array([(1, 2.0), (3, 4.0)], dtype=[("a", int), ("b", float)])))
            assert "1 row," in repr(gpnb.show(Table({"a": [1, 2]})[0]))


class TestRows:
    table = Table({"name": ["b", "A", "c"], "x": MaskedColumn([1.0, -2.0, 5.0], mask=[False, False, True])})

    def test_sorted_without_values_last(self):
        rows = Rows(self.table)
        assert rows.sorted("x").tolist() == [1, 0, 2]
        assert rows.sorted("x", ascending=False).tolist() == [0, 1, 2]
        assert rows.sorted("name").tolist() == [1, 0, 2]
        assert rows.sorted("").tolist() == [0, 1, 2]

    def test_found_as_it_is_shown(self):
        rows = Rows(self.table)
        assert rows.kept((), "a").tolist() == [False, True, False]
        assert rows.kept((), "-2").tolist() == [False, True, False]  # typed with a hyphen
        assert rows.kept(("name",), "2").tolist() == [False] * 3
        assert rows.kept((), "  ").all()

    def test_an_unknown_column_is_told(self):
        with pytest.raises(ArgumentError, match="did you mean 'name'"):
            gpnb.show(self.table, sort_by="nme")

    def test_many_rows_are_bounded_and_told(self):
        table = Table({"a": np.arange(100_000), "b": np.random.default_rng(1).normal(size=100_000)})
        with gpnb.set_options(display="static"):
            panel = gpnb.show(table)
            page = panel._repr_mimebundle_()["text/html"]
        assert page.count("<tr") == MOST + 2
        assert f"the first {MOST} are shown" in page
        assert len(Rows(table).order(RowsView(find="99999", sort_by="b"))) == 1


class TestPositions:
    @pytest.mark.parametrize("names", [("ra", "dec"), ("RA", "DEC"), ("RAJ2000", "DEJ2000"), ("RA_PNT", "DEC_PNT")])
    def test_usual_names(self, names):
        table = Table(dict(zip(names, ([83.63], [22.01]), strict=True)))
        assert position_text(positions_of(table), 0) == "icrs 83.63d 22.01d"

    def test_a_frame_of_the_table(self):
        table = QTable({"lon": [359.9] * u.deg, "lat": [-0.05] * u.deg}, meta={"frame": "galactic"})
        assert position_text(positions_of(table), 0) == "galactic 359.9d -0.05d"
        assert position_text(positions_of(Table(table, meta={"frame": "nowhere"})), 0).startswith("icrs")

    def test_what_is_no_position(self):
        assert positions_of(Table({"ra": ["x"], "dec": ["y"]})) is None
        assert positions_of(Table({"l": [1.0], "b": [2.0]}, units={"l": "TeV"})) is None
        masked = Table({"ra": MaskedColumn([1.0, 2.0], mask=[True, False]), "dec": [5.0, np.nan]})
        assert [position_text(positions_of(masked), row) for row in range(3)] == ["", "", ""]


def test_names_as_words():
    assert [title_of(name) for name in ("n_on", "e2dnde", "lambda_", "ZEN_PNT", "TELESCOP", "")] == [
        *("N on", "E² dN/dE", "λ", "Zenith", "Telescop"),
        "–",
    ]
    assert titles_of(["obs_id", "run"]) == ["obs_id", "run"]


def test_code_shows_the_table_again():
    table = Table({"a": [1]})
    with gpnb.set_options(display="static"):
        code = gpnb.show(table, title="Mine").to_code()
    assert "gpnb.show(table=table, title='Mine')" in code


def test_a_table_has_no_picture_but_files(tmp_path):
    with gpnb.set_options(display="static"):
        panel = gpnb.show({"a": [1.5]})
    with pytest.raises(ArgumentError, match=r"save it as \.ecsv"):
        panel.save(tmp_path / "a.png")
    panel.save_data(tmp_path / "a.ecsv")
    assert Table.read(tmp_path / "a.ecsv")["a"][0] == 1.5
    assert "image/png" not in panel._repr_mimebundle_()
