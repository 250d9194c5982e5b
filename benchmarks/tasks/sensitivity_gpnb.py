"""The sensitivity of 50 h of CTA South in a circle of 0.1 deg, half a degree from the pointing."""

from dataclasses import replace

import numpy as np
from timing import DATA, PROD5, measure

import gpnb

irfs = gpnb.read_irf(DATA / "cta-caldb" / PROD5)
irfs["bkg"] = irfs["bkg"].at_nodes()  # as the rival reads it
run = gpnb.Observation.create("0d 0d", "50 h", irfs)
energy = gpnb.Axis.energy("0.03 TeV", "30 TeV", nbin=20)
true = gpnb.Axis.energy("0.01 TeV", "100 TeV", nbin=100, name="energy_true")
geom = gpnb.WcsGeometry.create("0d 0.5d", width="0.3 deg", binsz="0.005 deg", axes=[energy])
cube = gpnb.reduce_map(run, geom, energy_true=true, background=None, safe=gpnb.SafeRange(), progress=False)
known = gpnb.to_spectrum(cube, "icrs; circle(0, 0.5, 0.1)")
data = replace(known, background=None, counts_off=5 * known.background, acceptance=1.0, acceptance_off=5.0)


def work():
    return gpnb.sensitivity(data)


def numbers(found):
    return {name: np.asarray(found[name]).tolist() for name in ("e2dnde", "excess", "background")}


measure(work, numbers, repeats=10)
