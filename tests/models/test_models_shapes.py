"""Shapes on the sky: integral one, transforms against sums over the plane, slopes against differences."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gpnb

SIZES = st.floats(0.02, 1.5)
WAVES = st.tuples(st.floats(-40, 40), st.floats(-40, 40))
ECCENTRICITY = st.floats(0, 0.99)
VALUES = {
    "GaussianSource": st.tuples(SIZES, ECCENTRICITY, st.floats(0, 180)),
    "DiskSource": st.tuples(SIZES, ECCENTRICITY, st.floats(0, 180), st.floats(0.01, 0.5)),
    "ShellSource": st.tuples(SIZES, SIZES),
    "Shell2Source": st.tuples(SIZES, st.floats(0.02, 0.99)),
}
CASES = [
    gpnb.GaussianSource("0d 0d", sigma="0.05 deg"),
    gpnb.GaussianSource("0d 0d", sigma="0.3 deg", e=0.8, phi="30 deg"),
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
            assert slope == pytest.approx(exact, rel=1e-6, abs=1e-6)

    agree()


@pytest.mark.parametrize(
    ("shape", "values"),
    [
        (gpnb.GaussianSource, (0.0, 0.5, 0.0)),
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
