"""Latencies in a real page: sliders to redraw of the live sky and of a spectrum, and panels, the first
of a fresh kernel and a further one.

Usage: python benchmarks/latency/page.py        prints JSON; needs Chromium and playwright
"""

import contextlib
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "browser"))

from labdriver import LabBrowser
from labnotebook import LabNotebook
from labserver import LabServer
from row import row

MOVES = 80
SKY, PLOT = ("Energy", ".gpnb-sky"), ".gpnb-figure"
MAKE = """\
import numpy as np, gpnb
axis = gpnb.Axis.energy("0.1 TeV", "100 TeV", per_decade=10)
geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="3 deg", binsz="0.01 deg", axes=[axis])
counts = gpnb.SkyMap(geom, np.random.default_rng(1).poisson(3, geom.shape).astype(np.float32))
"""
FIRST = "import gpnb\ngpnb.SkyImage.empty(nxpix=300, nypix=300)"
FURTHER = "gpnb.SkyImage.empty(nxpix=200, nypix=300)"
DRAWN = "n => [...document.querySelectorAll('.gpnb-sky')].filter(sky => sky.dataset.frames > 0).length === n"

SPECTRUM = """\
import numpy as np, gpnb
energy, true = (gpnb.Axis.energy("0.1 TeV", "40 TeV", per_decade=20, name=name) for name in ("energy", "energy_true"))
shape = gpnb.PowerLaw(index=2.5, amplitude="3e-11 TeV-1 s-1 cm-2")
counts = np.random.default_rng(1).poisson(shape.integral_bins(true.edge_values) * 3e14)
spectrum = gpnb.SpectrumDataset(energy, true, counts, np.full(true.n, 3e14), np.eye(true.n), "1 h").view()
spectrum"""

MOVE = """async ([name, drawn, moves]) => {
  const input = document.querySelector(`input[aria-label="${name}"]`), sky = document.querySelector(drawn);
  const times = [];
  for (let n = 0; n < moves; n += 1) {
    const before = sky.dataset.frames, start = performance.now();
    input.value = Number(input.value) >= Number(input.max) ? 1 : Number(input.value) + 1;
    input.dispatchEvent(new Event('input'));
    await new Promise((done) => {
      const look = () => (sky.dataset.frames === before ? requestAnimationFrame(look) : done());
      look();
    });
    times.push(performance.now() - start);
    await new Promise((done) => setTimeout(done, 120));
  }
  return times;
}"""

INSIDE = """\
import json, time
def _times(count):
    for number in range(count):
        start = time.perf_counter()
        panel.parts['look'].changes = {"plane": [1 + number % 30, "measured"]}
        yield 1000 * (time.perf_counter() - start)
print(json.dumps(list(_times(200))))
"""


def slider(browser: LabBrowser) -> dict[str, dict[str, float]]:
    with contextlib.closing(browser.notebook([MAKE, "panel = counts.view()\npanel"])) as book:
        book.page.locator(".gpnb-sky").wait_for()
        book.page.evaluate(MOVE, [*SKY, 10])
        whole = book.page.evaluate(MOVE, [*SKY, MOVES])
        python = json.loads(book.python(INSIDE))
    return {"slider to redraw, 300 × 300": row(whole), "slider in Python, 300 × 300": row(python)}


def model_slider(browser: LabBrowser) -> dict[str, float]:
    """From a move of a parameter's slider to the plot of the spectrum with its model and residuals."""
    with contextlib.closing(browser.notebook([SPECTRUM])) as book:
        book.page.locator(f"{PLOT} .gpnb-curve").first.wait_for()
        book.page.evaluate(MOVE, ["index", PLOT, 10])
        return row(book.page.evaluate(MOVE, ["index", PLOT, MOVES]))


def panels(browser: LabBrowser, times: int = 5) -> dict[str, dict[str, float]]:
    """From running the first cell of a fresh kernel to the first frame that is drawn; then from running the second."""
    first, further = [], []
    for _ in range(times):
        with contextlib.closing(browser.notebook([FIRST, FURTHER], run=False)) as book:
            first.append(_drawn(book, 1))
            time.sleep(1.0)
            further.append(_drawn(book, 2))
    return {"first panel in a fresh kernel": row(first), "a further panel": row(further)}


def _drawn(book: LabNotebook, number: int) -> float:
    """Milliseconds from running the next cell until so many panels are drawn."""
    start = time.perf_counter()
    book.command("notebook:run-cell-and-select-next")
    book.page.wait_for_function(DRAWN, arg=number)
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    with LabServer({}) as server, LabBrowser(server) as browser:
        found = slider(browser)
        found["model slider to redraw"] = model_slider(browser)
        found |= panels(browser)
    json.dump(found, sys.stdout, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main()
