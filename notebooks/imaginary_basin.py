"""What notebook 4 needs beside sciknow: a field, two web servers on this machine, and a node.

The field is computed here, and its card says so. The first server keeps it in three layouts, the
second is a mirror. The servers understand byte ranges and count what they send.
"""

import asyncio
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, StaticFileHandler

PREFIXES = """
@prefix agent: <urn:sciknow:agent:> .
@prefix concept: <urn:sciknow:concept:> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix schema: <https://schema.org/> .
@prefix scheme: <urn:sciknow:scheme:> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

CONCEPTS = """
scheme:ocean a skos:ConceptScheme ;
    dcterms:title "Ocean concepts"@en, "海洋概念"@zh ;
    dcterms:modified "2026-11-24"^^xsd:date .

concept:temperature a skos:Concept ;
    skos:prefLabel "sea surface temperature"@en, "海表温度"@zh ;
    skos:topConceptOf scheme:ocean ;
    skos:inScheme scheme:ocean ;
    dcterms:source <https://example.org/words> .
"""

AGENTS = """
agent:me a schema:Person ;
    schema:name "Me, Myself"@en, "我"@zh ;
    dcterms:source <https://example.org/me> .
"""

CARD = """
version: 2
metadata:
  sector: ocean
  title: {en: Ocean, zh: 海洋}
  datasets:
    basin-sst:
      title: {en: Daily sea surface temperature of an imaginary basin, zh: 虚构海盆逐日海表温度}
      description:
        en: Four years of daily sea surface temperature, computed from seasons, a slow wave and noise.
        zh: 由季节变化、缓慢的波动和噪声计算得到的四年逐日海表温度。
      publisher: me
      landing_page: https://example.org/basin-sst
      version: "1.0"
      issued: "2026-11-24"
      license: CC0-1.0
      spatial: {bbox: [100, -30, -140, 30]}
      temporal: {start: "2021-01-01", end: "2024-12-31"}
      variables:
        - {name: sst, standard_name: sea_surface_temperature, units: degree_Celsius}
      theme: [temperature]
      distributions: [{id: maps}, {id: series}, {id: file}, {id: maps-mirror}]
      provenance:
        - source: https://example.org/basin-sst
          accessed: 2026-11-24
          activity: derived
          fields: [title, description, publisher, landing_page, version, issued, license, spatial,
                   temporal, variables, theme, distributions]
user_parameters: {}
"""

ALIAS = "  {name}: {name}\n"
DATA = """\
  {name}-data:
    datatype: intake.readers.datatypes:{kind}
    kwargs: {{url: "{url}", storage_options: {{}}, {place}: ""}}
    metadata: {{}}
    user_parameters: {{}}
"""
ENTRY = """\
  {name}:
    reader: intake.readers.readers:XArrayDatasetReader
    kwargs: {{args: ["{{data({name}-data)}}"], engine: {engine}, chunks: {{}}}}
    output_instance: xarray:Dataset
    metadata: {{}}
    user_parameters: {{}}
"""

CHUNKS = {"maps": (10, 60, 120), "series": (1461, 10, 12), "file": (366, 30, 60)}


@dataclass
class Published:
    """Two servers, and a node whose card names them."""

    node: Path
    first: "Server"
    second: "Server"

    @property
    def sent(self) -> int:
        """Bytes that the servers have sent."""
        return self.first.sent + self.second.sent


class Server:
    """A web server over a folder, in a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.sent = folder, 0
        (self._socket,) = bind_sockets(0, "127.0.0.1")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def stop(self) -> None:
        """Switch it off."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        routes = [("/(.*)", _counting(self), {"path": str(self.folder)})]
        server = HTTPServer(Application(routes, log_function=lambda _: None))
        server.add_sockets([self._socket])
        self._loop.run_forever()
        server.stop()
        self._loop.run_until_complete(server.close_all_connections())
        self._loop.close()


def _counting(server: Server) -> type[StaticFileHandler]:
    class Handler(StaticFileHandler):
        @classmethod
        def get_content(cls, abspath, start=None, end=None):
            for block in super().get_content(abspath, start, end):
                server.sent += len(block)
                yield block

    return Handler


def field() -> xr.Dataset:
    """Compute four years of daily maps, 1461 x 60 x 120, in degrees Celsius."""
    time = np.arange(np.datetime64("2021-01-01"), np.datetime64("2025-01-01"))
    lat, lon = np.arange(-29.5, 30), np.arange(100.5, 220)
    day, y, x = np.arange(time.size)[:, None, None], lat[None, :, None], lon[None, None, :]
    seasons = 2.5 * np.tanh(y / 12) * np.cos(2 * np.pi * (day - 230) / 365.25)
    wave = 0.8 * np.exp(-((y / 15) ** 2)) * np.sin(2 * np.pi * (x / 40 - day / 300))
    noise = np.random.default_rng(0).normal(0, 0.3, (time.size, lat.size, lon.size))
    sst = (27 - 0.007 * y**2 + seasons + wave + noise).astype("f4").round(2)
    attrs = {"standard_name": "sea_surface_temperature", "units": "degree_Celsius"}
    return xr.Dataset(
        {"sst": (("time", "lat", "lon"), sst, attrs)},
        coords={
            "time": time.astype("datetime64[ns]"),
            "lat": ("lat", lat, {"units": "degrees_north"}),
            "lon": ("lon", lon, {"units": "degrees_east"}),
        },
        attrs={"Conventions": "CF-1.11", "source": "computed for a notebook"},
    )


def publish(study: Path) -> Published:
    """Write the field in its layouts, serve it twice, and write a node that names the ways."""
    data, first, second = field(), study / "first-server", study / "second-server"
    for name in ("maps", "series"):
        encoding = {"sst": {"chunks": CHUNKS[name]}}
        data.to_zarr(first / f"{name}.zarr", zarr_format=2, encoding=encoding)
    encoding = {"sst": {"chunksizes": CHUNKS["file"], "zlib": True}}
    data.to_netcdf(first / "file.nc", engine="h5netcdf", encoding=encoding)
    shutil.copytree(first, second)
    found = Published(study / "node", Server(first), Server(second))
    _write_node(found)
    return found


def _write_node(found: Published) -> None:
    ways = [
        {"name": "maps", "url": f"{found.first.url}/maps.zarr"},
        {"name": "series", "url": f"{found.first.url}/series.zarr"},
        {"name": "file", "url": f"{found.first.url}/file.nc"},
        {"name": "maps-mirror", "url": f"{found.second.url}/maps.zarr"},
    ]
    for way in ways:
        zarr = way["url"].endswith(".zarr")
        way |= dict(kind="Zarr", engine="zarr", place="root") if zarr else {}
        way |= dict(kind="HDF5", engine="h5netcdf", place="path") if not zarr else {}
    parts = {"aliases": ALIAS, "data": DATA, "entries": ENTRY}
    openings = "".join(
        f"{head}:\n" + "".join(form.format(**way) for way in ways) for head, form in parts.items()
    )
    texts = {
        "catalogs/ocean.yaml": CARD + openings,
        "knowledge_graph/concepts/ocean.ttl": PREFIXES + CONCEPTS,
        "knowledge_graph/agents/ocean.ttl": PREFIXES + AGENTS,
    }
    for name, text in texts.items():
        path = found.node / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
