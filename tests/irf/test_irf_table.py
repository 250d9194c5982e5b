"""Reading and writing of tables, on synthetic HDUs."""

import pickle

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st

import gpnb
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.irf import (
    Background2D,
    Background3D,
    EffectiveArea,
    EnergyDispersion,
    Psf3Gauss,
    PsfKing,
    PsfTable,
    RadMax,
    read_irf,
)
from gpnb.maps.axis import Axis

TRUE = Axis.energy("0.1 TeV", "100 TeV", nbin=4, name="energy_true")
RECO = Axis.energy("0.1 TeV", "100 TeV", nbin=4)
OFFSET = Axis.from_edges([0.0, 1.0, 2.0, 3.0], "offset", "deg")
MIGRA = Axis.from_edges([0.2, 0.6, 1.4, 2.0, 3.0, 5.0], "migra")
RAD = Axis.from_edges([0.0, 0.1, 0.2], "rad", "deg")
LON = Axis.from_edges([-1.0, 0.0, 1.0], "fov_lon", "deg")
LAT = Axis.from_edges([-1.5, -0.5, 0.5, 1.5], "fov_lat", "deg")

AXES = {
    EffectiveArea: (TRUE, OFFSET),
    EnergyDispersion: (TRUE, MIGRA, OFFSET),
    PsfTable: (TRUE, OFFSET, RAD),
    Psf3Gauss: (TRUE, OFFSET),
    PsfKing: (TRUE, OFFSET),
    Background2D: (RECO, OFFSET),
    Background3D: (RECO, LON, LAT),
    RadMax: (RECO, OFFSET),
}


def make(kind, seed=0, axes=None):
    axes, rng = axes or AXES[kind], np.random.default_rng(seed)
    shape = tuple(axis.n for axis in axes)
    columns = {column.name: rng.uniform(1.5, 3, shape).astype(np.float32) for column in kind.layout.columns}
    return kind.from_columns(
        axes, {"TELESCOP": "TEST", "OBS_ID": 7, "LO_THRES": 0.5, "HDUCLAS3": "FULL-ENCLOSURE"}, **columns
    )


def aeff_hdu():
    return make(EffectiveArea).to_hdu()


@settings(max_examples=40, deadline=None)
@given(kind=st.sampled_from(list(AXES)), seed=st.integers(0, 2**32 - 1), nodes=st.booleans())
def test_what_is_written_is_read_again(kind, seed, nodes):
    axes = AXES[kind]
    if nodes:
        axes = (axes[0], *(Axis.from_nodes(axis.center_values, axis.name, axis.unit) for axis in axes[1:]))
    before = make(kind, seed, axes)
    hdu = before.to_hdu(name="SOMETHING")
    hdu.verify("exception")
    after = read_irf(hdu, source="memory")
    assert type(after) is kind
    np.testing.assert_allclose(after.values, before.values, rtol=2e-7)
    for one, two in zip(before.axes, after.axes, strict=True):
        assert one.is_node == two.is_node
        np.testing.assert_allclose(one.center_values, two.center_values, rtol=1e-6, atol=1e-7)
    assert {key: after.header[key] for key in ("TELESCOP", "OBS_ID", "LO_THRES")} == {
        "TELESCOP": "TEST",
        "OBS_ID": 7,
        "LO_THRES": 0.5,
    }
    # what was once float32 comes back to the bit
    again = read_irf(after.to_hdu(), source="memory")
    np.testing.assert_array_equal(again.values, after.values)


@pytest.mark.parametrize("kind", list(AXES))
def test_header_and_columns_of_what_is_written(kind, tmp_path):
    path = tmp_path / "irf.fits"
    fits.HDUList([fits.PrimaryHDU(), make(kind).to_hdu()]).writeto(path, checksum=True)
    with fits.open(path, checksum=True) as file:
        file.verify("exception")
        hdu = file[1]
        header, layout = hdu.header, kind.layout
        assert hdu.name == layout.extname
        assert [header[key] for key in ("HDUCLASS", "HDUCLAS1", "HDUCLAS2", "HDUCLAS4", "HDUVERS")] == [
            "GADF",
            "RESPONSE",
            layout.type_key,
            layout.hdu_class.upper(),
            "0.3",
        ]
        assert header["HDUCLAS3"] == ("POINT-LIKE" if kind is RadMax else "FULL-ENCLOSURE")
        assert header["CREATOR"].startswith("gpnb ")
        assert ("FOVALIGN" in header) == (kind is Background3D)
        dim = f"({','.join(str(axis.n) for axis in AXES[kind])})"
        first = 2 * len(layout.axes)
        for number in range(1, header["TFIELDS"] + 1):
            assert f"TUNIT{number}" in header
            assert header[f"TFORM{number}"].endswith("E")
            assert header.get(f"TDIM{number}") == (dim if number > first else None)
    again = gpnb.read_irf(1, path=path)
    assert type(again) is kind
    assert again.recipe.to_code().endswith(f"gpnb.read_irf(hdu=1, path='{path}')")
    assert pickle.loads(pickle.dumps(again)).values.shape == again.values.shape


