"""The light-curve explorer as data: its record, its axis of time, what is drawn and said, and its picture."""

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable
from astropy.time import Time

import gpnb
from gpnb.core.errors import ArgumentError
from gpnb.estimate.blocks import blocks_of
from gpnb.panels.lightcurve.axis import TimeAxis
from gpnb.panels.lightcurve.curve import curve_plot, spectrum_plot, turn_words
from gpnb.panels.lightcurve.view import LightCurveView
from gpnb.panels.lightcurve.words import bin_table, curve_words, notes_of, number_rows, selected_of
from gpnb.panels.lightcurve.work import CurveWork
from gpnb.stats import chi2_constant, fvar

START = Time(60000.0, format="mjd", scale="tt")
LEVELS = np.array([1.0, 1.1, 0.9, 1.0, 4.0, 4.2, 3.9, 1.0, 1.1, 0.95])


def make_curve(hours, flux=LEVELS, bands=1, **columns):
    """Ten-minute bins at these hours, in units of 1e-11 cm-2 s-1, with errors of 0.1."""
    shape = (len(flux), bands)
    values = np.outer(flux, 0.5 ** np.arange(bands)) * 1e-11
    edges = np.geomspace(0.5, 8, bands + 1)
    table = QTable(
        {
            "time_min": START + hours * u.h,
            "time_max": START + hours * u.h + 10 * u.min,
            "e_min": np.broadcast_to(edges[:-1], shape) * u.TeV,
            "e_max": np.broadcast_to(edges[1:], shape) * u.TeV,
            "e_ref": np.broadcast_to(np.sqrt(edges[1:] * edges[:-1]), shape) * u.TeV,
            "flux": values * u.Unit("cm-2 s-1"),
            "flux_err": np.full(shape, 1e-12) * u.Unit("cm-2 s-1"),
            "flux_ul": np.where(np.isfinite(values), values + 2e-12, np.nan) * u.Unit("cm-2 s-1"),
            "is_ul": np.zeros(shape, dtype=bool),
            **columns,
        }
    )
    return gpnb.LightCurve.from_table(table, "flux")


HOURS = np.append(np.arange(6) / 6, 24 + np.arange(4) / 6)


@pytest.fixture
def curve():
    return make_curve(HOURS)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("run", "run"), (" 10 min ", "10 min"), (90 * u.s, "90.0 s"), ("", ""), ("bayesian-blocks", "bayesian-blocks")],
)
def test_bins_as_people_give_them(given, kept):
    assert LightCurveView.build(bins=given).bins == kept


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"bins": "week"}, "must be 'run', 'night'"),
        ({"bins": "0 s"}, "longer than no time"),
        ({"edges": ["1 TeV"]}, "at least two energies"),
        ({"edges": ["2 TeV", "1 TeV"]}, "at least two energies"),
        ({"frequency": "-1 Hz"}, "must be positive"),
        ({"phase_bins": 0}, "from 1 to 1000"),
    ],
)
def test_what_a_record_refuses(changes, text):
    with pytest.raises(ArgumentError, match=text):
        LightCurveView.build(**changes)


def test_a_record_follows_the_selection():
    chosen = gpnb.Selection(energy=("1 TeV", "10 TeV"), time=("2024-01-01", "2024-01-02"), phase=(0.1, 0.4))
    view = LightCurveView(bins="run").linked(chosen)
    assert (view.energy, view.time, view.phase) == ((1, 10), chosen.time_isot, (0.1, 0.4))
    assert LightCurveView.from_dict(view.to_dict()) == view


def test_pauses_are_cut_short_and_times_come_back(curve):
    axis = TimeAxis.of(curve.time_min, curve.time_max, pauses=False)
    assert len(axis.breaks) == 1
    times = START + HOURS * u.h
    places = axis.places_of(times)
    assert np.all(np.diff(places) > 0)
    assert places[-1] - places[0] < 0.2  # days, of a whole one
    assert np.diff(places)[0] == pytest.approx(1 / 144)
    back = Time([axis.time(place) for place in places])
    assert np.abs((back - times).to_value("s")).max() < 1e-3
    whole = TimeAxis.of(curve.time_min, curve.time_max, pauses=True)
    assert whole.breaks == []
    assert np.ptp(whole.places_of(times)) == pytest.approx(24.5 / 24)


