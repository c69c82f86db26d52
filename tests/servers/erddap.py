"""A server on 127.0.0.1 that answers as ERDDAP documents, counting what it sends.

Tables: info, .dds, .nc, .ncHeader, .csvp and the constraint syntax of tabledap. Grids: .dds, .das
and .dods of griddap. Errors are DAP 2 error documents, with the words that ERDDAP uses.
"""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import numpy as np
import pandas as pd
import xarray as xr
from scipy.io import netcdf_file

from sciknow.errors import InvalidInput
from sciknow.testing.griddap import DAP_TYPES, griddap

SINCE = "seconds since 1970-01-01T00:00:00Z"
_LIMIT = re.compile(r"(\w+)(>=|<=|!=|=|>|<)(.*)")
_KINDS = {"f8": "double", "f4": "float", "i4": "int", "i2": "short", "i1": "byte"}
_COMPARE = {
    ">=": np.greater_equal,
    "<=": np.less_equal,
    ">": np.greater,
    "<": np.less,
    "=": np.equal,
    "!=": np.not_equal,
}


class Refusal(Exception):
    """An error document: status and words."""


@dataclass
class ErddapServer:
    """Where the server is, what it serves, and what it has sent: (path, bytes) of each answer."""

    url: str = ""
    tables: dict[str, tuple[pd.DataFrame, dict[str, dict[str, Any]]]] = field(default_factory=dict)
    grids: dict[str, xr.Dataset] = field(default_factory=dict)
    sent: list[tuple[str, int]] = field(default_factory=list)
    refuse: dict[str, tuple[int, str]] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        return sum(size for _, size in self.sent)

    def answer(self, path: str, query: str) -> bytes:
        place, _, ending = path.rpartition(".")
        if ending in self.refuse:
            raise Refusal(*self.refuse[ending])
        name = place.rpartition("/")[2]
        if path.startswith("/erddap/info/"):
            return info(*self._table(path.split("/")[3]))
        if "/tabledap/" in path:
            frame, attrs = self._table(name)
            return FORMS[ending](rows(frame, query), attrs)
        if name not in self.grids:
            raise Refusal(404, f"Not Found: Currently unknown datasetID={name}")
        try:
            return griddap(self.grids[name], name, ending, query)
        except InvalidInput as error:
            raise Refusal(400, f"Bad Request: {error.message}") from None

    def _table(self, name: str) -> tuple[pd.DataFrame, dict[str, dict[str, Any]]]:
        if name not in self.tables:
            raise Refusal(404, f"Not Found: Currently unknown datasetID={name}")
        return self.tables[name]


def kind_of(values: pd.Series) -> str:
    return _KINDS.get(np.asarray(values).dtype.str[1:], "String")


def info(frame: pd.DataFrame, attrs: dict[str, dict[str, Any]]) -> bytes:
    """Write info/<dataset>/index.json; moments stand in the frame as seconds since 1970."""
    found: list[list[str]] = []
    for key, value in attrs.get("NC_GLOBAL", {}).items():
        found.append(["attribute", "NC_GLOBAL", key, "String", str(value)])
    for name in frame.columns:
        kind = kind_of(frame[name])
        found.append(["variable", name, "", kind, ""])
        for key, value in attrs.get(name, {}).items():
            text, of = (value, "String") if isinstance(value, str) else (_join(value), kind)
            found.append(["attribute", name, key, of, text])
    heads = ["Row Type", "Variable Name", "Attribute Name", "Data Type", "Value"]
    table = {"columnNames": heads, "columnTypes": ["String"] * 5, "rows": found}
    return json.dumps({"table": table}).encode()


