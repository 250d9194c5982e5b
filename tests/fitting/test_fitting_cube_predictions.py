"""What a cube is predicted to hold, beside plain integrals over pixels and shapes."""

import numpy as np
import pytest
from astropy import units as u
from made_cubes import ENERGY, TRUE, cube_of, dispersion_of, gauss, masked_edge, point, psf_of

from gpnb import DiskSource, GaussianSource, PowerLaw, SkyModel
from gpnb.core.frames import from_offsets
from gpnb.fitting.cube.course import mean_squares
from gpnb.fitting.likelihood import Likelihood

pytestmark = pytest.mark.long

NODES, WEIGHTS = np.polynomial.legendre.leggauss(6)


def predicted(dataset, *models):
    likelihood = Likelihood(dataset, list(models))
    return likelihood.predict(likelihood.start)[0]


def flux_of(model):
    edges = TRUE.edge_values
    return model.spectral.integral(edges[:-1] * u.TeV, edges[1:] * u.TeV).to_value("cm-2 s-1")


def over_pixels(dataset, numbers, function):
    """Integrals over pixels (rows of y, x) of a function of unit vectors, counts per deg2; shape (n_true, n)."""
    plane = dataset.geom.plane
    y, x = numbers
    total = 0.0
    for dy, wy in zip(NODES / 2, WEIGHTS / 2, strict=True):
        for dx, wx in zip(NODES / 2, WEIGHTS / 2, strict=True):
            total = total + wx * wy * function(plane.directions(x + dx, y + dy))
    return total * dataset.geom.solid_angle[y, x] * (180 / np.pi) ** 2


def exposure_at(dataset, lon, lat):
    """Smooth exposure at places: the formula of `cube_of` lies on pixels, so that a spline goes through it."""
    from scipy.ndimage import map_coordinates

    x, y = dataset.geom.pixel(lon, lat)
    return np.array([map_coordinates(plane, [y, x], order=3, mode="nearest") for plane in dataset.exposure.data])


def folded(flux, counts):
    return np.einsum("j,jk,jn->kn", flux, dispersion_of(), counts)


def near(dataset, lon, lat, radius):
    away = np.hypot((dataset.geom.lonlat[0] - lon) * np.cos(np.radians(lat)), dataset.geom.lonlat[1] - lat)
    return np.nonzero(away < radius)


def away_from(vectors, lon, lat):
    from gpnb.fitting.cube.sphere import seen_from

    return seen_from(vectors, lon, lat).radius


@pytest.mark.parametrize(("lon", "lat"), [(83.63, 22.01), (83.71, 22.095), (83.6511, 21.9777)])
def test_a_point_is_the_integral_of_its_spread_over_each_pixel(lon, lat):
    dataset, psf = cube_of(), psf_of()
    model = point(f"{lon}d {lat}d")
    numbers = near(dataset, lon, lat, 0.5)
    spread = over_pixels(dataset, numbers, lambda vectors: psf.evaluate(away_from(vectors, lon, lat)))
    wanted = folded(flux_of(model), spread * exposure_at(dataset, [lon], [lat]))
    found = predicted(dataset, model)[:, *numbers]
    assert np.abs(found - wanted).max() < 1e-4 * wanted.max()


def polar(extent, n_radius=60, n_angle=48):
    """Offsets (deg) about a centre that fill a circle, and their areas."""
    nodes, weights = np.polynomial.legendre.leggauss(n_radius)
    radius = (nodes + 1) * extent / 2
    angle = 2 * np.pi * np.arange(n_angle) / n_angle
    area = np.repeat(weights * extent / 2 * radius * 2 * np.pi / n_angle, n_angle)
    return (radius[:, None] * np.cos(angle)).ravel(), (radius[:, None] * np.sin(angle)).ravel(), area


def convolved(dataset, model, numbers, lon, lat):
    """Exposure first, then the spread: the integral about each pixel's centre, smoothed over the pixel by moments."""
    psf, plane = psf_of(), dataset.geom.plane
    east, north, area = polar(psf.rad[-1])
    spread = psf.evaluate(np.hypot(east, north)) * area

    def at(vectors):
        found = []
        for vector in vectors.T:
            own = np.degrees(np.arctan2(vector[1], vector[0])) % 360, np.degrees(np.arcsin(vector[2]))
            there = from_offsets(east, north, *own)
            shape = model.spatial.density(*there) * np.radians(1) ** 2
            found.append((spread * shape * exposure_at(dataset, *there)).sum(axis=1))
        return np.array(found).T

    y, x = numbers
    nodes, weights = np.polynomial.legendre.leggauss(3)
    sides = list(zip(nodes / 2, weights / 2, strict=True))
    pairs = [(dx, dy, wx * wy) for dx, wx in sides for dy, wy in sides]
    total = sum(weight * at(plane.directions(x + dx, y + dy)) for dx, dy, weight in pairs)
    return folded(flux_of(model), total * dataset.geom.solid_angle[y, x] * (180 / np.pi) ** 2)


