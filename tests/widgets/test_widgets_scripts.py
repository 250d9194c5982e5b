"""Page scripts are ES modules, put together into one text by one composer; Node runs their tests, without a browser."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from gpnb.core.errors import GpnbError
from gpnb.widgets.aladin.bundle import Bundle
from gpnb.widgets.aladin.script import page_script
from gpnb.widgets.parts import chrome, colour_bar, flatsky, plot, table, tabs
from gpnb.widgets.parts.compose import ASSETS, compose
from gpnb.widgets.parts.part import Controls

TESTS = sorted((Path(__file__).parents[1] / "scripts").glob("*.test.mjs"))
SHARED = ("plot/main.js",)
PARTS = (
    chrome.Head,
    chrome.Foot,
    colour_bar.ColourBar,
    Controls,
    flatsky.FlatSky,
    plot.PlotHead,
    plot.PlotFigure,
    table.TableView,
    tabs.Tabs,
    tabs.Parameters,
)


@pytest.fixture
def made(tmp_path):
    """Compose modules: their texts by name, the first one being the entry."""

    def make(**texts):
        for name, text in texts.items():
            path = tmp_path / (name.replace("__", "/") + ".js")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return compose(f"{next(iter(texts))}.js", tmp_path)

    return make


def test_a_module_comes_before_what_needs_it_and_once(made):
    text = made(
        main='import { b } from "./b.js";\nimport { c } from "./c.js";\n\nexport default { b, c };\n',
        b='import { a } from "./deep/a.js";\nexport const b = a;\n',
        c='import { a } from "./deep/a.js";\nimport { b } from "./b.js";\nexport function c() { return a + b; }\n',
        deep__a="export const a = 1;\n",
    )
    lines = [line for line in text.splitlines() if line]
    assert lines == ["const a = 1;", "const b = a;", "function c() { return a + b; }", "export default { b, c };"]


def test_the_text_is_that_of_the_modules_without_what_only_the_checker_reads(made):
    text = made(
        main="// @ts-check\n// Says what it is.\n\n/**\n * @param {number} x\n */\nexport async function f(x) {\n"
        "  /** @type {number} */ (x).y;\n  /** @type {number} */\n  const z = 1; // stays\n}\n"
    )
    assert (
        text
        == "// Says what it is.\n\nasync function f(x) {\n  /** @type {number} */ (x).y;\n  const z = 1; // stays\n}\n"
    )


def test_an_import_may_take_more_lines(made):
    assert "const a = 1, " not in made(
        main='import {\n  a,\n  b,\n} from "./a.js";\n', a="export let a;\nexport class b {}\n"
    )


def test_a_circle_is_told(made):
    with pytest.raises(GpnbError, match=re.escape("in a circle: b.js → c.js → b.js.")):
        made(
            main='import { b } from "./b.js";\n',
            b='import { c } from "./c.js";\nexport const b = 1;\n',
            c='import { b } from "./b.js";\nexport const c = 1;\n',
        )


def test_a_module_that_imports_itself_is_a_circle(made):
    with pytest.raises(GpnbError, match=re.escape("main.js → main.js")):
        made(main='import { a } from "./main.js";\nexport const a = 1;\n')


def test_a_missing_module_is_told_with_who_imports_it(made):
    with pytest.raises(GpnbError, match=re.escape("There is no module lost.js, which main.js imports.")):
        made(main='import { a } from "./lost.js";\n')
    with pytest.raises(GpnbError, match=re.escape("There is no module nothing.js.")):
        compose("nothing.js")


def test_a_name_that_is_not_exported_is_told(made):
    with pytest.raises(GpnbError, match=re.escape("main.js imports 'b' from a.js, which does not export it.")):
        made(main='import { a, b } from "./a.js";\n', a="export const a = 1;\nconst b = 2;\n")


@pytest.mark.parametrize("other", ["const size = 2;", "export class size {}", "async function size() {}", "let size;"])
def test_two_modules_with_one_name_are_told(made, other):
    with pytest.raises(GpnbError, match=re.escape("a.js and main.js both declare 'size'")):
        made(main=f'import {{ a }} from "./a.js";\n{other}\n', a="export const a = 1;\nconst size = 1;\n")


def test_names_within_functions_do_not_clash(made):
    assert made(
        main='import { a } from "./a.js";\nfunction f() {\n  const a1 = a;\n}\n',
        a="export const a = 1;\nconst a1 = 1;\n",
    )


@pytest.mark.parametrize(
    "line",
    [
        'import { a as b } from "./a.js";',
        'import a from "./a.js";',
        'import * as a from "./a.js";',
        'import "./a.js";',
        'import { a } from "somewhere";',
        'export { a } from "./a.js";',
        "export { f };",
        "export default f;",
        "export const { f, g } = h;",
        "const [f, g] = h;",
    ],
)
def test_what_is_written_in_another_way_is_told(made, line):
    with pytest.raises(GpnbError, match="is written as compose"):
        made(main=f"{line}\n", a="export const a = 1;\n")


def test_only_an_entry_has_a_default(made):
    with pytest.raises(GpnbError, match=r"b\.js: 'export default"):
        made(
            main='import { a } from "./b.js";\nexport default { a };\n',
            b="export const a = 1;\nexport default { a };\n",
        )


@pytest.mark.parametrize("script", [*(str(part._esm) for part in PARTS), *map(compose, SHARED)])
def test_a_part_has_one_module_that_asks_for_no_other(script):
    assert script.count("\nexport ") == script.count("\nexport default { render };") == 1
    assert not re.search(r"^\s*import\b|\bimport\((?!URL\.createObjectURL\()", script, re.MULTILINE)


def test_every_module_is_part_of_something_and_checked():
    scripts = [*(str(part._esm) for part in PARTS), *map(compose, SHARED), page_script(Bundle(ASSETS / "none"))]
    for path in ASSETS.rglob("*.js"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("// @ts-check\n"), path
        told = text.splitlines()[1]
        assert told.startswith("// "), path
        assert any(told in script for script in scripts), path
        assert len(text.splitlines()) <= 500


@pytest.fixture(scope="module")
def node():
    """The program; the test is skipped, visibly, where there is none."""
    found = shutil.which("node")
    if found is None:
        message = "no Node (Debian: apt-get install nodejs): page scripts are tested in the browser only"
        if os.environ.get("GPNB_REQUIRE_NODE") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name.removesuffix(".test.mjs"))
def test_scripts(node, path):
    run(node, "--test", str(path))


def test_what_is_composed_is_a_module(node, tmp_path):
    scripts = {part.__name__: str(part._esm) for part in PARTS} | {"AladinSky": page_script()}
    for name, script in scripts.items():
        path = tmp_path / f"{name}.mjs"
        path.write_text(script, encoding="utf-8")
        run(node, "--check", str(path))
