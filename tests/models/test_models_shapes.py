"""Shapes on the sky: integral one, transforms against sums over the plane, slopes against differences."""

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from hypothesis import given, settings
from hypothesis import strategies as st

import gpnb
from gpnb.core.frames import separation

SIZES = st.floats(0.02, 1.5)
WAVES = st.tuples(st.floats(-40, 40), st.floats(-40, 40))
ECCENTRICITY = st.floats(0, 0.99)
VALUES = {
    "GaussianSource": st.tuples(SIZES, ECCENTRICITY, st.floats(0, 180)),
    "GeneralGaussianSource": st.tuples(SIZES, st.floats(0.02, 0.98), ECCENTRICITY, st.floats(0, 180)),
    "DiskSource": st.tuples(SIZES, ECCENTRICITY, st.floats(0, 180), st.floats(0.01, 0.5)),
    "ShellSource": st.tuples(SIZES, SIZES),
    "Shell2Source": st.tuples(SIZES, st.floats(0.02, 0.99)),
}
CASES = [
    gpnb.GaussianSource("0d 0d", sigma="0.05 deg"),
    gpnb.GaussianSource("0d 0d", sigma="0.3 deg", e=0.8, phi="30 deg"),
    gpnb.GeneralGaussianSource("0d 0d", r_0="0.2 deg", eta=0.3),
    gpnb.GeneralGaussianSource("0d 0d", r_0="0.1 deg", eta=0.7, e=0.8, phi="70 deg"),
    gpnb.DiskSource("0d 0d", radius="0.2 deg", edge_width=0.3),
    gpnb.DiskSource("0d 0d", radius="0.4 deg", e=0.8, phi="120 deg", edge_width=0.3),
    gpnb.ShellSource("0d 0d", radius="0.3 deg", width="0.2 deg"),
    gpnb.Shell2Source("0d 0d", r_0="0.4 deg", eta=0.3),
]


def difference(function, values, place):
    """Slope of a function with one of its values, to the fourth order of the step."""
    step = 1e-4 * values[place] or 1e-4
    at = {by: function(*(v + by * step * (i == place) for i, v in enumerate(values))) for by in (-2, -1, 1, 2)}
    return (8 * (at[1] - at[-1]) - (at[2] - at[-2])) / (12 * step)


def plane(shape, nodes=500):
    """Brightness (deg-2) of a shape in its own frame, along and across its major axis (deg), and the step."""
    half = 1.25 * shape.reach(shape.values[2:])
    place = (np.arange(nodes) + 0.5) / nodes * 2 * half - half
    along, across = place, place[:, None]
    phi = np.radians(dict(zip(shape.names, shape.values, strict=True)).get("phi", 0.0))
    x, y = along * np.sin(phi) + across * np.cos(phi), along * np.cos(phi) - across * np.sin(phi)
    return shape.evaluate(x, y, *shape.values[2:]) / np.degrees(1) ** 2, along, across, 2 * half / nodes


@pytest.mark.parametrize("shape", CASES, ids=repr)
def test_a_transform_is_that_of_the_density(shape):
    density, along, across, step = plane(shape)
    size = 1 / shape.reach(shape.values[2:])
    for u, w in ((0, 0), (3, 0), (0, 3), (5, 8), (-4, 9), (12, 1)):
        expected = (density * np.cos(size * (u * along + w * across))).sum() * step**2
        found = shape.waves(np.array(size * u), np.array(size * w), shape.values[2:])[0]
        assert found == pytest.approx(expected, abs=1.5e-4 if (u, w) == (0, 0) else 1e-4)


@pytest.mark.parametrize("kind", VALUES)
def test_slopes_of_a_transform(kind):
    shape = getattr(gpnb, kind)

    @given(VALUES[kind], WAVES)
    @settings(max_examples=100, deadline=None)
    def agree(values, wave):
        rows = shape.waves(*wave, values)
        names = list(shape.declared)[2:]
        assert rows.shape == (1 + len(names),)
        for place, name in enumerate(names):
            slope = difference(lambda *values: shape.waves(*wave, values)[0], values, place)
            exact = 0 if name == "phi" else rows[1 + place]
            assert slope == pytest.approx(exact, rel=1e-6, abs=3e-6)  # thin shells have twelve digits

    agree()


@pytest.mark.parametrize(
    ("shape", "values"),
    [
        (gpnb.GaussianSource, (0.0, 0.5, 0.0)),
        (gpnb.GeneralGaussianSource, (0.0, 0.7, 0.5, 0.0)),
        (gpnb.DiskSource, (0.0, 0.5, 0.0, 0.01)),
        (gpnb.ShellSource, (0.0, 0.0)),
        (gpnb.Shell2Source, (0.0, 0.2)),
    ],
)
def test_without_size_a_shape_is_a_point(shape, values):
    rows = shape.waves(np.array([0.0, 3.0, 100.0]), np.array([[0.0], [50.0]]), values)
    assert rows[0] == pytest.approx(np.ones((2, 3)))
    assert rows[1:] == pytest.approx(np.zeros((len(values), 2, 3)), abs=1e-12)


