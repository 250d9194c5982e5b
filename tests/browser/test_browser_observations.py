"""The observation browser in a real page: chosen by mouse and by keyboard, readable, and safe."""

import pytest

pytestmark = pytest.mark.browser

DEMO = ["import gpnb", "panel = gpnb.DataStore.read('demo').view()\npanel"]
CRAB = ["import gpnb", "panel = gpnb.DataStore.read('demo').select(target='Crab').view()\npanel"]

HOSTILE = [
    """\
import gpnb
from gpnb.data import Observations
runs = gpnb.DataStore.read("demo").select(target="Crab")
table = runs.table.copy()
texts = ["<img src=x onerror=window.__hit=1>", "<script>window.__hit=2</script>", "'\\"><b>bold</b>", "{{7*7}}"]
table["OBJECT"] = texts
runs = Observations(list(runs), table)""",
    "panel = runs.view()\npanel",
]


def opened(notebook, cells=DEMO, **options):
    book = notebook(cells, **options)
    root = book.cell(len(cells) - 1).locator(".gpnb-live")
    root.locator("tbody tr").first.wait_for()
    return book, root


def runs_of(root):
    return root.locator("table[aria-label=Runs] tbody tr td:first-child").all_inner_texts()


def place(book, root, run):
    """Where a run points, in pixels of the page."""
    book.python("graph = panel.graph; plane = graph.plane.pull()")
    x, y = book.value(f"[float(v[graph.ids.tolist().index({run})]) for v in graph.pointings.pixels(plane)]")
    nx, ny = book.value("[plane.nx, plane.ny]")
    box = root.locator("canvas").bounding_box()
    scale = min(box["width"] / nx, box["height"] / ny)
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    return middle[0] + (x - nx / 2 + 0.5) * scale, middle[1] - (y - ny / 2 + 0.5) * scale, scale


def test_by_mouse(notebook):
    book, root = opened(notebook, CRAB, width=1600)
    mouse = book.page.mouse
    assert runs_of(root) == ["2001", "2002", "2003", "2004"]

    root.get_by_role("button", name="Zenith").click()
    order = book.wait_python("panel.shown_runs", lambda runs: runs != [2001, 2002, 2003, 2004])
    root.locator("th[aria-sort=ascending]", has_text="Zenith").wait_for()
    assert runs_of(root) == [str(run) for run in order]

    rows = root.locator("table[aria-label=Runs] tbody tr")
    rows.nth(0).click()
    rows.nth(2).click(modifiers=["Shift"])
    book.wait_python("sorted(panel.selection.runs)", sorted(order[:3]))
    root.get_by_text("3 of 4 chosen").wait_for()
    rows.nth(1).click(modifiers=["Control"])
    book.wait_python("sorted(panel.selection.runs)", sorted([order[0], order[2]]))
    root.get_by_text("Chosen: 2 runs · 1 target").wait_for()
    chosen = ["true", "false", "true", "false"]
    book.eventually(lambda: [row.get_attribute("aria-selected") for row in rows.all()], chosen)

    x, y, scale = place(book, root, 2003)
    mouse.click(x, y)
    book.wait_python("panel.selected.obs_ids", [2003])
    mouse.move(*place(book, root, 2004)[:2])
    root.locator("canvas").press("Enter")
    book.wait_python("panel.selected.obs_ids", [2004])

    root.get_by_role("button", name="Draw a circle from its centre").click()
    pixels = 1.0 * scale / book.value("float(panel.graph.plane.pull().binsz[0].to_value('deg'))") * 0.3
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + pixels / 2, y, steps=4)
    mouse.move(x + pixels, y, steps=4)
    mouse.up()
    book.wait_python("panel.state.cone", lambda text: "circle" in text)
    book.wait_python("panel.shown_runs", [2003])
    root.get_by_text("1 of 4 runs").wait_for()
    root.get_by_role("button", name="Remove Cone").click()
    book.wait_python("len(panel.shown_runs)", 4)
    root.get_by_role("button", name="Undo (Ctrl-Z)").click()
    book.wait_python("panel.shown_runs", [2003])
    root.get_by_role("button", name="Redo (Ctrl-Shift-Z)").click()
    book.wait_python("len(panel.shown_runs)", 4)

    root.get_by_role("button", name="Show the code that makes this panel").click()
    book.eventually(lambda: "runs.view(" in root.locator(".gpnb-code").inner_text(), True)


