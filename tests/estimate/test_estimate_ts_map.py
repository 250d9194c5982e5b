"""TS maps beside fits at the same places: responses that change over the field, edges, maps without a count."""

from dataclasses import replace

import numpy as np
import pytest
from made_cubes import ENERGY, TRUE, cube_of, gauss, masked_edge, point, psf_of, with_map

import gpnb
from gpnb.core.replay import step
from gpnb.irf.node_sums import NodeSums
from gpnb.irf.reduced_psf import ReducedPsf
from gpnb.stats import cash

HELD = ("index", "lon", "lat")


@pytest.fixture(scope="module")
def cube():
    return cube_of(width="1.2 deg", models=[point()], seed=3)


@pytest.fixture(scope="module")
def found(cube):
    return gpnb.ts_map(cube, point())


def varying(cube):
    """The same with a point spread function that is half as wide again at the eastern edge as at the western one."""
    geom = gpnb.WcsGeometry.create(cube.geom.center, npix=(5, 1), binsz=cube.geom.width[0] / 5)
    rad = np.linspace(0, 0.7, 301)
    tables = [psf_of(width=width).evaluate(rad) for width in np.linspace(0.09, 0.06, 5)]
    total = np.moveaxis(np.array(tables), 0, -1)[:, :, None, :]
    return replace(cube, psf=ReducedPsf.from_sums(TRUE, rad, NodeSums(geom, total, np.ones((TRUE.n, 1, 5)))))


def fit_at(cube, row, column, source=None, others=()):
    """A fit of the norm of a source at a pixel."""
    source = source or point()
    place = cube.geom.image().coords[row, column]
    shape = dict(zip(("lon", "lat"), (place.spherical.lon.deg, place.spherical.lat.deg), strict=True))
    own = source.replace(**shape)
    own = replace(own, spatial=own.spatial.freeze(*own.spatial.names)).freeze("index")
    held = gpnb.Models([own, *others])
    return gpnb.fit(cube, held.freeze(*(name for name in held.free if not name.startswith(source.name))))


@pytest.mark.parametrize(("row", "column"), [(15, 15), (7, 22), (25, 3), (0, 0), (29, 14)])
def test_every_pixel_is_a_fit_at_that_place(cube, found, row, column):
    result = fit_at(cube, row, column)
    scale = found.reference[0] / point().spectral.amplitude.value
    amplitude = result.models["p"].parameter("amplitude")
    least = (gpnb.predict(cube, result, "p").data + cube.background.data).min()
    if least < 0:  # a fit looks at photons alone: a map lets no pixel have less than no counts
        assert found.flux.data[row, column] > amplitude.value * scale
        at = gpnb.predict(cube, result, "p").data * (found.flux.data[row, column] / (amplitude.value * scale))
        assert (at + cube.background.data).min() == pytest.approx(0, abs=1e-3)
        return
    assert found.flux.data[row, column] == pytest.approx(
        amplitude.value * scale, rel=2e-3, abs=5e-3 * amplitude.error * scale
    )
    assert found.flux_err.data[row, column] == pytest.approx(amplitude.error * scale, rel=5e-3)
    wanted = np.sign(amplitude.value) * np.sqrt(max(gpnb.source_ts(result)["ts"][0], 0))
    assert found.sqrt_ts.data[row, column] == pytest.approx(wanted, abs=2e-3)
    if amplitude.value > 0:
        interval = result.confidence("p.amplitude")
        for side, name in (("errn", "flux_errn"), ("errp", "flux_errp")):
            assert found.maps[name].data[row, column] == pytest.approx(getattr(interval, side) * scale, rel=5e-3), name
    limit = result.upper_limit("p.amplitude").value
    assert found.flux_ul.data[row, column] == pytest.approx(limit * scale, rel=5e-3)


def test_kernels_follow_the_point_spread_function():
    cube = varying(cube_of(width="3 deg"))
    bright = point("84.9d 22.3d").replace(amplitude="4e-11 TeV-1 s-1 cm-2")
    cube = gpnb.fake(cube, bright, seed=5)
    ts = gpnb.ts_map(cube, point(), region="icrs; circle(84.9, 22.3, 0.12)", errors=False)
    row, column = np.unravel_index(np.nanargmax(ts.sqrt_ts.data), ts.sqrt_ts.data.shape)
    result = fit_at(cube, row, column)
    scale = ts.reference[0] / point().spectral.amplitude.value
    assert ts.flux.data[row, column] == pytest.approx(result.models["p"].parameter("amplitude").value * scale, rel=5e-3)
    one = replace(cube, psf=ReducedPsf.constant(cube.psf.at(cube.geom.center), cube.geom.image()))
    other = gpnb.ts_map(one, point(), region="icrs; circle(84.9, 22.3, 0.12)", errors=False)
    assert other.flux.data[row, column] != pytest.approx(
        ts.flux.data[row, column], rel=2e-2
    )  # of the middle: wrong here


