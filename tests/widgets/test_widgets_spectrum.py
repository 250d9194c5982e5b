"""The live spectral-fit panel without a browser."""

import numpy as np
import pytest

import gpnb
from gpnb.panels.spectrum.sliders import STEPS

ENERGY = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8)
TRUE = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8, name="energy_true")
REGION = "icrs; circle(83.63, 22.01, 0.11)"
MOVED = "icrs; circle(83.65, 22.03, 0.13)"


def spectrum(name, seed):
    model = gpnb.PowerLaw(index=2.5, amplitude="3e-12 TeV-1 s-1 cm-2")
    rng = np.random.default_rng(seed)
    counts = rng.poisson(model.integral_bins(TRUE.edge_values) * 3e14 + 2)
    fields = {"exposure": np.full(8, 3e14), "edisp": np.eye(8), "livetime": "1 h", "on_region": REGION}
    return gpnb.SpectrumDataset(
        ENERGY, TRUE, counts, counts_off=rng.poisson(20, 8), acceptance_off=10, name=name, **fields
    )


@pytest.fixture
def specs(front):
    return gpnb.Datasets([spectrum(front.hostile, 3), spectrum("b", 4)])


@pytest.fixture
def panel(specs):
    return specs.view()


@pytest.fixture
def extracted(demo):
    runs = demo.select(target="Crab")
    return gpnb.reduce_spectrum(runs, REGION, gpnb.Axis.energy("0.3 TeV", "30 TeV", per_decade=5))


def fitted(panel):
    panel.fit()
    assert panel.wait()
    return panel


def row(panel, name):
    return next(item for item in panel.parts["parameters"].items if item["name"] == name)


def press(front, panel, name):
    front.turn(panel.parts["actions"], name, panel.parts["actions"].changes.get(name, [0])[0] + 1)
    assert panel.wait()


def test_it_opens_with_a_power_law_near_the_data(panel):
    assert panel.state.model == "PowerLaw"
    assert panel.result is None
    assert panel.parts["stage"].tabs.chosen == "sed"
    assert [name for name, _ in panel.parts["stage"].tabs.tabs] == [
        *("sed", "counts", "excess", "profiles", "contours", "regions")
    ]
    assert panel.parts["head"].title == "Spectrum fit"
    assert panel.parts["head"].facts == "2 spectra, joint · 2.00 h live · WStat"
    assert panel.message == ""


def test_a_slider_moves_curve_and_statistic(panel, front):
    before, curve = panel.parts["stat"].title, panel.parts["stage"].plots["main"].data("line 0")[1]
    front.turn(panel.parts["parameters"], "place/index", 560)
    assert {item[0]: item[1] for item in panel.state.parameters}["index"] == 2.8
    assert row(panel, "index")["place"] == 560
    assert panel.parts["stat"].title != before
    assert not np.array_equal(panel.parts["stage"].plots["main"].data("line 0")[1], curve)
    assert panel.message == ""


def test_a_drag_is_one_step(panel, front):
    for place in (500, 510, 520):
        front.turn(panel.parts["parameters"], "place/index", place, "one drag")
    assert panel.workspace.steps == 1
    panel.undo()
    assert panel.state.parameters == ()


def test_the_fit_is_shown_kept_and_undone(panel, front, specs):
    front.turn(panel.parts["parameters"], "place/index", 200)
    press(front, panel, "fit")
    assert panel.message.startswith("Converged: ")
    assert panel.message.endswith(" ms")
    expected = gpnb.fit(specs, gpnb.PowerLaw(index=2.5, amplitude="3e-12 TeV-1 s-1 cm-2"))
    assert panel.result.values == pytest.approx(expected.values, rel=1e-3)
    assert "±" in row(panel, "index")["text"]
    assert panel.models["source"].parameter("index").error > 0
    assert "band 0" in panel.parts["stage"].plots["main"].names
    assert panel.parts["stat"].facts == ""
    front.turn(panel.parts["parameters"], "place/index", 900)
    assert panel.result is None
    assert panel.parts["stat"].facts.startswith("+")
    assert "band 0" not in panel.parts["stage"].plots["main"].names
    result = panel.fits["power law"]
    panel.undo()
    assert panel.result is result
    panel.undo()
    assert row(panel, "index")["place"] == 200
    panel.redo()
    assert panel.result is result


