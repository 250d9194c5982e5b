"""What stands below a light curve: hardness, other wavelengths; how the record holds them, folding with derivatives."""

import json

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable, Table
from astropy.time import Time

import gpnb
from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.panels.lightcurve.curve import curve_plot
from gpnb.panels.lightcurve.series import series_of, series_text
from gpnb.panels.lightcurve.strips import strip_plots
from gpnb.panels.lightcurve.view import LightCurveView
from gpnb.panels.lightcurve.words import correlation_rows, notes_of
from gpnb.panels.lightcurve.work import CurveWork
from gpnb.products.hardness import hardness_of
from gpnb.stats import pearson

START = Time(60000.0, format="mjd", scale="tt")
HOURS = np.append(np.arange(6), 24 + np.arange(4)) / 6 * np.append(np.ones(6), np.ones(4))
HOURS[6:] = 24 + np.arange(4) / 6
SOFT = np.array([1.0, 1.1, 0.9, 1.0, 4.0, 4.2, 3.9, 1.0, 1.1, 0.95])


def make_curve(hard=None, **columns):
    """Two bands in ten-minute bins of two nights, in units of 1e-11 cm-2 s-1, with errors of 0.1."""
    hard = 0.5 * SOFT if hard is None else hard
    flux = np.column_stack([SOFT, hard]) * 1e-11 * u.Unit("cm-2 s-1")
    edges = np.broadcast_to([0.5, 1.0, 8.0], (10, 3)) * u.TeV
    energies = {"e_min": edges[:, :-1], "e_max": edges[:, 1:], "e_ref": np.sqrt(edges[:, 1:] * edges[:, :-1])}
    times = {"time_min": START + HOURS * u.h, "time_max": START + HOURS * u.h + 10 * u.min}
    errors = {"flux_err": np.full((10, 2), 1e-12) * flux.unit, "flux_ul": flux + 2e-12 * flux.unit}
    limits = {"is_ul": np.zeros((10, 2), dtype=bool)}
    return gpnb.LightCurve.from_table(
        QTable({**times, **energies, "flux": flux, **errors, **limits, **columns}), "flux"
    )


def make_series(hours=HOURS + 1 / 12, value=2 * SOFT, name="X", **more):
    time_ = START + np.asarray(hours) * u.h
    given = {"errn": 0.1, "errp": 0.2, "unit": "erg cm-2 s-1", "name": name, **more}
    return gpnb.Series(time_min=time_, time_max=time_, value=np.asarray(value), **given)


def strips(obj, **changes):
    work, view = CurveWork(obj), LightCurveView.build(**changes)
    shown = curve_plot(work, view)
    return strip_plots(work, view, shown), shown, work, view


def test_a_record_holds_files_by_path_and_others_by_value(tmp_path):
    path = tmp_path / "x.csv"
    Table({"mjd_tt": [60000.01], "flux": [1.0], "rate": [7.0]}).write(path)
    radio = Table({"mjd_tt": [60000.01], "flux": [2.0] * u.mJy})
    told = gpnb.Series.read(path, value="rate")
    view = LightCurveView.build(series=[path, told, make_series(), radio, make_curve()])
    assert view.series[0] == str(path)
    assert json.loads(view.series[1]) == {"path": str(path), "value": "rate"}
    assert [series_of(text).name for text in view.series] == ["x", "x", "X", "flux", "0.5–1 TeV"]
    saved = json.loads(json.dumps(view.to_dict()))
    assert LightCurveView.from_dict(saved) == view
    assert LightCurveView.build(**view.changed()) == view
    assert LightCurveView.build(series=path).series == LightCurveView.build(series=[path, path]).series


def test_files_are_read_again_when_they_are_added_again(tmp_path):
    path = tmp_path / "x.csv"
    for flux in (1.0, 2.0):
        Table({"mjd_tt": [60000.01], "flux": [flux]}).write(path, overwrite=True)
        assert series_of(series_text(path)).value.tolist() == [flux]


def test_what_a_record_refuses(tmp_path):
    with pytest.raises(DataFormatError, match="no such file"):
        LightCurveView.build(series=[tmp_path / "no.csv"])
    with pytest.raises(DataFormatError, match="not the text of a series"):
        LightCurveView.build(series=["{}"])
    with pytest.raises(ArgumentError, match="is no series"):
        LightCurveView.build(series=3)
    with pytest.raises(ArgumentError, match="0 or more"):
        LightCurveView.build(within="-1 s")