@pytest.mark.parametrize(
    ("shape", "limit"),
    [
        ({"sigma": "0.02 deg"}, 1e-4),
        ({"sigma": "0.15 deg"}, 1e-4),
        ({"sigma": "0.2 deg", "e": 0.8, "phi": "30 deg"}, 1e-3),
        ({"sigma": "0.25 deg", "e": 0.95, "phi": "-60 deg"}, 1e-3),
    ],
)
@pytest.mark.parametrize("flat", [True, False])
def test_a_gaussian_is_its_own_integral_with_the_exposure_before_the_spread(shape, limit, flat):
    lon, lat = 83.67, 22.06
    course = {"slope": (0.0, 0.0), "bend": 0.0} if flat else {"slope": (0.6, -0.4)}
    dataset, model = cube_of(binsz="0.05 deg", **course), gauss(f"{lon}d {lat}d", **shape)
    y, x = near(dataset, lon, lat, 0.4)
    numbers = y[4::15], x[4::15]
    wanted = convolved(dataset, model, numbers, lon, lat)
    found = predicted(dataset, model)[:, *numbers]
    assert np.abs(found - wanted).max() < (limit if flat else 1.5e-3) * wanted.max()


@pytest.mark.parametrize(("e", "sigma"), [(0.985, 0.5), (0.999, 0.3), (1.0, 0.25)])
def test_a_needle_is_a_row_of_round_gaussians(e, sigma):
    from gpnb.core.frames import from_offsets

    dataset, across, phi = cube_of(binsz="0.05 deg", slope=(0.0, 0.0), bend=0.0), sigma * np.sqrt(1 - e**2), 30.0
    place = np.arange(-5, 5.01, 0.5 * np.hypot(across, 0.035) / (sigma * e))
    weight = np.exp(-0.5 * place**2) / np.exp(-0.5 * place**2).sum()
    along = sigma * e * place[:, None] * [np.sin(np.radians(phi)), np.cos(np.radians(phi))]
    wanted = 0.0
    for part, centre in zip(weight, along, strict=True):
        lon, lat = from_offsets(*centre, 83.63, 22.01)
        wanted = wanted + part * predicted(dataset, gauss(f"{lon}d {lat}d", sigma=f"{max(across, 1e-4)} deg"))
    found = predicted(dataset, gauss("83.63d 22.01d", sigma=f"{sigma} deg", e=e, phi=f"{phi} deg"))
    assert np.abs(found - wanted).max() < 1e-3 * wanted.max()


@pytest.mark.parametrize(
    ("frame", "center", "proj"), [("icrs", "83.63d 22.01d", "TAN"), ("galactic", "184.6d -5.8d", "CAR")]
)
@pytest.mark.parametrize("columns", [slice(0, 0), slice(38, 50), slice(0, 36)])
def test_the_total_is_the_sum_over_usable_pixels(frame, center, proj, columns):
    from astropy.coordinates import SkyCoord

    dataset = masked_edge(cube_of(SkyCoord(center, frame=frame), frame=frame, proj=proj), columns)
    for model in (point(SkyCoord(center, frame=frame)), gauss(SkyCoord(center, frame=frame), sigma="0.3 deg")):
        likelihood = Likelihood(dataset, [model])
        block = likelihood.blocks[0]
        _, total, _ = block._evaluate(likelihood._sources.at(likelihood.start)[0])
        cube = likelihood.predict(likelihood.start)[0]
        wanted = cube[dataset.usable].sum() + dataset.background.data[dataset.usable].sum()
        assert total == pytest.approx(wanted, abs=1e-5 * cube.sum())


def test_what_lies_beyond_the_map_is_lost():
    dataset = cube_of(slope=(0.0, 0.0), bend=0.0)
    low, high = (predicted(dataset, point(f"83.63d {lat}d")).sum() for lat in (22.01, 23.51))
    assert high == pytest.approx(low / 2, rel=0.01)


def test_a_disk_and_a_point_of_one_flux_have_one_total():
    dataset = cube_of(slope=(0.0, 0.0), bend=0.0, width="4 deg")
    spectrum = PowerLaw(amplitude="2e-11 TeV-1 s-1 cm-2")
    disk = SkyModel(spectrum, DiskSource("83.63d 22.01d", radius="0.4 deg"), name="d")
    one = SkyModel(spectrum, point().spatial, name="p")
    assert predicted(dataset, disk).sum() == pytest.approx(predicted(dataset, one).sum(), rel=1e-4)
    assert ENERGY.n == len(predicted(dataset, disk))


@pytest.mark.parametrize(
    "shape",
    [GaussianSource("0d 0d", sigma="0 deg", e=0.5), GaussianSource("0d 0d", sigma="0 deg")],
    ids=["elongated", "round"],
)
def test_a_shape_without_extent_has_no_mean_squares(shape):
    """A fit may end there, and asks for them."""
    assert mean_squares(shape) == (0.0, 0.0)