@pytest.mark.parametrize("pauses", [False, True])
@pytest.mark.parametrize("stretch", [1e-3, 1.0, 30.0, 3000.0])
def test_labels_of_time_are_few_and_right(stretch, pauses):
    hours = HOURS * stretch
    start = START + hours * u.h
    axis = TimeAxis.of(start, start + stretch * 10 * u.min, pauses)
    ticks = axis.ticks
    assert 3 <= len(ticks) <= 16
    assert next(iter(ticks.values())).startswith(("59", "60"))
    whole = ""
    for place, text in ticks.items():
        assert axis.span[0] <= place <= axis.span[1]
        whole = text.split(".")[0] or whole
        date = float(text) if not text.startswith(".") else float(whole + text)
        assert axis.time(place).mjd == pytest.approx(date, abs=1e-6)


def test_many_nights_are_drawn_to_scale():
    hours = np.arange(10) * 24.0
    axis = TimeAxis.of(START + hours * u.h, START + hours * u.h + 10 * u.min, pauses=False)
    assert axis.breaks == []


def test_points_and_blocks(curve):
    rows = blocks_of(curve, 0)
    assert rows[:, :2].astype(int).tolist() == [[0, 3], [4, 6], [7, 9]]
    assert rows[:, 2] == pytest.approx([1e-11, 4.0333e-11, 1.01667e-11], rel=1e-3)
    shown = curve_plot(CurveWork(curve), LightCurveView())
    (points,) = shown.points
    assert points.y == pytest.approx(LEVELS)
    assert points.y_high - points.y == pytest.approx(0.1)
    assert shown.y_label == "F 0.5–8 TeV (10⁻¹¹ cm⁻² s⁻¹)"
    (pause,), (blocks,) = shown.marks, shown.lines
    assert pause.value == CurveWork(curve).axis(LightCurveView()).breaks[0]
    assert np.isnan(blocks.y).sum() == 1  # a block across a pause is broken there
    assert set(blocks.y[np.isfinite(blocks.y)].round(2)) == {1.0, 4.03, 1.02}
    bare = curve_plot(CurveWork(curve), LightCurveView(blocks=False, pauses=True))
    assert bare.lines == ()


def test_one_bin_and_no_bin_with_a_flux():
    one = make_curve(np.zeros(1), np.ones(1))
    assert len(blocks_of(one, 0)) == 0
    work = CurveWork(one)
    assert len(curve_plot(work, LightCurveView()).points[0].x) == 1
    assert number_rows(work, LightCurveView())[0][2:] == ["1", "(1.00 ± 0.10) × 10⁻¹¹", *["–"] * 5]
    nothing = CurveWork(make_curve(np.zeros(1), np.array([np.nan])))
    assert len(curve_plot(nothing, LightCurveView(log_y=True)).points[0].x) == 0
    assert number_rows(nothing, LightCurveView())[0][2] == "0"
    assert notes_of(nothing, LightCurveView()) == ["1 point without usable data"]
    assert nothing.obj.plot() is not None


def test_upper_limits(curve):
    limits = np.zeros((10, 1), dtype=bool)
    limits[3] = True
    work = CurveWork(make_curve(HOURS, is_ul=limits))
    (points,) = curve_plot(work, LightCurveView()).points
    assert points.limit.tolist() == limits[:, 0].tolist()
    assert points.y[3] == pytest.approx(LEVELS[3] + 0.2)
    assert notes_of(work, LightCurveView()) == ["1 upper limit"]
    columns, rows = bin_table(work.obj, [0])
    assert [item.title for item in columns] == ["Start", "Length", "Runs", "Flux", "√TS"]
    assert rows[3][:2] == ["60000.02083", "10.0"]
    assert rows[3][3] == "< 1.20 × 10⁻¹¹"
    assert rows[0][3] == "(1.00 ± 0.10) × 10⁻¹¹"


