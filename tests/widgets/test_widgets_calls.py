"""What one step of a slider costs, counted: calls, and the rooms they go through."""

import pytest

import gpnb

ROOMS = {"core", "models", "fitting", "stats", "state", "panels", "widgets"}
PANELS = {"spectrum", "fit", "plot", "flux_marks", "work", "columns"}
MOST = 1605 // 2
"""Half of what a step took once."""


@pytest.fixture
def panel(demo):
    runs = demo.select(target="Crab")
    energy = gpnb.Axis.energy("0.3 TeV", "30 TeV", per_decade=5)
    return gpnb.reduce_spectrum(runs, "icrs; circle(83.63, 22.01, 0.11)", energy).view()


def test_a_step_of_a_slider_is_cheap_and_stays_where_it_belongs(panel, front, calls):
    sliders = panel.parts["parameters"]
    for place in (500, 510):
        front.turn(sliders, "place/index", place, "a drag")
    found = calls(lambda: front.turn(sliders, "place/index", 520, "a drag"))
    assert panel.message == ""
    assert 100 < len(found) <= MOST
    assert {name.split(".")[1] for name in found} <= ROOMS
    assert {name.split(".")[2] for name in found if name.startswith("gpnb.panels.")} <= PANELS


def test_a_refresh_without_change_makes_nothing(panel, calls):
    assert len(calls(panel.refresh)) < 120
