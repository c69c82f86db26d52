"""What goes wrong at a source ends in an error of ours, in time, that says what was tried."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import xarray as xr
from servers.web import DataServer, Fault, free_port

from sciknow.errors import (
    IntegrityError,
    InvalidInput,
    NotFound,
    SciknowError,
    SourceUnavailable,
    UntrustedInput,
)
from sciknow.model import Distribution
from sciknow.readers import open_distribution

EVERY = ["v2.zarr", "v3.zarr", "four.nc", "classic.nc", "table.csv", "table.parquet", "set.json"]


def opened(url, base, deadline=20.0, **fields):
    return open_distribution(
        Distribution(id="x", access_url=url, **fields), base=base, deadline=deadline
    )


def caught_from(url, base, **fields):
    with pytest.raises(SciknowError) as caught:
        opened(url, base, **fields)
    error = caught.value
    assert isinstance(error, (SourceUnavailable, IntegrityError))
    assert error.hint
    return error


@pytest.mark.parametrize("name", EVERY)
def test_not_found(name, web, folder):
    error = caught_from(f"{web.url}/gone/{name}", folder)
    assert f"{web.url}/gone/{name}" in str(error)


@pytest.mark.parametrize("name", EVERY)
def test_connection_refused(name, folder):
    url = f"http://127.0.0.1:{free_port()}/{name}"
    error = caught_from(url, folder)
    assert "no connection" in str(error)
    assert "tried" in str(error)
    assert url in str(error)


@pytest.mark.parametrize("name", ["v2.zarr", "four.nc"])
def test_no_such_host(name, folder):
    error = caught_from(f"http://no-such-host.invalid/{name}", folder, deadline=5.0)
    assert "no-such-host.invalid" in str(error)


@pytest.mark.parametrize("kind", ["stall", "drip"])
@pytest.mark.parametrize("name", EVERY)
def test_server_that_never_answers_ends_at_the_deadline(name, kind, web, folder):
    web.faults.append(Fault(kind))
    error = caught_from(f"{web.url}/{name}", folder, deadline=0.6)
    assert "within 0.6 s" in str(error)
    assert "deadline" in error.hint


@pytest.mark.parametrize("name", EVERY)
def test_web_page_instead_of_data(name, web, folder):
    web.faults.append(Fault("page"))
    error = caught_from(f"{web.url}/{name}", folder)
    assert "web page instead of data" in str(error)


@pytest.mark.parametrize("kind", ["garbage", "reset"])
@pytest.mark.parametrize("name", EVERY)
def test_no_http_at_all(name, kind, web, folder):
    web.faults.append(Fault(kind))
    caught_from(f"{web.url}/{name}", folder)


@pytest.mark.parametrize("status", [400, 401, 403, 451, 500, 503])
@pytest.mark.parametrize("name", ["v2.zarr", "four.nc", "table.csv"])
def test_status_is_named(name, status, web, folder):
    web.faults.append(Fault("status", status=status))
    error = caught_from(f"{web.url}/{name}", folder, deadline=10.0)
    assert str(status) in str(error)


@pytest.mark.parametrize("kind", ["reset", "cut", "status"])
@pytest.mark.parametrize("name", ["v3.zarr", "four.nc", "classic.nc", "table.parquet"])
def test_passing_trouble_is_ridden_out(name, kind, web, folder):
    web.faults.append(Fault(kind, times=2))
    result = opened(f"{web.url}/{name}", folder)
    assert result.attrs["sciknow_access_url"] == f"{web.url}/{name}"


def test_server_that_asks_to_wait_is_obeyed(web, folder):
    web.faults.append(Fault("status", status=429, times=1, headers={"Retry-After": "1"}))
    assert "sst" in opened(f"{web.url}/four.nc", folder)


@pytest.mark.parametrize("name", ["v2.zarr", "v3.zarr", "sharded.zarr", "four.nc", "classic.nc"])
def test_truncated_chunk_is_noticed(name, web, folder):
    ds = opened(f"{web.url}/{name}", folder)
    web.faults.append(Fault("cut"))
    with pytest.raises(IntegrityError, match="cut short"):
        ds["sst"].load()


@pytest.mark.parametrize("name", ["v2.zarr", "four.nc", "classic.nc"])
def test_read_from_a_server_that_stops_answering(name, web, folder):
    ds = opened(f"{web.url}/{name}", folder, deadline=0.8)
    web.faults.append(Fault("stall"))
    with pytest.raises(SourceUnavailable, match=r"within 0\.8 s"):
        ds["sst"].load()


@pytest.mark.parametrize("name", ["v2.zarr", "four.nc"])
def test_denied_chunk_is_no_fill_value(name, web, folder):
    ds = opened(f"{web.url}/{name}", folder)
    web.faults.append(Fault("status", status=403))
    with pytest.raises(SourceUnavailable, match="403"):
        ds["sst"].load()


def test_file_that_changes_between_reads(folder, tmp_path):
    shutil.copy(folder / "offset64.nc", tmp_path / "a.nc")
    with DataServer(tmp_path) as web:
        ds = opened(f"{web.url}/a.nc", tmp_path)
        shutil.copy(folder / "classic.nc", tmp_path / "a.nc")
        with pytest.raises(IntegrityError, match="changed"):
            ds["sst"].load()


@pytest.mark.parametrize("name", ["classic.nc", "offset64.nc", "four.nc", "table.parquet"])
def test_file_cut_short_on_disk(name, folder, tmp_path):
    data = (folder / name).read_bytes()
    (tmp_path / name).write_bytes(data[: len(data) * 2 // 3])
    with DataServer(tmp_path) as web:
        caught_from(f"{web.url}/{name}", tmp_path)


@pytest.mark.parametrize("name", ["a.zarr", "a.nc", "a.csv", "a.parquet", "a.json"])
def test_empty_file(name, tmp_path):
    (tmp_path / name).write_bytes(b"")
    with DataServer(tmp_path) as web:
        caught_from(f"{web.url}/{name}", tmp_path)
        caught_from(name, tmp_path)


def test_folder_that_is_no_zarr(tmp_path):
    (tmp_path / "a.zarr").mkdir()
    (tmp_path / "a.zarr" / "readme.txt").write_text("hello")
    with DataServer(tmp_path, listing=True) as web:
        assert "not a Zarr store" in str(caught_from(f"{web.url}/a.zarr", tmp_path))
    assert "not a Zarr store" in str(caught_from("a.zarr", tmp_path))


def test_single_array_is_said(tmp_path):
    xr.Dataset({"a": ("x", np.arange(3.0))}).to_zarr(tmp_path / "a.zarr", zarr_format=2)
    error = caught_from("a.zarr/a", tmp_path, reader="zarr")
    assert "single Zarr array" in str(error)


def test_unlisted_unconsolidated_store_is_said(web, folder):
    error = caught_from(f"{web.url}/v2-loose.zarr", folder)
    assert "no consolidated metadata" in str(error)


def test_s3_bucket_and_key_that_are_not_there(s3, folder):
    options = {"endpoint_url": s3}
    for url in ("s3://no-such-bucket/a.zarr", "s3://data/gone.nc", "s3://data/gone.parquet"):
        assert url in str(caught_from(url, folder, storage_options=options))


def test_s3_endpoint_that_refuses(folder):
    options = {"endpoint_url": f"http://127.0.0.1:{free_port()}"}
    caught_from("s3://data/v2.zarr", folder, storage_options=options, deadline=4.0)


def test_s3_endpoint_that_stalls(web, folder):
    web.faults.append(Fault("stall"))
    error = caught_from(
        "s3://data/v2.zarr", folder, storage_options={"endpoint_url": web.url}, deadline=0.8
    )
    assert "0.8 s" in str(error)


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://127.0.0.1/a", "http://user:pass@127.0.0.1/a", "gopher://a/b"],
)
def test_redirect_to_what_is_not_allowed(location, web, folder):
    web.faults.append(Fault("redirect", location=location))
    with pytest.raises(UntrustedInput):
        opened(f"{web.url}/four.nc", folder)


def test_redirects_are_followed_and_counted(web, folder, sample):
    web.faults.append(Fault("redirect", match="^/moved", location=f"{web.url}/four.nc"))
    assert opened(f"{web.url}/moved.nc", folder).sizes == sample.sizes
    web.faults.append(Fault("redirect", match="^/ring", location=f"{web.url}/ring.nc"))
    assert "redirects" in str(caught_from(f"{web.url}/ring.nc", folder))


@pytest.mark.parametrize(
    "url", ["../outside.nc", "/etc/hostname", "file:///etc/hostname", "a/../../b.nc"]
)
def test_local_path_outside_the_folder(url, folder):
    with pytest.raises(UntrustedInput, match="outside"):
        opened(url, folder, reader="netcdf")


def test_link_that_leads_outside_the_folder(tmp_path, folder):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "link.nc").symlink_to(folder / "four.nc")
    with pytest.raises(UntrustedInput, match="outside"):
        opened("link.nc", tmp_path / "base")


@pytest.mark.parametrize(
    "refs",
    [
        {"a/0": ["file:///etc/passwd"]},
        {"a/0": ["/etc/passwd", 0, 10]},
        {"a/0": ["{{ lambda: 1 }}", 0, 10]},
        {"a/0": ["http://user:secret@host/x", 0, 10]},
        {"a/0": ["http://host/x", -5, 10]},
        {"a/0": 17},
    ],
)
def test_hostile_references(refs, tmp_path):
    document = {"version": 1, "refs": {".zgroup": '{"zarr_format": 2}', **refs}}
    (tmp_path / "set.json").write_text(json.dumps(document))
    with DataServer(tmp_path) as web, pytest.raises((UntrustedInput, IntegrityError)):
        opened(f"{web.url}/set.json", tmp_path)


def test_references_with_expressions(tmp_path):
    document = {"version": 1, "gen": [{"key": "a"}], "refs": {".zgroup": '{"zarr_format": 2}'}}
    (tmp_path / "set.json").write_text(json.dumps(document))
    with pytest.raises(UntrustedInput, match="evaluated"):
        opened("set.json", tmp_path)


def test_local_references_stay_in_the_folder(tmp_path):
    array = {"shape": [4], "chunks": [4], "dtype": "|u1", "fill_value": 0, "order": "C"}
    array |= {"compressor": None, "filters": None, "zarr_format": 2}
    refs = {
        ".zgroup": '{"zarr_format": 2}',
        "a/.zarray": json.dumps(array),
        "a/.zattrs": '{"_ARRAY_DIMENSIONS": ["x"]}',
        "a/0": ["/etc/passwd", 0, 4],
    }
    (tmp_path / "set.json").write_text(json.dumps({"version": 1, "refs": refs}))
    with pytest.raises(UntrustedInput):
        opened("set.json", tmp_path)["a"].load()


@pytest.mark.parametrize(
    "options",
    [
        {"key": "AKIA", "secret": "s"},
        {"client_kwargs": {"aws_secret_access_key": "s"}},
        {"remote_options": {"token": "t"}},
        {"headers": {"Authorization": "x"}},
    ],
)
def test_credentials_in_a_catalogue_are_refused(options, folder):
    with pytest.raises(UntrustedInput, match="credential"):
        opened("s3://data/v2.zarr", folder, storage_options=options)


def test_unknown_storage_option(folder):
    with pytest.raises(InvalidInput, match="hook"):
        opened("s3://data/v2.zarr", folder, storage_options={"hook": "x"})


def test_no_reader_says_what_would_have_matched(folder):
    with pytest.raises(NotFound, match=r"installed are csv, .*kerchunk, netcdf") as caught:
        opened("a.docx", folder)
    assert "install one that registers itself" in str(caught.value)


def test_offline_is_said(web, folder, monkeypatch):
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    error = caught_from(f"{web.url}/v2.zarr", folder)
    assert "offline" in str(error)
    assert web.hits == []


@pytest.mark.parametrize("deadline", [0, -1, float("inf"), "soon"])
def test_deadline_must_be_a_time(deadline, folder):
    with pytest.raises(InvalidInput, match="deadline"):
        opened("v2.zarr", folder, deadline=deadline)
