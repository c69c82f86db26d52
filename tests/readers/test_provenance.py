"""What an opened object says of its origin."""

from __future__ import annotations

import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from sciknow.model import Dataset, Distribution, LangString
from sciknow.readers import dataset_attrs, open_distribution, origin
from sciknow.readers.provenance import stamp

CARD = Dataset(
    id="oisst",
    title=LangString(en="Sea surface temperature", zh="海表温度"),
    doi="10.25921/re9p-pt57",
    publisher="noaa",
    license="CC0-1.0",
    landing_page="https://example.org/oisst",
    version="2.1",
)
TEXT = st.text(min_size=1, max_size=8)


def test_card_fills_the_names_of_acdd():
    attrs = dataset_attrs(CARD, publisher="NOAA", publisher_url="https://www.noaa.gov/")
    assert attrs == {
        "title": "Sea surface temperature",
        "id": "10.25921/re9p-pt57",
        "identifier": "https://doi.org/10.25921/re9p-pt57",
        "license": "CC0-1.0",
        "publisher_name": "NOAA",
        "publisher_url": "https://www.noaa.gov/",
        "product_version": "2.1",
        "metadata_link": "https://example.org/oisst",
        "sciknow_dataset": "oisst",
    }
    assert dataset_attrs(CARD, language="zh")["title"] == "海表温度"
    assert "license" not in dataset_attrs(Dataset(id="x", title=LangString(en="x")))


@given(st.dictionaries(TEXT, TEXT), st.dictionaries(TEXT, TEXT))
def test_nothing_is_lost(own, ours):
    ours = {key: value for key, value in ours.items() if not key.startswith("sciknow_")}
    own = {key: value for key, value in own.items() if not key.startswith("sciknow_")}
    joined = stamp(own, ours)
    assert own.items() <= joined.items()
    for key, value in ours.items():
        assert value in (joined.get(key), joined.get(f"sciknow_{key}"))


def test_origin_reads_back_what_was_written(folder, sample):
    way = Distribution(id="oisst-zarr", access_url="v2.zarr")
    ds = open_distribution(way, base=folder, attrs=dataset_attrs(CARD, publisher="NOAA"))
    assert ds.attrs["title"] == sample.attrs["title"] == "as the store says"
    assert ds.attrs["sciknow_title"] == "Sea surface temperature"
    found = origin(ds.attrs)
    assert found["title"] == "Sea surface temperature"
    assert found["publisher_name"] == "NOAA"
    assert found["distribution"] == "oisst-zarr"
    assert found["access_url"] == "v2.zarr"
    assert found["reader"] == "zarr"


def test_attributes_survive_what_xarray_keeps(folder):
    way = Distribution(id="x", access_url="four.nc")
    ds = open_distribution(way, base=folder, attrs={"license": "CC0-1.0"})
    assert origin(ds.isel(time=0).attrs)["license"] == "CC0-1.0"
    with xr.set_options(keep_attrs=True):
        assert origin(ds.mean("time").attrs)["license"] == "CC0-1.0"
