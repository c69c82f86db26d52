"""A grid as ERDDAP's griddap serves it: the DAP 2 answers ``.dds``, ``.das`` and ``.dods``.

What `sciknow.testing.hostile.HostileServer` can put behind its records, and tests behind theirs.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

import numpy as np
import xarray as xr

from sciknow.errors import InvalidInput

DAP_TYPES = {"f8": "Float64", "f4": "Float32", "i4": "Int32", "i2": "Int16"}
"""NumPy's kind and size → the type's name in DAP 2."""

_PROJECTION = re.compile(r"(\w+)(?:\.(\w+))?((?:\[\d+:\d+:\d+\])+)")


def griddap(ds: xr.Dataset, name: str, ending: str, query: str) -> bytes:
    """Answer a question to a grid.

    Parameters
    ----------
    ds : xarray.Dataset
        Undecoded; every variable is a grid over its coordinates.
    name : str
        The dataset's id.
    ending : str
        ``dds``, ``das`` or ``dods``.
    query : str
        Of ``dods``: one projection, an axis or the array of a grid as ``name.name``.

    Raises
    ------
    InvalidInput
        For another ending, or a query that is no projection of this grid.
    """
    if ending == "dds":
        return _dds(ds, name)
    if ending == "das":
        return _das(ds)
    if ending != "dods":
        raise InvalidInput(f"{name}.{ending}: allowed is dds, das or dods")
    return _dods(ds, name, query)


def _shape(item: xr.DataArray, name: str) -> str:
    own = "".join(f"[{dim} = {size}]" for dim, size in item.sizes.items())
    return f"{DAP_TYPES[item.dtype.str[1:]]} {name}{own};"


def _dds(ds: xr.Dataset, name: str) -> bytes:
    lines = ["Dataset {", *(f"  {_shape(ds[axis], str(axis))}" for axis in ds.coords)]
    for key in map(str, ds.data_vars):
        maps = [f"      {_shape(ds[dim], str(dim))}" for dim in ds[key].dims]
        lines += ["  GRID {", "    ARRAY:", f"      {_shape(ds[key], key)}", "    MAPS:", *maps]
        lines.append(f"  }} {key};")
    return "\n".join([*lines, f"}} {name};", ""]).encode()


def _das(ds: xr.Dataset) -> bytes:
    lines = ["Attributes {"]
    for key in (*ds.coords, *ds.data_vars):
        lines.append(f"  {key} {{")
        for attr, value in ds[key].attrs.items():
            text = f'String {attr} "{value}"' if isinstance(value, str) else _number(attr, value)
            lines.append(f"    {text};")
        lines.append("  }")
    lines += ["  NC_GLOBAL {", f'    String title "{ds.attrs.get("title", "")}";', "  }", "}", ""]
    return "\n".join(lines).encode()


def _number(attr: str, value: Any) -> str:
    plain = np.atleast_1d(np.asarray(value))
    return f"{DAP_TYPES[plain.dtype.str[1:]]} {attr} {', '.join(map(str, plain.tolist()))}"


def _dods(ds: xr.Dataset, name: str, query: str) -> bytes:
    found = _PROJECTION.fullmatch(unquote(query))
    key = (found[2] or found[1]) if found is not None else ""
    slabs = [tuple(map(int, one)) for one in re.findall(r"(\d+):(\d+):(\d+)", unquote(query))]
    if found is None or key not in ds.variables or len(slabs) != ds[key].ndim:
        raise InvalidInput(f"Query error: {query}")
    spans = [slice(start, stop + 1, step) for start, step, stop in slabs]
    part = ds[key].isel(dict(zip(ds[key].dims, spans, strict=True)))
    shape = _shape(part, key)
    inner = f"  Structure {{\n    {shape}\n  }} {key};" if found[2] else f"  {shape}"
    head = f"Dataset {{\n{inner}\n}} {name};\n\nData:\n".encode()
    wire = part.dtype.newbyteorder(">") if part.dtype.itemsize >= 4 else np.dtype(">i4")
    count = part.size.to_bytes(4, "big")
    return head + count + count + part.values.astype(wire).tobytes()
