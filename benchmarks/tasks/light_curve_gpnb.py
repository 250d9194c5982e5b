"""PKS 2155-304 in 44 slices of ten minutes: ``reduce`` them, or make the ``curve`` with its errors and limits."""

import sys

import astropy.units as u
import numpy as np
from astropy.time import Time
from timing import CURVE_INDEX, CURVE_START, DATA, PKS, measure

import gpnb
from gpnb.data.parts import forget_files

ON = f"icrs; circle({PKS[0]}, {PKS[1]}, 0.11)"
edges = Time(CURVE_START) + np.arange(35) * 10 * u.min
energy = gpnb.Axis.energy("0.4 TeV", "20 TeV", nbin=10)
bins = {"reduce": 20, "curve": 160}[sys.argv[1]]
energy_true = gpnb.Axis.energy("0.1 TeV", "40 TeV", nbin=bins, name="energy_true")
store = gpnb.DataStore.read(DATA / "hess-dl3-dr1")
spectrum = gpnb.PowerLaw(index=CURVE_INDEX, amplitude="1e-10 TeV-1 s-1 cm-2")
reduce_spectrum, light_curve = gpnb.reduce_spectrum, gpnb.light_curve


def reduce(aeff_max=0.1):
    slices = store.select(cone=(f"{PKS[0]}d {PKS[1]}d", "2 deg")).split(edges)
    safe = gpnb.SafeRange(thresholds=False, aeff_max=aeff_max)
    return reduce_spectrum(slices, ON, energy, energy_true, background=gpnb.Reflected(pixel="0.01 deg"), safe=safe)


def curve():
    limits = {"cl": 0.9544997361, "sided": 2, "n_scan": 3}
    return light_curve(datasets, spectrum, edges, [0.7, 20] * u.TeV, statistic="wstat", **limits)


def reduced(specs):
    return {
        "on": [item.counts.sum() for item in specs],
        "off": [item.counts_off.sum() for item in specs],
        "alpha": [np.nanmean(item.alpha) for item in specs],
        "exposure": np.concatenate([item.exposure[5:] for item in specs]),
    }


def fluxes(found):
    return {name: found.column(name).ravel() for name in ("flux", "flux_err", "flux_errn", "flux_errp", "flux_ul")}


def in_range_of_the_rival(specs):
    """From the energy where the effective area reaches a tenth of its maximum, true taken for reconstructed."""
    found = []
    for item in specs:
        area = item.exposure / item.livetime.to_value("s")
        first = int(np.argmax(area >= 0.1 * area.max()))
        found.append(item.restrict((item.energy_true.centers[first], None)))
    return gpnb.Datasets(found)


if sys.argv[1] == "reduce":
    measure(reduce, reduced, before=forget_files)
else:
    datasets = in_range_of_the_rival(reduce(aeff_max=None))
    measure(curve, fluxes, repeats=5)
