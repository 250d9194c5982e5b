"""What a data format must offer; GADF is one, VODF will be another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from astropy.table import Table

from gpnb.data.parts import Part

Key = tuple[int, str]
"""Run number and event type."""


@dataclass(frozen=True)
class Contents:
    """What is in a store.

    Parameters
    ----------
    table : Table
        One row an observation.
    parts : dict
        For each (run number, event type), its parts by name.
    """

    table: Table
    parts: dict[Key, dict[str, Part]]

    @cached_property
    def keys_of_run(self) -> dict[int, list[Key]]:
        """The keys of each run, one for each event type."""
        keys: dict[int, list[Key]] = {}
        for key in sorted(self.parts):
            keys.setdefault(key[0], []).append(key)
        return keys

    def without_files(self, obs_ids: Iterable[int]) -> list[int]:
        """Those of some runs that the index of files does not name, or whose events it names where no file is."""
        return [run for run in obs_ids if not any(self._is_here(key) for key in self.keys_of_run.get(run, []))]

    def _is_here(self, key: Key) -> bool:
        events = self.parts[key].get("events")
        return events is None or events.path.is_file()

    def with_backgrounds(self, det_axes: tuple[str, str] | None, at_nodes: bool) -> Contents:
        """The same contents, with backgrounds read otherwise than the format says; `Part` has the settings."""
        parts = {key: dict(found) for key, found in self.parts.items()}
        for found in parts.values():
            if "bkg" in found:
                turned = det_axes if found["bkg"].hdu_class == "bkg_3d" else None
                found["bkg"] = replace(found["bkg"], det_axes=turned, at_nodes=at_nodes)
        return replace(self, parts=parts)


class DataFormat(Protocol):
    """A way to lay observations out in files."""

    name: str

    def recognises(self, folder: Path) -> bool:
        """Whether the folder is a store of this format."""

    def open(self, folder: Path, base_dir: Path | None) -> Contents:
        """Read its index; no other file is opened."""

    def open_files(self, paths: Sequence[Path]) -> Contents:
        """Make the contents from loose event files, without an index."""
