"""Flux maps: analytic cases, and the true flux of the demo store's Crab."""

import numpy as np
import pytest
from scipy.integrate import quad

import gpnb
from gpnb.estimate.flux import spectral_weights
from gpnb.maps.kernels import disk
from gpnb.maps.sky_map import SkyMap
from gpnb.simulate.demo import truth
from gpnb.stats.intervals import excess_error, upper_limit

ENERGY = gpnb.Axis.energy("1 TeV", "10 TeV", nbin=2)
TRUE = gpnb.Axis.energy("0.3 TeV", "30 TeV", nbin=24, name="energy_true")
GEOM = gpnb.WcsGeometry.create("0d 0d", width="2 deg", binsz="0.05 deg", axes=[ENERGY])


def dataset(**maps):
    given = {
        "counts": SkyMap(GEOM, np.full(GEOM.shape, 3.0)),
        "background": SkyMap(GEOM, np.full(GEOM.shape, 2.0)),
        "exposure": SkyMap(GEOM.cube([TRUE]), np.full(GEOM.cube([TRUE]).shape, 1e13), "cm2 s"),
        "flags": SkyMap(GEOM, np.zeros(GEOM.shape, np.uint8)),
    }
    return gpnb.MapDataset(**given | maps)


def test_flux_is_excess_over_exposure():
    flux = gpnb.flux_map(dataset(), radius="0.1 deg")
    pixels = disk(2).sum()
    n, b = 6 * pixels, 4 * pixels
    lower, upper = excess_error(n, b)
    assert flux.flux.at("0d 0d").to_value("cm-2 s-1") == pytest.approx((n - b) / 1e13)
    assert flux.flux_err.data[20, 20] == pytest.approx(np.sqrt(n) / 1e13)
    assert (flux.flux_errn.data[20, 20], flux.flux_errp.data[20, 20]) == pytest.approx((lower / 1e13, upper / 1e13))
    assert flux.flux_ul.data[20, 20] == pytest.approx(upper_limit(n, b) / 1e13)
    assert (flux.cl, flux.sided, flux.energy) == (0.95, 1, pytest.approx((1, 10)))


def test_radius_by_energy_bin():
    excess = gpnb.excess_map(dataset(), radius=["0.1 deg", "0.2 deg"])
    assert excess.counts.data[20, 20] == 3 * (disk(2).sum() + disk(4).sum())
    with pytest.raises(gpnb.ArgumentError, match="one positive angle, or one for each of the 2 energy bins"):
        gpnb.excess_map(dataset(), radius=["0.1 deg"] * 3)


def test_a_masked_bin_leaves_no_flux():
    flags = np.zeros(GEOM.shape, np.uint8)
    flags[0, :, :20] = gpnb.Flag.ENERGY
    flux = gpnb.flux_map(dataset(flags=SkyMap(GEOM, flags)), radius="0.1 deg")
    assert np.isnan(flux.flux.data[20, 10])
    assert np.isfinite(flux.flux.data[20, 30])


@pytest.mark.parametrize("index", [1.5, 2.0, 3.5])
def test_weights_average_over_the_spectrum(index):
    model = gpnb.PowerLaw(index=index)
    weights = spectral_weights(TRUE, 1.0, 10.0, model)
    area = np.log(TRUE.center_values) + 5
    expected = quad(lambda e: (np.log(e) + 5) * e**-index, 1, 10)[0] / quad(lambda e: e**-index, 1, 10)[0]
    assert weights.sum() == pytest.approx(1)
    assert weights @ area == pytest.approx(expected, rel=1e-3)


def test_flux_of_the_crab_of_the_demo_store(demo):
    energy = gpnb.Axis.energy("0.3 TeV", "10 TeV", nbin=6)
    geom = gpnb.WcsGeometry.create("83.6333d 22.0145d", width="4 deg", binsz="0.04 deg", axes=[energy])
    cube = gpnb.reduce_map(
        demo.select(target="Crab"),
        geom,
        exclusion="icrs; circle(83.6333, 22.0145, 0.5)",
        safe=gpnb.SafeRange(offset_max="2 deg"),
    )
    spectrum = truth()["Crab"]["crab"].spectral
    flux = gpnb.flux_map(cube, radius="0.4 deg", spectral=spectrum)
    expected = spectrum.integral("0.3 TeV", "10 TeV").to_value("cm-2 s-1")
    # the circle holds 98 % of the point spread function or more
    assert flux.flux.at("83.6333d 22.0145d").value == pytest.approx(expected, rel=0.05)
    empty = np.isfinite(flux.flux.data) & cube.empty_sky.all(axis=0)
    assert np.mean(flux.flux_ul.data[empty] > 0) == 1
    pulls = flux.flux.data[empty] / flux.flux_err.data[empty]
    assert abs(pulls.mean()) < 0.2


@pytest.mark.data
def test_runs_that_begin_at_other_energies_are_told(data_dir):
    """Three of four runs are safe from 0.88 TeV on, the fourth from 0.66: below, its flux alone is not that of four."""
    runs = gpnb.DataStore.read(data_dir / "hess-dl3-dr1").select(target="Crab Nebula")
    energy = gpnb.Axis.energy("0.5 TeV", "20 TeV", per_decade=8)
    geom = gpnb.WcsGeometry.create("83.6333d 22.0145d", width="1 deg", binsz="0.05 deg", axes=[energy])
    empty = "icrs; circle(83.6333, 22.0145, 0.3)"
    each = gpnb.reduce_map(runs, geom, exclusion=empty, stack=False)
    cube = gpnb.reduce_map(runs, geom, exclusion=empty)
    early = min(range(len(each)), key=lambda number: each[number].runs["ENERGY_MIN"][0])
    words = r"3 of 4 runs do not count in the whole of 0.664 to 0.882 TeV.*too low: take runs of one range"
    with pytest.warns(gpnb.DataWarning, match=words):
        gpnb.flux_map(cube, energy=("0.66 TeV", "0.9 TeV"))
    with pytest.warns(gpnb.DataWarning, match=r'0.664 to 20 TeV.*give energy=\("0.8819 TeV", "20 TeV"\)'):
        gpnb.flux_map(cube)
    gpnb.flux_map(cube, energy=("0.8819 TeV", "20 TeV"))  # no word where all count,
    gpnb.flux_map(each[early])  # nor of a run alone


@pytest.mark.parametrize(
    ("change", "says"), [({"cl": 95}, "cl=95 must lie between 0 and 1"), ({"sided": 3}, "sided=3")]
)
def test_wrong_confidence(change, says):
    with pytest.raises(gpnb.ArgumentError, match=says):
        gpnb.flux_map(dataset(), **change)