def test_freeze_and_limits(panel, front):
    front.turn(panel.parts["parameters"], "frozen/index", True)
    assert row(panel, "index")["frozen"]
    front.turn(panel.parts["parameters"], "max/amplitude", "1e-11")
    assert row(panel, "amplitude")["max"] == "1e-11"
    front.turn(panel.parts["parameters"], "place/amplitude", STEPS)
    assert row(panel, "amplitude")["value"] == "1e-11"
    assert fitted(panel).result.names == ("source.amplitude",)
    front.turn(panel.parts["parameters"], "value/amplitude", "3")
    assert "outside its limits" in panel.message
    front.turn(panel.parts["parameters"], "frozen/amplitude", True)
    fit = next(item for item in panel.parts["actions"].items if item["name"] == "fit")
    assert fit["disabled"]


def test_models_are_compared_and_taken_back(panel, front):
    first = fitted(panel).result
    front.turn(panel.parts["model"], "model", "LogParabola")
    assert panel.state.model == "LogParabola"
    assert panel.result is None
    second = fitted(panel).result
    assert second.names[-1] == "source.beta"
    assert {item["key"] for item in panel.parts["compared"].rows} == {"power law", "log-parabola"}
    assert panel.parts["compared"].chosen == ["log-parabola"]
    front.tell(panel.parts["compared"], "choose", key="power law", add=False)
    assert panel.result is first
    front.turn(panel.parts["model"], "model", "LogParabola", "another gesture")
    assert panel.result is second


def test_flux_points_come_and_go(panel, front):
    fitted(panel)
    press(front, panel, "points")
    assert panel.message == f"{len(panel.flux_points)} flux points, {panel.flux_points.is_ul.sum()} upper limits"
    assert len(panel.state.edges) == len(panel.flux_points) + 1
    assert "points 0" in panel.parts["stage"].plots["main"].names
    shape = panel.flux_points
    front.turn(panel.parts["parameters"], "place/index", 600)
    assert panel.flux_points is shape
    press(front, panel, "points")
    assert panel.flux_points is None


def test_errors_from_the_profile(panel, front):
    fitted(panel)
    before = row(panel, "index")["text"]
    front.turn(panel.parts["actions"], "errors", True)
    assert panel.wait()
    assert panel.state.errors == "profile"
    found = panel.result.confidence("index")
    assert f"+{found.errp:.3f} −{found.errn:.3f}" in row(panel, "index")["text"]
    front.turn(panel.parts["actions"], "errors", False)
    assert row(panel, "index")["text"] == before


@pytest.mark.parametrize(("tab", "word"), [("profiles", "Profiles"), ("contours", "Contours")])
def test_profiles_and_contours_are_made_when_looked_at(panel, front, tab, word):
    front.tell(panel.parts["stage"].tabs, "choose", name=tab)
    assert panel.parts["stage"].words.facts == f"{word} are of a fit: press Fit."
    fitted(panel)
    assert panel.wait()
    assert panel.work.known(tab, panel.shown)
    plots = panel.parts["stage"].profiles if tab == "profiles" else [panel.parts["stage"].plots["contours"]]
    assert all("line 0" in plot.names for plot in plots)
    if tab == "contours":
        front.turn(panel.parts["stage"].contour, "x", "source.amplitude")
        assert panel.wait()
        assert panel.state.contour == ("source.amplitude", "source.index")
        assert plots[0].widget.frame["x"]["label"].startswith("amplitude")


@pytest.mark.parametrize("tab", ["counts", "excess"])
def test_counts_and_excess(panel, front, tab):
    front.tell(panel.parts["stage"].tabs, "choose", name=tab)
    front.turn(panel.parts["look"], "min_counts", 0)
    _, y = panel.parts["stage"].plots["main"].data("points 0")
    wanted = sum(getattr(item, tab) for item in panel.spectra)
    assert y[y > 0] == pytest.approx(wanted[wanted > 0])
    assert panel.parts["stage"].plots["residuals"].names[0] == "rule 0"
    front.turn(panel.parts["look"], "residuals", "relative")
    assert panel.parts["stage"].plots["residuals"].widget.frame["y"]["label"] == "rel. resid."


