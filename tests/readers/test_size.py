"""A few bytes that say they are very many: refused before xarray, dask or pandas make them.

What each refusal takes is measured in a process of its own: seconds of the processor and bytes of
memory beyond what it took to start.
"""

import json
import resource
import subprocess
import sys
import textwrap
import warnings

import h5py
import numcodecs
import numpy as np
import pytest
import xarray as xr
import zarr
from servers.web import DataServer

from sciknow.errors import IntegrityError, InvalidInput, LimitExceeded, SciknowError
from sciknow.model import Distribution
from sciknow.readers import open_distribution, plan_distribution

BILLION = 10**9
SECONDS, BYTES = 10, 2**30


def opened(path, reader, url="", options=None, **more):
    way = Distribution(id="a", access_url=url or path.name, reader=reader, options=options or {})
    return open_distribution(way, base=path.parent, **more)


def array_v2(folder, name, shape, chunks, dims):
    (folder / name).mkdir(parents=True)
    (folder / ".zgroup").write_text('{"zarr_format": 2}')
    plain = {"zarr_format": 2, "shape": shape, "chunks": chunks, "dtype": "<f8", "order": "C"}
    plain |= {"compressor": None, "fill_value": 0, "filters": None}
    (folder / name / ".zarray").write_text(json.dumps(plain))
    (folder / name / ".zattrs").write_text(json.dumps({"_ARRAY_DIMENSIONS": dims}))


def array_v3(folder, name, shape, chunks, dims, shards=None):
    (folder / name).mkdir(parents=True)
    group = {"zarr_format": 3, "node_type": "group", "attributes": {}}
    (folder / "zarr.json").write_text(json.dumps(group))
    plain = {"name": "bytes", "configuration": {"endian": "little"}}
    inner = {"chunk_shape": chunks, "codecs": [plain], "index_codecs": [plain]}
    codecs = [{"name": "sharding_indexed", "configuration": inner}] if shards else [plain]
    grid = {"name": "regular", "configuration": {"chunk_shape": shards or chunks}}
    found = {"zarr_format": 3, "node_type": "array", "shape": shape, "data_type": "float64"}
    found |= {"chunk_grid": grid, "chunk_key_encoding": {"name": "default"}, "fill_value": 0}
    found |= {"codecs": codecs, "attributes": {}, "dimension_names": dims}
    (folder / name / "zarr.json").write_text(json.dumps(found))


def consolidated(_, folder, version):
    with warnings.catch_warnings():  # version 3 has no word on it
        warnings.simplefilter("ignore")
        zarr.consolidate_metadata(str(folder), zarr_format=version)


def kerchunk(path, shape, chunks):
    plain = {"zarr_format": 2, "shape": shape, "chunks": chunks, "dtype": "<f8", "order": "C"}
    plain |= {"compressor": None, "fill_value": 0, "filters": None}
    refs = {".zgroup": '{"zarr_format": 2}', "a/.zarray": json.dumps(plain)}
    path.write_text(json.dumps({"version": 1, "refs": refs | {"a/.zattrs": "{}"}}))


def hdf5(path, shape, chunks, count=1, scale=False):
    with h5py.File(path, "w") as file:
        for number in range(count):
            made = file.create_dataset(f"a{number}", shape, "f8", chunks=chunks)
        if scale:
            made.make_scale("a0")


def hdf5_groups(path):
    with h5py.File(path, "w") as file:
        file["/".join("g" * 100)] = 1


def in_group(path):
    path.mkdir()
    (path / ".zgroup").write_text('{"zarr_format": 2}')
    array_v2(path / "g", "a", [BILLION], [1], ["x"])


def many(path):
    for number in range(6):
        array_v2(path, f"a{number}", [1_000_000], [1], ["x"])


MADE = {
    "v2 chunks": lambda path: array_v2(path, "a", [BILLION], [1], ["x"]),
    "v2 chunks, consolidated": lambda path: consolidated(
        array_v2(path, "a", [BILLION], [1], ["x"]), path, 2
    ),
    "v3 chunks": lambda path: array_v3(path, "a", [100_000, 100_000], [1, 10], ["x", "y"]),
    "v3 chunks, consolidated": lambda path: consolidated(
        array_v3(path, "a", [BILLION], [1], ["x"]), path, 3
    ),
    "shards": lambda path: array_v3(path, "a", [BILLION], [1], ["x"], [2]),
    "chunks in a group": in_group,
    "many arrays": many,
    "v2 coordinate": lambda path: array_v2(path, "a", [BILLION], [BILLION], ["a"]),
    "v3 coordinate": lambda path: array_v3(path, "a", [BILLION], [BILLION], ["a"]),
    "a size beyond numbers": lambda path: array_v2(path, "a", [10**30], [10**29], ["x"]),
    "one chunk": lambda path: array_v2(path, "a", [2**40], [2**40], ["x"]),
    "kerchunk": lambda path: kerchunk(path, [BILLION], [1]),
    "HDF5 chunks": lambda path: hdf5(path, (BILLION,), (1,)),
    "HDF5 coordinate": lambda path: hdf5(path, (BILLION,), (10_000,), scale=True),
    "HDF5 variables": lambda path: hdf5(path, (), None, 17_000),
    "HDF5 groups": hdf5_groups,
}


