import json

import pytest

from sciknow.errors import InvalidInput
from sciknow.place.shape import bounds_of
from sciknow.search import Filters

RING = [[100, 20], [110, 20], [110, 30], [100, 20]]
POLYGON = {"type": "Polygon", "coordinates": [RING]}


class Drawn:
    """What shapely's geometries are to others."""

    @property
    def __geo_interface__(self):
        return {"type": "Polygon", "coordinates": (tuple(map(tuple, RING)),)}


@pytest.mark.parametrize(
    "shape",
    [
        POLYGON,
        json.dumps(POLYGON),
        {"type": "Feature", "properties": {}, "geometry": POLYGON},
        {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": POLYGON}]},
        {"type": "MultiPolygon", "coordinates": [[RING], [[[101, 21], [102, 22], [101, 21]]]]},
        {
            "type": "GeometryCollection",
            "geometries": [{"type": "Point", "coordinates": [100, 30, 5]}, POLYGON],
        },
        Drawn(),
    ],
)
def test_a_shape_is_searched_by_its_bounds(shape):
    assert Filters.of(bbox=shape).bbox == (100, 20, 110, 30)


def test_shapely_and_geopandas_are_taken_by_their_interface():
    shapely = pytest.importorskip("shapely")
    assert Filters.of(bbox=shapely.box(1, 2, 3, 4)).bbox == (1, 2, 3, 4)


@pytest.mark.parametrize(
    "shape",
    [
        "a box of sand",
        "[1, 2, 3, 4",
        "[100, 20, 110, 30]",
        {},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [["a", "b"]]},
        {"type": "Feature", "geometry": None},
        '{"type": "Polygon", "coordinates": ' + "[" * 5_000 + "]" * 5_000 + "}",
        {"type": "Point", "coordinates": [100, 95]},
    ],
)
def test_what_is_no_shape_is_refused(shape):
    with pytest.raises(InvalidInput):
        Filters.of(bbox=shape)


def test_numbers_are_no_shape():
    assert bounds_of([100, 20, 110, 30]) is None
