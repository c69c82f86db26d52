"""One calendar and one row of times: joining, repeating, converting, matching."""

import cftime
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from alignment.fields import nothing_read
from amount import draws
from hypothesis import given, settings
from hypothesis import strategies as st

import sciknow as sk
from sciknow.alignment.moment import calendar_of, ruler_of, step_of
from sciknow.errors import InvalidInput

quick = settings(max_examples=draws(15), deadline=None)


def series(times, name="v", values=None, seed=0, **attrs):
    """Return a series of random numbers at some times."""
    own = np.random.default_rng(seed).random(len(times)) if values is None else values
    return xr.Dataset({name: ("time", np.asarray(own), attrs)}, {"time": times})


def dates(start, periods, freq="D", calendar="standard"):
    return xr.date_range(start, periods=periods, freq=freq, calendar=calendar)


@pytest.mark.parametrize(
    ("freq", "step"),
    [
        ("h", "PT1H"),
        ("6h", "PT6H"),
        ("D", "P1D"),
        ("7D", "P7D"),
        ("MS", "P1M"),
        ("ME", "P1M"),
        ("QS", "P3M"),
        ("YS", "P1Y"),
    ],
)
@pytest.mark.parametrize("calendar", ["standard", "noleap", "360_day"])
def test_steps_are_recognised_in_every_calendar(freq, step, calendar):
    time = xr.DataArray(dates("2000-01-01", 30, freq, calendar), dims="time", name="time")
    found, gaps = step_of(time)
    assert (str(found), gaps) == (step, 0)
    assert calendar_of(time) == calendar


def test_missing_steps_are_counted_and_uneven_times_have_no_step():
    days = dates("2000-01-01", 40).delete([3, 4, 20])
    time = xr.DataArray(days, dims="time", name="time")
    assert (str(step_of(time)[0]), step_of(time)[1]) == ("P1D", 3)
    uneven = pd.to_datetime(["2000-01-01", "2000-01-03", "2000-01-20", "2000-03-05"])
    assert step_of(xr.DataArray(uneven, dims="time", name="time"))[0] is None


def test_days_are_averaged_over_months_as_xarray_does():
    a, b = series(dates("2000-01-01", 366)), series(dates("2000-01-15", 12, "MS"), "w")
    b["time"] = b.time + pd.Timedelta(days=14)
    a2, b2 = found = sk.align(a, b)
    expected = a.v.resample(time="MS").mean()[1:]
    np.testing.assert_allclose(a2.v.values, expected.values)
    np.testing.assert_array_equal(a2.time.values, b2.time.values)
    np.testing.assert_array_equal(b2.time.values, b.time.values[:11])
    assert [(item.of, item.interpolated) for item in found.interpolated] == [("a", True)]
    assert "v: averaged over each month" in found.report


@pytest.mark.parametrize(
    ("method", "reduce"),
    [("sum", "sum"), ("maximum", "max"), ("minimum", "min"), ("point", "mean")],
)
def test_values_are_joined_as_their_cell_methods_say(method, reduce):
    a = series(dates("2001-01-01", 59), cell_methods=f"time: {method}", units="mm")
    a2, _ = sk.align(a, series(dates("2001-01-01", 2, "MS"), "w"))
    expected = getattr(a.v.resample(time="MS"), reduce)()
    np.testing.assert_allclose(a2.v.values, expected.values)
    assert a2.v.attrs["units"] == "mm"
    assert a2.v.attrs["cell_methods"] == f"time: {'mean' if method == 'point' else method}"


def test_a_sum_over_a_period_that_is_not_filled_is_missing_and_a_mean_is_told():
    a = series(dates("2001-01-01", 45), cell_methods="time: sum")
    a["m"] = a.v.assign_attrs(cell_methods="time: mean")
    found = sk.align(a, series(dates("2001-01-01", 2, "MS"), "w"))
    assert np.isnan(found[0].v.values).tolist() == [False, True]
    assert np.isfinite(found[0].m.values).all()
    assert "1 period is not filled" in found.report


def test_a_sum_of_nothing_is_missing_not_zero():
    values = np.full(59, np.nan)
    values[31:] = 1.0
    a = series(dates("2001-01-01", 59), values=values, cell_methods="time: sum")
    a2, _ = sk.align(a, series(dates("2001-01-01", 2, "MS"), "w"))
    np.testing.assert_array_equal(a2.v.values, [np.nan, 28.0])


