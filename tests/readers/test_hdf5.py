"""Bytes that are damaged, cut short or packed unknown are told when values are computed."""

import os

import dask
import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from servers.web import DataServer

from sciknow.errors import IntegrityError, MissingDependency, SourceUnavailable
from sciknow.model import Distribution
from sciknow.readers import open_distribution

VALUES = np.random.default_rng(3).integers(0, 50, 4000).astype("f8")
WAYS = {"a.nc": "netcdf", "tree.nc": "netcdf", "a.parquet": "parquet"}


def opened(folder, name, base="", **options):
    way = Distribution(id="a", access_url=base + name, reader=WAYS[name], options=options)
    return open_distribution(way, base=folder)


def written(folder, name):
    """Write values in packed chunks, and return where the middle of one lies."""
    path = folder / name
    if name == "a.parquet":
        pd.DataFrame({"a": VALUES}).to_parquet(path, compression="zstd", row_group_size=1000)
        return 600
    group = "/deep/er" if name == "tree.nc" else None
    ds = xr.Dataset({"a": ("x", VALUES)})
    packed = {"a": {"zlib": True, "chunksizes": (1000,)}}
    ds.to_netcdf(path, engine="h5netcdf", encoding=packed, group=group)
    with h5py.File(path) as file:
        chunk = file[f"{group or ''}/a"].id.get_chunk_info(1)
    return chunk.byte_offset + chunk.size // 2


def sum_of(found):
    found = found["/deep/er"] if isinstance(found, xr.DataTree) else found
    return float(found["a"].sum().compute())


@pytest.mark.parametrize("served", [True, False], ids=["web", "local"])
@pytest.mark.parametrize("name", WAYS)
def test_a_chunk_that_does_not_unpack_is_damaged(tmp_path, name, served):
    at = written(tmp_path, name)
    path = tmp_path / name
    with DataServer(tmp_path) as web:
        base = f"{web.url.rstrip('/')}/" if served else ""
        assert sum_of(opened(tmp_path, name, base)) == VALUES.sum()
        whole = bytearray(path.read_bytes())
        whole[at : at + 60] = bytes(60)
        path.unlink()  # what is kept open of it stays whole
        path.write_bytes(whole)
        found = opened(tmp_path, name, base)
        with pytest.raises(IntegrityError, match=f"{name}.*cannot be read.*get it again"):
            sum_of(found)


@pytest.mark.parametrize("kind", ["h5netcdf", "scipy"])
def test_a_file_that_is_cut_after_it_was_opened_holds_no_zeros(tmp_path, kind):
    path = tmp_path / "a.nc"
    xr.Dataset({"a": ("x", VALUES)}).to_netcdf(path, engine=kind)
    found = opened(tmp_path, "a.nc")
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(IntegrityError, match="bytes and had"):
        found.a.sum().compute()


def test_a_file_that_is_gone_is_not_called_damaged(tmp_path):
    written(tmp_path, "a.parquet")
    found = opened(tmp_path, "a.parquet")
    (tmp_path / "a.parquet").unlink()
    with pytest.raises(SourceUnavailable, match="still there"):
        sum_of(found)


def test_a_filter_that_is_not_installed_is_not_called_damage(tmp_path):
    with h5py.File(tmp_path / "a.nc", "w") as file:
        made = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        made.set_chunk((100,))
        made.set_filter(32099, h5py.h5z.FLAG_OPTIONAL)
        space = h5py.h5s.create_simple((100,))
        held = h5py.h5d.create(file.id, b"a", h5py.h5t.NATIVE_DOUBLE, space, made)
        held.write_direct_chunk((0,), bytes(800), filter_mask=0)
    with pytest.raises(MissingDependency, match="hdf5plugin"):
        opened(tmp_path, "a.nc").a.compute()


def test_groups_come_as_xarray_opens_them_and_travel(tmp_path):
    written(tmp_path, "tree.nc")
    with h5py.File(tmp_path / "tree.nc", "a") as file:
        file["deep"].attrs["said"] = "something"
        file["deep"].create_group("empty").attrs["also"] = 1
    found = opened(tmp_path, "tree.nc")
    right = xr.open_datatree(tmp_path / "tree.nc", engine="h5netcdf")
    xr.testing.assert_equal(found.compute(), right)
    assert {node.path: node.attrs for node in found.descendants} == {
        node.path: node.attrs for node in right.descendants
    }
    with dask.config.set(scheduler="processes"):
        assert sum_of(found) == VALUES.sum()


INDEXES = {
    "named": pd.RangeIndex(5, name="n"),
    "steps": pd.RangeIndex(2, 12, 2, name="n"),
    "plain": pd.RangeIndex(3, 8),
    "stored": pd.Index([5, 4, 3, 2, 1], name="n"),
}


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # dask's, of the next pandas
@pytest.mark.parametrize("kind", INDEXES)
@pytest.mark.parametrize("options", [{}, {"columns": ["a"]}, {"index": "b"}])
def test_an_index_that_pandas_only_counts_keeps_its_name(tmp_path, kind, options):
    table = pd.DataFrame({"a": range(5), "b": [0.5, 1, 2, 3, 4]}, index=INDEXES[kind])
    table.to_parquet(tmp_path / "a.parquet")
    found = opened(tmp_path, "a.parquet", **options)
    right = pd.read_parquet(tmp_path / "a.parquet")[options.get("columns", ["a", "b"])]
    right = right.set_index("b") if "index" in options else right
    made = found.compute()
    assert [*made.columns] == [*right.columns]
    assert made.to_dict("list") == right.to_dict("list")
    assert made.index.tolist() == right.index.tolist()
    assert found.index.name == made.index.name == right.index.name