def test_three_gauss_is_written_with_the_scale_that_normalises():
    psf = make(Psf3Gauss)
    scale = psf.to_hdu().data["SCALE"][0].T
    s1, a2, s2, a3, s3 = np.moveaxis(psf.values, -1, 0)
    expected = 0.5 / (np.deg2rad(s1) ** 2 + a2 * np.deg2rad(s2) ** 2 + a3 * np.deg2rad(s3) ** 2)
    np.testing.assert_allclose(scale, expected, rtol=1e-6)


def raw_hdu(columns, **header):
    """A table of one row from name → (values in numpy order, unit)."""
    fields = []
    for name, (given_values, unit) in columns.items():
        values = np.asarray(given_values, dtype=np.float32)
        dim = f"({','.join(str(n) for n in values.shape[::-1])})" if values.ndim > 1 else None
        fields.append(fits.Column(name, f"{values.size}E", unit=unit, dim=dim, array=values[None]))
    hdu = fits.BinTableHDU.from_columns(fields, name="TEST")
    hdu.header.update(header)
    return hdu


def axis_columns(prefix, axis, unit):
    return {f"{prefix}_LO": (axis.low_values, unit), f"{prefix}_HI": (axis.high_values, unit)}


def test_background_hot_at_positive_detx_is_hot_at_positive_longitude():
    """Columns DETX, DETY, ENERG as in H.E.S.S. DR1 (Gammapy 2.1 reads this one hot at positive latitude)."""
    lat = Axis.from_edges([-1.0, 0.0, 1.0], "fov_lat", "deg")
    values = np.ones((4, 2, 2))  # numpy order of TDIM (x, y, energy)
    values[:, :, 1] = 100.0
    columns = {
        **axis_columns("DETX", LON, "deg"),
        **axis_columns("DETY", lat, "deg"),
        **axis_columns("ENERG", RECO, "TeV"),
        "BKG": (values, "MeV-1 s-1 sr-1"),
    }
    bkg = read_irf(raw_hdu(columns, FOVALIGN="RADEC"), "bkg_3d", "synthetic")
    assert bkg.evaluate(1.0, 0.5, 0.0) == pytest.approx(100e6)
    assert bkg.evaluate(1.0, -0.5, 0.0) == pytest.approx(1e6)
    # columns ENERG, DETX, DETY as in Prod5: the same response
    other = {name: columns[name] for name in ("ENERG_LO", "ENERG_HI", "DETX_LO", "DETX_HI", "DETY_LO", "DETY_HI")}
    other["BGD"] = (values.transpose(1, 2, 0), "1/s/MeV/sr")
    prod = read_irf(raw_hdu(other, FOVALIGN="RADEC"), "bkg_3d", "synthetic")
    np.testing.assert_allclose(prod.values, bkg.values)


def test_order_is_taken_from_cref_then_columns_then_reversed():
    values = np.arange(12.0).reshape(4, 3)  # energy, offset
    axes = {**axis_columns("ENERG", TRUE, "TeV"), **axis_columns("THETA", OFFSET, "deg")}
    by_columns = raw_hdu({**axes, "EFFAREA": (values.T, "m2")})
    as_in_the_examples = raw_hdu({**axes, "EFFAREA": (values, "m2")})
    by_cref = raw_hdu({**axes, "EFFAREA": (values, "m2")}, CREF5="(THETA_LO:THETA_HI,ENERG_LO:ENERG_HI)")
    for hdu in (by_columns, as_in_the_examples, by_cref):
        np.testing.assert_allclose(read_irf(hdu, "aeff_2d").values, values * 1e4)


def test_cref_decides_where_the_lengths_do_not():
    square = Axis.from_edges(np.arange(5.0), "offset", "deg")
    values = np.arange(16.0).reshape(4, 4)
    axes = {**axis_columns("ENERG", TRUE, "TeV"), **axis_columns("THETA", square, "deg")}
    cref = raw_hdu({**axes, "EFFAREA": (values, "m2")}, CREF5="(THETA_LO:THETA_HI,ENERG_LO:ENERG_HI)")
    np.testing.assert_allclose(read_irf(cref, "aeff_2d").values, values * 1e4)
    plain = raw_hdu({**axes, "EFFAREA": (values.T, "m2")})
    np.testing.assert_allclose(read_irf(plain, "aeff_2d").values, values * 1e4)


