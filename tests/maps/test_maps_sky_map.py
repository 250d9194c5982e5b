"""Maps: counting, arithmetic, choosing planes, cutouts, smoothing, look-up."""

from types import SimpleNamespace

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.time import Time

from gpnb.core.errors import ArgumentError, SelectionError
from gpnb.core.recipe import Recipe
from gpnb.maps import Axis, SkyMap, WcsGeometry
from gpnb.maps.kernels import disk

ENERGY = Axis.energy("1 TeV", "100 TeV", nbin=4)
KINDS = Axis.labels(["gamma", "hadron"], name="kind")
CUBE = WcsGeometry.create("83d 22d", width=("2 deg", "1.5 deg"), binsz="0.1 deg", axes=[ENERGY, KINDS])
IMAGE = CUBE.image()


def _random(geom, unit="", seed=0):
    return SkyMap(geom, np.random.default_rng(seed).normal(size=geom.shape), unit)


def _events(number=5000, seed=0):
    rng = np.random.default_rng(seed)
    return SimpleNamespace(
        ra_values=rng.uniform(81.5, 84.5, number),
        dec_values=rng.uniform(20.8, 23.2, number),
        energy_values=rng.uniform(0.5, 120, number),
        time_values=rng.uniform(0, 100, number),
        time_reference=Time("2020-01-01T00:00:00", scale="tt"),
        kind_values=rng.choice(["gamma", "hadron", "muon"], number),
    )


def test_counting_equals_a_loop():
    events = _events()
    counts = SkyMap.from_events(events, CUBE)
    x, y = CUBE.coord_pixel(SkyCoord(events.ra_values, events.dec_values, unit="deg"))
    expected = np.zeros(CUBE.shape)
    for i in range(len(x)):
        column, row = int(np.floor(x[i] + 0.5)), int(np.floor(y[i] + 0.5))
        plane, kind = int(ENERGY.index(events.energy_values[i])), int(KINDS.index(events.kind_values[i]))
        if 0 <= column < CUBE.nx and 0 <= row < CUBE.ny and plane >= 0 and kind >= 0:
            expected[kind, plane, row, column] += 1
    assert counts.data.dtype == np.float32
    assert expected.sum() > 500
    np.testing.assert_array_equal(counts.data, expected)


def test_counting_in_time_moves_the_reference():
    events = _events()
    start = events.time_reference + 20 * u.s
    axis = Axis.time(start + [[0, 10], [30, 40]] * u.s)
    counts = SkyMap.from_events(events, IMAGE.cube([axis]))
    on_map = SkyMap.from_events(events, IMAGE)
    times = events.time_values - 20
    assert counts.data.sum() < on_map.data.sum()
    chosen = ((times >= 0) & (times < 10)) | ((times >= 30) & (times < 40))
    some = SimpleNamespace(ra_values=events.ra_values[chosen], dec_values=events.dec_values[chosen])
    assert counts.data.sum() == SkyMap.from_events(some, IMAGE).data.sum()


def test_missing_column_is_named():
    events = SimpleNamespace(ra_values=np.array([83.0]), dec_values=np.array([22.0]))
    assert SkyMap.from_events(events, IMAGE).data.sum() == 1
    with pytest.raises(ArgumentError, match="energy_values"):
        SkyMap.from_events(events, IMAGE.cube([ENERGY]))


def test_no_events():
    events = SimpleNamespace(ra_values=np.array([]), dec_values=np.array([]))
    assert SkyMap.from_events(events, IMAGE).data.sum() == 0


def test_data_are_kept_as_they_are():
    for dtype in (bool, np.int32, np.float32, np.float64):
        data = np.zeros(IMAGE.shape, dtype=dtype)
        assert SkyMap(IMAGE, data).data is data
    with pytest.raises(ArgumentError, match="shape"):
        SkyMap(IMAGE, np.zeros((3, 3)))


