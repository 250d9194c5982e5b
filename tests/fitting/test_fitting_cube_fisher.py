"""Second derivatives of cubes: sums over photons, source by source, are those over all voxels."""

from dataclasses import replace

import numpy as np
import pytest
from made_cubes import cube_of, gauss, point, with_counts

from gpnb import BackgroundModel, PowerLaw, SkyMap, SkyModel, TemplateSource, WcsGeometry
from gpnb.datasets.flags import Flag
from gpnb.fitting.likelihood import Likelihood

MEASURED = {"counts_off": 3.0, "acceptance": 1.0, "acceptance_off": 10.0}


def by_differences(likelihood, dataset):
    """2 Σ n/μ² ∂μ ∂μ, from predictions in all voxels."""
    theta, slopes = likelihood.start, []
    (block,) = likelihood.blocks

    def expected(vector):
        (sources,) = likelihood._sources.values(vector)
        return block.predict(sources)[0] + block.backgrounds(sources)[0]

    for number in range(theta.size):
        shift = np.zeros_like(theta)
        shift[number] = 1e-5
        slopes.append((expected(theta + shift) - expected(theta - shift))[dataset.usable] / 2e-5)
    n, mu = dataset.counts.data[dataset.usable], expected(theta)[dataset.usable]
    return 2 * (np.array(slopes) * n / mu**2) @ np.array(slopes).T


def held(model):
    return model.freeze("index", "amplitude", "lon", "lat")


def some_sources():
    return [
        point("83.30d 22.31d").replace(name="a"),
        gauss("83.45d 22.25d", sigma="0.1 deg").replace(name="b").freeze("index"),
        point("84.40d 21.40d").replace(name="far").link("index", "a.index"),
        held(point("83.32d 21.60d")).replace(name="held"),
        SkyModel(PowerLaw(amplitude="1e-12 TeV-1 s-1 cm-2"), blob(), name="blob"),
        BackgroundModel("cube"),
    ]


def blob():
    geom = WcsGeometry.create("83.63d 22.01d", width="0.5 deg", binsz="0.05 deg")
    return TemplateSource(SkyMap(geom, np.ones(geom.shape)))


def test_sources_that_overlap_and_those_that_do_not():
    models = some_sources()
    data = with_counts(cube_of(), models, 3)
    likelihood = Likelihood(data, models)
    found, wanted = likelihood.fisher(likelihood.start), by_differences(likelihood, data)
    size = np.sqrt(np.diag(wanted))
    assert found / np.outer(size, size) == pytest.approx(wanted / np.outer(size, size), abs=1e-5)


def test_many_sources_do_not_know_how_many_they_are():
    """Twelve far from each other, of 48 parameters: none has a slope with those that it does not touch."""
    places = [(lon, lat) for lon in (82.5, 83.3, 84.1, 84.9) for lat in (21.2, 22.0, 22.8)]
    models = [point(f"{lon}d {lat}d").replace(name=f"s{number}") for number, (lon, lat) in enumerate(places)]
    data = with_counts(cube_of(width="4 deg"), models, 4)
    likelihood = Likelihood(data, models)
    found = likelihood.fisher(likelihood.start)
    alone = Likelihood(data, [models[0], *(held(model) for model in models[1:])])
    assert found[:4, :4] == pytest.approx(alone.fisher(alone.start), rel=1e-9)
    assert not found[:4, -4:].any()


def test_what_no_source_reaches_is_not_counted_twice():
    """W: photons beyond a template's reach must not change those within."""
    model = SkyModel(PowerLaw(amplitude="1e-11 TeV-1 s-1 cm-2").freeze("index"), blob(), name="blob")
    data = with_counts(cube_of(), [model], 5)
    flat = {name: SkyMap(data.geom, np.full(data.geom.shape, value)) for name, value in MEASURED.items()}
    data = replace(data, background=None, **flat)
    flags = data.flags.data.copy()
    flags[:, :20] = Flag.FIELD_OF_VIEW
    likelihood = Likelihood(replace(data, flags=SkyMap(data.geom, flags)), model)
    step = 1e-4
    one, two = (likelihood.stat(likelihood.start + sign * step) for sign in (1, -1))
    assert likelihood.gradient(likelihood.start)[0] == pytest.approx((one - two) / (2 * step), rel=1e-6)
