"""The live light-curve explorer without a browser: what is done becomes state, what is state is shown."""

import numpy as np
import pytest
from astropy import units as u

import gpnb
from gpnb.core.units import to_time

SHAPE = gpnb.SkyModel(gpnb.PowerLaw(index=3, amplitude="5e-12 TeV-1 s-1 cm-2"), name="agn")
FLARE = ("2024-08-20T04:25:00", "2024-08-20T05:15:00")


@pytest.fixture(scope="module")
def curve(demo):
    axis = gpnb.Axis.energy("0.1 TeV", "30 TeV", per_decade=8)
    specs = gpnb.reduce_spectrum(demo.select(target="Demo AGN"), "icrs; circle(329.7, -30.2, 0.11)", axis)
    return gpnb.light_curve(specs, SHAPE, "10 min")


@pytest.fixture
def panel(curve):
    made = curve.view()
    assert made.wait()
    return made


def drag(panel, *ranges, gesture="a drag"):
    for low, high in ranges:
        panel.parts["plot"].widget.set_state({"brushed": [low, high, gesture]})
    assert panel.wait()


def settings(panel):
    return {item["name"]: item["value"] for item in panel.parts["controls"].items}


def shown(panel):
    return len(panel.parts["plot"].data("points 0")[0])


def test_what_is_shown_at_first(panel, curve):
    assert panel.curve is panel.selected is curve
    assert panel.parts["head"].title == "Light curve"
    assert panel.parts["head"].facts == "agn · 25 bins of 8 runs · 0.1–30 TeV"
    assert panel.parts["plot"].widget.facts.startswith("10 min bins · Bayesian blocks · Fᵥₐᵣ 0.8")
    assert shown(panel) == 25
    assert "25 points" in panel.parts["plot"].widget.label
    assert [item["label"] for item in panel.parts["spectrum"].widget.legend] == ["shape assumed", "all data"]
    assert len(panel.parts["table"].rows) == 25
    assert panel.parts["numbers"].rows[0]["cells"][:3] == ["0.1–30 TeV", "all", "25"]


def test_minutes_rebin_in_the_worker(panel, front):
    front.turn(panel.parts["controls"], "minutes", 5)
    assert panel.wait()
    assert panel.state.bins == "5 min"
    assert len(panel.curve) == shown(panel) == len(panel.parts["table"].rows) == 48
    assert panel.message.startswith("48 bins in ")
    assert settings(panel) | {"bins": "5 min", "minutes": 5} == settings(panel)
    front.turn(panel.parts["controls"], "bins", "night", "another gesture")
    assert panel.wait()
    assert (shown(panel), settings(panel)["minutes"]) == (2, None)
    assert panel.undo()
    assert shown(panel) == 48  # it is known already
    assert "gpnb.light_curve(" in panel.to_code()
    assert panel.to_code().endswith("view(bins='5 min')")


def test_what_cannot_be_done_is_said(panel, front):
    for name, value, text in [
        ("minutes", -1, "a number above 0"),
        ("edges", "soft", "type edges in TeV"),
        ("edges", "3, 2", "at least two energies"),
        ("frequency", "often", "type a frequency"),
    ]:
        front.turn(panel.parts["controls"], name, value)
        assert text in panel.message
    assert panel.state.changed() == {}
    panel.select(energy=("200 TeV", "300 TeV"))
    assert "No data lie in the chosen energies" in panel.message
    assert shown(panel) == 25
    panel.undo()
    assert panel.message == ""


def test_work_that_fails_leaves_what_was_shown(panel, front, monkeypatch):
    def fail(*_, **__):
        raise gpnb.SelectionError("the disk is gone.")

    with monkeypatch.context() as patch:
        patch.setattr(panel.obj.maker, "curve", fail)
        front.turn(panel.parts["controls"], "minutes", 6)
        assert panel.wait()
        assert "the disk is gone" in panel.message
        assert shown(panel) == 25
    front.turn(panel.parts["controls"], "minutes", 20)
    assert panel.wait()
    assert shown(panel) == len(panel.curve) < 25


