"""Excess maps and peaks: analytic cases, and the true sky of the demo store."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from regions import CircleSkyRegion

import gpnb
from gpnb.datasets.flags import Flag
from gpnb.maps.kernels import disk
from gpnb.maps.sky_map import SkyMap
from gpnb.simulate.demo import expected, truth
from gpnb.stats import cash_significance, lima

GEOM = gpnb.WcsGeometry.create(
    "0d 0d", width="2 deg", binsz="0.05 deg", axes=[gpnb.Axis.energy("1 TeV", "10 TeV", nbin=2)]
)


def flat(value, dtype=float):
    return SkyMap(GEOM, np.full(GEOM.shape, value, dtype=dtype))


def dataset(**maps):
    given = {"counts": flat(3.0), "background": flat(2.0), "exposure": flat(1.0), "flags": flat(0, np.uint8)}
    return gpnb.MapDataset(**given | maps)


def test_known_background():
    excess = gpnb.excess_map(dataset(), radius="0.1 deg")
    pixels = disk(2).sum() * 2
    assert excess.counts.data[20, 20] == 3 * pixels
    assert excess.background.data[20, 20] == pytest.approx(2 * pixels)
    assert excess.excess.data[20, 20] == pytest.approx(pixels)
    assert excess.significance.data[20, 20] == pytest.approx(cash_significance(3 * pixels, 2 * pixels))
    assert repr(excess).startswith("ExcessMaps(40 × 40 pixels, radius 0.1 deg, highest")


def test_off_counts_are_not_summed_over_the_circle_again():
    on_off = dataset(acceptance=flat(1.0), counts_off=flat(40.0), acceptance_off=flat(20.0))
    excess = gpnb.excess_map(on_off, radius="0.1 deg")
    pixels = disk(2).sum()
    assert excess.background.data[20, 20] == pytest.approx(2 * 2 * pixels)
    assert excess.significance.data[20, 20] == pytest.approx(lima(6 * pixels, 80, pixels / 20))


def test_energy_range_takes_whole_bins():
    counts = flat(3.0)
    counts.data[1] = 100
    low = gpnb.excess_map(dataset(counts=counts), radius="0.01 deg", energy=("1 TeV", "3 TeV"))
    assert low.counts.data[20, 20] == 3
    with pytest.raises(gpnb.SelectionError, match="has its centre there"):
        gpnb.excess_map(dataset(), energy=("20 TeV", "30 TeV"))


def test_masked_bins_give_nothing_and_say_nothing():
    flags = flat(0, np.uint8)
    flags.data[:, :, :20] = Flag.FIELD_OF_VIEW
    excess = gpnb.excess_map(dataset(flags=flags), radius="0.1 deg")
    assert np.isnan(excess.significance.data[20, 10])
    assert excess.counts.data[20, 20] == 3 * 2 * disk(2)[:, 2:].sum()


def test_no_background_is_an_error():
    with pytest.raises(gpnb.SelectionError, match="has no background"):
        gpnb.excess_map(dataset(background=None))
    with pytest.raises(gpnb.ArgumentError, match="radius"):
        gpnb.excess_map(dataset(), radius="0 deg")


def test_no_off_counts_anywhere_is_li_ma_with_zero_off():
    counts = flat(0.0)
    counts.data[0, 20, 20] = 4
    on_off = dataset(counts=counts, acceptance=flat(1.0), counts_off=flat(0.0), acceptance_off=flat(20.0))
    excess = gpnb.excess_map(on_off, radius="0.01 deg")
    assert excess.significance.data[20, 20] == pytest.approx(lima(4, 0, 1 / 20))


def image(values):
    geom = gpnb.WcsGeometry.create("galactic 0d 0d", npix=(40, 30), binsz="0.1 deg", frame="galactic")
    data = np.zeros(geom.shape)
    for (x, y), value in values.items():
        data[y, x] = value
    return SkyMap(geom, data)


def test_peaks_are_sorted_and_apart():
    peaks = gpnb.find_peaks(
        image({(5, 5): 6, (6, 5): 9, (30, 20): 7, (20, 10): 4.9}), threshold=5, min_distance="0.3 deg"
    )
    assert list(zip(peaks["x"], peaks["y"], strict=True)) == [(6, 5), (30, 20)]
    assert peaks["value"].tolist() == [9, 7]
    assert peaks["ra"].unit == "deg"
    assert abs(peaks["lat"][1].value - 0.55) < 1e-3


def test_a_plateau_is_one_peak_and_nan_is_none():
    sky = image({(5, 5): 6, (6, 5): 6, (5, 6): 6})
    sky.data[0, 0] = np.nan
    assert len(gpnb.find_peaks(sky, min_distance="0.3 deg")) == 1
    assert len(gpnb.find_peaks(image({}), threshold=5)) == 0


def test_peaks_need_an_image():
    with pytest.raises(gpnb.ArgumentError, match="this map has the axes energy"):
        gpnb.find_peaks(flat(1.0))


def test_every_strong_source_of_the_demo_sky_is_found(demo):
    runs = demo.select(target="Galactic Centre")
    energy = gpnb.Axis.energy("0.1 TeV", "10 TeV", nbin=1)
    geom = gpnb.WcsGeometry.create(
        "galactic 0d 0d", width=("8 deg", "6 deg"), binsz="0.02 deg", frame="galactic", axes=[energy]
    )
    expectations = expected()["Galactic Centre"]
    strong = [model for model in truth()["Galactic Centre"] if expectations[model.name]["significance"] > 8]
    around = [CircleSkyRegion(model.spatial.center, 0.4 * u.deg) for model in strong]
    cube = gpnb.reduce_map(
        runs,
        geom,
        background=gpnb.Ring(inner="1 deg", width="0.5 deg"),
        exclusion=["galactic; box(0, 0, 20, 1)", *around],
        safe=gpnb.SafeRange(offset_max="3.5 deg"),
    )
    excess = gpnb.excess_map(cube, radius="0.1 deg")
    peaks = gpnb.find_peaks(excess.significance, threshold=5)
    found = SkyCoord(peaks["ra"], peaks["dec"])
    assert len(strong) == 6
    for model in strong:
        assert found.separation(model.spatial.center.icrs).deg.min() < 0.05, model.name
    values = excess.significance.data[cube.empty_sky[0] & np.isfinite(excess.significance.data)]
    assert abs(values.mean()) < 0.1
    assert abs(values.std() - 1) < 0.15


def test_peaks_become_circles_for_ds9(tmp_path):
    from regions import Regions

    geom = gpnb.WcsGeometry.create("galactic 0d 0d", width="1 deg", binsz="0.1 deg", frame="galactic")
    data = np.zeros(geom.shape)
    data[4, 6], data[1, 1] = 7, 9
    peaks = gpnb.find_peaks(gpnb.SkyMap(geom, data))
    gpnb.peak_regions(peaks, "3 arcmin").write(str(tmp_path / "peaks.reg"))
    back = Regions.read(str(tmp_path / "peaks.reg"))
    assert [float(item.meta["text"]) for item in back] == [9, 7]
    assert [item.center.ra.deg for item in back] == pytest.approx(peaks["ra"].value)
    assert back[0].radius.to_value("deg") == pytest.approx(0.05)
    assert len(gpnb.peak_regions(peaks[:0])) == 0
    with pytest.raises(gpnb.ArgumentError, match="no column 'ra'"):
        gpnb.peak_regions(peaks["value", "x"])
    with pytest.raises(gpnb.ArgumentError, match="above 0"):
        gpnb.peak_regions(peaks, "0 deg")
