"""gs:// and az://, against emulators on this machine: values, costs, trouble, the cache."""

from __future__ import annotations

import shutil

import pytest
import xarray as xr
from servers.clouds import ACCOUNT, azure_server, azurite
from servers.objects import object_server
from servers.web import free_port

from sciknow.errors import InvalidInput, SourceUnavailable, UntrustedInput
from sciknow.model import Distribution
from sciknow.model.fingerprint import Strength
from sciknow.readers import (
    open_distribution,
    plan_distribution,
    take_fingerprint,
)
from sciknow.wire import Cache
from sciknow.wire.trouble import Absent

NAMES = ["v2.zarr", "v3-loose.zarr", "sharded.zarr", "four.nc", "classic.nc"]
SECRETS = ("GOOGLE_APPLICATION_CREDENTIALS", "AZURE_STORAGE_CONNECTION_STRING")


@pytest.fixture(scope="module")
def few(folder, tmp_path_factory):
    """The files that are tried: uploading all of them takes long."""
    at = tmp_path_factory.mktemp("clouds")
    for name in NAMES:
        copy = shutil.copytree if (folder / name).is_dir() else shutil.copy
        copy(folder / name, at / name)
    shutil.copy(folder / "table.parquet", at)
    return at


@pytest.fixture(scope="module", params=["gs", "az"])
def cloud(request, few, tmp_path_factory):
    """Scheme, storage options, and those of a server that is not there."""
    dead = f"http://127.0.0.1:{free_port()}"
    if request.param == "gs":
        with object_server(few) as endpoint:  # Google's XML interface is that of S3
            yield "gs", {"endpoint_url": endpoint}, {"endpoint_url": dead}
        return
    if azurite() is None:
        pytest.skip("Azurite is not on this machine (npm install -g azurite)")
    account = {"account_name": ACCOUNT}
    with azure_server(few, tmp_path_factory.mktemp("azurite")) as endpoint:
        yield "az", {"endpoint_url": endpoint, **account}, {"endpoint_url": dead, **account}


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch):
    """What the environment has must not matter: access is anonymous."""
    for name in SECRETS:
        monkeypatch.setenv(name, "BlobEndpoint=http://127.0.0.1:9/wrong;AccountName=wrong")


def way(url, storage, **fields):
    return Distribution(id="x", access_url=url, storage_options=storage, **fields)


@pytest.mark.parametrize("name", NAMES)
def test_values(name, cloud, sample):
    scheme, storage, _ = cloud
    ds = open_distribution(way(f"{scheme}://data/{name}", storage), base=".")
    xr.testing.assert_equal(ds.compute(), sample)
    assert ds["sst"].chunks is not None


def test_a_table(cloud, table):
    scheme, storage, _ = cloud
    frame = open_distribution(way(f"{scheme}://data/table.parquet", storage), base=".")
    assert frame["value"].compute().tolist() == table["value"].tolist()


def test_the_plan_is_what_it_takes(cloud):
    scheme, storage, _ = cloud
    plan = plan_distribution(
        way(f"{scheme}://data/v2.zarr", storage), base=".", bbox=(0, 0, 10, 10), variables=["sst"]
    )
    assert (plan.requests, plan.exact) == (4, True)
    assert plan.route.endswith(f", {scheme}")


@pytest.mark.parametrize("name", ["none.zarr", "none.nc"])
def test_what_is_not_there(name, cloud):
    scheme, storage, _ = cloud
    with pytest.raises(SourceUnavailable) as caught:
        open_distribution(way(f"{scheme}://data/{name}", storage), base=".")
    assert f"{scheme}://data/{name}" in str(caught.value)
    assert isinstance(caught.value, Absent) == name.endswith(".nc")


def test_a_container_that_is_not_there_or_not_public(cloud):
    scheme, storage, _ = cloud
    with pytest.raises(SourceUnavailable) as caught:
        open_distribution(way(f"{scheme}://nobody/a.nc", storage), base=".")
    assert caught.value.hint


@pytest.mark.parametrize("name", ["v2.zarr", "four.nc"])
def test_dead_server(name, cloud):
    scheme, _, dead = cloud
    with pytest.raises(SourceUnavailable, match="no connection") as caught:
        open_distribution(way(f"{scheme}://data/{name}", dead), base=".", deadline=10)
    assert "tried 4 times" in str(caught.value)


def test_kept_data_are_read_offline(cloud, sample, tmp_path, monkeypatch):
    scheme, storage, _ = cloud
    cache = Cache(tmp_path)
    for name in ("v2.zarr", "four.nc"):
        open_distribution(way(f"{scheme}://data/{name}", storage), base=".", cache=cache).load()
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    for name in ("v2.zarr", "four.nc"):
        ds = open_distribution(way(f"{scheme}://data/{name}", storage), base=".", cache=cache)
        xr.testing.assert_equal(ds.compute(), sample)


def test_fingerprint(cloud):
    scheme, storage, _ = cloud
    found = take_fingerprint(way(f"{scheme}://data/four.nc", storage), base=".")
    assert found.strength is Strength.WHOLE
    assert found.modified.startswith("20")
    again = take_fingerprint(way(f"{scheme}://data/four.nc", storage), base=".", like=found)
    assert again.files == found.files


def test_an_account_is_asked_for():
    with pytest.raises(InvalidInput, match="name of its account"):
        open_distribution(way("az://data/a.nc", {}), base=".")


@pytest.mark.parametrize(
    "storage",
    [
        {"account_key": "x"},
        {"sas_token": "x"},
        {"connection_string": "x"},
        {"token": "ya29.secret"},
        {"credential": "x"},
    ],
)
def test_credentials_are_refused(storage):
    for url in ("az://data/a.nc", "gs://data/a.nc"):
        with pytest.raises(UntrustedInput, match="credential"):
            open_distribution(way(url, storage), base=".")
