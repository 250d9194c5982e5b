"""The sky widget without a browser: what it tells its page, and what it makes of what the page says."""

import io
from pathlib import Path

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from ipywidgets import Widget
from regions import CircleSkyRegion, RectangleSkyRegion

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.widgets.aladin.sky import AladinSky
from gpnb.widgets.aladin.surveys import SURVEYS

CRAB = SkyCoord(83.633, 22.0145, unit="deg")
HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.fixture
def sky(monkeypatch):
    """A widget whose messages are kept."""
    made = AladinSky(CRAB, width=4.0, survey="none")
    made.sent = []
    monkeypatch.setattr(made, "send", lambda content, buffers=None: made.sent.append((content, buffers)))
    yield made
    Widget.close_all()


@pytest.fixture
def ready(sky):
    """The same, its page there."""
    says(sky, {"gpnb": "ready"})
    return sky


def says(sky, message):
    """What arrives when the page says something."""
    sky.comm.handle_msg({"content": {"data": {"method": "custom", "content": message}}, "buffers": []})


def header():
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = [83.633, 22.0145], [5, 5], [-0.1, 0.1]
    return wcs.to_header()


def test_what_is_given_before_the_page_is_there_is_told_when_it_is(sky):
    sky.show_regions("on", CircleSkyRegion(CRAB, 0.1 * u.deg))
    sky.draw("circle")
    assert sky.sent == []
    says(sky, {"gpnb": "ready"})
    assert [content["gpnb"] for content, _ in sky.sent] == ["regions", "draw"]
    says(sky, {"gpnb": "ready"})  # shown a second time
    assert len(sky.sent) == 4


def test_an_image_goes_as_a_small_fits_file(ready):
    values = np.arange(100.0).reshape(10, 10)
    ready.show_image("counts", values, header(), cmap="viridis", low=0, high=50)
    ((content, (data,)),) = ready.sent
    hdu = fits.open(io.BytesIO(data))[0]
    np.testing.assert_array_equal(hdu.data, values)
    assert WCS(hdu.header).pixel_to_world(4, 4).separation(CRAB) < 1e-6 * u.deg
    assert (content["style"]["low"], content["style"]["high"]) == (0, 50)
    assert content["style"]["colours"][-1] == "#fde725"


def test_cuts_come_from_the_values_that_are_there(ready):
    values = np.full((10, 10), np.nan)
    values[0] = np.arange(10)
    ready.show_image("ts", fits.ImageHDU(values, header()))
    style = ready.sent[0][0]["style"]
    assert 0 <= style["low"] < style["high"] <= 9


def test_restyling_sends_no_data(ready):
    ready.show_image("counts", np.ones((10, 10)), header())
    ready.restyle("counts", opacity=0.3, low=2, high=3)
    content, buffers = ready.sent[-1]
    assert (content["gpnb"], content["style"]["opacity"], buffers) == ("restyle", 0.3, [])


def test_a_restyled_layer_stays_so_where_it_is_shown_anew(ready):
    ready.show_regions("on", CircleSkyRegion(CRAB, 0.1 * u.deg))
    ready.restyle("on", colour="tab:red", line="dashed")
    says(ready, {"gpnb": "ready"})
    assert (ready.sent[-1][0]["style"]["colour"], ready.sent[-1][0]["style"]["line"]) == ("#d62728", "dashed")


def test_a_name_given_again_replaces_also_what_is_of_another_kind(ready):
    ready.show_image("one", np.ones((4, 4)), header())
    ready.show_points("one", CRAB)
    assert ready.layers == ("one",)
    assert [content["gpnb"] for content, _ in ready.sent] == ["image", "remove", "points"]
    ready.remove("one")
    assert ready.layers == ()


def test_names_reach_the_page_as_they_are_and_the_page_draws_them_as_text(ready):
    ready.show_points("cat", SkyCoord([83, 84], [22, 22], unit="deg"), [HOSTILE, "Crab"])
    assert ready.sent[0][0]["labels"] == [HOSTILE, "Crab"]
    folder = Path(gpnb.__file__).parent / "widgets" / "assets"
    ours = [path.read_text(encoding="utf-8") for path in folder.rglob("*.js")]
    assert len(ours) > 9
    assert not [word for text in ours for word in ("innerHTML", "outerHTML", "insertAdjacent", "popup") if word in text]


