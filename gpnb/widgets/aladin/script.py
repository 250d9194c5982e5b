"""The page script of the sky widget: Aladin Lite, ipyaladin's script, and ours around it, as one ES module.

ipyaladin's script imports Aladin Lite from an address; where the bundle is there it takes its place,
so that nothing is asked of the network. All three are put together when a widget is made: the
script is always that of the ipyaladin that is installed.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import ipyaladin

from gpnb.core.errors import GpnbError
from gpnb.widgets.aladin.bundle import Bundle, bundle_state

_SCRIPTS = Path(__file__).parents[1] / "assets" / "aladin"
_OURS = ("overlay.js", "images.js", "survey.js", "draw.js", "main.js")
"""In the order of what needs what."""

_IMPORT = re.compile(r"import (?P<name>\w+) from\s*(?P<address>[\"'][^\"']*aladin-lite[^\"']*[\"']);")
_EXPORT = re.compile(r"export\s*\{\s*(?P<name>[\w$]+) as default\s*\};?\s*$")
_OWN_IMPORT = re.compile(r"^import \{[^}]*\} from \"\./\w+\.js\";\n", re.MULTILINE)
_OWN_EXPORT = re.compile(r"^export (?=const|function)", re.MULTILINE)


def page_script(bundle: Bundle | None = None) -> str:
    """The module that a sky widget sends to its page.

    Parameters
    ----------
    bundle : Bundle, optional
        Else the one of this installation. Without one Aladin Lite comes from ipyaladin's address, when the widget
        is shown.

    Returns
    -------
    str

    Raises
    ------
    GpnbError
        If ipyaladin's script does not look as expected.
    """
    return _compose(bundle_state() if bundle is None else bundle)


@lru_cache(maxsize=2)
def _compose(bundle: Bundle) -> str:
    stock, address = _stock()
    return "\n".join([_loader(bundle, address), stock, *map(_own, _OURS)])


def _loader(bundle: Bundle, address: str) -> str:
    """A function that gives Aladin Lite: one for all widgets of a page if it is bundled."""
    if not bundle:
        return f"const loadAladin = async () => (await import({address})).default;"
    text = bundle.path.read_text(encoding="utf-8")
    key = f'globalThis["aladin-lite {bundle.version}"]'
    return f"const loadAladin = async () => ({key} ??= (() => {{\n{text}\nreturn AladinLite.default;\n}})());"


def _stock() -> tuple[str, str]:
    """Ipyaladin's script as a function of Aladin Lite, and the address that it would load that from."""
    text = (Path(ipyaladin.__file__).parent / "static" / "widget.js").read_text(encoding="utf-8")
    taken, given = _IMPORT.search(text), _EXPORT.search(text)
    if not taken or not given:
        raise GpnbError(f"The page script of ipyaladin {ipyaladin.__version__} is not as gpnb knows it: install 0.8.1.")
    body = text[: taken.start()] + text[taken.end() : given.start()]
    return f"const stockWidget = ({taken['name']}) => {{\n{body}\nreturn {given['name']};\n}};", taken["address"]


def _own(name: str) -> str:
    """One of our modules, as a part of one large module."""
    text = (_SCRIPTS / name).read_text(encoding="utf-8")
    return _OWN_EXPORT.sub("", _OWN_IMPORT.sub("", text))
