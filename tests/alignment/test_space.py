"""One grid: conservative means, interpolation, nearest nodes, seams, missing values."""

import numpy as np
import pytest
import xarray as xr
from alignment.fields import LAT, LON, area_mean, axis, field, nothing_read
from amount import draws
from hypothesis import given, settings
from hypothesis import strategies as st

import sciknow as sk
from sciknow.errors import InvalidInput

COARSE = st.sampled_from([6.0, 9.0, 10.0, 12.0, 15.0, 20.0, 30.0])
FINE = st.sampled_from([1.5, 2.0, 2.5, 3.0, 4.0, 5.0])
WEST = st.sampled_from([-180.0, 0.0, -1.25])
quick = settings(max_examples=draws(8), deadline=None)


@quick
@given(FINE, COARSE, WEST, WEST, st.booleans(), st.booleans())
def test_conservative_means_keep_the_mean_over_the_globe(fine, coarse, west, other, down, down2):
    a = field(fine, west, falling=down, seed=1)
    b = field(coarse, other, falling=down2)
    a2, b2 = sk.align(a, b, method="conservative")
    assert area_mean(a2.t) == pytest.approx(area_mean(a.t), rel=1e-12)
    xr.testing.assert_identical(b2.t, b.t)


@quick
@given(FINE, COARSE, st.sampled_from(["linear", "nearest", "conservative"]), st.booleans())
def test_a_constant_stays_constant(fine, coarse, method, refine):
    a, b = field(fine, 0.0) * 0 + 273.15, field(coarse, -180.0)
    a2, _ = sk.align(
        *((b * 0 + 273.15, a) if refine else (a, b)), grid=a if refine else b, method=method
    )
    np.testing.assert_allclose(a2.t.values, 273.15, rtol=1e-12)


@quick
@given(st.integers(2, 6), WEST)
def test_whole_numbers_of_cells_are_plain_area_means(count, west):
    a = field(30 / count, west, seed=3)
    b = field(30.0, west)
    a2, _ = sk.align(a, b, method="conservative")
    edges = np.sin(np.deg2rad(np.linspace(-90, 90, 6 * count + 1)))
    weights = np.diff(edges).reshape(6, count)
    blocks = a.t.values.reshape(6, count, 12, count).mean(axis=3)
    expected = np.einsum("iaj,ia->ij", blocks, weights) / weights.sum(axis=1)[:, None]
    np.testing.assert_allclose(a2.t.values, expected)


@quick
@given(FINE, st.sampled_from([-180.0, 0.0]), st.sampled_from([-180.0, 0.0, 7.0]))
def test_linear_is_what_xarray_finds_on_a_field_that_was_made_cyclic_by_hand(step, west, other):
    a = field(10.0, west, seed=2)
    b = field(step, other)
    a2, _ = sk.align(a, b, grid="finer", method="linear")
    padded = a.pad(lon=1, mode="wrap").assign_coords(
        lon=np.concatenate([[a.lon[-1] - 360], a.lon, [a.lon[0] + 360]])
    )
    turned = (b.lon.values - west) % 360 + west
    inner = b.lat.values[np.abs(b.lat.values) <= 85]
    expected = padded.t.interp(lat=inner, lon=turned)
    np.testing.assert_allclose(a2.t.sel(lat=inner).values, expected.values, atol=1e-3)


@quick
@given(FINE, COARSE, st.booleans())
def test_nearest_gives_values_of_the_source_only(fine, coarse, refine):
    a, b = field(fine, 0.0, seed=4), field(coarse, -180.0, seed=5)
    source, grid = (b, a) if refine else (a, b)
    found, _ = sk.align(source, grid, grid=grid, method="nearest")
    assert np.isin(found.t.values, source.t.values).all()
    assert found.sizes == grid.sizes


