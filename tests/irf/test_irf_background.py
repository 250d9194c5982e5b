from itertools import pairwise

import numpy as np
import pytest
from astropy import units as u
from scipy.integrate import quad

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.irf import Background2D, Background3D
from gpnb.maps.axis import Axis

ENERGY = Axis.energy("0.05 TeV", "100 TeV", nbin=17)
OFFSET = Axis.from_edges(np.linspace(0, 4, 9), "offset", "deg")
LON = Axis.from_edges(np.linspace(-3, 3, 13), "fov_lon", "deg")
LAT = Axis.from_edges(np.linspace(-2, 2, 9), "fov_lat", "deg")


def spectrum(energy):
    return 3e-2 * np.asarray(energy, dtype=float) ** -2.7


def means(axis):
    """The mean of the spectrum over each bin, which is what a table of counted events holds."""
    return -3e-2 / 1.7 * np.diff(axis.edge_values**-1.7) / axis.width_values


def flat_3d():
    return Background3D((ENERGY, LON, LAT), np.broadcast_to(means(ENERGY)[:, None, None], (17, 12, 8)))


def flat_2d():
    return Background2D((ENERGY, OFFSET), np.broadcast_to(means(ENERGY)[:, None], (17, 8)))


@pytest.mark.parametrize("bkg", [flat_2d(), flat_3d()])
def test_power_law_is_kept_up_to_the_edges(bkg):
    energy = np.geomspace(0.0501, 99.9, 40)
    np.testing.assert_allclose(bkg.evaluate(energy, 0.3, -0.4), spectrum(energy), rtol=1e-9)
    assert bkg.evaluate(0.049, 0.0, 0.0) == 0
    assert bkg.evaluate(101.0, 0.0, 0.0) == 0


@pytest.mark.parametrize("bkg", [flat_2d(), flat_3d()])
def test_integral_against_quad(bkg):
    edges = np.geomspace(0.07, 60, 6)
    expected = [quad(spectrum, low, high, epsrel=1e-10)[0] for low, high in pairwise(edges)]
    lon, lat = np.meshgrid(np.linspace(-1.5, 1.5, 5), np.linspace(-1.5, 1.5, 4))
    rate = bkg.integrate(edges, lon, lat)
    assert rate.shape == (5, 4, 5)
    np.testing.assert_allclose(rate, np.broadcast_to(np.array(expected)[:, None, None], rate.shape), rtol=1e-3)
    np.testing.assert_allclose(rate[:, 0, 0], expected, rtol=1e-9)


def test_integral_of_a_curved_spectrum_and_shape():
    def rate(energy, lon, lat):
        return spectrum(energy) * np.exp(-0.1 * np.log(energy) ** 2) * (2 + 0.3 * lon - 0.2 * lat)

    fine = Axis.energy("0.05 TeV", "100 TeV", nbin=66)
    parts = rate(fine.refine(20).center_values[:, None, None], LON.center_values[:, None], LAT.center_values)
    parts *= fine.refine(20).width_values[:, None, None]
    values = parts.reshape(66, 20, 12, 8).sum(axis=1) / fine.width_values[:, None, None]
    bkg = Background3D((fine, LON, LAT), values)
    edges = np.array([0.2, 1.0, 7.0])
    expected = [quad(rate, low, high, args=(1.3, -0.7), epsrel=1e-9)[0] for low, high in pairwise(edges)]
    np.testing.assert_allclose(bkg.integrate(edges, 1.3, -0.7), expected, rtol=1e-3)


def test_integral_stops_at_the_edges_of_the_response():
    bkg = flat_2d()
    inside = bkg.integrate([0.05, 100.0], 0.0, 0.0)
    np.testing.assert_allclose(bkg.integrate([0.001, 3000.0], 0.0, 0.0), inside, rtol=1e-9)
    np.testing.assert_allclose(bkg.integrate([0.001, 0.01, 0.04], 0.0, 0.0), 0)
    np.testing.assert_allclose(bkg.integrate([200.0, 300.0], 0.0, 0.0), 0)


def test_a_bin_without_rate_keeps_its_edges():
    values = np.ones((17, 8))
    values[8:] = 0.0
    bkg = Background2D((ENERGY, OFFSET), values)
    edge = ENERGY.high_values[7]
    assert bkg.integrate([1e-3, edge * 1.3], 0.3, 0.0) == pytest.approx(edge - 0.05)
    assert bkg.evaluate(edge * 0.999, 0.3, 0.0) == pytest.approx(1)
    assert bkg.evaluate(edge * 1.001, 0.3, 0.0) == 0


