"""Fields on grids for the tests, and a scheduler that refuses to read data."""

from contextlib import contextmanager

import dask
import numpy as np
import xarray as xr

LAT = {"units": "degrees_north", "standard_name": "latitude"}
LON = {"units": "degrees_east", "standard_name": "longitude"}


def axis(step, first, last):
    """Return the middles of cells of one width between two edges."""
    return np.arange(round((last - first) / step)) * step + first + step / 2


def field(
    step=10.0,
    west=-180.0,
    east=None,
    south=-90.0,
    north=90.0,
    times=None,
    falling=False,
    dtype="f8",
    name="t",
    seed=0,
    attrs=None,
):
    """Return a dataset of one variable of random numbers on cells of *step* degrees."""
    lon = axis(step, west, west + 360 if east is None else east)
    lat = axis(step, south, north)
    if falling:
        lat = lat[::-1]
    coords = {"lat": ("lat", lat, LAT), "lon": ("lon", lon, LON)}
    dims, shape = ("lat", "lon"), (lat.size, lon.size)
    if times is not None:
        coords["time"] = times
        dims, shape = ("time", *dims), (len(times), *shape)
    values = np.random.default_rng(seed).random(shape).astype(dtype)
    told = {"units": "K", "standard_name": "air_temperature"} if attrs is None else attrs
    return xr.Dataset({name: (dims, values, told)}, coords, {"title": "a field"})


def area_mean(array):
    """Return the mean over the sphere of a global field of cells of one width."""
    half = abs(float(array.lat[1] - array.lat[0])) / 2
    weights = np.sin(np.deg2rad(array.lat + half)) - np.sin(np.deg2rad(array.lat - half))
    return float(array.weighted(weights).mean())


@contextmanager
def nothing_read():
    """Fail as soon as anything computes a dask array."""

    def refuse(*_, **__):
        raise AssertionError("data were read")

    with dask.config.set(scheduler=refuse):
        yield