@pytest.mark.parametrize("method", ["linear", "nearest", "conservative"])
def test_shared_nodes_are_exact_whatever_the_convention(method):
    a = field(5.0, 0.0, seed=6)
    b = field(5.0, -180.0, falling=True)
    a2, b2 = found = sk.align(a, b, grid="finer", method=method)
    a3, b3 = sk.align(b, a, grid=b, method=method)
    expected = a.assign_coords(lon=(a.lon + 180) % 360 - 180).sortby("lon").sel(lat=b.lat)
    np.testing.assert_array_equal(b3.t.values, expected.t.values)
    np.testing.assert_array_equal(a3.t.values, b.t.values)
    assert found.interpolated == ()
    assert a2.t.dims == b2.t.dims


def test_the_report_says_what_was_turned():
    report = sk.align(field(5.0, 0.0), field(10.0, -180.0, falling=True)).report
    assert "longitudes turned from 0 to 360 to -180 to 180" in report
    assert "latitudes turned from south to north to north to south" in report
    assert "averaged over cells by area (conservative) from about 556 km" in report


def test_auto_interpolates_onto_a_finer_and_averages_onto_a_coarser_grid():
    a, b = field(2.0), field(10.0)
    onto_coarse = sk.align(a, b).interpolated
    onto_fine = sk.align(a, b, grid="finer").interpolated
    assert [item.of for item in (*onto_coarse, *onto_fine)] == ["a", "b"]
    assert "conservative" in onto_coarse[0].sentence
    assert "linearly" in onto_fine[0].sentence


def test_missing_values_stay_missing_under_linear_interpolation():
    a = field(10.0)
    a["t"][4, 7] = np.nan
    a2, _ = sk.align(a, field(5.0), grid="finer", method="linear")
    near = a2.t.sel(lat=slice(-55, -35), lon=slice(-115, -95))
    assert np.isnan(near.values).any()
    assert int(np.isnan(a2.t).sum()) == 16  # four nodes in its cell and those around, on each side


def test_an_exact_node_beside_a_missing_value_is_kept():
    a = field(10.0)
    a["t"][4, 7] = np.nan
    target = xr.Dataset(coords={"lat": a.lat[3:6], "lon": a.lon[6:9]})
    a2, _ = sk.align(a, a.isel(lat=[3, 5], lon=[6, 8]), grid=target, method="linear")
    assert int(np.isnan(a2.t).sum()) == 1


def test_conservative_means_use_the_values_that_are_there():
    a = field(5.0) * 0 + 2.0
    a["t"][:, :36] = np.nan  # the western half
    a["t"][0, 37] = np.nan  # one of four cells of a block
    b = field(10.0)
    a2, _ = sk.align(a, b)
    assert np.isnan(a2.t.sel(lon=slice(-180, 0)).values).all()
    np.testing.assert_allclose(a2.t.sel(lon=slice(0, 180)).values, 2.0)
    whole, _ = sk.align(a, b, share=1.0)
    assert int(np.isnan(whole.t.sel(lon=slice(0, 180))).sum()) == 1


def test_exactly_the_share_that_is_asked_for_is_enough():
    a = field(0.25, south=-60, north=60)
    a["t"][:, 0::4] = np.nan
    a["t"][:, 1::4] = np.nan  # the western half of each coarser cell
    a2, _ = sk.align(a, field(1.0, south=-60, north=60), share=0.5)
    assert not a2.t.isnull().any()
    more, _ = sk.align(a, field(1.0, south=-60, north=60), share=0.500001)
    assert more.t.isnull().all()


def test_a_part_across_the_antimeridian_meets_one_that_starts_at_zero():
    pacific = field(2.0, 160.0, 200.0, -20, 20, seed=7)
    other = field(4.0, 170.0, 190.0, -10, 10)
    west = other.assign_coords(lon=(other.lon + 180) % 360 - 180)  # 172 … 178, -178 … -172
    a2, b2 = sk.align(pacific, west)
    assert b2.lon.values.tolist() == west.lon.values.tolist()
    direct, _ = sk.align(pacific, other)
    np.testing.assert_allclose(a2.t.values, direct.t.values)


