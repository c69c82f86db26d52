"""No false alarm: one scenario for each way in which files change and data do not."""

import json
import os
import shutil
import threading
import warnings
from dataclasses import replace

import boto3
import numpy as np
import pytest
import zarr
from drifting import (
    ENCODED_TIME,
    backwards,
    copy_over,
    edit_json,
    flip,
    references,
    sample,
    table,
    to_netcdf,
    to_zarr,
)
from servers.objects import object_server
from servers.web import DataServer, Fault

import sciknow as sk
from sciknow.errors import DegradedWarning
from sciknow.ledger import read_lock, write_lock
from sciknow.readers.fingerprints import files as fingerprint_files


def touch(at):
    for path in (at, *at.rglob("*")) if at.is_dir() else (at,):
        os.utime(path, (1, 1))


def other_order(at):
    for path in (*at.rglob(".z*"), *at.rglob("zarr.json")):
        edit_json(path, backwards)


def white_space(at):
    for path in (*at.rglob(".z*"), *at.rglob("zarr.json")):
        path.write_text(json.dumps(json.loads(path.read_text()), indent=8) + "\n\n")


def consolidate(at, version=2):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zarr says that consolidated v3 is no standard yet
        zarr.consolidate_metadata(str(at), zarr_format=version)


def deconsolidate(at):
    edit_json(at / "zarr.json", lambda plain: plain.pop("consolidated_metadata") and None)


def cache_files(at):
    folder = at if at.is_dir() else at.parent
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "sst").mkdir(exist_ok=True)
    (folder / "sst" / ".0.0.0.cache").write_bytes(b"x")
    (folder / "__pycache__").mkdir()
    (folder / "a.nc.lock").write_text("x")


def read_only(at):
    for path in (at, *at.rglob("*")) if at.is_dir() else (at,):
        path.chmod(0o555 if path.is_dir() else 0o444)


def link(at):
    other = at.with_name("elsewhere" + at.suffix)
    at.rename(other)
    at.symlink_to(other)


def empty_attributes(at):
    (at / "lat" / ".zattrs").write_text('{"_ARRAY_DIMENSIONS": ["lat"]}')
    (at / ".zgroup").write_text('{"zarr_format":2}')


def separator(at):
    def change(plain):
        plain["metadata"]["sst/.zarray"]["dimension_separator"] = "."

    edit_json(at / ".zmetadata", change)


def attributes_backwards(at):
    ds = sample()
    ds.attrs = dict(reversed(ds.attrs.items()))
    for item in ds.variables.values():
        item.attrs = dict(reversed(item.attrs.items()))
    to_netcdf(ds, at)


def variables_backwards(at):
    ds = sample()
    to_netcdf(ds[["count", "sst"]], at)


def packed(at):
    to_netcdf(sample(), at, encoding={"sst": {"zlib": True, "complevel": 9}, "time": ENCODED_TIME})


def chunked(at):
    to_netcdf(sample(), at, encoding={"sst": {"chunksizes": (1, 4, 8)}, "time": ENCODED_TIME})


def library_attribute(at):
    import h5py

    with h5py.File(at, "r+") as file:
        file.attrs["_NCProperties"] = "version=2,h5netcdf=99"


LOCAL = {
    "Zarr touched": ("a.zarr", touch),
    "Zarr copied": ("a.zarr", copy_over),
    "Zarr moved behind a link": ("a.zarr", link),
    "Zarr made read-only": ("a.zarr", read_only),
    "order of keys": ("a.zarr", other_order),
    "white space": ("a.zarr", white_space),
    "consolidated again": ("a.zarr", consolidate),
    "consolidated metadata removed": ("a.zarr", lambda at: (at / ".zmetadata").unlink()),
    "consolidated metadata added": ("loose.zarr", consolidate),
    "cache files in the store": ("a.zarr", cache_files),
    "documents written anew": ("a.zarr", empty_attributes),
    "a default written out": ("a.zarr", separator),
    "version 3: order of keys": ("three.zarr", other_order),
    "version 3: consolidated removed": ("three.zarr", deconsolidate),
    "version 3: consolidated again": ("three.zarr", lambda at: consolidate(at, 3)),
    "version 3: copied": ("three.zarr", copy_over),
    "version 3: touched": ("three.zarr", touch),
    "shards touched": ("sharded.zarr", touch),
    "shards copied": ("sharded.zarr", copy_over),
    "NetCDF touched": ("a.nc", touch),
    "NetCDF copied": ("a.nc", copy_over),
    "NetCDF: order of attributes": ("a.nc", attributes_backwards),
    "NetCDF: order of variables": ("a.nc", variables_backwards),
    "NetCDF: packed harder": ("a.nc", packed),
    "NetCDF: other chunks": ("a.nc", chunked),
    "NetCDF: what a library writes of itself": ("a.nc", library_attribute),
    "NetCDF: files beside it": ("a.nc", cache_files),
    "NetCDF-3 touched": ("classic.nc", touch),
    "NetCDF-3 copied": ("classic.nc", copy_over),
    "CSV touched": ("a.csv", touch),
    "CSV copied": ("a.csv", copy_over),
    "Parquet touched": ("a.parquet", touch),
    "Parquet written again": ("a.parquet", lambda at: table().to_parquet(at, index=False)),
}

