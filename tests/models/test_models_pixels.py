"""Integrals of shapes over pixels, also of those smaller than a pixel and at its corner."""

import numpy as np
import pytest
from scipy.special import erf

import gpnb

CENTER = "83.63d 22.01d"


class Exponential(gpnb.SpatialModel):
    scale = gpnb.Parameter("scale", 0.1, "deg", min=0)

    @staticmethod
    def evaluate(x, y, scale):
        return np.exp(-np.hypot(x, y) / scale) / (2 * np.pi * np.radians(scale) ** 2)


def geometry(npix=20, binsz="0.1 deg", proj="TAN"):
    return gpnb.WcsGeometry.create(CENTER, npix=npix, binsz=binsz, proj=proj)


@pytest.mark.parametrize("sigma", [0.001, 0.01, 0.04, 0.2])
@pytest.mark.parametrize("npix", [20, 21])
def test_a_gaussian_in_the_middle_and_at_the_corner_of_a_pixel(sigma, npix):
    edges = (np.arange(npix + 1) - npix / 2) * 0.1
    part = np.diff(erf(edges / (np.sqrt(2) * sigma))) / 2
    found = gpnb.GaussianSource(CENTER, sigma=sigma).on(geometry(npix))
    assert found == pytest.approx(np.outer(part, part), abs=2e-5 * part.max() ** 2 + 1e-5)


@pytest.mark.parametrize(
    "shape",
    [
        Exponential("83.681d 22.058d", scale="0.004 deg"),
        Exponential("83.681d 22.058d", scale="0.05 deg"),
        gpnb.DiskSource("83.68d 22.06d", radius="0.03 deg", e=0.9, phi="40 deg", edge_width=0.3),
        gpnb.ShellSource(CENTER, radius="0.2 deg", width="0.1 deg"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("proj", ["TAN", "CAR"])
def test_nothing_of_a_shape_is_lost(shape, proj):
    assert shape.on(geometry(proj=proj)).sum() == pytest.approx(1, abs=1e-3)


def test_what_lies_beyond_the_map_is_lost():
    shape = gpnb.GaussianSource("84.7084d 22.0d", sigma="0.05 deg")  # on the eastern edge
    assert gpnb.GaussianSource("83.63d 23.01d", sigma="0.05 deg").on(geometry()).sum() == pytest.approx(0.5, abs=1e-3)
    assert shape.on(geometry()).sum() == pytest.approx(0.5, abs=2e-2)
    assert gpnb.GaussianSource("10d -22d", sigma="0.05 deg").on(geometry()).sum() == 0


@pytest.mark.parametrize(
    "shape",
    [
        Exponential("83.67d 22.02d", scale="0.11 deg"),
        gpnb.GaussianSource("83.67d 22.02d", sigma="0.12 deg", e=0.7, phi="30 deg"),
    ],
    ids=repr,
)
def test_slopes_of_pixels(shape):
    geom = geometry(12)
    slopes = shape.on_slopes(geom)
    assert slopes.shape == (len(shape.names), 12, 12)
    for place in range(len(shape.names)):
        step = 1e-3 * np.eye(len(shape.names))[place]
        ends = [shape.with_values(np.add(shape.values, sign * step)).on(geom) for sign in (1, -1)]
        scale = np.abs(slopes[place]).max()
        assert (ends[0] - ends[1]) / 2e-3 == pytest.approx(slopes[place], abs=1e-3 * scale)


def test_a_point_in_pixels():
    geom = geometry(4)
    assert gpnb.PointSource("83.58d 22.06d").on(geom).sum() == 1
    assert gpnb.PointSource("80d 22.06d").on(geom).sum() == 0
    with pytest.raises(gpnb.ArgumentError, match="jumps from pixel to pixel"):
        gpnb.PointSource(CENTER).on_slopes(geom)
