"""The panel of tables, live: sorted, found, chosen, and linked to the sky."""

from types import SimpleNamespace

import numpy as np
import pytest
from astropy import units as u
from astropy.table import QTable
from IPython.core.formatters import DisplayFormatter

import gpnb
from gpnb.core.table_cells import show_tables_in_cells


@pytest.fixture
def peaks():
    value = np.array([5.5, 9.0, 7.0] * 4)
    return QTable({"value": value, "ra": np.arange(12) * u.deg, "dec": np.full(12, 22.0) * u.deg})


def keys(panel):
    return [row["key"] for row in panel.parts["table"].rows]


def test_sorted_up_down_and_as_it_was(peaks, front):
    panel = gpnb.show(peaks)
    table = panel.parts["table"]
    front.tell(table, "sort", name="value")
    assert keys(panel)[:5] == [0, 3, 6, 9, 2]
    assert table.sort == {"by": "value", "ascending": True}
    front.tell(table, "sort", name="value")
    assert keys(panel)[0] in (1, 10)
    front.tell(table, "sort", name="value")
    assert keys(panel) == list(range(12))
    panel.undo()
    assert not panel.state.sort_ascending


def test_found_as_one_types(peaks, front):
    panel = gpnb.show(peaks)
    (item,) = panel.parts["look"].items
    assert item["live"]
    assert item["text"] == "12 of 12"
    front.turn(panel.parts["look"], "find", "9")
    front.turn(panel.parts["look"], "find", "9.0")
    assert panel.parts["look"].items[0]["text"] == f"{len(keys(panel))} of 12"
    assert len(keys(panel)) < 12
    assert panel.workspace.steps == 1
    front.turn(panel.parts["look"], "find", "nowhere")
    assert keys(panel) == []


def test_few_rows_need_no_search(peaks):
    assert gpnb.show(peaks[:3]).parts["look"].items == []


def test_a_row_comes_into_the_middle_of_every_sky(peaks, front):
    workspace = gpnb.Workspace()
    sky = gpnb.SkyImage.empty(nxpix=20, nypix=20).view(workspace=workspace)
    other = gpnb.SkyImage.empty(nxpix=20, nypix=20).view()
    panel = gpnb.show(peaks, workspace=workspace)
    front.tell(panel.parts["table"], "choose", key=4, add=False)
    assert sky.state.center == "icrs 4d 22d"
    assert other.state.center == ""
    assert panel.parts["table"].chosen == [4]
    assert panel.chosen["ra"].value.tolist() == [4.0]
    assert workspace.steps == 1
    workspace.undo()
    assert sky.state.center == ""
    assert panel.state.chosen == ()


def test_rows_without_a_position_are_chosen_alone(front):
    panel = gpnb.show(QTable({"ra": [np.nan, 1.0] * u.deg, "dec": [1.0, 2.0] * u.deg}))
    front.tell(panel.parts["table"], "choose", key=0, add=False)
    assert panel.state.chosen == (0,)
    front.tell(panel.parts["table"], "choose", key=1, add=True)
    assert panel.state.chosen == (0, 1)
    front.tell(panel.parts["table"], "choose", key=1, add=True)
    assert panel.state.chosen == (0,)
    front.tell(panel.parts["table"], "span", keys=[0, 1], add=False)
    assert panel.state.chosen == (0, 1)


def test_hostile_text_stays_text(front):
    panel = gpnb.show({"name": [front.hostile]})
    assert panel.parts["table"].rows[0]["cells"] == [front.hostile]
    assert "<img src=x" not in panel._repr_mimebundle_()["text/html"]


def test_a_table_is_saved_without_a_picture(peaks, front):
    panel = gpnb.show(peaks)
    front.tell(panel.parts["head"], "save")
    drawer = panel.parts["foot"].drawer
    assert [ending for ending, _ in drawer["endings"]] == [".ecsv", ".csv"]
    assert drawer["path"].endswith(".ecsv")


def test_many_rows_are_bounded():
    panel = gpnb.show({"a": np.arange(100_000)})
    assert len(panel.parts["table"].rows) == 500
    assert "the first 500 are shown" in panel.parts["head"].facts


def test_tables_of_a_cell(peaks, monkeypatch):
    """What a kernel makes of a table that is the last line of a cell."""
    formatter = DisplayFormatter()
    shell = SimpleNamespace(kernel=True, display_formatter=formatter, get_parent=dict)
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    show_tables_in_cells()
    with gpnb.set_options(display="static"):
        found, _ = formatter.format(peaks["value", "ra"])
        assert "gpnb-panel" in found["text/html"]
        assert "<Table: 12 rows, 2 columns>" in found["text/plain"]
        with gpnb.set_options(tables="astropy"):
            assert "QTable length=12</i>" in formatter.format(peaks)[0]["text/html"]
