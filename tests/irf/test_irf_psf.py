import numpy as np
import pytest
from astropy import units as u

from gpnb.core.errors import ArgumentError, DataFormatError
from gpnb.irf import Psf3Gauss, PsfKing, PsfTable
from gpnb.maps.axis import Axis

ENERGY = Axis.energy("0.1 TeV", "100 TeV", nbin=3, name="energy_true")
OFFSET = Axis.from_edges([0.0, 1.0, 2.0], "offset", "deg")
SHAPE = (3, 2)
RAD = Axis.from_edges(np.linspace(0, 1.2, 401), "rad", "deg")


def gauss_table(sigma=0.1, scale=1.0):
    edges = np.deg2rad(RAD.edge_values)
    contained = -np.expm1(-0.5 * (RAD.edge_values / sigma) ** 2)
    density = np.diff(contained) / (2 * np.pi * -np.diff(np.cos(edges)))
    return PsfTable((ENERGY, OFFSET, RAD), np.broadcast_to(scale * density, (*SHAPE, RAD.n)))


def three_gauss(s1=0.05, a2=0.3, s2=0.1, a3=0.05, s3=0.2):
    columns = {"SIGMA_1": s1, "AMPL_2": a2, "SIGMA_2": s2, "AMPL_3": a3, "SIGMA_3": s3}
    return Psf3Gauss.from_columns((ENERGY, OFFSET), **{name: np.full(SHAPE, value) for name, value in columns.items()})


def king(gamma=2.0, sigma=0.08):
    return PsfKing.from_columns((ENERGY, OFFSET), GAMMA=np.full(SHAPE, gamma), SIGMA=np.full(SHAPE, sigma))


def closed_gauss(rad):
    weight = np.array([1 * 0.05**2, 0.3 * 0.1**2, 0.05 * 0.2**2])
    return sum(
        w * -np.expm1(-0.5 * (rad / s) ** 2) for w, s in zip(weight / weight.sum(), (0.05, 0.1, 0.2), strict=True)
    )


def closed_king(rad):
    return 1 - (1 + rad**2 / (2 * 2.0 * 0.08**2)) ** (1 - 2.0)


CASES = [
    (gauss_table(), lambda rad: -np.expm1(-0.5 * (rad / 0.1) ** 2), 1e-4),
    (three_gauss(), closed_gauss, 1e-12),
    (king(), closed_king, 1e-12),
]


@pytest.mark.parametrize(("psf", "closed", "tolerance"), CASES)
def test_containment_has_its_closed_form(psf, closed, tolerance):
    rad = np.array([0.0, 0.01, 0.03, 0.0999, 0.2, 0.5])
    np.testing.assert_allclose(psf.containment(2.0, 0.7, rad), closed(rad), atol=tolerance)
    np.testing.assert_allclose(psf.containment_table([2.0, 3.0], [0.7], rad)[1, 0], closed(rad), atol=tolerance)


@pytest.mark.parametrize(("psf", "closed", "tolerance"), CASES)
def test_containment_radius_inverts_containment(psf, closed, tolerance):
    fraction = np.array([0.0, 0.1, 0.5, 0.68, 0.95, 0.99])
    radius = psf.containment_radius(2.0, 0.7, fraction=fraction)
    np.testing.assert_allclose(psf.containment(2.0, 0.7, radius), fraction, atol=1e-10)
    assert radius[0] == pytest.approx(0, abs=1e-12)
    assert psf.containment_radius(np.array([1.0, 2.0, 3.0]), 0.5).shape == (3,)
    assert psf.containment_radius(np.ones((4, 1)), np.ones(5), fraction=fraction[:, None, None]).shape == (6, 4, 5)


@pytest.mark.parametrize(("psf", "closed", "tolerance"), CASES)
def test_density_integrates_to_the_containment(psf, closed, tolerance):
    rad = np.linspace(0, 0.4, 40001)
    ring = psf.evaluate(2.0, 0.7, rad) * 2 * np.pi * np.deg2rad(rad)
    assert np.trapezoid(ring, np.deg2rad(rad)) == pytest.approx(
        float(closed(0.4)), rel=2e-3 if tolerance > 1e-6 else 1e-7
    )


