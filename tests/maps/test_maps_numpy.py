"""Functions of numpy take maps, bin by bin, with units."""

import numpy as np
import pytest
from astropy import units as u

import gpnb

AXIS = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=2)
GEOM = gpnb.WcsGeometry.create("0d 0d", width="1 deg", binsz="0.25 deg", axes=[AXIS])


def a_map(value=4.0, unit="cm2", geom=GEOM):
    return gpnb.SkyMap(geom, np.full(geom.shape, value), unit)


def test_functions_of_one_map():
    root = np.sqrt(a_map())
    assert isinstance(root, gpnb.SkyMap)
    assert (root.unit, root.data.max()) == (u.cm, 2.0)
    assert np.isfinite(a_map(np.nan)).data.dtype == bool
    assert np.log10(a_map(100, "")).data.max() == 2
    assert np.abs(a_map(-3)).data.max() == 3
    assert np.negative(a_map()).data.max() == -4


def test_functions_of_two():
    assert np.maximum(a_map(-1), 0).data.max() == 0
    both = np.hypot(a_map(3, "m"), a_map(400, "cm"))
    assert both.quantity.max() == 5 * u.m
    flat = a_map(1.0, "m", GEOM.image())
    assert np.add(a_map(3, "m"), flat).data.max() == 4
    assert np.add(a_map(3, "m"), flat).geom == GEOM
    assert (2 * u.s * a_map()).unit == u.cm**2 * u.s
    assert (np.float64(2) * a_map()).data.max() == 8
    assert (np.float64(2) - a_map(1, "")).data.max() == 1
    assert np.less(1, a_map(4, "")).data.all()


def test_what_cannot_be_is_said():
    other = gpnb.WcsGeometry.create("1d 0d", width="1 deg", binsz="0.25 deg", axes=[AXIS])
    with pytest.raises(gpnb.ArgumentError, match=r"np\.log10 of a SkyMap: "):
        np.log10(a_map())
    with pytest.raises(gpnb.ArgumentError, match=r"use its \.data or \.quantity"):
        np.add.reduce(a_map())
    with pytest.raises(gpnb.ArgumentError, match="different geometries"):
        np.hypot(a_map(), a_map(geom=other))
    with pytest.raises(gpnb.ArgumentError, match="cannot be combined with a ndarray"):
        np.ones(GEOM.shape) * a_map()


def test_pixels_of_positions_and_of_numbers():
    np.testing.assert_allclose(GEOM.pixel("0d 0d"), GEOM.pixel(0.0, 0.0))
