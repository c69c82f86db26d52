"""What opening through sciknow costs over what one would use instead.

Arrays: open, first slice, one-year mean, against plain xarray. Tables: open and read, whole or a
box, against pandas, dask, pyarrow with shapely, and xarray with pydap.

Run ``python benchmarks/load.py``. Both sides read the same store from the same loopback server
or folder, in turns, in one run; the figures are the best of all rounds, since other work on the
machine only ever adds. The aim: at most 5 % or 20 ms over the other side, whichever is larger.
Exits with 1 where that is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import Any

import dask.dataframe as dd
import fsspec
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import rasterio
import shapely
import xarray as xr

from sciknow.model import Distribution
from sciknow.readers import open_distribution

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from servers.erddap import SINCE, ErddapServer, erddap_server
from servers.tables import table_of
from servers.web import DataServer

RATIO, SECONDS = 1.05, 0.020
STEPS = ("open", "first slice", "one-year mean")
IMAGE = "image.tif"
IMAGE_STEPS = ("open", "first slice")


def make(folder: Path, days: int) -> None:
    """Write daily values on a 90 x 180 grid in each format."""
    random = np.random.default_rng(1)
    values = random.normal(290, 8, (days, 90, 180)).astype("f4")
    ds = xr.Dataset(
        {"sst": (("time", "lat", "lon"), values)},
        coords={
            "time": pd.date_range("2000-01-01", periods=days),
            "lat": np.linspace(-89, 89, 90),
            "lon": np.arange(0, 360, 2.0),
        },
    )
    chunks = {"sst": {"chunks": (min(days, 61), 90, 180)}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds.to_zarr(folder / "v2.zarr", zarr_format=2, consolidated=True, encoding=chunks)
        ds.to_zarr(folder / "v3.zarr", zarr_format=3, consolidated=True, encoding=chunks)
    packed = {"sst": {"chunksizes": (min(days, 61), 90, 180), "zlib": True}}
    ds.to_netcdf(folder / "four.nc", engine="h5netcdf", encoding=packed)
    ds.to_netcdf(folder / "classic.nc", format="NETCDF3_64BIT", engine="scipy")
    make_image(folder / IMAGE, random)


def make_image(path: Path, random: np.random.Generator) -> None:
    """Write a Cloud-Optimised GeoTIFF of 2,048 x 2,048 pixels in tiles of 512."""
    values = random.integers(0, 4_000, (1, 2048, 2048), dtype="int16")
    profile = {"driver": "COG", "compress": "deflate", "blocksize": 512, "crs": "EPSG:32631"}
    place = rasterio.transform.from_origin(500_000, 5_000_000, 10, 10)
    with rasterio.open(
        path, "w", width=2048, height=2048, count=1, dtype="int16", transform=place, **profile
    ) as file:
        file.write(values)


def plain(place: str) -> xr.Dataset:
    """Open as one does without sciknow."""
    if place.endswith(".zarr"):
        return xr.open_zarr(place, consolidated=True)
    if place.endswith(".tif"):
        os.environ["CPL_VSIL_CURL_NON_CACHED"] = "/vsicurl/"  # or GDAL asks in the first round only
        return xr.open_dataset(place, engine="rasterio", chunks={})
    if "://" in place:
        file = fsspec.open(place).open()
        return xr.open_dataset(file, engine="h5netcdf", chunks={})
    engine = "scipy" if "classic" in place else "h5netcdf"
    return xr.open_dataset(place, engine=engine, chunks={})


def ours(place: str, folder: Path) -> Any:
    """Open through the readers."""
    url = place if "://" in place else Path(place).name
    return open_distribution(Distribution(id="x", access_url=url), base=folder)


def times(opener: Callable[[], Any]) -> list[float]:
    """Time the three steps once, in seconds."""
    found, start = [], time.perf_counter()
    ds = opener()
    found.append(time.perf_counter() - start)
    start = time.perf_counter()
    ds["sst"].isel(time=0).load()
    found.append(time.perf_counter() - start)
    start = time.perf_counter()
    ds["sst"].sel(time="2000").mean("time").load()
    found.append(time.perf_counter() - start)
    ds.close()
    return found


SERVER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from servers.web import DataServer
with DataServer(Path(sys.argv[1])) as web:
    print(web.url, flush=True)
    sys.stdin.read()
"""


