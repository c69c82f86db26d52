"""Points, projected, curvilinear and unstructured grids."""

import numpy as np
import pyproj
import pytest
import xarray as xr
from alignment.fields import LAT, LON, field, nothing_read

import sciknow as sk
from sciknow.errors import InvalidInput, MissingDependency


def smooth(lon, lat):
    """Return a smooth function on the globe."""
    return np.cos(np.deg2rad(lat)) * np.sin(np.deg2rad(lon)) + np.sin(np.deg2rad(lat))


def smooth_field(step, west=-180.0, **options):
    found = field(step, west, **options)
    found["t"] = smooth(found.lon, found.lat).transpose("lat", "lon").assign_attrs(found.t.attrs)
    return found


@pytest.fixture
def stations():
    lon, lat = (
        np.array([-179.9, -60.2, 0.1, 100.0, 179.9]),
        np.array([-10.0, 45.5, 80.0, -70.3, 5.0]),
    )
    coords = {"lon": ("station", lon, LON), "lat": ("station", lat, LAT)}
    return xr.Dataset({"o": ("station", smooth(lon, lat))}, coords)


def polar(epsg=3413, step=100_000.0, size=20):
    """Return a field on a polar stereographic grid."""
    edge = np.arange(-size, size + 1) * step
    attrs = pyproj.CRS.from_epsg(epsg).to_cf()
    x = ("x", edge, {"standard_name": "projection_x_coordinate", "units": "m"})
    y = ("y", edge[::-1], {"standard_name": "projection_y_coordinate", "units": "m"})
    ds = xr.Dataset(coords={"x": x, "y": y, "crs": ((), 0, attrs)})
    east, north = np.meshgrid(ds.x, ds.y)
    lon, lat = pyproj.Transformer.from_crs(epsg, 4326, always_xy=True).transform(east, north)
    ds["ice"] = (("y", "x"), smooth(lon, lat), {"grid_mapping": "crs"})
    return ds


@pytest.mark.parametrize("west", [-180.0, 0.0])
def test_a_grid_gives_its_values_at_points(stations, west):
    grid = smooth_field(2.0, west)
    with nothing_read():
        a2, b2 = found = sk.align(stations, grid.chunk(lat=30, lon=60))
    np.testing.assert_allclose(b2.t.values, stations.o.values, atol=2e-3)
    assert b2.t.dims == ("station",)
    xr.testing.assert_identical(a2, stations)
    assert "5 points" in found.report
    near = sk.align(stations, grid, method="nearest")[1]
    assert np.isin(near.t.values, grid.t.values).all()


def test_points_outside_the_grid_are_missing_and_counted(stations):
    grid = smooth_field(2.0, -180.0, east=0.0, south=0.0)
    a2, b2 = sk.align(stations, grid)
    assert a2.sizes["station"] == b2.sizes["station"] == 1
    _, b3 = found = sk.align(stations, grid, on="first")
    assert int(np.isnan(b3.t).sum()) == 4
    assert "outside and missing: 4 points" in found.report


def test_points_are_not_spread_over_a_grid(stations):
    with pytest.raises(InvalidInput, match="inventing"):
        sk.align(smooth_field(5.0), stations, grid="first")


def test_two_sets_of_points_are_refused(stations):
    other = stations.isel(station=[0, 2])
    with pytest.raises(InvalidInput, match="points"):
        sk.align(stations, other)


def test_a_projected_field_is_interpolated_onto_longitude_and_latitude():
    ice = polar()
    north = smooth_field(1.0, south=75.0)
    with nothing_read():
        a2, b2 = found = sk.align(ice.chunk(x=10, y=10), north, grid=north)
    np.testing.assert_allclose(a2.ice.values, b2.t.values, atol=2e-3)
    assert "grid_mapping" not in a2.ice.attrs
    assert "interpolated linearly from about 100 km" in found.report


def test_longitude_and_latitude_are_interpolated_onto_a_projected_grid():
    ice = polar()
    a2, b2 = sk.align(ice, smooth_field(1.0, 0.0), grid="first")
    # the pole itself lies beyond the last row of the grid and takes its value
    np.testing.assert_allclose(b2.t.values, a2.ice.values, atol=1e-2)
    assert b2.t.dims == ("y", "x")
    again = sk.align(b2, ice, grid="first")
    assert again.interpolated == ()


def test_one_projected_grid_goes_onto_another_of_the_same_projection_by_area():
    fine, coarse = polar(step=50_000.0, size=40), polar()
    a2, _ = found = sk.align(fine, coarse)
    assert "conservative" in found.report
    np.testing.assert_allclose(a2.ice.values, coarse.ice.values, atol=5e-3)


def test_one_projection_goes_onto_another():
    a, b = polar(), polar(epsg=3995, step=50_000.0)
    _, b2 = sk.align(b, a, grid="first")
    np.testing.assert_allclose(b2.ice.values, b.ice.values, atol=5e-3)


def test_kilometres_and_metres_are_told_apart():
    ice = polar()
    km = ice.assign_coords(x=ice.x / 1000, y=ice.y / 1000)
    for name in "xy":
        km[name].attrs = ice[name].attrs | {"units": "km"}
    north = smooth_field(1.0, south=75.0)
    np.testing.assert_allclose(
        sk.align(km, north, grid=north)[0].ice.values,
        sk.align(ice, north, grid=north)[0].ice.values,
    )


