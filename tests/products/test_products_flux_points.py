"""Flux points: kinds of flux, files, layouts of others."""

from pathlib import Path

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import QTable, Table

import gpnb
from gpnb.core.errors import ArgumentError, DataFormatError, SelectionError
from gpnb.products.sed import reference_columns

HERE = Path(__file__).parent
CRAB = gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2")
EDGES = np.geomspace(1, 100, 6)
DNDE = u.Unit("TeV-1 s-1 cm-2")


def axes():
    return {"e_ref": np.sqrt(EDGES[1:] * EDGES[:-1]), "e_min": EDGES[:-1], "e_max": EDGES[1:]}


def made(**changed):
    scan = np.linspace(0, 3, 7) * np.ones((5, 1))
    fields = {
        "norm": [1.0, 1.1, 0.9, 0.2, np.nan],
        "norm_err": [0.1, 0.1, 0.2, 0.2, np.nan],
        "norm_errn": [0.09, 0.1, 0.15, 0.2, np.nan],
        "norm_errp": [0.11, 0.12, 0.25, 0.3, np.nan],
        "norm_ul": [1.2, 1.3, 1.4, 0.8, 2.0],
        "is_ul": [False, False, False, True, True],
        "ts": [100.0, 50.0, 9.0, 1.0, 0.0],
        "stat": np.arange(5.0),
        "stat_null": np.array([100.0, 51.0, 11.0, 4.0, 4.0]),
        "norm_scan": scan,
        "stat_scan": 10 * (scan - 1) ** 2,
        "extra": {"counts": np.arange(5)},
        "cl": 0.95,
        "sided": 1,
        "name": "crab",
    }
    return gpnb.FluxPoints(**axes(), **reference_columns(CRAB, **axes()), **{**fields, **changed})


def test_kinds_of_flux_agree_with_the_reference_spectrum():
    points = made(norm=np.ones(5), is_ul=None)
    energies = points["e_ref"], points["e_min"], points["e_max"]
    assert np.allclose(points["dnde"], CRAB(energies[0]), rtol=1e-12)
    assert np.allclose(points["e2dnde"], energies[0] ** 2 * CRAB(energies[0]), rtol=1e-12)
    assert np.allclose(points["flux"], CRAB.integral(*energies[1:]), rtol=1e-12)
    assert np.allclose(points["eflux"], CRAB.energy_flux(*energies[1:]), rtol=1e-12)
    assert points["eflux_errp"][1] == 0.12 * CRAB.energy_flux(*(item[1] for item in energies[1:]))
    assert points["sqrt_ts"][2] == 3
    assert points.energy_edges.to_value("TeV") == pytest.approx(EDGES)
    assert repr(points) == "FluxPoints(crab, 5 points, 1 to 100 TeV, 0 upper limits)"


def test_missing_errors_are_made_of_the_others():
    points = made(norm_err=None, norm_errn=[0.1] * 4 + [-1], norm_errp=0.3)
    assert points.norm_err[:4] == pytest.approx(0.2)
    assert np.isnan(points.norm_err[4])  # a negative error is an unknown one
    points = made(norm_errn=None, norm_errp=None)
    assert points.norm_errn[2] == points.norm_errp[2] == 0.2


@pytest.mark.parametrize("name", ["points.ecsv", "points.fits", "points.fits.gz"])
def test_everything_comes_back(tmp_path, name):
    points = made()
    points.write(tmp_path / name)
    read = gpnb.FluxPoints.read(tmp_path / name)
    for field, value in vars(points).items():
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(getattr(read, field), value, err_msg=field)
    assert (read.cl, read.sided, read.name) == (0.95, 1, "crab")
    assert read.extra["counts"].tolist() == [0, 1, 2, 3, 4]
    assert "FluxPoints.read" in read.recipe.to_code()
    with pytest.raises(ArgumentError, match="overwrite=True"):
        points.write(tmp_path / name)


@pytest.mark.parametrize("kind", ["dnde", "e2dnde", "flux", "eflux"])
def test_each_kind_of_table_is_read(tmp_path, kind):
    points = made()
    points.write(tmp_path / "points.ecsv", kind)
    assert f"{kind}_errn" in (tmp_path / "points.ecsv").read_text(encoding="utf-8")
    read = gpnb.FluxPoints.read(tmp_path / "points.ecsv", reference=CRAB)
    for name in ("dnde", "flux_errp", "eflux_ul", "norm_errn"):
        np.testing.assert_allclose(read.column(name), points.column(name), rtol=1e-12)
    assert read.is_ul.tolist() == points.is_ul.tolist()


