"""Plain Intake opens our files, and the readers that we build open the same data."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import dask.array
import dask.dataframe
import intake
import pytest
import xarray as xr
import yaml
from kerchunk.hdf import SingleHdf5ToZarr

from sciknow.catalogs import (
    build_reader,
    check_file,
    check_folder,
    format_file,
    main_text,
    read_file,
    to_intake,
)
from sciknow.errors import InvalidInput, NotFound, SciknowError, UntrustedInput
from sciknow.model import Activity, Catalog, Dataset, Distribution, LangString
from sciknow.vocab import Sector

sys.path.insert(0, str(Path(__file__).parents[1]))
from samples.icechunks import commit
from servers.objects import object_server
from servers.web import DataServer

ROOT = Path(__file__).parents[2]
CATALOGS = sorted(
    path for path in (ROOT / "catalogs").glob("*.yaml") if path.name != "sources.yaml"
)

WAYS = (
    Distribution(id="z", access_url="data/two.zarr", reader="zarr", offline=True),
    Distribution(id="n3", access_url="data/three.nc", reader="netcdf", options={"engine": "scipy"}),
    Distribution(
        id="n4", access_url="data/four.nc", reader="netcdf", options={"engine": "h5netcdf"}
    ),
    Distribution(
        id="c", access_url="data/table.csv", reader="csv", options={"parse_dates": ["time"]}
    ),
    Distribution(id="p", access_url="data/table.parquet", reader="parquet"),
)


@pytest.mark.parametrize("way", WAYS[:3], ids=[way.id for way in WAYS[:3]])
def test_arrays_open_lazily(folder, array, way):
    with build_reader(way, folder).read() as opened:
        assert isinstance(opened["t"].data, dask.array.Array)
        xr.testing.assert_equal(opened.load(), array)


@pytest.mark.parametrize("way", WAYS[3:], ids=[way.id for way in WAYS[3:]])
def test_tables_open_lazily(folder, array, way):
    opened = build_reader(way, folder).read()
    assert isinstance(opened, dask.dataframe.DataFrame)
    assert opened["t"].compute().tolist() == array["t"].values.tolist()


def test_references_open(folder, array):
    refs = SingleHdf5ToZarr(str(folder / "data" / "four.nc"), inline_threshold=0).translate()
    refs["templates"] = {"u": "four.nc"}
    refs["refs"] = {
        key: ["{{u}}", *item[1:]] if isinstance(item, list) else item
        for key, item in refs["refs"].items()
    }
    (folder / "data" / "four.json").write_text(json.dumps(refs))
    way = Distribution(
        id="k",
        access_url="data/four.json",
        reader="kerchunk",
        storage_options={
            "remote_protocol": "file",
            "template_overrides": {"u": "data/four.nc"},
        },
        options={"consolidated": False},
    )
    with build_reader(way, folder).read() as opened:
        xr.testing.assert_equal(opened.load(), array)


def test_remote_references_open(folder, array):
    """Over HTTP with ranges, by the reader that we build and by plain Intake alike."""
    refs = SingleHdf5ToZarr(str(folder / "data" / "four.nc"), inline_threshold=0).translate()
    with DataServer(folder) as server:
        where = f"{server.url}/data/four.nc"
        refs["refs"] = {
            key: [where, *item[1:]] if isinstance(item, list) else item
            for key, item in refs["refs"].items()
        }
        (folder / "data" / "remote.json").write_text(json.dumps(refs))
        way = Distribution(
            id="remote",
            access_url=f"{server.url}/data/remote.json",
            reader="kerchunk",
            storage_options={"remote_protocol": "http"},
            options={"consolidated": False},
        )
        with build_reader(way, folder).read() as opened:
            xr.testing.assert_equal(opened.load(), array)


def test_repositories_open(folder, array, dataset, monkeypatch):
    """By the reader that we build and by plain Intake alike, from a folder and from S3."""
    commit(folder / "data" / "repo", array)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    local = Distribution(id="i", access_url="data/repo", reader="icechunk", offline=True)
    with object_server(folder / "data") as endpoint:
        storage = {"anon": True, "endpoint_url": endpoint}
        remote = replace(
            local, id="r", access_url="s3://data/repo", storage_options=storage, offline=False
        )
        for way in (local, remote):
            with build_reader(way, folder).read() as opened:
                assert isinstance(opened["t"].data, dask.array.Array)
                xr.testing.assert_equal(opened.load(), array)
        made = replace(dataset, distributions=(remote,))
        text = format_file(Catalog(sector=Sector.OCEAN, title=LangString("O"), datasets=(made,)))
        (folder / "ocean.yaml").write_text(text)
        (read,) = read_file(folder / "ocean.yaml").datasets
        assert [replace(way, media_type="") for way in read.distributions] == [remote]
        plain = intake.open_catalog(str(folder / "ocean.yaml"))
        xr.testing.assert_equal(plain["r"].read().load(), array)
    with pytest.raises(InvalidInput, match="opens a branch"):
        build_reader(replace(local, options={"tag": "v1"}), folder)
    with pytest.raises(InvalidInput, match="no chunks outside"):
        build_reader(replace(local, options={"virtual_containers": {}}), folder)
    with pytest.raises(InvalidInput, match="no place for a repository at https"):
        build_reader(replace(remote, access_url="https://example.org/repo"), folder)
    here = replace(dataset, distributions=(local,))
    with pytest.raises(InvalidInput, match="no place for a repository at"):
        format_file(Catalog(sector=Sector.OCEAN, title=LangString("O"), datasets=(here,)))


def test_a_grib_file_is_given_to_cfgrib(folder, dataset):
    """Which is not installed here: only what it is given is looked at."""
    (folder / "data" / "a.grib2").write_bytes(b"GRIB")
    filters = {"typeOfLevel": "surface", "level": [0]}
    way = Distribution(
        id="g",
        access_url="data/a.grib2",
        reader="grib",
        options={"filter_by_keys": filters},
        offline=True,
    )
    made = build_reader(way, folder)
    assert made.kwargs["engine"] == "cfgrib"
    assert made.kwargs["filter_by_keys"] == filters
    catalog = Catalog(
        sector=Sector.OCEAN,
        title=LangString("O"),
        datasets=(replace(dataset, distributions=(way,)),),
    )
    (folder / "ocean.yaml").write_text(format_file(catalog))
    (read,) = read_file(folder / "ocean.yaml").datasets
    assert replace(read.distributions[0], media_type="") == way
    plain = intake.open_catalog(str(folder / "ocean.yaml"))["g"]
    assert plain.data.url.endswith("/data/a.grib2")


@pytest.fixture
def dataset():
    return Dataset(
        id="first",
        title=LangString("First"),
        description=LangString("Made for tests."),
        publisher="nobody",
        landing_page="https://example.org/first",
        theme=("sea-ice",),
        distributions=WAYS,
        provenance=(
            Activity(source="https://example.org/first", accessed="2026-11-24", fields=("title",)),
        ),
    )


def test_a_dataset_becomes_an_intake_catalogue(folder, dataset):
    catalog = to_intake(dataset, folder)
    assert isinstance(catalog, intake.Catalog)
    assert sorted(catalog.entries) == ["c", "n3", "n4", "p", "z"]
    with catalog["z"].read() as opened:
        assert opened.sizes == {"time": 10}


def test_a_dataset_without_a_reader_has_none(dataset, tmp_path):
    with pytest.raises(InvalidInput, match="no distribution has a reader; see"):
        to_intake(replace(dataset, distributions=()), tmp_path)


@pytest.mark.parametrize(
    "change",
    [
        {"access_url": "../secret.zarr"},
        {"access_url": "file:///etc/passwd"},
        {"access_url": "s3://{env(HOME)}/x"},
        {"access_url": "https://e.org/x::file:///etc/passwd"},
        {"reader": "opendap"},
        {"reader": ""},
        {"options": {"preprocess": "os:system"}},
        {"options": {"engine": "canary"}},
        {"storage_options": {"key": "AKIA"}},
        {"access_url": "data/absent.zarr"},
        {"reader": "kerchunk", "access_url": "https://e.org/r",
         "storage_options": {"remote_protocol": "file"}},
    ],
    ids=repr,
)  # fmt: skip
def test_values_are_checked_again_before_intake_gets_them(folder, change):
    with pytest.raises((UntrustedInput, InvalidInput, NotFound)):
        build_reader(replace(WAYS[0], **change), folder)


def test_plain_intake_opens_what_we_write(folder, array, dataset):
    catalog = Catalog(sector=Sector.OCEAN, title=LangString("O"), datasets=(dataset,))
    (folder / "ocean.yaml").write_text(format_file(catalog))
    (folder / "main.yaml").write_text(main_text(folder))
    assert check_folder(folder) == {"ocean.yaml": [], "": []}
    main = intake.open_catalog(str(folder / "main.yaml"))
    assert list(main) == ["ocean"]
    plain = main["ocean"].read()
    assert list(plain) == [way.id for way in WAYS]
    for name in ("z", "n3", "n4"):
        with plain[name].read() as opened:
            xr.testing.assert_equal(opened.load(), array)
    assert len(plain["c"].read()) == len(plain["p"].read()) == 10


def test_the_documented_card_is_what_plain_intake_takes(tmp_path):
    text = (ROOT / "docs" / "how-to" / "add-a-dataset.md").read_text(encoding="utf-8")
    card = re.search(r"```yaml\n(version: 2.*?)```", text, re.DOTALL)[1]
    path = tmp_path / "ocean.yaml"
    path.write_text(card, encoding="utf-8")
    assert check_file(path) == []
    plain = intake.from_yaml_file(str(path))
    (name,) = list(plain)
    assert plain[name].data.url == read_file(path).datasets[0].distributions[0].access_url


@pytest.mark.parametrize("path", CATALOGS, ids=[path.stem for path in CATALOGS])
def test_plain_intake_opens_every_catalogue(path):
    text = path.read_text(encoding="utf-8")
    catalog = intake.from_yaml_file(str(path))
    entries = yaml.load(text, Loader=yaml.CSafeLoader)["entries"]
    assert sorted(catalog) == sorted(entries)
    for name in catalog:
        assert catalog[name].data.url


def test_every_offline_entry_opens_in_plain_intake():
    main = intake.open_catalog(str(ROOT / "catalogs" / "main.yaml"))
    opened = 0
    for path in CATALOGS:
        if path.name == "main.yaml":
            continue
        ways = [way for item in read_file(path).datasets for way in item.distributions]
        plain = main[path.stem].read() if any(way.offline for way in ways) else {}
        for way in ways:
            if way.offline:
                assert len(plain[way.id].read()) > 0
                opened += 1
    assert opened >= 5


def test_a_main_catalogue_reaches_nothing_outside_its_folder(tmp_path, sound):
    from sciknow.catalogs import read_folder

    (tmp_path / "ocean.yaml").write_text(sound)
    text = main_text(tmp_path)
    (tmp_path.parent / "outside.yaml").write_text(sound)
    for old, new in (
        ("{CATALOG_DIR}/ocean.yaml", "{CATALOG_DIR}/../outside.yaml"),
        ("{CATALOG_DIR}/ocean.yaml", "https://example.org/ocean.yaml"),
        ("{CATALOG_DIR}/ocean.yaml", "/etc/passwd.yaml"),
        ("{CATALOG_DIR}/ocean.yaml", "{CATALOG_DIR}/main.yaml"),
        ("{CATALOG_DIR}/ocean.yaml", "{CATALOG_DIR}/absent.yaml"),
        ("YAMLCatalogReader", "Retry"),
        ("YAMLFile", "SQLQuery"),
        ("{data(ocean-file)}", "{import(os:system)}"),
        ("aliases:\n  ocean: ocean\n", "aliases: {}\n"),
        ("version: 2", "version: 1"),
        ("entries:\n", "entries:\n  spare: {}\n"),
        ("}\nuser_parameters: {}", "}\nuser_parameters: {a: b}"),
        ("metadata:\n", "plugins: {}\nmetadata:\n"),
    ):
        assert old in text
        (tmp_path / "main.yaml").write_text(text.replace(old, new))
        with pytest.raises(SciknowError, match=r"main\.yaml|absent"):
            read_folder(tmp_path)
    (tmp_path / "main.yaml").unlink()
    (tmp_path / "linked.yaml").symlink_to(tmp_path.parent / "outside.yaml")
    (tmp_path / "main.yaml").write_text(text.replace("ocean.yaml", "linked.yaml"))
    (tmp_path / "ocean.yaml").unlink()
    with pytest.raises(UntrustedInput, match="leads out"):
        read_folder(tmp_path)