def test_the_result_is_cut_to_the_common_area():
    a, b = field(1.0, 0.0, 40.0, 0, 40), field(2.0, 20.0, 60.0, 20, 60)
    a2, b2 = sk.align(a, b)
    assert dict(a2.sizes) == dict(b2.sizes) == {"lat": 10, "lon": 10}
    assert (float(a2.lat.min()), float(a2.lon.max())) == (21.0, 39.0)
    np.testing.assert_array_equal(b2.t.values, b.t.values[:10, :10])


def test_the_first_area_is_kept_and_what_lies_outside_is_counted():
    a, b = field(2.0, 0.0, 40.0, 0, 40), field(2.0, 20.0, 60.0, 20, 60)
    a2, b2 = found = sk.align(a, b, grid="first", on="first")
    xr.testing.assert_identical(a2, a)
    assert int(np.isnan(b2.t).sum()) == 300
    assert "outside and missing: 300 points" in found.report


def test_a_union_covers_both_areas():
    a, b = field(2.0, 0.0, 40.0, 0, 40), field(2.0, 20.0, 60.0, 20, 60)
    a2, b2 = sk.align(a, b, grid="first", on="union")
    assert dict(a2.sizes) == {"lat": 30, "lon": 30}
    np.testing.assert_array_equal(a2.t.values[:20, :20], a.t.values)
    np.testing.assert_array_equal(b2.t.values[10:, 10:], b.t.values)
    assert int(np.isnan(a2.t).sum()) == 500


def test_areas_that_do_not_meet_are_refused():
    with pytest.raises(InvalidInput, match="no place in common"):
        sk.align(field(2.0, 0.0, 20.0, 0, 20), field(2.0, 40.0, 60.0, 0, 20))


def test_an_uneven_grid_cannot_be_carried_on():
    uneven = field(2.0, 0.0, 40.0, 0, 40).isel(lon=[0, 1, 3, 7])
    with pytest.raises(InvalidInput, match="uneven"):
        sk.align(uneven, field(2.0, 20.0, 60.0, 20, 60), grid="first", on="union")


@pytest.mark.parametrize(
    "attrs",
    [
        {"flag_values": [0, 1, 2], "flag_meanings": "land sea ice"},
        {"standard_name": "wind_from_direction", "units": "degree"},
    ],
    ids=["flags", "directions"],
)
def test_kinds_and_directions_come_from_the_nearest_node(attrs):
    a = field(2.0, 0.0, attrs=attrs)
    a["t"] = (a.t * 3).round().assign_attrs(attrs)
    found = sk.align(a, field(10.0))
    assert np.isin(found[0].t.values, a.t.values).all()
    assert "from the nearest node" in found.report


def test_integers_stay_integers_where_nothing_is_averaged():
    a = field(5.0, 0.0)
    a["t"] = (a.t * 100).astype("i2")
    a2, _ = sk.align(a, field(5.0, -180.0))
    assert a2.t.dtype == "i2"
    a3, _ = sk.align(a, field(10.0))
    assert a3.t.dtype == "f4"


def test_sums_over_cells_are_left_out_where_they_would_be_averaged():
    a = field(2.0)
    a["people"] = a.t.assign_attrs(cell_methods="area: sum", units="1")
    found = sk.align(a, field(10.0))
    assert list(found[0].data_vars) == ["t"]
    assert "left out people" in found.report


@pytest.mark.parametrize("method", ["linear", "nearest", "conservative"])
def test_types_and_attributes_are_kept_and_no_data_read(method):
    a = field(2.0, 0.0, times=xr.date_range("2001-01-01", periods=40), dtype="f4").chunk(time=10)
    b = field(5.0, times=xr.date_range("2001-01-01", periods=40), dtype="f4").chunk(time=8)
    with nothing_read():
        a2, b2 = sk.align(a, b, method=method)
        a3, b3 = sk.align(a, b, grid="finer", method=method)
    for ds in (a2, b2, a3, b3):
        assert ds.t.dtype == "f4"
        assert ds.t.chunks[0] in ((10,) * 4, (8,) * 5)
        assert ds.t.attrs == a.t.attrs
        assert ds.attrs["title"] == "a field"
    assert "sciknow align: a:" in a2.attrs["history"]


