"""Circles, rings and Gaussians on the sky against plain distances between all pixels, on every projection."""

import numpy as np
import pytest
from astropy.wcs import WCS

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.core.frames import separation
from gpnb.maps.masks import dilate
from gpnb.maps.rounds import disk_sums, ring_sums, smoothed
from gpnb.maps.sky_map import SkyMap

pytestmark = pytest.mark.long

PROJECTIONS = ["TAN", "SIN", "ARC", "STG", "ZEA", "CAR", "CEA", "MER", "SFL", "PAR", "MOL", "AIT"]


def small(proj, center="40d -59d", npix=(44, 40), binsz="0.05 deg", frame="icrs"):
    return gpnb.WcsGeometry.create(center, npix=npix, binsz=binsz, proj=proj, frame=frame)


def turned(proj, angle, sides, crval=(40.0, -59.0)):
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval, wcs.wcs.crpix = [f"RA---{proj}", f"DEC--{proj}"], crval, [22, 18]
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    wcs.wcs.cd = np.array([[-cos, sin], [sin, cos]]) * sides
    return gpnb.WcsGeometry.from_wcs(wcs, (38, 44))


def aside():
    """Far from the meridian on which SFL is straight: its pixels are slanted."""
    return gpnb.WcsGeometry.from_wcs(small("SFL", npix=(600, 40)).wcs, (40, 40))


MAPS = {proj: small(proj) for proj in PROJECTIONS} | {
    "aside": aside(),
    "oblong": small("CAR", "40d 3d", binsz=("0.03 deg", "0.07 deg")),
    "oblong, far": small("CAR", "40d 50d", binsz=("0.08 deg", "0.05 deg")),
    "turned": turned("TAN", 33, [0.05, 0.05]),
    "turned oblong": turned("TAN", 33, [0.05, 0.08]),
    "turned CAR": turned("CAR", 20, [0.05, 0.05], (40.0, 0.0)),
    "galactic": small("CAR", "galactic 30d 65d", frame="galactic"),
    "tall": small("MER", "40d 60d", npix=(20, 200), binsz="0.2 deg"),
    "pole": small("CAR", "40d 88d", npix=(180, 40), binsz=("2 deg", "0.1 deg")),
    "part of the pole": small("CAR", "40d -88d", npix=(120, 40), binsz=("2 deg", "0.1 deg")),
    "all sky": small("CAR", "galactic 0d 0d", npix=(72, 36), binsz="5 deg", frame="galactic"),
    "all sky SFL": small("SFL", "galactic 0d 0d", npix=(72, 36), binsz="5 deg", frame="galactic"),
    "all sky MOL": small("MOL", "galactic 0d 0d", npix=(66, 33), binsz="5 deg", frame="galactic"),
}


def distances(geom):
    """Between all pixels that are on the sky, deg, and their places."""
    lon, lat = geom.lonlat
    seen = np.isfinite(lon)
    return separation(lon[seen][:, None], lat[seen][:, None], lon[seen], lat[seen]), seen


def counts(geom, seed=0):
    seen = np.isfinite(geom.lonlat[0])
    return np.where(seen, np.random.default_rng(seed).poisson(3.0, seen.shape), 0).astype(float)


@pytest.mark.parametrize("name", MAPS)
def test_every_pixel_in_the_circle_counts_and_no_other(name):
    geom = MAPS[name]
    apart, seen = distances(geom)
    image, side = counts(geom), float(geom.binsz[1].value)
    radius, inner = 4.3718 * side, 2.6131 * side
    inside, around = disk_sums(geom.plane, image, radius), ring_sums(geom.plane, image, inner, radius)
    expected = [(apart <= radius) @ image[seen], ((apart <= radius) & (apart >= inner)) @ image[seen]]
    if geom.plane.pixel_size is None:
        np.testing.assert_array_equal(np.rint(inside)[seen], expected[0])
        np.testing.assert_array_equal(np.rint(around)[seen], expected[1])
    else:  # one shape for all pixels, to 1.5 %
        assert inside[seen].sum() == pytest.approx(expected[0].sum(), rel=0.01)
        assert around[seen].sum() == pytest.approx(expected[1].sum(), rel=0.01)


