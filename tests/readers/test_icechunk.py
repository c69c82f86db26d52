"""Icechunk: each version as it was, from a folder, over the web and from S3; trouble in time."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
import xarray as xr
from samples.icechunks import commit, repository, virtual_repository
from servers.objects import object_server
from servers.web import DataServer, Fault, free_port

from sciknow.errors import (
    IntegrityError,
    InvalidInput,
    SourceUnavailable,
    UntrustedInput,
)
from sciknow.model import Distribution
from sciknow.readers import open_distribution, plan_distribution, registry
from sciknow.testing.reader import ReaderCase, ReaderTests
from sciknow.wire import Cache
from sciknow.wire.trouble import Absent

ENCODING = {"sst": {"chunks": (10, 45, 90)}}


@pytest.fixture(scope="module")
def versions(tmp_path_factory, sample):
    """A folder with a repository of two commits, the first of them tagged, and one of groups."""
    folder = tmp_path_factory.mktemp("icechunk")
    first = commit(folder / "sst.icechunk", sample, "first", encoding=ENCODING)
    repository(folder / "sst.icechunk").create_tag("v1", first)
    commit(folder / "sst.icechunk", sample + 1, "second", encoding=ENCODING)
    commit(folder / "tree.icechunk", sample[["index"]], group="north")
    commit(folder / "tree.icechunk", sample[["index"]] * 2, group="south", mode="a")
    return folder, first


@pytest.fixture
def folder(versions):
    return versions[0]


@pytest.fixture
def web(folder):
    with DataServer(folder) as server:
        yield server


def opened(url, base=".", deadline=20.0, cache=None, storage=None, **options):
    way = Distribution(
        id="x",
        access_url=url,
        reader="icechunk",
        options=options,
        storage_options=storage or {},
    )
    return open_distribution(way, base=base, deadline=deadline, cache=cache)


class TestIcechunk(ReaderTests):
    @pytest.fixture
    def case(self, versions, sample):
        return ReaderCase("icechunk", versions[0], "sst.icechunk", sample + 1, {"branch": "main"})


def test_each_version_as_it_was(versions, sample):
    folder, first = versions
    for version in ({"tag": "v1"}, {"snapshot": first}):
        ds = opened("sst.icechunk", folder, **version)
        xr.testing.assert_equal(ds.compute(), sample)
        assert ds.attrs["sciknow_icechunk_snapshot"] == first
    now = opened("sst.icechunk", folder)
    xr.testing.assert_equal(now.compute(), sample + 1)
    assert now.attrs["sciknow_icechunk_branch"] == "main"
    assert now.attrs["title"] == "as the store says"


def test_over_the_web_and_from_s3(web, folder, sample):
    xr.testing.assert_equal(opened(f"{web.url}/sst.icechunk", tag="v1").compute(), sample)
    with object_server(folder) as endpoint:
        storage = {"endpoint_url": endpoint}
        ds = opened("s3://data/sst.icechunk", storage=storage)
        xr.testing.assert_equal(ds.compute(), sample + 1)
        with pytest.raises(Absent, match="no branch 'old'; it has main"):
            opened("s3://data/sst.icechunk", storage=storage, branch="old")


def test_opening_moves_metadata_only_and_a_part_its_chunks(web, folder):
    way = Distribution(id="x", access_url=f"{web.url}/sst.icechunk", reader="icechunk")
    plan = plan_distribution(way, base=folder, bbox=(0, 0, 10, 10), variables=["sst"])
    assert 0 < web.sent < 60_000
    assert not any("/chunks/" in path for path in web.paths())
    web.reset()
    plan.open().load()
    assert plan.requests == len(web.hits) == 4
    assert plan.bytes == web.sent
    assert plan.exact


def test_groups_are_a_tree_and_one_can_be_named(folder, sample):
    tree = opened("tree.icechunk", folder)
    xr.testing.assert_equal(tree["south"].to_dataset().compute(), sample[["index"]] * 2)
    north = opened("tree.icechunk", folder, group="north")
    xr.testing.assert_equal(north.compute(), sample[["index"]])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"branch": "old"}, "no branch 'old'; it has main"),
        ({"tag": "v9"}, "no tag 'v9'; it has v1"),
        ({"snapshot": "0" * 20}, "snapshot not found"),
    ],
)
def test_a_version_that_is_not_there(options, words, folder):
    with pytest.raises(Absent, match=words):
        opened("sst.icechunk", folder, **options)


@pytest.mark.parametrize(
    "options",
    [
        {"branch": "main", "tag": "v1"},
        {"snapshot": "main"},
        {"branch": "../x"},
        {"virtual_containers": ["s3://a/"]},
    ],
)
def test_options_that_make_no_sense(options, folder):
    with pytest.raises(InvalidInput):
        opened("sst.icechunk", folder, **options)


def test_no_repository(folder, web, tmp_path):
    for url, base in (("none", folder), (f"{web.url}/none", folder)):
        with pytest.raises(Absent, match="no Icechunk repository at"):
            opened(url, base)
    assert not (folder / "none").exists()
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "repo").write_bytes(b"ICE")
    with pytest.raises(SourceUnavailable, match="format 2"):
        opened("later", tmp_path)


def test_a_damaged_name_of_a_version(tmp_path, sample):
    commit(tmp_path / "a", sample[["index"]])
    for text in ('{"snapshot": "../../x"}', "[]", "nothing"):
        (tmp_path / "a" / "refs" / "branch.main" / "ref.json").write_text(text)
        with pytest.raises(IntegrityError, match=r"branch main of .* "):
            opened("a", tmp_path)


def test_a_lost_chunk_is_no_fill_value(tmp_path, sample):
    commit(tmp_path / "a", sample, encoding=ENCODING)
    shutil.rmtree(tmp_path / "a" / "chunks")
    ds = opened("a", tmp_path)
    with pytest.raises(SourceUnavailable):
        ds["sst"].load()


def test_stores_that_are_not_read(tmp_path):
    for url in ("gs://bucket/repo", "az://box/repo"):
        with pytest.raises(InvalidInput, match="local folders, http"):
            opened(url, tmp_path)
    with pytest.raises(InvalidInput, match="no address"):
        opened("https://example.org/", tmp_path)


def test_dead_server():
    url = f"http://127.0.0.1:{free_port()}/sst.icechunk"
    with pytest.raises(SourceUnavailable, match="no connection"):
        opened(url, deadline=5.0)


@pytest.mark.parametrize("kind", ["stall", "page", "garbage"])
def test_trouble_when_opening(kind, web):
    web.faults.append(Fault(kind))
    with pytest.raises(SourceUnavailable) as caught:
        opened(f"{web.url}/sst.icechunk", deadline=0.8)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("stall"), SourceUnavailable),
        (Fault("status", status=403), SourceUnavailable),
        (Fault("page"), SourceUnavailable),
        (Fault("cut"), IntegrityError),
    ],
)
def test_trouble_when_reading(fault, error, web):
    ds = opened(f"{web.url}/sst.icechunk", deadline=0.9)
    web.faults.append(fault)
    with pytest.raises(error) as caught:
        ds["sst"].load()
    assert caught.value.hint


def test_kept_chunks_are_read_offline(web, tmp_path, sample, monkeypatch):
    url, cache = f"{web.url}/sst.icechunk", Cache(tmp_path / "kept")
    opened(url, cache=cache).load()
    web.reset()
    opened(url, cache=cache).load()
    assert web.paths() == ["/sst.icechunk/refs/branch.main/ref.json"]
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    web.reset()
    xr.testing.assert_equal(opened(url, cache=cache).compute(), sample + 1)
    with pytest.raises(SourceUnavailable, match="offline"):
        opened(url)
    assert not web.hits


def test_virtual_chunks_only_where_they_are_named(tmp_path):
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.bin").write_bytes(np.arange(40, dtype="<f4").tobytes())
    with object_server(tmp_path) as endpoint:
        values = virtual_repository(tmp_path / "virtual", "s3://data/raw/", endpoint)
        ds = opened("virtual", tmp_path)
        with pytest.raises(UntrustedInput, match=r"s3://data/raw/.*virtual_containers"):
            ds["a"].load()
        named = {"s3://data/raw/": {"endpoint_url": endpoint}}
        ds = opened("virtual", tmp_path, virtual_containers=named)
        np.testing.assert_array_equal(ds["a"].values, values)


@pytest.mark.parametrize(
    "named",
    [{"file:///etc/": {}}, {"s3://data/": {"key": "AKIA"}}, {"https://u:p@example.org/a/": {}}],
)
def test_containers_that_are_refused(named, folder):
    with pytest.raises(UntrustedInput):
        opened("sst.icechunk", folder, virtual_containers=named)


def test_is_found_by_its_ending_and_said_when_missing():
    assert registry.match("https://example.org/a.icechunk").format.name == "icechunk"
    assert registry.get("icechunk").format.install == "sciknow[icechunk]"
