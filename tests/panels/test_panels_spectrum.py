"""The spectral-fit panel as data: record, start values, numbers of plots, sliders, new regions."""

import math

import numpy as np
import pytest
from astropy import units as u

import gpnb
from gpnb.core import progress
from gpnb.core.errors import ArgumentError, FitError, SelectionError
from gpnb.core.sky_regions import to_regions
from gpnb.core.words import value_words
from gpnb.panels.fit.view import models_of, spec_of
from gpnb.panels.lightcurve.view import LightCurveView
from gpnb.panels.lightcurve.work import CurveWork
from gpnb.panels.spectrum.data import Extraction, display_bins, same_region, spectra_of
from gpnb.panels.spectrum.plots import spectrum_plots
from gpnb.panels.spectrum.regions import sky_of
from gpnb.panels.spectrum.sliders import STEPS, Range, changed_parameter, range_of, slider_rows
from gpnb.panels.spectrum.table import table_of
from gpnb.panels.spectrum.view import SpectrumView
from gpnb.panels.spectrum.words import comparison_rows, notes_of, parameter_rows
from gpnb.panels.spectrum.work import SpectrumWork
from gpnb.state.panel import PanelState
from gpnb.state.workspace import Workspace
from gpnb.stats import wstat

ENERGY = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8)
TRUE = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8, name="energy_true")
REGION = "icrs; circle(83.63, 22.01, 0.11)"


def spectrum(name="a", exposure=3e14, off=True, seed=3, **changes):
    """Counts of a power law with index 2.5 and 3e-12 at 1 TeV, resolution perfect."""
    model = gpnb.PowerLaw(index=2.5, amplitude="3e-12 TeV-1 s-1 cm-2")
    rng = np.random.default_rng(seed)
    signal = model.integral_bins(TRUE.edge_values) * exposure
    background = {"counts_off": rng.poisson(20, 8), "acceptance_off": 10} if off else {}
    fields = {"counts": rng.poisson(signal + 2), "exposure": np.full(8, exposure), "edisp": np.eye(8), **background}
    named = {"energy": ENERGY, "energy_true": TRUE, "livetime": "1 h", "name": name, "on_region": REGION}
    return gpnb.SpectrumDataset(**{**named, **fields, **changes})


@pytest.fixture
def pair():
    return gpnb.Datasets([spectrum("a"), spectrum("b", seed=4)])


@pytest.fixture
def work(pair):
    return SpectrumWork(pair)


def view(**changes):
    return SpectrumView.build(**{"model": "PowerLaw", **changes})


def test_models_become_fields_and_come_back():
    model = gpnb.PowerLaw(index=2.6).bound("index", 0, 5).freeze("amplitude")
    record = SpectrumView.build(model=model)
    assert record.model == "PowerLaw"
    assert record.parameters[0] == ("index", 2.6, 0.0, 5.0, False)
    assert models_of(record)[0].spectral == model
    assert SpectrumView.build(**record.changed()) == record
    assert SpectrumView.from_dict(record.to_dict()) == record


def test_any_other_model_is_kept_whole():
    source = gpnb.SkyModel(gpnb.PowerLaw(index=2.2), gpnb.PointSource("83.63d 22.01d"), name="crab")
    linked = gpnb.Models([source, gpnb.SkyModel(gpnb.PowerLaw(), name="other")]).link("other.index", "crab.index")
    for given in (source, linked):
        record = SpectrumView.build(model=given)
        assert "\n" in record.model
        assert models_of(record).to_yaml() == gpnb.Models([given] if given is source else given).to_yaml()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": "PowerLow"}, "is not known"),
        ({"parameters": [("index", 2.0)]}, "a parameter is"),
        ({"edges": ["2 TeV", "1 TeV"]}, "must rise"),
        ({"contour": ["index"]}, "two parameters"),
        ({"tab": "sky"}, "must be one of"),
    ],
)
def test_what_fits_no_field_is_told(changes, words):
    with pytest.raises(ArgumentError, match=words):
        SpectrumView.build(**changes)


