"""Opened arrays and tables work on dask.distributed unchanged."""

from __future__ import annotations

import numpy as np
import pytest
from dask.distributed import Client, LocalCluster
from servers.web import DataServer, Fault

from sciknow.errors import IntegrityError
from sciknow.model import Distribution
from sciknow.readers import open_distribution


@pytest.fixture(scope="module")
def client():
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, memory_limit=None
        ) as cluster,
        Client(cluster) as found,
    ):
        yield found


@pytest.mark.parametrize("name", ["v3.zarr", "sharded.zarr", "four.nc", "classic.nc"])
def test_mean_over_two_workers(name, client, web, folder, sample):
    ds = open_distribution(Distribution(id="x", access_url=f"{web.url}/{name}"), base=folder)
    found = ds["sst"].mean("time").compute()
    np.testing.assert_allclose(found.values, sample["sst"].mean("time").values, rtol=1e-5)


def test_s3_and_tables(client, s3, folder, table):
    way = Distribution(
        id="x", access_url="s3://data/table.parquet", storage_options={"endpoint_url": s3}
    )
    assert open_distribution(way, base=folder)["value"].sum().compute() == table["value"].sum()


def test_errors_come_back_whole(client, folder, tmp_path):

    with DataServer(folder) as web:
        ds = open_distribution(Distribution(id="x", access_url=f"{web.url}/v2.zarr"), base=folder)
        web.faults.append(Fault("cut"))
        with pytest.raises(IntegrityError, match="cut short") as caught:
            ds["sst"].load()
        assert caught.value.hint
