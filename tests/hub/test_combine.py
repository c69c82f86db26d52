"""Datasets of a hub compared and combined."""

import html5lib
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from small_source import write_source

import sciknow as sk
from sciknow.alignment import Verdict
from sciknow.errors import InvalidInput, LimitExceeded, NotFound

SECOND = """\
version: 2
metadata:
  sector: environment
  title: {en: Environment, zh: 环境}
  datasets:
    drift-daily:
      title: {en: Daily ice drift}
      description: {en: "Drift of ice, day by day."}
      publisher: testing-centre
      landing_page: https://example.org/drift
      license: CC0-1.0
      temporal: {start: "1979-07-01", end: "1981-03-31"}
      resolution: {duration: P1D}
      variables:
        - {name: siconc, standard_name: sea_ice_area_fraction, units: "%"}
        - {name: drift, units: m}
      theme: [sea-ice]
      distributions:
        - id: drift-daily-zarr
      provenance:
        - {source: "https://example.org/drift", accessed: 2026-11-24, fields: [title]}
aliases: {drift-daily-zarr: drift-daily-zarr}
data:
  drift-daily-zarr-data:
    datatype: intake.readers.datatypes:Zarr
    kwargs: {url: "{CATALOG_DIR}/data/drift.zarr", storage_options: {}, root: ""}
    metadata: {}
    user_parameters: {}
entries:
  drift-daily-zarr:
    reader: intake.readers.readers:XArrayDatasetReader
    kwargs: {args: ["{data(drift-daily-zarr-data)}"], engine: zarr, chunks: {}}
    output_instance: xarray:Dataset
    metadata: {}
    user_parameters: {}
user_parameters: {}
"""


