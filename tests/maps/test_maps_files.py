"""Maps in FITS files: round trips, other people's files, faults."""

import json
import warnings

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits

from gpnb.core.errors import ArgumentError, DataFormatError, DataWarning
from gpnb.maps import Axis, SkyMap, WcsGeometry
from gpnb.maps.files import map_from_hdus, map_hdus

ENERGY = Axis.energy("0.1 TeV", "10 TeV", nbin=3)
TRUE = Axis.from_nodes([1, 2, 5, 9], "energy_true", "TeV", "log")
RAD = Axis.from_edges([0, 0.1, 0.3], "rad", "deg")
TIME = Axis.time(["2020-01-01T00:00:00.123456789", "2020-01-02", "2020-01-05"])
KINDS = Axis.labels(["gamma", "hadron"], name="kind")


def _geom(*axes, frame="icrs", proj="TAN"):
    return WcsGeometry.create("83.633d 22.014d", ("2 deg", "1 deg"), "0.1 deg", frame=frame, proj=proj, axes=axes)


def _random(geom, dtype=float, unit="cm-2 s-1 TeV-1"):
    return SkyMap(geom, (np.random.default_rng(0).normal(size=geom.shape) * 100).astype(dtype), unit)


@pytest.mark.parametrize("suffix", [".fits", ".fits.gz"])
@pytest.mark.parametrize(
    "axes", [(), (ENERGY,), (TRUE,), (RAD, TRUE), (ENERGY, TRUE), (TIME,), (KINDS, ENERGY), (ENERGY.slice(0, 1),)]
)
def test_round_trip(tmp_path, axes, suffix):
    skymap = _random(_geom(*axes))
    path = tmp_path / f"map{suffix}"
    skymap.write(path)
    again = SkyMap.read(path)
    assert again.geom == skymap.geom
    assert again.unit == skymap.unit
    assert again.data.dtype == skymap.data.dtype
    np.testing.assert_array_equal(again.data, skymap.data)


@pytest.mark.parametrize("frame", ["icrs", "galactic", "fk5"])
@pytest.mark.parametrize("proj", ["TAN", "CAR", "AIT", "ZEA"])
def test_round_trip_of_projections(tmp_path, frame, proj):
    skymap = _random(_geom(frame=frame, proj=proj))
    skymap.write(tmp_path / "map.fits")
    assert SkyMap.read(tmp_path / "map.fits").geom == skymap.geom


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int16, np.int32, np.int64, np.float32, np.float64])
def test_dtypes_survive(tmp_path, dtype):
    skymap = _random(_geom(ENERGY), dtype, "")
    skymap.write(tmp_path / "map.fits")
    again = SkyMap.read(tmp_path / "map.fits")
    assert again.data.dtype == dtype
    assert again.data.dtype.isnative
    np.testing.assert_array_equal(again.data, skymap.data)


def test_file_is_valid_and_tells_its_origin(tmp_path):
    path = tmp_path / "map.fits"
    SkyMap(_geom(ENERGY), np.ones((3, 10, 20)), meta={"name": "counts", "answer": 42}).write(path)
    with fits.open(path, checksum=True) as hdus:
        hdus.verify("exception")
        assert [hdu.name for hdu in hdus] == ["COUNTS", "COUNTS_BANDS"]
        header = hdus[0].header
        assert header["WCSSHAPE"] == "(20,10,3)"
        assert header["BANDSHDU"] == "COUNTS_BANDS"
        assert header["CREATOR"].startswith("gpnb ")
        assert json.loads(header["GPNBPROV"])["recipe"]["call"] == "gpnb.SkyMap()"
        bands = hdus[1]
        assert bands.header["AXCOLS1"] == "E_MIN,E_MAX"
        assert bands.columns["E_MIN"].unit == "TeV"
        np.testing.assert_array_equal(bands.data["CHANNEL"], [0, 1, 2])
    again = SkyMap.read(path, hdu="counts")
    assert again.meta == {"name": "counts", "answer": 42}
    assert again.recipe.kwargs == {"path": str(path), "hdu": "counts"}


