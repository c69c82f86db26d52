"""What opening through sciknow costs over plain xarray: open, first slice, one-year mean.

Run ``python benchmarks/load.py``. Both sides read the same store from the same loopback server
or folder, in turns, in one run; the figures are the best of all rounds, since other work on the
machine only ever adds. The aim: at most 5 % or 20 ms over plain
xarray, whichever is larger. Exits with 1 where that is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pandas as pd
import xarray as xr

from sciknow.model import Distribution
from sciknow.readers import open_distribution

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from servers.web import DataServer

RATIO, SECONDS = 1.05, 0.020
STEPS = ("open", "first slice", "one-year mean")


def make(folder: Path) -> None:
    """Write two years of daily values on a 90 x 180 grid in each format."""
    random = np.random.default_rng(1)
    days = 731
    values = random.normal(290, 8, (days, 90, 180)).astype("f4")
    ds = xr.Dataset(
        {"sst": (("time", "lat", "lon"), values)},
        coords={
            "time": pd.date_range("2000-01-01", periods=days),
            "lat": np.linspace(-89, 89, 90),
            "lon": np.arange(0, 360, 2.0),
        },
    )
    chunks = {"sst": {"chunks": (61, 90, 180)}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds.to_zarr(folder / "v2.zarr", zarr_format=2, consolidated=True, encoding=chunks)
        ds.to_zarr(folder / "v3.zarr", zarr_format=3, consolidated=True, encoding=chunks)
    packed = {"sst": {"chunksizes": (61, 90, 180), "zlib": True}}
    ds.to_netcdf(folder / "four.nc", engine="h5netcdf", encoding=packed)
    ds.to_netcdf(folder / "classic.nc", format="NETCDF3_64BIT", engine="scipy")


def plain(place: str) -> xr.Dataset:
    """Open as one does without sciknow."""
    if place.endswith(".zarr"):
        return xr.open_zarr(place, consolidated=True)
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


def compare(place: str, folder: Path, rounds: int) -> dict[str, Any]:
    """Time both sides in turns and return the best of each."""
    times(lambda: plain(place)), times(lambda: ours(place, folder))
    theirs: list[list[float]] = []
    own: list[list[float]] = []
    sides = [(theirs, lambda: plain(place)), (own, lambda: ours(place, folder))]
    for number in range(rounds):
        for rows, opener in sides[:: -1 if number % 2 else 1]:
            rows.append(times(opener))
    return {
        step: {
            "plain": min(row[at] for row in theirs),
            "sciknow": min(row[at] for row in own),
        }
        for at, step in enumerate(STEPS)
    }


def main() -> int:
    """Run every case and print a table; return 1 where the aim is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    rows: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder)
        with DataServer(folder) as web:
            for file in ("v2.zarr", "v3.zarr", "four.nc", "classic.nc"):
                rows[f"local {file}"] = compare(str(folder / file), folder, chosen.rounds)
            for file in ("v2.zarr", "v3.zarr", "four.nc"):
                rows[f"http {file}"] = compare(f"{web.url}/{file}", folder, chosen.rounds)
    missed = 0
    for case, steps in rows.items():
        for step, both in steps.items():
            over = both["sciknow"] - both["plain"]
            bad = over > max(SECONDS, (RATIO - 1) * both["plain"])
            missed += bad
            if not chosen.json:
                print(
                    f"{case:16} {step:14} plain {both['plain'] * 1e3:8.1f} ms"
                    f"  sciknow {both['sciknow'] * 1e3:8.1f} ms"
                    f"  ratio {both['sciknow'] / both['plain']:5.2f}{'  MISSED' if bad else ''}"
                )
    if chosen.json:
        print(json.dumps(rows, indent=1))
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
