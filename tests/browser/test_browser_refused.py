"""Entries that are refused, in a real browser: marked, told in a sentence, and back to what was when left."""

import pytest

pytestmark = pytest.mark.browser

MAP = """\
import gpnb, numpy as np
geom = gpnb.WcsGeometry.create("83.6d 22d", width="1 deg", binsz="0.02 deg")
sky = gpnb.SkyMap(geom, np.random.default_rng(1).normal(size=geom.shape)).view(contours=[1.0])
sky"""


def test_a_refused_entry_is_marked_until_it_is_left(notebook):
    book = notebook([MAP])
    cell, page = book.cell(0), book.page
    field = cell.get_by_role("textbox", name="Contours at")
    field.fill("three")
    field.press("Enter")
    book.eventually(lambda: field.get_attribute("aria-invalid"), "true")
    assert cell.get_by_text("Contours 'three' must be numbers, such as 3 5 7.").count() == 1
    assert field.input_value() == "three"
    assert book.axe(".gpnb-sky-panel") == []
    field.press("Escape")
    assert field.get_attribute("aria-invalid") is None
    assert field.input_value() == "1"
    field.fill("four")
    field.press("Enter")
    book.eventually(lambda: field.get_attribute("aria-invalid"), "true")
    field.press("Tab")
    book.eventually(field.input_value, "1")
    book.wait_python("sky.parts['draw'].refused", {})
    field.fill("2 3")
    field.press("Enter")
    book.wait_python("list(sky.state.contours)", [2.0, 3.0])
    book.python("sky.set(contours=None)")
    book.eventually(field.input_value, "")
    assert page.evaluate("document.activeElement.value") == ""