def test_the_code_of_a_panel_makes_its_series_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Table({"t": [60000.01], "flux": [1.0]}).write("x.csv")
    make_curve().write("curve.fits")
    told = gpnb.Series.read("x.csv", time="t", scale="tt", name="told")
    panel = gpnb.LightCurve.read("curve.fits").view(series=[told, make_series()], within="1 min", hardness=True)
    names = {}
    exec(panel.to_code(), names)
    again = names["panel"]
    assert again.state == panel.state
    assert [series_of(text).name for text in again.state.series] == ["told", "X"]
    assert "gpnb.Series.read(path='x.csv', time='t', scale='tt', name='told')" in panel.to_code()


def test_a_series_below_the_light_curve_with_the_same_axis():
    limits = make_series([0.3, 0.4], [np.nan, 5.0], "L", ul=[3.0, np.nan], is_ul=[True, False], unit="mJy")
    (one, two), shown, work, view = strips(make_curve(), series=[make_series(), limits])
    assert one.x == two.x == shown.x
    assert (one.title, one.y_label, two.y_label) == ("X", "erg s⁻¹ cm⁻²", "mJy")
    points = one.points[0]
    assert points.x == pytest.approx(shown.points[0].x)  # moments in the middles of the bins
    assert points.y == pytest.approx(2 * SOFT)
    assert (points.y - points.y_low, points.y_high - points.y) == (pytest.approx(0.1), pytest.approx(0.2))
    assert two.points[0].limit.tolist() == [True, False]
    assert two.points[0].label == "1 value, 1 upper limit"
    assert (one.points[0].role, one.points[0].marker) != (two.points[0].role, two.points[0].marker)
    assert two.y[0] < 3.0 - 0.15 * (two.y[1] - two.y[0])  # room for the arrow
    assert notes_of(work, view) == []


def test_small_values_have_their_power_of_ten_in_the_title():
    (strip,), *_ = strips(make_curve(), series=make_series(value=3e-12 * SOFT, unit="erg cm-2 s-1"))
    assert strip.y_label == "10⁻¹¹ erg s⁻¹ cm⁻²"
    assert strip.points[0].y == pytest.approx(0.3 * SOFT)
    (strip,), *_ = strips(make_curve(), series=make_series(unit="1e-12 erg cm-2 s-1"))
    assert strip.y_label == "10⁻¹² erg s⁻¹ cm⁻²"


def test_what_lies_outside_the_times_is_told_or_shown():
    far = make_series([-30.0, 0.5, 12.0, 24.2, 90.0], np.arange(5) + 1.0)
    (strip,), shown, work, view = strips(make_curve(), series=far)
    assert strip.points[0].y.tolist() == [2.0, 4.0]  # 12 h lies in the pause that is cut short
    assert notes_of(work, view) == ["X: 3 of 5 outside the times shown"]
    (strip,), shown, work, view = strips(make_curve(), series=far, all_times=True)
    assert strip.points[0].y.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert (np.diff(strip.points[0].x) > 0).all()
    assert len(shown.points[0].x) == 10
    assert notes_of(work, view) == []


def test_a_bin_longer_than_all_that_is_shown_is_drawn():
    week = gpnb.Series(time_min=START - [3] * u.d, time_max=START + [0.2] * u.h, value=[1.0], name="LAT")
    (strip,), shown, *_ = strips(make_curve(), series=week)
    points = strip.points[0]
    assert len(points.x) == 1
    assert shown.x[0] <= points.x[0] <= points.x_high[0] < 0.1


def test_hardness():
    limits = np.zeros((10, 2), dtype=bool)
    limits[2, 1], limits[3, 0], limits[4, 0], limits[4, 1] = True, True, True, True
    value, error, is_ul = hardness_of(make_curve(is_ul=limits), 0, 1)
    assert value[:2] == pytest.approx(-1 / 3)
    h, s = 0.5, 1.0
    assert error[0] == pytest.approx(2 * np.hypot(h * 0.1, s * 0.1) / (h + s) ** 2)
    assert is_ul.tolist() == [False, False, True, *[False] * 7]
    assert value[2] == pytest.approx((0.65 - 0.9) / (0.65 + 0.9))
    assert np.isnan(value[3:5]).all()
    (strip,), _, work, view = strips(make_curve(is_ul=limits), hardness=True)
    assert "S 0.5–1 TeV, H 1–8 TeV" in strip.facts
    assert "χ²/dof 0.0/6" in strip.facts
    assert strip.points[0].limit.sum() == 1
    assert "hardness of 2 bins not known" in notes_of(work, view)
    assert strips(make_curve(), hardness=True, bands=(1,))[0] == []


