"""Entries that are refused, in a real browser: marked, told in a sentence, and back to what was when left."""

import re

import pytest

pytestmark = pytest.mark.browser

SPECTRUM = """\
import gpnb, numpy as np
energy, true = (gpnb.Axis.energy("1 TeV", "100 TeV", nbin=8, name=name) for name in ("energy", "energy_true"))
fields = {"exposure": np.full(8, 3e14), "edisp": np.eye(8), "livetime": "1 h", "acceptance_off": 10}
data = gpnb.SpectrumDataset(energy, true, np.arange(200, 40, -20), counts_off=np.full(8, 20), **fields)
panel = gpnb.Datasets([data]).view(model=gpnb.PowerLaw(index=2.5, amplitude="3e-12 TeV-1 s-1 cm-2"))
panel"""


def test_a_refused_entry_is_marked_until_it_is_left(notebook):
    book = notebook([SPECTRUM])
    cell = book.cell(0)
    cell.get_by_role("button", name=re.compile("Value and limits of")).first.click()
    field = cell.get_by_role("textbox", name=re.compile("^Value ")).first
    was = field.input_value()
    field.fill("abc")
    field.press("Enter")
    book.eventually(lambda: field.get_attribute("aria-invalid"), "true")
    assert cell.get_by_text("is not a number, such as 2.5.").count() == 1
    assert field.input_value() == "abc"
    assert book.axe(".gpnb-spectrum-panel") == []
    field.press("Escape")
    assert field.get_attribute("aria-invalid") is None
    assert field.input_value() == was
    field.fill("2.4 TeV")
    field.press("Enter")
    book.eventually(lambda: field.get_attribute("aria-invalid"), "true")
    field.press("Tab")
    book.eventually(field.input_value, was)
    book.wait_python("panel.parts['parameters'].refused", {})
    field.fill("2.25")
    field.press("Enter")
    book.wait_python("panel.state.parameters[0][1]", 2.25)
    assert field.get_attribute("aria-invalid") is None

    cell.get_by_role("button", name="Restrict the energy").click()
    chip = cell.get_by_label(re.compile("^Energy, such as"))
    chip.fill("green")
    chip.press("Enter")
    book.eventually(lambda: chip.get_attribute("aria-invalid"), "true")
    assert chip.input_value() == "green"
    chip.fill("2 TeV – 50 TeV")
    chip.press("Enter")
    book.wait_python("panel.selection.energy_tev", [2.0, 50.0])
    book.eventually(chip.count, 0)

    cell.get_by_role("button", name="Save the picture").click()
    path = cell.get_by_label(re.compile("^File name"))
    path.fill("nowhere/at/all.png")
    path.press("Enter")
    book.eventually(lambda: path.get_attribute("aria-invalid"), "true")
