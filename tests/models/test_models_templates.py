"""Maps as shapes, and factors on the sky."""

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord

import gpnb
from gpnb.core.errors import ArgumentError, DataFormatError, DataWarning

pytestmark = pytest.mark.long

FLUX = "TeV-1 s-1 cm-2 sr-1"


def geometry(width="2 deg", binsz="0.1 deg", center="galactic 10d 5d", axes=()):
    return gpnb.WcsGeometry.create(center, width=width, binsz=binsz, frame="galactic", axes=axes)


def blob(geom, sigma=0.3, center=None):
    away = geom.separation(center or geom.center)
    return np.exp(-0.5 * (away / sigma) ** 2) / (2 * np.pi * np.radians(sigma) ** 2)


@pytest.fixture
def flat():
    geom = geometry("4 deg", "0.05 deg")
    return gpnb.SkyMap(geom, 3 * blob(geom))


@pytest.fixture
def deep():
    energy = gpnb.Axis.from_nodes([0.1, 1, 10], "energy_true", "TeV", interp="log")
    geom = geometry("4 deg", "0.1 deg", axes=[energy])
    data = np.stack([scale * blob(geom.image(), sigma) for scale, sigma in ((1e-9, 0.5), (1e-11, 0.4), (1e-13, 0.3))])
    return gpnb.SkyMap(geom, data, FLUX)


TRUE = gpnb.Axis.energy("0.2 TeV", "5 TeV", nbin=4, name="energy_true")


def test_a_map_is_normalised_and_resampled(flat):
    shape = gpnb.TemplateSource(flat)
    assert not shape.has_waves
    assert not shape.is_round
    for binsz in ("0.02 deg", "0.05 deg", "0.13 deg"):
        geom = geometry("4.1 deg", binsz, "galactic 10.03d 5.01d")
        assert shape.on(geom).sum() == pytest.approx(1, rel=2e-3)
    gauss = gpnb.GaussianSource("galactic 10d 5d", sigma="0.3 deg")
    geom = geometry("2 deg", "0.07 deg")
    coords = geom.coords.icrs
    expected = gauss.density(coords.ra.deg, coords.dec.deg) * geom.solid_angle
    assert shape.on(geom) == pytest.approx(expected, abs=0.02 * expected.max())
    assert shape.density(coords.ra.deg, coords.dec.deg) * geom.solid_angle == pytest.approx(
        expected, abs=0.02 * expected.max()
    )


@pytest.mark.parametrize(("binsz", "n"), [("0.02 deg", 24), ("0.05 deg", 24), ("0.12 deg", 60), ("0.5 deg", 250)])
@pytest.mark.parametrize("moved", [(10.0, 5.0), (10.013, 4.979)])
def test_pixels_have_the_mean_over_them(binsz, n, moved):
    grid = geometry("1 deg", "0.05 deg", "galactic 10d 0d")
    rough = gpnb.SkyMap(grid, np.random.default_rng(3).uniform(0, 1, grid.shape) ** 4)
    shape = gpnb.TemplateSource(rough).with_values([moved[0], moved[1] - 5])
    wanted = geometry("0.8 deg", binsz, "galactic 10.02d 0.03d")
    fine = wanted.plane.sky(*np.meshgrid(*((np.arange(size * n) + 0.5) / n - 0.5 for size in (wanted.nx, wanted.ny))))
    icrs = SkyCoord(*fine, unit="deg", frame="galactic").icrs
    means = shape.density(icrs.ra.deg, icrs.dec.deg).reshape(wanted.ny, n, wanted.nx, n).mean(axis=(1, 3))
    assert shape.on(wanted) / wanted.solid_angle == pytest.approx(means, abs=1e-2 * means.max())


def test_a_map_of_photons_is_one_of_flux(deep):
    photons = gpnb.TemplateSource(gpnb.SkyMap(deep.geom, 1e-6 * deep.data, "ph cm-2 s-1 MeV-1 sr-1"), normalize=False)
    geom = geometry(axes=[TRUE])
    assert photons.carries_flux
    assert photons.on(geom) == pytest.approx(gpnb.TemplateSource(deep, normalize=False).on(geom))


def test_a_map_in_steradians_is_taken_as_it_is(flat):
    shape = gpnb.TemplateSource(gpnb.SkyMap(flat.geom, flat.data, "sr-1"), normalize=False)
    assert shape.on(geometry("3 deg")).sum() == pytest.approx(3, rel=1e-2)
    degrees = gpnb.TemplateSource(gpnb.SkyMap(flat.geom, flat.data, "deg-2"), normalize=False)
    assert degrees.on(geometry("3 deg")).sum() == pytest.approx(3 * np.degrees(1) ** 2, rel=1e-2)


