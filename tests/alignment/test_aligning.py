"""Real fields: a reanalysis that falls from north to south, a mask on its own grid."""

import os
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from alignment.fields import area_mean, field, nothing_read

import sciknow as sk

ARRAYS = (
    Path(os.environ.get("SCIKNOW_SHARED_DATA", Path(__file__).parents[2] / "../shared/data"))
    / "arrays"
)
pytestmark = [
    pytest.mark.skipif(not ARRAYS.is_dir(), reason="the shared test data are not here"),
    pytest.mark.filterwarnings("ignore:variable .* has non-conforming '_FillValue'"),
]


@pytest.fixture
def winds():
    with xr.open_dataset(ARRAYS / "eraint_uvz.nc", chunks={}) as ds:
        yield ds


@pytest.fixture
def basins():
    with xr.open_dataset(ARRAYS / "basin_mask.nc", chunks={}) as ds:
        yield ds


def test_winds_go_onto_one_degree_and_keep_their_mean(winds, basins):
    with nothing_read():
        wind, basin = found = sk.align(winds, basins, labels=("winds", "basins"))
    assert wind.sizes["Y"] == basin.sizes["Y"] == 180
    assert wind.u.dims == ("month", "level", "Y", "X")
    assert wind.u.dtype == winds.u.dtype
    assert wind.u.attrs["standard_name"] == "eastward_wind"
    # .75 to 1 degree: interpolated, the rows at the poles are kept
    assert "interpolated linearly" in found.report
    assert np.isfinite(wind.u.values).all()
    np.testing.assert_array_equal(basin.basin.values, basins.basin.values)


def test_conservative_means_of_winds_are_those_of_the_whole_globe(winds):
    coarse = field(5.0)
    wind, _ = sk.align(winds, coarse, method="conservative")
    lat = winds.latitude.values
    edges = np.clip(np.append(lat + 0.375, lat[-1] - 0.375), -90, 90)
    weights = -np.diff(np.sin(np.deg2rad(edges)))
    u = winds.u.isel(month=0, level=0).values
    expected = (u.mean(axis=1) * weights).sum() / weights.sum()
    # coordinates in single precision
    assert area_mean(wind.u.isel(month=0, level=0)) == pytest.approx(expected, rel=1e-6)


def test_winds_on_their_own_nodes_are_untouched_by_a_turn_of_longitude(winds):
    turned = winds.assign_coords(longitude=(winds.longitude + 180) % 360 - 180).sortby("longitude")
    turned.longitude.attrs = winds.longitude.attrs
    back, _ = found = sk.align(turned, winds, grid=winds)
    assert found.interpolated == ()
    np.testing.assert_array_equal(back.u.values, winds.u.values)


def test_codes_of_basins_are_never_mixed(basins):
    basins["basin"].attrs["flag_meanings"] = "Atlantic Pacific"
    found, _ = sk.align(basins.isel(Z=0), field(5.0))
    known = np.unique(basins.basin.isel(Z=0).values)
    assert np.isin(found.basin.values, known).all() or np.isnan(found.basin.values).any()
    given = found.basin.values[np.isfinite(found.basin.values)]
    assert np.isin(given, known).all()
