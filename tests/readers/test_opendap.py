"""OPeNDAP against pydap's server, and its documents against what servers send."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from amount import draws
from hypothesis import given, settings
from hypothesis import strategies as st
from servers.dap import dap_server
from servers.web import DataServer, Fault

from sciknow.errors import InvalidInput, SciknowError, SourceUnavailable
from sciknow.model import Distribution
from sciknow.readers import open_distribution, plan_distribution
from sciknow.readers.formats.opendap.dap2 import parse_das, parse_dds
from sciknow.readers.formats.opendap.reader import address
from sciknow.testing.reader import ReaderCase, ReaderTests


@pytest.fixture(scope="module")
def raw():
    """A dataset as it lies in a file: packed, its time in numbers."""
    random = np.random.default_rng(4)
    return xr.Dataset(
        {
            "sst": (
                ("time", "lat", "lon"),
                random.integers(-300, 3000, (30, 20, 40)).astype("i2"),
                {"units": "degC", "scale_factor": 0.01, "_FillValue": np.int16(-300)},
            ),
            "depth": (("lat", "lon"), random.normal(size=(20, 40)), {"units": "m"}),
            "flag": (("time",), random.integers(0, 9, 30).astype("u1")),
        },
        coords={
            "time": (
                ("time",),
                np.arange(30.0),
                {"units": "days since 2001-03-01", "standard_name": "time"},
            ),
            "lat": (("lat",), np.linspace(-57, 57, 20), {"units": "degrees_north"}),
            "lon": (("lon",), np.arange(0, 360, 9.0), {"units": "degrees_east"}),
        },
        attrs={"title": 'a "quoted" title', "count": 3},
    )


@pytest.fixture(scope="module")
def decoded(raw):
    return xr.decode_cf(raw)


@pytest.fixture(scope="module")
def server(raw):
    with dap_server(raw) as found:
        yield found


def opened(url, base, **fields):
    return open_distribution(
        Distribution(id="x", access_url=url, reader="opendap", **fields), base=base
    )


def test_values_and_attributes(server, tmp_path, decoded):
    ds = opened(server.url, tmp_path)
    xr.testing.assert_equal(ds.compute(), decoded)
    assert ds.attrs["title"] == 'a "quoted" title'
    assert ds.attrs["count"] == 3
    assert ds["sst"].attrs["units"] == "degC"


class TestOpendap(ReaderTests):
    @pytest.fixture
    def case(self, server, tmp_path, decoded):
        return ReaderCase("opendap", tmp_path, server.url, decoded)


def test_opening_moves_no_data(server, tmp_path):
    server.sent.clear()
    ds = opened(server.url, tmp_path)
    assert sum(size for _, size in server.sent) < 8_000
    assert ds["sst"].chunks is not None
    server.sent.clear()
    ds["sst"].isel(time=3, lat=slice(0, 5)).load()
    assert sum(size for _, size in server.sent) < 5 * 40 * 4 + 400


def places(size):
    return st.one_of(
        st.integers(0, size - 1),
        st.slices(size).filter(lambda part: len(range(size)[part]) > 0),
        st.lists(st.integers(0, size - 1), min_size=1, max_size=3),
    )


@settings(deadline=None, max_examples=draws(25))
@given(time=places(30), lat=places(20), lon=places(40))
def test_every_selection(server, tmp_path_factory, decoded, time, lat, lon):
    part = {"time": time, "lat": lat, "lon": lon}
    ds = opened(server.url, tmp_path_factory.getbasetemp(), options={"chunks": {"time": 7}})
    xr.testing.assert_equal(ds["sst"].isel(part).load(), decoded["sst"].isel(part))


@pytest.mark.parametrize(
    "part",
    [
        {},
        {"bbox": (20, -30, 140, 40), "variables": ["sst"]},
        {"period": ("2001-03-05", "2001-03-09")},
        {"bbox": (-30, 0, 30, 60), "variables": "sst"},
    ],
)
def test_plan_tells_what_the_server_sends(part, server, tmp_path):
    way = Distribution(id="x", access_url=server.url, reader="opendap")
    plan = plan_distribution(way, base=tmp_path, **part)
    server.sent.clear()
    plan.open().load()
    counted = sum(size for _, size in server.sent)
    assert abs(plan.bytes - counted) <= 0.15 * counted
    assert plan.requests == len(server.sent)


def test_pickles(server, tmp_path, decoded):
    ds = pickle.loads(pickle.dumps(opened(server.url, tmp_path)))
    xr.testing.assert_equal(ds["depth"].load(), decoded["depth"])


def test_cache_and_offline(server, tmp_path, decoded, monkeypatch):
    way = Distribution(id="x", access_url=server.url, reader="opendap")
    open_distribution(way, base=tmp_path, cache=tmp_path / "c").load()
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    again = open_distribution(way, base=tmp_path, cache=tmp_path / "c")
    xr.testing.assert_equal(again.load(), decoded)


def test_address():
    for ending in ("", ".dds", ".html", ".dods?sst[0:1:3]", "/"):
        assert address(f"https://h/erddap/griddap/a{ending}") == "https://h/erddap/griddap/a"


def test_local_path_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="service"):
        opened("a.dods", tmp_path)


@pytest.mark.parametrize("kind", ["page", "reset", "garbage", "cut"])
def test_failing_server(kind, tmp_path):
    (tmp_path / "a.dds").write_text("Dataset { Int32 a; } a;")
    (tmp_path / "a.das").write_text('Attributes { a { String units "K"; } }')
    with DataServer(tmp_path) as web:
        web.faults.append(Fault(kind))
        with pytest.raises(SciknowError) as caught:
            opened(f"{web.url}/a", tmp_path)
    assert caught.value.hint


def test_error_document(tmp_path):
    words = 'Error {\n code = 404;\n message = "Too much at once";\n};\n'
    for ending in ("dds", "das"):
        (tmp_path / f"a.{ending}").write_text(words)
    with DataServer(tmp_path) as web, pytest.raises(SourceUnavailable, match="Too much at once"):
        opened(f"{web.url}/a", tmp_path)


def test_answer_with_other_values(tmp_path):
    (tmp_path / "a.dds").write_text("Dataset { Int32 a[x = 3]; } a;")
    (tmp_path / "a.das").write_text("Attributes { }")
    head = b"Dataset { Int32 a[x = 3]; } a;\nData:\n"
    bodies = [b"", (3).to_bytes(4, "big") * 2 + b"\0" * 8, (9).to_bytes(4, "big") * 2 + b"\0" * 36]
    for body in bodies:
        (tmp_path / "a.dods").write_bytes(head + body)
        with DataServer(tmp_path) as web, pytest.raises(SciknowError, match=r"cut short|instead"):
            opened(f"{web.url}/a", tmp_path).load()


def test_structures_are_flattened():
    text = b"""Dataset {
        Structure { Float32 u[x = 2]; Structure { Byte v; } deep; } wind;
        Sequence { String s; } log;
        Int32 plain[3];
    } d;"""
    assert [(item.name, item.dims) for item in parse_dds(text)] == [
        ("wind.u", ("x",)),
        ("wind.deep.v", ()),
        ("plain", ("plain_0",)),
    ]


def test_attributes_of_every_kind():
    text = b"""Attributes {
        sst { Float32 scale_factor 0.01; Int16 valid_range -5, 40; String note "a \\"b\\"; c";
              Float64 missing NaN; Inner { Int32 deep 7; } }
        NC_GLOBAL { String title "x"; }
    }"""
    found = parse_das(text)
    assert found["sst"]["note"] == 'a "b"; c'
    assert list(found["sst"]["valid_range"]) == [-5, 40]
    assert np.isnan(found["sst"]["missing"])
    assert found["sst.Inner"]["deep"] == 7
    assert found["sst"]["scale_factor"].dtype == np.float32


@settings(max_examples=draws(150))
@given(st.text('DatseGrid{}[];=:,Array Maps"0123456789 abInt32Float64', max_size=120))
def test_any_text_is_read_or_refused(text):
    for parse in (parse_dds, parse_das):
        for head in ("", "Dataset { ", "Attributes { "):
            try:
                parse((head + text).encode())
            except SciknowError as error:
                assert error.hint  # noqa: PT017
            except RecursionError:
                pytest.fail("nested without end")


def test_depth_is_limited():
    with pytest.raises(SciknowError, match="deep"):
        parse_dds(b"Dataset { " + b"Structure { " * 5_000)
    with pytest.raises(SciknowError, match="deep"):
        parse_das(b"Attributes { " + b"a { " * 5_000)


def test_time_axis_is_decoded(server, tmp_path):
    ds = opened(server.url, tmp_path)
    assert pd.Timestamp(ds["time"].values[0]) == pd.Timestamp("2001-03-01")