def test_ambiguous_order_is_logged(caplog):
    square = Axis.from_edges(np.arange(5.0), "offset", "deg")
    axes = {**axis_columns("ENERG", TRUE, "TeV"), **axis_columns("THETA", square, "deg")}
    read_irf(raw_hdu({**axes, "EFFAREA": (np.ones((4, 4)), "m2")}), "aeff_2d", "ambiguous.fits")
    assert "the order of the axes of EFFAREA is ambiguous" in caplog.text


def test_scalar_axes_and_values_without_dimensions():
    columns = {
        **axis_columns("ENERG", TRUE, "TeV"),
        "THETA_LO": ([0.39], "deg"),
        "THETA_HI": ([0.41], "deg"),
        "EFFAREA": (np.arange(4.0), "m2"),
    }
    aeff = read_irf(raw_hdu(columns), "aeff_2d")
    assert aeff.values.shape == (4, 1)
    assert not aeff.offset_axis.is_node
    columns["THETA_HI"] = ([0.39], "deg")
    aeff = read_irf(raw_hdu(columns), "aeff_2d")
    assert aeff.offset_axis.is_node
    assert aeff.evaluate(TRUE.center_values[2], 2.0) == pytest.approx(2e4)


@pytest.mark.parametrize("unit", ["m2", "m^2", "m**2", "", "cm2", "km2"])
def test_units_in_the_wild(unit):
    hdu = raw_hdu(
        {**axis_columns("ENERG", TRUE, "TeV"), **axis_columns("THETA", OFFSET, ""), "EFFAREA": (np.ones((3, 4)), unit)}
    )
    factor = {"cm2": 1, "km2": 1e10}.get(unit, 1e4)
    assert read_irf(hdu, "aeff_2d").values[0, 0] == pytest.approx(factor)


@pytest.mark.parametrize(
    "unit", ["s^-1 MeV^-1 sr^-1", "MeV-1 s-1 sr-1", "1/s/MeV/sr", "s-1/MeV/sr", "", "1/(s TeV sr)"]
)
def test_background_units_in_the_wild(unit):
    columns = {
        **axis_columns("ENERG", RECO, "GeV"),
        **axis_columns("THETA", OFFSET, "deg"),
        "BKG": (np.ones((3, 4)), unit),
    }
    bkg = read_irf(raw_hdu(columns), "bkg_2d")
    assert bkg.values[0, 0] == pytest.approx(1 if "TeV" in unit else 1e6)
    assert bkg.energy_axis.low_values[0] == pytest.approx(1e-4)


def test_legacy_classes():
    columns = {
        **axis_columns("ETRUE", TRUE, "TeV"),
        **axis_columns("MIGRA", MIGRA, None),
        **axis_columns("THETA", OFFSET, "deg"),
        "MATRIX": (np.ones((3, 5, 4)), None),
    }
    hdu = raw_hdu(columns, HDUCLASS="OGIP", HDUCLAS2="EDISP ", HDUCLAS4="2D")
    assert isinstance(read_irf(hdu), EnergyDispersion)
    hdu.header["HDUCLAS4"] = "edisp_2d"
    assert isinstance(read_irf(hdu), EnergyDispersion)


def broken(change):
    hdu = aeff_hdu()
    change(hdu)
    return hdu


def rename(old, new):
    def change(hdu):
        hdu.columns.change_name(old, new)

    return change


def with_value(name, value):
    def change(hdu):
        hdu.data[name][0].flat[1] = value

    return change


def with_key(key, value):
    def change(hdu):
        hdu.header[key] = value

    return change


def with_unit(name, unit):
    return lambda hdu: hdu.columns.change_unit(name, unit)


def without_key(key):
    return lambda hdu: hdu.header.remove(key)


FAULTS = [
    (rename("EFFAREA", "AREA"), "the column EFFAREA is missing"),
    (rename("THETA_HI", "OTHER"), "the columns THETA_LO and THETA_HI are missing"),
    (with_unit("EFFAREA", "s"), "the column EFFAREA has the unit 's'"),
    (with_unit("EFFAREA", "square feet"), "the column EFFAREA has the unit 'square feet'"),
    (with_unit("ENERG_LO", "deg"), "the column ENERG_LO has the unit 'deg'"),
    (with_value("EFFAREA", np.nan), "the column EFFAREA holds values that are not finite"),
    (with_value("EFFAREA", np.inf), "the column EFFAREA holds values that are not finite"),
    (with_value("ENERG_LO", np.nan), "ENERG_LO and ENERG_HI hold values that are not finite"),
    (with_value("ENERG_LO", 50.0), "the bins ENERG_LO, ENERG_HI are not contiguous"),
    (without_key("HDUCLAS4"), "the keyword HDUCLAS4 is missing"),
    (with_key("HDUCLAS4", "AEFF_9D"), "HDUCLAS4='AEFF_9D' is no response"),
]


