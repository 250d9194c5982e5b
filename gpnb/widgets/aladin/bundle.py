"""Is Aladin Lite part of this installation? The file that the build makes, and what it says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parents[1] / "static"
_FIRST_LINE = re.compile(r"/\*! Aladin Lite (?P<version>[\w.-]+),")


@dataclass(frozen=True)
class Bundle:
    """Where the bundled Aladin Lite is, if it is there.

    Attributes
    ----------
    path : Path
        The file, whether there or not.
    version : str
        Of Aladin Lite; empty if there is no bundle.
    size : int
        Bytes; 0 if there is no bundle.
    """

    path: Path
    version: str = ""
    size: int = 0

    def __bool__(self) -> bool:
        return bool(self.version)

    def __str__(self) -> str:
        if not self:
            return "not built: online use takes stock ipyaladin's, offline the flat sky"
        return f"{self.version} ({self.size / 1e6:.1f} MB, works offline)"


def bundle_state(folder: Path | None = None) -> Bundle:
    """Look for the bundle.

    Parameters
    ----------
    folder : Path, optional
        Where to look; else where the build puts it.

    Returns
    -------
    Bundle
        True in a condition if Aladin Lite is there; its text is a line for people.

    Examples
    --------
    >>> bool(bundle_state(Path("nowhere")))
    False
    """
    path = (folder or _FOLDER) / "aladin.js"
    if not path.is_file():
        return Bundle(path)
    with path.open(encoding="utf-8") as file:
        found = _FIRST_LINE.match(file.readline())
    return Bundle(path, found["version"], path.stat().st_size) if found else Bundle(path)