@contextmanager
def served_apart(folder: Path) -> Iterator[str]:
    """Serve a folder from another process: GDAL holds this one's lock while it waits."""
    tests = str(Path(__file__).parents[1] / "tests")
    command = [sys.executable, "-c", SERVER, str(folder), tests]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True) as server:
        print_, ask = server.stdout, server.stdin
        yield print_.readline().strip() if print_ else ""
        if ask:
            ask.close()


def image_times(opener: Callable[[], Any]) -> list[float]:
    """Time opening an image and reading one tile of it, in seconds."""
    found, start = [], time.perf_counter()
    ds = opener()
    found.append(time.perf_counter() - start)
    start = time.perf_counter()
    ds["band_data"].isel(y=slice(512, 1024), x=slice(512, 1024)).load()
    found.append(time.perf_counter() - start)
    ds.close()
    return found


def compare(place: str, folder: Path, rounds: int) -> dict[str, Any]:
    """Time both sides in turns and return the best of each."""
    image = place.endswith(".tif")
    clock, steps = (image_times, IMAGE_STEPS) if image else (times, STEPS)
    clock(lambda: plain(place)), clock(lambda: ours(place, folder))
    theirs: list[list[float]] = []
    own: list[list[float]] = []
    sides = [(theirs, lambda: plain(place)), (own, lambda: ours(place, folder))]
    for number in range(rounds):
        for rows, opener in sides[:: -1 if number % 2 else 1]:
            rows.append(clock(opener))
    return {
        step: {
            "plain": min(row[at] for row in theirs),
            "sciknow": min(row[at] for row in own),
        }
        for at, step in enumerate(steps)
    }


def make_tables(folder: Path, rows: int) -> pd.DataFrame:
    """Write positions in each form of table, sorted by longitude."""
    random = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "time": pd.date_range("2000-01-01", periods=rows, freq="10min"),
            "latitude": random.uniform(-80, 80, rows),
            "longitude": np.sort(random.uniform(-179, 179, rows)),
            "value": random.normal(size=rows),
        }
    )
    frame.to_csv(folder / "t.csv", index=False)
    frame.to_csv(folder / "t.csv.zip", index=False)
    frame.to_parquet(folder / "t.parquet", row_group_size=6_000)
    plain = frame.assign(time=frame["time"].astype(str))
    plain.to_json(folder / "t.jsonl", orient="records", lines=True)
    table = table_of(frame["longitude"].to_numpy(), frame["latitude"].to_numpy())
    pq.write_table(table, folder / "t.geoparquet", row_group_size=6_000)
    return frame


def with_shapes(file: str) -> pd.DataFrame:
    """Read a GeoParquet table, and decode its geometries, as one does without geopandas."""
    found = pq.read_table(file).to_pandas(ignore_metadata=True)
    return found.assign(geometry=shapely.from_wkb(found["geometry"]))


def table_cases(folder: Path) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """Return for each case what one does without sciknow, and the same through it."""

    def read(file: str, **part: Any) -> Callable[[], Any]:
        return lambda: whole(file, folder, part)

    box = {"bbox": (10, -20, 40, 30)}
    at = str(folder)
    return {
        "csv": (lambda: dd.read_csv(f"{at}/t.csv").compute(), read("t.csv")),
        "csv.zip": (lambda: pd.read_csv(f"{at}/t.csv.zip"), read("t.csv.zip")),
        "jsonl": (lambda: pd.read_json(f"{at}/t.jsonl", lines=True), read("t.jsonl")),
        "parquet": (lambda: dd.read_parquet(f"{at}/t.parquet").compute(), read("t.parquet")),
        "parquet, a box": (lambda: in_box(f"{at}/t.parquet"), read("t.parquet", **box)),
        "geoparquet": (lambda: with_shapes(f"{at}/t.geoparquet"), read("t.geoparquet")),
        "geoparquet, a box": (
            lambda: with_shapes(f"{at}/t.geoparquet"),
            read("t.geoparquet", **box),
        ),
    }