def write_arrays(folder):
    """Write a daily store, and give the monthly one its coordinates."""
    days = np.arange(np.datetime64("1979-07-01"), np.datetime64("1981-04-01")).astype("M8[ns]")
    dims, shape = ("time", "lat", "lon"), (days.size, 7, 12)
    share = {"standard_name": "sea_ice_area_fraction", "units": "%"}
    way = {"units": "m", "cell_methods": "time: sum"}
    variables = {
        "siconc": (dims, np.full(shape, 50.0, "f4"), share),
        "drift": (dims, np.ones(shape, "f4"), way),
    }
    coords = {"time": days, "lat": np.linspace(60, 90, 7), "lon": np.arange(0, 360, 30.0)}
    daily = xr.Dataset(variables, coords).chunk(time=100)
    daily.to_zarr(folder / "drift.zarr", zarr_format=2)
    with xr.open_zarr(folder / "ice.zarr") as kept:
        monthly = kept.load().drop_encoding()
    places = {"lat": [60.0, 70.0, 80.0, 90.0], "lon": [0.0, 72.0, 144.0, 216.0, 288.0]}
    monthly.assign_coords(places).to_zarr(folder / "ice.zarr", mode="w", zarr_format=2)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Return a hub of two datasets that open, named together by one publication."""
    folder = write_source(tmp_path_factory.mktemp("pair") / "node")
    (folder / "catalogs" / "environment.yaml").write_text(SECOND)
    papers = folder / "knowledge_graph" / "publications" / "ocean.ttl"
    one = "sk:describes dataset:ice-monthly ;"
    papers.write_text(papers.read_text().replace(one, f"{one} sk:uses dataset:drift-daily ;"))
    write_arrays(folder / "catalogs" / "data")
    with sk.build_hub(folder) as hub:
        yield hub


def test_cards_are_compared_and_publications_found(pair):
    found = pair.compatible("ice-monthly", "drift-daily")
    assert found["variables"].verdict is Verdict.CONVERTIBLE
    assert found["time"].sentence == "both cover 1979-07-01 to 1980"
    assert found["licence"].verdict is Verdict.COMPATIBLE
    assert [paper.doi for paper in found.publications] == ["10.1234/ice-paper"]
    assert "A record of Arctic ice" in repr(found)
    html5lib.HTMLParser(strict=True).parseFragment(found._repr_html_())


def test_nothing_is_opened_to_compare_cards(pair):
    with sk.session() as book:
        sk.compatible("ice-monthly", "drift-daily", hub=pair)
    assert len(book) == 0


def test_a_hit_an_array_and_a_card_are_compared_in_one_call(pair):
    hit = next(hit for hit in pair.search("ice drift") if hit.id == "drift-daily")
    ice = pair.open("ice-monthly")
    found = sk.compatible(hit, ice, pair.dataset("ice-monthly"), hub=pair)
    assert len(found) == 3
    assert found["licence"].values == ("CC0-1.0", "CC-BY-4.0")
    assert found[0]["used together"].verdict is Verdict.COMPATIBLE
    assert found[1].labels == ("drift-daily", "ice-monthly")


def test_arrays_are_compared_without_any_hub(pair, monkeypatch, tmp_path):
    monkeypatch.setenv("SCIKNOW_HUB", str(tmp_path))
    ice = pair.open("ice-monthly")
    assert sk.compatible(ice, ice.rename(siconc="x"))["time"].verdict is Verdict.SAME
    with pytest.raises(NotFound):
        sk.compatible(ice, "drift-daily")


def test_an_unknown_id_and_a_table_are_refused(pair):
    with pytest.raises(NotFound, match="drift-dayly"):
        pair.compatible("ice-monthly", "drift-dayly")
    with pytest.raises(InvalidInput, match="DataFrame"):
        pair.compatible("ice-monthly", pd.DataFrame())


def test_two_datasets_become_one(pair):
    with sk.session() as book:
        both = pair.combine(["ice-monthly", "drift-daily"])
        assert [entry.source.dataset.id for entry in book] == ["ice-monthly", "drift-daily"]
        assert book.rows()[1]["selection"] == "period 1979 1980"
        assert "drift-daily" in sk.cite() or "Daily ice drift" in sk.cite()
    assert set(both.data_vars) == {"ice_monthly_siconc", "drift_daily_siconc", "drift"}
    assert dict(both.sizes) == {"time": 18, "lat": 4, "lon": 5}
    assert both.drift.chunks is not None
    assert str(both.time.values[0])[:10] == "1979-07-01"
    np.testing.assert_allclose(both.drift_daily_siconc.values, 0.5, rtol=1e-6)
    np.testing.assert_allclose(both.drift.isel(time=0).values, 31.0, rtol=1e-6)
    assert both.drift.attrs["cell_methods"] == "time: sum"
    assert both.drift_daily_siconc.attrs["units"] == "1"


def test_the_whole_says_where_it_comes_from(pair):
    both = pair.combine(["ice-monthly", "drift-daily"])
    assert [origin.dataset for origin in both.sciknow.origins] == ["drift-daily", "ice-monthly"]
    loaded = both.load().mean("lat", keep_attrs=True)
    assert [origin.dataset for origin in loaded.sciknow.origins] == ["drift-daily", "ice-monthly"]
    history = both.attrs["history"]
    assert "sciknow align: drift-daily: units: siconc: % → 1" in history
    assert "siconc: averaged over each month" in history
    assert "drift: summed over each month" in history
    assert "interpolated linearly" in history or "averaged over cells" in history
    assert both.attrs["title"] == "Monthly sea ice concentration; Daily ice drift"
    assert both.attrs["license"] == "CC-BY-4.0; CC0-1.0"


def test_plans_come_before_anything_is_opened(pair):
    with sk.session() as book:
        plans = pair.combine(["ice-monthly", "drift-daily"], variables=["drift"], open=False)
    assert len(book) == 0
    assert [plan.distribution.id for plan in plans] == ["ice-monthly-zarr", "drift-daily-zarr"]
    assert [plan.selection.variables for plan in plans] == [(), ("drift",)]
    assert plans[0].selection.period == ("1979", "1980")


def test_a_budget_counts_all_parts_together(pair):
    plans = pair.combine(["ice-monthly", "drift-daily"], open=False)
    total = sum(plan.bytes for plan in plans)
    assert max(plan.bytes for plan in plans) < total
    with pytest.raises(LimitExceeded, match="reading the parts takes"):
        pair.combine(["ice-monthly", "drift-daily"], max_bytes=total - 1)
    assert pair.combine(["ice-monthly", "drift-daily"], max_bytes=total).sizes["time"] == 18


def test_a_part_can_be_asked_for(pair):
    both = pair.combine(
        ["ice-monthly", "drift-daily"], period=("1980-01", "1980-03"), bbox=(0, 65, 150, 85)
    )
    assert both.sizes["time"] == 3
    assert float(both.lat.min()) >= 65
    assert float(both.lon.max()) <= 150


def test_a_union_keeps_all_times_of_both(pair):
    both = pair.combine(["ice-monthly", "drift-daily"], on="union")
    assert both.sizes["time"] == 27
    assert np.isnan(both.ice_monthly_siconc.isel(time=-1).values).all()


def test_an_open_array_is_combined_with_a_card(pair):
    own = xr.Dataset(
        {"mine": ("time", np.arange(731.0), {"units": "m"})},
        {"time": np.arange("1979-01-01", "1981-01-01", dtype="M8[D]").astype("M8[ns]")},
    )
    both = pair.combine(["ice-monthly", own])
    assert both.mine.dims == ("time",)
    assert both.mine.values[0] == 15.0
    assert [origin.dataset for origin in both.sciknow.origins] == ["ice-monthly"]


def test_no_time_in_common_is_told_before_anything_is_opened(pair):
    late = pd.to_datetime(["2001-01-01", "2001-02-01"])
    late = xr.Dataset({"v": ("time", [1.0, 2.0])}, {"time": late})
    with sk.session() as book, pytest.raises(InvalidInput, match="no time in common"):
        pair.combine(["ice-monthly", late])
    assert len(book) == 0


def test_one_dataset_is_nothing_to_combine(pair):
    with pytest.raises(InvalidInput, match="two or more"):
        pair.combine(["ice-monthly"])


def test_the_embedded_series_of_weeks_and_months_become_one():
    with sk.open_hub() as hub:
        both = hub.combine(["mauna-loa-co2-weekly", "nino12-sst-monthly"])
        weekly, monthly = hub.open("mauna-loa-co2-weekly"), hub.open("nino12-sst-monthly")
    expected = weekly.co2.to_series().resample("MS").mean()
    np.testing.assert_allclose(both.co2.values, expected["1958-03":"2001-12"].values)
    np.testing.assert_array_equal(
        both.sst.values, monthly.sst.sel(time=slice("1958-03", "2001-12")).values
    )