def test_by_keyboard(notebook):
    book, root = opened(notebook)
    keys = book.page.keyboard
    root.get_by_role("textbox", name="Find").focus()
    keys.type("crab")
    keys.press("Enter")
    book.wait_python("panel.shown_runs", [2001, 2002, 2003, 2004])
    root.get_by_text("4 of 18 runs").wait_for()

    rows = root.locator("table[aria-label=Runs] tbody tr")
    rows.nth(3).wait_for()
    book.eventually(rows.count, 4)
    book.eventually(lambda: [row.get_attribute("tabindex") for row in rows.all()], ["0", "-1", "-1", "-1"])
    rows.nth(0).focus()
    keys.press("ArrowDown")
    keys.press("Enter")
    book.wait_python("panel.selection.runs", [2002])
    keys.press("Shift+ArrowDown")
    book.wait_python("panel.selection.runs", [2002, 2003])
    keys.press("ArrowDown")
    keys.press(" ")
    book.wait_python("panel.selection.runs", [2002, 2003, 2004])
    keys.press("Escape")
    book.wait_python("panel.selection.runs", [])
    keys.press("Control+a")
    book.wait_python("panel.selection.runs", [2001, 2002, 2003, 2004])
    keys.press("Control+z")
    book.wait_python("panel.selection.runs", [])
    assert rows.nth(3).evaluate("row => row === document.activeElement")

    root.get_by_role("button", name="Restrict the filter").press("Enter")
    keys.type("ZEN_PNT < 26")
    keys.press("Enter")
    book.wait_python("panel.state.where", "ZEN_PNT < 26")
    root.get_by_text("2 of 18 runs").wait_for()

    root.get_by_role("button", name="Look for faults in all files of the store").press("Enter")
    root.get_by_text("Checked 19 files: 0 errors, 0 warnings, 0 notes").wait_for()


def test_many_runs(notebook):
    made = """\
import numpy as np, gpnb
from gpnb.data import Observations
crab = gpnb.DataStore.read("demo").select(obs_id=2001)
table = crab.table[np.zeros(300, dtype=int)]
table["OBS_ID"] = np.arange(300)
panel = Observations(list(crab) * 300, table).view()"""
    book, root = opened(notebook, [made, "panel"])
    rows = root.locator("table[aria-label=Runs] tbody tr")
    rows.nth(299).wait_for()
    rows.nth(0).focus()
    book.page.keyboard.press("End")
    book.page.keyboard.press("Enter")
    book.wait_python("panel.selection.runs", [299])
    root.locator(".gpnb-sort").first.click()
    book.wait_python("panel.state.sort_ascending", False)
    root.get_by_text("299", exact=True).first.wait_for()
    rows.nth(299).wait_for()
    assert runs_of(root)[:2] == ["299", "298"]
    book.eventually(lambda: rows.nth(0).get_attribute("aria-selected"), "true")


def test_a_long_check_shows_progress_and_is_cancelled(notebook):
    slow = """\
import time, gpnb
from gpnb.core.progress import track
store = gpnb.DataStore.read("demo")
def check(progress, cancel):
    for _ in track(range(1000), "Checking", progress, cancel):
        time.sleep(0.05)
store.check = check
panel = store.view()"""
    book, root = opened(notebook, [slow, "panel"])
    root.get_by_role("button", name="Look for faults in all files of the store").click()
    root.get_by_role("progressbar", name="Checking").wait_for()
    root.get_by_role("button", name="Cancel: Checking").click()
    root.get_by_text("Cancelled: nothing was changed.").wait_for()
    assert book.value("panel.report is None")


def test_everyone_can_use_it(notebook):
    book, root = opened(notebook)
    book.python("panel.typed('cone', '83.63 22.01 r 2'); panel.check(); panel.wait()")
    root.get_by_text("4 of 18 runs").wait_for()
    for theme in ("light", "dark"):
        book.theme(theme)
        assert book.axe(".gpnb-live") == []
    for width in (700, 1600):
        book.width(width)
        wide = root.evaluate("root => [root.scrollWidth, root.clientWidth]")
        assert wide[0] <= wide[1]


def test_names_of_targets_stay_text(notebook):
    book, root = opened(notebook, HOSTILE)
    names = root.locator("table[aria-label=Runs] tbody tr td:nth-child(2)").all_inner_texts()
    assert names[:2] == ["<img src=x onerror=window.__hit=1>", "<script>window.__hit=2</script>"]
    assert names[2:] == ["'\"><b>bold</b>", "{{7*7}}"]
    x, y, _ = place(book, root, 2001)
    book.page.mouse.move(x, y)
    book.page.wait_for_timeout(200)
    assert book.page.evaluate("typeof window.__hit") == "undefined"