def test_a_brush_is_the_time_of_the_workspace(panel):
    axis = panel.work.axis(panel.state)
    low, high = (float(axis.places_of(to_time(text))) for text in FLARE)
    drag(panel, [low, 0.5 * (low + high)], [low, high])
    start, stop = panel.selection.time
    assert abs((start - to_time(FLARE[0])).to_value("s")) < 0.2
    assert abs((stop - to_time(FLARE[1])).to_value("s")) < 0.2
    assert len(panel.selected) == 5
    assert panel.parts["head"].count == "5 of 25 bins"
    assert panel.parts["table"].chosen == [4, 5, 6, 7, 8]
    labels = [item["label"] for item in panel.parts["spectrum"].widget.legend]
    assert labels == ["shape assumed", "the rest", "chosen time"]
    rest, flare = (panel.parts["spectrum"].data(f"points {place}")[1] for place in (0, 1))
    assert flare[0] > 2 * rest[0]
    assert [row["cells"][1] for row in panel.parts["numbers"].rows] == ["all", "chosen", "rest"]
    drag(panel, (None, None), gesture="another")
    assert panel.wait()
    assert panel.selection.time is None
    panel.undo()
    panel.undo()
    assert not panel.workspace.can_undo  # one drag, one step


def test_what_is_wanted_meanwhile_has_its_turn(curve):
    """The time is chosen before the spectra of all data are there."""
    panel = curve.view()
    panel.select(time=FLARE)
    for _ in range(3):
        assert panel.wait()
    assert len(panel.parts["spectrum"].widget.legend) == 3
    assert panel.parts["spectrum"].widget.facts == ""


def test_rows_choose_times(panel, front):
    front.tell(panel.parts["table"], "choose", key=3, add=False)
    assert panel.wait()
    assert panel.parts["table"].chosen == [3]
    start, stop = panel.selection.time
    assert (stop - start).to_value("min") == pytest.approx(10)
    front.tell(panel.parts["table"], "choose", key=6, add=True)
    assert panel.parts["table"].chosen == [3, 4, 5, 6]
    front.tell(panel.parts["table"], "span", keys=[7, 8], add=False)
    assert panel.parts["table"].chosen == [7, 8]
    front.tell(panel.parts["table"], "span", keys=[], add=False)
    assert panel.selection.time is None
    assert panel.wait()


def test_bands(panel, front):
    front.turn(panel.parts["controls"], "edges", "0.2, 0.6, 10")
    assert panel.wait()
    assert panel.state.edges == (0.2, 0.6, 10)
    assert [item["marker"] for item in panel.parts["plot"].widget.legend] == ["circle", "square"]
    front.turn(panel.parts["controls"], "bands", [1])
    assert "points 1" not in panel.parts["plot"].names
    assert len(panel.parts["numbers"].rows) == 1
    front.turn(panel.parts["controls"], "bands", [])
    assert [item["title"] for item in panel.parts["table"].columns if item["unit"].startswith("cm")] == [
        f"Flux {words}" for words in (item["label"] for item in panel.parts["plot"].widget.legend)
    ]
    assert [row["key"] for row in panel.parts["table"].rows] == list(range(25))
    front.turn(panel.parts["controls"], "log_y", True)
    assert panel.parts["plot"].data("points 0")[1].max() < 1e-9
    front.turn(panel.parts["controls"], "edges", "")
    assert panel.wait()
    assert panel.curve is panel.obj


def test_energies_of_the_workspace_are_the_band(panel):
    panel.select(energy=("0.5 TeV", None))
    assert panel.wait()
    assert panel.curve.energy_edges[0].to_value("TeV") == pytest.approx(0.5, rel=0.2)
    assert panel.parts["head"].facts.endswith("–30 TeV")


def test_folding_makes_the_brush_one_of_phases(panel, front):
    front.turn(panel.parts["controls"], "frequency", "2.5 h")
    assert panel.state.frequency == pytest.approx(1 / 9000)
    assert "blocks" not in settings(panel)
    drag(panel, [0.25, 0.5])
    assert panel.selection.phase == (0.25, 0.5)
    assert panel.selection.time is None
    x = panel.parts["plot"].data("points 0")[0]
    assert len(panel.parts["table"].chosen) == np.sum((x >= 0.25) & (x < 0.5))
    front.turn(panel.parts["controls"], "frequency", "")
    assert panel.state.frequency is None


@pytest.fixture
def other(curve):
    """The flux of every second bin, in other units, and a moment far away."""
    time = curve.time[::2]
    value = curve.column("flux")[::2, 0] * 1e11
    series = {"errn": 0.1, "errp": 0.1, "unit": "mJy", "name": "radio"}
    return gpnb.Series(time_min=time, time_max=time, value=value, **series)


