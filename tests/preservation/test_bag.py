"""What preserving makes of each kind of distribution: a valid bag that opens offline."""

import json
import subprocess
import warnings

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from preservation_help import assert_valid, dataset, gets, way
from servers.dap import dap_server
from servers.objects import object_server
from servers.web import Fault, free_port

import sciknow
from sciknow.errors import DegradedWarning, InvalidInput, LimitExceeded, NotFound, SourceUnavailable
from sciknow.ledger import session
from sciknow.readers import open_distribution
from sciknow.vocab import AccessRights


def to_zarr(ds, path, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds.to_zarr(path, **options)


def equal_copy(bag, ds):
    opened = sciknow.open_preserved(bag)
    xr.testing.assert_equal(opened.load().drop_attrs(), ds.drop_attrs())
    return opened


@pytest.fixture
def offline(monkeypatch):
    return lambda: monkeypatch.setenv("SCIKNOW_OFFLINE", "1")


def test_a_file(hub, web, archive, sample, offline):
    sample.to_netcdf(web.folder / "sea 1%.nc", engine="h5netcdf")
    asked = dataset(way(f"{web.url}/sea%201%25.nc"), doi="10.1234/sea")
    found = hub.preserve(asked, archive)
    assert_valid(found.bag)
    assert found.fetched == 1
    assert found.fetched_bytes == (web.folder / "sea 1%.nc").stat().st_size
    info = (found.bag / "bag-info.txt").read_text()
    assert "External-Identifier: https://doi.org/10.1234/sea\n" in info
    assert f"Payload-Oxum: {found.fetched_bytes}.1\n" in info
    record = json.loads((found.bag / "files.jsonl").read_text())
    assert record["url"] == f"{web.url}/sea%201%25.nc"
    assert record["etag"]
    assert record["retrieved"]
    assert record["path"] == "sea 1_.nc"
    offline()
    with session() as book:
        opened = equal_copy(archive / "sea", sample)
        assert [entry.distribution.access_url for entry in book] == [f"{web.url}/sea%201%25.nc"]
    assert opened.attrs["sciknow_preserved_from"] == f"{web.url}/sea%201%25.nc"
    assert opened.attrs["license"] == "CC0-1.0"


def test_the_manifests_are_checked_by_coreutils_too(hub, web, archive, sample):
    sample.to_netcdf(web.folder / "sea.nc", engine="h5netcdf")
    bag = hub.preserve(dataset(way(f"{web.url}/sea.nc")), archive).bag
    for name in ("manifest-sha512.txt", "tagmanifest-sha256.txt"):
        tool = "sha512sum" if "512" in name else "sha256sum"
        subprocess.run([tool, "--strict", "-c", name], cwd=bag, check=True, capture_output=True)


def test_a_set_of_files(hub, web, archive, sample, offline):
    for at in range(4):
        sample.isel(time=[at]).to_netcdf(web.folder / f"{at}.nc", engine="h5netcdf")
    options = {"files": [f"{at}.nc" for at in range(4)], "concat_dim": "time"}
    found = hub.preserve(dataset(way(f"{web.url}/x.nc", options=options)), archive)
    assert_valid(found.bag)
    offline()
    equal_copy(found.bag, sample)


@pytest.mark.parametrize("version", [2, 3])
def test_a_store_that_nobody_lists(hub, web, archive, sample, offline, version):
    sample.sst[2] = 0.0  # a chunk that is not written
    encoding = {"sst": {"chunks": (1, 10, 12), "_FillValue": 0.0}}
    to_zarr(
        sample, web.folder / "sea.zarr", zarr_format=version, consolidated=True, encoding=encoding,
        write_empty_chunks=False,
    )  # fmt: skip
    found = hub.preserve(dataset(way(f"{web.url}/sea.zarr", "zarr")), archive)
    assert_valid(found.bag)
    names = {path.relative_to(web.folder) for path in web.folder.rglob("*") if path.is_file()}
    kept = found.bag / "data"
    assert {path.relative_to(kept) for path in kept.rglob("*") if path.is_file()} == names
    offline()
    equal_copy(found.bag, sample.where(sample.sst != 0))


def test_a_store_whose_server_denies_what_is_not_there(hub, web, archive, sample):
    to_zarr(sample, web.folder / "sea.zarr", zarr_format=2, consolidated=True)
    web.missing = 403
    found = hub.preserve(dataset(way(f"{web.url}/sea.zarr", "zarr")), archive)
    assert_valid(found.bag)
    equal_copy(found.bag, sample)


def test_a_store_in_an_object_store(hub, tmp_path, archive, sample):
    to_zarr(sample, tmp_path / "bucket" / "sea.zarr", zarr_format=2, consolidated=False)
    with object_server(tmp_path / "bucket") as endpoint:
        options = {"anon": True, "endpoint_url": endpoint}
        asked = dataset(way("s3://data/sea.zarr", "zarr", storage_options=options))
        plan = hub.preserve(asked, archive, dry_run=True).plan
        assert plan.unknown == 0
        assert plan.bytes > 0
        found = hub.preserve(asked, archive)
        again = hub.preserve(asked, archive)
    assert again.unchanged
    assert again.fetched == 0
    assert plan.bytes == found.fetched_bytes
    assert_valid(found.bag)
    equal_copy(found.bag, sample)


def test_references_and_the_files_they_lead_to(hub, web, archive, sample, offline):
    raw = sample.sst.values.tobytes()
    (web.folder / "deep").mkdir()
    (web.folder / "deep" / "raw.bin").write_bytes(b"head" + raw)
    shape = list(sample.sst.shape)
    array = {
        "zarr_format": 2, "shape": shape, "chunks": shape, "dtype": "<f4", "order": "C",
        "compressor": None, "filters": None, "fill_value": None,
    }  # fmt: skip
    refs = {
        ".zgroup": '{"zarr_format": 2}',
        "sst/.zarray": json.dumps(array),
        "sst/.zattrs": '{"_ARRAY_DIMENSIONS": ["time", "lat", "lon"]}',
        "sst/0.0.0": ["deep/raw.bin", 4, len(raw)],
    }
    (web.folder / "refs.json").write_text(json.dumps({"version": 1, "refs": refs}))
    found = hub.preserve(dataset(way(f"{web.url}/refs.json", "kerchunk")), archive)
    assert_valid(found.bag)
    assert (found.bag / "data" / "refs.json").read_bytes() == (
        web.folder / "refs.json"
    ).read_bytes()
    offline()
    opened = sciknow.open_preserved(found.bag)
    np.testing.assert_array_equal(opened.sst.values, sample.sst.values)


def test_a_table(hub, web, archive, offline):
    table = pd.DataFrame({"a": range(5), "b": list("vwxyz")})
    table.to_parquet(web.folder / "t.parquet")
    found = hub.preserve(dataset(way(f"{web.url}/t.parquet", "parquet")), archive)
    assert_valid(found.bag)
    offline()
    assert sciknow.open_preserved(found.bag).compute()["a"].tolist() == list(range(5))


def test_a_part(hub, web, archive, sample, offline):
    sample.to_netcdf(web.folder / "sea.nc", engine="h5netcdf")
    asked = dataset(way(f"{web.url}/sea.nc"))
    found = hub.preserve(asked, archive, period=("2000-01-02", "2000-01-03"), bbox=(30, 0, 120, 45))
    assert_valid(found.bag)
    card = json.loads((found.bag / "card.json").read_text())
    assert card["request"]["selection"] == {
        "bbox": [30, 0, 120, 45],
        "period": ["2000-01-02", "2000-01-03"],
    }
    assert "written as NetCDF" in json.loads((found.bag / "files.jsonl").read_text())["made"]
    offline()
    equal_copy(found.bag, sample.isel(time=[1, 2], lat=slice(5, 10), lon=slice(1, 5)))


def test_what_only_a_server_makes(hub, archive, sample, offline):
    raw = sample.assign_coords(time=np.arange(4.0)).assign_attrs(title="as the server says")
    with dap_server(raw) as server:
        asked = dataset(way(server.url, "opendap"))
        plan = hub.preserve(asked, archive, dry_run=True).plan
        assert "no files of its own" in plan.made
        found = hub.preserve(asked, archive)
        again = hub.preserve(asked, archive)
    assert again.unchanged
    assert again.bag == found.bag
    assert_valid(found.bag)
    offline()
    assert equal_copy(found.bag, raw).attrs["title"] == "as the server says"


def test_a_part_of_a_table_becomes_a_dataset(hub, web, archive, offline):
    days = pd.date_range("2000-01-01", periods=10)
    table = pd.DataFrame({"time": days, "value": range(10), "name": list("abcdefghij")})
    table.to_parquet(web.folder / "t.parquet")
    asked = dataset(way(f"{web.url}/t.parquet", "parquet"))
    found = hub.preserve(asked, archive, period=("2000-01-02", "2000-01-04"))
    assert_valid(found.bag)
    offline()
    opened = sciknow.open_preserved(found.bag)
    assert opened["value"].values.tolist() == [1, 2, 3]
    assert opened["name"].values.tolist() == ["b", "c", "d"]


def test_a_tree_of_groups(hub, web, archive, sample, offline):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = xr.DataTree.from_dict({"/a": sample, "/b": sample + 1})
        tree.to_zarr(web.folder / "tree.zarr", zarr_format=2, consolidated=True)
    asked = dataset(way(f"{web.url}/tree.zarr", "zarr"))
    whole = hub.preserve(asked, archive).bag
    part = hub.preserve(asked, archive, variables=["b/sst"]).bag
    group = dataset(way(f"{web.url}/tree.zarr", "zarr", options={"group": "b"}))
    one = hub.preserve(group, archive).bag
    assert not (one / "data" / "tree.zarr" / "a" / "sst").exists()
    offline()
    for bag in (whole, part, one):
        assert_valid(bag)
    xr.testing.assert_equal(sciknow.open_preserved(whole)["b"].to_dataset().load(), sample + 1)
    np.testing.assert_array_equal(sciknow.open_preserved(one).sst.values, sample.sst.values + 1)


def test_references_in_parquet(hub, web, archive, sample, offline):
    raw = sample.sst.values.tobytes()
    (web.folder / "raw.bin").write_bytes(raw)
    place = web.folder / "refs.parq"
    place.mkdir()
    shape, step = list(sample.sst.shape), len(raw) // 4
    array = {
        "zarr_format": 2, "shape": shape, "chunks": [1, *shape[1:]], "dtype": "<f4",
        "order": "C", "compressor": None, "filters": None, "fill_value": None,
    }  # fmt: skip
    metadata = {
        ".zgroup": {"zarr_format": 2},
        "sst/.zarray": array,
        "sst/.zattrs": {"_ARRAY_DIMENSIONS": ["time", "lat", "lon"]},
    }
    (place / ".zmetadata").write_text(json.dumps({"metadata": metadata, "record_size": 3}))
    (place / "sst").mkdir()
    for part, chunks in enumerate([[0, 1, 2], [3]]):
        rows = {
            "path": [f"{web.url}/raw.bin"] * len(chunks),
            "offset": [at * step for at in chunks],
            "size": [step] * len(chunks),
            "raw": [None] * len(chunks),
        }
        pd.DataFrame(rows).to_parquet(place / "sst" / f"refs.{part}.parq")
    found = hub.preserve(dataset(way(f"{web.url}/refs.parq", "kerchunk")), archive)
    assert_valid(found.bag)
    offline()
    opened = sciknow.open_preserved(found.bag)
    np.testing.assert_array_equal(opened.sst.values, sample.sst.values)


def test_the_plan_comes_first(hub, web, archive, sample):
    sample.to_netcdf(web.folder / "sea.nc", engine="h5netcdf")
    size = (web.folder / "sea.nc").stat().st_size
    asked = dataset(way(f"{web.url}/sea.nc"))
    plan = hub.preserve(asked, archive, dry_run=True).plan
    assert (plan.files, plan.bytes, plan.unknown) == (1, size, 0)
    assert not archive.exists()
    assert not gets(web)
    with pytest.raises(LimitExceeded, match="allowed are"):
        hub.preserve(asked, archive, max_bytes=size - 1)
    assert not archive.exists()
    assert not gets(web)


def test_a_budget_holds_where_sizes_are_unknown(hub, web, archive):
    body = bytes(3_000_000)
    web.head = False
    web.ranges = False
    web.answers["/sea.nc"] = lambda _: ("application/octet-stream", body)
    with pytest.raises(LimitExceeded, match=r"allowed are|bytes came"):
        hub.preserve(dataset(way(f"{web.url}/sea.nc")), archive, max_bytes=1_000_000)
    assert not list((archive / "sea").glob("2*"))


def test_a_full_disk_is_told_before_a_byte_moves(hub, web, archive, sample, monkeypatch):
    sample.to_netcdf(web.folder / "sea.nc", engine="h5netcdf")
    from sciknow.preservation import plan

    monkeypatch.setattr(plan, "SPARE", 2**62)
    with pytest.raises(LimitExceeded, match="are free"):
        hub.preserve(dataset(way(f"{web.url}/sea.nc")), archive)
    assert not gets(web)


def test_terms(hub, web, archive, sample):
    sample.to_netcdf(web.folder / "sea.nc", engine="h5netcdf")
    place = way(f"{web.url}/sea.nc")
    notes = hub.preserve(dataset(place, license=""), archive, dry_run=True).notes
    assert "no licence is stated" in notes[0]
    with pytest.warns(DegradedWarning, match="no licence is stated"):
        hub.preserve(dataset(place, license=""), archive / "unstated")
    closed = dataset(place, access_rights=AccessRights.RESTRICTED)
    with pytest.raises(InvalidInput, match="access is restricted"):
        hub.preserve(closed, archive)
    found = hub.preserve(closed, archive, despite_terms=True)
    assert "on your word" in json.loads((found.bag / "card.json").read_text())["notes"][0]


def test_a_dead_mirror_is_passed_over(hub, web, archive, sample):
    sample.to_netcdf(web.folder / "sea.nc", engine="h5netcdf")
    dead = way(f"http://127.0.0.1:{free_port()}/sea.nc", id="dead")
    found = hub.preserve(dataset(dead, way(f"{web.url}/sea.nc")), archive)
    assert found.plan.distribution == "sea-way"
    with pytest.raises(SourceUnavailable, match="no way to sea answers"):
        hub.preserve(dataset(dead), archive / "other")


WRONG = {
    "page": Fault("page"),
    "gone": Fault("status", status=404),
    "login": Fault("status", status=403),
    "loop": Fault("redirect", location="/sea.nc"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_data_makes_no_bag(hub, web, archive, sample, name):
    sample.to_netcdf(web.folder / "sea.nc", engine="h5netcdf")
    web.faults.append(WRONG[name])
    with pytest.raises(SourceUnavailable):
        hub.preserve(dataset(way(f"{web.url}/sea.nc")), archive)
    assert not list(archive.glob("sea/2*"))


def test_opening_what_is_not_there(archive, tmp_path):
    with pytest.raises(NotFound, match="no bag"):
        sciknow.open_preserved(archive)


def test_the_part_opens_like_the_whole(hub, web, archive, sample):
    sample.to_netcdf(web.folder / "sea.nc", engine="h5netcdf")
    place = way(f"{web.url}/sea.nc")
    bag = hub.preserve(dataset(place), archive).bag
    part = {"period": ("2000-01-02", "2000-01-02")}
    direct = open_distribution(place, base=".", **part)
    xr.testing.assert_equal(sciknow.open_preserved(bag, **part).load(), direct.load())