SHARDED = {"sst": {"chunks": (2, 2, 4), "shards": (6, 4, 8)}}
WRITE = {
    "a.zarr": lambda at: to_zarr(sample(), at),
    "loose.zarr": lambda at: to_zarr(sample(), at, consolidated=False),
    "three.zarr": lambda at: to_zarr(sample(), at, version=3),
    "sharded.zarr": lambda at: to_zarr(sample(), at, version=3, encoding=SHARDED),
    "a.nc": lambda at: to_netcdf(sample(), at),
    "classic.nc": lambda at: to_netcdf(sample(), at, engine="scipy", format="NETCDF3_CLASSIC"),
    "a.csv": lambda at: table().to_csv(at, index=False),
    "a.parquet": lambda at: table().to_parquet(at, index=False),
}


@pytest.mark.parametrize("name", LOCAL)
def test_no_alarm_on_this_machine(place, name):
    file, change = LOCAL[name]
    WRITE[file](place / file)
    place.lock(place.way(file))
    change(place / file)
    verdict = place.verify()
    assert verdict.ok, verdict.details
    assert not verdict.changes


def test_a_file_written_anew_is_noted(place):
    to_netcdf(sample(), place / "a.nc")
    place.lock(place.way("a.nc"))
    packed(place / "a.nc")
    assert place.verify().notes == ("the file was written anew; every value is the same",)


