"""Cubes in one file, and several datasets in a folder or a list: nothing is lost, and nothing half written."""

from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from astropy.time import Time
from made_cubes import ENERGY, cube_of, dispersion_of, point, psf_of

import gpnb
from gpnb.data.gti import GTI
from gpnb.datasets.flags import Flag

pytestmark = pytest.mark.long

CRAB = "83.6333d 22.0145d"


@pytest.fixture(scope="module")
def reduced(demo):
    """Of real responses, with a border of the field of view."""
    axis = gpnb.Axis.energy("0.5 TeV", "32 TeV", nbin=4)
    true = gpnb.Axis.energy("0.2 TeV", "90 TeV", nbin=12, name="energy_true")
    geom = gpnb.WcsGeometry.create(CRAB, width="3 deg", binsz="0.1 deg", axes=[axis])
    safe = gpnb.SafeRange(offset_max="1.5 deg")
    cube = gpnb.reduce_map(demo.select(target="Crab")[:2], geom, true, background=None, safe=safe)
    bins = np.zeros(cube.geom.shape, dtype=bool)
    bins[:, 15:17, 15:17] = True
    return replace(cube.masked(bins), notes=("run 1: a note – with a dash",), name="Crab “stack”")


def same(found, wanted):
    assert found.name == wanted.name
    assert found.notes == wanted.notes
    assert found.maps.keys() == wanted.maps.keys()
    for name, item in wanted.maps.items():
        own = found.maps[name]
        assert own.geom == item.geom, name
        assert own.unit == item.unit
        np.testing.assert_array_equal(own.data, item.data, err_msg=name)
        assert own.data.dtype.newbyteorder("=") == item.data.dtype.newbyteorder("=")
    assert found.runs.colnames == wanted.runs.colnames
    for name in wanted.runs.colnames:
        assert list(found.runs[name]) == list(wanted.runs[name]), name
        assert found.runs[name].unit == wanted.runs[name].unit


@pytest.mark.parametrize("suffix", [".fits", ".fits.gz"])
def test_a_cube_comes_back_as_it_was(tmp_path, reduced, suffix):
    path = tmp_path / f"cube{suffix}"
    reduced.write(path)
    found = gpnb.MapDataset.read(path)
    same(found, reduced)
    assert found.gti.seconds == pytest.approx(reduced.gti.seconds, rel=1e-12)
    found.write(tmp_path / "again.fits")
    again = gpnb.MapDataset.read(tmp_path / "again.fits")
    same(again, reduced)
    for place in (CRAB, "83d 21.6d"):
        assert found.edisp.at(place) == pytest.approx(reduced.edisp.at(place), abs=0.01)
        rad = np.linspace(0, 0.3, 31)
        one, two, three = (item.psf.at(place).evaluate(rad) for item in (found, reduced, again))
        assert np.abs(one - two).max() < 0.02 * two.max()
        assert one == pytest.approx(three, rel=1e-9, abs=1e-12)
        assert found.edisp.at(place) == pytest.approx(again.edisp.at(place), rel=1e-9, abs=1e-12)
    assert found.why(found.geom.coords[15, 15], energy="1 TeV") == ["masked by hand"]
    with pytest.raises(gpnb.ArgumentError, match="exists already"):
        reduced.write(path)


def test_a_fit_goes_on_from_the_file(tmp_path):
    cube = gpnb.fake(cube_of(width="1.6 deg"), point().replace(amplitude="2e-11 TeV-1 s-1 cm-2"), seed=1)
    cube.write(tmp_path / "cube.fits")
    one, two = (gpnb.fit(item, point()) for item in (cube, gpnb.MapDataset.read(tmp_path / "cube.fits")))
    assert two.stat == pytest.approx(one.stat, abs=1e-6)
    assert two.values == pytest.approx(one.values, rel=1e-6)


def test_what_is_not_there_is_not_written(tmp_path):
    bare = replace(cube_of(width="0.8 deg"), background=None, psf=None, edisp=None)
    bare.write(tmp_path / "bare.fits")
    found = gpnb.MapDataset.read(tmp_path / "bare.fits")
    assert found.psf is found.edisp is found.background is found.gti is None
    assert not found.runs.colnames
    same(found, bare)


def ring(cube):
    def flat(value):
        return gpnb.SkyMap(cube.geom, np.full(cube.geom.shape, value))

    maps = {"counts_off": flat(30.0), "acceptance": flat(1.0), "acceptance_off": flat(10.0), "background": flat(3.0)}
    return replace(cube, **maps)


def test_off_counts_give_their_background_where_it_is_missing(tmp_path):
    """As in files that Gammapy writes."""
    cube = ring(cube_of(width="0.8 deg"))
    cube.write(tmp_path / "ring.fits")
    same(gpnb.MapDataset.read(tmp_path / "ring.fits"), cube)
    with fits.open(tmp_path / "ring.fits") as hdus:
        kept = [hdu for hdu in hdus if not hdu.name.startswith(("BACKGROUND", "GPNB"))]
        fits.HDUList(kept).writeto(tmp_path / "theirs.fits")
    found = gpnb.MapDataset.read(tmp_path / "theirs.fits")
    assert found.background.data == pytest.approx(np.full(cube.geom.shape, 3.0))


