"""Is Aladin Lite part of the installation, and the page script with and without it."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gpnb.cli import app
from gpnb.core.errors import GpnbError
from gpnb.widgets.aladin import bundle
from gpnb.widgets.aladin import script as aladin_script
from gpnb.widgets.aladin.bundle import Bundle, bundle_state
from gpnb.widgets.aladin.script import page_script

TEXT = (
    '/*! Aladin Lite 3.9.2-beta, LGPL-3.0-or-later (aladin.LICENSE.txt), inputs 0 */\nvar AladinLite={default:"it"};\n'
)
STATIC_IMPORT = re.compile(r"^\s*import\s|^\s*export\s.*\sfrom\s", re.MULTILINE)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the bundle would be; empty."""
    monkeypatch.setattr(bundle, "_FOLDER", tmp_path)
    return tmp_path


def test_there_is_none(folder):
    assert not bundle_state()
    assert "aladin-lite  not built: online use takes stock ipyaladin's, offline the flat sky" in info()


def test_it_tells_version_and_size(folder):
    (folder / "aladin.js").write_text(TEXT, encoding="utf-8")
    found = bundle_state()
    assert (found.version, found.size) == ("3.9.2-beta", len(TEXT))
    assert "aladin-lite  3.9.2-beta (" in info()


def test_a_file_that_the_build_did_not_make_is_none(folder):
    (folder / "aladin.js").write_text("hello", encoding="utf-8")
    assert not bundle_state()


def info():
    return CliRunner().invoke(app, ["info"]).output


def test_with_the_bundle_nothing_is_imported(folder):
    (folder / "aladin.js").write_text(TEXT, encoding="utf-8")
    script = page_script()
    assert 'var AladinLite={default:"it"}' in script
    assert "import(" not in script
    assert not STATIC_IMPORT.search(script)


def test_without_it_aladin_lite_is_asked_for_when_a_widget_is_shown(folder):
    script = page_script()
    assert len(re.findall(r"\bimport\(\"https://\S*aladin-lite@\S*\"\)", script)) == 1
    assert not STATIC_IMPORT.search(script)


def test_one_thing_is_exported():
    assert page_script(Bundle(Path("nowhere"))).count("export ") == 1


def test_another_script_of_ipyaladin_is_told(tmp_path, monkeypatch):
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "widget.js").write_text("export default {}", encoding="utf-8")
    monkeypatch.setattr(aladin_script.ipyaladin, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(GpnbError, match="ipyaladin"):
        page_script(Bundle(Path("elsewhere")))
