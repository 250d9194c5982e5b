"""A log-parabola to the OGIP spectra of five instruments (``joint``) or of one: the fit with its covariance."""

import sys

from timing import joint_crab_files, measure

import gpnb

datasets = [
    gpnb.SpectrumDataset.read_ogip(path, name=f"{instrument}-{path.stem}").restrict((f"{low} TeV", f"{high} TeV"))
    for instrument, (low, high), path in joint_crab_files(sys.argv[1])
]
model = gpnb.LogParabola(amplitude="3e-11 TeV-1 s-1 cm-2", alpha=2.5, beta=0.1)
fit = gpnb.fit


def numbers(result):
    return {
        "values": result.values.tolist(),
        "errors": result.errors.tolist(),
        "stat": result.stat,
    }


measure(lambda: fit(datasets, model, statistic="wstat"), numbers, repeats=5)  # bin by bin, as Gammapy