def test_a_series_is_added_undone_and_taken_away(panel, front, other):
    panel.add(other)
    assert [item.name for item in panel.series] == ["radio"]
    assert len(panel.parts["left"].children) == 2
    strip = panel.parts["strips"][0]
    assert strip.data("points 0")[0] == pytest.approx(panel.parts["plot"].data("points 0")[0][::2])
    assert strip.widget.title == "radio"
    assert strip.widget.legend[0]["marker"] == "diamond"
    assert (panel.parts["plot"].widget.frame["over"], strip.widget.frame["over"]) == (True, False)
    assert strip.widget.frame["x"]["label"] == "Time (MJD, TT)"
    assert strip.widget.frame["x"] == panel.parts["plot"].widget.frame["x"]
    assert panel.parts["correlations"].rows[0]["cells"][:5] == ["radio", "0.1–30 TeV", "all", "13", "1.00"]
    panel.add(other.table, name="again", value="flux_errn")
    assert len(panel.parts["left"].children) == 3
    assert [one.widget.frame["over"] for one in (strip, panel.parts["strips"][1])] == [True, False]
    assert "Series.from_text(" in panel.to_code()
    assert panel.undo()
    assert len(panel.parts["left"].children) == 2
    front.turn(panel.parts["others"], "remove/0", 1)
    assert panel.parts["left"].children == (panel.parts["plot"].widget,)
    assert panel.parts["plot"].widget.frame["over"] is False
    assert panel.parts["correlations"].layout.display == "none"
    panel.undo()
    panel.remove("radio")
    with pytest.raises(gpnb.SelectionError, match="No series is called 'radio'"):
        panel.remove("radio")


def test_a_file_is_added_from_the_panel(panel, front, other, tmp_path):
    other.table.write(tmp_path / "radio.ecsv")
    front.turn(panel.parts["others"], "add", f" {tmp_path / 'radio.ecsv'} ")
    assert panel.state.series == (str(tmp_path / "radio.ecsv"),)
    front.turn(panel.parts["others"], "add", str(tmp_path / "no.ecsv"), "another gesture")
    assert "no such file" in panel.message
    front.turn(panel.parts["others"], "within", 30)
    assert panel.state.within == 1800
    assert len(panel.series) == 1


def test_the_brush_of_a_strip_is_that_of_all(panel, other, front):
    panel.add(other)
    span = panel.work.axis(panel.state).span
    ends = (span[0], 0.5 * sum(span))
    front.brush(panel.parts["strips"][0], ends)
    assert panel.wait()
    assert panel.selection.time is not None
    assert panel.parts["plot"].widget.chosen == pytest.approx(ends, abs=1e-5)
    assert [row["cells"][2] for row in panel.parts["correlations"].rows] == ["all", "chosen", "rest"]
    panel.set(frequency=1 / (2.5 * u.h))
    assert panel.parts["strips"][0].widget.frame["x"]["label"].startswith("Phase (")


def test_hardness_and_derivatives_of_the_frequency(panel, front):
    assert "hardness" not in settings(panel)
    front.turn(panel.parts["controls"], "edges", "0.2, 0.6, 10")
    assert panel.wait()
    front.turn(panel.parts["controls"], "hardness", True)
    assert panel.parts["strips"][0].widget.title == "Hardness"
    assert np.all(np.abs(panel.parts["strips"][0].data("points 0")[1]) < 1)
    front.turn(panel.parts["controls"], "bands", [0])
    assert panel.parts["left"].children == (panel.parts["plot"].widget,)
    assert {"f1", "f2", "epoch"}.isdisjoint(settings(panel))
    front.turn(panel.parts["controls"], "frequency", "2.5 h")
    before = panel.parts["plot"].data("points 0")[0]
    for name, text, value in [
        ("f1", "-3e-10", -3e-10),
        ("f2", "1e-16 Hz/s2", 1e-16),
        ("epoch", "60542.5", "2024-08-20T12:00:00.000000000 tt"),
    ]:
        front.turn(panel.parts["controls"], name, text)
        assert getattr(panel.state, name) == value
    assert settings(panel)["epoch"] == "60542.5"
    assert np.abs(panel.parts["plot"].data("points 0")[0] - before).max() > 0.01
    front.turn(panel.parts["controls"], "f1", "slow")
    assert "type a number in Hz s-1" in panel.message
    front.turn(panel.parts["controls"], "epoch", "once")
    assert "is not a time" in panel.message
    front.turn(panel.parts["controls"], "f1", "", "another gesture")
    assert panel.state.f1 == 0