def test_a_written_file_is_in_the_layout_of_gammapy_and_gadf(tmp_path):
    made().write(tmp_path / "points.fits")
    with fits.open(tmp_path / "points.fits") as hdus:
        hdu = hdus["FLUXPOINTS"]
        names, header, data = hdu.columns.names, hdu.header, hdu.data
        assert (header["SED_TYPE"], header["UL_CONF"], header["UL_SIDES"]) == ("likelihood", 0.95, 1)
        assert "gpnb" in header["CREATOR"]
        assert "GPNBPROV" in header
        required = "e_min e_max e_ref ref_dnde ref_eflux ref_flux norm norm_err norm_scan ts loglike dloglike_scan"
        assert set(required.split()) <= set(names)
        assert {"stat", "stat_null", "stat_scan", "sqrt_ts", "is_ul"} <= set(names)
        assert data["loglike"].tolist() == (-0.5 * data["stat"]).tolist()
        assert data["dloglike_scan"][0] == pytest.approx(-0.5 * (data["stat_scan"][0] - data["stat_null"][0]))


def gadf_table():
    """A likelihood SED as fermipy writes it: MeV, loglike and its differences from no flux."""
    norm = np.linspace(0, 2, 21) * np.ones((2, 1))
    rise = 0.5 * 40 * (1 - (norm - 1) ** 2)
    e = np.array([1e3, 1e4, 1e5])
    return Table(
        {
            "e_min": e[:-1] * u.MeV,
            "e_ref": np.sqrt(e[1:] * e[:-1]) * u.MeV,
            "e_max": e[1:] * u.MeV,
            "ref_dnde": [1e-12, 1e-14] * u.Unit("1 / (cm2 s MeV)"),
            "ref_flux": [1e-9, 1e-10] * u.Unit("ph / (cm2 s)"),
            "ref_eflux": [1e-6, 1e-6] * u.Unit("MeV / (cm2 s)"),
            "norm": [1.0, 1.0],
            "norm_err": [0.16, 0.16],
            "norm_ul": [1.3, 1.3],
            "ts": [40.0, 40.0],
            "loglike": [-100.0, -50.0],
            "loglike_null": [-120.0, -70.0],
            "norm_scan": norm,
            "dloglike_scan": rise,
        },
        meta={"SED_TYPE": "likelihood", "UL_CONF": 0.95},
    )


def test_likelihoods_of_gadf_become_minus_two_log(tmp_path):
    gadf_table().write(tmp_path / "sed.fits")
    points = gpnb.FluxPoints.read(tmp_path / "sed.fits")
    assert points.stat.tolist() == [200, 100]
    assert points.stat_null.tolist() == [240, 140]
    assert points.stat_scan[:, 10] == pytest.approx([200, 100])  # at the best norm
    assert points.stat_scan[:, 0] == pytest.approx([240, 140])
    assert points["dnde"][0].to_value("MeV-1 cm-2 s-1") == pytest.approx(1e-12)
    assert points["flux"][1].value == pytest.approx(1e-10)  # photons are counted without a unit
    assert points["e_ref"][0].to_value("GeV") == pytest.approx(10**0.5)
    assert not points.is_ul.any()  # every point has a limit, and both are significant
    assert (points.cl, points.sided) == (0.95, None)


def gammapy_table():
    """The columns that Gammapy 2.1 writes for a differential spectrum, limits of two sigma on every row."""
    per = u.Unit("1 / (TeV s cm2)")
    return Table(
        {
            **{name: values * u.TeV for name, values in axes().items()},
            "dnde": [4e-11, 4e-12, 4e-13, 1e-15, np.nan] * per,
            "dnde_err": [4e-12, 4e-13, 1e-13, 1e-14, np.nan] * per,
            "dnde_ul": [5e-11, 5e-12, 7e-13, 4e-14, np.nan] * per,
            "ts": [100.0, 90, 16, 0.01, np.nan],
            "sqrt_ts": [10.0, 9.5, 4, 0.1, np.nan],
            "npred": np.ones((5, 1)),
            "stat": np.ones(5),
            "stat_null": np.ones(5),
            "is_ul": [False, False, False, True, False],
            "success": [True, True, True, True, False],
        },
        meta={"SED_TYPE": "dnde", "n_sigma": 1, "n_sigma_ul": 2, "sqrt_ts_threshold_ul": 2},
    )


@pytest.mark.parametrize("name", ["points.ecsv", "points.fits"])
def test_the_limits_of_gammapy_are_two_sided(tmp_path, name):
    table = gammapy_table()
    if name.endswith("fits"):
        table.meta = {"SED_TYPE": "dnde", "UL_CONF": 0.9544997}
    table.write(tmp_path / name)
    points = gpnb.FluxPoints.read(tmp_path / name)
    assert points.cl == pytest.approx(0.9545, abs=1e-5)
    assert points.sided == 2
    assert points.delta_stat == pytest.approx(4, abs=1e-5)
    assert points.is_ul.tolist() == [False, False, False, True, False]
    assert points["dnde"][0].to_value(DNDE) == pytest.approx(4e-11)
    assert points.extra["npred"].shape == (5, 1)


