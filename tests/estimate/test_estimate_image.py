"""Images of cubes: responses weighted by a spectrum, right at every place."""

from dataclasses import replace

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

import gpnb
from gpnb.fitting.likelihood import Likelihood

ENERGY = gpnb.Axis.energy("0.5 TeV", "20 TeV", nbin=8)
CRAB = SkyCoord("83.6333d", "22.0145d")
SPECTRUM = gpnb.PowerLaw(index=2.5, amplitude="1e-11 TeV-1 s-1 cm-2").freeze("index")


def lopsided(obs, number, larger=1.0):
    """A run whose point spread function gets abruptly wider, whose area falls steeply, at high energies faster."""
    psf, aeff = obs.psf, obs.aeff
    values = psf.values.copy()
    values[:, np.abs(psf.offset_axis.center_values - 1.0).argmin(), [0, 2, 4]] *= 1.4
    energy, offset = aeff.energy_axis.center_values[:, None], aeff.offset_axis.center_values
    fall = larger * np.exp(-(1 + 0.5 * np.log1p(energy)) * offset)
    parts = {"psf": replace(psf, values=values), "aeff": replace(aeff, values=aeff.values * fall)}
    return gpnb.Observation(number, {**obs.parts, **parts}, obs.row)


@pytest.fixture(scope="module")
def cube(demo):
    """Two runs, of which one is safe from 1 TeV on."""
    runs = demo.select(target="Crab")[:2]
    geom = gpnb.WcsGeometry.create(CRAB, width="4 deg", binsz="0.05 deg", axes=[ENERGY])
    some = [lopsided(runs[0], 1), lopsided(runs[1], 2, larger=4.0)]
    return gpnb.reduce_map(some, geom, background=None, safe=gpnb.SafeRange(offset_max="1.7 deg"))


@pytest.mark.parametrize("offset", [0.0, 0.6, 0.95, 1.03, 1.2, 1.6])
def test_the_point_spread_function_is_the_mean_over_photons_at_the_place_itself(cube, offset):
    position = CRAB.directional_offset_by(200 * u.deg, offset * u.deg)
    image = gpnb.to_image(cube, SPECTRUM)
    true = cube.exposure.geom.axes[0].edges
    x, y = (int(np.round(value)) for value in cube.geom.coord_pixel(position))
    flux = SPECTRUM.integral(true[:-1], true[1:]).value
    photons = flux * cube.exposure.data[:, y, x] * cube.edisp.at(position).sum(axis=1)
    psf, rad = cube.psf.at(position), np.linspace(0, 0.5, 501)
    expected = photons @ psf.evaluate(rad) / photons.sum()
    found = image.psf.at(position).evaluate(rad)[0]
    assert np.abs(found - expected).max() < 2e-4 * expected.max()


def expected(dataset, model):
    likelihood = Likelihood(dataset, model)
    return np.where(dataset.usable, likelihood.predict(likelihood.start)[0], 0).sum(axis=0)


@pytest.mark.parametrize(("angle", "offset"), [(0, 0.0), (200, 0.6), (20, 1.03), (110, 1.4)])
def test_an_image_expects_the_counts_of_its_cube(cube, angle, offset):
    """Of a point anywhere: as many in all, and as wide."""
    place = CRAB.directional_offset_by(angle * u.deg, offset * u.deg)
    model = gpnb.SkyModel(SPECTRUM, gpnb.PointSource(place), name="p")
    whole, flat = (expected(dataset, model) for dataset in (cube, gpnb.to_image(cube, SPECTRUM)))
    assert flat.sum() == pytest.approx(whole.sum(), rel=2e-3)
    assert np.abs(flat - whole).max() < 4e-3 * whole.max()


def test_beyond_the_map_the_nearest_place_counts(cube):
    image = gpnb.to_image(cube, SPECTRUM)
    far, rim = (CRAB.directional_offset_by(90 * u.deg, angle * u.deg) for angle in (8, 1.6))
    assert image.psf.at(far).containment_radius(0.68) == pytest.approx(
        image.psf.at(rim).containment_radius(0.68), rel=0.05
    )


def test_nothing_is_kept_on_a_grid(cube):
    image = gpnb.to_image(cube, SPECTRUM)
    assert image.psf.nbytes < 1e5
    image.psf.at(CRAB)
    assert image.psf.nbytes < 5e6
