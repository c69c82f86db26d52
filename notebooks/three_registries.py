"""What notebook 6 needs beside sciknow: three registries of an imaginary basin, on this machine.

Everything is computed here and the records say so: a satellite centre with a STAC API and a Zarr
store, a laboratory with an ERDDAP server and a grid, a library with OAI-PMH. Identifiers begin
with 10.5072, the prefix of DataCite for tests.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from imaginary_basin import field

from sciknow.testing.griddap import griddap
from sciknow.testing.hostile import (
    ErddapDialect,
    HostileServer,
    OaiDialect,
    Query,
    Reply,
    Row,
    StacDialect,
)

BOX = [100, -30, -140, 30]
PERIOD = ["2021-01-01T00:00:00Z", "2024-12-31T00:00:00Z"]
SST = "10.5072/basin.sst"

SATELLITE = {
    "sst": (
        "Sea surface temperature of an imaginary basin, ten-day maps",
        "Computed from seasons, a slow wave and noise, on a grid of one degree.",
        ["sea surface temperature", "海表温度"],
    ),
    "chlorophyll": (
        "Chlorophyll in an imaginary basin, monthly maps",
        "Concentration in the surface layer, as ocean colour would show it.",
        ["ocean colour", "phytoplankton"],
    ),
    "wind": (
        "虚构海盆海面风场逐日产品",
        "海面十米高度的风速与风向。",
        ["风速", "散射计"],
    ),
    "ice": (
        "Sea ice concentration around an imaginary pole",
        "Share of the surface that is covered by ice, day by day.",
        ["sea ice"],
    ),
    "rain": (
        "虚构海盆逐月降水量",
        "卫星估算的海上降水。",
        ["降水", "卫星"],
    ),
}
LABORATORY = {
    "ssh": (
        "Sea level anomaly of an imaginary basin, monthly maps",
        "Height above the mean of four years: waves that travel west.",
    ),
    "currents": (
        "Surface currents of an imaginary basin",
        "Eastward and northward velocity, derived from the sea level.",
    ),
    "salinity": (
        "虚构海盆表层盐度",
        "走航与浮标观测的盐度, 插值到规则网格。",
    ),
}
LIBRARY = {
    "sst": (
        ["Ten-day sea surface temperature of an imaginary basin", "虚构海盆旬平均海表温度"],
        "The collection of the satellite centre, as its library describes it.",
        SST,
    ),
    "gauge": (
        ["Hourly water level at an imaginary gauge", "虚构验潮站逐时水位"],
        "Two tides and the seasons.",
        "10.5072/basin.gauge",
    ),
    "cores": (
        ["Sediment cores from the floor of an imaginary basin"],
        "Grain sizes and ages of twelve cores.",
        "10.5072/basin.cores",
    ),
    "fish": (
        ["虚构海盆渔业资源调查"],
        "拖网采样的物种、数量与体长。",
        "10.5072/basin.fish",
    ),
    "quakes": (
        ["Earthquakes below an imaginary basin, a catalogue"],
        "Time, place, depth and magnitude.",
        "10.5072/basin.quakes",
    ),
}


@dataclass
class Registries:
    """The addresses of three registries that are running."""

    stac: str
    erddap: str
    oai: str
    asked: dict[str, list[str]]
    _open: ExitStack

    def stop(self) -> None:
        """Switch them off."""
        self._open.close()


def sea_level() -> xr.Dataset:
    """Compute four years of monthly sea level, 48 x 60 x 120, as it lies in a file."""
    month, lat, lon = np.arange(48.0), np.arange(-29.5, 30), np.arange(100.5, 220)
    t, y, x = month[:, None, None], lat[None, :, None], lon[None, None, :]
    slow = 1 + np.abs(y) / 10  # waves travel west, the slower the farther from the equator
    crest = np.sin(2 * np.pi * (x / 70 + t / (9 * slow))) * (0.6 + 0.4 * np.cos(2 * np.pi * t / 41))
    wave = 0.12 * np.exp(-((y / 18) ** 2)) * crest * np.exp(-(220 - x) / 90)
    wave += np.random.default_rng(0).normal(0, 0.008, wave.shape)
    start = (np.datetime64("2021-01", "M") + month.astype(int)).astype("datetime64[s]")
    attrs = {"standard_name": "sea_surface_height_above_sea_level", "units": "m"}
    return xr.Dataset(
        {"ssh": (("time", "latitude", "longitude"), wave.astype("f4"), attrs)},
        coords={
            "time": ("time", start.astype("f8"), {"units": "seconds since 1970-01-01"}),
            "latitude": ("latitude", lat, {"units": "degrees_north"}),
            "longitude": ("longitude", lon, {"units": "degrees_east"}),
        },
        attrs={"title": LABORATORY["ssh"][0]},
    )


def start(folder: Path) -> Registries:
    """Write the data, start the three registries, and return where they are."""
    maps = field().isel(time=slice(None, None, 10))
    maps.to_zarr(folder / "sst.zarr", zarr_format=2, encoding={"sst": {"chunks": (21, 60, 60)}})
    grid = sea_level()

    def files(query: Query) -> Reply | None:
        path = (folder / query.path.removeprefix("/data/")).resolve()
        if not query.path.startswith("/data/") or not path.is_relative_to(folder.resolve()):
            return None
        if not path.is_file():
            return Reply(b"no such file", "text/plain", 404)
        return Reply(path.read_bytes(), "application/octet-stream")

    def dap(query: Query) -> Reply | None:
        name, _, ending = query.path.removeprefix("/erddap/griddap/").partition(".")
        if name != "ssh" or ending not in ("dds", "das", "dods"):
            return None
        asked = next(iter(query.params), "")
        return Reply(griddap(grid, name, ending, asked), "application/octet-stream")

    running = ExitStack()
    stac, erddap, oai = (
        running.enter_context(HostileServer(dialect, rows=rows, data=data))
        for dialect, rows, data in (
            (StacDialect(), [_collection(name) for name in SATELLITE], files),
            (ErddapDialect(), [_grid(name) for name in LABORATORY], dap),
            (OaiDialect(), [_entry(name) for name in LIBRARY], None),
        )
    )
    asked = {"stac": stac.asked, "erddap": erddap.asked, "oai": oai.asked}
    return Registries(stac.address, erddap.address, oai.address, asked, running)


def _collection(name: str) -> Row:
    title, text, keywords = SATELLITE[name]
    more: dict[str, object] = {
        "keywords": keywords,
        "license": "CC-BY-4.0",
        "providers": [{"name": "Imaginary Satellite Centre", "roles": ["producer", "host"]}],
        "extent": {"spatial": {"bbox": [BOX]}, "temporal": {"interval": [PERIOD]}},
    }
    if name == "sst":
        told = {"dimensions": ["time", "lat", "lon"], "type": "data", "unit": "degree_Celsius"}
        more |= {
            "sci:doi": SST,
            "cube:variables": {"sst": told | {"description": "sea surface temperature"}},
            "assets": {
                "maps": {
                    "href": "/data/sst.zarr",
                    "type": "application/vnd.zarr",
                    "title": "ten-day maps",
                    "roles": ["data"],
                }
            },
        }
    return Row(name, title, text=text, more=more)


def _grid(name: str) -> Row:
    title, text = LABORATORY[name]
    west, south, east, north = 100.5, -29.5, 219.5, 29.5
    more = {
        "institution": "Imaginary Ocean Laboratory",
        "minLongitude": west,
        "maxLongitude": east,
        "minLatitude": south,
        "maxLatitude": north,
        "minTime": "2021-01-01T00:00:00Z",
        "maxTime": "2024-12-01T00:00:00Z",
    }
    return Row(name, title, text=text, more=more)


def _entry(name: str) -> Row:
    titles, text, doi = LIBRARY[name]
    more = {
        "title": titles[1:],
        "identifier": f"https://doi.org/{doi}",
        "creator": "Frost, Jane",
        "publisher": "Library of the Imaginary Basin",
        "date": "2025-02-01",
        "rights": "https://creativecommons.org/licenses/by/4.0/",
        "type": "Dataset",
    }
    return Row(f"oai:basin:{name}", titles[0], text=text, more=more)