def test_arithmetic_with_units():
    a, b = _random(CUBE, "TeV", 1), _random(CUBE, "GeV", 2)
    np.testing.assert_allclose((a + b).quantity, a.quantity + b.quantity)
    np.testing.assert_allclose((a - b).quantity, a.quantity - b.quantity)
    assert (a * b).unit == u.TeV * u.GeV
    assert (a / b).unit == u.TeV / u.GeV
    np.testing.assert_array_equal((a > b).data, a.quantity > b.quantity)
    np.testing.assert_allclose((1 / a).data, 1 / a.data)
    assert (1 / a).unit == u.TeV**-1
    np.testing.assert_allclose((5 * u.GeV - a).quantity.to_value("TeV"), 0.005 - a.data)
    np.testing.assert_allclose((a + "1 TeV").data, a.data + 1)
    np.testing.assert_array_equal((-a).data, -a.data)
    np.testing.assert_allclose(a.to("GeV").data, a.data * 1000)
    with pytest.raises(ArgumentError, match="deg"):
        _ = a + _random(CUBE, "deg")
    with pytest.raises(ArgumentError, match="geometries"):
        _ = a + _random(WcsGeometry.create("83d 22d", width="2 deg", binsz="0.1 deg"), "TeV")
    with pytest.raises(ArgumentError, match="list"):
        _ = a * [1, 2]


def test_arithmetic_keeps_single_precision():
    counts = SkyMap.zeros(IMAGE)
    assert (counts * 2).data.dtype == np.float32
    assert (counts + counts).data.dtype == np.float32


def test_division_by_zero_is_quiet():
    result = SkyMap.zeros(IMAGE) / SkyMap.zeros(IMAGE)
    assert np.isnan(result.data).all()


def test_images_and_squashed_cubes_broadcast():
    cube, image = _random(CUBE), _random(IMAGE)
    np.testing.assert_array_equal((cube * image).data, cube.data * image.data)
    np.testing.assert_array_equal((image * cube).data, cube.data * image.data)
    total = cube.sum_over("energy", keep=True)
    ratio = cube / total
    assert ratio.geom == CUBE
    np.testing.assert_allclose(ratio.sum_over("energy").data, 1)


def test_masks():
    mask = IMAGE.region_mask("icrs; circle(83, 22, 0.5)")
    other = _random(IMAGE) > 0
    np.testing.assert_array_equal((mask & ~other).data, mask.data & ~other.data)
    np.testing.assert_array_equal((mask | other).data, mask.data | other.data)
    masked = _random(CUBE) * mask
    assert masked.data[..., ~mask.data].max() == 0


def test_sum_over():
    cube = _random(CUBE, "s-1")
    np.testing.assert_allclose(cube.sum_over("energy").data, cube.data.sum(axis=1))
    np.testing.assert_allclose(cube.sum_over("kind").data, cube.data.sum(axis=0))
    assert cube.sum_over("energy").geom.axes == (KINDS,)
    assert cube.sum_over("kind", keep=True).geom.shape == (1, 4, 15, 20)
    assert cube.sum_over("kind").unit == u.s**-1
    assert SkyMap.zeros(CUBE).sum_over("kind").data.dtype == np.float32
    assert SkyMap.zeros(CUBE, dtype=bool).sum_over("kind").data.dtype.kind == "i"
    with pytest.raises(SelectionError, match="energy, kind"):
        cube.sum_over("time")


def test_slice():
    cube = _random(CUBE)
    np.testing.assert_array_equal(cube.slice(energy=3).data, cube.data[:, 3])
    np.testing.assert_array_equal(cube.slice(energy=-1, kind="hadron").data, cube.data[1, 3])
    part = cube.slice(energy=("3 TeV", "40 TeV"))
    assert part.geom.axis("energy") == ENERGY.slice(1, 3)
    np.testing.assert_array_equal(part.data, cube.data[:, 1:3])
    np.testing.assert_array_equal(cube.slice(energy=(None, "5 TeV")).data, cube.data[:, :1])
    for wrong in (
        {"energy": 4},
        {"energy": ("200 TeV", "300 TeV")},
        {"kind": "muon"},
        {"kind": ("a", "b")},
        {"time": 1},
    ):
        with pytest.raises(SelectionError):
            cube.slice(**wrong)


def test_cutout_and_paste_give_back_the_map():
    cube = _random(CUBE)
    part = cube.cutout("83.2d 22.2d", "0.7 deg")
    target = SkyMap.zeros(CUBE, dtype=float)
    assert target.paste(part) is target
    _, (rows, columns) = CUBE.cutout("83.2d 22.2d", "0.7 deg")
    np.testing.assert_array_equal(target.data[..., rows, columns], cube.data[..., rows, columns])
    assert target.data.sum() == pytest.approx(part.data.sum())
    target.paste(part)
    np.testing.assert_allclose(target.data[..., rows, columns], 2 * part.data)


