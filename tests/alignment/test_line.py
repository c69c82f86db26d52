"""Weights along an axis: shares of cells, neighbours, the seam of longitudes."""

import numpy as np
import pytest
from alignment.fields import axis
from amount import draws
from hypothesis import given, settings
from hypothesis import strategies as st

from sciknow.alignment.line import bracket, conservative_weights, line_of, linear_weights
from sciknow.errors import InvalidInput

STEPS = st.sampled_from([1.0, 2.5, 3.0, 4.5, 5.0, 7.5, 10.0, 12.0, 18.0, 30.0, 45.0])
WEST = st.sampled_from([-180.0, 0.0, -0.5, -30.0, 17.3])


quick = settings(max_examples=draws(30), deadline=None)


def lengths_shared(source, target, turns):
    """Return the share of each target cell in each source cell, pair by pair."""
    found = 0.0
    for turn in turns:
        low = np.maximum(target[:-1, None], source[None, :-1] + turn)
        high = np.minimum(target[1:, None], source[None, 1:] + turn)
        found = found + np.maximum(0.0, high - low)
    return found / np.diff(target)[:, None]


@quick
@given(STEPS, STEPS, WEST, WEST)
def test_shares_of_cells_are_those_found_pair_by_pair(step, other, west, other_west):
    source = line_of(axis(step, west, west + 360), "longitude")
    target = line_of(axis(other, other_west, other_west + 360), "longitude")
    expected = lengths_shared(source.edges, target.edges, (-720, -360, 0, 360, 720))
    np.testing.assert_allclose(conservative_weights(source, target).toarray(), expected, atol=1e-12)


@quick
@given(STEPS, STEPS, WEST, WEST)
def test_shares_of_cells_around_the_globe_sum_to_one(step, other, west, other_west):
    source = line_of(axis(step, west, west + 360), "longitude")
    target = line_of(axis(other, other_west, other_west + 360), "longitude")
    np.testing.assert_allclose(conservative_weights(source, target).sum(axis=1), 1.0)


@quick
@given(STEPS, STEPS, st.booleans(), st.booleans())
def test_shares_along_latitude_keep_the_area(step, other, falling, other_falling):
    nodes, wanted = axis(step, -90, 90), axis(other, -90, 90)
    source = line_of(nodes[::-1] if falling else nodes, "latitude")
    target = line_of(wanted[::-1] if other_falling else wanted, "latitude")
    weights = conservative_weights(source, target).toarray()
    sizes = [np.diff(np.sin(np.deg2rad(line.edges))) for line in (source, target)]
    own, areas = (
        size[::-1] if turned else size
        for size, turned in zip(sizes, (falling, other_falling), strict=True)
    )
    np.testing.assert_allclose(areas @ weights, own)


@quick
@given(STEPS, WEST, st.lists(st.floats(-720, 720), min_size=1, max_size=20))
def test_linear_weights_find_a_smooth_function_of_longitude_everywhere(step, west, wanted):
    nodes = axis(step, west, west + 360)
    line = line_of(nodes, "longitude")
    weights = linear_weights(bracket(line, np.array(wanted)), line.size)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    found = weights @ np.cos(np.deg2rad(nodes))
    # the error of linear interpolation: h² / 8 times the largest second derivative
    limit = np.deg2rad(step) ** 2 / 8 + 2e-4
    assert np.all(np.abs(found - np.cos(np.deg2rad(wanted))) <= limit)


@quick
@given(STEPS, WEST, st.integers(-2, 2))
def test_a_node_of_its_own_gets_its_value_alone(step, west, turns):
    nodes = axis(step, west, west + 360)
    found = bracket(line_of(nodes, "longitude"), nodes + 360.0 * turns)
    assert found.exact
    assert found.inside.all()
    np.testing.assert_array_equal(found.nearest, np.arange(nodes.size))


def test_longitudes_across_their_seam_are_one_line():
    line = line_of(np.array([358.0, 359.0, 0.0, 1.0]), "longitude")
    np.testing.assert_allclose(line.edges, [357.5, 358.5, 359.5, 360.5, 361.5])
    assert not line.cyclic
    found = bracket(line, np.array([-0.5, 0.5, 2.0, 357.4]))
    np.testing.assert_array_equal(found.inside, [True, True, False, False])
    np.testing.assert_array_equal(found.nearest[:2], [1, 2])


def test_the_outermost_half_cell_takes_the_outermost_node():
    line = line_of(np.array([-89.5, -88.5, -87.5]), "latitude")
    found = bracket(line, np.array([-90.0, -87.01, -86.9]))
    np.testing.assert_array_equal(found.inside, [True, True, False])
    np.testing.assert_array_equal(found.weight[:2], [0.0, 1.0])


def test_bounds_of_the_data_are_the_cells():
    nodes = np.array([0.0, 10.0, 30.0])
    bounds = np.array([[-5.0, 5.0], [5.0, 20.0], [20.0, 40.0]])
    np.testing.assert_allclose(line_of(nodes, "distance", bounds).edges, [-5, 5, 20, 40])
    np.testing.assert_allclose(line_of(nodes[::-1], "distance", bounds[::-1]).cells(), bounds[::-1])


def test_bounds_that_leave_gaps_are_not_believed():
    bounds = np.array([[-1.0, 1.0], [9.0, 11.0]])
    np.testing.assert_allclose(
        line_of(np.array([0.0, 10.0]), "distance", bounds).edges, [-5, 5, 15]
    )


@pytest.mark.parametrize("nodes", [[0.0, 1.0, 1.0], [0.0, np.nan, 2.0]])
def test_nodes_that_do_not_rise_are_refused(nodes):
    with pytest.raises(InvalidInput, match="missing or repeated"):
        line_of(np.array(nodes), "distance")
