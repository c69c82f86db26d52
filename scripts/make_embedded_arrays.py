"""Make the small real arrays of ``catalogs/data`` from public-domain data in Python packages.

Needs the packages statsmodels and vega_datasets (``pip install -e .[build]``). Each array's
origin and terms are those that the package states; they stand in the array's attributes and in
its card. Running it twice writes the same bytes. Usage: ``python scripts/make_embedded_arrays.py
[FOLDER]``.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from kerchunk.hdf import SingleHdf5ToZarr

DATA = Path(__file__).parents[1] / "catalogs" / "data"
STATSMODELS = "https://github.com/statsmodels/statsmodels/blob/main/statsmodels/datasets"
VEGA = "https://github.com/altair-viz/vega_datasets/blob/master/vega_datasets/dataset_info.json"
DAYS = {"units": "days since 1700-01-01", "calendar": "standard", "dtype": "float64"}


def table(package: str, path: str, **options: Any) -> pd.DataFrame:
    """Read a CSV file that a package carries."""
    with (files(package) / path).open("rb") as file:
        return pd.read_csv(file, **options)


def described(dataset: xr.Dataset, **attributes: str) -> xr.Dataset:
    """Give a dataset its CF attributes, and its time axis its own."""
    dataset.attrs = {
        "Conventions": "CF-1.11",
        **attributes,
        "license": "Public domain",
    }
    dataset["time"].attrs |= {"standard_name": "time", "axis": "T", "long_name": "time"}
    dataset["time"].encoding = dict(DAYS)
    return dataset


def bounded(dataset: xr.Dataset, ends: pd.DatetimeIndex) -> xr.Dataset:
    """Add the interval that each time stands for."""
    starts = pd.DatetimeIndex(dataset["time"].values)
    pairs = np.stack([starts.values, ends.values], axis=1)
    dataset["time"].attrs["bounds"] = "time_bnds"
    bounds = xr.Variable(("time", "bnds"), pairs, encoding=dict(DAYS))
    return dataset.assign(time_bnds=bounds)


def point(value: float, kind: str, **attributes: str) -> xr.Variable:
    """Make a scalar latitude, longitude or altitude."""
    known = {
        "latitude": {"units": "degrees_north", "long_name": "latitude"},
        "longitude": {"units": "degrees_east", "long_name": "longitude"},
        "altitude": {"units": "m", "long_name": "altitude above mean sea level", "positive": "up"},
    }
    return xr.Variable((), value, {"standard_name": kind, **known[kind], **attributes})


def mauna_loa_co2() -> xr.Dataset:
    """Weekly carbon dioxide at Mauna Loa, 1958 to 2001."""
    rows = table("statsmodels.datasets.co2", "co2.csv")
    attributes = {
        "standard_name": "mole_fraction_of_carbon_dioxide_in_air",
        "long_name": "mole fraction of carbon dioxide in air",
        "units": "1e-6",
        "cell_methods": "time: mean (interval: 1 week)",
    }
    values = xr.Variable("time", rows["co2"].to_numpy("float64"), attributes)
    dataset = xr.Dataset(
        {"co2": values},
        coords={
            "time": pd.to_datetime(rows["date"].astype(str), format="%Y%m%d").astype("M8[ns]"),
            "lat": point(19.5, "latitude"),
            "lon": point(-155.6, "longitude"),
            "alt": point(3397.0, "altitude"),
        },
    )
    return described(
        dataset,
        title="Weekly atmospheric carbon dioxide at Mauna Loa, 1958-2001",
        institution="Carbon Dioxide Information Analysis Center, Oak Ridge National Laboratory",
        source=f"continuous air samples; {STATSMODELS}/co2/data.py",
        references="Keeling and Whorf, 2004, Atmospheric CO2 concentrations derived from flask "
        "air samples at sites in the SIO network",
    )


def nino12_sst() -> xr.Dataset:
    """Monthly sea surface temperature of the Nino 1+2 region, 1950 to 2010."""
    rows = table("statsmodels.datasets.elnino", "elnino.csv")
    time = pd.date_range(
        f"{int(rows['YEAR'].iloc[0])}-01-01", periods=rows.shape[0] * 12, freq="MS"
    )
    attributes = {
        "standard_name": "sea_surface_temperature",
        "long_name": "mean sea surface temperature of the Nino 1+2 region",
        "units": "degC",
        "cell_methods": "area: time: mean",
    }
    values = rows.drop(columns="YEAR").to_numpy("float64").ravel()
    dataset = xr.Dataset(
        {
            "sst": xr.Variable("time", values, attributes),
            "lat_bnds": xr.Variable("bnds", [-10.0, 0.0]),
            "lon_bnds": xr.Variable("bnds", [-90.0, -80.0]),
        },
        coords={
            "time": time.astype("M8[ns]"),
            "lat": point(-5.0, "latitude", bounds="lat_bnds"),
            "lon": point(-85.0, "longitude", bounds="lon_bnds"),
        },
    )
    return described(
        bounded(dataset, time.astype("M8[ns]") + pd.offsets.MonthBegin(1)),
        title="Monthly sea surface temperature of the Nino 1+2 region, 1950-2010",
        institution="National Oceanic and Atmospheric Administration",
        source=f"ERSST.V3B; {STATSMODELS}/elnino/data.py",
        references="http://www.cpc.ncep.noaa.gov/data/indices/",
    )


def _yearly(years: pd.Series[Any]) -> tuple[pd.DatetimeIndex, pd.DatetimeIndex]:
    def firsts(numbers: Any) -> pd.DatetimeIndex:
        return pd.DatetimeIndex([np.datetime64(f"{int(year):04d}-01-01", "ns") for year in numbers])

    return firsts(years), firsts(years + 1)


def sunspot_number() -> xr.Dataset:
    """Yearly sunspot number, 1700 to 2008."""
    rows = table("statsmodels.datasets.sunspots", "sunspots.csv")
    starts, ends = _yearly(rows["YEAR"])
    attributes = {
        "long_name": "yearly sunspot number",
        "units": "1",
        "cell_methods": "time: mean",
    }
    values = xr.Variable("time", rows["SUNACTIVITY"].to_numpy("float64"), attributes)
    return described(
        bounded(xr.Dataset({"sunspot_number": values}, coords={"time": starts}), ends),
        title="Yearly sunspot number, 1700-2008",
        institution="National Geophysical Data Center",
        source=f"{STATSMODELS}/sunspots/data.py",
        references="http://www.ngdc.noaa.gov/stp/solar/solarda3.html",
    )


def nile_flow() -> xr.Dataset:
    """Annual flow of the Nile at Aswan, 1871 to 1970."""
    rows = table("statsmodels.datasets.nile", "nile.csv")
    starts, ends = _yearly(rows["year"])
    attributes = {
        "long_name": "annual flow of the Nile at Aswan",
        "units": "1e8 m3",
        "cell_methods": "time: sum",
    }
    values = xr.Variable("time", rows["volume"].to_numpy("float64"), attributes)
    return described(
        bounded(xr.Dataset({"volume": values}, coords={"time": starts}), ends),
        title="Annual flow of the Nile at Aswan, 1871-1970",
        source=f"{STATSMODELS}/nile/data.py",
        references="Cobb, 1978, The Problem of the Nile, Biometrika 65(2), 243-251",
    )


WEATHER = ("drizzle", "fog", "rain", "snow", "sun")


def seattle_weather() -> xr.Dataset:
    """Daily weather in Seattle, 2012 to 2015."""
    rows = table("vega_datasets", "_data/seattle-weather.csv")
    dates = pd.to_datetime(rows["date"], format="%Y/%m/%d").to_numpy("M8[ns]")
    time = pd.DatetimeIndex(dates)

    def column(name: str, standard: str, long: str, units: str, method: str) -> xr.Variable:
        attributes = {
            "standard_name": standard,
            "long_name": long,
            "units": units,
            "cell_methods": f"time: {method}",
        }
        return xr.Variable("time", rows[name].to_numpy("float64"), attributes)

    kinds = rows["weather"].map({name: number for number, name in enumerate(WEATHER)})
    flags = {
        "long_name": "kind of weather, put together from several observations",
        "flag_values": np.arange(len(WEATHER), dtype="int8"),
        "flag_meanings": " ".join(WEATHER),
    }
    amount = "lwe_thickness_of_precipitation_amount"
    air = "air_temperature"
    dataset = xr.Dataset(
        {
            "precipitation": column("precipitation", amount, "daily precipitation", "mm", "sum"),
            "temp_max": column("temp_max", air, "daily maximum temperature", "degC", "maximum"),
            "temp_min": column("temp_min", air, "daily minimum temperature", "degC", "minimum"),
            "wind": column("wind", "wind_speed", "daily mean wind speed", "m s-1", "mean"),
            "weather": xr.Variable("time", kinds.to_numpy("int8"), flags),
        },
        coords={"time": time},
    )
    return described(
        bounded(dataset, time + pd.Timedelta(days=1)),
        title="Daily weather in Seattle, 2012-2015",
        institution="National Oceanic and Atmospheric Administration",
        source=f"NOAA daily records, transformed; {VEGA}",
        references="https://github.com/vega/vega-datasets/blob/main/scripts/weather.py",
    )


def macroeconomic() -> pd.DataFrame:
    """Quarterly macroeconomic series of the United States, 1959 to 2009."""
    rows = table("statsmodels.datasets.macrodata", "macrodata.csv")
    months = rows["quarter"].astype(int) * 3 - 2
    time = pd.to_datetime({"year": rows["year"].astype(int), "month": months, "day": 1})
    rows.insert(0, "time", time.astype("datetime64[ms]"))
    return rows.drop(columns=["year", "quarter"])


def employment() -> pd.DataFrame:
    """Monthly employment by supersector in the United States, 2006 to 2015."""
    rows = table("vega_datasets", "_data/us-employment.csv")
    return rows.rename(columns={"month": "time"})


def iowa_electricity() -> pd.DataFrame:
    """Yearly net generation of electricity in Iowa by source, 2001 to 2017."""
    rows = table("vega_datasets", "_data/iowa-electricity.csv")
    return rows.rename(columns={"year": "time"})


def health_insurance() -> pd.DataFrame:
    """Outpatient visits in the RAND Health Insurance Experiment."""
    rows = table("statsmodels.datasets.randhie", "randhie.csv")
    small = ["mdvis", "idp", "physlm", "hlthg", "hlthf", "hlthp"]
    return rows.astype({name: "int16" for name in small if (rows[name] % 1 == 0).all()})


def write_references(source: Path, target: Path) -> None:
    """Write kerchunk references to a NetCDF-4 file beside them, under the template ``u``."""
    made = SingleHdf5ToZarr(str(source), inline_threshold=64).translate()
    refs = {
        key: ["{{u}}", *item[1:]] if isinstance(item, list) else item
        for key, item in sorted(made["refs"].items())
    }
    text = json.dumps({"version": 1, "templates": {"u": source.name}, "refs": refs}, indent=1)
    target.write_text(text + "\n", encoding="utf-8")


def _to_zarr(dataset: xr.Dataset, target: Path, form: int) -> None:
    shutil.rmtree(target, ignore_errors=True)
    dataset.to_zarr(target, mode="w", zarr_format=form, consolidated=form == 2)


def _to_netcdf(dataset: xr.Dataset, target: Path, engine: Any) -> None:
    form: Any = "NETCDF3_CLASSIC" if engine == "scipy" else "NETCDF4"
    dataset.to_netcdf(target, engine=engine, format=form)


MAKERS: dict[str, Callable[[Path], None]] = {
    "mauna-loa-co2-weekly.zarr": lambda path: _to_zarr(mauna_loa_co2(), path, 2),
    "nino12-sst-monthly.zarr": lambda path: _to_zarr(nino12_sst(), path, 3),
    "sunspot-number-yearly.nc": lambda path: _to_netcdf(sunspot_number(), path, "scipy"),
    "nile-annual-flow.nc": lambda path: _to_netcdf(nile_flow(), path, "h5netcdf"),
    "seattle-weather-daily.nc": lambda path: _to_netcdf(seattle_weather(), path, "h5netcdf"),
    "seattle-weather-daily.json": lambda path: write_references(path.with_suffix(".nc"), path),
    "us-macroeconomic-quarterly.parquet": lambda path: macroeconomic().to_parquet(
        path, index=False
    ),
    "rand-health-insurance.parquet": lambda path: health_insurance().to_parquet(path, index=False),
    "us-employment-monthly.csv": lambda path: employment().to_csv(
        path, index=False, lineterminator="\n"
    ),
    "iowa-electricity-yearly.csv": lambda path: iowa_electricity().to_csv(
        path, index=False, lineterminator="\n"
    ),
}
"""File name → what writes it, in the order of writing."""


def main(folder: Path) -> None:
    """Write every array into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, write in MAKERS.items():
        write(folder / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