def test_kinds_and_measures_of_spread_are_left_out():
    a = series(dates("2001-01-01", 59))
    a["kind"] = ("time", np.arange(59) % 3, {"flag_values": [0, 1, 2]})
    a["spread"] = a.v.assign_attrs(cell_methods="time: standard_deviation")
    a["name"] = ("time", np.array(["a", "b"] * 29 + ["a"]))
    found = sk.align(a, series(dates("2001-01-01", 2, "MS"), "w"))
    assert list(found[0].data_vars) == ["v"]
    assert "left out kind, spread, name" in found.report


def test_coarser_values_are_repeated_not_interpolated():
    a, b = series(dates("2001-01-01", 59)), series(dates("2001-01-01", 2, "MS"), "w")
    a2, b2 = found = sk.align(a, b, time="finer")
    xr.testing.assert_identical(a2, a)
    np.testing.assert_array_equal(b2.w.values, np.repeat(b.w.values, [31, 28]))
    assert found.interpolated == ()
    assert "the value of each month is repeated" in found.report


def test_weeks_are_averaged_over_the_steps_of_six_hours():
    a, b = series(dates("2001-01-01", 28, "6h")), series(dates("2001-01-01", 2, "2D"), "w")
    a2, b2 = sk.align(a, b)
    np.testing.assert_allclose(a2.v.values, a.v.values[:16].reshape(2, 8).mean(axis=1))
    np.testing.assert_array_equal(b2.w.values, b.w.values)


def test_bounds_say_where_the_steps_begin():
    a = series(dates("2001-01-01", 10, "D"))
    middles = dates("2001-01-03T12:00", 2, "5D")
    edges = np.stack([dates("2001-01-01", 2, "5D"), dates("2001-01-06", 2, "5D")], axis=1)
    b = series(middles, "w").assign(time_bnds=(("time", "n"), edges))
    b.time.attrs["bounds"] = "time_bnds"
    a2, b2 = sk.align(a, b)
    np.testing.assert_allclose(a2.v.values, a.v.values.reshape(2, 5).mean(axis=1))
    assert "time_bnds" in b2
    assert b2.time.attrs["bounds"] == "time_bnds"
    assert "time_bnds" not in a2
    assert "bounds" not in a2.time.attrs


def test_bounds_are_left_out_where_days_were_joined():
    days = dates("2001-01-01", 59)
    a = series(days).assign(time_bnds=(("time", "n"), np.stack([days, days], axis=1)))
    a.time.attrs["bounds"] = "time_bnds"
    a2, _ = sk.align(a, series(dates("2001-01-01", 2, "MS"), "w"))
    assert "time_bnds" not in a2
    assert "bounds" not in a2.time.attrs


def test_months_stamped_at_their_middle_and_at_their_beginning_match():
    a = series(dates("2001-01-01", 6, "MS"))
    b = series(dates("2001-01-01", 6, "MS") + pd.Timedelta(days=14), "w")
    _, b2 = found = sk.align(a, b, time="first")
    np.testing.assert_array_equal(b2.time.values, a.time.values)
    np.testing.assert_array_equal(b2.w.values, b.w.values)
    assert "times written as those of a" in found.report
    assert found.interpolated == ()


@quick
@given(
    st.sampled_from(["noleap", "360_day", "all_leap", "julian"]),
    st.integers(1900, 2050),
    st.integers(2, 30),
)
def test_months_of_any_two_calendars_match_without_loss(calendar, year, count):
    a = series(dates(f"{year}-01-01", count, "MS"))
    b = series(dates(f"{year}-01-16", count, "MS", calendar), "w", seed=1)
    a2, b2 = sk.align(a, b, time="first")
    np.testing.assert_array_equal(b2.w.values, b.w.values[: b2.sizes["time"]])
    np.testing.assert_array_equal(a2.time.values, b2.time.values)
    assert a2.time.dtype.kind == "M"


