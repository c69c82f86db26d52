"""Chunks that do not unpack are told as damaged when they are computed, whatever breaks."""

import os

import numpy as np
import pytest
import xarray as xr
import zarr

import sciknow
from sciknow.model import Distribution
from sciknow.readers import open_distribution


def damages(whole):
    return {
        "empty": b"",
        "half": whole[: len(whole) // 2],
        "noise": bytes(reversed(whole)),
        "zero": bytes(len(whole)),
        "head": whole[:16],
        "one": b"\0",
        "random": os.urandom(len(whole)),
    }


@pytest.mark.parametrize(
    ("version", "options"),
    [
        (2, {}),
        (2, {"compressors": None}),
        (3, {}),
        (3, {"compressors": (zarr.codecs.GzipCodec(),)}),
        (3, {"compressors": (zarr.codecs.BloscCodec(),)}),
        (3, {"compressors": (zarr.codecs.ZstdCodec(checksum=True), zarr.codecs.Crc32cCodec())}),
        (3, {"shards": (200,), "chunks": (50,)}),
    ],
)
def test_a_chunk_that_does_not_unpack_is_damaged(tmp_path, version, options):
    values = np.random.default_rng(3).integers(0, 50, 1000).astype("f8")
    ds = xr.Dataset({"a": ("x", values)}).chunk(x=200)
    store = tmp_path / "a.zarr"
    ds.to_zarr(store, zarr_format=version, encoding={"a": options}, consolidated=False)
    way = Distribution(id="a", access_url="a.zarr", reader="zarr")
    right = float(open_distribution(way, base=tmp_path).a.sum().compute())
    assert right == values.sum()
    chunk = next(
        path
        for path in sorted((store / "a").rglob("*"), reverse=True)
        if path.is_file() and not path.name.startswith((".z", "zarr."))
    )
    whole, refused = chunk.read_bytes(), 0
    for name, torn in damages(whole).items():
        chunk.write_bytes(torn)
        opened = open_distribution(way, base=tmp_path)
        try:
            found = float(opened.a.sum().compute())
        except sciknow.SciknowError as error:
            refused += "damaged" in str(error)
        else:  # bytes that are as good as any other: a chunk has no digest without a codec for it
            assert found != right, name
    assert refused >= 3
