"""Series of other wavelengths: what is found in tables and files, with which times."""

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import MaskedColumn, QTable, Table
from astropy.time import Time, TimeDelta
from astropy.timeseries import BinnedTimeSeries, TimeSeries

import gpnb
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.core.replay import replay

DAY = Time(58000.25, format="mjd", scale="tt")
TT_UTC = 69.184  # s, since 2017


def one(**columns):
    """A table of one measurement of 2 mJy."""
    return Table({**columns, "flux": [2.0], "flux_err": [0.5]})


def tt_seconds(series, place=0):
    return (series.time[place] - DAY).to_value("s")


@pytest.mark.parametrize(
    ("columns", "settings", "seconds"),
    [
        ({"mjd": [58000.25]}, {"scale": "tt"}, 0.0),
        ({"MJD": [58000.25]}, {}, TT_UTC),
        ({"MJD": [58000.25]}, {"scale": "utc"}, TT_UTC),
        ({"MJD_TT": [58000.25]}, {}, 0.0),
        ({"mjd": [58000.25]}, {"scale": "tai"}, 32.184),
        ({"JD": [2458000.75]}, {"scale": "tt"}, 0.0),
        ({"time": [2458000.75]}, {"scale": "tt"}, 0.0),
        ({"time": [58000.25]}, {"scale": "tt"}, 0.0),
        ({"Time [MJD]": [58000.25]}, {"scale": "tt"}, 0.0),
        ({"date": ["2017-09-04T06:00:00"]}, {"scale": "tt"}, 0.0),
        ({"date": ["2017-09-04 06:00:00"]}, {}, TT_UTC),
        ({"when": [2017.0]}, {"time": "when", "time_format": "jyear", "scale": "tt"}, None),
        ({"time": [DAY.utc.mjd]}, {}, 0.0),
        ({"mjd_start": [58000.25], "mjd_stop": [58000.75]}, {"scale": "tt"}, 21600.0),
        ({"a": [58000.0], "b": [58000.5]}, {"time": ("a", "b"), "scale": "tt"}, 0.0),
    ],
)
def test_times_of_many_forms(columns, settings, seconds):
    series = gpnb.Series.from_table(one(**columns), **settings)
    assert (series.value, series.errn, series.errp) == (2.0, 0.5, 0.5)
    if seconds is not None:
        assert tt_seconds(series) == pytest.approx(seconds, abs=2e-5)


def test_tdb_is_not_tt():
    series = gpnb.Series.from_table(one(BJD_TDB=[2458000.75]))
    assert series.time_min.scale == "tdb"
    assert 1e-4 < abs(tt_seconds(series)) < 2e-3
    assert tt_seconds(gpnb.Series.from_table(one(time=DAY.tdb[None]))) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("system", "seconds"), [("TT", 100.0), ("UTC", 100.0 + TT_UTC), ("tdb (barycentre)", 100.0)])
def test_seconds_from_a_reference(system, seconds):
    table = one(TIME=[90.0] * u.s)
    table.meta |= {"MJDREFI": 58000, "MJDREFF": 0.25, "TIMESYS": system, "TIMEZERO": 10.0}
    assert tt_seconds(gpnb.Series.from_table(table)) == pytest.approx(seconds, abs=2e-3)


def test_seconds_across_a_leap_second_are_elapsed_ones():
    """MJD 57753 to 57754 of UTC is a day and a second."""
    table = one(TIME=[86401.0])
    table.meta |= {"MJDREF": 57753.0, "TIMESYS": "UTC", "TIMEUNIT": "s"}
    series = gpnb.Series.from_table(table)
    assert series.time[0].utc.mjd == pytest.approx(57754.0, abs=1e-9)


def test_units_errors_and_limits():
    table = QTable({"mjd_tt": [58000.0, 58001, 58002], "rate": [10.0, 20, 30] * u.Jy})
    table["rate_errn"], table["rate_errp"] = [1000.0, 2000, 3000] * u.mJy, [2.0, 3, 4] * u.Jy
    table["upper_limit"] = [False, True, False]
    series = gpnb.Series.from_table(table, unit="mJy", name="x")
    assert series.unit == u.mJy
    assert series.value == pytest.approx([1e4, np.nan, 3e4], nan_ok=True)
    assert series.errn == pytest.approx([1e3, np.nan, 3e3], nan_ok=True)
    assert series.errp == pytest.approx([2e3, np.nan, 4e3], nan_ok=True)
    assert series.ul == pytest.approx([np.nan, 2e4, np.nan], nan_ok=True)
    assert series.is_ul.tolist() == [False, True, False]
    table["rate_ul"] = [90.0, 91, 92] * u.Jy
    known = gpnb.Series.from_table(table)
    assert known.ul.tolist() == [90.0, 91, 92]
    assert known.value[1] == 20  # beside its limit, a value stays


