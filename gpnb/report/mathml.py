"""Markdown with its formulae as MathML, which browsers draw without a script."""

from __future__ import annotations

import html
import re

from latex2mathml import exceptions
from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

_FAULTS = tuple(
    fault for fault in vars(exceptions).values() if isinstance(fault, type) and issubclass(fault, Exception)
)
"""Every fault the library may find in a formula; they have no common base."""

_DOLLARS = re.compile(r"^\s*(\${1,2})(.+?)\1\s*$", re.DOTALL)


def to_mathml(latex: str, display: str = "inline") -> str:
    r"""A formula as MathML; one that cannot be read stays as its source.

    Parameters
    ----------
    latex : str
        Without dollars.
    display : {"inline", "block"}
        Within a line, or on its own.

    Examples
    --------
    >>> "<msup>" in to_mathml("E^2")
    True
    """
    try:
        return convert(latex, display=display)
    except _FAULTS:
        return f"<code>{html.escape(latex)}</code>"


def latex_output(latex: str) -> str:
    """An output of type text/latex, dollars included, as MathML."""
    found = _DOLLARS.match(latex)
    return to_mathml(found[2] if found else latex, "block" if found and found[1] == "$$" else "inline")


class _Renderer(IPythonRenderer):  # type: ignore[misc]  # nbconvert has no types
    """nbconvert's Markdown, but for the formulae, and with HTML left to `sanitize`."""

    def inline_html(self, html: str) -> str:
        return html

    def block_html(self, html: str) -> str:
        return html + "\n"

    def inline_math(self, body: str) -> str:
        return to_mathml(body)

    def block_math(self, body: str) -> str:
        return to_mathml(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        return to_mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")


def markdown_to_html(text: str, folder: str = "", attachments: dict[str, dict[str, str]] | None = None) -> str:
    """Markdown as HTML (not yet sanitised); images of `folder` and attachments are embedded.

    Examples
    --------
    >>> markdown_to_html("a *b*").strip()
    '<p>a <em>b</em></p>'
    """
    renderer = _Renderer(
        escape=False, embed_images=True, exclude_anchor_links=True, path=folder, attachments=attachments or {}
    )
    return str(MarkdownWithMath(renderer=renderer).render(text))