def test_without_width_a_shape_is_a_line():
    along, across = np.array([2.0]), np.array([70.0])
    assert gpnb.GaussianSource.waves(along, across, (0.3, 1.0, 0.0))[0] == pytest.approx(np.exp(-0.18))
    assert gpnb.ShellSource.waves(along, across, (0.3, 0.0)) == pytest.approx(
        gpnb.ShellSource.waves(along, across, (0.3, 1e-7)), abs=1e-4
    )
    for width in (2.99e-4, 3.01e-4):  # either side of where the formula changes
        assert np.isfinite(gpnb.ShellSource.waves(along, across, (0.3, width))).all()
    below, above = (gpnb.ShellSource.waves(along, across, (0.3, width)) for width in (2.9999e-4, 3.0001e-4))
    assert below == pytest.approx(above, abs=1e-5)


def test_a_generalised_gaussian_has_known_cases():
    q = np.array([0.0, 1e-3, 0.3, 2.0, 10.0, 40.0])
    half, one = (gpnb.GeneralGaussianSource.waves(q, 0.0, (0.5, eta, 0.0, 0.0))[0] for eta in (0.5, 1.0))
    assert half == pytest.approx(np.exp(-((q * 0.5) ** 2) / 4), abs=1e-9)
    assert one == pytest.approx((1 + (q * 0.5) ** 2) ** -1.5, rel=1e-7, abs=1e-10)
    hard = gpnb.GeneralGaussianSource.waves(q, 0.0, (0.5, 0.01, 0.0, 0.0))[0]
    assert hard == pytest.approx(gpnb.DiskSource.waves(q, 0.0, (0.5, 0.0, 0.0, 0.0))[0], abs=3e-3)
    gauss = gpnb.GaussianSource.waves(q, q, (0.5 / np.sqrt(2), 0.6, 0.0))
    general = gpnb.GeneralGaussianSource.waves(q, q, (0.5, 0.5, 0.6, 0.0))
    assert general[0] == pytest.approx(gauss[0], abs=1e-9)
    assert general[3] == pytest.approx(gauss[2], abs=1e-8)


def test_a_disk_with_a_hard_edge_is_a_disk():
    shape = gpnb.DiskSource("10d 0d", radius="0.5 deg", edge_width=0)
    inside, outside = shape.density(10.0, np.array([0.4999, 0.5001]))
    assert inside == pytest.approx(1 / (np.pi * np.radians(0.5) ** 2), rel=1e-4)
    assert outside == 0


def test_the_edge_of_a_disk_is_that_of_gammapy():
    from scipy.special import erf

    shape = gpnb.DiskSource("10d 0d", radius="0.5 deg", edge_width=0.04)
    r = np.linspace(0.47, 0.53, 13)
    edge = 0.5 * (1 - erf(2.326347874040841 * (r - 0.5) / (0.04 * 0.5)))
    assert shape.density(10.0, r) * np.pi * np.radians(0.5) ** 2 == pytest.approx(edge, abs=2.5e-3)


ALL = [
    *(gpnb.GaussianSource("galactic 10d 5d", sigma="0.4 deg", e=0.9, phi="30 deg"),),
    *(gpnb.GeneralGaussianSource("galactic 10d 5d", r_0="0.3 deg", eta=eta, e=0.6, phi="80 deg") for eta in (0.2, 0.9)),
    *(gpnb.DiskSource("83.6d 70d", radius="0.8 deg", e=0.9, phi="-50 deg", edge_width=width) for width in (0.01, 0.5)),
    gpnb.ShellSource("83.6d -60d", radius="0.6 deg", width="0.2 deg"),
    gpnb.Shell2Source("galactic 0d 0d", r_0="0.8 deg", eta=0.5),
]


@pytest.mark.parametrize("shape", ALL, ids=repr)
def test_a_density_integrates_to_one_and_is_what_is_drawn(shape):
    geom = gpnb.WcsGeometry.create(shape.center, width="6 deg", binsz="0.02 deg")
    coords = geom.coords.icrs
    expected = shape.density(coords.ra.deg, coords.dec.deg) * geom.solid_angle
    assert expected.sum() == pytest.approx(1, abs=2e-3)
    x, y = geom.pixel_icrs(*shape.sample(200_000, np.random.default_rng(0)))
    drawn = np.histogram2d(y, x, bins=(np.arange(0, 301, 10) - 0.5,) * 2)[0] / 200_000
    coarse = expected.reshape(30, 10, 30, 10).sum(axis=(1, 3))
    assert np.abs(drawn - coarse).max() < 5 * np.sqrt(coarse.max() / 200_000)


@pytest.mark.parametrize("shape", ALL, ids=repr)
def test_the_reach_holds_all_but_a_part_in_ten_thousand(shape):
    ra, dec = shape.sample(100_000, np.random.default_rng(1))
    center = shape.center.icrs
    away = separation(ra, dec, center.ra.deg, center.dec.deg)
    assert (away > shape.reach(shape.values[2:])).mean() < 2.5e-4


