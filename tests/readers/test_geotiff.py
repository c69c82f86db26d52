"""GeoTIFF files in many layouts: values as rasterio reads them, and the tiles that are needed."""

from __future__ import annotations

import pickle
import struct

import numpy as np
import pytest
import rasterio
import xarray as xr
from pyproj import CRS, Transformer
from samples.images import COG, LAYOUTS, ORIGIN, TILED, pattern, write, write_layouts
from servers.objects import object_server
from servers.web import DataServer, Fault

from sciknow.errors import (
    DegradedWarning,
    IntegrityError,
    InvalidInput,
    LimitExceeded,
    SciknowError,
    SourceUnavailable,
)
from sciknow.model import Distribution
from sciknow.readers import open_distribution, plan_distribution, take_fingerprint
from sciknow.readers.formats.geotiff.reader import check_options
from sciknow.readers.formats.geotiff.tiff import Tiff
from sciknow.testing.reader import ReaderCase, ReaderTests
from sciknow.wire.rangefile import LocalFile
from sciknow.wire.trouble import explain

BOX = (3.005, 45.13, 3.02, 45.145)
"""A part of the images, in degrees."""


def way(url, **options):
    return Distribution(id="x", access_url=url, reader="geotiff", options=options)


def opened(url, base, **options):
    return open_distribution(way(url, **options), base=base)


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    return folder, write_layouts(folder)


class TestGeotiff(ReaderTests):
    @pytest.fixture
    def case(self, tmp_path):
        values = pattern(2)
        tags = {"TIFFTAG_DATETIME": "2020:01:02 03:04:05", "season": "winter"}
        write(tmp_path / "a.tif", values, **COG, compress="deflate", tags=tags)
        x, y = ORIGIN[0] + 10 * (np.arange(420) + 0.5), ORIGIN[1] - 10 * (np.arange(300) + 0.5)
        expected = xr.Dataset(
            {"band_data": (("band", "y", "x"), values)},
            coords={"band": [1, 2], "y": y, "x": x, "spatial_ref": 0},
            attrs=tags,
        )
        return ReaderCase("geotiff", tmp_path, "a.tif", expected)


class TestSet(ReaderTests):
    @pytest.fixture
    def case(self, tmp_path):
        values = pattern()
        for name, part, left in (("a", values[:, :, :256], 0), ("b", values[:, :, 256:], 2560)):
            origin = (ORIGIN[0] + left, ORIGIN[1])
            write(tmp_path / f"{name}.tif", part, origin=origin, **TILED)
        x, y = ORIGIN[0] + 10 * (np.arange(420) + 0.5), ORIGIN[1] - 10 * (np.arange(300) + 0.5)
        expected = xr.Dataset(
            {"band_data": (("band", "y", "x"), values.astype("f4"))},
            coords={"band": [1], "y": y, "x": x, "spatial_ref": 0},
        )
        return ReaderCase("geotiff", tmp_path, "set.tif", expected, {"files": ["a.tif", "b.tif"]})

    @pytest.mark.skip(reason="a set has no file of its own that could be garbage")
    def test_garbage_is_our_error(self):
        pass

    @pytest.mark.skip(reason="a set has no file of its own that could be missing")
    def test_missing_source_is_our_error(self):
        pass


@pytest.mark.parametrize("title", LAYOUTS)
def test_values_are_those_of_rasterio(title, images):
    folder, names = images
    found = opened(names[title], folder)
    with rasterio.open(folder / names[title]) as file:
        np.testing.assert_array_equal(found["band_data"].values, file.read())
        assert found["band_data"].dtype == file.dtypes[0]
        assert float(found.x[0]) == file.xy(0, 0)[0]
        assert float(found.y[-1]) == file.xy(299, 0)[1]
        assert CRS.from_cf(found["spatial_ref"].attrs) == CRS.from_user_input(file.crs)
    part = found["band_data"].isel(y=slice(70, 290, 3), x=[5, 400, 12])
    np.testing.assert_array_equal(part.values, found["band_data"].values[:, 70:290:3, [5, 400, 12]])
    point = found["band_data"][-1, 100, 200]
    assert point.values == found["band_data"].values[-1, 100, 200]


