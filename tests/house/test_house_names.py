"""Public names: they resolve, are described, and no room takes the name of a verb."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import gpnb

PACKAGE = Path(gpnb.__file__).parent

VERBS = {
    *("reduce_map", "reduce_spectrum", "fit", "flux_points", "light_curve", "excess_map", "ts_map", "find_peaks"),
    *("simulate_events", "demo_store", "explore", "set_options", "get_options", "read_irf"),
}


def test_no_room_has_the_name_of_a_public_name():
    rooms = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if not path.name.startswith("_")}
    assert not rooms & (VERBS | set(gpnb.__all__))


@pytest.mark.parametrize("name", sorted(set(gpnb.__all__) - {"__version__"}))
def test_public_names_resolve_and_are_described(name):
    value = getattr(gpnb, name)
    assert inspect.getdoc(value)
    assert value.__doc__, f"{name} borrows its docstring"


@pytest.mark.long
def test_verbs_stay_functions_in_any_import_order():
    code = (
        "import importlib, pkgutil, gpnb\n"
        "for module in pkgutil.walk_packages(gpnb.__path__, 'gpnb.'):\n"
        "    importlib.import_module(module.name)\n"
        "print(all(callable(getattr(gpnb, name)) for name in gpnb.__all__ if name != '__version__'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "True", done.stderr


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = gpnb.nothing


def test_the_changelog_knows_every_public_name():
    text = (PACKAGE.parent / "CHANGELOG.md").read_text(encoding="utf-8")
    missing = [name for name in gpnb.__all__ if name != "__version__" and f"`{name}`" not in text]
    assert not missing