def test_an_unknown_parameter_is_told():
    with pytest.raises(ArgumentError, match="no parameter 'beta'"):
        models_of(view(parameters=[("beta", 1.0, None, None, False)]))


def test_the_selection_gives_region_and_energies():
    shown = view().linked(gpnb.Selection(region=REGION, energy=("2 TeV", "20 TeV")))
    assert shown.energy == (2.0, 20.0)
    assert same_region(shown.region, REGION)
    own = view(energy=("3 TeV", "4 TeV")).linked(gpnb.Selection(energy=("2 TeV", "20 TeV")))
    assert own.energy == (3.0, 4.0)


def test_start_values_give_the_counts_that_were_seen(work):
    start = view()
    excess = sum(item.excess.sum() for item in work.spectra(start).items)
    assert sum(part.sum() for part in work.predicted(start)) == pytest.approx(excess, rel=0.01)
    for kind in ("ExpCutoffPowerLaw", "LogParabola", "BrokenPowerLaw", "SmoothBrokenPowerLaw"):
        other = start.replace(model=work.with_kind(start, kind))
        assert sum(part.sum() for part in work.predicted(other)) == pytest.approx(excess, rel=0.5)


def test_the_statistic_is_that_of_the_likelihood(work, pair):
    record = view(model=gpnb.PowerLaw(index=2.2, amplitude="2e-12 TeV-1 s-1 cm-2"))
    likelihood = gpnb.Likelihood(pair, models_of(record))
    assert work.stat(record) == pytest.approx(likelihood.stat(likelihood.start))
    moved = record.replace(parameters=[("index", 2.9, None, None, True), *record.parameters[1:]])
    likelihood = gpnb.Likelihood(pair, models_of(moved))
    assert work.stat(moved) == pytest.approx(likelihood.stat(likelihood.start))
    assert work.likelihood(moved) is work.likelihood(record)


def test_a_fit_is_made_once_and_follows_from_the_record(work, pair):
    record = view(fitted=True)
    result = work.result(record)
    expected = gpnb.fit(
        pair, models_of(view(parameters=record.parameters or None)).replace({"source.amplitude": 3e-12})
    )
    assert result.values == pytest.approx(expected.values, rel=1e-3)
    assert work.result(record.replace(tab="counts")) is result
    assert work.result(record.replace(fitted=False)) is None
    assert work.shown(record).parameters["source.index"].error > 0
    other = record.replace(model="LogParabola")
    assert list(work.fits(record)) == ["power law"]
    assert work.result(other).stat <= result.stat + 1e-6
    assert len(work.fits(record)) == 2


def test_energies_restrict_the_fit(work):
    record = view(fitted=True, energy=("1 TeV", "20 TeV"))
    assert work.result(record).dof < work.result(view(fitted=True)).dof
    with pytest.raises(FitError, match="No bin is usable"):
        work.stat(view(energy=("500 TeV", "600 TeV")))


def test_a_result_shows_itself_until_something_moves(pair):
    result = gpnb.fit(pair, gpnb.PowerLaw(index=2.5, amplitude="3e-12 TeV-1 s-1 cm-2"))
    work, record = SpectrumWork(result), SpectrumView()
    assert work.result(record) is result
    assert work.tab(record) == "sed"
    moved = record.replace(**changed_parameter(work, record, "value/index", "2.9"))
    assert work.result(moved) is None
    assert work.shown(moved).parameters["source.index"].value == 2.9
    assert work.stat(moved) > result.stat


def test_bins_are_joined_for_the_eye_only():
    axis = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=24)
    counts = np.random.default_rng(1).poisson(np.geomspace(60, 1, 24))
    pair = [
        spectrum(name, energy=axis, counts=counts, edisp=np.ones((8, 24)) / 24, counts_off=np.ones(24)) for name in "ab"
    ]
    (fine,) = display_bins(pair, 0)
    (joined,) = display_bins(pair, 30)
    total = sum(item.counts for item in pair)
    assert fine.counts == pytest.approx(total)
    assert len(joined.low) < len(fine.low)
    assert joined.counts.sum() == pytest.approx(total.sum())
    assert joined.background.sum() == pytest.approx(sum(item.expected_background.sum() for item in pair))
    assert (joined.high / joined.low < 2.3).all()
    assert joined.joined([np.ones(24), np.full(24, 2.0)]).sum() == pytest.approx(72)