def test_bins_that_were_shown_are_kept_with_their_pairs(panel, other, monkeypatch):
    panel.add(other)
    panel.set(bins="5 min")
    assert panel.wait()
    shown = panel.parts["plot"].data("points 0")[0]
    panel.set(bins="20 min")
    assert panel.wait()
    monkeypatch.setattr(gpnb.LightCurve, "rebin", None)
    monkeypatch.setattr("gpnb.panels.lightcurve.work.simultaneous", None)
    panel.set(bins="5 min")
    assert panel.wait()
    assert panel.state.bins == "5 min"
    assert np.array_equal(panel.parts["plot"].data("points 0")[0], shown)


def test_looks(panel, front):
    names = panel.parts["plot"].names
    front.turn(panel.parts["controls"], "blocks", False)
    front.turn(panel.parts["controls"], "pauses", True)
    assert panel.parts["plot"].names == ["points 0"] != names
    front.turn(panel.parts["controls"], "spectrum", False)
    assert panel.parts["plots"].children == (panel.parts["left"],)
    front.turn(panel.parts["controls"], "spectrum", True)
    assert panel.parts["plots"].children == (panel.parts["left"], panel.parts["spectrum"].widget)


def test_panels_of_one_workspace(curve, front):
    workspace = gpnb.Workspace()
    one, other = curve.view(workspace=workspace), curve.view(workspace=workspace, bins="run")
    assert one.wait()
    assert other.wait()
    front.tell(one.parts["table"], "span", keys=[4, 5, 6, 7, 8], add=False)
    assert one.wait()
    assert other.wait()
    assert len(other.parts["table"].chosen) == 2
    assert len(other.parts["spectrum"].widget.legend) == 3


def test_a_light_curve_without_its_data(curve, front):
    read = gpnb.LightCurve.from_table(curve.table)
    panel = read.view()
    assert {"bins", "minutes", "edges", "spectrum"}.isdisjoint(settings(panel))
    assert panel.parts["plots"].children == (panel.parts["left"],)
    front.tell(panel.parts["table"], "choose", key=3, add=False)
    assert len(panel.selected) == 1
    panel.set(bins="night")
    assert panel.parts["foot"].notes[-1].startswith("its data are not known")


def test_runs_that_cannot_be_cut(curve):
    """Spectra made in memory: other bands and joined runs, but no minutes."""
    runs = curve.maker.schedule.datasets
    plain = [gpnb.SpectrumDataset(**{**vars_of(item), "recipe": gpnb.Recipe.memory("data")}) for item in runs]
    panel = gpnb.light_curve(plain, SHAPE).view()
    assert panel.wait()
    assert "minutes" not in settings(panel)
    panel.set(bins="night")
    assert panel.wait()
    assert len(panel.curve) == 2
    panel.select(time=FLARE)
    assert panel.parts["plots"].children == (panel.parts["left"],)


def vars_of(item):
    names = ("energy", "energy_true", "counts", "exposure", "edisp", "livetime", "flags", "counts_off")
    names += ("acceptance", "acceptance_off", "gti", "obs_ids", "name")
    return {name: getattr(item, name) for name in names}


def test_data_are_saved_as_shown(panel, front, tmp_path):
    front.turn(panel.parts["controls"], "bins", "night")
    assert panel.wait()
    front.tell(panel.parts["foot"], "write", path=str(tmp_path / "curve.ecsv"), overwrite=False)
    assert len(gpnb.LightCurve.read(tmp_path / "curve.ecsv")) == 2
    front.tell(panel.parts["foot"], "write", path=str(tmp_path / "curve.pdf"), overwrite=False)
    assert (tmp_path / "curve.pdf").stat().st_size > 1000


def test_a_width_as_a_quantity(curve):
    panel = curve.view(bins=0.5 * u.h)
    assert panel.wait()
    assert panel.curve.width.to_value("min") == pytest.approx(np.full(len(panel.curve), 30))
