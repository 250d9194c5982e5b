"""Cubes made by hand for the tests of fits: smooth exposure, a point spread function that changes with energy."""

import numpy as np

from gpnb import Axis, GaussianSource, PointSource, PowerLaw, SkyMap, SkyModel, WcsGeometry
from gpnb.datasets.flags import Flag
from gpnb.datasets.map import MapDataset
from gpnb.irf.radial_psf import RadialPsf
from gpnb.irf.reduced_dispersion import ReducedDispersion
from gpnb.irf.reduced_psf import ReducedPsf

ENERGY = Axis.energy("1 TeV", "10 TeV", nbin=4)
TRUE = Axis.energy("0.5 TeV", "20 TeV", nbin=16, name="energy_true")


def psf_of(axis=TRUE, width=0.06):
    """Two Gaussians, narrower at high energy."""
    rad = np.linspace(0, 8 * width, 161)
    sigma = width * axis.center_values[:, None] ** -0.2
    core = np.exp(-0.5 * (rad / sigma) ** 2) / sigma**2
    halo = np.exp(-0.5 * (rad / (1.8 * sigma)) ** 2) / (1.8 * sigma) ** 2
    return RadialPsf.from_table(axis, rad, 0.8 * core + 0.2 * halo)


def dispersion_of(true=TRUE, energy=ENERGY, width=0.15):
    """Log-normal, a little low."""
    from scipy.stats import norm

    edges = np.log(energy.edge_values / true.center_values[:, None])
    return np.diff(norm.cdf((edges + 0.02) / width), axis=1)


def cube_of(
    center="83.63d 22.01d",
    width="3 deg",
    binsz="0.04 deg",
    frame="icrs",
    proj="TAN",
    counts=None,
    background=0.3,
    slope=(0.1, -0.2),
    bend=-0.5,
    psf=None,
    scale=3e12,
    name="cube",
    seed=None,
    models=(),
):
    """A cube; counts are Poisson's about background and models where there is a seed, else their expectation."""
    geom = WcsGeometry.create(center, width=width, binsz=binsz, frame=frame, proj=proj, axes=[ENERGY])
    image = geom.image()
    y, x = np.indices((geom.ny, geom.nx), dtype=float)
    u, v = (x - geom.nx / 2) / geom.nx, (y - geom.ny / 2) / geom.ny
    course = 1 + slope[0] * u + slope[1] * v + bend * (u**2 + v**2)
    exposure = scale * TRUE.center_values[:, None, None] ** 0.4 * course
    back = np.broadcast_to(background * ENERGY.center_values[:, None, None] ** -1.5 * (1 + 0.3 * u - v**2), geom.shape)
    flags = np.zeros(geom.shape, dtype=np.uint8)
    dataset = MapDataset(
        counts=SkyMap(geom, np.ones(geom.shape)),
        exposure=SkyMap(geom.cube([TRUE]), exposure, "cm2 s"),
        background=SkyMap(geom, back.copy()),
        flags=SkyMap(geom, flags),
        psf=ReducedPsf.constant(psf or psf_of(), image),
        edisp=ReducedDispersion.constant(dispersion_of(), TRUE, ENERGY, image),
        name=name,
    )
    return with_counts(dataset, models, seed) if counts is None else with_map(dataset, counts)


def with_map(dataset, counts):
    from dataclasses import replace

    return replace(dataset, counts=SkyMap(dataset.geom, np.asarray(counts, dtype=float)))


def with_counts(dataset, models, seed=None):
    """Counts of background and models."""
    from gpnb.fitting.likelihood import Likelihood

    expected = dataset.background.data.copy()
    if models:
        likelihood = Likelihood(dataset, models)
        expected += likelihood.predict(likelihood.start)[0]
    return with_map(dataset, expected if seed is None else np.random.default_rng(seed).poisson(expected))


def masked_edge(dataset, columns):
    """The same with columns of pixels out of the field of view."""
    from dataclasses import replace

    flags = dataset.flags.data.copy()
    flags[:, :, columns] = Flag.FIELD_OF_VIEW
    return replace(dataset, flags=SkyMap(dataset.geom, flags))


def point(center="83.63d 22.01d", **given):
    """A free point source."""
    return SkyModel(PowerLaw(index=2.3, amplitude="5e-12 TeV-1 s-1 cm-2"), PointSource(center), name="p", **given)


def gauss(center="83.63d 22.01d", **shape):
    """A free Gaussian."""
    shape = {"sigma": "0.15 deg", **shape}
    return SkyModel(PowerLaw(index=2.3, amplitude="2e-11 TeV-1 s-1 cm-2"), GaussianSource(center, **shape), name="g")
