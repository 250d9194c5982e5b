"""The order of a report: what matters first, parameters last; its headings for the contents."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nbformat import NotebookNode

from gpnb.report.defaults import TAG

SUMMARY, RESULT = "summary", "result"
"""Tags of cells that are shown first, wherever they stand in the notebook: what is said, then what is shown."""

_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)
_MARKUP = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Parts:
    """The cells of a report by their place.

    Attributes
    ----------
    first : list
        The text below the title, the cells tagged ``summary``, and those tagged ``result``.
    rest, parameters : list
        All others in their order (a result leaves its place marked), and what is injected or tagged as parameters.
    """

    first: list[NotebookNode]
    rest: list[NotebookNode]
    parameters: list[NotebookNode]


def parts_of(notebook: NotebookNode) -> Parts:
    """Sort the cells of a notebook whose title has been taken away.

    Examples
    --------
    >>> from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
    >>> said = new_code_cell("1", metadata={"tags": ["summary"]})
    >>> parts = parts_of(new_notebook(cells=[new_markdown_cell("About."), new_markdown_cell("## A"), said]))
    >>> [[cell.source for cell in part] for part in vars(parts).values()]
    [['About.', '1'], ['## A'], []]
    """
    cells = [NotebookNode(cell) for cell in notebook.cells if cell.source.strip()]
    parameters = [cell for cell in cells if _tags(cell) & {TAG, "injected-parameters"}]
    lead = cells[:1] if cells and cells[0].cell_type == "markdown" and not cells[0].source.startswith("#") else []
    said, seen = ([cell for cell in cells if tag in _tags(cell)] for tag in (SUMMARY, RESULT))
    moved = {id(cell) for cell in (*parameters, *lead, *said)}
    rest = [cell for cell in cells if id(cell) not in moved]
    return Parts([*lead, *(cell for cell in (*said, *seen) if cell not in lead)], rest, parameters)


@dataclass
class Headings:
    """Gives headings names of their own, and keeps them for the contents.

    Attributes
    ----------
    found : list of dict
        ``id text`` of each, in the order of the page.
    """

    found: list[dict[str, str]] = field(default_factory=list)

    def named(self, page: str) -> str:
        """The same HTML, its headings named."""
        return _HEADING.sub(self._name, page)

    def _name(self, heading: re.Match[str]) -> str:
        name = f"part-{len(self.found) + 1}"
        self.found.append({"id": name, "text": " ".join(_MARKUP.sub("", heading[1]).split())})
        return f'<h2 id="{name}">{heading[1]}</h2>'


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags", []))
