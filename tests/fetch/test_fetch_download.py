"""Downloads, from a server on the loopback interface: whole, cut, wrong, hostile, through a proxy, and not at all."""

import hashlib
import io
import socket
import tarfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml
from typer.testing import CliRunner

from gpnb.catalogs.kinds import KINDS
from gpnb.cli import app
from gpnb.core.errors import Cancelled, DataFormatError, GpnbError, SelectionError
from gpnb.core.progress import CancelToken
from gpnb.fetch import download as module
from gpnb.fetch.download import download, listed
from gpnb.fetch.registry import Entry, registry

CONTENT = bytes(range(256)) * 2000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Serves `server.files`; cuts the first answers after the bytes that `server.cuts` says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        server = self.server
        server.seen.append((self.path, self.headers.get("Range"), self.headers.get("If-Range")))
        content = server.files.get(self.path.removeprefix("http://data.invalid"))
        if content is None:
            self.send_error(404)
            return
        start = 0
        if server.ranges and self.headers.get("Range"):
            same = self.headers.get("If-Range") in (None, server.etag)
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-")) if same else 0
        if start >= len(content):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if server.etag:
            self.send_header("ETag", server.etag)
        self.send_header("Content-Length", str(len(content) - start))
        self.send_header("Content-Encoding", server.encoding)
        self.end_headers()
        stop = start + server.cuts.pop(0) if server.cuts else len(content)
        self.wfile.write(content[start:stop])
        self.close_connection = stop < len(content)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch):
    """A server with one file, ``/file.fits``."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("gpnb.fetch.transfer._WAIT", 0.0)
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running.files, running.cuts, running.seen = {"/file.fits": CONTENT}, [], []
    running.ranges, running.etag, running.encoding = True, '"one"', "identity"
    running.url = f"http://127.0.0.1:{running.server_port}"
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield running
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The downloads of a cache of the test's own."""
    monkeypatch.setenv("GPNB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "downloads"


def entry(server, sha256=SHA256, path="/file.fits", **changed):
    return Entry(**{"name": "set", "url": server.url + path, "target": "sets/file.fits", "sha256": sha256} | changed)


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def test_a_whole_file(server, folder):
    steps = []
    done = download(entry(server), progress=steps.append)
    assert done.path == folder / "sets" / "file.fits"
    assert (done.fetched, done.first_use, done.sha256) == (True, False, SHA256)
    assert done.path.read_bytes() == CONTENT
    assert files_in(folder) == ["sets/file.fits"]
    assert steps[-1].fraction == 1
    assert not download(entry(server)).fetched
    assert len(server.seen) == 1


def test_a_cut_connection_is_continued(server, folder):
    server.cuts = [100_000, 50_000]
    assert download(entry(server), progress=False).path.read_bytes() == CONTENT
    assert [item[1] for item in server.seen] == [None, "bytes=100000-", "bytes=150000-"]
    assert server.seen[1][2] == '"one"'
    assert files_in(folder) == ["sets/file.fits"]


def test_a_later_call_continues(server, folder):
    server.cuts = [100_000, 0]
    with pytest.raises(GpnbError, match="ask again to continue"):
        download(entry(server), progress=False)
    assert "sets/file.fits" not in files_in(folder)
    assert download(entry(server), progress=False).path.read_bytes() == CONTENT
    assert server.seen[-1][1] == "bytes=100000-"


def test_two_versions_never_mix(server, folder):
    server.cuts = [100_000, 0]
    with pytest.raises(GpnbError):
        download(entry(server, ""), progress=False)
    server.etag, server.files["/file.fits"] = '"two"', CONTENT[::-1]
    assert download(entry(server, ""), progress=False).path.read_bytes() == CONTENT[::-1]


def test_without_version_and_checksum_it_starts_anew(server):
    server.etag, server.cuts = "", [100_000]
    assert download(entry(server, ""), progress=False).path.read_bytes() == CONTENT
    assert [item[1] for item in server.seen] == [None, None]


def test_a_server_without_ranges(server):
    server.ranges, server.cuts = False, [100_000]
    assert download(entry(server), progress=False).path.read_bytes() == CONTENT


def test_a_part_that_is_already_the_whole(server, folder):
    (folder / "sets").mkdir(parents=True)
    (folder / "sets" / ".file.fits.part").write_bytes(CONTENT)
    assert download(entry(server), progress=False).path.read_bytes() == CONTENT


def test_a_part_of_something_longer_is_dropped(server, folder):
    (folder / "sets").mkdir(parents=True)
    (folder / "sets" / ".file.fits.part").write_bytes(CONTENT + b"more")
    assert download(entry(server), progress=False).path.read_bytes() == CONTENT


def test_compressed_files_arrive_as_they_are(server):
    server.encoding = "x-gzip"  # what some servers say of a .gz file
    assert download(entry(server), progress=False).path.read_bytes() == CONTENT


def test_a_wrong_checksum_leaves_nothing(server, folder):
    with pytest.raises(DataFormatError, match=rf"was removed: its sha256 is {SHA256} instead of 0+ \(known to gpnb\)"):
        download(entry(server, "0" * 64), progress=False)
    assert files_in(folder) == []


def test_the_first_use_is_trusted_and_the_next_must_match(server, folder):
    done = download(entry(server, ""), progress=False)
    assert (done.first_use, done.sha256) == (True, SHA256)
    assert yaml.safe_load((folder / "checksums.yaml").read_text()) == {server.url + "/file.fits": SHA256}
    assert not download(entry(server, ""), again=True, progress=False).first_use
    server.files["/file.fits"] = b"other"
    with pytest.raises(DataFormatError, match=r"recorded in checksums\.yaml"):
        download(entry(server, ""), again=True, progress=False)
    assert done.path.read_bytes() == CONTENT  # what was here stays


def test_a_missing_file(server):
    with pytest.raises(GpnbError, match=r"set: the server answers 404 for http.*/gone\.fits"):
        download(entry(server, path="/gone.fits"), progress=False)


def test_no_network(folder):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(GpnbError, match=r"cannot be reached, or was cut off\. Check the network"):
        download(Entry("set", f"http://127.0.0.1:{port}/a", "a"), progress=False)
    assert files_in(folder) == []


def test_the_proxy_of_the_environment(server, monkeypatch):
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv("HTTP_PROXY", server.url)
    monkeypatch.setenv("http_proxy", server.url)
    done = download(Entry("set", "http://data.invalid/file.fits", "file.fits", sha256=SHA256), progress=False)
    assert done.path.read_bytes() == CONTENT
    assert server.seen[0][0] == "http://data.invalid/file.fits"


def test_cancelled_and_continued(server):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        download(entry(server), progress=False, cancel=token)
    assert download(entry(server), progress=False).fetched


def packed_tar(*members, gz=True):
    """A tar archive of (name, kind, link target)."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz" if gz else "w") as tar:
        for name, kind, target in members:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            data = b"data" if kind == tarfile.REGTYPE else b""
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return stream.getvalue()


def packed_zip(*names, mode=0o100644):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        for name in names:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            packed.writestr(info, b"data")
    return stream.getvalue()


def fetch_archive(server, content, name="set.tar.gz"):
    server.files[f"/{name}"] = content
    return download(entry(server, "", f"/{name}", target="my-set", archive=True), progress=False)


FILE = tarfile.REGTYPE
GOOD_TAR = packed_tar(
    ("top/a.fits", FILE, ""), ("top/sub/b.fits", FILE, ""), ("top/c.fits", tarfile.SYMTYPE, "sub/b.fits")
)


@pytest.mark.parametrize("name", ["set.tar.gz", "set.zip"])
def test_an_archive_becomes_a_folder(server, folder, name):
    content = GOOD_TAR if name.endswith("gz") else packed_zip("top/a.fits", "top/sub/b.fits", "top/c.fits")
    done = fetch_archive(server, content, name)
    assert done.path == folder / "my-set"
    assert files_in(folder) == ["checksums.yaml", "my-set/a.fits", "my-set/c.fits", "my-set/sub/b.fits"]
    assert (done.path / "c.fits").read_bytes() == b"data"


def test_archives_inside_an_archive(server, folder):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr("fits/one.FITS.tar.gz", packed_tar(("one.fits", FILE, "")))
        packed.writestr("README", "text")
    fetch_archive(server, stream.getvalue(), "set.zip")
    assert files_in(folder / "my-set") == ["README", "fits/one.fits"]


HOSTILE = {
    "up.tar.gz": packed_tar(("good.fits", FILE, ""), ("../../../outside", FILE, "")),
    "inner-up.tar.gz": packed_tar(("sub/../../../outside", FILE, "")),
    "absolute.tar.gz": packed_tar(("/tmp/gpnb-outside", FILE, "")),
    "windows.tar.gz": packed_tar(("C:\\outside", FILE, "")),
    "link.tar.gz": packed_tar(("link", tarfile.SYMTYPE, "../../.."), ("link/outside", FILE, "")),
    "absolute-link.tar.gz": packed_tar(("link", tarfile.SYMTYPE, "/etc/passwd")),
    "hard-link.tar.gz": packed_tar(("link", tarfile.LNKTYPE, "../../../outside")),
    "chain.tar.gz": packed_tar(
        ("a", tarfile.DIRTYPE, ""),
        ("a/b", tarfile.SYMTYPE, ".."),
        ("a/b/c", tarfile.SYMTYPE, "../outside"),
    ),
    "device.tar.gz": packed_tar(("null", tarfile.CHRTYPE, "")),
    "pipe.tar.gz": packed_tar(("pipe", tarfile.FIFOTYPE, "")),
    "up.zip": packed_zip("good.fits", "../../../outside"),
    "absolute.zip": packed_zip("/tmp/gpnb-outside"),
    "backslash.zip": packed_zip("..\\..\\outside"),
    "link.zip": packed_zip("link", mode=0o120777),
    "broken.tar.gz": GOOD_TAR[:100],
    "text.zip": b"this is no archive",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archives_write_nothing(server, folder, tmp_path, name):
    with pytest.raises(DataFormatError, match=r"was not unpacked|cannot be unpacked|neither a tar nor a zip"):
        fetch_archive(server, HOSTILE[name], name)
    assert files_in(tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


def test_a_failed_archive_leaves_the_old_one(server, folder):
    fetch_archive(server, GOOD_TAR)
    (folder / "checksums.yaml").unlink()
    server.files["/set.tar.gz"] = HOSTILE["up.tar.gz"]
    bad = entry(server, "", "/set.tar.gz", target="my-set", archive=True)
    with pytest.raises(DataFormatError, match="leads out of the folder"):
        download(bad, again=True, progress=False)
    assert files_in(folder / "my-set") == ["a.fits", "c.fits", "sub/b.fits"]


def test_a_broken_record_is_one_sentence(server, folder):
    folder.mkdir(parents=True)
    (folder / "checksums.yaml").write_text("a: [")
    with pytest.raises(DataFormatError, match=r"checksums\.yaml is not YAML"):
        download(entry(server, ""), progress=False)


def test_the_registry_fits_what_catalogues_look_for():
    files = {file for kind in KINDS for file in kind.files}
    for kind in KINDS:
        assert registry()[kind.name].target in kind.files
    for item in registry().values():
        assert item.url.startswith("https://")
        assert item.licence
        assert item.title
        assert item.target in files or item.archive
        assert len(item.sha256) in (0, 64)


@pytest.mark.data
def test_checksums_are_those_of_the_shared_files(data_dir):
    for name in ("3fhl", "gamma-cat"):
        item = registry()[name]
        assert hashlib.sha256((data_dir / item.target).read_bytes()).hexdigest() == item.sha256


def test_the_command(server, folder, monkeypatch):
    known = {"set": entry(server, "", title="A set", licence="CC0")}
    for place in ("registry", "download"):
        monkeypatch.setattr(f"gpnb.fetch.{place}.registry", lambda: known)
    runner = CliRunner()
    assert runner.invoke(app, ["download", "--list"]).output == "  set  A set [CC0]\n(* is here already)\n"
    result = runner.invoke(app, ["download", "set"])
    assert result.exit_code == 0
    first, trust, path = result.output.splitlines()
    assert first == "set: A set. Licence: CC0."
    assert f"its sha256 {SHA256} is recorded" in trust
    assert path == str(folder / "sets" / "file.fits")
    assert runner.invoke(app, ["download", "set"]).output.endswith("(it was here)\n")
    assert listed().startswith("* set")
    wrong = runner.invoke(app, ["download", "sett"])
    assert wrong.exit_code == 1
    assert "Nothing is known as 'sett'; what can be downloaded: set." in wrong.output


def test_unknown_names():
    with pytest.raises(SelectionError, match="hess-dl3-dr1, 3fhl"):
        module.download("nothing")
