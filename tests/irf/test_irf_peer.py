"""Real files: agreement with the peer's numbers, and what each file does differently."""

import json

import numpy as np
import pytest
from astropy.io import fits

from gpnb.irf import (
    Background3D,
    EffectiveArea,
    EnergyDispersion,
    Psf3Gauss,
    PsfTable,
    RadMax,
    read_irf,
)
from gpnb.maps.axis import Axis

pytestmark = pytest.mark.data

CRAB = [23523, 23526, 23559, 23592]
ONE_DC = "cta-1dc/caldb/data/cta/1dc/bcf/South_z20_50h/irf_file.fits"
PROD5 = [
    "cta-caldb/Prod5-North-20deg-AverageAz-4LSTs09MSTs.180000s-v0.1.fits.gz",
    "cta-caldb/Prod5-South-20deg-AverageAz-14MSTs37SSTs.180000s-v0.1.fits.gz",
]
NAMES = ["EFFECTIVE AREA", "ENERGY DISPERSION", "POINT SPREAD FUNCTION", "BACKGROUND"]
MAGIC = "magic/rad_max/data/20131004_05029747_DL3_CrabNebula-W0.40+035.fits"
MAGIC_FIXED = "joint-crab/dl3/magic/run_05029748_DL3.fits"


def hess(data_dir, number):
    path = data_dir / f"hess-dl3-dr1/data/hess_dl3_dr1_obs_id_{number:06d}.fits.gz"
    return [read_irf(name, path=path) for name in ("AEFF", "EDISP", "PSF", "BKG")]


@pytest.mark.parametrize("number", CRAB)
def test_hess_crab_runs_agree_with_the_peer(data_dir, number):
    results = data_dir.parent / "reference/peer/results.json"
    if not results.is_file():
        pytest.skip("no peer numbers beside the data")
    peer = json.loads(results.read_text())["02_dl3_read"]["results"][str(number)]
    aeff, edisp, psf, bkg = hess(data_dir, number)
    assert [type(irf) for irf in (aeff, edisp, psf, bkg)] == [EffectiveArea, EnergyDispersion, PsfTable, Background3D]
    assert [list(irf.values.shape) for irf in (aeff, edisp, psf, bkg)] == peer["irf_shapes"]
    migra = edisp.axes[1]
    density = edisp.evaluate(1.0, migra.center_values, 0.5)
    norm = (density * migra.width_values).sum()
    assert aeff.evaluate(1.0, 0.5) / 1e4 == pytest.approx(peer["aeff_1TeV_0.5deg_m2"], rel=1e-6)
    assert norm == pytest.approx(peer["edisp_norm"], rel=1e-6)
    assert edisp.bias(1.0, 0.5) + 1 == pytest.approx(peer["edisp_migra_mean"], rel=1e-6)
    assert edisp.resolution(1.0, 0.5) == pytest.approx(peer["edisp_migra_std"], rel=1e-6)
    assert psf.containment_radius(1.0, 0.5) == pytest.approx(peer["psf_r68_deg"], rel=1e-3)
    rate = bkg.at_nodes().evaluate(1.0, 0.0, 0.0) / 1e6  # as the peer reads it
    assert rate == pytest.approx(peer["bkg_1TeV_centre_s-1MeV-1sr-1"], rel=1e-3)


def test_hess_offsets_are_nodes_and_thresholds_are_kept(data_dir):
    aeff, edisp, _, bkg = hess(data_dir, 23523)
    assert aeff.offset_axis.is_node
    assert aeff.threshold == pytest.approx((0.870963589956081, 100.0))
    assert edisp.threshold == (None, None)
    assert bkg.alignment == "RADEC"
    assert bkg.offset_axis is None
    assert not aeff.is_pointlike


def test_hess_background_keeps_the_order_of_the_columns(data_dir):
    path = data_dir / "hess-dl3-dr1/data/hess_dl3_dr1_obs_id_023523.fits.gz"
    with fits.open(path) as file:
        raw = file["BKG"].data["BKG"][0]  # FITS order DETX, DETY, ENERG: numpy sees energy, y, x
    bkg = read_irf("BKG", path=path)
    np.testing.assert_allclose(bkg.values, np.swapaxes(raw, 1, 2) * 1e6, rtol=1e-6)
    assert not np.allclose(bkg.values, np.swapaxes(bkg.values, 1, 2), rtol=1e-2)


def test_hess_empty_energies_of_the_psf_are_filled(data_dir):
    psf = hess(data_dir, 23523)[2]
    assert not psf.values[0].any()
    energy, offset = np.meshgrid(np.geomspace(0.001, 1000, 40), np.linspace(0, 2.5, 11))
    contained = psf.containment(energy, offset, 10.0)
    np.testing.assert_allclose(contained, 1.0, rtol=1e-6)
    radius = psf.containment_radius(energy, offset)
    np.testing.assert_allclose(psf.containment(energy, offset, radius), 0.68, rtol=1e-6)


def test_hess_energy_dispersion_is_not_copied(data_dir):
    path = data_dir / "hess-dl3-dr1/data/hess_dl3_dr1_obs_id_023523.fits.gz"
    with fits.open(path) as file:
        edisp = read_irf(file["EDISP"], "edisp_2d", path.name)
        assert edisp.values.dtype.itemsize == 4
        assert np.shares_memory(edisp.values, file["EDISP"].data.field("MATRIX"))
    assert "_cumulative" not in vars(edisp)
    edisp.kernel(Axis.energy("1 TeV", "2 TeV", nbin=2), Axis.energy("1 TeV", "2 TeV", nbin=2), 0.5)
    assert edisp.__dict__["_cumulative"].dtype == np.float32


