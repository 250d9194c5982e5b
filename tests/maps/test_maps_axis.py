"""Axes: bins, indices, equality, recipes."""

import numpy as np
import pytest
from astropy import units as u
from astropy.time import Time
from hypothesis import given
from hypothesis import strategies as st

from gpnb.core.errors import ArgumentError
from gpnb.maps import Axis


def test_energy_keeps_bounds_and_rounds_bins_up():
    axis = Axis.energy("0.1 TeV", "40 TeV", per_decade=10)
    assert axis.n == 27
    assert axis.edges[0] == 0.1 * u.TeV
    assert axis.edges[-1].to_value("TeV") == pytest.approx(40)
    assert Axis.energy("100 GeV", "100 TeV", per_decade=10).n == 30
    assert Axis.energy("0.1 TeV", "100 TeV", nbin=10).n == 10


def test_log_centers_are_geometric_means():
    axis = Axis.energy_edges(["1 TeV", "4 TeV", "100 TeV"])
    np.testing.assert_allclose(axis.center_values, [2, 20])
    np.testing.assert_allclose(axis.widths.to_value("TeV"), [3, 96])
    assert axis.kind == "energy"


@pytest.mark.parametrize(("interp", "expected"), [("lin", [2.5, 6.5]), ("sqrt", [2.25, 6.25]), ("log", [2.0, 6.0])])
def test_centers_follow_the_scale(interp, expected):
    np.testing.assert_allclose(Axis.from_edges([1, 4, 9], "x", "", interp).center_values, expected)


def test_house_units():
    axis = Axis.from_edges([0, 30, 60] * u.arcmin, "rad", "arcmin")
    assert axis.unit == u.deg
    np.testing.assert_allclose(axis.edge_values, [0, 0.5, 1])
    np.testing.assert_allclose(Axis.from_nodes([10, 20], "energy_true", "GeV", "log").center_values, [0.01, 0.02])


def test_nodes_have_edges_between():
    axis = Axis.from_nodes([1, 10, 100], "energy_true", "TeV", "log")
    np.testing.assert_allclose(axis.edge_values, 10 ** np.array([-0.5, 0.5, 1.5, 2.5]))
    single = Axis.from_nodes([0.4], "offset", "deg")
    assert single.n == 1
    assert single.center_values[0] == 0.4


def test_index_is_half_open():
    axis = Axis.from_edges([0, 1, 2], "x")
    np.testing.assert_array_equal(
        axis.index([-0.1, 0, 0.999, 1, 2, np.nan, np.inf, -np.inf]), [-1, 0, 0, 1, -1, -1, -1, -1]
    )
    assert axis.index(1.5).shape == ()
    assert axis.index(np.zeros((2, 3))).shape == (2, 3)


@given(st.lists(st.floats(0.001, 1000), min_size=1, max_size=20), st.integers(1, 40))
def test_index_agrees_with_edges(values, nbin):
    axis = Axis.energy("0.01 TeV", "100 TeV", nbin=nbin)
    for value, number in zip(values, axis.index(values), strict=True):
        inside = axis.low_values[0] <= value < axis.high_values[-1]
        assert (number >= 0) == inside
        if inside:
            assert axis.low_values[number] <= value < axis.high_values[number]


def test_time_with_gaps():
    start = Time("2020-01-01T00:00:00", scale="utc")
    axis = Axis.time(start + [[0, 10], [60, 70]] * u.s)
    assert axis.reference.scale == "tt"
    assert abs((axis.reference - start).to_value("s")) < 1e-9
    np.testing.assert_array_equal(axis.index([0, 9.99, 10.5, 60.5, 70.5]), [0, 0, -1, 1, -1])
    with pytest.raises(ArgumentError, match="gaps"):
        _ = axis.edges
    assert "2020-01-01" in repr(axis)


def test_time_forms_agree():
    edges = ["2020-01-01T00:00:00", "2020-01-02T00:00:00", "2020-01-03T00:00:00"]
    from_edges = Axis.time(edges)
    from_pairs = Axis.time([(edges[0], edges[1]), (edges[1], edges[2])])
    assert from_edges == from_pairs == Axis.time(Time(edges))
    assert from_edges.slice(1, 2) == Axis.time(edges[1:])
    assert from_edges != Axis.time(edges[:2])


