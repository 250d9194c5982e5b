"""HTML that does nothing but show: no script, no address outside the page.

Everything a report takes from a notebook passes here: text from headers and catalogues may be in it.
"""

from __future__ import annotations

import re

import nh3

_MATH = set(
    "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle mpadded mphantom menclose merror mover munder "  # noqa: SIM905
    "munderover msub msup msubsup mmultiscripts mprescripts none mtable mtr mtd semantics".split()
)
_MATH_ATTRIBUTES = set(
    "display xmlns mathvariant stretchy fence separator form lspace rspace linethickness width height depth "  # noqa: SIM905
    "scriptlevel displaystyle columnalign rowspacing columnspacing columnlines movablelimits minsize maxsize "
    "notation accent accentunder largeop symmetric voffset".split()
)
_LAYOUT = set("section header footer main figure figcaption details summary meter progress".split())  # noqa: SIM905
_TAGS = (nh3.ALLOWED_TAGS | _MATH | _LAYOUT) - {"map", "area"}
_COMMON = set("class id style title role scope colspan rowspan open alt width height align".split())  # noqa: SIM905
_OWN = {"div": {"tabindex"}, "img": {"src"}, "a": {"href"}}
_ATTRIBUTES = {"*": _COMMON, **_OWN, **dict.fromkeys(_MATH, _MATH_ATTRIBUTES)}

_IMAGE = re.compile(r"data:image/(png|jpeg|gif|svg\+xml|webp);base64,[A-Za-z0-9+/=\s]+")
_OUTSIDE = re.compile(r"url\s*\(|@import|expression\s*\(|image-set|\\|<", re.IGNORECASE)
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style\s*>", re.IGNORECASE | re.DOTALL)


def sanitize(text: str) -> str:
    """Keep of some HTML what only shows.

    Elements and attributes outside an allow-list go, images stay if they are embedded, links if they
    lead to ordinary web or mail addresses or within the page, styles if they load nothing.

    Examples
    --------
    >>> sanitize('<b onclick="go()">Crab</b><script>go()</script>')
    '<b>Crab</b>'
    """
    styles = [block for block in _STYLE.findall(text) if not _OUTSIDE.search(block)]
    clean = nh3.clean(
        _STYLE.sub("", text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noreferrer noopener",
    )
    return "".join(f"<style>{block}</style>" for block in styles) + clean


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "src" and not _IMAGE.fullmatch(value):
        return None
    if name == "href" and value.lstrip().lower().startswith("data:"):
        return None
    if name == "tabindex" and value != "0":
        return None
    if name == "style" and _OUTSIDE.search(value):
        return None
    return value
