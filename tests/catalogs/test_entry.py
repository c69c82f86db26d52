"""Services, sets of files, JSON lines and packed tables in a catalogue, and in plain Intake."""

import json
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import dask.dataframe
import intake
import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sciknow.catalogs import build_reader, check_file, format_file, read_file
from sciknow.errors import InvalidInput, SciknowError, UntrustedInput
from sciknow.model import Activity, Catalog, Dataset, Distribution, LangString
from sciknow.readers import open_distribution
from sciknow.vocab import Sector

sys.path.insert(0, str(Path(__file__).parents[1]))
from servers.dap import dap_server
from servers.erddap import SINCE, erddap_server


def text_of(*ways):
    card = Dataset(
        id="first",
        title=LangString("First"),
        description=LangString("Made for tests."),
        publisher="nobody",
        landing_page="https://example.org/first",
        theme=("sea-ice",),
        distributions=ways,
        provenance=(
            Activity(source="https://example.org/first", accessed="2026-11-24", fields=("title",)),
        ),
    )
    return format_file(Catalog(sector=Sector.OCEAN, title=LangString("O"), datasets=(card,)))


def came_back(folder, way):
    """Write a way into a catalogue, and return it as it is read, with the plain catalogue."""
    path = folder / "ocean.yaml"
    path.write_text(text_of(way))
    assert check_file(path) == []
    (read,) = read_file(path).datasets[0].distributions
    return read, intake.open_catalog(str(path))


def test_a_set_of_files(folder, array):
    for number, name in enumerate(("a.nc", "b.nc")):
        later = array["time"] + np.timedelta64(10 * number, "D")
        array.assign_coords(time=later).to_netcdf(folder / "data" / name, engine="h5netcdf")
    way = Distribution(
        id="set",
        access_url="data/a.nc",
        reader="netcdf",
        media_type="application/netcdf",
        options={"engine": "h5netcdf", "concat_dim": "time", "files": ["a.nc", "b.nc"]},
        offline=True,
    )
    read, plain = came_back(folder, way)
    assert read == way
    text = (folder / "ocean.yaml").read_text()
    assert "combine: nested" in text
    assert "files" not in text
    ours = open_distribution(read, base=folder)
    assert ours.sizes == {"time": 20}
    for opened in (build_reader(read, folder).read(), plain["set"].read()):
        with opened:
            np.testing.assert_array_equal(opened["t"], ours["t"])


def test_a_set_may_be_opened_through_references():
    options = {"engine": "h5netcdf", "concat_dim": "time", "files": ["a.nc", "c/b.nc"]}
    way = Distribution(
        id="set",
        access_url="https://e.org/d/a.nc",
        reader="netcdf",
        options={**options, "virtual": True},
    )
    text = text_of(way)
    assert "https://e.org/d/c/b.nc" in text
    assert "virtual: true" in text


def test_opendap(folder, array):
    raw = array.assign_coords(time=("time", np.arange(10.0), {"units": "days since 2000-01-01"}))
    with dap_server(raw) as server:
        way = Distribution(
            id="dap",
            access_url=server.url,
            reader="opendap",
            media_type="application/vnd.opendap.dap2",
        )
        read, plain = came_back(folder, way)
        assert read == way
        xr.testing.assert_equal(open_distribution(read, base=folder).load(), array)
        assert plain["dap"].data.url == server.url
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pydap warns that it guesses the protocol
            np.testing.assert_array_equal(build_reader(read, folder).read()["t"], array["t"])


def test_tabledap(folder):
    frame = pd.DataFrame({"time": np.arange(5.0) * 86_400, "v": np.arange(5.0)})
    with erddap_server() as server:
        server.tables["t"] = frame, {"time": {"units": SINCE}, "v": {"units": "m"}}
        way = Distribution(
            id="tab",
            access_url=f"{server.url}/tabledap/t.csvp",
            reader="tabledap",
            media_type="application/vnd.erddap.tabledap",
        )
        read, plain = came_back(folder, way)
        assert read == way
        ours = open_distribution(read, base=folder).compute()
        assert ours["v"].tolist() == frame["v"].tolist()
        theirs = plain["tab"].read()
        assert isinstance(theirs, dask.dataframe.DataFrame)
        assert theirs["v (m)"].compute().tolist() == frame["v"].tolist()


