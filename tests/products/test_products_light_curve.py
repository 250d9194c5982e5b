"""Light curves: files, layouts, time series."""

from pathlib import Path

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import QTable, Table
from astropy.time import Time

import gpnb
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.products.sed import reference_columns

HERE = Path(__file__).parent
CRAB = gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2")
AXES = {"e_ref": np.array([2.0, 20.0]), "e_min": np.array([1.0, 10.0]), "e_max": np.array([10.0, 40.0])}
START = Time([53000.0, 53001.25, 53004.5], format="mjd", scale="tt")


def made(**changed):
    fields = {
        "time_min": START,
        "time_max": START + 28 * u.min,
        "norm": np.arange(1.0, 7.0).reshape(3, 2),
        "norm_err": 0.1,
        "norm_errp": 0.12,
        "norm_ul": 9.0,
        "is_ul": np.zeros((3, 2)),
        "ts": 30.0,
        "extra": {"n_on": np.arange(6).reshape(3, 2)},
        "obs_ids": ((1,), (2, 3), (4,)),
        "cl": 0.95,
        "sided": 1,
        "name": "crab",
    }
    return gpnb.LightCurve(**AXES, **reference_columns(CRAB, **AXES), **{**fields, **changed})


def same(curve, other):
    for field, value in vars(curve).items():
        if isinstance(value, np.ndarray):
            np.testing.assert_allclose(getattr(other, field), value, rtol=1e-14, err_msg=field)
    assert np.abs((other.time_min - curve.time_min).to_value("s")).max() < 2e-6  # what a double holds of MJD
    assert np.abs((other.time_max - curve.time_max).to_value("s")).max() < 2e-6
    assert (other.obs_ids, other.cl, other.sided, other.name) == (curve.obs_ids, 0.95, 1, "crab")
    assert other.extra["n_on"].tolist() == curve.extra["n_on"].tolist()


@pytest.mark.parametrize("name", ["curve.ecsv", "curve.fits"])
def test_everything_comes_back(tmp_path, name):
    made().write(tmp_path / name)
    same(made(), gpnb.LightCurve.read(tmp_path / name))


@pytest.mark.parametrize("kind", ["likelihood", "norm"])
def test_through_the_time_series_of_astropy(kind):
    series = made().to_timeseries(kind)
    assert series["time_bin_size"].to_value("min") == pytest.approx(28)
    same(made(), gpnb.LightCurve.from_table(series))


def test_fluxes_of_a_time_series():
    series = made().to_timeseries("flux")
    assert series["flux"].unit == u.Unit("s-1 cm-2")
    read = gpnb.LightCurve.from_table(series, reference=CRAB)
    np.testing.assert_allclose(read.column("dnde_errp"), made().column("dnde_errp"), rtol=1e-12)


def test_a_table_holds_times_and_fluxes():
    curve = made()
    table = curve.to_table("flux")
    assert table["time_min"].scale == "tt"
    assert table["flux"][2, 1] == 6 * CRAB.integral("10 TeV", "40 TeV")
    assert curve.time[1].mjd == pytest.approx(53001.25 + 14 / 1440)
    assert curve.width.to_value("min") == pytest.approx([28] * 3)
    assert len(curve) == 3
    assert repr(curve) == "LightCurve(crab, 3 bins from 2003-12-26 23:58:55 UTC, 2 energy bands)"


def test_the_file_is_in_the_layout_of_gammapy(tmp_path):
    made().write(tmp_path / "curve.fits", "flux")
    with fits.open(tmp_path / "curve.fits") as hdus:
        hdu = hdus["FLUXPOINTS"]
        keys = ("MJDREFI", "MJDREFF", "TIMESYS", "TIMEUNIT", "SED_TYPE")
        assert [hdu.header[key] for key in keys] == [0, 0.0, "tt", "d", "flux"]
        assert hdu.data["time_min"] == pytest.approx(START.mjd)
        assert hdu.columns["time_min"].unit is None
        assert hdu.data["flux"].shape == hdu.data["e_ref"].shape == (3, 2)


@pytest.mark.parametrize("name", ["gammapy-2.1-curve.fits", "gammapy-2.1-curve.ecsv"])
def test_files_that_gammapy_wrote(name):
    """Four H.E.S.S. runs on the Crab, one a night, in two bands."""
    curve = gpnb.LightCurve.read(HERE / name)
    assert curve.norm.shape == (4, 2)
    assert curve.time_min.utc.iso[1] == "2004-12-05 22:00:00.000"
    assert curve.width.to_value("s") == pytest.approx([1688] * 4, abs=1e-3)
    assert curve["e_min"].to_value("TeV") == pytest.approx([0.708, 1.995], rel=1e-3)
    assert curve["flux"][0, 0].value == pytest.approx(4.05168e-11, rel=1e-5)
    assert np.all(curve.column("flux_ul") > curve.column("flux") + curve.column("flux_errp"))
    assert (curve.cl, curve.sided) == (None, None)  # of its limits the file says nothing