def test_files_that_gammapy_wrote():
    """Three bins of four H.E.S.S. runs on the Crab, energies in keV; counts are given run by run."""
    points = gpnb.FluxPoints.read(HERE / "gammapy-2.1-points.fits")
    assert repr(points) == "FluxPoints(3 points, 0.708 to 31.6 TeV, 0 upper limits)"
    assert (points.cl, points.sided) == (pytest.approx(0.9545, abs=1e-6), 2)
    assert points["dnde"][0].to_value(DNDE) == pytest.approx(2.9033300268e-11, rel=1e-9)
    assert points.ts == pytest.approx(points.stat_null - points.stat)
    assert points.norm_scan[2] == pytest.approx(np.geomspace(0.2, 5, 11))
    inside = gpnb.FluxPointsDataset(points, kind="profile")
    best = inside.statistic(points.column("dnde"))
    rise = inside.statistic(points.column("dnde_ul")) - best
    assert rise == pytest.approx(4, abs=1)  # their scan has eleven points from 0.2 to 5
    assert points.extra["counts"].shape == (3, 4)
    text = gpnb.FluxPoints.read(HERE / "gammapy-2.1-points.ecsv")
    for name in ("dnde", "dnde_errn", "dnde_errp", "dnde_ul", "ts"):
        assert text.column(name) == pytest.approx(points.column(name), rel=1e-9)
    assert (text.sided, text.stat_scan) == (2, None)  # without its spectrum a scan of norms says nothing


def test_without_a_word_on_limits_they_follow_from_the_columns():
    table = gammapy_table()
    table.remove_column("is_ul")
    assert gpnb.FluxPoints.from_table(table).is_ul.tolist() == [False, False, False, True, False]
    bare = QTable({"e_ref": [1, 2] * u.TeV, "dnde": [1, np.nan] * DNDE, "dnde_ul": [np.nan, 3] * DNDE})
    points = gpnb.FluxPoints.from_table(bare)
    assert points.is_ul.tolist() == [False, True]
    assert np.isnan(points["flux"]).all()  # without bins there is no integral
    with pytest.raises(SelectionError, match="confidence of these upper limits is not known"):
        _ = points.delta_stat


def test_integral_fluxes_use_the_spectrum_inside_the_bin():
    table = QTable({"e_min": [1, 10] * u.TeV, "e_max": [10, 30] * u.TeV, "flux": [2e-11, 1e-12] * u.Unit("cm-2 s-1")})
    points = gpnb.FluxPoints.from_table(table, reference=CRAB)
    expected = 2e-11 / CRAB.integral("1 TeV", "10 TeV").value * CRAB("3.1622776601683795 TeV").value
    assert points["dnde"][0].value == pytest.approx(expected, rel=1e-12)


def test_selected_points():
    points = made().select(slice(1, 3))
    assert len(points) == 2
    assert points.extra["counts"].tolist() == [1, 2]
    assert points.stat_scan.shape == (2, 7)
    assert len(made().select(~made().is_ul)) == 3
    assert repr(made().select([])) == "FluxPoints(none)"
    with pytest.raises(ArgumentError, match="several points"):
        made().select(1)


def test_what_is_no_flux_point_is_refused(tmp_path):
    with pytest.raises(DataFormatError, match="no such file"):
        gpnb.FluxPoints.read(tmp_path / "points.ecsv")
    with pytest.raises(ArgumentError, match="end of the name"):
        gpnb.FluxPoints.read(tmp_path / "points.txt")
    (tmp_path / "bad.ecsv").write_text("no table\nat all, here\n", encoding="utf-8")
    with pytest.raises(DataFormatError, match="ECSV"):
        gpnb.FluxPoints.read(tmp_path / "bad.ecsv")
    fits.PrimaryHDU().writeto(tmp_path / "empty.fits")
    with pytest.raises(DataFormatError, match="no table"):
        gpnb.FluxPoints.read(tmp_path / "empty.fits")
    energy = [1, 2] * u.TeV
    with pytest.raises(DataFormatError, match="holds no flux points"):
        gpnb.FluxPoints.from_table(QTable({"e_ref": energy}))
    with pytest.raises(DataFormatError, match="no energies"):
        gpnb.FluxPoints.from_table(QTable({"dnde": [1, 2] * DNDE}))
    with pytest.raises(DataFormatError, match="column dnde: unit"):
        gpnb.FluxPoints.from_table(QTable({"e_ref": energy, "dnde": [1, 2] * u.m}))
    with pytest.raises(DataFormatError, match="no column 'eflux'"):
        gpnb.FluxPoints.from_table(QTable({"e_ref": energy, "dnde": [1, 2] * DNDE}), "eflux")
    with pytest.raises(ArgumentError, match="norm_err has the shape"):
        made(norm_err=[1, 2])
    with pytest.raises(ArgumentError, match="together"):
        made(stat_scan=None)
    with pytest.raises(ArgumentError, match="sed_type='power'"):
        made().to_table("power")
    with pytest.raises(SelectionError, match="no column 'power'"):
        _ = made()["power"]
