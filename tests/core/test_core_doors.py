"""The doors for reading: damaged, huge and strange files end in one sentence; decorations do not matter."""

import bz2
import gzip
import lzma
import os

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import Table

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.faults import faults_told
from gpnb.core.fits_file import open_fits
from gpnb.core.fits_units import parse_unit, unit_factor
from gpnb.core.header_keys import keyword_number, number_or_nan, sky_position, time_reference, whole_number
from gpnb.core.header_text import as_ascii, header_text, plain_text
from gpnb.core.text_file import found_file, parse_json, read_text
from gpnb.core.text_table import read_text_table
from gpnb.core.yaml_text import dump_yaml, load_yaml


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "t.fits"
    columns = [fits.Column("A", "D", array=np.arange(50.0))]
    fits.HDUList([fits.PrimaryHDU(), fits.BinTableHDU.from_columns(columns, name="T")]).writeto(path)
    return path


def patched(path, key, value):
    """The file with one card of its headers replaced."""
    content = bytearray(path.read_bytes())
    place = content.index(key.ljust(8).encode() + b"=", 2880 if key != "NAXIS" else 0)
    content[place : place + 80] = f"{key:8s}= {value:>20}".ljust(80).encode()
    path.write_bytes(content)
    return path


class TestFits:
    @pytest.mark.parametrize(
        ("key", "value", "says"),
        [
            ("NAXIS", 999999999, "NAXIS=999999999"),
            ("TFIELDS", 999999999, "TFIELDS=999999999"),
            ("NAXIS1", -8, "NAXIS1=-8"),
            ("NAXIS2", 123456789, "cut short"),
            ("PCOUNT", 10**15, "cut short"),
            ("NAXIS2", "'many'", "no whole number"),
        ],
    )
    def test_announced_sizes_are_not_believed(self, table, key, value, says):
        with pytest.raises(DataFormatError, match=says), open_fits(patched(table, key, value)):
            pass

    def test_a_compressed_image_may_not_explode(self, tmp_path):
        path = tmp_path / "c.fits"
        hdu = fits.CompImageHDU(np.zeros((64, 64), dtype=np.float32), compression_type="GZIP_1")
        fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path)
        with open_fits(path) as hdus:
            assert hdus[1].data.shape == (64, 64)
        for key in ("ZNAXIS1", "ZNAXIS2"):
            patched(path, key, 99999)
        with pytest.raises(DataFormatError, match="compressed image"), open_fits(path):
            pass

    @pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
    def test_compression_is_told_by_the_content(self, table, pack):
        table.write_bytes(pack(table.read_bytes()))
        with open_fits(table) as hdus:
            assert hdus["T"].data["A"].sum() == 1225

    def test_the_end_of_a_name_may_lack_or_have_gz(self, table):
        with open_fits(table.with_name("t.fits.gz")) as hdus:
            assert len(hdus) == 2
        table.rename(table.with_name("t.fits.gz"))
        with open_fits(table, keep=True) as hdus:
            assert len(hdus) == 2

    def test_a_bomb_is_not_unpacked(self, tmp_path, monkeypatch):
        monkeypatch.setattr("gpnb.core.packed._ALWAYS", 1 << 20)
        path = tmp_path / "bomb.fits.gz"
        path.write_bytes(gzip.compress(bytes(8 << 20)))
        with pytest.raises(DataFormatError, match="unpacks to more than 1 MiB"), open_fits(path):
            pass

    @pytest.mark.parametrize("content", [b"", b"SIMPLE", b"<html>", bytes(5760), b"SIMPLE  =" + b" " * 5751])
    def test_what_is_no_fits_file_is_told(self, tmp_path, content):
        path = tmp_path / "a.fits"
        path.write_bytes(content)
        with pytest.raises(DataFormatError, match=r"a\.fits"), open_fits(path) as hdus:
            repr([hdu.data for hdu in hdus])

    @pytest.mark.parametrize(
        "error", [KeyError("TTYPE1"), IndexError(), AttributeError("x"), AssertionError(), MemoryError()]
    )
    def test_whatever_is_raised_inside_is_a_fault_of_the_file(self, table, error):
        with pytest.raises(DataFormatError, match=r"t\.fits cannot be read") as caught, open_fits(table):
            raise error
        assert caught.value.__cause__ is error

    def test_our_errors_and_warnings_pass(self, table):
        with pytest.raises(ArgumentError, match="mine"), open_fits(table):
            raise ArgumentError("mine")
        with pytest.raises(UserWarning, match="told"), open_fits(table):
            raise UserWarning("told")


