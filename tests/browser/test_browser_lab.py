"""JupyterLab in a real browser: widgets talk both ways, panels show, hostile text stays text."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from PIL import Image

pytestmark = pytest.mark.browser

KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"

SLIDER = "import ipywidgets\nslider = ipywidgets.IntSlider(value=50, description='level')\nslider"

COUNTER = '''\
import anywidget, traitlets
class Counter(anywidget.AnyWidget):
    _esm = """export default { render({ model, el }) {
        const button = document.createElement("button");
        const show = () => { button.textContent = `count ${model.get("count")}`; };
        button.onclick = () => { model.set("count", model.get("count") + 1); model.save_changes(); };
        model.on("change:count", show); show(); el.append(button);
    } }"""
    count = traitlets.Int(0).tag(sync=True)
counter = Counter()
counter'''

IMAGE = """\
import numpy as np
import gpnb
gpnb.set_options(display="static")
image = gpnb.SkyImage.empty(nxpix=60, nypix=60, binsz=0.05, xref=83.6, yref=22.0, coordsys="CEL", proj="TAN")
image.data[...] = np.hypot(*np.indices(image.data.shape))
image"""

HOSTILE = """\
import numpy as np
from astropy.io import fits
from astropy.table import QTable
from astropy import units as u
import gpnb
gpnb.set_options(display="static")
rng = np.random.default_rng(1)
table = QTable({"TIME": np.sort(rng.uniform(0, 900, 50)) * u.s, "RA": rng.normal(83.6, 0.3, 50) * u.deg,
                "DEC": rng.normal(22, 0.3, 50) * u.deg, "ENERGY": rng.uniform(1, 9, 50) * u.TeV})
hdu = fits.table_to_hdu(table)
hdu.name = "EVENTS"
hdu.header["OBJECT"] = "<img src=x onerror=window.__hit=1>"
hdu.header["TELESCOP"] = "<script>window.__hit=2</script>"
hdu.header.update({"MJDREFI": 51910, "MJDREFF": 0.0, "TIMESYS": "TT", "RA_PNT": 83.6, "DEC_PNT": 22.5})
hdu.writeto("hostile.fits", overwrite=True)
events = gpnb.EventList.read("hostile.fits")
events"""


def drag(page, handle, dx):
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx, y, steps=8)
    page.mouse.up()


@pytest.mark.parametrize("subshells", [True, False], ids=["subshells", "main shell"])
def test_widgets_talk_both_ways(notebook, subshells):
    book = notebook([SLIDER, COUNTER], subshells=subshells)
    assert book.page.evaluate(f"{KERNEL}.commsOverSubshells") == ("perCommTarget" if subshells else "disabled")
    handle = book.cell(0).get_by_role("slider")
    handle.focus()
    book.page.keyboard.press("ArrowRight")
    book.wait_python("slider.value", 51)
    drag(book.page, handle, 30)
    book.wait_python("slider.value", lambda value: value > 55)
    book.python("slider.value = 7")
    book.cell(0).locator(".widget-readout").get_by_text("7", exact=True).wait_for()

    button = book.cell(1).get_by_role("button", name="count 0")
    button.click()
    book.wait_python("counter.count", 1)
    book.cell(1).get_by_role("button", name="count 1").press("Enter")
    book.wait_python("counter.count", 2)
    book.python("counter.count = 40")
    book.cell(1).get_by_role("button", name="count 40").wait_for()


def test_a_reloaded_page_keeps_its_widgets(notebook):
    book = notebook([SLIDER, COUNTER])
    book.python("slider.value = 33; counter.count = 5")
    book.save()
    book.reload()
    book.cell(0).locator(".widget-readout").get_by_text("33", exact=True).wait_for()
    book.cell(1).get_by_role("button", name="count 5").click()
    book.wait_python("counter.count", 6)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_panel_shows_as_a_picture(notebook, theme):
    book = notebook([IMAGE], theme=theme)
    panel = book.cell(0).locator(".gpnb-panel")
    panel.wait_for()
    assert panel.locator("img").evaluate("img => img.decode().then(() => img.naturalWidth)") > 300
    assert book.page.evaluate("document.body.dataset.jpThemeLight") == str(theme == "light").lower()
    assert book.axe(".gpnb-panel") == []


def test_hostile_text_of_a_header_stays_text(notebook):
    book = notebook([HOSTILE])
    facts = book.cell(0).locator(".gpnb-facts")
    facts.wait_for()
    assert "<img src=x onerror=window.__hit=1>" in facts.inner_text()
    assert "<script>window.__hit=2</script>" in facts.inner_text()
    assert book.page.evaluate("typeof window.__hit") == "undefined"


def test_the_theme_changes_while_a_notebook_is_open(notebook):
    book = notebook([SLIDER])
    before = book.cell(0).evaluate("cell => getComputedStyle(cell).color")
    book.theme("dark")
    assert book.cell(0).evaluate("cell => getComputedStyle(cell).color") != before
    book.cell(0).get_by_role("slider").wait_for()


class TestTheHarness:
    def test_tells_which_cell_raised(self, notebook):
        with pytest.raises(AssertionError, match="ZeroDivisionError"):
            notebook(["1 / 0"])

    def test_sees_errors_and_requests_outside(self, notebook):
        book = notebook(["1"], allowed=["example.org"])
        assert book.complaints() == []
        failed = book.page.evaluate("fetch('https://example.org/x').then(() => false, () => true)")
        assert failed
        assert book.blocked == ["https://example.org/x"]
        assert len(book.complaints()) == 2

    def test_asks_the_kernel(self, notebook):
        book = notebook(["x = 4"])
        assert book.value("{'x': x, 'y': [1, None]}") == {"x": 4, "y": [1, None]}
        assert book.python("print(x + 1)") == "5\n"
        with pytest.raises(AssertionError, match="NameError"):
            book.python("nothing")
        with pytest.raises(AssertionError, match="x is 4, not 5"):
            book.wait_python("x", 5, timeout=0.1)

    def test_finds_what_is_hard_to_reach(self, notebook):
        book = notebook(["from IPython.display import HTML\nHTML('<button></button>')"])
        assert "button-name" in book.axe(".jp-OutputArea-output")[0]

    def test_takes_pictures_of_all_cells_in_both_themes(self, lab_browser, tmp_path):
        file = tmp_path / "tall.ipynb"
        nbformat.write(new_notebook(cells=[new_code_cell("print('\\n' * 60)") for _ in range(3)]), file)
        light, dark = (Image.open(path) for path in lab_browser.screenshots(file, tmp_path / "shots", widths=(700,)))
        assert light.size == dark.size
        assert light.size[0] > 500
        assert light.size[1] > 3 * 60 * 15
        assert light.convert("L").getpixel((5, 5)) > 200 > 60 > dark.convert("L").getpixel((5, 5))

    def test_ends_kernels(self, notebook, lab_server):
        notebook(["1"]).close()
        assert lab_server.rest("api/sessions") == []
