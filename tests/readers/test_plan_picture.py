"""The picture of a plan shows what the plan says."""

import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from sciknow.model import Distribution
from sciknow.readers import plan_dataset, plan_distribution
from sciknow.readers.plans.layout import Strip

DAYS = pd.date_range("2001-01-01", periods=100)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with one field in two layouts, and a second variable chunked otherwise."""
    found = tmp_path_factory.mktemp("picture")
    field = xr.Dataset(
        {
            "sst": (("time", "lat", "lon"), np.random.default_rng(1).normal(size=(100, 18, 36))),
            "ice": (("time", "lat", "lon"), np.ones((100, 18, 36))),
            "rain<b>": (("time", "lat", "lon"), np.ones((100, 18, 36))),
        },
        {"time": DAYS, "lat": np.linspace(-85, 85, 18), "lon": np.arange(0, 360, 10.0)},
    )
    for name, chunks in {"maps": (10, 18, 36), "series": (100, 6, 6)}.items():
        encoding = {"sst": {"chunks": chunks}, "ice": {"chunks": chunks}}
        encoding["rain<b>"] = {"chunks": (50, 18, 18)}
        field.to_zarr(found / f"{name}.zarr", zarr_format=2, encoding=encoding)
    return found


def way(name):
    return Distribution(id=name, access_url=f"{name}.zarr", reader="zarr", offline=True)


def svg(plan):
    page = ET.fromstring(f"<div>{plan._repr_html_()}</div>")
    return page.find("svg")


def texts(plan):
    return [item.text for item in svg(plan).iter("text")]


def test_the_layout_counts_chunks_and_indices(folder):
    plan = plan_distribution(
        way("maps"), base=folder, bbox=(0, -10, 30, 10), period=("2001-01-05", "2001-01-14")
    )
    first, second = plan.layouts
    assert set(first.variables) == {"sst", "ice"}
    assert second.variables == ("rain<b>",)
    time, lat, lon = first.strips
    assert (time.count, time.wanted, time.touched) == (10, ((4, 14),), ((0, 2),))
    assert (lat.count, lat.wanted) == (1, ((8, 10),))
    assert lon.wanted == ((0, 4),)
    assert second.strips[2].touched == ((0, 1),)


def test_the_picture_says_it(folder):
    plan = plan_dataset(
        [way("maps"), way("series")], base=folder, bbox=(100, -10, 101, 0), variables=["sst"]
    )
    assert plan.distribution.id == "series"
    found = texts(plan)
    assert "1 of 1 chunks for 100 of 100" in found
    assert "1 of 6 chunks for 1 of 36" in found
    assert found.index("series") < found.index("maps")
    assert plan.price in found
    assert svg(plan).find("title").text.startswith("way: series")


def test_a_box_across_the_seam_is_drawn_in_two(folder):
    plan = plan_distribution(way("series"), base=folder, bbox=(-20, 0, 20, 20), variables=["sst"])
    lon = plan.layouts[0].strips[2]
    assert lon.wanted == ((0, 3), (34, 36))
    assert lon.touched == ((0, 1), (5, 6))


def test_names_are_escaped(folder):
    plan = plan_distribution(way("maps"), base=folder, variables=["rain<b>"])
    assert "rain<b>" not in plan._repr_html_()
    assert "rain<b>" in texts(plan)  # read back as it was


def test_many_chunks_are_drawn_without_their_borders(tmp_path):
    ds = xr.Dataset({"a": ("n", np.arange(2000.0))})
    ds.to_zarr(tmp_path / "maps.zarr", zarr_format=2, encoding={"a": {"chunks": 5}})
    plan = plan_distribution(way("maps"), base=tmp_path)
    assert plan.layouts[0].strips[0].count == 400
    assert not list(svg(plan).iter("line"))


def test_a_table_has_no_picture(tmp_path):
    pd.DataFrame({"a": [1, 2]}).to_csv(tmp_path / "t.csv", index=False)
    table = Distribution(id="t", access_url="t.csv", reader="csv", offline=True)
    plan = plan_distribution(table, base=tmp_path)
    assert plan.layouts == ()
    assert "<svg" not in plan._repr_html_()


def test_touched_chunks_of_a_strip():
    assert Strip("x", 10, 3, ((2, 4), (9, 10))).touched == ((0, 2), (3, 4))
    assert Strip("x", 10, 3, ()).touched == ()