def write(kind, folder):
    """Write one of the bombs; returns its path and its reader."""
    reader = "kerchunk" if kind == "kerchunk" else "netcdf" if "HDF5" in kind else "zarr"
    path = folder / {"kerchunk": "a.json", "netcdf": "a.nc", "zarr": "a.zarr"}[reader]
    MADE[kind](path)
    return path, reader


SAID = {
    "v2 chunks": "1,000,000,000 chunks, at most 5,000,000",
    "v2 chunks, consolidated": "1,000,000,000 chunks",
    "v3 chunks": "1,000,000,000 chunks",
    "v3 chunks, consolidated": "1,000,000,000 chunks",
    "shards": "500,000,000 chunks",
    "chunks in a group": "1,000,000,000 chunks",
    "many arrays": "6,000,000 chunks",
    "v2 coordinate": "the coordinate 'a' has 1,000,000,000 values",
    "v3 coordinate": "the coordinate 'a' has 1,000,000,000 values",
    "a size beyond numbers": "which is more than",
    "one chunk": "a chunk of 'a' has 1,099,511,627,776 values",
    "kerchunk": "1,000,000,000 chunks",
    "HDF5 chunks": "1,000,000,000 chunks",
    "HDF5 coordinate": "the coordinate 'a0' has 1,000,000,000 values",
    "HDF5 variables": "17,000 variables, at most 16,384",
    "HDF5 groups": "more than 64 groups in each other",
}

MEASURED = """
    import resource, sys
    from sciknow.errors import LimitExceeded
    from sciknow.model import Distribution
    from sciknow.readers import open_distribution
    import h5netcdf, xarray, zarr, dask.dataframe
    from pathlib import Path
    def taken():
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime, used.ru_maxrss * 1024
    for path, reader in zip(sys.argv[1::2], sys.argv[2::2]):
        before = taken()
        try:
            way = Distribution(id="a", access_url=Path(path).name, reader=reader)
            open_distribution(way, base=Path(path).parent)
        except LimitExceeded as error:
            after = taken()
            print(after[0] - before[0], after[1] - before[1], error)
"""


