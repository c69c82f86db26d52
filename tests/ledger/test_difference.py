"""Drift is found and named: one scenario for each way in which data change under their address."""

import json
import shutil
from dataclasses import replace

import boto3
import numpy as np
import pytest
import xarray as xr
import zarr
from drifting import ENCODED_TIME, edit_json, flip, references, sample, table, to_netcdf, to_zarr
from servers.objects import object_server
from servers.web import DataServer, Fault

from sciknow.ledger import ChangeKind as Kind
from sciknow.ledger import Status
from sciknow.model.format import Form
from sciknow.readers import registry
from sciknow.readers.fingerprints import files as fingerprint_files


def zarr_store(**options):
    return "a.zarr", lambda at: to_zarr(sample(), at, **options)


def netcdf(**options):
    return "a.nc", lambda at: to_netcdf(sample(), at, **options)


def again(change, **options):
    """Write the store anew with another content."""
    return lambda at: to_zarr(change(sample()), at, **options)


def file_again(change, **options):
    return lambda at: to_netcdf(change(sample()), at, **options)


def scaled(ds):
    ds["sst"] = (ds["sst"] * 2).assign_attrs(ds["sst"].attrs)
    return ds


def wider(ds):
    ds["sst"] = ds["sst"].astype("f8")
    return ds


def unit(ds):
    ds["sst"].attrs["units"] = "degC"
    return ds


def append(at):
    sample(9).isel(time=slice(6, 9)).to_zarr(
        at, append_dim="time", consolidated=True, zarr_format=2
    )


def drop_chunk(at):
    (at / "sst" / "1.0.0").unlink()


def consolidated_only(at):
    def change(plain):
        plain["metadata"]["sst/.zattrs"]["units"] = "degC"

    edit_json(at / ".zmetadata", change)


def rename(at):
    (at / "sst").rename(at / "tos")
    zarr.consolidate_metadata(str(at), zarr_format=2)


def classic_byte(at):
    flip(at, at.stat().st_size - 3)


def cut(at):
    at.write_bytes(at.read_bytes()[:600])


def csv_row(at):
    with at.open("a") as file:
        file.write("2001-01-01,99.0,new\n")


def csv_cell(at):
    at.write_text(at.read_text().replace("n39", "n40"))


def csv_column(at):
    at.write_text(at.read_text().replace("value", "amount", 1))


def parquet(change=lambda frame: frame, **options):
    return lambda at: change(table()).to_parquet(at, index=False, **options)


CSV = "a.csv", lambda at: table().to_csv(at, index=False)
PARQUET = "a.parquet", parquet()
CLASSIC = netcdf(engine="scipy", format="NETCDF3_CLASSIC")
SHARDED = {"sst": {"chunks": (2, 2, 4), "shards": (6, 4, 8)}}