def test_a_moved_map_is_the_same_shape_elsewhere(flat):
    shape = gpnb.TemplateSource(flat, center="galactic 40d -30d")
    geom = geometry("2 deg", "0.05 deg", "galactic 40d -30d")
    gauss = gpnb.GaussianSource("galactic 40d -30d", sigma="0.3 deg")
    coords = geom.coords.icrs
    expected = gauss.density(coords.ra.deg, coords.dec.deg) * geom.solid_angle
    assert shape.on(geom) == pytest.approx(expected, abs=0.02 * expected.max())
    assert shape.center.separation(SkyCoord(40, -30, unit="deg", frame="galactic")).deg < 1e-9
    assert gpnb.TemplateSource(flat).parameters[0].frozen
    equatorial = gpnb.TemplateSource(flat, center=SkyCoord(40, -30, unit="deg", frame="galactic").icrs)
    assert equatorial.values == pytest.approx(shape.values)
    assert equatorial.frame == "galactic"


@pytest.mark.parametrize("moved", [(10.0, 5.0), (10.0313, 5.0171), (200.01, 61.02)])
@pytest.mark.parametrize("kind", ["flat", "deep"])
def test_slopes_of_a_moved_map(moved, kind, request):
    skymap = request.getfixturevalue(kind)
    shape = gpnb.TemplateSource(skymap).with_values(moved)
    geom = geometry("1.3 deg", "0.077 deg", f"galactic {moved[0] + 0.011}d {moved[1] + 0.017}d", axes=[TRUE])
    slopes = shape.on_slopes(geom)
    assert slopes.shape == (2, *((4,) if kind == "deep" else ()), 17, 17)
    for place in range(2):
        step = 1e-6 * np.eye(2)[place]
        ends = [shape.with_values(np.add(moved, sign * step)).on(geom) for sign in (1, -1)]
        differences = (ends[0] - ends[1]) / 2e-6
        assert np.abs(differences - slopes[place]).max() < 1e-5 * np.abs(slopes).max()


def test_a_cube_of_flux_is_integrated_over_energy(deep):
    shape = gpnb.TemplateSource(deep, normalize=False)
    assert shape.carries_flux
    geom = geometry("2 deg", "0.1 deg", axes=[TRUE])
    found = shape.on(geom)
    low, high = TRUE.low_values, TRUE.high_values
    peak = found[:, 10, 10] / geom.solid_angle[10, 10]
    tops = deep.data.max(axis=(1, 2))
    slope = np.log(tops[0] / tops[1]) / np.log(10)
    below = high <= 1
    expected = tops[1] * (low ** (1 - slope) - high ** (1 - slope)) / (slope - 1) / (high - low)
    assert peak[below] == pytest.approx(expected[below], rel=0.05)
    factor = gpnb.SkyModel(gpnb.PowerLawNorm(), shape, name="diffuse")
    assert factor.spectral.unit == u.dimensionless_unscaled


def test_a_shape_that_depends_on_energy(deep):
    shape = gpnb.TemplateSource(deep)
    assert shape.energy.value.tolist() == [0.1, 1, 10]
    found = shape.on(geometry("4 deg", "0.1 deg", axes=[TRUE]))
    assert found.sum(axis=(1, 2)) == pytest.approx(np.ones(4), rel=1e-4)
    assert found[:, 20, 20] == pytest.approx(np.sort(found[:, 20, 20]))  # it shrinks with energy
    wide = gpnb.Axis.energy("0.001 TeV", "1000 TeV", nbin=6, name="energy_true")
    far = shape.on(geometry("4 deg", "0.1 deg", axes=[wide]))
    assert far[0] == pytest.approx(far[1])
    assert far[-1] == pytest.approx(far[-2])


def test_what_is_drawn_is_the_map(flat):
    geom = geometry("1 deg", "0.1 deg")
    data = np.zeros(geom.shape)
    data[2, 3], data[7, 7], data[0, 9] = 1.0, 2.0, 0.5
    shape = gpnb.TemplateSource(gpnb.SkyMap(geom, data), center="83d 22d")
    fine = gpnb.WcsGeometry.create(shape.center, width="1.4 deg", binsz="0.02 deg")
    x, y = fine.pixel_icrs(*shape.sample(200_000, np.random.default_rng(0)))
    drawn = np.histogram2d(y, x, bins=(np.arange(0, 71, 5) - 0.5,) * 2)[0] / 200_000
    expected = shape.on(fine).reshape(14, 5, 14, 5).sum(axis=(1, 3))
    assert expected.sum() == pytest.approx(1, rel=5e-3)
    assert np.abs(drawn - expected).max() < 5 * np.sqrt(expected.max() / 200_000) + 2e-3