def test_masks_of_other_tools_stay_apart(tmp_path, reduced):
    """Without our own maps, the safe range and what is masked by hand come from the two masks."""
    reduced.write(tmp_path / "cube.fits")
    with fits.open(tmp_path / "cube.fits") as hdus:
        fits.HDUList([hdu for hdu in hdus if not hdu.name.startswith("GPNB")]).writeto(tmp_path / "theirs.fits")
    found = gpnb.MapDataset.read(tmp_path / "theirs.fits")
    assert (found.usable == reduced.usable).all()
    assert ((found.flags.data & Flag.USER) == (reduced.flags.data & Flag.USER)).all()
    psf, own = (item.at(CRAB).containment_radius(0.68) for item in (found.psf, reduced.psf))
    assert psf == pytest.approx(own, rel=0.02)
    assert found.edisp.at(CRAB) == pytest.approx(reduced.edisp.at(CRAB), abs=0.01)


def test_good_times_without_an_interval_are_none(tmp_path):
    """As Gammapy writes them of data that it made from nothing."""
    gti = GTI([0.0], [60.0], Time("2020-01-01T00:00:00", scale="tt"))
    replace(cube_of(width="0.8 deg"), gti=gti).write(tmp_path / "cube.fits")
    with fits.open(tmp_path / "cube.fits") as hdus:
        hdus["GTI"].data = hdus["GTI"].data[:0]
        hdus.writeto(tmp_path / "empty.fits")
    assert gpnb.MapDataset.read(tmp_path / "cube.fits").gti.seconds == 60
    assert gpnb.MapDataset.read(tmp_path / "empty.fits").gti is None


def test_one_response_for_all_the_map_is_written_for_all_the_sky(tmp_path):
    """Gammapy takes each node for its own pixel alone, and warns of places outside."""
    cube_of(center="galactic 30d 80d", frame="galactic", width="0.8 deg").write(tmp_path / "cube.fits")
    found = gpnb.MapDataset.read(tmp_path / "cube.fits")
    for name in ("PSF", "EDISP"):
        width = fits.getheader(tmp_path / "cube.fits", name)
        assert (width["NAXIS1"] * abs(width["CDELT1"]), width["NAXIS2"] * abs(width["CDELT2"])) == (360, 180)
    for place in ("galactic 30d 80d", "0d 0d"):
        assert found.edisp.at(place) == pytest.approx(dispersion_of())
        assert found.psf.at(place).density == pytest.approx(psf_of().density)


def mixed(cube):
    gti = GTI([0.0], [60.0], Time("2020-01-01T00:00:00", scale="tt"))
    cube = replace(cube, gti=gti, runs=Table({"OBS_ID": [1], "LIVETIME": [60.0]}), name="a cube")
    spectrum = gpnb.to_spectrum(cube, "icrs; circle(83.63, 22.01, 0.2)", name="of a region")
    return gpnb.Datasets([spectrum, cube, replace(ring(cube), name="ring")])


def test_several_datasets_in_a_folder(tmp_path):
    data = mixed(cube_of(width="0.8 deg"))
    data.write(tmp_path / "all")
    found = gpnb.Datasets.read(tmp_path / "all")
    assert sorted(found.names) == sorted(data.names)
    same(found["a cube"], data["a cube"])
    assert found["of a region"].exposure == pytest.approx(data["of a region"].exposure)
    listed = gpnb.Datasets.read(tmp_path / "all" / "datasets.yaml")
    assert listed.names == ["a cube", "ring"]
    with pytest.raises(gpnb.ArgumentError, match="exists already"):
        data.write(tmp_path / "all")
    data.write(tmp_path / "all", overwrite=True)


def test_a_set_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    data = mixed(cube_of(width="0.8 deg"))
    monkeypatch.setattr("gpnb.datasets.container_file.write_map_dataset", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        data.write(tmp_path / "all")
    assert not [path for path in (tmp_path / "all").glob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("datasets: []", "expected a list under 'datasets'"),
        ("3", "expected a list under 'datasets'"),
        ("datasets: [{name: a}]", "needs the entries type and filename"),
        ("datasets: [{name: a, type: Cloud, filename: a.fits}]", "'Cloud' is not known"),
        ("datasets: [{name: a, type: MapDataset, filename: a.fits}]", "a.fits"),
    ],
)
def test_lists_that_cannot_be_read_say_why_in_a_sentence(tmp_path, text, words):
    path = tmp_path / "datasets.yaml"
    path.write_text(text)
    with pytest.raises(gpnb.DataFormatError, match=words) as error:
        gpnb.Datasets.read(path)
    assert "\n" not in str(error.value)


def test_flux_points_are_read_from_a_list_and_not_written(tmp_path):
    cube = gpnb.fake(cube_of(width="0.8 deg"), point(), seed=1)
    points = gpnb.flux_points(cube, point(), ENERGY)
    points.write(tmp_path / "points.fits")
    (tmp_path / "d.yaml").write_text("datasets: [{name: p, type: FluxPointsDataset, filename: points.fits}]")
    found = gpnb.Datasets.read(tmp_path / "d.yaml")
    assert found.names == ["p"]
    with pytest.raises(gpnb.ArgumentError, match="is for spectra and cubes"):
        found.write(tmp_path / "out")
