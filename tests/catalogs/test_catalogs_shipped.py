"""The arrays that ship inside: real, small, CF-conforming, and as their cards say."""

import importlib.util
from pathlib import Path

import cf_xarray  # noqa: F401  (registers the accessor)
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from cf_xarray.units import units as registry

from sciknow.catalogs import build_reader, read_file
from sciknow.files import files_below
from sciknow.model.coverage import date_key
from sciknow.readers import open_distribution

ROOT = Path(__file__).parents[2]
CATALOGS = ROOT / "catalogs"
NAMES = dict(
    line.split("\t")
    for line in (ROOT / "knowledge_graph" / "vocabulary" / "cf-standard-names.txt")
    .read_text(encoding="utf-8")
    .splitlines()
    if not line.startswith("#")
)
OFFLINE = [
    (dataset, way)
    for file in sorted(CATALOGS.glob("*-embedded.yaml"))
    for dataset in read_file(file).datasets
    for way in dataset.distributions
    if way.offline
]
SHAPES = {
    "atlantic-profiles-netcdf": ("depth", "lat", "lon"),
    "tropical-sst-monthly-netcdf": ("time", "lat", "lon"),
    "land-mask-half-degree-netcdf": ("lat", "lon"),
    "hurricane-katrina-track-netcdf": ("time",),
    "seattle-temperature-hourly-netcdf": ("time",),
    "san-francisco-temperature-hourly-netcdf": ("time",),
    "landsat-rgb-geotiff": ("band", "y", "x"),
}
"""Cubes, maps, a track, groups and an image: what is no series at one place."""

ARRAYS = [
    pair
    for pair in OFFLINE
    if pair[1].reader not in ("csv", "parquet") and pair[1].id not in SHAPES
]
SHAPED = [pair for pair in OFFLINE if pair[1].id in SHAPES]
TABLES = [pair for pair in OFFLINE if pair[1].reader in ("csv", "parquet")]


def named(pairs):
    return {"argvalues": pairs, "ids": [way.id for _, way in pairs]}


@pytest.fixture
def opened(request):
    _, way = request.param
    with build_reader(way, CATALOGS).read() as dataset:
        yield dataset


def test_there_is_one_of_each_form():
    forms = {"zarr", "netcdf", "kerchunk", "csv", "parquet", "geotiff"}
    assert {way.reader for _, way in OFFLINE} == forms
    stores = {way.access_url for _, way in OFFLINE if way.reader == "zarr"}
    assert {(CATALOGS / url / "zarr.json").exists() for url in stores} == {True, False}
    engines = {way.options["engine"] for _, way in OFFLINE if way.reader == "netcdf"}
    assert engines == {"scipy", "h5netcdf"}
    assert len({dataset.id for dataset, _ in OFFLINE}) >= 25
    assert len({dataset.sector for dataset, _ in OFFLINE}) >= 12
    assert {way.id for _, way in SHAPED} == set(SHAPES)


def test_they_are_small_and_all_are_used():
    found = list(files_below(CATALOGS / "data"))
    assert sum(path.stat().st_size for path in found) < 12_000_000
    used = {way.access_url for _, way in OFFLINE}
    assert {path.suffix for path in found} <= {"", ".nc", ".json", ".csv", ".parquet", ".tif"}
    assert {f"data/{path.name}" for path in (CATALOGS / "data").iterdir()} == used


@pytest.mark.parametrize("opened", indirect=True, **named(ARRAYS))
def test_arrays_follow_cf(opened):
    assert opened.attrs["Conventions"].startswith("CF-1.")
    for key in ("title", "source", "license", "references"):
        assert opened.attrs[key]
    assert opened.cf.axes["T"] == ["time"]
    assert opened.cf.coordinates["time"] == ["time"]
    assert opened["time"].encoding["calendar"] in ("standard", "gregorian", "proleptic_gregorian")
    assert opened.indexes["time"].is_monotonic_increasing
    assert opened.indexes["time"].is_unique
    for name, variable in opened.variables.items():
        if units := variable.attrs.get("units"):
            registry.Unit(units.removeprefix("1e-6").removeprefix("1e8 ") or "1")
        if standard := variable.attrs.get("standard_name"):
            assert standard in NAMES, name
        if bounds := {**variable.attrs, **variable.encoding}.get("bounds"):
            assert opened[bounds].shape == (*variable.shape, 2)


@pytest.mark.parametrize("opened", indirect=True, **named(ARRAYS))
def test_times_lie_in_their_bounds(opened):
    if "time_bnds" in opened:
        low, high = opened["time_bnds"].values.T
        assert (low == opened["time"].values).all()
        assert (low < high).all()
        assert (high[:-1] == low[1:]).all()
    for axis in ("lat", "lon"):
        if f"{axis}_bnds" in opened:
            low, high = opened[f"{axis}_bnds"].values
            assert low < opened[axis].item() < high


@pytest.mark.parametrize(("dataset", "way"), **named(ARRAYS))
def test_arrays_are_what_their_card_says(dataset, way):
    with build_reader(way, CATALOGS).read() as opened:
        names = {name for name in opened.data_vars if not str(name).endswith("_bnds")}
        assert names == {variable.name for variable in dataset.variables}
        for variable in dataset.variables:
            attributes = opened[variable.name].attrs
            assert attributes.get("units", "") == variable.units
            assert attributes.get("standard_name", "") == variable.standard_name
            assert attributes["long_name"]
        first, last = pd.DatetimeIndex(opened["time"].values[[0, -1]])
        assert_period(dataset, first, last)
        if dataset.spatial.bbox:
            west, south, east, north = dataset.spatial.bbox
            assert west <= opened["lon"].item() <= east
            assert south <= opened["lat"].item() <= north