def test_maps_in_files(tmp_path, flat, deep):
    flat.write(tmp_path / "flat.fits")
    deep.write(tmp_path / "deep.fits")
    shapes = {
        "a": gpnb.TemplateSource(tmp_path / "flat.fits", center="galactic 11d 5d"),
        "b": gpnb.TemplateSource(tmp_path / "deep.fits", normalize=False),
    }
    spectra = {"a": gpnb.PowerLaw(), "b": gpnb.PowerLawNorm()}
    models = gpnb.Models([gpnb.SkyModel(spectra[name], shape, name=name) for name, shape in shapes.items()])
    for format in ("gpnb", "gammapy"):  # noqa: A001
        back = gpnb.Models.from_yaml(models.to_yaml(format))
        assert list(back) == list(models)
    models.write(tmp_path / "models.yaml")
    beside = (tmp_path / "models.yaml").read_text().replace(f"{tmp_path}/", "")
    (tmp_path / "models.yaml").write_text(beside)
    assert gpnb.Models.read(tmp_path / "models.yaml")["a"].spatial.map.geom == flat.geom


def test_a_template_of_gammapy_stands_where_its_map_is(tmp_path, flat):
    flat.write(tmp_path / "flat.fits")
    text = """
    components:
    - name: x
      type: SkyModel
      spectral: {type: pl}
      spatial: {type: TemplateSpatialModel, filename: PATH, normalize: true,
                parameters: [{name: lon_0, value: .nan, unit: deg}, {name: lat_0, value: .nan, unit: deg}]}
    """
    shape = gpnb.Models.from_yaml(text.replace("PATH", str(tmp_path / "flat.fits")))["x"].spatial
    assert shape.values == pytest.approx((10, 5))
    assert shape.on(geometry("3 deg")).sum() == pytest.approx(1, rel=1e-2)


def test_wrong_maps(flat, deep):
    geom = flat.geom
    with pytest.raises(ArgumentError, match=r"must be a SkyMap or its file"):
        gpnb.TemplateSource(3)
    with pytest.raises(ArgumentError, match="map is in 'TeV'"):
        gpnb.TemplateSource(gpnb.SkyMap(geom, flat.data, "TeV"), normalize=False)
    with pytest.raises(ArgumentError, match="zero everywhere"):
        gpnb.TemplateSource(gpnb.SkyMap(geom, 0 * flat.data))
    offset = gpnb.Axis.from_edges([0, 1, 2], "rad", "deg")
    with pytest.raises(ArgumentError, match="has the axes rad: a template has none, or one of energy"):
        gpnb.TemplateSource(gpnb.SkyMap(geom.cube([offset]), np.ones((2, *geom.shape))))
    with pytest.raises(ArgumentError, match="does not cover"):
        gpnb.TemplateSource(gpnb.SkyMap(geom, flat.data, "sr-1"), normalize=False).on(geometry("5 deg"))
    with pytest.raises(ArgumentError, match="needs an axis 'energy_true'"):
        gpnb.TemplateSource(deep).on(geometry())
    with pytest.raises(ArgumentError, match="no photons by position alone"):
        gpnb.TemplateSource(deep).sample(3, np.random.default_rng(0))
    with pytest.raises(ArgumentError, match=r"is in memory: write it with .map.write"):
        gpnb.Models([gpnb.SkyModel(gpnb.PowerLaw(), gpnb.TemplateSource(flat))]).to_yaml()
    with pytest.raises(ArgumentError, match="is a flux, and so is the map"):
        gpnb.SkyModel(gpnb.PowerLaw(), gpnb.TemplateSource(deep, normalize=False))
    with pytest.raises(ArgumentError, match="is a factor without unit"):
        gpnb.SkyModel(gpnb.PowerLawNorm(), gpnb.TemplateSource(flat))


def test_maps_that_lack_something(flat, deep):
    holes = flat.data.copy()
    holes[0, 0], holes[1, 1] = -1, np.nan
    with pytest.warns(DataWarning, match="2 values of its map are negative or not numbers"):
        shape = gpnb.TemplateSource(gpnb.SkyMap(flat.geom, holes))
    assert shape.on(flat.geom).sum() == pytest.approx(1)
    wide = geometry(axes=[gpnb.Axis.energy("0.01 TeV", "5 TeV", nbin=3, name="energy_true")])
    with pytest.warns(DataWarning, match="its outer power laws go on"):
        gpnb.TemplateSource(deep, normalize=False).on(wide)


