"""ERDDAP: tables cut by the server, grids through OPeNDAP, and what its errors mean."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from servers.erddap import SINCE, erddap_server

from sciknow.errors import IntegrityError, InvalidInput, SciknowError, SourceUnavailable
from sciknow.model import Distribution
from sciknow.model.selection import Selection, parse_selection
from sciknow.readers import open_distribution, plan_distribution, take_fingerprint
from sciknow.readers.formats.tabledap.reader import address
from sciknow.readers.formats.tabledap.server import (
    MAX_REQUESTS,
    parse_header,
    parse_info,
    query,
    spans,
)
from sciknow.testing.reader import ReaderCase, ReaderTests

START = pd.Timestamp("2015-03-01")


@pytest.fixture(scope="module")
def buoys():
    """Hourly values of three stations over four years, with gaps, as ERDDAP keeps them."""
    random = np.random.default_rng(9)
    hours = pd.date_range(START, "2019-02-01", freq="12h")
    frame = pd.DataFrame(
        {
            "station": np.tile(["46088", "41001", "海"], len(hours))[: 3 * len(hours)],
            "longitude": np.tile([-123.2, -72.3, 175.5], len(hours)),
            "latitude": np.tile([48.3, 34.7, -41.0], len(hours)),
            "time": np.repeat((hours - pd.Timestamp(0)).total_seconds(), 3),
            "wtmp": random.normal(12, 3, 3 * len(hours)).astype("f4"),
            "wd": random.integers(0, 360, 3 * len(hours)).astype("i2"),
            "count": random.integers(0, 9, 3 * len(hours)).astype("i4"),
        }
    )
    frame.loc[::7, "wd"] = 32767
    frame.loc[::11, "wtmp"] = np.float32(-9999)
    attrs = {
        "NC_GLOBAL": {"title": "Buoys", "cdm_data_type": "TimeSeries"},
        "time": {
            "actual_range": [frame["time"].min(), frame["time"].max()],
            "units": SINCE,
            "standard_name": "time",
        },
        "longitude": {"actual_range": [-123.2, 175.5], "units": "degrees_east"},
        "latitude": {"actual_range": [-41.0, 48.3], "units": "degrees_north"},
        "wtmp": {
            "_FillValue": -9999.0,
            "units": "degree_C",
            "standard_name": "sea_surface_temperature",
        },
        "wd": {"_FillValue": 32767, "missing_value": 32767, "units": "degrees_true"},
    }
    return frame, attrs


@pytest.fixture(scope="module")
def expected(buoys):
    found = buoys[0].copy()
    found["time"] = pd.to_datetime(found["time"], unit="s").astype("datetime64[ns]")
    found["wd"] = found["wd"].where(found["wd"] != 32767)
    found["wtmp"] = found["wtmp"].where(found["wtmp"] != -9999)
    return found


@pytest.fixture(scope="module")
def grid():
    """An undecoded grid whose axis of time counts seconds, as every grid of ERDDAP's does."""
    random = np.random.default_rng(4)
    return xr.Dataset(
        {
            "sst": (
                ("time", "latitude", "longitude"),
                random.normal(280, 5, (24, 30, 60)).astype("f4"),
                {"units": "K", "_FillValue": np.float32(-9999)},
            ),
            "flag": (
                ("time", "latitude", "longitude"),
                random.integers(0, 9, (24, 30, 60)).astype("i2"),
            ),
        },
        coords={
            "time": ("time", np.arange(24) * 3600.0, {"units": SINCE, "standard_name": "time"}),
            "latitude": ("latitude", np.linspace(-87, 87, 30), {"units": "degrees_north"}),
            "longitude": ("longitude", np.arange(0, 360, 6.0), {"units": "degrees_east"}),
        },
        attrs={"title": "A grid"},
    )


@pytest.fixture(scope="module")
def server(buoys, grid):
    with erddap_server() as found:
        found.tables["buoys"] = buoys
        found.tables["bare"] = (buoys[0][["station", "count"]], {})
        found.grids["sst"] = grid
        yield found


@pytest.fixture(autouse=True)
def clean(server):
    server.sent.clear()
    server.refuse.clear()


def way(server, name="buoys", **options):
    url = f"{server.url}/tabledap/{name}"
    return Distribution(id="x", access_url=url, reader="tabledap", options=options)


class TestTabledap(ReaderTests):
    @pytest.fixture
    def case(self, server, tmp_path, expected):
        url = f"{server.url}/tabledap/buoys"
        return ReaderCase("tabledap", tmp_path, url, expected)


def test_opening_moves_no_row_and_keeps_types(server, tmp_path, expected):
    frame = open_distribution(way(server), base=tmp_path)
    assert [path for path, _ in server.sent] == ["/erddap/info/buoys/index.json"]
    assert frame.npartitions == 5  # one a year
    assert frame["time"].dtype == "datetime64[ns]"
    assert frame["wtmp"].dtype == "float32"
    assert frame["wd"].dtype == "float64"
    assert frame["count"].dtype == "int32"
    assert frame.attrs["title"] == "Buoys"
    assert frame.attrs["columns"]["wtmp"]["units"] == "degree_C"
    pd.testing.assert_frame_equal(frame.compute().reset_index(drop=True), expected)