def test_the_spectrum_opens_with_its_data(panel, front):
    """The unfolded excess stands on the model where it is what the model predicts, and a slider leaves it in place."""
    first = panel.parts["stage"].plots["main"].shown
    (points,) = first.points
    assert points.label == "excess, unfolded"
    (bins,) = panel.work.bins(panel.state)
    ratio = bins.excess / bins.joined(panel.work.predicted(panel.state))
    model = np.exp(np.interp(np.log(points.x), np.log(first.lines[0].x), np.log(first.lines[0].y)))
    assert points.y / model == pytest.approx(ratio[list(points.rows)], rel=0.02)
    front.turn(panel.parts["parameters"], "place/amplitude", 600)
    moved = panel.parts["stage"].plots["main"].shown
    assert moved.lines[0].y[0] != pytest.approx(first.lines[0].y[0])
    assert moved.points[0].y == pytest.approx(points.y)
    assert moved.y == first.y
    assert panel.parts["stage"].plots["residuals"].shown.points[0].rows == range(len(bins.low))


def test_regions_lie_on_a_small_sky(panel, front):
    front.tell(panel.parts["stage"].tabs, "choose", name="regions")
    regions = panel.parts["stage"].regions
    (shape,) = regions.sky.flat.shapes
    assert shape["edit"]["type"] == "circle"
    assert [tool[0] for tool in regions.sky.flat.tools] == ["move"]
    assert panel.parts["look"].items == []
    assert "no counts below" in regions.head.facts
    assert regions.bar.bar == {}


def test_regions_lie_over_their_counts_and_each_run_has_its_numbers(extracted, front):
    panel = extracted.view()
    front.tell(panel.parts["stage"].tabs, "choose", name="regions")
    assert panel.wait()
    regions, items = panel.parts["stage"].regions, extracted
    flat = regions.sky.flat
    off = [shape for shape in flat.shapes if shape.get("card")]
    assert len(off) == sum(len(item.off_regions) for item in items)
    assert len({shape["colour"] for shape in off}) == len(items)
    for item in items:
        mine = [dict(shape["card"]["rows"])["Counts"] for shape in off if shape["card"]["title"].endswith(item.name)]
        assert sum(map(float, mine)) == item.summary.n_off  # each OFF event is in one of them
    assert [point["label"] for point in flat.points] == [item.name for item in items]
    flat.set_state({"pointed": flat.points[1]["row"]})
    assert regions.table.rows[regions.table.pointed]["cells"][0] == items[1].name
    image = np.frombuffer(flat.pixels, dtype=np.float32)
    assert image.max() > 5 * image.mean()  # the source is seen
    assert regions.bar.bar["unit"] == "per pixel"
    heads = [column["title"] for column in regions.table.columns]
    assert heads == ["Run", "N on", "N off", "α", "Excess", "Significance", "γ"]
    rows = [row["cells"] for row in regions.table.rows]
    assert [row[0] for row in rows] == [*(item.name for item in items), "All"]
    assert rows[-1][1] == f"{sum(item.summary.n_on for item in items):.0f}"
    minutes = sum(item.livetime.to_value("min") for item in items)
    rate = sum(item.summary.excess for item in items) / minutes
    assert rows[-1][-1].startswith(f"{rate:.2f} ± ")
    assert [row["tint"] for row in regions.table.rows[:-1]] == [point["colour"] for point in flat.points]


def test_a_run_stands_out_and_colours_are_cut(extracted, front):
    panel = extracted.view(tab="regions")
    assert panel.wait()
    regions = panel.parts["stage"].regions
    front.tell(regions.table, "choose", key=1, add=False)
    assert (panel.state.run, regions.table.chosen) == (1, [1])
    alphas = {shape["colour"]: shape["alpha"] for shape in regions.sky.flat.shapes if shape.get("card")}
    assert max(alphas.values()) == 1
    assert min(alphas.values()) < 0.5
    front.tell(regions.table, "choose", key=1, add=False)
    assert panel.state.run is None
    front.tell(regions.table, "choose", key=len(extracted), add=False)  # the row of all
    assert panel.state.run is None
    front.turn(regions.bar, "high", 2.5)
    assert (panel.state.high, regions.sky.flat.image["high"]) == (2.5, 2.5)
    panel.undo()
    assert panel.state.high is None