LOCAL = {
    "one chunk": (zarr_store(), lambda at: flip(at / "sst" / "1.0.1"), {Kind.CHUNK}),
    "a chunk gone": (zarr_store(), drop_chunk, {Kind.CHUNK}),
    "all values": (zarr_store(), again(scaled), {Kind.CHUNK}),
    "variable renamed": (zarr_store(), rename, {Kind.RENAMED}),
    "variable removed": (zarr_store(), again(lambda ds: ds.drop_vars("count")), {Kind.REMOVED}),
    "variable added": (zarr_store(), again(lambda ds: ds.assign(x=ds["count"])), {Kind.ADDED}),
    "time extended": (zarr_store(), append, {Kind.EXTENDED}),
    "time cut": (zarr_store(), again(lambda ds: ds.isel(time=slice(4))), {Kind.CUT}),
    "units": (zarr_store(), again(unit), {Kind.METADATA}),
    "a title": (zarr_store(), again(lambda ds: ds.assign_attrs(title="x")), {Kind.METADATA}),
    "attribute gone": (
        zarr_store(),
        lambda at: to_zarr(sample().drop_attrs(deep=False), at),
        {Kind.METADATA},
    ),
    "type": (zarr_store(), again(wider), {Kind.DTYPE}),
    "chunk shape": (
        zarr_store(),
        again(lambda ds: ds, encoding={"sst": {"chunks": (3, 4, 4)}}),
        {Kind.LAYOUT},
    ),
    "compressor": (
        zarr_store(),
        again(lambda ds: ds, encoding={"sst": {"chunks": (2, 4, 4), "compressors": None}}),
        {Kind.LAYOUT},
    ),
    "dimension renamed": (
        zarr_store(),
        again(lambda ds: ds.rename_dims(lat="y").drop_vars("lat")),
        {Kind.DIMENSIONS},
    ),
    "consolidated metadata only": (zarr_store(), consolidated_only, {Kind.METADATA}),
    "Zarr version": (zarr_store(), again(lambda ds: ds, version=3), {Kind.LAYOUT}),
    "a chunk of version 3": (
        zarr_store(version=3),
        lambda at: flip(at / "sst" / "c" / "0" / "0" / "1"),
        {Kind.CHUNK},
    ),
    "attribute of version 3": (zarr_store(version=3), again(unit, version=3), {Kind.METADATA}),
    "a shard": (
        zarr_store(version=3, encoding=SHARDED),
        lambda at: flip(at / "sst" / "c" / "0" / "0" / "0", 40),
        {Kind.CHUNK},
    ),
    "values of a NetCDF file": (netcdf(), file_again(scaled), {Kind.VALUES}),
    "attribute of a NetCDF file": (netcdf(), file_again(unit), {Kind.METADATA}),
    "variable of a NetCDF file renamed": (
        netcdf(),
        file_again(lambda ds: ds.rename_vars(sst="tos")),
        {Kind.RENAMED},
    ),
    "NetCDF file extended": (
        netcdf(),
        lambda at: to_netcdf(sample(9).assign(sst=sample(9)["sst"]), at),
        {Kind.EXTENDED},
    ),
    "type in a NetCDF file": (netcdf(), file_again(wider), {Kind.DTYPE}),
    "NetCDF file cut short": (netcdf(), cut, {Kind.DAMAGED}),
    "NetCDF file replaced by text": (netcdf(), lambda at: at.write_text("moved"), {Kind.DAMAGED}),
    "a byte of a NetCDF-3 file": (CLASSIC, classic_byte, {Kind.VALUES}),
    "CSV row appended": (CSV, csv_row, {Kind.EXTENDED}),
    "CSV cell": (CSV, csv_cell, {Kind.BYTES}),
    "CSV column renamed": (CSV, csv_column, {Kind.RENAMED, Kind.REMOVED}),
    "Parquet values": (PARQUET, parquet(lambda f: f.assign(value=f.value + 1)), {Kind.BYTES}),
    "Parquet type": (PARQUET, parquet(lambda f: f.astype({"value": "f4"})), {Kind.DTYPE}),
    "Parquet rows": (PARQUET, lambda at: table(50).to_parquet(at, index=False), {Kind.EXTENDED}),
}


@pytest.mark.parametrize("name", LOCAL)
def test_drift_on_this_machine(place, name):
    (file, write), change, expected = LOCAL[name]
    write(place / file)
    place.lock(place.way(file))
    assert place.verify().ok
    change(place / file)
    verdict = place.verify()
    assert verdict.status is Status.CHANGED, verdict
    assert expected & {item.kind for item in verdict.changes}, verdict.details
    assert verdict.since.startswith("after ")
    assert verdict.error().kind == "integrity"