def test_flags_as_words_masked_values_and_missing_times():
    flux = MaskedColumn([1.0, 2.0, 3.0], mask=[True, False, False])
    table = Table({"mjd": [58000.0, np.nan, 58002], "flux": flux, "is_ul": ["no", "no", "<"]})
    series = gpnb.Series.from_table(table)
    assert series.value == pytest.approx([np.nan, np.nan], nan_ok=True)
    assert series.ul == pytest.approx([np.nan, 3.0], nan_ok=True)
    dates = Table({"date": MaskedColumn(["2017-01-01", ""], mask=[False, True]), "mag": [1.0, 2.0]})
    assert gpnb.Series.from_table(dates).value.tolist() == [1.0]
    masked = Time([58000.0, 58001.0], format="mjd", scale="tt")
    masked[1] = np.ma.masked
    assert len(gpnb.Series.from_table(Table({"time": masked, "mag": [1.0, 2.0]}))) == 1


def test_the_only_column_of_numbers_is_the_value():
    table = Table({"mjd": [58000.0], "polarisation": [3.0], "polarisation_err": [1.0]})
    assert gpnb.Series.from_table(table).name == "polarisation"


def test_widths():
    assert gpnb.Series.from_table(one(mjd_tt=[58000.25]), width="2 h").time_min[0].mjd == pytest.approx(
        58000.25 - 1 / 24
    )
    table = one(mjd_tt=[58000.25], exposure=[3600.0] * u.s)
    span = gpnb.Series.from_table(table, width="exposure")
    assert (span.time_max - span.time_min).to_value("s") == pytest.approx([3600])
    assert tt_seconds(span) == pytest.approx(0, abs=1e-4)


def test_time_series_of_astropy():
    moments = TimeSeries(time=DAY + [0, 1] * u.d, data={"flux": [1.0, 2.0] * u.mJy})
    series = gpnb.Series.of(moments, name="radio")
    assert (series.name, series.unit, len(series)) == ("radio", u.mJy, 2)
    assert (series.time_max - series.time_min).to_value("s").tolist() == [0, 0]
    bins = BinnedTimeSeries(time_bin_start=DAY.utc + [0, 1] * u.d, time_bin_size=3 * u.h, data={"flux": [1.0, 2.0]})
    series = gpnb.Series.of(bins)
    assert (series.time_max - series.time_min).to_value("h") == pytest.approx([3, 3])


def written(path, series):
    table = series.table
    if path.suffix == ".csv":
        plain = {"MJD_TT": series.time.tt.mjd, "flux [erg / (s cm2)]": series.value, "flux_err": series.err}
        Table(plain).write(path, format="ascii.csv")
    elif path.suffix == ".txt":
        path.write_text(
            "mjd_tt flux flux_err\n"
            + "\n".join(
                f"{t:.9f} {v} {e}" for t, v, e in zip(series.time.tt.mjd, series.value, series.err, strict=True)
            )
        )
    elif path.suffix == ".ecsv":
        table.write(path, format="ascii.ecsv")
    else:
        table.write(path, format="fits")


@pytest.fixture
def series():
    unit = u.Unit("erg cm-2 s-1")
    time = DAY + [0, 1, 5] * u.d
    return gpnb.Series(time_min=time, time_max=time, value=[1e-11, 2e-11, 4e-11], errn=1e-12, errp=1e-12, unit=unit)


@pytest.mark.parametrize("ending", [".csv", ".txt", ".ecsv", ".fits"])
def test_files(tmp_path, series, ending):
    path = tmp_path / f"xrt{ending}"
    written(path, series)
    back = gpnb.Series.read(path)
    assert back.name == ("series" if ending == ".ecsv" else "xrt") or back.name == "xrt"
    assert back.value == pytest.approx(series.value)
    assert back.err == pytest.approx(series.err)
    assert np.abs((back.time - series.time).to_value("s")).max() < 1e-3
    assert back.unit == (series.unit if ending != ".txt" else u.dimensionless_unscaled)
    again = replay(back.recipe)
    assert again.value == pytest.approx(back.value)


def test_settings_of_a_file_are_in_its_recipe(tmp_path):
    path = tmp_path / "a.csv"
    Table({"t0": [58000.25], "y": [1.0], "z": [2.0]}).write(path)
    made = gpnb.Series.read(path, name="X", time="t0", value="z", scale="tt", width=1 * u.h, unit=u.mJy)
    code = made.recipe.to_code()
    assert "value='z'" in code
    assert "name='X'" in code
    again = replay(made.recipe)
    assert (again.name, again.unit, again.value.tolist()) == ("X", u.mJy, [2.0])
    assert tt_seconds(again) == pytest.approx(0, abs=1e-4)


