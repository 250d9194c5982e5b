"""The sky in Aladin Lite: the same coordinate lines as on the flat one."""

import pytest

pytestmark = pytest.mark.browser

HEARD = """() => {
  const write = CanvasRenderingContext2D.prototype.fillText;
  window.gpnbTexts = new Set();
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    window.gpnbTexts.add(text);
    return write.call(this, text, ...place);
  };
}"""
MAKE = """\
import numpy as np, gpnb
geom = gpnb.WcsGeometry.create("galactic 0d 0d", width=("6 deg", "4 deg"), binsz="0.05 deg", frame="galactic")
sky = gpnb.SkyMap(geom, np.random.default_rng(1).normal(size=geom.shape))
panel = sky.view(backdrop="sky")
panel"""


def texts(book):
    return book.page.evaluate("() => [...window.gpnbTexts ?? []]")


def test_lines_are_labelled_in_the_frame_of_the_map_with_real_minus_signs(notebook):
    book = notebook([MAKE], run=False)
    book.page.evaluate(HEARD)
    book.run()
    book.cell(0).locator(".aladin-widget canvas").first.wait_for()
    book.eventually(lambda: {"−1°", "0°", "1°", "359°"} <= set(texts(book)), True)
    assert not [text for text in texts(book) if text.startswith("-")]
    book.python("panel.set(width='0.5 deg')")
    book.eventually(lambda: {"0.10°", "−0.10°"} <= set(texts(book)), True)
    book.python("panel.set(grid=False)")
    book.page.wait_for_timeout(500)
    book.page.evaluate("() => window.gpnbTexts.clear()")
    book.python("panel.set(width='5 deg')")
    book.page.wait_for_timeout(500)
    assert not [text for text in texts(book) if text.endswith("°") and len(text) < 6]
