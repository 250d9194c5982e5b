"""Radiation of particles: naima's own numbers, units, derivatives, and what is said without it."""

import sys

import numpy as np
import pytest
from astropy import units as u

from gpnb import ArgumentError, MissingDependency, Models, NaimaSpectrum, PowerLawNorm, SkyModel

naima = pytest.importorskip("naima")

ENERGY = np.array([0.2, 1.0, 5.0])


@pytest.fixture
def compton():
    particles = naima.models.ExponentialCutoffPowerLaw(2e33 / u.eV, 10 * u.TeV, 2.5, 30 * u.TeV)
    return naima.models.InverseCompton(particles, seed_photon_fields=["CMB"])


def test_values_are_naimas(compton):
    model = NaimaSpectrum(compton, distance="2 kpc")
    expected = compton.flux(ENERGY * u.TeV, distance=2 * u.kpc).to_value("cm-2 s-1 TeV-1")
    assert model.evaluate_at(ENERGY) == pytest.approx(expected, rel=1e-10)
    assert model.evaluate_at(ENERGY.reshape(3, 1)).shape == (3, 1)
    assert model.free == ("amplitude", "alpha", "e_cutoff")
    assert model.e_cutoff.quantity == 30 * u.TeV


def test_naimas_objects_are_not_changed(compton):
    model = NaimaSpectrum(compton)
    steep = model.replace(alpha=3.0)
    assert steep.evaluate_at(np.array([5.0])) < model.evaluate_at(np.array([5.0]))
    assert compton.particle_distribution.alpha == 2.5
    assert model == NaimaSpectrum(compton)
    assert model != steep


def test_derivatives(compton):
    model = NaimaSpectrum(compton)
    gradient = model.gradient_at(ENERGY)
    assert gradient[0] == pytest.approx(model.evaluate_at(ENERGY) / model.amplitude.value, rel=1e-9)
    up, down = (model.replace(alpha=2.5 + step).evaluate_at(ENERGY) for step in (1e-3, -1e-3))
    assert gradient[2] == pytest.approx((up - down) / 2e-3, rel=1e-4)
    assert (model * PowerLawNorm()).integral_gradient(np.array([0.5, 1.0, 2.0])).shape == (8, 2)


def test_the_field_of_synchrotron_radiation_is_a_parameter():
    particles = naima.models.PowerLaw(2e33 / u.eV, 10 * u.TeV, 2.5)
    model = NaimaSpectrum(naima.models.Synchrotron(particles, B=100 * u.uG))
    kev = np.array([1e-9])
    assert model.B.value == pytest.approx(100)
    assert model.replace(B="200 uG").evaluate_at(kev) > model.evaluate_at(kev)


def test_what_cannot_be_done(compton, monkeypatch):
    with pytest.raises(ArgumentError, match="cannot be written to YAML"):
        Models([SkyModel(spectral=NaimaSpectrum(compton), name="nebula")]).to_yaml()
    with pytest.raises(ArgumentError, match="is not a radiative model"):
        NaimaSpectrum(3)
    with pytest.raises(AttributeError, match="no parameter or attribute 'gamma'"):
        _ = NaimaSpectrum(compton).gamma
    assert "radiative_model = ..." in NaimaSpectrum(compton).recipe.to_code()
    monkeypatch.setitem(sys.modules, "naima.radiative", None)
    with pytest.raises(MissingDependency, match=r"pip install 'gpnb\[naima\]'"):
        NaimaSpectrum(compton)


def test_many_energies_are_interpolated_and_remembered(compton):
    model = NaimaSpectrum(compton, distance="2 kpc")
    many = np.geomspace(0.01, 100, 501)
    exact = compton.flux(many * u.TeV, distance=2 * u.kpc).to_value("cm-2 s-1 TeV-1")
    assert model.evaluate_at(many) == pytest.approx(exact, rel=1e-4)
    asked = []
    plain = NaimaSpectrum._radiated
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NaimaSpectrum, "_radiated", lambda self, energy: asked.append(energy.size) or plain(self, energy))
        model.evaluate_at(many[::3])
        assert asked == []  # known by now
        steep = model.replace(alpha=2.7)
        first = steep.evaluate_at(many)
        assert sum(asked) < 100
        assert model.replace(alpha=2.7).evaluate_at(many) == pytest.approx(first, rel=1e-12)
        assert len(asked) == 1


def test_energies_without_flux_are_naimas(compton):
    cut = NaimaSpectrum(compton).replace(e_cutoff="0.01 TeV")
    many = np.geomspace(1e-4, 1e6, 900)
    exact = cut._radiated(many)
    assert (exact == 0).any()
    found = cut.evaluate_at(many)
    assert (found[exact == 0] == 0).all()
    assert np.isfinite(found).all()
    assert np.isnan(cut.evaluate_at(np.array([np.nan, 1.0]))).tolist() == [True, False]