def test_json_lines_and_packed_tables(folder):
    frame = pd.DataFrame({"a": [1.5, 2.5], "name": ["海", "b"]})
    rows = frame.to_dict("records")
    (folder / "data" / "t.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    frame.to_csv(folder / "data" / "t.csv.zip", index=False)
    lines = Distribution(
        id="t",
        access_url="data/t.jsonl",
        reader="jsonl",
        media_type="application/jsonl",
        options={"dtype": {"a": "float64"}},
        offline=True,
    )
    packed = replace(
        lines,
        access_url="data/t.csv.zip",
        reader="csv",
        media_type="text/csv",
        options={"compression": "zip", "blocksize": None},
    )
    for way in (lines, packed):
        read, plain = came_back(folder, way)
        assert read == way
        for opened in (
            open_distribution(read, base=folder),
            build_reader(read, folder).read(),
            plain["t"].read(),
        ):
            found = opened.compute().reset_index(drop=True)
            pd.testing.assert_frame_equal(found, frame, check_dtype=False)


def entry(datatype, url, reader="DaskCSV", output="dask.dataframe:DataFrame", **kwargs):
    """Write the part of a catalogue that opens something."""
    inner = json.dumps({"args": ["{data(first-zarr-data)}"], **kwargs})
    return f"""\
aliases: {{first-zarr: first-zarr}}
data:
  first-zarr-data:
    datatype: intake.readers.datatypes:{datatype}
    kwargs: {{url: {json.dumps(url)}}}
    metadata: {{}}
    user_parameters: {{}}
entries:
  first-zarr:
    reader: intake.readers.readers:{reader}
    kwargs: {inner}
    output_instance: {output}
    metadata: {{}}
    user_parameters: {{}}
user_parameters: {{}}
"""


XARRAY = {"reader": "XArrayDatasetReader", "output": "xarray:Dataset", "chunks": {}}
DAP = {**XARRAY, "engine": "pydap"}
SET = {**XARRAY, "engine": "h5netcdf"}
LINES = {"reader": "DaskJSON", "lines": True}
E = "https://e.org"
TABLE = f"{E}/erddap/tabledap/a.csvp"
REFUSED = {
    "dap-file": (entry("OpenDAP", "file:///etc/passwd", **DAP), UntrustedInput, "file:///"),
    "dap-local": (entry("OpenDAP", "{CATALOG_DIR}/x", **DAP), InvalidInput, "http"),
    "dap-s3": (entry("OpenDAP", "s3://b/x", **DAP), InvalidInput, "http"),
    "dap-query": (entry("OpenDAP", f"{E}/x?a[0:1]", **DAP), InvalidInput, "query"),
    "dap-env": (entry("OpenDAP", f"{E}/{{env(HOME)}}", **DAP), UntrustedInput, "env"),
    "dap-user": (entry("OpenDAP", "https://me:pw@e.org/x", **DAP), UntrustedInput, "user name"),
    "dap-auth": (entry("OpenDAP", f"{E}/x", auth="esgf", **DAP), InvalidInput, "auth"),
    "dap-engine": (entry("OpenDAP", f"{E}/x", **XARRAY, engine="zarr"), UntrustedInput, "pydap"),
    "dap-group": (entry("OpenDAP", f"{E}/x", group="g", **DAP), InvalidInput, "group"),
    "set-one": (entry("HDF5", [f"{E}/a.nc"], **SET), InvalidInput, "1 addresses"),
    "set-none": (entry("HDF5", [], **SET), InvalidInput, "0 addresses"),
    "set-other-host": (
        entry("HDF5", [f"{E}/d/a.nc", "https://f.org/d/b.nc"], **SET),
        InvalidInput,
        "below https://e.org/d/",
    ),
    "set-above": (entry("HDF5", [f"{E}/d/a.nc", f"{E}/b.nc"], **SET), InvalidInput, "below"),
    "set-file": (entry("HDF5", [f"{E}/a.nc", "/etc/passwd"], **SET), UntrustedInput, "/etc"),
    "set-dots": (
        entry("HDF5", ["{CATALOG_DIR}/d/a.nc", "{CATALOG_DIR}/d/../../x"], **SET),
        UntrustedInput,
        "x",
    ),
    "set-web-dots": (
        entry("HDF5", [f"{E}/d/a.nc", f"{E}/d/../../x"], **SET),
        SciknowError,
        "x",
    ),
    "set-mixed": (
        entry("HDF5", [f"{E}/d/a.nc", "{CATALOG_DIR}/d/b.nc"], **SET),
        InvalidInput,
        "below",
    ),
    "set-pattern": (entry("HDF5", [f"{E}/a.nc", f"{E}/*.nc"], **SET), InvalidInput, "pattern"),
    "set-query": (entry("HDF5", [f"{E}/a.nc", f"{E}/b.nc?x=1"], **SET), UntrustedInput, "query"),
    "set-too-many": (
        entry("HDF5", [f"{E}/{number}.nc" for number in range(2_001)], **SET),
        InvalidInput,
        "found 2001 addresses",
    ),
    "set-of-zarr": (
        entry("Zarr", [f"{E}/a", f"{E}/b"], **XARRAY, engine="zarr"),
        InvalidInput,
        "one address",
    ),
    "set-files": (
        entry("HDF5", f"{E}/a.nc", files=["../../x"], **SET),
        InvalidInput,
        "unknown option",
    ),
    "concat-alone": (
        entry("HDF5", [f"{E}/a.nc", f"{E}/b.nc"], concat_dim="time", **SET),
        InvalidInput,
        "nested",
    ),
    "combine-alone": (
        entry("HDF5", [f"{E}/a.nc", f"{E}/b.nc"], combine="nested", **SET),
        InvalidInput,
        "concat_dim",
    ),
    "virtual-code": (entry("HDF5", f"{E}/a.nc", virtual="os:system", **SET), InvalidInput, "true"),
    "table-query": (
        entry("CSV", f"{TABLE}?time&time%3E=2020-01-01", blocksize=None),
        InvalidInput,
        "without a query",
    ),
    "table-blocks": (entry("CSV", TABLE), InvalidInput, "blocksize"),
    "table-options": (
        entry("CSV", TABLE, blocksize=None, usecols=["a"]),
        InvalidInput,
        "usecols",
    ),
    "lines-missing": (entry("JSONFile", f"{E}/a.jsonl", reader="DaskJSON"), InvalidInput, "lines"),
    "lines-false": (
        entry("JSONFile", f"{E}/a.jsonl", reader="DaskJSON", lines=False),
        InvalidInput,
        "lines",
    ),
    "lines-engine": (
        entry("JSONFile", f"{E}/a.jsonl", engine="os:system", **LINES),
        InvalidInput,
        "no engine",
    ),
    "lines-dtype": (
        entry("JSONFile", f"{E}/a.jsonl", dtype={"a": "os.system"}, **LINES),
        InvalidInput,
        "one of bool",
    ),
    "lines-reader": (entry("JSONFile", f"{E}/a.jsonl", lines=True), InvalidInput, "DaskJSON"),
    "zip-member": (
        entry("CSV", f"{E}/a.zip", compression="zip", member="{env(HOME)}"),
        UntrustedInput,
        "env",
    ),
    "zip-other": (entry("CSV", f"{E}/a.zip", compression="tar"), InvalidInput, "zip"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_is_refused(case, sound, tmp_path):
    broken, kind, words = REFUSED[case]
    path = tmp_path / "case.yaml"
    path.write_text(sound[: sound.index("aliases:")] + broken)
    with pytest.raises(kind) as caught:
        read_file(path)
    assert words in str(caught.value)
    assert "case.yaml" in str(caught.value)
    assert check_file(path)
