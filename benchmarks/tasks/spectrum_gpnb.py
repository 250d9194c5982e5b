"""Four H.E.S.S. runs to ON and OFF spectra with reflected regions: ``files`` read anew, or ``again`` from memory."""

import sys

import numpy as np
from timing import CRAB_RUNS, DATA, measure

import gpnb
from gpnb.data.parts import forget_files

ON = "icrs; circle(83.63, 22.01, 0.11)"
energy = gpnb.Axis.energy("0.1 TeV", "40 TeV", per_decade=10)
energy_true = gpnb.Axis.energy("0.05 TeV", "100 TeV", per_decade=20, name="energy_true")
store = gpnb.DataStore.read(DATA / "hess-dl3-dr1")
known = store.select(obs_id=CRAB_RUNS)
again = sys.argv[1] == "again"
method = gpnb.Reflected(pixel="0.01 deg") if sys.argv[2] == "pixels" else gpnb.Reflected()
reduce_spectrum = gpnb.reduce_spectrum


def work():
    return reduce_spectrum(
        known if again else store.select(obs_id=CRAB_RUNS),
        ON,
        energy,
        energy_true,
        background=method,
        exclusion="galactic; circle(183.604, -8.708, 0.5)",
        safe=gpnb.SafeRange(thresholds=False, aeff_max=0.1),
    )


def numbers(specs):
    return {
        "on": [item.counts.sum() for item in specs],
        "off": [item.counts_off.sum() for item in specs],
        "alpha": [np.nanmean(item.alpha) for item in specs],
        "exposure": np.concatenate([item.exposure[36:] / 1e4 for item in specs]),
    }


measure(work, numbers, before=(lambda: None) if again else forget_files)