def test_joined_bins_show_means_and_leave_gaps_where_none_is_usable():
    """A flat spectrum of counts is drawn flat, however many bins a group joins; a masked stretch has no model."""
    axis = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=24)
    flat = {"energy": axis, "counts": np.full(24, 3), "edisp": np.ones((8, 24)) / 24, "counts_off": np.full(24, 10)}
    masked = spectrum(**flat).masked([False] * 12 + [True] * 3 + [False] * 9)
    work = SpectrumWork(gpnb.Datasets([masked]))
    main = spectrum_plots(work, view(tab="counts", min_counts=9))[0]
    (bins,) = work.bins(view(tab="counts", min_counts=9))
    assert bins.joins.tolist() == [3] * 7
    assert main.points[0].y == pytest.approx(np.full(7, 3.0))
    assert main.points[0].y_high == pytest.approx(np.full(7, 4.0), abs=0.01)
    background = next(item for item in main.steps if item.label == "background")
    assert background.values[np.isfinite(background.values)] == pytest.approx(np.full(7, 1.0))
    assert np.isnan(background.values).sum() == 1
    assert background.edges == pytest.approx(axis.edge_values[::3])


def test_spectra_of_different_axes_stay_apart():
    other = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=4)
    coarse = gpnb.SpectrumDataset(other, TRUE, np.ones(4), np.ones(8), np.ones((8, 4)), "1 h", name="b")
    bins = display_bins([spectrum(), coarse], 0)
    assert [item.numbers for item in bins] == [(0,), (1,)]


def test_residuals_are_signed_roots_of_the_statistic(pair):
    one = pair[0]
    (bins,) = display_bins([one], 0)
    signal = np.full(8, 3.0)
    expected = np.sign(one.excess - 3) * np.sqrt(wstat(one.counts, one.counts_off, one.alpha, signal))
    assert bins.deviance(signal) == pytest.approx(expected)
    (known,) = display_bins([spectrum(off=False, background=np.full(8, 2.0))], 0)
    assert known.deviance(known.counts - 2.0) == pytest.approx(np.zeros(8), abs=1e-6)


def test_masked_bins_are_not_drawn():
    hidden = spectrum().masked([True] * 2 + [False] * 6)
    (bins,) = display_bins([hidden], 0)
    assert bins.low[0] == pytest.approx(ENERGY.edge_values[2])
    assert len(bins.counts) == 6


@pytest.mark.parametrize("tab", ["sed", "counts", "excess"])
def test_plots_hold_data_and_model(work, tab):
    record = view(tab=tab, fitted=True, edges=["1 TeV", "5 TeV", "20 TeV", "100 TeV"], min_counts=0)
    main, below = spectrum_plots(work, record)
    assert main.x == below.x
    assert "(" in main.y_label
    assert [rule.value for rule in below.rules] == [0]
    if tab == "sed":
        line, points = main.lines[0], main.points[0]
        index = len(line.x) // 2
        model = work.shown(record)[0].spectral
        value = line.x[index] ** 2 * model.evaluate_at(line.x[index : index + 1])[0] * 1.602176634
        assert line.y[index] == pytest.approx(value)
        assert (main.bands[0].low < main.bands[0].high).all()
        assert len(points.x) == np.isfinite(work.points(record).norm).sum()
    else:
        wanted = sum(item.excess if tab == "excess" else item.counts for item in work.spectra(record).items)
        assert main.points[0].y == pytest.approx(wanted)
        signal = sum(work.predicted(record)) + (0 if tab == "excess" else main_background(work, record))
        assert main.steps[0].values == pytest.approx(signal)