def test_a_drawn_circle_comes_back_as_a_region(ready):
    got = []
    ready.on_region(got.append)
    says(ready, {"gpnb": "drawn", "shape": {"kind": "circle", "places": [[83.6, 22.0], [83.6, 22.4]]}})
    says(ready, {"gpnb": "drawn", "shape": None})  # given up
    (region,) = got
    assert ready.sent[0][0] == {"gpnb": "draw", "kind": None}  # other views of the same sky stop drawing
    assert region.radius.deg == pytest.approx(0.4)
    assert region.center.ra.deg == pytest.approx(83.6)


def test_a_click_is_a_place_and_a_drag_is_none(ready):
    got = []
    ready.on_click(got.append)
    for dragging in (False, True):
        content = {"ra": 83.0, "dec": 21.0, "x": 1, "y": 2, "isDragging": dragging}
        says(ready, {"event_type": "click", "content": content})
    assert [(place.ra.deg, place.dec.deg) for place in got] == [(83.0, 21.0)]


def test_looking_sets_the_view_before_the_page_is_there_and_asks_the_page_after(sky):
    sky.look_at(SkyCoord(10, 20, unit="deg"), 2.0)
    assert (sky.target.ra.deg, sky.fov.deg) == (10, 2)
    says(sky, {"gpnb": "ready"})
    sky.look_at(SkyCoord(0, 0, unit="deg", frame="galactic"), 3.0)
    assert sky.sent[-1][0]["width"] == 3
    assert sky.sent[-1][0]["target"].startswith("266.40")


def test_surveys_have_names_and_none_is_a_plain_sky(ready):
    assert ready.survey == "none"
    ready.choose_survey("DSS2 color")
    assert ready.survey == SURVEYS["DSS2 color"]
    ready.choose_survey("DSS2 color")  # again: a new try
    assert ready.sent[-1][0] == {"gpnb": "survey"}
    with pytest.raises(ArgumentError, match="'DSS2 color'"):
        ready.choose_survey("")


def test_nothing_is_logged_elsewhere_and_menus_are_off(sky):
    assert sky.get_state("_init_options")["_init_options"]["log"] is False
    assert sky.get_state("_init_options")["_init_options"]["show_context_menu"] is False


def test_instances_share_nothing(sky):
    other = AladinSky()
    assert other.listener_callback is not sky.listener_callback
    assert vars(other)["_call_store"] is not vars(sky)["_call_store"]
    assert repr(other) == "<AladinSky with 0 layers>"


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda sky: sky.show_image("x", np.ones((2, 2))), "needs a FITS header"),
        (lambda sky: sky.show_image("x", np.ones((2, 2, 2)), header()), "two dimensions"),
        (lambda sky: sky.show_image("x", np.ones((2, 2)), fits.Header()), "no sky coordinates"),
        (lambda sky: sky.show_image("x", np.ones((2, 2)), header(), cmap="jetty"), "colour map"),
        (lambda sky: sky.show_image("x", np.ones((2, 2)), header(), stretch="cubic"), "stretch"),
        (lambda sky: sky.show_regions("x", RectangleSkyRegion(CRAB, 1 * u.deg, 1 * u.deg), colour="url(x)"), "colour"),
        (lambda sky: sky.show_regions("x", CircleSkyRegion(CRAB, 1 * u.deg), dash=1), "'dash'"),
        (lambda sky: sky.show_points("x", CRAB, ["a", "b"]), "labels"),
        (lambda sky: sky.restyle("x", opacity=0.1), "no layer 'x'"),
        (lambda sky: sky.draw("star"), "star"),
    ],
)
def test_what_cannot_be_shown_is_told(ready, call, told):
    with pytest.raises(ArgumentError, match=told):
        call(ready)
    assert ready.sent == []


def test_a_place_that_is_pointed_at_is_told_of(ready):
    says(ready, {"gpnb": "probe", "place": [10, 20], "world": [83.6, 22.0]})
    assert ready.sent == []  # nobody tells
    ready.on_probe(lambda coord: {"lon": coord.ra.deg, "rows": [("Counts", "3")]})
    assert ready.probes
    says(ready, {"gpnb": "probe", "place": [10, 20], "world": [83.6, 22.0]})
    ((content, _),) = ready.sent
    assert content == {"gpnb": "told", "place": [10, 20], "lon": 83.6, "rows": [("Counts", "3")]}
