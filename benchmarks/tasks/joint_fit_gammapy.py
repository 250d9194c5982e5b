"""A log-parabola to the OGIP spectra of five instruments (``joint``) or of one: the fit with its covariance."""

import sys

import astropy.units as u
from gammapy.datasets import Datasets, SpectrumDatasetOnOff
from gammapy.modeling import Fit
from gammapy.modeling.models import LogParabolaSpectralModel, SkyModel
from timing import joint_crab_files, measure

datasets = Datasets()
for instrument, (low, high), path in joint_crab_files(sys.argv[1]):
    dataset = SpectrumDatasetOnOff.read(path).copy(name=f"{instrument}-{path.stem}")
    dataset.mask_fit = dataset.counts.geom.energy_mask(low * u.TeV, high * u.TeV)
    datasets.append(dataset)


def work():
    spectrum = LogParabolaSpectralModel(
        amplitude=3e-11 * u.Unit("cm-2 s-1 TeV-1"), alpha=2.5, beta=0.1, reference=1 * u.TeV
    )
    datasets.models = [SkyModel(spectral_model=spectrum, name="crab")]
    return Fit().run(datasets), spectrum


def numbers(found):
    result, spectrum = found
    free = [spectrum.amplitude, spectrum.alpha, spectrum.beta]
    return {
        "values": [item.value for item in free],
        "errors": [item.error for item in free],
        "stat": float(result.total_stat),
    }


measure(work, numbers)
