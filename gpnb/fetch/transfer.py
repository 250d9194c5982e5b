"""One file over HTTP, resumed where it was cut."""

from __future__ import annotations

import hashlib
import re
import time
from pathlib import Path
from typing import Any

import requests
from pooch import HTTPDownloader
from urllib3.exceptions import HTTPError

from gpnb.core.errors import ArgumentError
from gpnb.core.progress import CancelToken, Progress, Report

_CHUNK = 1 << 16
_WAIT = 0.5
"""Seconds before a cut connection is made again."""

_TIMEOUT = (15, 60)
"""Seconds to connect, and between two pieces."""


class ResumableDownloader(HTTPDownloader):  # type: ignore[misc]  # pooch has no types
    """pooch's downloader, but what has arrived stays in a ``.part`` file and is continued.

    A cut connection is made again as long as each try brings something new; a later call continues too.
    The server is told what the first part belongs to (``If-Range``), so that two versions of a file never mix.
    Proxies are those of the environment (``HTTPS_PROXY``, ``NO_PROXY`` …).

    Parameters
    ----------
    part : Path
        Where the parts are gathered.
    checked : bool
        Whether the whole file is compared with a known checksum afterwards. If not, a part whose version the server
        cannot confirm is thrown away.
    progress : bool or callable
        True: a bar; a callable gets a `Progress` in bytes.
    cancel : CancelToken, optional
        Stops between two pieces; the part stays.
    """

    def __init__(self, part: Path, checked: bool, progress: bool | Report = False, cancel: CancelToken | None = None):
        super().__init__()
        self.sha256 = ""
        self._part = part
        self._stamp = part.with_name(part.name + ".version")
        self._checked, self._progress, self._cancel = checked, progress, cancel

    def __call__(self, url: str, output_file: Any, pooch: Any, check_only: bool = False) -> Any:
        """Fetch `url` into `output_file`, a path."""
        if check_only:
            return super().__call__(url, output_file, pooch, check_only=True)
        best = -1
        while True:
            try:
                self._continue(url)
                break
            except (requests.ConnectionError, requests.Timeout):
                if self._done <= best:
                    raise
                best = self._done
                if not best:  # nothing came at all: no network, or no server
                    raise
                time.sleep(_WAIT)
        self.sha256 = file_sha256(self._part)
        self._part.replace(output_file)
        self._stamp.unlink(missing_ok=True)
        return None

    @property
    def _done(self) -> int:
        return self._part.stat().st_size if self._part.exists() else 0

    def _continue(self, url: str) -> None:
        headers = {"Accept-Encoding": "identity", **self._range()}
        with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT) as response:
            if "Range" in headers and response.status_code == requests.codes.requested_range_not_satisfiable:
                self._nothing_beyond(response, url)
                return
            response.raise_for_status()
            start, total = self._extent(response)
            self._remember(response)
            try:
                self._write(response, start, total)
            except HTTPError as error:  # the stream is read below requests, whose own error this becomes
                raise requests.ConnectionError(f"the connection was cut ({error})") from error
        if total and self._done != total:
            raise requests.ConnectionError(f"{self._done} of {total} bytes arrived")

    def _range(self) -> dict[str, str]:
        """Headers that ask for the rest; none if there is nothing to continue, or no saying what it belongs to."""
        version = self._stamp.read_text(encoding="utf-8") if self._stamp.exists() else ""
        if not self._done or not (version or self._checked):
            return {}
        return {"Range": f"bytes={self._done}-", **({"If-Range": version} if version else {})}

    def _extent(self, response: requests.Response) -> tuple[int, int]:
        """Where the answer begins, and the size of the whole (0 if the server does not say)."""
        if response.status_code == requests.codes.partial_content:
            found = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
            if found and int(found[1]) == self._done:
                return self._done, int(found[2]) if found[2] != "*" else 0
            self._part.unlink(missing_ok=True)
            raise requests.ConnectionError("the server sent another part than the one asked for")
        return 0, int(response.headers.get("Content-Length", 0))

    def _remember(self, response: requests.Response) -> None:
        """Keep what tells this version of the file from another."""
        tag = response.headers.get("ETag", "")
        version = tag if tag and not tag.startswith("W/") else response.headers.get("Last-Modified", "")
        self._stamp.write_text(version, encoding="utf-8")

    def _write(self, response: requests.Response, start: int, total: int) -> None:
        report, close = _reporter(self._progress, self._part.name.removesuffix(".part"), total)
        done = start
        try:
            with self._part.open("ab" if start else "wb") as stream:
                # undecoded: a .gz file that a server calls gzip-encoded must arrive as it is
                for chunk in response.raw.stream(_CHUNK, decode_content=False):
                    if self._cancel is not None:
                        self._cancel.check()
                    stream.write(chunk)
                    done += len(chunk)
                    report(done)
        finally:
            close()

    def _nothing_beyond(self, response: requests.Response, url: str) -> None:
        """Nothing lies beyond the part: it is the whole file, or one of another version, which is fetched anew."""
        if response.headers.get("Content-Range", "") != f"bytes */{self._done}":
            self._part.unlink()
            self._continue(url)


def file_sha256(path: Path) -> str:
    """Checksum of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _reporter(progress: bool | Report, label: str, total: int) -> tuple[Any, Any]:
    """A function of the bytes done, and one to end with."""
    if callable(progress):
        return lambda done: progress(Progress(label, done, total)), lambda: None
    if not isinstance(progress, bool):
        raise ArgumentError(f"progress={progress!r} must be True, False or a callable that takes a Progress.")
    if not progress:
        return lambda _: None, lambda: None
    from tqdm.auto import tqdm  # here, because in a notebook it imports ipywidgets

    bar = tqdm(total=total or None, desc=label, unit="B", unit_scale=True, leave=False)
    return lambda done: bar.update(done - bar.n), bar.close