@pytest.mark.parametrize(
    ("title", "chunks"),
    [
        ("cog", (3, 64, 64)),
        ("tiled planes", (1, 64, 64)),
        ("tiled high", (1, 128, 32)),
        ("strips", (1, 300, 420)),
    ],
)
def test_dask_chunks_are_the_files_own(title, chunks, images):
    folder, names = images
    assert opened(names[title], folder)["band_data"].data.chunksize == chunks


def test_strips_are_gathered_to_fair_chunks(tmp_path):
    write(tmp_path / "a.tif", np.ones((1, 4000, 1000), "int16"), tiled=False, blockysize=1)
    found = opened("a.tif", tmp_path)["band_data"].data
    assert found.chunksize == (1, 2097, 1000)


PARTS = {
    "everything": {},
    "a box": {"bbox": BOX},
    "a corner": {"bbox": (2.9, 45.148, 3.003, 45.2)},
}


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("title", LAYOUTS)
def test_estimates_are_within_fifteen_percent(title, part, images):
    folder, names = images
    with DataServer(folder) as web:
        plan = plan_distribution(way(f"{web.url}/{names[title]}"), base=folder, **PARTS[part])
        assert web.sent < 70_000  # two pages and their neighbours
        web.reset()
        found = plan.open().load()
        assert abs(plan.bytes - web.sent) <= 0.15 * web.sent
        assert plan.requests == len(web.hits)
    assert plan.exact
    assert plan.memory == sum(item.nbytes for item in found.variables.values())


def test_estimates_of_single_bands_and_of_overviews(images):
    folder, _ = images
    write(folder / "o.tif", pattern(2, 600, 600), **{**COG, "overviews": "AUTO"})
    with DataServer(folder) as web:
        for options in ({"band_as_variable": True}, {"overview_level": 1}):
            plan = plan_distribution(way(f"{web.url}/o.tif", **options), base=folder)
            web.reset()
            plan.open().load()
            assert (plan.bytes, plan.requests) == (web.sent, len(web.hits))


def test_estimates_of_very_many_tiles_are_sampled(tmp_path, monkeypatch):
    monkeypatch.setattr("sciknow.readers.formats.geotiff.cost.BLOCKS", 12)
    write(tmp_path / "a.tif", pattern(), **TILED, compress="deflate")
    plan = plan_distribution(way("a.tif"), base=tmp_path)
    whole = (tmp_path / "a.tif").stat().st_size
    assert not plan.exact
    assert abs(plan.bytes - whole) < 0.3 * whole


def test_small_box_of_a_striped_file_warns(tmp_path):
    write(tmp_path / "a.tif", np.ones((1, 700, 12_000), "int16"), tiled=False, compress="lzw")
    plan = plan_distribution(way("a.tif"), base=tmp_path, bbox=(3.001, 45.10, 3.002, 45.15))
    assert "strips of whole rows" in plan.warnings[0]
    assert plan_distribution(way("a.tif"), base=tmp_path).warnings == ()


@pytest.mark.parametrize("title", ["cog", "strips", "tiled planes"])
def test_opening_reads_the_header_and_a_part_its_tiles(title, images):
    folder, names = images
    size = (folder / names[title]).stat().st_size
    with DataServer(folder) as web:
        found = opened(f"{web.url}/{names[title]}", folder)
        assert len(web.hits) <= 3
        web.reset()
        found["band_data"].isel(y=slice(0, 10), x=slice(0, 10)).load()
        assert 0 < web.sent < (size if title == "strips" else size / 8)