def test_masked_pixels_count_nowhere():
    cube = masked_edge(cube_of(width="1.2 deg", models=[point()], seed=3), slice(0, 12))
    ts = gpnb.ts_map(cube, point())
    assert np.isnan(ts.sqrt_ts.data[:, :12]).all()
    assert np.isfinite(ts.sqrt_ts.data[:, 12:]).all()
    result = fit_at(cube, 15, 13)
    scale = ts.reference[0] / point().spectral.amplitude.value
    assert ts.flux.data[15, 13] == pytest.approx(result.models["p"].parameter("amplitude").value * scale, rel=2e-3)


def test_without_a_count_there_are_limits_alone():
    cube = cube_of(width="1.2 deg")
    cube = with_map(cube, np.zeros(cube.geom.shape))
    ts = gpnb.ts_map(cube, point())
    total = gpnb.predict(cube, point(cube.geom.image().coords[15, 15]), "p").data.sum()
    assert (ts.sqrt_ts.data < 0).all()
    assert np.isnan(ts.flux_err.data).all()
    assert (ts.flux_errn.data == 0).all()  # no less is possible
    assert ts.flux_ul.data[15, 15] / ts.reference[0] == pytest.approx(2.7055 / 2 / total, rel=1e-3)
    least = ts.norm.data[15, 15]
    assert (
        least * gpnb.predict(cube, point(cube.geom.image().coords[15, 15]), "p").data + cube.background.data
    ).min() >= -1e-9
    assert ts.sqrt_ts.data[15, 15] == pytest.approx(-np.sqrt(-2 * least * total), rel=1e-3)


def test_an_asimov_cube_gives_its_source_back():
    bright = point().replace(amplitude="3e-11 TeV-1 s-1 cm-2")
    cube = cube_of(width="1.2 deg")
    place = cube.geom.image().coords[12, 18]
    bright = replace(bright, spatial=gpnb.PointSource(place))
    faked = gpnb.asimov(cube, bright)
    ts = gpnb.ts_map(faked, bright, errors=False)
    used, empty = gpnb.predict(faked, bright, "p").data, faked.background.data
    wanted = (cash(faked.counts.data, empty) - cash(faked.counts.data, used + empty)).sum()
    assert np.unravel_index(ts.sqrt_ts.data.argmax(), ts.sqrt_ts.data.shape) == (12, 18)
    assert ts.norm.data[12, 18] == pytest.approx(1, abs=1e-4)
    assert ts.ts.data[12, 18] == pytest.approx(wanted, rel=1e-4)
    assert set(ts.maps) == {"sqrt_ts", "flux", "flux_err"}


@pytest.mark.parametrize("frame", ["icrs", "galactic"])
@pytest.mark.parametrize("e", [0.0, 0.85])
def test_shapes_are_seen_as_in_a_fit(frame, e):
    """Elongated too, in a frame other than the map's, and over an exposure with a slope."""
    cube = cube_of(center="83.63d 60d", width="2 deg", proj="CAR")
    center = cube.geom.image().coords[20, 30].transform_to(frame)
    source = gauss(center, sigma="0.12 deg", e=e, phi="35 deg")
    ts = gpnb.ts_map(
        gpnb.asimov(cube, source), source, region=f"icrs; circle({center.icrs.ra.deg}, {center.icrs.dec.deg}, 0.1)"
    )
    assert np.unravel_index(np.nanargmax(ts.sqrt_ts.data), ts.sqrt_ts.data.shape) == (20, 30)
    assert ts.norm.data[20, 30] == pytest.approx(1, abs=5e-3)


def test_what_other_models_predict_is_background(cube):
    other = gauss("83.75d 22.05d")
    scaled = gpnb.BackgroundModel("cube").replace(norm=1.1)
    faked = gpnb.asimov(cube, [other, scaled])
    ts = gpnb.ts_map(faked, point(), models=[other, scaled, point()], errors=False)
    assert np.abs(ts.sqrt_ts.data).max() < 0.02
    assert gpnb.ts_map(faked, point(), models=[scaled], errors=False).sqrt_ts.data.max() > 3
    result = gpnb.fit(faked, [other, scaled])
    assert np.abs(gpnb.ts_map(faked, point(), models=result, errors=False).sqrt_ts.data).max() < 0.02


def test_ranges_of_energy_are_maps_of_their_own(cube, found):
    edges = ENERGY.edges[[0, 2, 4]]
    ts = gpnb.ts_map(cube, point(), energy_edges=edges, errors=False)
    assert ts.sqrt_ts.data.shape == (2, 30, 30)
    assert ts.sqrt_ts.geom.axes[0].edges.to_value("TeV") == pytest.approx(edges.to_value("TeV"))
    alone = gpnb.ts_map(cube.slice(edges[:2]), point(), errors=False)
    assert ts.sqrt_ts.data[0] == pytest.approx(alone.sqrt_ts.data, abs=1e-6)
    assert ts.flux.data[0] == pytest.approx(alone.flux.data, rel=1e-5)
    assert found.sqrt_ts.data.shape == (30, 30)


