"""Flux points of the H.E.S.S. spectra of joint-crab on a log-parabola: asymmetric errors, limits, scans."""

import astropy.units as u
import numpy as np
from gammapy.datasets import Datasets, SpectrumDatasetOnOff
from gammapy.estimators import FluxPointsEstimator
from gammapy.modeling import Fit
from gammapy.modeling.models import LogParabolaSpectralModel, SkyModel
from timing import joint_crab_files, measure

datasets = Datasets()
for _, (low, high), path in joint_crab_files("hess"):
    dataset = SpectrumDatasetOnOff.read(path).copy(name=path.stem)
    dataset.mask_fit = dataset.counts.geom.energy_mask(low * u.TeV, high * u.TeV)
    datasets.append(dataset)
spectrum = LogParabolaSpectralModel(
    amplitude=3e-11 * u.Unit("cm-2 s-1 TeV-1"), alpha=2.5, beta=0.1, reference=1 * u.TeV
)
datasets.models = [SkyModel(spectral_model=spectrum, name="crab")]
Fit().run(datasets)
edges = np.geomspace(0.7079457843841382, 22.38721138568339, 11) * u.TeV


def work():
    chosen = ["errn-errp", "ul", "scan"]
    return FluxPointsEstimator(energy_edges=edges, source="crab", selection_optional=chosen).run(datasets)


def numbers(points):
    table = points.to_table(sed_type="dnde")
    names = ("dnde", "dnde_err", "dnde_errn", "dnde_errp", "dnde_ul")
    found = {name: table[name].quantity.to_value("cm-2 s-1 TeV-1").tolist() for name in names}
    return {**found, "ts": table["ts"].tolist()}


measure(work, numbers, repeats=2)