PARTS = {
    "whole": {},
    "a box": {"bbox": (-130, 30, -60, 50)},
    "over the antimeridian": {"bbox": (170, -50, -120, 60), "variables": ["station", "wtmp"]},
    "a period": {"period": ("2016-02", "2016-02"), "variables": ["time", "wtmp", "wd"]},
    "both": {"bbox": (-130, 30, -60, 50), "period": ("2017", "2018-06-30")},
    "nothing": {"bbox": (10, 10, 20, 20)},
    "another time": {"period": ("1990", "1991")},
}


def chosen(expected, bbox=None, period=None, variables=None):
    mask = pd.Series(True, index=expected.index)
    if bbox:
        west, south, east, north = bbox
        lon = expected["longitude"]
        beside = (lon >= west) | (lon <= east) if west > east else (lon >= west) & (lon <= east)
        mask &= beside & expected["latitude"].between(south, north)
    if period:
        last = pd.Period(period[1]).end_time
        mask &= expected["time"].between(pd.Timestamp(period[0]), last)
    return expected.loc[mask, variables or list(expected.columns)]


@pytest.mark.parametrize("part", PARTS)
def test_parts_are_cut_by_the_server(part, server, tmp_path, expected):
    plan = plan_distribution(way(server), base=tmp_path, **PARTS[part])
    assert "ERDDAP server chooses" in plan.route
    server.sent.clear()
    found = plan.open().compute().reset_index(drop=True)
    wanted = chosen(expected, **PARTS[part])
    order = list(found.columns)
    pd.testing.assert_frame_equal(
        found.sort_values(order, ignore_index=True), wanted.sort_values(order, ignore_index=True)
    )
    if len(wanted):
        assert abs(plan.bytes - server.bytes) <= 0.15 * server.bytes
    else:
        assert plan.bytes == 0
    assert plan.requests == len(server.sent)


def test_only_what_is_wanted_is_asked_for(server, tmp_path):
    frame = open_distribution(way(server), base=tmp_path, variables=["sea_surface_temperature"])
    assert list(frame.columns) == ["wtmp"]
    server.sent.clear()
    frame.compute()
    assert server.bytes < 4 * 8_700 + 5 * 1_000


def test_options(server, tmp_path):
    frame = open_distribution(
        way(server, columns=["wtmp", "wd"], index="time", partition="none"), base=tmp_path
    )
    assert frame.npartitions == 1
    assert list(frame.columns) == ["wtmp", "wd"]
    assert frame.index.name == "time"
    assert open_distribution(way(server, partition="month"), base=tmp_path).npartitions == 47
    for wrong in ({"partition": "week"}, {"columns": ["salinity"]}, {"index": "salinity"}):
        with pytest.raises(InvalidInput, match=r"partition|salinity"):
            open_distribution(way(server, **wrong), base=tmp_path)


def test_table_as_dataset(server, tmp_path, expected):
    ds = open_distribution(
        way(server),
        base=tmp_path,
        table_as="dataset",
        period=("2016", "2016"),
        bbox=(0, -90, 180, 0),
    )
    assert set(ds.coords) == {"row", "time", "latitude", "longitude"}
    assert ds["wtmp"].chunks is not None
    assert ds["wtmp"].attrs["standard_name"] == "sea_surface_temperature"
    assert ds.attrs["cdm_data_type"] == "TimeSeries"
    assert ds["time"].dt.year.values.tolist() == [2016] * ds.sizes["row"]
    indexed = open_distribution(
        way(server, index="time"), base=tmp_path, table_as="dataset", variables=["count"]
    )
    assert indexed["count"].sel(time="2015-03-01").size == 6
    np.testing.assert_array_equal(indexed["count"], expected["count"])


def test_table_without_time_or_place(server, tmp_path):
    frame = open_distribution(way(server, "bare"), base=tmp_path)
    assert frame.npartitions == 1
    assert len(frame) == len(server.tables["bare"][0])
    with pytest.raises(InvalidInput, match="latitude"):
        open_distribution(way(server, "bare"), base=tmp_path, bbox=(0, 0, 1, 1))
    with pytest.raises(InvalidInput, match="times"):
        open_distribution(way(server, "bare"), base=tmp_path, period=("2000", ""))
    with pytest.raises(InvalidInput, match="no column 'salinity'; it has station, count"):
        open_distribution(way(server, "bare"), base=tmp_path, variables=["salinity"])


def test_errors_carry_the_servers_words(server, tmp_path):
    with pytest.raises(SourceUnavailable, match="Currently unknown datasetID=gone"):
        open_distribution(way(server, "gone"), base=tmp_path)
    frame = open_distribution(way(server, partition="none"), base=tmp_path)
    server.refuse["nc"] = (413, "Payload Too Large: Your query produced too much data.")
    with pytest.raises(SourceUnavailable, match="too much data"):
        frame.compute()
    server.refuse["nc"] = (404, "Not Found: Currently unknown datasetID=buoys")
    with pytest.raises(SourceUnavailable, match="unknown datasetID"):
        frame.compute()


