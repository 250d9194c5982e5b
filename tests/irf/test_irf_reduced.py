"""Reduced responses: profiles, their integrals, and means between the nodes of a field."""

import pickle

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from scipy.special import erf

import gpnb
from gpnb.irf.node_sums import NodeSums
from gpnb.irf.reduced_dispersion import ReducedDispersion
from gpnb.irf.reduced_psf import RadialPsf, ReducedPsf

ENERGY = gpnb.Axis.energy("1 TeV", "1000 TeV", nbin=3, name="energy_true")
SIGMA = np.array([[0.1], [0.05], [0.02]])
RAD = np.sinh(np.linspace(0, 4, 161)) / np.sinh(4) * 0.8
CENTER = "83.63d 22.01d"


@pytest.fixture(scope="module")
def gauss():
    return RadialPsf.from_table(ENERGY, RAD, np.exp(-0.5 * (RAD / SIGMA) ** 2))


@pytest.fixture(scope="module")
def geom():
    return gpnb.WcsGeometry.create(CENTER, width="1 deg", binsz="0.5 deg")


def test_profile_is_normalised_whatever_it_is_made_of(gauss):
    rad = np.linspace(0, 0.8, 200001)
    total = np.trapezoid(2 * np.pi * rad * gauss.evaluate(rad), rad, axis=1)
    assert total == pytest.approx(np.ones(3), abs=1e-7)
    assert gauss.containment(np.array(0.8)) == pytest.approx(np.ones(3), abs=1e-12)
    assert gauss.containment(np.array([0.0, 9.0])) == pytest.approx(np.tile([0.0, 1.0], (3, 1)), abs=1e-12)
    assert (gauss.evaluate(np.array([0.81, 5.0])) == 0).all()


def test_profile_is_that_of_the_table_between_its_nodes(gauss):
    rad = np.linspace(0, 0.8, 5001)
    expected = np.exp(-0.5 * (rad / SIGMA) ** 2) / (2 * np.pi * SIGMA**2)
    assert (np.abs(gauss.evaluate(rad) - expected) / expected[:, :1]).max() < 1e-3
    assert gauss.containment(rad) == pytest.approx(1 - np.exp(-0.5 * (rad / SIGMA) ** 2), abs=2e-4)
    assert gauss.variance == pytest.approx(SIGMA[:, 0] ** 2, rel=1e-3)


def test_profile_is_flat_at_zero_and_takes_shapes(gauss):
    step = 1e-7
    slope = (gauss.evaluate(np.array(step)) - gauss.evaluate(np.array(0.0))) / step
    assert np.abs(slope / gauss.evaluate(np.array(0.0))).max() < 1e-3
    assert gauss.evaluate(np.zeros((4, 5))).shape == gauss.containment(np.zeros((4, 5))).shape == (3, 4, 5)


@pytest.mark.parametrize("fraction", [0.0, 0.1, 0.68, 0.95, 0.999])
def test_containment_radius_is_the_inverse_of_the_containment(gauss, fraction):
    radius = gauss.containment_radius(fraction)
    assert np.diagonal(gauss.containment(radius)) == pytest.approx(np.full(3, fraction), abs=1e-9)
    assert radius == pytest.approx(SIGMA[:, 0] * np.sqrt(-2 * np.log1p(-fraction)), rel=2e-3, abs=1e-9)


def test_containment_radius_refuses_what_is_no_fraction(gauss):
    with pytest.raises(gpnb.ArgumentError, match="must be at least 0 and less than 1"):
        gauss.containment_radius(1.0)


@pytest.mark.parametrize("size", [(61, 61), (30, 41), (1, 7)])
@pytest.mark.parametrize("binsz", ["0.01 deg", "0.2 deg", ("0.02 deg", "0.05 deg")])
def test_kernel_is_the_integral_over_each_pixel(gauss, size, binsz):
    geom = gpnb.WcsGeometry.create(CENTER, binsz=binsz, npix=size)
    kernel = gauss.kernel(geom)
    x, y = (side * (np.arange(n + 1) - n / 2) for side, n in zip(geom.binsz.value, size, strict=True))
    x, y = (np.diff(erf(edges / SIGMA / np.sqrt(2)), axis=1) / 2 for edges in (x, y))
    expected = y[:, :, None] * x[:, None, :]
    assert kernel.geom.axes == (ENERGY,)
    assert (np.abs(kernel.data - expected).max(axis=(1, 2)) / expected.max(axis=(1, 2))).max() < 3e-4
    assert kernel.data.sum(axis=(1, 2)) == pytest.approx(expected.sum(axis=(1, 2)), abs=2e-4)


