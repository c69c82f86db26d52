"""Decoding: times that no calendar has stay numbers, and what helps is named, not damage."""

import struct

import h5py
import numcodecs
import numpy as np
import pandas as pd
import pytest
import xarray as xr
import zarr.codecs
from servers.web import DataServer

from sciknow.errors import (
    DegradedWarning,
    IntegrityError,
    InvalidInput,
    MissingDependency,
    SourceUnavailable,
)
from sciknow.model import Distribution
from sciknow.readers import open_distribution, plan_distribution

FORMATS = ["a.nc", "a.nc3", "2.zarr", "3.zarr"]
UNDECODABLE = [
    ("months since 1979-01-01", "standard"),
    ("years since 1850-1-1", "standard"),
    ("months since 1960-01-01", "360"),
    ("month since 1979-01-15", "noleap"),
    ("weeks since 2000-01-01", "standard"),
    ("days since 0000-01-01", "standard"),
    ("days since 1850-01-01", "none"),
    ("days since 2000-13-45", "standard"),
    ("days since yesterday", "standard"),
]


def opened(path, **options):
    asked = {key: options.pop(key) for key in ("period", "bbox") if key in options}
    way = Distribution(id="x", access_url=path.name, options=options)
    return open_distribution(way, base=path.parent, **asked)


def kept(ds, path):
    if path.suffix == ".zarr":
        ds.to_zarr(path, zarr_format=int(path.stem), consolidated=path.stem == "2")
    else:
        ds.to_netcdf(path, engine="scipy" if path.suffix == ".nc3" else "h5netcdf")
    return path


def counted(units, calendar="standard"):
    said = {"units": units, "calendar": calendar}
    return xr.Dataset({"pr": ("time", [1.0, 2.0, 3.0])}, {"time": ("time", [0.0, 1.0, 2.0], said)})


@pytest.mark.parametrize(("units", "calendar"), UNDECODABLE)
def test_times_that_no_calendar_decodes_stay_numbers_with_a_word(tmp_path, units, calendar):
    path = kept(counted(units, calendar), tmp_path / "a.nc")
    with pytest.warns(DegradedWarning, match=f"{units}.*decode_times: false"):
        found = opened(path)
    assert found.time.values.tolist() == [0, 1, 2]
    assert found.time.attrs["units"] == units
    assert opened(path, decode_times=False).time.dtype == "f8"  # and without a word
    with pytest.raises(InvalidInput, match=f"'time' holds numbers, not dates .{units}"):
        opened(path, decode_times=False, period=("1979", "1980"))


@pytest.mark.parametrize("name", FORMATS)
def test_other_times_of_the_same_data_are_decoded(tmp_path, name):
    ds = counted("months since 1979-01-01")
    ds["run"] = ("time", pd.date_range("2000-01-01", periods=3))
    ds.run.attrs["standard_name"] = "forecast_reference_time"
    ds = ds.set_coords("run").assign(edges=(("time", "side"), np.zeros((3, 2))))
    ds.time.attrs["bounds"] = "edges"
    path = kept(ds, tmp_path / name)
    with pytest.warns(DegradedWarning, match="time, edges cannot be decoded"):
        found = opened(path)
    assert (found.time.dtype, found.edges.dtype, found.run.dtype.kind) == ("f8", "f8", "M")
    with pytest.warns(DegradedWarning), pytest.raises(InvalidInput, match="'time' holds numbers"):
        opened(path, period=("2000", None))  # never along the time of the run


def test_times_in_groups_stay_numbers_too(tmp_path):
    tree = xr.DataTree.from_dict({"/one": counted("months since 1979-01-01")})
    tree.to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    with pytest.warns(DegradedWarning, match="months since"):
        assert opened(tmp_path / "a.nc")["one/time"].dtype == "f8"


def test_what_cannot_be_decoded_names_the_option_that_helps(tmp_path):
    ds = xr.Dataset({"a": ("x", np.array([1, 2], "i2"), {"scale_factor": "one tenth"})})
    path = kept(ds, tmp_path / "a.nc")
    with pytest.raises(SourceUnavailable, match="option mask_and_scale: false") as caught:
        opened(path)
    assert "damaged" not in str(caught.value)
    assert opened(path, mask_and_scale=False).a.values.tolist() == [1, 2]


