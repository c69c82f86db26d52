"""GeoTIFF and STAC in a catalogue: plain Intake opens them, and what we build opens the same."""

import sys
from dataclasses import replace
from pathlib import Path

import dask.array
import intake
import pytest
import xarray as xr

from sciknow.catalogs import build_reader, check_file, format_file, read_file
from sciknow.errors import InvalidInput, UntrustedInput
from sciknow.model import Activity, Catalog, Dataset, Distribution, LangString
from sciknow.readers import open_distribution
from sciknow.vocab import Sector

sys.path.insert(0, str(Path(__file__).parents[1]))
from samples import images, stac
from servers.web import DataServer


@pytest.fixture
def ways(tmp_path):
    images.write(tmp_path / "a.tif", images.pattern(2), **images.COG)
    one = stac.item("i", "2020-01-01T00:00:00Z", {"red": stac.asset(str(tmp_path / "a.tif"))})
    stac.write(tmp_path, "answer.json", stac.items(one))
    return (
        Distribution(
            id="image", access_url="a.tif", reader="geotiff", options={"mask_and_scale": False}
        ),
        Distribution(
            id="answer",
            access_url="answer.json",
            reader="stac",
            options={"cls": "ItemCollection", "assets": ["red"], "limit": 5},
        ),
    )


def card(*distributions):
    return Dataset(
        id="first",
        title=LangString("First"),
        description=LangString("Made for tests."),
        publisher="nobody",
        landing_page="https://example.org/first",
        theme=("sea-ice",),
        distributions=distributions,
        provenance=(
            Activity(source="https://example.org/first", accessed="2026-11-24", fields=("title",)),
        ),
    )


def test_what_is_written_is_read_and_opened_by_plain_intake(ways, tmp_path):
    text = format_file(Catalog(sector=Sector.OCEAN, title=LangString("O"), datasets=(card(*ways),)))
    path = tmp_path / "ocean.yaml"
    path.write_text(text)
    assert check_file(path) == []
    (read,) = read_file(path).datasets
    assert {way.media_type for way in read.distributions} == {
        "image/tiff; application=geotiff",
        "application/geo+json",
    }
    assert [way.options for way in read.distributions] == [way.options for way in ways]
    plain = intake.open_catalog(str(path))
    with plain["image"].read() as opened:
        assert isinstance(opened["band_data"].data, dask.array.Array)
        ours = open_distribution(read.distributions[0], base=tmp_path)
        for name in ("band_data", "x", "y"):
            xr.testing.assert_equal(opened[name].variable.load(), ours[name].variable.load())
    assert list(plain["answer"].read().entries) == ["i"]
    cube = open_distribution(read.distributions[1], base=tmp_path)
    assert list(cube.data_vars) == ["red_1", "red_2"]


def test_readers_that_we_build_open_them(ways, tmp_path):
    with DataServer(tmp_path) as web:
        far = replace(ways[0], access_url=f"{web.url}/a.tif")
        for way in (ways[0], far):
            with build_reader(way, tmp_path).read() as opened:
                assert set(opened.data_vars) == {"band_data"}
    assert list(build_reader(ways[1], tmp_path).read().entries) == ["i"]


@pytest.mark.parametrize(
    ("number", "options"),
    [
        (0, {"mask_and_scale": 1}),
        (0, {"open_kwargs": {"driver": "VRT"}}),
        (0, {"group": "x"}),
        (1, {"assets": ["red"]}),
        (1, {"cls": "Literal"}),
        (1, {"cls": "Item", "limit": 0}),
        (1, {"cls": "Item", "signer": "os:system"}),
        (1, {"cls": "Item", "prefer": "xarray"}),
        (1, {"cls": "Item", "engine": "rasterio"}),
    ],
)
def test_options_are_on_the_list(number, options, ways, tmp_path):
    with pytest.raises((InvalidInput, UntrustedInput)):
        build_reader(replace(ways[number], options=options), tmp_path)