def whole(place: str, folder: Path, part: dict[str, Any]) -> Any:
    """Open through the readers, and read."""
    way = Distribution(id="x", access_url=place)
    return open_distribution(way, base=folder, **part).compute()


def in_box(file: str) -> pd.DataFrame:
    """Read a table, and keep the rows in a box."""
    found = pd.read_parquet(file)
    return found[found["latitude"].between(-20, 30) & found["longitude"].between(10, 40)]


def services(
    frame: pd.DataFrame, server: ErddapServer, folder: Path
) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """Return the cases of a table and a grid of an ERDDAP server."""
    seconds = (frame["time"] - pd.Timestamp(0)).dt.total_seconds()
    about = {"time": {"units": SINCE, "actual_range": [seconds.min(), seconds.max()]}}
    server.tables["t"] = frame.assign(time=seconds), about
    server.grids["g"] = xr.Dataset(
        {"v": (("time", "y", "x"), np.random.default_rng(1).normal(size=(50, 100, 200)))},
        {"time": ("time", np.arange(50.0)), "y": np.arange(100.0), "x": np.arange(200.0)},
    )
    table, grid = f"{server.url}/tabledap/t", f"{server.url}/griddap/g"
    ways = {
        name: Distribution(id="x", access_url=url, reader=name)
        for name, url in (("tabledap", table), ("opendap", grid))
    }

    def ours_of(name: str) -> Callable[[], Any]:
        return lambda: open_distribution(ways[name], base=folder).compute()

    return {
        "tabledap": (lambda: pd.read_csv(f"{table}.csvp", parse_dates=[0]), ours_of("tabledap")),
        "griddap": (
            lambda: xr.open_dataset(grid, engine="pydap", decode_times=False).load(),
            ours_of("opendap"),
        ),
    }


def in_turns(theirs: Callable[[], Any], own: Callable[[], Any], rounds: int) -> dict[str, Any]:
    """Time reading by both sides in turns, and return the best of each."""
    best = {"plain": float("inf"), "sciknow": float("inf")}
    for number in range(rounds + 1):
        for side, read in (("plain", theirs), ("sciknow", own)):
            start = time.perf_counter()
            read()
            if number:  # the first round warms up
                best[side] = min(best[side], time.perf_counter() - start)
    return {"read": best}


def main() -> int:
    """Run every case and print a table; return 1 where the aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tiny", action="store_true", help="one round of little, for the tests")
    chosen = parser.parse_args()
    days, positions = (40, 600) if chosen.tiny else (731, 60_000)
    rounds = 1 if chosen.tiny else chosen.rounds
    rows: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, days)
        with DataServer(folder) as web:
            for file in ("v2.zarr", "v3.zarr", "four.nc", "classic.nc", IMAGE):
                rows[f"local {file}"] = compare(str(folder / file), folder, rounds)
            for file in ("v2.zarr", "v3.zarr", "four.nc"):
                rows[f"http {file}"] = compare(f"{web.url}/{file}", folder, rounds)
            frame = make_tables(folder, positions)
            cases = table_cases(folder)
            with erddap_server() as server, warnings.catch_warnings():
                warnings.simplefilter("ignore")  # pydap warns that it guesses the protocol
                for case, sides in (cases | services(frame, server, folder)).items():
                    rows[case] = in_turns(*sides, rounds)
        with served_apart(folder) as url:
            rows[f"http {IMAGE}"] = compare(f"{url}/{IMAGE}", folder, rounds)
    missed = 0
    if not chosen.json:
        print(f"{'case':18} {'step':14} {'plain ms':>9} {'sciknow ms':>10} {'ratio':>6}")
    for case, steps in rows.items():
        for step, both in steps.items():
            over = both["sciknow"] - both["plain"]
            bad = over > max(SECONDS, (RATIO - 1) * both["plain"])
            missed += bad
            if not chosen.json:
                print(
                    f"{case:18} {step:14} {both['plain'] * 1e3:9.1f} {both['sciknow'] * 1e3:10.1f} "
                    f"{both['sciknow'] / both['plain']:6.2f}{'  MISSED' if bad else ''}"
                )
    if chosen.json:
        print(json.dumps(rows, indent=1))
    return int(missed > 0 and not chosen.tiny)


if __name__ == "__main__":
    sys.exit(main())
