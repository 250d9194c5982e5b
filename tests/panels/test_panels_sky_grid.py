import numpy as np
import pytest
from astropy import units as u

import gpnb
from gpnb.core.frames import from_vectors
from gpnb.panels.sky.grid import graticule, lattice, look_of, window_of

FIELD = {"center": "83.63d 22.01d", "width": "5 deg", "binsz": "0.02 deg"}
GRIDS = {
    "small": FIELD,
    "across 0": {**FIELD, "center": "galactic 0d 0d", "frame": "galactic"},
    "pole": {**FIELD, "center": "10d 89d"},
    "whole": {"center": "galactic 0d 0d", "binsz": "1 deg", "npix": (324, 162), "frame": "galactic", "proj": "AIT"},
}


@pytest.fixture(params=GRIDS)
def geom(request):
    return gpnb.WcsGeometry.create(**GRIDS[request.param])


def test_lines_have_one_longitude_or_one_latitude(geom):
    found = graticule(geom)
    assert 6 <= len(found["lines"]) < 40
    for line in found["lines"]:
        lon, lat = geom.plane.sky(*np.array(line).T)
        inside = np.isfinite(lon) & (abs(lat) < 89.9)
        spread = np.ptp(np.unwrap(lon[inside], period=360)), np.ptp(lat[inside])
        assert min(spread) < 0.6 * max(*spread, 1e-9)


def test_labels_say_where_they_are(geom):
    labels = graticule(geom)["labels"]
    assert len(labels) >= 4
    places = [(round(label["x"]), round(label["y"])) for label in labels]
    assert len(set(places)) == len(places)
    for label in labels:
        value = float(label["text"].removesuffix("°").replace("−", "-"))
        lon, lat = geom.plane.sky(np.array([label["x"]]), np.array([label["y"]]))
        away = min(abs((lon[0] - value + 180) % 360 - 180), abs(lat[0] - value))
        assert away < 0.05


def test_labels_of_a_field_lie_on_its_edges():
    geom = gpnb.WcsGeometry.create(**GRIDS["across 0"])
    labels = graticule(geom)["labels"]
    assert {label["text"] for label in labels if label["side"] == "bottom"} == {"358°", "359°", "0°", "1°", "2°"}
    assert all(label["y"] == pytest.approx(-0.5, abs=1e-6) for label in labels if label["side"] == "bottom")


def test_the_lattice_is_close_between_its_places():
    geom = gpnb.WcsGeometry.create(**FIELD)
    places = lattice(geom)
    assert places.shape == (33, 33, 3)
    middle = places[10:12, 20:22].mean(axis=(0, 1))
    lon, lat = from_vectors(middle)
    x, y = ((np.array([20.5, 10.5]) / 32) * 250 - 0.5).tolist()
    true = geom.plane.sky(np.array([x]), np.array([y]))
    distance = (
        gpnb.WcsGeometry.create(**FIELD)
        .center.__class__(lon, lat, unit="deg")
        .separation(geom.center.__class__(true[0][0], true[1][0], unit="deg"))
    )
    assert distance < 0.3 * u.arcsec


def test_off_the_sky_there_is_nothing():
    geom = gpnb.WcsGeometry.create(**GRIDS["whole"])
    assert graticule(geom, (-60.0, -60.0, -50.0, -50.0)) == {"lines": [], "labels": []}
    assert np.isnan(lattice(geom)[0, 0]).all()


def test_a_window_and_back(geom):
    window = (10.0, 20.0, 110.0, 20.0 + 100.0 * geom.ny / geom.nx)
    center, width = look_of(geom, window)
    assert window_of(geom, center, width) == pytest.approx(window, abs=1e-4)
    assert window_of(geom, "", None) is None
