"""The settings of panels can be looked up."""

import numpy as np
import pytest

import gpnb
from gpnb.core.words import parameter_meanings


def test_settings_of_a_map():
    settings = gpnb.SkyImage.empty(nxpix=4, nypix=4).settings
    assert {"stretch", "energy"} <= set(settings["name"])
    assert all(len(text) > 5 for text in settings["meaning"])


def test_each_setting_is_taken():
    image = gpnb.SkyImage.empty(nxpix=4, nypix=4)
    for name in image.settings["name"]:
        assert image.plot(**{name: None}) is not None


def test_settings_of_other_objects():
    points = gpnb.Sed(models=gpnb.PowerLaw(), energy=("1 TeV", "10 TeV"))
    assert list(points.settings["name"])[:1] == ["quantity"]
    assert points.settings["default"][0] == "'e2dnde'"


def test_meanings():
    assert parameter_meanings("Nothing here.") == {}
    text = "Words.\n\nParameters\n----------\nx\n    The x.\ny : int\n    The y,\n    too.\n"
    assert parameter_meanings(text) == {"x": "The x.", "y": "The y, too."}


@pytest.mark.parametrize("model", [gpnb.PowerLaw(), gpnb.PowerLaw() + gpnb.LogParabola()])
def test_spectra_draw_themselves(model):
    figure = model.plot(energy=("1 TeV", "10 TeV"), quantity="dnde")
    (line,) = figure.axes[0].lines
    energy, flux = line.get_data()
    np.testing.assert_allclose(flux, model.evaluate_at(np.asarray(energy)), rtol=1e-6)
