"""What can be downloaded: a list in a YAML file of ours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gpnb.core.cache_folder import downloads_folder
from gpnb.core.errors import SelectionError
from gpnb.core.yaml_text import load_yaml


@dataclass(frozen=True)
class Entry:
    """A public data set or catalogue: one file to fetch.

    Parameters
    ----------
    name : str
        What it is asked for by.
    url : str
        Where the file is.
    target : str
        Where it goes below the download cache: a file, or the folder that an archive becomes.
    title, licence : str
        For people.
    sha256 : str
        Checksum of the file; empty if it is not known.
    archive : bool
        Whether the file is to be unpacked.
    """

    name: str
    url: str
    target: str
    title: str = ""
    licence: str = ""
    sha256: str = ""
    archive: bool = False

    @property
    def path(self) -> Path:
        """Where it is once it is here."""
        return downloads_folder() / self.target


@cache
def registry() -> dict[str, Entry]:
    """All that can be downloaded, by name."""
    path = Path(__file__).with_name("registry.yaml")
    data = load_yaml(path.read_text(encoding="utf-8"), path.name)
    return {name: Entry(name=name, **facts) for name, facts in data.items()}


def find_entry(name: str) -> Entry:
    """The entry of that name.

    Raises
    ------
    SelectionError
        If there is none; the sentence lists those that are.
    """
    if name not in registry():
        raise SelectionError(f"Nothing is known as {name!r}; what can be downloaded: {', '.join(registry())}.")
    return registry()[name]