def test_cost_is_not_known_where_the_server_does_not_tell(server, tmp_path):
    server.refuse["ncHeader"] = (413, "Payload Too Large: Your query produced too much data.")
    plan = plan_distribution(way(server), base=tmp_path)
    assert not plan.exact
    assert "not known" in plan.warnings[0]


def test_no_rows_from_the_cache(server, tmp_path, monkeypatch):
    part = {"bbox": (10, 10, 20, 20), "cache": tmp_path / "kept"}
    assert open_distribution(way(server), base=tmp_path, **part).compute().empty
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    assert open_distribution(way(server), base=tmp_path, **part).compute().empty


def test_pickles_and_fingerprint(server, tmp_path, expected):
    frame = open_distribution(way(server), base=tmp_path, variables=["wtmp"])
    assert len(pickle.loads(pickle.dumps(frame)).compute()) == len(expected)
    found = take_fingerprint(way(server), base=tmp_path)
    assert {item.name: item.dtype for item in found.variables}["time"] == "time"


@pytest.mark.parametrize("body", [b"", b"CDF\x01", b"CDF\x01" + b"\0" * 40, b"<html>"])
def test_damaged_answers(body, server, tmp_path, monkeypatch):
    frame = open_distribution(way(server, partition="none"), base=tmp_path)
    monkeypatch.setattr(type(server), "answer", lambda *_: body)
    with pytest.raises(SciknowError) as caught:
        frame.compute()
    assert caught.value.hint


def test_other_addresses_are_refused(tmp_path):
    for url in ("https://example.org/erddap/griddap/a", "a.csvp"):
        odd = Distribution(id="x", access_url=url, reader="tabledap")
        with pytest.raises(InvalidInput, match="no table"):
            open_distribution(odd, base=tmp_path)
    assert address("https://h/erddap/tabledap/a.csvp?time&time>=now-1day") == (
        "https://h/erddap/tabledap/a"
    )


def test_recorded_description(shared_data):
    path = shared_data / "records/erddap-intake/tests/test_data/tabledap_metadata.json"
    table = parse_info(path.read_bytes())
    assert [item.name for item in table.columns[:3]] == ["time", "latitude", "longitude"]
    time, depth = table.column("time"), table.column("depth_to_water_level")
    assert time.is_time
    assert pd.Timestamp(time.range[0], unit="s") == pd.Timestamp("2015-05-05T12:00")
    assert depth.gaps == (-9999.99, -9999.99)
    assert table.attrs["cdm_data_type"] == "TimeSeries"
    years = spans(table, Selection(), "year")
    assert (years[0][0], years[-1][1], len(years)) == (None, None, 8)
    with pytest.raises(InvalidInput, match="longer partition"):
        spans(parse_info(path.read_bytes().replace(b"1.4308272E9", b"-9E9")), Selection(), "day")
    assert MAX_REQUESTS > 100


@given(st.text(max_size=60))
def test_any_description_is_read_or_refused(text):
    for document in (text, f'{{"table": {{"columnNames": {text}}}}}'):
        with pytest.raises(IntegrityError):
            parse_info(document.encode())
    with pytest.raises(IntegrityError):
        parse_header(text.replace("row", ""))


def test_queries_are_percent_encoded():
    wanted = parse_selection(bbox=(-10, -5, 10, 5))
    place = (pd.Timestamp("2001-01-01"), pd.Timestamp("2002-01-01"), (-10.0, 10.0))
    found = query((), wanted, place)
    assert "latitude%3E%3D-5&latitude%3C%3D5&longitude%3E%3D-10&longitude%3C%3D10" in found
    assert "time%3E%3D2001-01-01T00:00:00.000Z&time%3C2002-01-01T00:00:00.000Z" in found


def test_griddap_opens_through_opendap(server, tmp_path, grid):
    url = f"{server.url}/griddap/sst"
    ds = open_distribution(Distribution(id="x", access_url=url, reader="opendap"), base=tmp_path)
    xr.testing.assert_equal(ds.compute(), xr.decode_cf(grid))
    assert ds.attrs["title"] == "A grid"


@pytest.mark.parametrize(
    "part",
    [
        {},
        {"bbox": (20, -30, 140, 40), "variables": ["sst"]},
        {"period": ("1970-01-01", "1970-01-01"), "bbox": (-30, 0, 30, 60)},
    ],
)
def test_griddap_plans(part, server, tmp_path):
    url = f"{server.url}/griddap/sst"
    plan = plan_distribution(
        Distribution(id="x", access_url=url, reader="opendap"), base=tmp_path, **part
    )
    assert "OPeNDAP server" in plan.route
    server.sent.clear()
    plan.open().load()
    assert abs(plan.bytes - server.bytes) <= 0.15 * server.bytes
    assert plan.requests == len(server.sent)