SERVED = ("a.zarr", "a.nc", "a.csv")


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """Return a folder with the files that are served, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    for file in SERVED:
        WRITE[file](folder / file)
    return folder


@pytest.fixture
def web(place, template):
    shutil.copytree(template, place.folder, dirs_exist_ok=True)
    with DataServer(place.folder) as server:
        yield server


def slow(server):
    server.delay = 0.05


def fails_once(server):
    server.faults.append(Fault("status", "a[.]", status=503, times=1))


def cut_once(server):
    server.faults.append(Fault("cut", "(a.nc|sst/0.0.0)", times=1))


def no_head(server):
    server.head = False


def listing(server):
    server.listing = True


def forbidden(server):
    server.missing = 403


def touched(server):
    for file in SERVED:
        touch(server.folder / file)


def nothing(server):
    pass


WIRE = {
    "nothing": nothing,
    "slow": slow,
    "fails once": fails_once,
    "an answer cut short once": cut_once,
    "knows no HEAD any more": no_head,
    "lists its folders now": listing,
    "says 403 for what is not there": forbidden,
    "other ETags and dates": touched,
}


@pytest.mark.parametrize("file", ["a.zarr", "a.nc"])
@pytest.mark.parametrize("name", WIRE)
def test_no_alarm_over_the_wire(place, web, name, file):
    place.lock(place.way(file, web.url))
    WIRE[name](web)
    verdict = place.verify()
    assert verdict.ok, verdict.details
    assert not verdict.tried


def test_a_server_on_another_port_with_mirrors(place, web):
    with DataServer(place.folder) as other:
        for file in ("a.zarr", "a.nc"):
            place.mirrors = (f"{other.url}/none/{file}", f"{other.url}/{file}")
            place.lock(place.way(file, web.url))
            web.faults[:] = [Fault("reset")]
            verdict = place.verify()
            assert verdict.ok, verdict.details
            assert verdict.url == f"{other.url}/{file}"
            assert len(verdict.tried) == 2
            assert verdict.notes == (f"found at {other.url}/{file}, not where it was locked",)
            web.faults.clear()


def test_a_mirror_with_the_locked_bytes_stands_in_for_a_changed_source(place, web):
    shutil.copy(place / "a.nc", place / "kept.nc")
    place.mirrors = (f"{web.url}/kept.nc",)
    place.lock(place.way("a.nc", web.url))
    to_netcdf(sample(seed=9), place / "a.nc")
    verdict = place.verify()
    assert verdict.ok
    assert verdict.url == f"{web.url}/kept.nc"
    assert "other data" in verdict.tried[0][1]


def test_a_redirect_to_the_same_content(place, web):
    place.lock(place.way("a.nc", web.url))
    shutil.copy(place / "a.nc", place / "moved.nc")
    web.faults.append(Fault("redirect", "a.nc", location=f"{web.url}/moved.nc"))
    assert place.verify().ok


def test_a_server_that_has_lost_its_ranges(place, web):
    place.lock(place.way("a.nc", web.url))
    web.ranges = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DegradedWarning)
        assert place.verify().ok


def test_other_validators_of_a_sampled_file_are_noted(place, web, monkeypatch):
    monkeypatch.setattr(fingerprint_files, "WHOLE_BYTES", 50_000)
    table(40_000).to_csv(place / "a.csv", index=False)
    place.lock(place.way("a.csv", web.url))
    touch(place / "a.csv")
    verdict = place.verify()
    assert verdict.ok
    assert "the ETag is another, size and 8 sampled ranges are the same" in verdict.notes[0]


@pytest.fixture
def pointed(place):
    (place / "raw.bin").write_bytes(np.arange(40.0).tobytes())
    references(place / "a.json", "raw.bin", 40)
    place.lock(place.way("a.json"))
    return place


REFERENCES = {
    "order": lambda at: edit_json(at, backwards),
    "white space": lambda at: at.write_text(json.dumps(json.loads(at.read_text()), indent=4)),
    "without a version": lambda at: edit_json(at, lambda plain: plain["refs"]),
    "with a template": lambda at: at.write_text(
        json.dumps(
            {
                "version": 1,
                "templates": {"u": "raw.bin"},
                "refs": json.loads(at.read_text())["refs"],
            }
        ).replace('["raw.bin"', '["{{u}}"')
    ),
    "target touched": lambda at: touch(at.with_name("raw.bin")),
    "target copied": lambda at: copy_over(at.with_name("raw.bin")),
}


@pytest.mark.parametrize("name", REFERENCES)
def test_no_alarm_for_references(pointed, name):
    REFERENCES[name](pointed / "a.json")
    verdict = pointed.verify()
    assert verdict.ok, verdict.details


def test_references_that_lead_to_a_copy(pointed):
    shutil.copy(pointed / "raw.bin", pointed / "copy.bin")
    at = pointed / "a.json"
    at.write_text(at.read_text().replace("raw.bin", "copy.bin"))
    assert pointed.verify().ok


def test_objects_put_again(place):
    to_netcdf(sample(), place / "a.nc")
    to_zarr(sample(), place / "a.zarr")
    ways = []
    with object_server(place.folder) as endpoint:
        client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        for file in ("a.nc", "a.zarr"):
            options = {"anon": True, "endpoint_url": endpoint}
            ways.append(place.way(file, "s3://data", storage_options=options))
            place.lock(ways[-1])
            for path in sorted(place.folder.rglob("*")):
                key = path.relative_to(place.folder).as_posix()
                if path.is_file() and key.startswith(file):
                    body = path.read_bytes()
                    client.put_object(Bucket="data", Key=key, Body=body, ACL="public-read")
            assert place.verify().ok
        client.close()


def test_a_set_with_strangers_beside_it(place):
    for number in range(3):
        to_netcdf(
            sample().assign_coords(time=sample().time + np.timedelta64(6 * number, "D")),
            place / f"part-{number}.nc",
        )
    place.lock(place.way("part-*.nc", options={"concat_dim": "time"}))
    touch(place / "part-1.nc")
    copy_over(place / "part-2.nc")
    (place / "readme.txt").write_text("x")
    assert place.verify().ok


def test_from_another_folder_and_many_times_at_once(place, tmp_path, monkeypatch):
    to_zarr(sample(), place / "a.zarr")
    place.lock(place.way("a.zarr"))
    monkeypatch.chdir(tmp_path)
    found = []
    threads = [threading.Thread(target=lambda: found.append(place.verify().ok)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4


def test_another_environment_is_a_note(place):
    to_zarr(sample(), place / "a.zarr")
    place.lock(place.way("a.zarr"))
    lock = read_lock(place.lockfile)
    write_lock(place.lockfile, replace(lock, environment={**lock.environment, "zarr": "2.0"}))
    report = sk.verify(place.lockfile, hub=place.hub)
    assert report.ok
    assert report.notes[0].startswith("other library versions than when it was locked: zarr 2.0 →")


def test_a_lockfile_with_comments_and_other_order(place):
    to_zarr(sample(), place / "a.zarr")
    place.lock(place.way("a.zarr"))
    text = place.lockfile.read_text()
    place.lockfile.write_text(
        "# mine\n" + text.replace("\n[", "\n# here\n[").replace(" = ", "  =  ")
    )
    assert place.verify().ok


def test_a_false_alarm_would_be_seen(place):
    """The scenarios above could fail: the same steps with one byte changed do."""
    to_zarr(sample(), place / "a.zarr")
    place.lock(place.way("a.zarr"))
    copy_over(place / "a.zarr")
    flip(place / "a.zarr" / "sst" / "0.0.0")
    assert not place.verify().ok
