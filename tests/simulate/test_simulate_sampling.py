import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, kstest

from gpnb.core.frames import separation
from gpnb.simulate.sampling import Distributions, offset_by, random_node, sorted_uniform


def test_each_row_is_drawn_from_its_own_distribution():
    edges = np.array([0.0, 1.0, 2.0, 4.0])
    weights = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 3.0], [1.0, 2.0, 1.0]])
    rng = np.random.default_rng(1)
    rows = np.repeat([0, 1, 2], 20_000)
    values = Distributions(weights, edges).draw(rows, rng)
    assert kstest(values[rows == 0], "uniform").pvalue > 1e-3
    assert kstest(values[rows == 1], "uniform", (2, 2)).pvalue > 1e-3
    share = np.histogram(values[rows == 2], edges)[0] / 20_000
    np.testing.assert_allclose(share, [0.25, 0.5, 0.25], atol=0.015)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20).filter(lambda item: sum(item) > 0))
def test_nothing_is_drawn_where_the_weight_is_zero(weights):
    distributions = Distributions(np.array([weights] * 3), np.arange(len(weights) + 1.0))
    values = distributions.draw(np.repeat([0, 1, 2], 50), np.random.default_rng(0))
    assert np.all(np.array(weights)[np.minimum(values.astype(int), len(weights) - 1)] > 0)


def test_many_rows_keep_their_precision():
    distributions = Distributions(np.ones((5000, 2)), np.array([0.0, 1.0, 2.0]))
    values = distributions.draw(np.full(100_000, 4999), np.random.default_rng(3))
    assert values.min() >= 0
    assert values.max() <= 2
    assert kstest(values, "uniform", (0, 2)).pvalue > 1e-3


@given(
    st.lists(st.sampled_from([0.0, 1e-9, 1.0, 3.0, 1e4]), min_size=1, max_size=30).filter(lambda item: sum(item) > 0)
)
def test_the_guide_leads_to_what_a_search_finds(weights):
    rows, rng = np.repeat([0, 1, 2], 400), np.random.default_rng(7)
    table = np.array([weights, weights[::-1], np.ones(len(weights))])
    parts = rng.random(len(rows))
    found = Distributions(table, np.arange(len(weights) + 1.0)).values_at(rows, parts)
    for row, content in enumerate(table):
        steps = np.concatenate([[0.0], np.cumsum(content) / content.sum()])
        at = np.clip(np.searchsorted(steps, parts[rows == row], side="right") - 1, 0, len(content) - 1)
        part = (parts[rows == row] - steps[at]) / (steps[at + 1] - steps[at])
        np.testing.assert_allclose(found[rows == row], at + part, atol=1e-5)


def test_a_row_without_weight_at_the_end_does_no_harm():
    distributions = Distributions(np.array([[0.0, 2.0], [0.0, 0.0]]), np.array([0.0, 1.0, 2.0]))
    assert distributions.totals.tolist() == [2, 0]
    assert np.all(distributions.draw_bins(np.zeros(1000, dtype=int), np.random.default_rng(0)) == 1)
    assert len(distributions.draw_bins(np.zeros(0, dtype=int), np.random.default_rng(0))) == 0


def test_growing_numbers_are_those_of_a_uniform_draw():
    rng = np.random.default_rng(5)
    drawn = np.array([sorted_uniform(3, rng) for _ in range(4000)])
    assert np.all(np.diff(drawn, axis=1) > 0)
    for number in range(3):  # the order statistics of three
        assert kstest(drawn[:, number], beta(number + 1, 3 - number).cdf).pvalue > 1e-3
    assert kstest(sorted_uniform(50_000, rng), "uniform").pvalue > 1e-3
    assert len(sorted_uniform(0, rng)) == 0


def test_random_node_is_right_on_average():
    nodes = np.array([0.0, 1.0, 3.0])
    picked = random_node(np.full(40_000, 2.5), nodes, np.random.default_rng(2))
    assert set(picked) == {1, 2}
    assert np.mean(nodes[picked]) == pytest.approx(2.5, abs=0.03)
    assert set(random_node(np.array([-5.0, 9.0]), nodes, np.random.default_rng(2))) == {0, 2}


@given(st.floats(0, 359.99), st.floats(-89.9, 89.9), st.floats(1e-4, 90), st.floats(0, 6.28))
def test_offset_by_keeps_the_distance(lon, lat, radius, angle):
    ra, dec = offset_by(np.array([lon]), np.array([lat]), np.array([radius]), np.array([angle]))
    assert 0 <= ra[0] < 360
    assert separation(lon, lat, ra, dec)[0] == pytest.approx(radius, rel=1e-6, abs=1e-7)
