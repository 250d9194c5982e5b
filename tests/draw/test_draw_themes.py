"""Pictures for light and dark pages: the dark one from the light one, images as they are, both small."""

import io

import numpy as np
import pytest
from PIL import Image

import gpnb
from gpnb.draw.style import png
from gpnb.draw.themes import GROUND, both_pictures

pytestmark = pytest.mark.long


def pixels(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


@pytest.fixture(scope="module")
def figures():
    geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="2 deg", binsz="0.02 deg")
    values = np.random.default_rng(1).normal(size=geom.shape)
    values[:, :20] = np.nan
    return gpnb.SkyMap(geom, values).plot(), gpnb.PowerLaw(index=2, amplitude="1e-11 TeV-1 s-1 cm-2").plot()


def test_plots_turn_dark(figures):
    light, dark = map(pixels, both_pictures(figures[1]))
    assert light.shape == dark.shape
    assert light[0, 0].tolist() == [255, 255, 255]
    assert np.abs(dark[0, 0] - GROUND).max() <= 2
    assert np.median(dark.sum(axis=-1)) < 150 < 600 < np.median(light.sum(axis=-1))
    coloured = (light.max(axis=-1) - light.min(axis=-1)) > 120  # the curve keeps its hue
    assert (light[coloured].argmax(axis=-1) == dark[coloured].argmax(axis=-1)).mean() > 0.9


def test_skies_stay_as_they_are_but_for_what_is_not_known(figures):
    light, dark = map(pixels, both_pictures(figures[0]))
    middle = tuple(size // 2 for size in light.shape[:2])
    place = slice(middle[0] - 40, middle[0] + 40), slice(middle[1] - 40, middle[1] + 40)
    assert np.abs(light[place] - dark[place]).mean() < 8
    assert (light.sum(axis=-1) > 640).mean() > 0.3
    assert (dark.sum(axis=-1) > 640).mean() < 0.05


def test_two_weigh_no_more_than_one(figures):
    light, dark = both_pictures(figures[0])
    assert len(light) + len(dark) < 1.3 * len(png(figures[0]))
    assert round(Image.open(io.BytesIO(light)).info["dpi"][0]) == 192


def test_reports_hold_both_and_notebooks_one(figures):
    image = gpnb.SkyImage.empty(nxpix=20, nypix=20)
    with gpnb.set_options(display="static", pictures="both"):
        page = image.view()._repr_mimebundle_()["text/html"]
    assert page.count("<img") == 2
    assert "gpnb-on-dark" in page.split("<section")[1]
    with gpnb.set_options(display="static"):
        assert image.view()._repr_mimebundle_()["text/html"].count("<img") == 1


def test_a_figure_says_how_large_it_is(figures):
    data, told = figures[1]._repr_mimebundle_()
    width = Image.open(io.BytesIO(png(figures[1]))).width
    assert told["image/png"]["width"] == pytest.approx(width / 2, abs=1)
    assert set(data) == {"image/png"}


def test_lines_of_a_grid_stay_faint_where_nothing_is_known(figures):
    light, dark = map(pixels, both_pictures(figures[0]))
    box, scale = figures[0].axes[0].get_window_extent(), light.shape[1] / figures[0].bbox.width
    left, right = round(box.x0 * scale) + 6, round((box.x0 + 0.18 * box.width) * scale)
    bottom, top = light.shape[0] - round(box.y0 * scale) - 6, light.shape[0] - round(box.y1 * scale) + 6
    place = slice(top, bottom), slice(left, right)
    assert np.ptp(light[place].sum(axis=-1)) > 10  # there are lines
    assert dark[place].sum(axis=-1).max() < 300
