"""Which readers there are, and what is said when one is missing, broken or doubled."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from importlib.metadata import EntryPoint

import pytest

from sciknow import formats
from sciknow.errors import DegradedWarning, InvalidInput, MissingDependency, NotFound
from sciknow.model.format import Form, Format
from sciknow.model.option import parse_name
from sciknow.readers import registry
from sciknow.readers.protocol import Reader

GROUP = formats.GROUP


LAMP = Format(
    name="lamp",
    reader="no_such_module_of_lamps:LampReader",
    form=Form.FILE,
    route="lamp logs, read whole",
    media_types=("application/x-lamp",),
    suffixes=(".lamp",),
    options={"bulb": parse_name},
    requires=("no_such_module_of_lamps",),
    install="lamps",
)


def test_built_ins_come_through_the_entry_points():
    assert {"csv", "kerchunk", "netcdf", "parquet", "zarr"} <= set(formats.installed_formats())
    for name in ("csv", "kerchunk", "netcdf", "parquet", "zarr"):
        assert isinstance(registry.get(name), Reader)


def test_a_reader_has_the_format_that_names_it():
    for name, item in formats.installed_formats().items():
        assert registry.get(name).format is item


def test_duplicate_warns_and_the_first_stays():
    points = [
        EntryPoint("a", "x:One", GROUP),
        EntryPoint("a", "y:Two", GROUP),
        EntryPoint("a", "x:One", GROUP),
    ]
    with pytest.warns(DegradedWarning, match="two readers are called 'a'"):
        found = formats.load(points)
    assert found["a"].value == "x:One"


@pytest.mark.parametrize(
    "value", ["no_such_module_at_all:Reader", "json:no_such_name", "json:dumps", "json"]
)
def test_broken_plugin_warns_and_is_skipped(value):
    with pytest.warns(DegradedWarning, match="skipped"):
        assert formats.import_format(EntryPoint("broken", value, GROUP)) is None


def test_name_must_be_the_entry_points():
    point = EntryPoint("other", "sciknow.readers.formats.csv:FORMAT", GROUP)
    with pytest.warns(DegradedWarning, match="no Format"):
        assert formats.import_format(point) is None


@pytest.mark.parametrize(
    "value", ["no_such_module_at_all:Reader", "json:no_such_name", "json:JSONDecoder"]
)
def test_broken_reader_warns_and_is_skipped(value):
    broken = replace(LAMP, reader=value, requires=())
    with pytest.warns(DegradedWarning, match="skipped"), pytest.raises(NotFound, match="broken"):
        registry.reader_of(broken)


def test_an_entry_may_name_the_reader_itself():
    point = EntryPoint("csv", "sciknow.readers.formats.csv.reader:CsvReader", GROUP)
    assert formats.import_format(point) is formats.format_named("csv")


def test_missing_requirement_says_what_to_install():
    with pytest.raises(MissingDependency, match=r"no_such_module_of_lamps.*pip install 'lamps'"):
        LAMP.check_requirements()


def test_options_are_checked():
    LAMP.check_options(["bulb"])
    with pytest.raises(InvalidInput, match=r"no option 'shade'; it takes bulb"):
        LAMP.check_options(["bulb", "shade"])


@pytest.mark.parametrize(
    ("url", "media_type", "name"),
    [
        ("https://h/a/b.zarr/", "", "zarr"),
        ("https://h/a/b.NC?x=1", "", "netcdf"),
        ("data/a.parquet", "", "parquet"),
        ("https://h/a.csv", "", "csv"),
        ("https://h/a", "application/vnd.zarr", "zarr"),
        ("https://h/a", "application/netcdf", "netcdf"),
        ("https://h/a.json", "", "kerchunk"),
    ],
)
def test_match_by_ending_or_media_type(url, media_type, name):
    assert registry.match(url, media_type).format.name == name


def test_no_match_says_what_is_installed():
    with pytest.raises(NotFound, match=r"media type application/x-lamp; installed are csv"):
        registry.match("https://h/a", "application/x-lamp")


def test_unknown_name_says_what_is_installed():
    with pytest.raises(NotFound, match=r"no reader 'lamp' is installed; installed are csv"):
        registry.get("lamp")


def test_looking_up_readers_loads_nothing_heavy():
    code = (
        "import sys, sciknow.readers.registry, sciknow.formats as f;"
        "assert 'zarr' in f.installed_formats();"
        "bad = {'xarray', 'dask', 'zarr', 'pandas', 'h5py', 'aiohttp'} & set(sys.modules);"
        "sys.exit(str(bad) if bad else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
