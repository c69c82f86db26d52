"""Catalogue files become model objects."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sciknow.catalogs import catalog_files, read_file, read_folder
from sciknow.errors import InvalidInput, LimitExceeded, NotFound, UntrustedInput
from sciknow.model import AccessEvidence, Distribution, LangString, PeriodOfTime
from sciknow.vocab import Sector

OPTIONS = "intake.readers.user_parameters:OptionsUserParameter"
BOUNDED = "intake.readers.user_parameters:BoundedNumberUserParameter"


def put(folder: Path, text: str, name: str = "ocean.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_card_and_its_entry_become_a_dataset(tmp_path, sound):
    catalog = read_file(put(tmp_path, sound))
    (dataset,) = catalog.datasets
    assert (catalog.sector, catalog.title) == (Sector.OCEAN, LangString("Ocean", "海洋"))
    assert dataset.sector is Sector.OCEAN
    assert dataset.temporal == PeriodOfTime("1979", "2020-02")
    assert dataset.distributions == (
        Distribution(
            id="first-zarr",
            access_url="s3://bucket/first.zarr",
            reader="zarr",
            media_type="application/vnd.zarr",
            storage_options={"anon": True},
            access_evidence=(
                AccessEvidence(
                    source="https://example.org/code",
                    opened_with="open_zarr",
                    accessed="2026-11-24",
                ),
            ),
        ),
        Distribution(
            id="first-2",
            access_url="https://example.org/first.nc",
            media_type="application/netcdf",
        ),
    )
    assert dataset.openable
    assert not dataset.offline


def test_a_file_beside_the_catalogue_is_offline_and_relative(folder, sound):
    text = sound.replace(
        'url: "s3://bucket/first.zarr", storage_options: {anon: true}',
        'url: "{CATALOG_DIR}/data/two.zarr"',
    )
    (dataset,) = read_file(put(folder, text)).datasets
    assert dataset.offline
    assert dataset.distributions[0].access_url == "data/two.zarr"


def test_references_keep_where_the_chunks_lie(folder, sound):
    (folder / "data" / "r.json").write_text("{}")
    text = sound.replace(
        'url: "s3://bucket/first.zarr", storage_options: {anon: true}',
        'url: "reference://", storage_options: {fo: "{CATALOG_DIR}/data/r.json", '
        'remote_protocol: file, template_overrides: {u: "{CATALOG_DIR}/data/four.nc"}}',
    )
    way = read_file(put(folder, text)).datasets[0].distributions[0]
    assert (way.reader, way.media_type) == ("kerchunk", "application/vnd.kerchunk+json")
    assert way.access_url == "data/r.json"
    assert way.storage_options == {
        "remote_protocol": "file",
        "template_overrides": {"u": "data/four.nc"},
    }
    assert way.offline


def test_local_references_to_remote_chunks_are_not_offline(folder, sound):
    (folder / "data" / "r.json").write_text("{}")
    text = sound.replace(
        'url: "s3://bucket/first.zarr", storage_options: {anon: true}',
        'url: "reference://", storage_options: {fo: "{CATALOG_DIR}/data/r.json", '
        "remote_protocol: s3, remote_options: {anon: true, asynchronous: true}}",
    )
    way = read_file(put(folder, text)).datasets[0].distributions[0]
    assert not way.offline
    assert way.storage_options == {"remote_protocol": "s3", "remote_options": {"anon": True}}


@pytest.mark.parametrize(
    ("datatype", "engine", "reader"),
    [("NetCDF3", "scipy", "netcdf"), ("HDF5", "h5netcdf", "netcdf")],
)
def test_the_engine_tells_the_two_netcdf_apart(tmp_path, sound, datatype, engine, reader):
    text = sound.replace("datatypes:Zarr", f"datatypes:{datatype}").replace(
        "engine: zarr", f"engine: {engine}, group: g, decode_times: false"
    )
    way = read_file(put(tmp_path, text)).datasets[0].distributions[0]
    assert way.reader == reader
    assert way.options == {"engine": engine, "group": "g", "decode_times": False}


def test_chunks_other_than_the_stores_own_are_kept(tmp_path, sound):
    text = sound.replace("chunks: {}", "chunks: {time: 12, lat: -1}")
    way = read_file(put(tmp_path, text)).datasets[0].distributions[0]
    assert way.options == {"chunks": {"time": 12, "lat": -1}}


def test_a_table(tmp_path, sound):
    text = (
        sound.replace("datatypes:Zarr", "datatypes:CSV")
        .replace("XArrayDatasetReader", "DaskCSV")
        .replace(", engine: zarr, chunks: {}", ", parse_dates: [time], dtype: {a: float64}")
        .replace("xarray:Dataset", "dask.dataframe:DataFrame")
    )
    way = read_file(put(tmp_path, text)).datasets[0].distributions[0]
    assert way.reader == "csv"
    assert way.options == {"parse_dates": ["time"], "dtype": {"a": "float64"}}


def test_a_declared_parameter_is_filled_in(tmp_path, sound):
    text = sound.replace("first.zarr", "{kind}/v{level}.zarr").replace(
        "user_parameters: {}\n", "", 0
    )
    text = text.removesuffix("user_parameters: {}\n") + (
        "user_parameters:\n"
        f"  kind: {{cls: '{OPTIONS}', dtype: str, description: which, default: daily, "
        "options: [daily, monthly]}\n"
        f"  level: {{cls: '{BOUNDED}', dtype: int, description: level, default: 2, "
        "min: 0, max: 5}\n"
    )
    path = put(tmp_path, text)
    way = read_file(path).datasets[0].distributions[0]
    assert way.access_url == "s3://bucket/daily/v2.zarr"
    other = read_file(path, parameters={"kind": "monthly", "level": 4})
    assert other.datasets[0].distributions[0].access_url == "s3://bucket/monthly/v4.zarr"
    for wrong in ({"kind": "hourly"}, {"level": 5}, {"level": 2.5}, {"kind": 1}):
        with pytest.raises(InvalidInput, match="allowed is"):
            read_file(path, parameters=wrong)
    with pytest.raises(NotFound, match="no parameter 'none'"):
        read_file(path, parameters={"none": 1})


def test_a_parameter_of_an_entry_keeps_its_type(tmp_path, sound):
    head, _, tail = sound.rpartition("    user_parameters: {}\n")
    text = (
        head + "    user_parameters:\n"
        f"      part: {{cls: '{OPTIONS}', dtype: str, description: d, default: a, "
        "options: [a, b]}\n" + tail
    ).replace("chunks: {}", 'chunks: {}, group: "x/{part}"')
    way = read_file(put(tmp_path, text)).datasets[0].distributions[0]
    assert way.options == {"group": "x/a"}


def test_a_folder_is_read_whole(tmp_path, sound):
    put(tmp_path, sound)
    put(tmp_path, sound.replace("first", "second").replace("ocean", "health"), "health.yaml")
    catalogs = read_folder(tmp_path)
    assert [catalog.sector for catalog in catalogs] == [Sector.HEALTH, Sector.OCEAN]
    assert [path.name for path in catalog_files(tmp_path)] == ["health.yaml", "ocean.yaml"]


def test_an_id_in_two_files_is_refused(tmp_path, sound):
    put(tmp_path, sound)
    put(tmp_path, sound.replace("first-zarr", "other-zarr"), "z.yaml")
    with pytest.raises(InvalidInput, match=r"z\.yaml: dataset first: .*ocean\.yaml has too"):
        read_folder(tmp_path)
    put(tmp_path, sound.replace("    first:", "    other:"), "z.yaml")
    with pytest.raises(InvalidInput, match=r"z\.yaml: entry first-zarr: .*ocean\.yaml has too"):
        read_folder(tmp_path)


def test_nothing_there(tmp_path):
    with pytest.raises(NotFound, match="no such file"):
        read_file(tmp_path / "none.yaml")
    with pytest.raises(NotFound, match="no such folder"):
        read_folder(tmp_path / "none")
    with pytest.raises(NotFound, match="no catalogue"):
        read_folder(tmp_path)


def test_devices_pipes_and_folders_are_not_read(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    for path in (tmp_path / "pipe.yaml", tmp_path / "folder.yaml", Path("/dev/zero")):
        with pytest.raises((UntrustedInput, InvalidInput)):
            read_file(path)


def test_too_many_files(tmp_path, monkeypatch):
    monkeypatch.setattr("sciknow.catalogs.read.MAX_FILES", 2)
    for name in "abc":
        (tmp_path / f"{name}.yaml").write_text("")
    with pytest.raises(LimitExceeded, match="found 3 files"):
        read_folder(tmp_path)


def test_reading_needs_none_of_the_heavy_libraries(tmp_path, sound):
    path = put(tmp_path, sound)
    code = (
        "import sys, sciknow.catalogs as c\n"
        f"c.read_file({str(path)!r}); c.check_file({str(path)!r})\n"
        "print({'intake', 'xarray', 'pandas', 'rdflib', 'zarr', 'numpy'} & set(sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert answer.stdout == "set()\n", answer.stderr


@pytest.mark.parametrize(
    ("place", "storage"),
    [
        ("gs://bucket/first.zarr", {"token": "anon"}),
        ("az://box/first.zarr", {"anon": True, "account_name": "openmeteo1"}),
        ("abfs://box/first.zarr", {"account_name": "openmeteo1"}),
    ],
)
def test_other_object_stores(place, storage, tmp_path, sound):
    text = sound.replace(
        'url: "s3://bucket/first.zarr", storage_options: {anon: true}',
        f'url: "{place}", storage_options: {json.dumps(storage)}',
    )
    way = read_file(put(tmp_path, text)).datasets[0].distributions[0]
    assert (way.access_url, way.storage_options) == (place, storage)


def icechunk(sound, data):
    """The sound catalogue with an Icechunk repository in the place of the Zarr store."""
    return sound.replace("datatypes:Zarr", "datatypes:IcechunkRepo").replace(
        '{url: "s3://bucket/first.zarr", storage_options: {anon: true}}', data
    )


def test_an_icechunk_repository(tmp_path, sound):
    data = (
        "{url: s3, storage_options: {bucket: b, prefix: a/repo, region: us-east-1, "
        "anonymous: true}, ref: v2}"
    )
    way = read_file(put(tmp_path, icechunk(sound, data))).datasets[0].distributions[0]
    assert (way.reader, way.media_type) == ("icechunk", "application/vnd.icechunk")
    assert way.access_url == "s3://b/a/repo"
    assert way.options == {"branch": "v2"}
    assert way.storage_options == {"anon": True, "client_kwargs": {"region_name": "us-east-1"}}


REPOSITORY = "{url: s3, storage_options: {bucket: b, prefix: p, anonymous: true}, ref: main}"


def test_where_chunks_of_a_repository_may_lie(tmp_path, sound):
    def read(named):
        text = icechunk(sound, REPOSITORY).replace("chunks: {}", f"chunks: {{}}, {named}")
        return read_file(put(tmp_path, text)).datasets[0].distributions[0].options

    assert read('virtual_containers: {"s3://raw/": {region: us-west-2}, "https://e.org/": {}}') == {
        "virtual_containers": {"s3://raw/": {"region": "us-west-2"}, "https://e.org/": {}}
    }
    for named in ('{"file:///etc": {}}', '{"s3://raw/": {secret: x}}', '{"s3://a:b@raw/": {}}'):
        with pytest.raises((InvalidInput, UntrustedInput)):
            read(f"virtual_containers: {named}")


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        ("{url: os.system, storage_options: {}, ref: main}", UntrustedInput, "url: found"),
        ("{url: in_memory, storage_options: {}, ref: main}", UntrustedInput, "url: found"),
        ("{url: s3, storage_options: {}, ref: main}", InvalidInput, "bucket"),
        (
            "{url: s3, storage_options: {bucket: b, prefix: p, anonymous: true, "
            "secret_access_key: x}, ref: main}",
            UntrustedInput,
            "secret_access_key",
        ),
        (
            "{url: s3, storage_options: {bucket: b, prefix: p, anonymous: false}, ref: main}",
            InvalidInput,
            "anonymous",
        ),
        (
            "{url: local_filesystem, storage_options: {path: /etc}, ref: main}",
            UntrustedInput,
            "url: found",
        ),
        ("{url: s3, storage_options: {}}", InvalidInput, "ref"),
    ],
)
def test_repositories_that_are_refused(data, error, words, tmp_path, sound):
    with pytest.raises(error, match=words):
        read_file(put(tmp_path, icechunk(sound, data)))


GRIB = (
    ("datatypes:Zarr", "datatypes:GRIB2"),
    (
        'url: "s3://bucket/first.zarr", storage_options: {anon: true}',
        'url: "https://e.org/a.grib2"',
    ),
    ("engine: zarr, chunks: {}", "engine: cfgrib, chunks: {}, filter_by_keys: {FILTERS}"),
)


def grib(sound, filters):
    """The sound catalogue with a GRIB file in the place of the Zarr store."""
    for old, new in GRIB:
        sound = sound.replace(old, new)
    return sound.replace("FILTERS", filters)


def test_a_grib_file(tmp_path, sound):
    text = grib(sound, "typeOfLevel: isobaricInhPa, level: [500, 850], endStep: 6")
    way = read_file(put(tmp_path, text)).datasets[0].distributions[0]
    assert (way.reader, way.media_type) == ("grib", "application/wmo-grib")
    keys = {"typeOfLevel": "isobaricInhPa", "level": [500, 850], "endStep": 6}
    assert way.options == {"filter_by_keys": keys}


@pytest.mark.parametrize("filters", ["canary: 1", "level: 1.5", "level: {a: 1}", "shortName: {t}"])
def test_filters_that_are_refused(filters, tmp_path, sound):
    with pytest.raises((InvalidInput, UntrustedInput)):
        read_file(put(tmp_path, grib(sound, filters)))