def test_no_refusal_takes_long_or_much(tmp_path):
    places = []
    for number, kind in enumerate(SAID):
        (tmp_path / str(number)).mkdir()
        places.append(write(kind, tmp_path / str(number)))
    found = subprocess.run(
        [
            sys.executable,
            "-c",
            textwrap.dedent(MEASURED),
            *(str(x) for pair in places for x in pair),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = found.stdout.splitlines()
    assert len(lines) == len(SAID)
    for line, said in zip(lines, SAID.values(), strict=True):
        seconds, size, message = line.split(" ", 2)
        assert said in message
        assert float(seconds) < SECONDS
        assert int(size) < BYTES


@pytest.mark.parametrize("kind", ["v2 chunks", "kerchunk", "HDF5 variables"])
def test_planning_refuses_alike(tmp_path, kind):
    path, reader = write(kind, tmp_path)
    with pytest.raises(LimitExceeded, match=SAID[kind].split(",")[0]):
        plan_distribution(Distribution(id="a", access_url=path.name, reader=reader), base=tmp_path)


def test_the_option_that_an_error_names_lets_it_be_opened(tmp_path):
    array_v2(tmp_path / "a.zarr", "a", [100], [1], ["x"])
    with pytest.raises(LimitExceeded) as caught:
        opened(tmp_path / "a.zarr", "zarr", limits={"chunks": 99})
    assert caught.value.hint.endswith("limits={'chunks': 100}")
    found = opened(tmp_path / "a.zarr", "zarr", limits={"chunks": 100})
    assert found["a"].data.npartitions == 100
    assert (
        opened(tmp_path / "a.zarr", "zarr", options={"chunks": {"x": 50}})["a"].data.npartitions
        == 2
    )
    with pytest.raises(LimitExceeded, match="100 chunks"):
        opened(tmp_path / "a.zarr", "zarr", options={"chunks": {"x": 1}}, limits={"chunks": 99})


@pytest.mark.parametrize("given", [{"chunk": 1}, {"chunks": 0}, {"chunks": "9"}, {"names": True}])
def test_limits_that_there_are_not_are_refused(tmp_path, given):
    with pytest.raises(InvalidInput, match="whole numbers above 0 for any of unpacked, chunks"):
        opened(tmp_path / "a.zarr", "zarr", limits=given)


DDS = {
    "two sizes": ("Dataset { Float64 a[x = 1000000000][y = 1000000000]; } d;", "chunks"),
    "coordinate": ("Dataset { Float64 x[x = 1000000000]; } d;", "the coordinate 'x'"),
    "long number": ("Dataset { Float64 a[x = " + "9" * 5000 + "]; } d;", "a DAP array of size"),
    "beyond numbers": (
        "Dataset { Float64 a[x = 999999999999][y = 999999999999]; } d;",
        "which is more than",
    ),
    "variables": (
        "Dataset { " + "".join(f"Byte a{n};" for n in range(17_000)) + "} d;",
        "17,000 variables",
    ),
    "document": ("Dataset { " + "Byte a;" * 1_300_000 + "} d;", "a DAP document of"),
    "other digits": ("Dataset { Byte a[x = ²]; } d;", "a DAP array of size"),
}


@pytest.mark.parametrize("name", DDS)
def test_an_opendap_server_that_says_it_has_very_much(tmp_path, name):
    text, said = DDS[name]
    (tmp_path / "a.dds").write_text(text)
    (tmp_path / "a.das").write_text("Attributes { }")
    with DataServer(tmp_path) as server:
        way = Distribution(id="a", access_url=f"{server.url}/a", reader="opendap")
        with pytest.raises(SciknowError, match=said):
            open_distribution(way, base=tmp_path)


CODECS = {
    "gzip": numcodecs.GZip(9),
    "zlib": numcodecs.Zlib(9),
    "bz2": numcodecs.BZ2(9),
    "lzma": numcodecs.LZMA(),
    "blosc": numcodecs.Blosc(),
    "zstd": numcodecs.Zstd(9),
    "lz4": numcodecs.LZ4(),
}


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("filtered", [False, True])
def test_a_chunk_unpacks_to_what_its_shape_takes(tmp_path, name, filtered):
    codec = CODECS[name]
    ds = xr.Dataset({"a": ("x", np.arange(2000.0))}).chunk(x=500)
    given = {"compressors": None, "filters": [codec]} if filtered else {"compressors": codec}
    ds.to_zarr(tmp_path / "a.zarr", zarr_format=2, encoding={"a": given})
    np.testing.assert_array_equal(opened(tmp_path / "a.zarr", "zarr")["a"], ds["a"])
    (tmp_path / "a.zarr" / "a" / "1").write_bytes(bytes(codec.encode(bytes(50 * 2**20))))
    found = opened(tmp_path / "a.zarr", "zarr")["a"]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(IntegrityError, match="8 times what its shape takes"):
        found.compute()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024
    np.testing.assert_array_equal(found[:500], np.arange(500.0))


@pytest.mark.parametrize("name", ["gzip", "blosc", "zstd"])
@pytest.mark.parametrize("shards", [None, (1_000_000,)])
def test_a_chunk_of_version_3_does_too_in_shards_as_well(tmp_path, name, shards):
    codec = {
        "gzip": zarr.codecs.GzipCodec(),
        "blosc": zarr.codecs.BloscCodec(),
        "zstd": zarr.codecs.ZstdCodec(),
    }[name]
    group = zarr.open_group(tmp_path / "a.zarr", mode="w", zarr_format=3)
    made = group.create_array(
        "a",
        shape=(1_000_000,),
        chunks=(500_000,),
        shards=shards,
        dtype="f8",
        compressors=codec,
        dimension_names=["x"],
    )
    made[:] = np.ones(1_000_000)
    found = opened(tmp_path / "a.zarr", "zarr")["a"]
    assert found.sum().compute() == 1_000_000
    about = tmp_path / "a.zarr" / "a" / "zarr.json"
    about.write_text(about.read_text().replace("00000", ""))  # ten values, in chunks of five
    with pytest.raises(IntegrityError, match="8 times what its shape takes"):
        opened(tmp_path / "a.zarr", "zarr")["a"].compute()


def test_a_stranger_names_no_codecs_of_ours_for_others(tmp_path):
    array_v2(tmp_path / "a.zarr", "a", [10], [10], ["x"])
    opened(tmp_path / "a.zarr", "zarr")
    other = zarr.open_group(tmp_path / "a.zarr", mode="r")["a"]
    assert type(other.async_array.codec_pipeline).__module__.startswith("zarr.")
