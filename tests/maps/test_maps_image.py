"""The paper's 2-D image."""

from types import SimpleNamespace

import numpy as np
import pytest
from astropy.io import fits

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.maps import SkyImage, SkyMap

EVENTS = SimpleNamespace(ra_values=np.array([83.6, 83.6, 83.7, 10.0]), dec_values=np.array([22.0, 22.0, 22.1, 10.0]))


def test_the_papers_script(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    events = EVENTS
    image = SkyImage.empty(nxpix=400, nypix=400, binsz=0.02, xref=83.6, yref=22.0, coordsys="CEL", proj="TAN")
    image.fill_events(events)
    image.write("counts.fits")
    assert fits.getdata("counts.fits").sum() == 3
    again = SkyImage.read("counts.fits")
    assert isinstance(again, SkyImage)
    np.testing.assert_array_equal(again.data, image.data)
    with pytest.raises(ArgumentError, match="overwrite"):
        image.write("counts.fits")


def test_filling_adds():
    image = SkyImage.empty(nxpix=100, nypix=50, binsz=0.02, xref=83.6, yref=22.0, coordsys="CEL", proj="TAN")
    image.fill_events(EVENTS)
    image.fill_events(EVENTS)
    assert image.data.sum() == 6
    assert image.data.shape == (50, 100)
    np.testing.assert_array_equal(image.data, 2 * SkyMap.from_events(EVENTS, image.geom).data)


def test_defaults_are_galactic_car():
    image = SkyImage.empty()
    assert image.geom.frame == "galactic"
    assert image.geom.projection == "CAR"
    assert image.data.shape == (200, 200)
    assert repr(image) == "<SkyImage 200 × 200 pixels of 0.02 deg, galactic CAR at 0.0000 0.0000, float32>"


def test_name_is_the_hdu(tmp_path):
    SkyImage.empty(name="Counts").write(tmp_path / "counts.fits")
    assert fits.getheader(tmp_path / "counts.fits")["EXTNAME"] == "COUNTS"
    assert SkyImage.read(tmp_path / "counts.fits").meta == {"name": "Counts"}


def test_recipe_of_an_empty_image():
    image = SkyImage.empty(nxpix=30, nypix=20, xref=10, yref=5)
    space = {"gpnb": gpnb}
    exec(image.recipe.to_code(), space)
    assert list(space.values())[-1].geom == image.geom
    image.fill_events(EVENTS)
    assert ".fill_events(events=events)" in image.recipe.to_code()


def test_unknown_system():
    with pytest.raises(ArgumentError, match="GAL, CEL"):
        SkyImage.empty(coordsys="EQU")
