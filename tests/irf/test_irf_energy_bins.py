import numpy as np
import pytest

from gpnb.core.errors import ArgumentError
from gpnb.irf.energy_bins import EnergyBins
from gpnb.maps.axis import Axis

AXIS = Axis.energy("0.1 TeV", "100 TeV", nbin=20)
UNEVEN = Axis.energy_edges([0.1, 0.13, 0.3, 0.4, 2.0, 30.0] * AXIS.unit)


def jumping(n, seed=0):
    """Rates over thirty powers of ten, every third of them zero."""
    rng = np.random.default_rng(seed)
    values = 10 ** rng.uniform(-15, 15, (n, 50))
    return np.where(rng.random((n, 50)) < 0.3, 0.0, values)


@pytest.mark.parametrize("axis", [AXIS, UNEVEN, Axis.energy("1 TeV", "2 TeV", nbin=1)], ids=["even", "uneven", "one"])
def test_each_bin_keeps_its_integral(axis):
    values = jumping(axis.n)
    content = EnergyBins.of(axis, values).integrate(axis.edge_values)
    expected = values * axis.width_values[:, None]
    tolerance = 1e-14 * expected.sum(axis=0)  # differences of sums from below
    assert np.all(np.abs(content - expected) <= 1e-9 * expected + tolerance)


@pytest.mark.parametrize("axis", [AXIS, UNEVEN], ids=["even", "uneven"])
def test_parts_of_bins_sum_up_and_are_not_negative(axis):
    values = jumping(axis.n, seed=1)[:, :8]
    bins = EnergyBins.of(axis, values)
    fine = bins.integrate(axis.refine(7).edge_values)
    assert fine.min() >= 0
    whole = bins.integrate(axis.edge_values)
    np.testing.assert_allclose(fine.reshape(axis.n, 7, 8).sum(axis=1), whole, atol=1e-13 * whole.sum())


def test_rates_are_the_slope_of_the_integrals():
    values = np.geomspace(1e4, 1e-2, 20) * np.random.default_rng(2).uniform(0.5, 2, 20)
    bins = EnergyBins.of(AXIS, values[:, None])
    energy = np.geomspace(0.11, 90, 200)
    step = bins.integrate(np.sort(np.concatenate([energy * 0.99999, energy * 1.00001])))[::2, 0] / (2e-5 * energy)
    np.testing.assert_allclose(bins.rate(energy, (np.zeros(200, dtype=int),)), step, rtol=1e-3)


def test_the_shape_follows_the_neighbours():
    edges = AXIS.edge_values
    bins = EnergyBins.of(AXIS, (-np.diff(edges**-1.7) / 1.7 / AXIS.width_values)[:, None])
    halves = bins.integrate(AXIS.refine(2).edge_values)[:, 0]
    np.testing.assert_allclose(halves, -np.diff(AXIS.refine(2).edge_values ** -1.7) / 1.7, rtol=1e-9)


def test_a_peak_and_a_bin_alone_are_flat():
    values = np.zeros((20, 2))
    values[4:7, 0] = [1.0, 2.0, 0.5]
    values[12, 1] = 3.0
    halves = EnergyBins.of(AXIS, values).integrate(AXIS.refine(2).edge_values) / AXIS.refine(2).width_values[:, None]
    np.testing.assert_allclose(halves[10:12, 0], 2.0)
    np.testing.assert_allclose(halves[24:26, 1], 3.0)
    assert halves[8, 0] < 1 < halves[9, 0]  # rises towards the peak, although nothing lies before


def test_rates_at_nodes_are_power_laws_between_them_and_on_to_the_edges():
    nodes = Axis.from_nodes([0.1, 1.0, 10.0, 100.0], "energy", "TeV", "log")
    bins = EnergyBins.of(nodes, np.array([1e2, 1.0, 1e-2, 0.0])[:, None])
    np.testing.assert_allclose(bins.integrate(np.array([0.1, 1.0, 10.0]))[:, 0], [9.0, 0.9])
    place = (np.zeros(4, dtype=int),)
    np.testing.assert_allclose(
        bins.rate(np.array([0.05, 0.1001, 0.5, 5.0]), place), [400, 1 / 0.1001**2, 4, 0.04], rtol=1e-6
    )
    assert bins.integrate(np.array([10.0, 100.0]))[0, 0] == pytest.approx(0.45)
    assert bins.integrate(np.array([0.01, 0.0316]))[0, 0] == 0
    with pytest.raises(ArgumentError, match="has no width"):
        EnergyBins.of(Axis.from_nodes([1.0], "energy", "TeV", "log"), np.ones((1, 1)))


def test_nothing_outside_nor_at_no_energy():
    bins = EnergyBins.of(AXIS, np.ones((20, 1)))
    place = (np.zeros(4, dtype=int),)
    np.testing.assert_allclose(bins.rate(np.array([0.0, 0.09, 101.0, np.nan]), place), 0)
    np.testing.assert_allclose(bins.integrate(np.array([0.0, 0.05, 200.0]))[:, 0], [0, 99.9])