def test_leap_second_counts():
    axis = Axis.time(["2016-12-31T23:59:59", "2017-01-01T00:00:00"])
    np.testing.assert_allclose(axis.width_values, [2.0])


def test_labels():
    axis = Axis.labels(["gamma", "hadron"], name="type")
    np.testing.assert_array_equal(axis.index(["hadron", "muon", "gamma"]), [1, -1, 0])
    assert axis.squash().label_values == ("gamma + hadron",)
    assert axis.slice(1, 2).label_values == ("hadron",)


def test_squash_slice_refine():
    axis = Axis.energy("1 TeV", "100 TeV", nbin=4)
    assert axis.squash().n == 1
    np.testing.assert_allclose(axis.squash().edge_values, [1, 100])
    np.testing.assert_array_equal(axis.slice(1, 3).edge_values, axis.edge_values[1:4])
    fine = axis.refine(5)
    assert fine.n == 20
    np.testing.assert_array_equal(fine.edge_values[::5], axis.edge_values)
    assert fine == Axis.energy("1 TeV", "100 TeV", nbin=20)
    assert fine.kind == "energy"


def test_equality_is_relative():
    axis = Axis.energy("1 TeV", "10 TeV", nbin=3)
    assert axis == Axis.energy_edges(axis.edges * (1 + 1e-8))
    assert axis != Axis.energy_edges(axis.edges * 1.001)
    assert axis != Axis.energy("1 TeV", "10 TeV", nbin=3, name="energy_true")
    assert axis != "energy"
    assert hash(axis) == hash(Axis.energy("1 TeV", "10 TeV", nbin=3))


def test_values_are_read_only():
    with pytest.raises(ValueError, match="read-only"):
        Axis.energy("1 TeV", "10 TeV", nbin=3).low_values[0] = 5


@pytest.mark.parametrize(
    "make",
    [
        lambda: Axis.energy("0.1 TeV", "40 TeV", per_decade=10, name="energy_true"),
        lambda: Axis.energy_edges([1, 2, 5] * u.TeV),
        lambda: Axis.from_edges([0, 0.5, 1], "rad", "deg", "sqrt"),
        lambda: Axis.from_nodes(np.array([1.0, 2.0]), "x"),
        lambda: Axis.time(["2020-01-01", "2020-01-02"]),
        lambda: Axis.labels(["a", "b"]),
        lambda: Axis.energy("1 TeV", "10 TeV", nbin=4).slice(1, 3).refine(2).squash(),
    ],
)
def test_recipe_makes_it_again(make):
    axis = make()
    space = {}
    exec(axis.recipe.to_code(), space)
    assert list(space.values())[-1] == axis


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Axis.energy("10 TeV", "1 TeV"), "rising"),
        (lambda: Axis.energy("0 TeV", "1 TeV"), "positive"),
        (lambda: Axis.energy("1 TeV", "10 TeV", per_decade=3, nbin=3), "not both"),
        (lambda: Axis.energy("1 deg", "10 TeV"), "convertible"),
        (lambda: Axis.from_edges([1, 1, 2], "x"), "rising"),
        (lambda: Axis.from_edges([0, 1], "x", "", "log"), "lin"),
        (lambda: Axis.from_edges([0, 1], "x", "", "cubic"), "interp"),
        (lambda: Axis.from_edges([0], "x"), "at least 2"),
        (lambda: Axis.from_edges([0, np.nan], "x"), "finite"),
        (lambda: Axis.labels(["a", "a"]), "different"),
        (lambda: Axis.labels("ab"), "different"),
        (lambda: Axis.time(["2020-01-02", "2020-01-01"]), "rise"),
        (lambda: Axis.time("2020-01-02"), "shape"),
        (lambda: Axis.energy("1 TeV", "10 TeV", nbin=3).slice(2, 5), "0 to 2"),
        (lambda: Axis.energy("1 TeV", "10 TeV", nbin=0), "at least one"),
    ],
)
def test_errors_say_what_is_wrong(make, words):
    with pytest.raises(ArgumentError, match=words):
        make()


def test_coordinate_is_linear_on_the_scale():
    axis = Axis.from_nodes([1, 10, 100], "energy_true", "TeV", "log")
    np.testing.assert_allclose(axis.coordinate([1, np.sqrt(10), 50, 1000]), [0, 0.5, 1 + np.log10(5), 2])
