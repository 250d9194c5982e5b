"""The order of a report, its contents, and how large its pictures are."""

import base64
import io
from pathlib import Path

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from gpnb.report.html import show_data, to_html
from gpnb.report.pictures import screen_size, tell_sizes


def picture(dots=None, width=400):
    buffer = io.BytesIO()
    Image.new("RGB", (width, 200)).save(buffer, "PNG", **({} if dots is None else {"dpi": (dots, dots)}))
    return buffer.getvalue()


def shown(text, *tags):
    cell = new_code_cell(f"show({text!r})", outputs=[new_output("display_data", {"text/plain": text})])
    cell.metadata["tags"] = list(tags)
    return cell


CELLS = [
    new_markdown_cell("# Title\n\nWhat this is."),
    new_code_cell("target = 'Crab'  # the target\nbinsz = 2", metadata={"tags": ["parameters"]}),
    new_code_cell("target = 'Vela'", metadata={"tags": ["injected-parameters"]}),
    new_markdown_cell("## First <b>part</b> & more"),
    shown("the figure", "result"),
    new_markdown_cell("## Second\n\n## Second"),
    shown("the rest"),
    shown("the sentence", "summary"),
]


def page(cells=CELLS):
    notebook = new_notebook(cells=cells)
    notebook.metadata["papermill"] = {"parameters": {"target": "Vela"}}
    notebook.metadata["gpnb"] = {"version": "1", "created": "2026-01-01T00:00:00", "source": "a.ipynb", "sha256": {}}
    return to_html(notebook, Path("folder/a.ipynb"))


def test_what_matters_comes_first_and_parameters_last():
    text = page()
    words = ("What this is.", "the sentence", "the figure", "Shown in the summary.", "the rest")
    places = [text.index(word) for word in words]
    assert places == sorted(places)
    assert text.index("the rest") < text.index('<h2 id="parameters">') < text.index('<h2 id="provenance">')
    assert text.count("the sentence") == 2  # once shown, once in its code
    assert "1 of 2 parameters changed" in text


def test_the_contents_lead_to_every_part():
    text = page()
    for number, words in enumerate(("First part &amp; more", "Second", "Second"), start=1):
        assert text.count(f'<a href="#part-{number}">{words}</a>') == 2  # beside the text, and folded above it
        assert text.count(f'<h2 id="part-{number}">') == 1
    assert '<a href="#parameters">Parameters</a>' in text


def test_a_notebook_without_headings_or_tags_has_a_page():
    text = page([new_code_cell("1 + 1")])
    assert "<nav" not in text
    assert 'id="summary"' not in text


def test_pictures_are_as_large_as_they_mean_to_be():
    assert screen_size(picture(192)) == (200, 100)
    assert screen_size(picture()) is None
    assert screen_size(picture(192)[:40]) is None
    encoded = base64.b64encode(picture(192)).decode()
    assert 'width="200"' in show_data({"image/png": encoded})
    assert 'width="123"' in show_data({"image/png": encoded}, {"image/png": {"width": 123}})
    assert "width=" not in show_data({"image/png": base64.b64encode(picture()).decode()})
    cell = new_code_cell("1", outputs=[new_output("display_data", {"image/png": encoded})])
    tell_sizes(new_notebook(cells=[cell]))
    assert cell.outputs[0].metadata["image/png"] == {"width": 200, "height": 100}
