"""Exact overlaps of pixels: identity, sums, turned and mirrored grids, what lies beyond."""

import numpy as np
import pytest

from gpnb.maps.overlap import contents_on

COUNTS = np.random.default_rng(0).random((2, 7, 9)) * np.arange(9)


def grid(x, y, angle=0.0, place=(0.0, 0.0)):
    y, x = np.meshgrid(y, x, indexing="ij")
    turned = x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)
    return turned[0] + place[0], turned[1] + place[1]


def test_the_same_pixels_have_the_same_contents():
    found, covered = contents_on(COUNTS, *grid(np.arange(-0.5, 9), np.arange(-0.5, 7)))
    assert found == pytest.approx(COUNTS)
    assert covered == pytest.approx(1)


@pytest.mark.parametrize("steps", [(0.7, 1.3), (0.11, 0.13), (2.0, 3.0), (40.0, 40.0)])
@pytest.mark.parametrize("angle", [0.0, 0.6, 2.2])
@pytest.mark.parametrize("mirrored", [False, True])
def test_sums_are_kept(steps, angle, mirrored):
    x, y = grid(np.arange(-20, 41, steps[0]), np.arange(-20, 41, steps[1]), angle, (2.3, 1.1))
    x, y = (x[:, ::-1], y[:, ::-1]) if mirrored else (x, y)
    found, covered = contents_on(COUNTS, x, y)
    inside = steps[0] < 3  # all of the grid lies within
    assert not inside or found.sum(axis=(1, 2)) == pytest.approx(COUNTS.sum(axis=(1, 2)))
    assert found.min() > -1e-12
    assert not inside or covered.sum() * steps[0] * steps[1] == pytest.approx(63)


def test_a_slanted_pixel_holds_what_many_places_in_it_find():
    x, y = np.array([[1.2, 4.7], [0.4, 5.9]]), np.array([[0.7, 1.9], [3.6, 4.8]])
    found, covered = contents_on(COUNTS, x, y)
    part = (np.arange(2000) + 0.5) / 2000
    across, along = np.meshgrid(part, part)
    corners = [(1 - across) * (1 - along), across * (1 - along), (1 - across) * along, across * along]
    at_x, at_y = (sum(w * c for w, c in zip(corners, item.ravel(), strict=True)) for item in (x, y))
    stretch = np.gradient(at_x, part, axis=1) * np.gradient(at_y, part, axis=0)
    stretch -= np.gradient(at_x, part, axis=0) * np.gradient(at_y, part, axis=1)
    values = COUNTS[0][np.floor(at_y + 0.5).astype(int), np.floor(at_x + 0.5).astype(int)]
    assert found[0, 0, 0] == pytest.approx((values * stretch).mean(), rel=1e-3)
    assert covered[0, 0] == pytest.approx(1)


def test_beyond_the_sky_and_across_the_seam_there_is_nothing():
    x, y = grid(np.arange(-0.5, 9), np.arange(-0.5, 7))
    x[3, 4], y[3, 4] = np.nan, np.nan
    found, covered = contents_on(COUNTS, x, y)
    assert (covered == 0).sum() == 4
    assert (found[:, 2:4, 3:5] == 0).all()
    x, y = grid([-0.5, 0.5, 8.5], np.arange(-0.5, 7))
    found, covered = contents_on(COUNTS, x, y, longest=4)
    assert found[:, :, 0] == pytest.approx(COUNTS[:, :, 0])
    assert (covered[:, 1] == 0).all()
    assert (found[:, :, 1] == 0).all()