def main_background(work, record):
    return sum(item.expected_background for item in work.spectra(record).items)


def test_relative_residuals(work):
    record = view(tab="counts", residuals="relative", min_counts=0)
    below = spectrum_plots(work, record)[1]
    excess = sum(item.excess for item in work.spectra(record).items)
    assert below.points[0].y == pytest.approx(excess / sum(work.predicted(record)) - 1)


def test_without_model_only_counts_are_drawn(work):
    assert work.tab(SpectrumView()) == "counts"
    assert len(spectrum_plots(work, SpectrumView())) == 1


def test_profiles_and_contours(work):
    record = view(fitted=True)
    result = work.result(record)
    plots = spectrum_plots(work, record.replace(tab="profiles"))
    assert [plot.title for plot in plots] == ["index", "amplitude"]
    assert "10⁻¹²" in plots[1].x_label
    best = plots[0].lines[0].x[np.argmin(plots[0].lines[0].y)]
    assert best == pytest.approx(result.values[0], abs=0.5 * result.errors[0])
    (contour,) = spectrum_plots(work, record.replace(tab="contours", contour=("amplitude", "index")))
    inner, outer = contour.lines
    assert np.ptp(outer.x) > np.ptp(inner.x)
    assert inner.x.min() < contour.points[0].x[0] < inner.x.max()
    assert "amplitude" in contour.x_label
    with pytest.raises(FitError, match="Fit first"):
        work.profiles(view())


@pytest.mark.parametrize("where", [Range(1e-13, 1e-10, log=True), Range(-1.0, 4.0)])
def test_places_of_sliders_are_values(where):
    assert where.value(0) == where.low
    assert where.value(STEPS) == where.high
    for place in (1, 250, 777):
        assert where.place(where.value(place)) == place
    assert where.place(where.high * 10) == STEPS


def test_sliders_hold_every_value_and_stand_still():
    item = gpnb.PowerLaw().amplitude
    wide = range_of(item, 1e-12, (1.0, 10.0))
    moved = item.to(20e-12)
    assert range_of(moved, 1e-12, (1.0, 10.0)) == wide
    far = item.to(1e-8)
    assert range_of(far, 1e-12, (1.0, 10.0)).high >= 1e-8
    limited = gpnb.PowerLaw().bound("index", 1, 3).index
    assert (range_of(limited, 2.0, (1.0, 10.0)).low, range_of(limited, 2.0, (1.0, 10.0)).high) == (1, 3)


def test_moves_make_new_rows(work):
    record = view()
    moved = record.replace(**changed_parameter(work, record, "place/index", 500))
    assert {row[0]: row[1] for row in moved.parameters}["index"] == 2.5
    frozen = moved.replace(**changed_parameter(work, moved, "frozen/index", True))
    assert frozen.parameters[0][4] is True
    limited = frozen.replace(**changed_parameter(work, frozen, "max/index", "3"))
    assert limited.parameters[0][3] == 3
    free = limited.replace(**changed_parameter(work, limited, "max/index", ""))
    assert free.parameters[0][3] is None
    typed = free.replace(**changed_parameter(work, free, "value/amplitude", "4e-8 GeV-1 s-1 m-2"))
    assert typed.parameters[1][1] == pytest.approx(4e-9)
    for change, value, words in [
        ("value/index", "9", "outside its limits"),
        ("min/index", "5", "below the largest"),
        ("value/index", "x", "index"),
        ("value/index", "", "needs a value"),
        ("value/nothing", "1", "no parameter"),
    ]:
        with pytest.raises(ArgumentError, match=words):
            changed_parameter(work, limited, change, value)


