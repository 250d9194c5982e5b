"""Sensitivities and times to detection as panels, live and as pictures."""

import numpy as np
import pytest

import gpnb

pytestmark = pytest.mark.long

ENERGY = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=4)
TRUE = gpnb.Axis.energy("1 TeV", "100 TeV", nbin=4, name="energy_true")
FLAT = gpnb.PowerLaw(index=2, amplitude="1e-12 TeV-1 s-1 cm-2")


def data(background=(300, 10, 1e-2, 1e5)):
    return gpnb.SpectrumDataset(ENERGY, TRUE, np.zeros(4), np.full(4, 1e13), np.eye(4), "10 h", background=background)


def sensitivity(**given):
    return gpnb.sensitivity(data(), **given)


def detection(background=(300, 10, 1, 1), **given):
    return gpnb.time_to_detection(data(background), FLAT, **given)


def test_a_sensitivity_tells_what_rules():
    panel = sensitivity().view()
    shown = panel.plot.shown
    assert [item.marker for item in shown.points] == ["circle", "square", "triangle-up"]
    assert [item.label for item in shown.points] == ["5 σ", "10 counts", "5 % of the background"]
    assert [row["cells"][-1] for row in panel.table.rows] == ["5 σ", "5 σ", "10 counts", "5 % of the background"]
    assert panel.facts().startswith("10 h · 5 σ · 10 counts · 5 % of the background · PowerLaw")
    assert shown.y_label.startswith("E²")
    above = sensitivity(integral=True).view().plot.shown
    assert above.y_label == "Flux above the energy (cm⁻² s⁻¹)"
    assert np.array_equal(above.points[0].x, ENERGY.low_values)


def test_a_sensitivity_without_a_bin_says_so():
    blind = gpnb.sensitivity(data().masked([True] * 4))
    panel = blind.view()
    assert [row["cells"][-1] for row in panel.table.rows] == ["no data"] * 4
    assert panel.message == ""
    assert "could not be" not in panel._repr_mimebundle_()["text/html"]


def test_a_detection_has_its_hour():
    found = detection()
    panel = found.view()
    assert panel.facts().startswith(found.words)
    assert "68 % of observations between" in panel.facts()
    (x, y) = panel.plot.data("points 0")
    assert x == pytest.approx([found.livetime.value])
    assert y == pytest.approx([5])
    never = detection((1e7,) * 4)
    assert "never detected" in never.view().facts()
    assert never.view().plot.shown.points == ()


@pytest.mark.parametrize(
    "make", [sensitivity, lambda: sensitivity(integral=True), detection, lambda: detection((1e7,) * 4)]
)
def test_live_and_static_are_one(make, tmp_path):
    panel = make().view()
    bundle = panel._repr_mimebundle_()
    assert {"text/html", "image/png"} < set(bundle)
    assert "could not be" not in bundle["text/html"]
    panel.save_data(tmp_path / "table.ecsv")
    panel.save(tmp_path / "plot.pdf")
    axes = panel.figure().axes[0]
    assert axes.get_xlabel() == panel.plot.shown.x_label
    assert ".view(" in panel.to_code()
