"""STAC documents: the cube that they lead to, and everywhere that they must not lead."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pystac
import pytest
import xarray as xr
from samples import images, stac
from samples.images import COG, ORIGIN, pattern
from samples.stac import asset, collection, item, items
from servers.objects import object_server
from servers.web import DataServer, Fault

from sciknow.errors import (
    IntegrityError,
    InvalidInput,
    LimitExceeded,
    NotFound,
    SciknowError,
    SourceUnavailable,
    UntrustedInput,
)
from sciknow.model import Distribution
from sciknow.readers import locate, open_distribution, plan_distribution, registry, take_fingerprint
from sciknow.readers.formats.stac import document as stac_document
from sciknow.readers.formats.stac.asset import choose
from sciknow.readers.formats.stac.link import follow
from sciknow.readers.formats.stac.reader import parse_options
from sciknow.testing.reader import ReaderCase, ReaderTests

DAYS = ("2020-01-01T10:00:00Z", "2020-01-11T10:00:00Z", "2020-01-21T10:00:00Z")
SIDE = 128
BOX = (3.001, 45.146, 3.004, 45.149)


def way(url, **options):
    return Distribution(id="x", access_url=url, reader="stac", options=options)


def opened(url, base, **options):
    return open_distribution(way(url, **options), base=base)


def values(day, band):
    made = pattern(1, SIDE, SIDE)[0] + 100 * day + 10 * band
    made[:5] = -1
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three days of two bands, as a search's answer, as items, and as a collection."""
    at = tmp_path_factory.mktemp("stac")
    features = []
    for day, when in enumerate(DAYS):
        assets = {"thumb": asset("t.png", "image/png", roles=["thumbnail"])}
        for band, name in enumerate(("red", "nir")):
            file = f"{name}{day}.tif"
            images.write(at / file, values(day, band)[None], **COG, compress="deflate", nodata=-1)
            assets[name] = asset(file, title=name.title(), bands=[{"unit": "1"}])
        features.append(item(f"i{day}", when, assets))
        stac.write(at, f"i{day}.json", features[-1])
    stac.write(at, "answer.json", items(*reversed(features)))
    links = [("item", f"./i{day}.json") for day in range(3)]
    stac.write(at, "collection.json", collection(("self", "collection.json"), *links))
    return at


@pytest.fixture(scope="module")
def expected():
    step = 10 * (np.arange(SIDE) + 0.5)
    data = {
        name: (
            ("time", "y", "x"),
            np.stack([np.where(v := values(day, band), v, v) for day in range(3)]).astype("f4"),
        )
        for band, name in enumerate(("red", "nir"))
    }
    ds = xr.Dataset(
        data,
        coords={
            "time": pd.to_datetime([when[:-1] for when in DAYS]),
            "y": ORIGIN[1] - step,
            "x": ORIGIN[0] + step,
            "spatial_ref": 0,
            "stac_item": ("time", ["i0", "i1", "i2"]),
        },
    )
    return ds.where(ds != -1)


class TestAnswer(ReaderTests):
    @pytest.fixture
    def case(self, folder, expected):
        return ReaderCase("stac", folder, "answer.json", expected)


class TestCollection(ReaderTests):
    @pytest.fixture
    def case(self, folder, expected):
        told = {"title": "A sample", "id": "sample", "license": "CC0-1.0"}
        return ReaderCase("stac", folder, "collection.json", expected.assign_attrs(told))


def test_the_same_over_the_web_and_by_one_item(folder, expected):
    with DataServer(folder) as web:
        for name in ("answer.json", "collection.json"):
            xr.testing.assert_equal(opened(f"{web.url}/{name}", folder).compute(), expected)
        one = opened(f"{web.url}/i1.json", folder)
        xr.testing.assert_equal(one.compute(), expected.isel(time=[1]))
        assert one["red"].attrs["long_name"] == "Red"
        assert one["red"].attrs["units"] == "1"
        assert one["red"].data.chunksize == (1, 64, 64)


def test_media_type_leads_here(folder, expected):
    at = Distribution(id="x", access_url="answer.json", media_type="application/geo+json")
    xr.testing.assert_equal(open_distribution(at, base=folder).compute(), expected)


def test_opening_reads_headers_and_a_part_its_tiles(folder):
    with DataServer(folder) as web:
        plan = plan_distribution(way(f"{web.url}/answer.json"), base=folder, bbox=BOX)
        assert sum("tif" in path for path in web.paths()) == 6
        assert not any("png" in path for path in web.paths())
        web.reset()
        plan.open().load()
        assert (plan.bytes, plan.requests) == (web.sent, len(web.hits))
        assert plan.exact
        whole = plan_distribution(way(f"{web.url}/answer.json", assets=["red"]), base=folder)
        web.reset()
        whole.open().load()
        assert (whole.bytes, whole.requests) == (web.sent, len(web.hits))


