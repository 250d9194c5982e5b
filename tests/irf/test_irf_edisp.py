import numpy as np
import pytest
from astropy import units as u
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import erf

from gpnb.irf import EnergyDispersion
from gpnb.maps.axis import Axis

ENERGY = Axis.energy("0.01 TeV", "200 TeV", nbin=20, name="energy_true")
MIGRA = Axis.from_edges(np.linspace(0.2, 3.0, 141), "migra")
OFFSET = Axis.from_edges([0.0, 1.0, 2.0], "offset", "deg")


def gauss(bias=0.1, sigma=0.15, scale=1.0):
    cumulative = 0.5 * (1 + erf((MIGRA.edge_values - 1 - bias) / sigma / np.sqrt(2)))
    density = scale * np.diff(cumulative) / MIGRA.width_values
    return EnergyDispersion((ENERGY, MIGRA, OFFSET), np.broadcast_to(density[:, None], (20, 140, 2)).astype(np.float32))


def test_moments_of_a_gauss():
    edisp = gauss()
    energy, offset = np.geomspace(0.02, 100, 5)[:, None], np.array([0.0, 0.5, 1.7])
    np.testing.assert_allclose(edisp.bias(energy, offset), 0.1, atol=1e-5)
    np.testing.assert_allclose(edisp.resolution(energy, offset), 0.15, atol=2e-4)
    np.testing.assert_allclose(edisp.half_width(energy, offset), 0.15 * 0.99446, rtol=0.01)  # 68 % of a normal one


def photon_mean(energy, values):
    """Mean over the photons of a spectrum E^-2.5 in each bin; `energy` and `values` by bin and place in ln E."""
    weight = energy**-1.5
    return (weight * values).sum(axis=-1) / weight.sum(axis=-1)


def test_density_is_normalised_whatever_the_table():
    for scale in (1.0, 0.01, 2900.0):
        edisp = gauss(scale=scale)
        peak = edisp.evaluate(1.0, np.array([1.1]), 0.5)
        assert peak == pytest.approx(1 / 0.15 / np.sqrt(2 * np.pi), rel=5e-3)
        total = (edisp.evaluate(1.0, MIGRA.center_values, 0.5) * MIGRA.width_values).sum()
        assert total == pytest.approx(1.0, rel=1e-6)


def test_density_is_zero_outside():
    edisp = gauss()
    assert edisp.evaluate(1.0, 3.1, 0.5) == 0
    assert edisp.evaluate(1.0, 1.0, 2.1) == 0
    assert edisp.evaluate(300.0, 1.0, 0.5) == 0


def test_kernel_has_its_closed_form():
    true, reco = Axis.energy("1 TeV", "2 TeV", nbin=4), Axis.energy("0.5 TeV", "5 TeV", nbin=20)
    kernel = gauss().kernel(true, reco, 0.7)
    assert kernel.shape == (4, 20)
    energy = np.geomspace(1, 2, 4 * 50 + 1)[:-1] * 2 ** (1 / 400)
    cumulative = 0.5 * (1 + erf((reco.edge_values / energy[:, None] - 1.1) / 0.15 / np.sqrt(2)))
    expected = photon_mean(energy.reshape(4, 1, 50), np.diff(cumulative, axis=1).reshape(4, 50, 20).swapaxes(1, 2))
    np.testing.assert_allclose(kernel, expected, atol=2e-3)


def test_kernel_conserves_probability_and_energy():
    true, reco = Axis.energy("0.05 TeV", "50 TeV", nbin=60), Axis.energy("0.002 TeV", "500 TeV", nbin=800)
    kernel = gauss().kernel(true, reco, 0.3)
    np.testing.assert_allclose(kernel.sum(axis=1), 1.0, rtol=1e-6)
    mean = kernel @ reco.center_values
    energy = true.refine(5).center_values.reshape(-1, 5)
    np.testing.assert_allclose(mean, 1.1 * photon_mean(energy, energy), rtol=1e-3)
    assert kernel.min() >= 0
    assert not np.any((kernel > 0) & (kernel < 1e-8))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), bins=st.integers(1, 30), offset=st.floats(0, 2))
