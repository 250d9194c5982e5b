"""Imports point inward, and importing gpnb brings neither Jupyter nor a drawing library."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import gpnb

pytestmark = pytest.mark.long

PACKAGE = Path(gpnb.__file__).parent

FLOORS = {
    "core": 0,
    "maps": 1,
    "stats": 1,
    "models": 2,
    "irf": 2,
    "products": 2,
    "data": 3,
    "catalogs": 3,
    "reduce": 4,
    "datasets": 4,
    "fitting": 5,
    "estimate": 6,
    "simulate": 6,
    "state": 1,
    "panels": 7,
    "draw": 8,
    "widgets": 8,
    "report": 9,
    "fetch": 9,
    "cli": 10,
}
BESIDE = {"reduce": {"datasets"}, "widgets": {"draw"}}
"""Rooms of one floor that may be imported: reduction makes datasets, a live panel holds its picture."""

ONLY = {"state": {"core"}}
"""Rooms that use fewer than their floor allows: the kernel of what is looked at knows nothing of what that is."""

OUTER_FLOOR = 8
"""From here on Jupyter and drawing libraries may be imported."""

OUTER_LIBRARIES = {
    *("IPython", "anywidget", "ipyaladin", "ipykernel", "ipywidgets", "jupyter_client", "jupyterlab"),
    *("matplotlib", "mpl_toolkits", "nbconvert", "nbformat", "papermill", "traitlets"),
}

WHOLE_WORDS = {"lightcurve", "livetime"}
"""What only looks glued: a panel that public names call so, and a word of the format."""

DOORS = {Path("core/lazy.py"), Path("core/hooks.py")}
"""The only files that import modules by name: names when first used, and the hook for what lies further out."""

FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def inner_rooms(path: Path) -> list[str]:
    """The rooms of gpnb that a file imports."""
    parts = [name.split(".") for name in imported(path)]
    return [names[1] for names in parts if names[0] == "gpnb" and len(names) > 1 and names[1] in FLOORS]


def test_every_room_has_a_floor():
    rooms = {room_of(path) for path in FILES} - {"__init__"}
    assert rooms <= set(FLOORS)


@pytest.mark.parametrize("room", sorted(FLOORS))
def test_imports_point_inward(room):
    outward = []
    for path in FILES:
        if room_of(path) == room:
            below = ONLY.get(room, {other for other, floor in FLOORS.items() if floor < FLOORS[room]})
            allowed = below | {room} | BESIDE.get(room, set())
            outward += [
                f"{path.relative_to(PACKAGE)} imports {other}" for other in inner_rooms(path) if other not in allowed
            ]
    assert not outward


def test_a_panel_has_one_name_in_all_rooms():
    """Each live panel stands on the data of its own name, and each folder of data is drawn."""
    panels = {path.name for path in (PACKAGE / "panels").iterdir() if path.is_dir() and path.name != "__pycache__"}
    live = {path.parent.name for path in (PACKAGE / "widgets").glob("*/panel.py")}
    assert live <= panels


def test_words_of_file_names_stand_apart():
    """No name is two others glued together: `sky_map.py`, where there are `sky.py` and `map.py`."""
    names = {path.stem for path in FILES}
    pieces = {word for name in names for word in name.split("_") if len(word) > 2}
    glued = [name for name in names for cut in range(3, len(name) - 2) if {name[:cut], name[cut:]} <= pieces]
    assert set(glued) <= WHOLE_WORDS


def test_only_outer_rooms_import_jupyter_or_drawing_libraries():
    inner = [path for path in FILES if FLOORS.get(room_of(path), 0) < OUTER_FLOOR]
    found = [
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in inner
        for name in imported(path)
        if name.split(".")[0] in OUTER_LIBRARIES
    ]
    assert not found


def test_modules_are_imported_by_name_in_two_places_only():
    found = {path.relative_to(PACKAGE) for path in FILES if any("import_module" in name for name in imported(path))}
    assert found <= DOORS


def test_import_gpnb_is_light():
    code = "import sys, gpnb; print('\\n'.join({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not OUTER_LIBRARIES & set(done.stdout.split())


def test_rooms_do_not_import_by_the_names_for_users():
    """Names of a whole room are for users: they are found late, and without their types."""
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py") if "lazy_names" in path.read_text("utf-8")}
    found = [
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in FILES
        if path.name != "__init__.py"
        for name in imported(path)
        if len(parts := name.split(".")) == 3 and parts[0] == "gpnb" and parts[1] in rooms
        if not {parts[2], f"{parts[2]}.py"} & {item.name for item in (PACKAGE / parts[1]).iterdir()}
    ]
    assert not found
