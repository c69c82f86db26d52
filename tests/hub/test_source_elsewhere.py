"""Links, pipes and devices in a hub's folder: nothing is read that lies elsewhere or never ends."""

from __future__ import annotations

import json
import os
import shutil
import socket

import pytest
import xarray as xr
from small_source import write_source

import sciknow
from sciknow.errors import DegradedWarning, SciknowError, UntrustedInput
from sciknow.model import Distribution
from sciknow.readers import open_distribution, probe_distribution

KINDS = ("link", "pipe", "device", "socket", "folder")


def put(kind, path, secret):
    """Put something that is no file of the folder's own in the place of a file."""
    path.unlink(missing_ok=True)
    if kind == "link":
        path.symlink_to(secret)
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    else:
        with socket.socket(socket.AF_UNIX) as made:
            os.chdir(path.parent)
            made.bind(path.name)


@pytest.fixture
def source(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return write_source(tmp_path / "node")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "place",
    ["catalogs/ocean.yaml", "knowledge_graph/concepts/ocean.ttl", "knowledge_graph/agents/a.ttl"],
)
def test_a_build_reads_regular_files_of_its_folder_alone(kind, place, source, tmp_path):
    path = source / place
    inside = path.read_bytes() if path.exists() else b"<urn:a> <urn:b> <urn:c> ."
    (tmp_path / "secret").write_bytes(inside)
    put(kind, path, tmp_path / "secret")
    with pytest.raises(SciknowError, match=r"link|regular"):
        sciknow.build_hub(source)


@pytest.mark.parametrize("kind", KINDS[:-1])
@pytest.mark.parametrize(
    ("name", "reader"),
    [
        ("a.csv", "csv"),
        ("a.jsonl", "jsonl"),
        ("a.nc", "netcdf"),
        ("a.parquet", "parquet"),
        ("a.tif", "geotiff"),
        ("a.xlsx", "excel"),
        ("a.json", "kerchunk"),
        ("a.grib2", "grib"),
        ("item.json", "stac"),
    ],
)
def test_data_are_regular_files_of_the_folder(kind, name, reader, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_bytes(b"a,b\n1,2\n")
    (tmp_path / "data").mkdir()
    put(kind, tmp_path / "data" / name, tmp_path / "secret")
    way = Distribution(id="x", access_url=name, reader=reader)
    with pytest.raises(UntrustedInput):
        open_distribution(way, base=tmp_path / "data", deadline=5)
    assert probe_distribution(way, base=tmp_path / "data").outcome == "refused"


@pytest.mark.parametrize("kind", KINDS[:-1])
@pytest.mark.parametrize("version", [2, 3])
def test_a_chunk_of_a_local_zarr_is_a_regular_file_of_the_folder(
    kind, version, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret").write_bytes(bytes(16))
    made = xr.Dataset({"v": ("x", [1.0, 2.0])})
    made.to_zarr(tmp_path / "data" / "a.zarr", zarr_format=version, consolidated=False)
    chunk = tmp_path / "data" / "a.zarr" / "v" / ("0" if version == 2 else "c/0")
    put(kind, chunk, tmp_path / "secret")
    way = Distribution(id="x", access_url="a.zarr", reader="zarr")
    opened = open_distribution(way, base=tmp_path / "data", deadline=5)
    with pytest.raises(UntrustedInput, match=r"link|regular"):
        opened["v"].load()


def test_a_link_within_the_folder_is_followed(source):
    path = source / "knowledge_graph" / "concepts" / "ocean.ttl"
    path.rename(path.with_suffix(".kept"))
    path.symlink_to("ocean.kept")
    sciknow.build_hub(source).close()


@pytest.mark.parametrize("name", ["concepts", "concepts/more"])
def test_a_linked_folder_is_not_read(name, source, tmp_path):
    place = source / "knowledge_graph" / name
    if place.exists():
        place.rename(tmp_path / "secret")
    else:
        (tmp_path / "secret").mkdir()
        (tmp_path / "secret" / "a.ttl").write_text("<urn:a> <urn:b> <urn:c> .")
    place.symlink_to(tmp_path / "secret")
    if name == "concepts":
        with pytest.raises(SciknowError, match="link"):
            sciknow.build_hub(source)
        return
    try:
        sciknow.build_hub(source).close()  # passed over, or refused, as Python's glob has it
    except SciknowError as error:
        told = str(error)
    else:
        told = "link"
    assert "link" in told


@pytest.mark.parametrize("how", ["whole", "up"])
def test_a_hub_from_elsewhere_names_no_folder_outside_it(how, source, tmp_path):
    """Its manifest may name any folder of this machine, of which it then opens files."""
    shutil.copytree(source, tmp_path / "mine")
    hub = tmp_path / "hub"
    sciknow.build_hub(tmp_path / "mine", hub).close()
    with sciknow.open_hub(hub) as opened:  # built here: its source lies elsewhere
        assert opened.open("ice-monthly").sizes
    stranger = tmp_path / "down" / "loaded"
    shutil.copytree(hub, stranger)
    (manifest,) = stranger.glob("generations/*/manifest.json")
    plain = json.loads(manifest.read_text())
    if how == "up":
        plain.pop("sha256")  # whoever writes a hub may leave out its own digest
        plain["source"] = os.path.relpath(tmp_path / "mine", manifest.parent)
        manifest.write_text(json.dumps(plain))
    with (
        pytest.warns(DegradedWarning, match="not built here"),
        sciknow.open_hub(stranger) as opened,
        pytest.raises(SciknowError),
    ):
        opened.open("ice-monthly")
