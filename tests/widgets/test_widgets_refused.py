"""Every field of every panel takes nonsense with one sentence, marks the entry, and leaves the state as it was."""

import re

import numpy as np
import pytest
from astropy import units as u
from astropy.table import Table
from astropy.time import Time

import gpnb
from gpnb.products.sed import reference_columns
from gpnb.state.record import Record
from gpnb.widgets.parts.part import Controls
from gpnb.widgets.parts.tabs import Parameters

TAKES_TEXT = {"find", "add", "title"}
"""Fields for which no text is nonsense."""

NONSENSE = ("abc", "5 parsecs of nothing", "1 2 3 x", "inf")
RECORDS = re.compile(r"\b\w+View\b|tuple\[|\bfloat\b|NoneType|Traceback")


@pytest.fixture
def panels(dataset, cube):
    """A panel of each kind that has fields."""
    energy, true = (gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8, name=name) for name in ("energy", "energy_true"))
    fields = {"exposure": np.full(8, 3e14), "edisp": np.eye(8), "livetime": "1 h", "acceptance_off": 10}
    spectrum = gpnb.SpectrumDataset(energy, true, np.arange(20, 4, -2), counts_off=np.full(8, 20), **fields)
    start = Time(60542.0 + np.arange(6) / 48, format="mjd", scale="tt")
    axes = {"e_ref": np.array([2.0]), "e_min": np.array([1.0]), "e_max": np.array([10.0])}
    norms = {"norm": np.array([[1.0, 2.0, 5.0, 3.0, 1.0, 1.2]]).T, "norm_err": 0.1, "is_ul": np.zeros((6, 1))}
    reference = reference_columns(gpnb.PowerLaw(index=2.6, amplitude="4e-11 TeV-1 s-1 cm-2"), **axes)
    curve = gpnb.LightCurve(**axes, **reference, **norms, time_min=start, time_max=start + 20 * u.min)
    runs = Table({"OBS_ID": [1, 2], "OBJECT": ["Crab", "Vela"], "RA_PNT": [83.0, 128.0], "DEC_PNT": [22.0, -45.0]})
    objects = (dataset, cube, gpnb.Datasets([spectrum]), curve, gpnb.Observations([], table=runs))
    made = [item.view() for item in objects]
    assert all(panel.wait() for panel in made)
    return [*made, gpnb.show({"a": np.arange(20)})]


def rows_of(panel):
    """All rows of controls."""

    def inside(value):
        if isinstance(value, Controls):
            yield value
        elif isinstance(value, list | tuple):
            for item in value:
                yield from inside(item)

    return [row for value in panel.parts.values() for row in inside(value)]


def fields(row):
    """Names of the fields in which people type."""
    if isinstance(row, Parameters):
        return [f"{kind}/{item['name']}" for item in row.items for kind in ("value", "min", "max")]
    return [item["name"] for item in row.items if item["kind"] in ("text", "number")]


@pytest.mark.parametrize("text", NONSENSE)
def test_nonsense_is_told_in_one_sentence_and_changes_nothing(panels, text, front):
    tried = 0
    for panel in panels:
        for row in rows_of(panel):
            for name in fields(row):
                if name in TAKES_TEXT:
                    continue
                before = panel.state
                front.turn(row, name, text, gesture=f"{name} {text}")
                if name in row.refused:
                    said = row.refused[name]
                    assert panel.message == said
                    assert panel.state == before
                    assert said.endswith((".", "?")), said
                    assert not RECORDS.search(said), said
                else:
                    assert isinstance(panel.state, Record)
                    assert text == "inf" or panel.state != before, f"{name} took {text!r} without a word"
                tried += 1
    assert tried >= 15


def test_what_is_mended_is_not_marked_any_more(cube, front):
    panel = cube.view()
    row = next(row for row in rows_of(panel) if "contours" in fields(row))
    front.turn(row, "contours", "three")
    assert row.refused == {"contours": "Contours 'three' must be numbers, such as 3 5 7."}
    front.turn(row, "contours", "3 5", gesture="another")
    assert row.refused == {}
    assert panel.state.contours == (3.0, 5.0)


def test_a_number_is_told_as_one(cube, front):
    panel = cube.view()
    row = next(row for row in rows_of(panel) if "high" in fields(row))
    front.turn(row, "high", "that")
    (said,) = row.refused.values()
    assert said.endswith("that is not a number, such as 2.5.")
    panel.set(high=2.0)
    panel.set(high=None)
    assert next(item for item in row.items if item["name"] == "high")["value"] is None


def test_chips_and_paths_that_are_refused_are_answered(cube, front, tmp_path):
    panel = cube.view()
    head, foot = panel.parts["head"], panel.parts["foot"]
    front.tell(head, "chip", name="energy", text="green")
    assert head.answer == {"count": 1, "why": panel.message}
    front.tell(head, "chip", name="energy", text="2 TeV – 4 TeV")
    assert head.answer == {"count": 2, "why": ""}
    front.tell(head, "save")
    front.tell(foot, "write", path=str(tmp_path / "nowhere" / "at.txt"), overwrite=False)
    assert foot.refused == panel.message != ""
    front.tell(foot, "close")
    assert foot.refused == ""