def test_rows_of_sliders(work):
    rows = slider_rows(work, view(fitted=True))
    assert [row["name"] for row in rows] == ["index", "amplitude", "reference"]
    assert "±" in rows[0]["text"]
    assert rows[1]["unit"].startswith("10⁻¹²")
    assert rows[2]["frozen"]
    profile = slider_rows(work, view(fitted=True, errors="profile"))
    assert "±" in profile[0]["text"] or "+" in profile[0]["text"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((4.789e-11, 3.6e-12, "TeV-1 s-1 cm-2"), ("4.79 ± 0.36", "10⁻¹¹ TeV⁻¹ s⁻¹ cm⁻²")),
        ((2.27, (0.15, 0.17)), ("2.27 +0.17 −0.15", "")),
        ((2.27, (0.15, 0.15)), ("2.27 ± 0.15", "")),
        ((-0.5, 12.0), ("−0 ± 12", "")),
        ((1.0, math.nan, "TeV"), ("1.00", "TeV")),
        ((0.0, math.nan), ("0.00", "")),
    ],
)
def test_values_are_rounded_by_their_errors(given, words):
    assert value_words(*given) == words


def test_attention_is_drawn_to_what_needs_it(pair):
    empty = gpnb.Datasets([spectrum(counts_off=np.zeros(8)), spectrum("b")])
    work = SpectrumWork(empty)
    assert "8 bins with n_off = 0" in notes_of(work, view())
    model = gpnb.PowerLaw(index=2.9, amplitude="3e-12 TeV-1 s-1 cm-2").bound("index", 2.9, 5)
    record = SpectrumView.build(model=model, fitted=True)
    notes = notes_of(SpectrumWork(pair), record)
    assert "index is at its limit" in notes
    assert any(note.startswith("No success") for note in notes)
    rows = parameter_rows(SpectrumWork(pair).result(record))
    assert rows[0][-1] == "▲ at its limit"
    assert rows[2][-1] == "‖ frozen"


def test_models_are_compared_by_their_aic(work):
    work.result(view(fitted=True))
    work.result(view(model="LogParabola", fitted=True))
    rows = comparison_rows(work, work.fits(view()))
    assert [float(row[-1]) > 0.01 for row in rows] == [True, True]
    assert rows[0][3] == "0.0"
    assert float(rows[1][3]) >= 0


def test_tables_of_what_is_seen(work):
    record = view(fitted=True, edges=["1 TeV", "10 TeV", "100 TeV"])
    assert len(table_of(work, record)) == 2
    assert "e2dnde_low" in table_of(work, record.replace(edges=None)).colnames
    counts = table_of(work, record.replace(tab="counts"))
    assert counts["counts"].sum() == sum(item.counts.sum() for item in work.spectra(record).items)
    assert set(table_of(work, record.replace(tab="profiles")).colnames) >= {"name", "value", "error"}


def test_spectra_in_memory_cannot_be_moved(work):
    assert not work.can_extract
    with pytest.raises(SelectionError, match="do not tell of which runs"):
        work.spectra(view(region="icrs; circle(83, 22, 0.1)"))


def test_another_region_gives_the_spectra_of_that_region(demo):
    runs = demo.select(target="Crab")
    energy = gpnb.Axis.energy("0.3 TeV", "30 TeV", per_decade=5)
    specs = gpnb.reduce_spectrum(runs, REGION, energy)
    moved = "icrs; circle(83.65, 22.03, 0.15)"
    expected = gpnb.reduce_spectrum(runs, moved, energy)
    extraction = Extraction(specs.recipe)
    for obj in (specs, specs.stack(), specs[1]):
        work = SpectrumWork(obj)
        found = work.spectra(view(region=moved)).items
        wanted = {"Datasets": list(expected)}.get(type(obj).__name__)
        wanted = wanted or [expected.stack() if obj.name == "stacked" else expected[1]]
        assert [item.counts.tolist() for item in found] == [item.counts.tolist() for item in wanted]
        assert work.spectra(view(region=REGION)).source is obj
    assert extraction.possible
    assert extraction.at(moved).names == expected.names
    result = gpnb.fit(specs, gpnb.PowerLaw(index=2.4, amplitude="3e-11 TeV-1 s-1 cm-2"))
    again = SpectrumWork(result).fit(SpectrumView.build(region=moved))
    assert again.values == pytest.approx(gpnb.fit(expected, result.models).values, rel=1e-4)


