"""Kernels and convolution against direct sums."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from gpnb.core.errors import ArgumentError
from gpnb.maps.kernels import box, disk, fft_convolve, gauss, ring


def _direct(image, kernel):
    return ndimage.convolve(image.astype(float), kernel, mode="constant", cval=0)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 25), st.integers(1, 25), st.integers(0, 12), st.integers(0, 12), st.integers(0, 2**32 - 1))
def test_fft_equals_direct_sum(ny, nx, half_y, half_x, seed):
    rng = np.random.default_rng(seed)
    image = rng.normal(size=(ny, nx))
    kernel = rng.normal(size=(2 * half_y + 1, 2 * half_x + 1))
    expected = np.zeros((ny, nx))
    for y in range(ny):
        for x in range(nx):
            expected[y, x] = sum(
                image[j, i] * kernel[y - j + half_y, x - i + half_x]
                for j in range(max(0, y - half_y), min(ny, y + half_y + 1))
                for i in range(max(0, x - half_x), min(nx, x + half_x + 1))
            )
    scale = np.abs(kernel).sum() * np.abs(image).max()
    np.testing.assert_allclose(fft_convolve(image, kernel), expected, atol=1e-12 * scale)


@pytest.mark.parametrize(
    "kernel", [disk(7.3), ring(10, 15.5), gauss(2.5), box(2), disk(3.0, (0.4, 0.9)), gauss(2.0, (0.5, 1.2))]
)
def test_against_ndimage(kernel):
    rng = np.random.default_rng(2)
    image = rng.poisson(3, size=(100, 90)).astype(np.float32)
    expected = _direct(image, kernel)
    np.testing.assert_allclose(fft_convolve(image, kernel), expected, rtol=1e-10)


def test_integers_stay_exact_after_rounding():
    rng = np.random.default_rng(3)
    image = rng.poisson(50, size=(256, 250))
    kernel = ring(30, 45)
    result = fft_convolve(image, kernel)
    assert np.abs(result - np.rint(result)).max() < 1e-8
    np.testing.assert_array_equal(np.rint(result), _direct(image, kernel))


def test_stack_has_one_kernel_or_one_a_plane():
    rng = np.random.default_rng(4)
    stack = rng.normal(size=(2, 3, 20, 25))
    kernels = rng.normal(size=(2, 3, 5, 7))
    single, each = fft_convolve(stack, kernels[0, 0]), fft_convolve(stack, kernels)
    for index in np.ndindex(2, 3):
        np.testing.assert_allclose(single[index], _direct(stack[index], kernels[0, 0]), atol=1e-12)
        np.testing.assert_allclose(each[index], _direct(stack[index], kernels[index]), atol=1e-12)


def test_noise_below_zero_is_removed():
    image = np.zeros((50, 50))
    image[20, 20] = 1
    assert fft_convolve(image, disk(3)).min() >= 0
    assert fft_convolve(-image, disk(3)).min() < -0.5


@pytest.mark.parametrize("radius", [0, 0.5, 1, 3, 5.7, 20])
def test_disk_and_ring_count_pixels(radius):
    half = 25
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    distance = np.hypot(x, y)
    assert disk(radius).sum() == (distance <= radius).sum()
    assert ring(radius / 2, radius).sum() == ((distance >= radius / 2) & (distance <= radius)).sum()
    assert disk(radius)[disk(radius).shape[0] // 2, disk(radius).shape[1] // 2] == 1


@pytest.mark.parametrize("binsz", [0.01, 0.02, 0.025, 0.03, 0.05, 0.1])
@pytest.mark.parametrize("outer", [0.7 + 0.2, 0.5 + 0.3, 0.1 + 0.2, 1.1])
def test_pixels_on_the_rim_do_not_hang_on_rounding(binsz, outer):
    """0.9 / 0.02 is 44.99999999999999; in whole hundredths there is no doubt."""
    step, far, near = (round(item * 1000) for item in (binsz, outer, 0.1))
    offsets = np.arange(-200, 201)
    square = (offsets[:, None] ** 2 + offsets**2) * step**2
    assert disk(outer, binsz).sum() == (square <= far**2).sum()
    assert disk(outer / binsz).sum() == (square <= far**2).sum()
    assert ring(0.1, outer, binsz).sum() == ((square >= near**2) & (square <= far**2)).sum()
    assert box(outer, binsz).shape == (2 * (far // step) + 1,) * 2


def test_pixels_may_be_oblong():
    y, x = np.mgrid[-9:10, -9:10]
    assert disk(1.0, (0.25, 0.5)).sum() == (np.hypot(0.25 * x, 0.5 * y) <= 1).sum()
    assert disk(1.0, (0.25, 0.5)).shape == (5, 9)
    assert box(1.0, (0.25, 0.5)).shape == (5, 9)
    kernel = gauss(1.0, (0.25, 0.5))
    assert kernel.shape == (21, 41)
    assert (kernel.sum(axis=0) * (0.25 * np.arange(-20, 21)) ** 2).sum() == pytest.approx(1 + 0.25**2 / 12, rel=1e-3)
    assert (kernel.sum(axis=1) * (0.5 * np.arange(-10, 11)) ** 2).sum() == pytest.approx(1 + 0.5**2 / 12, rel=1e-3)


@pytest.mark.parametrize("sigma", [0.7, 1, 4.2])
def test_gauss_is_normalised_and_has_its_width(sigma):
    kernel = gauss(sigma)
    assert kernel.sum() == pytest.approx(1)
    offsets = np.arange(len(kernel)) - len(kernel) // 2
    variance = (kernel.sum(axis=0) * offsets**2).sum()
    assert variance == pytest.approx(sigma**2 + 1 / 12, rel=2e-4, abs=5e-3)  # the pixel adds its own


@pytest.mark.parametrize(
    "make",
    [
        lambda: disk(-1),
        lambda: disk(np.nan),
        lambda: gauss(0),
        lambda: ring(3, 2),
        lambda: box(-1),
        lambda: fft_convolve(np.zeros((5, 5)), np.ones((2, 3))),
        lambda: fft_convolve(np.zeros(5), np.ones((3, 3))),
        lambda: fft_convolve(np.zeros((4, 5, 5)), np.ones((3, 3, 3))),
    ],
)
def test_errors(make):
    with pytest.raises(ArgumentError):
        make()