def test_existing_files_are_safe(tmp_path):
    path = tmp_path / "map.fits"
    _random(_geom()).write(path)
    with pytest.raises(ArgumentError, match="overwrite=True"):
        _random(_geom()).write(path)
    _random(_geom()).write(path, overwrite=True)
    with pytest.raises(ArgumentError, match="folder"):
        _random(_geom()).write(tmp_path / "no" / "map.fits")
    assert [file.name for file in tmp_path.iterdir()] == ["map.fits"]


def test_several_maps_in_one_file():
    first, second = _random(_geom(ENERGY)), _random(_geom(), bool, "")
    hdus = fits.HDUList([fits.PrimaryHDU(), *map_hdus(first, "counts"), *map_hdus(second, "mask")])
    np.testing.assert_array_equal(map_from_hdus(hdus, "COUNTS", "here").data, first.data)
    np.testing.assert_array_equal(map_from_hdus(hdus, "mask", "here").data, second.data)
    with pytest.raises(DataFormatError, match=r"here.*'psf'.*COUNTS_BANDS"):
        map_from_hdus(hdus, "psf", "here")


def _sentence(error):
    text = str(error.value)
    assert "\n" not in text
    return text


def test_missing_file(tmp_path):
    with pytest.raises(DataFormatError) as error:
        SkyMap.read(tmp_path / "nothing.fits")
    assert "no such file" in _sentence(error)


@pytest.mark.parametrize("content", [b"", b"these are no FITS cards, only words" * 100])
def test_not_fits(tmp_path, content):
    path = tmp_path / "words.fits"
    path.write_bytes(content)
    with pytest.raises(DataFormatError) as error:
        SkyMap.read(path)
    assert "cannot be read as FITS" in _sentence(error)


@pytest.mark.parametrize("unit", ["Counts", "count / s", "photons cm^-2 s^-1", "none"])
def test_words_for_counts_are_units(tmp_path, unit):
    path = _edited(tmp_path, lambda hdus: hdus[0].header.set("BUNIT", unit))
    found = SkyMap.read(path)
    assert found.unit == {"Counts": u.ct, "count / s": u.ct / u.s, "none": ""}.get(unit, u.Unit("ph cm-2 s-1"))


def test_an_unknown_unit_is_told_and_the_map_read(tmp_path):
    with pytest.warns(DataWarning, match="furlong/fortnight"):
        assert SkyMap.read(_edited(tmp_path, _bad_unit)).unit == ""


def test_the_axes_of_a_table_called_bands(tmp_path):
    path = _edited(tmp_path, _plain_bands)
    assert SkyMap.read(path).geom.axes[0] == ENERGY


def test_truncated_gzip(tmp_path):
    path = tmp_path / "map.fits.gz"
    _random(_geom(ENERGY)).write(path)
    path.write_bytes(path.read_bytes()[:2000])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy warns before it fails
        with pytest.raises(DataFormatError) as error:
            SkyMap.read(path)
    assert str(path) in _sentence(error)


def test_not_a_map(tmp_path):
    path = tmp_path / "table.fits"
    fits.HDUList([fits.PrimaryHDU(np.zeros((5, 5)))]).writeto(path)
    with pytest.raises(DataFormatError) as error:
        SkyMap.read(path)
    assert "WCS" in _sentence(error)


def _edited(tmp_path, edit):
    path = tmp_path / "map.fits"
    _random(_geom(ENERGY)).write(path)
    with fits.open(path) as opened:
        hdus = fits.HDUList([hdu.copy() for hdu in opened])
    edit(hdus)
    hdus.writeto(path, overwrite=True)
    return path


def _drop_bands(hdus):
    del hdus[1]


def _plain_bands(hdus):
    hdus[1].name = "BANDS"
    del hdus[0].header["BANDSHDU"]


def _bad_unit(hdus):
    hdus[0].header["BUNIT"] = "furlong/fortnight"


def _bad_axis_unit(hdus):
    hdus[1].columns["E_MIN"].unit = "m"