def test_which_maps_have_one_shape_of_pixels():
    alike = {name for name, geom in MAPS.items() if geom.plane.pixel_size is not None}
    assert alike == {"TAN", "SIN", "ARC", "STG", "ZEA", "oblong", "turned", "turned oblong", "turned CAR"}
    assert MAPS["oblong"].plane.pixel_size == pytest.approx((0.03, 0.07), rel=0.01)
    big = gpnb.WcsGeometry.create("0d 0d", width=("10 deg", "8 deg"), binsz="0.02 deg")
    assert big.plane.pixel_size == pytest.approx((0.02, 0.02), rel=1e-12)


def test_a_stack_is_summed_plane_by_plane():
    geom = MAPS["CAR"]
    stack = np.stack([counts(geom, 1), counts(geom, 2), np.zeros((geom.ny, geom.nx))])
    for image, result in zip(stack, disk_sums(geom.plane, stack, 0.2), strict=True):
        np.testing.assert_array_equal(result, disk_sums(geom.plane, image, 0.2))


@pytest.mark.parametrize("name", ["TAN", "CAR", "SFL", "aside", "tall", "turned oblong"])
def test_a_smoothed_point_is_a_gaussian_of_the_sky(name):
    geom = MAPS[name]
    side = float(geom.binsz[1].value)
    y, x = geom.ny // 2, geom.nx // 2
    point = np.zeros((geom.ny, geom.nx))
    point[y, x] = 1.0
    sigma = 3.0 * side
    image = smoothed(geom.plane, point, sigma, "gauss")
    lon, lat = geom.lonlat
    away = separation(lon, lat, lon[y, x], lat[y, x])
    near = away < 2 * sigma
    expected = np.exp(-0.5 * (away / sigma) ** 2) * geom.solid_angle[y, x] / (2 * np.pi * np.radians(sigma) ** 2)
    np.testing.assert_allclose(image[near], expected[near], atol=0.06 * expected.max())
    if name != "tall":  # too narrow for all of it
        assert image.sum() == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("name", ["CAR", "SFL", "pole", "TAN"])
@pytest.mark.parametrize("kernel", ["gauss", "disk"])
def test_what_is_flat_stays_flat(name, kernel):
    geom = MAPS[name]
    flat = smoothed(geom.plane, np.ones((geom.ny, geom.nx)), 0.12, kernel)
    assert flat[20, geom.nx // 2] == pytest.approx(1.0, abs=1e-3)


def test_boxes_need_pixels_that_are_alike():
    with pytest.raises(ArgumentError, match="give kernel='disk'"):
        SkyMap.zeros(MAPS["CAR"]).smooth("0.2 deg", kernel="box")


def test_maps_too_bent_are_refused_with_the_remedy():
    bent = gpnb.WcsGeometry.create("galactic 0d 0d", npix=(90, 45), binsz="4 deg", proj="AIT", frame="galactic")
    with pytest.raises(ArgumentError, match="reproject it to CAR"):
        SkyMap.zeros(bent).smooth("8 deg")


@pytest.mark.parametrize("name", ["TAN", "CAR", "SFL", "oblong, far"])
def test_masks_grow_by_an_angle_of_the_sky(name):
    geom = MAPS[name]
    mask = geom.region_mask("icrs; circle(40, -59, 0.2)" if name != "oblong, far" else "icrs; circle(40, 50, 0.2)")
    grown = dilate(mask, "0.31 deg").data
    apart, _ = distances(geom)
    expected = (apart <= 0.31)[:, mask.data.ravel()].any(axis=1).reshape(grown.shape)
    assert (grown != expected).sum() <= (4 if geom.plane.pixel_size else 0)
