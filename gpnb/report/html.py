"""The page of a report: one file, no script, nothing from the network."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbconvert.exporters import TemplateExporter
from nbconvert.filters import Highlight2HTML, ansi2html
from nbformat import NotebookNode
from traitlets.config import Config

from gpnb.report.defaults import NotebookParameter, read_defaults
from gpnb.report.mathml import latex_output, markdown_to_html
from gpnb.report.parts import Headings, parts_of
from gpnb.report.pictures import size_of
from gpnb.report.sanitize import sanitize

_TEMPLATE = Path(__file__).parent / "template"

_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
"""What a picture is made of: nothing else gets into an attribute of the page."""

_PICTURES = ("image/svg+xml", "image/png", "image/jpeg")


class ReportExporter(TemplateExporter):  # type: ignore[misc]  # nbconvert has no types
    """nbconvert's exporter with our own page around the cells, and static forms only."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def __init__(self, **kwargs: Any):
        config = Config({"TemplateExporter": {"extra_template_basedirs": [str(_TEMPLATE.parent)]}})
        super().__init__(config=config, template_name="template", **kwargs)

    def default_filters(self) -> Any:
        """The filters of the page, besides nbconvert's own."""
        yield from super().default_filters()
        yield "code", _code
        yield "terminal", lambda text: Markup(ansi2html(text))  # noqa: S704  (ansi2html escapes)
        yield "show_output", lambda output: Markup(show_data(output["data"], output["metadata"]))  # noqa: S704  (sanitised)
        yield "literal", _literal


def to_html(notebook: NotebookNode, source: Path) -> str:
    """The page of an executed notebook.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; its metadata may hold the provenance that `write_report` adds.
    source : Path
        The notebook it was made from: gives the name, and the folder of pictures in its text.

    Returns
    -------
    str
        HTML with its style inside; forbids every script and every download by a policy of its own.
    """
    title, notebook = _split_title(notebook, source.stem)
    css = (_TEMPLATE / "report.css").read_text(encoding="utf-8")
    parts, headings = parts_of(notebook), Headings()
    for cell in (*parts.first, *parts.rest):
        if cell.cell_type == "markdown":
            page = sanitize(markdown_to_html(cell.source, str(source.parent), cell.get("attachments")))
            cell["page"] = Markup(headings.named(page))  # noqa: S704  (sanitised)
    resources = {
        "title": title,
        "css": css,
        "parameters": _parameters(notebook, source.name),
        "given": notebook.metadata.get("papermill", {}).get("parameters", {}),
        "provenance": notebook.metadata.get("gpnb", {}),
        "parts": parts,
        "headings": [{**item, "text": unescape(item["text"])} for item in headings.found],
    }
    page, _ = ReportExporter().from_notebook_node(notebook, resources)
    return str(page)


def show_data(data: dict[str, Any], metadata: Mapping[str, Any] | None = None) -> str:
    """The static form of one output, by its MIME types: a summary with its picture, else text.

    Parameters
    ----------
    data : dict
        MIME type → content, as a notebook stores it.
    metadata : mapping, optional
        MIME type → how large a picture is meant to be.

    Returns
    -------
    str
        Sanitised HTML.
    """
    shown = sanitize(_text(data["text/html"])) if "text/html" in data else ""
    if "<img" not in shown:
        kind = next((kind for kind in _PICTURES if kind in data), None)
        shown += _picture(kind, data[kind], (metadata or {}).get(kind)) if kind else ""
    if shown:
        return shown
    if "text/markdown" in data:
        return sanitize(markdown_to_html(_text(data["text/markdown"])))
    if "text/latex" in data:
        return sanitize(latex_output(_text(data["text/latex"])))
    return f"<pre>{ansi2html(_text(data.get('text/plain', '')))}</pre>"


def _picture(kind: str, content: Any, size: Any = None) -> str:
    text = _text(content)
    if kind == "image/svg+xml":  # as an image a browser runs no script in it
        text = base64.b64encode(text.encode()).decode()
    encoded = "".join(text.split())
    if not _BASE64.fullmatch(encoded):
        return "<p>A picture that is none was left out.</p>"
    width = size.get("width") if isinstance(size, Mapping) else None
    width = width or (size_of(encoded) or (None,))[0]
    wide = f' width="{width:.0f}"' if isinstance(width, int | float) else ""
    return f'<img src="data:{kind};base64,{encoded}" alt="figure"{wide}>'


def _text(content: str | list[str]) -> str:
    return content if isinstance(content, str) else "".join(content)


def _code(source: str) -> Markup:
    return Markup(Highlight2HTML(pygments_lexer="python3")(source))  # noqa: S704  (pygments escapes)


def _literal(value: Any) -> str:
    """A parameter's value as people read it: text without quotes, lists with commas."""
    if isinstance(value, list | tuple):
        return ", ".join(_literal(item) for item in value)
    return "—" if value is None else str(value)


def _parameters(notebook: NotebookNode, source: str) -> list[NotebookParameter]:
    return list(read_defaults(notebook, source).values())


def _split_title(notebook: NotebookNode, name: str) -> tuple[str, NotebookNode]:
    """The first heading, which becomes the page's title, and the notebook without it."""
    for index, cell in enumerate(notebook.cells):
        line, _, rest = cell.source.partition("\n")
        if cell.cell_type == "markdown" and line.startswith("# "):
            shortened = NotebookNode(cell | {"source": rest.strip()})
            cells = [*notebook.cells[:index], shortened, *notebook.cells[index + 1 :]]
            return line[2:].strip(), NotebookNode(notebook | {"cells": cells})
    return name, notebook
