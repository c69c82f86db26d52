"""The bounds of times, not their stamps, tell which period a value belongs to (CF 7.1, 7.4)."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import sciknow as sk

CALENDARS = ["standard", "noleap", "360_day"]


def dates(start, count, freq="MS", calendar="standard"):
    return xr.date_range(start, periods=count, freq=freq, calendar=calendar, use_cftime=None)


def celled(edges, stamp, name="m", method="mean"):
    """Return values 0, 1, 2 … on cells between edges, stamped at their start, middle or end."""
    low, high = edges[:-1], edges[1:]
    at = {"start": low, "end": high, "middle": low + (high - low) / 2}[stamp]
    values = np.arange(1.0, len(low) + 1)
    ds = xr.Dataset(
        {
            name: ("time", values, {"cell_methods": f"time: {method}"}),
            "time_bnds": (("time", "nv"), np.stack([np.asarray(low), np.asarray(high)], 1)),
        },
        {"time": at},
    )
    ds["time"].attrs["bounds"] = "time_bnds"
    return ds


@pytest.mark.parametrize("calendar", CALENDARS)
@pytest.mark.parametrize("stamp", ["start", "middle", "end"])
def test_months_meet_their_days(stamp, calendar):
    months = celled(dates("2000-01-01", 25, calendar=calendar), stamp)
    days = dates("2000-01-01", 720, "D", calendar)
    daily = xr.Dataset({"d": ("time", days.month * 1.0)}, {"time": days})
    found = sk.align(months, daily)
    a, b = found
    assert a.sizes["time"] >= 23
    np.testing.assert_array_equal((a.m - 1) % 12 + 1, b.d)
    np.testing.assert_array_equal(a.time, months.time[: a.sizes["time"]])
    assert ("of their bounds" in found.report) is (stamp == "end")
    again = sk.align(a, b)
    assert again[0].identical(a) or again.report == "nothing had to be changed"
    np.testing.assert_array_equal(again[1].d, b.d)


@pytest.mark.parametrize("stamp", ["start", "middle", "end"])
@pytest.mark.parametrize(("freq", "each"), [("h", 24), ("3h", 8), ("6h", 4)])
def test_sums_of_a_day_take_its_own_hours(stamp, freq, each):
    hours = celled(dates("2000-01-01", 3 * each + 1, freq), stamp, method="sum")
    daily = xr.Dataset({"d": ("time", np.zeros(3))}, {"time": dates("2000-01-01", 3, "D")})
    for found in (sk.align(hours, daily)[0].m, sk.align(hours, time="P1D", b=daily)[0].m):
        expected = hours.m.values.reshape(3, each).sum(1)
        np.testing.assert_allclose(found.values, expected)


@pytest.mark.parametrize("stamp", ["start", "middle", "end"])
@pytest.mark.parametrize(("freq", "months"), [("YS", 12), ("QS-DEC", 3), ("YS-OCT", 12)])
def test_longer_periods_begin_where_their_bounds_do(stamp, freq, months):
    edges = dates("1999-12-01" if "DEC" in freq else "2000-01-01", 4, freq)
    coarse = celled(edges, stamp)
    begin = edges[0]
    monthly = xr.Dataset(
        {"v": ("time", np.arange(3.0 * months))}, {"time": dates(str(begin)[:10], 3 * months)}
    )
    a, b = sk.align(coarse, monthly)
    np.testing.assert_allclose(b.v, np.arange(3.0 * months).reshape(3, months).mean(1))
    np.testing.assert_allclose(a.m, [1, 2, 3])


@pytest.mark.parametrize("year", ["2000-01-01", "2000-07-02", "2000-12-31"])
def test_years_without_bounds_are_those_of_the_calendar(year):
    stamps = pd.to_datetime([year, f"2001{year[4:]}"])
    yearly = xr.Dataset({"y": ("time", [1.0, 2.0])}, {"time": stamps})
    monthly = xr.Dataset({"v": ("time", np.arange(24.0))}, {"time": dates("2000-01-01", 24)})
    np.testing.assert_allclose(sk.align(yearly, monthly)[1].v, [5.5, 17.5])


@pytest.mark.parametrize("stamp", ["start", "middle", "end"])
def test_climatological_months_are_within_a_year(stamp):
    firsts = dates("1961-01-01", 12)
    lasts = dates("1990-02-01", 12)
    stamps = {"start": dates("1975-01-01", 12), "end": dates("1975-02-01", 12)}
    at = stamps.get(stamp, stamps["start"] + pd.Timedelta("14D"))
    ds = xr.Dataset({"c": ("time", np.arange(1.0, 13))}, {"time": at})
    ds["climatology_bounds"] = (("time", "nv"), np.stack([firsts, lasts], 1))
    ds["time"].attrs["climatology"] = "climatology_bounds"
    year = xr.Dataset({"v": ("time", np.arange(1.0, 13))}, {"time": dates("1975-01-01", 12)})
    a, b = sk.align(ds, year)
    np.testing.assert_array_equal(a.c, b.v)
    assert a.sizes["time"] == 12


def test_equal_stamps_of_unequal_cells_are_no_equal_times():
    ended = celled(dates("2000-01-01", 13), "end")
    begun = xr.Dataset({"v": ("time", np.arange(1.0, 13))}, {"time": ended.time.values})
    a, b = sk.align(ended, begun)
    np.testing.assert_array_equal(a.m, b.v + 1)
    same, other = sk.align(ended, ended.rename(m="n"))
    assert same.identical(ended)
    np.testing.assert_array_equal(other.n, ended.m)


def test_what_is_assumed_without_bounds_is_said():
    hours = xr.Dataset(
        {"r": ("time", np.ones(48), {"cell_methods": "time: sum"})},
        {"time": dates("2000-01-01", 48, "h")},
    )
    found = sk.align(hours, time="P1D", b=hours.rename(r="s"))
    assert "no bounds: values are taken to belong to the day of their stamps" in found.report
    points = hours.assign(r=hours.r.assign_attrs(cell_methods="time: point"))
    assert "no bounds" not in sk.align(points, points.rename(r="s"), time="P1D").report


@pytest.mark.parametrize("broken", ["numbers", "missing", "shape"])
def test_bounds_that_tell_nothing_are_left_aside(broken):
    months = celled(dates("2000-01-01", 4), "start")
    if broken == "numbers":
        months["time_bnds"] = (("time", "nv"), np.zeros((3, 2)))
    elif broken == "missing":
        months = months.drop_vars("time_bnds")
    else:
        months["time_bnds"] = months["time_bnds"][:, 0]
    daily = xr.Dataset({"d": ("time", np.ones(91))}, {"time": dates("2000-01-01", 91, "D")})
    assert sk.align(months, daily)[0].m.values.tolist() == [1, 2, 3]