def _missing_column(hdus):
    hdus[1].header["AXCOLS1"] = "F_MIN,F_MAX"


def _gap(hdus):
    hdus[1].data["E_MIN"][1] *= 1.2


def _rows(hdus):
    hdus[1].data = hdus[1].data[:2]


def _two_axes(hdus):
    hdus[1].header["AXCOLS2"] = "RAD"


def _ecliptic(hdus):
    hdus[0].header["CTYPE1"] = "ELON-TAN"


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (_drop_bands, "MAP_BANDS"),
        (_bad_axis_unit, "energy"),
        (_missing_column, "F_MIN"),
        (_gap, "gaps"),
        (_rows, "3 planes"),
        (_two_axes, "2 axes"),
        (_ecliptic, "RA/DEC or GLON/GLAT"),
    ],
)
def test_faults_are_one_clear_sentence(tmp_path, edit, words):
    path = _edited(tmp_path, edit)
    with pytest.raises(DataFormatError) as error:
        SkyMap.read(path)
    assert words in _sentence(error)
    assert str(path) in str(error.value)


def test_single_precision_edges_are_contiguous(tmp_path):
    def single(hdus):
        hdus[1].data["E_MAX"] = hdus[1].data["E_MAX"].astype(np.float32)

    assert SkyMap.read(_edited(tmp_path, single)).geom.axis("energy").n == 3


@pytest.mark.data
def test_fermi_files(data_dir):
    folder = data_dir / "fermi-3fhl-gc"
    counts = SkyMap.read(folder / "fermi-3fhl-gc-counts-cube.fits.gz")
    assert counts.data.shape == (11, 200, 400)
    assert counts.data.sum() == 32684
    energy = counts.geom.axis("energy")
    np.testing.assert_allclose(energy.edge_values[[0, -1]], [0.01, 0.5], rtol=1e-5)
    exposure = SkyMap.read(folder / "fermi-3fhl-gc-exposure-cube.fits.gz")
    assert exposure.unit == u.Unit("cm2 s")
    assert exposure.geom.axis("energy_true").is_node
    assert exposure.geom.plane.same_grid(counts.geom.plane)
    background = SkyMap.read(folder / "fermi-3fhl-gc-background-cube.fits.gz")
    assert background.geom == counts.geom
    image = SkyMap.read(folder / "fermi-3fhl-gc-counts.fits.gz")
    np.testing.assert_array_equal(image.data, counts.sum_over("energy").data)
    diffuse = SkyMap.read(folder / "gll_iem_v06_gc.fits.gz")
    assert diffuse.geom.axis("energy_true").n == 30
    assert diffuse.unit == u.Unit("cm-2 s-1 MeV-1 sr-1")  # its BUNIT is empty


@pytest.mark.data
def test_dataset_file(data_dir):
    path = data_dir / "fermi-3fhl-gc" / "fermi-3fhl-gc.fits.gz"
    assert SkyMap.read(path, "EXPOSURE").unit == u.Unit("cm2 s")
    assert SkyMap.read(path, "MASK_SAFE").data.max() == 1
    assert SkyMap.read(path).geom == SkyMap.read(path, "background").geom
    with pytest.raises(DataFormatError, match="PSF"):
        SkyMap.read(path, "PSF")


@pytest.mark.data
def test_exclusion_mask(data_dir):
    mask = SkyMap.read(data_dir / "joint-crab" / "exclusion" / "exclusion_mask_crab.fits.gz")
    assert mask.geom == WcsGeometry.create("83.633d 22.014d", npix=250, binsz="0.02 deg")
    assert set(np.unique(mask.data)) == {0, 1}
    assert (mask > 0).data.dtype == bool


@pytest.mark.data
def test_event_file_is_not_a_map(data_dir):
    with pytest.raises(DataFormatError) as error:
        SkyMap.read(data_dir / "fermi-3fhl-gc" / "fermi-3fhl-gc-events.fits.gz")
    assert "EVENTS" in _sentence(error)
