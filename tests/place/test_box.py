import numpy as np
import pytest

from sciknow.place.box import closeness, holds, meeting, share_within

LHASA = (91.1, 29.65, 91.1, 29.65)


def test_a_box_around_a_point_counts_whole_and_the_globe_little_less():
    tibet, globe = (78, 26, 99, 37), (-180, -90, 180, 90)
    assert closeness((90, 29, 92, 30), LHASA, 50.0) == 1
    assert 0.9 < closeness(globe, LHASA, 50.0)[0] < closeness(tibet, LHASA, 50.0)[0] < 1


def test_a_box_that_ends_away_from_a_point_counts_less_by_its_distance():
    boxes = np.array([[80, 20, 91, 40], [80, 20, 90, 40], [-10, 40, 0, 50]], np.float32)
    near, far, apart = closeness(boxes, LHASA, 50.0)
    assert near == pytest.approx(np.exp(-0.1 * 111.2 * np.cos(np.deg2rad(29.65)) / 50), rel=1e-3)
    assert 0.1 < far < near
    assert apart < 1e-9
    coarse = closeness(boxes, LHASA, np.array([50.0, 150.0, 50.0]))
    assert coarse[1] > far


def test_a_point_beyond_the_antimeridian_is_near():
    fiji = (177.0, -20.0, -178.0, -15.0)
    assert closeness(fiji, (179.5, -17.0, 179.5, -17.0), 50.0) == 1
    assert closeness((178.0, -20.0, 180.0, -15.0), (-179.9, -17.0, -179.9, -17.0), 50.0) > 0.75


def test_holding_and_meeting():
    assert holds((0, 0, 10, 10), (1, 1, 2, 2))
    assert not holds((0, 0, 10, 10), (0, 0, 10, 10))
    sides = list(np.array([[0, 0, 10, 10], [170, 0, -170, 10]], np.float32).T)
    assert meeting(sides, (175, 5, 178, 6)).tolist() == [False, True]
    assert share_within((0, 0, 10, 10), (5, 0, 15, 10)).tolist() == [0.5]
