"""What a box, a period and names cut out of arrays: along the axes that they mean."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from pyproj import CRS, Transformer

from sciknow.axes.rule import Kind
from sciknow.errors import InvalidInput, NotFound
from sciknow.model import Distribution
from sciknow.model.selection import Selection, parse_selection
from sciknow.readers import open_distribution, plan_distribution
from sciknow.readers.selection import axis, has_places, indices, select


def saved(ds, path):
    ds.to_netcdf(path, engine="h5netcdf")
    return Distribution(id="x", access_url=path.name)


@pytest.mark.parametrize(
    ("north", "east"),
    [("degrees_north", "degrees_east"), ("degree_N", "degreeE"), ("degreesN", "degree_east")],
)
def test_every_spelling_of_degrees_is_cut(tmp_path, north, east):
    ds = xr.Dataset(
        {"t": (("Y", "X"), np.arange(12.0).reshape(3, 4))},
        {
            "Y": ("Y", [10.0, 20, 30], {"units": north}),
            "X": ("X", [0.0, 10, 20, 30], {"units": east}),
        },
    )
    found = open_distribution(saved(ds, tmp_path / "a.nc"), base=tmp_path, bbox=(5, 15, 25, 35))
    assert found.t.values.tolist() == [[5, 6], [9, 10]]


def test_a_period_is_cut_along_the_time_of_the_data_in_every_format(tmp_path):
    days = pd.date_range("2000-01-02", periods=6)
    run = days[[0, 0, 0, 3, 3, 3]] - pd.Timedelta(days=1)
    coords = {
        "run": ("time", run, {"standard_name": "forecast_reference_time"}),
        "time": ("time", days, {"standard_name": "time", "axis": "T"}),
    }
    ds = xr.Dataset({"t": ("time", np.arange(6.0))}, coords)
    ds.to_zarr(tmp_path / "a.zarr", zarr_format=2)
    for way in (saved(ds, tmp_path / "a.nc"), Distribution(id="x", access_url="a.zarr")):
        found = open_distribution(way, base=tmp_path, period=("2000-01-04", None))
        assert found.t.values.tolist() == [2, 3, 4, 5]


@pytest.mark.parametrize("calendar", ["noleap", "360_day", "julian", "standard"])
def test_a_period_is_cut_in_every_calendar_as_xarray_slices(tmp_path, calendar):
    times = xr.date_range("2000-01-01", periods=36, freq="MS", calendar=calendar, use_cftime=True)
    ds = xr.Dataset({"a": ("time", np.arange(36.0))}, {"time": times})
    way = saved(ds, tmp_path / "a.nc")
    for period in [("2001", "2001"), ("2001-03", "2002-02"), ("", "2000-02-28"), ("2002-12", "")]:
        wanted = ds.sel(time=slice(*(end or None for end in period))).a.values
        found = open_distribution(way, base=tmp_path, period=period)
        np.testing.assert_array_equal(found.a.values, wanted)
        assert plan_distribution(way, base=tmp_path, period=period).open().sizes == found.sizes


@pytest.mark.filterwarnings("ignore:Unable to decode time axis")
def test_years_that_nanoseconds_do_not_reach_are_cut(tmp_path):
    at = ("time", [0, 365, 730, 1095], {"units": "days since 2500-01-01"})
    way = saved(xr.Dataset({"a": ("time", np.arange(4.0))}, {"time": at}), tmp_path / "a.nc")
    assert open_distribution(way, base=tmp_path, period=("2500", "2501")).a.values.tolist() == [
        0,
        1,
    ]


def polar(unit=1.0, name="m", mapping="crs"):
    edge = np.arange(-20.0, 21) * 1e5 / unit
    x = ("x", edge, {"standard_name": "projection_x_coordinate", "units": name})
    y = ("y", edge[::-1], {"standard_name": "projection_y_coordinate", "units": name})
    ds = xr.Dataset(
        {"ice": (("y", "x"), np.zeros((41, 41)), {"grid_mapping": mapping})}, {"x": x, "y": y}
    )
    ds["crs"] = ((), 0, CRS.from_epsg(3413).to_cf())
    return ds


@pytest.mark.parametrize(("unit", "name", "mapping"), [(1e3, "km", "crs"), (1.0, "m", "crs: x y")])
def test_a_box_on_a_projected_grid_is_the_same_in_every_spelling(unit, name, mapping):
    wanted = Selection((-180.0, 80.0, 180.0, 90.0))
    found = select(polar(unit, name, mapping), wanted)
    assert found.sizes == select(polar(), wanted).sizes
    assert 0 < found.sizes["x"] < 41


def test_a_variable_of_a_projected_grid_keeps_its_mapping():
    found = select(polar(), Selection((-180.0, 80.0, 180.0, 90.0), variables=("ice",)))
    assert list(found.data_vars) == ["ice"]
    assert "crs" in found.coords


def test_projections_that_differ_are_not_chosen_between():
    ds = polar()
    ds["snow"] = ds.ice.assign_attrs(grid_mapping="other")
    ds["other"] = ((), 0, CRS.from_epsg(3995).to_cf())
    with pytest.raises(InvalidInput, match="several projections, crs, other"):
        indices(ds, Selection((-180.0, 80.0, 180.0, 90.0)))
    assert indices(ds, Selection((-180.0, 80.0, 180.0, 90.0), variables=("snow",)))


def path_of_a_ship():
    days = pd.date_range("2000-01-01", periods=6)
    at = np.arange(6.0) * 10
    coords = {"lat": ("obs", at), "lon": ("obs", at[::-1]), "time": ("obs", days)}
    return xr.Dataset({"t": ("obs", np.arange(6.0))}, coords)


def test_cuts_along_one_dimension_are_all_kept():
    found = select(
        path_of_a_ship(), Selection((0.0, 10.0, 40.0, 50.0), ("2000-01-01", "2000-01-04"))
    )
    assert found.t.values.tolist() == [1, 2, 3]
    with pytest.raises(InvalidInput, match="nothing lies inside"):
        select(path_of_a_ship(), Selection((0.0, 0.0, 9.0, 9.0)))


def test_two_times_of_which_nothing_tells_are_refused():
    ds = path_of_a_ship().rename(time="opened")
    ds = ds.assign_coords(shut=ds.opened)
    with pytest.raises(InvalidInput, match="which of opened, shut is their time"):
        indices(ds, Selection(period=("2000", "2000")))


def test_missing_times_lie_in_no_period():
    ds = path_of_a_ship()
    ds["time"] = ("obs", ds.time.values.copy())
    ds.time.values[2] = np.datetime64("NaT")
    assert select(ds, Selection(period=("", "2000-01-04"))).t.values.tolist() == [0, 1, 3]


def test_names_that_are_not_there_are_told():
    with pytest.raises(NotFound, match="no variable 'salt'"):
        select(path_of_a_ship(), parse_selection(variables="salt"))


def around(longitudes):
    at = np.asarray(longitudes, float)
    lat = ("lat", [0.0, 10, 20], {"units": "degrees_north"})
    lon = ("lon", at, {"units": "degrees_east"})
    return xr.Dataset({"t": (("lat", "lon"), np.zeros((3, at.size)))}, {"lat": lat, "lon": lon})


@pytest.mark.parametrize(
    ("longitudes", "west", "east", "expected"),
    [
        ([0, 90, 180, 270], 90, 180, [90, 180]),  # both meridians belong to the box
        ([0, 90, 180, 270], -90, 0, [270, 0]),  # across the seam of the data, as on the globe
        ([0, 90, 180, 270], -180, 180, [0, 90, 180, 270]),
        ([-180, -90, 0, 90], 170, 280, [-180, -90]),
        ([270, 180, 90, 0], 90, 270, [270, 180, 90]),  # falling ones stay as they are
        ([0, 90, 180, 270], 90, 90, [90]),
        ([0, 90, 180, 270], 90, 450, [0, 90, 180, 270]),
    ],
)
def test_a_box_holds_its_edges_and_crosses_the_seam(longitudes, west, east, expected):
    found = select(around(longitudes), Selection((float(west), 0.0, float(east), 10.0)))
    assert found.lon.values.tolist() == expected
    assert found.lat.values.tolist() == [0, 10]


def test_without_times_no_period_is_cut():
    ds = path_of_a_ship().isel(obs=slice(0))
    with pytest.raises(InvalidInput, match="nothing lies inside"):
        select(ds, Selection(period=("2000", "2000")))
    with pytest.raises(InvalidInput, match="no time coordinate"):
        select(around([0, 90]), Selection(period=("2000", "2000")))


def test_where_a_box_can_be_cut_out():
    assert has_places(around([0, 90]))
    assert has_places(polar())
    assert not has_places(polar().drop_vars("crs"))
    curved = xr.Dataset({"t": (("y", "x"), np.zeros((3, 2)))})
    curved = curved.assign_coords(lat=(("y", "x"), np.zeros((3, 2)), {"units": "degrees_north"}))
    assert not has_places(curved)
    with pytest.raises(InvalidInput, match="no one-dimensional latitude"):
        axis(curved, Kind.LATITUDE)
    with pytest.raises(InvalidInput, match="no one-dimensional latitude"):
        select(curved, Selection((0.0, 0.0, 10.0, 10.0)))


def test_tracks_that_name_no_coordinates_are_cut_too(tmp_path):
    ds = path_of_a_ship().reset_coords()
    for name, said in (("lat", "latitude"), ("lon", "longitude"), ("time", "time")):
        ds[name].attrs["standard_name"] = said
    way = saved(ds, tmp_path / "a.nc")
    part = {"bbox": (0, 10, 40, 50), "period": ("2000-01-01", "2000-01-04")}
    for variables in (None, ["t"]):
        found = open_distribution(way, base=tmp_path, variables=variables, **part)
        assert found.t.values.tolist() == [1, 2, 3]
        assert found.lat.values.tolist() == [10, 20, 30]
    assert list(open_distribution(way, base=tmp_path, variables=["lat"]).data_vars) == ["lat"]


def test_a_place_without_a_position_is_in_no_box():
    ds = path_of_a_ship()
    ds["lon"] = ("obs", [50.0, np.nan, 30, 20, 10, 0])
    assert select(ds, Selection((-180.0, -90.0, 180.0, 90.0))).t.values.tolist() == [0, 2, 3, 4, 5]


def test_both_sides_of_a_staggered_grid_are_cut():
    lat, lon = {"units": "degrees_north"}, {"units": "degrees_east"}
    ds = xr.Dataset(
        {"u": (("lat", "slon"), np.zeros((3, 4))), "v": (("slat", "lon"), np.zeros((2, 5)))},
        {
            "lat": ("lat", [0.0, 10, 20], lat),
            "lon": ("lon", np.arange(5) * 10.0, lon),
            "slat": ("slat", [5.0, 15], lat),
            "slon": ("slon", np.arange(4) * 10.0 + 5, lon),
        },
    )
    found = select(ds, Selection((0.0, -1.0, 22.0, 12.0)))
    assert dict(found.sizes) == {"lat": 2, "slon": 2, "slat": 1, "lon": 3}


@pytest.mark.parametrize("unit", ["radian", "radians", "rad"])
def test_a_box_in_degrees_cuts_cells_in_radians(unit):
    at = np.radians(np.arange(-30.0, 31, 10))
    coords = {
        "clat": ("cell", at, {"standard_name": "latitude", "units": unit}),
        "clon": ("cell", at, {"standard_name": "longitude", "units": unit}),
    }
    ds = xr.Dataset({"t": ("cell", np.arange(7))}, coords)
    assert select(ds, Selection((-15.0, -25.0, 25.0, 15.0))).t.values.tolist() == [2, 3, 4]


def at_one_place():
    ds = xr.Dataset({"t": ("level", np.arange(3.0))})
    lat, lon = {"units": "degrees_north"}, {"units": "degrees_east"}
    return ds.assign_coords(
        lat=((), 5.0, lat), lon=((), 355.0, lon), time=pd.Timestamp("2000-03-01")
    )


def test_one_place_and_one_moment_lie_inside_or_not(tmp_path):
    way = saved(at_one_place(), tmp_path / "a.nc")
    inside = {"bbox": (-10, 0, 0, 10), "period": ("2000-02", "2000-03-01")}
    assert open_distribution(way, base=tmp_path, **inside).sizes == {"level": 3}
    with pytest.raises(InvalidInput, match="the longitude of the data is 355"):
        open_distribution(way, base=tmp_path, bbox=(10, 0, 20, 10))
    with pytest.raises(InvalidInput, match="the time of the data is 2000-03-01"):
        open_distribution(way, base=tmp_path, period=("2001", None))


def test_why_no_period_is_cut_is_said():
    days = pd.date_range("2000-01-01", periods=6).values
    both = xr.Dataset({"t": (("obs", "z"), np.zeros((3, 2)))})
    both = both.assign_coords(time=(("obs", "z"), days.reshape(3, 2)))
    with pytest.raises(InvalidInput, match="time 'time' runs along obs and z"):
        select(both, Selection(period=("2000", "2000")))
    run = {"standard_name": "forecast_reference_time"}
    leads = days[:3, None] + pd.timedelta_range("0h", periods=2, freq="6h").values
    fore = xr.Dataset({"t": (("run", "step"), np.zeros((3, 2)))}, {"run": ("run", days[:3], run)})
    assert select(fore, Selection(period=("2000-01-02", ""))).sizes["run"] == 2
    fore = fore.assign_coords(valid=(("run", "step"), leads, {"standard_name": "time"}))
    with pytest.raises(InvalidInput, match="time 'valid' runs along run and step"):
        select(fore, Selection(period=("2000", "2000")))
    numbers = xr.Dataset({"t": ("time", [1.0])}, {"time": ("time", [1.0], {"units": "day as %Y"})})
    with pytest.raises(InvalidInput, match=r"'time' holds numbers, not dates \(day as %Y\)"):
        select(numbers, Selection(period=("2000", "2000")))


def test_a_box_on_a_turned_pole_is_told_in_true_degrees():
    pole = CRS.from_cf(
        {
            "grid_mapping_name": "rotated_latitude_longitude",
            "grid_north_pole_latitude": 39.25,
            "grid_north_pole_longitude": -162.0,
        }
    )
    at = np.arange(-20.0, 21, 2)
    ds = xr.Dataset(
        {"t": (("rlat", "rlon"), np.zeros((21, 21)), {"grid_mapping": "pole"})},
        {
            "rlat": ("rlat", at, {"standard_name": "grid_latitude", "units": "degrees"}),
            "rlon": ("rlon", at, {"standard_name": "grid_longitude", "units": "degrees"}),
        },
    )
    ds["pole"] = ((), 0, pole.to_cf())
    found = select(ds, Selection((10.0, 45.0, 30.0, 55.0)))
    back = Transformer.from_crs(pole, "OGC:CRS84", always_xy=True)
    lon, lat = back.transform(*np.meshgrid(at, at))
    inside = (lon >= 10) & (lon <= 30) & (lat >= 45) & (lat <= 55)
    assert found.rlat.values.tolist() == at[inside.any(axis=1)].tolist()
    assert found.rlon.values.tolist() == at[inside.any(axis=0)].tolist()


def test_variables_keep_the_bounds_of_their_axes(tmp_path):
    days = pd.date_range("2000-02-01", periods=3, freq="MS")
    edges = np.stack([days - pd.offsets.MonthBegin(1), days], axis=1)
    ds = xr.Dataset(
        {"a": ("time", np.arange(3.0)), "b": ("time", np.ones(3)), "edges": (("time", "n"), edges)},
        {"time": ("time", days, {"bounds": "edges"})},
    )
    ds.time.encoding["units"] = "days since 2000-01-01"
    way = saved(ds, tmp_path / "a.nc")
    found = open_distribution(way, base=tmp_path, variables=["a"], period=("2000-03", None))
    assert list(found.data_vars) == ["a"]
    np.testing.assert_array_equal(found.edges, edges[1:])
    whole = open_distribution(way, base=tmp_path)
    assert set(whole.data_vars) == {"a", "b", "edges"}


def test_texts_are_no_dates():
    ds = xr.Dataset({"a": ("time", [1.0, 2.0])}, {"time": ["2000-01-01", "2000-01-02"]})
    with pytest.raises(InvalidInput, match="'time' holds texts, not dates"):
        select(ds, Selection(period=("2000", "2000")))
