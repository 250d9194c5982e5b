"""Where no kernel listens there is a picture: saved notebooks, pages from disk, pages that run no script."""

import contextlib
import sys

import nbformat
import pytest

from gpnb.report.html import to_html

pytestmark = pytest.mark.browser

MAKE = """\
import numpy as np, gpnb
image = gpnb.SkyImage.empty(nxpix=60, nypix=60, binsz=0.05, xref=83.6, yref=22.0, coordsys="CEL", proj="TAN")
image.data[...] = np.hypot(*np.indices(image.data.shape))"""
SHOW = "image.view(title='<b>bold</b>')"
HELD = "'text/html' in window.jupyterapp.shell.currentWidget.content.model.cells.get(1).outputs.get(0).data"
COLOURS = """canvas => {
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data, seen = new Set();
  for (let i = 0; i < data.length; i += 4000) seen.add(data[i] * 65536 + data[i + 1] * 256 + data[i + 2]);
  return seen.size;
}"""

KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
RESTART = f"{KERNEL}.restart()"
DIE = f"{KERNEL}.requestExecute({{code: 'import os; os._exit(1)'}}) && true"


def save(book):
    book.page.wait_for_function("() => document.querySelector('.gpnb-sky')?.dataset.frames > 0")
    book.eventually(lambda: book.page.evaluate(HELD), True)  # the picture comes after
    book.save()
    return book


@pytest.fixture
def saved(notebook):
    """A notebook with a live panel, saved; and the page it is in."""
    return save(notebook([MAKE, SHOW]))


@pytest.fixture(scope="module")
def file(lab_browser):
    """The file of such a notebook, once it is closed."""
    with contextlib.closing(lab_browser.notebook([MAKE, SHOW])) as book:
        save(book)
        assert book.complaints() == []
    return book.path


def see_picture(book):
    picture = book.cell(1).locator("img.gpnb-picture")
    picture.wait_for()
    assert picture.count() == 1
    assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") > 300
    book.cell(1).locator(".gpnb-title", has_text="<b>bold</b>").wait_for()


def test_a_saved_notebook_without_a_kernel_shows_the_picture(saved, lab_server):
    lab_server.end_sessions(saved.path.name)
    saved.open()
    assert saved.python("print('image' in globals())") == "False\n"
    see_picture(saved)
    saved.run()
    saved.cell(1).locator(".gpnb-sky canvas").wait_for()
    assert saved.cell(1).locator("img.gpnb-picture").count() == 0


def test_a_reloaded_page_shows_the_live_panel_of_its_kernel(saved):
    saved.reload()
    sky = saved.cell(1).locator(".gpnb-sky canvas")
    sky.wait_for()
    saved.page.wait_for_function("() => document.querySelector('.gpnb-sky')?.dataset.frames > 0")
    assert sky.evaluate(COLOURS) > 20
    assert saved.cell(1).locator("img.gpnb-picture").count() == 0


def test_any_jupyterlab_shows_the_picture(file, lab_browser):
    """Without `gpnb lab`, and where the notebook is not trusted: another server has not signed it."""
    from labserver import LabServer

    with (
        LabServer({}, (sys.executable, "-m", "jupyterlab")) as server,
        lab_browser.at(server) as browser,
        contextlib.closing(browser.notebook(file, run=False)) as book,
    ):
        see_picture(book)
        assert book.complaints() == []


def test_the_file_holds_the_picture_once(file):
    notebook = nbformat.read(file, 4)
    (output,) = notebook.cells[1].outputs
    assert output.output_type == "display_data"
    assert "text/html" in output.data
    assert "image/png" not in output.data
    assert "<script" not in output.data["text/html"]
    assert "widgets" not in notebook.metadata


def test_nbconvert_as_it_is_shows_the_picture(file):
    from nbconvert import HTMLExporter

    page, _ = HTMLExporter().from_notebook_node(nbformat.read(file, 4))
    assert page.count('class="gpnb-picture"') == 1
    assert "application/vnd.jupyter.widget-view+json" not in page


@pytest.mark.parametrize("ends", ["restarts", "dies"])
def test_a_panel_says_that_its_kernel_has_ended(saved, ends):
    sky = saved.cell(1).locator(".gpnb-sky")
    place = sky.bounding_box()
    saved.page.evaluate({"restarts": RESTART, "dies": DIE}[ends])
    words = saved.cell(1).get_by_role("status").filter(has_text="run the cell again")
    words.wait_for()
    assert words.count() == 1
    assert sky.bounding_box()["width"] == place["width"]  # Jupyter's own marks would push the parts about
    assert saved.cell(1).locator(".gpnb-head").first.evaluate("part => part.closest('[inert]') !== null")
    assert saved.axe(".gpnb-live") == []
    saved.page.wait_for_function(f"() => {KERNEL}?.status === 'idle'")
    saved.run()
    saved.cell(1).locator(".gpnb-sky canvas").wait_for()
    assert words.count() == 0


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_page_from_disk_shows_the_picture(file, lab_browser, tmp_path, scripts):
    page = tmp_path / "page.html"
    page.write_text(to_html(nbformat.read(file, 4), file), encoding="utf-8")
    assert "<script" not in page.read_text(encoding="utf-8")
    with lab_browser.plain_page(page, scripts) as (shown, asked):
        pictures = shown.locator("img.gpnb-picture")
        assert pictures.count() == 1
        assert pictures.bounding_box()["width"] > 300
        shown.locator(".gpnb-title", has_text="<b>bold</b>").wait_for()
        assert asked == [page.as_uri()]
