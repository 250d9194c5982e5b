"""Where no kernel listens there is a picture: saved notebooks, pages from disk, pages that run no script."""

import nbformat
import pytest

from gpnb.report.html import to_html

pytestmark = pytest.mark.browser

MAKE = """\
import numpy as np, gpnb
image = gpnb.SkyImage.empty(nxpix=60, nypix=60, binsz=0.05, xref=83.6, yref=22.0, coordsys="CEL", proj="TAN")
image.data[...] = np.hypot(*np.indices(image.data.shape))"""
SHOW = "image.view(title='<b>bold</b>')"
COLOURS = """canvas => {
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data, seen = new Set();
  for (let i = 0; i < data.length; i += 4000) seen.add(data[i] * 65536 + data[i + 1] * 256 + data[i + 2]);
  return seen.size;
}"""


@pytest.fixture
def saved(notebook):
    """A notebook with a live panel, saved; and the page it is in."""
    book = notebook([MAKE, SHOW])
    book.page.wait_for_function("() => document.querySelector('.gpnb-sky')?.dataset.frames > 0")
    book.save()
    return book


def test_a_saved_notebook_without_a_kernel_shows_the_panel(saved, lab_server):
    lab_server.end_sessions(saved.path.name)
    saved.open()
    assert saved.python("print('image' in globals())") == "False\n"
    sky = saved.cell(1).locator(".gpnb-sky canvas")
    sky.wait_for()
    saved.page.wait_for_function("() => document.querySelector('.gpnb-sky')?.dataset.frames > 0")
    assert sky.evaluate(COLOURS) > 20
    saved.cell(1).get_by_text("<b>bold</b>").first.wait_for()


def test_the_file_holds_a_picture_beside_the_widget(saved):
    (output,) = nbformat.read(saved.path, 4).cells[1].outputs
    assert {"image/png", "text/html", "text/plain"} < set(output.data)
    assert "<script" not in output.data["text/html"]


def test_a_stranger_sees_the_picture(saved, lab_browser):
    """On another server the notebook is not trusted, and its widgets are not shown."""
    from labserver import LabServer

    with LabServer({}) as server:
        book = lab_browser.at(server).notebook(saved.path, run=False)
        try:
            picture = book.cell(1).locator("img.gpnb-picture")
            picture.wait_for()
            assert picture.evaluate("img => img.decode().then(() => img.naturalWidth)") > 300
            assert book.complaints() == []
        finally:
            book.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_page_from_disk_shows_the_picture(saved, lab_browser, tmp_path, scripts):
    page = tmp_path / "page.html"
    page.write_text(to_html(nbformat.read(saved.path, 4), saved.path), encoding="utf-8")
    assert "<script" not in page.read_text(encoding="utf-8")
    with lab_browser.plain_page(page, scripts) as (shown, asked):
        pictures = shown.locator("img.gpnb-picture")
        assert pictures.count() == 1
        assert pictures.bounding_box()["width"] > 300
        shown.locator(".gpnb-title", has_text="<b>bold</b>").wait_for()
        assert asked == [page.as_uri()]