def test_an_ogip_light_curve(tmp_path):
    """TIMEDEL and TIMEPIXR say where the bins are: here times are their starts."""
    columns = [fits.Column("TIME", "D", "s", array=[0.0, 100.0]), fits.Column("RATE", "E", "count/s", array=[5.0, 6.0])]
    columns.append(fits.Column("ERROR", "E", "count/s", array=[0.5, 0.6]))
    hdu = fits.BinTableHDU.from_columns(columns, name="RATE")
    hdu.header.update({"MJDREFI": 58000, "MJDREFF": 0.25, "TIMESYS": "TT", "TIMEDEL": 50.0, "TIMEPIXR": 0.0})
    other = fits.BinTableHDU.from_columns([fits.Column("NUMBER", "J", array=[1])])
    fits.HDUList([fits.PrimaryHDU(), other, hdu]).writeto(tmp_path / "x.lc.fits")
    series = gpnb.Series.read(tmp_path / "x.lc.fits")
    assert (series.time_min - DAY).to_value("s") == pytest.approx([0, 100], abs=1e-5)
    assert (series.time_max - DAY).to_value("s") == pytest.approx([50, 150], abs=1e-5)
    assert series.unit == u.Unit("ct / s")
    assert series.errp == pytest.approx([0.5, 0.6])


def test_text_holds_all_of_it(series):
    limits = gpnb.Series(
        time_min=DAY.utc + [0, 1] * u.d, time_max=DAY.utc + [0.5, 2] * u.d, value=[1.0, np.nan], ul=[np.nan, 2.0],
        is_ul=[False, True], unit="mJy", name="näme",
    )  # fmt: skip
    for item in (series, limits):
        back = gpnb.Series.from_text(item.to_text())
        assert (back.name, back.unit, back.is_ul.tolist()) == (item.name, item.unit, item.is_ul.tolist())
        for name in ("value", "errn", "errp", "ul"):
            assert np.array_equal(getattr(back, name), getattr(item, name), equal_nan=True)
        assert np.abs((back.time_max - item.time_max).to_value("s")).max() < 1e-8
        assert replay(back.recipe).to_text() == item.to_text()
    table = gpnb.Series.from_table(limits.table)
    assert (table.name, table.is_ul.tolist(), table.ul[1]) == ("näme", [False, True], 2.0)


@pytest.mark.parametrize(
    ("table", "settings", "text"),
    [
        (Table({"flux": [1.0]}), {}, "no column of times"),
        (one(mjd=[58000.0]), {"value": "fluxx"}, "value='fluxx' is no column"),
        (one(mjd=[58000.0]), {"time": "hour"}, "time='hour' is no column"),
        (Table({"mjd": [58000.0], "a": [1.0], "b": [1.0]}), {}, "give value='NAME'"),
        (one(time=[17.0]), {}, "no MJDREF"),
        (one(mjd=[58000.0]), {"scale": "bst"}, "scale='bst' must be one of"),
        (one(date=["yesterday"]), {}, "holds no times"),
        (Table({"mjd": [58000.0], "flux": ["high"]}), {}, "something else than numbers"),
        (Table({"mjd": [58000.0], "flux": [[1.0, 2.0]]}), {}, "a series has one"),
        (QTable({"mjd": [58000.0], "flux": [1.0] * u.Jy}), {"unit": "s"}, "not convertible"),
        (one(a=[58001.0], b=[58000.0]), {"time": ("a", "b")}, "must end after it begins"),
    ],
)
def test_what_cannot_be_read(table, settings, text):
    with pytest.raises((DataFormatError, ArgumentError), match=text):
        gpnb.Series.from_table(table, **settings)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(DataFormatError, match="no such file"):
        gpnb.Series.read(tmp_path / "a.csv")
    with pytest.raises(ArgumentError, match="end of the name"):
        gpnb.Series.read("a.png")
    fits.HDUList([fits.PrimaryHDU()]).writeto(tmp_path / "a.fits")
    with pytest.raises(DataFormatError, match="no table with a column of times"):
        gpnb.Series.read(tmp_path / "a.fits")
    (tmp_path / "b.ecsv").write_text("nothing")
    with pytest.raises(DataFormatError, match="cannot be read as"):
        gpnb.Series.read(tmp_path / "b.ecsv")
    with pytest.raises(DataFormatError, match="not the text of a series"):
        gpnb.Series.from_text("{}")
    with pytest.raises(ArgumentError, match="is no series"):
        gpnb.Series.of(3)


def test_shapes_are_checked():
    time = DAY + [0, 1] * u.d
    with pytest.raises(ArgumentError, match="one entry for each of 2 times"):
        gpnb.Series(time_min=time, time_max=time + TimeDelta(1 * u.s), value=[1.0])


@pytest.mark.parametrize("limit", ["<2e-8", "< 2e-8", "<=2e-8"])
def test_limits_written_as_text(tmp_path, limit):
    path = tmp_path / "curve.csv"
    path.write_text(f"mjd,flux,flux_err\n59000.1,1e-7,1e-8\n59001.1,{limit},-\n59002.1,1.2e-7,1e-8\n")
    found = gpnb.Series.read(path)
    assert found.value[[0, 2]].tolist() == [1e-7, 1.2e-7]
    assert found.is_ul.tolist() == [False, True, False]
    assert found.ul[1] == 2e-8
