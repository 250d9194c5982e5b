"""Slopes of the likelihood of cubes against differences, wherever a source lies and whatever its size."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cubes import cube_of, gauss, masked_edge, point, with_counts

from gpnb import (
    Axis,
    BackgroundModel,
    DiskSource,
    Parameter,
    PowerLawNorm,
    ShellSource,
    SkyMap,
    SkyModel,
    SkyNorm,
    SpatialModel,
    TemplateSource,
    WcsGeometry,
)
from gpnb.fitting.likelihood import Likelihood

pytestmark = pytest.mark.long

STEP = 0.004


def worst_slope(dataset, models, seed):
    """The largest error of a slope, in units of 1/error, a little off the start."""
    likelihood = Likelihood(dataset, models)
    size = np.sqrt(2 / np.maximum(np.diag(likelihood.fisher(likelihood.start)), 1e-12))
    most = [
        0.02 if name[-3:] in ("lon", "lat") else 0.3 * abs(value or 1.0)
        for name, value in zip(likelihood.names, likelihood.start * likelihood.scale, strict=True)
    ]
    size = np.minimum(size, np.array(most) / likelihood.scale)  # of what is hardly known
    low, high = likelihood.bounds.T
    theta = likelihood.start + 0.3 * size * np.random.default_rng(seed).uniform(-1, 1, size.size)
    theta = np.clip(theta, low + 3 * STEP * size, np.maximum(high - 3 * STEP * size, low + 3 * STEP * size))
    found = likelihood.gradient(theta)
    wanted = []
    for number, own in enumerate(size):
        shift = np.zeros_like(theta)
        shift[number] = STEP * own
        one, two = (likelihood.stat(theta + k * shift) - likelihood.stat(theta - k * shift) for k in (1, 2))
        wanted.append((8 * one - two) / (12 * STEP * own))
    return np.abs((found - wanted) * size).max()


@settings(max_examples=6, deadline=None, derandomize=True)
@given(
    st.floats(0.01, 0.4),
    st.floats(0.05, 0.95),
    st.floats(-90, 90),
    st.tuples(st.floats(-0.3, 0.3), st.floats(-0.3, 0.3)),
    st.sampled_from(["0.02 deg", "0.05 deg"]),
    st.integers(0, 1000),
)
def test_slopes_of_gaussians(sigma, e, phi, place, binsz, seed):
    dataset = cube_of(binsz=binsz, width="2 deg")
    model = gauss(f"{83.63 + place[0]}d {22.01 + place[1]}d", sigma=f"{sigma} deg", e=e, phi=f"{phi} deg")
    model = model.thaw("e", "phi")
    assert worst_slope(with_counts(dataset, [model], seed), [model], seed) < 1e-5


@pytest.mark.parametrize(
    ("frame", "center", "proj"),
    [
        ("icrs", "83.63d 22.01d", "TAN"),
        ("galactic", "0d 0d", "CAR"),
        ("galactic", "359.99d 2d", "CAR"),
        ("icrs", "30d 89.9d", "TAN"),
        ("icrs", "200d -59d", "CAR"),
    ],
)
@pytest.mark.parametrize("kind", ["point", "gauss", "elongated"])
def test_slopes_on_every_projection_and_across_the_wrap(frame, center, proj, kind):
    place = SkyCoord(center, frame=frame)
    model = {
        "point": lambda: point(place),
        "gauss": lambda: gauss(place, sigma="0.1 deg"),
        "elongated": lambda: gauss(place, sigma="0.2 deg", e=0.8, phi="40 deg").thaw("e", "phi"),
    }[kind]()
    dataset = cube_of(place, frame=frame, proj=proj, width="2 deg")
    assert worst_slope(with_counts(dataset, [model], 1), [model], 1) < 1e-5


@pytest.mark.parametrize("columns", [slice(30, 50), slice(0, 37)])
def test_slopes_at_the_edge_of_what_is_usable(columns):
    models = [point("83.70d 22.03d"), gauss("83.4d 22.1d")]
    data = masked_edge(with_counts(cube_of(), models, 2), columns)
    assert worst_slope(data, models, 3) < 1e-5


@pytest.mark.parametrize(
    "spatial",
    [
        DiskSource("83.66d 22.03d", radius="0.3 deg"),
        DiskSource("83.66d 22.03d", radius="0.3 deg", e=0.6, phi="20 deg").thaw("e", "phi"),
        ShellSource("83.66d 22.03d", radius="0.25 deg", width="0.1 deg"),
    ],
)
def test_slopes_of_disks_and_shells(spatial):
    model = SkyModel(gauss().spectral, spatial, name="s")
    assert worst_slope(with_counts(cube_of(), [model], 4), [model], 5) < 1e-5


def test_slopes_where_sources_overlap_and_are_linked():
    models = [point("83.63d 22.01d"), gauss("83.70d 22.05d").link("index", "p.index")]
    assert worst_slope(with_counts(cube_of(), models, 6), models, 7) < 1e-5


class Slanted(SpatialModel):
    """A shape without a transform."""

    size = Parameter("size", 0.2, "deg", min=0)

    @staticmethod
    def evaluate(x, y, size):
        return np.exp(-(x**2 + (y - x) ** 2) / size**2) / (np.pi * np.radians(size) ** 2)


ENERGIES = Axis.from_nodes([0.3, 2.0, 30.0], "energy_true", "TeV", interp="log")


def rough(axes=(), unit="", width="1.5 deg", seed=8):
    geom = WcsGeometry.create("83.63d 22.01d", width=width, binsz="0.04 deg", axes=axes)
    ramp = np.geomspace(1, 1e-4, len(axes[0].center_values)).reshape(-1, 1, 1) if axes else 1.0
    data = 1e-9 * ramp * np.random.default_rng(seed).uniform(0, 1, geom.shape) ** 3
    data[..., [0, -1], :] = data[..., [0, -1]] = 0.0  # a step at the rim has a slope that jumps
    return SkyMap(geom, data, unit)


@pytest.mark.parametrize("place", ["83.63d 22.01d", "83.671d 21.995d", "84.6d 22.5d"])
@pytest.mark.parametrize("kind", ["flat", "deep", "flux", "own"])
def test_slopes_of_images(place, kind):
    if kind == "flux":
        skymap = rough([ENERGIES], "TeV-1 s-1 cm-2 sr-1", "6 deg")
        model = SkyModel(PowerLawNorm().thaw("tilt"), TemplateSource(skymap, normalize=False, center=place), name="t")
    elif kind == "own":
        model = SkyModel(gauss().spectral, Slanted(place), name="t")
    else:
        skymap = rough([ENERGIES] if kind == "deep" else [])
        model = SkyModel(gauss().spectral, TemplateSource(skymap, center=place), name="t")
    model = model.thaw("lon", "lat")
    assert worst_slope(with_counts(cube_of(), [model], 9), [model], 10) < 1e-5


@pytest.mark.parametrize("models", [[], [point("83.70d 22.03d")]])
def test_slopes_of_a_factor_on_the_sky(models):
    norm = SkyNorm([82.2, 85.0, 82.2, 85.0, 83.6] * u.deg, [20.7, 20.7, 23.3, 23.3, 22.0] * u.deg)
    factor = BackgroundModel("cube", PowerLawNorm().freeze("norm").thaw("tilt"), norm)
    data = masked_edge(with_counts(cube_of(), models, 4), slice(0, 20))
    assert worst_slope(data, [*models, factor], 5) < 1e-5
