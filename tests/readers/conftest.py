"""The same small dataset in every format, made once, and the servers that carry it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from servers.objects import object_server
from servers.web import DataServer

from sciknow.wire import retry

CHUNKS = (10, 45, 90)


@pytest.fixture(scope="session")
def sample() -> xr.Dataset:
    random = np.random.default_rng(7)
    return xr.Dataset(
        {
            "sst": (
                ("time", "lat", "lon"),
                random.normal(290, 8, (40, 90, 180)).astype("f4"),
                {"units": "K", "standard_name": "sea_surface_temperature"},
            ),
            "index": (("time",), random.normal(size=40)),
        },
        coords={
            "time": pd.date_range("2000-01-01", periods=40),
            "lat": np.linspace(-89, 89, 90),
            "lon": np.arange(0, 360, 2.0),
        },
        attrs={"title": "as the store says", "Conventions": "CF-1.8"},
    )


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "time": pd.date_range("2000-01-01", periods=300),
            "value": np.arange(300.0),
            "count": pd.array([*range(299), None], dtype="Int64"),
            "name": ["海"] * 299 + [None],
        }
    )


@pytest.fixture(scope="session")
def folder(
    tmp_path_factory: pytest.TempPathFactory, sample: xr.Dataset, table: pd.DataFrame
) -> Path:
    """A folder with the sample in every format."""
    at = tmp_path_factory.mktemp("formats")
    chunked = {"sst": {"chunks": CHUNKS}}
    sharded = {"sst": {"chunks": (5, 45, 45), "shards": (20, 90, 180)}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zarr says that consolidated v3 is no standard yet
        sample.to_zarr(at / "v2.zarr", zarr_format=2, consolidated=True, encoding=chunked)
        sample.to_zarr(at / "v2-loose.zarr", zarr_format=2, consolidated=False, encoding=chunked)
        sample.to_zarr(at / "v3.zarr", zarr_format=3, consolidated=True, encoding=chunked)
        sample.to_zarr(at / "v3-loose.zarr", zarr_format=3, consolidated=False, encoding=chunked)
        sample.to_zarr(at / "sharded.zarr", zarr_format=3, consolidated=True, encoding=sharded)
    classic = {"engine": "scipy", "unlimited_dims": ["time"]}
    sample.to_netcdf(at / "classic.nc", format="NETCDF3_CLASSIC", **classic)
    sample.to_netcdf(at / "offset64.nc", format="NETCDF3_64BIT", engine="scipy")
    packed = {"sst": {"chunksizes": CHUNKS, "zlib": True}}
    sample.to_netcdf(at / "four.nc", engine="h5netcdf", encoding=packed)
    table.to_csv(at / "table.csv", index=False)
    table.to_parquet(at / "table.parquet", row_group_size=100)
    return at


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once: the tests wait for nothing but their own servers."""
    monkeypatch.setattr(retry, "PACE", 0.05)


@pytest.fixture
def web(folder: Path) -> Iterator[DataServer]:
    with DataServer(folder) as server:
        yield server


@pytest.fixture(scope="session")
def s3(folder: Path) -> Iterator[str]:
    with object_server(folder) as endpoint:
        yield endpoint


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data that is not part of the project."""
    default = Path(__file__).parents[2].parent / "shared" / "data"
    path = Path(os.environ.get("SCIKNOW_SHARED_DATA", default))
    if not path.is_dir():
        pytest.skip("the shared data are not on this machine (SCIKNOW_SHARED_DATA)")
    return path
