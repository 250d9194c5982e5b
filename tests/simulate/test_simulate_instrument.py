import numpy as np
import pytest
from astropy.io import fits

import gpnb
from gpnb.simulate import performance
from gpnb.simulate.instrument import THRESHOLDS, cta_like

ENERGY = np.array([0.1, 0.3, 1.0, 3.0, 10.0, 30.0])


def test_the_published_form_of_the_effective_area():
    """Far from the cap the area on axis is g1 (E/MeV)^-g2 exp(-g3/E)."""
    energy = np.array([0.03, 0.1])
    mev = energy * 1e6
    form = performance.AREA_G1 * mev**-performance.AREA_G2 * np.exp(-performance.AREA_G3 / mev)
    np.testing.assert_allclose(performance.effective_area(energy, 0.0), form, rtol=0.002)
    assert performance.effective_area(1e4, 0.0) == pytest.approx(performance.AREA_CAP, rel=0.01)


def test_responses_give_back_the_formulae():
    irfs = cta_like()
    energy, offset = irfs["aeff"].energy_axis.center_values[12:36], 2.0
    np.testing.assert_allclose(
        irfs["aeff"].evaluate(energy, offset), performance.effective_area(energy, offset), rtol=1e-6
    )
    radius = irfs["psf"].containment_radius(energy, offset)
    np.testing.assert_allclose(radius, performance.angular_resolution(energy, offset), rtol=1e-4)
    np.testing.assert_allclose(
        irfs["edisp"].resolution(energy, offset), performance.energy_resolution(energy, offset), rtol=0.03
    )
    np.testing.assert_allclose(irfs["edisp"].bias(energy, offset), performance.energy_bias(energy), atol=0.01)
    energy = irfs["bkg"].energy_axis.center_values
    lon = irfs["bkg"].axes[1].center_values[20]
    lat = irfs["bkg"].axes[2].center_values[15]
    expected = performance.background_rate(energy, np.hypot(lon, lat))
    np.testing.assert_allclose(irfs["bkg"].evaluate(energy, lon, lat), expected, rtol=3e-3)


def test_normalised_and_complete():
    irfs = cta_like()
    edisp = irfs["edisp"]
    np.testing.assert_allclose((edisp.values * edisp.axes[1].width_values[:, None]).sum(axis=1), 1, rtol=1e-9)
    assert irfs["aeff"].threshold == (THRESHOLDS["LO_THRES"], THRESHOLDS["HI_THRES"])
    assert irfs["aeff"].energy_axis.n == 42
    assert irfs["bkg"].alignment == "RADEC"
    assert np.all(irfs["bkg"].values >= 0)


@pytest.mark.data
@pytest.mark.parametrize(
    "name",
    [
        "cta-1dc/caldb/data/cta/1dc/bcf/South_z20_50h/irf_file.fits",
        "cta-caldb/Prod5-South-20deg-AverageAz-14MSTs37SSTs.180000s-v0.1.fits.gz",
    ],
)
def test_like_the_public_performance(data_dir, name):
    """Within a factor of two of 1DC and Prod5, near the axis and at three degrees (background: three)."""
    kinds = {"aeff": ("EFFECTIVE AREA", "aeff_2d"), "psf": ("POINT SPREAD FUNCTION", "psf_3gauss")}
    kinds |= {"edisp": ("ENERGY DISPERSION", "edisp_2d"), "bkg": ("BACKGROUND", "bkg_3d")}
    with fits.open(data_dir / name) as hdulist:
        real = {part: gpnb.read_irf(hdulist[hdu], kind, name) for part, (hdu, kind) in kinds.items()}
    ours = cta_like()
    for offset in (0.5, 3.0):
        ratios = {
            "aeff": ours["aeff"].evaluate(ENERGY, offset) / real["aeff"].evaluate(ENERGY, offset),
            "psf": ours["psf"].containment_radius(ENERGY, offset) / real["psf"].containment_radius(ENERGY, offset),
            "edisp": ours["edisp"].resolution(ENERGY, offset) / real["edisp"].resolution(ENERGY, offset),
        }
        for part, ratio in ratios.items():
            assert np.all((ratio > 0.5) & (ratio < 2)), (part, offset, ratio)
        ratio = ours["bkg"].evaluate(ENERGY, offset, 0.0) / real["bkg"].evaluate(ENERGY, offset, 0.0)
        assert np.all((ratio > 0.3) & (ratio < 3)), ratio