def test_what_follows_by_itself_is_no_step_of_its_own():
    workspace = Workspace()
    panel = PanelState(None, view(), workspace, "spectrum")
    name = panel.name
    workspace.select(energy=("1 TeV", "10 TeV"))
    workspace.amend_view(name, fitted=True)
    assert workspace.view_of(name).fitted
    workspace.undo()
    assert not workspace.view_of(name).fitted
    assert not workspace.can_undo


def test_models_with_their_kind_and_others():
    plain = spec_of(gpnb.Models([gpnb.SkyModel(gpnb.LogParabola(), name="crab")]))
    assert (plain["model"], plain["source"]) == ("LogParabola", "crab")
    prior = gpnb.PowerLaw().with_prior("index", gpnb.GaussianPrior(2, 0.1))
    assert "\n" in spec_of(gpnb.Models([gpnb.SkyModel(prior)]))["model"]


class _Cancels(gpnb.CancelToken):
    """Cancelled when it was asked four times: within the first parameter."""

    left = 4

    def check(self):
        self.left -= 1
        if not self.left:
            self.cancel()
        super().check()


@pytest.mark.parametrize("what", ["intervals", "profiles", "contours"])
def test_errors_stop_within_a_parameter_and_are_made_when_asked_again(work, what):
    record = view(fitted=True, errors="profile")
    work.fit(record)
    token, make = _Cancels(), getattr(work, what)
    with pytest.raises(gpnb.Cancelled):
        make(record, cancel=token)
    assert token.left == 0
    assert not work.known(what, record)
    assert make(record)
    assert work.known(what, record)


def test_work_of_a_panel_writes_nothing_below_a_cell(demo, capsys, monkeypatch):
    """However long it takes, and though verbs of a live notebook show how far they are."""
    monkeypatch.setattr(progress, "_PATIENCE", 1e-9)
    runs = demo.select(target="Crab")[:2]
    axis = gpnb.Axis.energy("0.2 TeV", "20 TeV", nbin=6)
    region = "icrs; circle(83.6333, 22.0145, 0.11)"
    spectra = gpnb.reduce_spectrum(runs, region, axis)
    edges = gpnb.Axis.energy("0.2 TeV", "20 TeV", nbin=2).edges
    amplitude = gpnb.PowerLaw(amplitude="4e-11 TeV-1 s-1 cm-2")
    with gpnb.set_options(display="live"):
        curve = gpnb.light_curve(spectra, amplitude, progress=False)
        assert capsys.readouterr().out == ""
        gpnb.flux_points(spectra, amplitude, [1, 10] * u.TeV)
        assert "flux" in capsys.readouterr().out.lower()  # a verb by itself would
        panel = SpectrumWork(spectra)
        record = view(edges=edges, region=region)
        panel.fit(record)
        assert len(panel.points(record).norm) == 2
        assert len(panel.spectra(record.replace(region="icrs; circle(83.6333, 22.0145, 0.15)")).items) == 2
        assert len(CurveWork(curve).curve(LightCurveView.build(bins="15 min")).norm) > 2
    assert capsys.readouterr().out == ""


def test_the_sky_of_regions_is_just_wide_enough(demo):
    energy = gpnb.Axis.energy("0.3 TeV", "30 TeV", per_decade=4)
    specs = gpnb.reduce_spectrum(demo.select(target="Crab"), "icrs; circle(83.63, 22.01, 0.11)", energy)
    geom = sky_of(spectra_of(specs))
    centers = [to_regions(text)[0].center for item in specs for text in (item.on_region, *item.off_regions)]
    x, y = np.transpose([geom.coord_pixel(place) for place in centers])
    reach = 0.11 / geom.plane.scales[0]
    for pixels, size in ((x, geom.nx), (y, geom.ny)):
        assert reach < pixels.min()
        assert pixels.max() < size - reach
        assert pixels.min() + pixels.max() == pytest.approx(size - 1, abs=0.03 * size)
    assert max(np.ptp(x) / geom.nx, np.ptp(y) / geom.ny) > 0.7