def test_a_codec_that_is_not_installed_is_no_damage(tmp_path):
    path = kept(xr.Dataset({"a": ("x", [1.0, 2.0])}), tmp_path / "2.zarr")
    for name in (".zmetadata", "a/.zarray"):
        text = (path / name).read_text()
        (path / name).write_text(text.replace('"blosc"', '"nosuch"'))
    with pytest.raises(MissingDependency, match=r"nosuch.*install the package"):
        opened(path)


def test_damage_is_called_damage(tmp_path):
    path = kept(xr.Dataset({"a": ("x", np.arange(500.0))}), tmp_path / "a.nc")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(SourceUnavailable, match=r"truncated file.*is damaged"):
        opened(path)


def test_hdf5_behind_a_block_of_the_user_is_read(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w", userblock_size=512) as file:
        file["a"] = [1.0, 2.0]
    assert opened(tmp_path / "a.h5").a.values.tolist() == [1, 2]


@pytest.mark.parametrize("records", [0, 2, 0xFFFFFFFF])
def test_a_classic_file_still_being_written_is_the_same_here_and_over_http(tmp_path, records):
    """All ones in the header say that the number of records follows from the size (CDF-1)."""
    path = tmp_path / "a.nc"
    made = xr.Dataset({"a": (("time", "x"), np.arange(10.0).reshape(5, 2))})
    made.to_netcdf(path, engine="scipy", format="NETCDF3_CLASSIC", unlimited_dims=["time"])
    data = path.read_bytes()
    path.write_bytes(data[:4] + struct.pack(">I", records) + data[8:])
    expected = 5 if records == 0xFFFFFFFF else records
    with DataServer(tmp_path) as web:
        for url in ("a.nc", f"{web.url}/a.nc"):
            way = Distribution(id="x", access_url=url)
            found = open_distribution(way, base=tmp_path)
            assert found.a.values.tolist() == made.a.values[:expected].tolist()
            assert plan_distribution(way, base=tmp_path).open().sizes == found.sizes


@pytest.mark.parametrize("name", ["a#b", "a?b", "of?x=1#y/a", "100%", "a%23b", "a[1] b"])
@pytest.mark.parametrize("suffix", [".nc", ".nc3", ".zarr", ".csv", ".csv.gz", ".jsonl"])
def test_local_paths_hold_any_character(tmp_path, name, suffix):
    path = tmp_path / f"{name}{suffix}"
    path.parent.mkdir(exist_ok=True)
    ds = xr.Dataset({"a": ("x", [1.0, 2.0])})
    if suffix.startswith(".csv"):
        ds.to_dataframe().to_csv(path)
    elif suffix == ".jsonl":
        ds.to_dataframe().to_json(path, orient="records", lines=True)
    elif suffix == ".zarr":
        ds.to_zarr(path, zarr_format=2)
    else:
        kept(ds, path)
    for url in (f"{name}{suffix}", f"file://{path}"):
        way = Distribution(id="x", access_url=url)
        found = open_distribution(way, base=tmp_path).a.compute()
        assert np.asarray(found).tolist() == [1, 2]


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("codec", ["zstd", "gzip", "none"])
@pytest.mark.parametrize("kind", ["cut", "flipped"])
def test_a_damaged_chunk_is_told_when_it_is_computed(tmp_path, version, codec, kind):
    packings = {
        (2, "zstd"): numcodecs.Zstd(),
        (2, "gzip"): numcodecs.GZip(),
        (3, "zstd"): zarr.codecs.ZstdCodec(),
        (3, "gzip"): zarr.codecs.GzipCodec(),
    }
    ds = xr.Dataset({"a": ("x", np.arange(1000.0))})
    chosen = {"a": {"compressors": packings.get((version, codec))}}
    path = tmp_path / f"{version}.zarr"
    ds.to_zarr(path, zarr_format=version, consolidated=version == 2, encoding=chosen)
    chunk = path / "a" / ("0" if version == 2 else "c/0")
    data = chunk.read_bytes()
    cut = kind == "cut" or codec == "none"  # plain bytes have no sum that a flip would break
    chunk.write_bytes(data[: len(data) // 2] if cut else data[:20] + b"\xff" * 20 + data[40:])
    found = opened(path)
    with pytest.raises(IntegrityError, match=r"a chunk of shape \(1000,\) cannot be unpacked"):
        found.compute()
