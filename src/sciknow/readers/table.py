"""Tables as arrays: a dask DataFrame turned into an xarray Dataset along its index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import dask
import numpy as np
import pandas as pd
import xarray as xr
from dask.dataframe import DataFrame, Series, from_map

from sciknow.errors import InvalidInput
from sciknow.readers.column import EXACT
from sciknow.readers.table_axes import axes_of


def set_index(frame: DataFrame, index: str) -> DataFrame:
    """Make a column the index; the rows keep the order of the file.

    Raises
    ------
    InvalidInput
        When there is no such column.
    """
    if index not in frame.columns:
        raise InvalidInput(
            f"the table has no column {index!r}",
            hint="it has " + ", ".join(map(str, frame.columns)),
        )
    return cast(DataFrame, by_part(frame, pd.DataFrame.set_index, index))


def by_part(frame: Any, function: Any, *arguments: Any, **options: Any) -> Any:
    """Call a function on each partition; dask's own method is untyped."""
    return frame.map_partitions(function, *arguments, **options)


def from_parts(function: Any, places: Sequence[Any], meta: pd.DataFrame) -> DataFrame:
    """Make a table of which each partition is what a function returns for one place.

    Parameters
    ----------
    function : callable
        Place → pandas DataFrame; it can be pickled.
    places : sequence
        Without any the table is empty.
    meta : pandas.DataFrame
        An empty table of the same columns and types.
    """
    build: Any = from_map
    with plain_strings(True):  # the parts have their types already
        if not places:
            return cast(DataFrame, build(_nothing, [meta], meta=meta))
        return cast(DataFrame, build(function, list(places), meta=meta))


@contextmanager
def plain_strings(wanted: bool) -> Iterator[None]:
    """Keep dask from turning columns of objects into texts, for what is built in the block."""
    with dask.config.set({"dataframe.convert-string": False} if wanted else {}):
        yield


def _nothing(meta: pd.DataFrame) -> pd.DataFrame:
    return meta


def lengths(frame: DataFrame) -> tuple[int, ...]:
    """Count the rows of each partition; for Parquet the files' own metadata tell them."""
    return tuple(int(count) for count in by_part(frame, len).compute())


def to_dataset(frame: DataFrame) -> xr.Dataset:
    """Turn a table into a dataset along its index, or along ``row`` where that has no name.

    Each column becomes a variable on dask with the table's partitions as chunks; columns of
    position and time become coordinates. The rows have to be counted and the index read; the
    columns stay where they are. ``attrs["columns"]`` of a table are the variables' attributes.
    """
    chunks, kinds = _measured(frame)
    name = str(frame.index.name or "row")
    attrs = dict(getattr(frame, "attrs", {}))
    about = {key: dict(value) for key, value in attrs.pop("columns", {}).items()}
    for column, kind in kinds.items():
        if frame[column].dtype.kind == "b" and kind.kind == "f":
            about.setdefault(str(column), {}).update(FLAGS)
    variables: dict[str, Any] = {
        str(column): (
            name,
            _array(frame[column], chunks, kinds.get(column)),
            about.get(str(column), {}),
        )
        for column in frame.columns
    }
    if frame.index.name is None:
        index: Any = np.arange(sum(chunks[0]))
    else:
        index = _index(frame)
    found = xr.Dataset(variables, coords={name: (name, index, about.get(name, {}))}, attrs=attrs)
    return found.set_coords([item for item in axes_of(frame).names if item in variables])


FLAGS = {"flag_values": np.array([0.0, 1.0]), "flag_meanings": "false true"}
"""What truth values with gaps are called as numbers (CF, section 3.5)."""


def _measured(frame: DataFrame) -> tuple[tuple[tuple[int, ...]], dict[Any, np.dtype[Any]]]:
    """Count the rows of each partition, and tell what numpy's types can hold of each column.

    Only columns of whole numbers and truth values that may have gaps are looked through.
    """
    some = [name for name, dtype in frame.dtypes.items() if _may_lack(dtype)]
    if not some:
        return (lengths(frame),), {}
    meta = pd.DataFrame({"rows": pd.Series([], dtype=object)})
    told = by_part(frame[some], _measure, meta=meta)["rows"].compute()
    found = {}
    for at, name in enumerate(some):
        gaps = any(part[1][at][0] for part in told)
        large = any(part[1][at][1] for part in told)
        dtype = frame[name].dtype.numpy_dtype
        found[name] = dtype if not gaps else np.dtype(object) if large else np.dtype("f8")
    return (tuple(part[0] for part in told),), found


def _may_lack(dtype: Any) -> bool:
    return hasattr(dtype, "numpy_dtype") and dtype.kind in "iub"


def _measure(part: pd.DataFrame) -> pd.DataFrame:
    told = [_gaps_and_size(part[name].dropna(), len(part)) for name in part.columns]
    return pd.DataFrame({"rows": pd.Series([(len(part), told)], dtype=object)})


def _gaps_and_size(there: pd.Series, count: int) -> tuple[bool, bool]:
    """Tell whether a column has gaps, and numbers that a float does not hold exactly."""
    large = there.dtype.kind in "iu" and len(there) and max(-int(there.min()), int(there.max()))
    return len(there) < count, bool(large > EXACT)


def _index(frame: DataFrame) -> Any:
    """Return the index as numpy holds it: whole numbers with gaps that no float holds as text."""
    found = pd.Index(frame.index.compute())
    if not _may_lack(found.dtype):
        return found
    plain = found.dtype.numpy_dtype
    if found.hasnans:
        plain = np.dtype(object if _gaps_and_size(found.dropna().to_series(), 0)[1] else "f8")
    return pd.Index(_cast(found.to_series(), plain))


def _array(column: Series, chunks: tuple[tuple[int, ...]], kind: np.dtype[Any] | None) -> Any:
    plain = kind or _plain(column.dtype)
    meta = pd.Series([], dtype=plain)
    return by_part(column, _cast, plain, meta=meta).to_dask_array(lengths=chunks[0])


def _plain(dtype: Any) -> np.dtype[Any]:
    """Return the numpy type that holds a column, gaps included."""
    if isinstance(dtype, np.dtype):
        return dtype
    if isinstance(dtype, pd.DatetimeTZDtype) or "timestamp" in str(dtype):
        return np.dtype("datetime64[ns]")
    if pd.api.types.is_float_dtype(dtype) or pd.api.types.is_integer_dtype(dtype):
        return np.dtype("f8")
    return np.dtype(object)


def _cast(part: pd.Series, dtype: np.dtype[Any]) -> pd.Series:
    if dtype.kind == "M" and part.dt.tz is not None:
        part = part.dt.tz_convert(None)
    if dtype.kind == "f" and part.dtype != dtype:
        return pd.Series(part.to_numpy(dtype=dtype, na_value=np.nan), index=part.index)
    if dtype.kind == "O" and part.dtype.kind in "iu":  # numbers that no float holds, with gaps
        return part.astype("string").astype(object).where(part.notna(), None)
    return part.astype(dtype)
