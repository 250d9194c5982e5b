"""Cubes in the layout that Gammapy writes: responses on coarse maps, and in tables for all the sky."""

import re

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits

import gpnb
from gpnb import DataFormatError
from gpnb.maps.files import map_hdus

ENERGY = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=3)
TRUE = gpnb.Axis.energy("0.5 TeV", "20 TeV", nbin=4, name="energy_true")
RAD = gpnb.Axis.from_nodes(np.linspace(0, 0.6, 61), "rad", "deg")
GEOM = gpnb.WcsGeometry.create("83.63d 22.01d", width="2 deg", binsz="0.2 deg", axes=[ENERGY])
COARSE = gpnb.WcsGeometry.create("83.63d 22.01d", width="3 deg", binsz="1 deg")


def widths(energy):
    """deg, of a Gaussian."""
    return 0.1 - 0.02 * np.log(energy.center_values)


def densities(energy, rad=RAD):
    sigma = np.radians(widths(energy))[:, None]
    return np.exp(-0.5 * (np.radians(rad.center_values) / sigma) ** 2) / (2 * np.pi * sigma**2)


def maps():
    flat = gpnb.SkyMap(GEOM, np.ones(GEOM.shape))
    exposure = gpnb.SkyMap(GEOM.image().cube([TRUE]), np.full((4, *GEOM.shape[1:]), 2e12), "cm2 s")
    return [*map_hdus(flat, "counts"), *map_hdus(exposure, "exposure")]


def bands(name, *axes):
    """A BANDS table; the first axis varies fastest."""
    from gpnb.maps.bands import bands_hdu

    return bands_hdu(axes, f"{name}_BANDS")


def table(name, values, *axes, flat=False, unit=""):
    """One value a plane; a row for each bin of the last axis, or for each plane."""
    values = values.reshape(-1) if flat else values.reshape(*values.shape, 1, 1)
    column = fits.Column(
        "DATA",
        "D" if flat else f"{values[0].size}D",
        unit,
        array=values,
        dim=None if flat else str(values.shape[:0:-1]).replace(" ", ""),
    )
    rows = fits.Column("CHANNEL", "I", array=np.arange(len(values)))
    return [fits.BinTableHDU.from_columns([rows, column], name=name), bands(name, *axes)]


def read(tmp_path, *hdus):
    path = tmp_path / "cube.fits"
    fits.HDUList([fits.PrimaryHDU(), *maps(), *(hdu for pair in hdus for hdu in pair)]).writeto(path, overwrite=True)
    return gpnb.MapDataset.read(path)


@pytest.mark.parametrize("flat", [False, True])
def test_one_point_spread_function_for_all_the_sky(tmp_path, flat):
    psf = table("PSF", densities(TRUE), RAD, TRUE, flat=flat, unit="sr-1")
    cube = read(tmp_path, psf)
    assert cube.edisp is None
    for place in ("83.63d 22.01d", "10d -80d"):
        found = cube.psf.at(place)
        assert found.energy_true == TRUE
        assert found.containment_radius(0.393469) == pytest.approx(widths(TRUE), rel=2e-3)


def test_a_function_at_other_energies_is_linear_between_them(tmp_path):
    nodes = gpnb.Axis.from_nodes([0.7, 3.0, 30.0], "energy_true", "TeV", interp="log")
    found = read(tmp_path, table("PSF", densities(nodes), RAD, nodes, unit="sr-1")).psf.at("83.63d 22.01d")
    n = found.rad.size  # what is far out, where a thousandth is left, is not needed
    assert found.rad == pytest.approx(RAD.center_values[:n])
    assert np.exp(-0.5 * (found.rad[-1] / widths(nodes)) ** 2).max() < 1e-3
    place = np.interp(np.log(TRUE.center_values), np.log(nodes.center_values), [0, 1, 2])
    part = np.maximum(1 - np.abs(place[:, None] - np.arange(3)), 0)
    wanted = part @ densities(nodes)
    assert found.density / found.density[:, :1] == pytest.approx((wanted / wanted[:, :1])[:, :n], abs=1e-9)