@pytest.mark.parametrize(("dataset", "way"), **named(SHAPED))
def test_cubes_maps_tracks_and_images_are_what_their_card_says(dataset, way):
    opened = open_distribution(way, base=CATALOGS)
    names = [name for name in opened.data_vars if not str(name).endswith("_bnds")]
    assert set(names) == {variable.name for variable in dataset.variables}
    for variable in dataset.variables:
        found = opened[variable.name]
        assert set(found.dims) == set(SHAPES[way.id])
        assert found.attrs.get("units", "") == variable.units
        assert found.attrs.get("standard_name", "") == variable.standard_name
        assert bool(found.size and found.load().notnull().any())
    if way.reader == "netcdf":
        assert all(opened.attrs[key] for key in ("title", "source", "license", "references"))
    if "lon" in opened and dataset.spatial.bbox:
        west, south, east, north = dataset.spatial.bbox
        assert west <= float(opened["lon"].min()) <= float(opened["lon"].max()) <= max(east, 360)
        assert south <= float(opened["lat"].min()) <= float(opened["lat"].max()) <= north


def assert_period(dataset, first, last):
    start, end = dataset.temporal.start, dataset.temporal.end
    assert date_key(start) == int(first.strftime("%Y%m%d"))
    assert date_key(end) <= int(last.strftime("%Y%m%d")) <= date_key(end, end=True) or (
        date_key(f"{last:%Y-%m}") <= date_key(end, end=True)
    )


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # dask on pandas 3.1
@pytest.mark.parametrize(("dataset", "way"), **named(TABLES))
def test_tables_are_what_their_card_says(dataset, way):
    frame = build_reader(way, CATALOGS).read()
    table = frame.compute()
    assert {variable.name for variable in dataset.variables} <= set(table.columns)
    assert len(table) > 10
    assert not table.isna().all().any()
    if "time" in table:
        assert isinstance(table["time"].iloc[0], pd.Timestamp)
        assert date_key(dataset.temporal.start) == int(f"{table['time'].min():%Y%m%d}")
        assert int(f"{table['time'].max():%Y%m%d}") <= date_key(dataset.temporal.end, end=True)


def test_known_values():
    """A few values read in the packages' own files."""
    ways = {way.id: way for _, way in OFFLINE}
    with build_reader(ways["mauna-loa-co2-weekly-zarr"], CATALOGS).read().load() as co2:
        assert co2["co2"].sel(time="1958-03-29").item() == 316.1
        assert co2["co2"].sel(time="2001-12-29").item() == 371.5
        assert int(co2["co2"].isnull().sum()) == 59
    with build_reader(ways["nino12-sst-monthly-zarr"], CATALOGS).read().load() as nino:
        assert nino["sst"].sel(time="1951-12-01").item() == 22.89
    with build_reader(ways["seattle-weather-daily-references"], CATALOGS).read().load() as weather:
        flags = weather["weather"].attrs["flag_meanings"].split()
        assert flags[int(weather["weather"].sel(time="2012-01-02"))] == "rain"
        assert weather["precipitation"].sel(time="2012-01-02").item() == 10.9


def test_the_script_makes_them_again(tmp_path):
    for package in ("statsmodels", "vega_datasets"):
        pytest.importorskip(package, reason="needed to make the arrays, not to use them")
    path = ROOT / "scripts" / "make_embedded_arrays.py"
    spec = importlib.util.spec_from_file_location("make_embedded_arrays", path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    for folder in ("one", "two"):
        made.main(tmp_path / folder)
    first, second = (sorted(files_below(tmp_path / name)) for name in ("one", "two"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    for name in made.MAKERS:
        again, shipped = tmp_path / "one" / name, CATALOGS / "data" / name
        if name.endswith((".zarr", ".nc")):
            with _open(again) as ours, _open(shipped) as theirs:
                xr.testing.assert_identical(ours.load(), theirs.load())
        elif name.endswith(".parquet"):
            pd.testing.assert_frame_equal(pd.read_parquet(again), pd.read_parquet(shipped))
        else:
            assert again.read_text() == shipped.read_text()


def test_the_other_script_makes_what_needs_no_wheel_again(tmp_path):
    for package in ("statsmodels", "vega_datasets"):
        pytest.importorskip(package, reason="needed to make the tables, not to use them")
    path = ROOT / "scripts" / "make_embedded_samples.py"
    spec = importlib.util.spec_from_file_location("make_embedded_samples", path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    own = [name for name in made.MAKERS if name.startswith(("city", "danish", "elec", "engel"))]
    for name in [*own, "stack-loss.csv", "travel-mode-choice.csv", "us-strike-durations.csv"]:
        made.MAKERS[name](tmp_path / name, made.Wheels(tmp_path))
        again, shipped = tmp_path / name, CATALOGS / "data" / name
        if name.endswith(".csv"):
            assert again.read_text() == shipped.read_text()
        else:
            xr.testing.assert_identical(xr.open_datatree(again), xr.open_datatree(shipped))


def _open(path):
    if path.suffix == ".zarr":
        return xr.open_zarr(path, consolidated=False)
    return xr.open_dataset(path)


def test_missing_weeks_stay_missing():
    with xr.open_zarr(CATALOGS / "data" / "mauna-loa-co2-weekly.zarr", consolidated=True) as co2:
        assert np.isnan(co2["co2"].encoding["_FillValue"])
