"""Flux points of the H.E.S.S. spectra of joint-crab on a log-parabola: asymmetric errors, limits, scans."""

from timing import joint_crab_files, measure

import gpnb

datasets = [
    gpnb.SpectrumDataset.read_ogip(path, name=path.stem).restrict((f"{low} TeV", f"{high} TeV"))
    for _, (low, high), path in joint_crab_files("hess")
]
result = gpnb.fit(datasets, gpnb.LogParabola(amplitude="3e-11 TeV-1 s-1 cm-2", alpha=2.5, beta=0.1), statistic="wstat")
edges = gpnb.Axis.energy("0.7079457843841382 TeV", "22.38721138568339 TeV", nbin=10)
flux_points = gpnb.flux_points


def work():
    return flux_points(datasets, result, edges, cl=0.9544997361, sided=2, n_scan=11, statistic="wstat")


def numbers(points):
    names = ("dnde", "dnde_err", "dnde_errn", "dnde_errp", "dnde_ul", "ts")
    return {name: points.column(name).tolist() for name in names}


measure(work, numbers, repeats=5)
