"""A night and a year as panels, live and as pictures."""

import pytest

import gpnb

pytestmark = pytest.mark.long


def night(date="2024-06-08"):
    return gpnb.visibility("galactic 0d 0d", "CTAO South", date)


def year():
    return gpnb.visible_hours("galactic 0d 0d", "CTAO South", 2024, "50 deg")


def test_a_night_is_drawn_from_dusk_to_dawn():
    panel = night().view()
    shown = panel.plot.shown
    assert {item.label for item in shown.spans} == {"twilight", "usable"}
    low, high = shown.x
    assert 9 < high - low < 15
    assert all(low <= place <= high for place in shown.x_ticks)
    assert len(panel.table.rows) >= 1
    assert night("2024-12-20").view().notes() == [
        "No hour of the night of 2024-12-20 is usable: the target is high enough by day alone."
    ]


def test_a_year_has_twelve_months():
    panel = year().view()
    assert len(panel.table.rows) == 12
    assert panel.plot.shown.image.values.shape == (10, 12)
    assert "best in June and July" in panel.facts() or "best in May and June" in panel.facts()


@pytest.mark.parametrize("make", [night, year])
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