@pytest.mark.parametrize(
    "shape",
    [
        gpnb.GaussianSource("10d 0d", sigma="0.2 deg", e=0.95, phi="45 deg"),
        gpnb.DiskSource("10d 0d", radius="0.2 deg", e=0.95, phi="45 deg"),
        gpnb.GeneralGaussianSource("10d 0d", r_0="0.2 deg", eta=0.4, e=0.95, phi="45 deg"),
    ],
    ids=repr,
)
def test_a_positive_angle_is_from_north_to_east(shape):
    toward, away = shape.density(np.array([10.1, 9.9]), np.array([0.1, 0.1]))
    assert toward > 8 * away
    galactic = type(shape)("galactic 10d 0d", **dict(zip(shape.names[2:], shape.values[2:], strict=True)))
    east = SkyCoord([10.1, 9.9], [0.1, 0.1], unit="deg", frame="galactic").icrs
    toward, away = galactic.density(east.ra.deg, east.dec.deg)
    assert toward > 8 * away


def test_what_is_round_stays_so():
    shape = gpnb.GaussianSource("0d 0d", sigma="0.1 deg")
    assert shape.is_round
    assert gpnb.PointSource("0d 0d").is_round
    assert gpnb.ShellSource("0d 0d").is_round
    assert not shape.replace(e=0.1).is_round
    assert not shape.thaw("e").is_round
    assert not shape.link("e", "other.e").is_round


def test_a_point_has_a_flat_transform():
    assert gpnb.PointSource.waves(np.ones(3), np.ones((2, 1)), ()).tolist() == np.ones((1, 2, 3)).tolist()
    assert gpnb.PointSource.reach(()) == 0


@pytest.mark.parametrize("shape", ALL[:4], ids=repr)
def test_without_size_or_width_a_density_is_finite(shape):
    size = shape.names[2]
    for other in (shape.replace(**{size: 0.0}), shape.replace(e=1.0)):
        ra, dec = other.center.icrs.ra.deg + np.array([0.0, 0.3]), np.full(2, other.center.icrs.dec.deg)
        assert np.isfinite(other.density(ra, dec)).all()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: gpnb.GaussianSource("0d 0d", e=1.2), "e=1.2 cannot be; expected a number from 0 to 1"),
        (lambda: gpnb.DiskSource("0d 0d", edge_width=-0.1), "edge_width=-0.1 cannot be"),
        (lambda: gpnb.GeneralGaussianSource("0d 0d", eta=1.5), "eta=1.5 cannot be; expected a number from 0.01 to 1"),
        (lambda: gpnb.Shell2Source("0d 0d", radius="1 deg"), "Shell2Source has no parameter 'radius'"),
        (lambda: gpnb.ConstantFluxSource().density(0, 0), "use ConstantSource"),
        (lambda: gpnb.ConstantSource().sample(1, None), "has no photons of its own"),
    ],
)
def test_wrong_shapes(make, says):
    with pytest.raises(gpnb.ArgumentError, match=says):
        make()


def test_isotropic_emission_fills_pixels_by_their_size():
    geom = gpnb.WcsGeometry.create("galactic 0d 40d", width="4 deg", binsz="0.5 deg", proj="CAR", frame="galactic")
    shape = gpnb.ConstantSource(value=2.0)
    assert shape.on(geom) == pytest.approx(2 * geom.solid_angle)
    assert shape.on_slopes(geom)[0] == pytest.approx(geom.solid_angle)
    assert gpnb.ConstantFluxSource().on(geom).tolist() == np.ones((8, 8)).tolist()
    assert gpnb.ConstantFluxSource().on_slopes(geom).shape == (0, 8, 8)
    whole = gpnb.WcsGeometry.create(
        "galactic 0d 0d", width=("360 deg", "180 deg"), binsz="2 deg", proj="CAR", frame="galactic"
    )
    assert gpnb.ConstantSource().on(whole).sum() == pytest.approx(4 * np.pi, rel=2e-3)


@pytest.mark.parametrize(
    "shape", [*ALL, gpnb.PointSource("0d 0d"), gpnb.ConstantSource(), gpnb.ConstantFluxSource()], ids=repr
)
def test_shapes_in_files(shape):
    models = gpnb.Models([gpnb.SkyModel(gpnb.PowerLaw(), shape, name="a")])
    if isinstance(shape, gpnb.ConstantFluxSource):  # which Gammapy writes, and does not read
        with pytest.raises(gpnb.ArgumentError, match="ConstantFluxSource has no counterpart in Gammapy"):
            models.to_yaml("gammapy")
    formats = ("gpnb",) if isinstance(shape, gpnb.ConstantFluxSource) else ("gpnb", "gammapy")
    for format in formats:  # noqa: A001
        back = gpnb.Models.from_yaml(models.to_yaml(format))
        assert type(back["a"].spatial) is type(shape)
        assert back["a"].spatial.values == pytest.approx(shape.values)
        assert back["a"].spatial.free == shape.free
        assert getattr(back["a"].spatial, "frame", "") == getattr(shape, "frame", "")
