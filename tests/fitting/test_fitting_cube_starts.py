"""Fits of many components beside each other find the same from any start."""

import numpy as np
import pytest
from made_cubes import cube_of, point, with_counts

import gpnb
from gpnb.fitting.likelihood import Likelihood

PLACES = ("83.0d 21.5d", "84.3d 21.4d", "83.6d 22.0d", "83.1d 22.7d", "84.4d 22.6d")


def everything():
    """Five points, isotropic and diffuse emission, and the background."""
    geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="5 deg", binsz="0.1 deg")
    band = gpnb.SkyMap(geom, np.exp(-0.5 * ((geom.lonlat[1] - 22.2) / 0.4) ** 2))
    points = [point(place).replace(name=f"p{number}", amplitude=1.5e-11) for number, place in enumerate(PLACES)]
    points[1:] = [
        gpnb.SkyModel(item.spectral.replace(index=2.0 + 0.2 * number), item.spatial, name=item.name)
        for number, item in enumerate(points[1:])
    ]
    isotropic = gpnb.SkyModel(
        gpnb.PowerLaw(index=2.6, amplitude="1e-8 TeV-1 s-1 cm-2").freeze("index"), gpnb.ConstantSource(), name="iso"
    )
    diffuse = gpnb.SkyModel(
        gpnb.PowerLaw(index=2.2, amplitude="2e-10 TeV-1 s-1 cm-2"), gpnb.TemplateSource(band), name="band"
    )
    return [model.bound("amplitude", 0, 1e-6) for model in (*points, isotropic, diffuse)]


def fits(seed, tries):
    """−2 ln L and vectors, in standard deviations from the best, of fits from three of them away in each entry."""
    models = everything()
    data = with_counts(cube_of(background=0.02), models, seed)
    best = gpnb.fit(data, models)
    assert best.success, best.message
    likelihood = Likelihood(data, best.models)
    sigma = np.sqrt(np.diag(best.covariance)) / likelihood.scale
    rng, found = np.random.default_rng(seed), []
    for _ in range(tries):
        start = likelihood.start + 3 * sigma * rng.choice([-1, 1], sigma.size)
        start = np.maximum(start, np.where(likelihood.bounds[:, 0] == 0, 0.05 * likelihood.start, -np.inf))
        result = gpnb.fit(data, likelihood.models_at(start))
        theta = np.array([result.models.parameters[name].value for name in best.names]) / likelihood.scale
        found.append((result.success, result.stat - best.stat, np.abs((theta - likelihood.start) / sigma).max()))
    return found


def check(found):
    for success, worse, away in found:
        assert success
        assert abs(worse) < 1e-3
        assert away < 0.03


def test_many_components_are_found_from_three_errors_away():
    check(fits(1, 3))


@pytest.mark.slow
def test_many_components_are_found_in_twenty_of_twenty_tries():
    check(fits(2, 20))