def test_the_preview_is_near_where_a_source_is_faint():
    cube = cube_of(width="1.2 deg", background=30.0, models=[point()], seed=8)
    exact, quick = (gpnb.ts_map(cube, point(), preview=preview) for preview in (False, True))
    assert quick.preview
    assert not exact.preview
    assert "preview" in repr(quick)
    faint = np.abs(exact.sqrt_ts.data) < 1.5
    assert quick.sqrt_ts.data[faint] == pytest.approx(exact.sqrt_ts.data[faint], abs=0.15)
    assert quick.flux_err.data == pytest.approx(exact.flux_err.data, rel=0.6)


def test_a_region_is_looked_at_alone(cube, found):
    ts = gpnb.ts_map(cube, point(), region="icrs; circle(83.63, 22.01, 0.2)")
    inside = gpnb.WcsGeometry.region_mask(cube.geom, "icrs; circle(83.63, 22.01, 0.2)").data
    assert (np.isfinite(ts.sqrt_ts.data) == inside).all()
    assert ts.sqrt_ts.data[inside] == pytest.approx(found.sqrt_ts.data[inside], abs=1e-6)
    with pytest.raises(gpnb.SelectionError, match="no usable pixel in region"):
        gpnb.ts_map(cube, point(), region="icrs; circle(10, 22.01, 0.2)")


def test_a_radius_cuts_what_is_looked_at(cube, found):
    near = gpnb.ts_map(cube, point(), radius="0.3 deg", errors=False)
    assert near.sqrt_ts.data == pytest.approx(found.sqrt_ts.data, abs=0.3)
    assert (near.sqrt_ts.data != found.sqrt_ts.data).any()
    with pytest.raises(gpnb.ArgumentError, match="radius"):
        gpnb.ts_map(cube, point(), radius="0 deg")


def test_counts_without_a_background_are_told(cube):
    background = cube.background.data.copy()
    background[3, 4, 5] = 0
    counts = cube.counts.data.copy()
    counts[3, 4, 5] = 2
    lopsided = with_map(replace(cube, background=gpnb.SkyMap(cube.geom, background)), counts)
    ts = gpnb.ts_map(lopsided, point(), errors=False)
    assert ts.notes == ("2 counts lie where no background is predicted: they are left out.",)
    assert np.isfinite(ts.sqrt_ts.data).all()


def test_progress_and_cancel(cube):
    seen = []
    gpnb.ts_map(cube, point(), region="icrs; circle(83.63, 22.01, 0.3)", progress=seen.append)
    assert seen[-1].done == seen[-1].total > 1
    token = gpnb.CancelToken()
    token.cancel()
    with pytest.raises(gpnb.Cancelled):
        gpnb.ts_map(cube, point(), cancel=token)


def test_recipe_files_and_picture(cube, found, tmp_path):
    again = step(found.recipe, [cube if item.name == "dataset" else point() for item in found.recipe.inputs])
    assert again.sqrt_ts.data == pytest.approx(found.sqrt_ts.data)
    found.write(tmp_path / "ts")
    assert gpnb.SkyMap.read(tmp_path / "ts" / "flux_ul.fits").data == pytest.approx(found.flux_ul.data)
    assert repr(found).startswith("TsMaps(p, 30 × 30 pixels, 1 to 10 TeV, highest √TS ")
    with gpnb.set_options(display="static"):
        assert "√TS" in found._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    ("changed", "model", "error", "words"),
    [
        ({"background": None}, point(), gpnb.SelectionError, "has no background"),
        ({"psf": None}, point(), gpnb.SelectionError, "no point spread function"),
        ({}, [point(), gauss()], gpnb.ArgumentError, "one source"),
        ({}, gpnb.SkyModel(gpnb.PowerLaw(), gpnb.ConstantSource()), gpnb.ArgumentError, "cannot be put on every pixel"),
    ],
)
def test_what_cannot_be_mapped(cube, changed, model, error, words):
    with pytest.raises(error, match=words):
        gpnb.ts_map(replace(cube, **changed), model)


def test_energies_beyond_the_cube(cube):
    with pytest.raises(gpnb.SelectionError, match="No bin of cube lies between 20 and 30 TeV"):
        gpnb.ts_map(cube, point(), energy_edges=["20 TeV", "30 TeV"])


def test_a_spectrum_alone_is_a_point(cube, found):
    ts = gpnb.ts_map(cube, point().spectral, errors=False)
    assert ts.sqrt_ts.data == pytest.approx(found.sqrt_ts.data, abs=1e-6)