def gammapy_table(**meta):
    energies = {name: np.tile(values, (2, 1)) * u.TeV for name, values in AXES.items()}
    flux = np.array([[1e-11, 1e-13], [2e-11, 2e-13]]) * u.Unit("s-1 cm-2")
    days = np.array([53945.5, 53946.5])
    columns = {"time_min": days, "time_max": days + 0.1, **energies, "flux": flux, "flux_err": 0.1 * flux}
    return Table(columns, meta={"MJDREFI": 0, "MJDREFF": 0.0, "TIMEUNIT": "d", "SED_TYPE": "flux", **meta})


@pytest.mark.parametrize("scale", ["tt", "utc", None])
def test_times_are_on_the_scale_of_the_header(tmp_path, scale):
    gammapy_table(**({"TIMESYS": scale} if scale else {})).write(tmp_path / "curve.fits")
    curve = gpnb.LightCurve.read(tmp_path / "curve.fits")
    assert getattr(curve.time_min, scale or "utc").mjd == pytest.approx([53945.5, 53946.5])
    assert curve["flux"][1, 0].value == pytest.approx(2e-11)


def test_seconds_from_a_reference():
    table = gammapy_table(MJDREFI=53945, MJDREFF=0.25, TIMEUNIT="s", TIMESYS="tt")
    table["time_min"], table["time_max"] = [0.0, 600.0], [600.0, 1200.0]
    curve = gpnb.LightCurve.from_table(table)
    assert curve.time_max.mjd[1] == pytest.approx(53945.25 + 1200 / 86400)


def test_one_band_may_come_as_plain_columns():
    table = QTable(
        {
            "time_min": START,
            "time_max": START + 1 * u.h,
            "e_min": [1, 1, 1] * u.TeV,
            "e_max": [10, 10, 10] * u.TeV,
            "flux": [1e-11, 2e-11, 3e-11] * u.Unit("cm-2 s-1"),
            "flux_err": [1e-12, 1e-12, 1e-12] * u.Unit("cm-2 s-1"),
        }
    )
    curve = gpnb.LightCurve.from_table(table)
    assert curve.norm.shape == (3, 1)
    assert curve["flux"][:, 0].value == pytest.approx([1e-11, 2e-11, 3e-11])


def test_what_is_no_light_curve_is_refused():
    with pytest.raises(DataFormatError, match="no times"):
        gpnb.LightCurve.from_table(QTable({"flux": [1, 2] * u.Unit("cm-2 s-1")}))
    with pytest.raises(ArgumentError, match="3 times"):
        made(norm=np.ones((2, 2)))
    with pytest.raises(ArgumentError, match="one entry for each of 3 bins"):
        made(obs_ids=((1,),))


def test_columns_and_headers_that_do_not_fit():
    table = made().table
    table.meta[True] = "a header's key may be no text"
    assert len(gpnb.LightCurve.from_table(table)) == 3
    table["flux"] = np.ones((3, 5)) * u.Unit("cm-2 s-1")  # there are two bands
    with pytest.raises(
        DataFormatError, match=r"flux, has rows of shape \(5,\); expected a value for each of 2 energies"
    ):
        gpnb.LightCurve.from_table(table)


def test_hardness_as_numbers_beside_the_flux():
    days = Time([60000.0, 60001.0, 60002.0], format="mjd", scale="tt")
    table = Table({"time_min": days, "time_max": days + 0.1 * u.day})
    table["e_ref"], table["e_min"], table["e_max"] = (
        np.tile(row, (3, 1)) * u.TeV for row in ([2.0, 6.0], [1.0, 4.0], [4.0, 10.0])
    )
    table["flux"] = [[3.0, 1.0], [2.0, 2.0], [1.0, np.nan]] * u.Unit("cm-2 s-1")
    table["flux_err"] = [[0.3, 0.1], [0.2, 0.2], [0.1, np.nan]] * u.Unit("cm-2 s-1")
    curve = gpnb.LightCurve.from_table(table)
    found = curve.hardness()
    assert found["hardness"][:2].tolist() == pytest.approx([-0.5, 0.0])
    assert np.isnan(found["hardness"][2])
    assert found["flux"][:2].value.tolist() == pytest.approx([4.0, 4.0])
    assert found["flux_err"][0].value == pytest.approx(np.hypot(0.3, 0.1))
    assert found.meta == {"soft": "1 to 4 TeV", "hard": "4 to 10 TeV"}
    assert curve.hardness(1, 0)["hardness"][0] == pytest.approx(0.5)
    for pair in ((0, 0), (0, 2), (1, -1)):
        with pytest.raises(gpnb.SelectionError, match="two of 2 bands"):
            curve.hardness(*pair)