@pytest.mark.parametrize("log", [False, True])
def test_arrows_of_limits_near_zero_have_room(log):
    """A limit far below the other points: its arrow, 9 % of the height, stays in the picture."""
    limits = np.zeros((10, 1), dtype=bool)
    limits[3] = True
    most = np.where(limits, 2e-13, 5e-11) * u.Unit("cm-2 s-1")
    plot = curve_plot(CurveWork(make_curve(HOURS, is_ul=limits, flux_ul=most)), LightCurveView(log_y=log))
    low, high = plot.y
    (points,) = plot.points
    place = points.y[points.limit][0]
    part = np.log(place / low) / np.log(high / low) if log else (place - low) / (high - low)
    assert part > 0.1
    none = curve_plot(CurveWork(make_curve(HOURS)), LightCurveView())
    assert none.y[0] == 0


def test_bands_have_colour_and_marker_of_their_own():
    work = CurveWork(make_curve(HOURS, bands=3))
    plot = curve_plot(work, LightCurveView(log_y=True))
    assert len({(item.role, item.marker) for item in plot.points}) == 3
    assert plot.y_label == "F (cm⁻² s⁻¹)"
    one = curve_plot(work, LightCurveView(bands=(1, 7)))
    assert [item.label for item in one.points] == ["1.26–3.17 TeV"]
    assert [row[1] for row in number_rows(work, LightCurveView())] == ["all"] * 3


def test_variability_is_that_of_the_statistics(curve):
    view = LightCurveView.build(time=(START - 1 * u.h, START + 12 * u.h))
    work = CurveWork(curve)
    whole, chosen, rest = number_rows(work, view)
    flux, error = LEVELS * 1e-11, np.full(10, 1e-12)
    value, side = fvar(flux, error)
    assert whole[4] == f"{value:.3f} ± {side:.3f}"
    assert whole[5] == f"{chi2_constant(flux, error).stat:.1f} / 9"
    assert (whole[6], chosen[2], rest[2]) == ("< 10⁻¹⁰", "6", "4")
    assert whole[7] == chosen[7] == "5.00 ± 0.37"  # from 1 to 4 in ten minutes
    assert whole[8] == chosen[8] == "60000.02431–60000.03125"
    assert f"Fᵥₐᵣ {whole[4]}" in curve_words(work, view)
    assert curve_words(work, view).startswith("10 min bins · Bayesian blocks")
    assert len(selected_of(work, view)) == 6
    steady = number_rows(CurveWork(make_curve(HOURS, np.ones(10))), LightCurveView())[0]
    assert steady[4].startswith("< ")
    assert steady[7].startswith("> ")
    assert "–" in steady[8]


OVERLAP = np.array([0, 0.1, 0.3, 0.35, 1.0, 1.1, 2.0, 2.05, 3.0, 4.0])


