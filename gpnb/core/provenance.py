"""What is written beside a result, so that one can tell later how it came about."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from astropy.time import Time

from gpnb.core.recipe import Recipe

KEY = "GPNBPROV"
"""The FITS keyword that carries the provenance as JSON."""

_INDEX_FILES = ("hdu-index.fits.gz", "hdu-index.fits", "obs-index.fits.gz", "obs-index.fits")


def provenance(recipe: Recipe) -> dict[str, Any]:
    """The recipe with versions, the time, and checksums of the files it starts from.

    Parameters
    ----------
    recipe : Recipe
        Of what is about to be written.

    Returns
    -------
    dict
        JSON data; file names without their folders.
    """
    return {
        "recipe": recipe.to_dict(),
        "created": Time.now().isot,
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("gpnb", "numpy", "astropy")},
        },
        "sha256": {path.name: _sha256(path) for path in _files(recipe)},
    }


def provenance_card(recipe: Recipe) -> tuple[str, str]:
    """The provenance as a FITS keyword and its value."""
    return KEY, json.dumps(provenance(recipe), sort_keys=True, ensure_ascii=True)


def creator() -> str:
    """The value of CREATOR in the files gpnb writes."""
    return f"gpnb {version('gpnb')}"


def _files(recipe: Recipe) -> Iterator[Path]:
    paths = {Path(step.kwargs["path"]) for step in recipe.walk() if isinstance(step.kwargs.get("path"), str)}
    for path in sorted(paths):
        if path.is_file():
            yield path
        yield from (path / name for name in _INDEX_FILES if (path / name).is_file())


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
