"""pydap's OPeNDAP server on 127.0.0.1, over a dataset of xarray, counting what it sends."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from wsgiref.simple_server import WSGIRequestHandler, make_server

import numpy as np
import xarray as xr

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pydap's server imports the deprecated module cgi
    from pydap.handlers.lib import BaseHandler
    from pydap.model import BaseType, DatasetType, GridType


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@dataclass
class DapServer:
    """Where the server is, and what it has sent: (path, bytes) of each answer."""

    url: str
    sent: list[tuple[str, int]] = field(default_factory=list)


def dataset_of(ds: xr.Dataset) -> DatasetType:
    """Turn a dataset into pydap's model: a grid for each variable, its coordinates as maps."""
    made = DatasetType("sample", attributes={"NC_GLOBAL": dict(ds.attrs)})
    for name, item in ds.data_vars.items():
        if any(dim not in ds.coords for dim in item.dims):
            made[name] = _base(name, item)
            continue
        grid = GridType(name, attributes=dict(item.attrs))
        grid[name] = _base(name, item)
        for dim in item.dims:
            grid[dim] = _base(dim, ds[dim])
        made[name] = grid
    for name, item in ds.coords.items():
        made[name] = _base(name, item)
    return made


def _base(name: str, item: xr.DataArray) -> BaseType:
    return BaseType(name, np.asarray(item.values), dims=item.dims, attributes=dict(item.attrs))


@contextmanager
def dap_server(ds: xr.Dataset) -> Iterator[DapServer]:
    """Serve an undecoded dataset, and yield where."""
    app = BaseHandler(dataset_of(ds))

    def counting(environ, start_response):
        body = b"".join(app(environ, start_response))
        found.sent.append((environ["PATH_INFO"], len(body)))
        return [body]

    server = make_server("127.0.0.1", 0, counting, handler_class=_Quiet)
    found = DapServer(f"http://127.0.0.1:{server.server_port}/sample")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