class TestText:
    def test_a_byte_order_mark_does_not_matter(self, tmp_path):
        path = tmp_path / "a.txt"
        path.write_text("α", encoding="utf-8-sig")
        assert read_text(path, "text") == "α"
        path.write_bytes(gzip.compress("β".encode()))
        assert read_text(path, "text") == "β"

    @pytest.mark.parametrize("name", ["nothing", "a\0b", "x" * 5000, "", "folder", "pipe"])
    def test_what_is_no_file_is_told(self, tmp_path, name):
        (tmp_path / "folder").mkdir()
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(DataFormatError):
            found_file(f"{tmp_path}/{name}")
        for read in (lambda path: read_text(path, "text"), lambda path: open_fits(path).__enter__()):
            with pytest.raises(DataFormatError):
                read(f"{tmp_path}/{name}")

    def test_devices_are_not_read(self):
        with pytest.raises(DataFormatError, match="no regular file"):
            read_text("/dev/zero", "text")

    def test_too_much_and_other_encodings_are_told(self, tmp_path, monkeypatch):
        path = tmp_path / "a.txt"
        path.write_bytes(b"\xff\xfe\xff")
        with pytest.raises(DataFormatError, match="cannot be read as text"):
            read_text(path, "text")
        monkeypatch.setattr("gpnb.core.text_file._MOST", 10)
        path.write_text("x" * 11)
        with pytest.raises(DataFormatError, match="too much for text"):
            read_text(path, "text")

    @pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"a": NaN'])
    def test_json(self, text):
        with pytest.raises(DataFormatError, match=r"a\.json cannot be read as a state"):
            parse_json(text, "a.json", "a state")

    @pytest.mark.parametrize(
        "text", ["", "# %ECSV 1.0\n# ---\n# datatype: [[[", "# %ECSV 1.0\n# ---\n# " + "[" * 200, "a,b\n1,2\n"]
    )
    def test_tables_that_are_none(self, tmp_path, text):
        path = tmp_path / "a.ecsv"
        path.write_text(text)
        with pytest.raises(DataFormatError, match=r"a\.ecsv"):
            read_text_table(path, "ascii.ecsv")

    def test_a_sentence_has_no_line_breaks_and_no_escapes(self):
        with pytest.raises(DataFormatError) as caught, faults_told("a is wrong"):
            raise ValueError("one\n two \x1b[31mred\x07")
        assert str(caught.value) == "a is wrong (one two [31mred)."


class TestYaml:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("000177", 177),
            ("-012", -12),
            ("1e-3", 1e-3),
            ("4.E5", 4e5),
            (".5", 0.5),
            ("12:30:45", "12:30:45"),
            ("2031-02-03", "2031-02-03"),
            ("2031-02-03T04:05:06", "2031-02-03T04:05:06"),
            ("on", "on"),
            ("No", "No"),
            ("y", "y"),
            ("True", True),
            ("1_000", "1_000"),
            ("~", None),
            ("", None),
            ("-.inf", -np.inf),
            ("0x10", 16),
            ("'12'", "12"),
        ],
    )
    def test_words_and_numbers_are_those_of_version_1_2(self, text, value):
        found = load_yaml(f"[{text}, {text}]" if text else "a:", "here")
        assert (found == [value, value]) if text else (found == {"a": None})
        if not text.startswith("'"):
            assert load_yaml(dump_yaml({"a": text}), "here") == {"a": text}  # as text it stays text

    def test_aliases_are_read_and_bombs_are_not(self):
        assert load_yaml("{a: &x [1, 2], b: *x}", "here") == {"a": [1, 2], "b": [1, 2]}
        bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1]\n"
        bomb += "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
        for text in (bomb, "&a [*a]", "&a {b: *a}"):
            with pytest.raises(DataFormatError, match="repeats itself"):
                load_yaml(text, "here")

    @pytest.mark.parametrize(
        "text",
        [
            *("[" * 500, "- " * 500, "{a: " * 500, "[" + "1," * 150_000 + "]", "9" * 5000),
            *("!!python/name:os.system", "!!timestamp x", "!!int x", "!!binary x"),
            *("a: 1\na: 2", "? [a]\n: b", "a: b: c", "*a", "%X", "--- 1\n--- 2", "\x00"),
        ],
    )
    def test_what_is_no_plain_data_is_told(self, text):
        with pytest.raises(ArgumentError, match=r"^here "):
            load_yaml(text, "here", ArgumentError)