def test_table_is_normalised_whatever_its_sum():
    np.testing.assert_allclose(
        gauss_table(scale=0.2).containment(2.0, 0.7, [0.1, 5.0]), [1 - np.exp(-0.5), 1.0], atol=1e-4
    )


def test_table_with_nan_and_empty_energies_takes_the_nearest():
    psf = gauss_table()
    values = np.array(psf.values)
    values[0], values[1, 1] = 0.0, np.nan
    holes = PsfTable(psf.axes, values)
    energy, offset = np.meshgrid([0.01, 0.2, 1.0, 50.0, 1e4], [0.0, 0.7, 1.9])
    np.testing.assert_allclose(holes.containment(energy, offset, 0.1), psf.containment(energy, offset, 0.1))
    assert np.isnan(holes.values[1, 1]).all()


def test_unused_components_do_not_count():
    single = three_gauss(a2=0.0, s2=0.0, a3=0.0, s3=0.0)
    assert single.containment(2.0, 0.7, 0.05) == pytest.approx(1 - np.exp(-0.5), rel=1e-12)
    assert single.containment_radius(2.0, 0.7, fraction=1 - np.exp(-0.5)) == pytest.approx(0.05, rel=1e-9)
    without_width = three_gauss(a2=0.7, s2=0.0, a3=np.nan, s3=np.nan)
    assert without_width.containment(2.0, 0.7, 0.05) == pytest.approx(1 - np.exp(-0.5), rel=1e-12)


def test_component_used_at_some_energies_only():
    psf = three_gauss(a3=0.0, s3=0.0)
    values = np.array(psf.values)
    values[0, :, 1:3] = 0.0
    values[2] = 0.0
    psf = Psf3Gauss((ENERGY, OFFSET), values)
    low, middle, high = psf.containment(ENERGY.center_values, 0.5, 0.05)
    assert low == pytest.approx(1 - np.exp(-0.5))
    weight = 0.3 * 0.1**2 / (0.05**2 + 0.3 * 0.1**2)
    assert middle == pytest.approx((1 - weight) * (1 - np.exp(-0.5)) + weight * (1 - np.exp(-0.125)))
    assert high == pytest.approx(middle)


def test_king_with_unusable_nodes():
    gamma, sigma = np.full(SHAPE, 2.0), np.full(SHAPE, 0.08)
    gamma[0], sigma[2, 0] = 1.0, 0.0
    psf = PsfKing.from_columns((ENERGY, OFFSET), GAMMA=gamma, SIGMA=sigma)
    np.testing.assert_allclose(psf.containment(ENERGY.center_values, 0.5, 0.08), closed_king(0.08))


@pytest.mark.parametrize("psf", [case[0] for case in CASES])
def test_nothing_beyond_the_last_offset(psf):
    assert psf.evaluate(2.0, 2.1, 0.01) == 0
    assert psf.containment(2.0, 2.1, 0.5) == 0
    assert np.isnan(psf.containment_radius(2.0, 2.1))
    np.testing.assert_allclose(psf.containment_table([2.0], [1.9, 2.1], 0.5)[0, 1], 0)


def test_door_takes_and_gives_units():
    psf = king()
    value = psf(energy="2 TeV", offset="0.7 deg", rad=[0, 6] * u.arcmin)
    assert value.unit == u.sr**-1
    np.testing.assert_allclose(value.value, psf.evaluate(2.0, 0.7, np.array([0.0, 0.1])))
    with pytest.raises(ArgumentError, match=r"rad=0\.1 has no unit"):
        psf(energy="2 TeV", offset="0.7 deg", rad=0.1)


@pytest.mark.parametrize("fraction", [1.0, -0.1, 68.0, np.nan])
def test_fraction_must_be_one(fraction):
    with pytest.raises(ArgumentError, match="at least 0 and less than 1"):
        king().containment_radius(1.0, 0.5, fraction=fraction)


def test_empty_psf_says_so():
    for psf in (gauss_table(scale=0.0), three_gauss(s1=0.0, s2=0.0, s3=0.0), king(sigma=0.0)):
        with pytest.raises(DataFormatError, match="is empty"):
            psf.containment(1.0, 0.5, 0.1)