def test_the_correlation_is_of_simultaneous_pairs_used_once():
    value = SOFT + np.linspace(0, 1, 10)
    found, _, work, view = strips(make_curve(), series=make_series(value=value), bands=(0,))
    expected = pearson(SOFT, value)
    (row,) = correlation_rows(work, view)
    assert row[:5] == ["X", "0.5–1 TeV", "all", "10", f"{expected.r:.2f}"]
    assert found[0].facts.startswith(f"r {expected.r:.2f} · 10 pairs")
    chosen = view.replace(time=(START - 1 * u.h, START + 12 * u.h))
    rows = correlation_rows(work, chosen)
    assert [row[3] for row in rows] == ["10", "6", "4"]
    assert rows[1][4] == f"{pearson(SOFT[:6], value[:6]).r:.2f}"
    late = view.replace(series=make_series(HOURS + 0.2, value))
    assert [row[3] for row in correlation_rows(work, late)] == [
        "8"
    ]  # each is in the next bin, those after the last in none
    apart = view.replace(series=make_series(HOURS + 3, value))
    assert correlation_rows(work, apart)[0][3:] == ["0", "–", "–"]
    assert correlation_rows(work, apart.replace(within="3 h"))[0][3] != "0"


def test_folding_with_derivatives_is_that_of_the_ephemeris():
    curve, other = make_curve(), make_series()
    changes = {"frequency": "1e-4 Hz", "f1": "2e-10 Hz s-1", "f2": "-1e-15 Hz s-2", "epoch": START - 1 * u.h}
    (strip,), shown, _, view = strips(curve, series=other, **changes)
    truth = gpnb.Ephemeris(START - 1 * u.h, 1e-4, 2e-10, -1e-15)
    assert shown.points[0].x == pytest.approx(truth.phase(curve.time))
    assert strip.points[0].x == pytest.approx(truth.phase(other.time))
    assert shown.x_label == "Phase (2.77777778 h, 2 × 10⁻¹⁰ Hz s⁻¹, −1 × 10⁻¹⁵ Hz s⁻²)"
    plain = CurveWork(curve).phases(view.replace(f1=None, f2=None))
    assert np.abs(plain - truth.phase(curve.time)).max() > 0.05
    assert view.changed()["f1"] == "2e-10 Hz s-1"
    assert LightCurveView.build(**view.changed()) == view


def test_the_picture_has_a_strip_for_each(tmp_path):
    curve = make_curve()
    figure = curve.plot(series=[make_series(), make_series(name="Y")], hardness=True, time=(START, START + 1 * u.h))
    assert len(figure.axes) == 4
    assert [axes.get_xlabel() for axes in figure.axes] == ["", "", "", "Time (MJD, TT)"]
    assert len({axes.get_xlim() for axes in figure.axes}) == 1
    with gpnb.set_options(display="static"):
        html = curve.view(series=make_series(name="<b>X</b>"))._repr_mimebundle_()["text/html"]
    assert "Pearson r" in html
    assert "&lt;b&gt;X&lt;/b&gt;" in html
    assert "<b>X</b>" not in html


def test_a_file_that_is_gone_is_told(tmp_path):
    path = tmp_path / "x.csv"
    view = LightCurveView.from_dict({"series": [str(path)]})
    with pytest.raises(DataFormatError, match="no such file"):
        CurveWork(make_curve()).series(view)


@pytest.mark.parametrize("size", [30, 3000])
def test_a_brush_step_costs_the_same_for_any_series(size, calls):
    many = make_series(np.linspace(-2000, 2000, size), np.ones(size))
    work = CurveWork(make_curve())
    view = LightCurveView.build(series=[many, make_series()], hardness=True)

    def step(end):
        chosen = view.replace(time=(START, START + end * u.h))
        strip_plots(work, chosen, curve_plot(work, chosen))
        correlation_rows(work, chosen)

    step(1.0)
    assert 100 < len(calls(lambda: step(2.0))) < 1200
