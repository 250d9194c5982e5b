"""Take the pictures of the live panels in docs/panels/: light and dark, 900 and 1600 pixels wide.

Usage: python docs/screenshots.py [PANEL …]        needs Chromium and playwright
"""

import contextlib
import itertools
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from labdriver import ALL_CELLS, LabBrowser  # noqa: E402  (found above)
from labserver import LabServer  # noqa: E402

FOLDER = Path(__file__).parent / "panels"
WIDTHS = (900, 1600)
COLOURS = 256

RUNS = """\
import gpnb
store = gpnb.DataStore.read("demo")"""
CUBE = """\
import gpnb
runs = gpnb.DataStore.read("demo").select(cone=("galactic 0d 0d", "5 deg"))
energy = gpnb.Axis.energy("0.1 TeV", "10 TeV", per_decade=5)
size = {"width": ("6 deg", "4 deg"), "binsz": "0.02 deg", "frame": "galactic"}
geom = gpnb.WcsGeometry.create("galactic 0d 0d", axes=[energy], **size)
ring = gpnb.Ring(inner="1 deg", width="0.5 deg")
cube = gpnb.reduce_map(runs, geom, background=ring, exclusion="galactic; box(0, 0, 20, 1)")
excess = gpnb.excess_map(cube, radius="0.1 deg")
peaks = gpnb.find_peaks(excess.significance, threshold=5)"""
SPECTRA = """\
import gpnb
runs = gpnb.DataStore.read("demo").select(target="Crab")
axis = gpnb.Axis.energy("0.1 TeV", "50 TeV", per_decade=10)
specs = gpnb.reduce_spectrum(runs, "icrs; circle(83.6333, 22.0145, 0.11)", axis)
result = gpnb.fit(specs, gpnb.SkyModel(gpnb.LogParabola(amplitude="4e-11 TeV-1 s-1 cm-2"), name="Crab"))"""
FLARE = """\
import gpnb
import numpy as np
runs = gpnb.DataStore.read("demo").select(target="Demo AGN")
axis = gpnb.Axis.energy("0.1 TeV", "30 TeV", per_decade=10)
specs = gpnb.reduce_spectrum(runs, "icrs; circle(329.7, -30.2, 0.11)", axis)
result = gpnb.fit(specs, gpnb.SkyModel(gpnb.PowerLaw(index=3, amplitude="1e-11 TeV-1 s-1 cm-2"), name="Demo AGN"))
curve = gpnb.light_curve(specs, result, "5 min")
flare = (curve.time_min[8], curve.time_max[18])"""
PROPOSAL = """\
import gpnb
run = gpnb.DataStore.read("demo").select(target="Crab")[0]
place = gpnb.PointSource("galactic 358.71d -0.64d")
source = gpnb.SkyModel(gpnb.PowerLaw(index=2.7, amplitude="6e-14 TeV-1 s-1 cm-2"), place, name="HESS J1745-303")
irfs = {"CTA-like, demo": run}
proposal = gpnb.Proposal(source, irfs, "CTAO South", "2027-06-08", offset="0.7 deg", energy=("0.1 TeV", "50 TeV"))"""
CHOSEN = "panel.select(region='galactic; circle(0.9, 0.09, 0.25)')\npanel"
PANELS = {
    "observations": (RUNS, "panel = store.view()\npanel.choose([2001, 2002])\npanel"),
    "events": (
        RUNS + "\nevents = store.select(obs_id=1001)[0].events",
        "panel = events.view()\npanel.select(energy=('0.3 TeV', '5 TeV'))\npanel",
    ),
    "instrument": (RUNS, "panel = store.select(obs_id=2001)[0].view()\npanel"),
    "sky": (
        CUBE,
        f"panel = excess.view(peaks=peaks, excluded='galactic; box(0, 0, 20, 1)')\n{CHOSEN}",
    ),
    "spectrum": (SPECTRA, "panel = result.view(tab='sed')\npanel"),
    "lightcurve": (
        FLARE,
        "panel = curve.view(edges=['0.2 TeV', '0.6 TeV', '10 TeV'], hardness=True)\npanel.select(time=flare)\npanel",
    ),
    "proposal": (PROPOSAL, "panel = proposal.view(systematics=0.01)\npanel"),
    "sky-aladin": (
        CUBE,
        f"panel = excess.view(peaks=peaks, backdrop='sky')\n{CHOSEN}",
    ),
}


def take(browser: LabBrowser, name: str, theme: str, width: int) -> Path:
    """One picture, in few colours: files of a repository are small."""
    path = FOLDER / f"{name}-{theme}-{width}.png"
    options = {"theme": theme, "width": width + 96, "height": 1700, "settings": ALL_CELLS}
    with contextlib.closing(browser.notebook(PANELS[name], **options)) as book:
        panel = book.cell(1).locator(".gpnb-live")
        panel.wait_for()
        if name.endswith("aladin"):
            book.page.locator(".aladin-widget canvas").first.wait_for()
            book.page.wait_for_timeout(5000)  # Aladin Lite draws when its images are there, and does not tell
        book.page.evaluate("() => new Promise((done) => setTimeout(done, 800))")
        panel.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)
    return path


def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    with LabServer({}) as server, LabBrowser(server) as browser:
        for name, theme, width in itertools.product(names or PANELS, ("light", "dark"), WIDTHS):
            print(take(browser, name, theme, width).relative_to(ROOT))


if __name__ == "__main__":
    main(sys.argv[1:])
