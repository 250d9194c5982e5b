"""Convolution kernels on the pixel grid, and convolution by FFT: plain arrays."""

from __future__ import annotations

import math

import numpy as np

from gpnb.core.errors import ArgumentError

ROUNDING = 1e-6
"""Part of a radius by which a pixel on its rim may lie beyond it: 0.9 / 0.02 is 44.99999999999999."""

Steps = float | tuple[float, float]
"""Size of a pixel, of one length or in x and y, in the unit of the radius."""


def disk(radius: float, pixel: Steps = 1.0) -> np.ndarray:
    """Ones where the distance from the central pixel is at most `radius`.

    Parameters
    ----------
    radius : float
        In pixels, or in the unit of `pixel`.
    pixel : float or pair of float
        Size of a pixel.

    Examples
    --------
    >>> disk(1)
    array([[0., 1., 0.],
           [1., 1., 1.],
           [0., 1., 0.]])
    """
    return (_distance(radius, pixel) <= radius * (1 + ROUNDING)).astype(float)


def ring(inner: float, outer: float, pixel: Steps = 1.0) -> np.ndarray:
    """Ones where the distance from the central pixel is from `inner` to `outer`, ends included."""
    if not 0 <= inner <= outer:
        raise ArgumentError(f"inner={inner} must be at least 0 and at most outer={outer}.")
    distance = _distance(outer, pixel)
    inside = (distance >= inner * (1 - ROUNDING)) & (distance <= outer * (1 + ROUNDING))
    return inside.astype(float)


def gauss(sigma: float, pixel: Steps = 1.0, truncate: float = 5.0) -> np.ndarray:
    """A Gaussian with sum 1, integrated over each pixel and cut at `truncate` sigmas."""
    if not sigma > 0 or not math.isfinite(sigma):
        raise ArgumentError(f"sigma={sigma} must be positive.")
    along_x, along_y = (_gauss_profile(sigma / step, truncate) for step in np.broadcast_to(pixel, 2))
    kernel = np.outer(along_y, along_x)
    return np.asarray(kernel / kernel.sum())


def _gauss_profile(sigma_pix: float, truncate: float) -> np.ndarray:
    half = math.ceil(truncate * sigma_pix)
    edges = (np.arange(2 * half + 2) - half - 0.5) / (sigma_pix * math.sqrt(2))
    return np.diff([math.erf(edge) for edge in edges])


def box(half_width: float, pixel: Steps = 1.0) -> np.ndarray:
    """Ones in a rectangle of pixels whose centres are at most `half_width` away in x and in y."""
    if not half_width >= 0 or not math.isfinite(half_width):
        raise ArgumentError(f"half_width={half_width} must be zero or more.")
    nx, ny = (2 * _whole_steps(half_width, step) + 1 for step in np.broadcast_to(pixel, 2))
    return np.ones((ny, nx))


def fft_convolve(stack: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Convolve the last two dimensions of `stack` with `kernel`: same size, zero outside.

    Parameters
    ----------
    stack : ndarray, shape (..., ny, nx)
        Images; each takes one real FFT forth and back.
    kernel : ndarray, shape (ky, kx) or (..., ky, kx)
        One kernel for all images or one for each; odd sizes, its middle pixel stays in place.

    Returns
    -------
    ndarray of float64
        Non-negative where both arguments are: rounding noise below zero is removed.

    Raises
    ------
    ArgumentError
        If the kernel has an even size or does not fit the stack.

    Examples
    --------
    >>> image = np.zeros((3, 4))
    >>> image[1, 1] = 2
    >>> np.rint(fft_convolve(image, disk(1)))
    array([[0., 2., 0., 0.],
           [2., 2., 2., 0.],
           [0., 2., 0., 0.]])
    """
    from scipy import fft  # here, because it takes long to import

    stack, kernel = np.asarray(stack), np.asarray(kernel, dtype=float)
    if (
        stack.ndim < 2
        or kernel.shape[:-2] not in {(), stack.shape[:-2]}
        or any(size % 2 == 0 for size in kernel.shape[-2:])
    ):
        raise ArgumentError(
            f"A kernel of shape {kernel.shape} cannot convolve {stack.shape}: its last two sizes must be odd."
        )
    halves = [size // 2 for size in kernel.shape[-2:]]
    # half a kernel of zeros is enough: what wraps around falls outside the part that is kept
    sizes = [fft.next_fast_len(n + h, real=True) for n, h in zip(stack.shape[-2:], _reach(stack, halves), strict=True)]
    kernel = _trimmed(kernel, _reach(stack, halves))
    return _convolve_planes(stack, kernel, sizes)


def _reach(stack: np.ndarray, halves: list[int]) -> list[int]:
    """Half sizes of the part of the kernel that can reach from pixel to pixel of the image."""
    return [min(half, size - 1) for half, size in zip(halves, stack.shape[-2:], strict=True)]


def _trimmed(kernel: np.ndarray, reach: list[int]) -> np.ndarray:
    rows, columns = (slice(size // 2 - h, size // 2 + h + 1) for size, h in zip(kernel.shape[-2:], reach, strict=True))
    return kernel[..., rows, columns]


def _convolve_planes(stack: np.ndarray, kernel: np.ndarray, sizes: list[int]) -> np.ndarray:
    from scipy import fft

    ny, nx = stack.shape[-2:]
    y0, x0 = kernel.shape[-2] // 2, kernel.shape[-1] // 2
    planes = stack.reshape(-1, ny, nx)
    kernels = fft.rfft2(kernel.reshape(-1, *kernel.shape[-2:]), sizes)
    result = np.empty(planes.shape)
    for number, plane in enumerate(planes):
        spectrum = fft.rfft2(plane.astype(float), sizes) * kernels[number % len(kernels)]
        result[number] = fft.irfft2(spectrum, sizes)[y0 : y0 + ny, x0 : x0 + nx]
    if stack.size and stack.min() >= 0 and kernel.min() >= 0:
        np.maximum(result, 0, out=result)
    return result.reshape(stack.shape)


def _distance(radius: float, pixel: Steps) -> np.ndarray:
    """Distance of each pixel from the central one, in a rectangle that holds the radius."""
    if not radius >= 0 or not math.isfinite(radius):
        raise ArgumentError(f"A radius of {radius} must be zero or more.")
    x, y = (step * np.arange(-n, n + 1) for step in np.broadcast_to(pixel, 2) for n in [_whole_steps(radius, step)])
    return np.asarray(np.hypot(y[:, np.newaxis], x))


def _whole_steps(length: float, step: float) -> int:
    return math.floor(length / step * (1 + ROUNDING))