def test_paste_of_what_reaches_beyond():
    small = SkyMap(IMAGE.cutout("83d 22d", "0.5 deg")[0], np.zeros((5, 5)))
    small.paste(_random(IMAGE))
    _, parts = IMAGE.cutout("83d 22d", "0.5 deg")
    np.testing.assert_array_equal(small.data, _random(IMAGE).data[parts])
    far = _random(WcsGeometry.create("10d 22d", width="1 deg", binsz="0.1 deg"))
    with pytest.raises(ArgumentError, match="one grid"):
        small.paste(far)


def test_paste_of_masks_is_or():
    mask = SkyMap.zeros(IMAGE, dtype=bool)
    part = SkyMap(IMAGE.cutout("83d 22d", "0.5 deg")[0], np.ones((5, 5), dtype=bool))
    assert mask.paste(part).paste(part).data.sum() == 25
    assert mask.data.dtype == bool


def test_smooth_keeps_the_sum():
    point = SkyMap.zeros(WcsGeometry.create("83d 22d", width="4 deg", binsz="0.05 deg"))
    point.data[40, 40] = 7
    for kernel in ("gauss", "disk", "box"):
        smooth = point.smooth("0.2 deg", kernel=kernel)
        assert smooth.data.sum() == pytest.approx(7)
        assert smooth.data.max() < 1
    disk_sum = point.convolve(disk(4))
    assert disk_sum.data.max() == pytest.approx(7)
    with pytest.raises(ArgumentError, match="gauss"):
        point.smooth("0.1 deg", kernel="tophat")
    wide = SkyMap.zeros(WcsGeometry.create("83d 22d", width="4 deg", binsz=("0.1 deg", "0.05 deg")))
    wide.data[40, 20] = 7
    for kernel in ("gauss", "disk", "box"):
        smooth = wide.smooth("0.2 deg", kernel=kernel)
        assert smooth.data.sum() == pytest.approx(7)
        assert smooth.data[44, 20] == pytest.approx(smooth.data[40, 22], rel=0.01)


@pytest.mark.parametrize("proj", ["TAN", "CAR"])
@pytest.mark.parametrize("kernel", ["gauss", "disk"])
def test_smooth_keeps_what_is_flat_up_to_the_edges(proj, kernel):
    geom = WcsGeometry.create("83d 52d", width="2 deg", binsz="0.1 deg", proj=proj)
    flat = SkyMap(geom, np.full(geom.shape, 3.0))
    assert flat.smooth("0.3 deg", kernel).data == pytest.approx(np.full(geom.shape, 3.0), rel=1e-9)
    falling = flat.smooth("0.3 deg", kernel, even=False).data
    assert falling[0, 0] < 1.5
    assert falling[10, 10] == pytest.approx(3, rel=0.05)  # the map is hardly wider than the Gaussian


@pytest.mark.parametrize("even", [True, False])
def test_smooth_leaves_pixels_without_value_alone(even):
    cube = _random(CUBE.replace_axis("kind", None, Recipe.memory("geom")))
    flat = SkyMap(cube.geom, np.full(cube.geom.shape, 2.0))
    flat.data[0, :, :4] = np.nan
    found = flat.smooth("0.3 deg", even=even).data
    assert (np.isnan(found) == np.isnan(flat.data)).all()
    seen = found[np.isfinite(found)]
    assert (seen == pytest.approx(2, rel=1e-9)) is even
    assert (seen <= 2 + 1e-9).all()
    nothing = SkyMap(cube.geom, np.full(cube.geom.shape, np.nan))
    assert np.isnan(nothing.smooth("0.3 deg", even=even).data).all()


def test_downsample():
    cube = _random(CUBE.replace_axis("kind", None, Recipe.memory("geom")))
    coarse = cube.downsample(5)
    assert coarse.data.shape == (4, 3, 4)
    np.testing.assert_allclose(coarse.data.sum(), cube.data.sum())
    np.testing.assert_allclose(cube.downsample(5, reduce="mean").data * 25, coarse.data)
    assert coarse.data[0, 0, 0] == pytest.approx(cube.data[0, :5, :5].sum())
    assert SkyMap(IMAGE, np.ones(IMAGE.shape, dtype=bool)).downsample(5).data.all()
    with pytest.raises(ArgumentError, match="sum"):
        cube.downsample(5, reduce="max")