def test_metadata_only_is_said_only_where_it_is_true(place):
    to_zarr(sample(), place / "a.zarr")
    place.lock(place.way("a.zarr"))
    to_zarr(unit(sample()), place / "a.zarr")
    verdict = place.verify()
    assert [str(item) for item in verdict.changes] == ["metadata changed: sst.units ('K' → 'degC')"]
    assert "metadata only" in " ".join(verdict.notes)
    to_zarr(unit(scaled(sample())), place / "a.zarr")
    assert "metadata only" not in " ".join(place.verify().notes)


def test_what_was_there_before_an_extension_is_compared_too(place):
    to_zarr(sample(), place / "a.zarr")
    place.lock(place.way("a.zarr"))
    append(place / "a.zarr")
    kinds = {(item.kind, item.what) for item in place.verify().changes}
    assert (Kind.EXTENDED, "time") in kinds
    assert not [what for kind, what in kinds if kind is Kind.CHUNK and what.startswith("sst")]
    flip(place / "a.zarr" / "sst" / "0.0.0")
    kinds = {(item.kind, item.what) for item in place.verify().changes}
    assert (Kind.CHUNK, "sst/0.0.0") in kinds


def test_the_chunk_of_large_data_that_was_sampled(place):
    big = xr.Dataset({"x": (("t", "n"), np.zeros((300, 40_000), "f4"))})
    big["x"][:] = np.arange(300, dtype="f4")[:, None]
    big.to_zarr(place / "a.zarr", zarr_format=2, encoding={"x": {"chunks": (1, 40_000)}})
    item = place.lock(place.way("a.zarr"))
    assert item.fingerprint.strength == "sampled"
    chunks = item.fingerprint.variables[0].chunks
    assert len(chunks) == 8
    assert {"0.0", "299.0"} <= set(chunks)
    flip(place / "a.zarr" / "x" / "299.0")
    assert [item.what for item in place.verify().changes] == ["x/299.0"]


def test_of_large_chunks_size_and_ends_are_read(place):
    big = xr.Dataset({"x": (("t", "n"), np.zeros((40, 300_000), "f4"))})
    big.to_zarr(place / "a.zarr", zarr_format=2, encoding={"x": {"chunks": (1, 300_000)}})
    with DataServer(place.folder) as server:
        item = place.lock(place.way("a.zarr", server.url))
        assert all(
            value.startswith("ends:") for value in item.fingerprint.variables[0].chunks.values()
        )
        assert place.verify().ok
        with (place / "a.zarr" / "x" / "0.0").open("ab") as file:
            file.write(b"x")
        assert [change.what for change in place.verify().changes] == ["x/0.0"]


def test_nothing_is_concluded_from_a_cache(place, monkeypatch):
    to_netcdf(sample(), place / "a.nc")
    with DataServer(place.folder) as server:
        place.lock(place.way("a.nc", server.url))
        monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
        verdict = place.verify()
        assert verdict.status is Status.GONE
        assert "SCIKNOW_OFFLINE" in verdict.tried[0][1]


def files(folder, count=3):
    for number in range(count):
        part = sample().assign_coords(time=sample().time + np.timedelta64(6 * number, "D"))
        to_netcdf(part, folder / f"part-{number}.nc")


def test_a_set_of_files(place):
    files(place.folder)
    way = place.way("part-*.nc", options={"concat_dim": "time"})
    place.lock(way)
    assert place.verify().ok
    files(place.folder, 4)
    changes = place.verify().changes
    assert {Kind.FILES, Kind.EXTENDED} <= {item.kind for item in changes}
    (place / "part-3.nc").unlink()
    assert place.verify().ok
    to_netcdf(scaled(sample()), place / "part-0.nc")
    assert [(item.kind, item.what) for item in place.verify().changes] == [
        (Kind.BYTES, "part-0.nc")
    ]


def test_a_part_added_to_a_folder_of_parquet(place):
    (place / "a.parquet").mkdir()
    table().to_parquet(place / "a.parquet" / "0.parquet")
    table().to_parquet(place / "a.parquet" / "1.parquet")
    place.lock(place.way("a.parquet"))
    table().to_parquet(place / "a.parquet" / "2.parquet")
    assert Kind.FILES in {item.kind for item in place.verify().changes}