def test_variables_on_disk_are_not_read(tmp_path):
    field(2.0, 0.0).to_netcdf(tmp_path / "a.nc")
    with xr.open_dataset(tmp_path / "a.nc") as a, nothing_read():
        assert sk.align(a, field(5.0))[0].t.chunks is not None


def test_a_block_that_would_grow_too_large_is_split():
    times = xr.date_range("2001-01-01", periods=600)
    a = field(5.0).t.isel(lat=slice(0, 30)).expand_dims(time=times).chunk(time=600)
    fine = field(0.5, south=-90, north=60)
    a2, _ = sk.align(a.to_dataset(), fine, grid="finer", time="keep")
    largest = max(int(np.prod(c)) for c in [a2.t.data.chunksize])
    assert largest * 8 <= 2 * 128 * 2**20


def test_a_line_of_zonal_means_is_brought_along_latitude():
    a = field(2.0, 0.0)
    a["zonal"] = a.t.mean("lon")
    a2, _ = sk.align(a, field(10.0))
    assert a2.zonal.dims == ("lat",)
    np.testing.assert_allclose(a2.zonal.values, a2.t.mean("lon").values)


def test_names_of_coordinates_become_those_of_the_grid():
    a = field(2.0, 0.0).rename(lat="latitude", lon="longitude")
    found = sk.align(a, field(10.0))
    assert found[0].t.dims == ("lat", "lon")
    assert "renamed from latitude, longitude to lat, lon" in found.report


def test_bounds_of_the_source_are_its_cells():
    lat = np.array([-60.0, 0.0, 60.0])
    edges = np.array([[-90.0, -30.0], [-30.0, 30.0], [30.0, 90.0]])
    uneven = xr.Dataset(
        {"t": (("lat", "lon"), np.arange(12.0).reshape(3, 4)), "lat_bnds": (("lat", "n"), edges)},
        {"lat": ("lat", lat, LAT | {"bounds": "lat_bnds"}), "lon": ("lon", axis(90, 0, 360), LON)},
    )
    coarse = field(90.0, 0.0)
    found, _ = sk.align(uneven, coarse, grid=coarse, method="conservative")
    assert "lat_bnds" not in found
    weight = np.diff(np.sin(np.deg2rad([-90, -30, 0])))
    rows = uneven.t.values
    expected = (weight[0] * rows[0] + weight[1] * rows[1]) / weight.sum()
    np.testing.assert_allclose(found.t.values[0], expected)


def test_a_single_row_has_no_cell_to_average_over():
    row = field(10.0).isel(lat=[4])
    with pytest.raises(InvalidInput, match="no cell"):
        sk.align(field(2.0), row, grid=row, method="conservative")
    assert sk.align(field(2.0), row, grid=row)[0].sizes["lat"] == 1


def test_cells_that_are_barely_covered_are_not_common():
    a, b = field(1.0, 0.0, 23.0, 0, 28), field(10.0, 0.0, 60.0, 0, 60)
    a2, _ = sk.align(a, b)
    assert dict(a2.sizes) == {"lat": 3, "lon": 2}
    assert np.isfinite(a2.t.values).all()


def test_a_grid_in_radians_lies_where_the_one_in_degrees_does():
    at, around = np.arange(-80.0, 81, 20), np.arange(0.0, 360, 40)
    said = [{"standard_name": name, "units": "radian"} for name in ("latitude", "longitude")]
    values = np.arange(81.0).reshape(9, 9)
    plain = xr.Dataset({"a": (("lat", "lon"), values)}, {"lat": at, "lon": around})
    turned = xr.Dataset(
        {"b": (("lat", "lon"), values)},
        {"lat": ("lat", np.radians(at), said[0]), "lon": ("lon", np.radians(around), said[1])},
    )
    one, other = sk.align(plain, turned)
    np.testing.assert_allclose(other.lat, one.lat)
    np.testing.assert_array_equal(one.a, other.b)
