"""The formats over HTTP and S3: right values, and only the bytes that are needed."""

from __future__ import annotations

import json
import subprocess
import sys

import fsspec
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from kerchunk.hdf import SingleHdf5ToZarr
from servers.web import DataServer

from sciknow.catalogs.schema import notations
from sciknow.errors import DegradedWarning
from sciknow.model import Distribution
from sciknow.readers import open_distribution, registry
from sciknow.readers.formats.kerchunk.references import parse_reference

ARRAYS = ["v2.zarr", "v3.zarr", "sharded.zarr", "classic.nc", "offset64.nc", "four.nc"]


def write_parquet_references(references, folder, record_size):
    """Write a reference set as kerchunk keeps it in Parquet."""
    refs = {key: value for key, value in references["refs"].items()}
    metadata = {
        key: json.loads(value) if isinstance(value, str) else value
        for key, value in refs.items()
        if key.rpartition("/")[2].startswith(".z")
    }
    folder.mkdir()
    document = {"metadata": metadata, "record_size": record_size}
    (folder / ".zmetadata").write_text(json.dumps(document))
    for name in {key.split("/")[0] for key in refs if "/" in key}:
        array = metadata[f"{name}/.zarray"]
        grid = [-(-n // c) for n, c in zip(array["shape"], array["chunks"], strict=True)]
        rows = [refs.get(f"{name}/{'.'.join(map(str, at))}") for at in np.ndindex(*grid)]
        (folder / name).mkdir()
        for part in range(-(-len(rows) // record_size)):
            block = rows[part * record_size : (part + 1) * record_size]
            raw = [
                parse_reference("", row, {}, str) if isinstance(row, str) else None for row in block
            ]
            lists = [row if isinstance(row, list) else [None, 0, 0] for row in block]
            frame = pd.DataFrame(lists, columns=["path", "offset", "size"]).assign(raw=raw)
            frame.to_parquet(folder / name / f"refs.{part}.parq")


def opened(url, base, **fields):
    return open_distribution(
        Distribution(id="x", access_url=url, **fields), base=base, attrs={"license": "CC0-1.0"}
    )


def references_to(path, url):
    with path.open("rb") as file:
        return SingleHdf5ToZarr(file, url=url).translate()


@pytest.mark.parametrize("name", ARRAYS)
def test_http_values(name, web, folder, sample):
    xr.testing.assert_equal(opened(f"{web.url}/{name}", folder).compute(), sample)


@pytest.mark.parametrize("name", ARRAYS)
def test_opening_moves_metadata_only(name, web, folder):
    opened(f"{web.url}/{name}", folder)
    assert 0 < web.sent < 120_000  # the data are 2.6 MB
    assert not any("/sst/" in path and path[-1].isdigit() for path in web.paths())


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("v2.zarr", 310_000),  # two chunks of 4 x 10 x 45 x 90 bytes before compression
        ("v3.zarr", 310_000),
        ("sharded.zarr", 170_000),  # four inner chunks and the index
        ("classic.nc", 66_000),  # one record
        ("offset64.nc", 66_000),
        ("four.nc", 330_000),
    ],
)
def test_a_slice_costs_its_chunks(name, most, web, folder, sample):
    ds = opened(f"{web.url}/{name}", folder)
    web.reset()
    part = ds["sst"].isel(time=3, lat=slice(0, 45))
    np.testing.assert_array_equal(part.values, sample["sst"].isel(time=3, lat=slice(0, 45)).values)
    assert 0 < web.sent < most


@pytest.mark.parametrize("name", ["v2.zarr", "v3.zarr", "four.nc"])
def test_dask_chunks_are_the_stores(name, web, folder):
    assert opened(f"{web.url}/{name}", folder)["sst"].data.chunksize == (10, 45, 90)


def test_unconsolidated_needs_a_listing(folder, sample):
    with DataServer(folder, listing=True) as web:
        for name in ("v2-loose.zarr", "v3-loose.zarr"):
            xr.testing.assert_equal(opened(f"{web.url}/{name}", folder).compute(), sample)


def test_group_of_a_consolidated_store(tmp_path, sample):
    sample.to_zarr(tmp_path / "g.zarr", group="north/sea", zarr_format=2, consolidated=True)
    with DataServer(tmp_path) as web:
        ds = opened(f"{web.url}/g.zarr", tmp_path, options={"group": "north/sea"})
        xr.testing.assert_equal(ds.compute(), sample)


def test_store_that_says_forbidden_for_what_is_absent(folder, sample):
    with DataServer(folder, missing=403) as web:
        xr.testing.assert_equal(opened(f"{web.url}/v2.zarr", folder).compute(), sample)


def test_missing_chunk_is_fill(tmp_path):
    ds = xr.Dataset({"a": ("x", np.arange(20.0))})
    ds.to_zarr(tmp_path / "a.zarr", zarr_format=2, encoding={"a": {"chunks": (10,)}})
    (tmp_path / "a.zarr" / "a" / "1").unlink()
    with DataServer(tmp_path) as web:
        found = opened(f"{web.url}/a.zarr", tmp_path)["a"].values
    assert np.isnan(found[10:]).all()
    np.testing.assert_array_equal(found[:10], np.arange(10.0))


def test_tables_over_http(web, folder, table):
    parquet = opened(f"{web.url}/table.parquet", folder)
    csv = opened(f"{web.url}/table.csv", folder, options={"parse_dates": ["time"]})
    for frame in (parquet, csv):
        pd.testing.assert_frame_equal(frame.compute(), table, check_dtype=False)
        assert frame.attrs["license"] == "CC0-1.0"


def test_parquet_columns_are_the_only_ones_read(tmp_path):
    frame = pd.DataFrame({f"c{n}": np.random.default_rng(n).normal(size=50_000) for n in range(8)})
    frame.to_parquet(tmp_path / "wide.parquet")
    with DataServer(tmp_path) as web:
        opened(f"{web.url}/wide.parquet", tmp_path)
        assert web.sent < 150_000
        web.reset()
        one = opened(f"{web.url}/wide.parquet", tmp_path, options={"columns": ["c3"]})
        np.testing.assert_array_equal(one["c3"].compute().to_numpy(), frame["c3"].to_numpy())
        assert web.sent < (tmp_path / "wide.parquet").stat().st_size / 4


@pytest.mark.parametrize("name", ["v2.zarr", "v3.zarr", "four.nc", "classic.nc"])
def test_s3_values_without_credentials(name, s3, folder, sample, monkeypatch):
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    ds = opened(f"s3://data/{name}", folder, storage_options={"endpoint_url": s3, "anon": True})
    xr.testing.assert_equal(ds.compute(), sample)


def test_s3_unconsolidated_and_tables(s3, folder, sample, table):
    options = {"endpoint_url": s3}
    ds = opened("s3://data/v3-loose.zarr", folder, storage_options=options)
    xr.testing.assert_equal(ds.compute(), sample)
    frame = opened("s3://data/table.parquet", folder, storage_options=options)
    pd.testing.assert_frame_equal(frame.compute(), table, check_dtype=False)


def test_kerchunk_json_over_http(web, folder, sample, tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKNOW_PRIVATE", "127.0.0.1")
    url = f"{web.url}/four.nc"
    references = references_to(folder / "four.nc", url)
    (tmp_path / "set.json").write_text(json.dumps(references))
    with DataServer(tmp_path) as documents:
        ds = opened(f"{documents.url}/set.json", folder)
        assert web.sent < 20_000
        web.reset()
        ds["sst"].isel(time=3, lat=0, lon=0).load()
        assert web.sent < 160_000
        xr.testing.assert_equal(ds.compute(), sample)


def test_kerchunk_parquet_over_http(web, folder, sample, tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKNOW_PRIVATE", "127.0.0.1")
    references = references_to(folder / "four.nc", f"{web.url}/four.nc")
    write_parquet_references(references, tmp_path / "set.parq", 10)
    with DataServer(tmp_path) as documents:
        ds = opened(f"{documents.url}/set.parq", folder, reader="kerchunk")
        xr.testing.assert_equal(ds.compute(), sample)


def test_kerchunk_as_a_catalogue_writes_it(folder, sample, s3):
    references = references_to(folder / "four.nc", "s3://data/four.nc")
    (folder / "written.json").write_text(json.dumps(references))
    ds = opened(
        "reference://",
        folder,
        reader="kerchunk",
        storage_options={
            "fo": "{CATALOG_DIR}/written.json",
            "remote_protocol": "s3",
            "remote_options": {"anon": True, "client_kwargs": {"endpoint_url": s3}},
        },
    )
    xr.testing.assert_equal(ds.compute(), sample)


def test_server_without_ranges_is_said(folder, sample):
    with DataServer(folder, ranges=False) as web:
        with pytest.warns(DegradedWarning, match="no byte"):
            ds = opened(f"{web.url}/four.nc", folder)
        xr.testing.assert_equal(ds.compute(), sample)
        assert len([hit for hit in web.hits if hit.method == "GET"]) == 1


def test_server_without_head(folder, table):
    with DataServer(folder, head=False) as web:
        frame = opened(f"{web.url}/table.csv", folder, options={"parse_dates": ["time"]})
        pd.testing.assert_frame_equal(frame.compute(), table, check_dtype=False)


def test_same_as_plain_xarray(web, folder):
    plain = xr.open_zarr(fsspec.get_mapper(f"{web.url}/v2.zarr"), consolidated=True)
    ours = opened(f"{web.url}/v2.zarr", folder)
    xr.testing.assert_equal(ours.compute(), plain.compute())
    assert ours["sst"].attrs == plain["sst"].attrs
    assert ours["sst"].chunks == plain["sst"].chunks


def test_kerchunk_templates_of_the_catalogue(folder, sample, tmp_path):
    references = references_to(folder / "four.nc", "{{u}}/four.nc")
    references["templates"] = {"u": "https://moved.invalid"}
    (folder / "templates.json").write_text(json.dumps(references))
    with DataServer(folder) as web:
        for place in (web.url, ""):
            options = {"remote_protocol": "http", "template_overrides": {"u": place or "."}}
            if not place:
                options["remote_protocol"] = "file"
            ds = opened("templates.json", folder, reader="kerchunk", storage_options=options)
            xr.testing.assert_equal(ds.compute(), sample)


def test_every_option_that_a_catalogue_may_name_is_taken():
    for form in (one for some in notations().values() for one in some):
        ours = set(form.options) - {*form.intake.plain, "combine"}  # these are for plain Intake
        name = form.format.name
        assert ours <= set(registry.get(name).format.options), name


def test_a_file_that_is_still_open_at_the_end_ends_no_process_badly(web):
    """HDF5 closes what is left over when there is no interpreter any more to call."""
    code = (
        "import ctypes, sys\n"
        "from sciknow.model import Distribution\n"
        "from sciknow.readers import open_distribution\n"
        "way = Distribution(id='x', access_url=sys.argv[1], reader='netcdf')\n"
        "kept = open_distribution(way, base='.')\n"
        "ctypes.pythonapi.Py_IncRef(ctypes.py_object(kept))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, f"{web.url}/four.nc"], capture_output=True, text=True
    )
    assert (ran.returncode, ran.stderr) == (0, "")
