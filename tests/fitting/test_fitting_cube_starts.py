"""Fits of many components beside each other find the same from any start."""

from dataclasses import replace

import numpy as np
import pytest
from made_cubes import TRUE, cube_of, point, psf_of, with_counts

import gpnb
from gpnb.fitting.cube.waves import TooWideError, WaveTables
from gpnb.fitting.likelihood import Likelihood
from gpnb.irf.node_sums import NodeSums
from gpnb.irf.reduced_psf import ReducedPsf

pytestmark = pytest.mark.long

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


def widening():
    """A cube whose point spread function gets twice as wide from side to side."""
    geom = gpnb.WcsGeometry.create("83.63d 22.01d", width="4 deg", binsz="2 deg")
    rad = psf_of(width=0.12).rad
    sides = [psf_of(width=width).evaluate(rad) for width in (0.06, 0.12)]
    total = np.repeat(np.stack(sides, axis=-1)[:, :, None], 2, axis=2)
    psf = ReducedPsf.from_sums(TRUE, rad, NodeSums(geom, total, np.ones((TRUE.n, 2, 2))))
    return replace(cube_of(background=0.02), psf=psf)


def test_responses_are_taken_where_a_fit_leads_before_it_ends(monkeypatch):
    truth = point("84.0d 22.2d").replace(amplitude="1e-10 TeV-1 s-1 cm-2")
    data = with_counts(widening(), [truth], 3)
    start = [truth.replace(spatial=gpnb.PointSource("83.85d 22.1d"))]
    early = gpnb.fit(data, start)
    monkeypatch.setattr("gpnb.fitting.scoring._CLOSE", 0.0)
    late = gpnb.fit(data, start)
    assert early.success
    assert early.n_evaluations < late.n_evaluations
    assert np.abs((early.values - late.values) / late.errors).max() < 0.01
    there = Likelihood(data, early.models)
    assert there.stat(there.start) == pytest.approx(early.stat, abs=1e-3)


def test_many_components_are_found_from_three_errors_away():
    check(fits(1, 3))


@pytest.mark.slow
def test_many_components_are_found_in_twenty_of_twenty_tries():
    check(fits(2, 20))


@pytest.mark.parametrize(("reach", "harmonics"), [(0.1, 10**30), (1e9, 0)], ids=["long", "wide"])
def test_a_step_to_a_source_beyond_any_table_is_refused_before_anything_is_made(reach, harmonics):
    with pytest.raises(TooWideError, match="start with a smaller"):
        WaveTables(None, 2, (0.02, 0.02), reach, harmonics)