def test_opened_again_in_another_process_it_reads_the_header_again(images):
    folder, names = images
    with DataServer(folder) as web:
        found = opened(f"{web.url}/{names['cog']}", folder)["band_data"]
        again = pickle.loads(pickle.dumps(found))
        web.reset()
        np.testing.assert_array_equal(again[:, :9, :9].values, found[:, :9, :9].values)


def test_object_store(images, tmp_path):
    folder, names = images
    (tmp_path / "a.tif").write_bytes((folder / names["cog"]).read_bytes())
    with object_server(tmp_path) as endpoint:
        at = Distribution(
            id="x",
            access_url="s3://data/a.tif",
            media_type="image/tiff; application=geotiff; profile=cloud-optimized",
            storage_options={"anon": True, "endpoint_url": endpoint},
        )
        found = open_distribution(at, base=tmp_path, bbox=BOX)
        plain = open_distribution(way(names["cog"]), base=folder, bbox=BOX)
        xr.testing.assert_equal(found.load(), plain.load())


def test_values_are_unpacked_and_none_is_nan(tmp_path):
    values = pattern(2)
    values[0, :10] = -9999
    said = {"scales": (0.1, 0.1), "offsets": (5, 5), "descriptions": ("red", "blue")}
    write(tmp_path / "a.tif", values, nodata=-9999, **said)
    found = opened("a.tif", tmp_path)["band_data"]
    assert np.isnan(found.values[0, :10]).all()
    np.testing.assert_allclose(found.values[1], values[1] * 0.1 + 5)
    assert found.attrs["long_name"] == ["red", "blue"]
    raw = opened("a.tif", tmp_path, mask_and_scale=False)["band_data"]
    np.testing.assert_array_equal(raw.values, values)
    assert raw.attrs["_FillValue"] == -9999


def test_bands_with_scales_of_their_own(tmp_path):
    values = pattern(2)
    write(tmp_path / "a.tif", values, scales=(0.1, 2), offsets=(0, 1), descriptions=("u", "v"))
    with pytest.warns(DegradedWarning, match="band_as_variable"):
        packed = opened("a.tif", tmp_path)
    np.testing.assert_array_equal(packed["band_data"].values, values)
    found = opened("a.tif", tmp_path, band_as_variable=True)
    np.testing.assert_allclose(found["band_1"].values, values[0] * 0.1)
    np.testing.assert_allclose(found["band_2"].values, values[1] * 2.0 + 1)
    assert found["band_2"].attrs["long_name"] == "v"


def test_overviews(tmp_path):
    path = write(tmp_path / "a.tif", pattern(1, 600, 600), **{**COG, "overviews": "AUTO"})
    for level in (0, 1):
        found = opened("a.tif", tmp_path, overview_level=level)
        with rasterio.open(path, overview_level=level) as file:
            np.testing.assert_array_equal(found["band_data"].values, file.read())
            assert float(found.x[0]) == pytest.approx(file.xy(0, 0)[0])
    with pytest.raises(InvalidInput, match="no overview 9") as caught:
        opened("a.tif", tmp_path, overview_level=9)
    assert "300 x 300" in caught.value.hint


