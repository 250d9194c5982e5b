"""Text with units and Quantities work wherever floats do, and give Quantities."""

import numpy as np
import pytest
from astropy import units as u

import gpnb

ENERGY, OFFSET = "1 TeV", "0.5 deg"


@pytest.fixture(scope="module")
def obs(demo):
    return demo.select(target="Crab")[0]


@pytest.mark.parametrize(
    ("part", "name", "more", "unit"),
    [
        ("edisp", "bias", (), ""),
        ("edisp", "resolution", (), ""),
        ("edisp", "half_width", (), ""),
        ("psf", "containment_radius", (), "deg"),
        ("psf", "containment", ("0.1 deg",), ""),
    ],
)
def test_methods_take_units_and_floats(obs, part, name, more, unit):
    method = getattr(getattr(obs, part), name)
    found = method(ENERGY, OFFSET, *more)
    assert isinstance(found, u.Quantity)
    assert found.unit == u.Unit(unit)
    plain = method(1.0, 0.5, *(u.Quantity(item).value for item in more))
    assert not isinstance(plain, u.Quantity)
    assert found.value == pytest.approx(plain, rel=1e-12)
    assert method(1000 * u.GeV, 30 * u.arcmin, *more).value == pytest.approx(plain, rel=1e-12)
    assert method(["1 TeV", "2 TeV"], OFFSET, *more).shape == (2,)
    with pytest.raises(gpnb.ArgumentError, match=r"offset=0\.5 has no unit"):
        method(ENERGY, 0.5, *more)
    with pytest.raises(gpnb.ArgumentError, match="not convertible"):
        method("1 deg", OFFSET, *more)


def test_fractions_go_by_name(obs):
    assert obs.psf.containment_radius(ENERGY, OFFSET, fraction=0.95) > obs.psf.containment_radius(ENERGY, OFFSET)
    with pytest.raises(gpnb.ArgumentError, match="give by name: fraction"):
        obs.psf.containment_radius(0.68, 1.0, 0.5)
    assert np.isnan(obs.psf.containment_radius(ENERGY, "170 deg"))
