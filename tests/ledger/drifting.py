"""Data that change: written, locked, changed and verified, locally and over the wire."""

import json
import shutil
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr

import sciknow as sk
from sciknow.clock import now
from sciknow.ledger import Locked, make_lock, write_lock
from sciknow.model import Distribution
from sciknow.readers import take_fingerprint


def sample(steps=6, seed=7):
    """A small dataset: two variables, three coordinates."""
    random = np.random.default_rng(seed)
    return xr.Dataset(
        {
            "sst": (
                ("time", "lat", "lon"),
                random.normal(290, 8, (steps, 4, 8)).astype("f4"),
                {"units": "K", "standard_name": "sea_surface_temperature", "valid_min": 270.0},
            ),
            "count": (("time",), np.arange(steps, dtype="i4"), {"units": "1"}),
        },
        coords={
            "time": pd.date_range("2000-01-01", periods=steps),
            "lat": np.linspace(-60, 60, 4),
            "lon": np.arange(0, 360, 45.0),
        },
        attrs={"title": "a sample", "source": "made for the tests"},
    )


def table(rows=40):
    return pd.DataFrame(
        {
            "time": pd.date_range("2000-01-01", periods=rows),
            "value": np.arange(rows, dtype="f8"),
            "name": [f"n{number}" for number in range(rows)],
        }
    )


def to_zarr(ds, path, version=2, consolidated=True, **options):
    options.setdefault("encoding", {"sst": {"chunks": (2, 4, 4)}})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zarr says that consolidated v3 is no standard yet
        ds.to_zarr(path, mode="w", zarr_format=version, consolidated=consolidated, **options)


def to_netcdf(ds, path, **options):
    options = {"engine": "h5netcdf", "encoding": {"time": ENCODED_TIME}} | options
    ds.to_netcdf(path, **options)


ENCODED_TIME = {"units": "days since 2000-01-01", "dtype": "f8"}


def references(path, target, size):
    """Write kerchunk references to one uncompressed array in a file of raw bytes."""
    refs = {
        ".zgroup": json.dumps({"zarr_format": 2}),
        ".zattrs": json.dumps({"title": "by reference"}),
        "x/.zarray": json.dumps(
            {
                "zarr_format": 2,
                "shape": [size],
                "chunks": [size // 2],
                "dtype": "<f8",
                "compressor": None,
                "filters": None,
                "fill_value": None,
                "order": "C",
            }
        ),
        "x/.zattrs": json.dumps({"_ARRAY_DIMENSIONS": ["n"], "units": "m"}),
        "x/0": [target, 0, size // 2 * 8],
        "x/1": [target, size // 2 * 8, size // 2 * 8],
    }
    path.write_text(json.dumps({"version": 1, "refs": refs}))
    return refs


def edit_json(path, change):
    """Rewrite a JSON document."""
    plain = json.loads(path.read_text())
    path.write_text(json.dumps(change(plain) or plain))


def backwards(value):
    """Return a JSON value with every object's keys the other way round."""
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return [backwards(item) for item in value] if isinstance(value, list) else value


def flip(path, at=-1):
    """Change one byte of a file."""
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(bytes(data))


READERS = {
    ".zarr": "zarr",
    ".nc": "netcdf",
    ".csv": "csv",
    ".parquet": "parquet",
    ".json": "kerchunk",
}


class Place:
    """A folder beside a hub's catalogue, or a server over it, in which data are pinned."""

    def __init__(self, hub, name):
        self.hub, self.name = hub, f"data/{name}"
        self.folder = hub.base / "data" / name
        self.folder.mkdir(parents=True)
        self.lockfile = self.folder / "the.lock"
        self.mirrors = ()

    def __truediv__(self, name):
        return self.folder / name

    def way(self, name, server="", reader="", **fields):
        ending = name[name.rindex(".") :]
        url = f"{server}/{name}" if server else f"{self.name}/{name}"
        return Distribution(id="way", access_url=url, reader=reader or READERS[ending], **fields)

    def lock(self, way, **fields):
        print_ = take_fingerprint(way, base=self.hub.base, selection=fields.get("selection"))
        item = Locked(
            id="moving",
            distribution=way.id,
            url=way.access_url,
            reader=way.reader,
            options=way.options,
            storage_options=way.storage_options,
            locked=now(),
            fingerprint=print_,
            mirrors=self.mirrors,
        )
        write_lock(self.lockfile, make_lock([replace(item, **fields)]))
        return item

    def verify(self):
        report = sk.verify(self.lockfile, hub=self.hub)
        assert len(report) == 1
        return report[0]


def copy_over(path):
    """Put a copy in the place of a file or folder."""
    other = path.with_name(path.name + ".copy")
    shutil.copytree(path, other) if path.is_dir() else shutil.copy(path, other)
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    other.rename(path)