def test_a_projected_grid_that_tells_no_projection_is_refused():
    ice = polar().drop_vars("crs")
    with pytest.raises(InvalidInput, match="tells no projection"):
        sk.align(ice, smooth_field(1.0, south=60))


def test_a_projected_grid_without_pyproj_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyproj", None)
    with pytest.raises(MissingDependency, match=r"sciknow\[align\]"):
        sk.align(polar_without_pyproj(), smooth_field(1.0, south=60))


def polar_without_pyproj():
    x = ("x", np.arange(4.0) * 1e5, {"standard_name": "projection_x_coordinate"})
    y = ("y", np.arange(4.0) * 1e5, {"standard_name": "projection_y_coordinate"})
    told = {"grid_mapping_name": "polar_stereographic"}
    ds = xr.Dataset(coords={"x": x, "y": y, "crs": ((), 0, told)})
    ds["ice"] = (("y", "x"), np.zeros((4, 4)), {"grid_mapping": "crs"})
    return ds


def curvilinear(step=3.0):
    """Return a field on a grid that is turned against longitude and latitude."""
    flat = smooth_field(step, south=-60.0, north=60.0)
    j, i = np.meshgrid(np.arange(flat.sizes["lat"]), np.arange(flat.sizes["lon"]), indexing="ij")
    lon = flat.lon.values[i] + 20 * np.sin(j / 10)
    lat = flat.lat.values[j] + 5 * np.sin(i / 10)
    coords = {"nav_lon": (("j", "i"), lon, LON), "nav_lat": (("j", "i"), lat, LAT)}
    return xr.Dataset({"sst": (("j", "i"), smooth(lon, lat))}, coords)


def test_a_curvilinear_field_is_taken_from_the_nearest_place():
    sea, flat = curvilinear(), smooth_field(6.0)
    with nothing_read():
        a2, b2 = found = sk.align(sea.assign(sst=sea.sst.variable.chunk(i=40)), flat)
    expected = smooth(b2.lon, b2.lat).transpose("lat", "lon")
    error = np.abs(a2.sst.values - expected.values)
    assert np.nanmax(error) < np.deg2rad(10.0)
    assert np.nanmean(error) < np.deg2rad(2.0)
    assert np.isfinite(a2.sst.sel(lat=slice(-40, 40)).values).all()
    assert "taken from the nearest node" in found.report
    with pytest.raises(InvalidInput, match="xesmf"):
        sk.align(sea, flat, method="linear")
    with pytest.raises(InvalidInput, match="xesmf"):
        sk.align(sea, flat, method="conservative")


def test_places_far_from_every_place_are_missing():
    sea = curvilinear()
    a2, _ = sk.align(sea, smooth_field(6.0), grid=smooth_field(6.0), on="first")
    assert np.isnan(a2.sst.sel(lat=87.0).values).all()


def test_missing_coordinates_of_a_curvilinear_grid_are_no_places():
    sea = curvilinear()
    sea["nav_lon"][5:10, 5:10] = np.nan
    a2, _ = sk.align(sea, smooth_field(6.0))
    assert np.isfinite(a2.sst.sel(lat=slice(-40, 40), lon=slice(0, 90)).values).all()


def test_a_regular_grid_gives_its_values_on_a_curvilinear_one():
    sea = curvilinear()
    a2, b2 = sk.align(sea, smooth_field(1.0), grid="first")
    np.testing.assert_allclose(b2.t.values, a2.sst.values, atol=2e-3)


def test_an_unstructured_mesh_is_taken_from_the_nearest_place():
    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(0, 360, 40_000), np.rad2deg(np.arcsin(rng.uniform(-1, 1, 40_000)))
    coords = {"lon": ("ncells", lon, LON), "lat": ("ncells", lat, LAT)}
    mesh = xr.Dataset({"p": ("ncells", smooth(lon, lat))}, coords)
    flat = smooth_field(10.0)
    a2, b2 = sk.align(mesh, flat)
    np.testing.assert_allclose(a2.p.values, b2.t.values, atol=0.06)
    assert a2.p.dims == ("lat", "lon")


def test_a_path_is_refused_and_told_what_to_use(stations):
    path = stations.assign_coords(time=("station", xr.date_range("2001-01-01", periods=5)))
    with pytest.raises(InvalidInput, match="as along a path"):
        sk.align(path, smooth_field(5.0))


def test_the_area_of_a_projected_grid_is_known():
    found = sk.compatible(polar(), smooth_field(1.0, south=60.0))["space"]
    assert found.verdict.value == "compatible"
    assert found.values[0].startswith("-180 ")
    assert found.values[0].endswith(" 180 90")


def test_a_value_of_one_place_is_not_passed_off_as_a_mean():
    coarse = smooth_field(10.0, south=60.0)
    report = sk.align(polar(step=20_000.0, size=60), coarse).report
    assert "each value is that of one place, not a mean over the coarser cell" in report
    assert "one place" not in sk.align(polar(), smooth_field(0.5, south=80.0), grid="finer").report