def test_kernel_far_from_the_equator_knows_the_size_of_its_pixels(gauss):
    center = SkyCoord(120, 60, unit="deg", frame="galactic")
    geom = gpnb.WcsGeometry.create(center, width="3 deg", binsz="0.02 deg", proj="CAR", frame="galactic")
    kernel = gauss.kernel(geom)
    assert kernel.data.sum(axis=(1, 2)) == pytest.approx(np.ones(3), abs=1e-6)
    lon, lat = (np.arange(n) - (n - 1) / 2 for n in (geom.nx, geom.ny))
    spread = [np.sqrt((kernel.data[0] * part**2).sum()) for part in (lon, lat[:, None])]
    assert spread[0] / spread[1] == pytest.approx(2.0, rel=0.01)


def test_energies_without_a_function_take_the_nearest_one():
    density = np.exp(-0.5 * (RAD / SIGMA) ** 2)
    density[0] = np.nan
    density[2] = 0
    psf = RadialPsf.from_table(ENERGY, RAD, density)
    assert psf.containment_radius(0.68) == pytest.approx(np.full(3, 0.05 * 1.5096), rel=1e-3)


@pytest.mark.parametrize(
    ("rad", "density", "says"),
    [
        (RAD[1:], np.ones((3, 160)), "rise from 0"),
        (RAD[::-1], np.ones((3, 161)), "rise from 0"),
        (RAD, np.ones((2, 161)), "must have the shape"),
        (RAD, np.zeros((3, 161)), "no energy has a positive function"),
        (RAD, np.full((3, 161), np.nan), "no energy has a positive function"),
    ],
)
def test_tables_that_do_not_fit_are_refused(rad, density, says):
    with pytest.raises(gpnb.ArgumentError, match=says):
        RadialPsf.from_table(ENERGY, rad, density)


def test_constant_responses_are_the_same_everywhere(gauss, geom):
    psf = ReducedPsf.constant(gauss, geom)
    matrix = np.array([[0.5, 0.2], [0.1, 0.9], [0.0, 0.3]])
    edisp = ReducedDispersion.constant(matrix, ENERGY, gpnb.Axis.energy("1 TeV", "100 TeV", nbin=2), geom)
    for place in (CENTER, "85d 20d", "264d 10d"):
        assert np.allclose(psf.at(place).density, gauss.density)
        assert np.array_equal(edisp.at(place), matrix)
    assert psf.rad is gauss.rad
    again = pickle.loads(pickle.dumps(psf))
    assert np.array_equal(again.at(CENTER).density, psf.at(CENTER).density)
    assert again.nbytes == psf.nbytes > 0
    with pytest.raises(gpnb.ArgumentError, match="must have the shape"):
        ReducedDispersion.constant(matrix.T, ENERGY, edisp.energy, geom)


def test_between_nodes_the_sums_are_bilinear_and_empty_nodes_do_not_count(geom):
    total, weight = np.zeros((2, 1, 2, 2)), np.zeros((2, 2, 2))
    weight[0], total[0, 0] = [[1, 3], [0, 0]], [[10, 60], [0, 0]]
    sums = NodeSums(geom, total, weight)
    middle = geom.center
    values, found = sums.at(middle)
    assert found == pytest.approx([1.0, 0.0])
    assert values[:, 0] == pytest.approx([70 / 4, 0.0])
    lon, lat = geom.plane.sky(np.array(0.0), np.array(1.0))
    corner = f"{float(lon)}d {float(lat)}d"
    assert sums.at(corner)[0][0, 0] == pytest.approx(10.0)  # the nearest node that has some