def test_another_region_is_extracted_and_refitted(extracted, front):
    workspace = gpnb.Workspace()
    panel = extracted.view(workspace=workspace)
    first = fitted(panel).result
    workspace.select(region=MOVED)
    assert panel.wait()
    assert panel.message.startswith("Refitted in ")
    runs = gpnb.demo_store(progress=False).select(target="Crab")
    expected = gpnb.reduce_spectrum(runs, MOVED, extracted[0].energy)
    assert [item.counts.sum() for item in panel.spectra] == [item.counts.sum() for item in expected]
    assert panel.result.values == pytest.approx(gpnb.fit(expected, first.models).values, rel=1e-4)
    panel.undo()
    assert panel.result is first
    workspace.select(energy=("1 TeV", "10 TeV"))
    assert panel.wait()
    assert panel.result.dof < first.dof


def test_a_region_drawn_on_the_small_sky_is_shared(extracted, front):
    panel = extracted.view(tab="regions")
    assert "on its way" in panel.parts["stage"].words.facts
    assert panel.wait()
    sky = panel.parts["stage"].regions.sky
    assert "circle" in [tool[0] for tool in sky.flat.tools]
    front.tell(sky.flat, "shape", key=None, shape={"type": "circle", "x": 240, "y": 170, "r": 20}, tool="circle")
    assert panel.wait()
    assert panel.selection.region is not None
    assert panel.state.fitted
    assert any(shape["key"] == "selection" for shape in sky.flat.shapes)
    panel.undo()
    assert panel.selection.region is None
    assert not panel.state.fitted


def test_a_region_outside_is_told_and_nothing_is_lost(extracted):
    panel = extracted.view()
    before = panel.parts["stat"].title
    panel.select(region="icrs; circle(10, -40, 0.1)")
    assert panel.wait()
    assert "No run sees the ON region" in panel.message
    assert panel.parts["stat"].title == before
    panel.undo()
    assert panel.message == ""


def test_spectra_without_runs_say_so(panel):
    panel.select(region=MOVED)
    assert panel.wait()
    assert "do not tell of which runs" in panel.message


def test_the_code_makes_the_same_numbers(extracted, front):
    panel = fitted(extracted.view())
    press(front, panel, "points")
    front.turn(panel.parts["parameters"], "frozen/index", True)
    panel = fitted(panel)
    space = {}
    exec(panel.to_code(), space)
    again = space["panel"]
    assert again.state == panel.state
    assert again.result.stat == pytest.approx(panel.result.stat, abs=1e-3)
    assert again.result.names == ("source.amplitude",)


def test_a_result_is_a_panel_too(specs, front):
    result = gpnb.fit(specs, gpnb.PowerLaw(index=2.5, amplitude="3e-12 TeV-1 s-1 cm-2"))
    panel = result.view()
    assert panel.parts["head"].title == "Fit result"
    assert panel.result is result
    assert panel.parts["correlation"].rows[0]["cells"][2] == f"{result.correlation[0, 1]:+.2f}".replace("-", "−")
    front.turn(panel.parts["parameters"], "place/index", 700)
    assert panel.parts["correlation"].rows == []
    assert panel.result is None
    assert panel.models["source"].parameter("index").value == 3.5
    fitted(panel)
    assert panel.result.values == pytest.approx(result.values, rel=1e-3)
    front.tell(panel.parts["compared"], "choose", key="power law", add=False)
    assert panel.result.stat == pytest.approx(result.stat)


def test_any_models_can_be_dragged(specs, front):
    models = gpnb.Models(
        [
            gpnb.SkyModel(gpnb.PowerLaw(index=2.5, amplitude="2e-12 TeV-1 s-1 cm-2"), name="a"),
            gpnb.SkyModel(gpnb.LogParabola(amplitude="1e-12 TeV-1 s-1 cm-2"), name="b").freeze("alpha", "beta"),
        ]
    ).freeze("a.index")
    panel = specs.view(model=models)
    assert [item["label"] for item in panel.parts["parameters"].items][:2] == ["a.index", "a.amplitude"]
    front.turn(panel.parts["parameters"], "place/b.amplitude", 300)
    assert fitted(panel).result.names == ("a.amplitude", "b.amplitude")
    assert {"line 0", "line 1"} <= set(panel.parts["stage"].plots["main"].names)


