"""Areas as records write them."""

import pytest

from sciknow.harvest import area


@pytest.mark.parametrize(
    ("geometry", "box"),
    [
        ({"type": "Point", "coordinates": [100.5, 30]}, (100.5, 30, 100.5, 30)),
        ({"type": "Point", "coordinates": ["100.5", "30"]}, (100.5, 30, 100.5, 30)),
        (
            {
                "type": "MultiPolygon",
                "coordinates": [
                    [[[170, -10], [180, -10], [180, 10], [170, -10]]],
                    [[[-180, -10], [-170, -10], [-170, 10], [-180, -10]]],
                ],
            },
            (170, -10, -170, 10),
        ),
        ({"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}}, (1, 2, 1, 2)),
        (
            {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Point", "coordinates": [1, 2]},
                    {"type": "Point", "coordinates": [3, 4]},
                ],
            },
            (1, 2, 3, 4),
        ),
        ({"type": "Polygon", "coordinates": "everywhere"}, None),
        ({"type": "Point", "coordinates": [10, 91]}, None),
        ({}, None),
        ("POINT (1 2)", None),
    ],
)
def test_the_box_of_a_geometry(geometry, box):
    assert area.geometry(geometry) == box


@pytest.mark.parametrize(
    ("numbers", "box"),
    [
        ([-180, -90, 180, 90], (-180, -90, 180, 90)),
        ([0, -90, 360, 90], (-180, -90, 180, 90)),
        ([170, -20, -170, 20], (170, -20, -170, 20)),
        ([1, 2, 0, 3, 4, 9], (1, 2, 3, 4)),
        ([1, 2, 3], None),
        ([float("nan"), 0, 1, 1], None),
        ([10, 5, 20, 1], (10, 1, 20, 5)),
        ("1,2,3,4", None),
        (None, None),
    ],
)
def test_a_box_of_numbers(numbers, box):
    assert area.bbox(numbers) == box