@pytest.mark.parametrize("name", [ONE_DC, *PROD5])
def test_backgrounds_keep_the_integral_of_each_bin(data_dir, name):
    bkg = read_irf("BACKGROUND", path=data_dir / name)
    lon, lat = np.meshgrid(bkg.axes[1].center_values, bkg.axes[2].center_values, indexing="ij")
    content = bkg.integrate(bkg.energy_axis.edge_values, lon, lat)
    expected = np.asarray(bkg.values, dtype=float) * bkg.energy_axis.width_values[:, None, None]
    np.testing.assert_allclose(content, expected, rtol=1e-3, atol=1e-12 * expected.max())


def test_one_dc_legacy_names(data_dir):
    aeff, edisp, psf, bkg = (read_irf(name, path=data_dir / ONE_DC) for name in NAMES)
    assert [type(irf) for irf in (aeff, edisp, psf, bkg)] == [EffectiveArea, EnergyDispersion, Psf3Gauss, Background3D]
    assert edisp.energy_axis.name == "energy_true"
    assert bkg.energy_axis.name == "energy"
    assert bkg.alignment == "RADEC"
    assert read_irf("BACKGROUND", path=data_dir / ONE_DC, alignment="ALTAZ").alignment == "ALTAZ"
    # the sums over migration reach 2900 in the file
    true, reco = Axis.energy("0.1 TeV", "10 TeV", nbin=20), Axis.energy("0.005 TeV", "400 TeV", nbin=80)
    np.testing.assert_allclose(edisp.kernel(true, reco, 0.4).sum(axis=1), 1.0, rtol=1e-6)
    assert 0.04 < psf.containment_radius(1.0, 0.5) < 0.06
    assert bkg.evaluate(1.0, 0.0, 0.0) > bkg.evaluate(1.0, 4.0, 0.0) > 0


def test_effective_area_continues_to_the_edges_as_in_the_field(data_dir):
    aeff = read_irf("EFFECTIVE AREA", path=data_dir / ONE_DC)
    # Gammapy 2.1: aeff(0 deg) / aeff(0.5 deg) at 1 TeV
    assert aeff.evaluate(1.0, 0.0) / aeff.evaluate(1.0, 0.5) == pytest.approx(1.0291, abs=2e-4)
    assert aeff.evaluate(1.0, 6.001) == 0
    assert aeff.evaluate(199.6, 0.5) == 0
    assert aeff.evaluate(0.0125, 0.5) == 0


@pytest.mark.parametrize("name", PROD5)
def test_prod5(data_dir, name):
    aeff, edisp, psf, bkg = (read_irf(hdu, path=data_dir / name) for hdu in NAMES)
    assert [type(irf) for irf in (aeff, edisp, psf, bkg)] == [EffectiveArea, EnergyDispersion, Psf3Gauss, Background3D]
    assert bkg.values.shape == (21, 60, 60)
    assert 1e9 < aeff.evaluate(1.0, 0.5) < 1e11
    assert abs(edisp.bias(1.0, 0.5)) < 0.05
    assert 0.03 < edisp.resolution(1.0, 0.5) < 0.15
    assert psf.containment(1.0, 0.5, 2.0) == pytest.approx(1.0, rel=1e-9)


def test_magic_point_like_with_direction_cut(data_dir):
    path = data_dir / MAGIC
    rad_max, aeff, edisp = (read_irf(name, path=path) for name in ("RAD_MAX", "EFFECTIVE AREA", "ENERGY DISPERSION"))
    assert isinstance(rad_max, RadMax)
    assert rad_max.values.shape == (20, 1)
    assert aeff.is_pointlike
    assert edisp.is_pointlike
    assert aeff.threshold == pytest.approx((0.08576008, None))
    assert not rad_max.is_fixed
    assert rad_max.evaluate(0.3, 0.4) == pytest.approx(0.141421, rel=1e-5)
    # Gammapy 2.1 at 1 TeV, 0.4 deg
    assert aeff.evaluate(1.0, 0.4) / 1e4 == pytest.approx(93296.97, rel=1e-5)
    assert aeff.evaluate(1.0, 0.0) == pytest.approx(aeff.evaluate(1.0, 0.4))
    assert aeff.evaluate(1.0, 0.5) == 0


def test_magic_fixed_direction_cut(data_dir):
    aeff = read_irf("EFFECTIVE AREA", path=data_dir / MAGIC_FIXED)
    rad_max = RadMax.from_response(aeff)
    assert rad_max.is_fixed
    np.testing.assert_allclose(rad_max.evaluate([0.01, 1.0, 100.0], 0.4), 0.1414213, rtol=1e-6)


def test_tables_are_the_values(data_dir):
    aeff, _, psf, _ = hess(data_dir, 23523)
    energy, offset = np.geomspace(0.5, 50, 30), np.linspace(0, 2.5, 300)
    np.testing.assert_allclose(aeff.evaluate_grid(energy, offset), aeff.evaluate(energy[:, None], offset))
    np.testing.assert_allclose(
        psf.containment_table(energy, offset, np.array([0.1, 0.2])),
        psf.containment(energy[:, None, None], offset[:, None], np.array([0.1, 0.2])),
    )