def test_photographs_and_their_masks(tmp_path):
    smooth = np.add.outer(np.arange(300) // 3, np.arange(420) // 4)
    values = np.stack([smooth, 250 - smooth, smooth // 2 + 20]).astype("u1")
    path = tmp_path / "a.tif"
    write(path, values, **TILED, compress="jpeg", photometric="ycbcr")
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as file:
        file.write_mask(smooth > 100)
    found = opened("a.tif", tmp_path)
    with rasterio.open(path) as file:
        assert abs(found["band_data"].values.astype(int) - file.read()).max() <= 6
        np.testing.assert_array_equal(found["mask"].values > 0, file.dataset_mask() > 0)


def test_tiles_that_were_never_written_hold_nothing(tmp_path):
    values = np.zeros((1, 128, 128), "int16")
    values[0, :64, :64] = 5
    write(tmp_path / "a.tif", values, **TILED, nodata=0, sparse_ok=True)
    with DataServer(tmp_path) as web:
        found = opened(f"{web.url}/a.tif", tmp_path)["band_data"]
        web.reset()
        assert np.isnan(found[0, 64:, 64:].values).all()
        assert not web.hits
        assert (found[0, :64, :64].values == 5).all()


def test_single_bits(tmp_path):
    values = (pattern(1) > 10).astype("uint8")
    write(tmp_path / "a.tif", values, nbits=1)
    np.testing.assert_array_equal(opened("a.tif", tmp_path)["band_data"].values, values)


SYSTEMS = [
    "EPSG:4326",
    "EPSG:3857",
    "EPSG:3413",
    "EPSG:2154",
    "EPSG:2263",
    "ESRI:54009",
    "+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 +ellps=GRS80 +units=m",
    "+proj=aea +lat_1=29.5 +lat_2=45.5 +lat_0=23 +lon_0=-96 +datum=WGS84",
    "+proj=lcc +lat_1=30 +lat_2=60 +lat_0=40 +lon_0=110 +x_0=100 +a=6370000 +b=6370000",
    "+proj=lcc +lat_1=40 +lat_0=40 +lon_0=-97 +k_0=0.99 +datum=WGS84",
    "+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45 +a=6378273 +b=6356889.449",
    "+proj=sinu +lon_0=0 +R=6371007.181 +units=m",
    "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +ellps=krass +units=m",
    "+proj=tmerc +lat_0=30 +lon_0=-84 +k=0.9999 +x_0=700000 +datum=NAD83 +units=us-ft",
    "+proj=aeqd +lat_0=53 +lon_0=24 +x_0=5837287 +y_0=2121415 +datum=WGS84",
    "+proj=eqc +lat_ts=20 +lon_0=10 +datum=WGS84",
    "+proj=cea +lat_ts=30 +lon_0=0 +datum=WGS84",
    "+proj=merc +lon_0=20 +k=0.9 +datum=WGS84",
]


@pytest.mark.parametrize("system", SYSTEMS)
def test_systems_place_points_where_gdal_does(system, tmp_path):
    write(tmp_path / "a.tif", np.ones((1, 4, 4), "u1"), crs=system, origin=(2.0, 50.0), step=0.5)
    with rasterio.open(tmp_path / "a.tif") as file:
        theirs = CRS.from_user_input(file.crs)
    ours = CRS.from_cf(opened("a.tif", tmp_path)["spatial_ref"].attrs)
    if ours.is_geographic:
        assert ours == theirs
        return
    points = Transformer.from_crs(theirs.geodetic_crs, theirs, always_xy=True).transform(
        np.array([5.0, 100, -90]), np.array([40.0, 50, 35])
    )
    same = Transformer.from_crs(ours.geodetic_crs, ours, always_xy=True).transform(
        np.array([5.0, 100, -90]), np.array([40.0, 50, 35])
    )
    np.testing.assert_allclose(same, points, atol=1e-3)


def test_system_that_is_not_understood_warns(tmp_path):
    system = "+proj=robin +lon_0=0 +datum=WGS84"
    write(tmp_path / "a.tif", np.ones((1, 4, 4), "u1"), crs=system)
    with pytest.warns(DegradedWarning, match="not understood"):
        found = opened("a.tif", tmp_path)
    assert "crs_wkt" not in found["spatial_ref"].attrs
    assert found["band_data"].shape == (1, 4, 4)


@pytest.mark.parametrize("kind", ["point", "rotated", "none"])
def test_grids(kind, tmp_path):
    values = np.ones((1, 4, 6), "u1")
    profile = {}
    if kind == "rotated":
        profile["transform"] = rasterio.Affine(1, 0.5, 100, 0.25, -1, 200)
    write(
        tmp_path / "a.tif",
        values,
        tags={"AREA_OR_POINT": "Point"} if kind == "point" else {},
        crs=None if kind == "none" else "EPSG:32631",
        **profile,
    )
    found = opened("a.tif", tmp_path)
    with rasterio.open(tmp_path / "a.tif") as file:
        numbers = list(map(float, found["spatial_ref"].attrs["GeoTransform"].split()))
        np.testing.assert_allclose(numbers, file.transform.to_gdal())
    assert ("x" in found.coords) == (kind != "rotated")


def test_box_in_degrees_on_a_projected_grid(images):
    folder, names = images
    whole = opened(names["cog"], folder)
    part = open_distribution(way(names["cog"]), base=folder, bbox=BOX)
    back = Transformer.from_crs("EPSG:32631", "EPSG:4326", always_xy=True)
    lon, lat = back.transform(*np.meshgrid(whole.x, whole.y))
    inside = (lon >= BOX[0]) & (lon <= BOX[2]) & (lat >= BOX[1]) & (lat <= BOX[3])
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    assert abs(part.sizes["y"] - len(rows)) <= 1
    assert abs(part.sizes["x"] - len(columns)) <= 1
    assert part.x.values[0] <= whole.x.values[columns[0]] + 10
    with pytest.raises(InvalidInput, match="nothing lies inside"):
        open_distribution(way(names["cog"]), base=folder, bbox=(20, 45, 21, 46))


def test_box_around_the_pole(tmp_path):
    write(tmp_path / "a.tif", pattern(1, 100, 100), crs="EPSG:3413", origin=(-5e6, 5e6), step=1e5)
    part = open_distribution(way("a.tif"), base=tmp_path, bbox=(-180, 70, 180, 90))
    whole = opened("a.tif", tmp_path)
    back = Transformer.from_crs("EPSG:3413", "EPSG:4326", always_xy=True)
    _, lat = back.transform(*np.meshgrid(whole.x, whole.y))
    rows = np.flatnonzero((lat >= 70).any(1))
    assert part.sizes["y"] == part.sizes["x"] == len(rows)
    east = open_distribution(way("a.tif"), base=tmp_path, bbox=(170, 60, -170, 70))
    lon, lat = back.transform(*np.meshgrid(east.x, east.y))
    assert 0 < east.sizes["x"] < 20
    assert abs(abs(lon) - 180).max() < 30


def test_box_on_a_grid_in_degrees(tmp_path):
    write(tmp_path / "a.tif", pattern(1, 18, 36), crs="EPSG:4326", origin=(-180, 90), step=10)
    part = open_distribution(way("a.tif"), base=tmp_path, bbox=(0, -20, 40, 20))
    assert part.x.values.tolist() == [5, 15, 25, 35]
    assert part.y.values.tolist() == [15, 5, -5, -15]


def test_files_above_one_another(tmp_path):
    for day in (1, 2):
        write(tmp_path / f"d{day}.tif", pattern() + day, **TILED, compress="deflate")
    found = opened("d*.tif", tmp_path, concat_dim="file")
    assert found["file"].values.tolist() == ["d1.tif", "d2.tif"]
    np.testing.assert_array_equal(found["band_data"].values[1], pattern()[0] + 2)
    with DataServer(tmp_path, listing=True) as web:
        plan = plan_distribution(
            way(f"{web.url}/d*.tif", concat_dim="file"), base=tmp_path, bbox=BOX
        )
        web.reset()
        plan.open().load()
        assert (plan.bytes, plan.requests) == (web.sent, len(web.hits))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"crs": "EPSG:32632"}, "do not lie on one grid"),
        ({"step": 20.0}, "do not lie on one grid"),
        ({"origin": (ORIGIN[0] + 3, ORIGIN[1])}, "do not lie on one grid"),
        ({"nodata": 3}, "packed differently"),
        ({"origin": (ORIGIN[0] + 1e9, ORIGIN[1])}, "span"),
    ],
)
def test_files_that_do_not_fit_together(other, words, tmp_path):
    write(tmp_path / "a.tif", pattern())
    write(tmp_path / "b.tif", pattern(), **other)
    with pytest.raises((InvalidInput, LimitExceeded), match=words) as caught:
        opened("*.tif", tmp_path)
    assert caught.value.hint