LON, LAT = [9, 11, 9, 11, 10] * u.deg, [4, 4, 6, 6, 5] * u.deg


def test_a_factor_on_the_sky():
    norm = gpnb.SkyNorm(LON, LAT, norms=[1, 2, 3, 4, 2.5], frame="galactic")
    nodes = SkyCoord(LON, LAT, frame="galactic").icrs
    assert norm.factor(nodes.ra.deg, nodes.dec.deg) == pytest.approx(norm.values, rel=1e-7)
    geom = geometry("4 deg", "0.5 deg")
    found, slopes = norm.on(geom), norm.on_slopes(geom)
    assert np.isfinite(found).all()
    assert slopes.sum(axis=0) == pytest.approx(np.ones((8, 8)), rel=1e-6)
    for place in range(5):
        moved = norm.with_values(np.add(norm.values, 0.5 * np.eye(5)[place]))
        assert (moved.on(geom) - found) / 0.5 == pytest.approx(slopes[place], abs=1e-9)
    assert norm.free == tuple(f"norm_{k}" for k in range(5))


def test_a_factor_across_the_start_of_longitude():
    norm = gpnb.SkyNorm([359, 1, 359, 1] * u.deg, [-1, -1, 1, 1] * u.deg, norms=[1, 3, 1, 3])
    assert norm.factor(np.array([0.0, 359.5, 0.5]), np.zeros(3)) == pytest.approx([2, 1.5, 2.5], abs=1e-3)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: gpnb.SkyNorm([1, 2, 3] * u.deg, [1, 2, 3] * u.deg), "must be 4 nodes or more, not 3 and 3"),
        (lambda: gpnb.SkyNorm([1, 2, 3, 4] * u.deg, [0, 0, 0, 0] * u.deg), "the nodes lie on a line"),
        (lambda: gpnb.SkyNorm(LON, LAT, norms=[1]), "norms must be 5 numbers, one a node, not 1"),
        (lambda: gpnb.SkyNorm(LON, LAT, frame="fk5"), "frame='fk5' must be 'icrs' or 'galactic'"),
        (lambda: gpnb.SkyModel(gpnb.PowerLaw(), gpnb.SkyNorm(LON, LAT)), "give it to a BackgroundModel"),
    ],
)
def test_wrong_factors(make, says):
    with pytest.raises(ArgumentError, match=says):
        make()


def test_a_factor_of_gammapy_that_is_not_known():
    text = "components:\n- {type: fov-bkg, datasets_names: [a], spatial: {type: piecewise-norm, interp: log}}\n"
    with pytest.raises(DataFormatError, match="only 'lin' is known"):
        gpnb.Models.from_yaml(text)


@pytest.mark.parametrize("format", ["gpnb", "gammapy"])
def test_a_place_that_is_free_stays_free_in_files(flat, tmp_path, format):  # noqa: A002
    flat.write(tmp_path / "shape.fits")
    shape = gpnb.TemplateSource(tmp_path / "shape.fits", center="galactic 10.2d 4.9d").thaw("lon", "lat")
    models = gpnb.Models([gpnb.SkyModel(gpnb.PowerLaw(), shape.bound("lon", 9, 11), name="moved")])
    back = gpnb.Models.from_yaml(models.to_yaml(format))
    assert back[0].spatial == models[0].spatial
    assert back.free == ("moved.index", "moved.amplitude", "moved.lon", "moved.lat")
    assert (back.parameter("moved.lon").min, back.parameter("moved.lon").max) == (9, 11)


def test_a_place_that_gammapy_has_moved_is_read(flat, tmp_path):
    """As Gammapy 2.1 writes it: what is frozen by default is not said, nor are limits that are its own."""
    flat.write(tmp_path / "shape.fits")
    text = """
    components:
    -   name: moved
        type: SkyModel
        spectral: {type: PowerLawSpectralModel, parameters: [{name: index, value: 2.0}]}
        spatial:
            type: TemplateSpatialModel
            frame: galactic
            parameters:
            -   {name: lon_0, value: 10.2, unit: deg%s}
            -   {name: lat_0, value: 4.9, unit: deg%s}
            filename: shape.fits
            normalize: true
            unit: 1 / sr
    """
    for said, free in ((", frozen: false", True), ("", False)):
        (tmp_path / "models.yaml").write_text(text % (said, said))
        shape = gpnb.Models.read(tmp_path / "models.yaml")["moved"].spatial
        assert shape.values == (10.2, 4.9)
        assert [item.free for item in shape.parameters] == [free, free]
