"""Names, types, shapes, attributes and value digests of what a reader opens, as it is stored.

Values are looked at before decoding, so that another version of a library that decodes them
makes no difference.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import dask.dataframe as dd
import numpy as np
import pandas as pd
import xarray as xr

from sciknow.files import sha256_bytes
from sciknow.model.fingerprint import VariableState
from sciknow.net import Deadline
from sciknow.readers.fingerprints.sample import WHOLE_BYTES, windows
from sciknow.readers.options import DECODING
from sciknow.readers.protocol import Location, Reader
from sciknow.wire.trouble import explain

SHORT = 120
"""Attributes up to so many characters are kept as they are, longer ones as a digest."""

ALWAYS = 2**20
"""Variables of at most so many bytes are digested whole, whatever the size of the others."""

PART = "part:"
"""Before the digest of a part of the values."""

SHORTER = "shorter than before"
"""In place of a digest, where the part that was digested is no longer there."""

_UNSTABLE = frozenset({"_NCProperties", "_nc3_strict"})
"""Attributes that libraries write about themselves."""


@dataclass(frozen=True, slots=True)
class Structure:
    """What is in a distribution.

    Parameters
    ----------
    attrs : mapping
        Attributes of the whole.
    variables : tuple of VariableState
        Sorted by name.
    whole : bool
        Whether the value digests, where there are any, cover every value.
    """

    attrs: Mapping[str, object]
    variables: tuple[VariableState, ...]
    whole: bool = True


def structure(
    reader: Reader,
    location: Location,
    options: Mapping[str, object],
    *,
    values: int,
    like: Mapping[str, VariableState] | None = None,
    decoded: bool = False,
) -> Structure:
    """Open a distribution and describe it.

    Parameters
    ----------
    reader, location, options
        How it is opened.
    values : int
        How many windows of a large variable are digested (a small one is digested whole); 0 for
        no values at all.
    like : mapping, optional
        Variables of an earlier fingerprint: the same part of each is digested again, although
        it may have grown.
    decoded : bool
        Open as users do; needed where several files are joined by their decoded coordinates.
    """
    with (
        location.transport.until(Deadline.after(location.transport.deadline)),
        explain(location.url, f"what the reader {reader.format.name!r} reads"),
    ):
        opened = reader.open_(location, options if decoded else raw_options(reader, options))
        if isinstance(opened, dd.DataFrame):
            return Structure({}, _columns(opened))
        found = _variables(opened)
        whole = sum(item.nbytes for _, item in found) <= WHOLE_BYTES
        described = tuple(
            _state(name, item, values, whole, (like or {}).get(name))
            for name, item in sorted(found, key=lambda pair: pair[0])
        )
        return Structure(plain_attrs(opened.attrs), described, whole)


def raw_options(reader: Reader, options: Mapping[str, object]) -> dict[str, object]:
    """Return the options with which a reader gives values as they are stored."""
    kept = {key: value for key, value in options.items() if key not in DECODING}
    if "drop_variables" in options:
        kept["drop_variables"] = options["drop_variables"]
    return kept | ({"decode_cf": False} if "decode_cf" in reader.format.options else {})


def _variables(opened: xr.Dataset | xr.DataTree) -> list[tuple[str, xr.Variable]]:
    if isinstance(opened, xr.Dataset):
        return [(str(name), item) for name, item in opened.variables.items()]
    return [
        (f"{node.path.strip('/')}/{name}".lstrip("/"), item)
        for node in opened.subtree
        for name, item in node.to_dataset(inherit=False).variables.items()
    ]


def _state(
    name: str, item: xr.Variable, count: int, whole: bool, like: VariableState | None
) -> VariableState:
    return VariableState(
        name=name,
        dtype=dtype_name(item.dtype),
        dims=tuple(map(str, item.dims)),
        shape=item.shape,
        attrs=plain_attrs(item.attrs),
        values=_values(item, count, whole, like) if count else "",
    )


def _values(item: xr.Variable, count: int, whole: bool, like: VariableState | None) -> str:
    """Digest the values; of one that has grown, the part that was there before."""
    shape = item.shape
    if like is not None and like.values and len(like.shape) == item.ndim:
        shape, whole = like.shape, not like.values.startswith(PART)
    if any(size > own for size, own in zip(shape, item.shape, strict=True)):
        return SHORTER
    if whole or math.prod(shape) * item.dtype.itemsize <= ALWAYS:
        return box_digest(item, [tuple(slice(0, length) for length in shape)])
    return PART + box_digest(item, windows(shape, item.dtype.itemsize, count))


def box_digest(item: xr.Variable, boxes: Iterable[tuple[slice, ...]]) -> str:
    """Digest the values in some boxes of a variable."""
    digest = hashlib.sha256()
    for box in boxes:
        digest.update(value_bytes(np.asarray((item[box] if item.ndim else item).values)))
    return digest.hexdigest()


def value_bytes(values: np.ndarray[Any, Any]) -> bytes:
    """Return values as bytes that are the same on every machine: little-endian, or JSON text.

    Examples
    --------
    >>> value_bytes(np.array([1], ">i2")) == value_bytes(np.array([1], "<i2"))
    True
    """
    if values.dtype.kind in "OTUSV":
        return json.dumps([_text(item) for item in values.ravel().tolist()]).encode()
    return np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<")).tobytes()


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def dtype_name(dtype: Any) -> str:
    """Return the name of a type without its byte order; texts of any length are ``text``.

    Examples
    --------
    >>> dtype_name(np.dtype(">f4")), dtype_name(np.dtype(object))
    ('float32', 'text')
    """
    if not isinstance(dtype, np.dtype) or dtype.kind in "OT":
        return "text"
    return str(dtype.newbyteorder("=")) if dtype.kind in "US" else str(dtype.name)


def plain_attrs(attrs: Mapping[Any, Any]) -> dict[str, object]:
    """Return attributes as plain values, sorted by name; long ones as a digest.

    Examples
    --------
    >>> plain_attrs({"units": "K", "range": np.array([0.0, 1.0])})
    {'range': [0.0, 1.0], 'units': 'K'}
    """
    return {
        str(key): _plain(attrs[key]) for key in sorted(attrs, key=str) if str(key) not in _UNSTABLE
    }


def _plain(value: Any) -> object:
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.tolist()
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, (list, tuple)):
        value = [_plain(item) for item in value]
    elif value is None or isinstance(value, Mapping):
        value = json.dumps(value, sort_keys=True, default=str)
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    if len(text) > SHORT:
        return f"sha256:{sha256_bytes(text.encode('utf-8', 'replace'))}"
    return value if isinstance(value, (str, int, float, bool, list)) else text


def _columns(frame: dd.DataFrame) -> tuple[VariableState, ...]:
    return tuple(
        VariableState(name=name, dtype=kind) for name, kind in sorted(_column_kinds(frame))
    )


def _column_kinds(frame: dd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield columns with a type that does not depend on how a library guesses."""
    types = pd.api.types
    columns = dict(frame.dtypes.items())
    if frame.index.name is not None:
        columns[frame.index.name] = frame.index.dtype
    for name, dtype in columns.items():
        if types.is_bool_dtype(dtype):
            yield str(name), "truth"
        elif types.is_numeric_dtype(dtype):
            yield str(name), "number"
        else:
            yield str(name), "time" if "time" in str(dtype) else "text"
