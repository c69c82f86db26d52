"""Sets whose files differ in a coordinate, a calendar or a unit: refused, joined or virtual."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from amount import share

import sciknow.readers.alike
from sciknow.errors import DegradedWarning, InvalidInput
from sciknow.model import Distribution
from sciknow.readers import open_distribution
from sciknow.readers.alike import alike
from sciknow.readers.formats.netcdf import virtual

LATS, LONS = np.linspace(-50, 50, 6), np.arange(8.0)
DOORS = [{}, {"concat_dim": "time"}, {"concat_dim": "time", "virtual": True}]


def one(
    number, *, lat=LATS, lon=LONS, north="degrees_north", unit="K", more=1.0, mask=1.0, pole=90.0
):
    shape = (3, len(lat), len(lon))
    return xr.Dataset(
        {
            "a": (("time", "lat", "lon"), np.full(shape, float(number)), {"units": unit}),
            "mask": (("lat", "lon"), np.full(shape[1:], mask)),
            "crs": ((), 0, {"grid_mapping_name": "latitude_longitude", "pole": pole}),
        },
        {
            "time": pd.date_range("2000-01-01", periods=3) + pd.Timedelta(days=3 * number),
            "lat": ("lat", lat, {"units": north}),
            "lon": ("lon", lon, {"units": "degrees_east"}),
            "width": ("lon", np.arange(float(len(lon))) * more),
            "level": more,
        },
    ).assign_attrs(number=number)


@pytest.fixture
def together(tmp_path, monkeypatch):
    monkeypatch.setattr(virtual, "folder", lambda: tmp_path / "kept")

    def made(options, *parts):
        for at, ds in enumerate(parts):
            ds.to_netcdf(tmp_path / f"{at}.nc", engine="h5netcdf")
        way = Distribution(id="x", access_url="*.nc", reader="netcdf", options=options)
        return open_distribution(way, base=tmp_path)

    return made


DIFFERENT = [
    ({"lat": LATS[::-1]}, "lat"),
    ({"lat": LATS + 10}, "lat"),
    ({"lat": LATS[:5]}, "lat"),
    ({"lon": LONS - 180}, "lon"),
    ({"north": "degrees_south"}, "lat"),
    ({"unit": "degC"}, "a"),
    ({"more": 2.0}, "width|level"),
    ({"mask": 2.0}, "mask"),
]


@pytest.mark.sample
@pytest.mark.parametrize(
    ("options", "other", "name"),
    [
        (options, *DIFFERENT[at])
        for options in DOORS
        for at in share(range(len(DIFFERENT)), 3, f"different {options}")
    ],
)
def test_files_that_differ_are_refused(together, options, other, name):
    with pytest.raises(InvalidInput, match="do not fit together") as caught:
        together(options, one(0), one(1, **other))
    if options:
        assert any(f"'{said}' in" in str(caught.value) for said in name.split("|"))
        assert "1.nc" in str(caught.value)


@pytest.mark.sample
@pytest.mark.parametrize(
    ("options", "other"),
    share(product(DOORS, [{"lat": LATS + 1e-6}, {"north": "degreeN"}]), 3, "alike"),
)
def test_rounding_and_spelling_are_no_difference(together, options, other):
    found = together(options, one(0), one(1, **other))
    assert found.lat.values.tolist() == LATS.tolist()
    assert found.a[:, 0, 0].values.tolist() == [0, 0, 0, 1, 1, 1]


def test_another_projection_is_refused(together):
    parts = [one(0), one(1, pole=80.0)]
    for ds in parts:
        ds.a.attrs["grid_mapping"] = "crs"
    with pytest.raises(InvalidInput, match=r"'crs' in .* another projection"):
        together({"concat_dim": "time"}, *parts)


def timed(start, calendar, epoch="days since 2000-01-01"):
    plain = calendar == "standard" and start < "2262"
    at = xr.date_range(start, periods=3, calendar=calendar, use_cftime=not plain)
    ds = xr.Dataset({"a": ("time", np.arange(3.0))}, {"time": at})
    ds.time.encoding["units"] = epoch
    return ds


@pytest.mark.sample
@pytest.mark.parametrize(
    ("options", "other"), share(product(DOORS, ["standard", "360_day"]), 3, "calendars")
)
def test_different_calendars_are_named(together, options, other):
    said = rf"calendar noleap in .*0\.nc, {other} in .*1\.nc"
    with pytest.raises(InvalidInput, match=said):
        together(options, timed("2000-01-01", "noleap"), timed("2001-01-01", other))


@pytest.mark.parametrize("options", DOORS)
def test_one_calendar_with_other_epochs_is_joined(together, options):
    parts = timed("2000-01-01", "noleap"), timed("2001-01-01", "noleap", "days since 2001-01-01")
    found = together(options, *parts)
    assert found.sel(time=slice("2001", "2001")).a.values.tolist() == [0, 1, 2]


@pytest.mark.filterwarnings("ignore:Unable to decode time axis")
@pytest.mark.parametrize("options", DOORS)
def test_years_beyond_nanoseconds_follow_those_within(together, options):
    found = together(options, timed("2000-01-01", "standard"), timed("2300-01-01", "standard"))
    assert found.sel(time=slice("2300", "2300")).a.values.tolist() == [0, 1, 2]
    assert found.indexes["time"].calendar in ("standard", "gregorian")


def test_a_dimension_that_no_file_has_is_refused(together):
    with pytest.raises(InvalidInput, match="no file of the set has the dimension 'run'"):
        together({"concat_dim": "run"}, one(0), one(1))


def test_what_is_too_large_to_be_compared_is_told(monkeypatch):
    monkeypatch.setattr(sciknow.readers.alike, "MAX_COMPARED", 400)
    with pytest.warns(DegradedWarning, match="mask of 2 files are taken from first"):
        alike([one(0), one(1, mask=2.0)], "time", ["first", "second"])


def test_variables_that_only_some_files_have_are_not_lost_in_references(together):
    part = one(1).assign(b=("time", np.arange(3.0)))
    with pytest.raises(InvalidInput, match="only some files have b"):
        together({"concat_dim": "time", "virtual": True}, one(0), part)
    assert together({"concat_dim": "time"}, one(0), part).b.values[3:].tolist() == [0, 1, 2]


@pytest.mark.parametrize("options", DOORS)
def test_what_differs_can_be_left_out(together, options):
    dropped = {"drop_variables": ["mask"]}
    found = together(options | dropped, one(0), one(1, mask=2.0))
    assert "mask" not in found
    assert found.a[:, 0, 0].values.tolist() == [0, 0, 0, 1, 1, 1]
    with pytest.raises(InvalidInput, match="'mask' in"):  # what was kept does not count as compared
        together(options)
