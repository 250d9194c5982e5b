"""One page script from ES modules: anywidget takes one text for a part, and the page asks for no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import NamedTuple

from gpnb.core.errors import GpnbError

ASSETS = Path(__file__).parents[1] / "assets"
"""Where the modules are."""

_IMPORT = re.compile(
    r'^import \{(?P<names>\s*[\w$]+(?:,\s*[\w$]+)*,?\s*)\} from "(?P<path>\.{1,2}/[^"]+)";\n', re.MULTILINE
)
_DECLARED = re.compile(
    r"^(?P<export>export )?(?:(?:async )?function\*?|class|const|let|var) (?P<name>[\w$]+|[{\[].*)", re.MULTILINE
)
_EXPORT = re.compile(r"^export (?=async function|function|class|const|let|var)", re.MULTILINE)
_DEFAULT = re.compile(r"^export default \{.*\};$", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_NOTES = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n|^// @ts-check\n", re.MULTILINE | re.DOTALL)
"""What only people and the type checker read."""


class _Module(NamedTuple):
    """One ES module as a part of a larger one: its text stripped, and what it declares, exports and imports."""

    name: str
    text: str
    declared: tuple[str, ...]
    exported: tuple[str, ...]
    imported: dict[str, tuple[str, ...]]


@cache
def compose(entry: str, folder: Path = ASSETS) -> str:
    """One ES module of an entry and all that it imports, each module before those that need it.

    Their texts then share one scope. A module imports by ``import { a, b } from "./c.js";``, exports functions, classes
    and constants where it declares them, one by one; only the entry may have an ``export default { … };``.

    Parameters
    ----------
    entry : str
        A path in the folder.
    folder : Path
        Where the modules are.

    Returns
    -------
    str

    Raises
    ------
    GpnbError
        If a module is missing or does not export what is imported, if modules import each other in a circle, if two
        declare the same name, or if one is written in another way.
    """
    owners: dict[str, str] = {}
    made: dict[str, _Module] = {}
    for module in _ordered(folder, entry, (), made):
        for name in module.declared:
            if name in owners:
                raise GpnbError(f"{owners[name]} and {module.name} both declare {name!r}: give one another name.")
            owners[name] = module.name
    return "\n".join(module.text for module in made.values())


def _ordered(folder: Path, name: str, above: tuple[str, ...], made: dict[str, _Module]) -> Iterator[_Module]:
    """What is not made yet of a module and those that it imports, these first."""
    if name in above:
        circle = " → ".join((*above[above.index(name) :], name))
        raise GpnbError(f"Modules import each other in a circle: {circle}.")
    if name in made:
        return
    module = _read(folder, name, above)
    for needed, names in module.imported.items():
        yield from _ordered(folder, needed, (*above, name), made)
        if missing := [one for one in names if one not in made[needed].exported]:
            raise GpnbError(f"{name} imports {missing[0]!r} from {needed}, which does not export it.")
    made[name] = module
    yield module


def _read(folder: Path, name: str, above: tuple[str, ...]) -> _Module:
    path = folder / name
    if not path.is_file():
        by = f", which {above[-1]} imports" if above else ""
        raise GpnbError(f"There is no module {name}{by}.")
    text = path.read_text(encoding="utf-8")
    imported = {
        normpath(join(dirname(name), found["path"])): tuple(found["names"].replace(",", " ").split())
        for found in _IMPORT.finditer(text)
    }
    own = _EXPORT.sub("", _IMPORT.sub("", text))
    found = list(_DECLARED.finditer(text))
    odd = [one[0] for one in found if one["name"][0] in "{["]
    odd += _OTHER.findall(own if above else _DEFAULT.sub("", own, count=1))
    if odd:
        raise GpnbError(f"{name}: {odd[0]!r} is written as compose() does not know it: see what it tells of modules.")
    declared = tuple(one["name"] for one in found)
    exported = tuple(one["name"] for one in found if one["export"])
    return _Module(name, _NOTES.sub("", own), declared, exported, imported)