class TestHeaders:
    @pytest.mark.parametrize(
        "header",
        [
            {"MJDREFI": 51910, "MJDREFF": 0.25, "TIMESYS": "TT"},
            {"MJDREF": 51910.25, "TIMESYS": " tt(bipm) "},
            {"MJDREFI": "51910", "MJDREFF": "2.5D-1", "TIMESYS": "ET"},
            {"BJDREFI": 2451910, "BJDREFF": 0.75, "TIMESYS": "TT"},
            {"MJDREF": 1.0, "MJDREFI": 51910, "MJDREFF": 0.25, "TIMESYS": "TDT"},
        ],
    )
    def test_a_time_reference_in_many_spellings(self, header):
        assert time_reference(header, "here").tt.mjd == pytest.approx(51910.25, abs=1e-12)

    @pytest.mark.parametrize(
        ("header", "says"),
        [
            ({}, "keyword MJDREFI is missing"),
            ({"MJDREFI": 5}, "keyword MJDREFF is missing"),
            ({"MJDREF": 5.0}, "keyword TIMESYS is missing"),
            ({"MJDREF": 1e9, "TIMESYS": "UTC"}, "MJDREF=1e"),
            ({"MJDREF": "x", "TIMESYS": "UTC"}, "MJDREF='x' is no number"),
            ({"MJDREF": 5.0, "TIMESYS": "LOCAL"}, "TIMESYS='local'"),
        ],
    )
    def test_what_is_no_time_reference(self, header, says):
        with pytest.raises(DataFormatError, match=says):
            time_reference(header, "here")

    @pytest.mark.parametrize("value", [None, "", "undef", "12:30", np.nan, True, np.inf])
    def test_what_is_no_number(self, value):
        with pytest.raises(DataFormatError, match="keyword K"):
            keyword_number({"K": value}, "K", "here")
        assert np.isnan(number_or_nan(value))

    def test_whole_numbers(self):
        found = [
            whole_number(item) for item in (np.int64(7), "007", " 7 ", 7.0, "7.0", "x7", "", None, True, 7.5, "9" * 30)
        ]
        assert found == [7] * 5 + [None] * 6

    def test_directions(self):
        keys = ("RA_OBJ", "DEC_OBJ")
        found = sky_position({"RA_OBJ": "10 00 00", "DEC_OBJ": "-01:30:00"}, keys, "here")
        assert (found.ra.deg, found.dec.deg) == pytest.approx((150, -1.5))
        for dec in (95.0, "north", None, "91:00:00"):
            with pytest.raises(DataFormatError, match="DEC_OBJ"):
                sky_position({"RA_OBJ": 1.0, "DEC_OBJ": dec}, keys, "here")

    @pytest.mark.parametrize("text", ["plain", "Grüße aus Zürich", "β–γ 🛰", "\\x41", "C:\\users\\xe", "tab\there"])
    def test_any_text_survives_a_header(self, text, tmp_path):
        header = fits.Header()
        header["NAME"] = header_text(text)
        assert plain_text(header["NAME"]) == text
        made = as_ascii(Table({"n": [text, "b"]}, meta={"SOURCE": text}))
        fits.table_to_hdu(made).writeto(tmp_path / "t.fits")
        assert plain_text(fits.getheader(tmp_path / "t.fits", 1)["SOURCE"]) == text


class TestUnits:
    @pytest.mark.parametrize("text", ["ph cm-2 s-1", "photons / cm^2 / s", "counts cm**-2 s**-1", "cm^(-2) s^(-1)"])
    def test_what_is_counted_has_no_dimension(self, text):
        assert unit_factor(text, "cm-2 s-1", "here") == pytest.approx(1)

    @pytest.mark.parametrize(
        "text", ["furlong", "m**", "erg", "0 s-1 cm-2", "1e400 cm-2 s-1", "m**1e99", "(" * 50, "é"]
    )
    def test_what_is_no_such_unit(self, text):
        with pytest.raises(DataFormatError, match="here"):
            unit_factor(text, "cm-2 s-1", "here")

    def test_words(self):
        assert parse_unit("COUNTS") == u.ct
        assert parse_unit("None") == u.dimensionless_unscaled