@pytest.mark.parametrize(
    ("hours", "columns"),
    [
        (HOURS, {}),
        (HOURS[::-1], {}),
        (OVERLAP, {}),
        (HOURS * 100, {}),
        (HOURS, {"is_ul": np.arange(10)[:, None] % 3 == 0}),
        (HOURS, {"is_ul": np.ones((10, 1), dtype=bool)}),
        (HOURS, {"flux_err": np.where(np.arange(10)[:, None] % 4, 1e-12, np.nan) * u.Unit("cm-2 s-1")}),
        (HOURS, {"flux_err": np.where(np.arange(10)[:, None] % 4, 1e-12, 0.0) * u.Unit("cm-2 s-1")}),
        (HOURS, {"flux_err": np.full((10, 1), np.nan) * u.Unit("cm-2 s-1")}),
    ],
    ids=["plain", "backwards", "overlaps", "gaps", "limits", "all limits", "no errors", "zeros", "nothing"],
)
@pytest.mark.filterwarnings("ignore:.*begin before others end")
def test_the_panel_says_what_the_verb_finds(hours, columns):
    curve = make_curve(hours, **columns)
    found = gpnb.variability(curve)
    row = number_rows(CurveWork(curve), LightCurveView())[0]
    assert row[2] == str(found.points[0])

    def first(text):
        return float(text.strip("<>( ").split(" ")[0])

    def told(text):
        return first(text) if text != "–" else np.nan

    assert told(row[3]) == pytest.approx(found.mean_flux[0] / 1e-11, abs=0.006, nan_ok=True)
    fvar_told = found.fvar[0] if np.isfinite(found.fvar[0]) else found.fvar_ul[0]
    assert told(row[4]) == pytest.approx(fvar_told, rel=0.01, nan_ok=True)
    assert told(row[5]) == pytest.approx(found.chi2[0], abs=0.06, nan_ok=True)
    minutes = (found.doubling[0] if np.isfinite(found.doubling[0]) else found.doubling_ll[0]) / 60
    assert told(row[7]) == pytest.approx(minutes, rel=0.01, nan_ok=True)
    overlaps = [note for note in notes_of(CurveWork(curve), LightCurveView()) if "overlap" in note]
    assert len(overlaps) == (found.overlaps > 0)


def test_one_bin_is_told_as_the_verb_tells_it():
    curve = make_curve(np.zeros(1), np.ones(1))
    found = gpnb.variability(curve)
    assert number_rows(CurveWork(curve), LightCurveView())[0][2] == str(found.points[0]) == "1"
    assert np.isnan([found.fvar[0], found.fvar_ul[0], found.chi2[0], found.doubling[0], found.doubling_ll[0]]).all()


def test_folding():
    hours = np.arange(40) * 0.37
    flux = 2 + np.cos(2 * np.pi * hours / 3)
    work = CurveWork(make_curve(hours, flux))
    view = LightCurveView.build(frequency=f"{1 / 3 / 3600} Hz", phase_bins=6, epoch=START + 5 * u.min)
    shown = curve_plot(work, view)
    (points,), (mean,) = shown.points, shown.lines
    assert np.all((points.x >= 0) & (points.x < 1))
    assert points.x[0] == pytest.approx(0, abs=1e-6) or points.x[0] == pytest.approx(1, abs=1e-6)
    middle = (np.arange(6) + 0.5) / 6
    assert mean.y[::2] == pytest.approx(2 + np.cos(2 * np.pi * middle) * np.sinc(1 / 6), abs=0.12)
    chosen = view.replace(phase=(0.9, 0.1))
    assert 0 < work.inside(chosen).sum() < 20
    assert shown.x_label == "Phase (3 h)"


def test_without_its_data_bins_stay_as_they_are(curve):
    work, view = CurveWork(curve), LightCurveView.build(bins="night", energy=("1 TeV", None))
    assert work.curve(view) is curve
    assert spectrum_plot(work, view) is None
    assert notes_of(work, view) == ["its data are not known here: bins and energies stay as they are"]


def test_the_picture(curve):
    figure = curve.plot(time=[START, START + 1 * u.h])
    (axes,) = figure.axes
    assert axes.get_xlabel() == "Time (MJD, TT)"
    labels = [text.get_text() for text in axes.get_xticklabels()]
    assert labels[0].startswith("60000")
    bundle = curve._repr_mimebundle_()
    assert "χ² / dof" in bundle["text/html"]
    assert "image/png" in bundle
    assert "could not" not in bundle["text/html"]


@pytest.mark.parametrize(
    ("frequency", "words"),
    [(None, ""), (29.946923, "29.946923 Hz"), (1.0, "1 Hz"), (0.5, "2 s"), (1 / 9000, "2.5 h"), (1 / 86400, "1 d")],
)
def test_turns_are_told_as_one_speaks_of_them(frequency, words):
    assert turn_words(frequency) == words
