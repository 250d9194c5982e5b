import numpy as np
import pytest
from astropy import units as u

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.irf import EffectiveArea, RadMax
from gpnb.maps.axis import Axis

TRUE = Axis.energy("0.1 TeV", "100 TeV", nbin=3, name="energy_true")
OFFSET = Axis.from_edges([0.0, 1.0, 2.0], "offset", "deg")
VALUES = np.array([[1.0, 0.5], [4.0, 2.0], [6.0, 1.0]])


def area(**header):
    return EffectiveArea((TRUE, OFFSET), VALUES * u.m**2, header)


def test_linear_between_nodes():
    aeff = area()
    centers = TRUE.center_values
    np.testing.assert_allclose(aeff.evaluate(centers, 0.5), VALUES[:, 0] * 1e4)
    assert aeff.evaluate(np.sqrt(centers[0] * centers[1]), 1.0) == pytest.approx(1e4 * (1 + 4 + 0.5 + 2) / 4)


def test_line_goes_on_to_the_edges_and_ends_there():
    aeff = area()
    assert aeff.evaluate(TRUE.center_values[1], 0.0) == pytest.approx(5e4)
    assert aeff.evaluate(TRUE.center_values[1], 2.0) == pytest.approx(1e4)
    assert aeff.evaluate(TRUE.center_values[2], 2.0) == 0  # would be negative
    assert aeff.evaluate(TRUE.center_values[1], 2.001) == 0
    assert aeff.evaluate(100.0, 0.5) == pytest.approx(7e4)
    np.testing.assert_allclose(aeff.evaluate([0.099, 101.0, np.nan], 0.5), 0)


def test_door_and_repr():
    aeff = area(HDUCLAS3="POINT-LIKE")
    value = aeff(energy=[1, 10] * u.TeV, offset="30 arcmin")
    assert value.unit == u.cm**2
    np.testing.assert_allclose(value.value, aeff.evaluate(np.array([1.0, 10.0]), 0.5))
    assert repr(aeff) == "<EffectiveArea aeff_2d: 3 energy_true × 2 offset, 0.1 to 100 TeV, point-like>"
    assert aeff.unit == u.cm**2
    assert aeff.panel == "instrument"
    with pytest.raises(ArgumentError, match="energy='1 m'"):
        aeff(energy="1 m", offset="0 deg")


def test_table_is_the_outer_product():
    energy, offset = np.geomspace(0.05, 200, 11), np.linspace(0, 2.5, 7)
    np.testing.assert_allclose(area().evaluate_grid(energy, offset), area().evaluate(energy[:, None], offset))


def test_threshold():
    assert area(LO_THRES=0.2).threshold == (0.2, None)
    assert area().threshold == (None, None)
    with pytest.raises(DataFormatError, match="LO_THRES is 'none'"):
        _ = area(LO_THRES="none").threshold


def test_direction_cut_from_a_header():
    rad_max = RadMax.from_response(area(HDUCLAS3="POINT-LIKE", RAD_MAX=0.11))
    assert rad_max.is_fixed
    assert rad_max.is_pointlike
    np.testing.assert_allclose(rad_max.evaluate(np.array([0.01, 1.0, 1000.0]), np.array([[0.0], [3.0]])), 0.11)
    assert rad_max(energy="1 TeV", offset="0.5 deg").to_value(u.deg) == pytest.approx(0.11)
    assert rad_max.energy_axis.n == 1
    for header in ({"RAD_MAX": 0.11}, {"HDUCLAS3": "POINT-LIKE"}):
        with pytest.raises(DataFormatError, match="no RAD_MAX keyword"):
            RadMax.from_response(area(**header))


def test_direction_cut_is_linear_and_held_outside():
    axes = (Axis.energy("0.1 TeV", "100 TeV", nbin=3), OFFSET)
    rad_max = RadMax(axes, [[0.3, 0.4], [0.2, 0.3], [0.1, 0.2]] * u.deg)
    assert not rad_max.is_fixed
    assert rad_max.evaluate(1.0, 0.5) == pytest.approx(0.25)
    np.testing.assert_allclose(rad_max.evaluate([0.001, 0.11, 1e3], 0.0), [0.3, 0.3, 0.1])
    assert rad_max.evaluate(1e3, 5.0) == pytest.approx(0.2)


def test_rad_max_as_applied_is_that_of_the_bin():
    axes = (Axis.energy("0.1 TeV", "100 TeV", nbin=3), Axis.from_edges([0.0, 1.0, 2.0], "offset", "deg"))
    rad_max = RadMax(axes, [[0.3, 0.4], [0.2, 0.3], [0.1, 0.2]] * u.deg)
    energy = np.array([0.01, 0.11, 0.99, 1.01, 9.9, 50.0, 1e4])
    assert rad_max.applied(energy, np.array(0.2)) == pytest.approx([0.3, 0.3, 0.3, 0.2, 0.2, 0.1, 0.1])
    assert rad_max.applied(energy[:3], np.array([0.99, 1.01, 5.0])) == pytest.approx([0.3, 0.4, 0.4])
