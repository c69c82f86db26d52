"""A sound catalogue to break, and the arrays that it opens."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

sys.path.insert(0, str(Path(__file__).parents[1] / "model"))

SOUND = """\
version: 2
metadata:
  sector: ocean
  title: {en: Ocean, zh: 海洋}
  datasets:
    first:
      title: {en: First, zh: 第一}
      description: {en: Made for tests., zh: 测试用。}
      publisher: nobody
      landing_page: https://example.org/first
      spatial: {bbox: [-180, -90, 180, 90]}
      temporal: {start: "1979", end: "2020-02"}
      theme: [sea-ice]
      distributions:
        - id: first-zarr
          access_evidence:
            - {source: "https://example.org/code", opened_with: open_zarr, accessed: 2026-11-24}
        - {access_url: "https://example.org/first.nc", media_type: application/netcdf}
      provenance:
        - {source: "https://example.org/first", accessed: 2026-11-24, fields: [title]}
aliases: {first-zarr: first-zarr}
data:
  first-zarr-data:
    datatype: intake.readers.datatypes:Zarr
    kwargs: {url: "s3://bucket/first.zarr", storage_options: {anon: true}}
    metadata: {}
    user_parameters: {}
entries:
  first-zarr:
    reader: intake.readers.readers:XArrayDatasetReader
    kwargs: {args: ["{data(first-zarr-data)}"], engine: zarr, chunks: {}}
    output_instance: xarray:Dataset
    metadata: {}
    user_parameters: {}
user_parameters: {}
"""


@pytest.fixture
def sound() -> str:
    """Return the text of a catalogue that is sound."""
    return SOUND


@pytest.fixture
def array() -> xr.Dataset:
    """Return a small dataset with time."""
    time = pd.date_range("2000-01-01", periods=10, unit="ns")
    values = xr.Variable("time", np.arange(10.0), {"units": "K"})
    return xr.Dataset({"t": values}, coords={"time": time})


@pytest.fixture
def folder(tmp_path: Path, array: xr.Dataset) -> Path:
    """Return a catalogue folder with one array in five forms under ``data``."""
    data = tmp_path / "data"
    data.mkdir()
    array.to_zarr(data / "two.zarr", zarr_format=2, consolidated=True)
    array.to_netcdf(data / "three.nc", engine="scipy", format="NETCDF3_CLASSIC")
    array.to_netcdf(data / "four.nc", engine="h5netcdf")
    table = array.to_dataframe().reset_index()
    table.to_csv(data / "table.csv", index=False)
    table.to_parquet(data / "table.parquet")
    return tmp_path
