"""Curves and images of responses: the numbers of the responses, at the offsets and energies of the record."""

import numpy as np
import pytest

from gpnb.core.errors import ArgumentError
from gpnb.irf import Background3D, EffectiveArea, EnergyDispersion, PsfKing, RadMax
from gpnb.maps.axis import Axis
from gpnb.panels.instrument.curves import curve_plots, energies_of, offsets_of, overview_plots
from gpnb.panels.instrument.images import image_of
from gpnb.panels.instrument.view import InstrumentView

TRUE = Axis.energy("0.1 TeV", "100 TeV", nbin=12, name="energy_true")
RECO = Axis.energy("0.1 TeV", "100 TeV", nbin=12)
OFFSET = Axis.from_edges([0.0, 0.5, 1.0, 1.5, 2.0, 2.5], "offset", "deg")
ONE = Axis.from_edges([0.3, 0.5], "offset", "deg")
MIGRA = Axis.from_edges(np.linspace(0, 3, 121), "migra", "")
FOV = np.linspace(-4, 4, 17)

AREA = np.linspace(1e7, 1e9, 12)[:, None] * np.linspace(1, 0.4, 5)
DENSITY = np.exp(-0.5 * ((MIGRA.center_values - 1.1) / 0.2) ** 2)
RATE = np.tile(RECO.center_values[:, None, None] ** -2.7, (1, 16, 16))
RESPONSES = {
    "aeff": EffectiveArea((TRUE, OFFSET), AREA, {"LO_THRES": 0.7, "HI_THRES": 1e4}),
    "edisp": EnergyDispersion((TRUE, MIGRA, OFFSET), np.tile(DENSITY[None, :, None], (12, 1, 5))),
    "psf": PsfKing.from_columns((TRUE, OFFSET), GAMMA=np.full((12, 5), 2.0), SIGMA=np.full((12, 5), 0.08)),
    "bkg": Background3D((RECO, Axis.from_edges(FOV, "fov_lon", "deg"), Axis.from_edges(FOV, "fov_lat", "deg")), RATE),
    "rad": RadMax((RECO, ONE), np.full((12, 1), 0.15)),
}


def view(**changes):
    return InstrumentView.build(**changes)


def test_area_is_in_square_metres_at_the_chosen_offset_on_top():
    (plot,) = curve_plots(RESPONSES["aeff"], view(offset="0.75 deg", offsets=["0 deg", "0.75 deg", "2 deg"]))
    assert [curve.label for curve in plot.lines] == ["0° off axis", "2° off axis", "0.75° off axis"]
    top = plot.lines[-1]
    assert np.nan_to_num(top.y) == pytest.approx(RESPONSES["aeff"].evaluate(top.x, np.array(0.75)) * 1e-4)
    assert [rule.value for rule in plot.marks] == [0.7]
    assert plot.y[0] < np.nanmin(top.y) < np.nanmax(top.y) < plot.y[1]


def test_resolution_and_bias_are_those_of_the_density():
    resolution, bias = curve_plots(RESPONSES["edisp"], view())
    assert resolution.lines[0].y == pytest.approx(0.2, rel=1e-2)
    assert bias.lines[0].y == pytest.approx(0.1, rel=1e-2)
    assert [rule.value for rule in bias.rules] == [0]
    assert bias.y[0] < 0 < 0.1 < bias.y[1] < 0.5
    assert bias.y[1] > -2 * bias.y[0]  # where the curves lie


def test_every_fraction_of_containment_has_its_curves():
    plot, profile = curve_plots(RESPONSES["psf"], view(containment=(0.5, 0.9), offsets=["0 deg", "1 deg"]))
    assert [curve.width for curve in plot.lines] == [2, 2, 1.4, 1.4]
    assert [curve.role for curve in plot.lines] == ["model", "fine"] * 2
    wide, narrow = plot.lines[2].y, plot.lines[0].y
    assert (wide > narrow).all()
    assert narrow == pytest.approx(RESPONSES["psf"].containment_radius(plot.lines[0].x, np.array(0.0), fraction=0.5))
    assert plot.facts == "50 %, thin 90 %"
    assert not profile.log_x
    assert all(np.diff(curve.y[np.isfinite(curve.y)]).max() <= 0 for curve in profile.lines)


def test_the_rate_is_a_power_law():
    (plot,) = curve_plots(RESPONSES["bkg"], view(energy=("1 TeV", "10 TeV")))
    curve = plot.lines[0]
    assert (plot.x, curve.x[0], curve.x[-1]) == (pytest.approx((1, 10)), pytest.approx(1), pytest.approx(10))
    assert np.polyfit(np.log(curve.x), np.log(curve.y), 1)[0] == pytest.approx(-2.7, abs=0.02)
    assert plot.y[0] < curve.y.min() < curve.y.max() < plot.y[1]


