"""GeoParquet: geometries decoded, boxes pushed down to row groups, and what files may say."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from servers.tables import table_of
from servers.web import DataServer

from sciknow.errors import DegradedWarning, InvalidInput, MissingDependency, SciknowError
from sciknow.model import Distribution
from sciknow.readers import open_distribution, plan_distribution
from sciknow.readers.formats.parquet import geo

ROWS, GROUP = 32_000, 4_000
PROJECTED = {"type": "ProjectedCRS", "name": "WGS 84 / UTM zone 50N"}
GEOGRAPHIC = {"type": "GeographicCRS", "name": "WGS 84"}


@pytest.fixture(scope="module")
def places():
    """Positions in the order of their longitude, as tools that sort by place write them."""
    random = np.random.default_rng(8)
    return np.sort(random.uniform(-179, 179, ROWS)), random.uniform(-80, 80, ROWS)


@pytest.fixture(scope="module")
def files(tmp_path_factory, places):
    folder = tmp_path_factory.mktemp("geo")
    made = {
        "covered": table_of(*places),
        "old": table_of(*places, crs=GEOGRAPHIC, covering=False, version="1.0.0"),
        "projected": table_of(*places, crs=PROJECTED),
        "unknown": table_of(*places, crs=None),
    }
    for name, table in made.items():
        pq.write_table(table, folder / f"{name}.parquet", row_group_size=GROUP)
    return folder


def opened(folder, name, **options):
    way = Distribution(id="x", access_url=f"{name}.parquet")
    return open_distribution(way, base=folder, **options)


def test_geometries_are_decoded_and_the_crs_kept(files, places):
    frame = opened(files, "covered")
    found = frame.compute()
    assert list(found.columns) == ["id", "name", "seen", "v", "geometry"]
    assert shapely.area(found["geometry"].to_numpy()) == pytest.approx(0.25)
    assert frame.attrs["crs"] == "OGC:CRS84"
    assert frame.attrs["geometry"] == "geometry"
    assert list(found["name"][:2]) == ["湖 0", "湖 1"]
    assert json.loads(opened(files, "projected").attrs["crs"]) == PROJECTED
    assert opened(files, "unknown").attrs["crs"] == ""
    assert len(pickle.loads(pickle.dumps(frame)).compute()) == ROWS


@pytest.mark.parametrize("name", ["covered", "old"])
@pytest.mark.parametrize("box", [(10, -20, 40, 30), (170, -90, -170, 90), (350, 0, 370 - 360, 9)])
def test_box(name, box, files, places):
    lon, lat = places
    found = opened(files, name, bbox=box).compute()
    west, south, east, north = box
    start, span = west - 0.25, (east - west) % 360 + 0.5
    beside = (lon - start) % 360 <= span
    expected = np.flatnonzero(beside & (lat >= south - 0.25) & (lat <= north + 0.25))
    assert sorted(found["id"]) == list(expected)
    assert expected.size
    assert isinstance(found["geometry"].iloc[0], shapely.Polygon)


@pytest.mark.parametrize(
    "part", [{"variables": ["v"]}, {"bbox": (10, -20, 40, 30)}, {"period": ("2002-01", "2002-02")}]
)
def test_plan_tells_what_the_server_sends(part, files):
    with DataServer(files) as web:
        way = Distribution(id="x", access_url=f"{web.url}/covered.parquet")
        plan = plan_distribution(way, base=files, **part)
        assert "row groups" in plan.route
        web.reset()
        plan.open().compute()
        assert abs(plan.bytes - web.sent) <= 0.15 * web.sent
        assert abs(plan.requests - len(web.hits)) <= 0.15 * len(web.hits) + 1


def test_box_is_pushed_to_row_groups(files):
    way = Distribution(id="x", access_url="covered.parquet")
    whole = plan_distribution(way, base=files)
    plan = plan_distribution(way, base=files, bbox=(10, -20, 40, 30))
    assert plan.bytes < whole.bytes / 3
    assert plan.open().npartitions == 1


def test_period_and_columns(files):
    found = opened(files, "covered", period=("2001-02-01", "2001-02-02"), variables=["id", "seen"])
    part = found.compute()
    assert len(part) == 48
    assert list(part.columns) == ["id", "seen"]
    assert found.npartitions == 1
    assert opened(files, "covered", period=("2031", "2032")).compute().empty


def test_box_needs_degrees(files):
    for name in ("projected", "unknown"):
        with pytest.raises(InvalidInput, match="not in longitude and latitude"):
            opened(files, name, bbox=(0, 0, 1, 1))


def test_without_shapely_geometries_stay_bytes(files, monkeypatch):
    monkeypatch.setattr(geo, "find_spec", lambda name: None)
    with pytest.warns(DegradedWarning, match=r"pip install 'sciknow\[geoparquet\]'"):
        frame = opened(files, "covered")
    assert isinstance(frame.compute()["geometry"].iloc[0], bytes)
    with pytest.warns(DegradedWarning):
        assert len(opened(files, "covered", bbox=(10, -20, 40, 30)).compute())
    with pytest.warns(DegradedWarning), pytest.raises(MissingDependency, match="shapely"):
        opened(files, "old", bbox=(10, -20, 40, 30))


def test_plain_table_with_positions_is_cut_too(tmp_path, places):
    lon, lat = places
    pd.DataFrame({"Lon": lon, "lat": lat, "v": 1.0}).to_parquet(
        tmp_path / "t.parquet", row_group_size=GROUP
    )
    frame = opened(tmp_path, "t", bbox=(10, -20, 40, 30), variables=["v"])
    expected = (lon >= 10) & (lon <= 40) & (lat >= -20) & (lat <= 30)
    assert len(frame) == expected.sum()
    assert frame.npartitions < 4


def test_groups_where_rows_miss_a_value_are_left_out_too(tmp_path, places):
    lon, lat = places
    moments = pd.date_range("2020-01-01", periods=ROWS, freq="min").to_series(index=range(ROWS))
    table = pd.DataFrame({"time": moments, "longitude": lon, "latitude": lat, "v": lat})
    table.loc[::14, ["longitude", "latitude"]] = np.nan
    table.loc[::9, "time"] = pd.NaT
    pa_table = pa.Table.from_pandas(table, preserve_index=False)
    assert pa_table["longitude"].null_count > 0
    pq.write_table(pa_table, tmp_path / "gaps.parquet", row_group_size=GROUP)
    plan = plan_distribution(
        Distribution(id="x", access_url="gaps.parquet"), base=tmp_path, bbox=(10, -90, 40, 90)
    )
    assert (
        plan.chunks
        < plan_distribution(Distribution(id="x", access_url="gaps.parquet"), base=tmp_path).chunks
        / 2
    )
    inside = table[(table["longitude"] >= 10) & (table["longitude"] <= 40)]
    assert sorted(plan.open().compute()["v"]) == sorted(inside["v"])
    day = opened(tmp_path, "gaps", period=("2020-01-02", "2020-01-03")).compute()
    assert len(day) == table["time"].between("2020-01-02", "2020-01-03 23:59:59.999").sum()


def test_folder_of_parts(tmp_path, places):
    lon, lat = places
    (tmp_path / "all.parquet").mkdir()
    for number, (xs, ys) in enumerate(zip(np.split(lon, 4), np.split(lat, 4), strict=True)):
        pq.write_table(table_of(xs, ys), tmp_path / "all.parquet" / f"{number}.parquet")
    assert len(opened(tmp_path, "all")) == ROWS
    west = opened(tmp_path, "all", bbox=(-180, -90, -100, 90))
    assert west.npartitions == 1
    assert len(west) == (lon <= -99.75).sum()


def test_features_over_the_antimeridian(tmp_path):
    table = table_of(np.array([0.0, 179.9]), np.array([0.0, 0.0]))
    corners = table["bbox"].combine_chunks()
    xmax = pa.array([0.25, -179.85])
    fields = [corners.field("xmin"), corners.field("ymin"), xmax, corners.field("ymax")]
    wrapped = pa.StructArray.from_arrays(fields, list(geo.CORNERS))
    table = table.set_column(table.schema.get_field_index("bbox"), "bbox", wrapped)
    pq.write_table(table, tmp_path / "t.parquet")
    for box in ((179.8, -1, 179.95, 1), (-179.99, -1, -179.9, 1)):
        assert list(opened(tmp_path, "t", bbox=box).compute()["id"]) == [1]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"primary_column": "a", "columns": {}}', "\x00"])
def test_broken_key(text, tmp_path):
    table = pa.table({"a": [1]}).replace_schema_metadata({"geo": text})
    pq.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(SciknowError, match="broken key") as caught:
        opened(tmp_path, "t")
    assert caught.value.hint
