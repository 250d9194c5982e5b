import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import RegularGridInterpolator

from gpnb.irf.interpolate import Nodes, gather_planes, interpolate, interpolate_table, nearest_usable
from gpnb.maps.axis import Axis

SIZES = st.tuples(st.integers(1, 6), st.integers(2, 5), st.integers(2, 4))


def make_axes(sizes):
    return (
        Axis.energy("0.1 TeV", "100 TeV", nbin=sizes[0]),
        Axis.from_edges(np.linspace(0, 3, sizes[1] + 1) ** 1.3, "offset", "deg"),
        Axis.from_nodes(np.linspace(-1, 2, sizes[2]), "x"),
    )


@settings(max_examples=60, deadline=None)
@given(sizes=SIZES, seed=st.integers(0, 2**32 - 1), extend=st.booleans())
def test_agrees_with_scipy_inside_the_edges(sizes, seed, extend):
    rng, axes = np.random.default_rng(seed), make_axes(sizes)
    values = rng.normal(size=sizes)
    points = [
        10 ** rng.uniform(-1, 2, 50),
        *(rng.uniform(axis.edge_values[0], axis.edge_values[-1], 50) for axis in axes[1:]),
    ]
    grid = [np.log(axes[0].center_values), *(axis.center_values for axis in axes[1:])]
    wanted = [np.log(points[0]), *points[1:]]
    if not extend:
        wanted = [np.clip(point, nodes[0], nodes[-1]) for point, nodes in zip(wanted, grid, strict=True)]
    if sizes[0] == 1:  # scipy wants two nodes
        grid, wanted, table = grid[1:], wanted[1:], values[0]
    else:
        table = values
    expected = RegularGridInterpolator(grid, table, bounds_error=False, fill_value=None)(np.stack(wanted, -1))
    nodes = [Nodes(axis, extend=extend) for axis in axes]
    np.testing.assert_allclose(interpolate(values, nodes, points), expected, rtol=1e-9, atol=1e-9)


@settings(max_examples=30, deadline=None)
@given(sizes=SIZES, seed=st.integers(0, 2**32 - 1))
def test_tables_and_planes_agree_with_points(sizes, seed):
    rng, axes = np.random.default_rng(seed), make_axes(sizes)
    values, nodes = rng.normal(size=(*sizes, 2)), [Nodes(axis, hold_below=True) for axis in axes]
    first, second, third = 10 ** rng.uniform(-2, 3, 7), rng.uniform(-1, 6, 5), rng.uniform(-2, 3, 4)
    table = interpolate_table(values, nodes, (first, second, third))
    expected = interpolate(values, nodes, (first[:, None, None], second[:, None], third))
    assert table.shape == (7, 5, 4, 2)
    np.testing.assert_allclose(table, expected, atol=1e-12)
    inside = rng.uniform(0, 4, 9)
    planes = gather_planes(np.moveaxis(values[0, :, 0], -1, 0), [nodes[1].locate(inside)])
    np.testing.assert_allclose(planes, interpolate(values[0, :, 0], nodes[1:2], (inside,)).T, atol=1e-12)


def test_zero_or_held_outside():
    axis = Axis.from_edges([0.0, 1.0, 2.0], "offset", "deg")
    values, where = np.array([1.0, 2.0]), np.array([-1.0, 0.0, 2.0, 2.1, np.nan])
    np.testing.assert_allclose(interpolate(values, [Nodes(axis)], (where,)), [0, 1, 2, 0, 0])
    np.testing.assert_allclose(interpolate(values, [Nodes(axis, hold_below=True)], (where,)), [1, 1, 2, 0, 0])
    np.testing.assert_allclose(interpolate(values, [Nodes(axis, hold_above=True)], (where,)), [0, 1, 2, 2, 0])
    np.testing.assert_allclose(
        interpolate(values, [Nodes(axis, extend=True, hold_below=True)], (where,)), [0.5, 0.5, 2.5, 0, 0]
    )


def test_single_node_without_width_holds_everywhere():
    nodes = Nodes(Axis.from_nodes([0.4], "offset", "deg"))
    np.testing.assert_allclose(interpolate(np.array([7.0]), [nodes], (np.array([0.0, 5.0, np.nan]),)), [7, 7, 0])


def test_big_endian_float32_is_not_converted():
    values = np.arange(6.0).astype(">f4").reshape(2, 3).T
    axes = [Nodes(Axis.from_edges(np.arange(n + 1.0), "x")) for n in (3, 2)]
    result = interpolate(values, axes, (np.array([1.5]), np.array([1.0])))
    assert result.dtype == np.float64
    assert result[0] == pytest.approx(2.5)


def test_nearest_usable_prefers_the_same_offset():
    values = np.arange(12.0).reshape(4, 3)
    usable = np.array([[0, 1, 0], [0, 1, 0], [0, 1, 0], [1, 1, 0]], dtype=bool)
    filled = nearest_usable(values, usable)
    np.testing.assert_allclose(filled[:, 0], 9)
    np.testing.assert_allclose(filled[:, 1], values[:, 1])
    np.testing.assert_allclose(filled[:, 2], values[:, 1])
