"""The registry that misbehaves serves records and data of one's own, and then without a fault."""

from urllib.request import urlopen

import numpy as np
import pytest
import xarray as xr

from sciknow.errors import InvalidInput
from sciknow.harvest.archive import Archive
from sciknow.harvest.run import harvest
from sciknow.model.receipt import Asked
from sciknow.testing.griddap import griddap
from sciknow.testing.hostile import (
    ErddapDialect,
    Fault,
    HostileServer,
    OaiDialect,
    Reply,
    Row,
    StacDialect,
)

STAC = {
    "keywords": ["ice", "海冰"],
    "license": "CC0-1.0",
    "assets": {"a": {"href": "/data/a.zarr", "type": "application/vnd.zarr"}},
}
DUBLIN_CORE = {
    "title": "海冰",
    "creator": ["Frost, Jane", "Snow, Jack"],
    "identifier": "https://a.org/ice.nc",
    "rights": "https://creativecommons.org/publicdomain/zero/1.0/",
}
ERDDAP = {"institution": "Ice <Lab>", "minTime": "2020-01-01T00:00:00Z"}


def come(server, protocol, tmp_path):
    got = []
    asked = Asked(source="mine", address=server.address, protocol=protocol)
    receipt = harvest(asked, Archive(tmp_path), take=got.append)
    assert (receipt.complete, receipt.refused_count) == ("yes", 0)
    return [item.dataset for item in got]


@pytest.mark.parametrize(
    ("dialect", "more", "told"),
    [
        (StacDialect(), STAC, ("CC0-1.0", "ice", "", "", 0, "zarr")),
        (OaiDialect(), DUBLIN_CORE, ("CC0-1.0", "", "海冰", "", 2, "netcdf")),
        (ErddapDialect(), ERDDAP, ("", "", "", "2020-01-01", 0, "opendap")),
    ],
)
def test_a_row_brings_further_fields(dialect, more, told, tmp_path):
    rows = [Row("ice", "Ice & snow", more=more), Row("bare", "Nothing more")]
    with HostileServer(dialect, rows=rows) as server:
        ice, bare = come(server, dialect.protocol, tmp_path)
    assert told == (
        ice.license,
        dict(ice.keywords).get("en", ""),
        ice.title.zh,
        ice.temporal.start,
        len(ice.creators),
        ice.distributions[0].reader,
    )
    assert ice.title.en == "Ice & snow"
    assert not bare.publisher
    assert not bare.creators


def test_data_lie_behind_the_records_whatever_the_fault():
    def data(query):
        return Reply(b"12", "text/plain") if query.path == "/data/two" else None

    with HostileServer(StacDialect(), Fault.ABSENT, data=data) as server:
        base = server.address.removesuffix("/stac")
        with urlopen(f"{base}/data/two") as answer:
            assert answer.read() == b"12"
        with urlopen(f"{base}/stac/collections") as answer:
            assert b"id-0009" in answer.read()


GRID = xr.Dataset(
    {"v": ("x", np.arange(5, dtype="f4"), {"units": "m", "valid_min": np.float32(0)})},
    coords={"x": ("x", np.arange(5.0))},
    attrs={"title": "five"},
)


def test_a_grid_is_described_and_cut():
    assert b"Float32 v[x = 5];" in griddap(GRID, "g", "dds", "")
    das = griddap(GRID, "g", "das", "").decode()
    assert 'String units "m";' in das
    assert "Float32 valid_min 0.0;" in das
    for query in ("v.v%5B1:2:3%5D", "v.v[1:2:3]"):
        head, _, body = griddap(GRID, "g", "dods", query).partition(b"Data:\n")
        assert b"v[x = 2]" in head
        assert np.frombuffer(body[8:], ">f4").tolist() == [1, 3]


@pytest.mark.parametrize(
    ("ending", "query"),
    [
        ("nc", ""),
        ("dods", ""),
        ("dods", "w[0:1:1]"),
        ("dods", "v[0:1:1][0:1:1]"),
        ("dods", "v[0:1]"),
        ("dods", "v[a:1:1]"),
    ],
)
def test_another_question_is_refused(ending, query):
    with pytest.raises(InvalidInput):
        griddap(GRID, "g", ending, query)
