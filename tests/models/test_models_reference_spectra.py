"""Reference spectra against what was published, and against the values of Gammapy 2.1."""

import math

import numpy as np
import pytest
from astropy import units as u

import gpnb
from gpnb.models.reference_spectra import REFERENCES

CRAB = {
    "crab-meyer": (6.892056296810642e-09, 5.572437262380761e-12, 3.21806073228656e-15, 2.0354018763521176e-11),
    "crab-hegra": (1.1797403552210491e-08, 4.603496813625839e-12, 3.8170579039986035e-15, 1.7050080422171287e-11),
    "crab-hess-powerlaw": (1.471699339865494e-08, 5.573271582124185e-12, 4.497697005633057e-15, 2.066947304215621e-11),
    "crab-hess": (9.165387278783994e-09, 6.237142526143651e-12, 1.3606948512415822e-15, 2.2368474327890127e-11),
    "crab-magic": (5.485326997451439e-09, 5.5451060834144166e-12, 2.1730018441887754e-15, 1.997463436097949e-11),
    "crab-magic-cutoff": (6.061014950234228e-09, 5.884945956194168e-12, 1.392750150849342e-16, 2.0578282599374036e-11),
}
"""At 0.1, 2 and 30 TeV (cm-2 s-1 TeV-1), and from 1 to 10 TeV (cm-2 s-1)."""

RAYS = {
    "protons": (0.06046180343947893, 1.856522037346802e-05, 1.2395204871833883e-08),
    "helium": (0.03944016783688095, 1.4495044929501769e-05, 1.138514698790886e-08),
    "silicon": (0.016312788447377484, 5.646618095926816e-06, 4.201319081074829e-09),
    "iron": (0.007183145481872782, 2.7202309262464027e-06, 2.1952589805332516e-09),
    "electrons": (0.00016013526245869212, 1.0136709153257031e-08, 1.560778503517058e-12),
}
"""From all the sky, at the same energies; what is helium here Gammapy calls N."""

AT = [0.1, 2, 30] * u.TeV
TABLE_3 = {"protons": (0.096, 2.70), "helium": (0.0719, 2.64), "silicon": (0.0284, 2.66), "iron": (0.0134, 2.63)}


def test_each_reference_is_tested():
    assert {*CRAB, *RAYS} == set(REFERENCES)


@pytest.mark.parametrize(("name", "values"), CRAB.items(), ids=list(CRAB))
def test_the_crab(name, values):
    found = gpnb.reference_spectrum(name)
    assert found(AT).to_value("cm-2 s-1 TeV-1") == pytest.approx(values[:3], rel=1e-6)
    assert found.integral("1 TeV", "10 TeV").to_value("cm-2 s-1") == pytest.approx(values[3], rel=1e-3)


def test_fluxes_that_were_published_beside_the_parameters():
    """H.E.S.S. 2006: 2.26 ± 0.08 above 1 TeV, in 1e-11 cm-2 s-1; 5.4e-11 erg cm-2 s-1 at 1 TeV of the polynomial."""
    hess = gpnb.reference_spectrum("crab-hess").integral("1 TeV").to_value("1e-11 cm-2 s-1")
    assert hess == pytest.approx(2.26, abs=0.01)
    meyer = (u.TeV**2 * gpnb.reference_spectrum("crab-meyer")("1 TeV")).to_value("erg cm-2 s-1")
    assert math.log10(meyer) == pytest.approx(-10.2708, abs=1e-9)


@pytest.mark.parametrize(("name", "values"), RAYS.items(), ids=list(RAYS))
def test_cosmic_rays_from_all_the_sky(name, values):
    assert gpnb.reference_spectrum(name)(AT).to_value("cm-2 s-1 TeV-1") == pytest.approx(values, rel=1e-6)


@pytest.mark.parametrize(("name", "law"), TABLE_3.items(), ids=list(TABLE_3))
def test_nuclei_per_solid_angle(name, law):
    amplitude, index = law
    found = gpnb.reference_spectrum(name, "1 sr")
    assert found("1 TeV").to_value("m-2 s-1 TeV-1") == pytest.approx(amplitude)
    assert found.parameters[0].value == index


def test_electrons_are_a_power_law_with_a_log_normal_bump():
    energy = np.geomspace(0.01, 10, 7)
    bump = 3.19e-3 / (energy * 0.776 * math.sqrt(2 * math.pi)) * np.exp(-(np.log(energy / 0.107) ** 2) / (2 * 0.776**2))
    found = gpnb.reference_spectrum("electrons", "1 sr")
    assert found(energy * u.TeV).to_value("m-2 s-1 TeV-1") == pytest.approx(6.85e-5 * energy**-3.21 + bump)
    small = gpnb.reference_spectrum("electrons", solid_angle="0.1 deg2")
    assert (small("1 TeV") / found("1 TeV")).value == pytest.approx((0.1 * u.deg**2).to_value("sr"))


def test_they_are_written_fitted_and_changed_like_others():
    crab = gpnb.reference_spectrum("crab-meyer").thaw("norm")
    (back,) = gpnb.Models.from_yaml(gpnb.Models([gpnb.SkyModel(crab, name="crab")]).to_yaml())
    assert back.spectral == crab
    slope = crab.gradient_at(np.array([0.5, 5.0]))[0]
    assert slope == pytest.approx(crab.evaluate_at(np.array([0.5, 5.0])))
    assert crab.replace(norm=2)("1 TeV") == 2 * gpnb.MeyerCrab()("1 TeV")


def test_what_is_not_known_or_does_not_fit_is_told():
    with pytest.raises(gpnb.ArgumentError, match="did you mean 'crab-hess'"):
        gpnb.reference_spectrum("crab-hes")
    with pytest.raises(gpnb.ArgumentError, match="is a source"):
        gpnb.reference_spectrum("crab-hess", "1 sr")
    for size in ("0 sr", "13 sr", "-1 sr"):
        with pytest.raises(gpnb.ArgumentError, match="4π sr"):
            gpnb.reference_spectrum("protons", size)


def test_they_lie_over_a_spectral_energy_distribution():
    points = gpnb.FluxPoints.from_table(
        {"e_ref": [1.0, 3.0] * u.TeV, "dnde": [3e-11, 2e-12] * u.Unit("cm-2 s-1 TeV-1"), "dnde_err": [1e-12, 1e-13]}
    )
    figure = gpnb.Sed({"mine": points}, {"Meyer": gpnb.reference_spectrum("crab-meyer")}).plot()
    assert "Meyer" in [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