def test_kernel_sums_never_exceed_one(seed, bins, offset):
    values = np.random.default_rng(seed).exponential(size=(20, 140, 2)).astype(np.float32)
    values[:3] = 0.0
    edisp = EnergyDispersion((ENERGY, MIGRA, OFFSET), values)
    true, reco = Axis.energy("0.005 TeV", "300 TeV", nbin=25), Axis.energy("0.1 TeV", "30 TeV", nbin=bins)
    sums = edisp.kernel(true, reco, offset).sum(axis=1)
    assert np.all((sums >= 0) & (sums <= 1 + 1e-6))
    wide = edisp.kernel(true, Axis.energy("1e-4 TeV", "3000 TeV", nbin=bins), offset).sum(axis=1)
    inside = (true.low_values > ENERGY.center_values[4]) & (true.high_values < 200)
    np.testing.assert_allclose(wide[inside], 1.0, rtol=1e-5)


def test_nothing_where_the_table_holds_nothing():
    edisp = EnergyDispersion((ENERGY, MIGRA, OFFSET), np.zeros((20, 140, 2)))
    assert edisp.evaluate(1.0, 1.0, 0.5) == 0
    assert np.isnan(edisp.bias(1.0, 0.5))
    assert not edisp.kernel(Axis.energy("1 TeV", "2 TeV", nbin=2), Axis.energy("1 TeV", "2 TeV", nbin=3), 0.5).any()


def test_door_gives_a_number():
    edisp = gauss()
    value = edisp(energy_true="1 TeV", migra=[0.9, 1.1], offset="0.5 deg")
    assert value.unit == u.dimensionless_unscaled
    np.testing.assert_allclose(value.value, edisp.evaluate(1.0, np.array([0.9, 1.1]), 0.5))


@pytest.mark.parametrize(("index", "tolerance"), [(2.0, 0.005), (2.6, 0.002), (3.2, 0.015)])
def test_counts_do_not_need_fine_bins_of_true_energy(index, tolerance):
    """Eight bins a decade against two hundred, for power laws through an area that does not change."""
    coarse, fine = (Axis.energy("0.1 TeV", "90 TeV", nbin=n, name="energy_true") for n in (24, 600))
    reco = Axis.energy("0.5 TeV", "10 TeV", nbin=10)
    counts = []
    for true in (coarse, fine):
        flux = -np.diff(true.edge_values ** (1 - index))
        counts.append(flux @ gauss(bias=0).kernel(true, reco, 0.3))
    np.testing.assert_allclose(counts[0], counts[1], rtol=tolerance)


def test_kernels_of_many_offsets_are_those_of_each():
    values = np.array(gauss(sigma=0.3).values)
    values[..., 1] = gauss(bias=-0.2, sigma=0.05).values[..., 1] * 2900  # as CTA 1DC, sums differ
    edisp = EnergyDispersion((ENERGY, MIGRA, OFFSET), values)
    true, reco = Axis.energy("0.1 TeV", "50 TeV", nbin=9, name="energy_true"), Axis.energy("0.5 TeV", "20 TeV", nbin=5)
    offsets = np.array([0.0, 0.5, 0.77, 1.5, 2.0, 2.5])
    table = edisp.kernel_table(true, reco, offsets)
    assert table.shape == (9, 6, 5)
    for number, offset in enumerate(offsets):
        assert np.allclose(table[:, number], edisp.kernel(true, reco, offset), rtol=1e-6, atol=1e-12)
        energy = true.refine(5).center_values.reshape(-1, 5, 1)
        rates = edisp.evaluate(energy, MIGRA.center_values, np.asarray(offset)) * MIGRA.width_values
        inside = (energy * MIGRA.center_values >= reco.edge_values[0]) & (energy * MIGRA.center_values < 20)
        expected = photon_mean(energy[..., 0], (rates * inside).sum(axis=-1))
        assert table[:, number].sum(axis=1) == pytest.approx(expected, abs=0.03)
    assert not table[:, -1].any()
