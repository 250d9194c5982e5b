"""The flux across the Galactic centre in twenty boxes along the plane, over the background as it is."""

from cube_fit import FILES
from fitted import CASES, edges_of, ours
from timing import DATA, measure

import gpnb

state = {}
spectrum = gpnb.PowerLaw(index=2.3, amplitude="2.8e-12 cm-2 s-1 TeV-1", reference="1 TeV")
source = gpnb.SkyModel(spectrum, gpnb.PointSource("galactic 0d 0d"), name="source")
flux_profile = gpnb.flux_profile


def prepare():
    """The cube is read anew: it keeps what its responses were asked for."""
    state["cube"], (_, state["background"]) = ours(FILES, "cta", CASES["cta"], DATA)


def work():
    boxes = gpnb.Boxes("galactic 2.0d 0d", "galactic -2.0d 0d", width="0.4 deg", n=20)
    edges = [f"{edge} TeV" for edge in edges_of(CASES["cta"])[[0, -1]]]
    return flux_profile(state["cube"], [source, state["background"]], boxes, edges, cl=0.9544997361, sided=2)


def numbers(profile):
    return {name: profile[name].to_value("cm-2 s-1").tolist() for name in ("flux", "flux_err")}


measure(work, numbers, repeats=5, before=prepare)