def test_overlap_and_gap_of_a_set(tmp_path):
    one, two = pattern()[:, :100, :100], pattern()[:, :100, :100] + 1
    one[:, :, 90:] = -1
    write(tmp_path / "a.tif", one, nodata=-1)
    write(tmp_path / "b.tif", two, nodata=-1, origin=(ORIGIN[0] + 500, ORIGIN[1] - 500))
    found = opened("*.tif", tmp_path)["band_data"].values[0]
    assert found.shape == (150, 150)
    assert np.isnan(found[120, 20])  # no file lies there
    assert found[60, 60] == one[0, 60, 60]  # the first file wins
    assert found[60, 95] == two[0, 10, 45]  # but not where it has nothing


@pytest.mark.parametrize(
    "options",
    [
        {"band_as_variable": "yes"},
        {"overview_level": -1},
        {"overview_level": True},
        {"overview_level": "0"},
        {"concat_dim": "x"},
        {"engine": "gdal"},
    ],
)
def test_options_are_parsed_strictly(options):
    with pytest.raises(InvalidInput) as caught:
        check_options(options)
    assert caught.value.hint


@pytest.mark.parametrize(
    "options", [{"chunks": 5}, {"files": "a.tif"}, {"overview_level": 1.0}, {"group": "x"}]
)
def test_options_are_refused_on_opening(options, images):
    folder, names = images
    with pytest.raises(InvalidInput) as caught:
        opened(names["cog"], folder, **options)
    assert caught.value.hint


