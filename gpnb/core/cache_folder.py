"""Where data is looked for: as given, below ``$GPNB_DATA``, in what was downloaded; and where the cache is."""

from __future__ import annotations

import os
from pathlib import Path

from gpnb.core.errors import ArgumentError


def cache_folder() -> Path:
    """The folder for what gpnb can make or fetch again: ``$GPNB_CACHE``, else the user's cache.

    Raises
    ------
    ArgumentError
        If it cannot be made.
    """
    folder = _cache_path()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArgumentError(
            f"The cache folder {folder} cannot be made ({error.strerror}): set GPNB_CACHE to one that can be written."
        ) from error
    return folder


def downloads_folder() -> Path:
    """Where ``gpnb download`` puts data sets and catalogues; it may not exist yet."""
    return _cache_path() / "downloads"


def find_data(path: str | os.PathLike[str]) -> Path | None:
    """The file or folder at `path` as given, else below ``$GPNB_DATA``, else among the downloads; None if nowhere."""
    given = Path(path)
    places = [given] if given.is_absolute() else [given, *(root / given for root in data_roots())]
    return next((place for place in places if place.exists()), None)


def data_roots() -> list[Path]:
    """The folders below which data sets are looked for, in that order."""
    given = os.environ.get("GPNB_DATA")
    return [*([Path(given).expanduser()] if given else []), downloads_folder()]


def _cache_path() -> Path:
    if given := os.environ.get("GPNB_CACHE"):
        return Path(given).expanduser()
    from platformdirs import user_cache_path  # here: stores are mostly given by their folder

    return user_cache_path("gpnb", appauthor=False)