@pytest.fixture
def pointed(place):
    (place / "raw.bin").write_bytes(np.arange(40.0).tobytes())
    references(place / "a.json", "raw.bin", 40)
    place.lock(place.way("a.json"))
    assert place.verify().ok
    return place


def test_references_whose_target_changed(pointed):
    flip(pointed / "raw.bin", 8)
    assert [item.what for item in pointed.verify().changes] == ["x/0"]


def test_references_whose_target_is_gone(pointed):
    (pointed / "raw.bin").unlink()
    assert {str(item) for item in pointed.verify().changes} == {
        "chunk changed: x/0 (gone)",
        "chunk changed: x/1 (gone)",
    }


def test_references_that_lead_elsewhere(pointed):
    def swap(plain):
        refs = plain["refs"]
        refs["x/0"], refs["x/1"] = refs["x/1"], refs["x/0"]

    edit_json(pointed / "a.json", swap)
    assert Kind.CHUNK in {item.kind for item in pointed.verify().changes}


def test_a_format_of_which_only_the_reader_is_known(place, monkeypatch):
    reader = registry.get("netcdf")
    monkeypatch.setattr(type(reader), "format", replace(reader.format, form=Form.SERVICE))
    to_netcdf(sample(), place / "a.nc")
    item = place.lock(place.way("a.nc"))
    assert not item.fingerprint.files
    to_netcdf(sample(), place / "a.nc", encoding={"sst": {"zlib": True}, "time": ENCODED_TIME})
    assert place.verify().ok
    to_netcdf(scaled(sample()), place / "a.nc")
    assert {(item.kind, item.what) for item in place.verify().changes} == {(Kind.VALUES, "sst")}


# over the wire


@pytest.fixture
def web(place):
    with DataServer(place.folder) as server:
        yield server


def test_a_file_replaced_by_one_of_the_same_size(place, web):
    to_netcdf(sample(), place / "a.nc")
    place.lock(place.way("a.nc", web.url))
    size = (place / "a.nc").stat().st_size
    to_netcdf(sample(seed=8), place / "a.nc")
    assert (place / "a.nc").stat().st_size == size
    assert {(item.kind, item.what) for item in place.verify().changes} == {(Kind.VALUES, "sst")}


def test_a_redirect_to_other_content(place, web):
    to_netcdf(sample(), place / "a.nc")
    to_netcdf(scaled(sample()), place / "b.nc")
    place.lock(place.way("a.nc", web.url))
    web.faults.append(Fault("redirect", "a.nc", location=f"{web.url}/b.nc"))
    assert Kind.VALUES in {item.kind for item in place.verify().changes}


def test_a_store_over_http(place, web):
    to_zarr(sample(), place / "a.zarr")
    place.lock(place.way("a.zarr", web.url))
    flip(place / "a.zarr" / "count" / "0")
    assert [item.what for item in place.verify().changes] == ["count/0"]


def test_a_range_of_a_large_file(place, web, monkeypatch):
    monkeypatch.setattr(fingerprint_files, "WHOLE_BYTES", 50_000)
    table(40_000).to_csv(place / "a.csv", index=False)
    item = place.lock(place.way("a.csv", web.url))
    assert item.fingerprint.strength == "sampled"
    assert len(item.fingerprint.files[0].ranges) == 8
    at = place / "a.csv"
    at.write_text(at.read_text().replace("n1\n", "m1\n", 1))
    assert [(item.kind, item.detail) for item in place.verify().changes] == [
        (Kind.BYTES, "in bytes 0-65536")
    ]


GONE = {
    "not found": Fault("status", status=404),
    "not public any more": Fault("status", status=403),
    "a login page": Fault("page"),
    "a failing server": Fault("status", status=503),
    "a server that hangs up": Fault("reset"),
}


