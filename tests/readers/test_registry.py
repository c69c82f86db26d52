"""Which readers there are, and what is said when one is missing, broken or doubled."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from sciknow.errors import DegradedWarning, InvalidInput, MissingDependency, NotFound
from sciknow.readers import registry
from sciknow.readers.protocol import Reader

GROUP = registry.GROUP


class LampReader:
    """A reader as another package would register it."""

    name = "lamp"
    media_types = ("application/x-lamp",)
    suffixes = (".lamp",)
    options = frozenset({"bulb"})
    requires = ("no_such_module_of_lamps",)
    install = "lamps"

    def open_(self, location, options):
        raise AssertionError("never opened here")


def test_built_ins_come_through_the_entry_points():
    assert {"csv", "kerchunk", "netcdf", "parquet", "zarr"} <= set(registry.names())
    for name in ("csv", "kerchunk", "netcdf", "parquet", "zarr"):
        assert isinstance(registry.get(name), Reader)


def test_known_readers_agree_with_the_readers_themselves():
    for name, (_, types, suffixes) in registry.KNOWN.items():
        if name in registry.names():
            reader = registry.get(name)
            assert set(types) <= set(reader.media_types)
            assert set(suffixes) <= set(reader.suffixes)


def test_duplicate_warns_and_the_first_stays():
    points = [
        EntryPoint("a", "x:One", GROUP),
        EntryPoint("a", "y:Two", GROUP),
        EntryPoint("a", "x:One", GROUP),
    ]
    with pytest.warns(DegradedWarning, match="two readers are called 'a'"):
        found = registry.load(points)
    assert found["a"].value == "x:One"


@pytest.mark.parametrize(
    "value", ["no_such_module_at_all:Reader", "json:no_such_name", "json:dumps", "json"]
)
def test_broken_plugin_warns_and_is_skipped(value):
    with pytest.warns(DegradedWarning, match="skipped"):
        assert registry.import_reader(EntryPoint("broken", value, GROUP)) is None


def test_name_must_be_the_entry_points():
    point = EntryPoint("other", "sciknow.readers.formats.csv.reader:CsvReader", GROUP)
    with pytest.warns(DegradedWarning, match="no Reader"):
        assert registry.import_reader(point) is None


def test_missing_requirement_says_what_to_install():
    with pytest.raises(MissingDependency, match=r"no_such_module_of_lamps.*pip install 'lamps'"):
        registry.check_requirements(LampReader())


def test_options_are_checked():
    registry.check_options(LampReader(), ["bulb"])
    with pytest.raises(InvalidInput, match=r"no option 'shade'; it takes bulb"):
        registry.check_options(LampReader(), ["bulb", "shade"])


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
    assert registry.match(url, media_type).name == name


def test_no_match_says_what_is_installed():
    with pytest.raises(NotFound, match=r"media type application/x-lamp; installed are csv"):
        registry.match("https://h/a", "application/x-lamp")


def test_unknown_name_says_what_is_installed():
    with pytest.raises(NotFound, match=r"no reader 'lamp' is installed; installed are csv"):
        registry.get("lamp")


def test_looking_up_readers_loads_nothing_heavy():
    code = (
        "import sys, sciknow.readers, sciknow.readers.registry as r; assert 'zarr' in r.names();"
        "bad = {'xarray', 'dask', 'zarr', 'pandas', 'h5py', 'aiohttp'} & set(sys.modules);"
        "sys.exit(str(bad) if bad else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
