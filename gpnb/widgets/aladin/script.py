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
from gpnb.widgets.parts.compose import compose

_IMPORT = re.compile(r"import (?P<name>\w+) from\s*(?P<address>[\"'][^\"']*aladin-lite[^\"']*[\"']);")
_EXPORT = re.compile(r"export\s*\{\s*(?P<name>[\w$]+) as default\s*\};?\s*$")


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
    return f"{compose('aladin/main.js')}\nexport default skyWidget(\n{_loader(bundle, address)},\n{stock},\n);\n"


def _loader(bundle: Bundle, address: str) -> str:
    """A function that gives Aladin Lite: one for all widgets of a page if it is bundled."""
    if not bundle:
        return f"async () => (await import({address})).default"
    text = bundle.path.read_text(encoding="utf-8")
    key = f'globalThis["aladin-lite {bundle.version}"]'
    return f"async () => ({key} ??= (() => {{\n{text}\nreturn AladinLite.default;\n}})())"


def _stock() -> tuple[str, str]:
    """Ipyaladin's script as a function of Aladin Lite, and the address that it would load that from."""
    text = (Path(ipyaladin.__file__).parent / "static" / "widget.js").read_text(encoding="utf-8")
    taken, given = _IMPORT.search(text), _EXPORT.search(text)
    if not taken or not given:
        raise GpnbError(f"The page script of ipyaladin {ipyaladin.__version__} is not as gpnb knows it: install 0.8.1.")
    body = text[: taken.start()] + text[taken.end() : given.start()]
    return f"({taken['name']}) => {{\n{body}\nreturn {given['name']};\n}}", taken["address"]