def test_days_without_leap_days_lose_the_leap_day_of_the_other():
    a = series(dates("2000-01-01", 366))
    b = series(dates("2000-01-01", 365, calendar="noleap"), "w")
    a2, b2 = found = sk.align(a, b, time="first")
    assert a2.sizes["time"] == 365
    assert pd.Timestamp("2000-02-29") not in a2.indexes["time"]
    np.testing.assert_array_equal(b2.w.values, b.w.values)
    assert "dates converted from noleap to standard" in found.report


def test_the_calendar_can_be_chosen():
    a = series(dates("2000-01-01", 366))
    b = series(dates("2000-01-01", 365, calendar="noleap"), "w")
    a2, b2 = found = sk.align(a, b, calendar="noleap")
    assert calendar_of(a2.time) == calendar_of(b2.time) == "noleap"
    assert a2.sizes["time"] == 365
    assert "left out: 1 time that the calendar lacks" in found.report


def test_days_of_360_are_spread_over_the_year():
    a = series(dates("2001-01-01", 365))
    b = series(dates("2001-01-01", 360, calendar="360_day"), "w")
    expected = b.convert_calendar("standard", align_on="year")
    a2, b2 = sk.align(a, b, time="first")
    np.testing.assert_array_equal(b2.w.values, expected.w.values)
    np.testing.assert_array_equal(b2.time.values, expected.time.values)
    assert a2.sizes == b2.sizes


def test_an_unknown_calendar_is_refused():
    with pytest.raises(InvalidInput, match="martian"):
        sk.align(series(dates("2000-01-01", 9)), series(dates("2000-01-01", 9)), calendar="martian")


def test_the_union_keeps_both_periods():
    a, b = series(dates("2001-01-01", 10)), series(dates("2001-01-06", 10), "w")
    a2, b2 = found = sk.align(a, b, on="union")
    assert a2.sizes["time"] == b2.sizes["time"] == 15
    assert int(a2.v.isnull().sum()) == int(b2.w.isnull().sum()) == 5
    np.testing.assert_array_equal(a2.time.values, dates("2001-01-01", 15).values)
    assert "missing: 5 times that it lacks" in found.report


def test_the_first_period_is_kept():
    a, b = series(dates("2001-01-01", 10)), series(dates("2001-01-06", 10), "w")
    a2, b2 = sk.align(a, b, on="first")
    xr.testing.assert_identical(a2, a)
    assert int(b2.w.isnull().sum()) == 5


def test_no_time_in_common_is_refused_with_both_periods():
    with pytest.raises(InvalidInput, match="a 2001-01-01 to 2001-01-10; b 2005"):
        sk.align(series(dates("2001-01-01", 10)), series(dates("2005-01-06", 10), "w"))


def test_a_step_can_be_named():
    a, b = series(dates("2001-01-01", 365)), series(dates("2001-01-01", 365), "w")
    a2, b2 = sk.align(a, b, time="P3M")
    np.testing.assert_allclose(a2.v.values, a.v.resample(time="QS").mean().values)
    np.testing.assert_array_equal(b2.time.values, dates("2001-01-01", 4, "QS").values)
    ten, _ = sk.align(a, b, time="P10D")
    np.testing.assert_allclose(ten.v.values[:36], a.v.values[:360].reshape(36, 10).mean(axis=1))


def test_a_step_finer_than_the_data_is_refused():
    a = series(dates("2001-01-01", 12, "MS"))
    with pytest.raises(InvalidInput, match="coarser than P1D"):
        sk.align(a, a.rename(v="w"), time="P1D")


def test_uneven_times_need_a_step_to_be_named():
    uneven = pd.to_datetime(["2001-01-01", "2001-01-03", "2001-01-20", "2001-02-05"])
    a, b = series(uneven), series(uneven + pd.Timedelta(days=1), "w")
    with pytest.raises(InvalidInput, match="no even time step"):
        sk.align(a, b)
    a2, _ = sk.align(a, b, time="P1M")
    np.testing.assert_allclose(a2.v.values, [a.v.values[:3].mean(), a.v.values[3]])
    same, _ = sk.align(a, a.rename(v="w"))
    xr.testing.assert_identical(same, a)


def test_repeated_times_are_refused_and_falling_ones_turned():
    a, b = series(dates("2001-01-01", 9)), series(dates("2001-01-01", 9), "w")
    with pytest.raises(InvalidInput, match="repeated"):
        sk.align(a.isel(time=[0, 0, 1]), b)
    turned, _ = sk.align(a.isel(time=slice(None, None, -1)), b, on="first")
    np.testing.assert_array_equal(turned.v.values, a.v.values)