def coarse(name, values, *axes, unit="", exposure=None):
    geom = COARSE.cube(axes)
    values = np.broadcast_to(values[..., None, None], geom.shape)
    found = map_hdus(gpnb.SkyMap(geom, values.copy(), unit), name)
    if exposure is None:
        return [found]
    one = gpnb.Axis.from_edges([0, 1], axes[0].name, axes[0].unit, "lin")
    weights = COARSE.cube([one, TRUE])
    return [found, map_hdus(gpnb.SkyMap(weights, np.full(weights.shape, exposure), "m2 s"), f"{name}_exposure")]


@pytest.mark.parametrize("exposure", [3e9, 0.0, None])
def test_responses_on_coarse_maps_whatever_their_exposure_says(tmp_path, exposure):
    chances = np.random.default_rng(1).dirichlet(np.ones(3), 4)
    hdus = [
        *coarse("psf", densities(TRUE), RAD, TRUE, unit="sr-1", exposure=exposure),
        *coarse("edisp", chances, ENERGY, TRUE, exposure=exposure),
    ]
    cube = read(tmp_path, *hdus)
    assert cube.psf.at("84d 22.3d").containment_radius(0.393469) == pytest.approx(widths(TRUE), rel=2e-3)
    assert cube.edisp.at("84d 22.3d") == pytest.approx(chances, rel=1e-6)


def test_chances_and_migrations_of_all_the_sky(tmp_path):
    chances = np.random.default_rng(2).dirichlet(np.ones(3), 4)
    assert read(tmp_path, table("EDISP", chances, ENERGY, TRUE)).edisp.at("1d 1d") == pytest.approx(chances)
    migra = gpnb.Axis.from_edges(np.linspace(0.2, 5, 241), "migra")
    sharp = np.zeros((4, 240))
    sharp[:, 40] = 1 / 0.02  # energies come out as they are
    found = read(tmp_path, table("EDISP", sharp, migra, TRUE)).edisp.at("1d 1d")
    inside = (TRUE.center_values > 1.05) & (TRUE.center_values < 9)
    assert found[inside].sum(axis=1) == pytest.approx(1)
    assert (found[inside].argmax(axis=1) == ENERGY.index(TRUE.center_values[inside])).all()


@pytest.mark.parametrize(
    ("hdus", "words"),
    [
        (lambda: table("PSF", densities(TRUE), RAD, TRUE, unit="sr-1")[:1], "its axes in an HDU PSF_BANDS"),
        (lambda: table("PSF", densities(TRUE), ENERGY, TRUE, flat=True), "it has 244 values, but its axes have 12"),
        (lambda: table("PSF", densities(TRUE, ENERGY), ENERGY, TRUE), "axes rad and energy_true, not energy"),
        (lambda: table("PSF", densities(TRUE), RAD, TRUE, unit="parsnip"), "the unit 'parsnip' of DATA is not known"),
        (lambda: table("EDISP", densities(TRUE), RAD, TRUE), "expected the axes energy or migra"),
        (lambda: table("EDISP", np.ones((3, 3)), ENERGY, TRUE.slice(0, 3)), "from 4 true to 3 measured energies"),
    ],
)
def test_what_does_not_fit_is_one_sentence(tmp_path, hdus, words):
    with pytest.raises(DataFormatError, match=re.escape(words)) as error:
        read(tmp_path, hdus())
    assert str(error.value).count("\n") == 0


def test_a_file_without_counts_is_told(tmp_path):
    fits.HDUList([fits.PrimaryHDU(), *map_hdus(gpnb.SkyMap(GEOM, np.ones(GEOM.shape)), "other")]).writeto(
        tmp_path / "other.fits"
    )
    with pytest.raises(DataFormatError, match="expected the maps COUNTS and EXPOSURE of a cube"):
        gpnb.MapDataset.read(tmp_path / "other.fits")


@pytest.mark.data
def test_the_cube_of_the_galactic_centre_by_the_lat(data_dir):
    cube = gpnb.MapDataset.read(data_dir / "fermi-3fhl-gc" / "fermi-3fhl-gc.fits.gz")
    psf = cube.psf.at(cube.geom.center)
    radius = psf.containment_radius(0.68)
    assert (np.diff(radius) < 0).sum() >= radius.size - 2
    assert 0.05 < radius.min() < radius.max() < 0.25
    assert cube.exposure.unit == u.Unit("cm2 s")