def test_the_picture_shows_the_same(panel):
    fitted(panel)
    panel.set(tab="counts", min_counts=0)
    axes = panel.figure().axes[0]
    counts = sum(item.counts for item in panel.spectra)
    drawn = [line for line in axes.lines if line.get_marker() == "o"]
    assert drawn[0].get_ydata() == pytest.approx(counts)
    page = panel._repr_mimebundle_()["text/html"]
    assert "±" in page
    assert "<img src=x" not in page


def test_it_is_saved(panel, tmp_path):
    fitted(panel)
    panel.save(tmp_path / "fit.png")
    panel.save_data(tmp_path / "fit.ecsv")
    assert (tmp_path / "fit.ecsv").read_text().count("e2dnde") > 2


def test_a_fit_can_be_cancelled(panel, monkeypatch):
    def slow(view, progress, cancel):
        while True:
            cancel.check()

    monkeypatch.setattr(panel.work, "fit", slow)
    panel.fit()
    assert next(item for item in panel.parts["actions"].items if item["name"] == "fit")["disabled"]
    panel.cancel()
    assert panel.wait()
    assert panel.result is None
    assert not next(item for item in panel.parts["actions"].items if item["name"] == "fit")["disabled"]


def test_contours_that_are_stopped_say_so_and_begin_again_by_their_tab(panel, front, monkeypatch):
    fitted(panel)
    real = panel.work.contours

    def slow(view, progress, cancel):
        while True:
            cancel.check()

    stage = panel.parts["stage"]
    monkeypatch.setattr(panel.work, "contours", slow)
    front.tell(stage.tabs, "choose", name="contours")
    assert stage.words.facts == "The work on contours is on its way …"
    panel.cancel()
    assert panel.wait()
    assert stage.words.facts == "The work on contours was stopped: press the tab once more to begin again"
    assert panel.message == "Cancelled: nothing was changed."
    monkeypatch.setattr(panel.work, "contours", real)
    front.tell(stage.tabs, "choose", name="contours")
    assert panel.wait()
    assert panel.work.known("contours", panel.shown)
    assert "line 0" in stage.plots["contours"].names


def test_faults_of_fits_are_told(front):
    empty = spectrum("nothing", 1).masked(np.ones(8, dtype=bool))
    panel = empty.view()
    assert "No bin is usable" in panel.message or panel.parts["stat"].title == ""
    panel.fit()
    assert panel.wait()
    assert "No bin is usable" in panel.message


def test_flux_points_by_themselves(panel, front):
    fitted(panel)
    press(front, panel, "points")
    points = panel.flux_points.view()
    assert len(points.table.rows) == len(panel.flux_points)
    assert points.parts["head"].facts.startswith("source · ")
    front.turn(points.controls, "quantity", "dnde")
    assert points.plot.widget.frame["y"]["label"].startswith("dN/dE")
    assert "gpnb.flux_points(" in points.to_code()


def test_what_is_no_spectrum_stays_text(dataset):
    bundle = gpnb.Datasets([dataset])._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]


def test_a_poor_fit_is_mended_by_its_button(extracted, front):
    panel = fitted(extracted.view())
    foot = panel.parts["foot"]
    assert foot.verdict.startswith("Poor fit: ")
    assert foot.verdict.endswith("; try a curved model")
    assert foot.remedy == "Fit a log-parabola"
    front.tell(foot, "mend")
    assert panel.wait()
    assert panel.state.model == "LogParabola"
    assert panel.result.success
    assert (foot.verdict, foot.remedy) == ("", "")
    front.turn(panel.parts["model"], "model", "PowerLaw")
    assert "; log-parabola is better by " in foot.verdict
    assert foot.remedy == "Use it"
    front.tell(foot, "mend")
    assert not panel.working
    assert panel.state.model == "LogParabola"
    assert panel.result.success
