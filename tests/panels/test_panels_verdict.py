"""How well a model describes spectra, in words."""

import math
import re

import numpy as np
import pytest

import gpnb
from gpnb.panels.spectrum.goodness import chance_cell, fit_chance, goodness
from gpnb.panels.spectrum.verdict import verdict_of
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.work import SpectrumWork

AXIS = "0.3 TeV", "30 TeV"


@pytest.fixture(scope="module")
def spectra(demo):
    energy = gpnb.Axis.energy(*AXIS, per_decade=10)
    return gpnb.reduce_spectrum(demo.select(target="Crab"), "icrs; circle(83.63, 22.01, 0.11)", energy)


def said(result, **changes):
    return verdict_of(SpectrumWork(result), SpectrumView.build(**changes)).words


def test_a_straight_model_of_a_curved_spectrum_is_a_poor_fit(spectra):
    words = said(gpnb.fit(spectra, gpnb.PowerLaw()))
    assert re.match(r"Poor fit: −2 ln L 1[2-6]\d\.\d for 78 dof, p = \d × 10⁻", words), words
    assert words.endswith("⁶; try a curved model")


def test_of_a_good_fit_nothing_is_said(spectra):
    assert said(gpnb.fit(spectra, gpnb.LogParabola())) == ""


def test_parameters_that_are_one_are_told(spectra):
    words = said(gpnb.fit(spectra, gpnb.SmoothBrokenPowerLaw()))
    assert words == "amplitude and e_break are degenerate (correlation −0.998): hold one of them"


def test_values_that_predict_nothing_are_told(spectra):
    words = said(spectra, model="PowerLaw", parameters=[["index", 99999.0, None, None, False]])
    assert words.startswith("−2 ln L is not finite")


def test_without_a_model_nothing_is_said(spectra):
    assert said(spectra) == ""


@pytest.mark.parametrize("level", [1.5, 8.0, 40.0])
def test_the_chance_is_even_where_the_model_is_true(spectra, level):
    """Simulated from the model itself: p below 0.05 in 5 % of all cases, few counts or many, OFF counts or none."""
    first = spectra[0]
    model = gpnb.LogParabola(amplitude=f"{level * 1e-12} cm-2 s-1 TeV-1", reference="1 TeV")
    sky, chances = gpnb.SkyModel(model, name="true"), []
    for seed in range(300):
        item = gpnb.simulate_spectrum(first, model, seed=seed)
        whole = gpnb.Likelihood(item, sky)
        predicted = whole.predict(whole.start)
        chances.append(goodness([item], predicted, 0)[2])
    assert np.mean(np.array(chances) < 0.05) == pytest.approx(0.05, abs=0.04)
    assert np.min(chances) > 1e-4


def test_too_few_counts_say_nothing(spectra):
    item = spectra[0].restrict(("20 TeV", "30 TeV"))
    total, dof, chance = goodness([item], [np.zeros(item.counts.size)], 2)
    assert dof < 1
    assert np.isnan(chance)
    assert total >= 0


def test_the_chance_of_a_fit_is_that_of_its_verdict(spectra):
    result = gpnb.fit(spectra, gpnb.PowerLaw())
    assert f"p = {chance_cell(fit_chance(result)).removeprefix('▲ ')};" in said(result)
    assert fit_chance(gpnb.fit(spectra, gpnb.LogParabola())) > 0.01


def test_chances_in_cells():
    cells = [chance_cell(chance) for chance in (0.912, 0.02, 3.4e-3, 3e-5, 1e-40, 0.0, math.nan)]
    assert cells == ["0.91", "0.02", "3 × 10⁻³", "▲ 3 × 10⁻⁵", "▲ < 10⁻¹⁶", "▲ < 10⁻¹⁶", "–"]