def test_selection_by_time_and_variable(folder, expected):
    part = open_distribution(
        way("answer.json"), base=folder, period=("2020-01-10", "2020-01"), variables=["nir"]
    )
    xr.testing.assert_equal(part.compute(), expected[["nir"]].isel(time=[1, 2]))


def test_object_store(folder, expected, tmp_path):
    for path in folder.glob("*.tif"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    document = json.loads((folder / "answer.json").read_text())
    for number, feature in enumerate(document["features"]):
        for key in ("red", "nir"):
            href = feature["assets"][key]["href"]
            feature["assets"][key]["href"] = f"s3://data/{href}" if number else f"../{href}"
    stac.write(tmp_path, "answer.json", document)
    with object_server(tmp_path) as endpoint:
        at = Distribution(
            id="x",
            access_url="s3://data/answer.json",
            reader="stac",
            storage_options={"anon": True, "endpoint_url": endpoint},
        )
        found = open_distribution(at, base=tmp_path, bbox=BOX)
        same = open_distribution(way("answer.json"), base=folder, bbox=BOX)
        xr.testing.assert_equal(found.compute(), same.compute())


def test_fingerprint_tells_a_change(folder, tmp_path):
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    before = take_fingerprint(way("answer.json"), base=tmp_path)
    assert {state.name for state in before.variables} >= {"red", "nir", "time"}
    same = take_fingerprint(way("answer.json"), base=tmp_path, like=before)
    assert same.variables == before.variables
    images.write(tmp_path / "red0.tif", values(1, 1)[None], **COG, nodata=-1)
    assert take_fingerprint(way("answer.json"), base=tmp_path).variables != before.variables


@pytest.fixture
def tiles(tmp_path):
    """Two images side by side of one time, one more ten minutes later, without a nodata value."""
    features = []
    for name, left, when in (
        ("west", 0, DAYS[0]),
        ("east", SIDE, DAYS[0]),
        ("late", 0, "2020-01-01T10:10:00Z"),
    ):
        origin = (ORIGIN[0] + 10 * left, ORIGIN[1])
        images.write(tmp_path / f"{name}.tif", pattern(1, SIDE, SIDE), origin=origin, **COG)
        features.append(item(name, when, {"data": asset(f"{name}.tif")}))
    stac.write(tmp_path, "tiles.json", items(*features))
    return tmp_path


@pytest.mark.parametrize(
    ("groupby", "names"),
    [
        ("time", ["east west", "late"]),
        ("day", ["east west late"]),
        ("id", ["east", "west", "late"]),
    ],
)
def test_items_of_one_time_are_put_side_by_side(groupby, names, tiles):
    found = opened("tiles.json", tiles, groupby=groupby)
    assert found["stac_item"].values.tolist() == names
    assert found.sizes == {"time": len(names), "y": SIDE, "x": 2 * SIDE}
    cube = found["data"].values
    assert np.isfinite(cube[0]).all() == (groupby != "id")
    if groupby == "time":
        np.testing.assert_array_equal(cube[0, :, :SIDE], pattern(1, SIDE, SIDE)[0])
        np.testing.assert_array_equal(cube[0, :, SIDE:], pattern(1, SIDE, SIDE)[0])
        assert np.isnan(cube[1, :, SIDE:]).all()


def test_what_no_image_covers_is_not_asked_for(tiles):
    with DataServer(tiles) as web:
        found = opened(f"{web.url}/tiles.json", tiles)["data"]
        web.reset()
        assert np.isnan(found[1, :, SIDE:].values).all()
        assert not web.hits


def test_whole_numbers_stay_whole_where_nothing_is_missing(tiles):
    found = opened("tiles.json", tiles, groupby="id", limit=1)
    assert found["data"].dtype == "int16"


def test_the_documents_own_word_for_nothing_is_used(tmp_path):
    images.write(tmp_path / "a.tif", pattern(2, SIDE, SIDE))
    bands = [{"name": "B1", "nodata": 7}, {"name": "B2", "description": "second"}]
    stac.write(tmp_path, "i.json", item("i", DAYS[0], {"data": asset("a.tif", bands=bands)}))
    found = opened("i.json", tmp_path)
    assert set(found.data_vars) == {"data_B1", "data_B2"}
    assert np.isnan(found["data_B1"].values[0, :, SIDE // 2 :]).all()
    assert (found["data_B2"].values[0, :, SIDE // 2 :] == 7).all()
    assert found["data_B2"].attrs["comment"] == "second"


def test_older_versions_and_intervals(tmp_path):
    images.write(tmp_path / "a.tif", pattern(1, SIDE, SIDE))
    old = item("i", DAYS[0], {"b": asset("a.tif", **{"eo:bands": [{"name": "B", "unit": "K"}]})})
    old["stac_version"] = "1.0.0-beta.2"
    old["properties"] = {
        "datetime": None,
        "start_datetime": "2020-01-01T02:00:00+02:00",
        "end_datetime": "2020-02-01T00:00:00Z",
    }
    stac.write(tmp_path, "i.json", old)
    found = opened("i.json", tmp_path)
    assert found.time.values[0] == np.datetime64("2020-01-01")


def test_assets_of_other_formats(tmp_path):
    ds = xr.Dataset(
        {"t": (("time", "lat", "lon"), np.random.default_rng(1).normal(size=(4, 30, 40)))},
        coords={"time": pd.date_range("2000", periods=4), "lat": range(30), "lon": range(40)},
    )
    for name, part in (("a", ds.isel(time=[2, 3])), ("b", ds.isel(time=[0, 1]))):
        part.to_netcdf(tmp_path / f"{name}.nc", engine="h5netcdf")
        part.to_zarr(tmp_path / f"{name}.zarr", zarr_format=2)
    features = [
        item(
            name,
            DAYS[0],
            {
                "nc": asset(f"{name}.nc", "application/x-netcdf"),
                "store": asset(f"{name}.zarr", "application/vnd+zarr"),
            },
        )
        for name in "ab"
    ]
    stac.write(tmp_path, "both.json", items(*features))
    stac.write(tmp_path, "one.json", features[0])
    with DataServer(tmp_path) as web:
        for name in ("nc", "store"):
            one = opened(f"{web.url}/one.json", tmp_path, assets=name)
            xr.testing.assert_equal(one.compute(), ds.isel(time=[2, 3]))
            plan = plan_distribution(
                way(f"{web.url}/both.json", assets=[name]),
                base=tmp_path,
                period=("2000-01-02", "2000-01-03"),
            )
            web.reset()
            xr.testing.assert_equal(plan.open().compute(), ds.isel(time=[1, 2]))
            assert abs(plan.bytes - web.sent) <= 0.15 * web.sent
    with pytest.raises(InvalidInput, match="several assets: nc, store"):
        opened("one.json", tmp_path)


def test_assets_of_the_collection_itself(tmp_path):
    ds = xr.Dataset({"t": ("x", np.arange(9.0))})
    ds.to_zarr(tmp_path / "a.zarr", zarr_format=2)
    assets = {"all": asset("a.zarr", "application/vnd.zarr; version=2")}
    stac.write(tmp_path, "c.json", collection(assets=assets))
    xr.testing.assert_equal(opened("c.json", tmp_path, assets=["all"]).compute(), ds)
    with pytest.raises(NotFound, match="no items") as caught:
        opened("c.json", tmp_path)
    assert "all (zarr)" in caught.value.hint


def test_images_of_several_grids_are_refused_with_the_way_out(folder, tmp_path):
    images.write(tmp_path / "a.tif", pattern(1, SIDE, SIDE))
    images.write(tmp_path / "b.tif", pattern(1, SIDE, SIDE), step=20.0)
    assets = {"a": asset("a.tif"), "b": asset("b.tif")}
    stac.write(tmp_path, "i.json", item("i", DAYS[0], assets))
    with pytest.raises(InvalidInput, match=r"i/a .* i/b .*10 x 10.*20 x 20") as caught:
        opened("i.json", tmp_path)
    assert "one resolution" in caught.value.hint
    assert set(opened("i.json", tmp_path, assets=["b"]).data_vars) == {"b"}


@pytest.mark.parametrize(
    "options",
    [
        {"assets": []},
        {"assets": [5]},
        {"assets": 5},
        {"limit": 0},
        {"limit": 1001},
        {"limit": True},
        {"limit": "5"},
        {"groupby": "month"},
        {"cls": "os:system"},
        {"overview_level": -1},
    ],
)
def test_options_are_parsed_strictly(options):
    with pytest.raises(InvalidInput) as caught:
        parse_options(options)
    assert caught.value.hint


def test_unknown_assets_name_those_there_are(folder):
    with pytest.raises(NotFound, match="blue") as caught:
        opened("answer.json", folder, assets=["blue"])
    assert "red (geotiff)" in caught.value.hint
    with pytest.raises(InvalidInput, match="thumb"):
        opened("answer.json", folder, assets=["thumb"])


# where documents lead


@pytest.mark.parametrize(
    ("base", "href", "target"),
    [
        ("https://a.org/x/c.json", "./b.tif", "https://a.org/x/b.tif"),
        ("https://a.org/x/c.json?p=1", "../b.tif?v=2", "https://a.org/b.tif?v=2"),
        ("https://a.org/x/c.json", "//b.org/b.tif", "https://b.org/b.tif"),
        ("https://a.org/x/c.json", "s3://bucket/b.tif", "s3://bucket/b.tif"),
        ("s3://bucket/x/c.json", "b.tif", "s3://bucket/x/b.tif"),
        ("s3://bucket/x/c.json", "/y/b.tif", "s3://bucket/y/b.tif"),
        ("/data/c.json", "https://a.org/b.tif", "https://a.org/b.tif"),
    ],
)
def test_addresses_are_completed(base, href, target, tmp_path):
    assert follow(base, href, tmp_path) == target


@pytest.mark.parametrize(
    "href",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "ftp://a.org/b.tif",
        "data:image/tiff;base64,AAAA",
        "javascript:1",
        "/vsicurl/https://a.org/\nb.tif",
        "https://user:pass@a.org/b.tif",
        "http://127.0.0.1/b.tif",
        "http://localhost:8000/b.tif",
        "http://169.254.169.254/latest/meta-data",
        "//10.0.0.1/b.tif",
        "https://a.org/b.tif?X-Amz-Signature=0",
        "https://a.org/b.tif?sv=1&sig=abc",
        "",
        None,
        {"href": "x"},
    ],
)
def test_remote_documents_lead_nowhere_else(href, tmp_path):
    with pytest.raises(UntrustedInput):
        follow("https://a.org/x/c.json", href, tmp_path)


@pytest.mark.parametrize("href", ["file:///etc/passwd", "../../etc/passwd", "/etc/passwd"])
def test_local_documents_stay_in_their_folder(href, tmp_path):
    name = stac.write(tmp_path, "i.json", item("i", DAYS[0], {"a": asset(href)}))
    location = locate(way(name), base=tmp_path)
    with pytest.raises(UntrustedInput):
        choose(stac_document.gather(location, None), ["a"], location)


def test_only_assets_that_are_opened_are_judged(folder, tmp_path):
    one = json.loads((folder / "i0.json").read_text())
    one["assets"]["meta"] = asset("ftp://a.org/meta.xml", "text/xml", roles=["metadata"])
    for name in ("red0.tif", "nir0.tif"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    stac.write(tmp_path, "i.json", one)
    assert set(opened("i.json", tmp_path).data_vars) == {"red", "nir"}


def test_links_in_a_circle_end(folder, tmp_path):
    for name in ("red0.tif", "nir0.tif", "i0.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    stac.write(tmp_path, "a.json", collection(("child", "b.json"), ("item", "i0.json")))
    stac.write(tmp_path, "b.json", collection(("child", "a.json"), ("child", "./b.json")))
    with DataServer(tmp_path) as web:
        found = opened(f"{web.url}/a.json", tmp_path)
        assert found.sizes["time"] == 1
        assert len([path for path in web.paths() if path.endswith(".json")]) == 3


def test_an_endless_chain_of_pages_ends(folder, monkeypatch):
    monkeypatch.setattr(stac_document, "MAX_DOCUMENTS", 20)
    with DataServer(folder) as web:

        def page(path):
            number = int(path.rpartition("=")[2])
            after = {"rel": "next", "href": f"{web.url}/pages?n={number + 1}"}
            return "application/geo+json", json.dumps(items(links=(after,))).encode()

        web.answers["/pages"] = page
        with pytest.raises(LimitExceeded, match="more than 20 documents"):
            opened(f"{web.url}/pages?n=0", folder)
        assert len(web.hits) == 21


def test_pages_of_a_search_are_read_until_there_are_enough(folder, expected):
    features = [json.loads((folder / f"i{day}.json").read_text()) for day in range(3)]
    with DataServer(folder) as web:

        def page(path):
            number = int(path.rpartition("=")[2])
            links = ({"rel": "next", "href": f"/search?n={number + 1}"},) if number < 2 else ()
            return "application/geo+json", json.dumps(items(features[number], links=links)).encode()

        web.answers["/search"] = page
        xr.testing.assert_equal(opened(f"{web.url}/search?n=0", folder).compute(), expected)
        web.reset()
        assert opened(f"{web.url}/search?n=0", folder, limit=2).sizes["time"] == 2
        assert sum("search" in path for path in web.paths()) == 2


def test_too_many_items_are_refused_unless_a_number_is_asked_for(folder, tmp_path):
    one = json.loads((folder / "i0.json").read_text())
    many = [one | {"id": f"i{number}"} for number in range(150)]
    for name in ("red0.tif", "nir0.tif"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    stac.write(tmp_path, "many.json", items(*many))
    with pytest.raises(LimitExceeded, match="more than 100 items") as caught:
        opened("many.json", tmp_path)
    assert "limit" in caught.value.hint
    assert opened("many.json", tmp_path, limit=5, groupby="id").sizes["time"] == 5


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"[" * 200_000, SciknowError),
        (b"{}", SourceUnavailable),
        (b'{"type": "Feature"}', IntegrityError),
        (b'{"type": "FeatureCollection", "features": 5}', IntegrityError),
        (b'{"type": "FeatureCollection", "features": [null]}', IntegrityError),
        (b'{"type": "FeatureCollection", "features": []}', NotFound),
        (b'{"type": "Collection", "links": [5, {"rel": "item"}]}', SciknowError),
        (b'{"type": "FeatureCollection"', IntegrityError),
        (json.dumps(item("i", "9999-01-01T00:00:00Z", {})).encode(), IntegrityError),
        (json.dumps(item("i", "yesterday", {})).encode(), IntegrityError),
        (json.dumps(item("i", DAYS[0], {"a": 5})).encode(), SciknowError),
        (json.dumps(item("i", DAYS[0], {"a": asset("gone.tif")})).encode(), SourceUnavailable),
    ],
)
def test_documents_that_are_none(body, error, tmp_path):
    (tmp_path / "a.json").write_bytes(body)
    location = locate(way("a.json"), base=tmp_path)
    with pytest.raises(error) as caught:
        registry.get("stac").open_(location, {})
    assert caught.value.hint


def test_huge_documents_are_refused(folder, monkeypatch):
    monkeypatch.setattr(stac_document, "MAX_DOCUMENT", 500)
    with pytest.raises(LimitExceeded, match="bytes"):
        opened("answer.json", folder)


@pytest.mark.parametrize("kind", ["stall", "page", "cut", "status"])
def test_servers_that_fail(kind, folder, expected):
    with DataServer(folder) as web:
        web.faults.append(Fault(kind, match=r"red1\.tif"))
        with pytest.raises(SciknowError) as caught:
            open_distribution(way(f"{web.url}/answer.json"), base=folder, deadline=0.7)
        assert "red1.tif" in str(caught.value)
        assert caught.value.hint
        web.faults[:] = [Fault("status", match="json", times=1)]
        xr.testing.assert_equal(
            opened(f"{web.url}/answer.json", folder, assets=["red"]).compute(), expected[["red"]]
        )


def test_nothing_but_the_transport_asks(folder, monkeypatch):
    """pystac never reads by itself: its own way to the network is shut."""

    def refuse(*_, **__):
        raise AssertionError("pystac asks by itself")

    monkeypatch.setattr(pystac.StacIO, "read_text", refuse, raising=False)
    monkeypatch.setattr(pystac.stac_io.DefaultStacIO, "read_text_from_href", refuse)
    assert opened("collection.json", folder).sizes["time"] == 3


def test_recorded_answers(shared_data, tmp_path):
    """Real documents are understood; where they lead cannot be reached from here."""
    records = shared_data / "records"
    read = 0
    for path in sorted(records.glob("stac-*/**/*.json")):
        document = json.loads(path.read_bytes())
        features = document.get("features") or [document]
        for feature in features if document.get("type", "").startswith("Feature") else ():
            found = stac_document.item_of(feature, "https://example.org/a/b.json")
            assert found.time.dtype == "M8[ns]"
            assert len(found.assets) == len(feature["assets"])
            read += 1
    assert read > 10


WITHOUT = """
import sys
for name in ("tifffile", "imagecodecs", "pyproj", "pystac"):
    sys.modules[name] = None
import warnings; warnings.simplefilter("error")
from sciknow.errors import MissingDependency
from sciknow.readers import registry
assert registry.match("https://a.org/x.zarr").format.name == "zarr"
for url in ("a.tif", ""):
    try:
        registry.match(url, "" if url else "application/geo+json")
    except MissingDependency as error:
        print(error.hint)
"""


def test_without_the_packages_other_readers_work_and_the_message_says_what_to_install():
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:2] == [
        "pip install 'sciknow[geotiff]'",
        "pip install 'sciknow[stac]'",
    ]