def _join(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def rows(frame: pd.DataFrame, query: str) -> pd.DataFrame:
    """Do what a query says: names, and limits that all have to be fulfilled."""
    names, *limits = unquote(query).split("&")
    wanted = names.split(",") if names else list(frame.columns)
    for name in wanted:
        if name not in frame.columns:
            raise Refusal(400, f'Bad Request: Query error: Unrecognized variable="{name}".')
    mask = np.ones(len(frame), bool)
    for limit in limits:
        name, sign, text = _LIMIT.fullmatch(limit).groups()
        mask &= _COMPARE[sign](frame[name].to_numpy(), _value(name, text))
    if not mask.any():
        raise Refusal(404, "Not Found: Your query produced no matching results. (nRows = 0)")
    return frame.loc[mask, wanted]


def _value(name: str, text: str) -> Any:
    if name == "time":
        return pd.Timestamp(text).timestamp()
    return text.strip('"') if text.startswith('"') else float(text)


def to_nc(frame: pd.DataFrame, attrs: dict[str, dict[str, Any]]) -> bytes:
    """Write NetCDF classic with the dimension row, texts as characters."""
    held = io.BytesIO()
    with netcdf_file(held, "w") as made:
        made.createDimension("row", len(frame))
        for name in frame.columns:
            dims, values = _stored(frame[name])
            if len(dims) > 1:
                made.createDimension(dims[1], values.shape[1])
            item = made.createVariable(name, values.dtype, dims)
            item[:] = values
            for key, value in attrs.get(name, {}).items():
                setattr(item, key, value)
        made.flush()
        return held.getvalue()


def _stored(values: pd.Series) -> tuple[tuple[str, ...], np.ndarray]:
    if kind_of(values) != "String":
        return ("row",), values.to_numpy()
    packed = np.array([text.encode() for text in values])
    width = max(1, packed.dtype.itemsize)
    return ("row", f"{values.name}_strlen"), packed.view("S1").reshape(len(values), width)


def to_header(frame: pd.DataFrame, attrs: dict[str, dict[str, Any]]) -> bytes:
    """Write the structure of the same file in words."""
    dims, variables = [f"    row = {len(frame)};"], []
    for name in frame.columns:
        shape, values = _stored(frame[name])
        sizes = [f"{dim}={size}" for dim, size in zip(shape, values.shape, strict=True)]
        if len(shape) > 1:
            dims.append(f"    {shape[1]} = {values.shape[1]};")
        kind = "char" if len(shape) > 1 else kind_of(frame[name])
        variables.append(f"    {kind} {name}({', '.join(sizes)});")
        variables += [f'      :{key} = "{value}";' for key, value in attrs.get(name, {}).items()]
    lines = ["netcdf x.nc {", "  dimensions:", *dims, "  variables:", *variables, "", "}"]
    return "\n".join(lines).encode()


def to_csvp(frame: pd.DataFrame, attrs: dict[str, dict[str, Any]]) -> bytes:
    shown = frame.copy()
    if "time" in shown:
        shown["time"] = pd.to_datetime(shown["time"], unit="s").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    units = {name: attrs.get(name, {}).get("units", "") for name in shown}
    units = {name: "UTC" if text == SINCE else text for name, text in units.items()}
    shown.columns = [f"{name} ({units[name]})" if units[name] else name for name in shown]
    return shown.to_csv(index=False).encode()


def to_sequence(frame: pd.DataFrame, attrs: dict[str, dict[str, Any]]) -> bytes:
    """Write the structure of a table: one sequence, as ERDDAP's .dds of a table has it."""
    kinds = [
        DAP_TYPES.get(np.asarray(frame[name]).dtype.str[1:], "String") for name in frame.columns
    ]
    columns = [f"    {kind} {name};" for kind, name in zip(kinds, frame.columns, strict=True)]
    return "\n".join(["Dataset {", "  Sequence {", *columns, "  } s;", "} s;", ""]).encode()


FORMS = {"nc": to_nc, "ncHeader": to_header, "csvp": to_csvp, "dds": to_sequence}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: ErddapServer

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if re.search(r"[<>\[\]]", self.path):  # Tomcat refuses what is not percent-encoded
            return self._send(400, b"HTTP Status 400", path)
        try:
            self._send(200, self.owner.answer(path, query), path)
        except Refusal as refusal:
            status, words = refusal.args
            body = f'Error {{\n    code={status};\n    message="{words}";\n}}\n'
            self._send(status, body.encode(), path)

    def _send(self, status: int, body: bytes, path: str) -> None:
        self.owner.sent.append((path, len(body)))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def erddap_server() -> Iterator[ErddapServer]:
    """Serve what is put into `tables` and `grids` (undecoded), and yield where."""
    found = ErddapServer()
    handler = type("Handler", (_Handler,), {"owner": found})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    found.url = f"http://127.0.0.1:{server.server_port}/erddap"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