def test_what_does_not_depend_on_offset_has_one_curve_and_no_image():
    (plot,) = curve_plots(RESPONSES["rad"], view(offset="1 deg"))
    assert [curve.label for curve in plot.lines] == ["0.4° off axis"]
    assert plot.lines[0].y == pytest.approx(0.15)
    assert image_of(RESPONSES["rad"], view()) is None
    pointlike = EffectiveArea((TRUE, ONE), AREA[:, :1], {"HDUCLAS3": "POINT-LIKE"})
    assert image_of(pointlike, view()) is None


def test_an_overview_has_the_same_offsets_everywhere():
    parts = {name: RESPONSES[name] for name in ("aeff", "edisp", "psf", "bkg")}
    plots = overview_plots(parts, view(offset="0.3 deg"))
    assert [plot.name for plot in plots] == ["area", "resolution", "bias", "containment", "profile", "rate"]
    labels = [[curve.label for curve in plot.lines if curve.label] for plot in plots if plot.log_x]
    assert labels[0] == ["0° off axis", "1° off axis", "1.5° off axis", "0.3° off axis"]
    assert all(found == labels[0] for found in labels)


def test_fixed_offsets_keep_their_look_and_the_chosen_one_lies_on_top():
    def looks(**changes):
        (plot,) = curve_plots(RESPONSES["aeff"], view(**changes))
        return {curve.label: (curve.role, curve.dash, curve.width) for curve in plot.lines}

    fixed, chosen, same = looks(), looks(offset="0.3 deg"), looks(offset="1 deg")
    assert list(chosen.items()) == [*fixed.items(), ("0.3° off axis", ("accent", "solid", 2.5))]
    assert list(same)[-1] == "1° off axis"
    assert same == {**fixed, "1° off axis": ("accent", "solid", 2.5)}


def test_usual_offsets_lie_within():
    assert offsets_of(RESPONSES["aeff"], view()) == [0.0, 1.0, 1.5]
    assert offsets_of(RESPONSES["bkg"], view()) == [0.0, 1.5, 3.0]


def test_energies_outside_are_a_sentence():
    with pytest.raises(ArgumentError, match=r"200 to 300 TeV was asked for, but the response covers 0.1 to 100 TeV"):
        energies_of(RESPONSES["aeff"], view(energy=("200 TeV", "300 TeV")))


def test_an_empty_response_is_drawn_as_nothing():
    empty = EffectiveArea((TRUE, OFFSET), np.zeros((12, 5)))
    (plot,) = curve_plots(empty, view())
    assert np.isnan(plot.lines[0].y).all()
    assert plot.y[0] < plot.y[1]
    image = image_of(empty, view()).image
    assert np.isnan(image.values).all()
    assert image.low < image.high


def test_images_are_the_responses_at_their_pixels():
    image = image_of(RESPONSES["aeff"], view()).image
    row, column = 40, 70
    energy, offset = np.sqrt(image.x[column] * image.x[column + 1]), image.y[row : row + 2].mean()
    assert image.values[row, column] == pytest.approx(RESPONSES["aeff"].evaluate(energy, offset) * 1e-4)
    assert image.values.shape == (len(image.y) - 1, len(image.x) - 1)
    migration = image_of(RESPONSES["edisp"], view(offset="1 deg"))
    assert migration.facts == "1° off axis"
    peak = np.nanargmax(migration.image.values[:, 40])
    assert migration.image.y[peak : peak + 2].mean() == pytest.approx(1.1, abs=0.02)
    radius = image_of(RESPONSES["psf"], view(containment=(0.9,))).image
    assert radius.label == "90 % containment radius (deg)"
    assert radius.values[0, 0] == pytest.approx(
        RESPONSES["psf"].containment_radius(radius.x[0], radius.y[0], fraction=0.9), rel=1e-3
    )


def test_the_field_of_view_is_a_square():
    field = image_of(RESPONSES["bkg"], view(energy=("1 TeV", "10 TeV")))
    assert field.square
    assert field.facts == "1 – 10 TeV"
    assert (field.image.x == field.image.y).all()
    expected = RESPONSES["bkg"].integrate(np.array([1.0, 10.0]), np.array(0.0), np.array(0.0))[0]
    assert field.image.values[60, 60] == pytest.approx(expected, rel=1e-3)