def test_dates_beyond_numpy_are_kept():
    old = xr.date_range("0850-01-01", periods=24, freq="MS", use_cftime=True)
    a = series(old)
    b = series(xr.date_range("0850-01-01", periods=2, freq="YS", use_cftime=True), "w")
    a2, b2 = sk.align(a, b)
    np.testing.assert_allclose(a2.v.values, a.v.values.reshape(2, 12).mean(axis=1))
    assert isinstance(b2.time.values[0], cftime.datetime)


def test_a_field_without_time_is_left_alone():
    a = series(dates("2001-01-01", 5)).expand_dims(lat=[0.0, 1.0], lon=[0.0, 1.0])
    b = a.v.isel(time=0, drop=True).to_dataset(name="mask")
    a2, b2 = sk.align(a, b)
    xr.testing.assert_identical(b2, b)
    assert a2.sizes["time"] == 5


def test_months_of_a_long_dask_series_are_joined_without_reading_and_in_sane_chunks():
    a = series(dates("1950-01-01", 365 * 40)).chunk(time=1000)
    b = series(dates("1950-01-01", 480, "MS"), "w")
    with nothing_read():
        a2, _ = sk.align(a, b)
    assert a2.v.dtype == "f8"
    assert len(a2.v.chunks[0]) == 1
    expected = a.v.to_series().resample("MS").mean()[: a2.sizes["time"]]
    np.testing.assert_allclose(a2.v.values, expected)


@quick
@given(st.integers(1, 400), st.sampled_from(["D", "MS", "YS", "12h", "5D"]))
def test_every_time_lies_in_its_own_period(count, freq):
    time = xr.DataArray(dates("1999-03-01", count + 1, freq), dims="time", name="time")
    step, _ = step_of(time)
    ruler = ruler_of(time, step)
    codes = ruler.codes(time)
    assert len(set(codes.tolist())) == count + 1
    assert (codes >= 0).all()
    first = ruler.start(int(codes[0]))
    assert str(first)[:10] <= str(time.values[0])[:10]
    assert ruler.length(int(codes[0])) == pytest.approx(step.length, rel=0.09)


def test_dates_of_numpy_beyond_nanoseconds_are_kept():
    old = np.arange("0850-01", "0852-01", dtype="M8[M]").astype("M8[s]")
    a = series(old)
    b = series(old[::12], "w")
    a2, b2 = sk.align(a, b)
    np.testing.assert_allclose(a2.v.values, a.v.values.reshape(2, 12).mean(axis=1))
    np.testing.assert_array_equal(b2.time.values, old[::12])


@pytest.mark.parametrize("lazy", [False, True])
def test_a_side_without_any_of_the_first_times_is_missing_there(lazy):
    a, b = series(dates("2001-01-01", 10)), series(dates("2005-01-01", 10), "w")
    a2, b2 = found = sk.align(a, b.chunk() if lazy else b, on="first")
    xr.testing.assert_identical(a2, a)
    assert b2.w.isnull().all()
    assert b2.sizes["time"] == 10
    assert "missing: 10 times that it lacks" in found.report


def test_empty_datasets_are_refused():
    a = series(dates("2001-01-01", 10))
    with pytest.raises(InvalidInput, match="b is empty along 'time'"):
        sk.align(a, a.isel(time=slice(0, 0)))


def test_times_of_calendars_that_cannot_be_compared_are_matched_by_month():
    a = series(dates("2000-01-01", 3, "MS", "julian"))
    b = series(dates("2000-01-16", 3, "ME", "360_day"), "w")
    a2, b2 = sk.align(a, b, time="first")
    np.testing.assert_array_equal(b2.w.values, b.w.values)
    np.testing.assert_array_equal(a2.time.values, b2.time.values)


def test_times_of_other_names_get_one_name():
    a = series(dates("2000-01-01", 9))
    b = series(dates("2000-01-01", 9), "w").rename(time="date")
    _, b2 = found = sk.align(a, b)
    assert b2.w.dims == ("time",)
    np.testing.assert_array_equal(b2.w.values, b.w.values)
    assert "time renamed from date to time" in found.report