def test_at_is_the_nearest_bin():
    cube = _random(CUBE, "s-1")
    coord = CUBE.coords[3, 4]
    value = cube.at(coord, energy=ENERGY.centers[2], kind="hadron")
    assert value == cube.data[1, 2, 3, 4] / u.s
    spectrum = cube.at(coord, energy=ENERGY.centers, kind="gamma")
    np.testing.assert_array_equal(spectrum.value, cube.data[0, :, 3, 4])
    assert np.isnan(cube.at("10d 10d", energy="2 TeV", kind="gamma"))
    assert np.isnan(cube.at(coord, energy="0.2 TeV", kind="gamma"))
    mask = IMAGE.region_mask("icrs; circle(83, 22, 0.5)")
    np.testing.assert_array_equal(mask.at(SkyCoord([83, 83.9, 10], [22, 22, 10], unit="deg")), [True, False, False])
    with pytest.raises(ArgumentError, match="energy, kind"):
        cube.at(coord)


def test_interpolate_is_exact_for_what_is_linear():
    axis = Axis.from_nodes([1, 10, 100], "energy_true", "TeV", "log")
    geom = IMAGE.cube([axis])
    y, x = np.mgrid[: IMAGE.ny, : IMAGE.nx]
    data = 2 * x - 3 * y + 5 * np.log10(axis.center_values)[:, None, None]
    skymap = SkyMap(geom, data, "cm2")
    lon, lat = geom.plane.sky(7.3, 4.6)
    value = skymap.interpolate(SkyCoord(lon, lat, unit="deg"), energy_true="20 TeV")
    assert value.to_value("cm2") == pytest.approx(2 * 7.3 - 3 * 4.6 + 5 * np.log10(20))
    assert np.isnan(skymap.interpolate("10d 10d", energy_true="20 TeV"))
    ends = skymap.interpolate(SkyCoord(lon, lat, unit="deg"), energy_true=[0.1, 1] * u.TeV)
    assert ends[0] == ends[1]


def test_reproject_there_and_back():
    geom = WcsGeometry.create("83d 22d", width="4 deg", binsz="0.05 deg")
    y, x = np.mgrid[:80, :80]
    smooth = SkyMap(geom, np.sin(x / 20) + np.cos(y / 15), "s-1")
    target = WcsGeometry.create("83d 22d", width="4 deg", binsz="0.05 deg", frame="galactic")
    back = smooth.reproject(target).reproject(geom)
    inner = geom.separation("83d 22d") < 1.5
    np.testing.assert_allclose(back.data[inner], smooth.data[inner], atol=2e-3)
    assert np.isnan(smooth.reproject(target).data[0, 0])
    mask = geom.region_mask("icrs; circle(83, 22, 1)")
    assert mask.reproject(target).data.dtype == bool
    assert mask.reproject(target).data.sum() == pytest.approx(mask.data.sum(), rel=0.02)


def test_quantity_shares_the_values():
    skymap = _random(IMAGE, "s-1")
    assert np.shares_memory(skymap.quantity.value, skymap.data)
    assert (skymap > 0).quantity.dtype == bool


def test_repr_is_stable():
    assert repr(SkyMap.zeros(CUBE, "s-1")) == (
        "<SkyMap 20 × 15 pixels of 0.1 deg, icrs TAN at 83.0000 22.0000, energy 4, kind 2, float32, 1 / s>"
    )


def test_recipes_make_it_again():
    counts = SkyMap.zeros(CUBE) + 3
    for skymap in (
        counts,
        1 - counts,
        counts.sum_over("energy", keep=True),
        counts.slice(energy=("3 TeV", "40 TeV"), kind="gamma"),
        counts.cutout("83d 22d", "0.5 deg"),
        counts.smooth("0.2 deg", kernel="disk"),
        counts.sum_over("kind").downsample(5),
        counts > 2,
        ~(counts > 2),
    ):
        space = {}
        exec(skymap.recipe.to_code(), space)
        again = list(space.values())[-1]
        assert again.geom == skymap.geom
        np.testing.assert_array_equal(again.data, skymap.data)
        space = {}
        exec(skymap.geom.recipe.to_code(), space)
        assert list(space.values())[-1] == skymap.geom