@pytest.mark.parametrize("title", ["cog", "strips"])
def test_truncated_file(title, images, tmp_path):
    folder, names = images
    data = (folder / names[title]).read_bytes()
    (tmp_path / "a.tif").write_bytes(data[: len(data) // 2])
    with pytest.raises(IntegrityError, match=r"ends before|no image"):
        opened("a.tif", tmp_path)
    (tmp_path / "a.tif").write_bytes(data[:20])
    with pytest.raises(SciknowError):
        opened("a.tif", tmp_path)


def test_damaged_tile_is_told(tmp_path):
    path = write(tmp_path / "a.tif", pattern(), **TILED, compress="deflate")
    found = opened("a.tif", tmp_path)["band_data"]
    offset = int(Tiff(LocalFile(path)).main.offsets[0])
    data = bytearray(path.read_bytes())
    data[offset : offset + 40] = bytes(range(40))
    path.write_bytes(data)
    with pytest.raises(IntegrityError, match="segment 0"):
        found[:, :5, :5].load()
    assert found[:, 100:, 100:].values.any()


def tiff(*entries, extra=b""):
    """A small TIFF file of some tags: (code, type, count, value or offset)."""
    head = struct.pack("<2sHIH", b"II", 42, 8, len(entries))
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return head + body + struct.pack("<I", 8) + extra  # the next directory is this one again


BASE = [(256, 4, 1, 64), (257, 4, 1, 64), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)]
HOSTILE = {
    "a loop of directories": [*BASE, (273, 4, 1, 200), (278, 4, 1, 64), (279, 4, 1, 4096)],
    "a table beyond the file": [*BASE, (273, 4, 2**31, 8), (278, 4, 1, 1), (279, 4, 2**31, 8)],
    "a segment beyond the file": [*BASE, (273, 4, 1, 2**32 - 9), (278, 4, 1, 64), (279, 4, 1, 9)],
    "a huge image": [
        (256, 4, 1, 2**31 - 1),
        (257, 4, 1, 2**31 - 1),
        *BASE[2:],
        (273, 4, 1, 200),
        (278, 4, 1, 2**31 - 1),
        (279, 4, 1, 100),
    ],
    "an image of nothing": [(256, 4, 1, 0), (257, 4, 1, 0), *BASE[2:], (273, 4, 1, 9)],
    "no tags": [],
}


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_headers(title, tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(*HOSTILE[title], extra=b"\x07" * 5000))
    if title == "a loop of directories":
        assert opened("a.tif", tmp_path)["band_data"].shape == (1, 64, 64)
        return
    with pytest.raises(SciknowError) as caught, explain(str(path), "a GeoTIFF"):
        _ = Tiff(LocalFile(path)).images
    assert caught.value.hint


def test_metadata_with_entities_are_passed_over(tmp_path):
    path = write(tmp_path / "a.tif", pattern(), tags={"note": "x" * 200})
    bomb = b'<!DOCTYPE a [<!ENTITY b "boom">]><GDALMetadata><Item name="n">&b;</Item>'
    data = path.read_bytes()
    start = data.index(b"<GDALMetadata>")
    path.write_bytes(data[:start] + bomb + data[start + len(bomb) :])
    assert "n" not in opened("a.tif", tmp_path).attrs


def test_further_images_are_told(tmp_path):
    import tifffile

    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(np.ones((8, 8), "u1"))
        file.write(np.zeros((8, 8), "u1"))
    with pytest.warns(DegradedWarning, match="1 further images"):
        assert opened("a.tif", tmp_path)["band_data"].values.all()


@pytest.mark.parametrize("kind", ["status", "cut", "reset"])
def test_server_that_fails_once_is_asked_again(kind, images):
    folder, names = images
    with DataServer(folder) as web:
        found = opened(f"{web.url}/{names['tiled']}", folder)["band_data"][:, :50, :50]
        web.faults.append(Fault(kind, times=1))
        np.testing.assert_array_equal(found.values, pattern(1, dtype="int32")[:, :50, :50])


@pytest.mark.parametrize("kind", ["stall", "drip", "page", "status"])
def test_server_that_stays_bad_ends_in_our_error(kind, images):
    folder, names = images
    with DataServer(folder) as web:
        found = open_distribution(way(f"{web.url}/{names['tiled']}"), base=folder, deadline=0.5)
        web.faults.append(Fault(kind))
        with pytest.raises(SciknowError) as caught:
            found["band_data"][:, :50, :50].load()
        assert caught.value.hint
        with pytest.raises(SourceUnavailable):
            open_distribution(way(f"{web.url}/{names['cog']}"), base=folder, deadline=0.5)


def test_server_without_ranges(images):
    folder, names = images
    with DataServer(folder, ranges=False) as web:
        with pytest.warns(DegradedWarning, match="whole file"):
            found = opened(f"{web.url}/{names['cog']}", folder)
        np.testing.assert_array_equal(found["band_data"].values, pattern(3))


def test_what_was_read_is_kept_and_read_offline(images, tmp_path, monkeypatch):
    folder, names = images
    with DataServer(folder) as web:
        url = f"{web.url}/{names['cog']}"
        first = open_distribution(way(url), base=folder, bbox=BOX, cache=tmp_path / "c").load()
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    again = open_distribution(way(url), base=folder, bbox=BOX, cache=tmp_path / "c")
    xr.testing.assert_equal(again.load(), first)


def test_fingerprint(images, tmp_path):
    folder, names = images
    path = tmp_path / "a.tif"
    path.write_bytes((folder / names["tiled"]).read_bytes())
    before = take_fingerprint(way("a.tif"), base=tmp_path)
    assert before.files[0].sha256
    assert {item.name for item in before.variables} >= {"band_data", "x", "y"}
    same = take_fingerprint(way("a.tif"), base=tmp_path, like=before)
    assert same.files[0].sha256 == before.files[0].sha256
    assert same.variables == before.variables
    write(path, pattern(1, dtype="int32") + 1, **TILED)
    other = take_fingerprint(way("a.tif"), base=tmp_path, like=before)
    assert other.files[0].sha256 != before.files[0].sha256
    assert other.variables != before.variables