@pytest.mark.parametrize(("change", "message"), FAULTS)
def test_faults_are_one_sentence_with_file_and_hdu(change, message):
    with pytest.raises(DataFormatError) as caught:
        read_irf(broken(change), source="run_1.fits")
    text = str(caught.value)
    assert text.startswith("run_1.fits, HDU EFFECTIVE AREA: ")
    assert message in text
    assert text.endswith(".")
    assert "\n" not in text


def test_wrong_shape_and_axes():
    axes = {**axis_columns("ENERG", TRUE, "TeV"), **axis_columns("THETA", OFFSET, "deg")}
    with pytest.raises(DataFormatError, match=r"the column EFFAREA has the shape \(4, 2\), but its axes have \(4, 3\)"):
        read_irf(raw_hdu({**axes, "EFFAREA": (np.ones((2, 4)), "m2")}), "aeff_2d")
    axes["THETA_LO"] = ([0.0, 1.0], "deg")
    with pytest.raises(DataFormatError, match="THETA_LO and THETA_HI have 2 and 3 values"):
        read_irf(raw_hdu({**axes, "EFFAREA": (np.ones((3, 4)), "m2")}), "aeff_2d")
    zero = {
        **axis_columns("ENERG", TRUE, "TeV"),
        **axis_columns("THETA", OFFSET, "deg"),
        "EFFAREA": (np.ones((3, 4)), "m2"),
    }
    zero["ENERG_LO"] = (np.append(0.0, TRUE.low_values[1:]), "TeV")
    with pytest.raises(DataFormatError, match=r"ENERG_LO and ENERG_HI cannot be used: .* log scale"):
        read_irf(raw_hdu(zero), "aeff_2d")


def test_wrong_kind_of_hdu_or_rows():
    with pytest.raises(DataFormatError, match="must be a binary table"):
        read_irf(fits.ImageHDU(np.ones((2, 2)), name="IMAGE"), "aeff_2d", "x.fits")
    two = fits.BinTableHDU.from_columns([fits.Column("ENERG_LO", "2E", array=np.ones((2, 2)))], name="AEFF")
    with pytest.raises(DataFormatError, match="must have one row, not 2"):
        read_irf(two, "aeff_2d", "x.fits")
    with pytest.raises(DataFormatError, match="'events' is not a known HDU class"):
        read_irf(two, "events", "x.fits")


def test_reading_a_file_by_name(tmp_path):
    path = tmp_path / "irf.fits"
    fits.HDUList([fits.PrimaryHDU(), aeff_hdu()]).writeto(path)
    with pytest.raises(DataFormatError, match="has no HDU 'AEFF'; it has: PRIMARY, EFFECTIVE AREA"):
        read_irf("AEFF", path=path)
    with pytest.raises(ArgumentError, match="give path as well"):
        read_irf("AEFF")
    with pytest.raises(ArgumentError, match="name or number"):
        read_irf(aeff_hdu(), path=path)


def test_constructor_checks_axes_units_and_shape():
    with pytest.raises(ArgumentError, match="needs the axes"):
        EffectiveArea((RECO, OFFSET), np.ones((4, 3)))
    with pytest.raises(ArgumentError, match="must be in deg"):
        EffectiveArea((TRUE, Axis.from_edges([0, 1, 2, 3], "offset")), np.ones((4, 3)))
    with pytest.raises(ArgumentError, match=r"values of shape \(4, 3\)"):
        EffectiveArea((TRUE, OFFSET), np.ones((3, 4)))
    with pytest.raises(ArgumentError, match="not convertible"):
        EffectiveArea((TRUE, OFFSET), np.ones((4, 3)) * u.s)
    with pytest.raises(ArgumentError, match="needs the columns GAMMA, SIGMA"):
        PsfKing.from_columns((TRUE, OFFSET), GAMMA=np.ones((4, 3)))
    assert PsfKing.from_columns((TRUE, OFFSET), GAMMA=np.ones((4, 3)), SIGMA=np.ones((4, 3)) * u.arcmin).values[
        0, 0, 1
    ] == pytest.approx(1 / 60)