def test_spectra_at_neighbouring_places_are_mixed():
    """Two sides of the field with other slopes: between them the rate is the mean of two power laws."""
    left, right = means(ENERGY), ENERGY.width_values**-1.0
    values = np.where(np.arange(12)[:, None] < 6, left[:, None, None], right[:, None, None]) * np.ones((17, 12, 8))
    bkg = Background3D((ENERGY, LON, LAT), values)
    energy = np.geomspace(0.06, 90, 30)
    sides = bkg.evaluate(energy, -1.0, 0.0), bkg.evaluate(energy, 1.0, 0.0)
    np.testing.assert_allclose(bkg.evaluate(energy, 0.0, 0.0), (sides[0] + sides[1]) / 2, rtol=1e-9)
    step = bkg.integrate(np.geomspace(2.0, 2.0001, 2), 0.0, 0.0) / (2e-4)
    np.testing.assert_allclose(step / 0.5, bkg.evaluate(2.00005, 0.0, 0.0), rtol=1e-3)


@pytest.mark.parametrize("bkg", [flat_2d(), flat_3d()])
def test_nothing_outside_the_field_of_view(bkg):
    assert bkg.evaluate(1.0, 5.0, 0.0) == 0
    np.testing.assert_allclose(bkg.integrate([1.0, 2.0], [5.0, np.nan, -5.0], [0.0, 0.0, 1.0]), 0)


def test_two_dimensional_depends_on_the_angle_from_the_pointing():
    values = np.ones((17, 1)) * np.exp(-OFFSET.center_values)
    bkg = Background2D((ENERGY, OFFSET), values)
    rate = bkg.integrate([1.0, 2.0], [1.5, 0.0, -1.5 / np.sqrt(2)], [0.0, -1.5, 1.5 / np.sqrt(2)])
    np.testing.assert_allclose(rate[0], rate[0, 0], rtol=1e-4)


def test_integral_agrees_with_evaluate_on_a_sloping_field():
    values = spectrum(ENERGY.center_values)[:, None, None] * (
        1 + 0.1 * LON.center_values[:, None] + 0.05 * LAT.center_values
    )
    bkg = Background3D((ENERGY, LON, LAT), values)
    lon, lat = np.meshgrid(np.linspace(-3, 3, 7), np.linspace(-2, 2, 5))
    rate = bkg.integrate([1.0, 1.0001], lon, lat)[0] / 0.0001
    np.testing.assert_allclose(rate, bkg.evaluate(1.00005, lon, lat), rtol=1e-4)


def test_longitude_is_the_second_axis():
    values = np.ones((17, 12, 8))
    values[:, 6:] = 100.0
    bkg = Background3D((ENERGY, LON, LAT), values)
    assert bkg.evaluate(1.0, 1.5, 0.0) == pytest.approx(100)
    assert bkg.evaluate(1.0, -1.5, 0.0) == pytest.approx(1)


@pytest.mark.parametrize("detx", ["lon", "-lon", "lat", "-lat"])
@pytest.mark.parametrize("dety", ["lon", "-lon", "lat", "-lat"])
def test_axes_may_lie_otherwise(detx, dety):
    values = np.random.default_rng(0).uniform(1, 2, (17, 12, 8))
    bkg = Background3D((ENERGY, LON, LAT), values)
    if detx[-3:] == dety[-3:]:
        with pytest.raises(ArgumentError, match="give one of 'lon'"):
            bkg.oriented(detx, dety)
        return
    other = bkg.oriented(detx, dety)
    fov = {"lon": 0.7, "lat": -1.1}
    fov |= {f"-{name}": -value for name, value in fov.items()}
    assert other.evaluate(1.0, fov["lon"], fov["lat"]) == pytest.approx(bkg.evaluate(1.0, fov[detx], fov[dety]))
    assert [axis.name for axis in other.axes] == ["energy", "fov_lon", "fov_lat"]
    assert other.header["DETAXES"] == f"{detx},{dety}"
    with pytest.raises(ArgumentError, match="once"):
        other.oriented(detx, dety)


def test_doors():
    bkg = flat_3d()
    assert bkg(energy="1 TeV", fov_lon="0 deg", fov_lat="30 arcmin").to_value("s-1 MeV-1 sr-1") == pytest.approx(
        3e-8, rel=1e-9
    )
    rate = bkg.rate(["1 TeV", "10 TeV"], fov_lon=[0, 1] * u.deg, fov_lat="0 deg")
    assert rate.unit == u.Unit("s-1 sr-1")
    assert rate.shape == (1, 2)


def test_alignment_is_checked():
    axes, values = (ENERGY, LON, LAT), np.ones((17, 12, 8))
    assert Background3D(axes, values, {"FOVALIGN": "altaz "}).alignment == "ALTAZ"
    with pytest.raises(DataFormatError, match=r"FOVALIGN .* must be 'RADEC' or 'ALTAZ'"):
        _ = Background3D(axes, values, {"FOVALIGN": "REVERSE_LON_RADEC"}).alignment