@pytest.mark.parametrize(
    ("name", "file"),
    [*((name, "a.nc") for name in GONE), ("not found", "a.zarr"), ("not found", "a.csv")],
)
def test_gone(place, web, name, file):
    to_netcdf(sample(), place / "a.nc")
    to_zarr(sample(), place / "a.zarr")
    table().to_csv(place / "a.csv", index=False)
    place.lock(place.way(file, web.url))
    web.faults.append(GONE[name])
    verdict = place.verify()
    assert verdict.status is Status.GONE
    assert [url for url, _ in verdict.tried] == [f"{web.url}/{file}"]
    assert verdict.error().kind == "source-unavailable"


def test_gone_says_which_mirrors_were_tried(place, web, tmp_path):
    to_netcdf(sample(), place / "a.nc")
    to_netcdf(scaled(sample()), place / "b.nc")
    place.mirrors = (f"{web.url}/none.nc", f"{web.url}/b.nc")
    place.lock(place.way("a.nc", web.url))
    (place / "a.nc").unlink()
    verdict = place.verify()
    assert verdict.status is Status.GONE
    reasons = dict(verdict.tried)
    assert "404" in reasons[f"{web.url}/none.nc"]
    assert "other data: values changed: sst" in reasons[f"{web.url}/b.nc"]


def test_local_data_that_are_gone(place):
    to_netcdf(sample(), place / "a.nc")
    to_zarr(sample(), place / "a.zarr")
    for file in ("a.nc", "a.zarr"):
        place.lock(place.way(file))
        at = place / file
        shutil.rmtree(at) if at.is_dir() else at.unlink()
        assert place.verify().status is Status.GONE


@pytest.fixture
def bucket(place):
    to_netcdf(sample(), place / "a.nc")
    to_zarr(sample(), place / "a.zarr")
    with object_server(place.folder) as endpoint:
        client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        yield endpoint, client
        client.close()


def s3_way(place, endpoint, file):
    options = {"anon": True, "endpoint_url": endpoint}
    return place.way(file, "s3://data", storage_options=options)


def test_objects(place, bucket):
    endpoint, client = bucket
    item = place.lock(s3_way(place, endpoint, "a.nc"))
    assert item.fingerprint.files[0].etag
    to_netcdf(scaled(sample()), place / "a.nc")
    body = (place / "a.nc").read_bytes()
    client.put_object(Bucket="data", Key="a.nc", Body=body, ACL="public-read")
    verdict = place.verify()
    assert Kind.VALUES in {item.kind for item in verdict.changes}
    assert "last modified 20" in verdict.since
    client.delete_object(Bucket="data", Key="a.nc")
    assert place.verify().status is Status.GONE


def test_chunks_in_an_object_store(place, bucket):
    endpoint, client = bucket
    place.lock(s3_way(place, endpoint, "a.zarr"))
    client.put_object(Bucket="data", Key="a.zarr/sst/0.0.0", Body=b"x", ACL="public-read")
    assert [item.what for item in place.verify().changes] == ["sst/0.0.0"]
    document = json.loads((place / "a.zarr" / ".zmetadata").read_text())
    document["metadata"][".zattrs"]["title"] = "another"
    body = json.dumps(document).encode()
    client.put_object(Bucket="data", Key="a.zarr/.zmetadata", Body=body, ACL="public-read")
    assert "title" in {item.what for item in place.verify().changes}


def test_an_object_version_is_pinned(place, bucket):
    endpoint, client = bucket
    client.put_bucket_versioning(Bucket="data", VersioningConfiguration={"Status": "Enabled"})
    body = (place / "a.nc").read_bytes()
    client.put_object(Bucket="data", Key="a.nc", Body=body, ACL="public-read")
    item = place.lock(s3_way(place, endpoint, "a.nc"))
    assert item.fingerprint.files[0].version
